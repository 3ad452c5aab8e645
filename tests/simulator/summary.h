/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts and hashes of what was sent, for who checks a recording. */
#pragma once

#include "json.h"
#include "protocol.h"

G_BEGIN_DECLS

/* What one meeting sent of its media. */
typedef struct _SimTally SimTally;

/* What is known of a payload beside its bytes. */
typedef struct {
  SimMedium medium;
  gint64 timestamp; /* Unix ms */
  guint64 user_id;  /* 0 for nobody's */
  const gchar *user_name;
  /* Of pictures. */
  gboolean key_frame;
  gint width;
  gint height;
  gboolean begins; /* nothing was seen just before */
} SimSent;

SimTally *sim_tally_new (void);
void sim_tally_free (SimTally *tally);
/* @data is the payload before base64. */
void sim_tally_add (
    SimTally *tally, const SimSent *sent, gconstpointer data, gsize size);
/* Times in Unix ms, whatever the unit on the wire. */
void sim_tally_add_line (SimTally *tally, const gchar *user_name, gint64 start,
    gint64 end, const gchar *text);
/* Ends the hashes; to be called once. */
JsonObject *sim_tally_to_json (SimTally *tally, const gchar *stream_id);

G_END_DECLS
