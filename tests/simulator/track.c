/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads: the streaming thread of a scene's pipeline calls feed_*(), the
 * track's own thread pulls what was encoded and appends it, and the main
 * thread reads. The lock guards everything below "Under the lock". */
#include "track.h"

#include <gst/app/app.h>
#include <string.h>

#include "encoder.h"

/* How far the encoder may run ahead of the furthest reader, in seconds. PNG
 * pictures are megabytes each. */
#define AHEAD 10
#define AHEAD_PNG 2
/* What a forgetful track keeps behind the reader: the minute that a lost
 * client gets again, and some. */
#define BEHIND 90
/* The resampler and encoders hold some sound back; feeding this many packets
 * more than needed makes the last needed one whole. */
#define EXTRA_PACKETS 10

struct _SimTrack {
  SimTrackSpec spec;
  SimScene *scene;
  SimCamera *camera;
  GstElement *pipeline;
  GstElement *source;
  GstElement *caption;
  GstElement *clock;
  GstElement *title;
  GstAppSink *sink;
  GThread *thread;
  gint64 packets_per_second;
  guint64 first; /* number of packet 0 since meeting start */
  guint64 limit; /* packets until the scene ends or repeats */
  gboolean repeats;
  gboolean forgetful;
  gboolean keep_sound;
  guint packet_bytes; /* of audio that is a stream of bytes, or 0 */

  /* Of the feeding thread. */
  guint64 fed;
  gint seen;  /* of the picture fed last */

  /* Of the track's thread. */
  GByteArray *pending;

  /* Under the lock. */
  GMutex lock;
  GCond changed;
  GPtrArray *packets; /* of GBytes, NULL when forgotten */
  GArray *keys;       /* of guint8 */
  GByteArray *sound;
  guint64 wanted;
  guint64 forgotten;
  gboolean complete;
  gboolean stop;
};

/* Whose picture a client gets at this moment, or -1. */
static gint
get_seen (SimTrack *track, gint64 at)
{
  gint64 start;

  if (sim_scene_is_paused (track->scene, at))
    return -1;
  if (track->spec.view == SIM_VIEW_SHARE)
    return sim_scene_get_presenter (track->scene, at, &start);
  if (track->spec.view >= 0)
    return sim_scene_is_camera_on (track->scene, track->spec.view, at)
        ? track->spec.view
        : -1;
  return sim_scene_get_shown_person (track->scene, at);
}

/* Another camera's pictures begin with a key frame, and so do those after
 * a time in which nothing was seen. */
static void
force_key_frame (SimTrack *track, gint64 at)
{
  gint seen = get_seen (track, at);

  if (track->spec.codec == SIM_CODEC_H264 && seen >= 0 && seen != track->seen
      && track->fed > 0) {
    GstClockTime time
        = gst_util_uint64_scale (track->fed, GST_SECOND, track->spec.fps);

    /* Not to the element, whose lock a change to NULL holds while it waits for
     * this thread. */
    g_autoptr (GstPad) pad = gst_element_get_static_pad (track->source, "src");

    gst_pad_push_event (pad,
        gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
            gst_structure_new ("GstForceKeyUnit", "running-time", G_TYPE_UINT64,
                time, "all-headers", G_TYPE_BOOLEAN, TRUE, NULL)));
  }
  track->seen = seen;
}

static void
feed_picture (SimTrack *track)
{
  gint64 at = sim_track_get_offset (track, track->fed);
  gint64 duration = G_USEC_PER_SEC / track->spec.fps;
  g_autoptr (GstBuffer) buffer = NULL;
  SimCameraText text = { NULL, NULL, NULL };
  GstMapInfo map;

  force_key_frame (track, at);
  buffer = gst_buffer_new_allocate (
      NULL, sim_camera_get_size (track->camera), NULL);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  sim_camera_paint (track->camera, at, duration, map.data, &text);
  gst_buffer_unmap (buffer, &map);
  /* The buffer before has left the overlays, because they run in this very
   * thread, so the texts change exactly with this picture. */
  if (track->caption != NULL)
    g_object_set (
        track->caption, "text", text.caption ? text.caption : "", NULL);
  if (track->clock != NULL)
    g_object_set (track->clock, "text", text.clock ? text.clock : "", NULL);
  if (track->title != NULL)
    g_object_set (track->title, "text", text.title ? text.title : "", NULL);
  sim_camera_text_clear (&text);
  GST_BUFFER_PTS (buffer)
      = gst_util_uint64_scale (track->fed, GST_SECOND, track->spec.fps);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / track->spec.fps;
  gst_app_src_push_buffer (
      GST_APP_SRC (track->source), g_steal_pointer (&buffer));
}

static void
feed_sound (SimTrack *track)
{
  gint rate = sim_scene_get_sample_rate (track->scene);
  guint count = (guint)(rate / track->packets_per_second);
  g_autoptr (GstBuffer) buffer
      = gst_buffer_new_allocate (NULL, count * 2, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  sim_scene_read_samples (track->scene, track->spec.view, track->fed * count,
      (gint16 *)map.data, count);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (
      track->fed, GST_SECOND, track->packets_per_second);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / track->packets_per_second;
  gst_app_src_push_buffer (
      GST_APP_SRC (track->source), g_steal_pointer (&buffer));
}

static void
feed (GstAppSrc *source, guint length, gpointer user_data)
{
  SimTrack *track = user_data;

  if (track->fed >= track->limit + EXTRA_PACKETS) {
    gst_app_src_end_of_stream (source);
    return;
  }
  if (track->camera != NULL)
    feed_picture (track);
  else
    feed_sound (track);
  track->fed++;
}

static void
append (SimTrack *track, GBytes *data, gboolean key_frame)
{
  guint8 key = key_frame;

  g_mutex_lock (&track->lock);
  if (track->packets->len < track->limit) {
    g_ptr_array_add (track->packets, data);
    g_array_append_val (track->keys, key);
  } else {
    g_bytes_unref (data);
  }
  g_mutex_unlock (&track->lock);
}

/* Cuts a stream of bytes into packets. */
static void
append_bytes (SimTrack *track, const guint8 *data, gsize size)
{
  guint used = 0;

  g_byte_array_append (track->pending, data, (guint)size);
  while (track->pending->len - used >= track->packet_bytes) {
    append (track,
        g_bytes_new (track->pending->data + used, track->packet_bytes), TRUE);
    used += track->packet_bytes;
  }
  if (used > 0)
    g_byte_array_remove_range (track->pending, 0, used);
}

/* The last packet of a file is filled up with silence. */
static void
append_rest (SimTrack *track)
{
  guint8 silence = track->spec.codec == SIM_CODEC_G711 ? 0xd5 : 0;

  if (track->packet_bytes == 0 || track->pending->len == 0)
    return;
  while (track->pending->len < track->packet_bytes)
    g_byte_array_append (track->pending, &silence, 1);
  append_bytes (track, NULL, 0);
}

static void
append_sample (SimTrack *track, GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  if (track->packet_bytes > 0) {
    append_bytes (track, map.data, map.size);
  } else if (track->spec.codec == SIM_CODEC_H264) {
    gboolean key_frame;
    GBytes *unit = sim_encoder_normalise_h264 (map.data, map.size, &key_frame);

    append (track, unit, key_frame);
  } else {
    append (track, g_bytes_new (map.data, map.size), TRUE);
  }
  gst_buffer_unmap (buffer, &map);
}

static void
report_error (SimTrack *track)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (track->pipeline);
  g_autoptr (GstMessage) message
      = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  if (message == NULL)
    return;
  gst_message_parse_error (message, &error, &debug);
  g_printerr ("rtms-simulator: encoding %s: %s (%s)\n",
      sim_medium_name (track->spec.medium), error->message, debug);
}

static gboolean
wait_until_wanted (SimTrack *track)
{
  gint64 seconds = track->spec.codec == SIM_CODEC_PNG ? AHEAD_PNG : AHEAD;
  guint64 ahead = (guint64)(seconds * track->packets_per_second);
  gboolean go_on;

  g_mutex_lock (&track->lock);
  while (!track->stop && track->packets->len >= track->wanted + ahead)
    g_cond_wait (&track->changed, &track->lock);
  go_on = !track->stop && track->packets->len < track->limit;
  g_mutex_unlock (&track->lock);
  return go_on;
}

static gboolean
has_failed (SimTrack *track)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (track->pipeline);
  g_autoptr (GstMessage) message
      = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  if (message == NULL)
    return FALSE;
  gst_bus_post (bus, g_steal_pointer (&message));
  return TRUE;
}

static gpointer
run (gpointer user_data)
{
  SimTrack *track = user_data;

  gst_element_set_state (track->pipeline, GST_STATE_PLAYING);
  while (wait_until_wanted (track)) {
    g_autoptr (GstSample) sample
        = gst_app_sink_try_pull_sample (track->sink, 100 * GST_MSECOND);

    if (sample != NULL) {
      append_sample (track, sample);
      continue;
    }
    if (gst_app_sink_is_eos (track->sink)) {
      append_rest (track);
      break;
    }
    if (has_failed (track))
      break;
  }
  report_error (track);
  gst_element_set_state (track->pipeline, GST_STATE_NULL);
  g_mutex_lock (&track->lock);
  track->complete = TRUE;
  g_mutex_unlock (&track->lock);
  return NULL;
}

static guint
get_packet_bytes (const SimTrackSpec *spec)
{
  if (spec->medium != SIM_MEDIUM_AUDIO || spec->rtp)
    return 0;
  switch (spec->codec) {
  case SIM_CODEC_L16:
    return (guint)(spec->rate / 50 * spec->channels * 2);
  case SIM_CODEC_G711:
  case SIM_CODEC_G722:
    return 160;
  default:
    return 0;
  }
}

static void
connect_source (SimTrack *track)
{
  GstAppSrcCallbacks callbacks = { .need_data = feed };
  GstBin *bin = GST_BIN (track->pipeline);

  if (track->spec.medium == SIM_MEDIUM_AUDIO) {
    g_autoptr (GstCaps) caps = gst_caps_new_simple ("audio/x-raw", "format",
        G_TYPE_STRING, "S16LE", "layout", G_TYPE_STRING, "interleaved", "rate",
        G_TYPE_INT, sim_scene_get_sample_rate (track->scene), "channels",
        G_TYPE_INT, 1, NULL);

    gst_app_src_set_caps (GST_APP_SRC (track->source), caps);
  } else {
    g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw", "format",
        G_TYPE_STRING, "I420", "width", G_TYPE_INT, track->spec.width, "height",
        G_TYPE_INT, track->spec.height, "framerate", GST_TYPE_FRACTION,
        track->spec.fps, 1, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1,
        "interlace-mode", G_TYPE_STRING, "progressive", "colorimetry",
        G_TYPE_STRING, track->spec.height >= 720 ? "bt709" : "bt601", NULL);

    gst_app_src_set_caps (GST_APP_SRC (track->source), caps);
    track->camera = sim_camera_new (
        track->scene, track->spec.view, track->spec.width, track->spec.height);
    track->caption = gst_bin_get_by_name (bin, "caption");
    track->clock = gst_bin_get_by_name (bin, "clock");
    track->title = gst_bin_get_by_name (bin, "title");
  }
  gst_app_src_set_callbacks (
      GST_APP_SRC (track->source), &callbacks, track, NULL);
}

static GstPadProbeReturn
keep_sound (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  SimTrack *track = user_data;
  GstMapInfo map;

  if (!gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&track->lock);
  g_byte_array_append (track->sound, map.data, (guint)map.size);
  g_mutex_unlock (&track->lock);
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  return GST_PAD_PROBE_OK;
}

static void
watch_sound (SimTrack *track)
{
  g_autoptr (GstElement) format
      = gst_bin_get_by_name (GST_BIN (track->pipeline), "format");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (format, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, keep_sound, track, NULL);
}

SimTrack *
sim_track_new (const SimTrackSpec *spec, const SimTrackPart *part,
    SimScene *scene, const gchar *uri, GError **error)
{
  g_autofree gchar *description = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  gint64 loop = sim_scene_get_loop (scene);
  SimTrack *track;

  description = sim_encoder_describe (spec, uri, error);
  if (description == NULL)
    return NULL;
  pipeline = gst_parse_launch (description, error);
  if (pipeline == NULL)
    return NULL;
  track = g_new0 (SimTrack, 1);
  track->spec = *spec;
  track->scene = scene;
  track->pipeline = gst_object_ref_sink (g_steal_pointer (&pipeline));
  track->sink
      = GST_APP_SINK (gst_bin_get_by_name (GST_BIN (track->pipeline), "sink"));
  track->packets_per_second = spec->medium == SIM_MEDIUM_AUDIO
                                  ? G_USEC_PER_SEC / SIM_AUDIO_PACKET
                                  : spec->fps;
  track->first
      = (guint64)((part->start * track->packets_per_second + G_USEC_PER_SEC - 1)
                  / G_USEC_PER_SEC);
  track->repeats = uri == NULL && sim_scene_is_repeating (scene)
                   && part->end - part->start > loop;
  track->limit = track->repeats ? (
                     guint64)(loop * track->packets_per_second / G_USEC_PER_SEC)
                                : sim_track_get_index (track, part->end);
  track->forgetful = part->forgetful && !track->repeats;
  track->keep_sound = part->keep_sound;
  track->packet_bytes = get_packet_bytes (spec);
  track->pending = g_byte_array_new ();
  track->packets = g_ptr_array_new ();
  track->keys = g_array_new (FALSE, FALSE, 1);
  track->sound = g_byte_array_new ();
  g_mutex_init (&track->lock);
  g_cond_init (&track->changed);
  track->source = gst_bin_get_by_name (GST_BIN (track->pipeline), "source");
  if (track->source != NULL)
    connect_source (track);
  else
    sim_encoder_prepare_decoder (spec, track->pipeline);
  if (track->keep_sound)
    watch_sound (track);
  track->thread = g_thread_new ("track", run, track);
  return track;
}

void
sim_track_free (SimTrack *track)
{
  g_mutex_lock (&track->lock);
  track->stop = TRUE;
  g_cond_signal (&track->changed);
  g_mutex_unlock (&track->lock);
  g_thread_join (track->thread);
  gst_clear_object (&track->source);
  gst_clear_object (&track->caption);
  gst_clear_object (&track->clock);
  gst_clear_object (&track->title);
  gst_object_unref (track->sink);
  gst_object_unref (track->pipeline);
  g_clear_pointer (&track->camera, sim_camera_free);
  for (guint i = 0; i < track->packets->len; i++) {
    GBytes *data = g_ptr_array_index (track->packets, i);

    if (data != NULL)
      g_bytes_unref (data);
  }
  g_ptr_array_unref (track->packets);
  g_array_unref (track->keys);
  g_byte_array_unref (track->sound);
  g_byte_array_unref (track->pending);
  g_mutex_clear (&track->lock);
  g_cond_clear (&track->changed);
  g_free (track);
}

const SimTrackSpec *
sim_track_get_spec (SimTrack *track)
{
  return &track->spec;
}

gint64
sim_track_get_offset (SimTrack *track, guint64 index)
{
  return (gint64)((track->first + index) * G_USEC_PER_SEC
                  / (guint64)track->packets_per_second);
}

guint64
sim_track_get_index (SimTrack *track, gint64 offset)
{
  guint64 number;

  if (offset <= 0)
    return 0;
  number = ((guint64)offset * (guint64)track->packets_per_second
               + G_USEC_PER_SEC - 1)
           / G_USEC_PER_SEC;
  return number > track->first ? number - track->first : 0;
}

static void
forget (SimTrack *track)
{
  guint64 keep = (guint64)(BEHIND * track->packets_per_second);

  while (track->forgotten + keep < track->wanted
         && track->forgotten < track->packets->len) {
    gpointer *data = &g_ptr_array_index (track->packets, track->forgotten);

    g_bytes_unref (*data);
    *data = NULL;
    track->forgotten++;
  }
}

SimTrackResult
sim_track_get_packet (
    SimTrack *track, guint64 index, SimPacket *packet, guint64 *repeats)
{
  SimTrackResult result = SIM_TRACK_PACKET;
  guint64 at = track->repeats ? index % track->limit : index;

  g_mutex_lock (&track->lock);
  if (index > track->wanted) {
    track->wanted = index;
    g_cond_signal (&track->changed);
  }
  if (at >= track->packets->len || at < track->forgotten) {
    result = track->complete ? SIM_TRACK_END : SIM_TRACK_WAIT;
  } else {
    packet->data = g_bytes_ref (g_ptr_array_index (track->packets, at));
    packet->key_frame = g_array_index (track->keys, guint8, at);
    *repeats = track->repeats ? index / track->limit : 0;
  }
  if (track->forgetful)
    forget (track);
  g_mutex_unlock (&track->lock);
  return result;
}

GBytes *
sim_track_get_sound (SimTrack *track, guint64 index, guint count)
{
  gsize size = (gsize)track->spec.rate / 50 * track->spec.channels * 2;
  guint8 *data = g_malloc0 (size * count);

  g_mutex_lock (&track->lock);
  for (guint i = 0; i < count; i++) {
    guint64 at = track->repeats ? (index + i) % track->limit : index + i;
    gsize from = (gsize)at * size;

    if (from < track->sound->len)
      memcpy (data + i * size, track->sound->data + from,
          MIN (size, track->sound->len - from));
  }
  g_mutex_unlock (&track->lock);
  return g_bytes_new_take (data, size * count);
}

guint64
sim_track_get_period (SimTrack *track)
{
  return track->limit;
}
