/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc against a scripted server in the same process. */

#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <string.h>

#include "tests/check/testserver.h"

#define T0 G_GINT64_CONSTANT (1738392033699)
#define AUDIO 14
#define VIDEO 15
#define TRANSCRIPT 17
#define BUS_TIMEOUT (30 * GST_SECOND)

static const guint8 key_frame[] = { 0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 2,
  0, 0, 0, 1, 0x65, 3 };
static const guint8 delta_frame[] = { 0, 0, 0, 1, 0x41, 4 };
static const guint8 audio_packet[640] = { 1, 2, 3 };

/* What came out of one pad, in order. */
typedef struct {
  gchar *name;
  GstPad *pad;
  GPtrArray *buffers;
  GPtrArray *events;
} Capture;

typedef struct {
  TestServer *server;
  GstElement *pipeline;
  GstElement *src;
  GstBus *bus;

  GMutex lock;
  GCond cond;
  GHashTable *captures;         /* name → Capture */
  gboolean no_more_pads;
  gboolean link;
} Fixture;

static Fixture f;

static void
free_capture (gpointer data)
{
  Capture *capture = data;

  g_free (capture->name);
  gst_object_unref (capture->pad);
  g_ptr_array_unref (capture->buffers);
  g_ptr_array_unref (capture->events);
  g_free (capture);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Capture *capture = user_data;

  g_mutex_lock (&f.lock);
  if (GST_IS_BUFFER (info->data))
    g_ptr_array_add (capture->buffers, gst_buffer_ref (info->data));
  else
    g_ptr_array_add (capture->events, gst_event_ref (info->data));
  g_cond_broadcast (&f.cond);
  g_mutex_unlock (&f.lock);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *src, GstPad *pad, gpointer user_data)
{
  Capture *capture = g_new0 (Capture, 1);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  fail_unless (caps != NULL && gst_caps_is_fixed (caps));
  capture->name = gst_pad_get_name (pad);
  capture->pad = gst_object_ref (pad);
  capture->buffers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  capture->events =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_event_unref);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, capture, NULL);

  if (f.link) {
    GstElement *sink = gst_element_factory_make ("fakesink", NULL);
    g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

    g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
    gst_bin_add (GST_BIN (f.pipeline), sink);
    gst_element_sync_state_with_parent (sink);
    fail_unless_equals_int (gst_pad_link (pad, sink_pad), GST_PAD_LINK_OK);
  }
  g_mutex_lock (&f.lock);
  g_hash_table_replace (f.captures, capture->name, capture);
  g_mutex_unlock (&f.lock);
}

static void
on_no_more_pads (GstElement *src, gpointer user_data)
{
  g_mutex_lock (&f.lock);
  f.no_more_pads = TRUE;
  g_cond_broadcast (&f.cond);
  g_mutex_unlock (&f.lock);
}

static gboolean
is_tracked (const gchar *type_name)
{
  GType type = g_type_from_name (type_name);

  return g_type_is_a (type, GST_TYPE_ELEMENT)
      || g_type_is_a (type, GST_TYPE_PAD) || g_type_is_a (type, GST_TYPE_BUS)
      || g_type_is_a (type, GST_TYPE_STREAM)
      || g_type_is_a (type, GST_TYPE_STREAM_COLLECTION)
      || type == GST_TYPE_BUFFER || type == GST_TYPE_EVENT
      || type == GST_TYPE_MESSAGE || type == GST_TYPE_QUERY;
}

static gint
count_tracked (const GstStructure *checkpoint, const gchar *list_name,
    GHashTable *counts, gint step)
{
  const GValue *list = gst_structure_get_value (checkpoint, list_name);
  guint size = gst_value_list_get_size (list);

  for (guint i = 0; i < size; i++) {
    const GstStructure *entry =
        gst_value_get_structure (gst_value_list_get_value (list, i));
    const gchar *name = gst_structure_get_string (entry, "type-name");

    if (is_tracked (name))
      g_hash_table_insert (counts, g_strdup (name), GINT_TO_POINTER (
              GPOINTER_TO_INT (g_hash_table_lookup (counts, name)) + step));
  }
  return (gint) size;
}

/* With GST_TRACERS=leaks, as the build runs this test, nothing that a pipeline
 * is made of and carries may be left behind. */
static void
track (const gchar *action)
{
  GList *tracers = gst_tracing_get_active_tracers ();

  for (GList *l = tracers; l; l = l->next) {
    g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash,
        g_str_equal, g_free, NULL);
    g_autoptr (GstStructure) checkpoint = NULL;
    GHashTableIter iter;
    gpointer name, count;

    if (!g_str_equal (G_OBJECT_TYPE_NAME (l->data), "GstLeaksTracer"))
      continue;
    if (g_str_equal (action, "activity-start-tracking")) {
      g_signal_emit_by_name (l->data, action);
      continue;
    }
    g_signal_emit_by_name (l->data, action, &checkpoint);
    g_signal_emit_by_name (l->data, "activity-stop-tracking");
    fail_unless (count_tracked (checkpoint, "objects-created-list", counts,
            1) > 0);
    count_tracked (checkpoint, "objects-removed-list", counts, -1);
    g_hash_table_iter_init (&iter, counts);
    while (g_hash_table_iter_next (&iter, &name, &count))
      fail_if (GPOINTER_TO_INT (count) > 0, "%d × %s left behind",
          GPOINTER_TO_INT (count), (const gchar *) name);
  }
  g_list_free_full (tracers, gst_object_unref);
}

static void
set_up (const TestServerAnswers *answers)
{
  static const TestServerAnswers usual = { TEST_SIGNALING_OK,
    TEST_MEDIA_OK };
  g_autofree gchar *payload = NULL;

  memset (&f, 0, sizeof f);
  track ("activity-start-tracking");
  g_mutex_init (&f.lock);
  g_cond_init (&f.cond);
  f.link = TRUE;
  f.captures = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
      free_capture);
  f.server = test_server_new (answers ? answers : &usual);
  payload = test_server_get_payload (f.server);
  f.pipeline = gst_pipeline_new (NULL);
  f.src = gst_element_factory_make ("rtmssrc", NULL);
  fail_unless (f.src != NULL);
  g_object_set (f.src, "payload", payload, "client-id", "id",
      "client-secret", "secret", NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "media",
      "audio+video+transcript");
  g_signal_connect (f.src, "pad-added", G_CALLBACK (on_pad_added), NULL);
  g_signal_connect (f.src, "no-more-pads", G_CALLBACK (on_no_more_pads),
      NULL);
  gst_bin_add (GST_BIN (f.pipeline), f.src);
  f.bus = gst_element_get_bus (f.pipeline);
}

static void
tear_down (void)
{
  gst_element_set_state (f.pipeline, GST_STATE_NULL);
  gst_object_unref (f.bus);
  gst_object_unref (f.pipeline);
  g_hash_table_unref (f.captures);
  test_server_free (f.server);
  g_cond_clear (&f.cond);
  g_mutex_clear (&f.lock);
  track ("activity-get-checkpoint");
}

static void
play (void)
{
  fail_if (gst_element_set_state (f.pipeline, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE);
}

static void
play_until_ready (void)
{
  play ();
  test_server_wait_for (f.server, TEST_SIGNALING, 7, 1);
}

static Capture *
get_capture (const gchar *name)
{
  Capture *capture = g_hash_table_lookup (f.captures, name);

  fail_unless (capture != NULL, "there is no pad %s", name);
  return capture;
}

static GstBuffer *
wait_buffer (const gchar *name, guint index)
{
  Capture *capture;
  GstBuffer *buffer;

  g_mutex_lock (&f.lock);
  capture = get_capture (name);
  while (capture->buffers->len <= index)
    g_cond_wait (&f.cond, &f.lock);
  buffer = g_ptr_array_index (capture->buffers, index);
  g_mutex_unlock (&f.lock);
  return buffer;
}

static GstEvent *
find_event (Capture *capture, GstEventType type, guint nth)
{
  for (guint i = 0; i < capture->events->len; i++) {
    GstEvent *event = g_ptr_array_index (capture->events, i);

    if (GST_EVENT_TYPE (event) == type && nth-- == 0)
      return event;
  }
  return NULL;
}

static GstEvent *
wait_event (const gchar *name, GstEventType type, guint nth)
{
  Capture *capture;
  GstEvent *event;

  g_mutex_lock (&f.lock);
  capture = get_capture (name);
  while ((event = find_event (capture, type, nth)) == NULL)
    g_cond_wait (&f.cond, &f.lock);
  g_mutex_unlock (&f.lock);
  return event;
}

static void
wait_message (GstMessageType type)
{
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (f.bus,
      BUS_TIMEOUT, type | GST_MESSAGE_ERROR);

  fail_unless (message != NULL, "no message came");
  fail_unless_equals_int (GST_MESSAGE_TYPE (message), type);
}

/* The error's code, once its text has been looked at. */
static gint
wait_error (GQuark domain, const gchar *named)
{
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (f.bus,
      BUS_TIMEOUT, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  g_autoptr (GError) error = NULL;

  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR,
      "no error came");
  gst_message_parse_error (message, &error, NULL);
  fail_unless (error->domain == domain, "%s", error->message);
  fail_unless (strstr (error->message, named) != NULL, "%s",
      error->message);
  return error->code;
}

static void
send_audio (gint64 offset)
{
  test_server_send_media (f.server, AUDIO, T0 + offset, audio_packet,
      sizeof audio_packet);
}

GST_START_TEST (test_pads_come_with_sticky_events)
{
  static const struct {
    const gchar *name;
    const gchar *caps;
    GstStreamFlags flags;
  } pads[] = {
    { "audio", "audio/x-raw, format=S16LE, layout=interleaved, rate=16000, "
        "channels=1", GST_STREAM_FLAG_NONE },
    { "video", "video/x-h264, stream-format=byte-stream, alignment=au",
        GST_STREAM_FLAG_NONE },
    { "transcript", "text/x-raw, format=utf8", GST_STREAM_FLAG_SPARSE },
  };
  guint group_id = 0;

  set_up (NULL);
  play_until_ready ();
  fail_unless (f.no_more_pads);
  fail_unless_equals_int (g_hash_table_size (f.captures), 3);

  for (guint i = 0; i < G_N_ELEMENTS (pads); i++) {
    g_autoptr (GstCaps) expected = gst_caps_from_string (pads[i].caps);
    g_autofree gchar *stream_id = g_strdup_printf ("rtms/756FF58A/%s",
        pads[i].name);
    const GstSegment *segment;
    const gchar *id;
    GstStreamFlags flags;
    GstCaps *caps;
    guint group;

    /* the tags pull all others along before any buffer */
    wait_event (pads[i].name, GST_EVENT_TAG, 0);
    gst_event_parse_caps (wait_event (pads[i].name, GST_EVENT_CAPS, 0),
        &caps);
    fail_unless (gst_caps_is_equal (caps, expected), "%" GST_PTR_FORMAT,
        caps);
    gst_event_parse_stream_start (wait_event (pads[i].name,
            GST_EVENT_STREAM_START, 0), &id);
    assert_equals_string (id, stream_id);
    gst_event_parse_stream_flags (wait_event (pads[i].name,
            GST_EVENT_STREAM_START, 0), &flags);
    fail_unless_equals_int (flags, pads[i].flags);
    gst_event_parse_group_id (wait_event (pads[i].name,
            GST_EVENT_STREAM_START, 0), &group);
    fail_unless (group_id == 0 || group == group_id);
    group_id = group;
    gst_event_parse_segment (wait_event (pads[i].name, GST_EVENT_SEGMENT, 0),
        &segment);
    fail_unless_equals_int (segment->format, GST_FORMAT_TIME);
    fail_unless_equals_uint64 (segment->start, 0);
    wait_event (pads[i].name, GST_EVENT_STREAM_COLLECTION, 0);
  }
  wait_message (GST_MESSAGE_STREAM_COLLECTION);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_buffers_keep_zooms_distances)
{
  GstBuffer *audio, *video;
  GstReferenceTimestampMeta *reference;
  GstCustomMeta *participant;
  GstStructure *structure;
  guint64 user_id;

  set_up (NULL);
  play_until_ready ();
  send_audio (0);
  test_server_send_media (f.server, VIDEO, T0 + 33, key_frame,
      sizeof key_frame);
  test_server_send_media (f.server, VIDEO, T0 + 73, delta_frame,
      sizeof delta_frame);
  send_audio (20);

  audio = wait_buffer ("audio", 0);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (audio), 20 * GST_MSECOND);
  fail_unless (GST_BUFFER_FLAG_IS_SET (audio, GST_BUFFER_FLAG_DISCONT));
  fail_unless (gst_buffer_memcmp (audio, 0, audio_packet,
          sizeof audio_packet) == 0);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 1)),
      GST_BUFFER_PTS (audio) + 20 * GST_MSECOND);
  fail_if (GST_BUFFER_FLAG_IS_SET (wait_buffer ("audio", 1),
          GST_BUFFER_FLAG_DISCONT));

  video = wait_buffer ("video", 0);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (video),
      GST_BUFFER_PTS (audio) + 33 * GST_MSECOND);
  fail_if (GST_BUFFER_FLAG_IS_SET (video, GST_BUFFER_FLAG_DELTA_UNIT));
  fail_unless (GST_BUFFER_FLAG_IS_SET (wait_buffer ("video", 1),
          GST_BUFFER_FLAG_DELTA_UNIT));
  fail_unless_equals_uint64 (gst_buffer_get_size (video), sizeof key_frame);

  reference = gst_buffer_get_reference_timestamp_meta (video, NULL);
  fail_unless (reference != NULL);
  fail_unless_equals_uint64 (reference->timestamp,
      (T0 + 33) * GST_MSECOND);
  participant = gst_buffer_get_custom_meta (video,
      "GstRtmsParticipantMeta");
  structure = gst_custom_meta_get_structure (participant);
  fail_unless (gst_structure_get_uint64 (structure, "user-id", &user_id));
  fail_unless_equals_uint64 (user_id, 16778240);
  assert_equals_string (gst_structure_get_string (structure, "user-name"),
      "Ada");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_frames_before_a_key_frame_are_held_back)
{
  set_up (NULL);
  play_until_ready ();
  for (guint i = 0; i < 3; i++)
    test_server_send_media (f.server, VIDEO, T0 + 40 * i, delta_frame,
        sizeof delta_frame);
  test_server_send_media (f.server, VIDEO, T0 + 120, key_frame,
      sizeof key_frame);
  fail_unless_equals_uint64 (gst_buffer_get_size (wait_buffer ("video", 0)),
      sizeof key_frame);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_transcript_stands_where_it_was_said)
{
  GstBuffer *text;
  GstClockTime origin;

  set_up (NULL);
  play_until_ready ();
  for (guint i = 0; i < 100; i++)
    send_audio (20 * i);
  /* start and end in µs, as they were seen */
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":17,\"content\":{"
      "\"user_id\":1,\"user_name\":\"Ada\",\"start_time\":%" G_GINT64_FORMAT
      ",\"end_time\":%" G_GINT64_FORMAT ",\"timestamp\":%" G_GINT64_FORMAT
      ",\"language\":9,\"data\":\"Hello \\u674e\"}}", (T0 + 500) * 1000,
      (T0 + 1750) * 1000, T0 + 2000);
  /* no times at all but that of the message */
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":17,\"content\":{"
      "\"timestamp\":%" G_GINT64_FORMAT ",\"data\":\"Yes\"}}", T0 + 2100);

  origin = GST_BUFFER_PTS (wait_buffer ("audio", 0));
  text = wait_buffer ("transcript", 0);
  fail_unless (gst_buffer_memcmp (text, 0, "Hello 李", 9) == 0);
  fail_unless_equals_uint64 (gst_buffer_get_size (text), 9);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (text),
      origin + 500 * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (text),
      1250 * GST_MSECOND);
  text = wait_buffer ("transcript", 1);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (text),
      origin + 2100 * GST_MSECOND);
  fail_unless (GST_BUFFER_DURATION (text) >= GST_SECOND);
  tear_down ();
}

GST_END_TEST;

static void
send_line (gint64 start, gint64 end)
{
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":17,\"content\":{"
      "\"start_time\":%" G_GINT64_FORMAT ",\"end_time\":%" G_GINT64_FORMAT
      ",\"timestamp\":%" G_GINT64_FORMAT ",\"data\":\"x\"}}", T0 + start,
      T0 + end, T0 + end);
}

static void
check_line (guint index, GstClockTime start, GstClockTime end)
{
  GstClockTime origin = GST_BUFFER_PTS (wait_buffer ("audio", 0));
  GstBuffer *line = wait_buffer ("transcript", index);

  fail_unless_equals_uint64 (GST_BUFFER_PTS (line),
      origin + start * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (line),
      (end - start) * GST_MSECOND);
}

static void
send_overlapping_lines (void)
{
  play_until_ready ();
  send_audio (0);
  send_line (1000, 3000);
  send_line (2000, 4000);       /* begins before the end of the first */
  send_line (2500, 3700);       /* lies within the second */
  send_line (500, 700);         /* was said before all of them */
  send_line (8000, 9000);
}

GST_START_TEST (test_overlapping_lines_wait_for_one_another)
{
  set_up (NULL);
  send_overlapping_lines ();
  check_line (0, 1000, 3000);
  check_line (1, 3000, 4000);
  check_line (2, 4000, 4500);
  check_line (3, 4500, 4700);
  check_line (4, 8000, 9000);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_overlapping_lines_keep_their_time_if_wanted)
{
  set_up (NULL);
  g_object_set (f.src, "text-overlap", TRUE, NULL);
  send_overlapping_lines ();
  check_line (0, 1000, 3000);
  check_line (1, 2000, 4000);
  check_line (2, 2500, 3700);
  check_line (3, 2500, 2700);
  check_line (4, 8000, 9000);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_speaker_names_go_in_front)
{
  GstBuffer *text;

  set_up (NULL);
  g_object_set (f.src, "speaker-names", TRUE, NULL);
  play_until_ready ();
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":17,\"content\":{"
      "\"user_name\":\"Ada\",\"timestamp\":%" G_GINT64_FORMAT ",\"data\":"
      "\"Yes\"}}", T0);
  text = wait_buffer ("transcript", 0);
  fail_unless_equals_uint64 (gst_buffer_get_size (text), 8);
  fail_unless (gst_buffer_memcmp (text, 0, "Ada: Yes", 8) == 0);
  tear_down ();
}

GST_END_TEST;

static void
parse_gap (GstEvent *event, GstClockTime *start, GstClockTime *end)
{
  GstClockTime duration;

  gst_event_parse_gap (event, start, &duration);
  *end = *start + duration;
}

GST_START_TEST (test_silent_pads_get_gaps)
{
  GstClockTime start, end, next_start, next_end, origin;

  set_up (NULL);
  g_object_set (f.src, "gap-interval", 20, "latency", 100, NULL);
  play_until_ready ();
  send_audio (0);
  origin = GST_BUFFER_PTS (wait_buffer ("audio", 0));

  /* one packet of audio, then silence everywhere */
  parse_gap (wait_event ("video", GST_EVENT_GAP, 0), &start, &end);
  fail_unless_equals_uint64 (start, 0);
  parse_gap (wait_event ("video", GST_EVENT_GAP, 1), &next_start, &next_end);
  fail_unless_equals_uint64 (next_start, end);
  fail_unless (next_end > next_start);
  parse_gap (wait_event ("transcript", GST_EVENT_GAP, 0), &start, &end);
  fail_unless_equals_uint64 (start, 0);
  parse_gap (wait_event ("audio", GST_EVENT_GAP, 0), &start, &end);
  fail_unless_equals_uint64 (start, origin + 20 * GST_MSECOND);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_hole_in_audio_is_a_gap_and_a_discont)
{
  GstClockTime start, end, origin;
  GstBuffer *after;

  set_up (NULL);
  play_until_ready ();
  send_audio (0);
  send_audio (20);
  send_audio (500);
  origin = GST_BUFFER_PTS (wait_buffer ("audio", 0));
  after = wait_buffer ("audio", 2);
  fail_unless (GST_BUFFER_FLAG_IS_SET (after, GST_BUFFER_FLAG_DISCONT));
  fail_unless_equals_uint64 (GST_BUFFER_PTS (after),
      origin + 500 * GST_MSECOND);
  parse_gap (wait_event ("audio", GST_EVENT_GAP, 0), &start, &end);
  fail_unless_equals_uint64 (start, origin + 40 * GST_MSECOND);
  fail_unless_equals_uint64 (end, origin + 500 * GST_MSECOND);
  tear_down ();
}

GST_END_TEST;

static void
check_caps (const gchar *name, const gchar *text)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (
      get_capture (name)->pad);
  g_autoptr (GstCaps) expected = gst_caps_from_string (text);

  fail_unless (gst_caps_is_equal (caps, expected), "%" GST_PTR_FORMAT, caps);
}

GST_START_TEST (test_confirmed_parameters_make_the_caps)
{
  static const TestServerAnswers answers = { TEST_SIGNALING_OK,
    "{\"msg_type\":4,\"status_code\":0,\"media_params\":{\"audio\":{"
        "\"sample_rate\":3,\"channel\":2},\"video\":{\"codec\":5,\"fps\":5},"
        "\"transcript\":{\"content_type\":5}}}" };

  set_up (&answers);
  play_until_ready ();
  check_caps ("audio", "audio/x-raw, format=S16LE, layout=interleaved, "
      "rate=48000, channels=2");
  check_caps ("video", "image/jpeg, framerate=5/1");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_latency_is_reported_live)
{
  GstQuery *query = gst_query_new_latency ();
  GstClockTime min, max;
  gboolean live;

  set_up (NULL);
  g_object_set (f.src, "latency", 350, NULL);
  play_until_ready ();
  fail_unless (gst_pad_query (get_capture ("audio")->pad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  fail_unless (live);
  fail_unless_equals_uint64 (min, 350 * GST_MSECOND);
  fail_unless (max >= 90 * GST_SECOND);
  gst_query_unref (query);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_media_wait_for_playing)
{
  set_up (NULL);
  fail_unless_equals_int (gst_element_set_state (f.pipeline,
          GST_STATE_PAUSED), GST_STATE_CHANGE_NO_PREROLL);
  test_server_wait_for (f.server, TEST_SIGNALING, 7, 1);
  for (guint i = 0; i < 10; i++)
    send_audio (20 * i);
  /* an answered keep-alive shows that the audio before it was read */
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (f.server, TEST_MEDIA, 13, 1);
  wait_event ("audio", GST_EVENT_TAG, 0);
  g_mutex_lock (&f.lock);
  fail_unless_equals_int (get_capture ("audio")->buffers->len, 0);
  g_mutex_unlock (&f.lock);
  play ();
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 9)),
      180 * GST_MSECOND);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_terminated_ends_every_pad)
{
  set_up (NULL);
  play_until_ready ();
  send_audio (0);
  test_server_terminate (f.server, 6);
  wait_message (GST_MESSAGE_EOS);
  wait_buffer ("audio", 0);
  wait_event ("audio", GST_EVENT_EOS, 0);
  wait_event ("video", GST_EVENT_EOS, 0);
  wait_event ("transcript", GST_EVENT_EOS, 0);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_closed_sockets_end_every_pad)
{
  set_up (NULL);
  play_until_ready ();
  test_server_close (f.server, TEST_MEDIA, 1000);
  test_server_close (f.server, TEST_SIGNALING, 1000);
  wait_message (GST_MESSAGE_EOS);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_lost_connection_is_a_warning_and_ends_every_pad)
{
  set_up (NULL);
  play_until_ready ();
  send_audio (0);
  test_server_close (f.server, TEST_MEDIA, 1011);
  test_server_close (f.server, TEST_SIGNALING, 1011);
  wait_message (GST_MESSAGE_WARNING);
  wait_message (GST_MESSAGE_EOS);
  wait_buffer ("audio", 0);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_eos_event_closes_the_stream_at_zoom)
{
  set_up (NULL);
  play_until_ready ();
  send_audio (0);
  wait_buffer ("audio", 0);
  fail_unless (gst_element_send_event (f.pipeline, gst_event_new_eos ()));
  test_server_wait_for (f.server, TEST_SIGNALING, 21, 1);
  test_server_send (f.server, TEST_SIGNALING,
      "{\"msg_type\":22,\"rtms_stream_id\":\"756FF58A\",\"status_code\":0}");
  wait_message (GST_MESSAGE_EOS);
  test_server_wait_closed (f.server, TEST_SIGNALING, 1);
  test_server_wait_closed (f.server, TEST_MEDIA, 1);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_eos_event_without_an_answer_ends_all_the_same)
{
  set_up (NULL);
  play_until_ready ();
  gst_element_send_event (f.pipeline, gst_event_new_eos ());
  wait_message (GST_MESSAGE_EOS);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_eos_event_while_connecting_does_not_hang)
{
  static const TestServerAnswers silent = { NULL, NULL };

  set_up (&silent);
  play ();
  test_server_wait_for (f.server, TEST_SIGNALING, 1, 1);
  gst_element_send_event (f.pipeline, gst_event_new_eos ());
  wait_error (GST_RESOURCE_ERROR, "before");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_element_can_be_used_again)
{
  set_up (NULL);
  for (guint run = 1; run <= 3; run++) {
    play ();
    test_server_wait_for (f.server, TEST_SIGNALING, 7, run);
    send_audio (0);
    fail_unless (GST_BUFFER_FLAG_IS_SET (wait_buffer ("audio", 0),
            GST_BUFFER_FLAG_DISCONT));
    gst_element_set_state (f.pipeline,
        run == 2 ? GST_STATE_READY : GST_STATE_NULL);
    fail_unless_equals_int (f.src->numpads, 0);
    test_server_wait_closed (f.server, TEST_SIGNALING, run);
  }
  tear_down ();
}

GST_END_TEST;

/* An application that does not like what it sees, on the network thread. */
static void
stop_in_pad_added (GstElement *src, GstPad *pad, gpointer user_data)
{
  gst_element_set_state (src, GST_STATE_NULL);
  g_mutex_lock (&f.lock);
  f.no_more_pads = TRUE;
  g_cond_broadcast (&f.cond);
  g_mutex_unlock (&f.lock);
}

static GstBusSyncReply
stop_on_collection (GstBus *bus, GstMessage *message, gpointer user_data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_STREAM_COLLECTION)
    stop_in_pad_added (f.src, NULL, NULL);
  return GST_BUS_PASS;
}

static void
wait_stopped (void)
{
  g_mutex_lock (&f.lock);
  while (!f.no_more_pads)
    g_cond_wait (&f.cond, &f.lock);
  g_mutex_unlock (&f.lock);
  test_server_wait_closed (f.server, TEST_SIGNALING, 1);
  fail_unless_equals_int (f.src->numpads, 0);
}

GST_START_TEST (test_stopping_from_within_a_signal)
{
  set_up (NULL);
  g_signal_handlers_disconnect_by_func (f.src, on_pad_added, NULL);
  g_signal_connect (f.src, "pad-added", G_CALLBACK (stop_in_pad_added), NULL);
  play ();
  wait_stopped ();
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_stopping_from_within_a_message)
{
  set_up (NULL);
  gst_bus_set_sync_handler (f.bus, stop_on_collection, NULL, NULL);
  play ();
  wait_stopped ();
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_second_run_begins_at_its_own_time)
{
  set_up (NULL);
  for (guint run = 1; run <= 2; run++) {
    fail_unless_equals_int (gst_element_set_state (f.pipeline,
            GST_STATE_PAUSED), GST_STATE_CHANGE_NO_PREROLL);
    test_server_wait_for (f.server, TEST_SIGNALING, 7, run);
    send_audio (0);
    test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
    test_server_wait_for (f.server, TEST_MEDIA, 13, run);
    play ();
    fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 0)), 0);
    gst_element_set_state (f.pipeline, GST_STATE_READY);
  }
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_video_waits_for_the_backlog_of_audio)
{
  GstClockTime video;

  set_up (NULL);
  play_until_ready ();
  test_server_send_media (f.server, VIDEO, T0 + 10000, key_frame,
      sizeof key_frame);
  for (guint i = 0; i <= 500; i++)
    send_audio (20 * i);
  video = GST_BUFFER_PTS (wait_buffer ("video", 0));
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 500)),
      video);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 0)),
      video - 10 * GST_SECOND);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_video_without_audio_does_not_wait_for_ever)
{
  set_up (NULL);
  play_until_ready ();
  test_server_send_media (f.server, VIDEO, T0, key_frame, sizeof key_frame);
  wait_buffer ("video", 0);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_broken_timestamps_spoil_nothing)
{
  GstClockTime origin;

  set_up (NULL);
  play_until_ready ();
  for (guint i = 0; i < 50; i++) {
    send_audio (20 * i);
    if (i == 10) {
      send_audio (1000000000);
      send_line (1000000000, 1000001000);
    }
  }
  origin = GST_BUFFER_PTS (wait_buffer ("audio", 0));
  for (guint i = 0; i < 50; i++)
    fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", i)),
        origin + 20 * i * GST_MSECOND);
  fail_unless (GST_BUFFER_PTS (wait_buffer ("transcript", 0))
      < 200 * GST_SECOND);
  tear_down ();
}

GST_END_TEST;

static GstPadProbeReturn
fail_flow (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  gst_buffer_unref (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_DATA (info) = NULL;
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_ERROR;
  return GST_PAD_PROBE_HANDLED;
}

GST_START_TEST (test_error_downstream_still_ends_every_pad)
{
  set_up (NULL);
  play_until_ready ();
  wait_event ("audio", GST_EVENT_TAG, 0);
  gst_pad_add_probe (get_capture ("audio")->pad, GST_PAD_PROBE_TYPE_BUFFER,
      fail_flow, NULL, NULL);
  send_audio (0);
  wait_error (GST_STREAM_ERROR, "");
  wait_event ("audio", GST_EVENT_EOS, 0);
  test_server_terminate (f.server, 6);
  wait_message (GST_MESSAGE_EOS);
  tear_down ();
}

GST_END_TEST;

/* Zoom tells who is there already as soon as it is asked. */
GST_START_TEST (test_first_join_is_not_lost)
{
  static const TestServerAnswers answers = { TEST_SIGNALING_OK,
    TEST_MEDIA_OK };

  set_up (&answers);
  gst_util_set_object_arg (G_OBJECT (f.src), "media", "audio+events");
  play ();
  test_server_wait_for (f.server, TEST_SIGNALING, 5, 1);
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":3,\"participants\":[{\"user_id\":1}]}}");
  wait_buffer ("events", 0);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_stopping_while_connecting)
{
  static const TestServerAnswers no_answer = { NULL, NULL };
  static const TestServerAnswers no_media = { TEST_SIGNALING_OK, NULL };

  set_up (&no_answer);
  for (guint i = 0; i < 50; i++) {
    play ();
    gst_element_set_state (f.pipeline, GST_STATE_READY);
  }
  play ();
  test_server_wait_for (f.server, TEST_SIGNALING, 1, 1);
  tear_down ();

  set_up (&no_media);
  play ();
  test_server_wait_for (f.server, TEST_MEDIA, 3, 1);
  gst_element_set_state (f.pipeline, GST_STATE_READY);
  test_server_wait_closed (f.server, TEST_MEDIA, 1);
  tear_down ();
}

GST_END_TEST;

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

static void
link_audio_alone (GstElement *src, GstPad *pad, gpointer user_data)
{
  f.link = g_str_equal (GST_PAD_NAME (pad), "audio");
}

GST_START_TEST (test_unlinked_pads_drop_and_go_on)
{
  set_up (NULL);
  g_signal_handlers_disconnect_by_func (f.src, on_pad_added, NULL);
  g_signal_connect (f.src, "pad-added", G_CALLBACK (link_audio_alone), NULL);
  g_signal_connect (f.src, "pad-added", G_CALLBACK (on_pad_added), NULL);
  play_until_ready ();
  for (guint i = 0; i < 50; i++) {
    test_server_send_media (f.server, VIDEO, T0 + 40 * i, key_frame,
        sizeof key_frame);
    send_audio (40 * i);
  }
  wait_buffer ("audio", 49);
  wait_buffer ("video", 49);
  fail_unless (gst_bus_pop_filtered (f.bus, GST_MESSAGE_ERROR) == NULL);
  tear_down ();
}

GST_END_TEST;

/* Blocks what comes to a pad until the test is over. */
GST_START_TEST (test_blocked_pad_holds_up_nothing_else)
{
  g_autoptr (GstStructure) stats = NULL;
  g_autoptr (GstStructure) video_stats = NULL;
  guint64 dropped, received;
  gulong block;

  set_up (NULL);
  g_object_set (f.src, "max-queue-time", GST_SECOND, NULL);
  play_until_ready ();
  wait_event ("video", GST_EVENT_TAG, 0);
  block = gst_pad_add_probe (get_capture ("video")->pad,
      GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, NULL, NULL, NULL);
  for (guint i = 0; i < 200; i++) {
    if (i % 10 == 0)
      test_server_send_media (f.server, VIDEO, T0 + 20 * i, key_frame,
          sizeof key_frame);
    else
      test_server_send_media (f.server, VIDEO, T0 + 20 * i, delta_frame,
          sizeof delta_frame);
    send_audio (20 * i);
    wait_buffer ("audio", i);
  }

  g_object_get (f.src, "stats", &stats, NULL);
  fail_unless (gst_structure_get (stats, "video", GST_TYPE_STRUCTURE,
          &video_stats, NULL));
  fail_unless (gst_structure_get_uint64 (video_stats, "buffers",
          &received));
  fail_unless_equals_uint64 (received, 200);
  fail_unless (gst_structure_get_uint64 (video_stats, "dropped", &dropped));
  fail_unless (dropped >= 100 && dropped <= 160, "%" G_GUINT64_FORMAT,
      dropped);
  wait_message (GST_MESSAGE_WARNING);

  /* what follows the hole says so, and begins with a key frame */
  gst_pad_remove_probe (get_capture ("video")->pad, block);
  test_server_terminate (f.server, 6);
  wait_event ("video", GST_EVENT_EOS, 0);
  {
    Capture *video = get_capture ("video");
    gboolean found = FALSE;

    for (guint i = 1; i < video->buffers->len; i++) {
      GstBuffer *buffer = g_ptr_array_index (video->buffers, i);

      if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT)) {
        fail_if (GST_BUFFER_FLAG_IS_SET (buffer,
                GST_BUFFER_FLAG_DELTA_UNIT));
        found = TRUE;
      }
    }
    fail_unless (found);
  }
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_bad_messages_are_left_out_and_counted)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 malformed, unexpected;

  set_up (NULL);
  play_until_ready ();
  send_audio (0);
  test_server_send (f.server, TEST_MEDIA, "not json");
  test_server_send (f.server, TEST_MEDIA, "[1,2]");
  test_server_send (f.server, TEST_MEDIA,
      "{\"msg_type\":14,\"content\":{\"data\":\"!!!!\"}}");
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":4711}");
  test_server_send (f.server, TEST_MEDIA,
      "{\"msg_type\":18,\"content\":{\"data\":\"not asked for\"}}");
  send_audio (20);
  wait_buffer ("audio", 1);
  g_object_get (f.src, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, "malformed", &malformed));
  fail_unless_equals_uint64 (malformed, 3);
  fail_unless (gst_structure_get_uint64 (stats, "unexpected", &unexpected));
  fail_unless_equals_uint64 (unexpected, 2);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_events_pad_gives_lines_of_json)
{
  GstBuffer *buffer;

  set_up (NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "media", "audio+events");
  play_until_ready ();
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\n\"event\":{"
      "\"event_type\":2,\"user_id\":1,\"user_name\":\"Ada\"}}");
  buffer = wait_buffer ("events", 0);
  fail_unless (gst_buffer_memcmp (buffer, 0, "{\"msg_type\":6, \"event\":{"
          "\"event_type\":2,\"user_id\":1,\"user_name\":\"Ada\"}}\n",
          gst_buffer_get_size (buffer)) == 0);
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

static Suite *
rtmssrc_suite (void)
{
  Suite *suite = suite_create ("rtmssrc");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_pads_come_with_sticky_events);
  tcase_add_test (tc, test_buffers_keep_zooms_distances);
  tcase_add_test (tc, test_frames_before_a_key_frame_are_held_back);
  tcase_add_test (tc, test_transcript_stands_where_it_was_said);
  tcase_add_test (tc, test_overlapping_lines_wait_for_one_another);
  tcase_add_test (tc, test_overlapping_lines_keep_their_time_if_wanted);
  tcase_add_test (tc, test_speaker_names_go_in_front);
  tcase_add_test (tc, test_silent_pads_get_gaps);
  tcase_add_test (tc, test_hole_in_audio_is_a_gap_and_a_discont);
  tcase_add_test (tc, test_confirmed_parameters_make_the_caps);
  tcase_add_test (tc, test_latency_is_reported_live);
  tcase_add_test (tc, test_media_wait_for_playing);
  tcase_add_test (tc, test_terminated_ends_every_pad);
  tcase_add_test (tc, test_closed_sockets_end_every_pad);
  tcase_add_test (tc, test_lost_connection_is_a_warning_and_ends_every_pad);
  tcase_add_test (tc, test_eos_event_closes_the_stream_at_zoom);
  tcase_add_test (tc, test_eos_event_without_an_answer_ends_all_the_same);
  tcase_add_test (tc, test_eos_event_while_connecting_does_not_hang);
  tcase_add_test (tc, test_element_can_be_used_again);
  tcase_add_test (tc, test_stopping_while_connecting);
  tcase_add_test (tc, test_stopping_from_within_a_signal);
  tcase_add_test (tc, test_stopping_from_within_a_message);
  tcase_add_test (tc, test_second_run_begins_at_its_own_time);
  tcase_add_test (tc, test_video_waits_for_the_backlog_of_audio);
  tcase_add_test (tc, test_video_without_audio_does_not_wait_for_ever);
  tcase_add_test (tc, test_broken_timestamps_spoil_nothing);
  tcase_add_test (tc, test_error_downstream_still_ends_every_pad);
  tcase_add_test (tc, test_first_join_is_not_lost);
  tcase_add_test (tc, test_refused_signature_says_what_to_check);
  tcase_add_test (tc, test_refused_parameters_are_a_settings_error);
  tcase_add_test (tc, test_server_gone_while_connecting);
  tcase_add_test (tc, test_server_not_there);
  tcase_add_test (tc, test_foreign_media_url_is_refused);
  tcase_add_test (tc, test_bad_settings_are_refused_before_connecting);
  tcase_add_test (tc, test_missing_settings_are_named);
  tcase_add_test (tc, test_credentials_come_from_the_environment);
  tcase_add_test (tc, test_nothing_linked_is_an_error);
  tcase_add_test (tc, test_unlinked_pads_drop_and_go_on);
  tcase_add_test (tc, test_blocked_pad_holds_up_nothing_else);
  tcase_add_test (tc, test_bad_messages_are_left_out_and_counted);
  tcase_add_test (tc, test_events_pad_gives_lines_of_json);
  tcase_add_test (tc, test_secret_cannot_be_read_back);
  return suite;
}

GST_CHECK_MAIN (rtmssrc);
