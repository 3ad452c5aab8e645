/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Packets with any timestamps, arriving at any pace. */

#include "gst/rtms/protocol/rtmstimeline.h"

#include "fuzz.h"

#define MSECOND G_GINT64_CONSTANT (1000000)
#define SECOND (1000 * MSECOND)
/* Further from where the stream stands is not believed. */
#define FAR (90 * SECOND)
/* How far the correction of skew moves at once. */
#define SLEW (100 * MSECOND / 64)

typedef struct {
  RtmsTimeline timeline;
  gint64 now;                   /* running time, -1 before playing */
  gint64 unix_time;
  /* Of the packet before. */
  gboolean has_place;
  gint64 last_unix;
  gint64 last_place;
} State;

/* Mostly steps as Zoom takes them, sometimes anything. */
static void
choose_unix_time (State *state, FuzzInput *input)
{
  guint8 choice = fuzz_input_get_byte (input);

  /* Not beyond the last one that there is. */
  if (choice >= 240 || state->unix_time > G_MAXINT64 / 2)
    state->unix_time = (gint64) fuzz_input_get_number (input, 8);
  else if (choice < 200)
    state->unix_time += (choice - 20) * MSECOND;
  else
    state->unix_time += ((gint64) fuzz_input_get_number (input, 3)
        - 0x800000) * MSECOND;
  /* As rtms_time_from_wire() gives them. */
  if (state->unix_time <= 0)
    state->unix_time = 1;
}

static void
choose_now (State *state, FuzzInput *input)
{
  guint8 choice = fuzz_input_get_byte (input);

  if (choice >= 250 && state->now < 0)
    return;
  state->now = MAX (state->now, 0);
  if (choice < 200)
    state->now += choice * MSECOND;
  else if (choice < 240)
    state->now += (gint64) fuzz_input_get_number (input, 2) * MSECOND;
  else
    state->now += (gint64) fuzz_input_get_number (input, 5);
}

static void
place (State *state)
{
  RtmsTimeline *timeline = &state->timeline;
  gboolean was_anchored = timeline->anchored;
  gint64 reference = rtms_timeline_get_reference (timeline, state->now);
  gint64 edge = timeline->edge, origin = timeline->origin_running;
  gint64 origin_unix = timeline->origin_unix;
  gint64 result = rtms_timeline_place (timeline, state->unix_time,
      state->now);

  g_assert_true (timeline->anchored);
  if (!was_anchored) {
    g_assert_cmpint (result, ==, MAX (state->now, 0));
  } else {
    /* What came before stays where it is. */
    g_assert_cmpint (timeline->edge, >=, edge);
    if (result == RTMS_PLACE_NONE)
      return;
    g_assert_cmpint (ABS (result - reference), <=, FAR + SLEW);
  }
  g_assert_cmpint (result, <=, timeline->edge);

  /* Packets in order have places in order, unless Zoom's clock was set. */
  if (state->has_place && origin == timeline->origin_running
      && origin_unix == timeline->origin_unix) {
    gint64 step = state->unix_time - state->last_unix;

    g_assert_cmpint (ABS (result - state->last_place - step), <=, SLEW);
  }
  state->has_place = TRUE;
  state->last_unix = state->unix_time;
  state->last_place = result;
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  FuzzInput input = { bytes, bytes + size };
  State state = { .now = -1, .unix_time = 1738392033699 * MSECOND };
  gint64 place_of_text, reference;

  rtms_timeline_init (&state.timeline);
  while (!fuzz_input_is_empty (&input)) {
    choose_unix_time (&state, &input);
    choose_now (&state, &input);
    place (&state);

    reference = rtms_timeline_get_reference (&state.timeline, state.now);
    g_assert_cmpint (reference, >=, state.timeline.edge);
    g_assert_cmpint (reference, >=, 0);
    place_of_text = rtms_timeline_map (&state.timeline,
        (gint64) fuzz_input_get_number (&input, 1) * SECOND
        + state.unix_time / 2);
    g_assert_cmpint (place_of_text, >=, 0);
    g_assert_cmpint (place_of_text, <=, state.timeline.edge + FAR);
  }
  return 0;
}
