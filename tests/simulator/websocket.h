/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server's end of a WebSocket, RFC 6455, with all that a good library
 * would not let it do: frames of any kind and size, stalls, and ends of every
 * sort. Runs in the main thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SIM_CLOSE_NORMAL 1000
#define SIM_CLOSE_GOING_AWAY 1001
#define SIM_CLOSE_NO_STATUS 1005 /* a close frame without a code */
#define SIM_CLOSE_ABNORMAL 1006  /* no close frame at all */
#define SIM_CLOSE_TOO_BIG 1009

typedef enum {
  SIM_FRAMING_TEXT,
  SIM_FRAMING_BINARY,
  SIM_FRAMING_BYTES,   /* a fragment for each byte */
  SIM_FRAMING_ENDLESS, /* fragments, and never a last one */
} SimFraming;

typedef struct _SimWebsocket SimWebsocket;

typedef struct {
  void (*message) (gpointer user_data, const gchar *text, gsize size);
  /* Comes once, at the end of whatever kind; not from within a call. */
  void (*closed) (gpointer user_data, gushort code);
} SimWebsocketCallbacks;

/* @socket is the one below @stream, which may add TLS. */
SimWebsocket *sim_websocket_new (GIOStream *stream, GSocket *socket,
    const SimWebsocketCallbacks *callbacks, gpointer user_data);
void sim_websocket_free (SimWebsocket *websocket);
gboolean sim_websocket_is_open (SimWebsocket *websocket);

void sim_websocket_send (SimWebsocket *websocket, const gchar *text,
    gsize length, SimFraming framing);
/* Messages whose last byte was given to the system. */
guint64 sim_websocket_get_written (SimWebsocket *websocket);
/* The client answered the close frame, so it has read what came before. */
gboolean sim_websocket_was_answered (SimWebsocket *websocket);

/* Sends a close frame behind what is queued; the client answers it. */
void sim_websocket_close (
    SimWebsocket *websocket, gushort code, const gchar *reason);

/* Faults: */
void sim_websocket_reset_socket (GSocket *socket);
void sim_websocket_reset (SimWebsocket *websocket);
void sim_websocket_half_close (SimWebsocket *websocket);
/* Nothing leaves for so many microseconds. */
void sim_websocket_stall (SimWebsocket *websocket, gint64 duration);
/* Bytes per second, 0 = as many as will go, for so many microseconds, 0 = for
 * good. */
void sim_websocket_limit (SimWebsocket *websocket, guint rate, gint64 duration);
void sim_websocket_reset_later (SimWebsocket *websocket, gint64 delay);
/* Puts bytes on the wire that no layer made, TLS least of all. */
void sim_websocket_inject (
    SimWebsocket *websocket, gconstpointer data, gsize size);

G_END_DECLS
