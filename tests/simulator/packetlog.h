/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of JSON for each media packet that was written to a socket, and for
 * each socket's end: who compares a recording with it knows what the client
 * must have. */
#pragma once

#include "summary.h"

G_BEGIN_DECLS

typedef struct _SimPacketLog SimPacketLog;

SimPacketLog *sim_packet_log_new (const gchar *path, GError **error);
void sim_packet_log_free (SimPacketLog *log);

/* Each of these does nothing on NULL. @joined counts the medium's connections
 * from 1: above that, it comes after a recovery. */
void sim_packet_log_add (SimPacketLog *log, guint meeting, guint socket,
    guint64 number, guint joined, const gchar *damage, const SimSent *sent,
    gconstpointer data, gsize size);
/* The client has read the first @count messages of this socket. */
void sim_packet_log_acknowledged (
    SimPacketLog *log, guint meeting, guint socket, guint64 count);
void sim_packet_log_closed (SimPacketLog *log, guint meeting, guint socket,
    gushort code, guint64 written);
void sim_packet_log_fault (
    SimPacketLog *log, guint meeting, const gchar *command);

G_END_DECLS
