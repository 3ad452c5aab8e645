/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Drives a session: its messages through JSON and WebSockets, its deadlines
 * through a timer, its payloads into GstBuffers.
 *
 * MT safety: everything happens on the network thread, which start(),
 * close() and free() submit work to; only the stats are read from outside,
 * under `stats_lock`, a leaf. free() returns when the network thread has let
 * go, so no callback comes after it. */

#include "gstrtmsclient.h"

#include "ext/crypto/rtmssecret.h"
#include "ext/json/rtmsjson.h"
#include "ext/websocket/rtmswebsocket.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtms_src_debug);
#define GST_CAT_DEFAULT gst_rtms_src_debug

/* Less than the least gap-interval, µs. */
#define TICK_GRID (10 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  GstRtmsClient *client;
  RtmsSocketId id;
  RtmsWebsocket *websocket;     /* (nullable) */
} Socket;

struct _GstRtmsClient
{
  gatomicrefcount ref_count;    /* the owner's, and one per submitted job */
  RtmsNetworkThread *thread;
  GstObject *log_object;
  GstRtmsSettings *settings;
  GstRtmsClientCallbacks callbacks;     /* network thread, once started */
  gpointer user_data;

  /* network thread */
  RtmsSession *session;
  RtmsJsonReader *reader;
  Socket sockets[RTMS_N_SOCKETS];
  RtmsTimer *deadline;
  gint64 deadline_set;          /* G_MAXINT64: none */
  RtmsTimer *ticker;            /* (nullable): for ticks and releases */
  gint64 next_tick;
  gint64 next_release;
  GstMapInfo map;               /* of the buffer being decoded into */
  gint64 newest_webhook;        /* its event_ts, ms */
  guint64 video_user_id;        /* 0: none is chosen */
  gboolean must_select_video;   /* Zoom does not know of the choice yet */

  GMutex stats_lock;
  GstRtmsClientStats stats;
};

static void
client_unref (GstRtmsClient *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  gst_rtms_settings_unref (self->settings);
  gst_object_unref (self->log_object);
  g_mutex_clear (&self->stats_lock);
  g_free (self);
}

/* The timer that calls the session back is set after whatever may have
 * moved its deadline. Each message moves it on, so a later deadline waits
 * until the timer has rung. */
static void
update_deadline (GstRtmsClient *self)
{
  gint64 deadline = rtms_session_get_deadline (self->session);

  if (deadline >= self->deadline_set)
    return;
  self->deadline_set = deadline;
  rtms_timer_set (self->deadline, deadline);
}

static void
on_deadline (gpointer user_data)
{
  GstRtmsClient *self = user_data;

  self->deadline_set = G_MAXINT64;
  rtms_session_advance (self->session, g_get_monotonic_time ());
  update_deadline (self);
}

static void
set_release (GstRtmsClient *self, gint64 time)
{
  self->next_release = time;
  if (self->ticker)
    rtms_timer_set (self->ticker, MIN (time, self->next_tick));
}

/* What is called may stop the ticker, or free the client from within. */
static void
on_tick (gpointer user_data)
{
  GstRtmsClient *self = user_data;
  gint64 now = g_get_monotonic_time ();

  if (now >= self->next_tick) {
    gint64 next = now
        + (gint64) GST_TIME_AS_USECONDS (self->settings->gap_interval);

    /* The ticks of all meetings share a grid, to wake up together. */
    self->next_tick = next - next % TICK_GRID;
    self->callbacks.tick (self->user_data);
    self->next_release = now;
  }
  set_release (self, now >= self->next_release
      ? self->callbacks.release (now, self->user_data)
      : self->next_release);
}

/* A keep-alive is worth a line of its own only at the finest level. */
static void
log_message (GstRtmsClient *self, RtmsSocketId id,
    const RtmsMessage *message)
{
  if (message->type >= RTMS_MESSAGE_MEDIA_DATA_AUDIO
      && message->type <= RTMS_MESSAGE_MEDIA_DATA_CHAT)
    GST_LOG_OBJECT (self->log_object, "%s: %" G_GSIZE_FORMAT " bytes, "
        "timestamp %" G_GINT64_FORMAT " ns",
        rtms_media_kind_get_name (message->media.kind),
        message->media.data.size, message->media.timestamp);
  else
    GST_DEBUG_OBJECT (self->log_object, "socket %d: message type %d", id,
        message->type);
}

static void
count_message (GstRtmsClient *self, const RtmsMessage *message)
{
  g_mutex_lock (&self->stats_lock);
  if (message->type >= RTMS_MESSAGE_MEDIA_DATA_AUDIO
      && message->type <= RTMS_MESSAGE_MEDIA_DATA_CHAT) {
    self->stats.messages[message->media.kind]++;
    self->stats.bytes[message->media.kind] += message->media.data.size;
  } else {
    self->stats.control_messages++;
    if (message->type == RTMS_MESSAGE_KEEP_ALIVE_REQ)
      self->stats.keep_alives++;
  }
  g_mutex_unlock (&self->stats_lock);
}

/* Keep-alives come on idle connections too, so that there is always a sample
 * that is not old. */
static void
measure_round_trip (GstRtmsClient *self, Socket *socket)
{
  gint64 round_trip = socket->websocket
      ? rtms_websocket_get_round_trip (socket->websocket) : -1;

  g_mutex_lock (&self->stats_lock);
  self->stats.round_trip = round_trip;
  self->stats.round_trip_max = MAX (round_trip, self->stats.round_trip_max);
  g_mutex_unlock (&self->stats_lock);
}

static void
count (GstRtmsClient *self, guint64 *counter)
{
  g_mutex_lock (&self->stats_lock);
  (*counter)++;
  g_mutex_unlock (&self->stats_lock);
}

static void
free_data (RtmsData *data, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  if (self->map.memory)
    gst_buffer_unmap (data->owner, &self->map);
  self->map.memory = NULL;
  gst_buffer_unref (data->owner);
}

static void
alloc_data (RtmsData *data, gsize size, gpointer user_data)
{
  GstRtmsClient *self = user_data;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, MAX (size, 1), NULL);

  *data = (RtmsData) { 0 };
  if (buffer == NULL)
    return;
  if (!gst_buffer_map (buffer, &self->map, GST_MAP_WRITE)) {
    gst_buffer_unref (buffer);
    return;
  }
  data->bytes = self->map.data;
  data->owner = buffer;
}

static void
finish_data (RtmsData *data, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  gst_buffer_unmap (data->owner, &self->map);
  self->map.memory = NULL;
  gst_buffer_set_size (data->owner, (gssize) data->size);
}

/* As soon as the session can ask. */
static void
select_video (GstRtmsClient *self)
{
  if (self->must_select_video && self->video_user_id
      && rtms_session_subscribe_video (self->session, self->video_user_id,
          g_get_real_time () / 1000))
    self->must_select_video = FALSE;
}

static void
on_opened (gpointer user_data)
{
  Socket *socket = user_data;
  GstRtmsClient *self = socket->client;

  GST_INFO_OBJECT (self->log_object, "socket %d is open", socket->id);
  rtms_session_socket_open (self->session, socket->id,
      g_get_monotonic_time ());
  update_deadline (self);
}

static void
on_received (const gchar *text, gsize length, gpointer user_data)
{
  Socket *socket = user_data;
  GstRtmsClient *self = socket->client;
  g_auto (RtmsMessage) message = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_monotonic_time ();

  if (!rtms_json_reader_decode (self->reader, text, length, &message,
          &error)) {
    GST_WARNING_OBJECT (self->log_object, "%s", error->message);
    count (self, &self->stats.malformed);
    return;
  }
  log_message (self, socket->id, &message);
  count_message (self, &message);
  if (message.type == RTMS_MESSAGE_KEEP_ALIVE_REQ)
    measure_round_trip (self, socket);
  if (!rtms_session_receive (self->session, socket->id, &message, now)) {
    GST_INFO_OBJECT (self->log_object, "message type %d is not expected "
        "here and left alone", message.type);
    count (self, &self->stats.unexpected);
  }
  if (message.media.data.owner)
    free_data (&message.media.data, self);
  select_video (self);
  update_deadline (self);
}

static void
on_closed (guint code, const GError *error, gpointer user_data)
{
  Socket *socket = user_data;
  GstRtmsClient *self = socket->client;

  GST_INFO_OBJECT (self->log_object, "socket %d is closed: code %u%s%s",
      socket->id, code, error ? ", " : "", error ? error->message : "");
  g_clear_pointer (&socket->websocket, rtms_websocket_free);
  rtms_session_socket_closed (self->session, socket->id, code, error,
      g_get_monotonic_time ());
  update_deadline (self);
}

static void
session_connect (RtmsSocketId id, const gchar *url, gpointer user_data)
{
  static const RtmsWebsocketCallbacks callbacks = {
    .opened = on_opened,
    .received = on_received,
    .closed = on_closed,
  };
  GstRtmsClient *self = user_data;
  const RtmsWebsocketConfig config = {
    .tls_ca_file = self->settings->tls_ca_file,
    .max_message_size = self->settings->max_message_size,
  };

  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);

  /* Without the query: whatever a URL keeps secret is there. */
  GST_INFO_OBJECT (self->log_object, "socket %d connects to %s:%d%s", id,
      g_uri_get_host (uri), g_uri_get_port (uri), g_uri_get_path (uri));
  self->callbacks.connecting (id, g_uri_get_host (uri), self->user_data);
  self->sockets[id].websocket = rtms_websocket_new (self->thread, url,
      &config, &callbacks, &self->sockets[id]);
}

static void
session_send (RtmsSocketId id, const RtmsMessage *message,
    gpointer user_data)
{
  GstRtmsClient *self = user_data;
  g_autofree gchar *text = NULL;
  gsize length;

  if (self->sockets[id].websocket == NULL)
    return;
  /* Only the type: a handshake holds a signature. */
  GST_DEBUG_OBJECT (self->log_object, "socket %d: sending message type %d",
      id, message->type);
  text = rtms_json_encode (message, &length);
  rtms_websocket_send (self->sockets[id].websocket, text, length);
  rtms_secret_wipe (text, length);
}

static void
session_disconnect (RtmsSocketId id, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  g_clear_pointer (&self->sockets[id].websocket, rtms_websocket_free);
}

static void
session_confirmed (const RtmsMediaParams *params, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  self->callbacks.confirmed (params, self->user_data);
  self->ticker = rtms_network_thread_add_timer (self->thread, on_tick, self);
  rtms_timer_set (self->ticker, 0);
}

static void
session_interrupted (guint kinds, const GError *error, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  count (self, &self->stats.interruptions);
  self->callbacks.interrupted (kinds, error, self->user_data);
}

static void
session_resumed (guint kinds, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  /* Zoom may have forgotten the choice with the connection. */
  if (kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO))
    self->must_select_video = TRUE;
  self->callbacks.resumed (kinds, self->user_data);
}

static void
session_medium_ended (guint kinds, const GError *error, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  self->callbacks.medium_ended (kinds, error, self->user_data);
}

static void
session_media (RtmsMedia *media, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  gint64 release = self->callbacks.media (media, media->data.owner,
      self->user_data);

  if (release < self->next_release)
    set_release (self, release);
}

static void
remember_state (GstRtmsClient *self, const RtmsMessage *message)
{
  g_mutex_lock (&self->stats_lock);
  if (message->type == RTMS_MESSAGE_STREAM_STATE_UPDATE
      || message->type == RTMS_MESSAGE_STREAM_STATE_RESP)
    self->stats.stream_state = message->state;
  else if (message->type == RTMS_MESSAGE_SESSION_STATE_UPDATE
      || message->type == RTMS_MESSAGE_SESSION_STATE_RESP)
    self->stats.session_state = message->state;
  g_mutex_unlock (&self->stats_lock);
}

static void
session_event (const RtmsMessage *message, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  remember_state (self, message);

  self->callbacks.event (message, self->user_data);
}

static void
session_ended (gint stop_reason, const GError *error, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  g_clear_pointer (&self->ticker, rtms_timer_free);
  self->callbacks.ended (stop_reason, error, self->user_data);
}

static void
session_failed (const GError *error, gint status_code, gpointer user_data)
{
  GstRtmsClient *self = user_data;

  g_clear_pointer (&self->ticker, rtms_timer_free);
  self->callbacks.failed (error, status_code, self->user_data);
}

static gboolean
start_job (gpointer user_data)
{
  static const RtmsSessionCallbacks callbacks = {
    .connect = session_connect,
    .send = session_send,
    .disconnect = session_disconnect,
    .confirmed = session_confirmed,
    .interrupted = session_interrupted,
    .resumed = session_resumed,
    .medium_ended = session_medium_ended,
    .media = session_media,
    .event = session_event,
    .ended = session_ended,
    .failed = session_failed,
  };
  static const RtmsDataAllocator allocator = {
    .alloc = alloc_data,
    .finish = finish_data,
    .free = free_data,
  };
  GstRtmsClient *self = user_data;

  self->reader = rtms_json_reader_new (&allocator, self);
  self->session = rtms_session_new (&self->settings->session, &callbacks,
      self);
  self->deadline_set = G_MAXINT64;
  self->deadline = rtms_network_thread_add_timer (self->thread, on_deadline,
      self);
  rtms_session_start (self->session, g_get_monotonic_time ());
  update_deadline (self);
  client_unref (self);
  return G_SOURCE_REMOVE;
}

/**
 * gst_rtms_client_new:
 * @settings: what to do
 * @callbacks: copied
 * @user_data: for @callbacks
 * @log_object: whose client it is, in the log
 */
GstRtmsClient *
gst_rtms_client_new (GstRtmsSettings *settings,
    const GstRtmsClientCallbacks *callbacks, gpointer user_data,
    GstObject *log_object)
{
  GstRtmsClient *self = g_new0 (GstRtmsClient, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->stats_lock);
  self->settings = gst_rtms_settings_ref (settings);
  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->log_object = gst_object_ref (log_object);
  self->newest_webhook = settings->payload->event_timestamp;
  self->video_user_id = settings->video_user_id;
  self->must_select_video = TRUE;
  self->next_release = G_MAXINT64;
  self->stats.stream_state = self->stats.session_state = -1;
  self->stats.round_trip = self->stats.round_trip_max = -1;
  self->thread = rtms_network_thread_acquire ((guint)
      GST_TIME_AS_MSECONDS (settings->context_wait));
  for (guint id = 0; id < RTMS_N_SOCKETS; id++)
    self->sockets[id] = (Socket) { .client = self, .id = id };
  return self;
}

/* Begins to connect; once per client. */
void
gst_rtms_client_start (GstRtmsClient *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  rtms_network_thread_submit (self->thread, start_job, self);
}

static gboolean
close_job (gpointer user_data)
{
  GstRtmsClient *self = user_data;

  if (self->session) {
    rtms_session_close (self->session, g_get_monotonic_time ());
    update_deadline (self);
  }
  client_unref (self);
  return G_SOURCE_REMOVE;
}

/* Asks Zoom to end the stream; the `ended` callback follows. */
void
gst_rtms_client_close (GstRtmsClient *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  rtms_network_thread_submit (self->thread, close_job, self);
}

typedef struct {
  GstRtmsClient *client;
  guint64 user_id;
} Selection;

static gboolean
select_video_job (gpointer user_data)
{
  Selection *selection = user_data;
  GstRtmsClient *self = selection->client;

  self->video_user_id = selection->user_id;
  self->must_select_video = TRUE;
  if (self->session)
    select_video (self);
  client_unref (self);
  g_free (selection);
  return G_SOURCE_REMOVE;
}

/* Whose video is to be sent, with video-mode=participant. */
void
gst_rtms_client_select_video (GstRtmsClient *self, guint64 user_id)
{
  Selection *selection = g_new (Selection, 1);

  selection->client = self;
  selection->user_id = user_id;
  g_atomic_ref_count_inc (&self->ref_count);
  rtms_network_thread_submit (self->thread, select_video_job, selection);
}

typedef struct {
  GstRtmsClient *client;
  RtmsPayload *payload;
} Update;

/* Webhooks may overtake each other: an older one would lead back to where the
 * stream no longer is. */
static gboolean
is_newest (GstRtmsClient *self, const RtmsPayload *payload)
{
  if (payload->event_timestamp == 0)
    return TRUE;
  if (payload->event_timestamp < self->newest_webhook) {
    GST_INFO_OBJECT (self->log_object, "a webhook that is older than one "
        "before is left alone");
    return FALSE;
  }
  self->newest_webhook = payload->event_timestamp;
  return TRUE;
}

static gboolean
update_job (gpointer user_data)
{
  Update *update = user_data;
  GstRtmsClient *self = update->client;
  const RtmsPayload *payload = update->payload;
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  if (self->session) {
    if (payload->event == RTMS_WEBHOOK_STOPPED)
      rtms_session_stop (self->session, payload->stop_reason, now);
    else if (is_newest (self, payload))
      rtms_session_rejoin (self->session, payload->event
          == RTMS_WEBHOOK_STARTED ? payload->signaling_urls : NULL, now,
          &error);
    if (error)
      GST_WARNING_OBJECT (self->log_object, "the stream is not joined "
          "elsewhere: %s", error->message);
    update_deadline (self);
  }
  client_unref (self);
  rtms_payload_free (update->payload);
  g_free (update);
  return G_SOURCE_REMOVE;
}

/**
 * gst_rtms_client_update:
 * @self: a client
 * @webhook: the body of a further webhook of the client's stream
 * @error: (out) (optional): when it cannot be read, or is not of this stream
 *
 * A stream that was interrupted is joined again at once, or elsewhere; one that
 * was stopped ends.
 *
 * Returns: whether there was something to do
 */
gboolean
gst_rtms_client_update (GstRtmsClient *self, const gchar *webhook,
    GError **error)
{
  g_autoptr (RtmsPayload) payload = rtms_json_parse_webhook (webhook, -1,
      error);
  Update *update;

  if (payload == NULL)
    return FALSE;
  if (payload->event == RTMS_WEBHOOK_OTHER
      || !g_str_equal (payload->stream_id,
          self->settings->payload->stream_id)) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_PAYLOAD, payload->event
        == RTMS_WEBHOOK_OTHER ? "The webhook is none of a stream's life"
        : "The webhook is of another stream");
    return FALSE;
  }
  update = g_new (Update, 1);
  update->client = self;
  update->payload = g_steal_pointer (&payload);
  g_atomic_ref_count_inc (&self->ref_count);
  rtms_network_thread_submit (self->thread, update_job, update);
  return TRUE;
}

static gboolean
request_state_job (gpointer user_data)
{
  GstRtmsClient *self = user_data;

  if (self->session)
    rtms_session_request_state (self->session);
  client_unref (self);
  return G_SOURCE_REMOVE;
}

/* Asks Zoom for the states of stream and session; the `event` callback tells
 * the answers. */
void
gst_rtms_client_request_state (GstRtmsClient *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  rtms_network_thread_submit (self->thread, request_state_job, self);
}

static void
tear_down (gpointer user_data)
{
  GstRtmsClient *self = user_data;

  g_clear_pointer (&self->ticker, rtms_timer_free);
  g_clear_pointer (&self->deadline, rtms_timer_free);
  for (guint id = 0; id < RTMS_N_SOCKETS; id++)
    g_clear_pointer (&self->sockets[id].websocket, rtms_websocket_free);
  g_clear_pointer (&self->session, rtms_session_free);
  g_clear_pointer (&self->reader, rtms_json_reader_free);
}

static void
ignore_connecting (RtmsSocketId id, const gchar *host, gpointer user_data)
{
}

static void
ignore_confirmed (const RtmsMediaParams *params, gpointer user_data)
{
}

static void
ignore_interrupted (guint kinds, const GError *error, gpointer user_data)
{
}

static void
ignore_resumed (guint kinds, gpointer user_data)
{
}

static void
ignore_medium_ended (guint kinds, const GError *error, gpointer user_data)
{
}

static gint64
ignore_media (const RtmsMedia *media, GstBuffer *buffer, gpointer user_data)
{
  gst_buffer_unref (buffer);
  return G_MAXINT64;
}

static gint64
ignore_release (gint64 now, gpointer user_data)
{
  return G_MAXINT64;
}

static void
ignore_event (const RtmsMessage *message, gpointer user_data)
{
}

static void
ignore_tick (gpointer user_data)
{
}

static void
ignore_ended (gint stop_reason, const GError *error, gpointer user_data)
{
}

static void
ignore_failed (const GError *error, gint status_code, gpointer user_data)
{
}

static gboolean
tear_down_job (gpointer user_data)
{
  GstRtmsClient *self = user_data;

  tear_down (self);
  client_unref (self);
  return G_SOURCE_REMOVE;
}

/* The calls that a client still makes when it is freed from within one. */
static const GstRtmsClientCallbacks no_callbacks = {
  .connecting = ignore_connecting,
  .confirmed = ignore_confirmed,
  .interrupted = ignore_interrupted,
  .resumed = ignore_resumed,
  .medium_ended = ignore_medium_ended,
  .media = ignore_media,
  .event = ignore_event,
  .release = ignore_release,
  .tick = ignore_tick,
  .ended = ignore_ended,
  .failed = ignore_failed,
};

/**
 * gst_rtms_client_free:
 * @self: (transfer full): a client
 *
 * Drops the connections without ending the stream at Zoom. Waits until the
 * network thread is out of every callback; from within a callback it cannot
 * wait, but no further callback comes.
 */
void
gst_rtms_client_free (GstRtmsClient *self)
{
  RtmsNetworkThread *thread = self->thread;

  if (rtms_network_thread_is_current (thread)) {
    self->callbacks = no_callbacks;
    rtms_network_thread_submit (thread, tear_down_job, self);
  } else {
    rtms_network_thread_call (thread, tear_down, self);
    client_unref (self);
  }
  rtms_network_thread_release (thread);
}

void
gst_rtms_client_get_stats (GstRtmsClient *self, GstRtmsClientStats *stats)
{
  g_mutex_lock (&self->stats_lock);
  *stats = self->stats;
  g_mutex_unlock (&self->stats_lock);
}
