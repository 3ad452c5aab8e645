/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmstimer.h"

#define NOT_SET G_MAXUINT

struct _RtmsTimers
{
  GSource *source;
  GPtrArray *heap;              /* of RtmsTimer, the next one first */
};

struct _RtmsTimer
{
  RtmsTimers *timers;
  gint64 time;
  guint index;                  /* in the heap, or NOT_SET */
  void (*func) (gpointer user_data);
  gpointer user_data;
};

typedef struct {
  GSource source;
  RtmsTimers *timers;
} TimersSource;

static void
put (GPtrArray *heap, guint index, RtmsTimer *timer)
{
  heap->pdata[index] = timer;
  timer->index = index;
}

static RtmsTimer *
get (GPtrArray *heap, guint index)
{
  return g_ptr_array_index (heap, index);
}

static void
move_up (GPtrArray *heap, RtmsTimer *timer)
{
  guint index = timer->index;

  while (index > 0 && get (heap, (index - 1) / 2)->time > timer->time) {
    put (heap, index, get (heap, (index - 1) / 2));
    index = (index - 1) / 2;
  }
  put (heap, index, timer);
}

static void
move_down (GPtrArray *heap, RtmsTimer *timer)
{
  guint index = timer->index, child;

  while ((child = 2 * index + 1) < heap->len) {
    if (child + 1 < heap->len
        && get (heap, child + 1)->time < get (heap, child)->time)
      child++;
    if (get (heap, child)->time >= timer->time)
      break;
    put (heap, index, get (heap, child));
    index = child;
  }
  put (heap, index, timer);
}

static void
take_out (RtmsTimer *timer)
{
  GPtrArray *heap = timer->timers->heap;
  guint index = timer->index;
  RtmsTimer *last;

  if (index == NOT_SET)
    return;
  timer->index = NOT_SET;
  last = get (heap, heap->len - 1);
  g_ptr_array_set_size (heap, (gint) heap->len - 1);
  if (last == timer)
    return;
  put (heap, index, last);
  move_up (heap, last);
  move_down (heap, last);
}

static gint64
get_wait (RtmsTimers *timers)
{
  if (timers->heap->len == 0)
    return RTMS_TIMER_NEVER;
  return MAX (0, get (timers->heap, 0)->time - g_get_monotonic_time ());
}

static gboolean
prepare (GSource *source, gint *timeout)
{
  gint64 wait = get_wait (((TimersSource *) source)->timers);

  *timeout = wait == RTMS_TIMER_NEVER ? -1
      : (gint) MIN ((wait + 999) / 1000, G_MAXINT);
  return wait == 0;
}

static gboolean
check (GSource *source)
{
  return get_wait (((TimersSource *) source)->timers) == 0;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  RtmsTimers *timers = ((TimersSource *) source)->timers;
  gint64 now = g_get_monotonic_time ();

  /* One that is set again by its function has its turn again later. */
  while (timers->heap->len > 0 && get (timers->heap, 0)->time <= now) {
    RtmsTimer *timer = get (timers->heap, 0);

    take_out (timer);
    timer->func (timer->user_data);
  }
  return G_SOURCE_CONTINUE;
}

RtmsTimers *
rtms_timers_new (GMainContext *context)
{
  static GSourceFuncs funcs = { .prepare = prepare, .check = check,
    .dispatch = dispatch };
  RtmsTimers *timers = g_new0 (RtmsTimers, 1);

  timers->heap = g_ptr_array_new ();
  timers->source = g_source_new (&funcs, sizeof (TimersSource));
  ((TimersSource *) timers->source)->timers = timers;
  g_source_set_name (timers->source, "rtms-timers");
  g_source_attach (timers->source, context);
  return timers;
}

void
rtms_timers_free (RtmsTimers *timers)
{
  g_source_destroy (timers->source);
  g_source_unref (timers->source);
  g_ptr_array_unref (timers->heap);
  g_free (timers);
}

/* A timer that is not set yet. */
RtmsTimer *
rtms_timers_add (RtmsTimers *timers, void (*func) (gpointer user_data),
    gpointer user_data)
{
  RtmsTimer *timer = g_new0 (RtmsTimer, 1);

  timer->timers = timers;
  timer->index = NOT_SET;
  timer->func = func;
  timer->user_data = user_data;
  return timer;
}

/**
 * rtms_timer_set:
 * @timer: a timer
 * @time: when its function is to be called, once, in the monotonic clock's
 *     µs; one that is over counts as now; RTMS_TIMER_NEVER for not at all
 */
void
rtms_timer_set (RtmsTimer *timer, gint64 time)
{
  GPtrArray *heap = timer->timers->heap;

  take_out (timer);
  if (time == RTMS_TIMER_NEVER)
    return;
  timer->time = time;
  g_ptr_array_add (heap, timer);
  timer->index = heap->len - 1;
  move_up (heap, timer);
}

void
rtms_timer_free (RtmsTimer *timer)
{
  take_out (timer);
  g_free (timer);
}
