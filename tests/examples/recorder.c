/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Embeds rtmswebhookbin: records every meeting of a Zoom app into a folder of
 * its own, with the transcript, the events and a manifest.
 *
 * usage: recorder [--folder FOLDER] [--port PORT] [--mp4] [--only PRODUCT]
 *
 * The client id and secret and the secret token come from ZM_RTMS_CLIENT,
 * ZM_RTMS_SECRET and ZM_RTMS_WEBHOOK_SECRET. Ctrl-C finishes all files. */

#include <glib-unix.h>
#include <gst/gst.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/* One for all meetings; the element fills in what is in braces. */
#define MEETING "{date}/{time}-{product}-{meeting-id}"

#define MKV "matroskamux name=mux ! " \
    "filesink buffer-mode=unbuffered location=%1$s/meeting.mkv " \
    "h264parse name=video ! mux. opusenc name=audio ! mux. "

#define MP4 "mp4mux name=mux fragment-duration=1000 " \
    "fragment-mode=first-moov-then-finalise ! " \
    "filesink buffer-mode=unbuffered location=%1$s/meeting.mp4 " \
    "h264parse name=video ! video/x-h264,stream-format=avc3 ! mux. " \
    "audioconvert name=audio ! avenc_aac ! mux. "

#define TEXT "tee name=transcript transcript. ! queue ! mux. " \
    "transcript. ! queue ! webvttenc ! " \
    "filesink location=%1$s/transcript.vtt " \
    "transcript. ! queue ! rtmsjsonenc ! " \
    "filesink location=%1$s/transcript.jsonl " \
    "filesink name=events location=%1$s/events.jsonl"

typedef struct {
  GstElement *pipeline;
  GMainLoop *loop;
  gchar *folder;
  gint port;
  gboolean is_mp4;
  gchar *only;
  int status;
} App;

/* Each meeting passes here first: the place to decide, by its structure, what
 * becomes of it. Called on a thread of the element's. */
static gboolean
on_authorize (GstElement *bin, const GstStructure *info, gpointer user_data)
{
  App *app = user_data;
  const gchar *product = gst_structure_get_string (info, "product");

  return app->only == NULL || g_strcmp0 (product, app->only) == 0;
}

/* Webinars are for the screen: their cameras need not be large. */
static void
on_source_setup (GstElement *bin, GstElement *source,
    const GstStructure *info, gpointer user_data)
{
  g_object_set (source, "speaker-names", TRUE, NULL);
  if (g_strcmp0 (gst_structure_get_string (info, "product"), "webinar") == 0)
    gst_util_set_object_arg (G_OBJECT (source), "video-resolution", "sd");
}

static void
print_notice (const GstStructure *notice)
{
  const gchar *name = gst_structure_get_name (notice);
  const gchar *stream = gst_structure_get_string (notice, "stream-id");

  if (g_str_equal (name, "rtms-stream-added"))
    g_print ("%s: recording\n", stream);
  else if (g_str_equal (name, "rtms-recording-complete"))
    g_print ("%s: %s (%s): %s\n", stream, gst_structure_get_string (notice,
            "outcome"), gst_structure_get_string (notice, "reason-name"),
        gst_structure_get_string (notice, "manifest"));
  else if (g_str_equal (name, "rtms-recording-revoked"))
    g_print ("%s: consent was taken back, delete it\n", stream);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  App *app = user_data;
  GError *error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      print_notice (gst_message_get_structure (message));
      break;
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

/* No more meetings; those that there are get finished, then EOS comes. */
static gboolean
on_interrupt (gpointer user_data)
{
  App *app = user_data;

  g_print ("finishing\n");
  gst_element_send_event (app->pipeline, gst_event_new_eos ());
  return G_SOURCE_CONTINUE;
}

static gboolean
parse_options (App *app, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "folder", 'f', 0, G_OPTION_ARG_FILENAME, &app->folder,
        "Where the meetings' folders go (default: .)", "FOLDER" },
    { "port", 'p', 0, G_OPTION_ARG_INT, &app->port,
        "Port for webhooks (default: 8080; 0: any)", "PORT" },
    { "mp4", 0, 0, G_OPTION_ARG_NONE, &app->is_mp4,
        "Record fragmented MP4 and not MKV", NULL },
    { "only", 0, 0, G_OPTION_ARG_STRING, &app->only,
        "Only meeting, webinar, session or contact_center", "PRODUCT" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, argc, argv, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  if (app->folder == NULL)
    app->folder = g_strdup (".");
  return TRUE;
}

/* gst_parse_launch() takes spaces for the ends of words. */
static gchar *
quote (const gchar *path)
{
  GString *text = g_string_new (path);

  g_string_replace (text, "\\", "\\\\", 0);
  g_string_replace (text, " ", "\\ ", 0);
  return g_string_free (text, FALSE);
}

static GstElement *
make_bin (App *app)
{
  GstElement *bin = gst_element_factory_make ("rtmswebhookbin", NULL);
  g_autofree gchar *meeting = g_build_filename (app->folder, MEETING, NULL);
  g_autofree gchar *quoted = quote (meeting);
  g_autofree gchar *manifest = g_build_filename (meeting, "manifest.json",
      NULL);
  g_autofree gchar *branch = NULL;

  if (bin == NULL)
    return NULL;
  branch = app->is_mp4 ? g_strdup_printf (MP4 TEXT, quoted)
      : g_strdup_printf (MKV TEXT, quoted);
  g_object_set (bin, "port", app->port, "branch", branch, "manifest",
      manifest, NULL);
  g_signal_connect (bin, "authorize", G_CALLBACK (on_authorize), app);
  g_signal_connect (bin, "source-setup", G_CALLBACK (on_source_setup), app);
  return bin;
}

static void
run (App *app, GstElement *bin)
{
  GstBus *bus = gst_element_get_bus (app->pipeline);
  guint port;

  gst_bus_add_watch (bus, on_message, app);
  g_unix_signal_add (SIGINT, on_interrupt, app);
  g_unix_signal_add (SIGTERM, on_interrupt, app);
  /* If this fails, the reason comes by the bus, too. */
  gst_element_set_state (app->pipeline, GST_STATE_PLAYING);
  g_object_get (bin, "bound-port", &port, NULL);
  if (port)
    g_print ("webhooks at http://127.0.0.1:%u/webhook\n", port);
  g_main_loop_run (app->loop);
  gst_element_set_state (app->pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
}

int
main (int argc, char **argv)
{
  App app = { .port = 8080, .status = EXIT_SUCCESS };
  GstElement *bin;

  setlocale (LC_ALL, "");
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (!parse_options (&app, &argc, &argv))
    return EXIT_FAILURE;
  bin = make_bin (&app);
  if (bin == NULL) {
    g_printerr ("There is no rtmswebhookbin: is GST_PLUGIN_PATH set?\n");
    return EXIT_FAILURE;
  }
  app.loop = g_main_loop_new (NULL, FALSE);
  app.pipeline = gst_pipeline_new (NULL);
  gst_bin_add (GST_BIN (app.pipeline), bin);
  run (&app, bin);
  gst_object_unref (app.pipeline);
  g_main_loop_unref (app.loop);
  g_free (app.folder);
  g_free (app.only);
  return app.status;
}
