/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clock by which media are stamped, which may run and jump as it likes.
 * Times are in microseconds. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gint64 since; /* meeting time from which the rest holds */
  gint64 value; /* of the clock then, from the meeting's beginning */
  gint ppm;     /* how much faster than the meeting it runs */
} SimClock;

gint64 sim_clock_read (const SimClock *clock, gint64 at);
void sim_clock_set (SimClock *clock, gint64 at, gint64 jump, gint ppm);

G_END_DECLS
