/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsnetwork.h"

#include "rtmspoll.h"
#include "rtmsworkers.h"

#define MAX_THREADS 4
#define BUFFER_SIZE (64 * 1024)

struct _RtmsNetworkThread
{
  GMainContext *context;
  RtmsWorkers *workers;
  RtmsPoll *poll;               /* network thread only */
  RtmsTimers *timers;           /* likewise */
  guint8 *buffer;               /* likewise */
  guint wait;                   /* constant */
  guint users;                  /* pool_lock */
};

/* Protects the pool and the threads' numbers of users. Nothing else is
 * locked while it is held. */
static GMutex pool_lock;
static GSList *pool;            /* of RtmsNetworkThread */
static guint n_started;         /* ever */

static void
free_thread (gpointer data)
{
  RtmsNetworkThread *thread = data;

  rtms_poll_free (thread->poll);
  rtms_timers_free (thread->timers);
  g_main_context_unref (thread->context);
  g_free (thread->buffer);
  g_free (thread);
}

static RtmsNetworkThread *
start_thread (guint wait)
{
  RtmsNetworkThread *thread = g_new0 (RtmsNetworkThread, 1);
  g_autofree gchar *name = g_strdup_printf ("rtms-network-%u", n_started++);

  thread->wait = wait;
  thread->context = g_main_context_new ();
  thread->poll = rtms_poll_new (thread->context, wait);
  thread->timers = rtms_timers_new (thread->context);
  thread->buffer = g_malloc (BUFFER_SIZE);
  thread->workers = rtms_workers_new (thread->context, name, free_thread,
      thread);
  return thread;
}

/**
 * rtms_network_thread_acquire:
 * @wait: ms between two looks at the sockets, 0 to look when something comes
 *
 * Picks the network thread with the fewest users of those with this wait. Of
 * these there are as many as half the processor's cores, four at the most,
 * started when they are needed. Without epoll none waits.
 *
 * Returns: a thread, to be given back by rtms_network_thread_release()
 */
RtmsNetworkThread *
rtms_network_thread_acquire (guint wait)
{
  guint size = CLAMP (g_get_num_processors () / 2, 1, MAX_THREADS);
  guint n_alike = 0;
  RtmsNetworkThread *best = NULL;

  g_mutex_lock (&pool_lock);
  for (GSList *l = pool; l; l = l->next) {
    RtmsNetworkThread *thread = l->data;

    if (thread->wait != wait)
      continue;
    n_alike++;
    if (best == NULL || thread->users < best->users)
      best = thread;
  }
  if (n_alike < size) {
    best = start_thread (wait);
    pool = g_slist_prepend (pool, best);
  }
  best->users++;
  g_mutex_unlock (&pool_lock);
  return best;
}

/* One more user, for whom it is given back likewise. */
RtmsNetworkThread *
rtms_network_thread_ref (RtmsNetworkThread *thread)
{
  g_mutex_lock (&pool_lock);
  thread->users++;
  g_mutex_unlock (&pool_lock);
  return thread;
}

/**
 * rtms_network_thread_release:
 * @thread: (transfer full): a thread
 *
 * The thread ends with its last user, who waits for it, so that no thread of
 * ours runs when the plugin is not in use.
 */
void
rtms_network_thread_release (RtmsNetworkThread *thread)
{
  gboolean is_last;

  g_mutex_lock (&pool_lock);
  is_last = --thread->users == 0;
  if (is_last)
    pool = g_slist_remove (pool, thread);
  g_mutex_unlock (&pool_lock);
  if (is_last)
    rtms_workers_stop (thread->workers);
}

gboolean
rtms_network_thread_is_current (RtmsNetworkThread *thread)
{
  return g_main_context_is_owner (thread->context);
}

/* A timer that is not set yet, on the network thread. */
RtmsTimer *
rtms_network_thread_add_timer (RtmsNetworkThread *thread,
    void (*func) (gpointer user_data), gpointer user_data)
{
  return rtms_timers_add (thread->timers, func, user_data);
}

/**
 * rtms_network_thread_get_current:
 *
 * Returns: (nullable): the network thread that the caller runs on
 */
RtmsNetworkThread *
rtms_network_thread_get_current (void)
{
  RtmsNetworkThread *current = NULL;

  g_mutex_lock (&pool_lock);
  for (GSList *l = pool; l && current == NULL; l = l->next) {
    RtmsNetworkThread *thread = l->data;

    if (g_main_context_is_owner (thread->context))
      current = thread;
  }
  g_mutex_unlock (&pool_lock);
  return current;
}

/**
 * rtms_network_thread_add_task:
 * @thread: a thread
 * @task: what may block; not one that is added already
 *
 * Runs the task on the network thread, but not as a part of it: behind what
 * its sockets gave, and should it block, another thread goes on with the
 * sockets. rtms_network_thread_is_current() is %FALSE there.
 */
void
rtms_network_thread_add_task (RtmsNetworkThread *thread, RtmsTask *task)
{
  rtms_workers_add_task (thread->workers, task);
}

/* Whether the task was still to be run, which it will not be. */
gboolean
rtms_network_thread_remove_task (RtmsNetworkThread *thread, RtmsTask *task)
{
  return rtms_workers_remove_task (thread->workers, task);
}

/* Room to read into, on the network thread, until its current callback
 * returns. All sockets of a thread share it. */
guint8 *
rtms_network_thread_get_buffer (RtmsNetworkThread *thread, gsize *size)
{
  *size = BUFFER_SIZE;
  return thread->buffer;
}

/**
 * rtms_network_thread_submit:
 * @thread: a thread
 * @func: is called on the thread, once it returns %G_SOURCE_REMOVE
 * @user_data: for @func
 *
 * Work is done in the order of its submission.
 */
void
rtms_network_thread_submit (RtmsNetworkThread *thread, GSourceFunc func,
    gpointer user_data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, thread->context);
}

typedef struct {
  void (*func) (gpointer user_data);
  gpointer user_data;
  GMutex lock;
  GCond cond;
  gboolean done;
} Call;

static gboolean
run_call (gpointer data)
{
  Call *call = data;

  call->func (call->user_data);
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
  return G_SOURCE_REMOVE;
}

/**
 * rtms_network_thread_call:
 * @thread: a thread
 * @func: is called on the thread
 * @user_data: for @func
 *
 * Returns when @func has returned. On the network thread itself, @func is
 * called directly.
 */
void
rtms_network_thread_call (RtmsNetworkThread *thread,
    void (*func) (gpointer user_data), gpointer user_data)
{
  Call call = { .func = func, .user_data = user_data };

  if (rtms_network_thread_is_current (thread)) {
    func (user_data);
    return;
  }
  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  rtms_network_thread_submit (thread, run_call, &call);
  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);
  g_cond_clear (&call.cond);
  g_mutex_clear (&call.lock);
}

/**
 * rtms_watch_new:
 * @thread: the network thread, which is also the caller's
 * @fd: a descriptor; stays the caller's, who frees the watch before closing it
 * @events: what to wait for
 * @func: is called on the thread
 * @user_data: for @func
 */
RtmsWatch *
rtms_watch_new (RtmsNetworkThread *thread, int fd, RtmsWatchEvents events,
    RtmsWatchFunc func, gpointer user_data)
{
  g_assert (rtms_network_thread_is_current (thread));

  return rtms_poll_add (thread->poll, fd, events, func, user_data);
}
