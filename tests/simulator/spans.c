/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spans.h"

SimSpans *
sim_spans_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (SimSpan));
}

void
sim_spans_free (SimSpans *spans)
{
  g_array_unref (spans);
}

SimSpans *
sim_spans_copy (const SimSpans *spans)
{
  SimSpans *copy = sim_spans_new ();

  if (spans->len > 0)
    g_array_append_vals (copy, spans->data, spans->len);
  return copy;
}

void
sim_spans_add (SimSpans *spans, gint64 from, gint64 to)
{
  SimSpan span = { from, to };
  guint first = 0;

  if (from >= to)
    return;
  while (first < spans->len && sim_span_at (spans, first)->to < from)
    first++;
  /* What it touches becomes part of it. */
  while (first < spans->len && sim_span_at (spans, first)->from <= span.to) {
    span.from = MIN (span.from, sim_span_at (spans, first)->from);
    span.to = MAX (span.to, sim_span_at (spans, first)->to);
    g_array_remove_index (spans, first);
  }
  g_array_insert_val (spans, first, span);
}

void
sim_spans_remove (SimSpans *spans, gint64 from, gint64 to)
{
  for (guint i = 0; i < spans->len && from < to;) {
    SimSpan *span = sim_span_at (spans, i);
    SimSpan rest = { to, span->to };

    if (span->to <= from || span->from >= to) {
      i++;
    } else if (span->from < from) {
      span->to = from;
      i++;
      if (rest.from < rest.to)
        g_array_insert_val (spans, i, rest);
    } else if (span->to > to) {
      span->from = to;
    } else {
      g_array_remove_index (spans, i);
    }
  }
}

void
sim_spans_subtract (SimSpans *spans, const SimSpans *others)
{
  for (guint i = 0; i < others->len; i++)
    sim_spans_remove (
        spans, sim_span_at (others, i)->from, sim_span_at (others, i)->to);
}

void
sim_spans_keep (SimSpans *spans, const SimSpans *others)
{
  gint64 from = G_MININT64;

  for (guint i = 0; i < others->len; i++) {
    sim_spans_remove (spans, from, sim_span_at (others, i)->from);
    from = sim_span_at (others, i)->to;
  }
  sim_spans_remove (spans, from, SIM_FOREVER);
}

const SimSpan *
sim_spans_find (const SimSpans *spans, gint64 at)
{
  for (guint i = 0; i < spans->len; i++) {
    const SimSpan *span = sim_span_at (spans, i);

    if (at >= span->from && at < span->to)
      return span;
  }
  return NULL;
}

gboolean
sim_spans_touch (const SimSpans *spans, gint64 from, gint64 to)
{
  for (guint i = 0; i < spans->len; i++) {
    const SimSpan *span = sim_span_at (spans, i);

    if (span->from < to && span->to > from)
      return TRUE;
  }
  return FALSE;
}

gboolean
sim_spans_cover (const SimSpans *spans, gint64 from, gint64 to)
{
  const SimSpan *span = sim_spans_find (spans, from);

  return span != NULL && span->to >= to;
}
