/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/rtms/protocol/rtmserror.h"
#include "rtmsnetwork.h"

G_BEGIN_DECLS

/**
 * RtmsWebsocketConfig:
 * @tls_ca_file: (nullable): PEM certificates to trust for wss; %NULL for the
 *     system's
 * @max_message_size: in bytes; a longer message ends the connection
 */
typedef struct {
  const gchar *tls_ca_file;
  gsize max_message_size;
} RtmsWebsocketConfig;

/**
 * RtmsWebsocketCallbacks:
 * @opened: messages may be sent now
 * @received: one complete message; @text is lent for the call and not
 *     NUL-terminated
 * @closed: the connection could not be made, or has ended. Last call.
 *     @code is the WebSocket close code, 1006 without one; @error is %NULL
 *     after a close frame with code 1000. A server that goes away (1001) is
 *     one that may come back
 *
 * Called on the network thread, never from within rtms_websocket_new(). The
 * websocket may be freed in any of them.
 */
typedef struct {
  void (*opened) (gpointer user_data);
  void (*received) (const gchar *text, gsize length, gpointer user_data);
  void (*closed) (guint code, const GError *error, gpointer user_data);
} RtmsWebsocketCallbacks;

/**
 * RtmsWebsocket:
 *
 * A client's WebSocket. It belongs to its network thread.
 */
typedef struct _RtmsWebsocket RtmsWebsocket;

RtmsWebsocket *rtms_websocket_new (RtmsNetworkThread *thread,
    const gchar *url, const RtmsWebsocketConfig *config,
    const RtmsWebsocketCallbacks *callbacks, gpointer user_data);
void rtms_websocket_send (RtmsWebsocket *websocket, const gchar *text,
    gsize length);
gint64 rtms_websocket_get_round_trip (RtmsWebsocket *websocket);
void rtms_websocket_free (RtmsWebsocket *websocket);

G_END_DECLS
