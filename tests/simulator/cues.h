/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The moments of a meeting at which its clients hear of something. */
#pragma once

#include "dialogue.h"

G_BEGIN_DECLS

/* Gives SimCues over the whole meeting by time. @script is NULL where a file
 * is played; @lines are those of one loop. */
GArray *sim_cues_new (const SimScript *script, const SimCourse *course,
    const SimPlan *plan, const GArray *lines, gint64 loop);

G_END_DECLS
