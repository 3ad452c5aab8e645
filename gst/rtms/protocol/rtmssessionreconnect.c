/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmssessionprivate.h"

/* The back-off that Zoom documents, and how far sessions spread over it, so
 * that a server that comes back is not met by all of them at once. */
#define RETRY_DELAY (3 * G_TIME_SPAN_SECOND)
#define RETRY_DELAY_MAX (30 * G_TIME_SPAN_SECOND)
#define RETRY_SPREAD 0.1
/* How long Zoom waits for a connection to be taken up again. */
#define SIGNALING_WINDOW (60 * G_TIME_SPAN_SECOND)
#define MEDIA_WINDOW (65 * G_TIME_SPAN_SECOND)
/* Two signs of one interruption are no further apart. */
#define SAME_INTERRUPTION (5 * G_TIME_SPAN_SECOND)

/* Plans the next attempt, unless Zoom's time for it is over. */
gboolean
rtms_session_plan_retry (RtmsSession *session, RtmsSocketId id, gint64 now)
{
  Socket *socket = &session->sockets[id];
  gint64 delay = MIN (RETRY_DELAY << MIN (socket->attempts, 4),
      RETRY_DELAY_MAX);

  if (socket->attempts == 0)
    socket->window_end = now + (id == RTMS_SOCKET_SIGNALING
        ? SIGNALING_WINDOW : MEDIA_WINDOW);
  else if (now >= socket->window_end)
    return FALSE;
  delay += (gint64) ((gdouble) delay * RETRY_SPREAD
      * session->config.jitter);
  socket->attempts++;
  socket->retry_at = MIN (now + delay, socket->window_end);
  return TRUE;
}

/* An attempt that is due. There may be several signaling servers: the next
 * one may be better off. */
void
rtms_session_retry (RtmsSession *session, RtmsSocketId id, gint64 now)
{
  if (id == RTMS_SOCKET_SIGNALING) {
    if (session->urls[session->url_index] == NULL)
      session->url_index = 0;
    if (rtms_session_connect_signaling (session, now, NULL))
      return;
  }
  rtms_session_connect_socket (session, id, session->sockets[id].url, now);
}

/* Zoom says that it lost the media connections. What is waiting for its next
 * attempt need not wait, and what looks well is not, unless it is newer. */
void
rtms_session_retry_media_now (RtmsSession *session, gint64 now)
{
  if (session->state != STATE_STREAMING || !session->config.reconnect)
    return;
  for (guint id = RTMS_SOCKET_MEDIA_ALL; id < RTMS_N_SOCKETS; id++) {
    Socket *socket = &session->sockets[id];

    if (socket->retry_at) {
      socket->retry_at = now;
    } else if (socket->state == SOCKET_READY
        && now - socket->ready_since > SAME_INTERRUPTION) {
      rtms_session_disconnect (session, id);
      session->callbacks.interrupted (socket->kinds, NULL,
          session->user_data);
      rtms_session_plan_retry (session, id, now);
      socket->retry_at = now;
    }
  }
}

static void
fail_before_streaming (RtmsSession *session, RtmsSocketId id,
    SocketState was, guint code, const GError *error, gint64 now)
{
  if (id == RTMS_SOCKET_SIGNALING && was == SOCKET_CONNECTING
      && rtms_session_connect_signaling (session, now, NULL))
    return;
  if (error)
    rtms_session_fail (session, error, -1);
  else if (code == RTMS_CLOSE_CODE_NORMAL && was == SOCKET_HANDSHAKE)
    /* How Zoom was seen to answer a signature that it does not accept. */
    rtms_session_fail_with (session, RTMS_ERROR_REFUSED,
        RTMS_STATUS_INVALID_SIGNATURE,
        "Zoom closed the %s connection without an answer to the handshake "
        "(code 1000), which usually means that it refused the signature",
        rtms_session_get_socket_name (id));
  else
    rtms_session_fail_with (session, RTMS_ERROR_CLOSED, -1,
        "Zoom closed the %s connection before the media began (code %u)",
        rtms_session_get_socket_name (id), code);
}

/* A lost signaling connection takes the media connections with it. What is on
 * its way on these is read until Zoom closes them, or signaling is back. */
static void
restart_signaling (RtmsSession *session)
{
  session->state = STATE_SIGNALING;
  for (guint id = RTMS_SOCKET_MEDIA_ALL; id < RTMS_N_SOCKETS; id++) {
    if (session->sockets[id].state != SOCKET_READY)
      rtms_session_disconnect (session, id);
    session->sockets[id].retry_at = 0;
    session->sockets[id].attempts = 0;
  }
}

/* Whether a connection that was lost is taken up again. A signaling
 * connection that was closed properly is one that Zoom has done with. */
static gboolean
take_up_again (RtmsSession *session, RtmsSocketId id, const GError *error,
    gint64 now)
{
  Socket *socket = &session->sockets[id];
  gboolean is_new = session->state == STATE_STREAMING
      && socket->attempts == 0;

  if (!session->config.reconnect || session->stop_reason
      || session->state > STATE_STREAMING
      || (id == RTMS_SOCKET_SIGNALING && error == NULL))
    return FALSE;
  if (!rtms_session_plan_retry (session, id, now)) {
    rtms_session_set_loss (session, error);
    return FALSE;
  }
  if (id == RTMS_SOCKET_SIGNALING)
    restart_signaling (session);
  if (is_new)
    session->callbacks.interrupted (id == RTMS_SOCKET_SIGNALING
        ? session->confirmed.kinds : socket->kinds, error,
        session->user_data);
  return TRUE;
}

/**
 * rtms_session_socket_closed:
 * @session: a session
 * @id: the socket that closed, or that could not be opened
 * @code: the WebSocket close code; 1006 when there was none
 * @error: (nullable): what went wrong; %NULL for a proper close
 * @now: the time
 */
void
rtms_session_socket_closed (RtmsSession *session, RtmsSocketId id,
    guint code, const GError *error, gint64 now)
{
  Socket *socket = &session->sockets[id];
  SocketState was = socket->state;

  if (rtms_session_is_over (session) || was == SOCKET_NONE)
    return;
  socket->state = SOCKET_NONE;
  socket->deadline = 0;
  if (!session->was_streaming) {
    if (session->state != STATE_CLOSING)
      fail_before_streaming (session, id, was, code, error, now);
    else if (!rtms_session_has_open_socket (session, RTMS_SOCKET_SIGNALING))
      rtms_session_finish (session);
    return;
  }
  /* It is opened anew once signaling is back. */
  if (id != RTMS_SOCKET_SIGNALING && session->state == STATE_SIGNALING)
    return;
  if (take_up_again (session, id, error, now))
    return;

  if (id != RTMS_SOCKET_SIGNALING && session->state == STATE_STREAMING
      && session->sockets[RTMS_SOCKET_SIGNALING].state == SOCKET_READY
      && rtms_session_has_open_socket (session, RTMS_SOCKET_MEDIA_ALL)) {
    session->callbacks.medium_ended (socket->kinds, error,
        session->user_data);
    return;
  }
  if (session->state <= STATE_STREAMING)
    rtms_session_set_loss (session, error);
  rtms_session_drain (session, now);
  if (!rtms_session_has_open_socket (session, RTMS_SOCKET_MEDIA_ALL)
      && (session->stop_reason || !rtms_session_has_open_socket (session, 0)))
    rtms_session_finish (session);
}

static gboolean
any_url_allowed (RtmsSession *session, gchar **urls, GError **error)
{
  for (; *urls; urls++) {
    g_clear_error (error);
    if (rtms_url_policy_check (session->config.url_policy, *urls, NULL,
            error))
      return TRUE;
  }
  return FALSE;
}

/* All connections are given up for those of another server. */
static void
move (RtmsSession *session, gchar **urls, gint64 now)
{
  gboolean is_new = session->was_streaming
      && (session->state == STATE_STREAMING
      || session->state == STATE_DRAINING)
      && session->sockets[RTMS_SOCKET_SIGNALING].attempts == 0;

  g_clear_error (&session->loss);
  g_strfreev (session->urls);
  session->urls = g_strdupv (urls);
  session->url_index = 0;
  restart_signaling (session);
  session->state_deadline = 0;
  rtms_session_disconnect (session, RTMS_SOCKET_SIGNALING);
  session->sockets[RTMS_SOCKET_SIGNALING].attempts = 0;
  if (session->was_streaming)
    rtms_session_plan_retry (session, RTMS_SOCKET_SIGNALING, now);
  if (is_new)
    session->callbacks.interrupted (session->confirmed.kinds, NULL,
        session->user_data);
  rtms_session_connect_signaling (session, now, NULL);
}

/* Whatever waits for its next attempt need not. */
static gboolean
retry_now (RtmsSession *session, gint64 now)
{
  gboolean any = FALSE;

  for (guint id = 0; id < RTMS_N_SOCKETS; id++) {
    if (session->sockets[id].retry_at) {
      session->sockets[id].retry_at = now;
      any = TRUE;
    }
  }
  return any;
}

/* What looks well is lost all the same. */
static void
lose_signaling (RtmsSession *session, gint64 now)
{
  Socket *socket = &session->sockets[RTMS_SOCKET_SIGNALING];

  rtms_session_disconnect (session, RTMS_SOCKET_SIGNALING);
  session->callbacks.interrupted (session->confirmed.kinds, NULL,
      session->user_data);
  rtms_session_plan_retry (session, RTMS_SOCKET_SIGNALING, now);
  restart_signaling (session);
  socket->retry_at = now;
}

/**
 * rtms_session_rejoin:
 * @session: a session
 * @urls: (array zero-terminated=1) (nullable): the signaling servers of a
 *     further `rtms_started`, or %NULL for `rtms_interrupted`
 * @now: the time
 * @error: (out) (optional): #RTMS_ERROR_URL when none of @urls is allowed
 *
 * Zoom says by its webhook that the stream was interrupted: what waits for its
 * next attempt is tried at once, and a stream that has moved is joined where
 * it is now. A webhook that comes again, or that tells what is known, does
 * nothing. rtms_session_advance() is due afterwards.
 *
 * Returns: whether the session is one that goes on
 */
gboolean
rtms_session_rejoin (RtmsSession *session, gchar **urls, gint64 now,
    GError **error)
{
  Socket *signaling = &session->sockets[RTMS_SOCKET_SIGNALING];

  if (rtms_session_is_over (session) || session->stop_reason
      || session->state == STATE_CLOSING)
    return FALSE;
  if (urls && !any_url_allowed (session, urls, error))
    return FALSE;
  if (urls && !g_strv_equal ((const gchar * const *) urls,
          (const gchar * const *) session->urls)) {
    move (session, urls, now);
    return TRUE;
  }
  if (!retry_now (session, now) && urls == NULL
      && session->config.reconnect && session->state == STATE_STREAMING
      && now - signaling->ready_since > SAME_INTERRUPTION)
    lose_signaling (session, now);
  return TRUE;
}
