/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsreorder.h"

#include <string.h>

/* A burst brings more than fits into a window. */
#define HELD_MAX 256

/* Enough of a packet's end to tell it from another one of the same time and
 * size, without a reference that would keep others from writing to it. */
#define TAIL_SIZE 16

typedef struct {
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
  Mark last_mark;
  GstClockTime step;            /* from one to the next; 0 until it is known */
  GQueue held;                  /* of Item, by PTS */
};

GstRtmsReorder *
gst_rtms_reorder_new (GstClockTime window)
{
  GstRtmsReorder *self = g_new0 (GstRtmsReorder, 1);

  self->window = (gint64) GST_TIME_AS_USECONDS (window);
  self->last = GST_CLOCK_TIME_NONE;
  g_queue_init (&self->held);
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
  g_free (self);
}

static Mark
mark_buffer (GstBuffer *buffer)
{
  Mark mark = { .size = gst_buffer_get_size (buffer) };

  gst_buffer_extract (buffer, mark.size > TAIL_SIZE
      ? mark.size - TAIL_SIZE : 0, mark.tail, TAIL_SIZE);
  return mark;
}

static gboolean
is_same (GstBuffer *buffer, Mark mark)
{
  Mark other = mark_buffer (buffer);

  return other.size == mark.size
      && memcmp (other.tail, mark.tail, TAIL_SIZE) == 0;
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
  self->last_mark = mark_buffer (buffer);
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
is_held (GstRtmsReorder *self, GstBuffer *buffer)
{
  for (GList *l = self->held.tail; l; l = l->prev) {
    GstBuffer *other = ((Item *) l->data)->packet.buffer;

    if (GST_BUFFER_PTS (other) == GST_BUFFER_PTS (buffer)
        && is_same (buffer, mark_buffer (other)))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_before_held (GstRtmsReorder *self, GstBuffer *buffer)
{
  Item *head = g_queue_peek_head (&self->held);

  return head == NULL
      || GST_BUFFER_PTS (buffer) <= GST_BUFFER_PTS (head->packet.buffer);
}

/**
 * gst_rtms_reorder_push:
 * @self: a reorder
 * @packet: a packet; its buffer is taken only when it is held
 * @now: monotonic time, µs
 *
 * Held packets may be due after this.
 */
GstRtmsOrder
gst_rtms_reorder_push (GstRtmsReorder *self, const GstRtmsPacket *packet,
    gint64 now)
{
  GstBuffer *buffer = packet->buffer;

  if (GST_CLOCK_TIME_IS_VALID (self->last)) {
    if (GST_BUFFER_PTS (buffer) < self->last)
      return GST_RTMS_ORDER_LATE;
    if (GST_BUFFER_PTS (buffer) == self->last
        && is_same (buffer, self->last_mark))
      return GST_RTMS_ORDER_DUPLICATE;
  }
  if (is_held (self, buffer))
    return GST_RTMS_ORDER_DUPLICATE;
  if (self->window > 0
      && (!goes_on (self, buffer) || !is_before_held (self, buffer))) {
    hold (self, packet, now);
    return GST_RTMS_ORDER_HELD;
  }
  let_pass (self, buffer);
  return GST_RTMS_ORDER_PASS;
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
