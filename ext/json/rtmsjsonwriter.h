/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmsJsonWriter:
 *
 * Writes JSON text in the order of its calls. Names are %NULL for the root
 * and for the elements of an array. Invalid UTF-8 is replaced.
 */
typedef struct {
  GString *text;
  gboolean needs_comma;
} RtmsJsonWriter;

void rtms_json_writer_init (RtmsJsonWriter *writer);
gchar *rtms_json_writer_finish (RtmsJsonWriter *writer);

void rtms_json_writer_begin_object (RtmsJsonWriter *writer,
    const gchar *name);
void rtms_json_writer_end_object (RtmsJsonWriter *writer);
void rtms_json_writer_begin_array (RtmsJsonWriter *writer,
    const gchar *name);
void rtms_json_writer_end_array (RtmsJsonWriter *writer);

void rtms_json_writer_add_string (RtmsJsonWriter *writer, const gchar *name,
    const gchar *value);
void rtms_json_writer_add_int (RtmsJsonWriter *writer, const gchar *name,
    gint64 value);
void rtms_json_writer_add_uint (RtmsJsonWriter *writer, const gchar *name,
    guint64 value);
void rtms_json_writer_add_double (RtmsJsonWriter *writer, const gchar *name,
    gdouble value);
void rtms_json_writer_add_boolean (RtmsJsonWriter *writer, const gchar *name,
    gboolean value);

G_END_DECLS
