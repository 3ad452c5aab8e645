/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "protocol/rtmsmessage.h"
#include "protocol/rtmspayload.h"

G_BEGIN_DECLS

/**
 * GstRtmsRoster:
 *
 * What is known of the meeting: who is there, whose camera is on, who spoke
 * when, and the states of stream and session. Used by one thread.
 */
typedef struct _GstRtmsRoster GstRtmsRoster;

GstRtmsRoster *gst_rtms_roster_new (RtmsProduct product);
void gst_rtms_roster_free (GstRtmsRoster *roster);

void gst_rtms_roster_update (GstRtmsRoster *roster,
    const RtmsMessage *message, gint64 unix_time, GstClockTime place);
void gst_rtms_roster_see_frame (GstRtmsRoster *roster, guint64 user_id,
    gint64 unix_time);
void gst_rtms_roster_see_share (GstRtmsRoster *roster, gint64 unix_time);

const gchar *gst_rtms_roster_get_name (GstRtmsRoster *roster,
    guint64 user_id);
gboolean gst_rtms_roster_has_left (GstRtmsRoster *roster, guint64 user_id,
    gint64 unix_time);
gboolean gst_rtms_roster_expects_video (GstRtmsRoster *roster);
gboolean gst_rtms_roster_expects_share (GstRtmsRoster *roster);
GstToc *gst_rtms_roster_create_toc (GstRtmsRoster *roster,
    GstClockTime end);

G_END_DECLS
