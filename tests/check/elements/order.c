/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc: packets that come out of order, or twice */

#include "fixture.h"

static void
send_frame (gint64 offset, gboolean is_key)
{
  test_server_send_media (f.server, VIDEO, T0 + offset, is_key ? key_frame
      : delta_frame, is_key ? sizeof key_frame : sizeof delta_frame);
}

static guint64
get_count (const gchar *pad, const gchar *field)
{
  g_autoptr (GstStructure) stats = NULL, pad_stats = NULL;
  guint64 count;

  g_object_get (f.src, "stats", &stats, NULL);
  fail_unless (gst_structure_get (stats, pad, GST_TYPE_STRUCTURE, &pad_stats,
          NULL));
  fail_unless (gst_structure_get_uint64 (pad_stats, field, &count));
  return count;
}

static void
start_live (void)
{
  set_up (NULL);
  g_object_set (f.src, "startup-backlog", FALSE, NULL);
  play_until_ready ();
}

GST_START_TEST (test_packets_are_put_in_order)
{
  static const gint64 offsets[] = { 0, 20, 80, 60, 40, 100, 140, 120 };

  start_live ();
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    send_audio (offsets[i]);
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++) {
    GstBuffer *buffer = wait_buffer ("audio", i);

    fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer)
        - GST_BUFFER_PTS (wait_buffer ("audio", 0)),
        i * 20 * GST_MSECOND);
    fail_unless (i == 0
        || !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
  }
  fail_unless_equals_uint64 (get_count ("audio", "late"), 0);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_frames_are_put_in_order)
{
  static const gint64 offsets[] = { 0, 40, 80, 160, 120, 200 };

  start_live ();
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    send_frame (offsets[i], i == 0);
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("video", i))
        - GST_BUFFER_PTS (wait_buffer ("video", 0)),
        i * 40 * GST_MSECOND);
  tear_down ();
}

GST_END_TEST;

/* What is missing for good holds nothing up for long, without another packet
 * that would show it. */
GST_START_TEST (test_missing_packet_is_not_waited_for_longer)
{
  start_live ();
  send_audio (0);
  send_audio (500);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 1))
      - GST_BUFFER_PTS (wait_buffer ("audio", 0)), 500 * GST_MSECOND);
  fail_unless (GST_BUFFER_FLAG_IS_SET (wait_buffer ("audio", 1),
          GST_BUFFER_FLAG_DISCONT));
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_duplicates_are_left_out)
{
  static const gint64 offsets[] = { 0, 0, 20, 60, 60, 40, 40, 80 };

  start_live ();
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    send_audio (offsets[i]);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 4))
      - GST_BUFFER_PTS (wait_buffer ("audio", 0)), 80 * GST_MSECOND);
  fail_unless_equals_uint64 (get_count ("audio", "duplicates")
      + get_count ("audio", "late"), 3);
  tear_down ();
}

GST_END_TEST;

/* Two frames may have one timestamp. */
GST_START_TEST (test_only_the_same_bytes_are_a_duplicate)
{
  start_live ();
  send_frame (0, TRUE);
  send_frame (0, FALSE);
  send_frame (40, FALSE);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("video", 2))
      - GST_BUFFER_PTS (wait_buffer ("video", 1)), 40 * GST_MSECOND);
  tear_down ();
}

GST_END_TEST;

/* What waits is not lost at the end. */
GST_START_TEST (test_held_packets_come_before_the_end)
{
  start_live ();
  send_audio (0);
  wait_buffer ("audio", 0);
  send_audio (60);
  send_audio (40);
  test_server_terminate (f.server, 6);
  wait_event ("audio", GST_EVENT_EOS, 0);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 2))
      - GST_BUFFER_PTS (wait_buffer ("audio", 0)), 60 * GST_MSECOND);
  tear_down ();
}

GST_END_TEST;

/* The next key frame may be far. No latency, no wait for what is late, however
 * seldom the sockets are read. */
GST_START_TEST (test_late_frame_is_left_out_alone)
{
  static const gint64 offsets[] = { 0, 40, 120, 80, 160 };
  GstClockTime origin;

  set_up (NULL);
  g_object_set (f.src, "startup-backlog", FALSE, "latency", 0, "context-wait",
      50 * __i__, NULL);
  play_until_ready ();
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    test_server_send_media (f.server, VIDEO, T0 + offsets[i],
        i ? delta_frame : key_frame, i ? sizeof delta_frame
        : sizeof key_frame);
  origin = GST_BUFFER_PTS (wait_buffer ("video", 0));
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("video", 2)),
      origin + 120 * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("video", 3)),
      origin + 160 * GST_MSECOND);
  fail_unless (GST_BUFFER_FLAG_IS_SET (wait_buffer ("video", 3),
          GST_BUFFER_FLAG_DISCONT));
  tear_down ();
}

GST_END_TEST;

/* By so little that the packets could be late ones, and by much. */
GST_START_TEST (test_clock_that_is_set_back_costs_nothing)
{
  static const gint64 jumps[] = { 90, 3000, 200000 };

  for (guint i = 0; i < G_N_ELEMENTS (jumps); i++) {
    guint n = 1;

    start_live ();
    for (gint k = 0; k < 10; k++)
      send_audio (20 * k);
    for (gint k = 0; k < 20; k++)
      send_audio (200 + 20 * k - jumps[i]);
    for (; n < 30; n++) {
      fail_unless (GST_BUFFER_PTS (wait_buffer ("audio", n))
          > GST_BUFFER_PTS (wait_buffer ("audio", n - 1)));
    }
    fail_unless_equals_uint64 (get_count ("audio", "late"), 0);
    tear_down ();
  }
}

GST_END_TEST;

/* Sent again out of nowhere: what is late is not a clock that was set. */
GST_START_TEST (test_old_packets_that_come_again_move_nothing)
{
  start_live ();
  for (gint k = 0; k < 10; k++)
    send_audio (20 * k);
  for (gint k = 0; k < 8; k++)
    send_audio (20 * k);
  send_audio (200);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 10))
      - GST_BUFFER_PTS (wait_buffer ("audio", 0)), 200 * GST_MSECOND);
  fail_unless_equals_uint64 (get_count ("audio", "duplicates"), 8);
  tear_down ();
}

GST_END_TEST;

static void
send_kept_audio (const gint64 offsets[4])
{
  start_live ();
  send_audio (0);
  send_audio (20);
  wait_buffer ("audio", 1);
  test_server_close (f.server, TEST_MEDIA, 1011);
  test_server_wait_closed (f.server, TEST_MEDIA, 1);
  test_server_send (f.server, TEST_SIGNALING,
      "{\"msg_type\":6,\"event\":{\"event_type\":7}}");
  test_server_wait_for (f.server, TEST_SIGNALING, 7, 2);
  for (guint i = 0; i < 4; i++)
    send_audio (offsets[i]);
}

/* What Zoom kept is all new; what lies a little before what came last moves
 * nothing but itself. */
GST_START_TEST (test_kept_packets_are_put_in_order_and_none_is_late)
{
  static const gint64 offsets[] = { 50, 30, 10, 70 };
  static const gint64 places[] = { 20, 30, 50, 70 };

  send_kept_audio (offsets);
  for (guint i = 0; i < 4; i++)
    fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 2 + i))
        - GST_BUFFER_PTS (wait_buffer ("audio", 0)),
        places[i] * GST_MSECOND);
  fail_unless_equals_uint64 (get_count ("audio", "late"), 0);
  tear_down ();
}

GST_END_TEST;

/* Zoom's clock may have been set meanwhile. */
GST_START_TEST (test_kept_packets_of_a_clock_set_back_go_on)
{
  static const gint64 offsets[] = { -60, -100, -80, -40 };

  send_kept_audio (offsets);
  for (guint i = 2; i < 6; i++)
    fail_unless (GST_BUFFER_PTS (wait_buffer ("audio", i))
        >= GST_BUFFER_PTS (wait_buffer ("audio", i - 1))
        + 20 * GST_MSECOND);
  fail_unless_equals_uint64 (get_count ("audio", "late"), 0);
  tear_down ();
}

GST_END_TEST;

static Suite *
order_suite (void)
{
  Suite *suite = suite_create ("order");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_packets_are_put_in_order);
  tcase_add_test (tc, test_frames_are_put_in_order);
  tcase_add_test (tc, test_missing_packet_is_not_waited_for_longer);
  tcase_add_test (tc, test_duplicates_are_left_out);
  tcase_add_test (tc, test_only_the_same_bytes_are_a_duplicate);
  tcase_add_test (tc, test_held_packets_come_before_the_end);
  tcase_add_loop_test (tc, test_late_frame_is_left_out_alone, 0, 2);
  tcase_add_test (tc, test_clock_that_is_set_back_costs_nothing);
  tcase_add_test (tc, test_old_packets_that_come_again_move_nothing);
  tcase_add_test (tc, test_kept_packets_are_put_in_order_and_none_is_late);
  tcase_add_test (tc, test_kept_packets_of_a_clock_set_back_go_on);
  return suite;
}

GST_CHECK_MAIN (order);
