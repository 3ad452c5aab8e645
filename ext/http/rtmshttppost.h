/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An HTTP header; ends with one of %NULL. */
typedef struct {
  const gchar *name;
  const gchar *value;
} RtmsHttpHeader;

gboolean rtms_http_post (const gchar *url, const RtmsHttpHeader *headers,
    const gchar *body, guint timeout, GError **error);

G_END_DECLS
