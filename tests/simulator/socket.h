/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One WebSocket of a client, signaling or media, and its keep-alives. */
#pragma once

#include "json.h"
#include "params.h"
#include "simulator.h"
#include "websocket.h"

G_BEGIN_DECLS

typedef struct _SimSocket SimSocket;

struct _SimSocket {
  SimSimulator *simulator;
  SimServer *server;
  SimWebsocket *websocket;
  gchar *url;     /* the signaling URL of the port it came to */
  guint number;   /* for the log */
  gint64 created; /* monotonic time */
  gint64 last_sent;
  guint64 n_sent; /* messages */
  gboolean signaling;
  guint path_media; /* what a media socket's URL stands for */

  /* Set by an accepted handshake, taken back when the meeting lets go. */
  SimMeeting *meeting;
  guint meeting_number; /* stays */
  guint media;
  SimParams params;

  gboolean refused;
  gboolean faulty; /* what is missing is not the client's fault */
  gboolean abandoned; /* left open, and nothing more to do with it */
  SimFraming framing;
  GQueue unanswered; /* keep-alives, oldest first */
  guint keep_alive_source;
  guint late_source;
  JsonObject *late_request; /* that is answered when its time has come */
};

/* The server adds the WebSocket. */
SimSocket *sim_socket_new (SimSimulator *simulator, guint number,
    gboolean signaling, guint path_media);
void sim_socket_free (SimSocket *socket);
gboolean sim_socket_is_open (SimSocket *socket);
/* The oddities that are asked for are applied to @object. */
void sim_socket_send (SimSocket *socket, JsonObject *object);
void sim_socket_send_text (SimSocket *socket, const gchar *text, gsize length);
void sim_socket_close (SimSocket *socket, gushort code, const gchar *reason);
void sim_socket_handle_keep_alive (SimSocket *socket, JsonObject *object);
/* "signaling socket 1" or "media socket 2". */
const gchar *sim_socket_get_kind (SimSocket *socket);

G_END_DECLS
