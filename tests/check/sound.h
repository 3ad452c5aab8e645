/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * Sound:
 *
 * Samples of one voice on a timeline of their own, silent where there is
 * none.
 */
typedef struct {
  gint rate;
  gint channels;
  GArray *samples;              /* of gint16, interleaved */
} Sound;

/**
 * SoundMatch:
 * @correlation: 1 for the same waveform, 0 for another
 * @gain: loudness against the original's, 1 for the same
 * @delay: in ns
 */
typedef struct {
  gdouble correlation;
  gdouble gain;
  GstClockTimeDiff delay;
} SoundMatch;

Sound *sound_new (gint rate, gint channels);
void sound_free (Sound *sound);
void sound_add (Sound *sound, GstClockTime at, GstBuffer *buffer);
SoundMatch sound_compare (const Sound *sound, const Sound *original);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sound, sound_free)

G_END_DECLS
