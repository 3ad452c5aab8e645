/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "handshake.h"
#include "meeting.h"
#include "upgrade.h"

#define SIGNALING_PATH "/signal"
/* Many meetings' clients come at once. */
#define BACKLOG 512

typedef struct {
  SimServer *server;
  GSocketService *service;
  gchar *url;
} Port;

typedef struct {
  SimRefusal refusal;
  guint status;
  guint times;
} Refusals;

struct _SimServer {
  SimSimulator *simulator;
  SimAuthority *authority; /* NULL without TLS */
  GPtrArray *ports;        /* of Port; the last one is the current one */
  GPtrArray *upgrades;     /* of SimUpgrade, owned */
  GPtrArray *sockets;      /* of SimSocket, owned */
  guint n_accepted;
  Refusals refusals[2]; /* of media and signaling */
  SimTlsFault tls_fault;
  guint tls_fault_times;
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
  if (meeting == NULL)
    sim_handshake_handle (socket, object);
  else if (type == SIM_MSG_KEEP_ALIVE_RESP)
    sim_socket_handle_keep_alive (socket, object);
  else
    sim_meeting_handle (meeting, socket, type, object);
}

static void
on_message (gpointer user_data, const gchar *text, gsize size)
{
  SimSocket *socket = user_data;
  g_autoptr (JsonObject) object = NULL;

  /* What still arrives after the meeting let go of the socket, or after a
   * refusal, is of no interest. */
  if (!sim_socket_is_open (socket) || socket->refused || socket->abandoned)
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

static void
on_closed (gpointer user_data, gushort code)
{
  SimSocket *socket = user_data;
  SimServer *server = socket->server;

  sim_log (
      "%s %u closed (%u)", sim_socket_get_kind (socket), socket->number, code);
  if (sim_websocket_was_answered (socket->websocket))
    sim_packet_log_acknowledged (
        sim_simulator_get_packet_log (server->simulator),
        socket->meeting_number, socket->number,
        sim_websocket_get_written (socket->websocket));
  sim_packet_log_closed (sim_simulator_get_packet_log (server->simulator),
      socket->meeting_number, socket->number, code,
      sim_websocket_get_written (socket->websocket));
  if (socket->meeting != NULL)
    sim_meeting_socket_lost (socket->meeting, socket);
  g_ptr_array_remove_fast (server->sockets, socket);
  sim_simulator_check_end (server->simulator);
}

static void
add_socket (SimServer *server, SimUpgrade *upgrade, const gchar *url,
    gboolean signaling, guint path_media)
{
  static const SimWebsocketCallbacks callbacks = { on_message, on_closed };
  SimSocket *socket = sim_socket_new (
      server->simulator, ++server->n_accepted, signaling, path_media);

  socket->server = server;
  socket->url = g_strdup (url);
  socket->websocket = sim_websocket_new (sim_upgrade_get_stream (upgrade),
      sim_upgrade_get_socket (upgrade), &callbacks, socket);
  g_ptr_array_add (server->sockets, socket);
  sim_log ("%s %u connected", sim_socket_get_kind (socket), socket->number);
}

/* Whether this connection is one that is not let in. */
static gboolean
refuse (SimServer *server, SimUpgrade *upgrade, gboolean signaling)
{
  Refusals *refusals = &server->refusals[signaling];
  const gchar *kind = signaling ? "signaling" : "media";

  if (refusals->times == 0)
    return FALSE;
  refusals->times--;
  switch (refusals->refusal) {
  case SIM_REFUSAL_SILENCE:
    sim_log ("%s connection left without an answer", kind);
    return TRUE;
  case SIM_REFUSAL_RESET:
    sim_log ("%s connection reset", kind);
    sim_websocket_reset_socket (sim_upgrade_get_socket (upgrade));
    break;
  default:
    sim_log ("%s connection refused: %u", kind, refusals->status);
    sim_upgrade_refuse (upgrade, refusals->status);
    break;
  }
  g_ptr_array_remove_fast (server->upgrades, upgrade);
  return TRUE;
}

static void
on_request (SimUpgrade *upgrade, const gchar *path, gpointer user_data)
{
  Port *port = user_data;
  SimServer *server = port->server;
  gboolean signaling = path != NULL && g_str_has_prefix (path, SIGNALING_PATH)
                       && (path[strlen (SIGNALING_PATH)] == '\0'
                           || path[strlen (SIGNALING_PATH)] == '?');
  guint media = path != NULL ? sim_handshake_get_path_media (path) : 0;

  if (path != NULL && (signaling || media != 0)) {
    if (refuse (server, upgrade, signaling))
      return;
    if (sim_upgrade_accept (upgrade))
      add_socket (server, upgrade, port->url, signaling, media);
  } else if (path != NULL) {
    sim_upgrade_refuse (upgrade, 404);
  }
  g_ptr_array_remove_fast (server->upgrades, upgrade);
}

static GIOStream *
add_tls (SimServer *server, GIOStream *stream, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  SimTlsFault fault = SIM_TLS_GOOD;

  if (server->authority == NULL)
    return g_object_ref (stream);
  if (server->tls_fault_times > 0) {
    fault = server->tls_fault;
    server->tls_fault_times--;
  }
  certificate = sim_authority_issue (server->authority, fault, error);
  if (certificate == NULL)
    return NULL;
  return g_tls_server_connection_new (stream, certificate, error);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection,
    GObject *source, gpointer user_data)
{
  Port *port = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream
      = add_tls (port->server, G_IO_STREAM (connection), &error);

  if (stream == NULL) {
    g_printerr ("rtms-simulator: %s\n", error->message);
    return TRUE;
  }
  /* Each message is to leave at once. */
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP,
      TCP_NODELAY, TRUE, NULL);
  g_ptr_array_add (port->server->upgrades,
      sim_upgrade_new (stream, g_socket_connection_get_socket (connection),
          on_request, port));
  return TRUE;
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

static void
close_port (Port *port)
{
  if (port->service == NULL)
    return;
  g_socket_service_stop (port->service);
  g_socket_listener_close (G_SOCKET_LISTENER (port->service));
  g_clear_object (&port->service);
}

/* Connections remember their port, so it is kept until the end. */
static void
free_port (gpointer data)
{
  Port *port = data;

  close_port (port);
  g_free (port->url);
  g_free (port);
}

static gboolean
listen_at (
    Port *port, GSocketAddress *where, GInetAddress *address, GError **error)
{
  const SimOptions *options
      = sim_simulator_get_options (port->server->simulator);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autofree gchar *host = make_host (options, address);

  port->service = g_socket_service_new ();
  g_socket_listener_set_backlog (G_SOCKET_LISTENER (port->service), BACKLOG);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (port->service), where,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &effective, error))
    return FALSE;
  port->url = g_strdup_printf ("%s://%s:%d" SIGNALING_PATH,
      options->tls ? "wss" : "ws", host,
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective)));
  g_signal_connect (port->service, "incoming", G_CALLBACK (on_incoming), port);
  g_socket_service_start (port->service);
  return TRUE;
}

gboolean
sim_server_open (SimServer *server, GError **error)
{
  const SimOptions *options = sim_simulator_get_options (server->simulator);
  g_autoptr (GInetAddress) address
      = g_inet_address_new_from_string (options->address);
  g_autoptr (GSocketAddress) where = NULL;
  Port *port;

  if (address == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "\"%s\" is no IP address to listen at.", options->address);
    return FALSE;
  }
  where = g_inet_socket_address_new (
      address, server->ports->len == 0 ? (guint16)options->port : 0);
  port = g_new0 (Port, 1);
  port->server = server;
  if (!listen_at (port, where, address, error)) {
    free_port (port);
    return FALSE;
  }
  g_ptr_array_add (server->ports, port);
  return TRUE;
}

void
sim_server_close (SimServer *server, const gchar *url)
{
  for (guint i = 0; i < server->ports->len; i++) {
    Port *port = g_ptr_array_index (server->ports, i);

    if (g_str_equal (port->url, url))
      close_port (port);
  }
}

static gboolean
set_up_tls (SimServer *server, const SimOptions *options, GError **error)
{
  server->authority
      = sim_authority_new (options->address, options->host, error);
  if (server->authority == NULL)
    return FALSE;
  sim_server_set_tls_fault (server, options->tls_fault, G_MAXUINT);
  return options->certificate_out == NULL
         || g_file_set_contents (options->certificate_out,
             sim_authority_get_pem (server->authority), -1, error);
}

SimServer *
sim_server_new (SimSimulator *simulator, GError **error)
{
  const SimOptions *options = sim_simulator_get_options (simulator);
  SimServer *server = g_new0 (SimServer, 1);

  server->simulator = simulator;
  server->ports = g_ptr_array_new_with_free_func (free_port);
  server->upgrades
      = g_ptr_array_new_with_free_func ((GDestroyNotify)sim_upgrade_free);
  server->sockets
      = g_ptr_array_new_with_free_func ((GDestroyNotify)sim_socket_free);
  if ((options->tls && !set_up_tls (server, options, error))
      || !sim_server_open (server, error)) {
    sim_server_free (server);
    return NULL;
  }
  return server;
}

void
sim_server_free (SimServer *server)
{
  g_ptr_array_unref (server->ports);
  g_ptr_array_unref (server->upgrades);
  g_ptr_array_unref (server->sockets);
  g_clear_pointer (&server->authority, sim_authority_free);
  g_free (server);
}

const gchar *
sim_server_get_url (SimServer *server)
{
  Port *port = g_ptr_array_index (server->ports, server->ports->len - 1);

  return port->url;
}

guint
sim_server_get_n_sockets (SimServer *server)
{
  return server->sockets->len;
}

SimSocket *
sim_server_get_socket (SimServer *server, guint index)
{
  return g_ptr_array_index (server->sockets, index);
}

void
sim_server_refuse (SimServer *server, gboolean signaling, SimRefusal refusal,
    guint status, guint times)
{
  server->refusals[signaling] = (Refusals){ refusal, status, times };
}

gboolean
sim_server_set_tls_fault (SimServer *server, SimTlsFault fault, guint times)
{
  server->tls_fault = fault;
  server->tls_fault_times = times;
  return server->authority != NULL;
}
