/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsupgrade.h"

#include <string.h>

#include "ext/crypto/rtmscrypto.h"
#include "gst/rtms/protocol/rtmstext.h"

/* RFC 6455 section 4: HTTP's part of a WebSocket, as text in and out. */

#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_BYTES 16
/* Of a status line, in a message for people. */
#define STATUS_LENGTH_MAX 60

gchar *
rtms_upgrade_create_key (void)
{
  guint8 bytes[KEY_BYTES];

  if (!rtms_crypto_random (bytes, sizeof bytes))
    return NULL;
  return g_base64_encode (bytes, sizeof bytes);
}

/**
 * rtms_upgrade_create_request:
 * @uri: a ws or wss URL, parsed with its encoding kept
 * @key: from rtms_upgrade_create_key()
 *
 * No extension is offered: a compressed stream could not be scanned in place,
 * and base64 of coded media gains little.
 *
 * Returns: (transfer full): the request
 */
gchar *
rtms_upgrade_create_request (GUri *uri, const gchar *key)
{
  const gchar *host = g_uri_get_host (uri);
  const gchar *path = g_uri_get_path (uri);
  const gchar *query = g_uri_get_query (uri);
  g_autoptr (GString) request = g_string_new ("GET ");

  g_string_append (request, *path ? path : "/");
  if (query)
    g_string_append_printf (request, "?%s", query);
  g_string_append_printf (request, strchr (host, ':')
      ? " HTTP/1.1\r\nHost: [%s]" : " HTTP/1.1\r\nHost: %s", host);
  if (g_uri_get_port (uri) > 0)
    g_string_append_printf (request, ":%d", g_uri_get_port (uri));
  g_string_append_printf (request, "\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: %s\r\nUser-Agent: gst-rtms/" PACKAGE_VERSION
      "\r\n\r\n", key);
  return g_strdup (request->str);
}

/**
 * rtms_upgrade_find_end:
 * @bytes: what the server sent so far
 * @size: how much
 *
 * Returns: the length of the response's head with its empty line, or -1 when
 *     it is not complete
 */
gssize
rtms_upgrade_find_end (const guint8 *bytes, gsize size)
{
  const guint8 *end = memmem (bytes, size, "\r\n\r\n", 4);

  return end ? end - bytes + 4 : -1;
}

static gboolean
has_token (const gchar *list, const gchar *token)
{
  g_auto (GStrv) tokens = g_strsplit (list, ",", -1);

  for (gchar **t = tokens; *t; t++) {
    if (g_ascii_strcasecmp (g_strstrip (*t), token) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_header (gchar **lines, const gchar *name, const gchar *value,
    gboolean exact)
{
  gsize length = strlen (name);

  for (gchar **line = lines; *line; line++) {
    g_autofree gchar *found = NULL;

    if (g_ascii_strncasecmp (*line, name, length) != 0
        || (*line)[length] != ':')
      continue;
    if (value == NULL)
      return TRUE;
    found = g_strstrip (g_strdup (*line + length + 1));
    if (exact ? strcmp (found, value) == 0 : has_token (found, value))
      return TRUE;
  }
  return FALSE;
}

static gchar *
create_accept (const gchar *key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_update (checksum, (const guchar *) WEBSOCKET_GUID, -1);
  g_checksum_get_digest (checksum, digest, &size);
  return g_base64_encode (digest, size);
}

/**
 * rtms_upgrade_check_response:
 * @response: the head of the server's response, NUL-terminated
 * @key: the key of the request
 * @error: (out) (optional): #RTMS_ERROR_CONNECT, with the HTTP status
 *
 * Redirects are errors: the signature would go wherever they point.
 *
 * Returns: whether the connection is a WebSocket now
 */
gboolean
rtms_upgrade_check_response (const gchar *response, const gchar *key,
    GError **error)
{
  g_auto (GStrv) lines = g_strsplit (response, "\r\n", -1);
  g_autofree gchar *accept = create_accept (key);

  /* Of an empty text there is no line at all. */
  if (!g_str_has_prefix (response, "HTTP/1.1 101")) {
    g_autofree gchar *status = rtms_text_to_line (lines[0] ? lines[0] : "",
        STATUS_LENGTH_MAX);

    g_set_error (error, RTMS_ERROR, RTMS_ERROR_CONNECT,
        "The server did not open a WebSocket but answered \"%s\"",
        status);
    return FALSE;
  }
  if (!has_header (lines, "Upgrade", "websocket", FALSE)
      || !has_header (lines, "Connection", "upgrade", FALSE)
      || !has_header (lines, "Sec-WebSocket-Accept", accept, TRUE)
      || has_header (lines, "Sec-WebSocket-Extensions", NULL, FALSE)
      || has_header (lines, "Sec-WebSocket-Protocol", NULL, FALSE)) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_CONNECT,
        "The server's answer to the WebSocket request breaks RFC 6455");
    return FALSE;
  }
  return TRUE;
}
