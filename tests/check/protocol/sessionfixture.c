/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sessionfixture.h"

gchar *urls[] = { (gchar *) "ws://127.0.0.1/signal", NULL, NULL };
RtmsPayload payload = {
  .product = RTMS_PRODUCT_MEETING,
  .instance_id = (gchar *) "meeting",
  .stream_id = (gchar *) "stream",
  .signaling_urls = urls,
};
static const RtmsUrlPolicy policy = { NULL, FALSE };
RtmsSessionConfig config;
RtmsSession *session;
gint64 now;
static GString *actions;

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
on_resumed (guint kinds, gpointer user_data)
{
  note ("resumed %u", kinds);
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
  on_interrupted, on_resumed, on_medium_ended, on_media, on_event,
  on_ended, on_failed,
};

void
session_setup (void)
{
  now = 1000;
  actions = g_string_new (NULL);
  urls[0] = (gchar *) "ws://127.0.0.1/signal";
  urls[1] = NULL;
  payload.product = RTMS_PRODUCT_MEETING;
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

void
session_teardown (void)
{
  g_clear_pointer (&session, rtms_session_free);
  g_string_free (actions, TRUE);
}

void
start (void)
{
  session = rtms_session_new (&config, &callbacks, NULL);
  rtms_session_start (session, now);
}

void
expect (const gchar *lines)
{
  assert_equals_string (actions->str, lines);
  g_string_truncate (actions, 0);
}

/* What was done so far is not the point. */
void
forget (void)
{
  g_string_truncate (actions, 0);
}

gboolean
receive (RtmsSocketId id, gint type)
{
  RtmsMessage message;

  rtms_message_init (&message, type);
  return rtms_session_receive (session, id, &message, now);
}

void
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

void
receive_stream_state (RtmsSocketId id, gint state, gint reason)
{
  RtmsMessage message;

  rtms_message_init (&message, RTMS_MESSAGE_STREAM_STATE_UPDATE);
  message.state = state;
  message.reason = reason;
  rtms_session_receive (session, id, &message, now);
}

gboolean
receive_media_on (RtmsSocketId id, RtmsMediaKind kind)
{
  RtmsMessage message;

  rtms_message_init (&message, RTMS_MESSAGE_MEDIA_DATA_AUDIO + (gint) kind);
  message.media.kind = kind;
  return rtms_session_receive (session, id, &message, now);
}

gboolean
receive_media (RtmsMediaKind kind)
{
  return receive_media_on (RTMS_SOCKET_MEDIA_ALL, kind);
}

void
open_stream (void)
{
  start ();
  rtms_session_socket_open (session, RTMS_SOCKET_SIGNALING, now);
  receive_answer (RTMS_SOCKET_SIGNALING, 2, 0, "ws://127.0.0.1/all", 0);
  rtms_session_socket_open (session, RTMS_SOCKET_MEDIA_ALL, now);
  receive_answer (RTMS_SOCKET_MEDIA_ALL, 4, 0, NULL, 0);
  forget ();
}

/* A signaling answer that names a server for each medium but @missing. */
void
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

void
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
  forget ();
}

void
open_reconnecting (void)
{
  config.reconnect = TRUE;
  open_stream ();
}

void
lose (RtmsSocketId id)
{
  g_autoptr (GError) error = g_error_new (RTMS_ERROR, RTMS_ERROR_CLOSED,
      "broken");

  rtms_session_socket_closed (session, id, 1006, error, now);
}

/* Goes on to whatever is due next. */
void
advance (void)
{
  gint64 deadline = rtms_session_get_deadline (session);

  fail_unless (deadline >= now && deadline < G_MAXINT64);
  now = deadline;
  rtms_session_advance (session, now);
}
