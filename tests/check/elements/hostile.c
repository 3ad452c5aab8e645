/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc: servers and participants who mean no good */

#include "fixture.h"

#include <string.h>

#define FORGED "Ada\\nERROR: forged\\u001b[2J"
#define MENDED "Ada\357\277\275ERROR: forged\357\277\275[2J"
#define PADS_MAX 256

/* Each 20 ms after the one before: the same again would be left out. */
static void
send_voice (guint user_id, const gchar *name)
{
  static gint64 offset;

  offset += 20;
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":14,\"content\":{"
      "\"user_id\":%u,\"user_name\":\"%s\",\"data\":\"AAAAAAAA\","
      "\"timestamp\":%" G_GINT64_FORMAT "}}", user_id, name, T0 + offset);
}

/* An answered keep-alive shows that all before it was read. */
static void
wait_until_read (guint times)
{
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (f.server, TEST_MEDIA, 13, times);
}

static guint64
get_stat (const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value;

  g_object_get (f.src, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

GST_START_TEST (test_names_of_participants_are_lines)
{
  g_autofree gchar *title = NULL;
  GstCustomMeta *meta;
  GstTagList *tags;

  set_up (NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "audio-mode", "participants");
  play_until_ready ();
  send_voice (7, FORGED);
  wait_until_read (1);
  gst_event_parse_tag (wait_event ("audio_7", GST_EVENT_TAG, 0), &tags);
  fail_unless (gst_tag_list_get_string (tags, GST_TAG_TITLE, &title));
  assert_equals_string (title, MENDED);
  meta = gst_buffer_get_custom_meta (wait_buffer ("audio_7", 0),
      "GstRtmsParticipantMeta");
  assert_equals_string (gst_structure_get_string (
          gst_custom_meta_get_structure (meta), "user-name"), MENDED);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_reasons_of_refusals_are_lines)
{
  static const TestServerAnswers refusing = {
    "{\"msg_type\":2,\"status_code\":3,\"reason\":\"" FORGED "\"}", NULL };

  set_up (&refusing);
  play ();
  wait_error (GST_RESOURCE_ERROR, MENDED);
  tear_down ();
}

GST_END_TEST;

/* The last pad works, that of the next participant is not made. */
GST_START_TEST (test_pads_of_participants_are_limited)
{
  g_autofree gchar *last = g_strdup_printf ("audio_%u", PADS_MAX);

  set_up (NULL);
  /* only a few are linked: the others are not to cost a sink each */
  f.link = FALSE;
  gst_util_set_object_arg (G_OBJECT (f.src), "media", "audio");
  gst_util_set_object_arg (G_OBJECT (f.src), "audio-mode", "participants");
  play_until_ready ();
  for (guint user_id = 1; user_id <= PADS_MAX; user_id++) {
    f.link = user_id == 1 || user_id == PADS_MAX;
    send_voice (user_id, "x");
    wait_until_read (user_id);
  }
  fail_unless (gst_bus_pop_filtered (f.bus, GST_MESSAGE_WARNING
          | GST_MESSAGE_ERROR) == NULL);
  send_voice (PADS_MAX + 1, "x");
  send_voice (PADS_MAX + 2, "x");
  wait_until_read (PADS_MAX + 1);
  wait_message (GST_MESSAGE_WARNING);
  fail_unless (gst_bus_pop_filtered (f.bus, GST_MESSAGE_WARNING) == NULL);
  fail_unless_equals_int (f.src->numpads, PADS_MAX);
  send_voice (PADS_MAX, "x");
  wait_buffer (last, 1);
  tear_down ();
}

GST_END_TEST;

/* Video waits for audio that is older, but not without end. */
GST_START_TEST (test_what_waits_for_the_beginning_is_limited)
{
  g_autoptr (GstStructure) stats = NULL;
  g_autoptr (GstStructure) video = NULL;
  guint64 received;

  set_up (NULL);
  /* nothing else than the number makes it begin */
  g_object_set (f.src, "gap-interval", 10000, NULL);
  play_until_ready ();
  for (guint i = 0; i < 257; i++)
    test_server_send_media (f.server, VIDEO, T0 + i, key_frame,
        sizeof key_frame);
  wait_until_read (1);
  g_object_get (f.src, "stats", &stats, NULL);
  fail_unless (gst_structure_get (stats, "video", GST_TYPE_STRUCTURE, &video,
          NULL));
  fail_unless (gst_structure_get_uint64 (video, "buffers", &received));
  fail_unless_equals_uint64 (received, 257);
  wait_buffer ("video", 256);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_endless_nesting_is_left_out)
{
  g_autofree gchar *nesting = g_strnfill (100000, '[');

  set_up (NULL);
  play_until_ready ();
  test_server_send (f.server, TEST_MEDIA, "%s", nesting);
  test_server_send (f.server, TEST_MEDIA,
      "{\"msg_type\":6,\"event\":%s", nesting);
  send_audio (0);
  wait_buffer ("audio", 0);
  fail_unless_equals_uint64 (get_stat ("malformed"), 2);
  tear_down ();
}

GST_END_TEST;

/* The connection that brings it is given up, and taken up again. */
GST_START_TEST (test_message_over_the_limit_costs_a_connection)
{
  g_autofree gchar *text = g_strnfill (5000, ' ');

  set_up (NULL);
  g_object_set (f.src, "max-message-size", (guint64) 4096, NULL);
  play_until_ready ();
  test_server_send (f.server, TEST_MEDIA, "%s", text);
  test_server_wait_closed (f.server, TEST_MEDIA, 1);
  wait_message (GST_MESSAGE_INFO);
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":7,\"timestamp\":1}}");
  test_server_wait_for (f.server, TEST_MEDIA, 3, 2);
  test_server_wait_for (f.server, TEST_SIGNALING, 7, 2);
  send_audio (0);
  wait_buffer ("audio", 0);
  fail_unless_equals_uint64 (get_stat ("interruptions"), 1);
  tear_down ();
}

GST_END_TEST;

static Suite *
hostile_suite (void)
{
  Suite *suite = suite_create ("hostile");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_names_of_participants_are_lines);
  tcase_add_test (tc, test_reasons_of_refusals_are_lines);
  tcase_add_test (tc, test_pads_of_participants_are_limited);
  tcase_add_test (tc, test_what_waits_for_the_beginning_is_limited);
  tcase_add_test (tc, test_endless_nesting_is_left_out);
  tcase_add_test (tc, test_message_over_the_limit_costs_a_connection);
  return suite;
}

GST_CHECK_MAIN (hostile);
