/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GstRtmsPace:
 *
 * Judges by how long a pad's pushes take whether they are quick enough for
 * the network thread to do them itself. To hand a buffer over to another
 * thread costs more than a quick push.
 */
/* About three times what it takes to wake a thread up, µs. */
#define GST_RTMS_PACE_QUICK_TIME 50

typedef struct {
  gint score;
  guint n_stuck;
  gboolean is_quick;
} GstRtmsPace;

void gst_rtms_pace_init (GstRtmsPace *pace);
gboolean gst_rtms_pace_add (GstRtmsPace *pace, gint64 duration,
    gint64 quick_time);

G_END_DECLS
