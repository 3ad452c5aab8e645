/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Unix socket that takes commands, one in a line, and answers each with a
 * line of JSON. */
#pragma once

#include "simulator.h"

G_BEGIN_DECLS

typedef struct _SimControl SimControl;

SimControl *sim_control_new (
    SimSimulator *simulator, const gchar *path, GError **error);
void sim_control_free (SimControl *control);

G_END_DECLS
