/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "protocol/rtmsmediaparams.h"

G_BEGIN_DECLS

/**
 * GstRtmsFill:
 *
 * What stands for media while none come: silence, or a black picture.
 * Used by one thread at a time.
 */
typedef struct _GstRtmsFill GstRtmsFill;

GstRtmsFill *gst_rtms_fill_new_silence (const RtmsAudioParams *params);
GstRtmsFill *gst_rtms_fill_new_black (const RtmsVideoParams *params);
void gst_rtms_fill_free (GstRtmsFill *fill);

GstClockTime gst_rtms_fill_get_step (const GstRtmsFill *fill);
void gst_rtms_fill_restart (GstRtmsFill *fill);
GstBuffer *gst_rtms_fill_create_buffer (GstRtmsFill *fill,
    GstClockTime start, GstClockTime end);
GstBuffer *gst_rtms_fill_trim_buffer (GstRtmsFill *fill, GstBuffer *buffer,
    GstClockTime start);

G_END_DECLS
