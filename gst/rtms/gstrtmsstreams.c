/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* MT safety: `lock` protects the table of pads and the flags beside it. It is
 * taken before a pad's lock, and never held while a pad is pushed to, added
 * or removed, or a message posted. What is not under it belongs to the network
 * thread.
 *
 * Adding a pad and posting a message call into the application, which may
 * stop the element right there, on the network thread. Hence the streams are
 * counted by reference, and what comes after such a call looks whether they
 * were closed. */

#include "gstrtmsstreams.h"

#include <string.h>

#include "gstrtmscaps.h"
#include "gstrtmsmeta.h"
#include "gstrtmssrcpad.h"
#include "protocol/rtmsh264.h"
#include "protocol/rtmstimeline.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtms_src_debug);
#define GST_CAT_DEFAULT gst_rtms_src_debug

/* The events' pad stands behind those of the media. */
#define EVENTS RTMS_N_MEDIA
#define N_STREAMS (RTMS_N_MEDIA + 1)

#define WARNING_INTERVAL G_TIME_SPAN_SECOND

/* How long an utterance is shown that does not say how long it took. */
#define TEXT_TIME_PER_BYTE (60 * GST_MSECOND)
#define TEXT_TIME_MIN GST_SECOND
#define TEXT_TIME_MAX (7 * GST_SECOND)
/* An utterance of more is a broken timestamp. */
#define TEXT_TIME_SAID_MAX (60 * GST_SECOND)

/* Media that come first may wait this long for older audio, µs. */
#define BACKLOG_WAIT G_TIME_SPAN_SECOND
/* Nothing but late packets for so long means that Zoom's clock was set back,
 * µs. */
#define LATE_RUN_MAX G_TIME_SPAN_SECOND

/* A packet that waits for the timeline's beginning. */
typedef struct {
  RtmsMediaKind kind;
  GstBuffer *buffer;
  gint64 unix_time;
} Packet;

struct _GstRtmsStreams
{
  gatomicrefcount ref_count;
  GstElement *element;          /* not owned: whose client outlives us */
  GstRtmsSettings *settings;

  GMutex lock;
  GstRtmsSrcPad *pads[N_STREAMS];
  gboolean playing;
  gboolean is_open;             /* the first set of pads is complete */
  gboolean is_closed;           /* no pad may come any more */
  gboolean has_error;           /* one is enough */

  RtmsTimeline timeline;
  RtmsMediaParams params;
  guint group_id;
  GstStream *streams[N_STREAMS];
  gboolean awaits_audio;        /* whose first packet tells its caps */
  GQueue waiting;               /* of Packet */
  gint64 waiting_since;
  gint64 late_since[RTMS_N_MEDIA];      /* 0: the last one was in time */
  gint64 last_warning;
  guint dropped[N_STREAMS];     /* since the last warning of them */
};

/**
 * gst_rtms_streams_new:
 * @element: whose pads they are
 * @settings: how they work
 */
GstRtmsStreams *
gst_rtms_streams_new (GstElement *element, GstRtmsSettings *settings)
{
  GstRtmsStreams *self = g_new0 (GstRtmsStreams, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->element = element;
  self->settings = gst_rtms_settings_ref (settings);
  g_queue_init (&self->waiting);
  g_mutex_init (&self->lock);
  rtms_timeline_init (&self->timeline);
  return self;
}

static GstRtmsSrcPad *
get_pad (GstRtmsStreams *self, guint index)
{
  GstRtmsSrcPad *pad;

  g_mutex_lock (&self->lock);
  pad = self->pads[index] ? gst_object_ref (self->pads[index]) : NULL;
  g_mutex_unlock (&self->lock);
  return pad;
}

GstRtmsStreams *
gst_rtms_streams_ref (GstRtmsStreams *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
free_packet (gpointer data)
{
  Packet *packet = data;

  gst_buffer_unref (packet->buffer);
  g_free (packet);
}

void
gst_rtms_streams_unref (GstRtmsStreams *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear_full (&self->waiting, free_packet);
  for (guint i = 0; i < N_STREAMS; i++)
    gst_clear_object (&self->streams[i]);
  gst_rtms_settings_unref (self->settings);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstElement *
gst_rtms_streams_get_element (GstRtmsStreams *self)
{
  return self->element;
}

gboolean
gst_rtms_streams_has_pads (GstRtmsStreams *self)
{
  gboolean has_pads = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < N_STREAMS; i++)
    has_pads |= self->pads[i] != NULL;
  g_mutex_unlock (&self->lock);
  return has_pads;
}

/**
 * gst_rtms_streams_close:
 * @self: streams
 *
 * Removes the pads, which the element's state change has made inactive, from
 * the element. No other comes after this.
 */
void
gst_rtms_streams_close (GstRtmsStreams *self)
{
  GstRtmsSrcPad *pads[N_STREAMS];

  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  memcpy (pads, self->pads, sizeof pads);
  memset (self->pads, 0, sizeof self->pads);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < N_STREAMS; i++) {
    if (pads[i] == NULL)
      continue;
    gst_pad_set_active (GST_PAD (pads[i]), FALSE);
    if (GST_OBJECT_PARENT (pads[i]) == GST_OBJECT (self->element))
      gst_element_remove_pad (self->element, GST_PAD (pads[i]));
    gst_object_unref (pads[i]);
  }
}

static const gchar *
stream_name (guint index)
{
  return index == EVENTS ? "events" : rtms_media_kind_get_name (index);
}

static gboolean
is_text (guint index)
{
  return index == RTMS_MEDIA_TRANSCRIPT || index == RTMS_MEDIA_CHAT
      || index == EVENTS;
}

static gboolean
claim_error (GstRtmsStreams *self)
{
  gboolean first;

  g_mutex_lock (&self->lock);
  first = !self->has_error;
  self->has_error = TRUE;
  g_mutex_unlock (&self->lock);
  return first;
}

static gboolean
is_anything_linked (GstRtmsStreams *self)
{
  gboolean linked = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < N_STREAMS; i++)
    linked |= self->pads[i] && gst_pad_is_linked (GST_PAD (self->pads[i]));
  /* Not to be judged before all could have been linked. */
  linked |= !self->is_open;
  g_mutex_unlock (&self->lock);
  return linked;
}

/* Called by a streaming thread. */
static void
on_flow (GstRtmsSrcPad *pad, GstFlowReturn flow, gpointer user_data)
{
  GstRtmsStreams *self = user_data;

  if (flow < GST_FLOW_EOS) {
    if (claim_error (self))
      GST_ELEMENT_FLOW_ERROR (self->element, flow);
  } else if (flow == GST_FLOW_NOT_LINKED && !is_anything_linked (self)) {
    if (claim_error (self))
      GST_ELEMENT_ERROR (self->element, STREAM, FAILED,
          ("None of the pads is linked, so nothing would be received. Link "
              "at least one by its name: audio, video, share, transcript, "
              "chat or events."), (NULL));
  }
}

static GstRtmsSrcPadLimits
get_limits (GstRtmsStreams *self, guint index)
{
  const GstRtmsSettings *settings = self->settings;
  GstRtmsSrcPadLimits limits = {
    .max_time = settings->max_queue_time,
    .max_bytes = settings->max_queue_bytes,
    .latency = settings->latency,
  };

  if (is_text (index)) {
    limits.overflow = GST_RTMS_OVERFLOW_BYTES;
    limits.may_overlap = settings->text_overlap || index == EVENTS;
  } else if (index == RTMS_MEDIA_AUDIO) {
    limits.overflow = GST_RTMS_OVERFLOW_OLDEST;
    limits.hole = MAX (self->params.audio.send_rate, 1) * GST_MSECOND;
  } else {
    limits.overflow = GST_RTMS_OVERFLOW_KEY_FRAME;
  }
  return limits;
}

static GstTagList *
create_tags (GstRtmsStreams *self, guint index)
{
  static const gchar *const titles[N_STREAMS] = { "Audio", "Active speaker",
    "Screen share", "Transcript", "Chat", "Events" };
  GstTagList *tags = gst_tag_list_new (GST_TAG_TITLE, titles[index], NULL);
  const gchar *language = NULL;

  if (index == RTMS_MEDIA_TRANSCRIPT)
    language = rtms_language_get_tag (self->params.transcript.language);
  if (language)
    gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_LANGUAGE_CODE,
        language, NULL);
  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_STREAM);
  return tags;
}

static GstStream *
create_stream (GstRtmsStreams *self, guint index, GstCaps *caps)
{
  static const GstStreamType types[N_STREAMS] = { GST_STREAM_TYPE_AUDIO,
    GST_STREAM_TYPE_VIDEO, GST_STREAM_TYPE_VIDEO, GST_STREAM_TYPE_TEXT,
    GST_STREAM_TYPE_TEXT, GST_STREAM_TYPE_UNKNOWN };
  g_autofree gchar *id = g_strdup_printf ("rtms/%s/%s",
      self->settings->payload->stream_id, stream_name (index));
  g_autoptr (GstTagList) tags = create_tags (self, index);
  GstStream *stream = gst_stream_new (id, caps, types[index],
      is_text (index) ? GST_STREAM_FLAG_SPARSE : GST_STREAM_FLAG_NONE);

  gst_stream_set_tags (stream, tags);
  return stream;
}

static GstCaps *
create_caps (GstRtmsStreams *self, guint index)
{
  if (index == EVENTS)
    return self->settings->events
        ? gst_caps_from_string (GST_RTMS_EVENTS_CAPS) : NULL;
  if (!(self->params.kinds & RTMS_MEDIA_BIT (index)))
    return NULL;
  if (index == RTMS_MEDIA_AUDIO && self->awaits_audio)
    return NULL;
  if (is_text (index) && self->settings->text_as_json)
    return gst_caps_from_string (GST_RTMS_JSON_CAPS);
  return gst_rtms_caps_new (index, &self->params);
}

/* Born active and with its sticky events, so that whoever links it in
 * pad-added sees caps. The tags follow by the queue once it is linked: its
 * task takes all sticky events along, and a muxer need not wait for the
 * first buffer to know the caps of a pad that is silent. */
static void
add_pad (GstRtmsStreams *self, guint index, GstStreamCollection *collection)
{
  GstStream *stream = self->streams[index];
  const gchar *name = stream_name (index);
  GstPadTemplate *templ = gst_element_class_get_pad_template (
      GST_ELEMENT_GET_CLASS (self->element), name);
  GstRtmsSrcPadLimits limits = get_limits (self, index);
  g_autoptr (GstRtmsSrcPad) src_pad = gst_rtms_src_pad_new (templ, name,
      &limits, on_flow, self);
  GstPad *pad = GST_PAD (src_pad);
  g_autoptr (GstCaps) caps = gst_stream_get_caps (stream);
  GstSegment segment;
  GstEvent *event;
  gboolean is_closed;

  gst_object_ref_sink (src_pad);
  g_mutex_lock (&self->lock);
  if (!self->is_closed)
    self->pads[index] = gst_object_ref (src_pad);
  gst_rtms_src_pad_set_playing (src_pad, self->playing);
  is_closed = self->is_closed;
  g_mutex_unlock (&self->lock);
  if (is_closed)
    return;

  gst_pad_use_fixed_caps (pad);
  gst_pad_set_active (pad, TRUE);

  event = gst_event_new_stream_start (gst_stream_get_stream_id (stream));
  gst_event_set_group_id (event, self->group_id);
  gst_event_set_stream (event, stream);
  gst_event_set_stream_flags (event, gst_stream_get_stream_flags (stream));
  gst_pad_push_event (pad, event);
  gst_pad_push_event (pad, gst_event_new_stream_collection (collection));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_segment (&segment));

  gst_element_add_pad (self->element, pad);
  gst_rtms_src_pad_push_event (src_pad,
      gst_event_new_tag (gst_stream_get_tags (stream)));
}

static void
warn_of_unreadable_media (GstRtmsStreams *self, const RtmsMediaParams *asked)
{
  for (guint i = 0; i < RTMS_N_MEDIA; i++) {
    if (!(asked->kinds & RTMS_MEDIA_BIT (i)))
      continue;
    if (!(self->params.kinds & RTMS_MEDIA_BIT (i)))
      GST_ELEMENT_WARNING (self->element, RESOURCE, NOT_AUTHORIZED,
          ("Zoom does not send %s: the app may have no scope for it.",
              stream_name (i)), (NULL));
  }
}

static GstStreamCollection *
post_collection (GstRtmsStreams *self)
{
  GstStreamCollection *collection =
      gst_stream_collection_new (self->settings->payload->stream_id);

  for (guint i = 0; i < N_STREAMS; i++) {
    if (self->streams[i])
      gst_stream_collection_add_stream (collection,
          gst_object_ref (self->streams[i]));
  }
  gst_element_post_message (self->element,
      gst_message_new_stream_collection (GST_OBJECT (self->element),
          collection));
  return collection;
}

static void
finish_opening (GstRtmsStreams *self)
{
  gboolean is_closed;

  g_mutex_lock (&self->lock);
  self->is_open = TRUE;
  is_closed = self->is_closed;
  g_mutex_unlock (&self->lock);
  if (!is_closed)
    gst_element_no_more_pads (self->element);
}

/**
 * gst_rtms_streams_open:
 * @self: new streams
 * @params: the media that Zoom confirmed
 *
 * Adds the pads of all media, and posts the stream collection. Media that were
 * asked for and do not come are told by a warning, none at all by an error.
 */
void
gst_rtms_streams_open (GstRtmsStreams *self, const RtmsMediaParams *params)
{
  g_autoptr (GstStreamCollection) collection = NULL;

  self->params = *params;
  self->group_id = gst_util_group_id_next ();
  self->awaits_audio = params->kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO)
      && params->audio.content_type == RTMS_CONTENT_TYPE_RTP
      && params->audio.codec != RTMS_CODEC_L16;
  for (guint i = 0; i < N_STREAMS; i++) {
    g_autoptr (GstCaps) caps = create_caps (self, i);

    if (caps)
      self->streams[i] = create_stream (self, i, caps);
    else if (i < RTMS_N_MEDIA && !(i == RTMS_MEDIA_AUDIO
            && self->awaits_audio))
      self->params.kinds &= ~RTMS_MEDIA_BIT (i);
  }
  warn_of_unreadable_media (self, &self->settings->session.params);
  if (self->params.kinds == 0) {
    GST_ELEMENT_ERROR (self->element, STREAM, FORMAT, ("Zoom confirmed no "
            "medium that rtmssrc can read. Check the app's scopes at Zoom "
            "and the property media."), (NULL));
    return;
  }

  collection = post_collection (self);
  for (guint i = 0; i < N_STREAMS; i++) {
    if (self->streams[i])
      add_pad (self, i, collection);
  }
  if (!self->awaits_audio)
    finish_opening (self);
}

/* Only a packet shows whether it really is RTP. */
static void
add_audio_pad (GstRtmsStreams *self, GstBuffer *packet)
{
  g_autoptr (GstStreamCollection) collection = NULL;
  g_autoptr (GstCaps) caps = NULL;
  GstMapInfo map;

  self->awaits_audio = FALSE;
  if (gst_buffer_map (packet, &map, GST_MAP_READ)) {
    caps = gst_rtms_caps_new_rtp (&self->params.audio, map.data, map.size);
    gst_buffer_unmap (packet, &map);
  }
  if (caps) {
    self->streams[RTMS_MEDIA_AUDIO] = create_stream (self, RTMS_MEDIA_AUDIO,
        caps);
    collection = post_collection (self);
    add_pad (self, RTMS_MEDIA_AUDIO, collection);
  }
  finish_opening (self);
}

/* -1 while the pipeline does not play. Before that it may have a running time
 * all the same: that of an earlier run. */
static gint64
get_running_time (GstRtmsStreams *self)
{
  GstClockTime now = GST_CLOCK_TIME_NONE;
  gboolean playing;

  g_mutex_lock (&self->lock);
  playing = self->playing;
  g_mutex_unlock (&self->lock);
  if (playing)
    now = gst_element_get_current_running_time (self->element);
  return GST_CLOCK_TIME_IS_VALID (now) ? (gint64) now : -1;
}

/* The place of what says no time of its own, or none that counts. */
static GstClockTime
get_current_place (GstRtmsStreams *self)
{
  gint64 now = get_running_time (self);

  return (GstClockTime) MAX (0, MAX (now,
          rtms_timeline_get_reference (&self->timeline, now)));
}

static GstClockTime
map_text (GstRtmsStreams *self, gint64 unix_time)
{
  if (!self->timeline.anchored || unix_time == RTMS_TIME_NONE)
    return get_current_place (self);
  return (GstClockTime) rtms_timeline_map (&self->timeline, unix_time);
}

/* One warning a second at the most, of each pad that it concerns. */
static void
warn_of_drops (GstRtmsStreams *self, guint index, guint dropped)
{
  gint64 now = g_get_monotonic_time ();

  self->dropped[index] += dropped;
  if (dropped == 0 || now - self->last_warning < WARNING_INTERVAL)
    return;
  self->last_warning = now;
  for (guint i = 0; i < N_STREAMS; i++) {
    dropped = self->dropped[i];
    self->dropped[i] = 0;
    if (dropped)
      GST_ELEMENT_WARNING (self->element, RESOURCE, BUSY,
          ("What follows pad %s is too slow: %u buffers were dropped. Make it "
              "faster, or raise max-queue-time and max-queue-bytes.",
              stream_name (i), dropped), (NULL));
  }
}

static gboolean
prepare_audio (GstRtmsStreams *self, const RtmsMedia *media,
    GstBuffer *buffer)
{
  const RtmsAudioParams *params = &self->params.audio;
  gsize frame = (gsize) params->channels * sizeof (gint16);
  gsize size = media->data.size - media->data.size % frame;

  if (media->data.size == 0)
    return FALSE;
  if (params->codec != RTMS_CODEC_L16) {
    GST_BUFFER_DURATION (buffer) = params->send_rate * GST_MSECOND;
    return TRUE;
  }
  if (size == 0)
    return FALSE;
  gst_buffer_set_size (buffer, (gssize) size);
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (size / frame,
      GST_SECOND, (guint64) params->sample_rate);
  return TRUE;
}

static gboolean
prepare_video (GstRtmsStreams *self, const RtmsMedia *media,
    GstBuffer *buffer)
{
  const RtmsVideoParams *params = media->kind == RTMS_MEDIA_SHARE
      ? &self->params.share : &self->params.video;
  gboolean is_key = TRUE;
  GstMapInfo map;

  if (media->data.size == 0)
    return FALSE;
  if (params->codec == RTMS_CODEC_H264
      && gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    is_key = rtms_h264_is_key_frame (map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  if (!is_key)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return TRUE;
}

static GstBuffer *
prefix_speaker (GstBuffer *buffer, const gchar *name)
{
  g_autofree gchar *prefix = g_strconcat (name, ": ", NULL);
  gsize length = strlen (prefix);
  GstMemory *memory = gst_memory_new_wrapped (0, prefix, length, 0, length,
      prefix, g_free);

  prefix = NULL;
  gst_buffer_prepend_memory (buffer, memory);
  return buffer;
}

/* The message it came in, as a line. */
static GstBuffer *
create_json_line (const gchar *text, gsize length)
{
  gchar *line = g_utf8_make_valid (text, (gssize) length);
  gsize end = strlen (line);

  /* Line breaks can only stand between JSON's tokens. */
  g_strdelimit (line, "\n\r", ' ');
  line[end] = '\n';
  return gst_buffer_new_wrapped (line, end + 1);
}

static GstClockTime
get_text_duration (const RtmsMedia *media)
{
  if (media->start_time != RTMS_TIME_NONE
      && media->end_time > media->start_time)
    return MIN ((GstClockTime) (media->end_time - media->start_time),
        TEXT_TIME_SAID_MAX);
  return CLAMP (media->data.size * TEXT_TIME_PER_BYTE, TEXT_TIME_MIN,
      TEXT_TIME_MAX);
}

/* A cue stands where the words were said, as far as that is known. */
static gboolean
prepare_text (GstRtmsStreams *self, const RtmsMedia *media,
    GstBuffer **buffer)
{
  const GstRtmsSettings *settings = self->settings;

  if (media->data.size == 0)
    return FALSE;
  if (settings->text_as_json) {
    gst_buffer_unref (*buffer);
    *buffer = create_json_line (media->message_text, media->message_length);
  } else if (settings->speaker_names && media->user_name) {
    *buffer = prefix_speaker (*buffer, media->user_name);
  }
  GST_BUFFER_PTS (*buffer) = map_text (self,
      media->start_time != RTMS_TIME_NONE ? media->start_time
      : media->timestamp);
  GST_BUFFER_DURATION (*buffer) = get_text_duration (media);
  return TRUE;
}

static gboolean
prepare (GstRtmsStreams *self, const RtmsMedia *media, GstBuffer **buffer)
{
  switch (media->kind) {
    case RTMS_MEDIA_AUDIO:
      return prepare_audio (self, media, *buffer);
    case RTMS_MEDIA_VIDEO:
    case RTMS_MEDIA_SHARE:
      return prepare_video (self, media, *buffer);
    case RTMS_MEDIA_TRANSCRIPT:
    case RTMS_MEDIA_CHAT:
      return prepare_text (self, media, buffer);
    default:
      g_return_val_if_reached (FALSE);
  }
}

static void
push_buffer (GstRtmsStreams *self, GstRtmsSrcPad *pad, const Packet *packet)
{
  gint64 *late_since = &self->late_since[packet->kind];
  gint64 now;
  guint dropped;

  if (gst_rtms_src_pad_push_buffer (pad, packet->buffer, &dropped)) {
    *late_since = 0;
    warn_of_drops (self, packet->kind, dropped);
    return;
  }
  now = g_get_monotonic_time ();
  if (*late_since == 0)
    *late_since = now;
  if (now - *late_since < LATE_RUN_MAX)
    return;
  GST_WARNING_OBJECT (self->element, "Zoom's clock was set back: going on "
      "where %s stands", rtms_media_kind_get_name (packet->kind));
  rtms_timeline_restart (&self->timeline, packet->unix_time,
      get_running_time (self));
  memset (self->late_since, 0, sizeof self->late_since);
}

/* Gives a packet its place, and its buffer away. */
static void
deliver (GstRtmsStreams *self, const Packet *packet)
{
  g_autoptr (GstRtmsSrcPad) pad = get_pad (self, packet->kind);
  gint64 place;

  if (pad == NULL) {
    gst_buffer_unref (packet->buffer);
    return;
  }
  if (!is_text (packet->kind)) {
    place = packet->unix_time == RTMS_TIME_NONE
        ? (gint64) get_current_place (self)
        : rtms_timeline_place (&self->timeline, packet->unix_time,
        get_running_time (self));
    /* From before the beginning, or from nowhere. */
    if (place < 0) {
      gst_rtms_src_pad_reject_buffer (pad, packet->buffer);
      return;
    }
    GST_BUFFER_PTS (packet->buffer) = (GstClockTime) place;
  }
  push_buffer (self, pad, packet);
}

/* The kept audio of a stream's beginning is older than the video that may
 * come first, and the timeline begins with the oldest. */
static gboolean
must_wait (GstRtmsStreams *self, RtmsMediaKind kind)
{
  return !self->timeline.anchored && !is_text (kind)
      && kind != RTMS_MEDIA_AUDIO
      && (self->params.kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO))
      && self->settings->session.startup_backlog;
}

static void
deliver_waiting (GstRtmsStreams *self)
{
  Packet *packet;

  while ((packet = g_queue_pop_head (&self->waiting))) {
    deliver (self, packet);
    g_free (packet);
  }
}

static void
begin_with_oldest (GstRtmsStreams *self, gint64 unix_time)
{
  for (GList *l = self->waiting.head; l; l = l->next) {
    gint64 other = ((Packet *) l->data)->unix_time;

    if (other != RTMS_TIME_NONE)
      unix_time = MIN (unix_time, other);
  }
  if (unix_time != RTMS_TIME_NONE)
    rtms_timeline_place (&self->timeline, unix_time,
        get_running_time (self));
}

static void
route (GstRtmsStreams *self, const Packet *packet)
{
  if (must_wait (self, packet->kind)) {
    if (self->waiting.length == 0)
      self->waiting_since = g_get_monotonic_time ();
    g_queue_push_tail (&self->waiting, g_memdup2 (packet, sizeof *packet));
    return;
  }
  if (self->waiting.length > 0 && !is_text (packet->kind))
    begin_with_oldest (self, packet->unix_time);
  deliver (self, packet);
  if (self->waiting.length > 0 && !is_text (packet->kind))
    deliver_waiting (self);
}

/**
 * gst_rtms_streams_push_media:
 * @self: open streams
 * @media: a packet
 * @buffer: (transfer full): its payload
 */
void
gst_rtms_streams_push_media (GstRtmsStreams *self, const RtmsMedia *media,
    GstBuffer *buffer)
{
  Packet packet = { media->kind, NULL, media->timestamp };

  if (self->awaits_audio && media->kind == RTMS_MEDIA_AUDIO)
    add_audio_pad (self, buffer);
  if (!prepare (self, media, &buffer)) {
    gst_buffer_unref (buffer);
    return;
  }
  if (is_text (media->kind) && media->start_time != RTMS_TIME_NONE)
    packet.unix_time = media->start_time;
  if (packet.unix_time != RTMS_TIME_NONE)
    gst_rtms_meta_add_unix_time (buffer, packet.unix_time);
  /* Mixed audio is said to be of user 0, who is nobody. */
  if (media->has_user && media->user_id != 0)
    gst_rtms_meta_add_participant (buffer, media->user_id, media->user_name,
        media->channel_id);
  packet.buffer = buffer;
  route (self, &packet);
}

/**
 * gst_rtms_streams_push_event:
 * @self: streams
 * @message: a signaling message with the JSON text that it came in
 *
 * Gives the text to the events' pad as a line of JSON.
 */
void
gst_rtms_streams_push_event (GstRtmsStreams *self,
    const RtmsMessage *message)
{
  g_autoptr (GstRtmsSrcPad) pad = get_pad (self, EVENTS);
  gint64 unix_time = RTMS_TIME_NONE;
  GstBuffer *buffer;
  guint dropped;

  if (pad == NULL)
    return;
  buffer = create_json_line (message->text, message->text_length);
  if (message->has_timestamp)
    unix_time = rtms_time_from_wire (message->timestamp);
  if (unix_time != RTMS_TIME_NONE)
    gst_rtms_meta_add_unix_time (buffer, unix_time);
  GST_BUFFER_PTS (buffer) = map_text (self, unix_time);
  gst_rtms_src_pad_push_buffer (pad, buffer, &dropped);
  warn_of_drops (self, EVENTS, dropped);
}

/* Silence must not hold up a muxer. */
void
gst_rtms_streams_tick (GstRtmsStreams *self)
{
  gint64 reference;

  if (self->waiting.length > 0
      && g_get_monotonic_time () - self->waiting_since > BACKLOG_WAIT) {
    begin_with_oldest (self, G_MAXINT64);
    deliver_waiting (self);
  }
  reference = rtms_timeline_get_reference (&self->timeline,
      get_running_time (self));
  if (reference < 0)
    return;
  for (guint i = 0; i < N_STREAMS; i++) {
    g_autoptr (GstRtmsSrcPad) pad = get_pad (self, i);

    if (pad)
      gst_rtms_src_pad_advance (pad, (GstClockTime) reference);
  }
}

/**
 * gst_rtms_streams_end:
 * @self: open streams
 * @kinds: bits of media, #GST_RTMS_STREAMS_ALL for all and the events
 *
 * Queues EOS on the pads, behind all that is there.
 */
void
gst_rtms_streams_end (GstRtmsStreams *self, guint kinds)
{
  if (self->waiting.length > 0) {
    begin_with_oldest (self, G_MAXINT64);
    deliver_waiting (self);
  }
  for (guint i = 0; i < N_STREAMS; i++) {
    g_autoptr (GstRtmsSrcPad) pad = get_pad (self, i);

    if (pad && kinds & (1u << i))
      gst_rtms_src_pad_push_event (pad, gst_event_new_eos ());
  }
}

/* Another camera comes: its frames mean nothing before a key frame. */
void
gst_rtms_streams_await_video (GstRtmsStreams *self)
{
  g_autoptr (GstRtmsSrcPad) pad = get_pad (self, RTMS_MEDIA_VIDEO);

  if (pad)
    gst_rtms_src_pad_await_key_frame (pad);
}

void
gst_rtms_streams_set_playing (GstRtmsStreams *self, gboolean playing)
{
  g_mutex_lock (&self->lock);
  self->playing = playing;
  for (guint i = 0; i < N_STREAMS; i++) {
    if (self->pads[i])
      gst_rtms_src_pad_set_playing (self->pads[i], playing);
  }
  g_mutex_unlock (&self->lock);
}

/**
 * gst_rtms_streams_add_stats:
 * @self: streams
 * @stats: (inout): gets a field per pad, a structure of its own
 */
void
gst_rtms_streams_add_stats (GstRtmsStreams *self, GstStructure *stats)
{
  for (guint i = 0; i < N_STREAMS; i++) {
    g_autoptr (GstRtmsSrcPad) pad = get_pad (self, i);
    g_autoptr (GstStructure) pad_stats = NULL;
    GstRtmsSrcPadStats values;

    if (pad == NULL)
      continue;
    gst_rtms_src_pad_get_stats (pad, &values);
    pad_stats = gst_structure_new ("rtms-pad-stats",
        "buffers", G_TYPE_UINT64, values.buffers,
        "bytes", G_TYPE_UINT64, values.bytes,
        "dropped", G_TYPE_UINT64, values.dropped,
        "held-back", G_TYPE_UINT64, values.held_back,
        "late", G_TYPE_UINT64, values.late,
        "gaps", G_TYPE_UINT64, values.gaps,
        "queued-time", G_TYPE_UINT64, values.queued_time,
        "queued-bytes", G_TYPE_UINT64, values.queued_bytes, NULL);
    gst_structure_set (stats, stream_name (i), GST_TYPE_STRUCTURE,
        pad_stats, NULL);
  }
}
