/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstRtmsFiles:
 *
 * The files that a stream's sinks write. Its functions may be called from any
 * thread.
 */
typedef struct _GstRtmsFiles GstRtmsFiles;

GstRtmsFiles *gst_rtms_files_new (void);
void gst_rtms_files_free (GstRtmsFiles *files);
gboolean gst_rtms_files_prepare (GstRtmsFiles *files, GstElement *bin,
    GError **error);
void gst_rtms_files_add (GstRtmsFiles *files, const gchar *path);
void gst_rtms_files_watch (GstRtmsFiles *files, GstMessage *message);
gchar **gst_rtms_files_finish (GstRtmsFiles *files);

gchar *gst_rtms_files_get_free_path (const gchar *path);
gboolean gst_rtms_files_make_folder (const gchar *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstRtmsFiles, gst_rtms_files_free)

G_END_DECLS
