/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "protocol/rtmsenums.h"

G_BEGIN_DECLS

/**
 * GstRtmsMediaFlags:
 * @GST_RTMS_MEDIA_AUDIO: audio
 * @GST_RTMS_MEDIA_VIDEO: the cameras
 * @GST_RTMS_MEDIA_SHARE: the shared screen
 * @GST_RTMS_MEDIA_TRANSCRIPT: what is said, as text
 * @GST_RTMS_MEDIA_CHAT: the chat
 * @GST_RTMS_MEDIA_EVENTS: joins, leaves, speakers and states, as JSON
 *
 * The media of a stream. Their bits are Zoom's MEDIA_DATA_TYPE, but for
 * events, which come by the signaling connection.
 */
typedef enum {
  GST_RTMS_MEDIA_AUDIO = RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO),
  GST_RTMS_MEDIA_VIDEO = RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO),
  GST_RTMS_MEDIA_SHARE = RTMS_MEDIA_BIT (RTMS_MEDIA_SHARE),
  GST_RTMS_MEDIA_TRANSCRIPT = RTMS_MEDIA_BIT (RTMS_MEDIA_TRANSCRIPT),
  GST_RTMS_MEDIA_CHAT = RTMS_MEDIA_BIT (RTMS_MEDIA_CHAT),
  GST_RTMS_MEDIA_EVENTS = RTMS_MEDIA_BIT (RTMS_N_MEDIA),
} GstRtmsMediaFlags;

#define GST_TYPE_RTMS_MEDIA_FLAGS (gst_rtms_media_flags_get_type ())
GType gst_rtms_media_flags_get_type (void);

/**
 * GstRtmsConnections:
 * @GST_RTMS_CONNECTIONS_UNIFIED: one media connection for all media
 * @GST_RTMS_CONNECTIONS_SPLIT: one for each medium
 */
typedef enum {
  GST_RTMS_CONNECTIONS_UNIFIED,
  GST_RTMS_CONNECTIONS_SPLIT,
} GstRtmsConnections;

#define GST_TYPE_RTMS_CONNECTIONS (gst_rtms_connections_get_type ())
GType gst_rtms_connections_get_type (void);

/**
 * GstRtmsAudioCodec:
 * @GST_RTMS_AUDIO_CODEC_L16: 16-bit PCM
 * @GST_RTMS_AUDIO_CODEC_G711: G.711 A-law
 * @GST_RTMS_AUDIO_CODEC_G722: G.722
 * @GST_RTMS_AUDIO_CODEC_OPUS: Opus
 */
typedef enum {
  GST_RTMS_AUDIO_CODEC_L16 = RTMS_CODEC_L16,
  GST_RTMS_AUDIO_CODEC_G711 = RTMS_CODEC_G711,
  GST_RTMS_AUDIO_CODEC_G722 = RTMS_CODEC_G722,
  GST_RTMS_AUDIO_CODEC_OPUS = RTMS_CODEC_OPUS,
} GstRtmsAudioCodec;

#define GST_TYPE_RTMS_AUDIO_CODEC (gst_rtms_audio_codec_get_type ())
GType gst_rtms_audio_codec_get_type (void);

/**
 * GstRtmsAudioMode:
 * @GST_RTMS_AUDIO_MODE_MIXED: all voices on one pad
 * @GST_RTMS_AUDIO_MODE_PARTICIPANTS: a pad for each participant who speaks
 */
typedef enum {
  GST_RTMS_AUDIO_MODE_MIXED = RTMS_DATA_OPTION_AUDIO_MIXED_STREAM,
  GST_RTMS_AUDIO_MODE_PARTICIPANTS = RTMS_DATA_OPTION_AUDIO_MULTI_STREAMS,
} GstRtmsAudioMode;

#define GST_TYPE_RTMS_AUDIO_MODE (gst_rtms_audio_mode_get_type ())
GType gst_rtms_audio_mode_get_type (void);

/**
 * GstRtmsAudioTransport:
 * @GST_RTMS_AUDIO_TRANSPORT_RAW: coded audio as it is
 * @GST_RTMS_AUDIO_TRANSPORT_RTP: in RTP packets
 */
typedef enum {
  GST_RTMS_AUDIO_TRANSPORT_RAW = RTMS_CONTENT_TYPE_RAW_AUDIO,
  GST_RTMS_AUDIO_TRANSPORT_RTP = RTMS_CONTENT_TYPE_RTP,
} GstRtmsAudioTransport;

#define GST_TYPE_RTMS_AUDIO_TRANSPORT (gst_rtms_audio_transport_get_type ())
GType gst_rtms_audio_transport_get_type (void);

/**
 * GstRtmsVideoCodec:
 * @GST_RTMS_VIDEO_CODEC_JPG: JPEG images
 * @GST_RTMS_VIDEO_CODEC_PNG: PNG images
 * @GST_RTMS_VIDEO_CODEC_H264: H.264
 */
typedef enum {
  GST_RTMS_VIDEO_CODEC_JPG = RTMS_CODEC_JPG,
  GST_RTMS_VIDEO_CODEC_PNG = RTMS_CODEC_PNG,
  GST_RTMS_VIDEO_CODEC_H264 = RTMS_CODEC_H264,
} GstRtmsVideoCodec;

#define GST_TYPE_RTMS_VIDEO_CODEC (gst_rtms_video_codec_get_type ())
GType gst_rtms_video_codec_get_type (void);

/**
 * GstRtmsVideoMode:
 * @GST_RTMS_VIDEO_MODE_ACTIVE_SPEAKER: whoever speaks
 * @GST_RTMS_VIDEO_MODE_PARTICIPANT: one chosen participant
 * @GST_RTMS_VIDEO_MODE_GALLERY: all in one picture; Video SDK only
 */
typedef enum {
  GST_RTMS_VIDEO_MODE_ACTIVE_SPEAKER =
      RTMS_DATA_OPTION_VIDEO_SINGLE_ACTIVE_STREAM,
  GST_RTMS_VIDEO_MODE_PARTICIPANT =
      RTMS_DATA_OPTION_VIDEO_SINGLE_INDIVIDUAL_STREAM,
  GST_RTMS_VIDEO_MODE_GALLERY = RTMS_DATA_OPTION_VIDEO_MIXED_GALLERY_VIEW,
} GstRtmsVideoMode;

#define GST_TYPE_RTMS_VIDEO_MODE (gst_rtms_video_mode_get_type ())
GType gst_rtms_video_mode_get_type (void);

/**
 * GstRtmsLogFormat:
 * @GST_RTMS_LOG_FORMAT_NONE: nothing
 * @GST_RTMS_LOG_FORMAT_TEXT: lines of text
 * @GST_RTMS_LOG_FORMAT_JSON: lines of JSON
 */
typedef enum {
  GST_RTMS_LOG_FORMAT_NONE,
  GST_RTMS_LOG_FORMAT_TEXT,
  GST_RTMS_LOG_FORMAT_JSON,
} GstRtmsLogFormat;

#define GST_TYPE_RTMS_LOG_FORMAT (gst_rtms_log_format_get_type ())
GType gst_rtms_log_format_get_type (void);

/**
 * GstRtmsTextFormat:
 * @GST_RTMS_TEXT_FORMAT_UTF8: the text alone
 * @GST_RTMS_TEXT_FORMAT_JSON: a line of JSON with all that Zoom says of it
 */
typedef enum {
  GST_RTMS_TEXT_FORMAT_UTF8,
  GST_RTMS_TEXT_FORMAT_JSON,
} GstRtmsTextFormat;

#define GST_TYPE_RTMS_TEXT_FORMAT (gst_rtms_text_format_get_type ())
GType gst_rtms_text_format_get_type (void);

/**
 * GstRtmsVideoResolution:
 * @GST_RTMS_VIDEO_RESOLUTION_SD: 854×480 or 640×360
 * @GST_RTMS_VIDEO_RESOLUTION_HD: 1280×720
 * @GST_RTMS_VIDEO_RESOLUTION_FHD: 1920×1080
 * @GST_RTMS_VIDEO_RESOLUTION_QHD: 2560×1440
 */
typedef enum {
  GST_RTMS_VIDEO_RESOLUTION_SD = RTMS_RESOLUTION_SD,
  GST_RTMS_VIDEO_RESOLUTION_HD = RTMS_RESOLUTION_HD,
  GST_RTMS_VIDEO_RESOLUTION_FHD = RTMS_RESOLUTION_FHD,
  GST_RTMS_VIDEO_RESOLUTION_QHD = RTMS_RESOLUTION_QHD,
} GstRtmsVideoResolution;

#define GST_TYPE_RTMS_VIDEO_RESOLUTION (gst_rtms_video_resolution_get_type ())
GType gst_rtms_video_resolution_get_type (void);

G_END_DECLS
