/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTMS_SRC (gst_rtms_src_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmsSrc, gst_rtms_src, GST, RTMS_SRC, GstElement)

GST_ELEMENT_REGISTER_DECLARE (rtmssrc)

G_END_DECLS
