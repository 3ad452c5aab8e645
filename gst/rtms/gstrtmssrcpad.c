/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One source pad of rtmssrc: a bounded queue that the network thread fills
 * and never waits for, and a streaming thread that empties it downstream.
 *
 * That is at first a GstTask of its own. Once the pushes have proved quick, it
 * is the network thread itself, as a task of the workers that take its turn
 * should a push block; and a GstTask again when they are quick no longer.
 *
 * MT safety: all fields but the constant ones are protected by `lock`, a
 * leaf but for the lock of the network thread's tasks: nothing is called or
 * pushed while it is held. The network thread calls push_buffer(),
 * push_event() and advance(); the state change calls set_playing() and the
 * pad's activation. Whoever streams holds the pad's stream lock. `mode_lock`
 * is taken before all of these, by who starts or stops the GstTask. */

#include "gstrtmssrcpad.h"

#include <gst/base/gstqueuearray.h>

#include "ext/websocket/rtmsnetwork.h"
#include "gstrtmspace.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtms_src_debug);
#define GST_CAT_DEFAULT gst_rtms_src_debug

#define QUEUE_INITIAL_SIZE 64

/* How much the network thread pushes before it looks at its sockets again. */
#define PUSHES_PER_TURN 32

/* A queue without a practical limit stands for any latency. */
#define LATENCY_MAX (24 * 3600 * GST_SECOND)

/* A line that has to wait for the end of another is shown for as long. */
#define TEXT_TIME_MIN (500 * GST_MSECOND)

typedef struct {
  GstMiniObject *object;        /* (nullable): a GstBuffer or a GstEvent,
                                 * owned; none where it is time to fill */
  gsize size;                   /* 0 for events */
  GstClockTime fill_start;
  GstClockTime fill_end;
} Item;

struct _GstRtmsSrcPad
{
  GstPad parent;

  /* constant */
  GstRtmsSrcPadLimits limits;
  GstRtmsSrcPadFlowFunc flow_func;
  gpointer flow_user_data;
  RtmsNetworkThread *network;   /* (nullable): that may push */

  /* network thread */
  GstRtmsReorder *reorder;

  guint quick_time;             /* µs, atomic */

  GRecMutex mode_lock;
  GMutex lock;
  GCond cond;
  GstQueueArray *queue;         /* of Item */
  guint64 queued_bytes;
  gboolean flushing;
  gboolean has_task;            /* a GstTask streams, else the network thread */
  gboolean must_stop_task;      /* which has paused itself for good */
  gboolean is_scheduled;        /* the network thread will look at the queue */
  gboolean is_halted;           /* EOS was pushed, or a push failed for good */
  RtmsTask push_task;
  GstRtmsSrcPadDrainedFunc drained_func;        /* (nullable) */
  gboolean playing;
  gboolean eos;                 /* EOS is queued: nothing may follow */
  gboolean await_key_frame;     /* delta frames are of no use now */
  gboolean discont;             /* something is missing before the next */
  GstRtmsFill *fill;            /* (nullable): in place of GAPs */
  gboolean may_fill;            /* it is known that nothing will come */
  GstClockTime filled_to;       /* where the pad is filled to, or none */
  GstClockTime head_time;       /* PTS of the oldest buffer in the queue */
  GstClockTime tail_time;       /* PTS of the newest buffer */
  GstClockTime tail_end;        /* where the newest ends */
  GstClockTime position;        /* what buffers and GAPs cover so far */
  GstRtmsSrcPadStats stats;

  /* stream lock */
  GstFlowReturn last_flow;
  GstRtmsPace pace;
};

enum {
  PROP_QUICK_TIME = 1,
};

G_DEFINE_TYPE (GstRtmsSrcPad, gst_rtms_src_pad, GST_TYPE_PAD)

static gboolean
item_is_buffer (const Item *item)
{
  return item->object && GST_IS_BUFFER (item->object);
}

/* Caps, segment and tags go ahead in PAUSED, media wait for PLAYING. */
static gboolean
head_may_pass (GstRtmsSrcPad *self)
{
  Item *item = gst_queue_array_peek_head_struct (self->queue);

  if (item == NULL || self->is_halted)
    return FALSE;
  return self->playing || (item->object && GST_IS_EVENT (item->object)
      && GST_EVENT_TYPE (item->object) != GST_EVENT_GAP);
}

/* Has whoever streams look at the queue. */
static void
wake_up (GstRtmsSrcPad *self)
{
  if (self->has_task) {
    g_cond_signal (&self->cond);
  } else if (!self->is_scheduled && !self->flushing && head_may_pass (self)) {
    self->is_scheduled = TRUE;
    gst_object_ref (self);
    rtms_network_thread_add_task (self->network, &self->push_task);
  }
}

static void
append (GstRtmsSrcPad *self, GstMiniObject *object, gsize size)
{
  Item item = { .object = object, .size = size };

  gst_queue_array_push_tail_struct (self->queue, &item);
  self->queued_bytes += size;
  wake_up (self);
}

static void
clear_queue (GstRtmsSrcPad *self)
{
  Item *item;

  while ((item = gst_queue_array_pop_head_struct (self->queue)))
    g_clear_pointer (&item->object, gst_mini_object_unref);
  self->queued_bytes = 0;
  self->head_time = self->tail_time = GST_CLOCK_TIME_NONE;
}

static GstClockTime
get_queued_time (GstRtmsSrcPad *self)
{
  if (!GST_CLOCK_TIME_IS_VALID (self->head_time)
      || self->tail_time < self->head_time)
    return 0;
  return self->tail_time - self->head_time;
}

static gboolean
is_full (GstRtmsSrcPad *self)
{
  const GstRtmsSrcPadLimits *limits = &self->limits;

  if (limits->max_bytes && self->queued_bytes > limits->max_bytes)
    return TRUE;
  return limits->overflow != GST_RTMS_OVERFLOW_BYTES && limits->max_time
      && get_queued_time (self) > limits->max_time;
}

/* The first buffer's index from @index on, or -1; events stay where they
 * are. */
static gint
find_buffer (GstRtmsSrcPad *self, guint index)
{
  guint length = gst_queue_array_get_length (self->queue);

  for (; index < length; index++) {
    if (item_is_buffer (gst_queue_array_peek_nth_struct (self->queue,
                index)))
      return (gint) index;
  }
  return -1;
}

static void
update_head_time (GstRtmsSrcPad *self)
{
  gint first = find_buffer (self, 0);

  self->head_time = GST_CLOCK_TIME_NONE;
  if (first >= 0) {
    Item *item = gst_queue_array_peek_nth_struct (self->queue,
        (guint) first);

    self->head_time = GST_BUFFER_PTS (item->object);
  }
}

static void
drop_at (GstRtmsSrcPad *self, guint index)
{
  Item item;

  gst_queue_array_drop_struct (self->queue, index, &item);
  self->queued_bytes -= item.size;
  self->stats.dropped++;
  gst_mini_object_unref (item.object);
}

/* The buffer at @index follows a hole now. */
static void
mark_discont (GstRtmsSrcPad *self, guint index)
{
  Item *item = gst_queue_array_peek_nth_struct (self->queue, index);
  GstBuffer *buffer = GST_BUFFER (item->object);

  item->object = NULL;
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  item->object = GST_MINI_OBJECT (buffer);
}

static guint
make_room (GstRtmsSrcPad *self)
{
  guint64 before = self->stats.dropped;
  gint first;

  while (is_full (self) && (first = find_buffer (self, 0)) >= 0) {
    drop_at (self, (guint) first);
    if (self->limits.overflow == GST_RTMS_OVERFLOW_KEY_FRAME) {
      for (;;) {
        Item *item;

        first = find_buffer (self, 0);
        if (first < 0)
          break;
        item = gst_queue_array_peek_nth_struct (self->queue, (guint) first);
        if (!GST_BUFFER_FLAG_IS_SET (item->object,
                GST_BUFFER_FLAG_DELTA_UNIT))
          break;
        drop_at (self, (guint) first);
      }
      /* The frames to come refer to what was dropped. */
      if (first < 0)
        self->await_key_frame = TRUE;
    }
    update_head_time (self);
  }
  if (self->stats.dropped == before)
    return 0;

  first = find_buffer (self, 0);
  if (first >= 0)
    mark_discont (self, (guint) first);
  else
    self->discont = TRUE;
  return (guint) (self->stats.dropped - before);
}

/* Moves a line of text to @start. Its end stays, but for a line that lies
 * within the one before and would not be seen. */
static void
move_text (GstBuffer *buffer, GstClockTime start)
{
  GstClockTime end = GST_BUFFER_PTS (buffer);
  GstClockTime least = 0;

  if (GST_BUFFER_DURATION_IS_VALID (buffer)) {
    end += GST_BUFFER_DURATION (buffer);
    least = MIN (GST_BUFFER_DURATION (buffer), TEXT_TIME_MIN);
    GST_BUFFER_DURATION (buffer) = MAX (end, start + least) - start;
  }
  GST_BUFFER_PTS (buffer) = start;
}

/* Where silence or black was put, media come too late: some of a packet of
 * audio may still be of use. A frame that comes while the last black picture
 * is shown just ends it: moved to its end, it could meet the next frame. */
static GstBuffer *
trim_buffer (GstRtmsSrcPad *self, GstBuffer *buffer)
{
  GstClockTime step = self->fill ? gst_rtms_fill_get_step (self->fill) : 0;
  GstClockTime earliest = self->filled_to;

  if (!GST_CLOCK_TIME_IS_VALID (earliest))
    return buffer;
  if (step > 0)
    earliest = earliest + GST_MSECOND - MIN (step, earliest);
  if (GST_BUFFER_PTS (buffer) >= earliest)
    return buffer;
  self->stats.late++;
  return gst_rtms_fill_trim_buffer (self->fill, buffer, earliest);
}

/* Timestamps never go back. Text is moved; media that come too late cannot be
 * put in order any more. */
static GstBuffer *
order_buffer (GstRtmsSrcPad *self, GstBuffer *buffer)
{
  gboolean is_text = self->limits.overflow == GST_RTMS_OVERFLOW_BYTES;
  GstClockTime earliest = is_text && !self->limits.may_overlap
      ? self->tail_end : self->tail_time;

  if (!GST_CLOCK_TIME_IS_VALID (self->tail_time)
      || GST_BUFFER_PTS (buffer) >= earliest)
    return buffer;

  self->stats.late++;
  if (is_text) {
    move_text (buffer, earliest);
    return buffer;
  }
  /* Video goes on although it may refer to this frame: decoders conceal one
   * frame, and the next key frame may be far. */
  gst_buffer_unref (buffer);
  self->discont = TRUE;
  return NULL;
}

/* Filled by who streams, buffer by buffer: it may be hours, for a participant
 * who joins late. Pictures are of one length, which the last frame, that has
 * none, is shown for as well; what is left is filled with more of them later. */
static void
append_fill (GstRtmsSrcPad *self, GstClockTime end)
{
  GstClockTime start = self->position;
  GstClockTime step = gst_rtms_fill_get_step (self->fill);
  Item item;

  if (step > 0) {
    if (GST_CLOCK_TIME_IS_VALID (self->tail_time))
      start = MAX (start, self->tail_time + step);
    if (end < start + step)
      return;
    end = start + (end - start) / step * step;
  }
  if (end <= start)
    return;
  item = (Item) { .fill_start = start, .fill_end = end };
  gst_queue_array_push_tail_struct (self->queue, &item);
  wake_up (self);
  self->position = self->filled_to = end;
  self->await_key_frame =
      self->limits.overflow == GST_RTMS_OVERFLOW_KEY_FRAME;
}

static void
append_gap (GstRtmsSrcPad *self, GstClockTime end)
{
  append (self, GST_MINI_OBJECT (gst_event_new_gap (self->position,
              end - self->position)), 0);
  self->position = end;
  /* Sound does not go on behind it. */
  self->discont |= self->limits.hole > 0;
  self->stats.gaps++;
}

static void
append_buffer (GstRtmsSrcPad *self, GstBuffer *buffer)
{
  GstClockTime pts = GST_BUFFER_PTS (buffer), end = pts;

  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    end += GST_BUFFER_DURATION (buffer);
  if (self->limits.hole && pts >= self->position + self->limits.hole) {
    if (self->fill) {
      append_fill (self, pts);
    } else if (GST_CLOCK_TIME_IS_VALID (self->tail_time)) {
      append_gap (self, pts);
    }
  } else if (self->fill && !self->limits.hole
      && (self->position == self->filled_to
          || !GST_CLOCK_TIME_IS_VALID (self->tail_time))) {
    /* The queue was not empty when there was time to fill, or the first frame
     * came before the first tick. */
    append_fill (self, pts);
  }
  if (self->discont) {
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    self->discont = FALSE;
  }
  self->await_key_frame = FALSE;
  self->filled_to = GST_CLOCK_TIME_NONE;
  self->tail_time = pts;
  self->tail_end = end;
  if (!GST_CLOCK_TIME_IS_VALID (self->head_time))
    self->head_time = pts;
  self->position = MAX (self->position, end);
  append (self, GST_MINI_OBJECT (buffer), gst_buffer_get_size (buffer));
}

/**
 * gst_rtms_src_pad_push_buffer:
 * @self: a pad
 * @buffer: (transfer full): a buffer with a PTS
 * @dropped: (out): how many queued buffers were dropped to make room for it
 *
 * Queues the buffer; never blocks. A queue over its limits drops as the
 * pad's #GstRtmsOverflow says.
 *
 * Returns: %FALSE for media that came too late to be put in order
 */
gboolean
gst_rtms_src_pad_push_buffer (GstRtmsSrcPad *self, GstBuffer *buffer,
    guint *dropped)
{
  gboolean delta = GST_BUFFER_FLAG_IS_SET (buffer,
      GST_BUFFER_FLAG_DELTA_UNIT);
  gboolean in_time = TRUE;

  *dropped = 0;
  g_mutex_lock (&self->lock);
  if (self->flushing || self->eos) {
    g_mutex_unlock (&self->lock);
    gst_buffer_unref (buffer);
    return TRUE;
  }

  self->stats.buffers++;
  self->stats.bytes += gst_buffer_get_size (buffer);
  if (self->await_key_frame && delta && !self->limits.no_hold_back) {
    gst_buffer_unref (buffer);
    buffer = NULL;
    self->stats.held_back++;
  } else {
    buffer = trim_buffer (self, buffer);
    if (buffer)
      buffer = order_buffer (self, buffer);
    in_time = buffer != NULL;
  }
  if (buffer) {
    append_buffer (self, buffer);
    *dropped = make_room (self);
  }
  g_mutex_unlock (&self->lock);
  return in_time;
}

/* Holds frames back until the next key frame, which follows a hole. */
void
gst_rtms_src_pad_await_key_frame (GstRtmsSrcPad *self)
{
  g_mutex_lock (&self->lock);
  self->await_key_frame = TRUE;
  self->discont = TRUE;
  g_mutex_unlock (&self->lock);
}

/* Counts media that have no place, and drops them. @buffer is (transfer
 * full). */
void
gst_rtms_src_pad_reject_buffer (GstRtmsSrcPad *self, GstBuffer *buffer)
{
  g_mutex_lock (&self->lock);
  self->stats.buffers++;
  self->stats.bytes += gst_buffer_get_size (buffer);
  self->stats.late++;
  self->discont = TRUE;
  g_mutex_unlock (&self->lock);
  gst_buffer_unref (buffer);
}

/* What to push while nothing comes, in place of GAPs; before the pad is
 * active. @fill is (transfer full) (nullable). */
void
gst_rtms_src_pad_set_fill (GstRtmsSrcPad *self, GstRtmsFill *fill)
{
  self->fill = fill;
}

/* Whether it is known that nothing will come; a hole between two packets is
 * filled all the same. */
void
gst_rtms_src_pad_allow_fill (GstRtmsSrcPad *self, gboolean allowed)
{
  g_mutex_lock (&self->lock);
  self->may_fill = allowed;
  g_mutex_unlock (&self->lock);
}

/* Counts what came before, and drops it. @buffer is (transfer full). */
void
gst_rtms_src_pad_reject_duplicate (GstRtmsSrcPad *self, GstBuffer *buffer)
{
  g_mutex_lock (&self->lock);
  self->stats.duplicates++;
  g_mutex_unlock (&self->lock);
  gst_buffer_unref (buffer);
}

/* Through which packets come to the pad; for the network thread. */
GstRtmsReorder *
gst_rtms_src_pad_get_reorder (GstRtmsSrcPad *self)
{
  return self->reorder;
}

/**
 * gst_rtms_src_pad_push_event:
 * @self: a pad
 * @event: (transfer full): a serialized event
 *
 * Queues the event behind what is there. After EOS nothing more is taken.
 */
void
gst_rtms_src_pad_push_event (GstRtmsSrcPad *self, GstEvent *event)
{
  g_mutex_lock (&self->lock);
  if (self->flushing || self->eos) {
    gst_event_unref (event);
  } else {
    self->eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
    append (self, GST_MINI_OBJECT (event), 0);
  }
  g_mutex_unlock (&self->lock);
}

static void
cover (GstRtmsSrcPad *self, GstClockTime end)
{
  if (self->flushing || self->eos || end <= self->position)
    return;
  if (self->fill && self->may_fill)
    append_fill (self, end);
  else
    append_gap (self, end);
}

/**
 * gst_rtms_src_pad_advance:
 * @self: a pad
 * @reference: how far the stream has come, in running time
 *
 * Covers silence by a GAP, or by what the pad is filled with, up to the
 * latency before @reference, so that a muxer does not wait for this pad. Text
 * may still be placed before its end: muxers write it at its own time, and
 * would lag by as long as people talk if GAPs had to wait for it. A pad with
 * something queued is not silent.
 */
void
gst_rtms_src_pad_advance (GstRtmsSrcPad *self, GstClockTime reference)
{
  GstClockTime behind = self->limits.latency;

  g_mutex_lock (&self->lock);
  if (self->fill && self->may_fill)
    behind = MAX (behind, GST_RTMS_FILL_PATIENCE);
  if (reference > behind && gst_queue_array_is_empty (self->queue))
    cover (self, reference - behind);
  g_mutex_unlock (&self->lock);
}

/* Covers silence up to @end, when nothing more comes. */
void
gst_rtms_src_pad_cover (GstRtmsSrcPad *self, GstClockTime end)
{
  g_mutex_lock (&self->lock);
  cover (self, end);
  g_mutex_unlock (&self->lock);
}

/**
 * gst_rtms_src_pad_set_playing:
 * @self: a pad
 * @playing: whether media may flow
 *
 * A live source gives no data in PAUSED: they wait in the queue.
 */
void
gst_rtms_src_pad_set_playing (GstRtmsSrcPad *self, gboolean playing)
{
  g_mutex_lock (&self->lock);
  self->playing = playing;
  wake_up (self);
  g_mutex_unlock (&self->lock);
}

/* Who is told when EOS has left the pad, with the flow function's data. */
void
gst_rtms_src_pad_set_drained_func (GstRtmsSrcPad *self,
    GstRtmsSrcPadDrainedFunc func)
{
  g_mutex_lock (&self->lock);
  self->drained_func = func;
  g_mutex_unlock (&self->lock);
}

void
gst_rtms_src_pad_get_stats (GstRtmsSrcPad *self, GstRtmsSrcPadStats *stats)
{
  g_mutex_lock (&self->lock);
  *stats = self->stats;
  stats->queued_time = get_queued_time (self);
  stats->queued_bytes = self->queued_bytes;
  g_mutex_unlock (&self->lock);
}

/* The next buffer of the head, which is time to fill, or a GAP where less than
 * a sample is left of it. */
static GstMiniObject *
take_fill (GstRtmsSrcPad *self)
{
  Item *item = gst_queue_array_peek_head_struct (self->queue);
  GstClockTime start = item->fill_start;
  GstBuffer *buffer = gst_rtms_fill_create_buffer (self->fill, start,
      item->fill_end);

  if (buffer == NULL) {
    GstClockTime rest = item->fill_end - start;

    gst_queue_array_pop_head_struct (self->queue);
    return GST_MINI_OBJECT (gst_event_new_gap (start, rest));
  }
  self->stats.filled++;
  item->fill_start += GST_BUFFER_DURATION (buffer);
  if (item->fill_start >= item->fill_end)
    gst_queue_array_pop_head_struct (self->queue);
  return GST_MINI_OBJECT (buffer);
}

static GstMiniObject *
take_head (GstRtmsSrcPad *self)
{
  Item *item = gst_queue_array_peek_head_struct (self->queue);
  GstMiniObject *object = item->object;

  if (object == NULL)
    return take_fill (self);
  if (self->fill && GST_IS_BUFFER (object))
    gst_rtms_fill_restart (self->fill);
  self->queued_bytes -= item->size;
  gst_queue_array_pop_head_struct (self->queue);
  update_head_time (self);
  return object;
}

/* For the GstTask; NULL when it is to pause. */
static GstMiniObject *
wait_for_next (GstRtmsSrcPad *self)
{
  GstMiniObject *object = NULL;

  g_mutex_lock (&self->lock);
  while (!self->flushing && !head_may_pass (self))
    g_cond_wait (&self->cond, &self->lock);
  if (!self->flushing)
    object = take_head (self);
  g_mutex_unlock (&self->lock);
  return object;
}

/* For the network thread; NULL when it has nothing more to do here. */
static GstMiniObject *
take_next (GstRtmsSrcPad *self)
{
  GstMiniObject *object = NULL;

  g_mutex_lock (&self->lock);
  if (!self->flushing && !self->has_task && head_may_pass (self))
    object = take_head (self);
  else
    self->is_scheduled = FALSE;
  g_mutex_unlock (&self->lock);
  return object;
}

/* Not linked, flushing or at EOS downstream: what comes is not wanted now,
 * but may be later, so the pad drops and goes on. */
static gboolean
is_fatal (GstFlowReturn flow)
{
  return flow < GST_FLOW_EOS;
}

/* Nothing more is pushed until the pad is activated again. */
static GstRtmsSrcPadDrainedFunc
halt (GstRtmsSrcPad *self)
{
  GstRtmsSrcPadDrainedFunc drained_func;

  gst_pad_pause_task (GST_PAD (self));
  g_mutex_lock (&self->lock);
  self->is_halted = TRUE;
  drained_func = self->drained_func;
  g_mutex_unlock (&self->lock);
  return drained_func;
}

static void
push_event (GstRtmsSrcPad *self, GstEvent *event)
{
  GstEventType type = GST_EVENT_TYPE (event);
  GstRtmsSrcPadDrainedFunc drained_func;

  GST_LOG_OBJECT (self, "pushing %" GST_PTR_FORMAT, event);
  gst_pad_push_event (GST_PAD (self), event);
  if (type != GST_EVENT_EOS)
    return;
  drained_func = halt (self);
  if (drained_func)
    drained_func (self, self->flow_user_data);
}

static void
push_buffer (GstRtmsSrcPad *self, GstBuffer *buffer)
{
  GstFlowReturn flow = gst_pad_push (GST_PAD (self), buffer);

  if (flow != self->last_flow) {
    GST_DEBUG_OBJECT (self, "downstream returns %s", gst_flow_get_name (flow));
    self->last_flow = flow;
    self->flow_func (self, flow, self->flow_user_data);
  }
  /* Whoever still listens learns that nothing more comes, so that a muxer
   * can finish the other pads' file. */
  if (is_fatal (flow)) {
    gst_pad_push_event (GST_PAD (self), gst_event_new_eos ());
    halt (self);
  }
}

/* Returns whether the network thread should do that. */
static gboolean
push (GstRtmsSrcPad *self, GstMiniObject *object)
{
  gint64 begin = g_get_monotonic_time ();

  if (GST_IS_EVENT (object))
    push_event (self, GST_EVENT (object));
  else
    push_buffer (self, GST_BUFFER (object));
  return self->network && gst_rtms_pace_add (&self->pace,
      g_get_monotonic_time () - begin,
      (gint64) g_atomic_int_get (&self->quick_time));
}

static void
loop (gpointer data)
{
  GstRtmsSrcPad *self = data;
  GstMiniObject *object = wait_for_next (self);

  if (object && !push (self, object))
    return;
  if (object) {
    GST_DEBUG_OBJECT (self, "the network thread pushes from now on");
    g_mutex_lock (&self->lock);
    self->has_task = FALSE;
    self->must_stop_task = TRUE;
    wake_up (self);
    g_mutex_unlock (&self->lock);
  }
  gst_pad_pause_task (GST_PAD (self));
}

/* A task cannot be stopped by itself. */
static void
stop_task (GstRtmsSrcPad *self)
{
  gboolean must_stop;

  g_rec_mutex_lock (&self->mode_lock);
  g_mutex_lock (&self->lock);
  must_stop = self->must_stop_task && !self->flushing;
  self->must_stop_task = FALSE;
  g_mutex_unlock (&self->lock);
  if (must_stop)
    gst_pad_stop_task (GST_PAD (self));
  g_rec_mutex_unlock (&self->mode_lock);
}

static void
start_task (GstRtmsSrcPad *self)
{
  gboolean must_start;

  g_rec_mutex_lock (&self->mode_lock);
  g_mutex_lock (&self->lock);
  must_start = !self->flushing && !self->has_task && !self->is_halted;
  if (must_start)
    self->has_task = TRUE;
  self->must_stop_task = FALSE;
  g_mutex_unlock (&self->lock);
  if (must_start) {
    GST_DEBUG_OBJECT (self, "a thread of its own pushes from now on");
    gst_pad_start_task (GST_PAD (self), loop, self, NULL);
  }
  g_rec_mutex_unlock (&self->mode_lock);
}

/* What the network thread does behind its sockets. It holds a reference. */
static void
push_some (gpointer data)
{
  GstRtmsSrcPad *self = data;
  GstMiniObject *object = NULL;
  gboolean is_quick = TRUE;

  stop_task (self);
  GST_PAD_STREAM_LOCK (self);
  for (guint n = 0; n < PUSHES_PER_TURN && is_quick
      && (object = take_next (self)); n++)
    is_quick = push (self, object);
  GST_PAD_STREAM_UNLOCK (self);
  if (!is_quick)
    start_task (self);
  if (object) {
    g_mutex_lock (&self->lock);
    self->is_scheduled = FALSE;
    wake_up (self);
    g_mutex_unlock (&self->lock);
  }
  gst_object_unref (self);
}

/* What the network thread was to do has its reference, which may be the last
 * to hold that thread. */
static gboolean
unschedule (GstRtmsSrcPad *self)
{
  if (!self->is_scheduled
      || !rtms_network_thread_remove_task (self->network, &self->push_task))
    return FALSE;
  self->is_scheduled = FALSE;
  return TRUE;
}

static gboolean
activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode,
    gboolean active)
{
  GstRtmsSrcPad *self = GST_RTMS_SRC_PAD (pad);
  gboolean started = TRUE, must_unref = FALSE;

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;

  g_rec_mutex_lock (&self->mode_lock);
  g_mutex_lock (&self->lock);
  self->flushing = !active;
  self->has_task = TRUE;
  self->must_stop_task = FALSE;
  if (active) {
    self->is_halted = FALSE;
    gst_rtms_pace_init (&self->pace);
  } else {
    clear_queue (self);
    must_unref = unschedule (self);
  }
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (must_unref)
    gst_object_unref (self);
  if (active)
    started = gst_pad_start_task (pad, loop, self, NULL);
  g_rec_mutex_unlock (&self->mode_lock);

  /* Also waits for the network thread's push. */
  return active ? started : gst_pad_stop_task (pad);
}

static gboolean
query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  const GstRtmsSrcPadLimits *limits = &GST_RTMS_SRC_PAD (pad)->limits;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_LATENCY:
      /* What the queue holds may come that much later and still be played. */
      gst_query_set_latency (query, TRUE, limits->latency,
          limits->max_time && limits->max_time < LATENCY_MAX
          ? limits->latency + limits->max_time : GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_SELECTABLE:
      /* Streams are chosen by `media`, before the start. */
      gst_query_set_selectable (query, FALSE);
      return TRUE;
    case GST_QUERY_SEEKING: {
      GstFormat format;

      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    }
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static void
gst_rtms_src_pad_set_property (GObject *object, guint id,
    const GValue *value, GParamSpec *pspec)
{
  GstRtmsSrcPad *self = GST_RTMS_SRC_PAD (object);

  if (id == PROP_QUICK_TIME)
    g_atomic_int_set (&self->quick_time, g_value_get_uint (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtms_src_pad_get_property (GObject *object, guint id, GValue *value,
    GParamSpec *pspec)
{
  GstRtmsSrcPad *self = GST_RTMS_SRC_PAD (object);

  if (id == PROP_QUICK_TIME)
    g_value_set_uint (value, g_atomic_int_get (&self->quick_time));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtms_src_pad_finalize (GObject *object)
{
  GstRtmsSrcPad *self = GST_RTMS_SRC_PAD (object);

  clear_queue (self);
  gst_queue_array_free (self->queue);
  g_clear_pointer (&self->fill, gst_rtms_fill_free);
  gst_rtms_reorder_free (self->reorder);
  g_clear_pointer (&self->network, rtms_network_thread_release);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  g_rec_mutex_clear (&self->mode_lock);

  G_OBJECT_CLASS (gst_rtms_src_pad_parent_class)->finalize (object);
}

static void
gst_rtms_src_pad_class_init (GstRtmsSrcPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gst_rtms_src_pad_set_property;
  object_class->get_property = gst_rtms_src_pad_get_property;
  object_class->finalize = gst_rtms_src_pad_finalize;

  /**
   * GstRtmsSrcPad:quick-time:
   *
   * A pad whose pushes take less than this many µs has no streaming thread of
   * its own: the thread that reads the sockets pushes. 0 leaves the pad its
   * thread, for applications that give it a priority, or do in its probes what
   * takes long now and then.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_QUICK_TIME,
      g_param_spec_uint ("quick-time", "Quick time",
      "The network thread does pushes that take less than this many "
      "microseconds (0 = a thread of the pad's own does all)", 0, G_MAXINT,
      GST_RTMS_PACE_QUICK_TIME, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_PLAYING));
}

static void
gst_rtms_src_pad_init (GstRtmsSrcPad *self)
{
  g_rec_mutex_init (&self->mode_lock);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->quick_time = GST_RTMS_PACE_QUICK_TIME;
  self->push_task = (RtmsTask) { .func = push_some, .user_data = self };
  self->queue = gst_queue_array_new_for_struct (sizeof (Item),
      QUEUE_INITIAL_SIZE);
  self->flushing = TRUE;
  self->discont = TRUE;
  self->head_time = self->tail_time = GST_CLOCK_TIME_NONE;
  self->filled_to = GST_CLOCK_TIME_NONE;
}

/**
 * gst_rtms_src_pad_new:
 * @templ: its template
 * @name: its name
 * @limits: copied
 * @flow_func: told of downstream's changes of mind
 * @user_data: for @flow_func, must outlive the pad's activity
 *
 * The network thread that calls this may do the pad's pushes.
 *
 * Returns: (transfer floating): an inactive pad
 */
GstRtmsSrcPad *
gst_rtms_src_pad_new (GstPadTemplate *templ, const gchar *name,
    const GstRtmsSrcPadLimits *limits, GstRtmsSrcPadFlowFunc flow_func,
    gpointer user_data)
{
  GstRtmsSrcPad *self = g_object_new (GST_TYPE_RTMS_SRC_PAD, "name", name,
      "direction", GST_PAD_SRC, "template", templ, NULL);

  self->limits = *limits;
  self->reorder = gst_rtms_reorder_new (limits->reorder);
  self->await_key_frame = limits->overflow == GST_RTMS_OVERFLOW_KEY_FRAME;
  self->flow_func = flow_func;
  self->flow_user_data = user_data;
  self->network = rtms_network_thread_get_current ();
  if (self->network)
    rtms_network_thread_ref (self->network);
  gst_pad_set_activatemode_function (GST_PAD (self), activate_mode);
  gst_pad_set_query_function (GST_PAD (self), query);
  return self;
}
