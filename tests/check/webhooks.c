/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webhooks.h"

#include <stdlib.h>
#include <string.h>

gchar *
webhooks_sign (const gchar *token, const gchar *timestamp, const gchar *body)
{
  g_autofree gchar *text = g_strdup_printf ("v0:%s:%s", timestamp, body);
  g_autofree gchar *mac = g_compute_hmac_for_string (G_CHECKSUM_SHA256,
      (const guint8 *) token, strlen (token), text, -1);

  return g_strconcat ("v0=", mac, NULL);
}

static gchar *
read_all (GInputStream *stream)
{
  GString *text = g_string_new (NULL);
  gchar bytes[4096];
  gssize size;

  while ((size = g_input_stream_read (stream, bytes, sizeof bytes, NULL,
              NULL)) > 0)
    g_string_append_len (text, bytes, size);
  return g_string_free (text, FALSE);
}

/* @answer: (out) (optional): the body of the answer
 *
 * Returns: the HTTP status, 0 when the server cannot be reached */
guint
webhooks_request (guint16 port, const gchar *request, gchar **answer)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree gchar *text = NULL;
  const gchar *body;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port,
      NULL, NULL);
  if (connection == NULL)
    return 0;
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (
              connection)), request, strlen (request), NULL, NULL, NULL);
  text = read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  body = strstr (text, "\r\n\r\n");
  if (answer)
    *answer = g_strdup (body ? body + 4 : "");
  return strlen (text) > 9 ? (guint) atoi (text + 9) : 0;
}

guint
webhooks_post_and_read (const Webhooks *webhooks, const gchar *body,
    gchar **answer)
{
  g_autofree gchar *timestamp = g_strdup_printf ("%" G_GINT64_FORMAT,
      g_get_real_time () / G_USEC_PER_SEC);
  g_autofree gchar *signature = webhooks_sign (webhooks->token, timestamp,
      body);
  g_autofree gchar *request = g_strdup_printf ("POST %s HTTP/1.1\r\n"
      "Host: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: %" G_GSIZE_FORMAT "\r\n"
      "x-zm-request-timestamp: %s\r\nx-zm-signature: %s\r\n\r\n%s",
      webhooks->path, strlen (body), timestamp, signature, body);

  return webhooks_request (webhooks->port, request, answer);
}

guint
webhooks_post (const Webhooks *webhooks, const gchar *body)
{
  return webhooks_post_and_read (webhooks, body, NULL);
}
