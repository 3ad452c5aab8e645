/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What no receiver can undercut by much: epoll, OpenSSL, the payload found
 * between its quotes and decoded. It believes all it reads. */

#include "ext/json/rtmsbase64.h"
#include "tally.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE (64 * 1024)
#define OPCODE_TEXT 1
#define OPCODE_CLOSE 8
#define OPCODE_PING 9

typedef struct {
  int fd;
  SSL *ssl;                     /* (nullable) */
  guint8 *in;                   /* what is not complete yet */
  gsize in_size;
} Connection;

static guint8 payload[1024 * 1024];
static guint n_closed;

static gssize
read_some (Connection *c, guint8 *bytes, gsize size)
{
  return c->ssl ? SSL_read (c->ssl, bytes, (int) size)
      : recv (c->fd, bytes, size, 0);
}

static void
write_all (Connection *c, const void *bytes, gsize size)
{
  gssize n = c->ssl ? SSL_write (c->ssl, bytes, (int) size)
      : send (c->fd, bytes, size, MSG_NOSIGNAL);

  if (n != (gssize) size)
    g_error ("A message of %" G_GSIZE_FORMAT " bytes could not be sent",
        size);
}

static void
take_message (const guint8 *text, gsize size)
{
  const guint8 *data = memmem (text, size, "\"data\":\"", 8), *end;
  gssize n;

  if (data == NULL)
    return;
  data += 8;
  end = memchr (data, '"', (gsize) (text + size - data));
  n = rtms_base64_decode ((const gchar *) data, (gsize) (end - data),
      payload);
  if (n < 0)
    g_error ("Not base64");
  tally_add (payload, (gsize) n);
}

static gsize
take_frame (Connection *c, const guint8 *in, gsize left)
{
  gsize header = 2, size;

  if (left < 2)
    return 0;
  size = in[1];
  if (size >= 126) {
    header = size == 126 ? 4 : 10;
    if (left < header)
      return 0;
    size = 0;
    for (gsize i = 2; i < header; i++)
      size = size << 8 | in[i];
  }
  if (left < header + size)
    return 0;
  switch (in[0] & 0x0f) {
    case OPCODE_TEXT:
      take_message (in + header, size);
      break;
    case OPCODE_PING:
      write_all (c, "\x8a\x80\0\0\0\0", 6);
      break;
    case OPCODE_CLOSE:
      write_all (c, "\x88\x80\0\0\0\0", 6);
      n_closed++;
      break;
    default:
      break;
  }
  return header + size;
}

/* One read for all that is there, and a copy of the last, broken message. */
static void
on_readable (Connection *c)
{
  static guint8 bytes[1024 * 1024 + READ_SIZE];
  gsize size = c->in_size, used = 0, n;
  gssize got;

  memcpy (bytes, c->in, size);
  while ((got = read_some (c, bytes + size, READ_SIZE)) > 0) {
    size += (gsize) got;
    while ((n = take_frame (c, bytes + used, size - used)) > 0)
      used += n;
    memmove (bytes, bytes + used, size - used);
    size -= used;
    used = 0;
    if (c->ssl == NULL || !SSL_has_pending (c->ssl))
      break;
  }
  c->in = g_realloc (c->in, size + 1);
  memcpy (c->in, bytes, size);
  c->in_size = size;
}

static void
open_connection (Connection *c, SSL_CTX *context, guint id)
{
  const gchar *port = strrchr (tally_options.url, ':') + 1;
  struct sockaddr_in address = { .sin_family = AF_INET,
    .sin_port = htons ((guint16) atoi (port)) };
  g_autofree gchar *request = g_strdup_printf ("GET /stream/%u HTTP/1.1\r\n"
      "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n", id);
  GString *head = g_string_new (NULL);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  c->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect (c->fd, (struct sockaddr *) &address, sizeof address) < 0)
    g_error ("Cannot connect");
  setsockopt (c->fd, IPPROTO_TCP, TCP_NODELAY, &(int) { 1 }, sizeof (int));
  if (context) {
    c->ssl = SSL_new (context);
    SSL_set_fd (c->ssl, c->fd);
    SSL_set_read_ahead (c->ssl, 1);
    if (SSL_connect (c->ssl) != 1)
      g_error ("Cannot connect by TLS");
  }
  write_all (c, request, strlen (request));
  while (!g_str_has_suffix (head->str, "\r\n\r\n")) {
    guint8 byte;

    if (read_some (c, &byte, 1) != 1)
      g_error ("No answer");
    g_string_append_c (head, (gchar) byte);
  }
  g_string_free (head, TRUE);
  fcntl (c->fd, F_SETFL, O_NONBLOCK);
}

int
main (int argc, char **argv)
{
  g_autofree Connection *connections = NULL;
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  SSL_CTX *context = NULL;
  guint n;

  tally_init (&argc, &argv);
  n = (guint) tally_options.meetings;
  if (tally_options.ca_file) {
    context = SSL_CTX_new (TLS_client_method ());
    SSL_CTX_set_mode (context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_load_verify_file (context, tally_options.ca_file);
    SSL_CTX_set_verify (context, SSL_VERIFY_PEER, NULL);
  }
  connections = g_new0 (Connection, n);
  for (guint i = 0; i < n; i++) {
    struct epoll_event event = { .events = EPOLLIN,
      .data.ptr = &connections[i] };

    open_connection (&connections[i], context, i);
    epoll_ctl (epoll_fd, EPOLL_CTL_ADD, connections[i].fd, &event);
  }
  while (n_closed < n) {
    struct epoll_event events[64];
    int ready = epoll_wait (epoll_fd, events, G_N_ELEMENTS (events), -1);

    for (int i = 0; i < ready; i++)
      on_readable (events[i].data.ptr);
  }
  tally_print ();
  for (guint i = 0; i < n; i++) {
    SSL_free (connections[i].ssl);
    close (connections[i].fd);
    g_free (connections[i].in);
  }
  SSL_CTX_free (context);
  return 0;
}
