/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTMS_WEBHOOK_BIN (gst_rtms_webhook_bin_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmsWebhookBin, gst_rtms_webhook_bin, GST,
    RTMS_WEBHOOK_BIN, GstBin)

GST_ELEMENT_REGISTER_DECLARE (rtmswebhookbin)

G_END_DECLS
