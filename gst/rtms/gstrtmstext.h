/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "protocol/rtmsmessage.h"

G_BEGIN_DECLS

GstBuffer *gst_rtms_text_prefix_speaker (GstBuffer *buffer,
    const gchar *name);
GstBuffer *gst_rtms_text_create_json_line (const gchar *text, gsize length);
GstClockTime gst_rtms_text_get_duration (const RtmsMedia *media);

G_END_DECLS
