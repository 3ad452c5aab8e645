/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is played, a file or a scene, as encoded tracks. */
#pragma once

#include "options.h"
#include "track.h"

G_BEGIN_DECLS

typedef struct _SimSource SimSource;

/* Opens the file or looks up the scene; @error is for the user. */
SimSource *sim_source_new (const SimOptions *options, GError **error);
void sim_source_free (SimSource *source);

/* The timeline is made in a thread; until it is ready nothing else may be
 * asked but the duration. */
gboolean sim_source_is_ready (SimSource *source);
SimScene *sim_source_get_scene (SimSource *source);
gint64 sim_source_get_duration (SimSource *source);
gboolean sim_source_has_medium (SimSource *source, SimMedium medium);

/* How often the picture has changed by then, and when it does so next. */
gint sim_source_get_change (SimSource *source, gint64 at, gint64 *next);
const SimPictureChange *sim_source_get_look (SimSource *source, gint change);

/* The shared track of this format, made at the first request and owned by the
 * source. */
SimTrack *sim_source_get_track (
    SimSource *source, const SimTrackSpec *spec, GError **error);

G_END_DECLS
