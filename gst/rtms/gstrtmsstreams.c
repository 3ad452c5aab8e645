/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* MT safety: everything belongs to the network thread, but for the pads, which
 * look after themselves, and the reference count. A callback of the network
 * thread holds a reference, as the application may stop the element in what
 * it calls. */

#include "gstrtmsstreams.h"

#include <string.h>

#include "gstrtmscaps.h"
#include "gstrtmsmeta.h"
#include "gstrtmspads.h"
#include "protocol/rtmsh264.h"
#include "protocol/rtmstimeline.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtms_src_debug);
#define GST_CAT_DEFAULT gst_rtms_src_debug

#define EVENTS GST_RTMS_PAD_EVENTS
#define N_STREAMS GST_RTMS_N_PAD_INDICES

/* Audio per packet, ms. */
#define SEND_RATE_MIN 20
#define SEND_RATE_MAX 1000

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
  guint64 user_id;              /* of a participant's own pad, else 0 */
  GstBuffer *buffer;
  gint64 unix_time;
} Packet;

struct _GstRtmsStreams
{
  gatomicrefcount ref_count;
  GstElement *element;          /* not owned: whose client outlives us */
  GstRtmsSettings *settings;

  GstRtmsPads *pads;

  RtmsTimeline timeline;
  RtmsMediaParams params;
  gboolean is_complete;         /* the first set of pads */
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
  self->pads = gst_rtms_pads_new (element, settings);
  rtms_timeline_init (&self->timeline);
  return self;
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
  gst_rtms_pads_unref (self->pads);
  gst_rtms_settings_unref (self->settings);
  g_free (self);
}

GstElement *
gst_rtms_streams_get_element (GstRtmsStreams *self)
{
  return self->element;
}

GstRtmsPads *
gst_rtms_streams_get_pads (GstRtmsStreams *self)
{
  return self->pads;
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

  if (gst_rtms_pad_index_is_text (index)) {
    limits.overflow = GST_RTMS_OVERFLOW_BYTES;
    limits.may_overlap = settings->text_overlap || index == EVENTS;
  } else if (index == RTMS_MEDIA_AUDIO) {
    limits.overflow = GST_RTMS_OVERFLOW_OLDEST;
    limits.hole = self->params.audio.send_rate * GST_MSECOND;
  } else {
    limits.overflow = GST_RTMS_OVERFLOW_KEY_FRAME;
  }
  return limits;
}

/* Audio whose pads come with the first packet: that of RTP, which tells its
 * caps, and that of participants. */
static gboolean
is_late_audio (GstRtmsStreams *self)
{
  const RtmsAudioParams *params = &self->params.audio;

  return params->data_option == RTMS_DATA_OPTION_AUDIO_MULTI_STREAMS
      || (params->content_type == RTMS_CONTENT_TYPE_RTP
      && params->codec != RTMS_CODEC_L16);
}

static GstCaps *
create_caps (GstRtmsStreams *self, guint index)
{
  if (index == EVENTS)
    return self->settings->events
        ? gst_caps_from_string (GST_RTMS_EVENTS_CAPS) : NULL;
  if (!(self->params.kinds & RTMS_MEDIA_BIT (index)))
    return NULL;
  if (gst_rtms_pad_index_is_text (index) && self->settings->text_as_json)
    return gst_caps_from_string (GST_RTMS_JSON_CAPS);
  return gst_rtms_caps_new (index, &self->params);
}

static void
announce (GstRtmsStreams *self, guint index, guint64 user_id,
    const gchar *user_name, GstCaps *caps)
{
  GstRtmsSrcPadLimits limits = get_limits (self, index);
  const gchar *language = index == RTMS_MEDIA_TRANSCRIPT
      ? rtms_language_get_tag (self->params.transcript.language) : NULL;

  gst_rtms_pads_announce (self->pads, index, user_id, user_name, language,
      caps, &limits);
}

static void
complete (GstRtmsStreams *self)
{
  if (self->is_complete)
    return;
  self->is_complete = TRUE;
  gst_rtms_pads_complete (self->pads);
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
              gst_rtms_pad_index_get_name (i)), (NULL));
  }
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
  self->params = *params;
  self->params.audio.send_rate = CLAMP (params->audio.send_rate,
      SEND_RATE_MIN, SEND_RATE_MAX);
  for (guint i = 0; i < N_STREAMS; i++) {
    g_autoptr (GstCaps) caps = create_caps (self, i);

    if (caps == NULL) {
      if (i < RTMS_N_MEDIA)
        self->params.kinds &= ~RTMS_MEDIA_BIT (i);
    } else if (i != RTMS_MEDIA_AUDIO || !is_late_audio (self)) {
      announce (self, i, 0, NULL, caps);
    }
  }
  warn_of_unreadable_media (self, &self->settings->session.params);
  if (self->params.kinds == 0) {
    GST_ELEMENT_ERROR (self->element, STREAM, FORMAT, ("Zoom confirmed no "
            "medium that rtmssrc can read. Check the app's scopes at Zoom "
            "and the property media."), (NULL));
    return;
  }

  if (!gst_rtms_pads_is_empty (self->pads))
    gst_rtms_pads_expose (self->pads);
  /* The one pad of RTP belongs to the first set, participants' do not. */
  if (!(self->params.kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO))
      || !is_late_audio (self) || self->params.audio.data_option
      == RTMS_DATA_OPTION_AUDIO_MULTI_STREAMS)
    complete (self);
}

static void
add_audio_pad (GstRtmsStreams *self, guint64 user_id,
    const gchar *user_name, GstBuffer *packet)
{
  g_autoptr (GstCaps) caps = NULL;
  GstMapInfo map;

  if (self->params.audio.content_type != RTMS_CONTENT_TYPE_RTP) {
    caps = gst_rtms_caps_new (RTMS_MEDIA_AUDIO, &self->params);
  } else if (gst_buffer_map (packet, &map, GST_MAP_READ)) {
    /* Only a packet shows whether it really is RTP. */
    caps = gst_rtms_caps_new_rtp (&self->params.audio, map.data, map.size);
    gst_buffer_unmap (packet, &map);
  }
  if (caps) {
    announce (self, RTMS_MEDIA_AUDIO, user_id, user_name, caps);
    gst_rtms_pads_expose (self->pads);
  }
  complete (self);
}

/* -1 while the pipeline does not play. Before that it may have a running time
 * all the same: that of an earlier run. */
static gint64
get_running_time (GstRtmsStreams *self)
{
  GstClockTime now = GST_CLOCK_TIME_NONE;

  if (gst_rtms_pads_is_playing (self->pads))
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
              gst_rtms_pad_index_get_name (i), dropped), (NULL));
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
  gchar *prefix = g_strconcat (name, ": ", NULL);
  gsize length = strlen (prefix);
  GstMemory *memory = gst_memory_new_wrapped (0, prefix, length, 0, length,
      prefix, g_free);

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
  if (now - *late_since < LATE_RUN_MAX
      || packet->unix_time == RTMS_TIME_NONE)
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
  g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads,
      packet->kind, packet->user_id);
  gint64 place;

  if (pad == NULL) {
    gst_buffer_unref (packet->buffer);
    return;
  }
  if (!gst_rtms_pad_index_is_text (packet->kind)) {
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
  return !self->timeline.anchored && !gst_rtms_pad_index_is_text (kind)
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

/* The oldest of those that wait and of @unix_time, which may be none. */
static void
begin_with_oldest (GstRtmsStreams *self, gint64 unix_time)
{
  for (GList *l = self->waiting.head; l; l = l->next) {
    gint64 other = ((Packet *) l->data)->unix_time;

    if (unix_time == RTMS_TIME_NONE
        || (other != RTMS_TIME_NONE && other < unix_time))
      unix_time = other;
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
  if (self->waiting.length > 0 && !gst_rtms_pad_index_is_text (packet->kind))
    begin_with_oldest (self, packet->unix_time);
  deliver (self, packet);
  if (self->waiting.length > 0 && !gst_rtms_pad_index_is_text (packet->kind))
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
  Packet packet = { media->kind, 0, NULL, media->timestamp };

  /* Confirmed, but with parameters that no pad could be made of. */
  if (!(self->params.kinds & RTMS_MEDIA_BIT (media->kind))) {
    gst_buffer_unref (buffer);
    return;
  }
  if (media->kind == RTMS_MEDIA_AUDIO && is_late_audio (self)) {
    g_autoptr (GstRtmsSrcPad) pad = NULL;

    if (self->params.audio.data_option
        == RTMS_DATA_OPTION_AUDIO_MULTI_STREAMS)
      packet.user_id = media->user_id;
    pad = gst_rtms_pads_get (self->pads, media->kind, packet.user_id);
    if (pad == NULL)
      add_audio_pad (self, packet.user_id, media->user_name, buffer);
  }
  if (!prepare (self, media, &buffer)) {
    gst_buffer_unref (buffer);
    return;
  }
  if (gst_rtms_pad_index_is_text (media->kind)
      && media->start_time != RTMS_TIME_NONE)
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

static void
end_pads_of_leavers (GstRtmsStreams *self, const RtmsMessage *message)
{
  if (message->type != RTMS_MESSAGE_EVENT_UPDATE
      || message->event_type != RTMS_EVENT_PARTICIPANT_LEAVE
      || message->participants == NULL)
    return;
  for (guint i = 0; i < message->participants->len; i++)
    gst_rtms_pads_end_user (self->pads, g_array_index (message->participants,
            RtmsParticipant, i).user_id);
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
  g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads,
      EVENTS, 0);
  gint64 unix_time = RTMS_TIME_NONE;
  GstBuffer *buffer;
  guint dropped;

  end_pads_of_leavers (self, message);
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

static void
advance (GstRtmsSrcPad *pad, GstRtmsPadIndex index, gpointer user_data)
{
  gst_rtms_src_pad_advance (pad, (GstClockTime) *(gint64 *) user_data);
}

/* Silence must not hold up a muxer. */
void
gst_rtms_streams_tick (GstRtmsStreams *self)
{
  gint64 reference;

  if (self->waiting.length > 0
      && g_get_monotonic_time () - self->waiting_since > BACKLOG_WAIT) {
    begin_with_oldest (self, RTMS_TIME_NONE);
    deliver_waiting (self);
  }
  reference = rtms_timeline_get_reference (&self->timeline,
      get_running_time (self));
  if (reference < 0)
    return;
  gst_rtms_pads_foreach (self->pads, advance, &reference);
}

static void
push_eos (GstRtmsSrcPad *pad, GstRtmsPadIndex index, gpointer user_data)
{
  if (*(guint *) user_data & (1u << index))
    gst_rtms_src_pad_push_event (pad, gst_event_new_eos ());
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
    begin_with_oldest (self, RTMS_TIME_NONE);
    deliver_waiting (self);
  }
  gst_rtms_pads_foreach (self->pads, push_eos, &kinds);
}

/* Another camera comes: its frames mean nothing before a key frame. */
void
gst_rtms_streams_await_video (GstRtmsStreams *self)
{
  g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads,
      RTMS_MEDIA_VIDEO, 0);

  if (pad)
    gst_rtms_src_pad_await_key_frame (pad);
}

static void
add_pad_stats (GstRtmsSrcPad *pad, GstRtmsPadIndex index, gpointer user_data)
{
  GstStructure *stats = user_data;
  g_autoptr (GstStructure) pad_stats = NULL;
  GstRtmsSrcPadStats values;

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
  gst_structure_set (stats, GST_PAD_NAME (pad), GST_TYPE_STRUCTURE, pad_stats,
      NULL);
}

/**
 * gst_rtms_streams_add_stats:
 * @self: streams
 * @stats: (inout): gets a field per pad, a structure of its own
 */
void
gst_rtms_streams_add_stats (GstRtmsStreams *self, GstStructure *stats)
{
  gst_rtms_pads_foreach (self->pads, add_pad_stats, stats);
}
