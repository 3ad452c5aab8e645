/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmsTimers:
 *
 * All timers of a network thread, as one source of its context: GMainContext
 * goes over each source at each wake-up. To set a timer costs no system call.
 * Used on the network thread alone.
 */
typedef struct _RtmsTimers RtmsTimers;
typedef struct _RtmsTimer RtmsTimer;

#define RTMS_TIMER_NEVER G_MAXINT64

RtmsTimers *rtms_timers_new (GMainContext *context);
void rtms_timers_free (RtmsTimers *timers);
RtmsTimer *rtms_timers_add (RtmsTimers *timers,
    void (*func) (gpointer user_data), gpointer user_data);

void rtms_timer_set (RtmsTimer *timer, gint64 time);
void rtms_timer_free (RtmsTimer *timer);

G_END_DECLS
