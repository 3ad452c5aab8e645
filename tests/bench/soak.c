/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Receives many meetings at once through rtmswebhookbin, again and again, from
 * simulators that do something wrong every two seconds, and writes down each
 * second what the process uses.
 *
 * usage: soak [--streams N] [--seconds S] [--seed N] [--csv FILE]
 *
 * Exits with 1 when a stream did not end, or when threads or descriptors are
 * left over; the rest is for people to judge, with plot-soak.py. */

#include <gio/gio.h>
#include <gst/gst.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN "rtms-simulator-token"
/* Each simulator's meetings; the next one takes its place. */
#define MEETING_SECONDS 45
#define N_SIMULATORS 2
/* What is left of a run may take this long to go, s: as long as the server
 * waits for a client that is away, and as long as GLib keeps idle threads. */
#define PATIENCE 180
/* The first streams, after which the process has what it keeps. */
#define WARM_UP_STREAMS 4
#define WARM_UP_SECONDS 3

#define N_BINS 65536
#define BIN_TIME GST_MSECOND

typedef struct {
  guint64 bins[N_BINS];
  guint64 total;
} Histogram;

typedef struct {
  GstElement *pipeline;
  GstElement *bin;
  GMainLoop *loop;
  gchar *simulator;
  gint n_streams;
  gint seconds;
  gint seed;
  FILE *csv;
  gint64 begin;
  GSubprocess *simulators[N_SIMULATORS];
  guint n_running;
  gboolean is_warm;
  guint base_threads;
  guint base_descriptors;

  GMutex lock;
  Histogram lateness;           /* of audio since the last sample */
  Histogram recovery;           /* over the whole run */
  GHashTable *interrupted;      /* stream id → since when, µs */
  guint64 n_interruptions;
  guint64 n_ended;
  guint64 n_incomplete;
} Soak;

static void
add_time (Histogram *histogram, GstClockTime time)
{
  histogram->bins[MIN (time / BIN_TIME, N_BINS - 1)]++;
  histogram->total++;
}

/* In ms; 0 of nothing. */
static gdouble
get_quantile (const Histogram *histogram, gdouble quantile)
{
  guint64 rest = (guint64) ((gdouble) histogram->total * quantile);

  for (guint i = 0; histogram->total && i < N_BINS; i++) {
    if (histogram->bins[i] > rest || i == N_BINS - 1)
      return (gdouble) (i * BIN_TIME) / GST_MSECOND;
    rest -= histogram->bins[i];
  }
  return 0;
}

static guint
count_entries (const gchar *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir && g_dir_read_name (dir))
    n++;
  g_clear_pointer (&dir, g_dir_close);
  return n;
}

static guint64
get_resident_kb (void)
{
  g_autofree gchar *text = NULL;
  const gchar *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, "VmRSS:");
  return line ? g_ascii_strtoull (line + strlen ("VmRSS:"), NULL, 10) : 0;
}

static guint
get_active (Soak *soak)
{
  g_autoptr (GstStructure) stats = NULL;
  guint active = 0;

  g_object_get (soak->bin, "stats", &stats, NULL);
  gst_structure_get_uint (stats, "active", &active);
  return active;
}

/* How much later than the stream's first packet each one is. */
static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Soak *soak = user_data;
  /* Each stream begins at 0. */
  g_autoptr (GstElement) source = gst_pad_get_parent_element (pad);
  GstClockTime now = gst_element_get_current_running_time (source);
  GstClockTime pts = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));

  g_mutex_lock (&soak->lock);
  add_time (&soak->lateness, now > pts ? now - pts : 0);
  g_mutex_unlock (&soak->lock);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *source, GstPad *pad, gpointer user_data)
{
  if (g_str_has_prefix (GST_PAD_NAME (pad), "audio"))
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, user_data,
        NULL);
}

static void
on_source_setup (GstElement *bin, GstElement *source,
    const GstStructure *info, gpointer user_data)
{
  g_signal_connect (source, "pad-added", G_CALLBACK (on_pad_added),
      user_data);
}

static void
on_stream_removed (GstElement *bin, const GstStructure *info,
    gpointer user_data)
{
  Soak *soak = user_data;
  const gchar *outcome = gst_structure_get_string (info, "outcome");

  g_mutex_lock (&soak->lock);
  soak->n_ended++;
  if (g_strcmp0 (outcome, "complete") != 0)
    soak->n_incomplete++;
  g_mutex_unlock (&soak->lock);
}

static void
see_recovery (Soak *soak, const GstStructure *notice)
{
  const gchar *id = gst_structure_get_string (notice, "stream-id");
  gint64 now = g_get_monotonic_time ();
  gint64 *since;

  if (gst_structure_has_name (notice, "rtms-interrupted")) {
    soak->n_interruptions++;
    if (!g_hash_table_contains (soak->interrupted, id))
      g_hash_table_replace (soak->interrupted, g_strdup (id),
          g_memdup2 (&now, sizeof now));
  } else if (gst_structure_has_name (notice, "rtms-recovered")) {
    since = g_hash_table_lookup (soak->interrupted, id);
    if (since)
      add_time (&soak->recovery, (GstClockTime) (now - *since) * 1000);
    g_hash_table_remove (soak->interrupted, id);
  }
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Soak *soak = user_data;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      see_recovery (soak, gst_message_get_structure (message));
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("error: %s\n", error->message);
      exit (EXIT_FAILURE);
    case GST_MESSAGE_EOS:
      g_main_loop_quit (soak->loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
is_idle (Soak *soak)
{
  return get_active (soak) == 0
      && count_entries ("/proc/self/task") <= soak->base_threads
      && count_entries ("/proc/self/fd") <= soak->base_descriptors;
}

static gboolean
end_when_idle (gpointer user_data)
{
  Soak *soak = user_data;

  if (!is_idle (soak))
    return G_SOURCE_CONTINUE;
  gst_element_send_event (soak->pipeline, gst_event_new_eos ());
  return G_SOURCE_REMOVE;
}

static gboolean
is_over (Soak *soak)
{
  return g_get_monotonic_time () - soak->begin
      >= soak->seconds * G_TIME_SPAN_SECOND;
}

static void start_simulator (Soak *soak, guint index);
static gboolean begin_when_idle (gpointer user_data);

static void
on_simulator_gone (GObject *process, GAsyncResult *result,
    gpointer user_data)
{
  Soak *soak = user_data;
  guint index = soak->simulators[0] == G_SUBPROCESS (process) ? 0 : 1;

  g_subprocess_wait_finish (G_SUBPROCESS (process), result, NULL);
  g_clear_object (&soak->simulators[index]);
  soak->n_running--;
  if (!soak->is_warm)
    g_timeout_add_seconds (1, begin_when_idle, soak);
  else if (!is_over (soak))
    start_simulator (soak, index);
  else if (soak->n_running == 0)
    g_timeout_add_seconds (1, end_when_idle, soak);
}

static void
start_simulator (Soak *soak, guint index)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree gchar *meetings = g_strdup_printf ("%d", soak->is_warm
      ? soak->n_streams / N_SIMULATORS : WARM_UP_STREAMS);
  g_autofree gchar *seconds = g_strdup_printf ("%d", soak->is_warm
      ? MEETING_SECONDS : WARM_UP_SECONDS);
  g_autofree gchar *seed = g_strdup_printf ("%d", soak->seed);
  g_autofree gchar *webhook = NULL;
  g_autoptr (GError) error = NULL;
  gint port;

  g_object_get (soak->bin, "bound-port", &port, NULL);
  webhook = g_strdup_printf ("http://127.0.0.1:%d/webhook", port);
  soak->simulators[index] = g_subprocess_launcher_spawn (launcher, &error,
      soak->simulator, "--meetings", meetings, "--duration", seconds,
      "--webhook", webhook, "--secret-token", TOKEN,
      soak->is_warm && soak->seed > 0 ? "--fault-seed" : NULL, seed, NULL);
  if (soak->simulators[index] == NULL)
    g_error ("%s", error->message);
  soak->seed += soak->seed > 0;
  soak->n_running++;
  g_subprocess_wait_async (soak->simulators[index], NULL, on_simulator_gone,
      soak);
}

/* Half a meeting later, so that there are always some in their middle. */
static gboolean
start_second_simulator (gpointer user_data)
{
  start_simulator (user_data, 1);
  return G_SOURCE_REMOVE;
}

static gboolean
sample (gpointer user_data)
{
  Soak *soak = user_data;
  gdouble p50, p99;

  g_mutex_lock (&soak->lock);
  p50 = get_quantile (&soak->lateness, 0.5);
  p99 = get_quantile (&soak->lateness, 0.99);
  memset (&soak->lateness, 0, sizeof soak->lateness);
  g_mutex_unlock (&soak->lock);
  fprintf (soak->csv, "%.0f,%u,%" G_GUINT64_FORMAT ",%u,%u,%.2f,%.2f,%"
      G_GUINT64_FORMAT "\n",
      (gdouble) (g_get_monotonic_time () - soak->begin)
      / G_TIME_SPAN_SECOND, get_active (soak), get_resident_kb (),
      count_entries ("/proc/self/task"), count_entries ("/proc/self/fd"),
      p50, p99, soak->n_interruptions);
  fflush (soak->csv);
  return G_SOURCE_CONTINUE;
}

static gboolean
give_up (gpointer user_data)
{
  Soak *soak = user_data;

  g_printerr ("Not all is given back: %u streams, %u threads, %u descriptors "
      "where %u and %u are kept.\n", get_active (soak),
      count_entries ("/proc/self/task"), count_entries ("/proc/self/fd"),
      soak->base_threads, soak->base_descriptors);
  exit (EXIT_FAILURE);
}

static gboolean
begin_when_idle (gpointer user_data)
{
  Soak *soak = user_data;

  if (get_active (soak) > 0)
    return G_SOURCE_CONTINUE;
  soak->is_warm = TRUE;
  soak->n_ended = 0;
  soak->base_threads = count_entries ("/proc/self/task");
  soak->base_descriptors = count_entries ("/proc/self/fd");
  soak->begin = g_get_monotonic_time ();
  start_simulator (soak, 0);
  g_timeout_add_seconds (MEETING_SECONDS / 2, start_second_simulator, soak);
  g_timeout_add_seconds (1, sample, soak);
  g_timeout_add_seconds ((guint) soak->seconds + MEETING_SECONDS + PATIENCE,
      give_up, soak);
  return G_SOURCE_REMOVE;
}

static void
make_pipeline (Soak *soak)
{
  g_autoptr (GError) error = NULL;

  soak->bin = gst_parse_launch ("rtmswebhookbin port=0 "
      "secret-token=" TOKEN " client-id=rtms-simulator "
      "client-secret=rtms-simulator-secret max-streams=10000 "
      "source-properties=\"source, video-resolution=(string)sd, "
      "video-fps=(uint)6, startup-backlog=(boolean)false\" "
      "branch=\"fakesink name=audio sync=false async=false "
      "fakesink name=video sync=false async=false "
      "fakesink name=transcript sync=false async=false\"", &error);
  if (soak->bin == NULL)
    g_error ("%s", error->message);
  soak->pipeline = gst_pipeline_new (NULL);
  gst_bin_add (GST_BIN (soak->pipeline), soak->bin);
  g_signal_connect (soak->bin, "source-setup", G_CALLBACK (on_source_setup),
      soak);
  g_signal_connect (soak->bin, "stream-removed",
      G_CALLBACK (on_stream_removed), soak);
}

static void
report (Soak *soak)
{
  g_print ("%" G_GUINT64_FORMAT " streams, %" G_GUINT64_FORMAT " of them "
      "not complete; %" G_GUINT64_FORMAT " interruptions, taken up again "
      "after %.1f s (median), %.1f s (99 %%)\n", soak->n_ended,
      soak->n_incomplete, soak->n_interruptions,
      get_quantile (&soak->recovery, 0.5) / 1000,
      get_quantile (&soak->recovery, 0.99) / 1000);
  g_print ("All threads and descriptors are given back; %" G_GUINT64_FORMAT
      " kB are resident.\n", get_resident_kb ());
}

static gboolean
parse (Soak *soak, int *argc, char ***argv)
{
  g_autofree gchar *csv = NULL;
  const GOptionEntry entries[] = {
    { "streams", 0, 0, G_OPTION_ARG_INT, &soak->n_streams,
      "Meetings at once (100)", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &soak->seconds,
      "How long new meetings begin (120)", "S" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &soak->seed,
      "Of the faults (1); 0 for none", "N" },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &csv, "Samples", "FILE" },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  soak->csv = fopen (csv ? csv : "/dev/null", "w");
  if (soak->csv)
    fputs ("seconds,streams,resident_kb,threads,descriptors,"
        "lateness_p50_ms,lateness_p99_ms,interruptions\n", soak->csv);
  return soak->csv != NULL;
}

int
main (int argc, char **argv)
{
  const gchar *simulator = g_getenv ("RTMS_SIMULATOR");
  Soak soak = { .n_streams = 100, .seconds = 120, .seed = 1 };
  g_autoptr (GstBus) bus = NULL;

  gst_init (&argc, &argv);
  if (!parse (&soak, &argc, &argv))
    return EXIT_FAILURE;
  soak.simulator = g_strdup (simulator ? simulator : "rtms-simulator");
  soak.interrupted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      g_free);
  g_mutex_init (&soak.lock);
  make_pipeline (&soak);
  soak.loop = g_main_loop_new (NULL, FALSE);
  bus = gst_element_get_bus (soak.pipeline);
  gst_bus_add_watch (bus, on_message, &soak);
  gst_element_set_state (soak.pipeline, GST_STATE_PLAYING);

  g_print ("seed %d\n", soak.seed);
  start_simulator (&soak, 0);
  g_main_loop_run (soak.loop);
  report (&soak);

  gst_element_set_state (soak.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  fclose (soak.csv);
  gst_object_unref (soak.pipeline);
  g_main_loop_unref (soak.loop);
  g_hash_table_unref (soak.interrupted);
  g_mutex_clear (&soak.lock);
  g_free (soak.simulator);
  return EXIT_SUCCESS;
}
