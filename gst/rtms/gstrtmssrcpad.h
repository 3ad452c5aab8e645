/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmsfill.h"
#include "gstrtmsreorder.h"

/* What comes after the pad was filled up to there is too late, so that a pad
 * is filled only where a server or a machine that is held up would not be
 * behind. */
#define GST_RTMS_FILL_PATIENCE GST_SECOND

G_BEGIN_DECLS

#define GST_TYPE_RTMS_SRC_PAD (gst_rtms_src_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmsSrcPad, gst_rtms_src_pad, GST, RTMS_SRC_PAD,
    GstPad)

/**
 * GstRtmsOverflow:
 * @GST_RTMS_OVERFLOW_OLDEST: a full queue drops its oldest buffer (audio)
 * @GST_RTMS_OVERFLOW_KEY_FRAME: it drops up to the next key frame (video)
 * @GST_RTMS_OVERFLOW_BYTES: it drops its oldest buffer, and only the bytes
 *     count: text is small and may be far apart
 */
typedef enum {
  GST_RTMS_OVERFLOW_OLDEST,
  GST_RTMS_OVERFLOW_KEY_FRAME,
  GST_RTMS_OVERFLOW_BYTES,
} GstRtmsOverflow;

/**
 * GstRtmsSrcPadLimits:
 * @overflow: what gives way when the queue is full
 * @max_time: of queued media, ns; 0 for no limit
 * @max_bytes: of queued media; 0 for no limit
 * @latency: of the stream, as told to live sinks, ns; GAPs stay as far behind
 *     its newest packet
 * @hole: time missing between two buffers that is told by a GAP and DISCONT,
 *     ns; 0 for media whose buffers need not touch
 * @reorder: how long a packet waits for one that belongs before it, ns
 * @may_overlap: whether a line of text may begin before the one before ends
 * @no_hold_back: whether frames pass that refer to what did not come
 */
typedef struct {
  GstRtmsOverflow overflow;
  GstClockTime max_time;
  guint64 max_bytes;
  GstClockTime latency;
  GstClockTime hole;
  GstClockTime reorder;
  gboolean may_overlap;
  gboolean no_hold_back;
} GstRtmsSrcPadLimits;

/**
 * GstRtmsSrcPadStats:
 * @buffers: that came for the pad
 * @bytes: of these
 * @dropped: by a full queue
 * @held_back: delta frames that came before a key frame they can build on
 * @late: that would have gone back in time: media dropped, text moved
 * @duplicates: that came a second time
 * @gaps: GAP events for silence
 * @filled: buffers of silence or black in place of GAPs
 * @queued_time: media time in the queue now
 * @queued_bytes: likewise
 *
 * Counts since the pad was made, but for the queue's level.
 */
typedef struct {
  guint64 buffers;
  guint64 bytes;
  guint64 dropped;
  guint64 held_back;
  guint64 late;
  guint64 duplicates;
  guint64 gaps;
  guint64 filled;
  GstClockTime queued_time;
  guint64 queued_bytes;
} GstRtmsSrcPadStats;

/* Called by the pad's streaming thread, when a push returned something else
 * than the one before. */
typedef void (*GstRtmsSrcPadFlowFunc) (GstRtmsSrcPad *pad, GstFlowReturn flow,
    gpointer user_data);

/* Called by the pad's streaming thread, when it has pushed EOS. */
typedef void (*GstRtmsSrcPadDrainedFunc) (GstRtmsSrcPad *pad,
    gpointer user_data);

GstRtmsSrcPad *gst_rtms_src_pad_new (GstPadTemplate *templ,
    const gchar *name, const GstRtmsSrcPadLimits *limits,
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
    GstRtmsSrcPadStats *stats);

G_END_DECLS
