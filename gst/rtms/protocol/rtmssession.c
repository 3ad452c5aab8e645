/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmssessionprivate.h"

/* How long the server has to close its sockets after TERMINATED, so that the
 * media that are still on their way arrive; and, the other way round, to say
 * why after it closed them. */
#define DRAIN_TIME (2 * G_TIME_SPAN_SECOND)

/**
 * rtms_session_new:
 * @config: what to do; the struct is copied
 * @callbacks: how to get it done; copied
 * @user_data: for @callbacks
 */
RtmsSession *
rtms_session_new (const RtmsSessionConfig *config,
    const RtmsSessionCallbacks *callbacks, gpointer user_data)
{
  RtmsSession *session = g_new0 (RtmsSession, 1);

  session->config = *config;
  session->callbacks = *callbacks;
  session->user_data = user_data;
  session->urls = g_strdupv (config->payload->signaling_urls);
  rtms_media_params_init (&session->confirmed);
  return session;
}

void
rtms_session_free (RtmsSession *session)
{
  for (guint id = 0; id < RTMS_N_SOCKETS; id++)
    g_free (session->sockets[id].url);
  g_strfreev (session->urls);
  g_free (session->session_id);
  g_clear_error (&session->loss);
  g_free (session);
}

const gchar *
rtms_session_get_socket_name (RtmsSocketId id)
{
  if (id == RTMS_SOCKET_SIGNALING)
    return "signaling";
  return id == RTMS_SOCKET_MEDIA_ALL ? "media"
      : rtms_media_kind_get_name ((RtmsMediaKind) (id - RTMS_SOCKET_MEDIA));
}

gboolean
rtms_session_is_over (RtmsSession *session)
{
  return session->state == STATE_IDLE || session->state == STATE_DONE;
}

void
rtms_session_disconnect (RtmsSession *session, RtmsSocketId id)
{
  if (session->sockets[id].state == SOCKET_NONE)
    return;
  session->sockets[id].state = SOCKET_NONE;
  session->sockets[id].deadline = 0;
  session->callbacks.disconnect (id, session->user_data);
}

static void
disconnect_all (RtmsSession *session)
{
  session->state = STATE_DONE;
  for (guint id = 0; id < RTMS_N_SOCKETS; id++)
    session->sockets[id].retry_at = 0;
  /* Media first: signaling is the connection that keeps a stream alive. */
  for (gint id = RTMS_N_SOCKETS - 1; id >= 0; id--)
    rtms_session_disconnect (session, (RtmsSocketId) id);
}

void
rtms_session_finish (RtmsSession *session)
{
  disconnect_all (session);
  session->callbacks.ended (session->stop_reason, session->loss,
      session->user_data);
}

void
rtms_session_set_loss (RtmsSession *session, const GError *error)
{
  if (error && session->loss == NULL)
    session->loss = g_error_copy (error);
}

/* A stream that was received ends, whatever the reason, so that what came of
 * it is completed; only one that never began fails. */
void
rtms_session_fail (RtmsSession *session, const GError *error, gint status_code)
{
  if (session->was_streaming) {
    rtms_session_set_loss (session, error);
    rtms_session_finish (session);
    return;
  }
  disconnect_all (session);
  session->callbacks.failed (error, status_code, session->user_data);
}

void G_GNUC_PRINTF (4, 5)
rtms_session_fail_with (RtmsSession *session, RtmsError code, gint status_code,
    const gchar *format, ...)
{
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (RTMS_ERROR, code, format, args);
  va_end (args);
  rtms_session_fail (session, error, status_code);
}

gboolean
rtms_session_has_open_socket (RtmsSession *session, RtmsSocketId from)
{
  for (guint id = from; id < RTMS_N_SOCKETS; id++) {
    if (session->sockets[id].state != SOCKET_NONE)
      return TRUE;
  }
  return FALSE;
}

/* The end is near: no lost connection is worth taking up again. */
static void
begin_end (RtmsSession *session, State state, gint64 now)
{
  session->state = state;
  session->state_deadline = now + DRAIN_TIME;
  for (guint id = 0; id < RTMS_N_SOCKETS; id++)
    session->sockets[id].retry_at = 0;
}

/* The end is known, or shows; what is still on its way may come. */
void
rtms_session_drain (RtmsSession *session, gint64 now)
{
  if (session->state != STATE_DRAINING && session->state != STATE_CLOSING)
    begin_end (session, STATE_DRAINING, now);
}

/**
 * rtms_session_start:
 * @session: a new session
 * @now: the time
 */
void
rtms_session_start (RtmsSession *session, gint64 now)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (session->state == STATE_IDLE);

  if (!rtms_session_connect_signaling (session, now, &error))
    rtms_session_fail (session, error, -1);
}

/**
 * rtms_session_close:
 * @session: a session
 * @now: the time
 *
 * Asks Zoom to end the stream; `ended` follows with its answer, or after two
 * seconds without. A session that has no stream yet ends at once.
 */
void
rtms_session_close (RtmsSession *session, gint64 now)
{
  RtmsMessage request;

  if (rtms_session_is_over (session) || session->state == STATE_CLOSING)
    return;
  if (session->sockets[RTMS_SOCKET_SIGNALING].state != SOCKET_READY) {
    rtms_session_finish (session);
    return;
  }

  begin_end (session, STATE_CLOSING, now);
  rtms_message_init (&request, RTMS_MESSAGE_STREAM_CLOSE_REQ);
  request.rtms_stream_id = session->config.payload->stream_id;
  session->callbacks.send (RTMS_SOCKET_SIGNALING, &request,
      session->user_data);
}

/**
 * rtms_session_stop:
 * @session: a session
 * @stop_reason: an RTMS_STOP_REASON, 0 when unknown
 * @now: the time
 *
 * Zoom says by another way, its webhook, that the stream has ended. Media that
 * are on their way are waited for, as after TERMINATED.
 */
void
rtms_session_stop (RtmsSession *session, gint stop_reason, gint64 now)
{
  if (rtms_session_is_over (session))
    return;
  if (stop_reason)
    session->stop_reason = stop_reason;
  if (!session->was_streaming)
    rtms_session_fail_with (session, RTMS_ERROR_CLOSED, -1,
        "The stream ended before its media began: %s (reason %d)",
        rtms_stop_reason_get_name (session->stop_reason),
        session->stop_reason);
  else if (rtms_session_has_open_socket (session, RTMS_SOCKET_SIGNALING))
    rtms_session_drain (session, now);
  else
    rtms_session_finish (session);
}

/**
 * rtms_session_request_state:
 * @session: a session
 *
 * Asks Zoom for the state of the stream, and of the last of its sessions that
 * was heard of. The answers are told as events.
 *
 * Returns: whether there is a connection to ask on
 */
gboolean
rtms_session_request_state (RtmsSession *session)
{
  RtmsMessage request;

  if (session->sockets[RTMS_SOCKET_SIGNALING].state != SOCKET_READY)
    return FALSE;
  rtms_message_init (&request, RTMS_MESSAGE_STREAM_STATE_REQ);
  request.rtms_stream_id = session->config.payload->stream_id;
  session->callbacks.send (RTMS_SOCKET_SIGNALING, &request,
      session->user_data);
  if (session->session_id) {
    rtms_message_init (&request, RTMS_MESSAGE_SESSION_STATE_REQ);
    request.rtms_session_id = session->session_id;
    session->callbacks.send (RTMS_SOCKET_SIGNALING, &request,
        session->user_data);
  }
  return TRUE;
}

/**
 * rtms_session_subscribe_video:
 * @session: a session
 * @user_id: whose video to send from now on
 * @unix_time: the time of day, in ms
 *
 * For a stream whose confirmed video is of one chosen participant: nothing
 * comes before this. Zoom's answer is told as an event.
 *
 * Returns: whether the session is one that can ask
 */
gboolean
rtms_session_subscribe_video (RtmsSession *session, guint64 user_id,
    gint64 unix_time)
{
  RtmsMessage request;

  if (session->state != STATE_STREAMING
      || !(session->confirmed.kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO))
      || session->confirmed.video.data_option
      != RTMS_DATA_OPTION_VIDEO_SINGLE_INDIVIDUAL_STREAM)
    return FALSE;
  rtms_message_init (&request, RTMS_MESSAGE_VIDEO_SUBSCRIPTION_REQ);
  request.user_id = user_id;
  request.subscribe = TRUE;
  request.timestamp = unix_time;
  session->callbacks.send (RTMS_SOCKET_SIGNALING, &request,
      session->user_data);
  return TRUE;
}

/* Without its own entry in the session's state an event is only told. */
static void
handle_stream_state (RtmsSession *session, const RtmsMessage *message,
    gint64 now)
{
  session->callbacks.event (message, session->user_data);
  if (message->state == RTMS_STREAM_STATE_INTERRUPTED
      && message->reason == RTMS_STOP_REASON_DATA_CONNECTION_INTERRUPTED)
    rtms_session_retry_media_now (session, now);
  if (message->reason && (message->state == RTMS_STREAM_STATE_TERMINATING
          || message->state == RTMS_STREAM_STATE_TERMINATED))
    session->stop_reason = message->reason;
  if (message->state != RTMS_STREAM_STATE_TERMINATED)
    return;
  if (!session->was_streaming)
    rtms_session_fail_with (session, RTMS_ERROR_CLOSED, -1,
        "The stream ended before its media began: %s (reason %d)",
        rtms_stop_reason_get_name (session->stop_reason),
        session->stop_reason);
  else if (rtms_session_has_open_socket (session, RTMS_SOCKET_MEDIA_ALL))
    rtms_session_drain (session, now);
  else
    rtms_session_finish (session);
}

static void
answer_keep_alive (RtmsSession *session, RtmsSocketId id,
    const RtmsMessage *request)
{
  RtmsMessage answer;

  rtms_message_init (&answer, RTMS_MESSAGE_KEEP_ALIVE_RESP);
  answer.has_timestamp = request->has_timestamp;
  answer.timestamp = request->timestamp;
  session->callbacks.send (id, &answer, session->user_data);
}

static void
handle_close_answer (RtmsSession *session, const RtmsMessage *answer)
{
  if (session->state != STATE_CLOSING)
    return;
  if (session->stop_reason == 0)
    session->stop_reason = answer->reason;
  rtms_session_finish (session);
}

/**
 * rtms_session_receive:
 * @session: a session
 * @id: the socket it came on
 * @message: (inout): a decoded message; taken media data are cleared in it
 * @now: the time
 *
 * Returns: whether the message had a place here; %FALSE for types that are
 *     not known or not expected, which do no harm
 */
gboolean
rtms_session_receive (RtmsSession *session, RtmsSocketId id,
    RtmsMessage *message, gint64 now)
{
  Socket *socket = &session->sockets[id];

  if (rtms_session_is_over (session) || socket->state == SOCKET_NONE)
    return FALSE;
  socket->last_heard = now;

  switch (message->type) {
    case RTMS_MESSAGE_MEDIA_DATA_AUDIO:
    case RTMS_MESSAGE_MEDIA_DATA_VIDEO:
    case RTMS_MESSAGE_MEDIA_DATA_SHARE:
    case RTMS_MESSAGE_MEDIA_DATA_TRANSCRIPT:
    case RTMS_MESSAGE_MEDIA_DATA_CHAT:
      /* Before the answer there are no caps to give them. */
      if (!session->was_streaming || (session->state < STATE_STREAMING
              && socket->state != SOCKET_READY)
          || !(session->confirmed.kinds
              & RTMS_MEDIA_BIT (message->media.kind)))
        return FALSE;
      session->callbacks.media (&message->media, session->user_data);
      message->media.data = (RtmsData) { 0 };
      return TRUE;
    case RTMS_MESSAGE_KEEP_ALIVE_REQ:
      answer_keep_alive (session, id, message);
      return TRUE;
    case RTMS_MESSAGE_SIGNALING_HAND_SHAKE_RESP:
      return id == RTMS_SOCKET_SIGNALING
          && rtms_session_handle_signaling_answer (session, message, now);
    case RTMS_MESSAGE_DATA_HAND_SHAKE_RESP:
      return id != RTMS_SOCKET_SIGNALING
          && rtms_session_handle_media_answer (session, id, message, now);
    case RTMS_MESSAGE_STREAM_STATE_UPDATE:
      handle_stream_state (session, message, now);
      return TRUE;
    case RTMS_MESSAGE_EVENT_UPDATE:
      session->callbacks.event (message, session->user_data);
      if (message->event_type == RTMS_EVENT_MEDIA_CONNECTION_INTERRUPTED)
        rtms_session_retry_media_now (session, now);
      return TRUE;
    case RTMS_MESSAGE_SESSION_STATE_UPDATE:
      if (message->rtms_session_id) {
        g_free (session->session_id);
        session->session_id = g_strdup (message->rtms_session_id);
      }
      session->callbacks.event (message, session->user_data);
      return TRUE;
    case RTMS_MESSAGE_SESSION_STATE_RESP:
    case RTMS_MESSAGE_STREAM_STATE_RESP:
    case RTMS_MESSAGE_VIDEO_SUBSCRIPTION_RESP:
      session->callbacks.event (message, session->user_data);
      return TRUE;
    case RTMS_MESSAGE_STREAM_CLOSE_RESP:
      handle_close_answer (session, message);
      return TRUE;
    default:
      return FALSE;
  }
}

static gint64
socket_deadline (const RtmsSession *session, const Socket *socket)
{
  if (socket->retry_at)
    return socket->retry_at;
  if (socket->state == SOCKET_NONE)
    return G_MAXINT64;
  if (socket->deadline)
    return socket->deadline;
  return socket->last_heard + session->config.idle_timeout;
}

/**
 * rtms_session_get_deadline:
 * @session: a session
 *
 * Returns: when rtms_session_advance() has to be called at the latest, if
 *     nothing happens before; %G_MAXINT64 for never
 */
gint64
rtms_session_get_deadline (const RtmsSession *session)
{
  gint64 deadline = G_MAXINT64;

  if (session->state == STATE_IDLE || session->state == STATE_DONE)
    return deadline;
  if (session->state_deadline)
    deadline = session->state_deadline;
  for (guint id = 0; id < RTMS_N_SOCKETS; id++) {
    deadline = MIN (deadline,
        socket_deadline (session, &session->sockets[id]));
  }
  return deadline;
}

static void
time_out_socket (RtmsSession *session, RtmsSocketId id, gint64 now)
{
  gboolean idle = session->sockets[id].deadline == 0;
  g_autoptr (GError) error = NULL;

  if (idle)
    error = g_error_new (RTMS_ERROR, RTMS_ERROR_TIMEOUT,
        "Nothing was heard on the %s connection for %" G_GINT64_FORMAT " s",
        rtms_session_get_socket_name (id),
        session->config.idle_timeout / G_TIME_SPAN_SECOND);
  else
    error = g_error_new (RTMS_ERROR, RTMS_ERROR_TIMEOUT,
        "The %s server did not answer within %.1f s",
        rtms_session_get_socket_name (id),
        (gdouble) session->config.handshake_timeout / G_TIME_SPAN_SECOND);

  session->callbacks.disconnect (id, session->user_data);
  rtms_session_socket_closed (session, id, RTMS_CLOSE_CODE_ABNORMAL, error,
      now);
}

/**
 * rtms_session_advance:
 * @session: a session
 * @now: the time
 *
 * Does what is due: answers that did not come, connections gone silent, and
 * the end of draining.
 */
void
rtms_session_advance (RtmsSession *session, gint64 now)
{
  if (rtms_session_is_over (session))
    return;
  if (session->state_deadline && now >= session->state_deadline) {
    rtms_session_finish (session);
    return;
  }
  for (guint id = 0; id < RTMS_N_SOCKETS; id++) {
    Socket *socket = &session->sockets[id];

    if (rtms_session_is_over (session))
      return;
    if (now < socket_deadline (session, socket))
      continue;
    if (socket->retry_at)
      rtms_session_retry (session, id, now);
    else
      time_out_socket (session, id, now);
  }
}
