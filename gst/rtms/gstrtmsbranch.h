/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmsfiles.h"
#include "gstrtmsplaceholders.h"

G_BEGIN_DECLS

#define GST_TYPE_RTMS_BRANCH (gst_rtms_branch_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmsBranch, gst_rtms_branch, GST, RTMS_BRANCH,
    GstBin)

/**
 * GstRtmsBranchCallbacks:
 * @ended: the stream is over and all sinks have written what they had;
 *     called once
 * @failed: an element cannot go on; @problem is a sentence on it. May be
 *     called often
 *
 * Called on any thread, which is not to be kept waiting.
 */
typedef struct {
  void (*ended) (GstRtmsBranch *branch, gpointer user_data);
  void (*failed) (GstRtmsBranch *branch, const gchar *problem,
      gpointer user_data);
} GstRtmsBranchCallbacks;

/**
 * GstRtmsBranchConfig:
 * @description: (nullable): %NULL for one whose bin has the source's pads
 * @values: the stream's, of which it keeps copies
 * @user_data: (transfer full): for the callbacks
 */
typedef struct {
  const gchar *description;
  const GstRtmsPlaceholders *values;
  const GstRtmsBranchCallbacks *callbacks;
  gpointer user_data;
  GDestroyNotify free_user_data;
} GstRtmsBranchConfig;

GstRtmsBranch *gst_rtms_branch_new (const GstRtmsBranchConfig *config,
    GError **error);
GstElement *gst_rtms_branch_get_source (GstRtmsBranch *branch);
GstRtmsFiles *gst_rtms_branch_get_files (GstRtmsBranch *branch);
gboolean gst_rtms_branch_is_flowing (GstRtmsBranch *branch);
void gst_rtms_branch_shut_down (GstRtmsBranch *branch);
gboolean gst_rtms_branch_is_stopped (GstRtmsBranch *branch,
    gint *stop_reason);
GstToc *gst_rtms_branch_get_toc (GstRtmsBranch *branch);

G_END_DECLS
