/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTMS_JSON_ENC (gst_rtms_json_enc_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmsJsonEnc, gst_rtms_json_enc, GST, RTMS_JSON_ENC,
    GstElement)

GST_ELEMENT_REGISTER_DECLARE (rtmsjsonenc)

G_END_DECLS
