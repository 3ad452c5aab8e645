/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmslog.h"

#include <string.h>
#include <unistd.h>

#include "ext/json/rtmsjsonwriter.h"

/* What happens to an account's streams, a line each on stderr, for who runs
 * gst-launch-1.0 as a service. */

static void
add_list (RtmsJsonWriter *writer, const gchar *name, const GValue *value)
{
  rtms_json_writer_begin_array (writer, name);
  for (guint i = 0; i < gst_value_array_get_size (value); i++)
    rtms_json_writer_add_string (writer, NULL, g_value_get_string (
            gst_value_array_get_value (value, i)));
  rtms_json_writer_end_array (writer);
}

static gboolean
add_field (GQuark id, const GValue *value, gpointer user_data)
{
  RtmsJsonWriter *writer = user_data;
  const gchar *name = g_quark_to_string (id);
  g_autofree gchar *text = NULL;

  if (G_VALUE_HOLDS_STRING (value)) {
    rtms_json_writer_add_string (writer, name, g_value_get_string (value));
  } else if (G_VALUE_HOLDS_INT (value)) {
    rtms_json_writer_add_int (writer, name, g_value_get_int (value));
  } else if (G_VALUE_HOLDS_UINT (value)) {
    rtms_json_writer_add_uint (writer, name, g_value_get_uint (value));
  } else if (G_VALUE_HOLDS_INT64 (value)) {
    rtms_json_writer_add_int (writer, name, g_value_get_int64 (value));
  } else if (G_VALUE_HOLDS_UINT64 (value)) {
    rtms_json_writer_add_uint (writer, name, g_value_get_uint64 (value));
  } else if (G_VALUE_HOLDS_BOOLEAN (value)) {
    rtms_json_writer_add_boolean (writer, name, g_value_get_boolean (value));
  } else if (GST_VALUE_HOLDS_ARRAY (value)) {
    add_list (writer, name, value);
  } else {
    text = gst_value_serialize (value);
    rtms_json_writer_add_string (writer, name, text);
  }
  return TRUE;
}

static gchar *
format_time (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
}

static gchar *
format_json (const GstStructure *structure)
{
  g_autofree gchar *time = format_time ();
  RtmsJsonWriter writer;

  rtms_json_writer_init (&writer);
  rtms_json_writer_begin_object (&writer, NULL);
  rtms_json_writer_add_string (&writer, "time", time);
  rtms_json_writer_add_string (&writer, "message",
      gst_structure_get_name (structure));
  gst_structure_foreach (structure, add_field, &writer);
  rtms_json_writer_end_object (&writer);
  return rtms_json_writer_finish (&writer);
}

/* JSON's quotes and escapes keep each on its line, whatever is in it. */
static gchar *
format_text (const GstStructure *structure)
{
  const gchar *stream_id = gst_structure_get_string (structure, "stream-id");
  g_autofree gchar *time = format_time ();
  g_autofree gchar *rest = NULL, *id = NULL;
  RtmsJsonWriter writer;

  rtms_json_writer_init (&writer);
  rtms_json_writer_add_string (&writer, NULL, stream_id ? stream_id : "-");
  id = rtms_json_writer_finish (&writer);
  rtms_json_writer_init (&writer);
  gst_structure_foreach (structure, add_field, &writer);
  rest = rtms_json_writer_finish (&writer);
  return g_strdup_printf ("%s %s %s %s", time, id,
      gst_structure_get_name (structure), rest);
}

/* Returns: (transfer full): a line, without its end */
gchar *
gst_rtms_log_format (GstRtmsLogFormat format, const GstStructure *structure)
{
  return format == GST_RTMS_LOG_FORMAT_JSON ? format_json (structure)
      : format_text (structure);
}

/* In one write, so that lines of several threads do not mix. */
void
gst_rtms_log (GstRtmsLogFormat format, const GstStructure *structure)
{
  g_autofree gchar *text = NULL, *line = NULL;
  gssize written;

  if (format == GST_RTMS_LOG_FORMAT_NONE)
    return;
  text = gst_rtms_log_format (format, structure);
  line = g_strconcat (text, "\n", NULL);
  written = write (STDERR_FILENO, line, strlen (line));
  (void) written;               /* there is nobody else to tell */
}
