/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A set of moments as spans of time, in order and apart from one another.
 * Times are in microseconds; ends are exclusive. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SIM_FOREVER G_MAXINT64

typedef struct {
  gint64 from;
  gint64 to;
} SimSpan;

typedef GArray SimSpans; /* of SimSpan */

SimSpans *sim_spans_new (void);
void sim_spans_free (SimSpans *spans);
SimSpans *sim_spans_copy (const SimSpans *spans);
void sim_spans_add (SimSpans *spans, gint64 from, gint64 to);
void sim_spans_remove (SimSpans *spans, gint64 from, gint64 to);
/* Keeps what is in @others too. */
void sim_spans_keep (SimSpans *spans, const SimSpans *others);
/* Takes out what is in @others. */
void sim_spans_subtract (SimSpans *spans, const SimSpans *others);

const SimSpan *sim_spans_find (const SimSpans *spans, gint64 at);
gboolean sim_spans_touch (const SimSpans *spans, gint64 from, gint64 to);
gboolean sim_spans_cover (const SimSpans *spans, gint64 from, gint64 to);

#define sim_span_at(spans, i) (&g_array_index (spans, SimSpan, i))

G_END_DECLS
