/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that make things go wrong, or tell how they are, as text: a verb,
 * plain words and NAME=VALUE words. */
#pragma once

#include "simulator.h"

G_BEGIN_DECLS

/* Answers with an object that has "ok" and, where that is false, "error".
 * @meeting is the one that is meant unless the command says "meeting=N"; NULL
 * means all of them. */
JsonObject *sim_command_run (
    SimSimulator *simulator, SimMeeting *meeting, const gchar *text);

G_END_DECLS
