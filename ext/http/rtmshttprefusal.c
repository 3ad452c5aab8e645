/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmshttprefusal.h"

#include <string.h>

/* SoupServer reads a request's body to its end, however long, before it
 * answers what an early handler refused. So the connection is taken away from
 * it and answered here.
 *
 * A socket that is closed with unread bytes resets the connection, which can
 * destroy the answer before the client has read it. So a little of what still
 * comes is read and dropped. The server's deadline bounds the time. */

#define MAX_DRAINED (1024 * 1024)
#define DRAIN_STEP 65536
#define SOCKET_KEY "rtms-http-socket"

typedef struct {
  SoupServerMessage *message;
  guint status;
  GSocket *socket;
  GIOStream *stream;
  gchar *answer;
  gsize drained;
} Refusal;

static void
free_refusal (Refusal *refusal)
{
  g_clear_object (&refusal->message);
  g_clear_object (&refusal->stream);
  g_clear_object (&refusal->socket);
  g_free (refusal->answer);
  g_free (refusal);
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_io_stream_close_finish (G_IO_STREAM (object), result, NULL);
  free_refusal (user_data);
}

static void
close_stream (Refusal *refusal)
{
  g_io_stream_close_async (refusal->stream, G_PRIORITY_DEFAULT, NULL,
      on_closed, refusal);
}

static void drain (Refusal *refusal);

static void
on_drained (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Refusal *refusal = user_data;
  gssize size = g_input_stream_skip_finish (G_INPUT_STREAM (object), result,
      NULL);

  refusal->drained += size > 0 ? (gsize) size : 0;
  if (size > 0 && refusal->drained < MAX_DRAINED)
    drain (refusal);
  else
    close_stream (refusal);
}

static void
drain (Refusal *refusal)
{
  g_input_stream_skip_async (g_io_stream_get_input_stream (refusal->stream),
      DRAIN_STEP, G_PRIORITY_DEFAULT, NULL, on_drained, refusal);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Refusal *refusal = user_data;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result,
          NULL, NULL)) {
    /* the end, for clients that read up to there */
    g_socket_shutdown (refusal->socket, FALSE, TRUE, NULL);
    drain (refusal);
  } else {
    close_stream (refusal);
  }
}

static gboolean
answer (gpointer user_data)
{
  Refusal *refusal = user_data;
  const gchar *phrase = soup_status_get_phrase (refusal->status);

  refusal->stream = soup_server_message_steal_connection (refusal->message);
  if (refusal->stream == NULL) {
    free_refusal (refusal);
    return G_SOURCE_REMOVE;
  }
  refusal->answer = g_strdup_printf ("HTTP/1.1 %u %s\r\n"
      "Connection: close\r\nContent-Length: 0\r\n\r\n", refusal->status,
      phrase);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (
          refusal->stream), refusal->answer, strlen (refusal->answer),
      G_PRIORITY_DEFAULT, NULL, on_written, refusal);
  return G_SOURCE_REMOVE;
}

/* The address is the one thing of a connection that libsoup lends us, so the
 * socket goes with it. */
void
rtms_http_refusal_prepare (GSocketAddress *remote, GSocket *socket)
{
  g_object_set_data_full (G_OBJECT (remote), SOCKET_KEY,
      g_object_ref (socket), g_object_unref);
}

/**
 * rtms_http_refuse:
 * @message: whose headers were read, but not its body; of a connection that
 *     rtms_http_refusal_prepare() has seen
 * @status: an HTTP status
 * @context: the server's
 *
 * Answers @message with @status and ends its connection.
 */
void
rtms_http_refuse (SoupServerMessage *message, guint status,
    GMainContext *context)
{
  Refusal *refusal = g_new0 (Refusal, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  refusal->message = g_object_ref (message);
  refusal->socket = g_object_ref (g_object_get_data (G_OBJECT (
              soup_server_message_get_remote_address (message)),
          SOCKET_KEY));
  refusal->status = status;
  /* libsoup is in the middle of reading: from its own loop, then */
  soup_server_message_pause (message);
  g_source_set_callback (source, answer, refusal, NULL);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_attach (source, context);
}
