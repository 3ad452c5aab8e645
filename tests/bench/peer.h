/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

/**
 * Peer:
 *
 * One accepted connection of the sender: TLS or plain, then a WebSocket, and
 * as much of Zoom's handshakes as rtmssrc needs. Its path says what it is:
 * `/signaling/N` and `/media/N` of rtmssrc, or `/stream/N`, which gets the
 * media of meeting N at once.
 */
typedef struct _Peer Peer;

typedef struct {
  /* The media of @meeting may be sent to @peer. */
  void (*ready) (Peer *peer, guint meeting, gpointer user_data);
  /* All that was sent to @peer before peer_ping() was read there. */
  void (*pong) (Peer *peer, gpointer user_data);
} PeerCallbacks;

Peer *peer_new (int fd, SSL_CTX *context, guint port, gboolean deflated,
    const PeerCallbacks *callbacks, gpointer user_data);
void peer_free (Peer *peer);
int peer_get_fd (Peer *peer);
gboolean peer_is_media (Peer *peer);
gboolean peer_is_closed (Peer *peer);
gsize peer_get_pending (Peer *peer);
void peer_read (Peer *peer);
void peer_flush (Peer *peer);
void peer_send (Peer *peer, const guint8 *bytes, gsize size);
void peer_send_text (Peer *peer, const gchar *text);
void peer_ping (Peer *peer);
void peer_close (Peer *peer);

G_END_DECLS
