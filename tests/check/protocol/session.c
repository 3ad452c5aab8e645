/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The protocol without sockets: what the session does is written down as
 * lines of text and compared. */

#include <gst/check/gstcheck.h>

#include "gst/rtms/protocol/rtmssession.h"

#define SECOND G_TIME_SPAN_SECOND

static gchar *urls[] = { (gchar *) "ws://127.0.0.1/signal", NULL, NULL };
static RtmsPayload payload = {
  .product = RTMS_PRODUCT_MEETING,
  .instance_id = (gchar *) "meeting",
  .stream_id = (gchar *) "stream",
  .signaling_urls = urls,
};
static const RtmsUrlPolicy policy = { NULL, FALSE };
static RtmsSessionConfig config;
static RtmsSession *session;
static GString *actions;
static gint64 now;

static void
note (const gchar *format, ...) G_GNUC_PRINTF (1, 2);

static void
note (const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (actions, format, args);
  va_end (args);
  g_string_append_c (actions, '\n');
}

static void
on_connect (RtmsSocketId id, const gchar *url, gpointer user_data)
{
  note ("connect %d %s", id, url);
}

static void
on_send (RtmsSocketId id, const RtmsMessage *message, gpointer user_data)
{
  switch (message->type) {
    case RTMS_MESSAGE_SIGNALING_HAND_SHAKE_REQ:
      note ("send %d handshake %" G_GINT64_FORMAT " %s %s %s %s", id,
          message->sequence, message->meeting_uuid, message->rtms_stream_id,
          message->signature, message->buffer_data ? "backlog" : "live");
      break;
    case RTMS_MESSAGE_DATA_HAND_SHAKE_REQ:
      note ("send %d media handshake %" G_GINT64_FORMAT " type %u for %u",
          id, message->sequence, message->media_type, message->params.kinds);
      break;
    case RTMS_MESSAGE_EVENT_SUBSCRIPTION:
      note ("send %d subscribe %u", id, message->subscriptions->len);
      break;
    case RTMS_MESSAGE_KEEP_ALIVE_RESP:
      note ("send %d alive %" G_GINT64_FORMAT "%s", id, message->timestamp,
          message->has_timestamp ? "" : " none");
      break;
    default:
      note ("send %d type %d %s", id, message->type,
          message->rtms_stream_id);
      break;
  }
}

static void
on_disconnect (RtmsSocketId id, gpointer user_data)
{
  note ("disconnect %d", id);
}

static void
on_confirmed (const RtmsMediaParams *params, gpointer user_data)
{
  note ("confirmed %u audio %d video %d", params->kinds,
      params->audio.sample_rate, params->video.codec);
}

static void
on_interrupted (guint kinds, const GError *error, gpointer user_data)
{
  note ("interrupted %u", kinds);
}

static void
on_medium_ended (guint kinds, const GError *error, gpointer user_data)
{
  note ("medium ended %u%s", kinds, error ? " lost" : "");
}

static void
on_media (RtmsMedia *media, gpointer user_data)
{
  note ("media %d", media->kind);
}

static void
on_event (const RtmsMessage *message, gpointer user_data)
{
  note ("event %d", message->type);
}

static void
on_ended (gint stop_reason, const GError *error, gpointer user_data)
{
  note ("ended %d%s", stop_reason, error ? " lost" : "");
}

static void
on_failed (const GError *error, gint status_code, gpointer user_data)
{
  note ("failed %d status %d", error->code, status_code);
}

static const RtmsSessionCallbacks callbacks = {
  on_connect, on_send, on_disconnect, on_confirmed,
  on_interrupted, on_medium_ended, on_media, on_event,
  on_ended, on_failed,
};

static void
setup (void)
{
  now = 1000;
  actions = g_string_new (NULL);
  urls[0] = (gchar *) "ws://127.0.0.1/signal";
  urls[1] = NULL;
  config = (RtmsSessionConfig) {
    .payload = &payload,
    .signature = "signature",
    .startup_backlog = TRUE,
    .url_policy = &policy,
    .handshake_timeout = 10 * SECOND,
    .idle_timeout = 65 * SECOND,
  };
  rtms_media_params_init (&config.params);
  config.params.kinds = RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO)
      | RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO);
  config.params.audio.sample_rate = 16000;
  config.params.video.codec = RTMS_CODEC_H264;
}

static void
teardown (void)
{
  g_clear_pointer (&session, rtms_session_free);
  g_string_free (actions, TRUE);
}

static void
start (void)
{
  session = rtms_session_new (&config, &callbacks, NULL);
  rtms_session_start (session, now);
}

static void
expect (const gchar *lines)
{
  assert_equals_string (actions->str, lines);
  g_string_truncate (actions, 0);
}

static gboolean
receive (RtmsSocketId id, gint type)
{
  RtmsMessage message;

  rtms_message_init (&message, type);
  return rtms_session_receive (session, id, &message, now);
}

static void
receive_answer (RtmsSocketId id, gint type, gint status, const gchar *all,
    guint kinds)
{
  g_auto (RtmsMessage) message = { 0 };

  rtms_message_init (&message, type);
  message.has_status = TRUE;
  message.status_code = status;
  message.urls.all = g_strdup (all);
  rtms_media_params_init (&message.params);
  message.params.kinds = kinds;
  fail_unless (rtms_session_receive (session, id, &message, now));
}

static void
receive_stream_state (RtmsSocketId id, gint state, gint reason)
{
  RtmsMessage message;

  rtms_message_init (&message, RTMS_MESSAGE_STREAM_STATE_UPDATE);
  message.state = state;
  message.reason = reason;
  rtms_session_receive (session, id, &message, now);
}

static gboolean
receive_media (RtmsMediaKind kind)
{
  RtmsMessage message;

  rtms_message_init (&message, RTMS_MESSAGE_MEDIA_DATA_AUDIO + (gint) kind);
  message.media.kind = kind;
  return rtms_session_receive (session, RTMS_SOCKET_MEDIA_ALL, &message,
      now);
}

static void
open_stream (void)
{
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  g_string_truncate (actions, 0);
}

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

/* A signaling answer that names a server for each medium but @missing. */
static void
receive_split_urls (gint missing)
{
  g_auto (RtmsMessage) message = { 0 };

  rtms_message_init (&message, 2);
  message.has_status = TRUE;
  message.urls.all = g_strdup ("ws://127.0.0.1/all");
  for (gint i = 0; i < RTMS_N_MEDIA; i++) {
    if (i != missing)
      message.urls.media[i] = g_strdup_printf ("ws://127.0.0.1/%d", i);
  }
  rtms_session_receive (session, RTMS_SOCKET_SIGNALING, &message, now);
}

static void
open_split (void)
{
  config.split = TRUE;
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_split_urls (-1);
  for (guint i = 0; i < 2; i++) {
    rtms_session_socket_open (session, RTMS_SOCKET_MEDIA + i, now);
    receive_answer (RTMS_SOCKET_MEDIA + i, 4, 0, NULL, 0);
  }
  g_string_truncate (actions, 0);
}

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
  g_string_truncate (actions, 0);
  receive_split_urls (RTMS_MEDIA_AUDIO);
  expect ("connect 3 ws://127.0.0.1/1\n");
}

GST_END_TEST;

GST_START_TEST (test_split_layout_needs_an_offer)
{
  config.split = TRUE;
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  g_string_truncate (actions, 0);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  expect ("connect 1 ws://127.0.0.1/all\n");
  g_clear_pointer (&session, rtms_session_free);

  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  g_string_truncate (actions, 0);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, NULL, 0);
  expect ("disconnect 0\nfailed 3 status -1\n");
}

GST_END_TEST;

GST_START_TEST (test_split_layout_waits_for_every_answer)
{
  config.split = TRUE;
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
  rtms_message_init (&message, 2);
  message.reason_text = (gchar *) "denied";
  rtms_session_receive (session, RTMS_SOCKET_SIGNALING, &message, now);
  expect ("disconnect 0\nfailed 6 status -1\n");
  g_clear_pointer (&session, rtms_session_free);

  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  g_string_truncate (actions, 0);
  message.reason_text = (gchar *) "INVALID_SIGNATURE";
  rtms_session_receive (session, RTMS_SOCKET_SIGNALING, &message, now);
  expect ("disconnect 0\nfailed 6 status 3\n");
  g_clear_pointer (&session, rtms_session_free);

  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
  rtms_session_advance (session, now + 2 * SECOND);
  expect ("disconnect 1\ndisconnect 0\nended 0\n");
}

GST_END_TEST;

GST_START_TEST (test_interruption_is_not_the_end)
{
  open_stream ();
  receive_stream_state (RTMS_SOCKET_SIGNALING, RTMS_STREAM_STATE_INTERRUPTED,
      14);
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
  rtms_session_close (session, now);
  expect ("send 0 type 21 stream\n");
  receive (RTMS_SOCKET_SIGNALING, 22);
  expect ("disconnect 1\ndisconnect 0\nended 0\n");
}

GST_END_TEST;

GST_START_TEST (test_close_while_connecting_ends_at_once)
{
  start ();
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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

static void
open_reconnecting (void)
{
  config.reconnect = TRUE;
  open_stream ();
}

static void
lose (RtmsSocketId id)
{
  g_autoptr (GError) error = g_error_new (RTMS_ERROR, RTMS_ERROR_CLOSED,
      "broken");

  rtms_session_socket_closed (session, id, 1006, error, now);
}

/* Goes on to whatever is due next. */
static void
advance (void)
{
  gint64 deadline = rtms_session_get_deadline (session);

  fail_unless (deadline >= now && deadline < G_MAXINT64);
  now = deadline;
  rtms_session_advance (session, now);
}

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
  expect ("send 0 type 7 stream\n");
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
  expect ("disconnect 1\ninterrupted 3\n");
  advance ();
  expect ("connect 0 ws://127.0.0.1/signal\n");
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  expect ("send 0 handshake 2 meeting stream signature backlog\n");
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/new", 0);
  expect ("connect 1 ws://127.0.0.1/new\n");
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  expect ("send 1 media handshake 2 type 3 for 3\nsend 0 subscribe 7\n"
      "send 0 type 7 stream\n");
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
    g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);

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
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
  rtms_session_close (session, now);
  expect ("ended 0\n");
}

GST_END_TEST;

GST_START_TEST (test_refusals_while_taking_up_again)
{
  open_reconnecting ();
  lose (RTMS_SOCKET_MEDIA_ALL);
  advance ();
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  g_string_truncate (actions, 0);
  /* Zoom has not noticed yet that the old connection is gone */
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 16, NULL, 0);
  expect ("disconnect 1\n");
  advance ();
  expect ("connect 1 ws://127.0.0.1/all\n");
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  g_string_truncate (actions, 0);
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
  g_string_truncate (actions, 0);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "wss://evil.example.org/",
      0);
  expect ("disconnect 0\nended 0 lost\n");
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
  g_string_truncate (actions, 0);
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  expect ("send 0 subscribe 7\nsend 0 type 7 stream\n");
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

static Suite *
session_suite (void)
{
  Suite *suite = suite_create ("session");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
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
  tcase_add_test (tc, test_close_while_connecting_ends_at_once);
  tcase_add_test (tc, test_unexpected_messages_are_left_alone);
  tcase_add_test (tc, test_lost_media_connection_is_taken_up_again);
  tcase_add_test (tc, test_lost_signaling_takes_everything_up_again);
  tcase_add_test (tc, test_attempts_back_off_until_zoom_gives_up);
  tcase_add_test (tc, test_two_signs_are_one_interruption);
  tcase_add_test (tc, test_event_alone_takes_the_media_connection_up_again);
  tcase_add_test (tc, test_end_while_taking_up_again);
  tcase_add_test (tc, test_refusals_while_taking_up_again);
  tcase_add_test (tc, test_foreign_url_while_taking_up_again_ends_the_stream);
  tcase_add_test (tc, test_layout_may_change_while_taking_up_again);
  tcase_add_test (tc, test_sessions_spread_over_the_back_off);
  return suite;
}

GST_CHECK_MAIN (session);
