/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "speech.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

/* Below this a sample counts as silence when the ends are trimmed. */
#define AUDIBLE 160
#define PEAK 14000.0
/* Where there is no espeak-ng, a character of text sounds so long. */
#define SECONDS_PER_CHARACTER 0.06

static void
trim (GArray *samples)
{
  guint first = 0;
  guint end = samples->len;

  while (first < end && ABS (g_array_index (samples, gint16, first)) < AUDIBLE)
    first++;
  while (
      end > first && ABS (g_array_index (samples, gint16, end - 1)) < AUDIBLE)
    end--;
  g_array_set_size (samples, end);
  if (first > 0)
    g_array_remove_range (samples, 0, first);
}

/* The voices of espeak-ng differ in loudness; people in a meeting that levels
 * its microphones do not. */
static void
normalise (GArray *samples)
{
  gint peak = 1;
  gdouble gain;

  for (guint i = 0; i < samples->len; i++)
    peak = MAX (peak, ABS (g_array_index (samples, gint16, i)));
  gain = PEAK / peak;
  for (guint i = 0; i < samples->len; i++) {
    gint16 *sample = &g_array_index (samples, gint16, i);

    *sample = (gint16)lrint (*sample * gain);
  }
}

/* Finds the samples in a WAV file whose sizes may be placeholders, because
 * espeak-ng writes it to a pipe. */
static GArray *
parse_wav (const guint8 *data, gsize size)
{
  gsize at = 12;
  guint rate = 0;
  GArray *samples;

  if (size < 44 || memcmp (data, "RIFF", 4) != 0)
    return NULL;
  while (at + 8 <= size) {
    guint32 length = data[at + 4] | data[at + 5] << 8 | data[at + 6] << 16
                     | (guint32)data[at + 7] << 24;
    gsize start = at + 8;

    if (memcmp (data + at, "fmt ", 4) == 0 && start + 16 <= size)
      rate = data[start + 4] | data[start + 5] << 8;
    if (memcmp (data + at, "data", 4) == 0) {
      gsize count = MIN ((gsize)length, size - start) / 2;

      if (rate != SIM_SPEECH_RATE)
        return NULL;
      samples = g_array_sized_new (FALSE, FALSE, 2, (guint)count);
      for (gsize i = 0; i < count; i++) {
        gint16 sample
            = (gint16)(data[start + 2 * i] | data[start + 2 * i + 1] << 8);

        g_array_append_val (samples, sample);
      }
      return samples;
    }
    if (length > size - start)
      break;
    at = start + length + (length & 1);
  }
  return NULL;
}

static GArray *
say_with_espeak (const SimVoice *voice, const gchar *text)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GBytes) output = NULL;
  g_autofree gchar *pitch = g_strdup_printf ("%d", voice->pitch);
  g_autofree gchar *speed = g_strdup_printf ("%d", voice->words_per_minute);
  const guint8 *data;
  gsize size;

  process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL,
      "espeak-ng", "--stdout", "-v", voice->voice, "-p", pitch, "-s", speed,
      "--", text, NULL);
  if (process == NULL)
    return NULL;
  if (!g_subprocess_communicate (process, NULL, NULL, &output, NULL, NULL))
    return NULL;
  data = g_bytes_get_data (output, &size);
  return parse_wav (data, size);
}

static GArray *
say_with_tones (const SimVoice *voice, const gchar *text)
{
  glong characters = g_utf8_strlen (text, -1);
  guint count = (guint)(characters * SECONDS_PER_CHARACTER * SIM_SPEECH_RATE);
  GArray *samples = g_array_sized_new (FALSE, FALSE, 2, count);

  for (guint i = 0; i < count; i++) {
    gdouble seconds = (gdouble)i / SIM_SPEECH_RATE;
    /* Syllables: five swells a second that never fall silent. */
    gdouble swell = 0.6 - 0.35 * cos (2.0 * G_PI * 5.0 * seconds);
    gint16 sample
        = (gint16)(PEAK * swell * cos (2.0 * G_PI * voice->tone * seconds));

    g_array_append_val (samples, sample);
  }
  return samples;
}

GArray *
sim_speech_say (const SimVoice *voice, const gchar *text)
{
  GArray *samples = say_with_espeak (voice, text);

  if (samples == NULL || samples->len == 0) {
    g_clear_pointer (&samples, g_array_unref);
    samples = say_with_tones (voice, text);
  }
  trim (samples);
  normalise (samples);
  return samples;
}
