/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmstimeline.h"

#define MSECOND G_GINT64_CONSTANT (1000000)
#define SECOND (1000 * MSECOND)

/* The least delay of ten seconds is free of most jitter. */
#define SKEW_WINDOW (10 * SECOND)
/* Two clocks that are off by more than this are no clocks: what moves faster
 * is a burst, a stall or a server that does not send in real time. */
#define SKEW_MAX (SKEW_WINDOW / 100)
/* The correction moves by 1/64 of the time at most, and by the time of a few
 * packets in a call, so that places of one medium keep their order. */
#define SLEW_DIVISOR 64
#define SLEW_STEP_MAX (100 * MSECOND)
/* Media come up to a minute late, after an interruption, and not early. What is
 * further from where the stream stands is a broken timestamp, or a clock that
 * was set; the latter shows by more than one. */
#define JUMP_MIN (90 * SECOND)
#define JUMP_PACKETS 5
/* 36 years: a timestamp may be anything, the sums must not overflow. */
#define DISTANCE_MAX (G_GINT64_CONSTANT (1) << 60)

void
rtms_timeline_init (RtmsTimeline *timeline)
{
  *timeline = (RtmsTimeline) { 0 };
}

static void
anchor (RtmsTimeline *timeline, gint64 unix_time, gint64 arrival)
{
  timeline->anchored = TRUE;
  timeline->origin_unix = unix_time;
  timeline->origin_running = arrival;
  timeline->edge = arrival;
  timeline->edge_arrival = arrival;
  timeline->last_arrival = arrival;
  timeline->window_start = arrival;
  timeline->window_delay = G_MAXINT64;
}

static gint64
distance_from_origin (const RtmsTimeline *timeline, gint64 unix_time)
{
  return CLAMP (unix_time - timeline->origin_unix, -DISTANCE_MAX,
      DISTANCE_MAX);
}

/* Where the packet would be if there were no beginning. */
static gint64
get_raw_place (const RtmsTimeline *timeline, gint64 unix_time)
{
  return timeline->origin_running
      + distance_from_origin (timeline, unix_time) + timeline->correction;
}

/* Whether the timestamp can be believed; if not, whether it is one of
 * several, so that the timeline has to follow it. */
static gboolean
check_jump (RtmsTimeline *timeline, gint64 unix_time, gint64 arrival)
{
  gint64 distance = get_raw_place (timeline, unix_time)
      - rtms_timeline_get_reference (timeline, arrival);

  if (ABS (distance) < JUMP_MIN) {
    timeline->n_jumps = 0;
    return TRUE;
  }
  /* Each has to agree with the first, which is where it will go on: those
   * that agree with the one before alone may lead anywhere. */
  if (timeline->n_jumps > 0
      && ABS (unix_time - timeline->jump_unix) >= JUMP_MIN)
    timeline->n_jumps = 0;
  if (timeline->n_jumps == 0)
    timeline->jump_unix = unix_time;
  if (++timeline->n_jumps < JUMP_PACKETS)
    return FALSE;
  rtms_timeline_restart (timeline, timeline->jump_unix, arrival, 0);
  return TRUE;
}

static void
observe_delay (RtmsTimeline *timeline, gint64 delay, gint64 arrival)
{
  timeline->window_delay = MIN (timeline->window_delay, delay);
  if (arrival - timeline->window_start < SKEW_WINDOW)
    return;

  if (timeline->has_previous) {
    gint64 drift = timeline->window_delay - timeline->previous_delay;

    if (ABS (drift) <= SKEW_MAX)
      timeline->target += drift;
  }
  timeline->previous_delay = timeline->window_delay;
  timeline->has_previous = TRUE;
  timeline->window_start = arrival;
  timeline->window_delay = G_MAXINT64;
}

static void
slew (RtmsTimeline *timeline, gint64 arrival)
{
  gint64 elapsed = CLAMP (arrival - timeline->last_arrival, 0,
      SLEW_STEP_MAX);
  gint64 step = elapsed / SLEW_DIVISOR;

  timeline->last_arrival = MAX (timeline->last_arrival, arrival);
  timeline->correction += CLAMP (timeline->target - timeline->correction,
      -step, step);
}

/**
 * rtms_timeline_place:
 * @timeline: a timeline
 * @unix_time: Zoom's timestamp of a packet
 * @arrival: the running time at which it came, or -1 while the pipeline has
 *     no running time: it has not begun to play, and 0 is where it will
 *
 * The first packet of a timeline is placed where it arrives, all others at
 * their distance from it. A slow drift between the two clocks is followed
 * without steps; bursts, stalls and jumps are not taken for one. For audio,
 * video and share: they move the timeline's edge.
 *
 * Returns: the packet's running time; below 0 before the pipeline's beginning,
 *     and #RTMS_PLACE_NONE for a timestamp that cannot be believed
 */
gint64
rtms_timeline_place (RtmsTimeline *timeline, gint64 unix_time,
    gint64 arrival)
{
  gint64 place;

  if (!timeline->anchored)
    anchor (timeline, unix_time, MAX (arrival, 0));
  else if (!check_jump (timeline, unix_time, arrival))
    return RTMS_PLACE_NONE;
  if (arrival >= 0) {
    slew (timeline, arrival);
    observe_delay (timeline, arrival - timeline->origin_running
        - distance_from_origin (timeline, unix_time), arrival);
  }

  place = get_raw_place (timeline, unix_time);
  if (place >= timeline->edge) {
    timeline->edge = place;
    timeline->edge_arrival = MAX (arrival, timeline->edge_arrival);
  }
  return place;
}

/**
 * rtms_timeline_restart:
 * @timeline: a timeline
 * @unix_time: Zoom's timestamp of a packet
 * @arrival: the running time at which it came
 * @not_before: the least place for it, such as the end of what came before
 *
 * Zoom's clock was set: what follows goes on from where the stream stands.
 * History stays.
 */
void
rtms_timeline_restart (RtmsTimeline *timeline, gint64 unix_time,
    gint64 arrival, gint64 not_before)
{
  gint64 edge = MAX (rtms_timeline_get_reference (timeline, arrival),
      not_before);

  anchor (timeline, unix_time, MAX (arrival, timeline->edge_arrival));
  timeline->origin_running = edge;
  timeline->edge = edge;
  timeline->correction = timeline->target = 0;
  timeline->has_previous = FALSE;
  timeline->n_jumps = 0;
  timeline->n_restarts++;
}

/**
 * rtms_timeline_map:
 * @timeline: an anchored timeline
 * @unix_time: a time by Zoom's clock, such as the start of an utterance
 *
 * Like rtms_timeline_place(), for times that say nothing of how far the
 * stream has come: text, events.
 *
 * Returns: its running time, not below 0 and not far beyond the edge
 */
gint64
rtms_timeline_map (const RtmsTimeline *timeline, gint64 unix_time)
{
  return CLAMP (get_raw_place (timeline, unix_time), 0,
      timeline->edge + JUMP_MIN);
}

/**
 * rtms_timeline_get_reference:
 * @timeline: a timeline
 * @running_time: the running time now
 *
 * How far the stream has come: to its newest packet, and from there on with
 * the clock. Silent pads follow it by GAPs.
 *
 * Returns: a running time, or -1 before the first packet
 */
gint64
rtms_timeline_get_reference (const RtmsTimeline *timeline,
    gint64 running_time)
{
  if (!timeline->anchored)
    return -1;
  return timeline->edge + MAX (0, running_time - timeline->edge_arrival);
}
