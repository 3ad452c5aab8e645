/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstrtmsfeed.h"

G_BEGIN_DECLS

gchar *gst_rtms_manifest_format (GstRtmsFeed *feed, const gchar *folder);
gchar *gst_rtms_manifest_write (GstRtmsFeed *feed, const gchar *path_template,
    GError **error);

G_END_DECLS
