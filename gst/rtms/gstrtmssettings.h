/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmsproperties.h"
#include "protocol/rtmssession.h"

G_BEGIN_DECLS

/**
 * GstRtmsSettings:
 * @session: for the session; points into this struct
 * @context_wait: ns, which comes on top of @latency
 * @latency: ns
 * @gap_interval: ns
 *
 * What one run of an element works by: its properties, its environment and
 * its payload, read and checked once. Constant, and shared by reference.
 */
typedef struct {
  RtmsPayload *payload;
  RtmsSecret *signature;
  RtmsUrlPolicy url_policy;
  RtmsSessionConfig session;
  gboolean events;
  guint64 video_user_id;
  GArray *audio_participants;   /* of guint64: pads from the beginning on */
  gboolean text_as_json;
  gboolean speaker_names;
  gboolean text_overlap;
  gboolean fill_silence;
  gboolean fill_video;
  gboolean wait_for_keyframe;
  GstClockTime context_wait;
  GstClockTime latency;
  GstClockTime gap_interval;
  GstClockTime max_queue_time;
  guint64 max_queue_bytes;
  gchar *tls_ca_file;
  gsize max_message_size;
} GstRtmsSettings;

GstRtmsSettings *gst_rtms_settings_new (const GstRtmsProperties *properties,
    GError **error);
GstRtmsSettings *gst_rtms_settings_ref (GstRtmsSettings *settings);
void gst_rtms_settings_unref (GstRtmsSettings *settings);
gboolean gst_rtms_settings_lists_participant (const GstRtmsSettings *settings,
    guint64 user_id);

RtmsSecret *gst_rtms_settings_read_environment (const gchar *const *names);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstRtmsSettings, gst_rtms_settings_unref)

G_END_DECLS
