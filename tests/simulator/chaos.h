/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Faults by chance, and the same ones again from the same seed. */
#pragma once

#include "options.h"

G_BEGIN_DECLS

typedef struct _SimChaos SimChaos;

SimChaos *sim_chaos_new (const SimOptions *options, guint meeting_number);
void sim_chaos_free (SimChaos *chaos);
/* A command. */
gchar *sim_chaos_pick (SimChaos *chaos);

G_END_DECLS
