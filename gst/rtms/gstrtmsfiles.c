/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_NUMBER 10000

struct _GstRtmsFiles
{
  GMutex lock;
  GPtrArray *paths;
  GHashTable *known;            /* the same, for looking up; borrows them */
  GHashTable *reserved;         /* those that we made, likewise */
};

GstRtmsFiles *
gst_rtms_files_new (void)
{
  GstRtmsFiles *files = g_new0 (GstRtmsFiles, 1);

  g_mutex_init (&files->lock);
  files->paths = g_ptr_array_new_with_free_func (g_free);
  files->known = g_hash_table_new (g_str_hash, g_str_equal);
  files->reserved = g_hash_table_new (g_str_hash, g_str_equal);
  return files;
}

void
gst_rtms_files_free (GstRtmsFiles *files)
{
  g_hash_table_unref (files->reserved);
  g_hash_table_unref (files->known);
  g_ptr_array_unref (files->paths);
  g_mutex_clear (&files->lock);
  g_free (files);
}

static void
add (GstRtmsFiles *files, const gchar *path, gboolean is_reserved)
{
  gchar *copy;

  g_mutex_lock (&files->lock);
  if (!g_hash_table_contains (files->known, path)) {
    copy = g_strdup (path);
    g_ptr_array_add (files->paths, copy);
    g_hash_table_add (files->known, copy);
    if (is_reserved)
      g_hash_table_add (files->reserved, copy);
  }
  g_mutex_unlock (&files->lock);
}

/* A file that something else writes. */
void
gst_rtms_files_add (GstRtmsFiles *files, const gchar *path)
{
  add (files, path, FALSE);
}

/* The folder that a file at @path is to be in. */
gboolean
gst_rtms_files_make_folder (const gchar *path, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0777) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
      "The folder %s cannot be made: %s", folder, g_strerror (errno));
  return FALSE;
}

/* "name-2.mkv" for "name.mkv" */
static gchar *
number_path (const gchar *path, guint number)
{
  const gchar *base = strrchr (path, G_DIR_SEPARATOR);
  const gchar *dot = strrchr (base ? base : path, '.');
  gint length = dot && dot > path && dot[-1] != G_DIR_SEPARATOR
      ? (gint) (dot - path) : (gint) strlen (path);

  return g_strdup_printf ("%.*s-%u%s", length, path, number, path + length);
}

/* @path, or a numbered one when there is such a file. */
gchar *
gst_rtms_files_get_free_path (const gchar *path)
{
  gchar *candidate = g_strdup (path);

  for (guint number = 2; number <= MAX_NUMBER
      && g_file_test (candidate, G_FILE_TEST_IS_REGULAR); number++) {
    g_free (candidate);
    candidate = number_path (path, number);
  }
  return candidate;
}

/* Makes an empty file where there is none, which keeps the name against other
 * streams, in this process and others. Pipes and devices are taken as they
 * are.
 *
 * Returns: the path to write to: @path, or a numbered one when that is
 *     taken */
static gchar *
reserve (const gchar *path, gboolean *is_reserved, GError **error)
{
  for (guint number = 1; number <= MAX_NUMBER; number++) {
    g_autofree gchar *candidate = number == 1 ? g_strdup (path)
        : number_path (path, number);
    gint fd = g_open (candidate, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC,
        0666);
    gint problem = errno;

    *is_reserved = fd >= 0;
    if (fd >= 0)
      close (fd);
    else if (problem == EEXIST
        && g_file_test (candidate, G_FILE_TEST_IS_REGULAR))
      continue;
    else if (problem != EEXIST) {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (problem),
          "%s cannot be written: %s", candidate, g_strerror (problem));
      return NULL;
    }
    return g_steal_pointer (&candidate);
  }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
      "%s exists %d times already", path, MAX_NUMBER);
  return NULL;
}

static gboolean
has_string (GstElement *element, const gchar *name)
{
  GParamSpec *spec = g_object_class_find_property (
      G_OBJECT_GET_CLASS (element), name);

  return spec && spec->value_type == G_TYPE_STRING
      && (spec->flags & G_PARAM_READWRITE) == G_PARAM_READWRITE;
}

static gboolean
is_file_sink (GstElement *element)
{
  return g_str_equal (G_OBJECT_TYPE_NAME (element), "GstFileSink");
}

static gboolean
prepare_property (GstRtmsFiles *files, GstElement *element,
    const gchar *name, GError **error)
{
  g_autofree gchar *path = NULL, *free_path = NULL;
  gboolean is_reserved;

  if (!has_string (element, name))
    return TRUE;
  g_object_get (element, name, &path, NULL);
  if (path == NULL || strstr (path, "://"))
    return TRUE;
  if (!gst_rtms_files_make_folder (path, error))
    return FALSE;
  if (!is_file_sink (element)) {
    /* patterns come as messages when they are files; playlists do not */
    if (g_str_equal (name, "playlist-location"))
      add (files, path, FALSE);
    return TRUE;
  }
  free_path = reserve (path, &is_reserved, error);
  if (free_path == NULL)
    return FALSE;
  if (!g_str_equal (path, free_path))
    g_object_set (element, name, free_path, NULL);
  add (files, free_path, is_reserved);
  return TRUE;
}

static gboolean
prepare_sink (const GValue *item, GValue *result, gpointer user_data)
{
  static const gchar *const names[] = { "location", "playlist-location" };
  GstElement *element = g_value_get_object (item);
  gpointer *arguments = user_data;

  if (!GST_OBJECT_FLAG_IS_SET (element, GST_ELEMENT_FLAG_SINK))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (!prepare_property (arguments[0], element, names[i], arguments[1])) {
      g_value_set_boolean (result, FALSE);
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * gst_rtms_files_prepare:
 * @files: a stream's
 * @bin: whose sinks have not opened anything yet
 * @error: (out) (optional): of #G_IO_ERROR
 *
 * Makes the folders that the sinks' files are to be in, and has no sink write
 * over a file that is there already.
 */
gboolean
gst_rtms_files_prepare (GstRtmsFiles *files, GstElement *bin, GError **error)
{
  g_autoptr (GstIterator) iterator = gst_bin_iterate_recurse (GST_BIN (bin));
  gpointer arguments[] = { files, error };
  g_auto (GValue) result = G_VALUE_INIT;

  g_value_init (&result, G_TYPE_BOOLEAN);
  g_value_set_boolean (&result, TRUE);
  /* Nobody changes the bin, so there is nothing to begin again for. */
  gst_iterator_fold (iterator, prepare_sink, &result, arguments);
  return g_value_get_boolean (&result);
}

/* Sinks of many files say by messages which ones. */
void
gst_rtms_files_watch (GstRtmsFiles *files, GstMessage *message)
{
  static const struct {
    const gchar *message;
    const gchar *field;
  } kinds[] = {
    { "splitmuxsink-fragment-opened", "location" },
    { "splitmuxsink-fragment-closed", "location" },
    { "GstMultiFileSink", "filename" },
  };
  const GstStructure *structure = gst_message_get_structure (message);

  for (guint i = 0; structure && i < G_N_ELEMENTS (kinds); i++) {
    const gchar *path = gst_structure_has_name (structure, kinds[i].message)
        ? gst_structure_get_string (structure, kinds[i].field) : NULL;

    if (path)
      add (files, path, FALSE);
  }
}

static gint
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/**
 * gst_rtms_files_finish:
 * @files: a stream's, whose sinks have closed theirs
 *
 * Removes the files that stayed empty, if it was us who made them.
 *
 * Returns: (transfer full) (array zero-terminated=1): the paths of the files
 *     with something in them, by name
 */
gchar **
gst_rtms_files_finish (GstRtmsFiles *files)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_mutex_lock (&files->lock);
  g_ptr_array_sort (files->paths, compare_paths);
  for (guint i = 0; i < files->paths->len; i++) {
    const gchar *path = g_ptr_array_index (files->paths, i);
    GStatBuf info;

    if (g_stat (path, &info) != 0 || !S_ISREG (info.st_mode))
      continue;
    if (info.st_size > 0)
      g_strv_builder_add (builder, path);
    else if (g_hash_table_remove (files->reserved, path))
      g_unlink (path);
  }
  g_mutex_unlock (&files->lock);
  return g_strv_builder_end (builder);
}
