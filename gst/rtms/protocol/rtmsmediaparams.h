/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmsenums.h"

G_BEGIN_DECLS

/**
 * RtmsAudioParams:
 * @content_type: an #RtmsContentType
 * @codec: an #RtmsCodec
 * @data_option: an #RtmsDataOption
 * @sample_rate: in Hz; 0 when unset
 * @channels: 1 or 2; 0 when unset
 * @send_rate: media time per message in ms; 0 when unset
 */
typedef struct {
  gint content_type;
  gint codec;
  gint data_option;
  gint sample_rate;
  gint channels;
  gint send_rate;
} RtmsAudioParams;

/**
 * RtmsVideoParams:
 * @content_type: an #RtmsContentType
 * @codec: an #RtmsCodec
 * @data_option: an #RtmsDataOption; unset for a share
 * @resolution: an #RtmsResolution
 * @fps: frames per second; 0 when unset
 */
typedef struct {
  gint content_type;
  gint codec;
  gint data_option;
  gint resolution;
  gint fps;
} RtmsVideoParams;

/**
 * RtmsTranscriptParams:
 * @content_type: an #RtmsContentType
 * @language: an RTMS_TRANSCRIPT_LANGUAGE; #RTMS_LANGUAGE_AUTO when unset
 * @detect_language: whether Zoom detects the spoken language (`enable_lid`)
 */
typedef struct {
  gint content_type;
  gint language;
  gboolean detect_language;
} RtmsTranscriptParams;

typedef struct {
  gint content_type;
} RtmsChatParams;

/**
 * RtmsMediaParams:
 * @kinds: bits of the media that are asked for or confirmed
 *
 * `media_params` of the data handshake, both as asked and as confirmed.
 */
typedef struct {
  guint kinds;
  RtmsAudioParams audio;
  RtmsVideoParams video;
  RtmsVideoParams share;
  RtmsTranscriptParams transcript;
  RtmsChatParams chat;
} RtmsMediaParams;

void rtms_media_params_init (RtmsMediaParams *params);
void rtms_media_params_complete (RtmsMediaParams *params,
    const RtmsMediaParams *asked);

gboolean rtms_audio_params_check (const RtmsAudioParams *params,
    gchar **advice);
gboolean rtms_video_params_check (const RtmsVideoParams *params,
    RtmsMediaKind kind, gchar **advice);

gint rtms_sample_rate_from_wire (gint64 value);
gint rtms_sample_rate_to_wire (gint sample_rate);

G_END_DECLS
