/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmssession.h"

/* How long the server has to close its sockets after TERMINATED, so that the
 * media that are still on their way arrive; and, the other way round, to say
 * why after it closed them. */
#define DRAIN_TIME (2 * G_TIME_SPAN_SECOND)
#define CLOSE_CODE_NORMAL 1000
#define CLOSE_CODE_ABNORMAL 1006

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

typedef enum {
  STATE_IDLE,
  STATE_SIGNALING,              /* until the signaling handshake's answer */
  STATE_MEDIA,                  /* until every media handshake's answer */
  STATE_STREAMING,
  STATE_CLOSING,                /* the app asked for the end */
  STATE_DRAINING,               /* Zoom announced the end, or it shows */
  STATE_DONE,
} State;

typedef enum {
  SOCKET_NONE,
  SOCKET_CONNECTING,
  SOCKET_HANDSHAKE,
  SOCKET_READY,
} SocketState;

typedef struct {
  SocketState state;
  guint kinds;                  /* the media it is for */
  gint64 sequence;
  gint64 deadline;              /* of the answer that is waited for, or 0 */
  gint64 last_heard;

  gchar *url;
  guint attempts;               /* to take it up again */
  gint64 retry_at;              /* when the next attempt is due, or 0 */
  gint64 window_end;            /* when Zoom gives it up */
  gint64 ready_since;
} Socket;

struct _RtmsSession
{
  RtmsSessionConfig config;
  RtmsSessionCallbacks callbacks;
  gpointer user_data;

  State state;
  gint64 state_deadline;        /* of closing and draining, or 0 */
  guint url_index;              /* of the next of the payload's URLs */
  Socket sockets[RTMS_N_SOCKETS];

  gboolean was_streaming;       /* the media were confirmed once */
  RtmsMediaParams confirmed;
  gint stop_reason;
  GError *loss;                 /* (nullable): how a connection was lost */
};

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
  rtms_media_params_init (&session->confirmed);
  return session;
}

void
rtms_session_free (RtmsSession *session)
{
  for (guint id = 0; id < RTMS_N_SOCKETS; id++)
    g_free (session->sockets[id].url);
  g_clear_error (&session->loss);
  g_free (session);
}

static const gchar *
socket_name (RtmsSocketId id)
{
  if (id == RTMS_SOCKET_SIGNALING)
    return "signaling";
  return id == RTMS_SOCKET_MEDIA_ALL ? "media"
      : rtms_media_kind_get_name ((RtmsMediaKind) (id - RTMS_SOCKET_MEDIA));
}

static gboolean
is_over (RtmsSession *session)
{
  return session->state == STATE_IDLE || session->state == STATE_DONE;
}

static void
disconnect (RtmsSession *session, RtmsSocketId id)
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
    disconnect (session, (RtmsSocketId) id);
}

static void
finish (RtmsSession *session)
{
  disconnect_all (session);
  session->callbacks.ended (session->stop_reason, session->loss,
      session->user_data);
}

static void
set_loss (RtmsSession *session, const GError *error)
{
  if (error && session->loss == NULL)
    session->loss = g_error_copy (error);
}

/* A stream that was received ends, whatever the reason, so that what came of
 * it is completed; only one that never began fails. */
static void
fail (RtmsSession *session, const GError *error, gint status_code)
{
  if (session->was_streaming) {
    set_loss (session, error);
    finish (session);
    return;
  }
  disconnect_all (session);
  session->callbacks.failed (error, status_code, session->user_data);
}

static void G_GNUC_PRINTF (4, 5)
fail_with (RtmsSession *session, RtmsError code, gint status_code,
    const gchar *format, ...)
{
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (RTMS_ERROR, code, format, args);
  va_end (args);
  fail (session, error, status_code);
}

static void
connect_socket (RtmsSession *session, RtmsSocketId id, const gchar *url,
    gint64 now)
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

/* Plans the next attempt, unless Zoom's time for it is over. */
static gboolean
plan_retry (RtmsSession *session, RtmsSocketId id, gint64 now)
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

/* The next of the payload's URLs that the policy allows. */
static gboolean
connect_signaling (RtmsSession *session, gint64 now, GError **error)
{
  gchar **urls = session->config.payload->signaling_urls;
  g_autoptr (GError) refusal = NULL;

  while (urls[session->url_index]) {
    const gchar *url = urls[session->url_index++];

    if (rtms_url_policy_check (session->config.url_policy, url, NULL,
            refusal ? NULL : &refusal)) {
      session->state = STATE_SIGNALING;
      connect_socket (session, RTMS_SOCKET_SIGNALING, url, now);
      return TRUE;
    }
  }
  if (refusal)
    g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
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

  if (!connect_signaling (session, now, &error))
    fail (session, error, -1);
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

  if (is_over (session) || session->state == STATE_CLOSING)
    return;
  if (session->sockets[RTMS_SOCKET_SIGNALING].state != SOCKET_READY) {
    finish (session);
    return;
  }

  session->state = STATE_CLOSING;
  session->state_deadline = now + DRAIN_TIME;
  rtms_message_init (&request, RTMS_MESSAGE_STREAM_CLOSE_REQ);
  request.rtms_stream_id = session->config.payload->stream_id;
  session->callbacks.send (RTMS_SOCKET_SIGNALING, &request,
      session->user_data);
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

static void
subscribe_events (RtmsSession *session)
{
  static const gint events[] = {
    RTMS_EVENT_ACTIVE_SPEAKER_CHANGE, RTMS_EVENT_PARTICIPANT_JOIN,
    RTMS_EVENT_PARTICIPANT_LEAVE, RTMS_EVENT_SHARING_START,
    RTMS_EVENT_SHARING_STOP, RTMS_EVENT_PARTICIPANT_VIDEO_ON,
    RTMS_EVENT_PARTICIPANT_VIDEO_OFF,
  };
  g_autoptr (GArray) subscriptions = g_array_new (FALSE, FALSE,
      sizeof (gint));
  RtmsMessage request;

  g_array_append_vals (subscriptions, events, G_N_ELEMENTS (events));
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
  const gchar *signaling_url =
      session->config.payload->signaling_urls[session->url_index - 1];
  const gchar *chosen[RTMS_N_SOCKETS] = { NULL };
  g_autoptr (GError) error = NULL;

  if (!choose_media_urls (session, urls, chosen)) {
    fail_with (session, RTMS_ERROR_MALFORMED, -1, "The signaling server "
        "named no media server for what was asked of it");
    return;
  }
  for (guint id = 0; id < RTMS_N_SOCKETS; id++) {
    if (chosen[id] && !rtms_url_policy_check (session->config.url_policy,
            chosen[id], signaling_url, &error)) {
      fail (session, error, -1);
      return;
    }
  }
  session->state = STATE_MEDIA;
  for (guint id = 0; id < RTMS_N_SOCKETS; id++) {
    if (chosen[id])
      connect_socket (session, id, chosen[id], now);
  }
}

/* A refusal that no further attempt would change. */
static gboolean
is_final (gint status_code)
{
  return status_code == RTMS_STATUS_INVALID_RTMS_STREAM_ID
      || status_code == RTMS_STATUS_INVALID_SIGNATURE;
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
    fail (session, error, status_code);
    return;
  }
  session->callbacks.disconnect (id, session->user_data);
  rtms_session_socket_closed (session, id, CLOSE_CODE_ABNORMAL, error, now);
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

  if (detail && g_str_equal (detail, rtms_status_code_get_name (status)))
    detail = NULL;
  if (status > 0)
    refuse_attempt (session, id, status, now,
        "Zoom refused the %s handshake: %s (status %d)%s%s",
        socket_name (id), rtms_status_code_get_name (status), status,
        detail ? ": " : "", detail ? detail : "");
  else
    refuse_attempt (session, id, -1, now,
        "Zoom refused the %s handshake: %s", socket_name (id),
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

static gboolean
handle_signaling_answer (RtmsSession *session, const RtmsMessage *answer,
    gint64 now)
{
  Socket *socket = &session->sockets[RTMS_SOCKET_SIGNALING];

  if (socket->state != SOCKET_HANDSHAKE)
    return FALSE;
  if (!accept_answer (session, RTMS_SOCKET_SIGNALING, answer, now))
    return TRUE;
  set_ready (socket, now);
  connect_media (session, &answer->urls, now);
  return TRUE;
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

static gboolean
handle_media_answer (RtmsSession *session, RtmsSocketId id,
    const RtmsMessage *answer, gint64 now)
{
  Socket *socket = &session->sockets[id];

  if (socket->state != SOCKET_HANDSHAKE)
    return FALSE;
  if (!accept_answer (session, id, answer, now))
    return TRUE;
  if (answer->payload_encrypted) {
    fail_with (session, RTMS_ERROR_REFUSED, -1, "Zoom encrypts this stream's "
        "payloads although it was asked not to; this cannot be read");
    return TRUE;
  }
  set_ready (socket, now);
  if (!session->was_streaming)
    merge_confirmed (session, id, answer);
  if (session->state == STATE_STREAMING)
    send_ready (session);
  else if (session->state == STATE_MEDIA && all_media_confirmed (session))
    begin_streaming (session);
  return TRUE;
}

static gboolean
has_open_socket (RtmsSession *session, RtmsSocketId from)
{
  for (guint id = from; id < RTMS_N_SOCKETS; id++) {
    if (session->sockets[id].state != SOCKET_NONE)
      return TRUE;
  }
  return FALSE;
}

/* The end is known, or shows; what is still on its way may come. */
static void
drain (RtmsSession *session, gint64 now)
{
  if (session->state == STATE_DRAINING || session->state == STATE_CLOSING)
    return;
  session->state = STATE_DRAINING;
  session->state_deadline = now + DRAIN_TIME;
}

/* Zoom says that it lost the media connections. What is waiting for its next
 * attempt need not wait, and what looks well is not, unless it is newer. */
static void
retry_media_now (RtmsSession *session, gint64 now)
{
  if (session->state != STATE_STREAMING || !session->config.reconnect)
    return;
  for (guint id = RTMS_SOCKET_MEDIA_ALL; id < RTMS_N_SOCKETS; id++) {
    Socket *socket = &session->sockets[id];

    if (socket->retry_at) {
      socket->retry_at = now;
    } else if (socket->state == SOCKET_READY
        && now - socket->ready_since > SAME_INTERRUPTION) {
      disconnect (session, id);
      session->callbacks.interrupted (socket->kinds, NULL,
          session->user_data);
      plan_retry (session, id, now);
      socket->retry_at = now;
    }
  }
}

/* Without its own entry in the session's state an event is only told. */
static void
handle_stream_state (RtmsSession *session, const RtmsMessage *message,
    gint64 now)
{
  session->callbacks.event (message, session->user_data);
  if (message->state == RTMS_STREAM_STATE_INTERRUPTED
      && message->reason == RTMS_STOP_REASON_DATA_CONNECTION_INTERRUPTED)
    retry_media_now (session, now);
  if (message->reason && (message->state == RTMS_STREAM_STATE_TERMINATING
          || message->state == RTMS_STREAM_STATE_TERMINATED))
    session->stop_reason = message->reason;
  if (message->state != RTMS_STREAM_STATE_TERMINATED)
    return;
  if (!session->was_streaming)
    fail_with (session, RTMS_ERROR_CLOSED, -1,
        "The stream ended before its media began: %s (reason %d)",
        rtms_stop_reason_get_name (session->stop_reason),
        session->stop_reason);
  else if (has_open_socket (session, RTMS_SOCKET_MEDIA_ALL))
    drain (session, now);
  else
    finish (session);
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
  finish (session);
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

  if (is_over (session) || socket->state == SOCKET_NONE)
    return FALSE;
  socket->last_heard = now;

  switch (message->type) {
    case RTMS_MESSAGE_MEDIA_DATA_AUDIO:
    case RTMS_MESSAGE_MEDIA_DATA_VIDEO:
    case RTMS_MESSAGE_MEDIA_DATA_SHARE:
    case RTMS_MESSAGE_MEDIA_DATA_TRANSCRIPT:
    case RTMS_MESSAGE_MEDIA_DATA_CHAT:
      /* Before the answer there are no caps to give them. */
      if (session->state < STATE_STREAMING
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
          && handle_signaling_answer (session, message, now);
    case RTMS_MESSAGE_DATA_HAND_SHAKE_RESP:
      return id != RTMS_SOCKET_SIGNALING
          && handle_media_answer (session, id, message, now);
    case RTMS_MESSAGE_STREAM_STATE_UPDATE:
      handle_stream_state (session, message, now);
      return TRUE;
    case RTMS_MESSAGE_EVENT_UPDATE:
      session->callbacks.event (message, session->user_data);
      if (message->event_type == RTMS_EVENT_MEDIA_CONNECTION_INTERRUPTED)
        retry_media_now (session, now);
      return TRUE;
    case RTMS_MESSAGE_SESSION_STATE_UPDATE:
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

static void
fail_before_streaming (RtmsSession *session, RtmsSocketId id,
    SocketState was, guint code, const GError *error, gint64 now)
{
  if (id == RTMS_SOCKET_SIGNALING && was == SOCKET_CONNECTING
      && connect_signaling (session, now, NULL))
    return;
  if (error)
    fail (session, error, -1);
  else if (code == CLOSE_CODE_NORMAL && was == SOCKET_HANDSHAKE)
    /* How Zoom was seen to answer a signature that it does not accept. */
    fail_with (session, RTMS_ERROR_REFUSED, RTMS_STATUS_INVALID_SIGNATURE,
        "Zoom closed the %s connection without an answer to the handshake "
        "(code 1000), which usually means that it refused the signature",
        socket_name (id));
  else
    fail_with (session, RTMS_ERROR_CLOSED, -1,
        "Zoom closed the %s connection before the media began (code %u)",
        socket_name (id), code);
}

/* A lost signaling connection takes the media connections with it. */
static void
restart_signaling (RtmsSession *session)
{
  session->state = STATE_SIGNALING;
  for (guint id = RTMS_SOCKET_MEDIA_ALL; id < RTMS_N_SOCKETS; id++) {
    disconnect (session, id);
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
  if (!plan_retry (session, id, now)) {
    set_loss (session, error);
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

  if (is_over (session) || was == SOCKET_NONE)
    return;
  socket->state = SOCKET_NONE;
  socket->deadline = 0;
  if (!session->was_streaming) {
    if (session->state != STATE_CLOSING)
      fail_before_streaming (session, id, was, code, error, now);
    else if (!has_open_socket (session, RTMS_SOCKET_SIGNALING))
      finish (session);
    return;
  }
  if (take_up_again (session, id, error, now))
    return;

  if (id != RTMS_SOCKET_SIGNALING && session->state == STATE_STREAMING
      && session->sockets[RTMS_SOCKET_SIGNALING].state == SOCKET_READY
      && has_open_socket (session, RTMS_SOCKET_MEDIA_ALL)) {
    session->callbacks.medium_ended (socket->kinds, error,
        session->user_data);
    return;
  }
  if (session->state <= STATE_STREAMING)
    set_loss (session, error);
  drain (session, now);
  if (!has_open_socket (session, RTMS_SOCKET_MEDIA_ALL)
      && (session->stop_reason || !has_open_socket (session, 0)))
    finish (session);
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
        socket_name (id),
        session->config.idle_timeout / G_TIME_SPAN_SECOND);
  else
    error = g_error_new (RTMS_ERROR, RTMS_ERROR_TIMEOUT,
        "The %s server did not answer within %.1f s", socket_name (id),
        (gdouble) session->config.handshake_timeout / G_TIME_SPAN_SECOND);

  session->callbacks.disconnect (id, session->user_data);
  rtms_session_socket_closed (session, id, CLOSE_CODE_ABNORMAL, error, now);
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
  if (is_over (session))
    return;
  if (session->state_deadline && now >= session->state_deadline) {
    finish (session);
    return;
  }
  for (guint id = 0; id < RTMS_N_SOCKETS && !is_over (session); id++) {
    Socket *socket = &session->sockets[id];

    if (now < socket_deadline (session, socket))
      continue;
    if (socket->retry_at)
      connect_socket (session, id, socket->url, now);
    else
      time_out_socket (session, id, now);
  }
}
