/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "simulator.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "events.h"
#include "meeting.h"
#include "oddity.h"
#include "server.h"

/* Clients get this long to answer the close of their sockets, and the app's
 * web server to take the last events. */
#define CLOSE_TIMEOUT 2000
#define WEBHOOK_TIMEOUT 15000

struct _SimSimulator {
  const SimOptions *options;
  SimSource *source;
  SimServer *server;
  SimWebhook *webhook;
  SimPacketLog *packet_log;
  SimControl *control;
  guint oddities;
  GPtrArray *meetings;
  JsonArray *violations;
  GMainLoop *loop;
  gint exit_code;
  gboolean aborted;
  guint close_source;
  gint64 over_since;
};

void
sim_log (const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  /* Not g_print(), which converts names to the locale's characters. */
  fputs (text, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}

static void
add_violation (SimSimulator *simulator, const gchar *text)
{
  sim_log ("violation: %s", text);
  json_array_add_string_element (simulator->violations, text);
  simulator->exit_code = MAX (simulator->exit_code, 1);
}

void
sim_simulator_add_violation (SimSimulator *simulator, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  add_violation (simulator, text);
}

void
sim_simulator_add_deviation (SimSimulator *simulator, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (simulator->options->strict)
    add_violation (simulator, text);
  else
    sim_log ("deviation: %s", text);
}

const SimOptions *
sim_simulator_get_options (SimSimulator *simulator)
{
  return simulator->options;
}

SimSource *
sim_simulator_get_source (SimSimulator *simulator)
{
  return simulator->source;
}

SimWebhook *
sim_simulator_get_webhook (SimSimulator *simulator)
{
  return simulator->webhook;
}

const gchar *
sim_simulator_get_url (SimSimulator *simulator)
{
  return sim_server_get_url (simulator->server);
}

SimServer *
sim_simulator_get_server (SimSimulator *simulator)
{
  return simulator->server;
}

SimPacketLog *
sim_simulator_get_packet_log (SimSimulator *simulator)
{
  return simulator->packet_log;
}

guint
sim_simulator_get_oddities (SimSimulator *simulator)
{
  return simulator->oddities;
}

void
sim_simulator_set_oddities (SimSimulator *simulator, guint oddities)
{
  simulator->oddities = oddities;
}

guint
sim_simulator_get_n_meetings (SimSimulator *simulator)
{
  return simulator->meetings->len;
}

SimMeeting *
sim_simulator_get_meeting (SimSimulator *simulator, guint number)
{
  return g_ptr_array_index (simulator->meetings, number - 1);
}

SimMeeting *
sim_simulator_find_meeting (SimSimulator *simulator, const gchar *stream_id)
{
  for (guint i = 0; i < simulator->meetings->len; i++) {
    SimMeeting *meeting = g_ptr_array_index (simulator->meetings, i);

    if (g_str_equal (sim_meeting_get_stream_id (meeting), stream_id))
      return meeting;
  }
  return NULL;
}

static void
end_all (SimSimulator *simulator, SimStopReason reason)
{
  for (guint i = 0; i < simulator->meetings->len; i++)
    sim_meeting_end (g_ptr_array_index (simulator->meetings, i), reason);
}

void
sim_simulator_handshake_refused (SimSimulator *simulator)
{
  if (!simulator->options->strict)
    return;
  for (guint i = 0; i < simulator->meetings->len; i++) {
    if (sim_meeting_is_started (g_ptr_array_index (simulator->meetings, i)))
      return;
  }
  end_all (simulator, SIM_STOP_AUTHENTICATION_FAILURE);
}

void
sim_simulator_fail (SimSimulator *simulator, gint exit_code)
{
  simulator->exit_code = exit_code;
  end_all (simulator, SIM_STOP_INTERNAL_EXCEPTION);
}

static gboolean
on_close_timeout (gpointer user_data)
{
  SimSimulator *simulator = user_data;

  simulator->close_source = 0;
  sim_simulator_check_end (simulator);
  return G_SOURCE_REMOVE;
}

void
sim_simulator_check_end (SimSimulator *simulator)
{
  gint64 window = (gint64)(simulator->options->reconnect_window * 1000.0);
  gint64 elapsed;
  gboolean asked_for = FALSE;

  for (guint i = 0; i < simulator->meetings->len; i++) {
    SimMeeting *meeting = g_ptr_array_index (simulator->meetings, i);

    if (!sim_meeting_is_finished (meeting))
      return;
    asked_for = asked_for || sim_meeting_is_asked_for (meeting);
  }
  if (simulator->over_since == 0)
    simulator->over_since = g_get_monotonic_time ();
  elapsed = (g_get_monotonic_time () - simulator->over_since) / 1000;
  /* A client that was away is told by its next handshake. */
  if (asked_for && elapsed < window) {
    if (simulator->close_source == 0)
      simulator->close_source = g_timeout_add (
          (guint)(window - elapsed), on_close_timeout, simulator);
    return;
  }
  if ((sim_server_get_n_sockets (simulator->server) == 0
          || elapsed >= CLOSE_TIMEOUT)
      && (!sim_webhook_is_busy (simulator->webhook)
          || elapsed >= WEBHOOK_TIMEOUT)) {
    g_main_loop_quit (simulator->loop);
    return;
  }
  if (simulator->close_source == 0)
    simulator->close_source = g_timeout_add (
        elapsed < CLOSE_TIMEOUT ? CLOSE_TIMEOUT : WEBHOOK_TIMEOUT,
        on_close_timeout, simulator);
}

static void
on_webhook_done (gpointer user_data)
{
  sim_simulator_check_end (user_data);
}

static gboolean
on_signal (gpointer user_data)
{
  SimSimulator *simulator = user_data;

  /* A second signal does not wait for anybody. */
  if (simulator->aborted)
    g_main_loop_quit (simulator->loop);
  sim_log ("interrupted");
  simulator->aborted = TRUE;
  end_all (simulator, SIM_STOP_MEETING_ENDED);
  return G_SOURCE_CONTINUE;
}

/* FILE, FILE-2, FILE-3 ..., with the number before the extension. */
static gchar *
make_payload_name (const gchar *file, guint number)
{
  const gchar *base = strrchr (file, G_DIR_SEPARATOR);
  const gchar *dot = strrchr (base != NULL ? base + 1 : file, '.');

  if (number == 1)
    return g_strdup (file);
  if (dot == NULL || dot == file || (base != NULL && dot == base + 1))
    return g_strdup_printf ("%s-%u", file, number);
  return g_strdup_printf ("%.*s-%u%s", (gint)(dot - file), file, number, dot);
}

static JsonObject *
make_started_event (SimSimulator *simulator, SimMeeting *meeting)
{
  JsonObject *event = sim_event_webhook (simulator->options->product,
      "rtms_started", sim_meeting_get_uuid (meeting),
      sim_meeting_get_stream_id (meeting), sim_meeting_get_url (meeting), 0,
      g_get_real_time () / 1000
          - (gint64)(simulator->options->backlog * 1000.0));

  sim_oddity_apply_to_webhook (simulator->oddities, event);
  return event;
}

static gboolean
write_payload (SimSimulator *simulator, SimMeeting *meeting, GError **error)
{
  g_autoptr (JsonObject) event = make_started_event (simulator, meeting);
  g_autofree gchar *text = sim_json_print (event);
  g_autofree gchar *name = make_payload_name (
      simulator->options->payload_out, sim_meeting_get_number (meeting));

  return g_file_set_contents (name, text, -1, error);
}

static gboolean
write_payloads (SimSimulator *simulator, GError **error)
{
  for (guint i = 0; i < simulator->meetings->len; i++) {
    if (!write_payload (
            simulator, g_ptr_array_index (simulator->meetings, i), error))
      return FALSE;
  }
  return TRUE;
}

void
sim_simulator_announce (SimSimulator *simulator, SimMeeting *meeting)
{
  g_autoptr (JsonObject) event = make_started_event (simulator, meeting);
  g_autoptr (GError) error = NULL;

  if (simulator->options->payload_out != NULL
      && !write_payload (simulator, meeting, &error))
    g_printerr ("rtms-simulator: %s\n", error->message);
  sim_webhook_post (simulator->webhook, event);
}

static void
make_meetings (SimSimulator *simulator)
{
  const SimOptions *options = simulator->options;

  for (guint number = 1; number <= (guint)options->meetings; number++) {
    g_autofree gchar *stream_id = g_strdup (options->stream_id);

    if (stream_id != NULL && number > 1) {
      g_free (stream_id);
      stream_id = g_strdup_printf ("%s-%u", options->stream_id, number);
    }
    g_ptr_array_add (
        simulator->meetings, sim_meeting_new (simulator, number, stream_id));
  }
}

SimSimulator *
sim_simulator_new (const SimOptions *options)
{
  SimSimulator *simulator = g_new0 (SimSimulator, 1);
  g_autoptr (GError) error = NULL;

  simulator->options = options;
  simulator->oddities = options->oddities;
  simulator->meetings
      = g_ptr_array_new_with_free_func ((GDestroyNotify)sim_meeting_free);
  simulator->violations = json_array_new ();
  simulator->loop = g_main_loop_new (NULL, FALSE);
  simulator->source = sim_source_new (options, &error);
  if (simulator->source != NULL)
    simulator->server = sim_server_new (simulator, &error);
  if (simulator->server != NULL && options->packet_log != NULL)
    simulator->packet_log = sim_packet_log_new (options->packet_log, &error);
  if (error == NULL && options->control != NULL)
    simulator->control = sim_control_new (simulator, options->control, &error);
  if (simulator->server != NULL && error == NULL) {
    make_meetings (simulator);
    if (options->payload_out != NULL)
      write_payloads (simulator, &error);
  }
  if (error != NULL) {
    g_printerr ("rtms-simulator: %s\n", error->message);
    sim_simulator_free (simulator);
    return NULL;
  }
  if (options->webhook != NULL)
    simulator->webhook = sim_webhook_new (
        options->webhook, options->secret_token, on_webhook_done, simulator);
  return simulator;
}

void
sim_simulator_free (SimSimulator *simulator)
{
  g_clear_pointer (&simulator->control, sim_control_free);
  g_clear_pointer (&simulator->webhook, sim_webhook_free);
  g_ptr_array_unref (simulator->meetings);
  g_clear_pointer (&simulator->server, sim_server_free);
  g_clear_pointer (&simulator->source, sim_source_free);
  g_clear_pointer (&simulator->packet_log, sim_packet_log_free);
  if (simulator->close_source != 0)
    g_source_remove (simulator->close_source);
  json_array_unref (simulator->violations);
  g_main_loop_unref (simulator->loop);
  g_free (simulator);
}

static void
open_meetings (SimSimulator *simulator)
{
  for (guint i = 0; i < simulator->meetings->len; i++) {
    SimMeeting *meeting = g_ptr_array_index (simulator->meetings, i);
    g_autoptr (JsonObject) event = make_started_event (simulator, meeting);

    sim_log ("meeting %u: stream %s", sim_meeting_get_number (meeting),
        sim_meeting_get_stream_id (meeting));
    sim_meeting_open (meeting);
    sim_webhook_post (simulator->webhook, event);
  }
}

static void
write_summary (SimSimulator *simulator)
{
  g_autoptr (JsonObject) summary = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *line = NULL;
  JsonArray *meetings = json_array_new ();

  for (guint i = 0; i < simulator->meetings->len; i++) {
    SimMeeting *meeting = g_ptr_array_index (simulator->meetings, i);

    JsonObject *object = sim_tally_to_json (
        sim_meeting_get_tally (meeting), sim_meeting_get_stream_id (meeting));

    json_object_set_object_member (object, "deliveries",
        sim_delivery_to_json (sim_meeting_get_delivery (meeting)));
    json_array_add_object_element (meetings, object);
  }
  json_object_set_array_member (summary, "meetings", meetings);
  json_object_set_array_member (
      summary, "violations", json_array_ref (simulator->violations));
  text = sim_json_print (summary);
  if (simulator->options->summary != NULL) {
    line = g_strconcat (text, "\n", NULL);
    if (!g_file_set_contents (simulator->options->summary, line, -1, &error))
      g_printerr ("rtms-simulator: %s\n", error->message);
  }
  sim_log ("summary %s", text);
}

gint
sim_simulator_run (SimSimulator *simulator)
{
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, simulator);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, simulator);

  sim_log ("listening %s", sim_simulator_get_url (simulator));
  if (simulator->options->plan.has_fault_seed)
    sim_log ("fault seed %u", simulator->options->plan.fault_seed);
  open_meetings (simulator);
  g_main_loop_run (simulator->loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  for (guint i = 0; i < simulator->meetings->len; i++) {
    if (!sim_meeting_was_served (g_ptr_array_index (simulator->meetings, i)))
      simulator->exit_code = MAX (simulator->exit_code, 1);
  }
  write_summary (simulator);
  return simulator->exit_code;
}
