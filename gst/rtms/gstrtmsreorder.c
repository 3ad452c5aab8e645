/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsreorder.h"

#include <string.h>

#include "protocol/rtmsmessage.h"

/* A burst brings more than fits into a window. */
#define HELD_MAX 256

/* Enough of a packet's end to tell it from another one of the same time and
 * size, without a reference that would keep others from writing to it. */
#define TAIL_SIZE 16

/* How far back a packet that comes twice is recognised. */
#define RECENT_SIZE 64

/* So many in a row that are late, but in order: their clock was set back. */
#define LATE_RUN 3
/* No more are kept that are late and in no order. */
#define LATE_MAX 16

typedef struct {
  gint64 unix_time;
  gsize size;
  guint8 tail[TAIL_SIZE];
} Mark;

typedef struct {
  GstRtmsPacket packet;
  gint64 due;                   /* when the packet waits no longer */
} Item;

struct _GstRtmsReorder
{
  gint64 window;                /* µs */
  GstClockTime last;            /* PTS of what passed last, or none */
  GstClockTime step;            /* from one to the next; 0 until it is known */
  GQueue held;                  /* of Item, by PTS */
  GQueue late;                  /* of Item, as they came */
  guint late_run;               /* of these, the last ones that are in order */

  Mark recent[RECENT_SIZE];     /* a ring */
  guint n_recent;               /* that were ever put into it */
  gint64 newest;                /* Unix time of all that came */
};

GstRtmsReorder *
gst_rtms_reorder_new (GstClockTime window)
{
  GstRtmsReorder *self = g_new0 (GstRtmsReorder, 1);

  self->window = (gint64) GST_TIME_AS_USECONDS (window);
  self->last = GST_CLOCK_TIME_NONE;
  g_queue_init (&self->held);
  g_queue_init (&self->late);
  self->newest = RTMS_TIME_NONE;
  return self;
}

static void
free_item (gpointer data)
{
  Item *item = data;

  gst_buffer_unref (item->packet.buffer);
  g_free (item);
}

void
gst_rtms_reorder_free (GstRtmsReorder *self)
{
  g_queue_clear_full (&self->held, free_item);
  g_queue_clear_full (&self->late, free_item);
  g_free (self);
}

/**
 * gst_rtms_reorder_is_duplicate:
 * @self: a reorder
 * @packet: a packet that has just come
 *
 * Returns: whether the same one came before; if not, it is remembered
 */
gboolean
gst_rtms_reorder_is_duplicate (GstRtmsReorder *self,
    const GstRtmsPacket *packet)
{
  GstBuffer *buffer = packet->buffer;
  Mark mark = { .unix_time = packet->unix_time,
    .size = gst_buffer_get_size (buffer) };
  guint n = MIN (self->n_recent, RECENT_SIZE);

  if (packet->unix_time == RTMS_TIME_NONE)
    return FALSE;
  gst_buffer_extract (buffer, mark.size > TAIL_SIZE
      ? mark.size - TAIL_SIZE : 0, mark.tail, TAIL_SIZE);
  for (guint i = 0; packet->unix_time <= self->newest && i < n; i++) {
    const Mark *other = &self->recent[i];

    if (other->unix_time == mark.unix_time && other->size == mark.size
        && memcmp (other->tail, mark.tail, TAIL_SIZE) == 0)
      return TRUE;
  }
  self->newest = MAX (self->newest, packet->unix_time);
  self->recent[self->n_recent++ % RECENT_SIZE] = mark;
  return FALSE;
}

/* Whether nothing is missing between what passed last and @buffer. */
static gboolean
goes_on (GstRtmsReorder *self, GstBuffer *buffer)
{
  GstClockTime step = self->step;

  return !GST_CLOCK_TIME_IS_VALID (self->last) || step == 0
      || GST_BUFFER_PTS (buffer) <= self->last + step + step / 2;
}

/* Audio says how long it is; pictures come as far apart as the ones before,
 * more or less. */
static void
let_pass (GstRtmsReorder *self, GstBuffer *buffer)
{
  GstClockTime pts = GST_BUFFER_PTS (buffer);

  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    self->step = GST_BUFFER_DURATION (buffer);
  else if (GST_CLOCK_TIME_IS_VALID (self->last) && pts > self->last)
    self->step = pts - self->last;
  self->last = pts;
}

static void
hold (GstRtmsReorder *self, const GstRtmsPacket *packet, gint64 now)
{
  GstClockTime pts = GST_BUFFER_PTS (packet->buffer);
  Item *item = g_new (Item, 1);
  GList *l = self->held.tail;

  item->packet = *packet;
  item->due = now + self->window;
  while (l && GST_BUFFER_PTS (((Item *) l->data)->packet.buffer) > pts)
    l = l->prev;
  if (l)
    g_queue_insert_after (&self->held, l, item);
  else
    g_queue_push_head (&self->held, item);
}

static gboolean
is_before_held (GstRtmsReorder *self, GstBuffer *buffer)
{
  Item *head = g_queue_peek_head (&self->held);

  return head == NULL
      || GST_BUFFER_PTS (buffer) <= GST_BUFFER_PTS (head->packet.buffer);
}

/* Whether what passed last is newer. */
gboolean
gst_rtms_reorder_is_late (const GstRtmsReorder *self, GstClockTime pts)
{
  return GST_CLOCK_TIME_IS_VALID (self->last) && pts < self->last;
}

static GstRtmsOrder
keep_late (GstRtmsReorder *self, const GstRtmsPacket *packet)
{
  Item *tail = g_queue_peek_tail (&self->late);
  Item *item = g_new0 (Item, 1);

  item->packet = *packet;
  self->late_run = tail && packet->unix_time > tail->packet.unix_time
      ? self->late_run + 1 : 1;
  g_queue_push_tail (&self->late, item);
  return self->late_run >= LATE_RUN ? GST_RTMS_ORDER_CLOCK_SET
      : GST_RTMS_ORDER_LATE;
}

/**
 * gst_rtms_reorder_push:
 * @self: a reorder
 * @packet: a packet
 * @now: monotonic time, µs
 *
 * Whose its buffer is afterwards goes by what is returned. Held packets may be
 * due, and late ones to be dropped, after this.
 */
GstRtmsOrder
gst_rtms_reorder_push (GstRtmsReorder *self, const GstRtmsPacket *packet,
    gint64 now)
{
  GstBuffer *buffer = packet->buffer;

  if (gst_rtms_reorder_is_late (self, GST_BUFFER_PTS (buffer)))
    return keep_late (self, packet);
  self->late_run = 0;
  if (self->window > 0
      && (!goes_on (self, buffer) || !is_before_held (self, buffer))) {
    hold (self, packet, now);
    return GST_RTMS_ORDER_HELD;
  }
  let_pass (self, buffer);
  return GST_RTMS_ORDER_PASS;
}

/**
 * gst_rtms_reorder_pop_late:
 * @self: a reorder
 * @packet: (out) (transfer full): the oldest late packet
 * @is_of_run: (out): whether it is one of the last ones, which are in order
 *
 * Returns: whether there is one that need not be kept: all of them, unless
 *     they may turn out to be of a clock that was set back
 */
gboolean
gst_rtms_reorder_pop_late (GstRtmsReorder *self, GstRtmsPacket *packet,
    gboolean *is_of_run)
{
  Item *item = g_queue_peek_head (&self->late);

  if (item == NULL || (self->late_run > 0 && self->late_run < LATE_RUN
          && self->late.length <= LATE_MAX))
    return FALSE;
  *packet = item->packet;
  *is_of_run = self->late_run >= self->late.length;
  g_queue_pop_head (&self->late);
  g_free (item);
  if (self->late.length == 0)
    self->late_run = 0;
  return TRUE;
}

/**
 * gst_rtms_reorder_pop_stale:
 * @self: a reorder
 * @epoch: of the timeline
 * @packet: (out) (transfer full): the oldest late packet
 *
 * Returns: whether there is one that was late by another epoch
 */
gboolean
gst_rtms_reorder_pop_stale (GstRtmsReorder *self, guint epoch,
    GstRtmsPacket *packet)
{
  Item *item = g_queue_peek_head (&self->late);

  if (item == NULL || item->packet.epoch == epoch)
    return FALSE;
  g_queue_pop_head (&self->late);
  *packet = item->packet;
  self->late_run = MIN (self->late_run, self->late.length);
  g_free (item);
  return TRUE;
}

/**
 * gst_rtms_reorder_pop:
 * @self: a reorder
 * @packet: (out) (transfer full): the next packet
 * @now: monotonic time, µs; %G_MAXINT64 to wait for nothing more
 *
 * Returns: whether a held packet is next, or has waited long enough
 */
gboolean
gst_rtms_reorder_pop (GstRtmsReorder *self, GstRtmsPacket *packet,
    gint64 now)
{
  Item *head = g_queue_peek_head (&self->held);

  if (head == NULL || (now < head->due && self->held.length <= HELD_MAX
          && !goes_on (self, head->packet.buffer)))
    return FALSE;
  g_queue_pop_head (&self->held);
  *packet = head->packet;
  let_pass (self, packet->buffer);
  g_free (head);
  return TRUE;
}

/* @pts, or where the last one is if that is newer. */
GstClockTime
gst_rtms_reorder_clamp (const GstRtmsReorder *self, GstClockTime pts)
{
  return gst_rtms_reorder_is_late (self, pts) ? self->last : pts;
}

/* Where the next packet would go on from what passed. */
GstClockTime
gst_rtms_reorder_get_end (const GstRtmsReorder *self)
{
  return GST_CLOCK_TIME_IS_VALID (self->last) ? self->last + self->step : 0;
}

/**
 * gst_rtms_reorder_get_deadline:
 * @self: a reorder
 *
 * Returns: when a packet is due at the latest, in monotonic µs; %G_MAXINT64
 *     when none is held
 */
gint64
gst_rtms_reorder_get_deadline (const GstRtmsReorder *self)
{
  const Item *head = self->held.head ? self->held.head->data : NULL;

  return head ? head->due : G_MAXINT64;
}
