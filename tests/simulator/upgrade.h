/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The HTTP request by which a client asks for a WebSocket. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _SimUpgrade SimUpgrade;

/* @path is NULL where the connection ended or made no sense; the upgrade is
 * to be freed then or after its answer. */
typedef void (*SimUpgradeCallback) (
    SimUpgrade *upgrade, const gchar *path, gpointer user_data);

/* @stream may need a TLS handshake first. */
SimUpgrade *sim_upgrade_new (GIOStream *stream, GSocket *socket,
    SimUpgradeCallback callback, gpointer user_data);
void sim_upgrade_free (SimUpgrade *upgrade);
GIOStream *sim_upgrade_get_stream (SimUpgrade *upgrade);
GSocket *sim_upgrade_get_socket (SimUpgrade *upgrade);
/* Lets the client in; FALSE when it is gone. */
gboolean sim_upgrade_accept (SimUpgrade *upgrade);
/* Answers with an HTTP status. */
void sim_upgrade_refuse (SimUpgrade *upgrade, guint status);

G_END_DECLS
