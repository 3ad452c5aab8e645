/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * Simulator:
 *
 * A running rtms-simulator in a folder of its own. Fails the test when it
 * does not come up.
 */
typedef struct _Simulator Simulator;

Simulator *simulator_new (const gchar *const *arguments);
void simulator_free (Simulator *simulator);

const gchar *simulator_get_folder (Simulator *simulator);
gchar *simulator_get_path (Simulator *simulator, const gchar *name);
JsonObject *simulator_command (Simulator *simulator, const gchar *command);
gint simulator_wait (Simulator *simulator);
JsonObject *simulator_get_meeting (Simulator *simulator);
JsonObject *simulator_get_nth_meeting (Simulator *simulator, guint index);

G_END_DECLS
