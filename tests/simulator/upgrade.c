/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "upgrade.h"

#include <libsoup/soup.h>
#include <string.h>

#define MAX_REQUEST (16 * 1024)
/* Of RFC 6455. */
#define KEY_SUFFIX "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

struct _SimUpgrade {
  GIOStream *stream;
  GSocket *socket;
  SimUpgradeCallback callback;
  gpointer user_data;
  GCancellable *cancellable;
  GByteArray *received;
  GSource *source;
  gchar *path;
  gchar *key;
};

static void
tell (SimUpgrade *upgrade, const gchar *path)
{
  if (upgrade->source != NULL)
    g_source_destroy (upgrade->source);
  g_clear_pointer (&upgrade->source, g_source_unref);
  upgrade->callback (upgrade, path, upgrade->user_data);
}

static gboolean
has_word (SoupMessageHeaders *headers, const gchar *name, const gchar *word)
{
  const gchar *value = soup_message_headers_get_list (headers, name);

  return value != NULL && soup_header_contains (value, word);
}

/* Takes the whole request apart. */
static gboolean
parse (SimUpgrade *upgrade)
{
  SoupMessageHeaders *headers
      = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autofree gchar *method = NULL;
  SoupHTTPVersion version;
  guint status = soup_headers_parse_request (
      (const gchar *)upgrade->received->data, (int)upgrade->received->len,
      headers, &method, &upgrade->path, &version);

  if (status == SOUP_STATUS_OK && g_str_equal (method, "GET")
      && has_word (headers, "Connection", "upgrade")
      && has_word (headers, "Upgrade", "websocket")
      && has_word (headers, "Sec-WebSocket-Version", "13"))
    upgrade->key = g_strdup (
        soup_message_headers_get_one (headers, "Sec-WebSocket-Key"));
  soup_message_headers_unref (headers);
  return upgrade->key != NULL;
}

static gboolean
on_readable (GObject *stream, gpointer user_data)
{
  SimUpgrade *upgrade = user_data;
  g_autoptr (GError) error = NULL;
  guint8 data[2048];
  gssize count = g_pollable_input_stream_read_nonblocking (
      G_POLLABLE_INPUT_STREAM (stream), data, sizeof (data), NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (count <= 0 || upgrade->received->len > MAX_REQUEST) {
    tell (upgrade, NULL);
    return G_SOURCE_REMOVE;
  }
  g_byte_array_append (upgrade->received, data, (guint)count);
  if (g_strstr_len ((const gchar *)upgrade->received->data,
          upgrade->received->len, "\r\n\r\n")
      == NULL)
    return G_SOURCE_CONTINUE;
  if (!parse (upgrade)) {
    sim_upgrade_refuse (upgrade, SOUP_STATUS_BAD_REQUEST);
    tell (upgrade, NULL);
  } else {
    tell (upgrade, upgrade->path);
  }
  return G_SOURCE_REMOVE;
}

static void
read_request (SimUpgrade *upgrade)
{
  upgrade->source = g_pollable_input_stream_create_source (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (upgrade->stream)),
      NULL);
  g_source_set_callback (
      upgrade->source, G_SOURCE_FUNC (on_readable), upgrade, NULL);
  g_source_attach (upgrade->source, NULL);
}

static void
on_handshake (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  SimUpgrade *upgrade = user_data;
  g_autoptr (GError) error = NULL;

  if (g_tls_connection_handshake_finish (
          G_TLS_CONNECTION (stream), result, &error))
    read_request (upgrade);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell (upgrade, NULL);
}

SimUpgrade *
sim_upgrade_new (GIOStream *stream, GSocket *socket,
    SimUpgradeCallback callback, gpointer user_data)
{
  SimUpgrade *upgrade = g_new0 (SimUpgrade, 1);

  upgrade->stream = g_object_ref (stream);
  upgrade->socket = g_object_ref (socket);
  upgrade->callback = callback;
  upgrade->user_data = user_data;
  upgrade->cancellable = g_cancellable_new ();
  upgrade->received = g_byte_array_new ();
  if (G_IS_TLS_CONNECTION (stream))
    g_tls_connection_handshake_async (G_TLS_CONNECTION (stream),
        G_PRIORITY_DEFAULT, upgrade->cancellable, on_handshake, upgrade);
  else
    read_request (upgrade);
  return upgrade;
}

void
sim_upgrade_free (SimUpgrade *upgrade)
{
  g_cancellable_cancel (upgrade->cancellable);
  g_object_unref (upgrade->cancellable);
  if (upgrade->source != NULL)
    g_source_destroy (upgrade->source);
  g_clear_pointer (&upgrade->source, g_source_unref);
  g_byte_array_unref (upgrade->received);
  g_object_unref (upgrade->stream);
  g_object_unref (upgrade->socket);
  g_free (upgrade->path);
  g_free (upgrade->key);
  g_free (upgrade);
}

GIOStream *
sim_upgrade_get_stream (SimUpgrade *upgrade)
{
  return upgrade->stream;
}

GSocket *
sim_upgrade_get_socket (SimUpgrade *upgrade)
{
  return upgrade->socket;
}

/* A few bytes, which the socket's buffer takes at once. */
static gboolean
write_text (SimUpgrade *upgrade, const gchar *text)
{
  return g_output_stream_write_all (
      g_io_stream_get_output_stream (upgrade->stream), text, strlen (text),
      NULL, NULL, NULL);
}

gboolean
sim_upgrade_accept (SimUpgrade *upgrade)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof (digest);
  g_autofree gchar *accept = NULL;
  g_autofree gchar *text = NULL;

  g_checksum_update (checksum, (const guchar *)upgrade->key, -1);
  g_checksum_update (checksum, (const guchar *)KEY_SUFFIX, -1);
  g_checksum_get_digest (checksum, digest, &length);
  accept = g_base64_encode (digest, length);
  /* Zoom's servers answer no offer of compression. */
  text = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
                          "Server: rtms-simulator\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n\r\n",
      accept);
  return write_text (upgrade, text);
}

void
sim_upgrade_refuse (SimUpgrade *upgrade, guint status)
{
  g_autofree gchar *text = g_strdup_printf (
      "HTTP/1.1 %u %s\r\nServer: rtms-simulator\r\nContent-Length: 0\r\n"
      "Connection: close\r\n\r\n",
      status, soup_status_get_phrase (status));

  write_text (upgrade, text);
  g_io_stream_close_async (
      upgrade->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}
