/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-rtmssrc
 * @title: rtmssrc
 *
 * Receives one stream of Zoom Realtime Media Streams (RTMS): the live audio,
 * video, screen share, transcript and chat of a meeting, webinar, Video SDK
 * session or Contact Center call, each on a pad of its own. All pads share
 * one timeline, made of Zoom's timestamps.
 *
 * Pads appear when Zoom has confirmed the media; link them by name. Unlinked
 * pads cost next to nothing. `pad-added` is emitted on a thread that all
 * elements of the process share: handlers must not wait for anything.
 *
 * ## Record a meeting
 * |[
 * gst-launch-1.0 -e rtmssrc name=z payload-location=started.json \
 *     audio-rate=48000 fill-silence=true fill-video=true \
 *     z.video ! h264parse ! video/x-h264,stream-format=avc3 ! mux. \
 *     z.audio ! audioconvert ! avenc_aac ! mux. \
 *     z.transcript ! mux. \
 *     mp4mux name=mux ! filesink location=meeting.mp4
 * ]|
 * Records until the meeting ends, or Ctrl-C, which ends the stream at Zoom
 * too. The client id and secret are read from the environment variables
 * ZM_RTMS_CLIENT and ZM_RTMS_SECRET.
 *
 * ## Watch a meeting
 * |[
 * gst-launch-1.0 rtmssrc name=z payload-location=started.json \
 *     startup-backlog=false \
 *     z.video ! decodebin ! videoconvert ! autovideosink \
 *     z.audio ! audioconvert ! audioresample ! autoaudiosink
 * ]|
 *
 * ## Read along
 * |[
 * gst-launch-1.0 -q rtmssrc payload-location=started.json \
 *     media=transcript speaker-names=true ! webvttenc ! fdsink
 * ]|
 *
 * Since: 0.1
 */

#include "gstrtmssrc.h"

#include "gstrtmscaps.h"
#include "gstrtmsclient.h"
#include "gstrtmserror.h"
#include "gstrtmsproperties.h"
#include "gstrtmsstreams.h"
#include "gstrtmsuri.h"

/* MT safety: the properties and the URI are under the object lock. `client` and
 * `streams` are made and freed by the state change alone; `run_lock` protects
 * the pointers for send_event(), the actions and the stats, which come from
 * other threads, and `is_connecting`, which the network thread sets too.
 * It is taken before the locks of the streams and the client, and not held
 * while anything is posted, pushed or waited for. */

GST_DEBUG_CATEGORY (gst_rtms_src_debug);
#define GST_CAT_DEFAULT gst_rtms_src_debug

enum {
  PROP_STATS = GST_RTMS_PROPERTIES_END,
};

struct _GstRtmsSrc
{
  GstElement parent;

  GstRtmsProperties properties;
  gchar *uri;                   /* (nullable) */

  GMutex run_lock;
  GstRtmsClient *client;
  GstRtmsStreams *streams;
  gboolean is_connecting;       /* progress was begun and not ended */
};

static void gst_rtms_src_uri_handler_init (gpointer iface,
    gpointer iface_data);

G_DEFINE_TYPE_WITH_CODE (GstRtmsSrc, gst_rtms_src, GST_TYPE_ELEMENT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER,
        gst_rtms_src_uri_handler_init))
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (rtmssrc, "rtmssrc", GST_RANK_NONE,
    GST_TYPE_RTMS_SRC, GST_DEBUG_CATEGORY_INIT (gst_rtms_src_debug,
        "rtmssrc", 0, "Zoom Realtime Media Streams source"))

/**
 * rtmssrc pad audio:
 *
 * All voices, mixed, with `audio-mode=mixed`. The caps follow `audio-codec`,
 * `audio-rate` and `audio-channels`, as Zoom confirmed them.
 */
static GstStaticPadTemplate audio_template =
GST_STATIC_PAD_TEMPLATE ("audio", GST_PAD_SRC, GST_PAD_SOMETIMES,
    GST_STATIC_CAPS (GST_RTMS_AUDIO_CAPS));

/**
 * rtmssrc pad audio_%u:
 *
 * One participant's voice, with `audio-mode=participants`, named by the user id
 * and tagged with the name. It comes with the participant's first packet and
 * goes, after EOS, when the participant leaves.
 */
static GstStaticPadTemplate participant_template =
GST_STATIC_PAD_TEMPLATE ("audio_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
    GST_STATIC_CAPS (GST_RTMS_AUDIO_CAPS));

/**
 * rtmssrc pad video:
 *
 * The camera that `video-mode` chooses. Frames begin with a key frame; the size
 * is in the frames alone, where a parser finds it, as it changes with the
 * speaker.
 */
static GstStaticPadTemplate video_template =
GST_STATIC_PAD_TEMPLATE ("video", GST_PAD_SRC, GST_PAD_SOMETIMES,
    GST_STATIC_CAPS (GST_RTMS_VIDEO_CAPS));

/**
 * rtmssrc pad share:
 *
 * The shared screen, like `video`; silent while nobody shares.
 */
static GstStaticPadTemplate share_template =
GST_STATIC_PAD_TEMPLATE ("share", GST_PAD_SRC, GST_PAD_SOMETIMES,
    GST_STATIC_CAPS (GST_RTMS_VIDEO_CAPS));

/**
 * rtmssrc pad transcript:
 *
 * What is said, line by line, from where the words began to where they ended;
 * `text-format` and `speaker-names` say what a buffer holds.
 */
static GstStaticPadTemplate transcript_template =
GST_STATIC_PAD_TEMPLATE ("transcript", GST_PAD_SRC, GST_PAD_SOMETIMES,
    GST_STATIC_CAPS (GST_RTMS_TEXT_CAPS));

/**
 * rtmssrc pad chat:
 *
 * What is written to everybody.
 */
static GstStaticPadTemplate chat_template =
GST_STATIC_PAD_TEMPLATE ("chat", GST_PAD_SRC, GST_PAD_SOMETIMES,
    GST_STATIC_CAPS (GST_RTMS_TEXT_CAPS));

/**
 * rtmssrc pad events:
 *
 * The signaling messages of joins, leaves, speakers, sharing, cameras and
 * states as they come, a line of JSON each.
 */
static GstStaticPadTemplate events_template =
GST_STATIC_PAD_TEMPLATE ("events", GST_PAD_SRC, GST_PAD_SOMETIMES,
    GST_STATIC_CAPS (GST_RTMS_EVENTS_CAPS));

/* Connecting takes as long as a network does, in PAUSED: progress tells
 * applications to wait with PLAYING. Its end is told once. */
static void
post_progress (GstRtmsSrc *self, GstProgressType type, const gchar *text)
{
  gboolean is_end = type != GST_PROGRESS_TYPE_START
      && type != GST_PROGRESS_TYPE_CONTINUE;
  gboolean is_connecting;

  g_mutex_lock (&self->run_lock);
  is_connecting = self->is_connecting;
  if (is_end)
    self->is_connecting = FALSE;
  g_mutex_unlock (&self->run_lock);
  if (is_connecting)
    gst_element_post_message (GST_ELEMENT (self),
        gst_message_new_progress (GST_OBJECT (self), type, "connect", text));
}

/* What a client calls, with the streams of its run. The application may stop
 * the element from within any of these, hence the reference. */

static void
on_connecting (RtmsSocketId id, const gchar *host, gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);
  g_autofree gchar *text = g_strdup_printf ("Connecting to %s server %s",
      id == RTMS_SOCKET_SIGNALING ? "signaling" : "media", host);

  post_progress (GST_RTMS_SRC (gst_rtms_streams_get_element (streams)),
      GST_PROGRESS_TYPE_CONTINUE, text);
}

static void
on_confirmed (const RtmsMediaParams *params, gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);

  gst_rtms_streams_open (streams, params);
  if (gst_rtms_streams_has_media (streams))
    post_progress (GST_RTMS_SRC (gst_rtms_streams_get_element (streams)),
        GST_PROGRESS_TYPE_COMPLETE, "Connected");
  else
    post_progress (GST_RTMS_SRC (gst_rtms_streams_get_element (streams)),
        GST_PROGRESS_TYPE_ERROR, "There are no media");
}

static void
on_interrupted (guint kinds, const GError *error, gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);

  gst_rtms_streams_interrupt (streams, kinds);
  GST_ELEMENT_INFO (gst_rtms_streams_get_element (streams), RESOURCE, READ,
      ("A connection to Zoom was lost and is being taken up again%s%s.",
          error ? ": " : "", error ? error->message : ""), (NULL));
}

static void
on_resumed (guint kinds, gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);

  gst_rtms_streams_resume (streams, kinds);
}

static void
on_medium_ended (guint kinds, const GError *error, gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);

  if (error)
    GST_ELEMENT_WARNING (gst_rtms_streams_get_element (streams), RESOURCE,
        READ, ("The connection of one medium was lost: %s. The others go on.",
            error->message), (NULL));
  gst_rtms_streams_end (streams, kinds);
}

static gint64
on_media (const RtmsMedia *media, GstBuffer *buffer, gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);

  return gst_rtms_streams_push_media (streams, media, buffer);
}

static gint64
on_release (gint64 now, gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);

  return gst_rtms_streams_release (streams, now);
}

static void
on_event (const RtmsMessage *message, gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);

  if (message->type == RTMS_MESSAGE_VIDEO_SUBSCRIPTION_RESP
      && message->status_code != RTMS_STATUS_OK)
    GST_ELEMENT_WARNING (gst_rtms_streams_get_element (streams), RESOURCE,
        NOT_FOUND, ("Zoom does not send the video of participant %"
            G_GUINT64_FORMAT ": %s (status %d). Check video-user-id.",
            message->user_id, rtms_status_code_get_name (
                message->status_code), message->status_code), (NULL));
  gst_rtms_streams_push_event (streams, message);
}

static void
on_tick (gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);

  gst_rtms_streams_tick (streams);
}

static void
on_ended (gint stop_reason, const GError *error, gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);
  GstElement *element = gst_rtms_streams_get_element (streams);

  GST_INFO_OBJECT (element, "the stream ended: %s (reason %d)",
      rtms_stop_reason_get_name (stop_reason), stop_reason);
  post_progress (GST_RTMS_SRC (element), GST_PROGRESS_TYPE_CANCELED,
      "The stream ended");
  if (error && gst_rtms_streams_has_media (streams))
    GST_ELEMENT_WARNING (element, RESOURCE, READ, ("The connection to Zoom "
            "was lost: %s. All that came before is complete.",
            error->message), (NULL));
  if (gst_rtms_streams_has_media (streams))
    gst_rtms_streams_stop (streams, stop_reason);
  if (gst_rtms_pads_had_any (gst_rtms_streams_get_pads (streams)))
    return;
  /* There was no pad that could carry EOS, and who waits for one would wait
   * for ever. */
  if (gst_rtms_streams_has_media (streams))
    GST_ELEMENT_ERROR (element, RESOURCE, READ, ("The stream ended before "
            "anybody spoke, so nothing was received."), (NULL));
  else
    GST_ELEMENT_ERROR (element, RESOURCE, READ, ("The stream was ended before "
            "Zoom confirmed any media, so nothing was received."), (NULL));
}

static void
on_failed (const GError *error, gint status_code, gpointer user_data)
{
  g_autoptr (GstRtmsStreams) streams = gst_rtms_streams_ref (user_data);

  post_progress (GST_RTMS_SRC (gst_rtms_streams_get_element (streams)),
      GST_PROGRESS_TYPE_ERROR, "Connecting failed");
  gst_rtms_error_post (gst_rtms_streams_get_element (streams), error,
      status_code);
}

static gboolean
start (GstRtmsSrc *self)
{
  static const GstRtmsClientCallbacks callbacks = {
    .connecting = on_connecting,
    .confirmed = on_confirmed,
    .interrupted = on_interrupted,
    .resumed = on_resumed,
    .medium_ended = on_medium_ended,
    .media = on_media,
    .event = on_event,
    .release = on_release,
    .tick = on_tick,
    .ended = on_ended,
    .failed = on_failed,
  };
  g_autoptr (GstRtmsSettings) settings = NULL;
  g_autoptr (GError) error = NULL;
  GstRtmsProperties properties;

  GST_OBJECT_LOCK (self);
  gst_rtms_properties_copy (&properties, &self->properties);
  GST_OBJECT_UNLOCK (self);
  settings = gst_rtms_settings_new (&properties, &error);
  gst_rtms_properties_clear (&properties);
  if (settings == NULL) {
    gst_rtms_error_post (GST_ELEMENT (self), error, -1);
    return FALSE;
  }

  GST_INFO_OBJECT (self, "%s %s, stream %s",
      rtms_product_get_name (settings->payload->product),
      settings->payload->instance_id, settings->payload->stream_id);
  g_mutex_lock (&self->run_lock);
  self->streams = gst_rtms_streams_new (GST_ELEMENT (self), settings);
  self->client = gst_rtms_client_new (settings, &callbacks, self->streams,
      GST_OBJECT (self));
  self->is_connecting = TRUE;
  g_mutex_unlock (&self->run_lock);
  post_progress (self, GST_PROGRESS_TYPE_START, "Connecting to Zoom");
  gst_rtms_client_start (self->client);
  return TRUE;
}

static void
stop_client (GstRtmsSrc *self)
{
  GstRtmsClient *client;

  g_mutex_lock (&self->run_lock);
  client = g_steal_pointer (&self->client);
  g_mutex_unlock (&self->run_lock);
  g_clear_pointer (&client, gst_rtms_client_free);
  post_progress (self, GST_PROGRESS_TYPE_CANCELED, "Stopped");
}

static void
remove_streams (GstRtmsSrc *self)
{
  GstRtmsStreams *streams;

  g_mutex_lock (&self->run_lock);
  streams = g_steal_pointer (&self->streams);
  g_mutex_unlock (&self->run_lock);
  if (streams)
    gst_rtms_pads_close (gst_rtms_streams_get_pads (streams));
  g_clear_pointer (&streams, gst_rtms_streams_unref);
}

static GstStateChangeReturn
gst_rtms_src_change_state (GstElement *element, GstStateChange transition)
{
  GstRtmsSrc *self = GST_RTMS_SRC (element);
  GstStateChangeReturn ret;

  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      if (!start (self))
        return GST_STATE_CHANGE_FAILURE;
      break;
    case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
      gst_rtms_pads_set_playing (gst_rtms_streams_get_pads (self->streams),
          FALSE);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      /* First who fills the pads, then the pads' tasks, then the pads. */
      stop_client (self);
      break;
    default:
      break;
  }

  ret = GST_ELEMENT_CLASS (gst_rtms_src_parent_class)->change_state (element,
      transition);

  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      if (ret == GST_STATE_CHANGE_FAILURE) {
        stop_client (self);
        remove_streams (self);
      } else {
        ret = GST_STATE_CHANGE_NO_PREROLL;
      }
      break;
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      gst_rtms_pads_set_playing (gst_rtms_streams_get_pads (self->streams),
          TRUE);
      break;
    case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
      if (ret != GST_STATE_CHANGE_FAILURE)
        ret = GST_STATE_CHANGE_NO_PREROLL;
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      remove_streams (self);
      break;
    default:
      break;
  }
  return ret;
}

/* Whether there is a run that can be closed. */
static gboolean
close_stream (GstRtmsSrc *self)
{
  gboolean is_running;

  g_mutex_lock (&self->run_lock);
  is_running = self->client != NULL;
  if (is_running)
    gst_rtms_client_close (self->client);
  g_mutex_unlock (&self->run_lock);
  return is_running;
}

/* EOS from the application ends the stream at Zoom; the pads' EOS follows
 * when that is done, so that what was on its way is not lost. */
static gboolean
gst_rtms_src_send_event (GstElement *element, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_rtms_src_parent_class)->send_event (
        element, event);

  gst_event_unref (event);
  return close_stream (GST_RTMS_SRC (element));
}

static gboolean
update_payload (GstRtmsSrc *self, const gchar *webhook)
{
  g_autoptr (GError) error = NULL;
  gboolean taken = FALSE;

  g_mutex_lock (&self->run_lock);
  if (self->client && webhook)
    taken = gst_rtms_client_update (self->client, webhook, &error);
  g_mutex_unlock (&self->run_lock);
  if (error)
    GST_WARNING_OBJECT (self, "the webhook is left alone: %s",
        error->message);
  return taken;
}

static gboolean
request_state (GstRtmsSrc *self)
{
  gboolean is_running;

  g_mutex_lock (&self->run_lock);
  is_running = self->client != NULL;
  if (is_running)
    gst_rtms_client_request_state (self->client);
  g_mutex_unlock (&self->run_lock);
  return is_running;
}

static gboolean
subscribe_video (GstRtmsSrc *self, guint64 user_id)
{
  g_object_set (self, "video-user-id", user_id, NULL);
  return TRUE;
}

static gint64
to_ns (gint64 us)
{
  return us < 0 ? -1 : us * 1000;
}

/**
 * rtmssrc stats rtms-stats:
 * @messages: (guint64) media messages
 * @bytes: (guint64) of their payload
 * @control-messages: (guint64) all other messages
 * @malformed: (guint64) unreadable messages, which were left out
 * @unexpected: (guint64) messages that had no place
 * @keep-alives: (guint64) that were answered
 * @keep-alive-rtt: (gint64) the round trip of the connection that was kept
 *     alive last, as TCP measures it, in ns; -1 when unknown
 * @keep-alive-rtt-max: (gint64) the longest of these
 * @interruptions: (guint64) connections that were lost and taken up again
 * @stream-state: (string) the last that Zoom told, by name, or UNKNOWN
 * @session-state: (string) likewise
 *
 * For each pad there is also a field of its name with a structure
 * `rtms-pad-stats`.
 */
static GstStructure *
create_stats (GstRtmsSrc *self)
{
  GstStructure *stats = gst_structure_new_empty ("rtms-stats");
  GstRtmsClientStats values = { .stream_state = -1, .session_state = -1,
    .round_trip = -1, .round_trip_max = -1 };
  guint64 messages = 0, bytes = 0;

  g_mutex_lock (&self->run_lock);
  if (self->client)
    gst_rtms_client_get_stats (self->client, &values);
  for (guint i = 0; i < RTMS_N_MEDIA; i++) {
    messages += values.messages[i];
    bytes += values.bytes[i];
  }
  gst_structure_set (stats, "messages", G_TYPE_UINT64, messages,
      "bytes", G_TYPE_UINT64, bytes,
      "control-messages", G_TYPE_UINT64, values.control_messages,
      "malformed", G_TYPE_UINT64, values.malformed,
      "unexpected", G_TYPE_UINT64, values.unexpected,
      "keep-alives", G_TYPE_UINT64, values.keep_alives,
      "keep-alive-rtt", G_TYPE_INT64, to_ns (values.round_trip),
      "keep-alive-rtt-max", G_TYPE_INT64, to_ns (values.round_trip_max),
      "interruptions", G_TYPE_UINT64, values.interruptions,
      "stream-state", G_TYPE_STRING,
      rtms_stream_state_get_name (values.stream_state),
      "session-state", G_TYPE_STRING,
      rtms_session_state_get_name (values.session_state), NULL);
  if (self->streams)
    gst_rtms_streams_add_stats (self->streams, stats);
  g_mutex_unlock (&self->run_lock);
  return stats;
}

/* The property may be set at any time, and means something in one mode. */
static void
select_video (GstRtmsSrc *self)
{
  gboolean is_chosen;
  guint64 user_id;

  GST_OBJECT_LOCK (self);
  user_id = self->properties.video_user_id;
  is_chosen = self->properties.video_mode == GST_RTMS_VIDEO_MODE_PARTICIPANT
      && user_id != 0;
  GST_OBJECT_UNLOCK (self);
  g_mutex_lock (&self->run_lock);
  if (self->client && is_chosen) {
    gst_rtms_streams_await_video (self->streams);
    gst_rtms_client_select_video (self->client, user_id);
  }
  g_mutex_unlock (&self->run_lock);
}

static void
gst_rtms_src_set_property (GObject *object, guint id, const GValue *value,
    GParamSpec *pspec)
{
  GstRtmsSrc *self = GST_RTMS_SRC (object);
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = gst_rtms_properties_set (&self->properties, id, value);
  GST_OBJECT_UNLOCK (self);
  if (known && id == gst_rtms_properties_get_video_user_id_property ())
    select_video (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtms_src_get_property (GObject *object, guint id, GValue *value,
    GParamSpec *pspec)
{
  GstRtmsSrc *self = GST_RTMS_SRC (object);
  gboolean known;

  if (id == PROP_STATS) {
    g_value_take_boxed (value, create_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  known = gst_rtms_properties_get (&self->properties, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static GstURIType
get_uri_type (GType type)
{
  return GST_URI_SRC;
}

static const gchar *const *
get_uri_protocols (GType type)
{
  static const gchar *const protocols[] = { GST_RTMS_URI_SCHEME, NULL };

  return protocols;
}

static gchar *
get_uri (GstURIHandler *handler)
{
  GstRtmsSrc *self = GST_RTMS_SRC (handler);
  gchar *uri;

  GST_OBJECT_LOCK (self);
  uri = g_strdup (self->uri);
  GST_OBJECT_UNLOCK (self);
  return uri;
}

static gboolean
set_uri (GstURIHandler *handler, const gchar *uri, GError **error)
{
  GstRtmsSrc *self = GST_RTMS_SRC (handler);
  gboolean is_running;

  GST_OBJECT_LOCK (self);
  is_running = GST_STATE (self) > GST_STATE_READY;
  GST_OBJECT_UNLOCK (self);
  if (is_running) {
    g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_STATE,
        "The URI cannot change while the element runs");
    return FALSE;
  }
  if (!gst_rtms_uri_apply (G_OBJECT (self), uri, error))
    return FALSE;
  GST_OBJECT_LOCK (self);
  g_free (self->uri);
  self->uri = g_strdup (uri);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static void
gst_rtms_src_uri_handler_init (gpointer iface, gpointer iface_data)
{
  GstURIHandlerInterface *handler = iface;

  handler->get_type = get_uri_type;
  handler->get_protocols = get_uri_protocols;
  handler->get_uri = get_uri;
  handler->set_uri = set_uri;
}

static void
gst_rtms_src_finalize (GObject *object)
{
  GstRtmsSrc *self = GST_RTMS_SRC (object);

  gst_rtms_properties_clear (&self->properties);
  g_free (self->uri);
  g_mutex_clear (&self->run_lock);

  G_OBJECT_CLASS (gst_rtms_src_parent_class)->finalize (object);
}

/* An action with no more than one parameter. */
static void
add_action (GstRtmsSrcClass *klass, const gchar *name, GCallback function,
    GType parameter)
{
  g_signal_new_class_handler (name, G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, function, NULL, NULL, NULL,
      G_TYPE_BOOLEAN, parameter == G_TYPE_NONE ? 0 : 1, parameter);
}

static void
gst_rtms_src_class_init (GstRtmsSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_rtms_src_set_property;
  object_class->get_property = gst_rtms_src_get_property;
  object_class->finalize = gst_rtms_src_finalize;
  gst_rtms_properties_install (object_class);

  /**
   * GstRtmsSrc:stats:
   *
   * Counts of the current run: a #GstStructure `rtms-stats` that is valid in
   * every state.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts of messages, bytes, drops and gaps", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  /**
   * GstRtmsSrc::update-payload:
   * @src: an rtmssrc
   * @webhook: the body of a further webhook of this stream, as JSON text
   *
   * Tells the element what Zoom's webhooks say of a running stream: after
   * `rtms_interrupted` it is joined again at once, after a second
   * `rtms_started` where that says, after `rtms_stopped` it ends with EOS on
   * every pad. A webhook that Zoom repeats does no harm.
   *
   * Returns: %FALSE when nothing runs, or when the webhook cannot be read or
   *     is of another stream
   *
   * Since: 0.1
   */
  add_action (klass, "update-payload", G_CALLBACK (update_payload),
      G_TYPE_STRING);

  /**
   * GstRtmsSrc::close-stream:
   * @src: an rtmssrc
   *
   * Asks Zoom to end the stream, as an EOS event does; EOS follows on every
   * pad.
   *
   * Returns: %FALSE when nothing runs
   *
   * Since: 0.1
   */
  add_action (klass, "close-stream", G_CALLBACK (close_stream), G_TYPE_NONE);

  /**
   * GstRtmsSrc::subscribe-video:
   * @src: an rtmssrc
   * @user_id: a participant
   *
   * Sets video-user-id: with `video-mode=participant`, whose video comes.
   *
   * Returns: %TRUE
   *
   * Since: 0.1
   */
  add_action (klass, "subscribe-video", G_CALLBACK (subscribe_video),
      G_TYPE_UINT64);

  /**
   * GstRtmsSrc::request-state:
   * @src: an rtmssrc
   *
   * Asks Zoom for the states of the stream and of its session. The answers
   * are told by the messages rtms-stream-state and rtms-session-state, and
   * are in `stats`.
   *
   * Returns: %FALSE when nothing runs
   *
   * Since: 0.1
   */
  add_action (klass, "request-state", G_CALLBACK (request_state),
      G_TYPE_NONE);

  gst_element_class_add_static_pad_template (element_class, &audio_template);
  gst_element_class_add_static_pad_template (element_class,
      &participant_template);
  gst_element_class_add_static_pad_template (element_class, &video_template);
  gst_element_class_add_static_pad_template (element_class, &share_template);
  gst_element_class_add_static_pad_template (element_class,
      &transcript_template);
  gst_element_class_add_static_pad_template (element_class, &chat_template);
  gst_element_class_add_static_pad_template (element_class,
      &events_template);
  gst_element_class_set_static_metadata (element_class,
      "Zoom Realtime Media Streams source", "Source/Network",
      "Receives the audio, video, share, transcript and chat of a Zoom "
      "meeting", "The gst-rtms authors");
  element_class->change_state = gst_rtms_src_change_state;
  element_class->send_event = gst_rtms_src_send_event;

  gst_type_mark_as_plugin_api (GST_TYPE_RTMS_MEDIA_FLAGS, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_RTMS_CONNECTIONS, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_RTMS_AUDIO_CODEC, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_RTMS_AUDIO_MODE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_RTMS_AUDIO_TRANSPORT, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_RTMS_VIDEO_CODEC, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_RTMS_VIDEO_RESOLUTION, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_RTMS_VIDEO_MODE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_RTMS_TEXT_FORMAT, 0);
}

static void
gst_rtms_src_init (GstRtmsSrc *self)
{
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
  g_mutex_init (&self->run_lock);
  gst_rtms_properties_init (&self->properties);
}
