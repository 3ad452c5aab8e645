/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "take.h"

#include <gst/check/gstcheck.h>
#include <string.h>

#include "simulator.h"

#define TIMEOUT_SECONDS (TAKES_TIMEOUT - 60)
/* Told of, when there are more. */
#define MAX_PROBLEMS 20

typedef struct {
  GPtrArray *takes;
  Simulator *simulator;
  const gchar *id_field;
  GMainLoop *loop;
  guint next;
  guint running;
  gboolean late;
} Run;

typedef struct {
  Run *run;
  Take *take;
} Watch;

static void
free_pad (gpointer data)
{
  TakePad *pad = data;

  g_free (pad->name);
  gst_clear_caps (&pad->caps);
  gst_clear_caps (&pad->decoded_caps);
  g_array_unref (pad->packets);
  g_ptr_array_unref (pad->decoded);
  g_free (pad);
}

Take *
take_new (const gchar *medium, const gchar *properties, const gchar *chain)
{
  Take *take = g_new0 (Take, 1);

  take->medium = medium;
  take->properties = g_strdup (properties);
  take->chain = g_strdup (chain);
  take->pads = g_ptr_array_new_with_free_func (free_pad);
  g_mutex_init (&take->lock);
  return take;
}

void
take_free (Take *take)
{
  g_ptr_array_unref (take->pads);
  g_clear_pointer (&take->sent, json_object_unref);
  g_mutex_clear (&take->lock);
  g_free (take->properties);
  g_free (take->chain);
  g_free (take->problem);
  g_free (take);
}

/* NULL when there was none of that name. */
TakePad *
take_get_pad (Take *take, const gchar *name)
{
  for (guint i = 0; i < take->pads->len; i++) {
    TakePad *pad = g_ptr_array_index (take->pads, i);

    if (g_str_equal (pad->name, name))
      return pad;
  }
  return NULL;
}

/* NULL when nothing of the medium was sent. */
JsonObject *
take_get_sent (Take *take, const gchar *medium)
{
  JsonObject *media = json_object_get_object_member (take->sent, "media");

  return json_object_has_member (media, medium)
      ? json_object_get_object_member (media, medium) : NULL;
}

/* Says what is wrong with a take; the first thing is enough. */
void
take_complain (Take *take, const gchar *text, ...)
{
  va_list args;

  if (take->problem)
    return;
  va_start (args, text);
  take->problem = g_strdup_vprintf (text, args);
  va_end (args);
}

static void
clear_packet (gpointer data)
{
  gst_buffer_unref (((TakePacket *) data)->buffer);
}

static GstPadProbeReturn
on_packet (GstPad *src_pad, GstPadProbeInfo *info, gpointer user_data)
{
  TakePad *pad = user_data;
  TakePacket packet = { .buffer = gst_buffer_ref (info->data) };
  GstReferenceTimestampMeta *reference =
      gst_buffer_get_reference_timestamp_meta (packet.buffer, NULL);

  if (reference)
    packet.zoom_time = (gint64) reference->timestamp;
  g_array_append_val (pad->packets, packet);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_decoded (GstPad *sink_pad, GstPadProbeInfo *info, gpointer user_data)
{
  TakePad *pad = user_data;

  if (pad->decoded_caps == NULL)
    pad->decoded_caps = gst_pad_get_current_caps (sink_pad);
  pad->n_decoded++;
  if (pad->take->keep_decoded)
    g_ptr_array_add (pad->decoded, gst_buffer_ref (info->data));
  return GST_PAD_PROBE_OK;
}

static TakePad *
add_pad (Take *take, GstPad *src_pad)
{
  TakePad *pad = g_new0 (TakePad, 1);

  pad->take = take;
  pad->name = gst_pad_get_name (src_pad);
  pad->caps = gst_pad_get_current_caps (src_pad);
  pad->packets = g_array_new (FALSE, FALSE, sizeof (TakePacket));
  g_array_set_clear_func (pad->packets, clear_packet);
  pad->decoded = g_ptr_array_new_with_free_func (
      (GDestroyNotify) gst_buffer_unref);
  g_mutex_lock (&take->lock);
  g_ptr_array_add (take->pads, pad);
  g_mutex_unlock (&take->lock);
  return pad;
}

static void
on_pad_added (GstElement *src, GstPad *src_pad, gpointer user_data)
{
  Take *take = user_data;
  TakePad *pad = add_pad (take, src_pad);
  gboolean decode = g_str_has_prefix (pad->name, take->medium);
  g_autofree gchar *description = g_strdup_printf ("%s ! "
      "fakesink name=sink sync=false async=false",
      decode ? take->chain : "identity silent=true");
  GstElement *bin = gst_parse_bin_from_description (description, TRUE, NULL);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (bin), "sink");
  g_autoptr (GstPad) end = gst_element_get_static_pad (sink, "sink");
  g_autoptr (GstPad) begin = gst_element_get_static_pad (bin, "sink");

  gst_pad_add_probe (src_pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, pad,
      NULL);
  gst_pad_add_probe (end, GST_PAD_PROBE_TYPE_BUFFER, on_decoded, pad, NULL);
  gst_bin_add (GST_BIN (take->pipeline), bin);
  gst_element_sync_state_with_parent (bin);
  gst_pad_link (src_pad, begin);
}

static void start_next (Run *run);

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Watch *watch = user_data;
  Take *take = watch->take;
  Run *run = watch->run;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      break;
    case GST_MESSAGE_EOS:
      break;
    default:
      return G_SOURCE_CONTINUE;
  }
  if (error)
    take->problem = g_strdup (error->message);
  gst_element_set_state (take->pipeline, GST_STATE_NULL);
  gst_clear_object (&take->pipeline);
  run->running--;
  start_next (run);
  return G_SOURCE_REMOVE;
}

/* The meeting's started.json, with the other name of its id if there is one. */
static gchar *
read_payload (Run *run, guint number)
{
  g_autofree gchar *name = number == 1 ? g_strdup ("started.json")
      : g_strdup_printf ("started-%u.json", number);
  g_autofree gchar *path = simulator_get_path (run->simulator, name);
  g_autofree gchar *text = NULL;
  g_autoptr (GString) changed = NULL;

  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  changed = g_string_new (text);
  if (run->id_field)
    fail_unless_equals_int (g_string_replace (changed, "\"webinar_uuid\"",
            run->id_field, 0), 1);
  return g_string_free (g_steal_pointer (&changed), FALSE);
}

static void
start (Run *run, Take *take, guint number)
{
  g_autofree gchar *payload = read_payload (run, number);
  g_autofree gchar *description = g_strdup_printf ("rtmssrc name=src "
      "client-id=rtms-simulator client-secret=rtms-simulator-secret %s",
      take->properties);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) src = gst_parse_launch (description, &error);
  g_autoptr (GstBus) bus = NULL;
  Watch *watch = g_new0 (Watch, 1);

  fail_unless (error == NULL, "%s", error ? error->message : "");
  gst_object_ref_sink (src);
  g_object_set (src, "payload", payload, NULL);
  g_signal_connect (src, "pad-added", G_CALLBACK (on_pad_added), take);
  take->pipeline = gst_pipeline_new (NULL);
  gst_bin_add (GST_BIN (take->pipeline), src);
  watch->run = run;
  watch->take = take;
  bus = gst_element_get_bus (take->pipeline);
  gst_bus_add_watch_full (bus, G_PRIORITY_DEFAULT, on_message, watch, g_free);
  run->running++;
  gst_element_set_state (take->pipeline, GST_STATE_PLAYING);
}

static void
start_next (Run *run)
{
  if (run->next < run->takes->len) {
    run->next++;
    start (run, g_ptr_array_index (run->takes, run->next - 1), run->next);
  } else if (run->running == 0) {
    g_main_loop_quit (run->loop);
  }
}

static gboolean
on_timeout (gpointer user_data)
{
  Run *run = user_data;

  run->late = TRUE;
  g_main_loop_quit (run->loop);
  return G_SOURCE_CONTINUE;
}

/**
 * takes_run:
 * @takes: (element-type Take): what to receive
 * @arguments: (array zero-terminated=1): of rtms-simulator
 * @id_field: (nullable): the quoted name under which a webinar's id is given
 *     to rtmssrc
 * @at_once: how many meetings may go on at the same time
 *
 * Receives as many meetings as there are takes. Fails the test when one does
 * not end; what else goes wrong is in the takes.
 */
void
takes_run (GPtrArray *takes, const gchar *const *arguments,
    const gchar *id_field, guint at_once)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree gchar *count = g_strdup_printf ("%u", takes->len);
  g_auto (GStrv) argv = NULL;
  Run run = { .takes = takes, .id_field = id_field };
  guint timeout;

  g_strv_builder_add_many (builder, "--meetings", count, "--wait", "240",
      NULL);
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  run.simulator = simulator_new ((const gchar *const *) argv);
  run.loop = g_main_loop_new (NULL, FALSE);
  timeout = g_timeout_add_seconds (TIMEOUT_SECONDS, on_timeout, &run);
  for (guint i = 0; i < at_once; i++)
    start_next (&run);
  g_main_loop_run (run.loop);
  fail_if (run.late, "%u meetings do not end", run.running);
  g_source_remove (timeout);
  g_main_loop_unref (run.loop);

  fail_unless_equals_int (simulator_wait (run.simulator), 0);
  for (guint i = 0; i < takes->len; i++) {
    Take *take = g_ptr_array_index (takes, i);

    take->sent = json_object_ref (simulator_get_nth_meeting (run.simulator,
            i));
  }
  simulator_free (run.simulator);
}

/* Fails the test when anything is wrong with any of them. */
void
takes_check (GPtrArray *takes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint failed = 0;

  for (guint i = 0; i < takes->len; i++) {
    Take *take = g_ptr_array_index (takes, i);

    if (take->problem && failed++ < MAX_PROBLEMS)
      g_string_append_printf (text, "\n%s: %s", take->properties,
          take->problem);
  }
  fail_unless (failed == 0, "%u of %u meetings:%s", failed, takes->len,
      text->str);
}
