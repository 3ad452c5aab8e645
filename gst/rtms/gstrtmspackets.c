/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The way of a packet: made a buffer, given its place by the timeline, put in
 * order, and handed to its pad. On the network thread. */

#include "gstrtmsstreamsprivate.h"

#include "gstrtmsmeta.h"
#include "gstrtmsnotices.h"
#include "gstrtmspads.h"
#include "gstrtmstext.h"
#include "protocol/rtmsh264.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtms_src_debug);
#define GST_CAT_DEFAULT gst_rtms_src_debug

#define REORDER_MAX (100 * GST_MSECOND)

/* What waits for the timeline's beginning, a second at most, is in no queue
 * with limits: more than this is not what a camera sends in that time. */
#define WAITING_MAX 256

/* More than these are of no clock. */
#define UNPLACED_MAX 64

/* No camera sends fewer frames: behind such a hole in the timestamps it is
 * another picture, ns. */
#define CAMERA_HOLE (2 * G_GINT64_CONSTANT (1000000000))

typedef struct {
  RtmsMediaKind kind;
  guint64 user_id;              /* of a participant's own pad, else 0 */
  guint64 sender;
  GstBuffer *buffer;
  gint64 unix_time;
  gboolean is_kept;             /* by Zoom, while the connection was lost */
} Packet;

/* -1 while the pipeline does not play. Before that it may have a running time
 * all the same: that of an earlier run. */
gint64
gst_rtms_streams_get_running_time (GstRtmsStreams *self)
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
  gint64 now = gst_rtms_streams_get_running_time (self);

  return (GstClockTime) MAX (0, MAX (now,
          rtms_timeline_get_reference (&self->timeline, now)));
}

GstClockTime
gst_rtms_streams_map_text (GstRtmsStreams *self, gint64 unix_time)
{
  if (!self->timeline.anchored || unix_time == RTMS_TIME_NONE)
    return get_current_place (self);
  return (GstClockTime) rtms_timeline_map (&self->timeline, unix_time);
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
is_new_picture (GstRtmsStreams *self, RtmsMediaKind kind,
    const GstRtmsPacket *packet)
{
  LastFrame *last = &self->last_frames[kind];
  gboolean is_new = last->is_known
      && (last->user_id != packet->sender
      || (kind == RTMS_MEDIA_VIDEO && packet->unix_time != RTMS_TIME_NONE
          && packet->unix_time - last->unix_time > CAMERA_HOLE));

  last->is_known = TRUE;
  last->user_id = packet->sender;
  if (packet->unix_time != RTMS_TIME_NONE)
    last->unix_time = packet->unix_time;
  return is_new;
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
  GST_BUFFER_PTS (*buffer) = gst_rtms_streams_map_text (self,
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
push_buffer (GstRtmsStreams *self, GstRtmsSrcPad *pad, RtmsMediaKind kind,
    const GstRtmsPacket *packet)
{
  guint dropped;

  gst_rtms_src_pad_push_buffer (pad, packet->buffer, &dropped);
  gst_rtms_streams_warn_of_drops (self, kind, dropped);
}

/* Audio that Zoom kept comes first; then the stream is live again. */
static void
see_recovery (GstRtmsStreams *self, RtmsMediaKind kind, gint64 place,
    gint64 reference)
{
  if (self->interrupted & RTMS_MEDIA_BIT (kind)
      && !(self->resumed & RTMS_MEDIA_BIT (kind)))
    return;
  if (self->interrupted & RTMS_MEDIA_BIT (kind)) {
    self->interrupted = 0;
    gst_rtms_streams_post (self, gst_rtms_notice_new_recovered (
            self->settings->payload));
  }
  if (self->audio_is_behind && kind == RTMS_MEDIA_AUDIO
      && place + (gint64) (self->settings->latency
          + self->settings->context_wait) >= reference) {
    self->audio_is_behind = FALSE;
    gst_rtms_streams_update_fill (self);
  }
}

/* Packets come here in order. */
static void
release (GstRtmsStreams *self, GstRtmsSrcPad *pad, RtmsMediaKind kind,
    const GstRtmsPacket *packet)
{
  const RtmsVideoParams *params = kind == RTMS_MEDIA_VIDEO
      ? &self->params.video : &self->params.share;
  gboolean is_video = kind == RTMS_MEDIA_VIDEO || kind == RTMS_MEDIA_SHARE;

  if (is_video && params->codec == RTMS_CODEC_H264
      && is_new_picture (self, kind, packet))
    gst_rtms_src_pad_await_key_frame (pad);
  if (kind == RTMS_MEDIA_VIDEO) {
    gst_rtms_roster_see_frame (self->roster, packet->sender,
        packet->unix_time);
    gst_rtms_streams_update_fill (self);
  } else if (kind == RTMS_MEDIA_SHARE) {
    gst_rtms_roster_see_share (self->roster, packet->unix_time);
    gst_rtms_streams_update_fill (self);
  }
  push_buffer (self, pad, kind, packet);
}

static void
release_due (GstRtmsStreams *self, GstRtmsSrcPad *pad, RtmsMediaKind kind,
    gint64 now)
{
  GstRtmsReorder *reorder = gst_rtms_src_pad_get_reorder (pad);
  GstRtmsPacket packet;

  while (gst_rtms_reorder_pop (reorder, &packet, now))
    release (self, pad, kind, &packet);
}

/* What comes out of order is waited for as long as half of the latency, but no
 * longer than this, and for as long as it may lie unread. */
GstClockTime
gst_rtms_streams_get_reorder_time (GstRtmsStreams *self)
{
  const GstRtmsSettings *settings = self->settings;

  if (settings->latency == 0)
    return 0;
  return MIN (settings->latency / 2, REORDER_MAX) + settings->context_wait;
}

static void deliver (GstRtmsStreams *self, const Packet *packet,
    gboolean is_new);

static void
free_packet (gpointer data)
{
  Packet *packet = data;

  gst_buffer_unref (packet->buffer);
  g_free (packet);
}

/* The packets that show that the clock was set back, as they came; others that
 * were late are dropped. */
static void
take_late_run (GstRtmsSrcPad *pad, const Packet *newest, GQueue *run)
{
  GstRtmsReorder *reorder = gst_rtms_src_pad_get_reorder (pad);
  GstRtmsPacket item;
  gboolean is_of_run;

  while (gst_rtms_reorder_pop_late (reorder, &item, &is_of_run)) {
    Packet *packet;

    if (!is_of_run) {
      gst_rtms_src_pad_reject_buffer (pad, item.buffer);
      continue;
    }
    packet = g_memdup2 (newest, sizeof *newest);
    packet->buffer = item.buffer;
    packet->sender = item.sender;
    packet->unix_time = item.unix_time;
    g_queue_push_tail (run, packet);
  }
}

static gboolean
is_late (GstRtmsStreams *self, GstRtmsSrcPad *pad, gint64 unix_time)
{
  return gst_rtms_reorder_is_late (gst_rtms_src_pad_get_reorder (pad),
      (GstClockTime) rtms_timeline_map (&self->timeline, unix_time));
}

/* What cannot be late goes on from where the pad stands. */
static void
follow_if_late (GstRtmsStreams *self, GstRtmsSrcPad *pad, gint64 unix_time)
{
  GstRtmsReorder *reorder = gst_rtms_src_pad_get_reorder (pad);

  if (!is_late (self, pad, unix_time))
    return;
  GST_WARNING_OBJECT (pad, "Zoom's clock was set back");
  rtms_timeline_restart (&self->timeline, unix_time,
      gst_rtms_streams_get_running_time (self),
      (gint64) gst_rtms_reorder_get_end (reorder));
}

/* Zoom's clock was set back, unless the timeline has followed it meanwhile for
 * another pad. */
static void
follow_clock (GstRtmsStreams *self, GstRtmsSrcPad *pad, const Packet *newest)
{
  GQueue run = G_QUEUE_INIT;
  Packet *packet;

  take_late_run (pad, newest, &run);
  packet = g_queue_peek_head (&run);
  follow_if_late (self, pad, packet->unix_time);
  while ((packet = g_queue_pop_head (&run))) {
    deliver (self, packet, FALSE);
    g_free (packet);
  }
}

static void
drop_late (GstRtmsSrcPad *pad)
{
  GstRtmsReorder *reorder = gst_rtms_src_pad_get_reorder (pad);
  gboolean is_of_run;
  GstRtmsPacket packet;

  while (gst_rtms_reorder_pop_late (reorder, &packet, &is_of_run))
    gst_rtms_src_pad_reject_buffer (pad, packet.buffer);
}

/* Takes the buffer. */
static void
put_in_order (GstRtmsStreams *self, GstRtmsSrcPad *pad,
    const Packet *packet)
{
  GstRtmsReorder *reorder = gst_rtms_src_pad_get_reorder (pad);
  const GstRtmsPacket item = { packet->buffer, packet->sender,
    packet->unix_time, self->timeline.n_restarts };
  gint64 now = g_get_monotonic_time ();
  GstRtmsOrder order = gst_rtms_reorder_push (reorder, &item, now);

  if (order != GST_RTMS_ORDER_CLOCK_SET)
    drop_late (pad);
  switch (order) {
    case GST_RTMS_ORDER_PASS:
      release (self, pad, packet->kind, &item);
      break;
    case GST_RTMS_ORDER_CLOCK_SET:
      follow_clock (self, pad, packet);
      break;
    case GST_RTMS_ORDER_LATE:
    case GST_RTMS_ORDER_HELD:
      break;
  }
  release_due (self, pad, packet->kind, now);
}

static void settle_unplaced (GstRtmsStreams *self);

/* Several whose time is far off mean that the clock was set, and then they have
 * a place after all. */
static void
keep_unplaced (GstRtmsStreams *self, const Packet *packet)
{
  if (self->unplaced.length >= UNPLACED_MAX)
    settle_unplaced (self);
  self->unplaced_restarts = self->timeline.n_restarts;
  g_queue_push_tail (&self->unplaced, g_memdup2 (packet, sizeof *packet));
}

static void
settle_unplaced (GstRtmsStreams *self)
{
  gboolean is_set = self->unplaced_restarts != self->timeline.n_restarts;
  GQueue packets = self->unplaced;
  Packet *packet;

  g_queue_init (&self->unplaced);
  while ((packet = g_queue_pop_head (&packets))) {
    g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads,
        packet->kind, packet->user_id);

    if (is_set)
      deliver (self, packet, FALSE);
    else if (pad)
      gst_rtms_src_pad_reject_buffer (pad, packet->buffer);
    else
      gst_buffer_unref (packet->buffer);
    g_free (packet);
  }
}

/* What Zoom kept while the connection was lost comes first, and nothing of it
 * came before, even where its clock was set meanwhile. So a new connection's
 * first packets are put in order among themselves, as long as others wait for
 * what belongs before them, and only then find their place. */
void
gst_rtms_streams_begin_fresh (GstRtmsStreams *self)
{
  self->is_fresh = gst_rtms_streams_get_reorder_time (self) > 0;
  self->fresh_since = 0;
}

/* Mostly they come in order. */
static void
keep_fresh (GstRtmsStreams *self, const Packet *packet)
{
  Packet *kept = g_memdup2 (packet, sizeof *packet);
  GList *l = self->fresh.tail;

  if (self->fresh_since == 0)
    self->fresh_since = g_get_monotonic_time ();
  kept->is_kept = TRUE;
  while (l && ((Packet *) l->data)->unix_time > packet->unix_time)
    l = l->prev;
  if (l)
    g_queue_insert_after (&self->fresh, l, kept);
  else
    g_queue_push_head (&self->fresh, kept);
}

/* Whether Zoom's clock was set meanwhile: one packet of a pad may lie a little
 * before what came last, not several. */
static const Packet *
find_third (const GQueue *packets)
{
  const Packet *first = packets->head->data, *found = first;
  guint n = 0;

  for (GList *l = packets->head; l && n < 3; l = l->next) {
    const Packet *packet = l->data;

    if (packet->kind == first->kind && packet->user_id == first->user_id) {
      found = packet;
      n++;
    }
  }
  return found;
}

/* When the first packets are in order; %G_MAXINT64 for there are none. */
static gint64
get_fresh_deadline (GstRtmsStreams *self)
{
  return self->fresh.length == 0 ? G_MAXINT64
      : self->fresh_since + (gint64) GST_TIME_AS_USECONDS (
      gst_rtms_streams_get_reorder_time (self));
}

static void
settle_fresh (GstRtmsStreams *self)
{
  GQueue packets = self->fresh;
  Packet *packet = g_queue_peek_head (&packets);
  g_autoptr (GstRtmsSrcPad) pad = NULL;

  self->is_fresh = FALSE;
  g_queue_init (&self->fresh);
  if (packet)
    pad = gst_rtms_pads_get (self->pads, packet->kind, packet->user_id);
  if (pad && packet->unix_time != RTMS_TIME_NONE
      && is_late (self, pad, find_third (&packets)->unix_time))
    follow_if_late (self, pad, packet->unix_time);
  while ((packet = g_queue_pop_head (&packets))) {
    deliver (self, packet, FALSE);
    g_free (packet);
  }
}

/* Late packets of the pad, if the clock was found to be set since they came. */
static void
settle_late (GstRtmsStreams *self, GstRtmsSrcPad *pad, const Packet *newest)
{
  GstRtmsReorder *reorder = gst_rtms_src_pad_get_reorder (pad);
  Packet packet = *newest;
  GstRtmsPacket item;

  while (gst_rtms_reorder_pop_stale (reorder, self->timeline.n_restarts,
          &item)) {
    packet.buffer = item.buffer;
    packet.sender = item.sender;
    packet.unix_time = item.unix_time;
    deliver (self, &packet, FALSE);
  }
}

/* Gives a packet its place, and its buffer away. One that is not new had a
 * place before. */
static void
deliver (GstRtmsStreams *self, const Packet *packet, gboolean is_new)
{
  g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads,
      packet->kind, packet->user_id);
  const GstRtmsPacket item = { packet->buffer, packet->sender,
    packet->unix_time, self->timeline.n_restarts };
  gint64 place, reference, running_time;

  if (pad == NULL) {
    gst_buffer_unref (packet->buffer);
    return;
  }
  if (is_new && gst_rtms_reorder_is_duplicate (
          gst_rtms_src_pad_get_reorder (pad), &item)) {
    gst_rtms_src_pad_reject_duplicate (pad, packet->buffer);
    return;
  }
  if (gst_rtms_pad_index_is_text (packet->kind)) {
    push_buffer (self, pad, packet->kind, &item);
    return;
  }
  if (is_new && self->is_fresh && packet->kind == RTMS_MEDIA_AUDIO) {
    keep_fresh (self, packet);
    return;
  }
  if (is_new)
    settle_late (self, pad, packet);
  running_time = gst_rtms_streams_get_running_time (self);
  reference = rtms_timeline_get_reference (&self->timeline, running_time);
  place = packet->unix_time == RTMS_TIME_NONE
      ? (gint64) get_current_place (self)
      : rtms_timeline_place (&self->timeline, packet->unix_time,
      running_time);
  if (place == RTMS_PLACE_NONE) {
    keep_unplaced (self, packet);
    return;
  }
  if (self->unplaced.length > 0)
    settle_unplaced (self);
  /* From before the beginning; once something has passed, just late. */
  if (place < 0 && !gst_rtms_reorder_is_late (
          gst_rtms_src_pad_get_reorder (pad), 0)) {
    gst_rtms_src_pad_reject_buffer (pad, packet->buffer);
    return;
  }
  GST_BUFFER_PTS (packet->buffer) = (GstClockTime) MAX (place, 0);
  if (packet->is_kept)
    GST_BUFFER_PTS (packet->buffer) = gst_rtms_reorder_clamp (
        gst_rtms_src_pad_get_reorder (pad), GST_BUFFER_PTS (packet->buffer));
  see_recovery (self, packet->kind, place, reference);
  put_in_order (self, pad, packet);
}

typedef struct {
  GstRtmsStreams *streams;
  gint64 now;
  gint64 next;
} Release;

static void
release_pad (GstRtmsSrcPad *pad, GstRtmsPadIndex index, gpointer user_data)
{
  Release *due = user_data;

  if (gst_rtms_pad_index_is_text (index))
    return;
  release_due (due->streams, pad, (RtmsMediaKind) index, due->now);
  due->next = MIN (due->next, gst_rtms_reorder_get_deadline (
          gst_rtms_src_pad_get_reorder (pad)));
}

/**
 * gst_rtms_streams_release:
 * @self: open streams
 * @now: monotonic time, µs; %G_MAXINT64 to wait for nothing more
 *
 * Lets pass what has waited long enough for packets that belong before it.
 *
 * Returns: when this is due again, or %G_MAXINT64
 */
gint64
gst_rtms_streams_release (GstRtmsStreams *self, gint64 now)
{
  Release due = { self, now, G_MAXINT64 };

  if (now >= get_fresh_deadline (self))
    settle_fresh (self);
  gst_rtms_pads_foreach (self->pads, release_pad, &due);
  return MIN (due.next, get_fresh_deadline (self));
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
    deliver (self, packet, TRUE);
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
        gst_rtms_streams_get_running_time (self));
}

/* Nothing older is waited for any more. */
void
gst_rtms_streams_begin (GstRtmsStreams *self)
{
  if (self->waiting.length == 0)
    return;
  begin_with_oldest (self, RTMS_TIME_NONE);
  deliver_waiting (self);
}

void
gst_rtms_streams_clear_waiting (GstRtmsStreams *self)
{
  g_queue_clear_full (&self->waiting, free_packet);
  g_queue_clear_full (&self->fresh, free_packet);
  g_queue_clear_full (&self->unplaced, free_packet);
}

static void
route (GstRtmsStreams *self, const Packet *packet)
{
  if (must_wait (self, packet->kind)) {
    if (self->waiting.length < WAITING_MAX) {
      if (self->waiting.length == 0)
        self->waiting_since = g_get_monotonic_time ();
      g_queue_push_tail (&self->waiting, g_memdup2 (packet, sizeof *packet));
      return;
    }
    gst_rtms_streams_begin (self);
  }
  if (self->waiting.length > 0 && !gst_rtms_pad_index_is_text (packet->kind))
    begin_with_oldest (self, packet->unix_time);
  deliver (self, packet, TRUE);
  if (self->waiting.length > 0 && !gst_rtms_pad_index_is_text (packet->kind))
    deliver_waiting (self);
}

static gint64
get_release_time (GstRtmsStreams *self, const Packet *packet)
{
  g_autoptr (GstRtmsSrcPad) pad = gst_rtms_pads_get (self->pads,
      packet->kind, packet->user_id);

  return MIN (get_fresh_deadline (self), pad == NULL ? G_MAXINT64
      : gst_rtms_reorder_get_deadline (gst_rtms_src_pad_get_reorder (pad)));
}

/**
 * gst_rtms_streams_push_media:
 * @self: open streams
 * @media: a packet
 * @buffer: (transfer full): its payload
 *
 * Returns: when gst_rtms_streams_release() is due, or %G_MAXINT64
 */
gint64
gst_rtms_streams_push_media (GstRtmsStreams *self, const RtmsMedia *media,
    GstBuffer *buffer)
{
  Packet packet = { .kind = media->kind, .sender = media->user_id,
    .unix_time = media->timestamp };

  /* Confirmed, but with parameters that no pad could be made of. */
  if (!(self->params.kinds & RTMS_MEDIA_BIT (media->kind))) {
    gst_buffer_unref (buffer);
    return G_MAXINT64;
  }
  if (media->kind == RTMS_MEDIA_AUDIO
      && gst_rtms_streams_is_late_audio (self)) {
    g_autoptr (GstRtmsSrcPad) pad = NULL;

    if (self->params.audio.data_option
        == RTMS_DATA_OPTION_AUDIO_MULTI_STREAMS)
      packet.user_id = media->user_id;
    pad = gst_rtms_pads_get (self->pads, media->kind, packet.user_id);
    /* A straggler of who left has no pad any more, and needs no new one. */
    if (pad == NULL && gst_rtms_roster_has_left (self->roster,
            media->user_id, media->timestamp)) {
      gst_buffer_unref (buffer);
      return G_MAXINT64;
    }
    if (pad == NULL)
      gst_rtms_streams_add_audio_pad (self, packet.user_id,
          media->user_name, buffer);
  }
  if (!prepare (self, media, &buffer)) {
    gst_buffer_unref (buffer);
    return G_MAXINT64;
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
  return get_release_time (self, &packet);
}
