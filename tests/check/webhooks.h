/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Zoom's side of webhooks, with GLib's HMAC and not the plugin's. */

typedef struct {
  guint16 port;
  const gchar *path;
  const gchar *token;
} Webhooks;

gchar *webhooks_sign (const gchar *token, const gchar *timestamp,
    const gchar *body);
guint webhooks_request (guint16 port, const gchar *request, gchar **answer);
guint webhooks_post (const Webhooks *webhooks, const gchar *body);
guint webhooks_post_and_read (const Webhooks *webhooks, const gchar *body,
    gchar **answer);

G_END_DECLS
