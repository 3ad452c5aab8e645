/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "control.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "command.h"

struct _SimControl {
  SimSimulator *simulator;
  GSocketService *service;
  GCancellable *cancellable;
  gchar *path;
};

/* One who gives commands; lives until the connection ends. */
typedef struct {
  SimSimulator *simulator;
  GSocketConnection *connection;
  GDataInputStream *input;
  GCancellable *cancellable;
} Client;

static void
free_client (Client *client)
{
  g_object_unref (client->input);
  g_object_unref (client->connection);
  g_object_unref (client->cancellable);
  g_free (client);
}

static void on_line (GObject *object, GAsyncResult *result, gpointer user_data);

static void
read_line (Client *client)
{
  g_data_input_stream_read_line_async (
      client->input, G_PRIORITY_DEFAULT, client->cancellable, on_line, client);
}

static void
on_line (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Client *client = user_data;
  g_autofree gchar *line = g_data_input_stream_read_line_finish (
      G_DATA_INPUT_STREAM (object), result, NULL, NULL);
  g_autoptr (JsonObject) answer = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *reply = NULL;

  /* Also where the simulator is being taken down. */
  if (line == NULL) {
    free_client (client);
    return;
  }
  answer = sim_command_run (client->simulator, NULL, line);
  text = sim_json_print (answer);
  reply = g_strconcat (text, "\n", NULL);
  /* An answer fits the socket's buffer. */
  g_output_stream_write_all (
      g_io_stream_get_output_stream (G_IO_STREAM (client->connection)), reply,
      strlen (reply), NULL, NULL, NULL);
  read_line (client);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection,
    GObject *source, gpointer user_data)
{
  SimControl *control = user_data;
  Client *client = g_new0 (Client, 1);

  client->simulator = control->simulator;
  client->connection = g_object_ref (connection);
  client->cancellable = g_object_ref (control->cancellable);
  client->input = g_data_input_stream_new (
      g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  read_line (client);
  return TRUE;
}

SimControl *
sim_control_new (SimSimulator *simulator, const gchar *path, GError **error)
{
  SimControl *control = g_new0 (SimControl, 1);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  control->simulator = simulator;
  control->cancellable = g_cancellable_new ();
  control->service = g_socket_service_new ();
  /* Of one that ended without taking it away. */
  g_unlink (path);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (control->service),
          address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL,
          error)) {
    sim_control_free (control);
    return NULL;
  }
  control->path = g_strdup (path);
  g_signal_connect (
      control->service, "incoming", G_CALLBACK (on_incoming), control);
  g_socket_service_start (control->service);
  return control;
}

void
sim_control_free (SimControl *control)
{
  g_cancellable_cancel (control->cancellable);
  g_object_unref (control->cancellable);
  g_socket_service_stop (control->service);
  g_socket_listener_close (G_SOCKET_LISTENER (control->service));
  g_object_unref (control->service);
  if (control->path != NULL)
    g_unlink (control->path);
  g_free (control->path);
  g_free (control);
}
