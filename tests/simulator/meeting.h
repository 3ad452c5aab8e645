/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One RTMS stream from its webhook to its end: who is connected, what they
 * may do next, and what happens when they are lost. */
#pragma once

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
/* Whether it ended as meetings should. */
gboolean sim_meeting_was_served (SimMeeting *meeting);
SimTally *sim_meeting_get_tally (SimMeeting *meeting);

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
void sim_meeting_cue (SimMeeting *meeting, const SimCue *cue, gint64 epoch);
void sim_meeting_media_finished (SimMeeting *meeting);

/* Ends it properly, or at once where no client is left. */
void sim_meeting_end (SimMeeting *meeting, SimStopReason reason);

G_END_DECLS
