/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc: what it tells of the meeting, by messages and custom events */

#include "fixture.h"

/* The next element message of the element, of that name. */
static GstMessage *
wait_notice (const gchar *name)
{
  for (;;) {
    GstMessage *message = gst_bus_timed_pop_filtered (f.bus, BUS_TIMEOUT,
        GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);

    fail_unless (message != NULL, "%s did not come", name);
    fail_if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR);
    if (gst_message_has_name (message, name))
      return message;
    gst_message_unref (message);
  }
}

static void
assert_notice (const gchar *name, const gchar *expected)
{
  g_autoptr (GstMessage) message = wait_notice (name);
  g_autoptr (GstStructure) structure = gst_structure_from_string (expected,
      NULL);

  fail_unless (structure != NULL, "%s", expected);
  fail_unless (gst_structure_is_subset (gst_message_get_structure (message),
          structure), "%" GST_PTR_FORMAT " where %s is expected",
      gst_message_get_structure (message), expected);
}

/* The index-th custom event on the pad. */
static void
assert_event (const gchar *pad, guint index, const gchar *name)
{
  const GstStructure *structure = gst_event_get_structure (wait_event (pad,
          GST_EVENT_CUSTOM_DOWNSTREAM, index));

  assert_equals_string (gst_structure_get_name (structure), name);
}

GST_START_TEST (test_participants_are_told)
{
  static const gchar joins[] = "{\"msg_type\":6,\"event\":{\"event_type\":3,"
      "\"timestamp\":1738392033700,\"participants\":["
      "{\"user_id\":1,\"user_name\":\"Ada\"},"
      "{\"user_id\":\"18446744073709551615\",\"user_name\":\"Bob\"}]}}";

  set_up (NULL);
  play_until_ready ();
  send_audio (0);
  wait_buffer ("audio", 0);
  test_server_send (f.server, TEST_SIGNALING, "%s", joins);
  assert_notice ("rtms-participant-joined", "rtms-participant-joined, "
      "stream-id=(string)756FF58A, timestamp=(guint64)1738392033700000000, "
      "user-id=(guint64)1, user-name=(string)Ada");
  assert_notice ("rtms-participant-joined", "rtms-participant-joined, "
      "user-id=(guint64)18446744073709551615, user-name=(string)Bob");
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":2,\"user_id\":1}}");
  assert_notice ("rtms-active-speaker", "rtms-active-speaker, "
      "user-id=(guint64)1, user-name=(string)Ada");
  /* names are remembered, but not beyond the leave */
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":4,\"participants\":[{\"user_id\":1}]}}");
  assert_notice ("rtms-participant-left", "rtms-participant-left, "
      "user-id=(guint64)1, user-name=(string)Ada");
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":8,\"participants\":[{\"user_id\":1}]}}");
  {
    g_autoptr (GstMessage) message = wait_notice ("rtms-camera-on");

    fail_if (gst_structure_has_field (gst_message_get_structure (message),
            "user-name"));
  }

  for (guint i = 0; i < 2; i++) {
    const gchar *pad = i == 0 ? "audio" : "transcript";

    assert_event (pad, 0, "rtms-participant-joined");
    assert_event (pad, 1, "rtms-participant-joined");
    assert_event (pad, 2, "rtms-active-speaker");
    assert_event (pad, 3, "rtms-participant-left");
    assert_event (pad, 4, "rtms-camera-on");
  }
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_sharing_and_cameras_are_told)
{
  set_up (NULL);
  play_until_ready ();
  /* some senders put the fields at the top level */
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,"
      "\"event_type\":5,\"user_id\":7,\"user_name\":\"Eve\"}");
  assert_notice ("rtms-sharing-started", "rtms-sharing-started, "
      "user-id=(guint64)7, user-name=(string)Eve");
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":6}}");
  assert_notice ("rtms-sharing-stopped", "rtms-sharing-stopped");
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":9,\"participants\":[{\"user_id\":7}]}}");
  assert_notice ("rtms-camera-off", "rtms-camera-off, user-id=(guint64)7");
  /* unknown ones and those without a participant are nobody's business */
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":77}}");
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":9}}");
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":1,\"timestamp\":1738392033699}}");
  {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (f.bus,
        BUS_TIMEOUT, GST_MESSAGE_ELEMENT);

    fail_unless (gst_message_has_name (message, "rtms-first-packet"));
  }
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_states_are_told_and_can_be_asked_for)
{
  gboolean asked = FALSE;
  g_autoptr (GstStructure) stats = NULL;

  set_up (NULL);
  play_until_ready ();
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":9,"
      "\"session_id\":\"abc\",\"state\":2,\"timestamp\":1738392033699}");
  assert_notice ("rtms-session-state", "rtms-session-state, "
      "session-id=(string)abc, state=(string)STARTED, state-number=(int)2");
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":8,\"state\":5,"
      "\"reason\":1}");
  assert_notice ("rtms-stream-state", "rtms-stream-state, "
      "state=(string)PAUSED, reason=(int)1, "
      "reason-name=(string)HOST_TRIGGERED");

  g_signal_emit_by_name (f.src, "request-state", &asked);
  fail_unless (asked);
  test_server_wait_for (f.server, TEST_SIGNALING, 19, 1);
  test_server_wait_for (f.server, TEST_SIGNALING, 10, 1);
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":20,\"state\":6,"
      "\"rtms_stream_id\":\"756FF58A\"}");
  assert_notice ("rtms-stream-state", "rtms-stream-state, "
      "state=(string)RESUMED");
  g_object_get (f.src, "stats", &stats, NULL);
  assert_equals_string (gst_structure_get_string (stats, "stream-state"),
      "RESUMED");
  assert_equals_string (gst_structure_get_string (stats, "session-state"),
      "STARTED");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_voice_events_are_read_by_product)
{
  g_autofree gchar *payload = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree gchar *voice = NULL;

  set_up (NULL);
  payload = test_server_get_payload (f.server);
  parts = g_strsplit (payload, "meeting_uuid", 2);
  voice = g_strjoinv ("engagement_id", parts);
  g_strfreev (parts);
  parts = g_strsplit (voice, "meeting.rtms_started", 2);
  g_free (voice);
  voice = g_strjoinv ("contact_center.voice_rtms_started", parts);
  g_object_set (f.src, "payload", voice, NULL);
  play_until_ready ();
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":12,\"event_ts\":1738392033699,\"participant_info\":{"
      "\"channel_id\":\"c1\",\"participant_mode\":\"agent\",\"queue_id\":42,"
      "\"user_id\":\"16\",\"display_name\":\"Ada\"}}}");
  assert_notice ("rtms-voice-event", "rtms-voice-event, "
      "timestamp=(guint64)1738392033699000000, event-type=(int)12, "
      "event=(string)USER_HOLD, channel-id=(string)c1, "
      "participant-mode=(string)agent, queue-id=(string)42, "
      "user-id=(guint64)16, user-name=(string)Ada");
  tear_down ();
}

GST_END_TEST;

static void
assert_chapter (GList *chapters, guint index, const gchar *title,
    GstClockTime length)
{
  GstTocEntry *chapter = g_list_nth_data (chapters, index);
  g_autofree gchar *text = NULL;
  gint64 start, stop;

  fail_unless (chapter != NULL);
  fail_unless (gst_tag_list_get_string (gst_toc_entry_get_tags (chapter),
          GST_TAG_TITLE, &text));
  assert_equals_string (text, title);
  fail_unless (gst_toc_entry_get_start_stop_times (chapter, &start, &stop));
  fail_unless_equals_uint64 ((GstClockTime) (stop - start), length);
}

static void
send_speaker (guint user_id, const gchar *name, gint64 offset)
{
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":2,\"user_id\":%u,\"user_name\":\"%s\",\"timestamp\":%"
      G_GINT64_FORMAT "}}", user_id, name, T0 + offset);
}

GST_START_TEST (test_turns_of_speakers_are_chapters)
{
  GstToc *toc;
  GList *editions, *chapters;

  set_up (NULL);
  play_until_ready ();
  send_audio (0);
  wait_buffer ("audio", 0);
  send_speaker (1, "Ada", 0);
  send_speaker (2, "Bob", 5000);
  /* too short for a chapter, and the same again */
  send_speaker (1, "Ada", 12000);
  send_speaker (3, "Eve", 12500);
  send_speaker (3, "Eve", 14000);
  send_audio (20000);
  wait_buffer ("audio", 1);
  for (guint i = 0; i < 5; i++)
    gst_message_unref (wait_notice ("rtms-active-speaker"));
  test_server_terminate (f.server, 6);
  gst_event_parse_toc (wait_event ("audio", GST_EVENT_TOC, 0), &toc, NULL);
  editions = gst_toc_get_entries (toc);
  chapters = gst_toc_entry_get_sub_entries (editions->data);
  fail_unless_equals_int (g_list_length (chapters), 3);
  assert_chapter (chapters, 0, "Ada", 5 * GST_SECOND);
  assert_chapter (chapters, 1, "Bob", 7 * GST_SECOND);
  assert_chapter (chapters, 2, "Eve", 8 * GST_SECOND);
  gst_toc_unref (toc);
  wait_event ("audio", GST_EVENT_EOS, 0);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_the_stop_is_told_with_its_reason)
{
  set_up (NULL);
  play_until_ready ();
  test_server_terminate (f.server, 8);
  assert_notice ("rtms-stopped", "rtms-stopped, reason=(int)8, "
      "reason-name=(string)STREAM_REVOKED");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_missing_media_are_told)
{
  static const TestServerAnswers answers = { TEST_SIGNALING_OK,
    "{\"msg_type\":4,\"status_code\":0,\"media_params\":{"
    "\"audio\":{\"codec\":1},\"transcript\":{}}}" };

  set_up (&answers);
  play_until_ready ();
  assert_notice ("rtms-media-missing", "rtms-media-missing, "
      "medium=(string)video");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_keep_alives_are_measured)
{
  g_autoptr (GstStructure) stats = NULL;
  gint64 rtt, longest;
  guint64 count;

  set_up (NULL);
  g_object_get (f.src, "stats", &stats, NULL);
  fail_unless (gst_structure_get_int64 (stats, "keep-alive-rtt", &rtt));
  fail_unless_equals_int64 (rtt, -1);
  play_until_ready ();
  test_server_send (f.server, TEST_SIGNALING,
      "{\"msg_type\":12,\"timestamp\":1}");
  test_server_wait_for (f.server, TEST_SIGNALING, 13, 1);
  gst_structure_free (stats);
  g_object_get (f.src, "stats", &stats, NULL);
  fail_unless (gst_structure_get (stats, "keep-alive-rtt", G_TYPE_INT64,
          &rtt, "keep-alive-rtt-max", G_TYPE_INT64, &longest, "keep-alives",
          G_TYPE_UINT64, &count, NULL));
  fail_unless_equals_uint64 (count, 1);
#ifdef __linux__
  fail_unless (rtt > 0 && rtt < (gint64) (10 * GST_SECOND));
  fail_unless (longest >= rtt);
#endif
  tear_down ();
}

GST_END_TEST;

static Suite *
notices_suite (void)
{
  Suite *suite = suite_create ("notices");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_participants_are_told);
  tcase_add_test (tc, test_sharing_and_cameras_are_told);
  tcase_add_test (tc, test_states_are_told_and_can_be_asked_for);
  tcase_add_test (tc, test_voice_events_are_read_by_product);
  tcase_add_test (tc, test_turns_of_speakers_are_chapters);
  tcase_add_test (tc, test_the_stop_is_told_with_its_reason);
  tcase_add_test (tc, test_missing_media_are_told);
  tcase_add_test (tc, test_keep_alives_are_measured);
  return suite;
}

GST_CHECK_MAIN (notices);
