/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "simulator.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

struct _Simulator
{
  GSubprocess *process;
  GThread *reader;
  gchar *folder;
  JsonParser *summary;
  GSocketConnection *control;
  GDataInputStream *answers;
  JsonParser *answer;
};

/* Many meetings have more to tell than a pipe holds. */
static gpointer
read_to_the_end (gpointer user_data)
{
  g_autoptr (GInputStream) output = user_data;

  while (g_input_stream_skip (output, 4096, NULL, NULL) > 0);
  return NULL;
}

static void
wait_until_listening (Simulator *simulator)
{
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (
      g_subprocess_get_stdout_pipe (simulator->process));
  g_autofree gchar *line = g_data_input_stream_read_line (output, NULL, NULL,
      NULL);

  if (line == NULL || !g_str_has_prefix (line, "listening "))
    g_error ("rtms-simulator did not come up: %s", line);
  simulator->reader = g_thread_new ("simulator", read_to_the_end,
      g_steal_pointer (&output));
}

/**
 * simulator_new:
 * @arguments: (array zero-terminated=1): on top of the files' names
 */
Simulator *
simulator_new (const gchar *const *arguments)
{
  Simulator *simulator = g_new0 (Simulator, 1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autofree gchar *payload = NULL;
  g_autofree gchar *summary = NULL;
  g_autofree gchar *control = NULL;
  g_auto (GStrv) argv = NULL;

  simulator->folder = g_dir_make_tmp ("rtms-XXXXXX", NULL);
  payload = simulator_get_path (simulator, "started.json");
  summary = simulator_get_path (simulator, "summary.json");
  control = simulator_get_path (simulator, "control");
  g_strv_builder_add_many (builder, g_getenv ("RTMS_SIMULATOR"), "--strict",
      "--client-id", "rtms-simulator", "--client-secret",
      "rtms-simulator-secret", "--payload-out", payload, "--summary",
      summary, "--control", control, NULL);
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  simulator->process = g_subprocess_newv ((const gchar *const *) argv,
      G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  if (simulator->process == NULL)
    g_error ("%s", error->message);
  wait_until_listening (simulator);
  return simulator;
}

static void
remove_folder (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *file = g_build_filename (path, name, NULL);

    g_remove (file);
  }
  g_rmdir (path);
}

void
simulator_free (Simulator *simulator)
{
  g_subprocess_force_exit (simulator->process);
  g_subprocess_wait (simulator->process, NULL, NULL);
  g_thread_join (simulator->reader);
  g_object_unref (simulator->process);
  g_clear_object (&simulator->summary);
  g_clear_object (&simulator->answer);
  g_clear_object (&simulator->answers);
  g_clear_object (&simulator->control);
  remove_folder (simulator->folder);
  g_free (simulator->folder);
  g_free (simulator);
}

const gchar *
simulator_get_folder (Simulator *simulator)
{
  return simulator->folder;
}

gchar *
simulator_get_path (Simulator *simulator, const gchar *name)
{
  return g_build_filename (simulator->folder, name, NULL);
}

static void
open_control (Simulator *simulator)
{
  g_autofree gchar *path = simulator_get_path (simulator, "control");
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;

  simulator->control = g_socket_client_connect (client,
      G_SOCKET_CONNECTABLE (address), NULL, &error);
  if (simulator->control == NULL)
    g_error ("%s", error->message);
  simulator->answers = g_data_input_stream_new (g_io_stream_get_input_stream (
          G_IO_STREAM (simulator->control)));
}

/* Runs a command at its control socket. Returns the answer, which is the
 * simulator's until the next command. */
JsonObject *
simulator_command (Simulator *simulator, const gchar *command)
{
  g_autofree gchar *line = g_strconcat (command, "\n", NULL);
  g_autofree gchar *answer = NULL;

  if (simulator->control == NULL)
    open_control (simulator);
  g_output_stream_write_all (g_io_stream_get_output_stream (
          G_IO_STREAM (simulator->control)), line, strlen (line), NULL, NULL,
      NULL);
  answer = g_data_input_stream_read_line (simulator->answers, NULL, NULL,
      NULL);
  g_clear_object (&simulator->answer);
  simulator->answer = json_parser_new ();
  if (answer == NULL
      || !json_parser_load_from_data (simulator->answer, answer, -1, NULL))
    g_error ("No answer to %s", command);
  return json_node_get_object (json_parser_get_root (simulator->answer));
}

/* Waits for its end. Returns its exit code. */
gint
simulator_wait (Simulator *simulator)
{
  g_subprocess_wait (simulator->process, NULL, NULL);
  return g_subprocess_get_exit_status (simulator->process);
}

static void
load_summary (Simulator *simulator)
{
  g_autofree gchar *path = simulator_get_path (simulator, "summary.json");
  g_autoptr (GError) error = NULL;
  JsonArray *violations;

  simulator->summary = json_parser_new ();
  if (!json_parser_load_from_file (simulator->summary, path, &error))
    g_error ("%s", error->message);
  violations = json_object_get_array_member (json_node_get_object (
          json_parser_get_root (simulator->summary)), "violations");
  if (json_array_get_length (violations) > 0)
    g_error ("The client broke the protocol: %s",
        json_array_get_string_element (violations, 0));
}

/* What it sent in one of its meetings; after simulator_wait(). */
JsonObject *
simulator_get_nth_meeting (Simulator *simulator, guint index)
{
  JsonObject *root;

  if (simulator->summary == NULL)
    load_summary (simulator);
  root = json_node_get_object (json_parser_get_root (simulator->summary));
  return json_array_get_object_element (json_object_get_array_member (root,
          "meetings"), index);
}

/* What it sent in its only meeting. */
JsonObject *
simulator_get_meeting (Simulator *simulator)
{
  return simulator_get_nth_meeting (simulator, 0);
}
