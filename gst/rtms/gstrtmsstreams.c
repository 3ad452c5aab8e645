/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* MT safety: everything belongs to the network thread, but for the pads, which
 * look after themselves, and the reference count. A callback of the network
 * thread holds a reference, as the application may stop the element in what
 * it calls. */

#include "gstrtmsstreams.h"

#include <string.h>

#include "gstrtmscaps.h"
#include "gstrtmsmeta.h"
#include "gstrtmsnotices.h"
#include "gstrtmspads.h"
#include "gstrtmsroster.h"
#include "gstrtmstext.h"
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

/* Media that come first may wait this long for older audio, µs. */
#define BACKLOG_WAIT G_TIME_SPAN_SECOND
/* Nothing but late packets for so long means that Zoom's clock was set back,
 * µs. */
#define LATE_RUN_MAX G_TIME_SPAN_SECOND

/* No camera sends fewer frames: behind such a hole in the timestamps it is
 * another picture, ns. */
#define CAMERA_HOLE (2 * G_GINT64_CONSTANT (1000000000))

/* Whose frame came last. */
typedef struct {
  gboolean is_known;
  guint64 user_id;
  gint64 unix_time;
} LastFrame;

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
  GstRtmsRoster *roster;

  RtmsTimeline timeline;
  RtmsMediaParams params;
  gboolean is_complete;         /* the first set of pads */
  GQueue waiting;               /* of Packet */
  gint64 waiting_since;
  LastFrame last_frames[RTMS_N_MEDIA];
  guint interrupted;            /* bits of media */
  gboolean audio_is_behind;     /* what Zoom kept is still to come */
  gboolean fills_audio;         /* as the pads were told */
  gboolean fills_video;
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
  self->roster = gst_rtms_roster_new (settings->payload->product);
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
  gst_rtms_roster_free (self->roster);
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
    limits.no_hold_back = !self->settings->wait_for_keyframe;
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

/* RTP has headers, which nothing here makes. */
static GstRtmsFill *
create_fill (GstRtmsStreams *self, guint index)
{
  if (index == RTMS_MEDIA_AUDIO && self->settings->fill_silence
      && self->params.audio.content_type != RTMS_CONTENT_TYPE_RTP)
    return gst_rtms_fill_new_silence (&self->params.audio);
  if (index == RTMS_MEDIA_VIDEO && self->settings->fill_video)
    return gst_rtms_fill_new_black (&self->params.video);
  return NULL;
}

static void
allow_fill (GstRtmsSrcPad *pad, GstRtmsPadIndex index, gpointer user_data)
{
  GstRtmsStreams *self = user_data;

  if (index == RTMS_MEDIA_AUDIO)
    gst_rtms_src_pad_allow_fill (pad, self->fills_audio);
  else if (index == RTMS_MEDIA_VIDEO)
    gst_rtms_src_pad_allow_fill (pad, self->fills_video);
}

/* Silence stands for audio unless some is on its way, black for video unless
 * a camera is on. */
static void
update_fill (GstRtmsStreams *self)
{
  gboolean audio = !self->audio_is_behind;
  gboolean video = !gst_rtms_roster_expects_video (self->roster);

  if (audio == self->fills_audio && video == self->fills_video)
    return;
  self->fills_audio = audio;
  self->fills_video = video;
  gst_rtms_pads_foreach (self->pads, allow_fill, self);
}

static void
announce (GstRtmsStreams *self, guint index, guint64 user_id,
    const gchar *user_name, GstCaps *caps)
{
  GstRtmsSrcPadLimits limits = get_limits (self, index);
  const gchar *language = index == RTMS_MEDIA_TRANSCRIPT
      ? rtms_language_get_tag (self->params.transcript.language) : NULL;

  gst_rtms_pads_announce (self->pads, index, user_id, user_name, language,
      caps, &limits, create_fill (self, index));
  gst_rtms_pads_foreach (self->pads, allow_fill, self);
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
post (GstRtmsStreams *self, GstStructure *notice)
{
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), notice));
}

static void
warn_of_unreadable_media (GstRtmsStreams *self, const RtmsMediaParams *asked)
{
  for (guint i = 0; i < RTMS_N_MEDIA; i++) {
    if (!(asked->kinds & RTMS_MEDIA_BIT (i)))
      continue;
    if (self->params.kinds & RTMS_MEDIA_BIT (i))
      continue;
    post (self, gst_rtms_notice_new_missing (self->settings->payload, i));
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
  update_fill (self);
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

/* Whether the frame does not go on from the one before: another camera's, or
 * the same one's after it was off. What is shared may rest for long. */
static gboolean
is_new_picture (GstRtmsStreams *self, const RtmsMedia *media)
{
  LastFrame *last = &self->last_frames[media->kind];
  gboolean is_new = last->is_known
      && (last->user_id != media->user_id
      || (media->kind == RTMS_MEDIA_VIDEO
          && media->timestamp != RTMS_TIME_NONE
          && media->timestamp - last->unix_time > CAMERA_HOLE));

  last->is_known = TRUE;
  last->user_id = media->user_id;
  if (media->timestamp != RTMS_TIME_NONE)
    last->unix_time = media->timestamp;
  return is_new;
}

static void
await_key_frame (GstRtmsStreams *self, RtmsMediaKind kind)
{
  g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads, kind, 0);

  if (pad)
    gst_rtms_src_pad_await_key_frame (pad);
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
  if (params->codec == RTMS_CODEC_H264 && is_new_picture (self, media))
    await_key_frame (self, media->kind);
  if (media->kind == RTMS_MEDIA_VIDEO) {
    gst_rtms_roster_see_frame (self->roster, media->user_id,
        media->timestamp);
    update_fill (self);
  }
  return TRUE;
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
    *buffer = gst_rtms_text_create_json_line (media->message_text,
        media->message_length);
  } else if (settings->speaker_names && media->user_name) {
    *buffer = gst_rtms_text_prefix_speaker (*buffer, media->user_name);
  }
  GST_BUFFER_PTS (*buffer) = map_text (self,
      media->start_time != RTMS_TIME_NONE ? media->start_time
      : media->timestamp);
  GST_BUFFER_DURATION (*buffer) = gst_rtms_text_get_duration (media);
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

/* Audio that Zoom kept comes first; then the stream is live again. */
static void
see_recovery (GstRtmsStreams *self, RtmsMediaKind kind, gint64 place,
    gint64 reference)
{
  if (self->interrupted & RTMS_MEDIA_BIT (kind)) {
    self->interrupted = 0;
    post (self, gst_rtms_notice_new_recovered (self->settings->payload));
  }
  if (self->audio_is_behind && kind == RTMS_MEDIA_AUDIO
      && place + (gint64) self->settings->latency >= reference) {
    self->audio_is_behind = FALSE;
    update_fill (self);
  }
}

/* Gives a packet its place, and its buffer away. */
static void
deliver (GstRtmsStreams *self, const Packet *packet)
{
  g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads,
      packet->kind, packet->user_id);
  gint64 place, reference;

  if (pad == NULL) {
    gst_buffer_unref (packet->buffer);
    return;
  }
  if (!gst_rtms_pad_index_is_text (packet->kind)) {
    reference = rtms_timeline_get_reference (&self->timeline,
        get_running_time (self));
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
    see_recovery (self, packet->kind, place, reference);
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

/* As element messages for the application, and as events for elements
 * downstream, in order with the media. */
static void
give_notice (GstRtmsStreams *self, const RtmsMessage *message,
    gint64 unix_time, GstClockTime place)
{
  g_autoptr (GPtrArray) notices = gst_rtms_notices_new (message,
      self->settings->payload, self->roster, unix_time, place);

  for (guint i = 0; i < notices->len; i++) {
    GstStructure *notice = g_ptr_array_index (notices, i);

    gst_rtms_pads_push_event (self->pads, gst_event_new_custom (
            GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_copy (notice)));
    post (self, notice);
  }
}

static void
push_event_line (GstRtmsStreams *self, const RtmsMessage *message,
    gint64 unix_time, GstClockTime place)
{
  g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads,
      EVENTS, 0);
  GstBuffer *buffer;
  guint dropped;

  if (pad == NULL)
    return;
  buffer = gst_rtms_text_create_json_line (message->text,
      message->text_length);
  if (unix_time != RTMS_TIME_NONE)
    gst_rtms_meta_add_unix_time (buffer, unix_time);
  GST_BUFFER_PTS (buffer) = place;
  gst_rtms_src_pad_push_buffer (pad, buffer, &dropped);
  warn_of_drops (self, EVENTS, dropped);
}

/**
 * gst_rtms_streams_push_event:
 * @self: streams
 * @message: a signaling message with the JSON text that it came in
 *
 * Gives the text to the events' pad as a line of JSON, and tells the
 * application what it means.
 */
void
gst_rtms_streams_push_event (GstRtmsStreams *self,
    const RtmsMessage *message)
{
  gint64 unix_time = RTMS_TIME_NONE;
  GstClockTime place;

  if (message->has_timestamp)
    unix_time = rtms_time_from_wire (message->timestamp);
  place = map_text (self, unix_time);
  push_event_line (self, message, unix_time, place);
  give_notice (self, message, unix_time, place);
  gst_rtms_roster_update (self->roster, message, unix_time, place);
  update_fill (self);
  end_pads_of_leavers (self, message);
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

/* Who spoke when, for muxers that write chapters at the end. */
static void
push_toc (GstRtmsStreams *self)
{
  gint64 end = rtms_timeline_get_reference (&self->timeline, -1);
  g_autoptr (GstToc) toc = NULL;

  if (end > 0)
    toc = gst_rtms_roster_create_toc (self->roster, (GstClockTime) end);
  if (toc == NULL)
    return;
  gst_rtms_pads_push_event (self->pads, gst_event_new_toc (toc, FALSE));
  gst_element_post_message (self->element,
      gst_message_new_toc (GST_OBJECT (self->element), toc, FALSE));
}

/* Up to where the stream has come. */
static void
fill_to_end (GstRtmsStreams *self)
{
  gint64 end = rtms_timeline_get_reference (&self->timeline, -1)
      + (gint64) self->settings->latency;

  if (self->timeline.anchored)
    gst_rtms_pads_foreach (self->pads, advance, &end);
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
  if (kinds == GST_RTMS_STREAMS_ALL) {
    fill_to_end (self);
    push_toc (self);
  }
  gst_rtms_pads_foreach (self->pads, push_eos, &kinds);
}

/* The stream is over, by Zoom's @stop_reason (0 when unknown). */
void
gst_rtms_streams_stop (GstRtmsStreams *self, gint stop_reason)
{
  post (self, gst_rtms_notice_new_stopped (self->settings->payload,
          stop_reason));
  gst_rtms_streams_end (self, GST_RTMS_STREAMS_ALL);
}

/* Another camera comes: its frames mean nothing before a key frame. */
void
gst_rtms_streams_await_video (GstRtmsStreams *self)
{
  await_key_frame (self, RTMS_MEDIA_VIDEO);
}

/* The media of these bits stop, until their connection is taken up again. */
void
gst_rtms_streams_interrupt (GstRtmsStreams *self, guint kinds)
{
  if (kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO))
    await_key_frame (self, RTMS_MEDIA_VIDEO);
  if (kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_SHARE))
    await_key_frame (self, RTMS_MEDIA_SHARE);
  self->interrupted |= kinds;
  self->audio_is_behind |= (kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO)) != 0;
  update_fill (self);
  post (self, gst_rtms_notice_new_interrupted (self->settings->payload,
          kinds));
}

/**
 * rtmssrc stats rtms-pad-stats:
 * @buffers: (guint64) that came for the pad
 * @bytes: (guint64) of these
 * @dropped: (guint64) buffers that a full queue left out
 * @held-back: (guint64) frames that came before a key frame to build on
 * @late: (guint64) buffers that came out of order; media are left out, text
 *     is moved
 * @gaps: (guint64) GAP events
 * @filled: (guint64) buffers of silence or black in place of GAP events
 * @queued-time: (guint64) of what waits to be pushed, in ns
 * @queued-bytes: (guint64) of what waits to be pushed
 *
 * What went through a pad.
 */
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
      "filled", G_TYPE_UINT64, values.filled,
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
