/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmspoll.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

/* GMainContext polls each of its descriptors at each wake-up, so that a
 * message of one meeting would cost the more, the more meetings there are.
 * Hence one epoll set, which is a single descriptor to GMainContext. While
 * there is no other but its own eventfd, that is put into the set, and the
 * set waited for instead: one system call in place of two. */

#define EVENTS_PER_WAIT 64

struct _RtmsPoll
{
  GSource *source;
  int epoll_fd;
  int wakeup_fd;                /* GMainContext's, in the set; or -1 */
  gint64 wait;                  /* µs between two looks at the set */
  gint64 next_look;             /* monotonic time */
  struct epoll_event events[EVENTS_PER_WAIT];   /* of the last wait */
  int n_events;                 /* -1: not known */
  gboolean has_more;            /* than the last wait told */
  GQueue woken;                 /* of RtmsWatch, to be called without waiting */
  gboolean dispatching;
  GSList *freed;                /* watches freed while events may name them */
};

struct _RtmsWatch
{
  RtmsPoll *poll;
  int fd;
  RtmsWatchEvents events;
  RtmsWatchFunc func;
  gpointer user_data;
  gboolean dead;
  gboolean is_woken;
};

typedef struct {
  GSource source;
  RtmsPoll *poll;
  gpointer tag;
} PollSource;

/* Of the context that the thread runs: GPollFunc has no user data. */
static __thread RtmsPoll *current;

static gboolean
prepare (GSource *source, gint *timeout)
{
  current = ((PollSource *) source)->poll;
  *timeout = -1;
  return current->woken.length > 0;
}

static gboolean
add_wakeup (RtmsPoll *poll, int fd)
{
  struct epoll_event event = { .events = EPOLLIN };

  if (poll->wakeup_fd == fd)
    return TRUE;
  if (poll->wakeup_fd >= 0
      || epoll_ctl (poll->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    return FALSE;
  poll->wakeup_fd = fd;
  return TRUE;
}

/* Waits for the sockets, and not for what else the context has. */
static void
look (RtmsPoll *poll, gint timeout)
{
  gboolean found = FALSE;

  poll->n_events = epoll_wait (poll->epoll_fd, poll->events,
      EVENTS_PER_WAIT, timeout);
  for (int i = 0; i < poll->n_events; i++)
    found |= poll->events[i].data.ptr != NULL;
  /* From the first look on, where one does not find all. */
  if (poll->wait > 0 && found && !poll->has_more)
    poll->next_look = g_get_monotonic_time () + poll->wait;
  poll->has_more = poll->n_events == EVENTS_PER_WAIT;
}

/* Lets the sockets be until they may be looked at.
 *
 * @timeout: (inout): is what is left of it
 *
 * Returns: how many of the other descriptors are ready before; -1 if the time
 *     has come */
static gint
rest (const RtmsPoll *poll, GPollFD *fds, guint n_fds, guint own,
    gint *timeout)
{
  gint64 left = poll->next_look - g_get_monotonic_time ();
  gint64 timer = *timeout * G_TIME_SPAN_MILLISECOND;
  gboolean is_timed = timer >= 0 && timer <= left;
  struct timespec time;
  gint ready;

  if (poll->has_more)
    *timeout = 0;
  if (poll->has_more || left <= 0)
    return -1;
  if (is_timed)
    left = timer;
  time.tv_sec = left / G_USEC_PER_SEC;
  time.tv_nsec = left % G_USEC_PER_SEC * 1000;
  fds[own].fd = -1;
  /* GLib has them alike where there is a poll(). */
  ready = ppoll ((struct pollfd *) fds, n_fds, &time, NULL);
  fds[own].fd = poll->epoll_fd;
  *timeout = 0;
  return ready == 0 && !is_timed ? -1 : MAX (ready, 0);
}

/* A GPollFunc. Others' descriptors are those of connections that are being
 * made. */
static gint
wait_for_events (GPollFD *fds, guint n_fds, gint timeout)
{
  RtmsPoll *poll = current;
  guint own = 0;
  gint ready = 0;

  while (own < n_fds && fds[own].fd != poll->epoll_fd)
    own++;
  if (poll->wait > 0 && own < n_fds) {
    gint others;

    poll->n_events = 0;
    others = rest (poll, fds, n_fds, own, &timeout);
    if (others >= 0)
      return others;
  }
  poll->n_events = -1;
  if (n_fds != 2 || own == n_fds || !add_wakeup (poll, fds[1 - own].fd))
    return g_poll (fds, n_fds, timeout);

  look (poll, timeout);
  fds[0].revents = fds[1].revents = 0;
  for (int i = 0; i < poll->n_events; i++)
    fds[poll->events[i].data.ptr ? own : 1 - own].revents = G_IO_IN;
  for (guint i = 0; i < 2; i++)
    ready += fds[i].revents != 0;
  return ready;
}

static gboolean
check (GSource *source)
{
  PollSource *poll_source = (PollSource *) source;

  return poll_source->poll->woken.length > 0
      || g_source_query_unix_fd (source, poll_source->tag) != 0;
}

static void
call_watch (RtmsWatch *watch, RtmsWatchEvents events)
{
  if (!watch->dead)
    watch->func (events, watch->user_data);
}

static void
dispatch_ready (RtmsPoll *poll)
{
  const struct epoll_event *events = poll->events;

  if (poll->n_events < 0)
    look (poll, 0);
  for (int i = 0; i < poll->n_events; i++) {
    RtmsWatchEvents ready = 0;

    if (events[i].data.ptr == NULL)
      continue;
    if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP))
      ready |= RTMS_WATCH_READ;
    if (events[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
      ready |= RTMS_WATCH_WRITE;
    call_watch (events[i].data.ptr, ready);
  }
}

static void
dispatch_woken (RtmsPoll *poll)
{
  /* Only those that wait now: a watch may wake itself again. */
  for (guint n = poll->woken.length; n > 0; n--) {
    RtmsWatch *watch = g_queue_pop_head (&poll->woken);

    if (watch == NULL)
      break;
    watch->is_woken = FALSE;
    call_watch (watch, RTMS_WATCH_READ);
  }
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  RtmsPoll *poll = ((PollSource *) source)->poll;

  poll->dispatching = TRUE;
  dispatch_ready (poll);
  dispatch_woken (poll);
  poll->dispatching = FALSE;
  poll->n_events = 0;
  g_slist_free_full (g_steal_pointer (&poll->freed), g_free);
  return G_SOURCE_CONTINUE;
}

RtmsPoll *
rtms_poll_new (GMainContext *context, guint wait)
{
  static GSourceFuncs funcs = { .prepare = prepare, .check = check,
    .dispatch = dispatch };
  RtmsPoll *poll = g_new0 (RtmsPoll, 1);
  PollSource *source;

  poll->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (poll->epoll_fd < 0)
    g_error ("epoll_create1: %s", g_strerror (errno));
  g_queue_init (&poll->woken);
  poll->wait = wait * G_TIME_SPAN_MILLISECOND;
  poll->source = g_source_new (&funcs, sizeof (PollSource));
  source = (PollSource *) poll->source;
  source->poll = poll;
  source->tag = g_source_add_unix_fd (poll->source, poll->epoll_fd,
      G_IO_IN);
  g_source_set_name (poll->source, "rtms-sockets");
  /* Else GLib takes it out of its descriptors while it is dispatched, and
   * wakes itself up for that. Nobody runs the context from within it. */
  g_source_set_can_recurse (poll->source, TRUE);
  poll->wakeup_fd = -1;
  g_main_context_set_poll_func (context, wait_for_events);
  g_source_attach (poll->source, context);
  return poll;
}

void
rtms_poll_free (RtmsPoll *poll)
{
  g_source_destroy (poll->source);
  g_source_unref (poll->source);
  g_slist_free_full (poll->freed, g_free);
  close (poll->epoll_fd);
  g_free (poll);
}

static guint32
to_epoll (RtmsWatchEvents events)
{
  return ((events & RTMS_WATCH_READ) ? (guint32) EPOLLIN | EPOLLRDHUP : 0)
      | ((events & RTMS_WATCH_WRITE) ? (guint32) EPOLLOUT : 0);
}

RtmsWatch *
rtms_poll_add (RtmsPoll *poll, int fd, RtmsWatchEvents events,
    RtmsWatchFunc func, gpointer user_data)
{
  RtmsWatch *watch = g_new0 (RtmsWatch, 1);
  struct epoll_event event = { .events = to_epoll (events),
    .data.ptr = watch };

  watch->poll = poll;
  watch->fd = fd;
  watch->events = events;
  watch->func = func;
  watch->user_data = user_data;
  if (epoll_ctl (poll->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    g_critical ("epoll_ctl: %s", g_strerror (errno));
  return watch;
}

void
rtms_watch_set_events (RtmsWatch *watch, RtmsWatchEvents events)
{
  struct epoll_event event = { .events = to_epoll (events),
    .data.ptr = watch };

  if (watch->events == events)
    return;
  watch->events = events;
  if (epoll_ctl (watch->poll->epoll_fd, EPOLL_CTL_MOD, watch->fd,
          &event) < 0)
    g_critical ("epoll_ctl: %s", g_strerror (errno));
}

/* Calls the watch again soon although its descriptor may not be readable:
 * there is more in a buffer above it. */
void
rtms_watch_wake (RtmsWatch *watch)
{
  if (watch->is_woken)
    return;
  watch->is_woken = TRUE;
  g_queue_push_tail (&watch->poll->woken, watch);
}

void
rtms_watch_free (RtmsWatch *watch)
{
  RtmsPoll *poll = watch->poll;

  epoll_ctl (poll->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  if (watch->is_woken)
    g_queue_remove (&poll->woken, watch);
  watch->dead = TRUE;
  /* Events of the last wait may still point to it. */
  if (poll->dispatching || poll->n_events > 0)
    poll->freed = g_slist_prepend (poll->freed, watch);
  else
    g_free (watch);
}
