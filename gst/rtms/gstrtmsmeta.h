/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GST_RTMS_PARTICIPANT_META:
 *
 * The name of the custom meta on audio, video, share and text buffers that
 * says whose they are. Its structure has the fields
 *
 * - `user-id` (guint64): Zoom's id of the participant
 * - `user-name` (string, optional): the name in the meeting
 * - `channel-id` (string, optional): Contact Center: the party's channel
 *
 * Mixed audio is nobody's and has no such meta.
 *
 * Since: 0.1
 */
#define GST_RTMS_PARTICIPANT_META "GstRtmsParticipantMeta"

void gst_rtms_meta_register (void);
void gst_rtms_meta_add_participant (GstBuffer *buffer, guint64 user_id,
    const gchar *user_name, const gchar *channel_id);
void gst_rtms_meta_add_unix_time (GstBuffer *buffer, gint64 unix_time);

G_END_DECLS
