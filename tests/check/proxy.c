/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "proxy.h"

struct _TestProxy
{
  guint16 upstream_port;
  guint16 port;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  GSocketService *service;      /* of threads, one a connection */

  GMutex lock;
  GPtrArray *sockets;           /* of GSocket, both sides of what is open */
};

static gpointer
pump_back (gpointer data)
{
  GIOStream **streams = data;

  g_output_stream_splice (g_io_stream_get_output_stream (streams[0]),
      g_io_stream_get_input_stream (streams[1]),
      G_OUTPUT_STREAM_SPLICE_NONE, NULL, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (
              streams[0])), TRUE, TRUE, NULL);
  return NULL;
}

static void
track (TestProxy *proxy, GSocketConnection *connection)
{
  g_mutex_lock (&proxy->lock);
  g_ptr_array_add (proxy->sockets,
      g_object_ref (g_socket_connection_get_socket (connection)));
  g_mutex_unlock (&proxy->lock);
}

/* On a thread of the connection's own. */
static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection,
    GObject *source, gpointer user_data)
{
  TestProxy *proxy = user_data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) upstream = NULL;
  GIOStream *streams[2];
  GThread *back;

  g_socket_client_set_enable_proxy (client, FALSE);
  upstream = g_socket_client_connect_to_host (client, "127.0.0.1",
      proxy->upstream_port, NULL, NULL);
  if (upstream == NULL)
    return TRUE;
  track (proxy, connection);
  track (proxy, upstream);
  streams[0] = G_IO_STREAM (connection);
  streams[1] = G_IO_STREAM (upstream);
  back = g_thread_new ("proxy-back", pump_back, streams);
  g_output_stream_splice (g_io_stream_get_output_stream (streams[1]),
      g_io_stream_get_input_stream (streams[0]),
      G_OUTPUT_STREAM_SPLICE_NONE, NULL, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (upstream), TRUE, TRUE,
      NULL);
  g_thread_join (back);
  return TRUE;
}

static gpointer
run (gpointer data)
{
  TestProxy *proxy = data;

  g_main_context_push_thread_default (proxy->context);
  g_socket_service_start (proxy->service);
  g_main_loop_run (proxy->loop);
  g_socket_service_stop (proxy->service);
  g_main_context_pop_thread_default (proxy->context);
  return NULL;
}

TestProxy *
test_proxy_new (guint16 upstream_port)
{
  TestProxy *proxy = g_new0 (TestProxy, 1);

  proxy->upstream_port = upstream_port;
  g_mutex_init (&proxy->lock);
  proxy->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  proxy->context = g_main_context_new ();
  proxy->loop = g_main_loop_new (proxy->context, FALSE);
  proxy->service = g_threaded_socket_service_new (16);
  /* It is to accept on its own thread. */
  g_socket_service_stop (proxy->service);
  g_signal_connect (proxy->service, "run", G_CALLBACK (on_run), proxy);
  proxy->port = g_socket_listener_add_any_inet_port (
      G_SOCKET_LISTENER (proxy->service), NULL, NULL);
  proxy->thread = g_thread_new ("proxy", run, proxy);
  return proxy;
}

guint16
test_proxy_get_port (TestProxy *proxy)
{
  return proxy->port;
}

/* Breaks everything that is open now; new connections are taken. */
void
test_proxy_drop (TestProxy *proxy)
{
  g_mutex_lock (&proxy->lock);
  for (guint i = 0; i < proxy->sockets->len; i++)
    g_socket_shutdown (g_ptr_array_index (proxy->sockets, i), TRUE, TRUE,
        NULL);
  g_ptr_array_set_size (proxy->sockets, 0);
  g_mutex_unlock (&proxy->lock);
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
test_proxy_free (TestProxy *proxy)
{
  g_main_context_invoke (proxy->context, quit, proxy->loop);
  g_thread_join (proxy->thread);
  test_proxy_drop (proxy);
  g_object_unref (proxy->service);
  g_ptr_array_unref (proxy->sockets);
  g_main_loop_unref (proxy->loop);
  g_main_context_unref (proxy->context);
  g_mutex_clear (&proxy->lock);
  g_free (proxy);
}
