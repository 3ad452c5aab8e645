/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole: its meetings, its server, its end. Everything here runs in the
 * main thread. */
#pragma once

#include "options.h"
#include "packetlog.h"
#include "source.h"
#include "webhook.h"

G_BEGIN_DECLS

typedef struct _SimSimulator SimSimulator;
typedef struct _SimMeeting SimMeeting;
typedef struct _SimServer SimServer;

SimSimulator *sim_simulator_new (const SimOptions *options);
void sim_simulator_free (SimSimulator *simulator);
/* Serves until every meeting is over; gives the exit status. */
gint sim_simulator_run (SimSimulator *simulator);

const SimOptions *sim_simulator_get_options (SimSimulator *simulator);
SimSource *sim_simulator_get_source (SimSimulator *simulator);
SimWebhook *sim_simulator_get_webhook (SimSimulator *simulator);
const gchar *sim_simulator_get_url (SimSimulator *simulator);
SimServer *sim_simulator_get_server (SimSimulator *simulator);
/* NULL where none is written. */
SimPacketLog *sim_simulator_get_packet_log (SimSimulator *simulator);
guint sim_simulator_get_oddities (SimSimulator *simulator);
void sim_simulator_set_oddities (SimSimulator *simulator, guint oddities);
guint sim_simulator_get_n_meetings (SimSimulator *simulator);
/* By number, from 1. */
SimMeeting *sim_simulator_get_meeting (SimSimulator *simulator, guint number);
/* Announces a meeting, once more or for the first time, by the payload file
 * and the webhook. */
void sim_simulator_announce (SimSimulator *simulator, SimMeeting *meeting);
SimMeeting *sim_simulator_find_meeting (
    SimSimulator *simulator, const gchar *stream_id);

/* One line per event on stdout. */
void sim_log (const gchar *format, ...) G_GNUC_PRINTF (1, 2);

/* A client broke the protocol; the text goes to the log and the summary. */
void sim_simulator_add_violation (
    SimSimulator *simulator, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
/* A violation in strict mode, a line of the log otherwise. */
void sim_simulator_add_deviation (
    SimSimulator *simulator, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
/* After a refused handshake strict mode does not wait for a better client,
 * unless another one is being served. */
void sim_simulator_handshake_refused (SimSimulator *simulator);
/* Ends everything with this exit status. */
void sim_simulator_fail (SimSimulator *simulator, gint exit_code);
/* To be called when a meeting or a socket is over. */
void sim_simulator_check_end (SimSimulator *simulator);

G_END_DECLS
