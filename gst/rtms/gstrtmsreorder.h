/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstRtmsPacket:
 * @buffer: with its PTS
 * @sender: whose it is; 0 for nobody's
 * @unix_time: by Zoom's clock, ns
 * @epoch: how often the timeline was restarted when it was placed
 */
typedef struct {
  GstBuffer *buffer;
  guint64 sender;
  gint64 unix_time;
  guint epoch;
} GstRtmsPacket;

/**
 * GstRtmsReorder:
 *
 * Puts a pad's packets in order. What goes on where the one before ended
 * passes at once; what leaves a hole waits for what belongs there, as long as
 * the window. What comes too late is kept for a while: several in a row, each
 * newer than the one before, mean that Zoom's clock was set back. Used by one
 * thread.
 */
typedef struct _GstRtmsReorder GstRtmsReorder;

/**
 * GstRtmsOrder:
 * @GST_RTMS_ORDER_PASS: it is next, and the caller keeps it
 * @GST_RTMS_ORDER_HELD: it was taken, and gst_rtms_reorder_pop() gives it
 *     back
 * @GST_RTMS_ORDER_LATE: later ones have passed; it was taken, and
 *     gst_rtms_reorder_pop_late() gives it back
 * @GST_RTMS_ORDER_CLOCK_SET: likewise, and all late ones have to be placed anew
 */
typedef enum {
  GST_RTMS_ORDER_PASS,
  GST_RTMS_ORDER_HELD,
  GST_RTMS_ORDER_LATE,
  GST_RTMS_ORDER_CLOCK_SET,
} GstRtmsOrder;

GstRtmsReorder *gst_rtms_reorder_new (GstClockTime window);
void gst_rtms_reorder_free (GstRtmsReorder *reorder);

gboolean gst_rtms_reorder_is_duplicate (GstRtmsReorder *reorder,
    const GstRtmsPacket *packet);
GstRtmsOrder gst_rtms_reorder_push (GstRtmsReorder *reorder,
    const GstRtmsPacket *packet, gint64 now);
gboolean gst_rtms_reorder_pop (GstRtmsReorder *reorder,
    GstRtmsPacket *packet, gint64 now);
gboolean gst_rtms_reorder_pop_late (GstRtmsReorder *reorder,
    GstRtmsPacket *packet, gboolean *is_of_run);
gboolean gst_rtms_reorder_pop_stale (GstRtmsReorder *reorder, guint epoch,
    GstRtmsPacket *packet);
gboolean gst_rtms_reorder_is_late (const GstRtmsReorder *reorder,
    GstClockTime pts);
GstClockTime gst_rtms_reorder_clamp (const GstRtmsReorder *reorder,
    GstClockTime pts);
GstClockTime gst_rtms_reorder_get_end (const GstRtmsReorder *reorder);
gint64 gst_rtms_reorder_get_deadline (const GstRtmsReorder *reorder);

G_END_DECLS
