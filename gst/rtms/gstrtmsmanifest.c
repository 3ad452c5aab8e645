/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsmanifest.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/pbutils/pbutils.h>
#include <string.h>

#include "ext/json/rtmsjsonwriter.h"

/* What a stream left behind, as JSON. Written last and at once, so that who
 * sees it has everything. All of this takes its time, on a feed's thread. */

#define READ_STEP (256 * 1024)
#define DISCOVER_TIMEOUT (10 * GST_SECOND)

static gchar *
get_checksum (const gchar *path)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autofree guint8 *bytes = g_malloc (READ_STEP);
  gssize size = stream ? 0 : -1;

  while (stream && (size = g_input_stream_read (G_INPUT_STREAM (stream),
              bytes, READ_STEP, NULL, NULL)) > 0)
    g_checksum_update (checksum, bytes, size);
  return size == 0 ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}

/* NONE for what is no medium, and for what does not tell. */
static GstClockTime
get_duration (const gchar *path)
{
  g_autoptr (GstDiscoverer) discoverer = gst_discoverer_new (DISCOVER_TIMEOUT,
      NULL);
  g_autofree gchar *absolute = g_canonicalize_filename (path, NULL);
  g_autofree gchar *uri = gst_filename_to_uri (absolute, NULL);
  g_autoptr (GstDiscovererInfo) info = discoverer && uri
      ? gst_discoverer_discover_uri (discoverer, uri, NULL) : NULL;

  if (info == NULL || gst_discoverer_info_get_result (info)
      != GST_DISCOVERER_OK)
    return GST_CLOCK_TIME_NONE;
  return gst_discoverer_info_get_duration (info);
}

static void
add_time (RtmsJsonWriter *writer, const gchar *name, gint64 unix_ms)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (
      unix_ms / 1000);
  g_autoptr (GDateTime) time = seconds ? g_date_time_add (seconds,
      unix_ms % 1000 * G_TIME_SPAN_MILLISECOND) : NULL;
  g_autofree gchar *text = time ? g_date_time_format_iso8601 (time) : NULL;

  rtms_json_writer_add_string (writer, name, text);
}

/* Files below @folder are named from there, as the folder may be moved. */
static const gchar *
get_name (const gchar *path, const gchar *folder)
{
  gsize length = folder ? strlen (folder) : 0;

  if (length && g_str_has_prefix (path, folder)
      && path[length] == G_DIR_SEPARATOR)
    return path + length + 1;
  return path;
}

static void
add_file (RtmsJsonWriter *writer, const gchar *path, const gchar *folder)
{
  g_autofree gchar *checksum = get_checksum (path);
  GstClockTime duration = get_duration (path);
  GStatBuf info = { 0 };

  g_stat (path, &info);
  rtms_json_writer_begin_object (writer, NULL);
  rtms_json_writer_add_string (writer, "name", get_name (path, folder));
  rtms_json_writer_add_int (writer, "size", info.st_size);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    rtms_json_writer_add_double (writer, "duration",
        (gdouble) duration / GST_SECOND);
  rtms_json_writer_add_string (writer, "sha256", checksum);
  rtms_json_writer_end_object (writer);
}

static guint64
count_drops (const GstStructure *stats)
{
  guint64 sum = 0, value;

  for (gint i = 0; stats && i < gst_structure_n_fields (stats); i++) {
    const GValue *field = gst_structure_get_value (stats,
        gst_structure_nth_field_name (stats, (guint) i));

    if (GST_VALUE_HOLDS_STRUCTURE (field) && gst_structure_get_uint64 (
            gst_value_get_structure (field), "dropped", &value))
      sum += value;
  }
  return sum;
}

static void
add_result (RtmsJsonWriter *writer, const GstRtmsFeedResult *result)
{
  guint64 reconnects = 0;

  add_time (writer, "start", result->start);
  add_time (writer, "end", result->end);
  rtms_json_writer_add_string (writer, "outcome",
      gst_rtms_outcome_get_name (result->outcome));
  rtms_json_writer_add_int (writer, "stop_reason", result->stop_reason);
  rtms_json_writer_add_string (writer, "stop_reason_name",
      rtms_stop_reason_get_name (result->stop_reason));
  if (result->problem)
    rtms_json_writer_add_string (writer, "problem", result->problem);
  if (result->stats)
    gst_structure_get_uint64 (result->stats, "interruptions", &reconnects);
  rtms_json_writer_add_uint (writer, "reconnections", reconnects);
  rtms_json_writer_add_uint (writer, "drops", count_drops (result->stats));
}

static void
add_turn (RtmsJsonWriter *writer, GstTocEntry *turn)
{
  GstTagList *tags = gst_toc_entry_get_tags (turn);
  g_autofree gchar *name = NULL;
  gint64 start = 0, end = 0;

  gst_toc_entry_get_start_stop_times (turn, &start, &end);
  if (tags)
    gst_tag_list_get_string (tags, GST_TAG_TITLE, &name);
  rtms_json_writer_begin_object (writer, NULL);
  rtms_json_writer_add_string (writer, "name", name);
  rtms_json_writer_add_double (writer, "start", (gdouble) start / GST_SECOND);
  rtms_json_writer_add_double (writer, "end", (gdouble) end / GST_SECOND);
  rtms_json_writer_end_object (writer);
}

/* Who spoke when, in seconds of the stream's running time. */
static void
add_speakers (RtmsJsonWriter *writer, GstToc *toc)
{
  rtms_json_writer_begin_array (writer, "speakers");
  for (GList *l = toc ? gst_toc_get_entries (toc) : NULL; l; l = l->next) {
    for (GList *k = gst_toc_entry_get_sub_entries (l->data); k; k = k->next)
      add_turn (writer, k->data);
  }
  rtms_json_writer_end_array (writer);
}

/**
 * gst_rtms_manifest_format:
 * @feed: a stream that is over
 * @folder: (nullable): where the manifest will be
 *
 * Returns: (transfer full): JSON
 */
gchar *
gst_rtms_manifest_format (GstRtmsFeed *feed, const gchar *folder)
{
  const RtmsPayload *payload = gst_rtms_feed_get_payload (feed);
  const GstRtmsFeedResult *result = gst_rtms_feed_get_result (feed);
  RtmsJsonWriter writer;

  rtms_json_writer_init (&writer);
  rtms_json_writer_begin_object (&writer, NULL);
  rtms_json_writer_add_string (&writer, "product",
      rtms_product_get_name (payload->product));
  rtms_json_writer_add_string (&writer, "instance_id", payload->instance_id);
  rtms_json_writer_add_string (&writer, "rtms_stream_id",
      payload->stream_id);
  add_result (&writer, result);
  add_speakers (&writer, result->toc);
  rtms_json_writer_begin_array (&writer, "files");
  for (gchar **file = result->files; *file; file++)
    add_file (&writer, *file, folder);
  rtms_json_writer_end_array (&writer);
  rtms_json_writer_end_object (&writer);
  return rtms_json_writer_finish (&writer);
}

/**
 * gst_rtms_manifest_write:
 * @feed: a stream that is over
 * @path_template: where to, with placeholders
 * @error: (out) (optional): of #G_IO_ERROR or #G_FILE_ERROR
 *
 * Returns: (transfer full) (nullable): the path of the manifest
 */
gchar *
gst_rtms_manifest_write (GstRtmsFeed *feed, const gchar *path_template,
    GError **error)
{
  g_autofree gchar *wanted = gst_rtms_placeholders_expand (
      gst_rtms_feed_get_values (feed), path_template);
  g_autofree gchar *path = gst_rtms_files_get_free_path (wanted);
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autofree gchar *text = NULL, *line = NULL;

  if (!gst_rtms_files_make_folder (path, error))
    return NULL;
  text = gst_rtms_manifest_format (feed, folder);
  line = g_strconcat (text, "\n", NULL);
  if (!g_file_set_contents_full (path, line, -1,
          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
          error))
    return NULL;
  return g_steal_pointer (&path);
}
