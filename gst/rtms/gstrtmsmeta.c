/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsmeta.h"

static GstStaticCaps unix_time_caps = GST_STATIC_CAPS ("timestamp/x-unix");

/* A GstCustomMeta, so that applications in any language see a GstStructure
 * without our headers. */
void
gst_rtms_meta_register (void)
{
  static const gchar *tags[] = { NULL };

  if (gst_meta_get_info (GST_RTMS_PARTICIPANT_META) == NULL)
    gst_meta_register_custom (GST_RTMS_PARTICIPANT_META, tags, NULL, NULL,
        NULL);
}

/**
 * rtmssrc meta GstRtmsParticipantMeta:
 * @user-id: (guint64) the participant's id in the meeting
 * @user-name: (string) the participant's name, where Zoom gives it
 * @channel-id: (string) the party's channel, in Contact Center
 *
 * Whose voice, camera, screen or line a buffer holds: a #GstCustomMeta on all
 * buffers but those of mixed audio.
 */
void
gst_rtms_meta_add_participant (GstBuffer *buffer, guint64 user_id,
    const gchar *user_name, const gchar *channel_id)
{
  GstCustomMeta *meta = gst_buffer_add_custom_meta (buffer,
      GST_RTMS_PARTICIPANT_META);
  GstStructure *structure = gst_custom_meta_get_structure (meta);

  gst_structure_set (structure, "user-id", G_TYPE_UINT64, user_id, NULL);
  if (user_name)
    gst_structure_set (structure, "user-name", G_TYPE_STRING, user_name,
        NULL);
  if (channel_id)
    gst_structure_set (structure, "channel-id", G_TYPE_STRING, channel_id,
        NULL);
}

/**
 * rtmssrc meta GstReferenceTimestampMeta:
 *
 * When a buffer was captured, by Zoom's clock: Unix time in ns, with the caps
 * `timestamp/x-unix`. On every buffer.
 */

/* @unix_time in ns, by Zoom's clock. */
void
gst_rtms_meta_add_unix_time (GstBuffer *buffer, gint64 unix_time)
{
  g_autoptr (GstCaps) caps = gst_static_caps_get (&unix_time_caps);

  gst_buffer_add_reference_timestamp_meta (buffer, caps,
      (GstClockTime) unix_time, GST_CLOCK_TIME_NONE);
}
