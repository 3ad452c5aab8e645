/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmswebsocket.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "ext/crypto/rtmscrypto.h"
#include "rtmsframe.h"
#include "rtmstransport.h"
#include "rtmsproxy.h"
#include "rtmsupgrade.h"

/* Invalid UTF-8 in a text message, which RFC 6455 has end a connection, is
 * something that RTMS clients have to survive: the reader mends it. */

#define RESPONSE_MAX (16 * 1024)
/* A socket that always has more to read lets others have a turn. */
#define READ_BYTES_PER_TURN (256 * 1024)
/* Frames without payload are legal, an endless row of them is an attack. */
#define EMPTY_FRAMES_MAX 1000
#define MESSAGE_MEMORY_KEPT (64 * 1024)
/* Ours are small messages and pongs: more than this is never read. */
#define OUT_MAX (1024 * 1024)

#define CLOSE_NORMAL 1000
#define CLOSE_PROTOCOL_ERROR 1002
#define CLOSE_NO_STATUS 1005
#define CLOSE_ABNORMAL 1006
#define CLOSE_TOO_BIG 1009

typedef enum {
  STATE_CONNECTING,
  STATE_TLS,
  STATE_UPGRADE,
  STATE_OPEN,
  STATE_CLOSED,
} State;

struct _RtmsWebsocket
{
  guint ref_count;              /* the owner's, and one per call into it */
  RtmsNetworkThread *thread;
  RtmsWebsocketCallbacks callbacks;
  gpointer user_data;
  gchar *tls_ca_file;
  gsize max_message_size;

  State state;
  GUri *uri;
  gboolean is_tls;
  gchar *key;
  GCancellable *cancellable;
  GIOStream *connection;        /* keeps the descriptor open */
  RtmsTransport *transport;
  RtmsWatch *watch;

  GByteArray *out;              /* what the socket did not take yet */
  GByteArray *head;             /* the upgrade's response */

  guint8 header[RTMS_FRAME_HEADER_MAX]; /* of a frame, as far as it came */
  gsize header_size;
  RtmsFrame frame;              /* the current one, if there is one */
  gboolean in_frame;
  guint64 frame_left;           /* payload to come of it */
  gboolean in_message;
  GByteArray *message;          /* what came of a message in parts */
  guint empty_frames;
  guint8 control[RTMS_FRAME_CONTROL_MAX];
  gsize control_size;
};

static RtmsWebsocket *
websocket_ref (RtmsWebsocket *websocket)
{
  websocket->ref_count++;
  return websocket;
}

/* Everything but the struct: after this no callback comes. */
static void
release (RtmsWebsocket *websocket)
{
  websocket->state = STATE_CLOSED;
  g_cancellable_cancel (websocket->cancellable);
  g_clear_pointer (&websocket->watch, rtms_watch_free);
  g_clear_pointer (&websocket->transport, rtms_transport_free);
  g_clear_object (&websocket->connection);
}

static void
websocket_unref (RtmsWebsocket *websocket)
{
  if (--websocket->ref_count > 0)
    return;
  g_uri_unref (websocket->uri);
  g_free (websocket->tls_ca_file);
  g_free (websocket->key);
  g_object_unref (websocket->cancellable);
  g_byte_array_unref (websocket->out);
  g_byte_array_unref (websocket->head);
  g_byte_array_unref (websocket->message);
  g_free (websocket);
}

static void
close_with (RtmsWebsocket *websocket, guint code, const GError *error)
{
  if (websocket->state == STATE_CLOSED)
    return;
  release (websocket);
  if (websocket->callbacks.closed)
    websocket->callbacks.closed (code, error, websocket->user_data);
}

static void G_GNUC_PRINTF (4, 5)
close_with_error (RtmsWebsocket *websocket, guint code, RtmsError error_code,
    const gchar *format, ...)
{
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (RTMS_ERROR, error_code, format, args);
  va_end (args);
  close_with (websocket, code, error);
}

static void
update_watch (RtmsWebsocket *websocket)
{
  rtms_watch_set_events (websocket->watch, RTMS_WATCH_READ
      | (websocket->out->len ? RTMS_WATCH_WRITE : 0));
}

static gboolean
flush (RtmsWebsocket *websocket)
{
  GByteArray *out = websocket->out;
  g_autoptr (GError) error = NULL;

  if (websocket->state == STATE_CLOSED)
    return FALSE;
  while (out->len > 0) {
    gssize n = rtms_transport_write (websocket->transport, out->data,
        out->len, &error);

    if (n == RTMS_TRANSPORT_ERROR) {
      close_with (websocket, CLOSE_ABNORMAL, error);
      return FALSE;
    }
    if (n < 0)
      break;
    g_byte_array_remove_range (out, 0, (guint) n);
  }
  if (out->len > OUT_MAX) {
    close_with_error (websocket, CLOSE_ABNORMAL, RTMS_ERROR_CLOSED,
        "The server does not read what is sent to it");
    return FALSE;
  }
  update_watch (websocket);
  return TRUE;
}

static void
queue_frame (RtmsWebsocket *websocket, RtmsFrameOpcode opcode,
    const guint8 *payload, gsize size)
{
  guint8 mask[RTMS_FRAME_MASK_SIZE];

  if (rtms_crypto_random (mask, sizeof mask))
    rtms_frame_append (websocket->out, opcode, mask, payload, size);
  else
    close_with_error (websocket, CLOSE_ABNORMAL, RTMS_ERROR_CLOSED,
        "No random numbers are to be had");
}

static void
queue_close (RtmsWebsocket *websocket, guint code)
{
  guint16 value = GUINT16_TO_BE ((guint16) code);

  queue_frame (websocket, RTMS_FRAME_CLOSE, (const guint8 *) &value,
      code == CLOSE_NO_STATUS ? 0 : sizeof value);
}

/* Ends a connection whose other side breaks the rules, and says so to it. */
static void G_GNUC_PRINTF (3, 4)
refuse (RtmsWebsocket *websocket, guint code, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  queue_close (websocket, code);
  if (flush (websocket))
    close_with_error (websocket, code, RTMS_ERROR_MALFORMED, "%s", text);
}

static void
handle_close_frame (RtmsWebsocket *websocket)
{
  guint code = CLOSE_NO_STATUS;

  if (websocket->control_size >= 2)
    code = (guint) websocket->control[0] << 8 | websocket->control[1];
  queue_close (websocket, code);
  if (!flush (websocket))
    return;
  if (code == CLOSE_NORMAL)
    close_with (websocket, code, NULL);
  else
    close_with_error (websocket, code, RTMS_ERROR_CLOSED,
        "The server closed the connection with code %u", code);
}

static void
handle_control_frame (RtmsWebsocket *websocket)
{
  if (websocket->frame.opcode == RTMS_FRAME_CLOSE) {
    handle_close_frame (websocket);
  } else if (websocket->frame.opcode == RTMS_FRAME_PING) {
    queue_frame (websocket, RTMS_FRAME_PONG, websocket->control,
        websocket->control_size);
    flush (websocket);
  }
}

static void
deliver (RtmsWebsocket *websocket, const guint8 *bytes, gsize size)
{
  websocket->callbacks.received ((const gchar *) bytes, size,
      websocket->user_data);
}

static void
deliver_assembled (RtmsWebsocket *websocket)
{
  websocket->in_message = FALSE;
  deliver (websocket, websocket->message->data, websocket->message->len);
  if (websocket->message->len > MESSAGE_MEMORY_KEPT) {
    g_byte_array_unref (websocket->message);
    websocket->message = g_byte_array_new ();
  } else {
    g_byte_array_set_size (websocket->message, 0);
  }
}

static gboolean
check_frame_start (RtmsWebsocket *websocket)
{
  const RtmsFrame *frame = &websocket->frame;
  gboolean continuation = frame->opcode == RTMS_FRAME_CONTINUATION;

  if (frame->has_reserved || frame->is_masked
      || frame->opcode > RTMS_FRAME_PONG) {
    refuse (websocket, CLOSE_PROTOCOL_ERROR,
        "The server sent a frame that RFC 6455 forbids");
    return FALSE;
  }
  if (rtms_frame_is_control (frame)) {
    websocket->control_size = 0;
    return TRUE;
  }
  if (continuation != websocket->in_message
      || frame->opcode > RTMS_FRAME_BINARY) {
    refuse (websocket, CLOSE_PROTOCOL_ERROR,
        "The server sent a frame out of order");
    return FALSE;
  }
  if (frame->size > websocket->max_message_size
      || websocket->message->len + frame->size
      > websocket->max_message_size) {
    refuse (websocket, CLOSE_TOO_BIG, "The server sent a message of more "
        "than %" G_GSIZE_FORMAT " bytes; max-message-size allows no more",
        websocket->max_message_size);
    return FALSE;
  }
  if (!continuation)
    websocket->empty_frames = 0;
  if (frame->size == 0 && !frame->is_final
      && ++websocket->empty_frames > EMPTY_FRAMES_MAX) {
    refuse (websocket, CLOSE_PROTOCOL_ERROR,
        "The server sent too many empty fragments");
    return FALSE;
  }
  websocket->in_message = TRUE;
  return TRUE;
}

/* Returns how many of the bytes belong to a frame's header. It is in_frame
 * once it has all of it. */
static gsize
take_header (RtmsWebsocket *websocket, const guint8 *bytes, gsize size)
{
  gsize before = websocket->header_size;
  gint n;

  size = MIN (size, sizeof websocket->header - before);
  memcpy (websocket->header + before, bytes, size);
  n = rtms_frame_parse (&websocket->frame, websocket->header, before + size);
  if (n == 0) {
    websocket->header_size += size;
    return size;
  }
  websocket->header_size = 0;
  if (n < 0) {
    refuse (websocket, CLOSE_PROTOCOL_ERROR,
        "The server sent what is no WebSocket frame");
    return size;
  }
  websocket->in_frame = check_frame_start (websocket);
  websocket->frame_left = websocket->frame.size;
  return (gsize) n - before;
}

/* @bytes are the next of the current frame's payload. */
static void
handle_payload (RtmsWebsocket *websocket, const guint8 *bytes, gsize size)
{
  gboolean is_last;

  websocket->frame_left -= size;
  websocket->in_frame = websocket->frame_left > 0;
  is_last = !websocket->in_frame && websocket->frame.is_final;
  if (rtms_frame_is_control (&websocket->frame)) {
    if (size)
      memcpy (websocket->control + websocket->control_size, bytes, size);
    websocket->control_size += size;
    if (is_last)
      handle_control_frame (websocket);
    return;
  }

  /* Most messages are one frame that came at once. */
  if (is_last && websocket->message->len == 0) {
    websocket->in_message = FALSE;
    deliver (websocket, bytes, size);
    return;
  }
  g_byte_array_append (websocket->message, bytes, (guint) size);
  if (is_last)
    deliver_assembled (websocket);
}

static void
handle_bytes (RtmsWebsocket *websocket, const guint8 *bytes, gsize size)
{
  while (size > 0 && websocket->state == STATE_OPEN) {
    gsize n = 0;

    if (!websocket->in_frame) {
      n = take_header (websocket, bytes, size);
      bytes += n;
      size -= n;
      if (!websocket->in_frame)
        continue;
    }
    n = (gsize) MIN (size, websocket->frame_left);
    handle_payload (websocket, bytes, n);
    bytes += n;
    size -= n;
  }
}

static void
read_frames (RtmsWebsocket *websocket)
{
  gsize room, turn_bytes = 0;
  guint8 *bytes = rtms_network_thread_get_buffer (websocket->thread, &room);
  gboolean more = TRUE;

  while (more && websocket->state == STATE_OPEN) {
    g_autoptr (GError) error = NULL;
    gssize n;

    if (turn_bytes >= READ_BYTES_PER_TURN) {
      rtms_watch_wake (websocket->watch);
      return;
    }
    n = rtms_transport_read (websocket->transport, bytes, room, &more,
        &error);
    if (n > 0) {
      turn_bytes += (gsize) n;
      handle_bytes (websocket, bytes, (gsize) n);
    } else if (n == RTMS_TRANSPORT_ERROR) {
      close_with (websocket, CLOSE_ABNORMAL, error);
    } else if (n == 0) {
      close_with_error (websocket, CLOSE_ABNORMAL, RTMS_ERROR_CLOSED,
          "The server ended the connection without a WebSocket close");
    }
  }
}

static void
finish_upgrade (RtmsWebsocket *websocket, gsize head_size)
{
  g_autofree gchar *response = g_strndup (
      (const gchar *) websocket->head->data, head_size);
  g_autoptr (GError) error = NULL;

  if (!rtms_upgrade_check_response (response, websocket->key, &error)) {
    close_with (websocket, CLOSE_ABNORMAL, error);
    return;
  }
  websocket->state = STATE_OPEN;
  websocket->callbacks.opened (websocket->user_data);
  handle_bytes (websocket, websocket->head->data + head_size,
      websocket->head->len - head_size);
  g_byte_array_set_size (websocket->head, 0);
  read_frames (websocket);
}

static void
read_upgrade (RtmsWebsocket *websocket)
{
  guint8 bytes[2048];
  gboolean more = TRUE;

  while (more) {
    g_autoptr (GError) error = NULL;
    gssize n = rtms_transport_read (websocket->transport, bytes,
        sizeof bytes, &more, &error);
    gssize head_size;

    if (n == RTMS_TRANSPORT_ERROR) {
      close_with (websocket, CLOSE_ABNORMAL, error);
      return;
    }
    if (n == 0) {
      close_with_error (websocket, CLOSE_ABNORMAL, RTMS_ERROR_CONNECT,
          "The server closed the connection instead of opening a WebSocket");
      return;
    }
    if (n < 0)
      return;
    g_byte_array_append (websocket->head, bytes, (guint) n);
    head_size = rtms_upgrade_find_end (websocket->head->data,
        websocket->head->len);
    if (head_size > 0) {
      finish_upgrade (websocket, (gsize) head_size);
      return;
    }
    if (websocket->head->len > RESPONSE_MAX) {
      close_with_error (websocket, CLOSE_ABNORMAL, RTMS_ERROR_CONNECT,
          "The server's answer to the WebSocket request does not end");
      return;
    }
  }
}

static void
start_upgrade (RtmsWebsocket *websocket)
{
  g_autofree gchar *request = NULL;

  websocket->key = rtms_upgrade_create_key ();
  if (websocket->key == NULL) {
    close_with_error (websocket, CLOSE_ABNORMAL, RTMS_ERROR_CONNECT,
        "No random numbers are to be had");
    return;
  }
  websocket->state = STATE_UPGRADE;
  request = rtms_upgrade_create_request (websocket->uri, websocket->key);
  g_byte_array_append (websocket->out, (const guint8 *) request,
      (guint) strlen (request));
  flush (websocket);
}

static void
continue_tls (RtmsWebsocket *websocket)
{
  g_autoptr (GError) error = NULL;

  switch (rtms_transport_handshake (websocket->transport, &error)) {
    case 1:
      start_upgrade (websocket);
      break;
    case RTMS_TRANSPORT_WANT_READ:
      rtms_watch_set_events (websocket->watch, RTMS_WATCH_READ);
      break;
    case RTMS_TRANSPORT_WANT_WRITE:
      rtms_watch_set_events (websocket->watch, RTMS_WATCH_WRITE);
      break;
    default:
      close_with (websocket, CLOSE_ABNORMAL, error);
      break;
  }
}

static void
on_ready (RtmsWatchEvents events, gpointer user_data)
{
  RtmsWebsocket *websocket = websocket_ref (user_data);

  if (websocket->state == STATE_TLS) {
    continue_tls (websocket);
  } else {
    if (!(events & RTMS_WATCH_WRITE) || flush (websocket)) {
      if (websocket->state == STATE_UPGRADE)
        read_upgrade (websocket);
      else if (websocket->state == STATE_OPEN)
        read_frames (websocket);
    }
  }
  websocket_unref (websocket);
}

/* The socket under whatever a proxy put around it. */
static GSocket *
find_socket (GIOStream *connection, GError **error)
{
  while (G_IS_TCP_WRAPPER_CONNECTION (connection))
    connection = g_tcp_wrapper_connection_get_base_io_stream (
        G_TCP_WRAPPER_CONNECTION (connection));
  if (G_IS_SOCKET_CONNECTION (connection))
    return g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection));
  g_set_error (error, RTMS_ERROR, RTMS_ERROR_CONNECT,
      "Proxies that are themselves reached through TLS are not supported");
  return NULL;
}

static gboolean
adopt_connection (RtmsWebsocket *websocket, GError **error)
{
  GSocket *socket = find_socket (websocket->connection, error);
  int fd;

  if (socket == NULL)
    return FALSE;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  fd = g_socket_get_fd (socket);
  websocket->transport = websocket->is_tls
      ? rtms_transport_new_tls (fd, g_uri_get_host (websocket->uri),
      websocket->tls_ca_file, error)
      : rtms_transport_new_plain (fd);
  if (websocket->transport == NULL)
    return FALSE;
  websocket->state = STATE_TLS;
  websocket->watch = rtms_watch_new (websocket->thread, fd, RTMS_WATCH_READ,
      on_ready, websocket);
  return TRUE;
}

static void
on_connected (GObject *client, GAsyncResult *result, gpointer user_data)
{
  RtmsWebsocket *websocket = user_data;
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  connection = g_socket_client_connect_to_host_finish (
      G_SOCKET_CLIENT (client), result, &error);
  if (websocket->state != STATE_CONNECTING) {
    g_clear_object (&connection);
  } else if (connection == NULL) {
    close_with_error (websocket, CLOSE_ABNORMAL, RTMS_ERROR_CONNECT, "%s",
        error->message);
  } else {
    websocket->connection = G_IO_STREAM (connection);
    if (adopt_connection (websocket, &error))
      continue_tls (websocket);
    else
      close_with (websocket, CLOSE_ABNORMAL, error);
  }
  websocket_unref (websocket);
}

/* Everything but a connection. */
static RtmsWebsocket *
create (RtmsNetworkThread *thread, const gchar *url,
    const RtmsWebsocketConfig *config,
    const RtmsWebsocketCallbacks *callbacks, gpointer user_data)
{
  RtmsWebsocket *websocket = g_new0 (RtmsWebsocket, 1);

  websocket->ref_count = 1;
  websocket->thread = thread;
  websocket->callbacks = *callbacks;
  websocket->user_data = user_data;
  websocket->tls_ca_file = g_strdup (config->tls_ca_file);
  websocket->max_message_size = config->max_message_size;
  websocket->uri = g_uri_parse (url,
      G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY, NULL);
  websocket->is_tls = g_str_equal (g_uri_get_scheme (websocket->uri), "wss");
  websocket->cancellable = g_cancellable_new ();
  websocket->out = g_byte_array_new ();
  websocket->head = g_byte_array_new ();
  websocket->message = g_byte_array_new ();
  return websocket;
}

/**
 * rtms_websocket_new:
 * @thread: the network thread, which is also the caller's
 * @url: a ws or wss URL, already checked
 * @config: copied
 * @callbacks: copied
 * @user_data: for @callbacks
 *
 * Begins to connect: through the proxy of the environment if there is one,
 * over IPv6 and IPv4.
 *
 * Returns: (transfer full): a websocket
 */
RtmsWebsocket *
rtms_websocket_new (RtmsNetworkThread *thread, const gchar *url,
    const RtmsWebsocketConfig *config,
    const RtmsWebsocketCallbacks *callbacks, gpointer user_data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GProxyResolver) proxies = NULL;
  RtmsWebsocket *websocket;
  gint port;

  g_assert (rtms_network_thread_is_current (thread));

  websocket = create (thread, url, config, callbacks, user_data);
  proxies = rtms_proxy_resolver_new (websocket->is_tls);
  g_socket_client_set_proxy_resolver (client, proxies);
  port = g_uri_get_port (websocket->uri);
  if (port <= 0)
    port = websocket->is_tls ? 443 : 80;
  g_socket_client_connect_to_host_async (client,
      g_uri_get_host (websocket->uri), (guint16) port,
      websocket->cancellable, on_connected, websocket_ref (websocket));
  return websocket;
}

/**
 * rtms_websocket_send:
 * @websocket: an open websocket
 * @text: a message
 * @length: in bytes
 *
 * Never blocks: what the socket does not take at once is kept.
 */
void
rtms_websocket_send (RtmsWebsocket *websocket, const gchar *text,
    gsize length)
{
  if (websocket->state != STATE_OPEN)
    return;
  websocket_ref (websocket);
  queue_frame (websocket, RTMS_FRAME_TEXT, (const guint8 *) text, length);
  if (websocket->state == STATE_OPEN)
    flush (websocket);
  websocket_unref (websocket);
}

/* Of an open websocket, in µs; -1 where it is not known. */
gint64
rtms_websocket_get_round_trip (RtmsWebsocket *websocket)
{
  return websocket->transport
      ? rtms_transport_get_round_trip (websocket->transport) : -1;
}

/**
 * rtms_websocket_free:
 * @websocket: (transfer full): a websocket
 *
 * Says goodbye as far as that can be done without waiting, and closes the
 * socket. No callback comes after this.
 */
void
rtms_websocket_free (RtmsWebsocket *websocket)
{
  websocket->callbacks.closed = NULL;
  if (websocket->state == STATE_OPEN) {
    queue_close (websocket, CLOSE_NORMAL);
    if (websocket->state == STATE_OPEN && websocket->out->len > 0)
      rtms_transport_write (websocket->transport, websocket->out->data,
          websocket->out->len, NULL);
    if (websocket->state == STATE_OPEN)
      rtms_transport_shutdown (websocket->transport);
  }
  release (websocket);
  websocket_unref (websocket);
}
