/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmsqueue.h"
#include "gstrtmsreorder.h"

G_BEGIN_DECLS

#define GST_TYPE_RTMS_SRC_PAD (gst_rtms_src_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmsSrcPad, gst_rtms_src_pad, GST, RTMS_SRC_PAD,
    GstPad)

/* Called by the pad's streaming thread, when a push returned something else
 * than the one before. */
typedef void (*GstRtmsSrcPadFlowFunc) (GstRtmsSrcPad *pad, GstFlowReturn flow,
    gpointer user_data);

/* Called by the pad's streaming thread, when it has pushed EOS. */
typedef void (*GstRtmsSrcPadDrainedFunc) (GstRtmsSrcPad *pad,
    gpointer user_data);

GstRtmsSrcPad *gst_rtms_src_pad_new (GstPadTemplate *templ,
    const gchar *name, const GstRtmsQueueLimits *limits,
    GstRtmsSrcPadFlowFunc flow_func, gpointer user_data);

gboolean gst_rtms_src_pad_push_buffer (GstRtmsSrcPad *pad, GstBuffer *buffer,
    guint *dropped);
void gst_rtms_src_pad_reject_buffer (GstRtmsSrcPad *pad, GstBuffer *buffer);
void gst_rtms_src_pad_reject_duplicate (GstRtmsSrcPad *pad,
    GstBuffer *buffer);
GstRtmsReorder *gst_rtms_src_pad_get_reorder (GstRtmsSrcPad *pad);
void gst_rtms_src_pad_await_key_frame (GstRtmsSrcPad *pad);
void gst_rtms_src_pad_set_fill (GstRtmsSrcPad *pad, GstRtmsFill *fill);
void gst_rtms_src_pad_allow_fill (GstRtmsSrcPad *pad, gboolean allowed);
void gst_rtms_src_pad_push_event (GstRtmsSrcPad *pad, GstEvent *event);
void gst_rtms_src_pad_advance (GstRtmsSrcPad *pad, GstClockTime reference);
void gst_rtms_src_pad_cover (GstRtmsSrcPad *pad, GstClockTime end);
void gst_rtms_src_pad_set_playing (GstRtmsSrcPad *pad, gboolean playing);
void gst_rtms_src_pad_set_drained_func (GstRtmsSrcPad *pad,
    GstRtmsSrcPadDrainedFunc func);
void gst_rtms_src_pad_get_stats (GstRtmsSrcPad *pad,
    GstRtmsQueueStats *stats);

G_END_DECLS
