/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a source pad has yet to push: media in the order of their times, the
 * GAPs, silence and black between them, and serialized events. Bounded: what
 * is too much gives way as the pad's limits say.
 *
 * Not MT safe: the pad's lock protects it, so that nothing here may block. */

#include "gstrtmsqueue.h"

#include <gst/base/gstqueuearray.h>

#define INITIAL_SIZE 64

/* A line that has to wait for the end of another is shown for as long. */
#define TEXT_TIME_MIN (500 * GST_MSECOND)

typedef struct {
  GstMiniObject *object;        /* (nullable): a GstBuffer or a GstEvent,
                                 * owned; none where it is time to fill */
  gsize size;                   /* 0 for events */
  GstClockTime fill_start;
  GstClockTime fill_end;
} Item;

struct _GstRtmsQueue
{
  GstRtmsQueueLimits limits;    /* constant */
  GstQueueArray *items;         /* of Item */
  guint64 queued_bytes;
  gboolean await_key_frame;     /* delta frames are of no use now */
  gboolean discont;             /* something is missing before the next */
  GstRtmsFill *fill;            /* (nullable): in place of GAPs */
  gboolean may_fill;            /* it is known that nothing will come */
  GstClockTime filled_to;       /* where the pad is filled to, or none */
  GstClockTime head_time;       /* PTS of the oldest buffer in the queue */
  GstClockTime tail_time;       /* PTS of the newest buffer */
  GstClockTime tail_end;        /* where the newest ends */
  GstClockTime position;        /* what buffers and GAPs cover so far */
  GstRtmsQueueStats stats;
};

/**
 * gst_rtms_queue_new:
 * @limits: copied
 */
GstRtmsQueue *
gst_rtms_queue_new (const GstRtmsQueueLimits *limits)
{
  GstRtmsQueue *self = g_new0 (GstRtmsQueue, 1);

  self->limits = *limits;
  self->items = gst_queue_array_new_for_struct (sizeof (Item), INITIAL_SIZE);
  self->await_key_frame = limits->overflow == GST_RTMS_OVERFLOW_KEY_FRAME;
  self->discont = TRUE;
  self->head_time = self->tail_time = GST_CLOCK_TIME_NONE;
  self->filled_to = GST_CLOCK_TIME_NONE;
  return self;
}

void
gst_rtms_queue_free (GstRtmsQueue *self)
{
  gst_rtms_queue_clear (self);
  gst_queue_array_free (self->items);
  g_clear_pointer (&self->fill, gst_rtms_fill_free);
  g_free (self);
}

/* Drops all that is queued. */
void
gst_rtms_queue_clear (GstRtmsQueue *self)
{
  Item *item;

  while ((item = gst_queue_array_pop_head_struct (self->items)))
    g_clear_pointer (&item->object, gst_mini_object_unref);
  self->queued_bytes = 0;
  self->head_time = self->tail_time = GST_CLOCK_TIME_NONE;
}

static gboolean
item_is_buffer (const Item *item)
{
  return item->object && GST_IS_BUFFER (item->object);
}

static void
append (GstRtmsQueue *self, GstMiniObject *object, gsize size)
{
  Item item = { .object = object, .size = size };

  gst_queue_array_push_tail_struct (self->items, &item);
  self->queued_bytes += size;
}

static GstClockTime
get_queued_time (GstRtmsQueue *self)
{
  if (!GST_CLOCK_TIME_IS_VALID (self->head_time)
      || self->tail_time < self->head_time)
    return 0;
  return self->tail_time - self->head_time;
}

static gboolean
is_full (GstRtmsQueue *self)
{
  const GstRtmsQueueLimits *limits = &self->limits;

  if (limits->max_bytes && self->queued_bytes > limits->max_bytes)
    return TRUE;
  return limits->overflow != GST_RTMS_OVERFLOW_BYTES && limits->max_time
      && get_queued_time (self) > limits->max_time;
}

/* The first buffer's index from @index on, or -1; events stay where they
 * are. */
static gint
find_buffer (GstRtmsQueue *self, guint index)
{
  guint length = gst_queue_array_get_length (self->items);

  for (; index < length; index++) {
    if (item_is_buffer (gst_queue_array_peek_nth_struct (self->items,
                index)))
      return (gint) index;
  }
  return -1;
}

static void
update_head_time (GstRtmsQueue *self)
{
  gint first = find_buffer (self, 0);

  self->head_time = GST_CLOCK_TIME_NONE;
  if (first >= 0) {
    Item *item = gst_queue_array_peek_nth_struct (self->items,
        (guint) first);

    self->head_time = GST_BUFFER_PTS (item->object);
  }
}

static void
drop_at (GstRtmsQueue *self, guint index)
{
  Item item;

  gst_queue_array_drop_struct (self->items, index, &item);
  self->queued_bytes -= item.size;
  self->stats.dropped++;
  gst_mini_object_unref (item.object);
}

/* The buffer at @index follows a hole now. */
static void
mark_discont (GstRtmsQueue *self, guint index)
{
  Item *item = gst_queue_array_peek_nth_struct (self->items, index);
  GstBuffer *buffer = GST_BUFFER (item->object);

  item->object = NULL;
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  item->object = GST_MINI_OBJECT (buffer);
}

static guint
make_room (GstRtmsQueue *self)
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
        item = gst_queue_array_peek_nth_struct (self->items, (guint) first);
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
trim_buffer (GstRtmsQueue *self, GstBuffer *buffer)
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
order_buffer (GstRtmsQueue *self, GstBuffer *buffer)
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
 * none, is shown for as well; what is left is filled with more of them later.
 */
static void
append_fill (GstRtmsQueue *self, GstClockTime end)
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
  gst_queue_array_push_tail_struct (self->items, &item);
  self->position = self->filled_to = end;
  self->await_key_frame =
      self->limits.overflow == GST_RTMS_OVERFLOW_KEY_FRAME;
}

static void
append_gap (GstRtmsQueue *self, GstClockTime end)
{
  append (self, GST_MINI_OBJECT (gst_event_new_gap (self->position,
              end - self->position)), 0);
  self->position = end;
  /* Sound does not go on behind it. */
  self->discont |= self->limits.hole > 0;
  self->stats.gaps++;
}

static void
append_buffer (GstRtmsQueue *self, GstBuffer *buffer)
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
 * gst_rtms_queue_add_buffer:
 * @self: a queue
 * @buffer: (transfer full): a buffer with a PTS
 * @dropped: (out): how many queued buffers were dropped to make room for it
 *
 * A queue over its limits drops as its #GstRtmsOverflow says.
 *
 * Returns: %FALSE for media that came too late to be put in order
 */
gboolean
gst_rtms_queue_add_buffer (GstRtmsQueue *self, GstBuffer *buffer,
    guint *dropped)
{
  gboolean delta = GST_BUFFER_FLAG_IS_SET (buffer,
      GST_BUFFER_FLAG_DELTA_UNIT);

  *dropped = 0;
  self->stats.buffers++;
  self->stats.bytes += gst_buffer_get_size (buffer);
  if (self->await_key_frame && delta && !self->limits.no_hold_back) {
    gst_buffer_unref (buffer);
    self->stats.held_back++;
    return TRUE;
  }
  buffer = trim_buffer (self, buffer);
  if (buffer)
    buffer = order_buffer (self, buffer);
  if (buffer == NULL)
    return FALSE;
  append_buffer (self, buffer);
  *dropped = make_room (self);
  return TRUE;
}

/* Behind what is there. @event is (transfer full). */
void
gst_rtms_queue_add_event (GstRtmsQueue *self, GstEvent *event)
{
  append (self, GST_MINI_OBJECT (event), 0);
}

/* Covers silence up to @end, in running time. */
void
gst_rtms_queue_cover (GstRtmsQueue *self, GstClockTime end)
{
  if (end <= self->position)
    return;
  if (self->fill && self->may_fill)
    append_fill (self, end);
  else
    append_gap (self, end);
}

/**
 * gst_rtms_queue_advance:
 * @self: a queue
 * @reference: how far the stream has come, in running time
 *
 * Covers silence by a GAP, or by what the pad is filled with, up to the
 * latency before @reference, so that a muxer does not wait for this pad. Text
 * may still be placed before its end: muxers write it at its own time, and
 * would lag by as long as people talk if GAPs had to wait for it. A pad with
 * something queued is not silent.
 */
void
gst_rtms_queue_advance (GstRtmsQueue *self, GstClockTime reference)
{
  GstClockTime behind = self->limits.latency;

  if (self->fill && self->may_fill)
    behind = MAX (behind, GST_RTMS_FILL_PATIENCE);
  if (reference > behind && gst_queue_array_is_empty (self->items))
    gst_rtms_queue_cover (self, reference - behind);
}

/* Holds frames back until the next key frame, which follows a hole. */
void
gst_rtms_queue_await_key_frame (GstRtmsQueue *self)
{
  self->await_key_frame = TRUE;
  self->discont = TRUE;
}

/* What to push while nothing comes, in place of GAPs. @fill is (transfer full)
 * (nullable). */
void
gst_rtms_queue_set_fill (GstRtmsQueue *self, GstRtmsFill *fill)
{
  self->fill = fill;
}

/* Whether it is known that nothing will come; a hole between two packets is
 * filled all the same. */
void
gst_rtms_queue_allow_fill (GstRtmsQueue *self, gboolean allowed)
{
  self->may_fill = allowed;
}

/* Counts media of @size bytes that have no place, and were dropped. */
void
gst_rtms_queue_count_rejected (GstRtmsQueue *self, gsize size)
{
  self->stats.buffers++;
  self->stats.bytes += size;
  self->stats.late++;
  self->discont = TRUE;
}

/* Counts media that came before, and were dropped. */
void
gst_rtms_queue_count_duplicate (GstRtmsQueue *self)
{
  self->stats.duplicates++;
}

/* Whether what is next may go ahead of media: caps and the like, no GAP. */
gboolean
gst_rtms_queue_head_is_event (GstRtmsQueue *self)
{
  Item *item = gst_queue_array_peek_head_struct (self->items);

  return item && item->object && GST_IS_EVENT (item->object)
      && GST_EVENT_TYPE (item->object) != GST_EVENT_GAP;
}

gboolean
gst_rtms_queue_is_empty (GstRtmsQueue *self)
{
  return gst_queue_array_is_empty (self->items);
}

/* The next buffer of the head, which is time to fill, or a GAP where less than
 * a sample is left of it. */
static GstMiniObject *
take_fill (GstRtmsQueue *self)
{
  Item *item = gst_queue_array_peek_head_struct (self->items);
  GstClockTime start = item->fill_start;
  GstBuffer *buffer = gst_rtms_fill_create_buffer (self->fill, start,
      item->fill_end);

  if (buffer == NULL) {
    GstClockTime rest = item->fill_end - start;

    gst_queue_array_pop_head_struct (self->items);
    return GST_MINI_OBJECT (gst_event_new_gap (start, rest));
  }
  self->stats.filled++;
  item->fill_start += GST_BUFFER_DURATION (buffer);
  if (item->fill_start >= item->fill_end)
    gst_queue_array_pop_head_struct (self->items);
  return GST_MINI_OBJECT (buffer);
}

/**
 * gst_rtms_queue_take:
 * @self: a queue that is not empty
 *
 * Returns: (transfer full): the next buffer or event
 */
GstMiniObject *
gst_rtms_queue_take (GstRtmsQueue *self)
{
  Item *item = gst_queue_array_peek_head_struct (self->items);
  GstMiniObject *object = item->object;

  if (object == NULL)
    return take_fill (self);
  if (self->fill && GST_IS_BUFFER (object))
    gst_rtms_fill_restart (self->fill);
  self->queued_bytes -= item->size;
  gst_queue_array_pop_head_struct (self->items);
  update_head_time (self);
  return object;
}

void
gst_rtms_queue_get_stats (GstRtmsQueue *self, GstRtmsQueueStats *stats)
{
  *stats = self->stats;
  stats->queued_time = get_queued_time (self);
  stats->queued_bytes = self->queued_bytes;
}
