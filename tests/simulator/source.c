/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "source.h"

#include <string.h>

#define DEFAULT_SCENE_DURATION 30.0
#define DEFAULT_SCENE_VIDEO_DELAY 0.5
#define PROBE_TIMEOUT (10 * GST_SECOND)

struct _SimSource {
  SimScene *scene;
  gchar *uri;
  gboolean has_audio;
  gboolean has_video;
  const SimPlan *plan;
  gint64 duration;
  gboolean only_reader;
  gboolean keep_sound;
  GPtrArray *tracks;
  GThread *thread;
  gint ready; /* atomic */
};

typedef struct {
  GstElement *pipeline;
  gint has_audio;
  gint has_video;
} Probe;

static void
probe_pad (GstElement *decoder, GstPad *pad, gpointer user_data)
{
  Probe *probe = user_data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");
  const gchar *name = "";

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  if (!gst_caps_is_empty (caps) && !gst_caps_is_any (caps))
    name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  if (g_str_has_prefix (name, "audio/"))
    g_atomic_int_set (&probe->has_audio, TRUE);
  else if (g_str_has_prefix (name, "video/"))
    g_atomic_int_set (&probe->has_video, TRUE);
  g_object_set (sink, "async", TRUE, NULL);
  gst_bin_add (GST_BIN (probe->pipeline), sink);
  gst_pad_link (pad, sink_pad);
  gst_element_sync_state_with_parent (sink);
}

/* Prerolls the file once, to know its media and duration. */
static gboolean
probe_file (SimSource *source, GError **error)
{
  g_autoptr (GstElement) pipeline = gst_pipeline_new (NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  GstElement *decoder = gst_element_factory_make ("uridecodebin", NULL);
  Probe probe = { pipeline, FALSE, FALSE };
  gint64 duration = -1;

  if (decoder == NULL) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
        "The GStreamer element \"uridecodebin\" is not installed; Debian has "
        "it in the package gstreamer1.0-plugins-base.");
    return FALSE;
  }
  g_object_set (decoder, "uri", source->uri, NULL);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (probe_pad), &probe);
  gst_bin_add (GST_BIN (pipeline), decoder);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  message = gst_bus_timed_pop_filtered (
      bus, PROBE_TIMEOUT, GST_MESSAGE_ERROR | GST_MESSAGE_ASYNC_DONE);
  if (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, error, NULL);
  } else if (!gst_element_query_duration (
                 pipeline, GST_FORMAT_TIME, &duration)) {
    duration = -1;
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (*error != NULL)
    return FALSE;
  source->has_audio = g_atomic_int_get (&probe.has_audio);
  source->has_video = g_atomic_int_get (&probe.has_video);
  if (!source->has_audio && !source->has_video) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE,
        "The file holds neither audio nor video.");
    return FALSE;
  }
  if (duration > 0)
    source->duration = duration / 1000;
  return TRUE;
}

static gpointer
prepare (gpointer user_data)
{
  SimSource *source = user_data;

  sim_scene_prepare (source->scene);
  g_atomic_int_set (&source->ready, TRUE);
  return NULL;
}

SimSource *
sim_source_new (const SimOptions *options, GError **error)
{
  SimSource *source = g_new0 (SimSource, 1);
  g_autofree gchar *file_name = NULL;
  g_autoptr (GError) failure = NULL;
  gdouble delay = options->video_delay;

  source->plan = &options->plan;
  source->keep_sound = options->audio_dump != NULL;
  source->tracks
      = g_ptr_array_new_with_free_func ((GDestroyNotify)sim_track_free);
  source->only_reader = options->meetings == 1;
  if (options->media_file != NULL) {
    g_autofree gchar *base = g_path_get_basename (options->media_file);

    file_name = g_utf8_make_valid (base, -1);
    source->uri = gst_filename_to_uri (options->media_file, error);
    if (source->uri == NULL || !probe_file (source, &failure)) {
      if (failure != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
      sim_source_free (source);
      return NULL;
    }
    delay = MAX (0.0, delay);
  } else {
    source->has_audio = TRUE;
    source->has_video = options->product != SIM_PRODUCT_CONTACT_CENTER;
    source->duration = (gint64)(DEFAULT_SCENE_DURATION * G_USEC_PER_SEC);
    if (delay < 0.0)
      delay = DEFAULT_SCENE_VIDEO_DELAY;
  }
  if (options->duration > 0.0)
    source->duration = (gint64)(options->duration * G_USEC_PER_SEC);
  if (source->duration <= 0) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
        "The file does not tell its duration; give --duration.");
    sim_source_free (source);
    return NULL;
  }
  /* Video begins after the backlog, which holds audio only. */
  source->scene = sim_scene_new (options, file_name, source->duration,
      (gint64)((delay + options->backlog) * G_USEC_PER_SEC), source->has_video);
  source->thread = g_thread_new ("scene", prepare, source);
  return source;
}

void
sim_source_free (SimSource *source)
{
  if (source->thread != NULL)
    g_thread_join (source->thread);
  g_ptr_array_unref (source->tracks);
  g_clear_pointer (&source->scene, sim_scene_free);
  g_free (source->uri);
  g_free (source);
}

gboolean
sim_source_is_ready (SimSource *source)
{
  return g_atomic_int_get (&source->ready);
}

SimScene *
sim_source_get_scene (SimSource *source)
{
  return source->scene;
}

gint64
sim_source_get_duration (SimSource *source)
{
  return source->duration;
}

gboolean
sim_source_has_medium (SimSource *source, SimMedium medium)
{
  switch (medium) {
  case SIM_MEDIUM_AUDIO:
    return source->has_audio;
  case SIM_MEDIUM_VIDEO:
    return source->has_video;
  case SIM_MEDIUM_SHARE:
    return sim_scene_get_share_start (source->scene) >= 0;
  default:
    return TRUE;
  }
}

gint
sim_source_get_change (SimSource *source, gint64 at, gint64 *next)
{
  const GArray *pictures = source->plan->pictures;
  guint change = 0;

  while (change < pictures->len
         && g_array_index (pictures, SimPictureChange, change).at <= at)
    change++;
  *next = change < pictures->len
              ? g_array_index (pictures, SimPictureChange, change).at
              : SIM_FOREVER;
  return (gint)change;
}

const SimPictureChange *
sim_source_get_look (SimSource *source, gint change)
{
  return &g_array_index (source->plan->pictures, SimPictureChange, change - 1);
}

static SimTrack *
make_track (SimSource *source, const SimTrackSpec *spec, GError **error)
{
  const gchar *uri = source->uri;
  SimTrackPart part = {
    .end = source->duration,
    .forgetful = source->only_reader
                 && (uri != NULL || !sim_scene_is_repeating (source->scene)),
    .keep_sound = source->keep_sound && spec->medium == SIM_MEDIUM_AUDIO,
  };

  if (spec->medium == SIM_MEDIUM_SHARE) {
    part.start = MAX (0, sim_scene_get_share_start (source->scene));
    /* Nothing in a file was shared: these are a scene's slides. */
    uri = NULL;
  } else if (spec->medium == SIM_MEDIUM_VIDEO) {
    gint64 next;

    /* A scene's first picture is made for the moment at which it is first
     * seen, so that it is a key frame; a file's pictures are where they
     * are. */
    if (uri == NULL)
      part.start = sim_scene_get_video_start (source->scene);
    if (spec->change > 0 && uri == NULL)
      part.start = sim_source_get_look (source, spec->change)->at;
    sim_source_get_change (source,
        spec->change > 0 ? sim_source_get_look (source, spec->change)->at : -1,
        &next);
    part.end = MIN (part.end, next);
  }
  return sim_track_new (spec, &part, source->scene, uri, error);
}

SimTrack *
sim_source_get_track (
    SimSource *source, const SimTrackSpec *spec, GError **error)
{
  SimTrack *track;

  for (guint i = 0; i < source->tracks->len; i++) {
    track = g_ptr_array_index (source->tracks, i);
    if (memcmp (sim_track_get_spec (track), spec, sizeof (*spec)) == 0)
      return track;
  }
  track = make_track (source, spec, error);
  if (track != NULL)
    g_ptr_array_add (source->tracks, track);
  return track;
}
