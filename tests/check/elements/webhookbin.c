/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmswebhookbin, with webhooks as Zoom sends them and a scripted server in
 * the same process. */

#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <string.h>

#include "fixture.h"
#include "tests/check/webhooks.h"

#define TOKEN "t0ken"
#define STREAM "756FF58A"

typedef struct {
  TestServer *server;
  GstElement *pipeline;
  GstElement *bin;
  GstBus *bus;
  Webhooks webhooks;
  gchar *folder;
} World;

static World w;
static gint n_branches;

static void
on_branch_gone (gpointer user_data, GObject *branch)
{
  g_atomic_int_dec_and_test (&n_branches);
}

static void
on_element_added (GstBin *bin, GstElement *branch, gpointer user_data)
{
  g_atomic_int_inc (&n_branches);
  g_object_weak_ref (G_OBJECT (branch), on_branch_gone, NULL);
}

static void
start_server (const TestServerAnswers *answers)
{
  static const TestServerAnswers usual = { TEST_SIGNALING_OK,
    TEST_MEDIA_OK };

  memset (&w, 0, sizeof w);
  track_leaks ("activity-start-tracking");
  w.folder = g_dir_make_tmp ("rtms-XXXXXX", NULL);
  w.server = test_server_new (answers ? answers : &usual);
  w.pipeline = gst_pipeline_new (NULL);
  w.bin = gst_element_factory_make ("rtmswebhookbin", NULL);
  fail_unless (w.bin != NULL);
  g_object_set (w.bin, "port", 0, "secret-token", TOKEN, "client-id", "id",
      "client-secret", "secret", NULL);
  g_signal_connect (w.bin, "element-added", G_CALLBACK (on_element_added),
      NULL);
  gst_bin_add (GST_BIN (w.pipeline), w.bin);
  w.bus = gst_element_get_bus (w.pipeline);
}

static void
start_playing (void)
{
  guint port;

  fail_unless_equals_int (gst_element_set_state (w.pipeline,
          GST_STATE_PAUSED), GST_STATE_CHANGE_NO_PREROLL);
  gst_element_set_state (w.pipeline, GST_STATE_PLAYING);
  g_object_get (w.bin, "bound-port", &port, NULL);
  fail_unless (port > 0);
  w.webhooks = (Webhooks) { (guint16) port, "/webhook", TOKEN };
}

/* "FOLDER" in @branch stands for the test's folder. */
static void
start_bin (const TestServerAnswers *answers, const gchar *branch)
{
  g_autoptr (GString) text = g_string_new (branch ? branch : "");

  start_server (answers);
  g_string_replace (text, "FOLDER", w.folder, 0);
  g_object_set (w.bin, "branch", branch ? text->str : NULL,
      "source-properties", NULL, NULL);
  start_playing ();
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *file = g_build_filename (path, name, NULL);

    remove_tree (file);
  }
  g_remove (path);
}

static void
on_bin_gone (gpointer user_data, GObject *bin)
{
  g_atomic_int_set ((gint *) user_data, TRUE);
}

/* What was stopped on a thread of its own is let go there. */
static void
stop_bin (void)
{
  gint is_gone = FALSE;

  g_object_weak_ref (G_OBJECT (w.bin), on_bin_gone, &is_gone);
  gst_element_set_state (w.pipeline, GST_STATE_NULL);
  gst_object_unref (w.bus);
  gst_object_unref (w.pipeline);
  while (!g_atomic_int_get (&is_gone) || g_atomic_int_get (&n_branches) > 0)
    g_thread_yield ();
  test_server_free (w.server);
  remove_tree (w.folder);
  g_free (w.folder);
  track_leaks ("activity-get-checkpoint");
}

static guint
post (const gchar *event, gint64 time, const gchar *stream,
    const gchar *more)
{
  g_autofree gchar *url = test_server_get_url (w.server);
  g_autofree gchar *body = g_strdup_printf ("{\"event\":\"%s\",\"event_ts\":%"
      G_GINT64_FORMAT ",\"payload\":{\"meeting_uuid\":\"4pJ/9w+T2m1A==\","
      "\"rtms_stream_id\":\"%s\",\"server_urls\":\"%s\"%s}}", event, time,
      stream, url, more);

  return webhooks_post (&w.webhooks, body);
}

static guint
post_started (gint64 time)
{
  return post ("meeting.rtms_started", time, STREAM, "");
}

static guint
post_stopped (gint64 time, gint reason)
{
  g_autofree gchar *more = g_strdup_printf (",\"stop_reason\":%d", reason);

  return post ("meeting.rtms_stopped", time, STREAM, more);
}

/* As Zoom ends a stream: by its webhook and on the sockets. */
static void
end_stream (gint64 time, gint reason)
{
  fail_unless_equals_int (post_stopped (time, reason), 200);
  test_server_terminate (w.server, reason);
}

/* The next message of that name; anything that is no error may come before. */
static GstMessage *
wait_notice (const gchar *name)
{
  for (;;) {
    GstMessage *message = gst_bus_timed_pop_filtered (w.bus, BUS_TIMEOUT,
        GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR | GST_MESSAGE_EOS);

    fail_unless (message != NULL, "%s did not come", name);
    fail_unless (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT,
        "%s instead of %s", GST_MESSAGE_TYPE_NAME (message), name);
    if (gst_message_has_name (message, name))
      return message;
    gst_message_unref (message);
  }
}

static void
drop_notice (const gchar *name)
{
  gst_message_unref (wait_notice (name));
}

static const gchar *
get_field (GstMessage *message, const gchar *name)
{
  return gst_structure_get_string (gst_message_get_structure (message), name);
}

static guint
count_files (GstMessage *message)
{
  return gst_value_array_get_size (gst_structure_get_value (
          gst_message_get_structure (message), "files"));
}

static const gchar *
get_file (GstMessage *message, guint index)
{
  return g_value_get_string (gst_value_array_get_value (
          gst_structure_get_value (gst_message_get_structure (message),
              "files"), index));
}

static guint64
get_count (const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value = 0;
  guint active;

  g_object_get (w.bin, "stats", &stats, NULL);
  if (gst_structure_get_uint (stats, name, &active))
    return active;
  fail_unless (gst_structure_get_uint64 (stats, name, &value), "no %s", name);
  return value;
}

static void
send_audio_packets (guint n)
{
  for (guint i = 0; i < n; i++)
    test_server_send_media (w.server, AUDIO, T0 + 20 * i, audio_packet,
        sizeof audio_packet);
}

static gsize
get_size (const gchar *path)
{
  GStatBuf info;

  fail_unless (g_stat (path, &info) == 0, "%s is not there", path);
  return (gsize) info.st_size;
}

GST_START_TEST (test_stream_runs_through_its_branch)
{
  GstMessage *message;

  start_bin (NULL, "filesink name=audio "
      "location=FOLDER/{product}/{meeting-id}/{n}-{stream-id}.raw");
  fail_unless_equals_int (post_started (1), 200);
  drop_notice ("rtms-stream-added");
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  send_audio_packets (3);
  test_server_terminate (w.server, 6);

  message = wait_notice ("rtms-recording-complete");
  assert_equals_string (get_field (message, "stream-id"), STREAM);
  assert_equals_string (get_field (message, "instance-id"), "4pJ/9w+T2m1A==");
  assert_equals_string (get_field (message, "outcome"), "complete");
  assert_equals_string (get_field (message, "reason-name"), "MEETING_ENDED");
  fail_unless_equals_int (count_files (message), 1);
  fail_unless (g_str_has_suffix (get_file (message, 0),
          "/meeting/4pJ_9w-T2m1A/1-" STREAM ".raw"), "%s",
      get_file (message, 0));
  fail_unless (get_size (get_file (message, 0)) >= 3 * sizeof audio_packet);
  gst_message_unref (message);
  drop_notice ("rtms-stream-removed");
  fail_unless_equals_uint64 (get_count ("active"), 0);
  fail_unless_equals_uint64 (get_count ("complete"), 1);
  fail_unless_equals_int (GST_BIN_NUMCHILDREN (w.bin), 0);
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_repeated_webhooks_open_one_connection)
{
  start_bin (NULL, "fakesink name=audio");
  for (guint i = 0; i < 5; i++)
    fail_unless_equals_int (post_started (1), 200);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  end_stream (5, 6);
  drop_notice ("rtms-stream-removed");
  for (guint i = 0; i < 5; i++) {
    fail_unless_equals_int (post_stopped (5, 6), 200);
    fail_unless_equals_int (post_started (1), 200);
  }
  fail_unless_equals_int (test_server_count (w.server, TEST_SIGNALING, 1), 1);
  fail_unless_equals_uint64 (get_count ("active"), 0);
  fail_unless_equals_uint64 (get_count ("started"), 1);
  fail_unless_equals_uint64 (get_count ("webhooks-duplicate"), 4 + 10);
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_stop_that_overtakes_its_start)
{
  start_bin (NULL, "fakesink name=audio");
  fail_unless_equals_int (post_stopped (5, 6), 200);
  fail_unless_equals_int (post_started (1), 200);
  fail_unless_equals_int (post_started (5), 200);
  fail_unless_equals_int (post_stopped (7, 6), 200);
  fail_unless_equals_int (post_started (7), 200);
  fail_unless_equals_uint64 (get_count ("active"), 0);
  fail_unless_equals_uint64 (get_count ("started"), 0);
  fail_unless_equals_int (test_server_count (w.server, TEST_SIGNALING, 1), 0);

  /* one that is newer is another start */
  fail_unless_equals_int (post_started (8), 200);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_second_start_and_interruption_join_again_at_once)
{
  g_autofree gchar *url = NULL, *moved = NULL;

  start_bin (NULL, "fakesink name=audio");
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  /* the same server at another URL */
  url = test_server_get_url (w.server);
  moved = g_strdup_printf (",\"server_urls\":\"%s?2\"", url);
  fail_unless_equals_int (post ("meeting.rtms_started", 2, STREAM, moved),
      200);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 2);
  test_server_close (w.server, TEST_SIGNALING, 1011);
  test_server_wait_closed (w.server, TEST_SIGNALING, 2);
  fail_unless_equals_int (post ("meeting.rtms_interrupted", 3, STREAM, ""),
      200);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 3);
  fail_unless_equals_uint64 (get_count ("active"), 1);
  fail_unless_equals_uint64 (get_count ("started"), 1);

  /* of a stream that is not there it says nothing */
  fail_unless_equals_int (post ("meeting.rtms_interrupted", 3, "other", ""),
      200);
  fail_unless_equals_uint64 (get_count ("webhooks-ignored"), 1);
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_all_products_are_received)
{
  static const struct {
    const gchar *event;
    const gchar *id;
    const gchar *product;
  } cases[] = {
    { "meeting", "meeting_uuid", "meeting" },
    { "webinar", "webinar_uuid", "webinar" },
    { "session", "session_id", "session" },
    { "contact_center", "engagement_id", "contact_center" },
  };
  g_autofree gchar *url = NULL;

  start_bin (NULL, "fakesink name=audio");
  url = test_server_get_url (w.server);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const gchar *voice = i == 3 ? "voice_" : "";
    g_autofree gchar *body = g_strdup_printf ("{\"event\":\"%s.%srtms_started"
        "\",\"event_ts\":1,\"payload\":{\"%s\":\"a/b\",\"rtms_stream_id\":"
        "\"s%u\",\"server_urls\":\"%s\"}}", cases[i].event, voice,
        cases[i].id, i, url);
    g_autofree gchar *stop = g_strdup_printf ("{\"event\":\"%s.%srtms_stopped"
        "\",\"event_ts\":2,\"payload\":{\"%s\":\"a/b\",\"rtms_stream_id\":"
        "\"s%u\",\"stop_reason\":1}}", cases[i].event, voice, cases[i].id, i);
    GstMessage *message;

    fail_unless_equals_int (webhooks_post (&w.webhooks, body), 200);
    test_server_wait_for (w.server, TEST_SIGNALING, 7, i + 1);
    fail_unless_equals_int (webhooks_post (&w.webhooks, stop), 200);
    test_server_terminate (w.server, i == 3 ? 21 : 1);
    message = wait_notice ("rtms-stream-removed");
    assert_equals_string (get_field (message, "product"), cases[i].product);
    assert_equals_string (get_field (message, "reason-name"), i == 3
        ? "CUSTOMER_DISCONNECTED" : "HOST_TRIGGERED");
    gst_message_unref (message);
  }
  stop_bin ();
}

GST_END_TEST;

static void
check_revoked (gboolean stop_first, gboolean delete)
{
  GstMessage *message;
  g_autofree gchar *path = NULL;
  gboolean deleted;

  start_server (NULL);
  path = g_build_filename (w.folder, "a.raw", NULL);
  g_object_set (w.bin, "delete-revoked", delete, NULL);
  {
    g_autofree gchar *branch = g_strdup_printf (
        "filesink name=audio location=%s", path);

    g_object_set (w.bin, "branch", branch, NULL);
  }
  start_playing ();
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  send_audio_packets (2);
  if (stop_first) {
    test_server_terminate (w.server, 6);
    drop_notice ("rtms-recording-complete");
    drop_notice ("rtms-stream-removed");
  }
  fail_unless_equals_int (post_stopped (2, 8), 200);
  if (!stop_first)
    test_server_terminate (w.server, 8);
  if (!stop_first)
    drop_notice ("rtms-recording-complete");
  message = wait_notice ("rtms-recording-revoked");
  assert_equals_string (get_field (message, "stream-id"), STREAM);
  fail_unless_equals_int (count_files (message), 1);
  assert_equals_string (get_file (message, 0), path);
  fail_unless (gst_structure_get_boolean (gst_message_get_structure (message),
          "deleted", &deleted));
  fail_unless_equals_int (deleted, delete);
  fail_unless_equals_int (g_file_test (path, G_FILE_TEST_EXISTS), !delete);
  gst_message_unref (message);
  stop_bin ();
}

GST_START_TEST (test_revocation_is_told_and_files_deleted)
{
  check_revoked (FALSE, TRUE);
  check_revoked (TRUE, TRUE);
  check_revoked (FALSE, FALSE);
  check_revoked (TRUE, FALSE);
}

GST_END_TEST;

GST_START_TEST (test_other_events_are_told)
{
  GstMessage *message;
  gint number;

  start_bin (NULL, "fakesink name=audio");
  fail_unless_equals_int (webhooks_post (&w.webhooks, "{\"event\":"
          "\"rtms.concurrency_limited\",\"payload\":{\"operator_id\":\"o\","
          "\"concurrency_number\":20,\"id_field\":{\"meeting_uuid\":"
          "\"m\"}}}"), 200);
  message = wait_notice ("rtms-concurrency-limited");
  assert_equals_string (get_field (message, "instance-id"), "m");
  fail_unless (gst_structure_get_int (gst_message_get_structure (message),
          "concurrency-number", &number));
  fail_unless_equals_int (number, 20);
  gst_message_unref (message);
  fail_unless_equals_int (webhooks_post (&w.webhooks, "{\"event\":"
          "\"rtms.concurrency_near_limit\",\"payload\":{\"percentage\":80}}"),
      200);
  drop_notice ("rtms-concurrency-near-limit");
  fail_unless_equals_int (webhooks_post (&w.webhooks, "{\"event\":"
          "\"rtms.start_failed\"}"), 200);
  drop_notice ("rtms-start-failed");
  fail_unless_equals_int (webhooks_post (&w.webhooks, "{\"event\":"
          "\"user.created\"}"), 200);
  message = wait_notice ("rtms-webhook");
  assert_equals_string (get_field (message, "event"), "user.created");
  assert_equals_string (get_field (message, "result"), "ignored");
  gst_message_unref (message);
  stop_bin ();
}

GST_END_TEST;

static guint
ask (const gchar *request)
{
  return webhooks_request (w.webhooks.port, request, NULL);
}

GST_START_TEST (test_server_answers_by_the_book)
{
  Webhooks forged;
  g_autofree gchar *answer = NULL;

  start_bin (NULL, "fakesink name=audio");
  forged = w.webhooks;
  forged.token = "another";
  fail_unless_equals_int (webhooks_post (&forged, "{\"event\":\"a\"}"), 401);
  fail_unless_equals_int (webhooks_post (&w.webhooks, "{\"event\""), 400);
  fail_unless_equals_int (ask ("GET /webhook HTTP/1.1\r\nHost: a\r\n\r\n"),
      405);
  fail_unless_equals_int (ask ("POST / HTTP/1.1\r\nHost: a\r\n"
          "Content-Length: 0\r\n\r\n"), 404);
  fail_unless_equals_int (ask ("POST /webhook HTTP/1.1\r\nHost: a\r\n"
          "Content-Length: 262145\r\n\r\n"), 413);
  fail_unless_equals_int (webhooks_post_and_read (&w.webhooks,
          "{\"event\":\"endpoint.url_validation\",\"payload\":{"
          "\"plainToken\":\"p\"}}", &answer), 200);
  {
    g_autofree gchar *mac = g_compute_hmac_for_string (G_CHECKSUM_SHA256,
        (const guint8 *) TOKEN, strlen (TOKEN), "p", 1);
    g_autofree gchar *expected = g_strdup_printf ("{\"plainToken\":\"p\","
        "\"encryptedToken\":\"%s\"}", mac);

    assert_equals_string (answer, expected);
  }
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_failing_branch_ends_alone)
{
  GstMessage *message;

  start_bin (NULL, "identity name=audio error-after=2 ! fakesink");
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  send_audio_packets (4);
  test_server_wait_for (w.server, TEST_SIGNALING, 21, 1);
  test_server_send (w.server, TEST_SIGNALING,
      "{\"msg_type\":22,\"rtms_stream_id\":\"" STREAM "\",\"status_code\":0}");
  message = wait_notice ("rtms-stream-removed");
  assert_equals_string (get_field (message, "outcome"), "incomplete");
  fail_unless (get_field (message, "problem") != NULL);
  gst_message_unref (message);
  fail_unless_equals_uint64 (get_count ("incomplete"), 1);

  /* and the next stream is received */
  post ("meeting.rtms_started", 1, "second", "");
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 2);
  fail_unless_equals_int (GST_STATE (w.pipeline), GST_STATE_PLAYING);
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_branch_that_cannot_start_ends_alone)
{
  static const gchar *const branches[] = {
    "filesink name=audio location=/proc/none/{stream-id}",
    "filesrc location=/does/not/exist ! fakesink fakesink name=audio",
  };

  for (guint i = 0; i < G_N_ELEMENTS (branches); i++) {
    GstMessage *message;

    start_bin (NULL, branches[i]);
    post_started (1);
    message = wait_notice ("rtms-stream-removed");
    assert_equals_string (get_field (message, "outcome"), "failed");
    fail_unless (get_field (message, "problem") != NULL);
    gst_message_unref (message);
    fail_unless_equals_int (GST_BIN_NUMCHILDREN (w.bin), 0);
    stop_bin ();
  }
}

GST_END_TEST;

GST_START_TEST (test_refused_stream_leaves_nothing)
{
  static const TestServerAnswers refused = {
    "{\"msg_type\":2,\"status_code\":3,\"reason\":\"no\"}", NULL };
  GstMessage *message;
  g_autoptr (GDir) dir = NULL;

  start_bin (&refused, "filesink name=audio location=FOLDER/a.raw");
  post_started (1);
  message = wait_notice ("rtms-stream-removed");
  assert_equals_string (get_field (message, "outcome"), "failed");
  fail_unless (strstr (get_field (message, "problem"), "INVALID_SIGNATURE")
      != NULL);
  fail_unless_equals_int (count_files (message), 0);
  gst_message_unref (message);
  dir = g_dir_open (w.folder, 0, NULL);
  fail_unless (g_dir_read_name (dir) == NULL);
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_full_bin_refuses_until_there_is_room)
{
  start_server (NULL);
  g_object_set (w.bin, "max-streams", 1, "branch", "fakesink name=audio",
      NULL);
  start_playing ();
  fail_unless_equals_int (post_started (1), 200);
  fail_unless_equals_int (post ("meeting.rtms_started", 2, "second", ""),
      503);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  end_stream (3, 6);
  drop_notice ("rtms-stream-removed");
  fail_unless_equals_int (post ("meeting.rtms_started", 2, "second", ""),
      200);
  fail_unless_equals_uint64 (get_count ("webhooks-refused"), 1);
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_eos_finishes_all_and_takes_no_more)
{
  GstMessage *message;

  start_bin (NULL, "filesink name=audio location=FOLDER/{stream-id}.raw");
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  send_audio_packets (2);
  fail_unless (gst_element_send_event (w.pipeline, gst_event_new_eos ()));
  test_server_wait_for (w.server, TEST_SIGNALING, 21, 1);
  fail_unless_equals_int (post ("meeting.rtms_started", 2, "second", ""),
      503);
  test_server_send (w.server, TEST_SIGNALING,
      "{\"msg_type\":22,\"rtms_stream_id\":\"" STREAM "\",\"status_code\":0}");
  message = wait_notice ("rtms-recording-complete");
  assert_equals_string (get_field (message, "outcome"), "complete");
  fail_unless_equals_int (count_files (message), 1);
  gst_message_unref (message);
  message = gst_bus_timed_pop_filtered (w.bus, BUS_TIMEOUT, GST_MESSAGE_EOS);
  fail_unless (message && GST_MESSAGE_SRC (message)
      == GST_OBJECT (w.pipeline));
  gst_message_unref (message);
  stop_bin ();
}

GST_END_TEST;

static gboolean
is_at_eos (GstPad *pad)
{
  gboolean answer;

  GST_OBJECT_LOCK (pad);
  answer = GST_PAD_IS_EOS (pad);
  GST_OBJECT_UNLOCK (pad);
  return answer;
}

/* Another sink of the pipeline is at its end; the bin has nothing yet. */
GST_START_TEST (test_empty_bin_keeps_the_pipeline_running)
{
  GstElement *src = gst_element_factory_make ("fakesrc", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  GstMessage *message;

  start_server (NULL);
  g_object_set (w.bin, "branch", "fakesink name=audio", NULL);
  g_object_set (src, "num-buffers", 1, NULL);
  g_object_set (sink, "async", FALSE, NULL);
  gst_bin_add_many (GST_BIN (w.pipeline), src, sink, NULL);
  gst_element_link (src, sink);
  start_playing ();
  /* a stream comes and goes after that end */
  while (!is_at_eos (pad))
    g_thread_yield ();
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  end_stream (2, 6);
  drop_notice ("rtms-stream-removed");
  fail_unless (gst_bus_pop_filtered (w.bus, GST_MESSAGE_EOS) == NULL);
  gst_element_send_event (w.pipeline, gst_event_new_eos ());
  message = gst_bus_timed_pop_filtered (w.bus, BUS_TIMEOUT, GST_MESSAGE_EOS);
  fail_unless (message != NULL);
  gst_message_unref (message);
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_sinks_that_do_not_finish_are_given_up)
{
  GstMessage *message;

  start_server (NULL);
  g_object_set (w.bin, "finalize-timeout", 1, "branch",
      "fakesink name=audio sync=true ts-offset=1000000000000", NULL);
  start_playing ();
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  send_audio_packets (3);
  end_stream (2, 6);
  message = wait_notice ("rtms-recording-complete");
  assert_equals_string (get_field (message, "outcome"), "incomplete");
  fail_unless (strstr (get_field (message, "problem"), "finalize-timeout")
      != NULL);
  gst_message_unref (message);
  stop_bin ();
}

GST_END_TEST;

static GstPadProbeReturn
count_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_atomic_int_inc ((gint *) user_data);
  return GST_PAD_PROBE_OK;
}

/* Until the element of that name gets so many more buffers. */
static void
wait_buffers (const gchar *name, gint n)
{
  g_autoptr (GstElement) element = NULL;
  g_autoptr (GstPad) pad = NULL;
  static gint count;
  gulong probe;

  count = 0;
  while ((element = gst_bin_get_by_name (GST_BIN (w.bin), name)) == NULL)
    g_thread_yield ();
  pad = gst_element_get_static_pad (element, "sink");
  probe = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count_buffer,
      &count, NULL);
  while (g_atomic_int_get (&count) < n)
    g_thread_yield ();
  gst_pad_remove_probe (pad, probe);
}

static GMutex held;

static void
hang (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  g_mutex_lock (&held);
  g_mutex_unlock (&held);
}

static void
make_hang (GstBin *bin, GstBin *parent, GstElement *element,
    gpointer user_data)
{
  if (g_str_has_prefix (GST_OBJECT_NAME (element), "audio"))
    g_signal_connect (element, "handoff", G_CALLBACK (hang), NULL);
}

GST_START_TEST (test_element_that_hangs_holds_nobody_up)
{
  GstMessage *message;

  start_server (NULL);
  g_object_set (w.bin, "finalize-timeout", 1, "max-streams", 1, "branch",
      "fakesink name=audio signal-handoffs=true", NULL);
  g_signal_connect (w.bin, "deep-element-added", G_CALLBACK (make_hang),
      NULL);
  start_playing ();
  g_mutex_lock (&held);
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  send_audio_packets (3);
  end_stream (2, 6);
  message = wait_notice ("rtms-recording-complete");
  assert_equals_string (get_field (message, "outcome"), "incomplete");
  gst_message_unref (message);
  drop_notice ("rtms-stream-removed");
  fail_unless_equals_uint64 (get_count ("active"), 0);
  g_mutex_unlock (&held);
  stop_bin ();
}

GST_END_TEST;

/* Nobody has a camera, and there is no scope for the transcript: the tracks
 * are left out, and the file can be read. */
GST_START_TEST (test_media_that_do_not_come_do_not_spoil_the_file)
{
  static const TestServerAnswers answers = { TEST_SIGNALING_OK,
    "{\"msg_type\":4,\"status_code\":0,\"media_params\":{\"audio\":"
        "{\"codec\":1},\"video\":{\"codec\":7}}}" };
  static const gchar *const muxers[] = { "mp4mux", "matroskamux",
    "mp4mux fragment-duration=500" };

  for (guint i = 0; i < G_N_ELEMENTS (muxers); i++) {
    g_autofree gchar *branch = g_strdup_printf ("%s name=mux ! filesink "
        "location=FOLDER/file  h264parse name=video ! queue ! mux. "
        "audioconvert name=audio ! avenc_aac ! mux. "
        "identity name=transcript ! mux.", muxers[i]);
    g_autofree gchar *read = NULL;
    g_autoptr (GstElement) reader = NULL;
    g_autoptr (GstBus) bus = NULL;
    g_autoptr (GstMessage) end = NULL;
    GstMessage *message;

    start_bin (&answers, branch);
    post_started (1);
    test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
    send_audio_packets (50);
    if (i != 1)
      wait_buffers ("video", 5);        /* black pictures */
    end_stream (2, 6);
    message = wait_notice ("rtms-recording-complete");
    assert_equals_string (get_field (message, "outcome"), "complete");
    fail_unless_equals_int (count_files (message), 1);
    read = g_strdup_printf ("filesrc location=%s ! decodebin ! audio/x-raw ! "
        "fakesink", get_file (message, 0));
    gst_message_unref (message);
    reader = gst_parse_launch (read, NULL);
    bus = gst_element_get_bus (reader);
    gst_element_set_state (reader, GST_STATE_PLAYING);
    end = gst_bus_timed_pop_filtered (bus, BUS_TIMEOUT, GST_MESSAGE_EOS
        | GST_MESSAGE_ERROR);
    fail_unless (end && GST_MESSAGE_TYPE (end) == GST_MESSAGE_EOS, "%s",
        muxers[i]);
    gst_element_set_state (reader, GST_STATE_NULL);
    gst_clear_object (&reader);
    gst_clear_object (&bus);
    gst_clear_message (&end);
    stop_bin ();
  }
}

GST_END_TEST;

GST_START_TEST (test_file_is_not_written_over)
{
  for (guint i = 1; i <= 2; i++) {
    g_autofree gchar *stream = g_strdup_printf ("s%u", i);
    GstMessage *message;

    if (i == 1)
      start_bin (NULL, "filesink name=audio location=FOLDER/same.raw");
    post ("meeting.rtms_started", 1, stream, "");
    test_server_wait_for (w.server, TEST_SIGNALING, 7, i);
    send_audio_packets (2);
    post ("meeting.rtms_stopped", 2, stream, "");
    test_server_terminate (w.server, 6);
    message = wait_notice ("rtms-recording-complete");
    fail_unless (g_str_has_suffix (get_file (message, 0), i == 1
            ? "/same.raw" : "/same-2.raw"));
    gst_message_unref (message);
  }
  stop_bin ();
}

GST_END_TEST;

static const gchar *
user_packet (guint64 user_id, gint64 time)
{
  static gchar text[2000];
  g_autofree gchar *data = g_base64_encode (audio_packet,
      sizeof audio_packet);

  g_snprintf (text, sizeof text, "{\"msg_type\":14,\"content\":{\"user_id\":%"
      G_GUINT64_FORMAT ",\"user_name\":\"../Zoë %" G_GUINT64_FORMAT
      "\",\"data\":\"%s\",\"timestamp\":%" G_GINT64_FORMAT "}}", user_id,
      user_id, data, T0 + time);
  return text;
}

GST_START_TEST (test_each_participant_gets_a_copy)
{
  GstMessage *message;

  start_bin (NULL, "queue name=audio-each ! wavenc ! "
      "filesink location=FOLDER/{user-id}-{user-name}.wav "
      "filesink name=transcript location=FOLDER/text");
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  for (guint i = 0; i < 10; i++) {
    test_server_send (w.server, TEST_MEDIA, "%s", user_packet (7, 20 * i));
    test_server_send (w.server, TEST_MEDIA, "%s", user_packet (8, 20 * i));
  }
  /* what comes on another connection must not overtake that */
  test_server_send (w.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (w.server, TEST_MEDIA, 13, 1);
  test_server_send (w.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":4,\"timestamp\":1,\"participants\":[{\"user_id\":7}]}}");
  drop_notice ("rtms-participant-left");
  test_server_terminate (w.server, 6);
  message = wait_notice ("rtms-recording-complete");
  assert_equals_string (get_field (message, "outcome"), "complete");
  fail_unless_equals_int (count_files (message), 2);
  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *base = g_path_get_basename (get_file (message, i));

    fail_unless (g_str_equal (base, "7-__._Zoë_7.wav")
        || g_str_equal (base, "8-__._Zoë_8.wav"), "%s", base);
    fail_unless (get_size (get_file (message, i))
        >= 44 + 10 * sizeof audio_packet);
  }
  gst_message_unref (message);
  stop_bin ();
}

GST_END_TEST;

static void
check_refused (const gchar *property, const gchar *value, const gchar *named)
{
  GstMessage *message;
  g_autoptr (GError) error = NULL;

  start_server (NULL);
  g_object_set (w.bin, property, value, NULL);
  fail_unless_equals_int (gst_element_set_state (w.pipeline,
          GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  message = gst_bus_timed_pop_filtered (w.bus, 0, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  gst_message_unref (message);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_SETTINGS));
  fail_unless (strstr (error->message, named) != NULL, "%s", error->message);
  stop_bin ();
}

GST_START_TEST (test_unusable_settings_are_named_at_once)
{
  g_unsetenv ("ZM_RTMS_WEBHOOK_SECRET");
  check_refused ("secret-token", NULL, "secret-token");
  check_refused ("branch", "nosuchelement name=audio", "nosuchelement");
  check_refused ("branch", "fakesink", "named audio");
  check_refused ("branch", "fakesink name=audio fakesink name=audio-each",
      "either");
  check_refused ("branch", "tee name=t ! fakesink queue name=audio-each ! "
      "matroskamux name=m ! fakesink queue name=video ! m.", "audio-each");
  check_refused ("address", "nowhere", "nowhere");
  check_refused ("tls-certificate-file", "/does/not/exist", "certificate");
}

GST_END_TEST;

static gint n_signals[4];
static GstElement *last_sink;

static gboolean
on_authorize (GstElement *bin, const GstStructure *info, gpointer user_data)
{
  g_atomic_int_inc (&n_signals[0]);
  return !g_str_equal (gst_structure_get_string (info, "stream-id"), "veto");
}

static void
on_source_setup (GstElement *bin, GstElement *source,
    const GstStructure *info, gpointer user_data)
{
  g_atomic_int_inc (&n_signals[1]);
  fail_unless (g_str_has_prefix (GST_OBJECT_NAME (source), "rtmssrc"));
  gst_util_set_object_arg (G_OBJECT (source), "media", "audio+transcript");
}

static void
on_stream_added (GstElement *bin, const GstStructure *info,
    gpointer user_data)
{
  g_atomic_int_inc (&n_signals[2]);
}

static void
on_stream_removed (GstElement *bin, const GstStructure *info,
    gpointer user_data)
{
  g_atomic_int_inc (&n_signals[3]);
}

static void
on_bin_pad_added (GstElement *bin, GstPad *pad, gpointer user_data)
{
  GstElement *sink = gst_element_factory_make ("appsink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", FALSE, "async", FALSE, "wait-on-eos",
      GPOINTER_TO_INT (user_data), NULL);
  gst_bin_add (GST_BIN (w.pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  fail_unless_equals_int (gst_pad_link (pad, sink_pad), GST_PAD_LINK_OK);
  if (g_str_equal (GST_OBJECT_NAME (pad), "audio_1"))
    last_sink = sink;
  else
    assert_equals_string (GST_OBJECT_NAME (pad), "transcript_1");
}

GST_START_TEST (test_streams_without_a_branch_are_pads)
{
  GstSample *sample;
  GstMessage *message;

  memset (n_signals, 0, sizeof n_signals);
  start_server (NULL);
  g_signal_connect (w.bin, "authorize", G_CALLBACK (on_authorize), NULL);
  g_signal_connect (w.bin, "source-setup", G_CALLBACK (on_source_setup),
      NULL);
  g_signal_connect (w.bin, "stream-added", G_CALLBACK (on_stream_added),
      NULL);
  g_signal_connect (w.bin, "stream-removed", G_CALLBACK (on_stream_removed),
      NULL);
  g_signal_connect (w.bin, "pad-added", G_CALLBACK (on_bin_pad_added), NULL);
  start_playing ();
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  send_audio_packets (3);
  test_server_send (w.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (w.server, TEST_MEDIA, 13, 1);
  post_stopped (2, 6);
  drop_notice ("rtms-stream-removed");
  for (guint i = 0; i < 3; i++) {
    sample = gst_app_sink_pull_sample (GST_APP_SINK (last_sink));
    fail_unless (sample != NULL);
    gst_sample_unref (sample);
  }
  fail_unless (gst_app_sink_pull_sample (GST_APP_SINK (last_sink)) == NULL);
  fail_unless (gst_app_sink_is_eos (GST_APP_SINK (last_sink)));
  fail_unless_equals_int (w.bin->numpads, 0);
  fail_unless_equals_int (GST_BIN_NUMCHILDREN (w.bin), 0);

  post ("meeting.rtms_started", 1, "veto", "");
  message = wait_notice ("rtms-stream-removed");
  assert_equals_string (get_field (message, "outcome"), "refused");
  gst_message_unref (message);
  fail_unless_equals_int (n_signals[0], 2);
  fail_unless_equals_int (n_signals[1], 1);
  fail_unless_equals_int (n_signals[2], 1);
  fail_unless_equals_int (n_signals[3], 2);
  stop_bin ();
}

GST_END_TEST;

/* appsink keeps the thread that brings EOS until all was taken from it. */
GST_START_TEST (test_pads_that_nobody_reads_are_given_up)
{
  GstMessage *message;

  start_server (NULL);
  g_object_set (w.bin, "finalize-timeout", 3, NULL);
  g_signal_connect (w.bin, "source-setup", G_CALLBACK (on_source_setup),
      NULL);
  g_signal_connect (w.bin, "pad-added", G_CALLBACK (on_bin_pad_added),
      GINT_TO_POINTER (TRUE));
  start_playing ();
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  send_audio_packets (3);
  test_server_send (w.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (w.server, TEST_MEDIA, 13, 1);
  post_stopped (2, 6);
  message = wait_notice ("rtms-stream-removed");
  assert_equals_string (get_field (message, "outcome"), "incomplete");
  gst_message_unref (message);
  fail_unless_equals_int (w.bin->numpads, 0);
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_source_properties_are_set)
{
  g_autoptr (GstStructure) properties = gst_structure_from_string (
      "p,audio-rate=48000,media=audio,fill-silence=false", NULL);
  GstMessage *message;

  start_server (NULL);
  g_object_set (w.bin, "source-properties", properties, "branch",
      "wavenc name=audio ! filesink location=/dev/null", NULL);
  start_playing ();
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  {
    GstIterator *iterator = gst_bin_iterate_all_by_element_factory_name (
        GST_BIN (w.bin), "rtmssrc");
    g_auto (GValue) item = G_VALUE_INIT;
    guint rate;
    gboolean fill;

    fail_unless_equals_int (gst_iterator_next (iterator, &item),
        GST_ITERATOR_OK);
    g_object_get (g_value_get_object (&item), "audio-rate", &rate,
        "fill-silence", &fill, NULL);
    fail_unless_equals_int (rate, 48000);
    fail_if (fill);
    gst_iterator_free (iterator);
  }
  send_audio_packets (2);
  end_stream (2, 6);
  message = wait_notice ("rtms-recording-complete");
  /* a device is no file of ours */
  fail_unless_equals_int (count_files (message), 0);
  gst_message_unref (message);
  stop_bin ();
}

GST_END_TEST;

/* Without EOS, in every moment of a stream's life. */
GST_START_TEST (test_stopping_with_streams)
{
  for (guint i = 0; i < 12; i++) {
    start_bin (NULL, i % 2 ? "fakesink name=audio" : NULL);
    if (i / 2 >= 1)
      post_started (1);
    if (i / 2 >= 2)
      test_server_wait_for (w.server, TEST_SIGNALING, 1, 1);
    if (i / 2 >= 3)
      test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
    if (i / 2 >= 4)
      send_audio_packets (5);
    if (i / 2 >= 5)
      post_stopped (2, 6);
    gst_element_set_state (w.pipeline, GST_STATE_READY);
    fail_unless_equals_int (GST_BIN_NUMCHILDREN (w.bin), 0);
    stop_bin ();
  }
}

GST_END_TEST;

static GstBusSyncReply
stop_on_notice (GstBus *bus, GstMessage *message, gpointer user_data)
{
  if (gst_message_has_name (message, user_data))
    gst_element_set_state (w.pipeline, GST_STATE_NULL);
  return GST_BUS_PASS;
}

static gboolean
is_in_null (GstElement *element)
{
  gboolean answer;

  GST_OBJECT_LOCK (element);
  answer = GST_STATE (element) == GST_STATE_NULL;
  GST_OBJECT_UNLOCK (element);
  return answer;
}

GST_START_TEST (test_stopping_from_within_a_message)
{
  static const gchar *const names[] = { "rtms-stream-added",
    "rtms-recording-complete", "rtms-stream-removed" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    start_bin (NULL, "fakesink name=audio");
    gst_bus_set_sync_handler (w.bus, stop_on_notice, (gpointer) names[i],
        NULL);
    post_started (1);
    if (i > 0) {
      test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
      post_stopped (2, 6);
      test_server_terminate (w.server, 6);
    }
    while (!is_in_null (w.bin))
      g_thread_yield ();
    stop_bin ();
  }
}

GST_END_TEST;

GST_START_TEST (test_pausing_and_playing_again)
{
  GstMessage *message;

  start_bin (NULL, "filesink name=audio location=FOLDER/{stream-id}.raw");
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  send_audio_packets (5);
  fail_unless_equals_int (gst_element_set_state (w.pipeline,
          GST_STATE_PAUSED), GST_STATE_CHANGE_NO_PREROLL);
  gst_element_set_state (w.pipeline, GST_STATE_PLAYING);
  end_stream (2, 6);
  message = wait_notice ("rtms-recording-complete");
  assert_equals_string (get_field (message, "outcome"), "complete");
  gst_message_unref (message);
  stop_bin ();
}

GST_END_TEST;

GST_START_TEST (test_status_is_served)
{
  guint port;
  g_autofree gchar *metrics = NULL;

  start_server (NULL);
  g_object_set (w.bin, "status-port", 0, "max-streams", 1, "branch",
      "fakesink name=audio", NULL);
  start_playing ();
  g_object_get (w.bin, "bound-status-port", &port, NULL);
  fail_unless (port != 0 && port != w.webhooks.port);
  fail_unless_equals_int (webhooks_request ((guint16) port,
          "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", NULL), 200);
  fail_unless_equals_int (webhooks_request ((guint16) port,
          "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n", NULL), 200);
  post_started (1);
  test_server_wait_for (w.server, TEST_SIGNALING, 7, 1);
  send_audio_packets (2);
  test_server_send (w.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (w.server, TEST_MEDIA, 13, 1);
  fail_unless_equals_int (webhooks_request ((guint16) port,
          "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n", NULL), 503);
  fail_unless_equals_int (webhooks_request ((guint16) port,
          "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", &metrics), 200);
  fail_unless (strstr (metrics, "\nrtms_active_streams 1\n") != NULL, "%s",
      metrics);
  fail_unless (strstr (metrics, "\nrtms_webhooks_total{event="
          "\"meeting.rtms_started\",result=\"accepted\"} 1\n") != NULL);
  fail_unless (strstr (metrics, "\nrtms_reconnects_total 0\n") != NULL);
  fail_unless (strstr (metrics, "\nrtms_drops_total 0\n") != NULL);
  fail_unless (strstr (metrics, "\nrtms_bytes_total{media=\"audio\"} ")
      != NULL);
#ifdef __linux__
  fail_unless (strstr (metrics, "\nrtms_keepalive_rtt_seconds 0.") != NULL,
      "%s", metrics);
#endif
  stop_bin ();
}

GST_END_TEST;

static Suite *
webhook_bin_suite (void)
{
  Suite *suite = suite_create ("webhookbin");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_stream_runs_through_its_branch);
  tcase_add_test (tc, test_repeated_webhooks_open_one_connection);
  tcase_add_test (tc, test_stop_that_overtakes_its_start);
  tcase_add_test (tc,
      test_second_start_and_interruption_join_again_at_once);
  tcase_add_test (tc, test_all_products_are_received);
  tcase_add_test (tc, test_revocation_is_told_and_files_deleted);
  tcase_add_test (tc, test_other_events_are_told);
  tcase_add_test (tc, test_server_answers_by_the_book);
  tcase_add_test (tc, test_failing_branch_ends_alone);
  tcase_add_test (tc, test_branch_that_cannot_start_ends_alone);
  tcase_add_test (tc, test_refused_stream_leaves_nothing);
  tcase_add_test (tc, test_full_bin_refuses_until_there_is_room);
  tcase_add_test (tc, test_eos_finishes_all_and_takes_no_more);
  tcase_add_test (tc, test_empty_bin_keeps_the_pipeline_running);
  tcase_add_test (tc, test_sinks_that_do_not_finish_are_given_up);
  tcase_add_test (tc, test_element_that_hangs_holds_nobody_up);
  tcase_add_test (tc, test_media_that_do_not_come_do_not_spoil_the_file);
  tcase_add_test (tc, test_file_is_not_written_over);
  tcase_add_test (tc, test_each_participant_gets_a_copy);
  tcase_add_test (tc, test_unusable_settings_are_named_at_once);
  tcase_add_test (tc, test_streams_without_a_branch_are_pads);
  tcase_add_test (tc, test_pads_that_nobody_reads_are_given_up);
  tcase_add_test (tc, test_source_properties_are_set);
  tcase_add_test (tc, test_stopping_with_streams);
  tcase_add_test (tc, test_stopping_from_within_a_message);
  tcase_add_test (tc, test_pausing_and_playing_again);
  tcase_add_test (tc, test_status_is_served);
  return suite;
}

GST_CHECK_MAIN (webhook_bin);
