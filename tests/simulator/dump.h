/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the sound that encoders were given, for who compares with it what a
 * client decoded. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SimDump SimDump;

SimDump *sim_dump_new (const gchar *folder, guint meeting_number);
void sim_dump_free (SimDump *dump);
/* @user_id is 0 for everybody's; @timestamp Unix ms. */
void sim_dump_add (
    SimDump *dump, guint64 user_id, gint64 timestamp, GBytes *sound);

G_END_DECLS
