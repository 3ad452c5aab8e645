/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What every receiver in C takes and tells: its options, and at the end a
 * line of JSON with the payloads' number, bytes and sum of CRCs, and how long
 * they took from the sender. tally_add() may be called by any thread. */

typedef struct {
  gchar *url;                   /* up to the port, without a slash */
  gint meetings;
  gchar *ca_file;               /* (nullable) */
  gboolean with_crc;
  gdouble warm_up;              /* s from the first payload without a delay */
  gchar *record;                /* (nullable) */
  gint context_wait;            /* ms, of rtmssrc */
} TallyOptions;

extern TallyOptions tally_options;

void tally_init (int *argc, char ***argv);
void tally_add (const guint8 *payload, gsize size);
void tally_print (void);

G_END_DECLS
