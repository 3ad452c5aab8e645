/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Connections that are lost and taken up again */

#include "sessionfixture.h"

GST_START_TEST (test_lost_media_connection_is_taken_up_again)
{
  gint64 lost_at;

  open_reconnecting ();
  lost_at = now;
  lose (RTMS_SOCKET_MEDIA_ALL);
  expect ("interrupted 3\n");
  advance ();
  fail_unless_equals_int64 (now - lost_at, 3 * SECOND);
  expect ("connect 1 ws://127.0.0.1/all\n");
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  expect ("send 1 media handshake 2 type 3 for 3\n");
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  expect ("resumed 3\nsend 0 type 7 stream\n");
  fail_unless (receive_media (RTMS_MEDIA_AUDIO));
  expect ("media 0\n");

  /* from the beginning again */
  lost_at = now;
  lose (RTMS_SOCKET_MEDIA_ALL);
  advance ();
  fail_unless_equals_int64 (now - lost_at, 3 * SECOND);
}

GST_END_TEST;

GST_START_TEST (test_lost_signaling_takes_everything_up_again)
{
  open_reconnecting ();
  lose (RTMS_SOCKET_SIGNALING);
  expect ("interrupted 3\n");
  /* what was on its way is read, but that connection does not stay */
  fail_unless (receive_media (RTMS_MEDIA_AUDIO));
  expect ("media 0\n");
  advance ();
  expect ("connect 0 ws://127.0.0.1/signal\n");
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  expect ("send 0 handshake 2 meeting stream signature backlog\n");
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/new", 0);
  expect ("disconnect 1\nconnect 1 ws://127.0.0.1/new\n");
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  expect ("send 1 media handshake 2 type 3 for 3\nresumed 3\n"
      "send 0 subscribe 7\nsend 0 type 7 stream\n");
}

GST_END_TEST;

/* Whichever way the end shows, what waited for its next attempt waits no
 * longer. */
GST_START_TEST (test_end_gives_up_what_was_to_be_taken_up_again)
{
  config.split = TRUE;
  config.reconnect = TRUE;
  open_split ();
  lose (RTMS_SOCKET_MEDIA);
  expect ("interrupted 1\n");
  switch (__i__) {
    case 0:
      receive_stream_state (RTMS_SOCKET_SIGNALING, 4, 6);
      break;
    case 1:
      rtms_session_stop (session, 6, now);
      break;
    case 2:
      rtms_session_close (session, now);
      break;
    default:
      rtms_session_socket_closed (session, RTMS_SOCKET_SIGNALING, 1000, NULL,
          now);
      break;
  }
  forget ();
  rtms_session_advance (session, now + SECOND);
  expect ("");
  now += 3 * SECOND;
  rtms_session_advance (session, now);
  switch (__i__) {
    case 2:
      expect ("disconnect 3\ndisconnect 0\nended 0\n");
      break;
    case 3:
      expect ("disconnect 3\nended 0\n");
      break;
    default:
      expect ("disconnect 3\ndisconnect 0\nended 6\n");
      break;
  }
}

GST_END_TEST;

GST_START_TEST (test_attempts_back_off_until_zoom_gives_up)
{
  static const gint delays[] = { 3, 6, 12, 24, 20 };
  gint64 begin;

  open_reconnecting ();
  begin = now;
  lose (RTMS_SOCKET_MEDIA_ALL);
  expect ("interrupted 3\n");
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++) {
    gint64 before = now;

    receive (RTMS_SOCKET_SIGNALING, 12);
    forget ();
    advance ();
    fail_unless_equals_int64 (now - before, delays[i] * SECOND);
    expect ("connect 1 ws://127.0.0.1/all\n");
    lose (RTMS_SOCKET_MEDIA_ALL);
    if (i + 1 < G_N_ELEMENTS (delays))
      expect ("");
  }
  fail_unless_equals_int64 (now - begin, 65 * SECOND);
  advance ();
  expect ("disconnect 0\nended 0 lost\n");
}

GST_END_TEST;

GST_START_TEST (test_two_signs_are_one_interruption)
{
  RtmsMessage event;

  open_reconnecting ();
  now += 60 * SECOND;
  receive_media (RTMS_MEDIA_AUDIO);
  receive (RTMS_SOCKET_SIGNALING, 12);
  forget ();
  lose (RTMS_SOCKET_MEDIA_ALL);
  expect ("interrupted 3\n");

  /* the event makes it happen at once */
  rtms_message_init (&event, RTMS_MESSAGE_EVENT_UPDATE);
  event.event_type = RTMS_EVENT_MEDIA_CONNECTION_INTERRUPTED;
  rtms_session_receive (session, RTMS_SOCKET_SIGNALING, &event, now);
  fail_unless_equals_int64 (rtms_session_get_deadline (session), now);
  advance ();
  expect ("event 6\nconnect 1 ws://127.0.0.1/all\n");
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  forget ();

  /* and so does a state that comes behind it, but not again */
  receive_stream_state (RTMS_SOCKET_SIGNALING, RTMS_STREAM_STATE_INTERRUPTED,
      14);
  expect ("event 8\n");
}

GST_END_TEST;

GST_START_TEST (test_event_alone_takes_the_media_connection_up_again)
{
  RtmsMessage event;

  open_reconnecting ();
  now += 60 * SECOND;
  receive_media (RTMS_MEDIA_AUDIO);
  receive (RTMS_SOCKET_SIGNALING, 12);
  forget ();
  rtms_message_init (&event, RTMS_MESSAGE_EVENT_UPDATE);
  event.event_type = RTMS_EVENT_MEDIA_CONNECTION_INTERRUPTED;
  rtms_session_receive (session, RTMS_SOCKET_SIGNALING, &event, now);
  advance ();
  expect ("event 6\ndisconnect 1\ninterrupted 3\n"
      "connect 1 ws://127.0.0.1/all\n");
}

GST_END_TEST;

GST_START_TEST (test_end_while_taking_up_again)
{
  open_reconnecting ();
  lose (RTMS_SOCKET_MEDIA_ALL);
  receive_stream_state (RTMS_SOCKET_SIGNALING, 4, 6);
  expect ("interrupted 3\nevent 8\ndisconnect 0\nended 6\n");
  g_clear_pointer (&session, rtms_session_free);

  open_reconnecting ();
  lose (RTMS_SOCKET_SIGNALING);
  forget ();
  rtms_session_close (session, now);
  expect ("disconnect 1\nended 0\n");
}

GST_END_TEST;

GST_START_TEST (test_refusals_while_taking_up_again)
{
  open_reconnecting ();
  lose (RTMS_SOCKET_MEDIA_ALL);
  advance ();
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  forget ();
  /* Zoom has not noticed yet that the old connection is gone */
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 16, NULL, 0);
  expect ("disconnect 1\n");
  advance ();
  expect ("connect 1 ws://127.0.0.1/all\n");
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  forget ();
  /* the stream is no more */
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 2, NULL, 0);
  expect ("disconnect 1\ndisconnect 0\nended 0 lost\n");
}

GST_END_TEST;

/* What was received is completed, even if the new servers are no good. */
GST_START_TEST (test_foreign_url_while_taking_up_again_ends_the_stream)
{
  open_reconnecting ();
  lose (RTMS_SOCKET_SIGNALING);
  advance ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "wss://evil.example.org/",
      0);
  expect ("disconnect 1\ndisconnect 0\nended 0 lost\n");
}

GST_END_TEST;

GST_START_TEST (test_layout_may_change_while_taking_up_again)
{
  config.reconnect = TRUE;
  open_split ();
  lose (RTMS_SOCKET_SIGNALING);
  advance ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  forget ();
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  expect ("resumed 3\nsend 0 subscribe 7\nsend 0 type 7 stream\n");
}

GST_END_TEST;

GST_START_TEST (test_sessions_spread_over_the_back_off)
{
  gint64 lost_at;

  config.jitter = 1;
  open_reconnecting ();
  lost_at = now;
  lose (RTMS_SOCKET_MEDIA_ALL);
  advance ();
  fail_unless (now - lost_at > 3 * SECOND
      && now - lost_at <= 35 * SECOND / 10);
}

GST_END_TEST;

/* `rtms_interrupted` */
GST_START_TEST (test_webhook_makes_the_next_attempt_happen_now)
{
  open_reconnecting ();
  lose (RTMS_SOCKET_SIGNALING);
  forget ();
  now += SECOND;
  fail_unless (rtms_session_rejoin (session, NULL, now, NULL));
  rtms_session_advance (session, now);
  expect ("connect 0 ws://127.0.0.1/signal\n");
  fail_unless (rtms_session_rejoin (session, NULL, now, NULL));
  rtms_session_advance (session, now);
  expect ("");
}

GST_END_TEST;

GST_START_TEST (test_webhook_alone_takes_everything_up_again)
{
  open_reconnecting ();
  now += 10 * SECOND;
  fail_unless (rtms_session_rejoin (session, NULL, now, NULL));
  expect ("disconnect 0\ninterrupted 3\n");
  rtms_session_advance (session, now);
  expect ("connect 0 ws://127.0.0.1/signal\n");
}

GST_END_TEST;

/* The stream was taken up again before the webhook came. */
GST_START_TEST (test_late_webhook_does_nothing)
{
  open_reconnecting ();
  fail_unless (rtms_session_rejoin (session, NULL, now, NULL));
  rtms_session_advance (session, now);
  expect ("");
}

GST_END_TEST;

/* A second `rtms_started` with other URLs */
GST_START_TEST (test_stream_moves_to_another_server)
{
  gchar *others[] = { (gchar *) "ws://127.0.0.1/other", NULL };

  open_reconnecting ();
  fail_unless (rtms_session_rejoin (session, others, now, NULL));
  expect ("disconnect 0\ninterrupted 3\n"
      "connect 0 ws://127.0.0.1/other\n");
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  forget ();
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  expect ("resumed 3\nsend 0 subscribe 7\nsend 0 type 7 stream\n");

  /* the same again: a webhook that Zoom repeated */
  fail_unless (rtms_session_rejoin (session, others, now, NULL));
  rtms_session_advance (session, now);
  expect ("");

  /* from now on it is the other server that is tried */
  lose (RTMS_SOCKET_SIGNALING);
  forget ();
  advance ();
  expect ("connect 0 ws://127.0.0.1/other\n");
}

GST_END_TEST;

GST_START_TEST (test_stream_moves_while_taking_up_again)
{
  gchar *others[] = { (gchar *) "ws://127.0.0.1/other", NULL };

  open_reconnecting ();
  lose (RTMS_SOCKET_SIGNALING);
  forget ();
  fail_unless (rtms_session_rejoin (session, others, now, NULL));
  expect ("connect 0 ws://127.0.0.1/other\n");
}

GST_END_TEST;

GST_START_TEST (test_stream_does_not_move_to_foreign_servers)
{
  gchar *others[] = { (gchar *) "ws://203.0.113.1/other", NULL };
  g_autoptr (GError) error = NULL;

  open_reconnecting ();
  fail_if (rtms_session_rejoin (session, others, now, &error));
  fail_unless (g_error_matches (error, RTMS_ERROR, RTMS_ERROR_URL));
  expect ("");
  fail_unless (receive_media (RTMS_MEDIA_AUDIO));
}

GST_END_TEST;

GST_START_TEST (test_several_servers_take_turns)
{
  urls[1] = (gchar *) "ws://127.0.0.1/second";
  open_reconnecting ();
  lose (RTMS_SOCKET_SIGNALING);
  forget ();
  advance ();
  expect ("connect 0 ws://127.0.0.1/second\n");
  lose (RTMS_SOCKET_SIGNALING);
  advance ();
  expect ("connect 0 ws://127.0.0.1/signal\n");
}

GST_END_TEST;

GST_START_TEST (test_stop_while_taking_up_again)
{
  open_reconnecting ();
  lose (RTMS_SOCKET_SIGNALING);
  forget ();
  rtms_session_stop (session, 0, now);
  expect ("");
  rtms_session_socket_closed (session, RTMS_SOCKET_MEDIA_ALL, 1000, NULL,
      now);
  expect ("ended 0\n");
}

GST_END_TEST;

/* They are opened anew when signaling is back, not before. */
GST_START_TEST (test_media_may_be_lost_with_signaling)
{
  open_reconnecting ();
  lose (RTMS_SOCKET_SIGNALING);
  forget ();
  lose (RTMS_SOCKET_MEDIA_ALL);
  expect ("");
  advance ();
  expect ("connect 0 ws://127.0.0.1/signal\n");
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  forget ();
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  expect ("connect 1 ws://127.0.0.1/all\n");
}

GST_END_TEST;

static Suite *
reconnect_suite (void)
{
  Suite *suite = suite_create ("reconnect");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, session_setup, session_teardown);
  tcase_add_test (tc, test_lost_media_connection_is_taken_up_again);
  tcase_add_test (tc, test_lost_signaling_takes_everything_up_again);
  tcase_add_loop_test (tc, test_end_gives_up_what_was_to_be_taken_up_again, 0,
      4);
  tcase_add_test (tc, test_attempts_back_off_until_zoom_gives_up);
  tcase_add_test (tc, test_two_signs_are_one_interruption);
  tcase_add_test (tc, test_event_alone_takes_the_media_connection_up_again);
  tcase_add_test (tc, test_end_while_taking_up_again);
  tcase_add_test (tc, test_refusals_while_taking_up_again);
  tcase_add_test (tc, test_foreign_url_while_taking_up_again_ends_the_stream);
  tcase_add_test (tc, test_layout_may_change_while_taking_up_again);
  tcase_add_test (tc, test_sessions_spread_over_the_back_off);
  tcase_add_test (tc, test_webhook_makes_the_next_attempt_happen_now);
  tcase_add_test (tc, test_webhook_alone_takes_everything_up_again);
  tcase_add_test (tc, test_late_webhook_does_nothing);
  tcase_add_test (tc, test_stream_moves_to_another_server);
  tcase_add_test (tc, test_stream_moves_while_taking_up_again);
  tcase_add_test (tc, test_stream_does_not_move_to_foreign_servers);
  tcase_add_test (tc, test_several_servers_take_turns);
  tcase_add_test (tc, test_stop_while_taking_up_again);
  tcase_add_test (tc, test_media_may_be_lost_with_signaling);
  return suite;
}

GST_CHECK_MAIN (reconnect);
