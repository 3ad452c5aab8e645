/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc: what comes out of the pads */

#include "fixture.h"

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
  GstClockTime start, end, next, origin;
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
  /* it may come in two, as what is behind the hole waits for a while */
  parse_gap (wait_event ("audio", GST_EVENT_GAP, 0), &start, &end);
  fail_unless_equals_uint64 (start, origin + 40 * GST_MSECOND);
  if (end < origin + 500 * GST_MSECOND) {
    parse_gap (wait_event ("audio", GST_EVENT_GAP, 1), &start, &next);
    fail_unless_equals_uint64 (start, end);
    end = next;
  }
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

/* Some senders take "RTP" for another word for raw audio. */
GST_START_TEST (test_first_packet_tells_whether_it_is_rtp)
{
  static const guint8 raw[160] = { 0x80, 8 };
  static const guint8 rtp[172] = { 0x80, 8, 0, 1 };

  for (guint i = 0; i < 2; i++) {
    set_up (NULL);
    gst_util_set_object_arg (G_OBJECT (f.src), "audio-codec", "g711");
    gst_util_set_object_arg (G_OBJECT (f.src), "audio-transport", "rtp");
    g_object_set (f.src, "audio-rate", 8000, NULL);
    play_until_ready ();
    fail_if (g_hash_table_contains (f.captures, "audio"));
    fail_if (f.no_more_pads);
    test_server_send_media (f.server, AUDIO, T0, i ? rtp : raw,
        i ? sizeof rtp : sizeof raw);
    test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
    test_server_wait_for (f.server, TEST_MEDIA, 13, 1);
    fail_unless (f.no_more_pads);
    wait_buffer ("audio", 0);
    check_caps ("audio", i ? "application/x-rtp, media=audio, payload=8, "
        "clock-rate=8000, encoding-name=PCMA"
        : "audio/x-alaw, rate=8000, channels=1");
    tear_down ();
  }
}

GST_END_TEST;

GST_START_TEST (test_text_can_be_lines_of_json)
{
  static const gchar line[] = "{\"msg_type\":17, \"content\":{\"user_id\":1,"
      "\"timestamp\":1738392033699,\"data\":\"Yes\"}}\n";

  set_up (NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "text-format", "json");
  play_until_ready ();
  check_caps ("transcript", "application/x-json");
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":17,\n\"content\":{"
      "\"user_id\":1,\"timestamp\":1738392033699,\"data\":\"Yes\"}}");
  fail_unless (gst_buffer_memcmp (wait_buffer ("transcript", 0), 0, line,
          sizeof line - 1) == 0);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_participant_is_chosen_and_changed)
{
  set_up (NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "video-mode", "participant");
  g_object_set (f.src, "video-user-id", G_GUINT64_CONSTANT (16778240), NULL);
  play_until_ready ();
  test_server_wait_for (f.server, TEST_SIGNALING, 28, 1);
  test_server_send_media (f.server, VIDEO, T0, key_frame, sizeof key_frame);
  test_server_send_media (f.server, VIDEO, T0 + 40, delta_frame,
      sizeof delta_frame);
  wait_buffer ("video", 1);

  /* the rest of the old picture's frames is of no use */
  g_object_set (f.src, "video-user-id", G_GUINT64_CONSTANT (16779264), NULL);
  test_server_wait_for (f.server, TEST_SIGNALING, 28, 2);
  test_server_send_media (f.server, VIDEO, T0 + 80, delta_frame,
      sizeof delta_frame);
  test_server_send_media (f.server, VIDEO, T0 + 120, key_frame,
      sizeof key_frame);
  fail_unless_equals_uint64 (gst_buffer_get_size (wait_buffer ("video", 2)),
      sizeof key_frame);
  fail_unless (GST_BUFFER_FLAG_IS_SET (wait_buffer ("video", 2),
          GST_BUFFER_FLAG_DISCONT));

  test_server_send (f.server, TEST_SIGNALING,
      "{\"msg_type\":29,\"user_id\":16779264,\"status_code\":4}");
  wait_message (GST_MESSAGE_WARNING);
  tear_down ();
}

GST_END_TEST;

static void
send_voice (guint64 user_id, const gchar *name, gint64 offset)
{
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":14,\"content\":{"
      "\"user_id\":%" G_GUINT64_FORMAT ",\"user_name\":\"%s\",\"data\":"
      "\"AAECAw==\",\"timestamp\":%" G_GINT64_FORMAT "}}", user_id, name,
      T0 + offset);
}

static void
wait_until_read (guint times)
{
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (f.server, TEST_MEDIA, 13, times);
}

static void
on_pad_removed (GstElement *src, GstPad *pad, gpointer user_data)
{
  g_mutex_lock (&f.lock);
  (*(guint *) user_data)++;
  g_cond_broadcast (&f.cond);
  g_mutex_unlock (&f.lock);
}

GST_START_TEST (test_participants_have_pads_of_their_own)
{
  g_autofree gchar *title = NULL;
  GstTagList *tags;
  guint removed = 0;

  set_up (NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "audio-mode", "participants");
  g_signal_connect (f.src, "pad-removed", G_CALLBACK (on_pad_removed),
      &removed);
  play_until_ready ();
  wait_event ("video", GST_EVENT_TAG, 0);
  fail_unless (f.no_more_pads);
  fail_if (g_hash_table_contains (f.captures, "audio"));

  send_voice (16778240, "Ada", 0);
  send_voice (16779264, "Bob", 0);
  send_voice (16778240, "Ada", 20);
  send_voice (16779264, "Bob", 40);
  wait_until_read (1);
  wait_buffer ("audio_16778240", 1);
  wait_buffer ("audio_16779264", 1);
  fail_unless_equals_uint64 (
      GST_BUFFER_PTS (wait_buffer ("audio_16778240", 0)),
      GST_BUFFER_PTS (wait_buffer ("audio_16779264", 0)));
  gst_event_parse_tag (wait_event ("audio_16779264", GST_EVENT_TAG, 0),
      &tags);
  fail_unless (gst_tag_list_get_string (tags, GST_TAG_TITLE, &title));
  assert_equals_string (title, "Bob");

  /* whoever leaves takes the pad along, the others stay */
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":4,\"participants\":[{\"user_id\":16778240},"
      "{\"user_id\":4711}]}}");
  g_mutex_lock (&f.lock);
  while (removed < 1)
    g_cond_wait (&f.cond, &f.lock);
  g_mutex_unlock (&f.lock);
  wait_event ("audio_16778240", GST_EVENT_EOS, 0);
  send_voice (16779264, "Bob", 60);
  wait_buffer ("audio_16779264", 2);

  /* and comes back with a new one */
  send_voice (16778240, "Ada", 80);
  wait_until_read (2);
  wait_buffer ("audio_16778240", 0);
  test_server_terminate (f.server, 6);
  wait_message (GST_MESSAGE_EOS);
  tear_down ();
}

GST_END_TEST;

/* Muxers wait for what they are linked to. */
GST_START_TEST (test_listed_participants_have_pads_all_the_time)
{
  set_up (NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "audio-mode", "participants");
  g_object_set (f.src, "audio-participants", "16778240, 16779264,16778240",
      "fill-silence", TRUE, NULL);
  play_until_ready ();
  fail_unless (f.no_more_pads);
  check_caps ("audio_16778240", "audio/x-raw, format=S16LE, "
      "layout=interleaved, rate=16000, channels=1");
  fail_unless (g_hash_table_contains (f.captures, "audio_16779264"));

  /* one speaks, leaves and comes back; the other is never heard */
  send_voice (16778240, "Ada", 0);
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":4,\"participants\":[{\"user_id\":16778240}]}}");
  send_voice (16778240, "Ada", 3000);
  send_voice (16778240, "Ada", 3020);
  wait_until_read (1);
  for (guint i = 0, heard = 0; heard < 3; i++)
    heard += gst_buffer_memcmp (wait_buffer ("audio_16778240", i), 0,
        "\0\1\2\3", 4) == 0;
  test_server_terminate (f.server, 6);
  wait_message (GST_MESSAGE_EOS);
  wait_event ("audio_16779264", GST_EVENT_EOS, 0);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio_16779264",
              0)), 0);
  tear_down ();
}

GST_END_TEST;

/* A server that ends a stream may close the media's connection first. */
GST_START_TEST (test_silence_stands_up_to_an_end_behind_a_lost_connection)
{
  set_up (NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "audio-mode", "participants");
  g_object_set (f.src, "audio-participants", "16778240,16779264",
      "fill-silence", TRUE, NULL);
  play_until_ready ();
  send_voice (16778240, "Ada", 0);
  send_voice (16778240, "Ada", 20);
  wait_until_read (1);
  test_server_close (f.server, TEST_MEDIA, 1001);
  wait_message (GST_MESSAGE_INFO);
  test_server_terminate (f.server, 6);
  wait_message (GST_MESSAGE_EOS);
  wait_event ("audio_16779264", GST_EVENT_EOS, 0);
  fail_unless (get_capture ("audio_16779264")->buffers->len > 0);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_list_of_participants_is_checked)
{
  static const struct {
    const gchar *mode;
    const gchar *list;
    const gchar *named;
  } lists[] = {
    { "participants", "16778240,Ada", "\"Ada\" is no user id" },
    { "participants", "0", "\"0\" is no user id" },
    { "mixed", "16778240", "audio-mode=participants" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    set_up (NULL);
    gst_util_set_object_arg (G_OBJECT (f.src), "audio-mode", lists[i].mode);
    g_object_set (f.src, "audio-participants", lists[i].list, NULL);
    fail_unless_equals_int (gst_element_set_state (f.pipeline,
            GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
    fail_unless_equals_int (wait_error (GST_RESOURCE_ERROR, lists[i].named),
        GST_RESOURCE_ERROR_SETTINGS);
    tear_down ();
  }
}

GST_END_TEST;

GST_START_TEST (test_latency_is_reported_live)
{
  GstQuery *query = gst_query_new_latency ();
  GstClockTime min, max;
  gboolean live;

  set_up (NULL);
  g_object_set (f.src, "latency", 350, "context-wait", 20, NULL);
  play_until_ready ();
  fail_unless (gst_pad_query (get_capture ("audio")->pad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  fail_unless (live);
  fail_unless_equals_uint64 (min, 370 * GST_MSECOND);
  fail_unless (max >= 90 * GST_SECOND);
  gst_query_unref (query);
  tear_down ();
}

GST_END_TEST;

/* Each packet is sent when the one before has come, so each needs a look of its
 * own. */
GST_START_TEST (test_sockets_are_read_at_intervals)
{
  gint64 begin;

  set_up (NULL);
  g_object_set (f.src, "startup-backlog", FALSE, "context-wait", 50, NULL);
  play_until_ready ();
  begin = g_get_monotonic_time ();
  for (guint i = 0; i < 5; i++) {
    test_server_send_media (f.server, AUDIO, T0 + 20 * i, audio_packet,
        sizeof audio_packet);
    wait_buffer ("audio", i);
  }
  fail_unless (g_get_monotonic_time () - begin
      >= 4 * 50 * G_TIME_SPAN_MILLISECOND);
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

static Suite *
pads_suite (void)
{
  Suite *suite = suite_create ("pads");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_pads_come_with_sticky_events);
  tcase_add_test (tc, test_buffers_keep_zooms_distances);
  tcase_add_test (tc, test_frames_before_a_key_frame_are_held_back);
  tcase_add_test (tc, test_silent_pads_get_gaps);
  tcase_add_test (tc, test_hole_in_audio_is_a_gap_and_a_discont);
  tcase_add_test (tc, test_confirmed_parameters_make_the_caps);
  tcase_add_test (tc, test_first_packet_tells_whether_it_is_rtp);
  tcase_add_test (tc, test_text_can_be_lines_of_json);
  tcase_add_test (tc, test_participant_is_chosen_and_changed);
  tcase_add_test (tc, test_participants_have_pads_of_their_own);
  tcase_add_test (tc, test_listed_participants_have_pads_all_the_time);
  tcase_add_test (tc,
      test_silence_stands_up_to_an_end_behind_a_lost_connection);
  tcase_add_test (tc, test_list_of_participants_is_checked);
  tcase_add_test (tc, test_latency_is_reported_live);
  if (WITH_EPOLL)
    tcase_add_test (tc, test_sockets_are_read_at_intervals);
  tcase_add_test (tc, test_unlinked_pads_drop_and_go_on);
  tcase_add_test (tc, test_blocked_pad_holds_up_nothing_else);
  tcase_add_test (tc, test_bad_messages_are_left_out_and_counted);
  tcase_add_test (tc, test_events_pad_gives_lines_of_json);
  tcase_add_test (tc, test_first_join_is_not_lost);
  tcase_add_test (tc, test_video_waits_for_the_backlog_of_audio);
  tcase_add_test (tc, test_video_without_audio_does_not_wait_for_ever);
  tcase_add_test (tc, test_broken_timestamps_spoil_nothing);
  tcase_add_test (tc, test_transcript_stands_where_it_was_said);
  tcase_add_test (tc, test_overlapping_lines_wait_for_one_another);
  tcase_add_test (tc, test_overlapping_lines_keep_their_time_if_wanted);
  tcase_add_test (tc, test_speaker_names_go_in_front);
  return suite;
}

GST_CHECK_MAIN (pads);
