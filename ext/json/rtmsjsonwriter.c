/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsjsonwriter.h"

void
rtms_json_writer_init (RtmsJsonWriter *writer)
{
  writer->text = g_string_new (NULL);
  writer->needs_comma = FALSE;
}

/* Returns: (transfer full): the text */
gchar *
rtms_json_writer_finish (RtmsJsonWriter *writer)
{
  return g_string_free (g_steal_pointer (&writer->text), FALSE);
}

static void
append_string (GString *text, const gchar *value)
{
  g_autofree gchar *valid = g_utf8_make_valid (value, -1);

  g_string_append_c (text, '"');
  for (const gchar *c = valid; *c; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_printf (text, "\\%c", *c);
    else if ((guchar) *c < 0x20 || *c == 0x7f)
      g_string_append_printf (text, "\\u%04x", (guint) (guchar) *c);
    else
      g_string_append_c (text, *c);
  }
  g_string_append_c (text, '"');
}

static void
begin_value (RtmsJsonWriter *writer, const gchar *name)
{
  if (writer->needs_comma)
    g_string_append_c (writer->text, ',');
  writer->needs_comma = TRUE;
  if (name) {
    append_string (writer->text, name);
    g_string_append_c (writer->text, ':');
  }
}

static void
begin_block (RtmsJsonWriter *writer, const gchar *name, gchar bracket)
{
  begin_value (writer, name);
  g_string_append_c (writer->text, bracket);
  writer->needs_comma = FALSE;
}

static void
end_block (RtmsJsonWriter *writer, gchar bracket)
{
  g_string_append_c (writer->text, bracket);
  writer->needs_comma = TRUE;
}

void
rtms_json_writer_begin_object (RtmsJsonWriter *writer, const gchar *name)
{
  begin_block (writer, name, '{');
}

void
rtms_json_writer_end_object (RtmsJsonWriter *writer)
{
  end_block (writer, '}');
}

void
rtms_json_writer_begin_array (RtmsJsonWriter *writer, const gchar *name)
{
  begin_block (writer, name, '[');
}

void
rtms_json_writer_end_array (RtmsJsonWriter *writer)
{
  end_block (writer, ']');
}

/* @value: (nullable): %NULL becomes null */
void
rtms_json_writer_add_string (RtmsJsonWriter *writer, const gchar *name,
    const gchar *value)
{
  begin_value (writer, name);
  if (value)
    append_string (writer->text, value);
  else
    g_string_append (writer->text, "null");
}

void
rtms_json_writer_add_int (RtmsJsonWriter *writer, const gchar *name,
    gint64 value)
{
  begin_value (writer, name);
  g_string_append_printf (writer->text, "%" G_GINT64_FORMAT, value);
}

void
rtms_json_writer_add_uint (RtmsJsonWriter *writer, const gchar *name,
    guint64 value)
{
  begin_value (writer, name);
  g_string_append_printf (writer->text, "%" G_GUINT64_FORMAT, value);
}

/* @value is finite */
void
rtms_json_writer_add_double (RtmsJsonWriter *writer, const gchar *name,
    gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  begin_value (writer, name);
  g_string_append (writer->text, g_ascii_formatd (text, sizeof text, "%.3f",
          value));
}

void
rtms_json_writer_add_boolean (RtmsJsonWriter *writer, const gchar *name,
    gboolean value)
{
  begin_value (writer, name);
  g_string_append (writer->text, value ? "true" : "false");
}
