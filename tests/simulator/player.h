/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends a meeting's media and cues when their time has come. */
#pragma once

#include "socket.h"
#include "summary.h"

G_BEGIN_DECLS

typedef struct _SimPlayer SimPlayer;

SimPlayer *sim_player_new (SimSimulator *simulator, SimMeeting *meeting);
void sim_player_free (SimPlayer *player);

/* The media of this socket flow to it from now on, once the player runs. */
void sim_player_attach (SimPlayer *player, SimSocket *socket);
gboolean sim_player_has (SimPlayer *player, SimSocket *socket);
void sim_player_detach (SimPlayer *player, SimSocket *socket);
/* Begins as soon as the encoders have something; @buffer_data sends the
 * backlog first. */
void sim_player_start (SimPlayer *player, gboolean buffer_data);
void sim_player_stop (SimPlayer *player);
/* Whose video flows where one participant is to be chosen; -1 nobody's. */
void sim_player_choose_video (SimPlayer *player, gint person);
gint sim_player_get_chosen_video (SimPlayer *player);
/* Media time of this moment; 0 before the start. */
gint64 sim_player_get_position (SimPlayer *player);

/* Lets the clock that stamps jump, in microseconds, and run faster. */
void sim_player_set_clock (SimPlayer *player, gint64 jump, gint ppm);

G_END_DECLS
