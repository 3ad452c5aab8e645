/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rawclient.h"

#include <libsoup/soup.h>
#include <string.h>

#define TIMEOUT (10 * G_USEC_PER_SEC)

struct _RawClient
{
  Simulator *simulator;
  SoupSession *session;
  JsonParser *payload;
  gchar *url;
  JsonObject *media_urls;
  gchar *media_name;
  gint media_type;
};

struct _RawSocket
{
  RawClient *client;
  SoupWebsocketConnection *connection;
  GQueue messages;              /* of texts, in order */
  guint binary;
  gboolean done;
  gboolean closed;
};

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the main loop until something holds. */
static void
wait_until (gboolean *condition, const gchar *what)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT;
  guint tick = g_timeout_add (100, on_tick, NULL);

  while (!*condition) {
    if (g_get_monotonic_time () > end)
      g_error ("Waiting for %s took too long", what);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (tick);
}

/**
 * raw_client_new:
 * @simulator: whose only meeting it joins
 */
RawClient *
raw_client_new (Simulator *simulator)
{
  RawClient *client = g_new0 (RawClient, 1);

  client->simulator = simulator;
  client->session = soup_session_new ();
  raw_client_set_media (client, "all", 32);
  raw_client_read_payload (client);
  return client;
}

void
raw_client_free (RawClient *client)
{
  soup_session_abort (client->session);
  g_object_unref (client->session);
  g_clear_object (&client->payload);
  g_clear_pointer (&client->media_urls, json_object_unref);
  g_free (client->media_name);
  g_free (client->url);
  g_free (client);
}

/* Reads the payload file, as it is now. */
void
raw_client_read_payload (RawClient *client)
{
  g_autofree gchar *path = simulator_get_path (client->simulator,
      "started.json");
  g_autoptr (GError) error = NULL;

  g_clear_object (&client->payload);
  g_clear_pointer (&client->url, g_free);
  client->payload = json_parser_new ();
  if (!json_parser_load_from_file (client->payload, path, &error))
    g_error ("%s", error->message);
  if (json_object_has_member (raw_client_get_payload (client), "server_urls"))
    client->url = g_strdup (json_object_get_string_member (
            raw_client_get_payload (client), "server_urls"));
}

JsonObject *
raw_client_get_payload (RawClient *client)
{
  JsonObject *root = json_node_get_object (json_parser_get_root (
          client->payload));

  return json_object_get_object_member (root, "payload");
}

const gchar *
raw_client_get_url (RawClient *client)
{
  return client->url;
}

/* The URL of "all" or a medium; after signaling. */
const gchar *
raw_client_get_media_url (RawClient *client, const gchar *name)
{
  return json_object_get_string_member_with_default (client->media_urls, name,
      NULL);
}

/* At which URL media sockets ask for which media type from now on. */
void
raw_client_set_media (RawClient *client, const gchar *name, gint type)
{
  g_free (client->media_name);
  client->media_name = g_strdup (name);
  client->media_type = type;
}

static void
on_message (SoupWebsocketConnection *connection, gint type, GBytes *message,
    gpointer user_data)
{
  RawSocket *socket = user_data;
  gsize size;
  gconstpointer data = g_bytes_get_data (message, &size);

  socket->binary += type == SOUP_WEBSOCKET_DATA_BINARY;
  g_queue_push_tail (&socket->messages, g_strndup (data ? data : "", size));
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
  RawSocket *socket = user_data;

  socket->closed = TRUE;
}

static void
on_connected (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RawSocket *socket = user_data;

  socket->connection = soup_session_websocket_connect_finish (
      SOUP_SESSION (object), result, NULL);
  socket->done = TRUE;
}

/* Gives NULL when the server does not let it in. */
RawSocket *
raw_client_connect (RawClient *client, const gchar *url)
{
  RawSocket *socket = g_new0 (RawSocket, 1);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);

  socket->client = client;
  g_queue_init (&socket->messages);
  soup_session_websocket_connect_async (client->session, message, NULL, NULL,
      G_PRIORITY_DEFAULT, NULL, on_connected, socket);
  wait_until (&socket->done, url);
  if (socket->connection == NULL) {
    raw_socket_free (socket);
    return NULL;
  }
  soup_websocket_connection_set_max_incoming_payload_size (
      socket->connection, 0);
  g_signal_connect (socket->connection, "message", G_CALLBACK (on_message),
      socket);
  g_signal_connect (socket->connection, "closed", G_CALLBACK (on_closed),
      socket);
  return socket;
}

void
raw_socket_free (RawSocket *socket)
{
  if (socket->connection)
    g_signal_handlers_disconnect_by_data (socket->connection, socket);
  g_clear_object (&socket->connection);
  g_queue_clear_full (&socket->messages, g_free);
  g_free (socket);
}

/* Closes it, waits for the server to do so too, and frees it. */
void
raw_socket_close (RawSocket *socket)
{
  soup_websocket_connection_close (socket->connection,
      SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  raw_socket_wait_closed (socket);
  raw_socket_free (socket);
}

void
raw_socket_send (RawSocket *socket, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  soup_websocket_connection_send_text (socket->connection, text);
}

static gboolean
take_text (RawSocket *socket, const gchar *part, gchar **text)
{
  while (!g_queue_is_empty (&socket->messages)) {
    g_autofree gchar *message = g_queue_pop_head (&socket->messages);

    if (strstr (message, part)) {
      *text = g_steal_pointer (&message);
      return TRUE;
    }
  }
  return FALSE;
}

/* The next message that has this in its text; those before are dropped. */
gchar *
raw_socket_receive_text (RawSocket *socket, const gchar *part)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT;
  guint tick = g_timeout_add (100, on_tick, NULL);
  gchar *text = NULL;

  while (!take_text (socket, part, &text)) {
    if (socket->closed || g_get_monotonic_time () > end)
      g_error ("No message with %s came", part);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (tick);
  return text;
}

/* Gives a new object. */
JsonObject *
raw_socket_receive (RawSocket *socket, gint msg_type)
{
  g_autofree gchar *part = g_strdup_printf ("\"msg_type\":%d,", msg_type);
  g_autofree gchar *text = raw_socket_receive_text (socket, part);
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!json_parser_load_from_data (parser, text, -1, NULL))
    g_error ("This is no JSON: %s", text);
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

guint
raw_socket_count_binary (RawSocket *socket)
{
  return socket->binary;
}

gushort
raw_socket_wait_closed (RawSocket *socket)
{
  wait_until (&socket->closed, "a socket's end");
  return soup_websocket_connection_get_close_code (socket->connection);
}

static gchar *
sign (RawClient *client, const gchar *uuid, const gchar *stream_id)
{
  g_autofree gchar *text = g_strdup_printf ("rtms-simulator,%s,%s", uuid,
      stream_id);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256,
      (const guchar *) "rtms-simulator-secret",
      strlen ("rtms-simulator-secret"), text, -1);
}

static const gchar *
get_id (JsonObject *payload)
{
  static const gchar *const names[] = { "meeting_uuid", "webinar_uuid",
    "session_id", "engagement_id" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (json_object_has_member (payload, names[i]))
      return json_object_get_string_member (payload, names[i]);
  }
  g_error ("The payload has no id");
}

/* Sends message 1 or 3, by the payload. @rest is put behind it. */
static void
shake_hands (RawSocket *socket, gint msg_type, const gchar *rest)
{
  JsonObject *payload = raw_client_get_payload (socket->client);
  const gchar *uuid = get_id (payload);
  const gchar *stream_id = json_object_get_string_member (payload,
      "rtms_stream_id");
  g_autofree gchar *signature = sign (socket->client, uuid, stream_id);

  raw_socket_send (socket, "{\"msg_type\":%d,\"protocol_version\":1,"
      "\"sequence\":1,\"meeting_uuid\":\"%s\",\"rtms_stream_id\":\"%s\","
      "\"signature\":\"%s\"%s}", msg_type, uuid, stream_id, signature, rest);
}

/* Sends message 1 on a signaling socket and 3, without parameters, on a media
 * socket. */
void
raw_socket_ask (RawSocket *socket, gint msg_type)
{
  shake_hands (socket, msg_type,
      msg_type == 1 ? "" : ",\"payload_encryption\":false,\"media_type\":32");
}

/* A signaling socket with its handshake done. */
RawSocket *
raw_client_connect_signaling (RawClient *client)
{
  RawSocket *socket = raw_client_connect (client, client->url);
  g_autoptr (JsonObject) answer = NULL;
  JsonObject *server;

  g_assert_nonnull (socket);
  raw_socket_ask (socket, 1);
  answer = raw_socket_receive (socket, 2);
  g_assert_cmpint (json_object_get_int_member (answer, "status_code"), ==, 0);
  server = json_object_get_object_member (answer, "media_server");
  g_clear_pointer (&client->media_urls, json_object_unref);
  client->media_urls = json_object_ref (json_object_get_object_member (server,
          "server_urls"));
  return socket;
}

/* A media socket with its handshake asked for. @params may be "". */
RawSocket *
raw_client_connect_media (RawClient *client, const gchar *params)
{
  RawSocket *socket = raw_client_connect (client,
      raw_client_get_media_url (client, client->media_name));
  g_autofree gchar *rest = g_strdup_printf (",\"payload_encryption\":false,"
      "\"media_type\":%d,\"media_params\":{%s}", client->media_type, params);

  g_assert_nonnull (socket);
  shake_hands (socket, 3, rest);
  return socket;
}

/* CLIENT_READY_ACK */
void
raw_client_get_ready (RawClient *client, RawSocket *signaling)
{
  raw_socket_send (signaling, "{\"msg_type\":7,\"rtms_stream_id\":\"%s\"}",
      json_object_get_string_member (raw_client_get_payload (client),
          "rtms_stream_id"));
}
