/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accepts WebSockets and hands their messages to the meetings. */
#pragma once

#include "socket.h"

G_BEGIN_DECLS

typedef struct _SimServer SimServer;

SimServer *sim_server_new (SimSimulator *simulator, GError **error);
void sim_server_free (SimServer *server);
/* Of the signaling server, e.g. "ws://127.0.0.1:40123/signal". */
const gchar *sim_server_get_url (SimServer *server);
guint sim_server_get_n_sockets (SimServer *server);

G_END_DECLS
