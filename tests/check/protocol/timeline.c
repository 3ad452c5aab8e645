/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>

#include "gst/rtms/protocol/rtmstimeline.h"

#define UNIX G_GINT64_CONSTANT (1738392033699000000)
#define MS G_GINT64_CONSTANT (1000000)
#define S (1000 * MS)

GST_START_TEST (test_first_packet_is_placed_where_it_arrives)
{
  RtmsTimeline timeline;

  rtms_timeline_init (&timeline);
  fail_unless_equals_int64 (rtms_timeline_get_reference (&timeline, 5 * S),
      -1);
  fail_unless_equals_int64 (rtms_timeline_place (&timeline, UNIX, 300 * MS),
      300 * MS);
  /* late by the network's jitter, and at its place all the same */
  fail_unless_equals_int64 (rtms_timeline_place (&timeline, UNIX + 20 * MS,
          390 * MS), 320 * MS);
  /* another medium, earlier by Zoom's clock */
  fail_unless_equals_int64 (rtms_timeline_place (&timeline, UNIX - 40 * MS,
          395 * MS), 260 * MS);
  /* before the pipeline began */
  fail_unless_equals_int64 (rtms_timeline_map (&timeline, UNIX - 2 * S), 0);
  fail_unless (rtms_timeline_place (&timeline, UNIX - 2 * S, 400 * MS) < 0);
}

GST_END_TEST;

GST_START_TEST (test_without_running_time_the_origin_is_zero)
{
  RtmsTimeline timeline;

  rtms_timeline_init (&timeline);
  fail_unless_equals_int64 (rtms_timeline_place (&timeline, UNIX, -1), 0);
  fail_unless_equals_int64 (rtms_timeline_place (&timeline, UNIX + 20 * MS,
          -1), 20 * MS);
  fail_unless_equals_int64 (rtms_timeline_get_reference (&timeline, -1),
      20 * MS);
}

GST_END_TEST;

GST_START_TEST (test_backlog_keeps_its_distance_to_live_media)
{
  RtmsTimeline timeline;

  rtms_timeline_init (&timeline);
  /* 45 s of audio within 100 ms */
  for (gint i = 0; i < 2250; i++)
    fail_unless_equals_int64 (rtms_timeline_place (&timeline,
            UNIX + i * 20 * MS, S + i * 100 * MS / 2250), S + i * 20 * MS);
  fail_unless_equals_int64 (rtms_timeline_get_reference (&timeline,
          S + 2249 * 100 * MS / 2250), 46 * S - 20 * MS);
  /* live from here on, for minutes: no drift is seen in the burst */
  for (gint i = 0; i < 6000; i++)
    fail_unless_equals_int64 (rtms_timeline_place (&timeline,
            UNIX + 45 * S + i * 20 * MS, S + 100 * MS + i * 20 * MS),
        46 * S + i * 20 * MS);
}

GST_END_TEST;

/* @skew is by how much Zoom's clock is fast, in parts per million. */
static gint64
final_error (gint64 skew, gint64 jitter)
{
  RtmsTimeline timeline;
  gint64 first = 0, last = -1, real = 0;
  guint32 random = 1;

  rtms_timeline_init (&timeline);
  for (gint i = 0; i < 300 * 50; i++) {
    gint64 place;

    real = i * 20 * MS;
    random = random * 1664525 + 1013904223;
    place = rtms_timeline_place (&timeline, UNIX + real
        + real / 1000000 * skew, real + (jitter ? random % jitter : 0));
    fail_unless (place > last, "packet %d goes back", i);
    fail_unless (last < 0 || ABS (place - last - 20 * MS) < MS,
        "packet %d steps by %" G_GINT64_FORMAT " ns", i, place - last);
    if (i == 0)
      first = place;
    last = place;
  }
  return last - real - first;
}

GST_START_TEST (test_clock_skew_is_followed_without_steps)
{
  gint64 jitter = 30 * MS;

  fail_unless_equals_int64 (final_error (0, 0), 0);
  /* 0.5 % for five minutes is 1.5 s; a window's worth may remain */
  fail_unless (ABS (final_error (5000, 0)) < 150 * MS);
  fail_unless (ABS (final_error (-5000, 0)) < 150 * MS);
  fail_unless (ABS (final_error (100, jitter)) < 40 * MS);
  fail_unless (ABS (final_error (0, jitter)) < 10 * MS);
}

GST_END_TEST;

GST_START_TEST (test_fast_and_stalled_senders_are_no_skew)
{
  RtmsTimeline timeline;

  /* ten times real time */
  rtms_timeline_init (&timeline);
  for (gint i = 0; i < 50 * 600; i++)
    fail_unless_equals_int64 (rtms_timeline_place (&timeline,
            UNIX + i * 20 * MS, i * 2 * MS), i * 20 * MS);

  /* a stall of 5 s, then all that it held up at once, then live */
  rtms_timeline_init (&timeline);
  for (gint i = 0; i < 50 * 120; i++) {
    gint64 when = i * 20 * MS;
    gint64 arrival = when > 30 * S && when < 35 * S ? 35 * S : when;

    fail_unless_equals_int64 (rtms_timeline_place (&timeline, UNIX + when,
            arrival), when);
  }
}

GST_END_TEST;

GST_START_TEST (test_reference_goes_on_with_the_clock)
{
  RtmsTimeline timeline;

  rtms_timeline_init (&timeline);
  rtms_timeline_place (&timeline, UNIX, S);
  rtms_timeline_place (&timeline, UNIX + 40 * MS, S + 45 * MS);
  rtms_timeline_place (&timeline, UNIX + 20 * MS, S + 50 * MS);
  fail_unless_equals_int64 (rtms_timeline_get_reference (&timeline,
          S + 50 * MS), S + 45 * MS);
  fail_unless_equals_int64 (rtms_timeline_get_reference (&timeline, 3 * S),
      3 * S - 5 * MS);
}

GST_END_TEST;

/* Whatever the timestamps say, no sum overflows. */
GST_START_TEST (test_absurd_timestamps_do_no_harm)
{
  static const gint64 times[] = { UNIX, G_MAXINT64, 1, UNIX, G_MAXINT64 - 1 };
  RtmsTimeline timeline;

  rtms_timeline_init (&timeline);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    gint64 place = rtms_timeline_place (&timeline, times[i],
        (gint64) i * 11 * S);

    fail_unless (place == RTMS_PLACE_NONE || ABS (place) < 1000 * S);
  }
}

GST_END_TEST;

GST_START_TEST (test_single_broken_timestamp_is_left_out)
{
  RtmsTimeline timeline;

  rtms_timeline_init (&timeline);
  for (gint i = 0; i < 100; i++) {
    gint64 when = i * 20 * MS;

    if (i % 10 == 5)
      fail_unless_equals_int64 (rtms_timeline_place (&timeline,
              UNIX + 1000000 * S, when), RTMS_PLACE_NONE);
    fail_unless_equals_int64 (rtms_timeline_place (&timeline, UNIX + when,
            when), when);
  }
  /* text and events cannot lead far away either */
  fail_unless (rtms_timeline_map (&timeline, UNIX + 1000000 * S) < 100 * S);
}

GST_END_TEST;

GST_START_TEST (test_clock_that_was_set_is_followed)
{
  static const gint64 steps[] = { 3600 * S, -3600 * S };

  for (guint s = 0; s < G_N_ELEMENTS (steps); s++) {
    RtmsTimeline timeline;
    gint64 last = -1;
    guint left_out = 0;

    rtms_timeline_init (&timeline);
    for (gint i = 0; i < 200; i++) {
      gint64 when = i * 20 * MS;
      gint64 place = rtms_timeline_place (&timeline, UNIX + when
          + (i < 100 ? 0 : steps[s]), when);

      if (place == RTMS_PLACE_NONE) {
        left_out++;
        continue;
      }
      /* Those that were left out before it was clear have a place too. */
      fail_unless (place > last && place <= when + 120 * MS);
      last = place;
    }
    fail_unless (left_out < 10);
  }
}

GST_END_TEST;

/* Five that lead away, each near the one before, agree on nothing. */
GST_START_TEST (test_timestamps_that_run_away_are_not_followed)
{
  RtmsTimeline timeline;

  rtms_timeline_init (&timeline);
  rtms_timeline_place (&timeline, UNIX, 0);
  for (gint i = 1; i <= 20; i++) {
    gint64 place = rtms_timeline_place (&timeline, UNIX + 3600 * S
        + i * 80 * S, 0);

    fail_unless (place == RTMS_PLACE_NONE || place <= 90 * S);
  }
  fail_unless_equals_int64 (rtms_timeline_place (&timeline, UNIX + S, S), S);
}

GST_END_TEST;

static Suite *
timeline_suite (void)
{
  Suite *suite = suite_create ("timeline");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_first_packet_is_placed_where_it_arrives);
  tcase_add_test (tc, test_without_running_time_the_origin_is_zero);
  tcase_add_test (tc, test_backlog_keeps_its_distance_to_live_media);
  tcase_add_test (tc, test_clock_skew_is_followed_without_steps);
  tcase_add_test (tc, test_fast_and_stalled_senders_are_no_skew);
  tcase_add_test (tc, test_reference_goes_on_with_the_clock);
  tcase_add_test (tc, test_single_broken_timestamp_is_left_out);
  tcase_add_test (tc, test_clock_that_was_set_is_followed);
  tcase_add_test (tc, test_timestamps_that_run_away_are_not_followed);
  tcase_add_test (tc, test_absurd_timestamps_do_no_harm);
  return suite;
}

GST_CHECK_MAIN (timeline);
