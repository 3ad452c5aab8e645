/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmspoll.h"

#include <glib-unix.h>

/* Where there is no epoll: a source per descriptor. */

struct _RtmsPoll
{
  GMainContext *context;
};

struct _RtmsWatch
{
  GSource *source;
  RtmsWatchFunc func;
  gpointer user_data;
};

typedef struct {
  GSource source;
  gpointer tag;
} WatchSource;

static gboolean
check (GSource *source)
{
  return g_source_query_unix_fd (source, ((WatchSource *) source)->tag) != 0;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  RtmsWatch *watch = user_data;
  GIOCondition ready = g_source_query_unix_fd (source,
      ((WatchSource *) source)->tag);
  RtmsWatchEvents events = 0;

  if (ready & (G_IO_IN | G_IO_ERR | G_IO_HUP)
      || g_source_get_ready_time (source) == 0)
    events |= RTMS_WATCH_READ;
  if (ready & (G_IO_OUT | G_IO_ERR | G_IO_HUP))
    events |= RTMS_WATCH_WRITE;
  g_source_set_ready_time (source, -1);
  watch->func (events, watch->user_data);
  return G_SOURCE_CONTINUE;
}

RtmsPoll *
rtms_poll_new (GMainContext *context, guint wait)
{
  RtmsPoll *poll = g_new0 (RtmsPoll, 1);

  poll->context = context;
  return poll;
}

void
rtms_poll_free (RtmsPoll *poll)
{
  g_free (poll);
}

static GIOCondition
to_condition (RtmsWatchEvents events)
{
  return ((events & RTMS_WATCH_READ) ? G_IO_IN : 0)
      | ((events & RTMS_WATCH_WRITE) ? G_IO_OUT : 0);
}

RtmsWatch *
rtms_poll_add (RtmsPoll *poll, int fd, RtmsWatchEvents events,
    RtmsWatchFunc func, gpointer user_data)
{
  static GSourceFuncs funcs = { .check = check, .dispatch = dispatch };
  RtmsWatch *watch = g_new0 (RtmsWatch, 1);

  watch->func = func;
  watch->user_data = user_data;
  watch->source = g_source_new (&funcs, sizeof (WatchSource));
  ((WatchSource *) watch->source)->tag = g_source_add_unix_fd (watch->source,
      fd, to_condition (events));
  /* Spares GLib blocking and unblocking the source around each dispatch. */
  g_source_set_can_recurse (watch->source, TRUE);
  g_source_set_callback (watch->source, NULL, watch, NULL);
  g_source_set_name (watch->source, "rtms-socket");
  g_source_attach (watch->source, poll->context);
  return watch;
}

void
rtms_watch_set_events (RtmsWatch *watch, RtmsWatchEvents events)
{
  g_source_modify_unix_fd (watch->source,
      ((WatchSource *) watch->source)->tag, to_condition (events));
}

void
rtms_watch_wake (RtmsWatch *watch)
{
  g_source_set_ready_time (watch->source, 0);
}

void
rtms_watch_free (RtmsWatch *watch)
{
  g_source_destroy (watch->source);
  g_source_unref (watch->source);
  g_free (watch);
}
