/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc: starting, stopping, ending */

#include "fixture.h"

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
  g_object_set (f.src, "reconnect", FALSE, NULL);
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

static guint64
get_interruptions (void)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 interruptions;

  g_object_get (f.src, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, "interruptions",
          &interruptions));
  return interruptions;
}

GST_START_TEST (test_lost_media_connection_is_taken_up_again)
{
  GstClockTime origin;

  set_up (NULL);
  play_until_ready ();
  send_audio (0);
  test_server_send_media (f.server, VIDEO, T0, key_frame, sizeof key_frame);
  origin = GST_BUFFER_PTS (wait_buffer ("audio", 0));
  test_server_close (f.server, TEST_MEDIA, 1011);
  test_server_wait_closed (f.server, TEST_MEDIA, 1);

  /* Zoom says so, too, and that makes it happen at once */
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":7,\"timestamp\":1}}");
  test_server_wait_for (f.server, TEST_MEDIA, 3, 2);
  test_server_wait_for (f.server, TEST_SIGNALING, 7, 2);

  /* what was kept meanwhile keeps its time; frames wait for a key frame */
  test_server_send_media (f.server, VIDEO, T0 + 1960, delta_frame,
      sizeof delta_frame);
  test_server_send_media (f.server, VIDEO, T0 + 2000, key_frame,
      sizeof key_frame);
  send_audio (1000);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", 1)),
      origin + GST_SECOND);
  fail_unless (GST_BUFFER_FLAG_IS_SET (wait_buffer ("audio", 1),
          GST_BUFFER_FLAG_DISCONT));
  wait_event ("audio", GST_EVENT_GAP, 0);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("video", 1)),
      origin + 2 * GST_SECOND);
  fail_unless (GST_BUFFER_FLAG_IS_SET (wait_buffer ("video", 1),
          GST_BUFFER_FLAG_DISCONT));
  fail_unless_equals_int (f.src->numpads, 3);
  fail_unless_equals_uint64 (get_interruptions (), 1);
  fail_unless (gst_bus_pop_filtered (f.bus, GST_MESSAGE_EOS
          | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING) == NULL);
  test_server_terminate (f.server, 6);
  wait_message (GST_MESSAGE_EOS);
  tear_down ();
}

GST_END_TEST;

/* This one waits for Zoom's back-off, three seconds. */
GST_START_TEST (test_lost_signaling_connection_is_taken_up_again)
{
  set_up (NULL);
  play_until_ready ();
  send_audio (0);
  wait_buffer ("audio", 0);
  test_server_close (f.server, TEST_SIGNALING, 1011);
  test_server_wait_for (f.server, TEST_SIGNALING, 1, 2);
  test_server_wait_for (f.server, TEST_SIGNALING, 7, 2);
  send_audio (4000);
  wait_buffer ("audio", 1);
  fail_unless_equals_int (f.src->numpads, 3);
  fail_unless_equals_uint64 (get_interruptions (), 1);
  test_server_terminate (f.server, 6);
  wait_message (GST_MESSAGE_EOS);
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

/* What an application does with the webhooks that it gets. */
GST_START_TEST (test_webhook_ends_the_stream)
{
  static const gchar stopped[] = "{\"event\":\"meeting.rtms_stopped\","
      "\"payload\":{\"meeting_uuid\":\"m\",\"rtms_stream_id\":\"%s\","
      "\"stop_reason\":6}}";
  g_autofree gchar *foreign = g_strdup_printf (stopped, "other");
  g_autofree gchar *own = g_strdup_printf (stopped, "756FF58A");
  g_autofree gchar *payload = NULL;
  gboolean taken = TRUE;

  set_up (NULL);
  g_signal_emit_by_name (f.src, "update-payload", own, &taken);
  fail_if (taken, "nothing runs");
  play_until_ready ();
  g_signal_emit_by_name (f.src, "update-payload", foreign, &taken);
  fail_if (taken);
  g_signal_emit_by_name (f.src, "update-payload", "{", &taken);
  fail_if (taken);
  /* Zoom repeats webhooks */
  payload = test_server_get_payload (f.server);
  g_signal_emit_by_name (f.src, "update-payload", payload, &taken);
  fail_unless (taken);
  send_audio (0);
  wait_buffer ("audio", 0);
  g_signal_emit_by_name (f.src, "update-payload", own, &taken);
  fail_unless (taken);
  wait_message (GST_MESSAGE_EOS);
  fail_unless_equals_int (test_server_count (f.server, TEST_SIGNALING, 1),
      1);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_action_closes_the_stream)
{
  gboolean done = FALSE;

  set_up (NULL);
  play_until_ready ();
  g_signal_emit_by_name (f.src, "close-stream", &done);
  fail_unless (done);
  test_server_wait_for (f.server, TEST_SIGNALING, 21, 1);
  wait_message (GST_MESSAGE_EOS);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_progress_is_told_while_connecting)
{
  static const GstProgressType expected[] = { GST_PROGRESS_TYPE_START,
    GST_PROGRESS_TYPE_CONTINUE, GST_PROGRESS_TYPE_CONTINUE,
    GST_PROGRESS_TYPE_COMPLETE };

  set_up (NULL);
  play ();
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (f.bus,
        BUS_TIMEOUT, GST_MESSAGE_PROGRESS | GST_MESSAGE_ERROR);
    GstProgressType type;

    fail_unless_equals_int (GST_MESSAGE_TYPE (message),
        GST_MESSAGE_PROGRESS);
    gst_message_parse_progress (message, &type, NULL, NULL);
    fail_unless_equals_int (type, expected[i]);
  }
  tear_down ();
}

GST_END_TEST;

static Suite *
lifecycle_suite (void)
{
  Suite *suite = suite_create ("lifecycle");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_media_wait_for_playing);
  tcase_add_test (tc, test_terminated_ends_every_pad);
  tcase_add_test (tc, test_closed_sockets_end_every_pad);
  tcase_add_test (tc, test_lost_connection_is_a_warning_and_ends_every_pad);
  tcase_add_test (tc, test_lost_media_connection_is_taken_up_again);
  tcase_add_test (tc, test_lost_signaling_connection_is_taken_up_again);
  tcase_add_test (tc, test_eos_event_closes_the_stream_at_zoom);
  tcase_add_test (tc, test_eos_event_without_an_answer_ends_all_the_same);
  tcase_add_test (tc, test_eos_event_while_connecting_does_not_hang);
  tcase_add_test (tc, test_element_can_be_used_again);
  tcase_add_test (tc, test_stopping_from_within_a_signal);
  tcase_add_test (tc, test_stopping_from_within_a_message);
  tcase_add_test (tc, test_second_run_begins_at_its_own_time);
  tcase_add_test (tc, test_error_downstream_still_ends_every_pad);
  tcase_add_test (tc, test_stopping_while_connecting);
  tcase_add_test (tc, test_webhook_ends_the_stream);
  tcase_add_test (tc, test_action_closes_the_stream);
  tcase_add_test (tc, test_progress_is_told_while_connecting);
  return suite;
}

GST_CHECK_MAIN (lifecycle);
