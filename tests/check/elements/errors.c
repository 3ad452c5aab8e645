/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc: what users are told when something is wrong */

#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

GST_START_TEST (test_refused_signature_says_what_to_check)
{
  static const TestServerAnswers refusing = {
    "{\"msg_type\":2,\"status_code\":3,\"reason\":\"no\"}", NULL };

  set_up (&refusing);
  play ();
  fail_unless_equals_int (wait_error (GST_RESOURCE_ERROR,
          "INVALID_SIGNATURE (status 3)"),
      GST_RESOURCE_ERROR_NOT_AUTHORIZED);
  tear_down ();

  set_up (&refusing);
  play ();
  wait_error (GST_RESOURCE_ERROR, "client-secret");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_refused_parameters_are_a_settings_error)
{
  static const TestServerAnswers refusing = { TEST_SIGNALING_OK,
    "{\"msg_type\":4,\"status_code\":20}" };

  set_up (&refusing);
  play ();
  fail_unless_equals_int (wait_error (GST_RESOURCE_ERROR,
          "INVALID_MEDIA_AUDIO_SAMPLE_RATE (status 20)"),
      GST_RESOURCE_ERROR_SETTINGS);
  tear_down ();
}

GST_END_TEST;

/* What makes no caps makes a warning, and packets of it do no harm. */
GST_START_TEST (test_absurd_parameters_are_survived)
{
  static const TestServerAnswers absurd = { TEST_SIGNALING_OK,
    "{\"msg_type\":4,\"status_code\":0,\"media_params\":{\"audio\":{"
        "\"codec\":1,\"channel\":-3,\"sample_rate\":77,\"send_rate\":-1},"
        "\"video\":{\"codec\":99,\"fps\":-1},\"transcript\":{}}}" };

  set_up (&absurd);
  play_until_ready ();
  wait_message (GST_MESSAGE_WARNING);
  wait_message (GST_MESSAGE_WARNING);
  send_audio (0);
  test_server_send_media (f.server, VIDEO, T0, key_frame, sizeof key_frame);
  send_line (0, 500);
  wait_buffer ("transcript", 0);
  fail_unless_equals_int (g_hash_table_size (f.captures), 1);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_nothing_that_can_be_read_is_an_error)
{
  static const TestServerAnswers unreadable = { TEST_SIGNALING_OK,
    "{\"msg_type\":4,\"status_code\":0,\"media_params\":{\"video\":{"
        "\"codec\":99}}}" };

  set_up (&unreadable);
  play ();
  wait_error (GST_STREAM_ERROR, "scopes");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_server_gone_while_connecting)
{
  static const TestServerAnswers silent = { NULL, NULL };

  set_up (&silent);
  play ();
  test_server_wait_for (f.server, TEST_SIGNALING, 1, 1);
  test_server_close (f.server, TEST_SIGNALING, 1011);
  wait_error (GST_RESOURCE_ERROR, "1011");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_server_not_there)
{
  set_up (NULL);
  g_object_set (f.src, "payload", "{\"meeting_uuid\":\"m\","
      "\"rtms_stream_id\":\"s\",\"server_urls\":\"ws://127.0.0.1:1/\"}",
      NULL);
  play ();
  fail_unless_equals_int (wait_error (GST_RESOURCE_ERROR, "127.0.0.1"),
      GST_RESOURCE_ERROR_OPEN_READ);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_foreign_media_url_is_refused)
{
  static const TestServerAnswers foreign = {
    "{\"msg_type\":2,\"status_code\":0,\"media_server\":{\"server_urls\":{"
        "\"all\":\"wss://evil.example.org/\"}}}", NULL };

  set_up (&foreign);
  play ();
  wait_error (GST_RESOURCE_ERROR, "allowed-hosts");
  tear_down ();
}

GST_END_TEST;

static void
check_settings (const gchar *property, const gchar *value,
    const gchar *named)
{
  set_up (NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), property, value);
  fail_unless_equals_int (gst_element_set_state (f.pipeline,
          GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
  fail_unless_equals_int (wait_error (GST_RESOURCE_ERROR, named),
      GST_RESOURCE_ERROR_SETTINGS);
  tear_down ();
}

GST_START_TEST (test_bad_settings_are_refused_before_connecting)
{
  check_settings ("audio-rate", "44100", "audio-rate");
  check_settings ("audio-interval", "30", "audio-interval");
  check_settings ("video-codec", "jpg", "video-fps");
  check_settings ("video-fps", "5", "video-codec=jpg");
  check_settings ("transcript-language", "tlh", "transcript-language");
  check_settings ("media", "events", "media");
}

GST_END_TEST;

GST_START_TEST (test_large_payload_is_refused)
{
  g_autofree gchar *folder = g_dir_make_tmp ("rtms-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "started.json", NULL);
  g_autofree gchar *text = g_strnfill (256 * 1024 + 1, ' ');

  fail_unless (g_file_set_contents (path, text, -1, NULL));
  set_up (NULL);
  g_object_set (f.src, "payload", NULL, "payload-location", path, NULL);
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  wait_error (GST_RESOURCE_ERROR, "too large");
  gst_element_set_state (f.pipeline, GST_STATE_NULL);
  /* and so is one without an end */
  g_object_set (f.src, "payload-location", "/dev/zero", NULL);
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  wait_error (GST_RESOURCE_ERROR, "too large");
  tear_down ();
  g_remove (path);
  g_rmdir (folder);
}

GST_END_TEST;

GST_START_TEST (test_missing_settings_are_named)
{
  g_unsetenv ("ZM_RTMS_CLIENT");
  g_unsetenv ("ZM_RTMS_SECRET");
  g_unsetenv ("ZOOM_CLIENT_SECRET");
  set_up (NULL);
  g_object_set (f.src, "payload", NULL, NULL);
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  wait_error (GST_RESOURCE_ERROR, "payload-location");
  gst_element_set_state (f.pipeline, GST_STATE_NULL);

  g_object_set (f.src, "payload-location", "/does/not/exist", NULL);
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  wait_error (GST_RESOURCE_ERROR, "/does/not/exist");
  gst_element_set_state (f.pipeline, GST_STATE_NULL);

  g_object_set (f.src, "payload", "{}", NULL);
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  wait_error (GST_RESOURCE_ERROR, "meeting_uuid");
  tear_down ();

  set_up (NULL);
  g_object_set (f.src, "client-secret", NULL, NULL);
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  wait_error (GST_RESOURCE_ERROR, "client-secret");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_credentials_come_from_the_environment)
{
  g_autofree gchar *directory = g_dir_make_tmp ("rtms-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (directory, "secret", NULL);

  fail_unless (g_file_set_contents (path, "secret\n", -1, NULL));
  g_setenv ("ZOOM_CLIENT_ID", "id", TRUE);
  g_setenv ("ZM_RTMS_SECRET_FILE", path, TRUE);
  set_up (NULL);
  g_object_set (f.src, "client-id", NULL, "client-secret", NULL, NULL);
  play_until_ready ();
  tear_down ();
  g_unsetenv ("ZOOM_CLIENT_ID");
  g_unsetenv ("ZM_RTMS_SECRET_FILE");
  g_remove (path);
  g_rmdir (directory);
}

GST_END_TEST;

GST_START_TEST (test_nothing_linked_is_an_error)
{
  set_up (NULL);
  f.link = FALSE;
  play_until_ready ();
  send_audio (0);
  wait_error (GST_STREAM_ERROR, "linked");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_secret_cannot_be_read_back)
{
  GParamSpec *spec;

  set_up (NULL);
  spec = g_object_class_find_property (G_OBJECT_GET_CLASS (f.src),
      "client-secret");
  fail_if (spec->flags & G_PARAM_READABLE);
  tear_down ();
}

GST_END_TEST;

static void
refuse_uri (const gchar *uri, const gchar *named)
{
  g_autoptr (GError) error = NULL;

  fail_if (gst_uri_handler_set_uri (GST_URI_HANDLER (f.src), uri, &error),
      "%s", uri);
  fail_unless (strstr (error->message, named) != NULL, "%s",
      error->message);
}

GST_START_TEST (test_uris_stand_for_properties)
{
  g_autofree gchar *location = NULL, *uri = NULL;
  guint latency, media;

  set_up (NULL);
  fail_unless (gst_uri_handler_set_uri (GST_URI_HANDLER (f.src),
          "rtms:///tmp/a%20b.json?media=audio+chat&latency=7", NULL));
  g_object_get (f.src, "payload-location", &location, "latency", &latency,
      NULL);
  assert_equals_string (location, "/tmp/a b.json");
  fail_unless_equals_int (latency, 7);
  g_object_get (f.src, "media", &media, NULL);
  fail_unless_equals_int (media, 1 | 16);
  uri = gst_uri_handler_get_uri (GST_URI_HANDLER (f.src));
  assert_equals_string (uri,
      "rtms:///tmp/a%20b.json?media=audio+chat&latency=7");

  refuse_uri ("rtms:///tmp/a.json?client-secret=x", "must not hold");
  refuse_uri ("rtms:///tmp/a.json?allowed-hosts=evil.example",
      "whom to trust");
  refuse_uri ("rtms:///tmp/a.json?allow-unencrypted=true", "whom to trust");
  refuse_uri ("rtms:///tmp/a.json?tls-ca-file=/tmp/evil.pem",
      "whom to trust");
  refuse_uri ("rtms:///tmp/a.json?payload=%7B%7D", "whom to trust");
  refuse_uri ("rtms:///tmp/a.json?x%0Ay=1", "control characters");
  refuse_uri ("rtms:///tmp/a.json?no-such=x", "no-such");
  refuse_uri ("rtms:///tmp/a.json?name=x", "name");
  refuse_uri ("rtms:///tmp/a.json?stats=x", "stats");
  refuse_uri ("rtms:///tmp/a.json?latency=soon", "latency");
  refuse_uri ("rtms:///tmp/a.json?audio-rate=1", "audio-rate");
  refuse_uri ("rtms://example.com/a.json", "three slashes");
  play_until_ready ();
  refuse_uri ("rtms:///tmp/a.json", "while the element runs");
  tear_down ();
}

GST_END_TEST;

static Suite *
errors_suite (void)
{
  Suite *suite = suite_create ("errors");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_refused_signature_says_what_to_check);
  tcase_add_test (tc, test_refused_parameters_are_a_settings_error);
  tcase_add_test (tc, test_absurd_parameters_are_survived);
  tcase_add_test (tc, test_nothing_that_can_be_read_is_an_error);
  tcase_add_test (tc, test_server_gone_while_connecting);
  tcase_add_test (tc, test_server_not_there);
  tcase_add_test (tc, test_foreign_media_url_is_refused);
  tcase_add_test (tc, test_bad_settings_are_refused_before_connecting);
  tcase_add_test (tc, test_large_payload_is_refused);
  tcase_add_test (tc, test_missing_settings_are_named);
  tcase_add_test (tc, test_credentials_come_from_the_environment);
  tcase_add_test (tc, test_nothing_linked_is_an_error);
  tcase_add_test (tc, test_secret_cannot_be_read_back);
  tcase_add_test (tc, test_uris_stand_for_properties);
  return suite;
}

GST_CHECK_MAIN (errors);
