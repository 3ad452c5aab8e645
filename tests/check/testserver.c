/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "testserver.h"

#include <libsoup/soup.h>
#include <string.h>

#define MAX_TYPES 40

struct _TestServer
{
  TestServerAnswers answers;
  gchar *base_url;

  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;

  /* server thread */
  SoupServer *soup;
  SoupWebsocketConnection *sockets[TEST_N_SOCKETS];

  GMutex lock;
  GCond cond;
  gboolean is_running;
  guint received[TEST_N_SOCKETS][MAX_TYPES];
  guint closed[TEST_N_SOCKETS];
};

static gint
get_type (GBytes *message)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize size;
  const gchar *text = g_bytes_get_data (message, &size);

  if (!json_parser_load_from_data (parser, text, (gssize) size, NULL))
    g_error ("The client sent what is not JSON: %s", text);
  return (gint) json_object_get_int_member (json_node_get_object (
          json_parser_get_root (parser)), "msg_type");
}

static gboolean
is_open (SoupWebsocketConnection *connection)
{
  return connection && soup_websocket_connection_get_state (connection)
      == SOUP_WEBSOCKET_STATE_OPEN;
}

static void
answer (TestServer *server, SoupWebsocketConnection *connection, gint type)
{
  g_autofree gchar *text = NULL;

  if (type == 1 && server->answers.signaling) {
    g_autofree gchar *url = g_strconcat (server->base_url, "/media", NULL);
    g_auto (GStrv) parts = g_strsplit (server->answers.signaling, "%s", -1);

    text = g_strjoinv (url, parts);
  } else if (type == 3) {
    text = g_strdup (server->answers.media);
  }
  if (text && is_open (connection))
    soup_websocket_connection_send_text (connection, text);
}

/* A test may connect again before the server has seen the end of the
 * connection before, so each remembers what it is. */
static TestSocket
get_socket (SoupWebsocketConnection *connection)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (connection),
          "socket"));
}

static void
on_message (SoupWebsocketConnection *connection, gint data_type,
    GBytes *message, gpointer user_data)
{
  TestServer *server = user_data;
  TestSocket socket = get_socket (connection);
  gint type = get_type (message);

  answer (server, connection, type);
  g_mutex_lock (&server->lock);
  if (type >= 0 && type < MAX_TYPES)
    server->received[socket][type]++;
  g_cond_broadcast (&server->cond);
  g_mutex_unlock (&server->lock);
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
  TestServer *server = user_data;

  TestSocket socket = get_socket (connection);

  if (server->sockets[socket] == connection)
    server->sockets[socket] = NULL;
  g_signal_handlers_disconnect_by_data (connection, server);
  g_object_unref (connection);
  g_mutex_lock (&server->lock);
  server->closed[socket]++;
  g_cond_broadcast (&server->cond);
  g_mutex_unlock (&server->lock);
}

static void
on_websocket (SoupServer *soup, SoupServerMessage *message, const char *path,
    SoupWebsocketConnection *connection, gpointer user_data)
{
  TestServer *server = user_data;
  TestSocket socket = g_str_equal (path, "/signal") ? TEST_SIGNALING
      : TEST_MEDIA;

  /* The reference is given back when it closes. */
  server->sockets[socket] = g_object_ref (connection);
  g_object_set_data (G_OBJECT (connection), "socket",
      GUINT_TO_POINTER (socket));
  g_signal_connect (connection, "message", G_CALLBACK (on_message), server);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), server);
}

static gpointer
run (gpointer data)
{
  TestServer *server = data;
  g_autoptr (GError) error = NULL;
  GSList *uris;

  g_main_context_push_thread_default (server->context);
  server->soup = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (server->soup, "/signal", NULL, NULL,
      on_websocket, server, NULL);
  soup_server_add_websocket_handler (server->soup, "/media", NULL, NULL,
      on_websocket, server, NULL);
  if (!soup_server_listen_local (server->soup, 0,
          SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    g_error ("%s", error->message);
  uris = soup_server_get_uris (server->soup);

  g_mutex_lock (&server->lock);
  server->base_url = g_strdup_printf ("ws://127.0.0.1:%d",
      g_uri_get_port (uris->data));
  server->is_running = TRUE;
  g_cond_broadcast (&server->cond);
  g_mutex_unlock (&server->lock);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  g_main_loop_run (server->loop);

  for (guint i = 0; i < TEST_N_SOCKETS; i++) {
    if (server->sockets[i])
      g_signal_handlers_disconnect_by_data (server->sockets[i], server);
    g_clear_object (&server->sockets[i]);
  }
  soup_server_disconnect (server->soup);
  g_clear_object (&server->soup);
  while (g_main_context_iteration (server->context, FALSE));
  g_main_context_pop_thread_default (server->context);
  return NULL;
}

TestServer *
test_server_new (const TestServerAnswers *answers)
{
  TestServer *server = g_new0 (TestServer, 1);

  server->answers = *answers;
  g_mutex_init (&server->lock);
  g_cond_init (&server->cond);
  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);
  server->thread = g_thread_new ("test-server", run, server);
  g_mutex_lock (&server->lock);
  while (!server->is_running)
    g_cond_wait (&server->cond, &server->lock);
  g_mutex_unlock (&server->lock);
  return server;
}

typedef struct {
  TestServer *server;
  TestSocket socket;
  gchar *text;
  gushort code;
} Job;

static gboolean
quit_job (gpointer data)
{
  TestServer *server = data;

  g_main_loop_quit (server->loop);
  return G_SOURCE_REMOVE;
}

void
test_server_free (TestServer *server)
{
  g_main_context_invoke (server->context, quit_job, server);
  g_thread_join (server->thread);
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_cond_clear (&server->cond);
  g_mutex_clear (&server->lock);
  g_free (server->base_url);
  g_free (server);
}

gchar *
test_server_get_payload (TestServer *server)
{
  return g_strdup_printf ("{\"event\":\"meeting.rtms_started\",\"payload\":{"
      "\"meeting_uuid\":\"4pJ/9wWiQtmX+T2m1A==\",\"rtms_stream_id\":"
      "\"756FF58A\",\"server_urls\":\"%s/signal\"}}", server->base_url);
}

gchar *
test_server_get_url (TestServer *server)
{
  return g_strconcat (server->base_url, "/signal", NULL);
}

void
test_server_wait_for (TestServer *server, TestSocket socket, gint msg_type,
    guint times)
{
  g_mutex_lock (&server->lock);
  while (server->received[socket][msg_type] < times)
    g_cond_wait (&server->cond, &server->lock);
  g_mutex_unlock (&server->lock);
}

void
test_server_wait_closed (TestServer *server, TestSocket socket, guint times)
{
  g_mutex_lock (&server->lock);
  while (server->closed[socket] < times)
    g_cond_wait (&server->cond, &server->lock);
  g_mutex_unlock (&server->lock);
}

guint
test_server_count (TestServer *server, TestSocket socket, gint msg_type)
{
  guint count;

  g_mutex_lock (&server->lock);
  count = server->received[socket][msg_type];
  g_mutex_unlock (&server->lock);
  return count;
}

static void
free_job (gpointer data)
{
  Job *job = data;

  g_free (job->text);
  g_free (job);
}

static gboolean
send_job (gpointer data)
{
  Job *job = data;
  SoupWebsocketConnection *connection = job->server->sockets[job->socket];

  if (is_open (connection))
    soup_websocket_connection_send_text (connection, job->text);
  return G_SOURCE_REMOVE;
}

static gboolean
close_job (gpointer data)
{
  Job *job = data;
  SoupWebsocketConnection *connection = job->server->sockets[job->socket];

  if (is_open (connection))
    soup_websocket_connection_close (connection, job->code, NULL);
  return G_SOURCE_REMOVE;
}

static void
submit (TestServer *server, GSourceFunc func, TestSocket socket, gchar *text,
    gushort code)
{
  Job *job = g_new0 (Job, 1);

  job->server = server;
  job->socket = socket;
  job->text = text;
  job->code = code;
  g_main_context_invoke_full (server->context, G_PRIORITY_DEFAULT, func, job,
      free_job);
}

void
test_server_send (TestServer *server, TestSocket socket, const gchar *format,
    ...)
{
  gchar *text;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  submit (server, send_job, socket, text, 0);
}

/* @timestamp in Unix ms. */
void
test_server_send_media (TestServer *server, gint msg_type, gint64 timestamp,
    const guint8 *bytes, gsize size)
{
  g_autofree gchar *data = g_base64_encode (bytes, size);

  test_server_send (server, TEST_MEDIA, "{\"msg_type\":%d,\"content\":{"
      "\"user_id\":16778240,\"user_name\":\"Ada\",\"data\":\"%s\","
      "\"length\":%" G_GSIZE_FORMAT ",\"timestamp\":%" G_GINT64_FORMAT "}}",
      msg_type, data, size, timestamp);
}

void
test_server_close (TestServer *server, TestSocket socket, gushort code)
{
  submit (server, close_job, socket, NULL, code);
}

/* As Zoom ends a stream. */
void
test_server_terminate (TestServer *server, gint reason)
{
  test_server_send (server, TEST_SIGNALING,
      "{\"msg_type\":8,\"state\":4,\"reason\":%d}", reason);
  test_server_close (server, TEST_MEDIA, 1000);
  test_server_close (server, TEST_SIGNALING, 1000);
}
