/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc: what stands for media that do not come, and frames that refer to
 * what did not come */

#include "fixture.h"

#include <string.h>

#define OTHER_CAMERA 16778999
#define SHARE 16

static void
send_video (guint64 user_id, gint64 offset, gboolean is_key)
{
  g_autofree gchar *data = g_base64_encode (is_key ? key_frame : delta_frame,
      is_key ? sizeof key_frame : sizeof delta_frame);

  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":15,\"content\":{"
      "\"user_id\":%" G_GUINT64_FORMAT ",\"timestamp\":%" G_GINT64_FORMAT
      ",\"data\":\"%s\"}}", user_id, T0 + offset, data);
}

static void
send_camera_event (gint event_type, gint64 offset)
{
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":%d,\"timestamp\":%" G_GINT64_FORMAT
      ",\"participants\":[{\"user_id\":16778240}]}}", event_type,
      T0 + offset);
}

static void
assert_buffer (const gchar *pad, guint index, gsize size,
    GstBufferFlags flags)
{
  GstBuffer *buffer = wait_buffer (pad, index);

  fail_unless_equals_uint64 (gst_buffer_get_size (buffer), size);
  fail_unless ((GST_BUFFER_FLAGS (buffer) & flags) == flags);
}

GST_START_TEST (test_another_camera_begins_with_a_key_frame)
{
  set_up (NULL);
  g_object_set (f.src, "startup-backlog", FALSE, NULL);
  play_until_ready ();
  send_video (16778240, 0, TRUE);
  send_video (16778240, 40, FALSE);
  send_video (OTHER_CAMERA, 80, FALSE);
  send_video (OTHER_CAMERA, 120, FALSE);
  send_video (OTHER_CAMERA, 160, TRUE);
  assert_buffer ("video", 1, sizeof delta_frame, 0);
  assert_buffer ("video", 2, sizeof key_frame, GST_BUFFER_FLAG_DISCONT);
  tear_down ();
}

GST_END_TEST;

/* A camera that was off, or a stream that was paused */
GST_START_TEST (test_video_after_a_hole_begins_with_a_key_frame)
{
  set_up (NULL);
  g_object_set (f.src, "startup-backlog", FALSE, NULL);
  play_until_ready ();
  send_video (1, 0, TRUE);
  send_video (1, 1500, FALSE);
  send_video (1, 3600, FALSE);
  send_video (1, 3640, TRUE);
  assert_buffer ("video", 1, sizeof delta_frame, 0);
  assert_buffer ("video", 2, sizeof key_frame, GST_BUFFER_FLAG_DISCONT);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_frames_pass_without_a_key_frame_if_wanted)
{
  set_up (NULL);
  g_object_set (f.src, "startup-backlog", FALSE, "wait-for-keyframe", FALSE,
      NULL);
  play_until_ready ();
  send_video (1, 0, FALSE);
  send_video (2, 40, FALSE);
  assert_buffer ("video", 0, sizeof delta_frame, GST_BUFFER_FLAG_DELTA_UNIT);
  assert_buffer ("video", 1, sizeof delta_frame, GST_BUFFER_FLAG_DISCONT);
  tear_down ();
}

GST_END_TEST;

static guint64
to_samples (GstClockTime time)
{
  return gst_util_uint64_scale_round (time, 16000, GST_SECOND);
}

/* Buffers of the pad from @index on are zeros without a hole or overlap, up to
 * one that is @until. */
static void
assert_silence (const gchar *pad, guint index, GstClockTime start,
    const guint8 *until)
{
  for (;; index++) {
    GstBuffer *buffer = wait_buffer (pad, index);
    GstMapInfo map;
    gboolean is_last;

    fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), start);
    gst_buffer_map (buffer, &map, GST_MAP_READ);
    is_last = memcmp (map.data, until, 3) == 0;
    fail_unless_equals_uint64 (map.size / 2, is_last ? 320
        : to_samples (start + GST_BUFFER_DURATION (buffer))
        - to_samples (start));
    for (gsize i = 0; !is_last && i < map.size; i++)
      fail_unless_equals_int (map.data[i], 0);
    gst_buffer_unmap (buffer, &map);
    start += GST_BUFFER_DURATION (buffer);
    if (is_last)
      return;
  }
}

GST_START_TEST (test_silence_stands_for_audio_that_is_missing)
{
  GstClockTime start;

  set_up (NULL);
  g_object_set (f.src, "fill-silence", TRUE, NULL);
  play_until_ready ();
  send_audio (0);
  send_audio (7000);
  /* the pad's beginning is filled too, if it is worth a packet */
  start = GST_BUFFER_PTS (wait_buffer ("audio", 0));
  fail_unless (start < 20 * GST_MSECOND);
  assert_silence ("audio", 0, start, audio_packet);
  for (guint i = 0;; i++) {
    GstBuffer *buffer = wait_buffer ("audio", i);

    start = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
    if (gst_buffer_memcmp (buffer, 0, audio_packet, 3) == 0) {
      assert_silence ("audio", i + 1, start, audio_packet);
      break;
    }
  }
  tear_down ();
}

GST_END_TEST;

/* All tracks begin together, however late a participant joins. */
GST_START_TEST (test_participants_tracks_begin_together)
{
  set_up (NULL);
  g_object_set (f.src, "fill-silence", TRUE, NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "audio-mode", "participants");
  play_until_ready ();
  send_video (16778240, 0, TRUE);
  send_audio (3000);
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":14,\"content\":{"
      "\"user_id\":2,\"timestamp\":%" G_GINT64_FORMAT
      ",\"data\":\"AQID\"}}", T0 + 4000);
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":14,\"content\":{"
      "\"user_id\":2,\"timestamp\":%" G_GINT64_FORMAT
      ",\"data\":\"AQIDBA==\"}}", T0 + 4020);
  test_server_terminate (f.server, 6);
  wait_message (GST_MESSAGE_EOS);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio_16778240",
              0)), 0);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio_2", 0)), 0);
  tear_down ();
}

GST_END_TEST;

static gboolean
is_filler_key (GstBuffer *buffer)
{
  static const guint8 sps[] = { 0, 0, 0, 1, 0x67, 66, 0xc0 };

  return gst_buffer_memcmp (buffer, 0, sps, sizeof sps) == 0;
}

GST_START_TEST (test_black_stands_for_a_camera_that_is_off)
{
  guint i;

  set_up (NULL);
  g_object_set (f.src, "fill-video", TRUE, NULL);
  play_until_ready ();
  send_audio (0);
  send_audio (2000);
  /* nobody has a camera on yet */
  fail_unless (is_filler_key (wait_buffer ("video", 0)));
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("video", 0)), 0);
  fail_unless (GST_BUFFER_FLAG_IS_SET (wait_buffer ("video", 1),
          GST_BUFFER_FLAG_DELTA_UNIT));

  /* a frame that the filler cannot help is held back */
  send_camera_event (8, 2000);
  send_video (16778240, 2000, FALSE);
  send_video (16778240, 2040, TRUE);
  for (i = 2; gst_buffer_memcmp (wait_buffer ("video", i), 0, key_frame,
          sizeof key_frame) != 0; i++)
    fail_unless (gst_buffer_get_size (wait_buffer ("video", i))
        > sizeof delta_frame);

  /* on, but still: it is not for the filler to say what it shows */
  send_audio (3000);
  send_audio (4000);
  wait_event ("video", GST_EVENT_GAP, 0);
  send_camera_event (9, 5000);
  send_audio (6000);
  fail_unless (is_filler_key (wait_buffer ("video", i + 1)));
  tear_down ();
}

GST_END_TEST;

static void
send_share_event (gint event_type, gint64 offset)
{
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":%d,\"timestamp\":%" G_GINT64_FORMAT
      ",\"user_id\":16778240}}", event_type, T0 + offset);
}

GST_START_TEST (test_black_stands_for_a_screen_that_is_not_shared)
{
  static const TestServerAnswers answers = { TEST_SIGNALING_OK,
    "{\"msg_type\":4,\"status_code\":0,\"media_params\":{\"audio\":{},"
        "\"deskshare\":{\"codec\":7,\"fps\":5}}}" };
  guint i = 0;

  set_up (&answers);
  g_object_set (f.src, "fill-video", TRUE, "share-fps", 5, NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "media", "audio+share");
  gst_util_set_object_arg (G_OBJECT (f.src), "share-codec", "h264");
  play_until_ready ();
  send_audio (0);
  send_audio (2000);
  fail_unless (is_filler_key (wait_buffer ("share", 0)));

  send_share_event (5, 2000);
  test_server_send_media (f.server, SHARE, T0 + 2040, key_frame,
      sizeof key_frame);
  while (gst_buffer_memcmp (wait_buffer ("share", i), 0, key_frame,
          sizeof key_frame) != 0)
    i++;
  /* a screen that does not change is no black one */
  send_audio (4000);
  wait_event ("share", GST_EVENT_GAP, 0);
  send_share_event (6, 5000);
  send_audio (6000);
  fail_unless (is_filler_key (wait_buffer ("share", i + 1)));
  tear_down ();
}

GST_END_TEST;

/* Before the first tick, too. */
GST_START_TEST (test_video_that_comes_at_once_begins_with_black)
{
  set_up (NULL);
  g_object_set (f.src, "fill-video", TRUE, "startup-backlog", FALSE,
      "gap-interval", 10000, NULL);
  play_until_ready ();
  send_audio (0);
  send_camera_event (8, 1000);
  send_video (16778240, 1000, TRUE);
  fail_unless (is_filler_key (wait_buffer ("video", 0)));
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("video", 0)), 0);
  for (guint i = 0; i < 5; i++)
    fail_unless (GST_BUFFER_FLAG_IS_SET (wait_buffer ("video", i),
            GST_BUFFER_FLAG_GAP));
  tear_down ();
}

GST_END_TEST;

/* Frames and black pictures may stand on the same grid. */
GST_START_TEST (test_late_frames_after_black_have_times_of_their_own)
{
  GstClockTime black, first, second;
  guint i = 0;

  set_up (NULL);
  g_object_set (f.src, "fill-video", TRUE, "startup-backlog", FALSE, "latency",
      0, NULL);
  play_until_ready ();
  send_camera_event (8, 0);
  send_video (16778240, 0, TRUE);
  send_camera_event (9, 20);
  send_audio (2000);
  while (gst_buffer_memcmp (wait_buffer ("video", i), 0, key_frame,
          sizeof key_frame) != 0)
    i++;
  /* the last picture that stands for the time up to 2 s */
  black = GST_BUFFER_PTS (wait_buffer ("video", i)) + 1800 * GST_MSECOND;
  while (GST_BUFFER_PTS (wait_buffer ("video", i)) < black)
    i++;
  /* and more pairs that end with a black picture, for a machine on which more
   * of these stand there by now */
  for (gint64 at = 2000; at <= 12000; at += 200) {
    send_video (16778240, at - 40, TRUE);
    send_video (16778240, at, FALSE);
  }
  while (gst_buffer_memcmp (wait_buffer ("video", i), 0, key_frame,
          sizeof key_frame) != 0)
    i++;
  first = GST_BUFFER_PTS (wait_buffer ("video", i));
  second = GST_BUFFER_PTS (wait_buffer ("video", i + 1));
  fail_unless (second > first && first > GST_BUFFER_PTS (wait_buffer ("video",
              i - 1)));
  tear_down ();
}

GST_END_TEST;

/* Parsers take a time that comes twice for none. */
GST_START_TEST (test_black_pictures_come_one_by_one)
{
  GstClockTime last;
  guint i = 0;

  set_up (NULL);
  g_object_set (f.src, "fill-video", TRUE, "startup-backlog", FALSE, NULL);
  play_until_ready ();
  send_camera_event (8, 0);
  send_video (16778240, 0, TRUE);
  send_camera_event (9, 20);
  send_audio (2000);
  while (gst_buffer_memcmp (wait_buffer ("video", i), 0, key_frame,
          sizeof key_frame) != 0)
    i++;
  last = GST_BUFFER_PTS (wait_buffer ("video", i));
  for (guint k = 1; k < 8; k++)
    fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("video", i + k)),
        last + k * 200 * GST_MSECOND);

  /* and up to the camera that comes next, whether the clock came by or not */
  send_video (16778240, 60000, TRUE);
  for (i++; gst_buffer_memcmp (wait_buffer ("video", i), 0, key_frame,
          sizeof key_frame) != 0; i++) {
    last += 200 * GST_MSECOND;
    fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("video", i)),
        last);
  }
  fail_unless (GST_BUFFER_PTS (wait_buffer ("video", i)) - last
      < 400 * GST_MSECOND);
  tear_down ();
}

GST_END_TEST;

/* What Zoom kept while the connection was lost must find its place free. */
GST_START_TEST (test_nothing_is_filled_while_audio_may_still_come)
{
  guint i;

  set_up (NULL);
  g_object_set (f.src, "fill-silence", TRUE, NULL);
  play_until_ready ();
  send_audio (0);
  for (i = 0; gst_buffer_memcmp (wait_buffer ("audio", i), 0, audio_packet,
          3) != 0; i++);
  test_server_close (f.server, TEST_MEDIA, 1011);
  wait_event ("audio", GST_EVENT_GAP, 0);
  test_server_wait_for (f.server, TEST_SIGNALING, 7, 2);
  for (guint k = 1; k <= 5; k++)
    send_audio (20 * k);
  for (guint k = 1; k <= 5; k++)
    fail_unless (gst_buffer_memcmp (wait_buffer ("audio", i + k), 0,
            audio_packet, 3) == 0);
  tear_down ();
}

GST_END_TEST;

static Suite *
fill_suite (void)
{
  Suite *suite = suite_create ("fill");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_another_camera_begins_with_a_key_frame);
  tcase_add_test (tc, test_video_after_a_hole_begins_with_a_key_frame);
  tcase_add_test (tc, test_frames_pass_without_a_key_frame_if_wanted);
  tcase_add_test (tc, test_silence_stands_for_audio_that_is_missing);
  tcase_add_test (tc, test_participants_tracks_begin_together);
  tcase_add_test (tc, test_black_stands_for_a_camera_that_is_off);
  tcase_add_test (tc, test_black_stands_for_a_screen_that_is_not_shared);
  tcase_add_test (tc, test_video_that_comes_at_once_begins_with_black);
  tcase_add_test (tc, test_late_frames_after_black_have_times_of_their_own);
  tcase_add_test (tc, test_black_pictures_come_one_by_one);
  tcase_add_test (tc, test_nothing_is_filled_while_audio_may_still_come);
  return suite;
}

GST_CHECK_MAIN (fill);
