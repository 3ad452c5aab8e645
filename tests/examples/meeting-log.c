/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Embeds rtmssrc: prints what is said in a meeting, by whom and when, and
 * how many seconds of audio came with it.
 *
 * usage: meeting-log started.json
 *
 * The client id and secret come from ZM_RTMS_CLIENT and ZM_RTMS_SECRET. */

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <locale.h>
#include <stdlib.h>

typedef struct {
  GstElement *pipeline;
  GMainLoop *loop;
  GstClockTime audio;           /* only the audio's streaming thread */
  int status;
} App;

/* Called on the audio pad's streaming thread. */
static GstFlowReturn
on_audio (GstAppSink *sink, gpointer user_data)
{
  App *app = user_data;
  GstSample *sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  app->audio += GST_BUFFER_DURATION (gst_sample_get_buffer (sample));
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

/* Whose words a buffer holds is in its participant meta. */
static const gchar *
get_speaker (GstBuffer *buffer)
{
  GstCustomMeta *meta = gst_buffer_get_custom_meta (buffer,
      "GstRtmsParticipantMeta");

  return meta ? gst_structure_get_string (
      gst_custom_meta_get_structure (meta), "user-name") : NULL;
}

/* Zoom's time of a buffer, which tells of more than the stream's running
 * time: when in the day it was. */
static gchar *
get_time_of_day (GstBuffer *buffer)
{
  GstReferenceTimestampMeta *meta =
      gst_buffer_get_reference_timestamp_meta (buffer, NULL);
  GDateTime *time;
  gchar *text;

  if (meta == NULL)
    return g_strdup ("--:--:--");
  time = g_date_time_new_from_unix_local (
      (gint64) (meta->timestamp / GST_SECOND));
  text = g_date_time_format (time, "%H:%M:%S");
  g_date_time_unref (time);
  return text;
}

static GstFlowReturn
on_transcript (GstAppSink *sink, gpointer user_data)
{
  GstSample *sample = gst_app_sink_pull_sample (sink);
  const gchar *speaker;
  GstBuffer *buffer;
  GstMapInfo map;
  gchar *time;

  if (sample == NULL)
    return GST_FLOW_EOS;
  buffer = gst_sample_get_buffer (sample);
  speaker = get_speaker (buffer);
  time = get_time_of_day (buffer);
  if (gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    g_print ("%s  %s: %.*s\n", time, speaker ? speaker : "?",
        (int) map.size, (const gchar *) map.data);
    gst_buffer_unmap (buffer, &map);
  }
  g_free (time);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

/* Called on a thread that other elements share: link, and return. */
static void
on_pad_added (GstElement *src, GstPad *pad, gpointer user_data)
{
  App *app = user_data;
  GstAppSinkCallbacks callbacks = { 0 };
  GstElement *sink = gst_element_factory_make ("appsink", NULL);
  GstPad *sink_pad = gst_element_get_static_pad (sink, "sink");

  callbacks.new_sample = g_str_equal (GST_PAD_NAME (pad), "audio")
      ? on_audio : on_transcript;
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, app, NULL);
  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (app->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, sink_pad);
  gst_object_unref (sink_pad);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  App *app = user_data;
  GError *error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      g_main_loop_quit (app->loop);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      g_printerr ("Warning: %s\n", error->message);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      app->status = EXIT_FAILURE;
      g_main_loop_quit (app->loop);
      break;
    default:
      break;
  }
  g_clear_error (&error);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  App app = { .status = EXIT_SUCCESS };
  GstElement *src;
  GstBus *bus;

  setlocale (LC_ALL, "");
  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("usage: %s started.json\n", argv[0]);
    return EXIT_FAILURE;
  }
  src = gst_element_factory_make ("rtmssrc", NULL);
  if (src == NULL) {
    g_printerr ("There is no rtmssrc: is GST_PLUGIN_PATH set?\n");
    return EXIT_FAILURE;
  }

  app.loop = g_main_loop_new (NULL, FALSE);
  app.pipeline = gst_pipeline_new (NULL);
  g_object_set (src, "payload-location", argv[1], NULL);
  gst_util_set_object_arg (G_OBJECT (src), "media", "audio+transcript");
  g_signal_connect (src, "pad-added", G_CALLBACK (on_pad_added), &app);
  gst_bin_add (GST_BIN (app.pipeline), src);
  bus = gst_element_get_bus (app.pipeline);
  gst_bus_add_watch (bus, on_message, &app);

  /* If this fails, the reason comes by the bus, too. */
  gst_element_set_state (app.pipeline, GST_STATE_PLAYING);
  g_main_loop_run (app.loop);
  gst_element_set_state (app.pipeline, GST_STATE_NULL);
  g_print ("%" G_GUINT64_FORMAT " s of audio\n", app.audio / GST_SECOND);

  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (app.pipeline);
  g_main_loop_unref (app.loop);
  return app.status;
}
