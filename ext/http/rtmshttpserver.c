/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmshttpserver.h"

#include <libsoup/soup.h>
#include <string.h>

#include "rtmshttprefusal.h"

/* We accept connections ourselves and hand them to SoupServer, which has
 * neither a limit of connections nor of their time. All but
 * rtms_http_server_new() and _free() happens on the server's thread. */

#define ACCEPT_RETRY_DELAY 100  /* ms */

G_DEFINE_QUARK (rtms-http-error-quark, rtms_http_error)

struct _RtmsHttpServer
{
  RtmsHttpServerConfig config;
  GTlsCertificate *certificate;
  guint16 port;

  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *soup;
  GSocketListener *listener;
  GCancellable *cancellable;
  GHashTable *connections;      /* of Connection, by itself */
};

/* From accept to the last reference to its stream, whoever holds that. */
typedef struct {
  RtmsHttpServer *server;
  GIOStream *stream;            /* not owned */
  GSource *deadline;
} Connection;

const gchar *
rtms_http_request_get_header (const RtmsHttpRequest *request,
    const gchar *name)
{
  return soup_message_headers_get_one (request->headers, name);
}

static void
free_connection (gpointer data)
{
  Connection *connection = data;

  g_source_destroy (connection->deadline);
  g_source_unref (connection->deadline);
  g_free (connection);
}

static void
on_connection_gone (gpointer user_data, GObject *stream)
{
  Connection *connection = user_data;

  g_hash_table_remove (connection->server->connections, connection);
}

/* Whoever reads or writes finds the end of the connection. */
static gboolean
on_deadline (gpointer user_data)
{
  Connection *connection = user_data;
  GSocket *socket = g_socket_connection_get_socket (
      G_SOCKET_CONNECTION (connection->stream));

  g_socket_shutdown (socket, TRUE, TRUE, NULL);
  return G_SOURCE_REMOVE;
}

static void
watch_connection (RtmsHttpServer *server, GSocketConnection *stream)
{
  Connection *connection = g_new0 (Connection, 1);

  connection->server = server;
  connection->stream = G_IO_STREAM (stream);
  connection->deadline = g_timeout_source_new_seconds (
      server->config.timeout);
  g_source_set_callback (connection->deadline, on_deadline, connection, NULL);
  g_source_attach (connection->deadline, server->context);
  g_hash_table_add (server->connections, connection);
  g_object_weak_ref (G_OBJECT (stream), on_connection_gone, connection);
}

static void
serve (RtmsHttpServer *server, GSocketConnection *connection)
{
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GSocketAddress) local =
      g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote =
      g_socket_connection_get_remote_address (connection, NULL);

  if (local == NULL || remote == NULL)
    return;                     /* gone again */
  if (server->certificate) {
    stream = g_tls_server_connection_new (G_IO_STREAM (connection),
        server->certificate, NULL);
    if (stream)
      g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream),
          FALSE);
  } else {
    stream = G_IO_STREAM (g_object_ref (connection));
  }
  rtms_http_refusal_prepare (remote, g_socket_connection_get_socket (
          connection));
  if (stream)
    soup_server_accept_iostream (server->soup, stream, local, remote, NULL);
}

static void accept_next (RtmsHttpServer *server);

static gboolean
on_accept_again (gpointer user_data)
{
  accept_next (user_data);
  return G_SOURCE_REMOVE;
}

/* Out of descriptors, most likely: trying again at once would only spin. */
static void
accept_later (RtmsHttpServer *server)
{
  g_autoptr (GSource) source = g_timeout_source_new (ACCEPT_RETRY_DELAY);

  g_source_set_callback (source, on_accept_again, server, NULL);
  g_source_attach (source, server->context);
}

static void
on_accepted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RtmsHttpServer *server = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_listener_accept_finish (
      G_SOCKET_LISTENER (object), result, NULL, &error);

  if (g_cancellable_is_cancelled (server->cancellable))
    return;
  if (connection == NULL) {
    accept_later (server);
    return;
  }
  if (g_hash_table_size (server->connections)
      < server->config.max_connections) {
    watch_connection (server, connection);
    serve (server, connection);
  }
  accept_next (server);
}

static void
accept_next (RtmsHttpServer *server)
{
  g_socket_listener_accept_async (server->listener, server->cancellable,
      on_accepted, server);
}

/* HEAD is GET; libsoup leaves the body out. */
static gboolean
is_method (const RtmsHttpRoute *route, const char *method)
{
  return g_str_equal (route->method, method)
      || (g_str_equal (route->method, "GET") && g_str_equal (method, "HEAD"));
}

static const RtmsHttpRoute *
find_route (RtmsHttpServer *server, SoupServerMessage *message,
    const char *path, guint *status)
{
  *status = SOUP_STATUS_NOT_FOUND;
  for (guint i = 0; i < server->config.n_routes; i++) {
    const RtmsHttpRoute *route = &server->config.routes[i];

    if (!g_str_equal (route->path, path))
      continue;
    if (is_method (route, soup_server_message_get_method (message)))
      return route;
    *status = SOUP_STATUS_METHOD_NOT_ALLOWED;
  }
  return NULL;
}

/* With the headers alone: whatever is refused for them is refused now, before
 * its body could cost anything. Bodies of unknown length are refused, too. */
static void
on_headers (SoupServer *soup, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer user_data)
{
  RtmsHttpServer *server = user_data;
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (message);
  guint status;

  soup_message_headers_replace (headers, "Connection", "close");
  if (find_route (server, message, path, &status) == NULL)
    rtms_http_refuse (message, status, server->context);
  else if (soup_message_headers_get_encoding (headers)
      == SOUP_ENCODING_CHUNKED)
    rtms_http_refuse (message, SOUP_STATUS_LENGTH_REQUIRED, server->context);
  else if (soup_message_headers_get_content_length (headers) < 0
      || (guint64) soup_message_headers_get_content_length (headers)
      > server->config.max_body)
    rtms_http_refuse (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
        server->context);
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer user_data)
{
  RtmsHttpServer *server = user_data;
  guint status;
  const RtmsHttpRoute *route = find_route (server, message, path, &status);
  g_autoptr (GBytes) body = soup_message_body_flatten (
      soup_server_message_get_request_body (message));
  RtmsHttpResponse response = { .status = SOUP_STATUS_OK };
  RtmsHttpRequest request = {
    .body = g_bytes_get_data (body, NULL),
    .body_size = g_bytes_get_size (body),
    .headers = soup_server_message_get_request_headers (message),
  };
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (message);

  route->handler (&request, &response, server->config.user_data);
  soup_message_headers_replace (headers, "Connection", "close");
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_server_message_set_status (message, response.status, NULL);
  if (response.body)
    soup_server_message_set_response (message, response.content_type,
        SOUP_MEMORY_TAKE, response.body, strlen (response.body));
}

static gboolean
load_certificate (RtmsHttpServer *server, GError **error)
{
  const RtmsHttpServerConfig *config = &server->config;
  g_autoptr (GError) problem = NULL;

  if (config->tls_certificate_file == NULL)
    return TRUE;
  server->certificate = g_tls_certificate_new_from_files (
      config->tls_certificate_file, config->tls_key_file
      ? config->tls_key_file : config->tls_certificate_file, &problem);
  if (server->certificate == NULL)
    g_set_error (error, RTMS_HTTP_ERROR, RTMS_HTTP_ERROR_TLS,
        "The certificate %s cannot be used: %s",
        config->tls_certificate_file, problem->message);
  return server->certificate != NULL;
}

static gboolean
listen_at (RtmsHttpServer *server, GError **error)
{
  const gchar *address = g_str_equal (server->config.address, "localhost")
      ? "127.0.0.1" : server->config.address;
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string (
      address, server->config.port);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) problem = NULL;

  if (wanted == NULL) {
    g_set_error (error, RTMS_HTTP_ERROR, RTMS_HTTP_ERROR_ADDRESS,
        "\"%s\" is no IP address", address);
    return FALSE;
  }
  if (!g_socket_listener_add_address (server->listener, wanted,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound,
          &problem)) {
    g_set_error (error, RTMS_HTTP_ERROR, RTMS_HTTP_ERROR_ADDRESS,
        "Cannot listen at %s, port %u: %s", address, server->config.port,
        problem->message);
    return FALSE;
  }
  server->port = g_inet_socket_address_get_port (
      G_INET_SOCKET_ADDRESS (bound));
  return TRUE;
}

static gpointer
run (gpointer user_data)
{
  RtmsHttpServer *server = user_data;

  g_main_context_push_thread_default (server->context);
  accept_next (server);
  g_main_loop_run (server->loop);

  g_cancellable_cancel (server->cancellable);
  g_socket_listener_close (server->listener);
  soup_server_disconnect (server->soup);
  /* What was being answered or refused ends within the deadline at the most;
   * so that it ends now, its sockets do. */
  while (g_hash_table_size (server->connections) > 0
      || g_main_context_pending (server->context)) {
    GHashTableIter iter;
    gpointer connection;

    g_hash_table_iter_init (&iter, server->connections);
    while (g_hash_table_iter_next (&iter, &connection, NULL))
      on_deadline (connection);
    g_main_context_iteration (server->context, TRUE);
  }
  g_clear_object (&server->soup);
  g_main_context_pop_thread_default (server->context);
  return NULL;
}

/**
 * rtms_http_server_new:
 * @config: copied, but for what it points to
 * @error: (out) (optional): #RtmsHttpError
 *
 * Returns: (transfer full) (nullable): a server that listens already
 */
RtmsHttpServer *
rtms_http_server_new (const RtmsHttpServerConfig *config, GError **error)
{
  RtmsHttpServer *server = g_new0 (RtmsHttpServer, 1);

  server->config = *config;
  server->listener = g_socket_listener_new ();
  server->cancellable = g_cancellable_new ();
  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);
  server->connections = g_hash_table_new_full (NULL, NULL, free_connection,
      NULL);
  if (!load_certificate (server, error) || !listen_at (server, error)) {
    rtms_http_server_free (server);
    return NULL;
  }
  server->soup = soup_server_new ("server-header", "gst-rtms", NULL);
  soup_server_add_early_handler (server->soup, NULL, on_headers, server,
      NULL);
  soup_server_add_handler (server->soup, NULL, on_request, server, NULL);
  server->thread = g_thread_new ("rtms-http", run, server);
  return server;
}

static gboolean
quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* Returns when its thread has ended. Not to be called from a handler. */
void
rtms_http_server_free (RtmsHttpServer *server)
{
  if (server->thread) {
    g_autoptr (GSource) source = g_idle_source_new ();

    /* by a source, as the loop may not run yet */
    g_source_set_callback (source, quit, server->loop, NULL);
    g_source_attach (source, server->context);
    g_thread_join (server->thread);
  }
  g_clear_object (&server->certificate);
  g_object_unref (server->listener);
  g_object_unref (server->cancellable);
  g_hash_table_unref (server->connections);
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_free (server);
}

/* The port that is listened at, which is not the one asked for if that was
 * 0. */
guint16
rtms_http_server_get_port (RtmsHttpServer *server)
{
  return server->port;
}
