/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages of a media socket. Timestamps are Unix ms. */
#pragma once

#include "json.h"
#include "options.h"
#include "protocol.h"
#include "scene.h"

G_BEGIN_DECLS

/* A message of audio, video or share as text. @person is NULL where nobody in
 * particular is heard or seen. */
GString *sim_content_media (SimMedium medium, SimProduct product,
    guint oddities, const SimPerson *person, const guint8 *data, gsize size,
    gint64 timestamp);

/* @start and @end are Unix us; they are sent in units of @scale per second. */
JsonObject *sim_content_transcript (SimProduct product, const SimPerson *person,
    const gchar *text, gint64 start, gint64 end, gint64 scale,
    gint64 timestamp);

JsonObject *sim_content_chat (
    const SimPerson *person, const gchar *text, gint64 timestamp);

G_END_DECLS
