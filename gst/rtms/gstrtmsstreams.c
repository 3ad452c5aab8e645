/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* MT safety: everything belongs to the network thread, but for the pads, which
 * look after themselves, and the reference count. A callback of the network
 * thread holds a reference, as the application may stop the element in what
 * it calls. */

#include "gstrtmsstreamsprivate.h"

#include "gstrtmscaps.h"
#include "gstrtmsmeta.h"
#include "gstrtmsnotices.h"
#include "gstrtmspads.h"
#include "gstrtmstext.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtms_src_debug);
#define GST_CAT_DEFAULT gst_rtms_src_debug

/* Audio per packet, ms. */
#define SEND_RATE_MIN 20
#define SEND_RATE_MAX 1000

/* Each new pad tells of all others by a stream collection, so that their cost
 * grows with the square of their number. */
#define PADS_MAX 256

#define WARNING_INTERVAL G_TIME_SPAN_SECOND

/* Media that come first may wait this long for older audio, µs. */
#define BACKLOG_WAIT G_TIME_SPAN_SECOND

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
  g_queue_init (&self->fresh);
  g_queue_init (&self->unplaced);
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

void
gst_rtms_streams_unref (GstRtmsStreams *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  gst_rtms_streams_clear_waiting (self);
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

static GstRtmsQueueLimits
get_limits (GstRtmsStreams *self, guint index)
{
  const GstRtmsSettings *settings = self->settings;
  GstRtmsQueueLimits limits = {
    .max_time = settings->max_queue_time,
    .max_bytes = settings->max_queue_bytes,
    .latency = settings->latency + settings->context_wait,
    .reorder = gst_rtms_streams_get_reorder_time (self),
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
gboolean
gst_rtms_streams_is_late_audio (GstRtmsStreams *self)
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
  if (index == RTMS_MEDIA_SHARE && self->settings->fill_video)
    return gst_rtms_fill_new_black (&self->params.share);
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
  else if (index == RTMS_MEDIA_SHARE)
    gst_rtms_src_pad_allow_fill (pad, self->fills_share);
}

/* Silence stands for audio unless some is on its way, black for video unless
 * a camera is on, and for a share unless there is one. */
void
gst_rtms_streams_update_fill (GstRtmsStreams *self)
{
  gboolean audio = !self->audio_is_behind;
  gboolean video = !gst_rtms_roster_expects_video (self->roster);
  gboolean share = !gst_rtms_roster_expects_share (self->roster);

  if (audio == self->fills_audio && video == self->fills_video
      && share == self->fills_share)
    return;
  self->fills_audio = audio;
  self->fills_video = video;
  self->fills_share = share;
  gst_rtms_pads_foreach (self->pads, allow_fill, self);
}

static void
announce (GstRtmsStreams *self, guint index, guint64 user_id,
    const gchar *user_name, GstCaps *caps)
{
  GstRtmsQueueLimits limits = get_limits (self, index);
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

void
gst_rtms_streams_post (GstRtmsStreams *self, GstStructure *notice)
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
    gst_rtms_streams_post (self, gst_rtms_notice_new_missing (
            self->settings->payload, i));
    GST_ELEMENT_WARNING (self->element, RESOURCE, NOT_AUTHORIZED,
        ("Zoom does not send %s: the app may have no scope for it.",
            gst_rtms_pad_index_get_name (i)), (NULL));
  }
}

/* Those whose pads the application wants from the beginning on; unless Zoom
 * confirmed something else than participants' voices as they are. */
static void
announce_participants (GstRtmsStreams *self, GstCaps *caps)
{
  const GArray *ids = self->settings->audio_participants;

  if (self->params.audio.data_option != RTMS_DATA_OPTION_AUDIO_MULTI_STREAMS
      || self->params.audio.content_type == RTMS_CONTENT_TYPE_RTP)
    return;
  for (guint i = 0; i < ids->len; i++)
    announce (self, RTMS_MEDIA_AUDIO, g_array_index (ids, guint64, i), NULL,
        caps);
}

/* Whether Zoom confirmed any that can be read. */
gboolean
gst_rtms_streams_has_media (GstRtmsStreams *self)
{
  return self->params.kinds != 0;
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
  gst_rtms_streams_update_fill (self);
  self->params.audio.send_rate = CLAMP (params->audio.send_rate,
      SEND_RATE_MIN, SEND_RATE_MAX);
  for (guint i = 0; i < N_STREAMS; i++) {
    g_autoptr (GstCaps) caps = create_caps (self, i);

    if (caps == NULL) {
      if (i < RTMS_N_MEDIA)
        self->params.kinds &= ~RTMS_MEDIA_BIT (i);
    } else if (i != RTMS_MEDIA_AUDIO
        || !gst_rtms_streams_is_late_audio (self)) {
      announce (self, i, 0, NULL, caps);
    } else {
      announce_participants (self, caps);
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
      || !gst_rtms_streams_is_late_audio (self)
      || self->params.audio.data_option
      == RTMS_DATA_OPTION_AUDIO_MULTI_STREAMS)
    complete (self);
}

/* Each costs a thread, and the server says how many there are. */
static gboolean
may_add_participant (GstRtmsStreams *self)
{
  if (gst_rtms_pads_get_size (self->pads) < PADS_MAX)
    return TRUE;
  if (!self->has_too_many)
    GST_ELEMENT_WARNING (self->element, RESOURCE, NO_SPACE_LEFT,
        ("More participants speak than the %d that may have pads: the voices "
            "of others are left out.", PADS_MAX), (NULL));
  self->has_too_many = TRUE;
  return FALSE;
}

void
gst_rtms_streams_add_audio_pad (GstRtmsStreams *self, guint64 user_id,
    const gchar *user_name, GstBuffer *packet)
{
  g_autoptr (GstCaps) caps = NULL;
  GstMapInfo map;

  if (user_id && !may_add_participant (self))
    return;
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

/* One warning a second at the most, of each pad that it concerns. */
void
gst_rtms_streams_warn_of_drops (GstRtmsStreams *self, guint index,
    guint dropped)
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

/* A pad that ends is covered up to where the newest packet of all pads ends, or
 * up to now when they are silent. */
static void
cover_to_end (GstRtmsSrcPad *pad, GstRtmsPadIndex index, gpointer user_data)
{
  GstRtmsStreams *self = user_data;
  gint64 now = rtms_timeline_get_reference (&self->timeline,
      gst_rtms_streams_get_running_time (self));
  gint64 end = rtms_timeline_get_reference (&self->timeline, -1)
      + (gint64) (MAX (self->params.audio.send_rate, SEND_RATE_MIN)
      * GST_MSECOND);

  if (now > end + (gint64) GST_RTMS_FILL_PATIENCE)
    end = now;
  if (self->timeline.anchored)
    gst_rtms_src_pad_cover (pad, (GstClockTime) end);
}

static void
end_user (GstRtmsStreams *self, guint64 user_id)
{
  g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads,
      RTMS_MEDIA_AUDIO, user_id);

  if (pad)
    cover_to_end (pad, RTMS_MEDIA_AUDIO, self);
  gst_rtms_pads_end_user (self->pads, user_id);
}

static void
end_pads_of_leavers (GstRtmsStreams *self, const RtmsMessage *message)
{
  if (message->type != RTMS_MESSAGE_EVENT_UPDATE
      || message->event_type != RTMS_EVENT_PARTICIPANT_LEAVE
      || message->participants == NULL)
    return;
  gst_rtms_streams_release (self, G_MAXINT64);
  for (guint i = 0; i < message->participants->len; i++) {
    guint64 user_id = g_array_index (message->participants, RtmsParticipant,
        i).user_id;

    if (!gst_rtms_settings_lists_participant (self->settings, user_id))
      end_user (self, user_id);
  }
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
    gst_rtms_streams_post (self, notice);
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
  gst_rtms_streams_warn_of_drops (self, EVENTS, dropped);
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
  place = gst_rtms_streams_map_text (self, unix_time);
  push_event_line (self, message, unix_time, place);
  give_notice (self, message, unix_time, place);
  gst_rtms_roster_update (self->roster, message, unix_time, place);
  gst_rtms_streams_update_fill (self);
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
    gst_rtms_streams_begin (self);
  }
  reference = rtms_timeline_get_reference (&self->timeline,
      gst_rtms_streams_get_running_time (self));
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

/* Who spoke when, for whoever makes chapters of it. */
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
  gst_rtms_streams_begin (self);
  gst_rtms_streams_release (self, G_MAXINT64);
  if (kinds == GST_RTMS_STREAMS_ALL) {
    /* What a lost connection had yet to bring does not come any more. */
    self->audio_is_behind = FALSE;
    gst_rtms_streams_update_fill (self);
    gst_rtms_pads_foreach (self->pads, cover_to_end, self);
    push_toc (self);
  }
  gst_rtms_pads_foreach (self->pads, push_eos, &kinds);
}

/* The stream is over, by Zoom's @stop_reason (0 when unknown). */
void
gst_rtms_streams_stop (GstRtmsStreams *self, gint stop_reason)
{
  gst_rtms_streams_post (self, gst_rtms_notice_new_stopped (
          self->settings->payload, stop_reason));
  gst_rtms_streams_end (self, GST_RTMS_STREAMS_ALL);
}

static void
await_key_frame (GstRtmsStreams *self, RtmsMediaKind kind)
{
  g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads, kind, 0);

  if (pad)
    gst_rtms_src_pad_await_key_frame (pad);
}

/* Another camera comes: its frames mean nothing before a key frame. */
void
gst_rtms_streams_await_video (GstRtmsStreams *self)
{
  await_key_frame (self, RTMS_MEDIA_VIDEO);
}

/* A new connection brings the media of these bits: what it brings first does
 * not go on from what came before. */
void
gst_rtms_streams_resume (GstRtmsStreams *self, guint kinds)
{
  gst_rtms_streams_release (self, G_MAXINT64);
  if (kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO))
    await_key_frame (self, RTMS_MEDIA_VIDEO);
  if (kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_SHARE))
    await_key_frame (self, RTMS_MEDIA_SHARE);
  if (kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO))
    gst_rtms_streams_begin_fresh (self);
  self->resumed |= kinds;
}

/* The media of these bits stop, until their connection is taken up again. */
void
gst_rtms_streams_interrupt (GstRtmsStreams *self, guint kinds)
{
  self->interrupted |= kinds;
  self->resumed &= ~kinds;
  self->audio_is_behind |= (kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO)) != 0;
  gst_rtms_streams_update_fill (self);
  gst_rtms_streams_post (self, gst_rtms_notice_new_interrupted (
          self->settings->payload, kinds));
}

/**
 * rtmssrc stats rtms-pad-stats:
 * @buffers: (guint64) that came for the pad
 * @bytes: (guint64) of these
 * @dropped: (guint64) buffers that a full queue left out
 * @held-back: (guint64) frames that came before a key frame to build on
 * @late: (guint64) buffers that came out of order; media are left out, text
 *     is moved
 * @duplicates: (guint64) packets that came a second time
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
  GstRtmsQueueStats values;

  gst_rtms_src_pad_get_stats (pad, &values);
  pad_stats = gst_structure_new ("rtms-pad-stats",
      "buffers", G_TYPE_UINT64, values.buffers,
      "bytes", G_TYPE_UINT64, values.bytes,
      "dropped", G_TYPE_UINT64, values.dropped,
      "held-back", G_TYPE_UINT64, values.held_back,
      "late", G_TYPE_UINT64, values.late,
      "duplicates", G_TYPE_UINT64, values.duplicates,
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
