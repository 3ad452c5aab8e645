/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RTMS messages nest four deep; payload wrappers five. */
#define RTMS_JSON_MAX_DEPTH 16

/**
 * RtmsJsonScan:
 *
 * A pull parser over JSON text: it builds no tree, allocates nothing, and
 * rejects whatever is not JSON. Private to ext/json.
 */
typedef struct {
  const gchar *next;
  const gchar *end;
  guint depth;
  const gchar *problem;         /* (nullable): why the scan stopped */
} RtmsJsonScan;

/**
 * RtmsJsonSpan:
 * @text: the first character of a scalar; of a string, after its quote
 * @length: in bytes; of a string, without the quotes
 * @quoted: whether it is a string
 * @escaped: whether the string holds escapes
 */
typedef struct {
  const gchar *text;
  gsize length;
  gboolean quoted;
  gboolean escaped;
} RtmsJsonSpan;

void rtms_json_scan_init (RtmsJsonScan *scan, const gchar *text,
    gsize length);
gchar rtms_json_scan_peek (RtmsJsonScan *scan);
gboolean rtms_json_scan_enter_object (RtmsJsonScan *scan);
gboolean rtms_json_scan_next_member (RtmsJsonScan *scan, gboolean *first,
    RtmsJsonSpan *key);
gboolean rtms_json_scan_string (RtmsJsonScan *scan, RtmsJsonSpan *span);
gboolean rtms_json_scan_scalar (RtmsJsonScan *scan, RtmsJsonSpan *span);
gboolean rtms_json_scan_skip (RtmsJsonScan *scan);
gboolean rtms_json_scan_finish (RtmsJsonScan *scan);

gboolean rtms_json_span_equal (const RtmsJsonSpan *span, const gchar *text);
gboolean rtms_json_span_get_int64 (const RtmsJsonSpan *span, gint64 *value);
gboolean rtms_json_span_get_uint64 (const RtmsJsonSpan *span,
    guint64 *value);
void rtms_json_span_unescape (const RtmsJsonSpan *span, GString *text);

G_END_DECLS
