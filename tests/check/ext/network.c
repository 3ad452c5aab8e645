/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Network threads: their timers, and the tasks that may block. */

#include <gst/check/gstcheck.h>

#include <sys/socket.h>
#include <unistd.h>

#include "ext/websocket/rtmsnetwork.h"

#define N_TASKS 16
/* More than one look at the set finds. */
#define N_SOCKETS 100
#define HOUR_MS (60 * 60 * 1000)

typedef struct {
  RtmsTask task;
  guint id;
} Job;

static RtmsNetworkThread *thread;
static GMutex lock;
static GCond cond;
static guint n_begun, n_done;
static gboolean may_go;
static GString *order;

static void
set_up (void)
{
  thread = rtms_network_thread_acquire (0);
  n_begun = n_done = 0;
  may_go = FALSE;
  order = g_string_new (NULL);
}

static void
tear_down (void)
{
  if (thread)
    rtms_network_thread_release (thread);
  g_string_free (order, TRUE);
}

static void
wait_for (const guint *number, guint value)
{
  g_mutex_lock (&lock);
  while (*number < value)
    g_cond_wait (&cond, &lock);
  g_mutex_unlock (&lock);
}

static void
count (guint *number)
{
  g_mutex_lock (&lock);
  (*number)++;
  g_cond_broadcast (&cond);
  g_mutex_unlock (&lock);
}

static void
let_go (void)
{
  g_mutex_lock (&lock);
  may_go = TRUE;
  g_cond_broadcast (&cond);
  g_mutex_unlock (&lock);
}

static void
add_jobs (Job *jobs, guint n, void (*func) (gpointer user_data))
{
  for (guint i = 0; i < n; i++) {
    jobs[i] = (Job) { .task = { .func = func, .user_data = &jobs[i] },
      .id = i };
    rtms_network_thread_add_task (thread, &jobs[i].task);
  }
}

static void
note (gpointer user_data)
{
  Job *job = user_data;

  fail_if (rtms_network_thread_is_current (thread));
  g_mutex_lock (&lock);
  g_string_append_c (order, (gchar) ('a' + job->id));
  g_mutex_unlock (&lock);
  count (&n_done);
}

/* On a machine that holds a task up, the others pass it by: it may take more
 * than one try. */
GST_START_TEST (test_tasks_run_in_order_outside_the_context)
{
  static const gchar *const expected = "abcdefghijklmnop";
  Job jobs[N_TASKS];

  for (guint i = 0; i < 20 && !g_str_equal (order->str, expected); i++) {
    g_string_truncate (order, 0);
    n_done = 0;
    add_jobs (jobs, N_TASKS, note);
    wait_for (&n_done, N_TASKS);
  }
  assert_equals_string (order->str, expected);
}

GST_END_TEST;

static void
block (gpointer user_data)
{
  g_mutex_lock (&lock);
  n_begun++;
  g_cond_broadcast (&cond);
  while (!may_go)
    g_cond_wait (&cond, &lock);
  n_done++;
  g_cond_broadcast (&cond);
  g_mutex_unlock (&lock);
}

static void
check_current (gpointer user_data)
{
  fail_unless (rtms_network_thread_is_current (thread));
  fail_unless (rtms_network_thread_get_current () == thread);
  *(gboolean *) user_data = TRUE;
}

/* Sockets, timers and other tasks go on, however many tasks block. */
GST_START_TEST (test_blocked_tasks_hold_up_nothing)
{
  Job blocked[N_TASKS], free_ones[N_TASKS];
  gboolean called = FALSE;

  add_jobs (blocked, N_TASKS, block);
  wait_for (&n_begun, N_TASKS);
  fail_unless_equals_int (n_done, 0);
  rtms_network_thread_call (thread, check_current, &called);
  fail_unless (called);
  add_jobs (free_ones, N_TASKS, note);
  wait_for (&n_done, N_TASKS);
  fail_unless_equals_int (order->len, N_TASKS);
  let_go ();
  wait_for (&n_done, 2 * N_TASKS);
}

GST_END_TEST;

/* Has always another turn before it. */
static void
add_for_ever (gpointer user_data)
{
  Job *job = user_data;

  rtms_network_thread_add_task (thread, &job->task);
}

/* Whether they have been run or not when they are removed. */
GST_START_TEST (test_removed_tasks_are_not_run)
{
  Job blocked, jobs[N_TASKS];

  add_jobs (&blocked, 1, block);
  wait_for (&n_begun, 1);
  let_go ();
  wait_for (&n_done, 1);
  fail_if (rtms_network_thread_remove_task (thread, &blocked.task));

  may_go = FALSE;
  add_jobs (&blocked, 1, block);
  wait_for (&n_begun, 2);
  add_jobs (jobs, N_TASKS, add_for_ever);
  for (guint i = 0; i < N_TASKS; i++) {
    while (!rtms_network_thread_remove_task (thread, &jobs[i].task));
    jobs[i].id = G_MAXUINT;
    fail_if (rtms_network_thread_remove_task (thread, &jobs[i].task));
  }
  let_go ();
  wait_for (&n_done, 2);
  for (guint i = 0; i < N_TASKS; i++)
    fail_unless_equals_uint64 (jobs[i].id, G_MAXUINT);
}

GST_END_TEST;

/* From within a task nothing waits for the task's own thread. */
static void
call_and_release (gpointer user_data)
{
  gboolean called = FALSE;

  rtms_network_thread_call (thread, check_current, &called);
  fail_unless (called);
  rtms_network_thread_release (thread);
  count (&n_done);
}

GST_START_TEST (test_thread_is_released_by_a_task)
{
  Job job;

  add_jobs (&job, 1, call_and_release);
  wait_for (&n_done, 1);
  thread = NULL;
}

GST_END_TEST;

static void
add_again (gpointer user_data)
{
  Job *job = user_data;

  if (++job->id < 1000)
    rtms_network_thread_add_task (thread, &job->task);
  else
    count (&n_done);
}

/* A task that never ends in parts leaves sockets and timers their turn. */
GST_START_TEST (test_task_adds_itself_again)
{
  Job job;
  gboolean called = FALSE;

  add_jobs (&job, 1, add_again);
  rtms_network_thread_call (thread, check_current, &called);
  fail_unless (called);
  wait_for (&n_done, 1);
}

GST_END_TEST;

typedef struct {
  RtmsTimer *timer;
  RtmsTimer *other;             /* (nullable): is freed by it */
  guint id;
} Alarm;

static void
ring (gpointer user_data)
{
  Alarm *alarm = user_data;

  fail_unless (rtms_network_thread_is_current (thread));
  g_string_append_c (order, (gchar) ('a' + alarm->id));
  g_clear_pointer (&alarm->timer, rtms_timer_free);
  g_clear_pointer (&alarm->other, rtms_timer_free);
  count (&n_done);
}

static void
set_alarms (gpointer user_data)
{
  Alarm *alarms = user_data;
  gint64 now = g_get_monotonic_time ();
  /* Out of order, by ms. */
  static const gint times[] = { 5, 3, 9, 1, 7, 2, 8, 4, 6, 10 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    alarms[i].id = (guint) times[i] - 1;
    alarms[i].timer = rtms_network_thread_add_timer (thread, ring,
        &alarms[i]);
    rtms_timer_set (alarms[i].timer, now);
    rtms_timer_set (alarms[i].timer, RTMS_TIMER_NEVER);
    rtms_timer_set (alarms[i].timer, now + times[i] * 1000);
  }
  /* b takes j along: it never rings. */
  alarms[5].other = g_steal_pointer (&alarms[9].timer);
}

GST_START_TEST (test_timers_ring_in_the_order_of_their_times)
{
  Alarm alarms[10] = { { NULL } };

  rtms_network_thread_call (thread, set_alarms, alarms);
  wait_for (&n_done, 9);
  assert_equals_string (order->str, "abcdefghi");
}

GST_END_TEST;

typedef struct {
  int fds[2];
  RtmsWatch *watch;
  guint n_reads;                /* network thread only */
} Socket;

typedef struct {
  Socket sockets[N_SOCKETS];
  RtmsTimer *timer;
} Sockets;

static void
on_readable (RtmsWatchEvents events, gpointer user_data)
{
  Socket *socket = user_data;
  char byte;

  fail_unless_equals_int (events, RTMS_WATCH_READ);
  fail_unless_equals_int (read (socket->fds[0], &byte, 1), 1);
  socket->n_reads++;
  count (&n_done);
}

static void
write_to_all (gpointer user_data)
{
  Sockets *sockets = user_data;

  for (guint i = 0; i < N_SOCKETS; i++)
    fail_unless_equals_int (write (sockets->sockets[i].fds[1], "", 1), 1);
}

static void
open_sockets (gpointer user_data)
{
  Sockets *sockets = user_data;

  for (guint i = 0; i < N_SOCKETS; i++) {
    Socket *own = &sockets->sockets[i];

    fail_unless_equals_int (socketpair (AF_UNIX, SOCK_STREAM, 0, own->fds),
        0);
    own->watch = rtms_watch_new (thread, own->fds[0], RTMS_WATCH_READ,
        on_readable, own);
  }
  write_to_all (sockets);
}

static void
close_sockets (gpointer user_data)
{
  Sockets *sockets = user_data;

  for (guint i = 0; i < N_SOCKETS; i++) {
    rtms_watch_free (sockets->sockets[i].watch);
    close (sockets->sockets[i].fds[0]);
    close (sockets->sockets[i].fds[1]);
  }
}

static void
check_one_read_each (gpointer user_data)
{
  Sockets *sockets = user_data;

  for (guint i = 0; i < N_SOCKETS; i++)
    fail_unless_equals_int (sockets->sockets[i].n_reads, 1);
}

static void
on_timer (gpointer user_data)
{
  count (&n_begun);
}

static void
set_timer (gpointer user_data)
{
  Sockets *sockets = user_data;

  sockets->timer = rtms_network_thread_add_timer (thread, on_timer, NULL);
  rtms_timer_set (sockets->timer, g_get_monotonic_time () + 1000);
}

static void
free_timer (gpointer user_data)
{
  rtms_timer_free (((Sockets *) user_data)->timer);
}

/* One look reads all sockets, more than fit into one call, and then none for
 * an hour, while calls, timers and tasks have their turn. */
GST_START_TEST (test_waiting_thread_lets_only_its_sockets_be)
{
  RtmsNetworkThread *at_once = thread;
  Sockets sockets = { 0 };
  Job job;

  thread = rtms_network_thread_acquire (HOUR_MS);
  fail_if (thread == at_once);
  rtms_network_thread_call (thread, open_sockets, &sockets);
  wait_for (&n_done, N_SOCKETS);
  rtms_network_thread_call (thread, write_to_all, &sockets);
  rtms_network_thread_call (thread, set_timer, &sockets);
  wait_for (&n_begun, 1);
  add_jobs (&job, 1, note);
  wait_for (&n_done, N_SOCKETS + 1);
  rtms_network_thread_call (thread, check_one_read_each, &sockets);
  rtms_network_thread_call (thread, free_timer, &sockets);
  rtms_network_thread_call (thread, close_sockets, &sockets);
  rtms_network_thread_release (thread);
  thread = at_once;
}

GST_END_TEST;

GST_START_TEST (test_waiting_thread_looks_again)
{
  RtmsNetworkThread *at_once = thread;
  Sockets sockets = { 0 };
  gint64 begin = g_get_monotonic_time ();

  thread = rtms_network_thread_acquire (20);
  rtms_network_thread_call (thread, open_sockets, &sockets);
  wait_for (&n_done, N_SOCKETS);
  rtms_network_thread_call (thread, write_to_all, &sockets);
  wait_for (&n_done, 2 * N_SOCKETS);
  fail_unless (g_get_monotonic_time () - begin
      >= 20 * G_TIME_SPAN_MILLISECOND);
  rtms_network_thread_call (thread, close_sockets, &sockets);
  rtms_network_thread_release (thread);
  thread = at_once;
}

GST_END_TEST;

/* As many as ever there are, for each wait. */
GST_START_TEST (test_users_with_the_same_wait_share_threads)
{
  guint size = CLAMP (g_get_num_processors () / 2, 1, 4);
  RtmsNetworkThread *threads[16];
  g_autoptr (GHashTable) users = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    threads[i] = rtms_network_thread_acquire (1 + i % 2);
    fail_if (g_hash_table_contains (users, threads[i])
        && g_hash_table_lookup (users, threads[i])
        != GUINT_TO_POINTER (i % 2));
    g_hash_table_insert (users, threads[i], GUINT_TO_POINTER (i % 2));
  }
  fail_unless_equals_int (g_hash_table_size (users), 2 * size);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    rtms_network_thread_release (threads[i]);
}

GST_END_TEST;

static Suite *
network_suite (void)
{
  Suite *suite = suite_create ("network");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_add_test (tc, test_tasks_run_in_order_outside_the_context);
  tcase_add_test (tc, test_blocked_tasks_hold_up_nothing);
  tcase_add_test (tc, test_removed_tasks_are_not_run);
  tcase_add_test (tc, test_thread_is_released_by_a_task);
  tcase_add_test (tc, test_task_adds_itself_again);
  tcase_add_test (tc, test_timers_ring_in_the_order_of_their_times);
  tcase_add_test (tc, test_users_with_the_same_wait_share_threads);
  if (WITH_EPOLL) {
    tcase_add_test (tc, test_waiting_thread_lets_only_its_sockets_be);
    tcase_add_test (tc, test_waiting_thread_looks_again);
  }
  return suite;
}

GST_CHECK_MAIN (network);
