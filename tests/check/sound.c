/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sound.h"

#include <math.h>
#include <string.h>

/* No codec keeps its sound for longer. */
#define MAX_DELAY (15 * GST_MSECOND)
/* Enough speech to tell one delay from another. */
#define EXCERPT (500 * GST_MSECOND)

Sound *
sound_new (gint rate, gint channels)
{
  Sound *sound = g_new0 (Sound, 1);

  sound->rate = rate;
  sound->channels = channels;
  sound->samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  return sound;
}

void
sound_free (Sound *sound)
{
  g_array_unref (sound->samples);
  g_free (sound);
}

static gsize
get_frames (const Sound *sound, GstClockTime duration)
{
  return (gsize) gst_util_uint64_scale_round (duration,
      (guint64) sound->rate, GST_SECOND);
}

/* @buffer: S16LE samples, put at @at over whatever is there */
void
sound_add (Sound *sound, GstClockTime at, GstBuffer *buffer)
{
  gsize first = get_frames (sound, at) * (gsize) sound->channels;
  gsize count = gst_buffer_get_size (buffer) / sizeof (gint16);

  if (sound->samples->len < first + count)
    g_array_set_size (sound->samples, (guint) (first + count));
  gst_buffer_extract (buffer, 0,
      &g_array_index (sound->samples, gint16, first),
      count * sizeof (gint16));
}

/* The first samples as they are, the second @delay frames later. */
static gdouble
multiply (const Sound *a, const Sound *b, gsize delay, gsize from, gsize to)
{
  gsize channels = (gsize) a->channels;
  gdouble sum = 0.0;

  to = MIN (to * channels, a->samples->len);
  if (b->samples->len < delay * channels)
    return 0.0;
  to = MIN (to, b->samples->len - delay * channels);
  for (gsize i = from * channels; i < to; i++)
    sum += (gdouble) g_array_index (a->samples, gint16, i)
        * g_array_index (b->samples, gint16, i + delay * channels);
  return sum;
}

static gsize
find_loudest (const Sound *sound, gsize length)
{
  gsize frames = sound->samples->len / (gsize) sound->channels;
  gsize found = 0;
  gdouble loudest = -1.0;

  for (gsize from = 0; from + length <= frames; from += length) {
    gdouble loudness = multiply (sound, sound, 0, from, from + length);

    if (loudness > loudest) {
      loudest = loudness;
      found = from;
    }
  }
  return found;
}

/**
 * sound_compare:
 * @sound: what a codec made of @original
 * @original: at the same rate, with as many channels
 *
 * Finds the delay by the loudest half second, then compares all.
 */
SoundMatch
sound_compare (const Sound *sound, const Sound *original)
{
  gsize length = get_frames (original, EXCERPT);
  gsize from = find_loudest (original, length);
  gsize max_delay = get_frames (original, MAX_DELAY);
  gsize all = original->samples->len;
  gsize delay = 0;
  gdouble best = -1.0;
  gdouble energy, original_energy;

  g_assert (sound->rate == original->rate
      && sound->channels == original->channels);
  for (gsize i = 0; i <= max_delay; i++) {
    gdouble product = multiply (original, sound, i, from, from + length);

    if (product > best) {
      best = product;
      delay = i;
    }
  }
  energy = multiply (sound, sound, 0, 0, all);
  original_energy = multiply (original, original, 0, 0, all);
  if (energy <= 0.0 || original_energy <= 0.0)
    return (SoundMatch) { 0.0, 0.0, 0 };
  return (SoundMatch) {
    .correlation = multiply (original, sound, delay, 0, all)
        / sqrt (energy * original_energy),
    .gain = sqrt (energy / original_energy),
    .delay = (GstClockTimeDiff) gst_util_uint64_scale (delay, GST_SECOND,
        (guint64) original->rate),
  };
}
