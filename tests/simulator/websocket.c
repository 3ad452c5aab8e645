/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "websocket.h"

#include <string.h>
#include <sys/socket.h>

#define MAX_PAYLOAD (1024 * 1024)
#define READ_SIZE (16 * 1024)
/* A client that does not answer a close frame is let go. */
#define CLOSE_TIMEOUT 5000
/* While a rate limits it, bytes leave this often. */
#define RATE_INTERVAL 20

enum {
  OPCODE_CONTINUATION = 0,
  OPCODE_TEXT = 1,
  OPCODE_BINARY = 2,
  OPCODE_CLOSE = 8,
  OPCODE_PING = 9,
  OPCODE_PONG = 10,
};

typedef enum {
  STATE_OPEN,
  STATE_CLOSING, /* a close frame is on its way, or the last bytes are */
  STATE_CLOSED,
} State;

typedef struct {
  GBytes *bytes;
  gsize done;
  gsize tried;      /* TLS wants what it could not take again as it was */
  gboolean message; /* not a control frame */
} Chunk;

struct _SimWebsocket {
  GIOStream *stream;
  GSocket *socket;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  SimWebsocketCallbacks callbacks;
  gpointer user_data;
  State state;
  gushort code;
  gboolean answered;    /* the client's close frame came */
  gboolean confirmed;   /* and it came for ours: all before it was read */
  gboolean half_closed; /* nothing can be sent any more */
  GByteArray *received;
  GByteArray *message; /* fragments so far */
  GQueue queue;        /* of Chunk */
  guint64 written;
  gboolean endless; /* a message was begun that will never end */
  gint64 stalled_until;
  guint rate;
  gint64 rate_since;
  gint64 rate_until;
  GSource *read_source;
  GSource *write_source;
  guint pump_source;
  guint timeout_source;
  guint reset_source;
  guint closed_source;
};

static void pump (SimWebsocket *websocket);

static void
free_chunk (gpointer data)
{
  Chunk *chunk = data;

  g_bytes_unref (chunk->bytes);
  g_free (chunk);
}

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
drop_id (guint *source)
{
  if (*source != 0)
    g_source_remove (*source);
  *source = 0;
}

/* The end */

static gboolean
tell_closed (gpointer user_data)
{
  SimWebsocket *websocket = user_data;

  websocket->closed_source = 0;
  websocket->callbacks.closed (websocket->user_data, websocket->code);
  return G_SOURCE_REMOVE;
}

static void
finish (SimWebsocket *websocket, gushort code)
{
  if (websocket->state == STATE_CLOSED)
    return;
  if (websocket->state == STATE_OPEN || websocket->code == 0)
    websocket->code = code;
  websocket->state = STATE_CLOSED;
  drop_source (&websocket->read_source);
  drop_source (&websocket->write_source);
  drop_id (&websocket->pump_source);
  drop_id (&websocket->timeout_source);
  drop_id (&websocket->reset_source);
  /* TLS says goodbye, for which it may have to wait. */
  if (!g_socket_is_closed (websocket->socket))
    g_io_stream_close_async (
        websocket->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  /* Before anything else that a client sends by then, on another socket. */
  websocket->closed_source
      = g_idle_add_full (G_PRIORITY_HIGH, tell_closed, websocket, NULL);
}

static gboolean
on_close_timeout (gpointer user_data)
{
  SimWebsocket *websocket = user_data;

  websocket->timeout_source = 0;
  finish (websocket, SIM_CLOSE_ABNORMAL);
  return G_SOURCE_REMOVE;
}

/* Writing */

static void
queue_bytes (SimWebsocket *websocket, GByteArray *data, gboolean message)
{
  Chunk *chunk = g_new0 (Chunk, 1);

  chunk->bytes = g_byte_array_free_to_bytes (data);
  chunk->message = message;
  g_queue_push_tail (&websocket->queue, chunk);
  pump (websocket);
}

static void
append_frame (GByteArray *data, guint8 opcode, gboolean last,
    gconstpointer payload, gsize size)
{
  guint8 header[10] = { opcode | (last ? 0x80 : 0) };
  guint length = 2;

  if (size < 126) {
    header[1] = (guint8)size;
  } else if (size < 65536) {
    header[1] = 126;
    header[2] = size >> 8 & 0xff;
    header[3] = size & 0xff;
    length = 4;
  } else {
    header[1] = 127;
    for (guint i = 0; i < 8; i++)
      header[2 + i] = (guint64)size >> (56 - 8 * i) & 0xff;
    length = 10;
  }
  g_byte_array_append (data, header, length);
  g_byte_array_append (data, payload, (guint)size);
}

static void
append_fragments (GByteArray *data, const gchar *text, gsize length,
    gboolean begin, gboolean end)
{
  for (gsize i = 0; i < length; i++)
    append_frame (data, begin && i == 0 ? OPCODE_TEXT : OPCODE_CONTINUATION,
        end && i == length - 1, text + i, 1);
}

void
sim_websocket_send (SimWebsocket *websocket, const gchar *text, gsize length,
    SimFraming framing)
{
  GByteArray *data;

  if (!sim_websocket_is_open (websocket))
    return;
  data = g_byte_array_sized_new ((guint)length + 16);
  /* Between the fragments of a message no other message can be sent: once
   * one is endless, all that follow are more of it. */
  if (websocket->endless || framing == SIM_FRAMING_ENDLESS)
    append_fragments (data, text, length, !websocket->endless, FALSE);
  else if (framing == SIM_FRAMING_BYTES)
    append_fragments (data, text, length, TRUE, TRUE);
  else
    append_frame (data,
        framing == SIM_FRAMING_BINARY ? OPCODE_BINARY : OPCODE_TEXT, TRUE, text,
        length);
  websocket->endless = websocket->endless || framing == SIM_FRAMING_ENDLESS;
  queue_bytes (websocket, data, TRUE);
}

static gboolean
on_pump (gpointer user_data)
{
  SimWebsocket *websocket = user_data;

  websocket->pump_source = 0;
  pump (websocket);
  return G_SOURCE_REMOVE;
}

static gboolean
on_writable (GObject *stream, gpointer user_data)
{
  SimWebsocket *websocket = user_data;

  drop_source (&websocket->write_source);
  pump (websocket);
  return G_SOURCE_REMOVE;
}

/* How many bytes may leave now; where none may, it looks again later. */
static gsize
get_allowance (SimWebsocket *websocket)
{
  gint64 now = g_get_monotonic_time ();
  guint64 allowed;

  if (now < websocket->stalled_until) {
    websocket->pump_source
        = g_timeout_add ((guint)((websocket->stalled_until - now) / 1000 + 1),
            on_pump, websocket);
    return 0;
  }
  if (websocket->rate == 0 || now >= websocket->rate_until)
    return G_MAXUINT32;
  allowed = (guint64)(now - websocket->rate_since) * websocket->rate
            / G_USEC_PER_SEC;
  websocket->pump_source = g_timeout_add (RATE_INTERVAL, on_pump, websocket);
  if (allowed > 0)
    websocket->rate_since = now;
  return (gsize)allowed;
}

/* After the last byte: the close frame was the last, if there is one. */
static void
drained (SimWebsocket *websocket)
{
  if (websocket->state == STATE_CLOSING && websocket->answered)
    finish (websocket, websocket->code);
}

static void
pump (SimWebsocket *websocket)
{
  gsize allowed;

  if (websocket->state == STATE_CLOSED || websocket->pump_source != 0
      || websocket->write_source != NULL || websocket->queue.length == 0)
    return;
  allowed = get_allowance (websocket);
  while (websocket->queue.length > 0 && allowed > 0) {
    Chunk *chunk = g_queue_peek_head (&websocket->queue);
    g_autoptr (GError) error = NULL;
    gsize size;
    const guint8 *data = g_bytes_get_data (chunk->bytes, &size);
    gsize part
        = chunk->tried > 0 ? chunk->tried : MIN (size - chunk->done, allowed);
    gssize count = g_pollable_output_stream_write_nonblocking (
        websocket->output, data + chunk->done, part, NULL, &error);

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      websocket->write_source
          = g_pollable_output_stream_create_source (websocket->output, NULL);
      g_source_set_callback (websocket->write_source,
          G_SOURCE_FUNC (on_writable), websocket, NULL);
      g_source_attach (websocket->write_source, NULL);
      chunk->tried = part;
      return;
    }
    if (count < 0) {
      finish (websocket, SIM_CLOSE_ABNORMAL);
      return;
    }
    allowed -= MIN (allowed, (gsize)count);
    chunk->tried = 0;
    chunk->done += (gsize)count;
    if (chunk->done < size)
      continue;
    websocket->written += chunk->message ? 1 : 0;
    free_chunk (g_queue_pop_head (&websocket->queue));
  }
  if (websocket->queue.length == 0)
    drained (websocket);
}

static void
queue_close (SimWebsocket *websocket, gushort code, const gchar *reason)
{
  GByteArray *data = g_byte_array_new ();
  guint8 payload[125] = { (guint8)(code >> 8), (guint8)(code & 0xff) };
  gsize length = reason != NULL ? MIN (strlen (reason), 123) : 0;

  if (length > 0)
    memcpy (payload + 2, reason, length);
  append_frame (data, OPCODE_CLOSE, TRUE, payload,
      code == SIM_CLOSE_NO_STATUS ? 0 : length + 2);
  queue_bytes (websocket, data, FALSE);
}

void
sim_websocket_close (SimWebsocket *websocket, gushort code, const gchar *reason)
{
  if (websocket->state != STATE_OPEN)
    return;
  if (code == SIM_CLOSE_ABNORMAL || websocket->half_closed) {
    finish (websocket, SIM_CLOSE_ABNORMAL);
    return;
  }
  websocket->state = STATE_CLOSING;
  websocket->code = code;
  websocket->timeout_source
      = g_timeout_add (CLOSE_TIMEOUT, on_close_timeout, websocket);
  queue_close (websocket, code, reason);
}

/* Reading */

static void
handle_close (SimWebsocket *websocket, const guint8 *payload, gsize size)
{
  gushort code = size >= 2 ? (gushort)(payload[0] << 8 | payload[1])
                           : SIM_CLOSE_NO_STATUS;

  websocket->answered = TRUE;
  websocket->confirmed = websocket->state == STATE_CLOSING;
  if (websocket->state == STATE_OPEN) {
    websocket->state = STATE_CLOSING;
    websocket->code = code;
    if (!websocket->half_closed)
      queue_close (websocket, code, NULL);
  }
  if (websocket->queue.length == 0)
    drained (websocket);
}

static void
handle_frame (
    SimWebsocket *websocket, guint8 head, const guint8 *payload, gsize size)
{
  switch (head & 0x0f) {
  case OPCODE_CLOSE:
    handle_close (websocket, payload, size);
    break;
  case OPCODE_PING: {
    GByteArray *data = g_byte_array_new ();

    append_frame (data, OPCODE_PONG, TRUE, payload, size);
    queue_bytes (websocket, data, FALSE);
    break;
  }
  case OPCODE_CONTINUATION:
  case OPCODE_TEXT:
  case OPCODE_BINARY:
    if (websocket->state != STATE_OPEN)
      break;
    g_byte_array_append (websocket->message, payload, (guint)size);
    if (websocket->message->len > MAX_PAYLOAD) {
      sim_websocket_close (websocket, SIM_CLOSE_TOO_BIG, "too big");
    } else if (head & 0x80) {
      g_autoptr (GByteArray) message = websocket->message;

      websocket->message = g_byte_array_new ();
      websocket->callbacks.message (
          websocket->user_data, (const gchar *)message->data, message->len);
    }
    break;
  default:
    break;
  }
}

/* Takes one frame; FALSE when there is no whole one. */
static gboolean
take_frame (SimWebsocket *websocket)
{
  guint8 *data = websocket->received->data;
  gsize available = websocket->received->len;
  gsize header = 2;
  guint64 size;
  gboolean masked;

  if (available < 2)
    return FALSE;
  masked = (data[1] & 0x80) != 0;
  size = data[1] & 0x7f;
  if (size >= 126)
    header += size == 126 ? 2 : 8;
  if (available < header + 4)
    return FALSE;
  if (size >= 126) {
    guint64 length = 0;

    for (gsize i = 2; i < header; i++)
      length = length << 8 | data[i];
    size = length;
  }
  /* Clients have to mask; one that does not is no WebSocket client. */
  if (!masked || size > MAX_PAYLOAD) {
    finish (websocket, SIM_CLOSE_ABNORMAL);
    return FALSE;
  }
  if (available - header - 4 < size)
    return FALSE;
  for (guint64 i = 0; i < size; i++)
    data[header + 4 + i] ^= data[header + i % 4];
  handle_frame (websocket, data[0], data + header + 4, (gsize)size);
  if (websocket->state != STATE_CLOSED)
    g_byte_array_remove_range (
        websocket->received, 0, (guint)(header + 4 + size));
  return websocket->state != STATE_CLOSED;
}

static gboolean
on_readable (GObject *stream, gpointer user_data)
{
  SimWebsocket *websocket = user_data;
  g_autoptr (GError) error = NULL;
  guint8 data[READ_SIZE];
  gssize count = g_pollable_input_stream_read_nonblocking (
      websocket->input, data, sizeof (data), NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (count <= 0) {
    finish (websocket, SIM_CLOSE_ABNORMAL);
    return G_SOURCE_REMOVE;
  }
  g_byte_array_append (websocket->received, data, (guint)count);
  while (take_frame (websocket))
    ;
  return G_SOURCE_CONTINUE;
}

SimWebsocket *
sim_websocket_new (GIOStream *stream, GSocket *socket,
    const SimWebsocketCallbacks *callbacks, gpointer user_data)
{
  SimWebsocket *websocket = g_new0 (SimWebsocket, 1);

  websocket->stream = g_object_ref (stream);
  websocket->socket = g_object_ref (socket);
  websocket->input
      = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  websocket->output
      = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  websocket->callbacks = *callbacks;
  websocket->user_data = user_data;
  websocket->received = g_byte_array_new ();
  websocket->message = g_byte_array_new ();
  g_queue_init (&websocket->queue);
  websocket->read_source
      = g_pollable_input_stream_create_source (websocket->input, NULL);
  g_source_set_callback (
      websocket->read_source, G_SOURCE_FUNC (on_readable), websocket, NULL);
  g_source_attach (websocket->read_source, NULL);
  return websocket;
}

void
sim_websocket_free (SimWebsocket *websocket)
{
  drop_source (&websocket->read_source);
  drop_source (&websocket->write_source);
  drop_id (&websocket->pump_source);
  drop_id (&websocket->timeout_source);
  drop_id (&websocket->reset_source);
  drop_id (&websocket->closed_source);
  g_queue_clear_full (&websocket->queue, free_chunk);
  g_byte_array_unref (websocket->received);
  g_byte_array_unref (websocket->message);
  g_object_unref (websocket->stream);
  g_object_unref (websocket->socket);
  g_free (websocket);
}

gboolean
sim_websocket_is_open (SimWebsocket *websocket)
{
  return websocket->state == STATE_OPEN && !websocket->half_closed;
}

guint64
sim_websocket_get_written (SimWebsocket *websocket)
{
  return websocket->written;
}

gboolean
sim_websocket_was_answered (SimWebsocket *websocket)
{
  return websocket->confirmed;
}

void
sim_websocket_reset_socket (GSocket *socket)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger,
      sizeof (linger));
  g_socket_close (socket, NULL);
}

void
sim_websocket_reset (SimWebsocket *websocket)
{
  if (websocket->state == STATE_CLOSED)
    return;
  sim_websocket_reset_socket (websocket->socket);
  finish (websocket, SIM_CLOSE_ABNORMAL);
}

void
sim_websocket_half_close (SimWebsocket *websocket)
{
  if (!sim_websocket_is_open (websocket))
    return;
  websocket->half_closed = TRUE;
  g_queue_clear_full (&websocket->queue, free_chunk);
  g_socket_shutdown (websocket->socket, FALSE, TRUE, NULL);
}

void
sim_websocket_stall (SimWebsocket *websocket, gint64 duration)
{
  websocket->stalled_until = g_get_monotonic_time () + duration;
}

void
sim_websocket_limit (SimWebsocket *websocket, guint rate, gint64 duration)
{
  websocket->rate = rate;
  websocket->rate_since = g_get_monotonic_time ();
  websocket->rate_until
      = duration > 0 ? websocket->rate_since + duration : G_MAXINT64;
}

static gboolean
on_reset_time (gpointer user_data)
{
  SimWebsocket *websocket = user_data;

  websocket->reset_source = 0;
  sim_websocket_reset (websocket);
  return G_SOURCE_REMOVE;
}

void
sim_websocket_reset_later (SimWebsocket *websocket, gint64 delay)
{
  if (websocket->state != STATE_CLOSED && websocket->reset_source == 0)
    websocket->reset_source
        = g_timeout_add ((guint)(delay / 1000), on_reset_time, websocket);
}

void
sim_websocket_inject (SimWebsocket *websocket, gconstpointer data, gsize size)
{
  g_socket_send (websocket->socket, data, size, NULL, NULL);
}
