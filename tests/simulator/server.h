/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ports at which clients find signaling and media WebSockets, and those
 * WebSockets themselves. */
#pragma once

#include "certificate.h"
#include "socket.h"

G_BEGIN_DECLS

SimServer *sim_server_new (SimSimulator *simulator, GError **error);
void sim_server_free (SimServer *server);
/* The signaling URL that was opened last. */
const gchar *sim_server_get_url (SimServer *server);
guint sim_server_get_n_sockets (SimServer *server);
SimSocket *sim_server_get_socket (SimServer *server, guint index);

/* Opens one more port; its signaling URL is the server's from then on. */
gboolean sim_server_open (SimServer *server, GError **error);
/* Closes the port of this URL. */
void sim_server_close (SimServer *server, const gchar *url);

/* What becomes of connections that come next, for so many of them. */
typedef enum {
  SIM_REFUSAL_STATUS, /* an HTTP status in place of 101 */
  SIM_REFUSAL_RESET,
  SIM_REFUSAL_SILENCE, /* no answer ever */
} SimRefusal;

void sim_server_refuse (SimServer *server, gboolean signaling,
    SimRefusal refusal, guint status, guint times);
/* FALSE without TLS. */
gboolean sim_server_set_tls_fault (
    SimServer *server, SimTlsFault fault, guint times);

G_END_DECLS
