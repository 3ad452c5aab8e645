/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstrtmsfeed.h"

G_BEGIN_DECLS

gboolean gst_rtms_hooks_check_command (const gchar *command, GError **error);
gboolean gst_rtms_hooks_run (GstRtmsFeed *feed, const gchar *command,
    const gchar *manifest, GError **error);
gboolean gst_rtms_hooks_post (GstRtmsFeed *feed, const gchar *url,
    const RtmsSecret *secret, GError **error);

G_END_DECLS
