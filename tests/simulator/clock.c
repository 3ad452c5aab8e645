/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "clock.h"

gint64
sim_clock_read (const SimClock *clock, gint64 at)
{
  gint64 passed = at - clock->since;

  return clock->value + passed + passed * clock->ppm / 1000000;
}

void
sim_clock_set (SimClock *clock, gint64 at, gint64 jump, gint ppm)
{
  clock->value = sim_clock_read (clock, at) + jump;
  clock->since = at;
  clock->ppm = ppm;
}
