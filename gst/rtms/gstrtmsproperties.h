/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "ext/crypto/rtmssecret.h"
#include "gstrtmsenums.h"

G_BEGIN_DECLS

/**
 * GstRtmsProperties:
 *
 * The values of an element's properties, as they were set; strings are owned
 * by the element.
 */
typedef struct {
  gchar *payload;
  gchar *payload_location;
  gchar *client_id;
  RtmsSecret *client_secret;    /* (nullable) */
  GstRtmsMediaFlags media;
  GstRtmsConnections connections;
  gboolean startup_backlog;
  GstRtmsAudioCodec audio_codec;
  GstRtmsAudioTransport audio_transport;
  GstRtmsAudioMode audio_mode;
  gchar *audio_participants;
  guint audio_rate;
  guint audio_channels;
  guint audio_interval;
  GstRtmsVideoCodec video_codec;
  GstRtmsVideoResolution video_resolution;
  guint video_fps;
  GstRtmsVideoMode video_mode;
  guint64 video_user_id;
  GstRtmsVideoCodec share_codec;
  GstRtmsVideoResolution share_resolution;
  guint share_fps;
  gchar *transcript_language;
  gboolean transcript_detect_language;
  GstRtmsTextFormat text_format;
  gboolean speaker_names;
  guint latency;
  guint context_wait;
  gboolean text_overlap;
  GstClockTime max_queue_time;
  guint64 max_queue_bytes;
  guint gap_interval;
  gboolean fill_silence;
  gboolean fill_video;
  gboolean wait_for_keyframe;
  guint timeout;
  gboolean reconnect;
  gchar *allowed_hosts;
  gboolean allow_unencrypted;
  gchar *tls_ca_file;
  guint64 max_message_size;
} GstRtmsProperties;

void gst_rtms_properties_init (GstRtmsProperties *properties);
void gst_rtms_properties_copy (GstRtmsProperties *copy,
    const GstRtmsProperties *properties);
void gst_rtms_properties_clear (GstRtmsProperties *properties);
void gst_rtms_properties_install (GObjectClass *klass);
gboolean gst_rtms_properties_set (GstRtmsProperties *properties, guint id,
    const GValue *value);
gboolean gst_rtms_properties_get (const GstRtmsProperties *properties,
    guint id, GValue *value);

/* Of the property that may change while playing. */
guint gst_rtms_properties_get_video_user_id_property (void);

/* The ids of the properties that this file installs are below this. */
#define GST_RTMS_PROPERTIES_END 100

G_END_DECLS
