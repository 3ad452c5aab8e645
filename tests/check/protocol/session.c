/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The life of a stream, from its first connection to its end */

#include "sessionfixture.h"

GST_START_TEST (test_stream_opens_in_the_documented_order)
{
  start ();
  expect ("connect 0 ws://127.0.0.1/signal\n");
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  expect ("send 0 handshake 1 meeting stream signature backlog\n");
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  expect ("connect 1 ws://127.0.0.1/all\n");
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  expect ("send 1 media handshake 1 type 3 for 3\n");
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  expect ("confirmed 3 audio 16000 video 7\nsend 0 subscribe 7\n"
      "send 0 type 7 stream\n");
  fail_unless (receive_media (RTMS_MEDIA_AUDIO));
  fail_unless (receive_media (RTMS_MEDIA_VIDEO));
  expect ("media 0\nmedia 1\n");
}

GST_END_TEST;

GST_START_TEST (test_all_media_travel_as_one_type)
{
  config.params.kinds = RTMS_MEDIA_ALL_BITS;
  config.startup_backlog = FALSE;
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  expect ("connect 0 ws://127.0.0.1/signal\n"
      "send 0 handshake 1 meeting stream signature live\n"
      "connect 1 ws://127.0.0.1/all\n"
      "send 1 media handshake 1 type 32 for 31\n");
}

GST_END_TEST;

GST_START_TEST (test_split_layout_goes_on_without_one_medium)
{
  open_split ();
  rtms_session_socket_closed (session, RTMS_SOCKET_MEDIA, 1000, NULL, now);
  expect ("medium ended 1\n");
  rtms_session_advance (session, now + 10 * SECOND);
  expect ("");
  receive_stream_state (RTMS_SOCKET_SIGNALING, 4, 6);
  rtms_session_socket_closed (session, RTMS_SOCKET_MEDIA + 1, 1000, NULL,
      now);
  expect ("event 8\ndisconnect 0\nended 6\n");
}

GST_END_TEST;

GST_START_TEST (test_medium_without_a_server_is_left_out)
{
  config.split = TRUE;
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  receive_split_urls (RTMS_MEDIA_AUDIO);
  expect ("connect 3 ws://127.0.0.1/1\n");
}

GST_END_TEST;

GST_START_TEST (test_split_layout_needs_an_offer)
{
  config.split = TRUE;
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  expect ("connect 1 ws://127.0.0.1/all\n");
  g_clear_pointer (&session, rtms_session_free);

  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, NULL, 0);
  expect ("disconnect 0\nfailed 3 status -1\n");
}

GST_END_TEST;

GST_START_TEST (test_split_layout_waits_for_every_answer)
{
  config.split = TRUE;
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  receive_split_urls (-1);
  expect ("connect 2 ws://127.0.0.1/0\nconnect 3 ws://127.0.0.1/1\n");
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA, now);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA + 1, now);
  expect ("send 2 media handshake 1 type 1 for 1\n"
      "send 3 media handshake 1 type 2 for 2\n");
  receive_answer (RTMS_SOCKET_MEDIA + 1, 4, 0, NULL, 0);
  expect ("");
  receive_answer (RTMS_SOCKET_MEDIA, 4, 0, NULL, 0);
  expect ("confirmed 3 audio 16000 video 7\nsend 0 subscribe 7\n"
      "send 0 type 7 stream\n");
}

GST_END_TEST;

GST_START_TEST (test_media_that_zoom_leaves_out_are_not_confirmed)
{
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  forget ();
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL,
      RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO));
  expect ("confirmed 1 audio 16000 video 0\nsend 0 subscribe 7\n"
      "send 0 type 7 stream\n");
  fail_if (receive_media (RTMS_MEDIA_VIDEO));
  expect ("");
}

GST_END_TEST;

GST_START_TEST (test_refused_signature_fails_with_its_status)
{
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 3, NULL, 0);
  expect ("disconnect 0\nfailed 6 status 3\n");
  fail_unless_equals_int64 (rtms_session_get_deadline (session), G_MAXINT64);
}

GST_END_TEST;

GST_START_TEST (test_refusal_may_be_a_reason_alone)
{
  RtmsMessage message;

  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  rtms_message_init (&message, 2);
  message.reason_text = (gchar *) "denied";
  rtms_session_receive (session, RTMS_SOCKET_SIGNALING, &message, now);
  expect ("disconnect 0\nfailed 6 status -1\n");
  g_clear_pointer (&session, rtms_session_free);

  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  message.reason_text = (gchar *) "INVALID_SIGNATURE";
  rtms_session_receive (session, RTMS_SOCKET_SIGNALING, &message, now);
  expect ("disconnect 0\nfailed 6 status 3\n");
  g_clear_pointer (&session, rtms_session_free);

  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  message.reason_text = (gchar *) "";
  rtms_session_receive (session, RTMS_SOCKET_SIGNALING, &message, now);
  /* an empty one is none; what is missing then is a media server */
  expect ("disconnect 0\nfailed 3 status -1\n");
}

GST_END_TEST;

GST_START_TEST (test_silent_close_in_the_handshake_means_the_signature)
{
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  rtms_session_socket_closed (session, RTMS_SOCKET_SIGNALING, 1000, NULL,
      now);
  expect ("failed 6 status 3\n");
}

GST_END_TEST;

GST_START_TEST (test_refused_media_handshake_fails)
{
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  forget ();
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 20, NULL, 0);
  expect ("disconnect 1\ndisconnect 0\nfailed 6 status 20\n");
}

GST_END_TEST;

GST_START_TEST (test_foreign_urls_are_never_connected_to)
{
  urls[0] = (gchar *) "wss://evil.example.org/";
  start ();
  expect ("failed 1 status -1\n");
  g_clear_pointer (&session, rtms_session_free);

  urls[0] = (gchar *) "ws://127.0.0.1/signal";
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "wss://evil.example.org/",
      0);
  expect ("disconnect 0\nfailed 1 status -1\n");
}

GST_END_TEST;

GST_START_TEST (test_next_url_is_tried_when_one_cannot_be_reached)
{
  g_autoptr (GError) error = g_error_new (RTMS_ERROR, RTMS_ERROR_CONNECT,
      "no");

  urls[1] = (gchar *) "ws://localhost/second";
  start ();
  forget ();
  rtms_session_socket_closed (session, RTMS_SOCKET_SIGNALING, 1006, error,
      now);
  expect ("connect 0 ws://localhost/second\n");
  rtms_session_socket_closed (session, RTMS_SOCKET_SIGNALING, 1006, error,
      now);
  expect ("failed 4 status -1\n");
}

GST_END_TEST;

GST_START_TEST (test_answers_are_waited_for_only_so_long)
{
  start ();
  fail_unless_equals_int64 (rtms_session_get_deadline (session),
      now + 10 * SECOND);
  now += 3 * SECOND;
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  fail_unless_equals_int64 (rtms_session_get_deadline (session),
      now + 10 * SECOND);
  forget ();
  rtms_session_advance (session, now + 10 * SECOND - 1);
  expect ("");
  rtms_session_advance (session, now + 10 * SECOND);
  expect ("disconnect 0\nfailed 7 status -1\n");
}

GST_END_TEST;

GST_START_TEST (test_keep_alives_are_echoed_on_their_socket)
{
  RtmsMessage message;

  open_stream ();
  rtms_message_init (&message, RTMS_MESSAGE_KEEP_ALIVE_REQ);
  message.has_timestamp = TRUE;
  message.timestamp = 77;
  rtms_session_receive (session, RTMS_SOCKET_MEDIA_ALL, &message, now);
  message.has_timestamp = FALSE;
  message.timestamp = 0;
  rtms_session_receive (session, RTMS_SOCKET_SIGNALING, &message, now);
  expect ("send 1 alive 77\nsend 0 alive 0 none\n");
}

GST_END_TEST;

GST_START_TEST (test_silence_is_a_loss)
{
  open_stream ();
  now += 60 * SECOND;
  receive_media (RTMS_MEDIA_AUDIO);
  forget ();
  rtms_session_advance (session, 1000 + 65 * SECOND);
  expect ("disconnect 0\n");
  rtms_session_advance (session, rtms_session_get_deadline (session));
  expect ("disconnect 1\nended 0 lost\n");
}

GST_END_TEST;

GST_START_TEST (test_terminated_waits_for_media_on_their_way)
{
  open_stream ();
  receive_stream_state (RTMS_SOCKET_SIGNALING, 3, 6);
  receive_stream_state (RTMS_SOCKET_SIGNALING, 4, 6);
  expect ("event 8\nevent 8\n");
  fail_unless (receive_media (RTMS_MEDIA_AUDIO));
  expect ("media 0\n");
  rtms_session_socket_closed (session, RTMS_SOCKET_MEDIA_ALL, 1000, NULL,
      now);
  expect ("disconnect 0\nended 6\n");
  fail_if (receive_media (RTMS_MEDIA_AUDIO));
}

GST_END_TEST;

GST_START_TEST (test_terminated_may_come_last)
{
  open_stream ();
  rtms_session_socket_closed (session, RTMS_SOCKET_MEDIA_ALL, 1000, NULL,
      now);
  expect ("");
  receive_stream_state (RTMS_SOCKET_SIGNALING, 4, 9);
  expect ("event 8\ndisconnect 0\nended 9\n");
}

GST_END_TEST;

GST_START_TEST (test_draining_is_bounded)
{
  open_stream ();
  receive_stream_state (RTMS_SOCKET_SIGNALING, 4, 6);
  forget ();
  fail_unless (rtms_session_get_deadline (session) <= now + 2 * SECOND);
  rtms_session_advance (session, rtms_session_get_deadline (session));
  expect ("disconnect 1\ndisconnect 0\nended 6\n");
}

GST_END_TEST;

GST_START_TEST (test_closed_sockets_end_the_stream)
{
  open_stream ();
  rtms_session_socket_closed (session, RTMS_SOCKET_MEDIA_ALL, 1000, NULL,
      now);
  rtms_session_socket_closed (session, RTMS_SOCKET_SIGNALING, 1000, NULL,
      now);
  expect ("ended 0\n");
}

GST_END_TEST;

GST_START_TEST (test_broken_sockets_end_the_stream_as_lost)
{
  g_autoptr (GError) error = g_error_new (RTMS_ERROR, RTMS_ERROR_CLOSED,
      "broken");

  open_stream ();
  rtms_session_socket_closed (session, RTMS_SOCKET_SIGNALING, 1006, error,
      now);
  expect ("");
  fail_unless (receive_media (RTMS_MEDIA_AUDIO));
  rtms_session_socket_closed (session, RTMS_SOCKET_MEDIA_ALL, 1006, error,
      now);
  expect ("media 0\nended 0 lost\n");
}

GST_END_TEST;

GST_START_TEST (test_end_before_media_is_a_failure)
{
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  receive_stream_state (RTMS_SOCKET_SIGNALING, 4, 8);
  expect ("event 8\ndisconnect 0\nfailed 8 status -1\n");
}

GST_END_TEST;

GST_START_TEST (test_close_asks_zoom_and_waits_for_the_answer)
{
  open_stream ();
  rtms_session_close (session, now);
  rtms_session_close (session, now);
  expect ("send 0 type 21 stream\n");
  fail_unless (receive_media (RTMS_MEDIA_AUDIO));
  fail_unless (receive (RTMS_SOCKET_SIGNALING, 22));
  expect ("media 0\ndisconnect 1\ndisconnect 0\nended 0\n");
}

GST_END_TEST;

GST_START_TEST (test_close_does_not_wait_for_ever)
{
  open_stream ();
  rtms_session_close (session, now);
  forget ();
  rtms_session_advance (session, now + 2 * SECOND);
  expect ("disconnect 1\ndisconnect 0\nended 0\n");
}

GST_END_TEST;

GST_START_TEST (test_interruption_is_not_the_end)
{
  open_stream ();
  receive_stream_state (RTMS_SOCKET_SIGNALING, RTMS_STREAM_STATE_INTERRUPTED,
      14);
  forget ();
  rtms_session_socket_closed (session, RTMS_SOCKET_MEDIA_ALL, 1000, NULL,
      now);
  rtms_session_socket_closed (session, RTMS_SOCKET_SIGNALING, 1000, NULL,
      now);
  expect ("ended 0\n");
}

GST_END_TEST;

GST_START_TEST (test_close_while_media_connect_asks_zoom_too)
{
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  forget ();
  rtms_session_close (session, now);
  expect ("send 0 type 21 stream\n");
  receive (RTMS_SOCKET_SIGNALING, 22);
  expect ("disconnect 1\ndisconnect 0\nended 0\n");
}

GST_END_TEST;

/* What a server sends of a medium that it has confirmed, while others are
 * still being confirmed, has no place even when the end has begun. */
GST_START_TEST (test_media_never_come_before_all_are_confirmed)
{
  config.split = TRUE;
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_split_urls (-1);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA, now);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA + 1, now);
  receive_answer (RTMS_SOCKET_MEDIA, 4, 0, NULL, 0);
  rtms_session_close (session, now);
  forget ();
  fail_if (receive_media_on (RTMS_SOCKET_MEDIA, RTMS_MEDIA_AUDIO));
  expect ("");
}

GST_END_TEST;

GST_START_TEST (test_close_while_connecting_ends_at_once)
{
  start ();
  forget ();
  rtms_session_close (session, now);
  expect ("disconnect 0\nended 0\n");
}

GST_END_TEST;

/* A message at a place where it does not belong changes nothing. */
GST_START_TEST (test_unexpected_messages_are_left_alone)
{
  start ();
  fail_if (receive (RTMS_SOCKET_SIGNALING, 2));
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  fail_if (receive (RTMS_SOCKET_SIGNALING, 4));
  fail_if (receive (RTMS_SOCKET_SIGNALING, 14));
  fail_if (receive (RTMS_SOCKET_SIGNALING, 4711));
  fail_if (receive (RTMS_SOCKET_SIGNALING, 1));
  fail_if (receive_media (RTMS_MEDIA_AUDIO));
  receive (RTMS_SOCKET_SIGNALING, 22);
  expect ("");
  g_clear_pointer (&session, rtms_session_free);

  open_stream ();
  fail_if (receive (RTMS_SOCKET_SIGNALING, 2));
  fail_if (receive (RTMS_SOCKET_MEDIA_ALL, 4));
  fail_if (receive (RTMS_SOCKET_MEDIA_ALL, 2));
  fail_if (receive_media (RTMS_MEDIA_CHAT));
  expect ("");
}

GST_END_TEST;

/* Status 10: the app has no scope for video. */
GST_START_TEST (test_medium_without_a_scope_is_left_out)
{
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  forget ();
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 10, NULL, 0);
  expect ("disconnect 1\nconnect 1 ws://127.0.0.1/all\n");
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  expect ("send 1 media handshake 2 type 1 for 1\n");
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  expect ("confirmed 1 audio 16000 video 0\nsend 0 subscribe 7\n"
      "send 0 type 7 stream\n");
}

GST_END_TEST;

GST_START_TEST (test_medium_without_a_scope_is_not_asked_for_at_the_end)
{
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  rtms_session_close (session, now);
  forget ();
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 10, NULL, 0);
  expect ("disconnect 1\ndisconnect 0\nfailed 6 status 10\n");
}

GST_END_TEST;

GST_START_TEST (test_split_medium_without_a_scope_is_left_out)
{
  config.split = TRUE;
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_split_urls (-1);
  for (guint i = 0; i < 2; i++)
    rtms_session_socket_open (session, RTMS_SOCKET_MEDIA + i, now);
  receive_answer (RTMS_SOCKET_MEDIA + 1, 4, 0, NULL, 0);
  forget ();
  receive_answer (RTMS_SOCKET_MEDIA, 4, 9, NULL, 0);
  expect ("disconnect 2\nconfirmed 2 audio 0 video 7\n"
      "send 0 subscribe 7\nsend 0 type 7 stream\n");
}

GST_END_TEST;

GST_START_TEST (test_no_scope_at_all_is_a_refusal)
{
  config.params.kinds = RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO);
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  forget ();
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 9, NULL, 0);
  expect ("disconnect 1\ndisconnect 0\nfailed 6 status 9\n");
}

GST_END_TEST;

/* Everything but 1 and 7, which come by themselves. */
GST_START_TEST (test_contact_center_has_events_of_its_own)
{
  payload.product = RTMS_PRODUCT_CONTACT_CENTER;
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  forget ();
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  expect ("confirmed 3 audio 16000 video 7\nsend 0 subscribe 27\n"
      "send 0 type 7 stream\n");
}

GST_END_TEST;

GST_START_TEST (test_stop_waits_for_media_on_their_way)
{
  open_stream ();
  rtms_session_stop (session, 6, now);
  fail_unless (receive_media (RTMS_MEDIA_AUDIO));
  expect ("media 0\n");
  rtms_session_socket_closed (session, RTMS_SOCKET_MEDIA_ALL, 1000, NULL,
      now);
  expect ("disconnect 0\nended 6\n");
}

GST_END_TEST;

GST_START_TEST (test_stop_before_media_is_a_failure)
{
  start ();
  rtms_session_stop (session, 7, now);
  expect ("connect 0 ws://127.0.0.1/signal\ndisconnect 0\n"
      "failed 8 status -1\n");
}

GST_END_TEST;

GST_START_TEST (test_states_can_be_asked_for)
{
  g_auto (RtmsMessage) message = { 0 };

  start ();
  fail_if (rtms_session_request_state (session));
  g_clear_pointer (&session, rtms_session_free);
  open_stream ();
  fail_unless (rtms_session_request_state (session));
  expect ("send 0 type 19 stream\n");
  rtms_message_init (&message, RTMS_MESSAGE_SESSION_STATE_UPDATE);
  message.rtms_session_id = g_strdup ("s");
  message.state = RTMS_SESSION_STATE_STARTED;
  fail_unless (rtms_session_receive (session, RTMS_SOCKET_SIGNALING,
          &message, now));
  fail_unless (rtms_session_request_state (session));
  expect ("event 9\nsend 0 type 19 stream\nsend 0 type 10 (null)\n");
}

GST_END_TEST;

static Suite *
session_suite (void)
{
  Suite *suite = suite_create ("session");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, session_setup, session_teardown);
  tcase_add_test (tc, test_stream_opens_in_the_documented_order);
  tcase_add_test (tc, test_all_media_travel_as_one_type);
  tcase_add_test (tc, test_split_layout_waits_for_every_answer);
  tcase_add_test (tc, test_split_layout_goes_on_without_one_medium);
  tcase_add_test (tc, test_medium_without_a_server_is_left_out);
  tcase_add_test (tc, test_split_layout_needs_an_offer);
  tcase_add_test (tc, test_interruption_is_not_the_end);
  tcase_add_test (tc, test_close_while_media_connect_asks_zoom_too);
  tcase_add_test (tc, test_media_that_zoom_leaves_out_are_not_confirmed);
  tcase_add_test (tc, test_refused_signature_fails_with_its_status);
  tcase_add_test (tc, test_refusal_may_be_a_reason_alone);
  tcase_add_test (tc, test_silent_close_in_the_handshake_means_the_signature);
  tcase_add_test (tc, test_refused_media_handshake_fails);
  tcase_add_test (tc, test_foreign_urls_are_never_connected_to);
  tcase_add_test (tc, test_next_url_is_tried_when_one_cannot_be_reached);
  tcase_add_test (tc, test_answers_are_waited_for_only_so_long);
  tcase_add_test (tc, test_keep_alives_are_echoed_on_their_socket);
  tcase_add_test (tc, test_silence_is_a_loss);
  tcase_add_test (tc, test_terminated_waits_for_media_on_their_way);
  tcase_add_test (tc, test_terminated_may_come_last);
  tcase_add_test (tc, test_draining_is_bounded);
  tcase_add_test (tc, test_closed_sockets_end_the_stream);
  tcase_add_test (tc, test_broken_sockets_end_the_stream_as_lost);
  tcase_add_test (tc, test_end_before_media_is_a_failure);
  tcase_add_test (tc, test_close_asks_zoom_and_waits_for_the_answer);
  tcase_add_test (tc, test_close_does_not_wait_for_ever);
  tcase_add_test (tc, test_media_never_come_before_all_are_confirmed);
  tcase_add_test (tc, test_close_while_connecting_ends_at_once);
  tcase_add_test (tc, test_unexpected_messages_are_left_alone);
  tcase_add_test (tc, test_medium_without_a_scope_is_left_out);
  tcase_add_test (tc, test_medium_without_a_scope_is_not_asked_for_at_the_end);
  tcase_add_test (tc, test_split_medium_without_a_scope_is_left_out);
  tcase_add_test (tc, test_no_scope_at_all_is_a_refusal);
  tcase_add_test (tc, test_contact_center_has_events_of_its_own);
  tcase_add_test (tc, test_stop_waits_for_media_on_their_way);
  tcase_add_test (tc, test_stop_before_media_is_a_failure);
  tcase_add_test (tc, test_states_can_be_asked_for);
  return suite;
}

GST_CHECK_MAIN (session);
