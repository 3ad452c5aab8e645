/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmsnetwork.h"

G_BEGIN_DECLS

/**
 * RtmsPoll:
 *
 * The descriptors of one network thread, with two implementations of which
 * the build takes one: rtmspoll-epoll.c, whose cost per wake-up does not
 * grow with the number of sockets, and rtmspoll-source.c for systems
 * without epoll. Both also implement rtms_watch_set_events(),
 * rtms_watch_wake() and rtms_watch_free().
 *
 * With a wait, in ms, the descriptors are looked at so long after the last
 * time at the earliest, and what came meanwhile is read at one go. Timers and
 * other sources of the context do not wait. rtmspoll-source.c never waits.
 */
typedef struct _RtmsPoll RtmsPoll;

RtmsPoll *rtms_poll_new (GMainContext *context, guint wait);
void rtms_poll_free (RtmsPoll *poll);
RtmsWatch *rtms_poll_add (RtmsPoll *poll, int fd, RtmsWatchEvents events,
    RtmsWatchFunc func, gpointer user_data);

G_END_DECLS
