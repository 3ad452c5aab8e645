/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_RTMS_URI_SCHEME "rtms"

gboolean gst_rtms_uri_apply (GObject *element, const gchar *uri,
    GError **error);

G_END_DECLS
