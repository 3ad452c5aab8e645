/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bytes that a server sends: its answer to the upgrade, then frames. They
 * are read twice, once as they are and once in pieces whose size the first
 * byte chooses; networks cut where they like, and it must make no
 * difference. */

/* The connection under it is the target's, so its insides are needed. */
#include "ext/websocket/rtmswebsocket.c"

#include "fuzz.h"

#define MAX_MESSAGE 1000

/* What the network would give, and what it got. */
typedef struct {
  const guint8 *next;
  const guint8 *end;
  gsize piece;                  /* 0: all at once */
  gboolean has_paused;          /* between two pieces */
  gboolean is_open;
  gboolean is_closed;
  gboolean wants_waking;
  guint8 next_random;
  GString *log;
} Network;

static Network network;

gint
rtms_transport_handshake (RtmsTransport *transport, GError **error)
{
  return 1;
}

gssize
rtms_transport_read (RtmsTransport *transport, guint8 *bytes, gsize size,
    gboolean *more, GError **error)
{
  gsize n = MIN (size, (gsize) (network.end - network.next));

  *more = FALSE;
  if (network.piece && n > 0) {
    network.has_paused = !network.has_paused;
    if (network.has_paused)
      return RTMS_TRANSPORT_WANT_READ;
    n = MIN (n, network.piece);
  }
  *more = n == size;
  if (n)
    memcpy (bytes, network.next, n);
  network.next += n;
  return (gssize) n;
}

gssize
rtms_transport_write (RtmsTransport *transport, const guint8 *bytes,
    gsize size, GError **error)
{
  g_autofree gchar *text = g_base64_encode (bytes, size);

  g_string_append_printf (network.log, "%s\n", text);
  return (gssize) size;
}

void
rtms_transport_shutdown (RtmsTransport *transport)
{
}

gint64
rtms_transport_get_round_trip (RtmsTransport *transport)
{
  return -1;
}

void
rtms_transport_free (RtmsTransport *transport)
{
}

RtmsTransport *
rtms_transport_new_plain (int fd)
{
  g_assert_not_reached ();
}

RtmsTransport *
rtms_transport_new_tls (int fd, const gchar *host, const gchar *ca_file,
    GError **error)
{
  g_assert_not_reached ();
}

gboolean
rtms_network_thread_is_current (RtmsNetworkThread *thread)
{
  return TRUE;
}

guint8 *
rtms_network_thread_get_buffer (RtmsNetworkThread *thread, gsize *size)
{
  static guint8 buffer[4096];

  *size = sizeof buffer;
  return buffer;
}

RtmsWatch *
rtms_watch_new (RtmsNetworkThread *thread, int fd, RtmsWatchEvents events,
    RtmsWatchFunc func, gpointer user_data)
{
  g_assert_not_reached ();
}

void
rtms_watch_set_events (RtmsWatch *watch, RtmsWatchEvents events)
{
}

void
rtms_watch_wake (RtmsWatch *watch)
{
  network.wants_waking = TRUE;
}

void
rtms_watch_free (RtmsWatch *watch)
{
}

/* The same in every run, so that the corpus holds answers to its key. */
gboolean
rtms_crypto_random (guint8 *bytes, gsize size)
{
  while (size-- > 0)
    *bytes++ = network.next_random++;
  return TRUE;
}

static void
on_fuzz_opened (gpointer user_data)
{
  g_assert_false (network.is_open || network.is_closed);
  network.is_open = TRUE;
  g_string_append (network.log, "opened\n");
}

static void
on_fuzz_received (const gchar *text, gsize length, gpointer user_data)
{
  g_autofree gchar *sum = g_compute_checksum_for_data (G_CHECKSUM_MD5,
      (const guchar *) text, length);

  g_assert_true (network.is_open && !network.is_closed);
  g_assert_cmpuint (length, <=, MAX_MESSAGE);
  g_string_append_printf (network.log, "%" G_GSIZE_FORMAT " %s\n", length,
      sum);
}

static void
on_fuzz_closed (guint code, const GError *error, gpointer user_data)
{
  g_assert_false (network.is_closed);
  network.is_closed = TRUE;
  g_assert_true ((code == CLOSE_NORMAL) == (error == NULL));
  if (error)
    fuzz_assert_is_line (error->message);
  g_string_append_printf (network.log, "closed %u %s\n", code,
      error ? error->message : "");
}

/* What a client made of it, as text. */
static gchar *
read_all (const guint8 *bytes, gsize size, gsize piece)
{
  static const RtmsWebsocketCallbacks callbacks = {
    .opened = on_fuzz_opened,
    .received = on_fuzz_received,
    .closed = on_fuzz_closed,
  };
  const RtmsWebsocketConfig config = { .max_message_size = MAX_MESSAGE };
  RtmsWebsocket *websocket;

  network = (Network) { .next = bytes, .end = bytes + size, .piece = piece };
  network.log = g_string_new (NULL);
  websocket = create (NULL, "ws://127.0.0.1/", &config, &callbacks, NULL);
  websocket->state = STATE_TLS;
  continue_tls (websocket);
  /* Until the end of the bytes has been read, which closes it. */
  while (!network.is_closed)
    on_ready (RTMS_WATCH_READ, websocket);
  rtms_websocket_free (websocket);
  return g_string_free (network.log, FALSE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  g_autofree gchar *whole = NULL, *pieces = NULL;

  if (size == 0)
    return 0;
  whole = read_all (bytes + 1, size - 1, 0);
  pieces = read_all (bytes + 1, size - 1, 1 + bytes[0] % 16);
  g_assert_cmpstr (whole, ==, pieces);
  return 0;
}
