/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One RTMS stream from its webhook to its end: who is connected, what they
 * may do next, and what happens when they are lost. */
#pragma once

#include "delivery.h"
#include "fault.h"
#include "scene.h"
#include "socket.h"
#include "summary.h"

G_BEGIN_DECLS

SimMeeting *sim_meeting_new (
    SimSimulator *simulator, guint number, const gchar *stream_id);
void sim_meeting_free (SimMeeting *meeting);
/* Waits for a client from now on. */
void sim_meeting_open (SimMeeting *meeting);

guint sim_meeting_get_number (SimMeeting *meeting);
const gchar *sim_meeting_get_uuid (SimMeeting *meeting);
const gchar *sim_meeting_get_stream_id (SimMeeting *meeting);
gboolean sim_meeting_has_signaling (SimMeeting *meeting);
gboolean sim_meeting_is_started (SimMeeting *meeting);
/* The stream is ending or ended: nobody can join it any more. */
gboolean sim_meeting_is_over (SimMeeting *meeting);
/* Everything about it has been sent. */
gboolean sim_meeting_is_finished (SimMeeting *meeting);
/* It ended while a client was away that may still come back, to be told so. */
gboolean sim_meeting_is_asked_for (SimMeeting *meeting);
void sim_meeting_tell_over (SimMeeting *meeting);
/* Whether it ended as meetings should. */
gboolean sim_meeting_was_served (SimMeeting *meeting);
SimTally *sim_meeting_get_tally (SimMeeting *meeting);
SimDelivery *sim_meeting_get_delivery (SimMeeting *meeting);
/* Those that hold; to be changed at will. */
SimFaults *sim_meeting_get_faults (SimMeeting *meeting);
/* Where clients find it. */
const gchar *sim_meeting_get_url (SimMeeting *meeting);

/* Handshakes that were accepted, and everything after them. */
void sim_meeting_signaling_joined (
    SimMeeting *meeting, SimSocket *socket, gboolean buffer_data);
SimStatus sim_meeting_check_media (SimMeeting *meeting, guint media);
void sim_meeting_media_joined (SimMeeting *meeting, SimSocket *socket);
void sim_meeting_handle (
    SimMeeting *meeting, SimSocket *socket, gint64 type, JsonObject *object);
void sim_meeting_socket_lost (SimMeeting *meeting, SimSocket *socket);

/* What the player has to tell. @epoch is the Unix time in ms of the media
 * time 0. */
void sim_meeting_media_began (SimMeeting *meeting, gint64 epoch);
void sim_meeting_cue (SimMeeting *meeting, const SimCue *cue, gint64 timestamp);
void sim_meeting_media_finished (SimMeeting *meeting);

/* The sockets that carry any of these media, and the signaling one. */
GPtrArray *sim_meeting_find_sockets (
    SimMeeting *meeting, gboolean signaling, guint media);
/* Its server has failed, and another one at @url takes over. */
void sim_meeting_move (SimMeeting *meeting, const gchar *url);
void sim_meeting_post (SimMeeting *meeting, const gchar *event);
/* Sets the clock by which its media are stamped forward, or back, and lets it
 * run so much faster. */
void sim_meeting_set_clock (SimMeeting *meeting, gint64 jump, gint ppm);
JsonObject *sim_meeting_to_json (SimMeeting *meeting);

/* Ends it properly, or at once where no client is left. */
void sim_meeting_end (SimMeeting *meeting, SimStopReason reason);

G_END_DECLS
