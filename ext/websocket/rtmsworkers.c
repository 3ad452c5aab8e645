/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* MT safety: `lock` protects all but the constant fields. It is a leaf, and
 * not held while the context or a task is run. The context has an owner only
 * while its sources are run, so that another thread can go on with it while
 * a task blocks. */

#include "rtmsworkers.h"

/* Without a task for so long, the watch over the leader is given up. */
#define IDLE_TIME (500 * G_TIME_SPAN_MILLISECOND)
/* To look is dear on a processor that would sleep otherwise. With fewer tasks
 * than these per RTMS_WORKERS_PATIENCE, each holds up little, and the watcher
 * looks more rarely. */
#define BUSY_TASKS 4
#define RARELY (5 * RTMS_WORKERS_PATIENCE)

struct _RtmsWorkers
{
  /* constant */
  GMainContext *context;
  gchar *name;
  GDestroyNotify ended;
  gpointer user_data;

  GMutex lock;
  GCond cond;                   /* for the watcher */
  GThread *leader;              /* (nullable) */
  GThread *watcher;             /* (nullable) */
  gboolean is_asleep;           /* the watcher waits for a task */
  gboolean is_starting;         /* a thread that may become the watcher */
  GQueue tasks;                 /* of RtmsTask */
  gint64 task_begin;            /* of the leader's; 0: it runs none */
  gint64 last_task;             /* when one was begun */
  guint n_tasks;                /* begun since the watcher looked */
  GSList *threads;              /* all of them */
  gboolean must_end;
  gboolean is_detached;         /* the last thread cleans up */
};

/* Whose worker the thread is. */
static __thread RtmsWorkers *own_workers;

static void
clean_up (RtmsWorkers *self)
{
  GDestroyNotify ended = self->ended;
  gpointer user_data = self->user_data;

  /* Work that was submitted before the end, such as a socket's last rites. */
  g_main_context_push_thread_default (self->context);
  while (g_main_context_iteration (self->context, FALSE));
  g_main_context_pop_thread_default (self->context);

  g_main_context_unref (self->context);
  g_free (self->name);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  g_free (self);
  ended (user_data);
}

static gpointer work (gpointer data);

static void
start_thread (RtmsWorkers *self)
{
  GThread *thread = g_thread_try_new (self->name, work, self, NULL);

  /* Without a watcher a task that blocks holds all up, but without a leader
   * nothing works. */
  self->is_starting = thread != NULL;
  if (thread)
    self->threads = g_slist_prepend (self->threads, thread);
  else if (self->threads == NULL)
    g_error ("No thread can be started for the network");
}

static void
run_sources (RtmsWorkers *self, gboolean may_wait)
{
  g_main_context_push_thread_default (self->context);
  g_main_context_iteration (self->context, may_wait);
  g_main_context_pop_thread_default (self->context);
}

static void
wake_watcher (RtmsWorkers *self)
{
  if (self->is_asleep) {
    self->is_asleep = FALSE;
    g_cond_signal (&self->cond);
  } else if (self->watcher == NULL && !self->is_starting) {
    start_thread (self);
  }
}

/* Those that are due now: a task may add itself again. */
static void
run_tasks (RtmsWorkers *self, GThread *thread)
{
  for (guint n = self->tasks.length; n > 0 && self->leader == thread
      && self->tasks.length > 0; n--) {
    RtmsTask *task = self->tasks.head->data;

    g_queue_unlink (&self->tasks, &task->link);
    task->link.data = NULL;
    self->task_begin = self->last_task = g_get_monotonic_time ();
    self->n_tasks++;
    wake_watcher (self);
    g_mutex_unlock (&self->lock);
    task->func (task->user_data);
    g_mutex_lock (&self->lock);
    if (self->leader == thread)
      self->task_begin = 0;
  }
}

static void
lead (RtmsWorkers *self, GThread *thread)
{
  self->leader = thread;
  self->task_begin = 0;
  while (self->leader == thread && !self->must_end) {
    gboolean may_wait = self->tasks.length == 0;

    g_mutex_unlock (&self->lock);
    run_sources (self, may_wait);
    g_mutex_lock (&self->lock);
    run_tasks (self, thread);
  }
  if (self->leader == thread)
    self->leader = NULL;
}

/* Returns when the leader is stuck, and deposed, or at the end. */
static void
watch (RtmsWorkers *self, GThread *thread)
{
  gint64 last_look = g_get_monotonic_time ();

  self->watcher = thread;
  while (self->leader && !self->must_end) {
    gint64 now = g_get_monotonic_time ();
    gboolean is_busy = self->n_tasks * RTMS_WORKERS_PATIENCE
        >= BUSY_TASKS * (now - last_look);

    last_look = now;
    self->n_tasks = 0;
    if (self->task_begin && now - self->task_begin >= RTMS_WORKERS_PATIENCE) {
      self->leader = NULL;
    } else if (!self->task_begin && now - self->last_task >= IDLE_TIME) {
      self->is_asleep = TRUE;
      while (self->is_asleep && !self->must_end)
        g_cond_wait (&self->cond, &self->lock);
    } else {
      g_cond_wait_until (&self->cond, &self->lock,
          now + (is_busy ? RTMS_WORKERS_PATIENCE : RARELY));
    }
  }
  self->watcher = NULL;
  self->is_asleep = FALSE;
}

static gpointer
work (gpointer data)
{
  RtmsWorkers *self = data;
  GThread *thread = g_thread_self ();
  gboolean is_last = FALSE;

  own_workers = self;
  g_mutex_lock (&self->lock);
  self->is_starting = FALSE;
  while (!self->must_end) {
    if (self->leader == NULL)
      lead (self, thread);
    else if (self->watcher == NULL)
      watch (self, thread);
    else
      break;
  }
  /* Who stops the workers waits for those that are in the list. */
  if (!self->must_end || self->is_detached) {
    self->threads = g_slist_remove (self->threads, thread);
    g_thread_unref (thread);
    is_last = self->is_detached && self->threads == NULL;
  }
  g_mutex_unlock (&self->lock);
  if (is_last)
    clean_up (self);
  return NULL;
}

/**
 * rtms_workers_new:
 * @context: what they run
 * @name: of the threads
 * @ended: is called when the last thread has ended
 * @user_data: for @ended
 */
RtmsWorkers *
rtms_workers_new (GMainContext *context, const gchar *name,
    GDestroyNotify ended, gpointer user_data)
{
  RtmsWorkers *self = g_new0 (RtmsWorkers, 1);

  self->context = g_main_context_ref (context);
  self->name = g_strdup (name);
  self->ended = ended;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->tasks);
  g_mutex_lock (&self->lock);
  start_thread (self);
  g_mutex_unlock (&self->lock);
  return self;
}

/**
 * rtms_workers_stop:
 * @self: (transfer full): workers without tasks
 *
 * Ends the threads and waits for them; one of the threads itself does not
 * wait.
 */
void
rtms_workers_stop (RtmsWorkers *self)
{
  /* The last of detached threads frees the workers, maybe while the context
   * is still woken. */
  g_autoptr (GMainContext) context = g_main_context_ref (self->context);
  gboolean is_detached = own_workers == self;
  g_autoptr (GSList) threads = NULL;

  g_mutex_lock (&self->lock);
  self->must_end = TRUE;
  self->is_detached = is_detached;
  if (!is_detached)
    threads = g_steal_pointer (&self->threads);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  g_main_context_wakeup (context);

  if (is_detached)
    return;
  for (GSList *l = threads; l; l = l->next)
    g_thread_join (l->data);
  clean_up (self);
}

/**
 * rtms_workers_add_task:
 * @self: workers
 * @task: one that is not added already
 *
 * Has the task run soon, behind those that were added before.
 */
void
rtms_workers_add_task (RtmsWorkers *self, RtmsTask *task)
{
  gboolean must_wake;

  g_mutex_lock (&self->lock);
  task->link.data = task;
  task->link.next = task->link.prev = NULL;
  g_queue_push_tail_link (&self->tasks, &task->link);
  /* The leader itself looks for tasks before it waits. */
  must_wake = self->leader != g_thread_self ();
  g_mutex_unlock (&self->lock);
  if (must_wake)
    g_main_context_wakeup (self->context);
}

/**
 * rtms_workers_remove_task:
 * @self: workers
 * @task: a task, which may have been added
 *
 * Returns: whether the task was still to be run, which it will not be
 */
gboolean
rtms_workers_remove_task (RtmsWorkers *self, RtmsTask *task)
{
  gboolean is_queued;

  g_mutex_lock (&self->lock);
  is_queued = task->link.data != NULL;
  if (is_queued)
    g_queue_unlink (&self->tasks, &task->link);
  task->link.data = NULL;
  g_mutex_unlock (&self->lock);
  return is_queued;
}
