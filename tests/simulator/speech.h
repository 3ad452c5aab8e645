/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of dialogue as audible sound. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sound that every voice is brought to; what espeak-ng makes itself. */
#define SIM_SPEECH_RATE 22050

typedef struct {
  const gchar *voice; /* of espeak-ng, e.g. "en-us+f3" */
  gint pitch;         /* 0 ... 99 */
  gint words_per_minute;
  gdouble tone; /* Hz, where there is no espeak-ng */
} SimVoice;

/* Mono samples at SIM_SPEECH_RATE, trimmed to what can be heard. Blocks
 * while espeak-ng runs. */
GArray *sim_speech_say (const SimVoice *voice, const gchar *text);

G_END_DECLS
