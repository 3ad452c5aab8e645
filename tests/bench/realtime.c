/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Plays the simulator's scene in real time into a fakesink on every pad, and
 * prints what that cost and whether anything was lost on the way.
 *
 * usage: realtime [SECONDS]     default 60
 *
 * Exits with 1 when a buffer was dropped or late; what it cost is for people
 * to judge. */

#include <gst/gst.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "tests/check/simulator.h"

static void
link_to_fakesink (GstElement *src, GstPad *pad, gpointer user_data)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_bin_add (GST_BIN (user_data), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, sink_pad);
}

static gdouble
get_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (gdouble) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + (gdouble) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static guint64
print_pads (GstElement *src)
{
  static const gchar *const names[] = { "audio", "video", "share",
    "transcript", "chat", "events" };
  g_autoptr (GstStructure) stats = NULL;
  guint64 bad = 0;

  g_object_get (src, "stats", &stats, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GstStructure) pad = NULL;
    guint64 buffers, dropped, late;

    if (!gst_structure_get (stats, names[i], GST_TYPE_STRUCTURE, &pad, NULL)
        || !gst_structure_get (pad, "buffers", G_TYPE_UINT64, &buffers,
            "dropped", G_TYPE_UINT64, &dropped, "late", G_TYPE_UINT64, &late,
            NULL))
      continue;
    g_print ("%-10s %6" G_GUINT64_FORMAT " buffers, %" G_GUINT64_FORMAT
        " dropped, %" G_GUINT64_FORMAT " late\n", names[i], buffers, dropped,
        late);
    bad += dropped + late;
  }
  return bad;
}

int
main (int argc, char **argv)
{
  const gchar *seconds = argc > 1 ? argv[1] : "60";
  const gchar *arguments[] = { "--duration", seconds, NULL };
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autofree gchar *payload = NULL;
  Simulator *simulator;
  GstElement *src;
  gdouble cpu;
  guint64 bad;

  gst_init (&argc, &argv);
  simulator = simulator_new (arguments);
  payload = simulator_get_path (simulator, "started.json");
  pipeline = gst_pipeline_new (NULL);
  src = gst_element_factory_make ("rtmssrc", NULL);
  g_object_set (src, "payload-location", payload, "client-id",
      "rtms-simulator", "client-secret", "rtms-simulator-secret", NULL);
  g_signal_connect (src, "pad-added", G_CALLBACK (link_to_fakesink),
      pipeline);
  gst_bin_add (GST_BIN (pipeline), src);
  bus = gst_element_get_bus (pipeline);

  cpu = get_cpu_seconds ();
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  cpu = get_cpu_seconds () - cpu;
  bad = print_pads (src);
  g_print ("%.2f s of CPU for %s s: %.1f %% of a core\n", cpu, seconds,
      100 * cpu / g_ascii_strtod (seconds, NULL));
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    bad++;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  simulator_free (simulator);
  return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
