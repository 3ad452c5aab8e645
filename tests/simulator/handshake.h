/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first message on a socket: who is it, and may it come in? */
#pragma once

#include "socket.h"

G_BEGIN_DECLS

#define SIM_MEDIA_PATH "/media"

/* The media that a URL path stands for; SIM_MEDIA_ALL for ".../all", 0 for a
 * path that does not exist. */
guint sim_handshake_get_path_media (const gchar *path);

/* Answers whatever came first on a new socket, and on success lets the
 * meeting know. */
void sim_handshake_handle (SimSocket *socket, JsonObject *request);

G_END_DECLS
