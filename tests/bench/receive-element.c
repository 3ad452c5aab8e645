/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* As many pipelines of rtmssrc and a fakesink per pad as there are meetings,
 * in one process; or, with --record, of that launch line, whose rtmssrc is
 * named z, and in which @N@ stands for the meeting's number. */

#include "tally.h"

#include <gst/gst.h>

static GMutex lock;
static GCond cond;
static guint n_ended;

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstMapInfo map;

  gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ);
  tally_add (map.data, map.size);
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *src, GstPad *pad, gpointer user_data)
{
  GstElement *bin = GST_ELEMENT (gst_object_get_parent (GST_OBJECT (src)));

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, NULL, NULL);
  if (tally_options.record == NULL) {
    GstElement *sink = gst_element_factory_make ("fakesink", NULL);
    g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

    g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
    gst_bin_add (GST_BIN (bin), sink);
    gst_element_sync_state_with_parent (sink);
    gst_pad_link (pad, sink_pad);
  }
  gst_object_unref (bin);
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR
      || GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    g_autoptr (GError) error = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      gst_message_parse_error (message, &error, NULL);
    else
      gst_message_parse_warning (message, &error, NULL);
    g_printerr ("%s\n", error->message);
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR
      || GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    g_mutex_lock (&lock);
    n_ended++;
    g_cond_signal (&cond);
    g_mutex_unlock (&lock);
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static GstElement *
create_pipeline (guint id)
{
  g_autofree gchar *payload = g_strdup_printf ("{\"event\":"
      "\"meeting.rtms_started\",\"event_ts\":1700000000000,\"payload\":{"
      "\"meeting_uuid\":\"m%u\",\"rtms_stream_id\":\"s%u\",\"server_urls\":"
      "\"%s/signaling/%u\"}}", id, id, tally_options.url, id);
  g_autofree gchar *number = g_strdup_printf ("%u", id);
  g_autoptr (GString) line = g_string_new (tally_options.record
      ? tally_options.record : "rtmssrc name=z media=audio+video");
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) src = NULL;
  g_autoptr (GstBus) bus = NULL;
  GstElement *pipeline;

  g_string_replace (line, "@N@", number, 0);
  pipeline = gst_parse_launch (line->str, &error);
  if (error)
    g_error ("%s: %s", line->str, error->message);
  if (!GST_IS_PIPELINE (pipeline)) {
    GstElement *alone = pipeline;

    pipeline = gst_pipeline_new (NULL);
    gst_bin_add (GST_BIN (pipeline), alone);
  }
  src = gst_bin_get_by_name (GST_BIN (pipeline), "z");
  g_object_set (src, "payload", payload, "client-id", "bench",
      "client-secret", "bench", "allowed-hosts", "localhost", "tls-ca-file",
      tally_options.ca_file, "startup-backlog", FALSE, NULL);
  /* Other builds of the plugin may not know it. */
  if (tally_options.context_wait > 0)
    g_object_set (src, "context-wait", tally_options.context_wait, NULL);
  g_signal_connect (src, "pad-added", G_CALLBACK (on_pad_added), NULL);
  bus = gst_element_get_bus (pipeline);
  gst_bus_set_sync_handler (bus, on_message, NULL, NULL);
  return pipeline;
}

int
main (int argc, char **argv)
{
  g_autofree GstElement **pipelines = NULL;
  guint n;

  gst_init (NULL, NULL);
  tally_init (&argc, &argv);
  n = (guint) tally_options.meetings;
  pipelines = g_new0 (GstElement *, n);
  for (guint i = 0; i < n; i++) {
    pipelines[i] = create_pipeline (i);
    gst_element_set_state (pipelines[i], GST_STATE_PLAYING);
  }
  g_mutex_lock (&lock);
  while (n_ended < n)
    g_cond_wait (&cond, &lock);
  g_mutex_unlock (&lock);
  tally_print ();
  for (guint i = 0; i < n; i++) {
    gst_element_set_state (pipelines[i], GST_STATE_NULL);
    gst_object_unref (pipelines[i]);
  }
  return 0;
}
