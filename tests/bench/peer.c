/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peer.h"

#include "frames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OPCODE_TEXT 1
#define OPCODE_CLOSE 8
#define OPCODE_PING 9
#define OPCODE_PONG 10

struct _Peer
{
  int fd;
  SSL *ssl;                     /* (nullable) */
  guint port;
  gboolean deflated;            /* what is sent to it as media */
  PeerCallbacks callbacks;
  gpointer user_data;

  gchar *kind;                  /* the path's first part, once known */
  guint meeting;
  gboolean is_closed;
  GByteArray *in;
  GByteArray *out;              /* what the socket did not take */
};

/* Whose CLIENT_READY_ACK is still to come: (element-type Peer) by meeting. */
static GHashTable *waiting_media;

Peer *
peer_new (int fd, SSL_CTX *context, guint port, gboolean deflated,
    const PeerCallbacks *callbacks, gpointer user_data)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->fd = fd;
  peer->port = port;
  peer->deflated = deflated;
  peer->callbacks = *callbacks;
  peer->user_data = user_data;
  peer->in = g_byte_array_new ();
  peer->out = g_byte_array_new ();
  if (context) {
    peer->ssl = SSL_new (context);
    SSL_set_fd (peer->ssl, fd);
    SSL_set_accept_state (peer->ssl);
  }
  if (waiting_media == NULL)
    waiting_media = g_hash_table_new (NULL, NULL);
  return peer;
}

void
peer_free (Peer *peer)
{
  SSL_free (peer->ssl);
  close (peer->fd);
  g_free (peer->kind);
  g_byte_array_unref (peer->in);
  g_byte_array_unref (peer->out);
  g_free (peer);
}

int
peer_get_fd (Peer *peer)
{
  return peer->fd;
}

gboolean
peer_is_media (Peer *peer)
{
  return peer->kind && !g_str_equal (peer->kind, "signaling");
}

gboolean
peer_is_closed (Peer *peer)
{
  return peer->is_closed;
}

gsize
peer_get_pending (Peer *peer)
{
  return peer->out->len;
}

/* Returns how much was written, 0 when the socket takes no more now. */
static gsize
write_some (Peer *peer, const guint8 *bytes, gsize size)
{
  gssize n;

  if (peer->is_closed)
    return size;
  if (peer->ssl) {
    n = SSL_write (peer->ssl, bytes, (int) size);
    if (n <= 0) {
      int problem = SSL_get_error (peer->ssl, (int) n);

      peer->is_closed |= problem != SSL_ERROR_WANT_WRITE
          && problem != SSL_ERROR_WANT_READ;
      n = 0;
    }
  } else {
    n = send (peer->fd, bytes, size, MSG_NOSIGNAL);
    if (n < 0) {
      peer->is_closed |= errno != EAGAIN && errno != EINTR;
      n = 0;
    }
  }
  return (gsize) n;
}

void
peer_flush (Peer *peer)
{
  gsize sent = 0, n;

  while (sent < peer->out->len && (n = write_some (peer, peer->out->data
              + sent, peer->out->len - sent)) > 0)
    sent += n;
  g_byte_array_remove_range (peer->out, 0, (guint) MIN (sent,
          peer->out->len));
}

/* Sends or keeps a whole WebSocket frame. */
void
peer_send (Peer *peer, const guint8 *bytes, gsize size)
{
  gsize sent = 0, n;

  if (peer->out->len == 0) {
    while (sent < size && (n = write_some (peer, bytes + sent,
                size - sent)) > 0)
      sent += n;
  }
  if (sent < size)
    g_byte_array_append (peer->out, bytes + sent, (guint) (size - sent));
}

static void
send_frame (Peer *peer, guint8 opcode, const void *payload, gsize size)
{
  g_autofree guint8 *frame = g_malloc (size + 10);
  gsize header = websocket_put_header (frame, opcode, size);

  memcpy (frame + header, payload, size);
  peer_send (peer, frame, header + size);
}

void
peer_send_text (Peer *peer, const gchar *text)
{
  send_frame (peer, OPCODE_TEXT, text, strlen (text));
}

void
peer_ping (Peer *peer)
{
  send_frame (peer, OPCODE_PING, "", 0);
}

void
peer_close (Peer *peer)
{
  send_frame (peer, OPCODE_CLOSE, "\x03\xe8", 2);
}

static void
upgrade (Peer *peer, const gchar *request)
{
  const gchar *key = strcasestr (request, "sec-websocket-key: ");
  g_autofree gchar *text = NULL, *accept = NULL, *response = NULL;
  g_auto (GStrv) path = NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize size = sizeof digest;

  path = g_strsplit_set (request, " /", 5);
  if (key == NULL || g_strv_length (path) < 5)
    g_error ("Not a request that is expected here: %s", request);
  peer->kind = g_strdup (path[2]);
  peer->meeting = (guint) atoi (path[3]);
  text = g_strdup_printf ("%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
      key + strlen ("sec-websocket-key: "));
  g_checksum_update (sum, (const guchar *) text, -1);
  g_checksum_get_digest (sum, digest, &size);
  accept = g_base64_encode (digest, size);
  if (peer->deflated && strstr (request, "permessage-deflate") == NULL)
    g_error ("The receiver does not take permessage-deflate");
  response = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: %s\r\n%s\r\n", accept, peer->deflated
      ? "Sec-WebSocket-Extensions: permessage-deflate; "
      "server_no_context_takeover; client_no_context_takeover\r\n" : "");
  peer_send (peer, (const guint8 *) response, strlen (response));
  if (g_str_equal (peer->kind, "stream"))
    peer->callbacks.ready (peer, peer->meeting, peer->user_data);
}

static void
answer_signaling_handshake (Peer *peer)
{
  const gchar *scheme = peer->ssl ? "wss" : "ws";
  g_autofree gchar *text = g_strdup_printf ("{\"msg_type\":2,"
      "\"protocol_version\":1,\"sequence\":0,\"status_code\":0,\"reason\":"
      "\"\",\"media_server\":{\"server_urls\":{\"all\":"
      "\"%s://localhost:%u/media/%u\"}}}", scheme, peer->port,
      peer->meeting);

  peer_send_text (peer, text);
}

/* Confirms whatever was asked for. */
static void
answer_media_handshake (Peer *peer, const gchar *request)
{
  const gchar *params = strstr (request, "\"media_params\":");
  g_autoptr (GString) text = g_string_new ("{\"msg_type\":4,"
      "\"protocol_version\":1,\"sequence\":0,\"status_code\":0,"
      "\"reason\":\"\",\"payload_encrypted\":false");
  gint depth = 0;

  if (params) {
    const gchar *p = params + strlen ("\"media_params\":");
    const gchar *end = p;

    do {
      depth += *end == '{';
      depth -= *end == '}';
    } while (*end++ && depth > 0);
    g_string_append (text, ",\"media_params\":");
    g_string_append_len (text, p, end - p);
  }
  g_string_append_c (text, '}');
  peer_send_text (peer, text->str);
  g_hash_table_insert (waiting_media, GUINT_TO_POINTER (peer->meeting),
      peer);
}

static void
handle_message (Peer *peer, const gchar *text)
{
  const gchar *type = strstr (text, "\"msg_type\":");
  Peer *media;

  switch (type ? atoi (type + strlen ("\"msg_type\":")) : 0) {
    case 1:
      answer_signaling_handshake (peer);
      break;
    case 3:
      answer_media_handshake (peer, text);
      break;
    case 7:
      media = g_hash_table_lookup (waiting_media,
          GUINT_TO_POINTER (peer->meeting));
      if (media)
        media->callbacks.ready (media, peer->meeting, peer->user_data);
      break;
    default:
      break;
  }
}

/* Clients' frames are masked, small and whole. */
static gsize
take_frame (Peer *peer)
{
  const guint8 *in = peer->in->data;
  gsize size, header = 6, left = peer->in->len;
  g_autofree gchar *text = NULL;

  if (left < header)
    return 0;
  size = in[1] & 0x7f;
  if (size == 126) {
    header = 8;
    size = (gsize) in[2] << 8 | in[3];
  }
  if (left < header + size)
    return 0;
  text = g_malloc0 (size + 1);
  for (gsize i = 0; i < size; i++)
    text[i] = (gchar) (in[header + i] ^ in[header - 4 + i % 4]);
  switch (in[0] & 0x0f) {
    case OPCODE_PONG:
      peer->callbacks.pong (peer, peer->user_data);
      break;
    case OPCODE_PING:
      send_frame (peer, OPCODE_PONG, text, size);
      break;
    case OPCODE_CLOSE:
      peer->is_closed = TRUE;
      break;
    default:
      handle_message (peer, text);
      break;
  }
  return header + size;
}

static void
handle_input (Peer *peer)
{
  gsize n;

  if (peer->kind == NULL) {
    const guint8 *end = memmem (peer->in->data, peer->in->len, "\r\n\r\n",
        4);
    g_autofree gchar *request = NULL;

    if (end == NULL)
      return;
    n = (gsize) (end - peer->in->data) + 4;
    request = g_strndup ((const gchar *) peer->in->data, n);
    g_byte_array_remove_range (peer->in, 0, (guint) n);
    upgrade (peer, request);
  }
  while (!peer->is_closed && (n = take_frame (peer)) > 0)
    g_byte_array_remove_range (peer->in, 0, (guint) n);
}

void
peer_read (Peer *peer)
{
  guint8 bytes[4096];
  gssize n;

  for (;;) {
    if (peer->ssl)
      n = SSL_read (peer->ssl, bytes, sizeof bytes);
    else
      n = recv (peer->fd, bytes, sizeof bytes, 0);
    if (n <= 0)
      break;
    g_byte_array_append (peer->in, bytes, (guint) n);
    handle_input (peer);
  }
  if (peer->ssl) {
    int problem = SSL_get_error (peer->ssl, (int) n);

    peer->is_closed |= problem != SSL_ERROR_WANT_READ
        && problem != SSL_ERROR_WANT_WRITE;
  } else {
    peer->is_closed |= n == 0 || (errno != EAGAIN && errno != EINTR);
  }
}
