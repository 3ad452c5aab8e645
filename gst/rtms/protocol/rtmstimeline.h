/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmsTimeline:
 *
 * Zoom's Unix time → the pipeline's running time, one for all media of a
 * stream: they stay together because Zoom stamped them with one clock. All
 * times are in ns; of the two sides only differences count. Used by one
 * thread.
 */
typedef struct {
  gboolean anchored;
  gint64 origin_unix;
  gint64 origin_running;

  /* The newest place given, and when. */
  gint64 edge;
  gint64 edge_arrival;

  /* Clock skew: what is added to every place, where that is heading, and
   * the least delay of this window and of the one before. */
  gint64 correction;
  gint64 target;
  gint64 last_arrival;
  gint64 window_start;
  gint64 window_delay;
  gint64 previous_delay;
  gboolean has_previous;

  /* Timestamps in a row that are far off, and the first of them. */
  guint n_jumps;
  gint64 jump_unix;
  guint n_restarts;             /* how often the clock was set */
} RtmsTimeline;

#define RTMS_PLACE_NONE G_MININT64

void rtms_timeline_init (RtmsTimeline *timeline);
gint64 rtms_timeline_place (RtmsTimeline *timeline, gint64 unix_time,
    gint64 arrival);
void rtms_timeline_restart (RtmsTimeline *timeline, gint64 unix_time,
    gint64 arrival, gint64 not_before);
gint64 rtms_timeline_map (const RtmsTimeline *timeline, gint64 unix_time);
gint64 rtms_timeline_get_reference (const RtmsTimeline *timeline,
    gint64 running_time);

G_END_DECLS
