/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmssessionprivate.h"

void
rtms_session_connect_socket (RtmsSession *session, RtmsSocketId id,
    const gchar *url, gint64 now)
{
  Socket *socket = &session->sockets[id];

  if (url != socket->url) {
    g_free (socket->url);
    socket->url = g_strdup (url);
  }
  socket->state = SOCKET_CONNECTING;
  socket->retry_at = 0;
  socket->deadline = now + session->config.handshake_timeout;
  session->callbacks.connect (id, socket->url, session->user_data);
}

/* The next of the signaling URLs that the policy allows. */
gboolean
rtms_session_connect_signaling (RtmsSession *session, gint64 now,
    GError **error)
{
  g_autoptr (GError) refusal = NULL;

  while (session->urls[session->url_index]) {
    const gchar *url = session->urls[session->url_index++];

    if (rtms_url_policy_check (session->config.url_policy, url, NULL,
            refusal ? NULL : &refusal)) {
      session->state = STATE_SIGNALING;
      rtms_session_connect_socket (session, RTMS_SOCKET_SIGNALING, url, now);
      return TRUE;
    }
  }
  if (refusal)
    g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

/* Messages of ours borrow all their strings, so they are never cleared. */
static void
send_handshake (RtmsSession *session, RtmsSocketId id)
{
  const RtmsPayload *payload = session->config.payload;
  Socket *socket = &session->sockets[id];
  RtmsMessage request;

  rtms_message_init (&request, id == RTMS_SOCKET_SIGNALING
      ? RTMS_MESSAGE_SIGNALING_HAND_SHAKE_REQ
      : RTMS_MESSAGE_DATA_HAND_SHAKE_REQ);
  request.sequence = ++socket->sequence;
  request.meeting_uuid = payload->instance_id;
  request.rtms_stream_id = payload->stream_id;
  request.signature = (gchar *) session->config.signature;
  request.buffer_data = session->config.startup_backlog;
  if (id != RTMS_SOCKET_SIGNALING) {
    request.params = session->config.params;
    request.params.kinds = socket->kinds;
    request.media_type = socket->kinds == RTMS_MEDIA_ALL_BITS
        ? RTMS_MEDIA_DATA_TYPE_ALL : socket->kinds;
  }
  session->callbacks.send (id, &request, session->user_data);
}

/**
 * rtms_session_socket_open:
 * @session: a session
 * @id: a socket that it asked to connect, now open for messages
 * @now: the time
 */
void
rtms_session_socket_open (RtmsSession *session, RtmsSocketId id, gint64 now)
{
  Socket *socket = &session->sockets[id];

  if (socket->state != SOCKET_CONNECTING)
    return;
  socket->state = SOCKET_HANDSHAKE;
  socket->deadline = now + session->config.handshake_timeout;
  socket->last_heard = now;
  send_handshake (session, id);
}

/* All events of the product but those that come by themselves. */
static void
subscribe_events (RtmsSession *session)
{
  gboolean is_voice =
      session->config.payload->product == RTMS_PRODUCT_CONTACT_CENTER;
  gint last = is_voice ? RTMS_VOICE_EVENT_CONFERENCE_PARTICIPANT_LEFT
      : RTMS_EVENT_PARTICIPANT_VIDEO_OFF;
  g_autoptr (GArray) subscriptions = g_array_new (FALSE, FALSE,
      sizeof (gint));
  RtmsMessage request;

  for (gint event = RTMS_EVENT_ACTIVE_SPEAKER_CHANGE; event <= last;
      event++) {
    if (event != RTMS_EVENT_MEDIA_CONNECTION_INTERRUPTED)
      g_array_append_val (subscriptions, event);
  }
  rtms_message_init (&request, RTMS_MESSAGE_EVENT_SUBSCRIPTION);
  request.subscriptions = subscriptions;
  session->callbacks.send (RTMS_SOCKET_SIGNALING, &request,
      session->user_data);
}

/* One connection for all media, or one for each, as is wanted where both are
 * offered. A medium for which there is no server is none that the app may
 * have. */
static gboolean
choose_media_urls (RtmsSession *session, const RtmsServerUrls *urls,
    const gchar **chosen)
{
  guint wanted = session->config.params.kinds;
  gboolean any = FALSE;

  /* The layout may be another one when everything is taken up again. */
  for (guint id = RTMS_SOCKET_MEDIA_ALL; id < RTMS_N_SOCKETS; id++)
    session->sockets[id].kinds = 0;
  for (guint kind = 0; kind < RTMS_N_MEDIA; kind++) {
    if (wanted & RTMS_MEDIA_BIT (kind) && urls->media[kind]
        && (session->config.split || urls->all == NULL)) {
      chosen[RTMS_SOCKET_MEDIA + kind] = urls->media[kind];
      session->sockets[RTMS_SOCKET_MEDIA + kind].kinds =
          RTMS_MEDIA_BIT (kind);
      any = TRUE;
    }
  }
  if (!any && urls->all) {
    chosen[RTMS_SOCKET_MEDIA_ALL] = urls->all;
    session->sockets[RTMS_SOCKET_MEDIA_ALL].kinds = wanted;
    any = TRUE;
  }
  return any;
}

static void
connect_media (RtmsSession *session, const RtmsServerUrls *urls, gint64 now)
{
  const gchar *signaling_url = session->sockets[RTMS_SOCKET_SIGNALING].url;
  const gchar *chosen[RTMS_N_SOCKETS] = { NULL };
  g_autoptr (GError) error = NULL;

  if (!choose_media_urls (session, urls, chosen)) {
    rtms_session_fail_with (session, RTMS_ERROR_MALFORMED, -1,
        "The signaling server named no media server for what was asked of it");
    return;
  }
  for (guint id = 0; id < RTMS_N_SOCKETS; id++) {
    if (chosen[id] && !rtms_url_policy_check (session->config.url_policy,
            chosen[id], signaling_url, &error)) {
      rtms_session_fail (session, error, -1);
      return;
    }
  }
  session->state = STATE_MEDIA;
  for (guint id = 0; id < RTMS_N_SOCKETS; id++) {
    /* Of before signaling was lost. */
    if (id != RTMS_SOCKET_SIGNALING)
      rtms_session_disconnect (session, id);
    if (chosen[id])
      rtms_session_connect_socket (session, id, chosen[id], now);
  }
}

static gboolean
all_media_confirmed (RtmsSession *session)
{
  for (guint id = RTMS_SOCKET_MEDIA_ALL; id < RTMS_N_SOCKETS; id++) {
    Socket *socket = &session->sockets[id];

    if (socket->kinds && socket->state != SOCKET_READY)
      return FALSE;
  }
  return TRUE;
}

static void
send_ready (RtmsSession *session)
{
  RtmsMessage ready;

  rtms_message_init (&ready, RTMS_MESSAGE_CLIENT_READY_ACK);
  ready.rtms_stream_id = session->config.payload->stream_id;
  session->callbacks.send (RTMS_SOCKET_SIGNALING, &ready,
      session->user_data);
}

/* For the first time, or again with all connections taken up again. */
static void
begin_streaming (RtmsSession *session)
{
  gboolean is_first = !session->was_streaming;

  session->state = STATE_STREAMING;
  session->was_streaming = TRUE;
  /* The receiver is ready before Zoom is told so. */
  if (is_first)
    session->callbacks.confirmed (&session->confirmed, session->user_data);
  /* Not earlier: those who are there already are told at once. */
  subscribe_events (session);
  send_ready (session);
}

/* A refusal that no further attempt would change. */
static gboolean
is_final (gint status_code)
{
  return status_code == RTMS_STATUS_INVALID_RTMS_STREAM_ID
      || status_code == RTMS_STATUS_INVALID_SIGNATURE;
}

/* The app has no scope for one of the media that were asked for: the others
 * are asked for again, on a new connection, as Zoom may close this one. */
static gboolean
leave_out_medium (RtmsSession *session, RtmsSocketId id, gint status_code,
    gint64 now)
{
  Socket *socket = &session->sockets[id];
  guint medium;

  if (session->was_streaming || session->state != STATE_MEDIA
      || status_code < RTMS_STATUS_MEDIA_TYPE_AUDIO_NOT_SUPPORT
      || status_code > RTMS_STATUS_MEDIA_TYPE_CHAT_NOT_SUPPORT)
    return FALSE;
  medium = RTMS_MEDIA_BIT (status_code
      - RTMS_STATUS_MEDIA_TYPE_AUDIO_NOT_SUPPORT);
  if (!(socket->kinds & medium) || session->config.params.kinds == medium)
    return FALSE;

  session->config.params.kinds &= ~medium;
  socket->kinds &= ~medium;
  rtms_session_disconnect (session, id);
  if (socket->kinds)
    rtms_session_connect_socket (session, id, socket->url, now);
  else if (all_media_confirmed (session))
    begin_streaming (session);
  return TRUE;
}

/* Zoom may still think that the lost connection is there, or not be ready
 * again: only some refusals end a stream that was received. */
static void G_GNUC_PRINTF (5, 6)
refuse_attempt (RtmsSession *session, RtmsSocketId id, gint status_code,
    gint64 now, const gchar *format, ...)
{
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (RTMS_ERROR, RTMS_ERROR_REFUSED, format, args);
  va_end (args);
  if (!session->was_streaming || is_final (status_code)) {
    rtms_session_fail (session, error, status_code);
    return;
  }
  session->callbacks.disconnect (id, session->user_data);
  rtms_session_socket_closed (session, id, RTMS_CLOSE_CODE_ABNORMAL, error,
      now);
}

/* Whether the handshake's answer says yes; if not, it has been seen to. */
static gboolean
accept_answer (RtmsSession *session, RtmsSocketId id,
    const RtmsMessage *answer, gint64 now)
{
  const gchar *detail = answer->reason_text && *answer->reason_text
      ? answer->reason_text : NULL;
  gint status = answer->status_code;

  /* Some servers refuse by a reason alone: a name, a number or a text. */
  if (!answer->has_status) {
    status = answer->reason;
    if (detail)
      status = rtms_status_code_from_name (detail);
  }
  if (status == RTMS_STATUS_OK)
    return TRUE;

  if (leave_out_medium (session, id, status, now))
    return FALSE;
  if (detail && g_str_equal (detail, rtms_status_code_get_name (status)))
    detail = NULL;
  if (status > 0)
    refuse_attempt (session, id, status, now,
        "Zoom refused the %s handshake: %s (status %d)%s%s",
        rtms_session_get_socket_name (id),
        rtms_status_code_get_name (status), status,
        detail ? ": " : "", detail ? detail : "");
  else
    refuse_attempt (session, id, -1, now,
        "Zoom refused the %s handshake: %s", rtms_session_get_socket_name (id),
        detail ? detail : "without a reason");
  return FALSE;
}

static void
set_ready (Socket *socket, gint64 now)
{
  socket->state = SOCKET_READY;
  socket->deadline = 0;
  socket->attempts = 0;
  socket->ready_since = now;
}

gboolean
rtms_session_handle_signaling_answer (RtmsSession *session,
    const RtmsMessage *answer, gint64 now)
{
  Socket *socket = &session->sockets[RTMS_SOCKET_SIGNALING];

  /* The stream may have been ended meanwhile. */
  if (socket->state != SOCKET_HANDSHAKE || session->state != STATE_SIGNALING)
    return FALSE;
  if (!accept_answer (session, RTMS_SOCKET_SIGNALING, answer, now))
    return TRUE;
  set_ready (socket, now);
  connect_media (session, &answer->urls, now);
  return TRUE;
}

static void
merge_confirmed (RtmsSession *session, RtmsSocketId id,
    const RtmsMessage *answer)
{
  RtmsMediaParams asked = session->config.params;
  RtmsMediaParams params = answer->params;
  RtmsMediaParams *all = &session->confirmed;

  asked.kinds = session->sockets[id].kinds;
  rtms_media_params_complete (&params, &asked);
  if (params.kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO))
    all->audio = params.audio;
  if (params.kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO))
    all->video = params.video;
  if (params.kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_SHARE))
    all->share = params.share;
  if (params.kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_TRANSCRIPT))
    all->transcript = params.transcript;
  if (params.kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_CHAT))
    all->chat = params.chat;
  all->kinds |= params.kinds;
}

gboolean
rtms_session_handle_media_answer (RtmsSession *session, RtmsSocketId id,
    const RtmsMessage *answer, gint64 now)
{
  Socket *socket = &session->sockets[id];

  if (socket->state != SOCKET_HANDSHAKE)
    return FALSE;
  if (!accept_answer (session, id, answer, now))
    return TRUE;
  if (answer->payload_encrypted) {
    rtms_session_fail_with (session, RTMS_ERROR_REFUSED, -1,
        "Zoom encrypts this stream's payloads although it was asked not to; "
        "this cannot be read");
    return TRUE;
  }
  set_ready (socket, now);
  if (session->was_streaming)
    session->callbacks.resumed (socket->kinds, session->user_data);
  else
    merge_confirmed (session, id, answer);
  if (session->state == STATE_STREAMING)
    send_ready (session);
  else if (session->state == STATE_MEDIA && all_media_confirmed (session))
    begin_streaming (session);
  return TRUE;
}
