/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmsfill.h"

/* What comes after the pad was filled up to there is too late, so that a pad
 * is filled only where a server or a machine that is held up would not be
 * behind. */
#define GST_RTMS_FILL_PATIENCE GST_SECOND

G_BEGIN_DECLS

typedef struct _GstRtmsQueue GstRtmsQueue;

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
 * GstRtmsQueueLimits:
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
} GstRtmsQueueLimits;

/**
 * GstRtmsQueueStats:
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
} GstRtmsQueueStats;

GstRtmsQueue *gst_rtms_queue_new (const GstRtmsQueueLimits *limits);
void gst_rtms_queue_free (GstRtmsQueue *queue);

gboolean gst_rtms_queue_add_buffer (GstRtmsQueue *queue, GstBuffer *buffer,
    guint *dropped);
void gst_rtms_queue_add_event (GstRtmsQueue *queue, GstEvent *event);
void gst_rtms_queue_cover (GstRtmsQueue *queue, GstClockTime end);
void gst_rtms_queue_advance (GstRtmsQueue *queue, GstClockTime reference);
void gst_rtms_queue_clear (GstRtmsQueue *queue);

void gst_rtms_queue_await_key_frame (GstRtmsQueue *queue);
void gst_rtms_queue_set_fill (GstRtmsQueue *queue, GstRtmsFill *fill);
void gst_rtms_queue_allow_fill (GstRtmsQueue *queue, gboolean allowed);
void gst_rtms_queue_count_rejected (GstRtmsQueue *queue, gsize size);
void gst_rtms_queue_count_duplicate (GstRtmsQueue *queue);

gboolean gst_rtms_queue_is_empty (GstRtmsQueue *queue);
gboolean gst_rtms_queue_head_is_event (GstRtmsQueue *queue);
GstMiniObject *gst_rtms_queue_take (GstRtmsQueue *queue);
void gst_rtms_queue_get_stats (GstRtmsQueue *queue, GstRtmsQueueStats *stats);

G_END_DECLS
