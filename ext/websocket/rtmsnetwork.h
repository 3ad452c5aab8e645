/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmstimer.h"
#include "rtmsworkers.h"

G_BEGIN_DECLS

/**
 * RtmsNetworkThread:
 *
 * One of the process's few threads that all sockets live on. A thread runs
 * a GMainContext, for timers and submitted work, and watches all its sockets
 * as one source of it. To those it is one thread: should a task block it,
 * another takes its place, see #RtmsWorkers.
 *
 * Thread safety: rtms_network_thread_acquire(), _ref(), _release(),
 * _submit(), _call(), _add_task(), _remove_task() and _is_current() may be
 * called from any thread; watches and timers belong to the network thread.
 */
typedef struct _RtmsNetworkThread RtmsNetworkThread;
typedef struct _RtmsWatch RtmsWatch;

typedef enum {
  RTMS_WATCH_READ = 1 << 0,
  RTMS_WATCH_WRITE = 1 << 1,
} RtmsWatchEvents;

/**
 * RtmsWatchFunc:
 * @events: what the descriptor is ready for; errors and hang-ups show as
 *     both, for the next read or write to find
 */
typedef void (*RtmsWatchFunc) (RtmsWatchEvents events, gpointer user_data);

RtmsNetworkThread *rtms_network_thread_acquire (guint wait);
RtmsNetworkThread *rtms_network_thread_ref (RtmsNetworkThread *thread);
void rtms_network_thread_release (RtmsNetworkThread *thread);

gboolean rtms_network_thread_is_current (RtmsNetworkThread *thread);
RtmsNetworkThread *rtms_network_thread_get_current (void);
void rtms_network_thread_add_task (RtmsNetworkThread *thread,
    RtmsTask *task);
gboolean rtms_network_thread_remove_task (RtmsNetworkThread *thread,
    RtmsTask *task);
RtmsTimer *rtms_network_thread_add_timer (RtmsNetworkThread *thread,
    void (*func) (gpointer user_data), gpointer user_data);
guint8 *rtms_network_thread_get_buffer (RtmsNetworkThread *thread,
    gsize *size);
void rtms_network_thread_submit (RtmsNetworkThread *thread, GSourceFunc func,
    gpointer user_data);
void rtms_network_thread_call (RtmsNetworkThread *thread,
    void (*func) (gpointer user_data), gpointer user_data);

RtmsWatch *rtms_watch_new (RtmsNetworkThread *thread, int fd,
    RtmsWatchEvents events, RtmsWatchFunc func, gpointer user_data);
void rtms_watch_set_events (RtmsWatch *watch, RtmsWatchEvents events);
void rtms_watch_wake (RtmsWatch *watch);
void rtms_watch_free (RtmsWatch *watch);

G_END_DECLS
