/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmsWorkers:
 *
 * Threads that take turns in running one GMainContext. One of them leads: it
 * runs the context's sources, and then, outside the context, the tasks that
 * these left. A task may block. Then another thread leads after
 * RTMS_WORKERS_PATIENCE, and the blocked one goes when it is free again. So
 * nearly all the time there are two threads: one that works, and one that
 * watches it as long as there are tasks.
 *
 * Thread safety: all functions may be called from any thread.
 */
typedef struct _RtmsWorkers RtmsWorkers;

/* How long a task may hold up the context, µs; at the most twice as long, or
 * six times when there are few tasks. */
#define RTMS_WORKERS_PATIENCE (10 * G_TIME_SPAN_MILLISECOND)

/**
 * RtmsTask:
 * @func: does what is to be done
 * @user_data: for @func
 *
 * Belongs to whoever adds it, and stays where it is until @func is called or it
 * is removed.
 */
typedef struct {
  void (*func) (gpointer user_data);
  gpointer user_data;
  /*< private >*/
  GList link;
} RtmsTask;

RtmsWorkers *rtms_workers_new (GMainContext *context, const gchar *name,
    GDestroyNotify ended, gpointer user_data);
void rtms_workers_stop (RtmsWorkers *workers);
void rtms_workers_add_task (RtmsWorkers *workers, RtmsTask *task);
gboolean rtms_workers_remove_task (RtmsWorkers *workers, RtmsTask *task);

G_END_DECLS
