/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* libsoup's WebSocket, json-glib and GLib's base64: the usual way in C. */

#include "tally.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

static guint n_closed;

static void
on_message (SoupWebsocketConnection *connection, gint type, GBytes *bytes,
    gpointer user_data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree guint8 *payload = NULL;
  JsonObject *content;
  gsize size;
  const gchar *text = g_bytes_get_data (bytes, &size);

  if (!json_parser_load_from_data (parser, text, (gssize) size, NULL))
    g_error ("Not JSON");
  content = json_object_get_object_member (json_node_get_object (
          json_parser_get_root (parser)), "content");
  payload = g_base64_decode (json_object_get_string_member (content, "data"),
      &size);
  tally_add (payload, size);
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer loop)
{
  if (++n_closed == (guint) tally_options.meetings)
    g_main_loop_quit (loop);
}

static void
on_connected (GObject *session, GAsyncResult *result, gpointer loop)
{
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (session), result,
      &error);

  if (connection == NULL)
    g_error ("%s", error->message);
  soup_websocket_connection_set_max_incoming_payload_size (connection, 0);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), loop);
}

int
main (int argc, char **argv)
{
  g_autoptr (SoupSession) session = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  tally_init (&argc, &argv);
  session = soup_session_new_with_options ("max-conns", 10000,
      "max-conns-per-host", 10000, NULL);
  /* permessage-deflate is off for all. */
  soup_session_remove_feature_by_type (session,
      SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  if (tally_options.ca_file) {
    g_autoptr (GTlsDatabase) database = g_tls_file_database_new (
        tally_options.ca_file, &error);

    if (error)
      g_error ("%s", error->message);
    soup_session_set_tls_database (session, database);
  }
  for (guint i = 0; i < (guint) tally_options.meetings; i++) {
    g_autofree gchar *url = g_strdup_printf ("%s/stream/%u",
        tally_options.url, i);
    g_autoptr (SoupMessage) message = soup_message_new ("GET", url);

    soup_session_websocket_connect_async (session, message, NULL, NULL,
        G_PRIORITY_DEFAULT, NULL, on_connected, loop);
  }
  g_main_loop_run (loop);
  tally_print ();
  return 0;
}
