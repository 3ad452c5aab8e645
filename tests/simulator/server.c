/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include "certificate.h"
#include "handshake.h"
#include "meeting.h"

#define SIGNALING_PATH "/signal"
#define MAX_PAYLOAD (1024 * 1024)

struct _SimServer {
  SimSimulator *simulator;
  SoupServer *soup;
  GPtrArray *sockets;
  guint n_accepted;
  gchar *url;
};

static void
handle_message (SimSocket *socket, JsonObject *object)
{
  SimMeeting *meeting = socket->meeting;
  gint64 type = 0;

  if (sim_json_get_int (object, "msg_type", &type) != SIM_JSON_FOUND) {
    sim_simulator_add_deviation (socket->simulator,
        "%s %u: a message without a msg_type", sim_socket_get_kind (socket),
        socket->number);
    return;
  }
  if (type == SIM_MSG_KEEP_ALIVE_RESP && meeting != NULL)
    sim_socket_handle_keep_alive (socket, object);
  else if (meeting != NULL)
    sim_meeting_handle (meeting, socket, type, object);
  else if (socket->signaling)
    sim_handshake_signaling (socket, type, object);
  else
    sim_handshake_media (socket, type, object);
}

static void
on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type,
    GBytes *message, gpointer user_data)
{
  SimSocket *socket = user_data;
  g_autoptr (JsonObject) object = NULL;
  gsize size;
  const gchar *text = g_bytes_get_data (message, &size);

  /* What still arrives after the meeting let go of the socket, or after a
   * refusal, is of no interest. */
  if (!sim_socket_is_open (socket) || socket->refused)
    return;
  object = text != NULL ? sim_json_parse (text, size) : NULL;
  if (object == NULL) {
    sim_simulator_add_deviation (socket->simulator,
        "%s %u: a message that is no JSON object", sim_socket_get_kind (socket),
        socket->number);
    return;
  }
  handle_message (socket, object);
}

static gboolean
free_later (gpointer user_data)
{
  sim_socket_free (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
  SimServer *server = user_data;
  SimSocket *socket = NULL;

  for (guint i = 0; i < server->sockets->len && socket == NULL; i++) {
    SimSocket *candidate = g_ptr_array_index (server->sockets, i);

    if (candidate->connection == connection)
      socket = candidate;
  }
  if (socket == NULL)
    return;
  g_ptr_array_remove_fast (server->sockets, socket);
  sim_log ("%s %u closed (%u)", sim_socket_get_kind (socket), socket->number,
      soup_websocket_connection_get_close_code (connection));
  if (socket->meeting != NULL)
    sim_meeting_socket_lost (socket->meeting, socket);
  g_signal_handlers_disconnect_by_data (connection, socket);
  g_signal_handlers_disconnect_by_data (connection, server);
  /* The connection may be in the middle of emitting on_message(). */
  g_idle_add (free_later, socket);
  sim_simulator_check_end (server->simulator);
}

static void
add_socket (SimServer *server, SoupWebsocketConnection *connection,
    gboolean signaling, guint path_media)
{
  SimSocket *socket = sim_socket_new (server->simulator, connection,
      ++server->n_accepted, signaling, path_media);

  g_ptr_array_add (server->sockets, socket);
  soup_websocket_connection_set_max_incoming_payload_size (
      connection, MAX_PAYLOAD);
  soup_websocket_connection_set_keepalive_interval (connection, 0);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), socket);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), server);
  sim_log ("%s %u connected", sim_socket_get_kind (socket), socket->number);
}

static void
on_signaling (SoupServer *soup, SoupServerMessage *message, const char *path,
    SoupWebsocketConnection *connection, gpointer user_data)
{
  if (!g_str_equal (path, SIGNALING_PATH)) {
    soup_websocket_connection_close (
        connection, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "no such path");
    return;
  }
  add_socket (user_data, connection, TRUE, 0);
}

static void
on_media (SoupServer *soup, SoupServerMessage *message, const char *path,
    SoupWebsocketConnection *connection, gpointer user_data)
{
  guint media = sim_handshake_get_path_media (path);

  if (media == 0) {
    soup_websocket_connection_close (
        connection, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "no such path");
    return;
  }
  add_socket (user_data, connection, FALSE, media);
}

static gboolean
set_up_tls (SimServer *server, const SimOptions *options, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autofree gchar *pem = NULL;

  certificate
      = sim_certificate_new (options->address, options->host, &pem, error);
  if (certificate == NULL)
    return FALSE;
  soup_server_set_tls_certificate (server->soup, certificate);
  return options->certificate_out == NULL
         || g_file_set_contents (options->certificate_out, pem, -1, error);
}

/* The host under which a client of this machine reaches the server. */
static gchar *
make_host (const SimOptions *options, GInetAddress *address)
{
  if (options->host != NULL)
    return g_strdup (options->host);
  if (g_inet_address_get_is_any (address))
    return g_strdup ("localhost");
  if (options->tls && g_inet_address_get_is_loopback (address))
    return g_strdup ("localhost");
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    return g_strdup_printf ("[%s]", options->address);
  return g_strdup (options->address);
}

static gboolean
start_listening (SimServer *server, const SimOptions *options, GError **error)
{
  g_autoptr (GInetAddress) address
      = g_inet_address_new_from_string (options->address);
  g_autoptr (GSocketAddress) where = NULL;
  g_autofree gchar *host = NULL;
  GSList *uris;

  if (address == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "\"%s\" is no IP address to listen at.", options->address);
    return FALSE;
  }
  where = g_inet_socket_address_new (address, (guint16)options->port);
  if (!soup_server_listen (server->soup, where,
          options->tls ? SOUP_SERVER_LISTEN_HTTPS : 0, error))
    return FALSE;
  uris = soup_server_get_uris (server->soup);
  host = make_host (options, address);
  server->url = g_strdup_printf ("%s://%s:%d" SIGNALING_PATH,
      options->tls ? "wss" : "ws", host, g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  return TRUE;
}

SimServer *
sim_server_new (SimSimulator *simulator, GError **error)
{
  const SimOptions *options = sim_simulator_get_options (simulator);
  SimServer *server = g_new0 (SimServer, 1);

  server->simulator = simulator;
  server->sockets = g_ptr_array_new ();
  server->soup = soup_server_new ("server-header", "rtms-simulator", NULL);
  /* Zoom's servers answer no offer of compression. */
  soup_server_remove_websocket_extension (
      server->soup, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_websocket_handler (
      server->soup, SIGNALING_PATH, NULL, NULL, on_signaling, server, NULL);
  soup_server_add_websocket_handler (
      server->soup, SIM_MEDIA_PATH, NULL, NULL, on_media, server, NULL);
  if ((options->tls && !set_up_tls (server, options, error))
      || !start_listening (server, options, error)) {
    sim_server_free (server);
    return NULL;
  }
  return server;
}

void
sim_server_free (SimServer *server)
{
  for (guint i = 0; i < server->sockets->len; i++) {
    SimSocket *socket = g_ptr_array_index (server->sockets, i);

    g_signal_handlers_disconnect_by_data (socket->connection, socket);
    g_signal_handlers_disconnect_by_data (socket->connection, server);
    sim_socket_free (socket);
  }
  g_ptr_array_unref (server->sockets);
  soup_server_disconnect (server->soup);
  g_object_unref (server->soup);
  g_free (server->url);
  g_free (server);
}

const gchar *
sim_server_get_url (SimServer *server)
{
  return server->url;
}

guint
sim_server_get_n_sockets (SimServer *server)
{
  return server->sockets->len;
}
