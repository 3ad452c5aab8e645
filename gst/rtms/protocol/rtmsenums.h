/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Zoom's enumerations, with Zoom's numbers. A value from the wire is kept as
 * a plain int wherever it may be one that this table does not know. */

typedef enum {
  RTMS_PRODUCT_MEETING,
  RTMS_PRODUCT_WEBINAR,
  RTMS_PRODUCT_SESSION,
  RTMS_PRODUCT_CONTACT_CENTER,
} RtmsProduct;

typedef enum {
  RTMS_MESSAGE_SIGNALING_HAND_SHAKE_REQ = 1,
  RTMS_MESSAGE_SIGNALING_HAND_SHAKE_RESP = 2,
  RTMS_MESSAGE_DATA_HAND_SHAKE_REQ = 3,
  RTMS_MESSAGE_DATA_HAND_SHAKE_RESP = 4,
  RTMS_MESSAGE_EVENT_SUBSCRIPTION = 5,
  RTMS_MESSAGE_EVENT_UPDATE = 6,
  RTMS_MESSAGE_CLIENT_READY_ACK = 7,
  RTMS_MESSAGE_STREAM_STATE_UPDATE = 8,
  RTMS_MESSAGE_SESSION_STATE_UPDATE = 9,
  RTMS_MESSAGE_SESSION_STATE_REQ = 10,
  RTMS_MESSAGE_SESSION_STATE_RESP = 11,
  RTMS_MESSAGE_KEEP_ALIVE_REQ = 12,
  RTMS_MESSAGE_KEEP_ALIVE_RESP = 13,
  RTMS_MESSAGE_MEDIA_DATA_AUDIO = 14,
  RTMS_MESSAGE_MEDIA_DATA_VIDEO = 15,
  RTMS_MESSAGE_MEDIA_DATA_SHARE = 16,
  RTMS_MESSAGE_MEDIA_DATA_TRANSCRIPT = 17,
  RTMS_MESSAGE_MEDIA_DATA_CHAT = 18,
  RTMS_MESSAGE_STREAM_STATE_REQ = 19,
  RTMS_MESSAGE_STREAM_STATE_RESP = 20,
  RTMS_MESSAGE_STREAM_CLOSE_REQ = 21,
  RTMS_MESSAGE_STREAM_CLOSE_RESP = 22,
  RTMS_MESSAGE_META_DATA_AUDIO = 23,
  RTMS_MESSAGE_META_DATA_CHAT = 27,
  RTMS_MESSAGE_VIDEO_SUBSCRIPTION_REQ = 28,
  RTMS_MESSAGE_VIDEO_SUBSCRIPTION_RESP = 29,
} RtmsMessageType;

typedef enum {
  RTMS_EVENT_FIRST_PACKET_TIMESTAMP = 1,
  RTMS_EVENT_ACTIVE_SPEAKER_CHANGE = 2,
  RTMS_EVENT_PARTICIPANT_JOIN = 3,
  RTMS_EVENT_PARTICIPANT_LEAVE = 4,
  RTMS_EVENT_SHARING_START = 5,
  RTMS_EVENT_SHARING_STOP = 6,
  RTMS_EVENT_MEDIA_CONNECTION_INTERRUPTED = 7,
  RTMS_EVENT_PARTICIPANT_VIDEO_ON = 8,
  RTMS_EVENT_PARTICIPANT_VIDEO_OFF = 9,
} RtmsEventType;

/* RTMS_ZCC_VOICE_EVENT_TYPE: Contact Center's meaning of 8 and up; the first
 * and the last that have a name. */
#define RTMS_VOICE_EVENT_CONSUMER_ANSWERED 8
#define RTMS_VOICE_EVENT_CONFERENCE_PARTICIPANT_LEFT 29

/* RTMS_STATUS_CODE: the ones that the client decides by. */
typedef enum {
  RTMS_STATUS_OK = 0,
  RTMS_STATUS_INVALID_RTMS_STREAM_ID = 2,
  RTMS_STATUS_INVALID_SIGNATURE = 3,
  RTMS_STATUS_DUPLICATE_SIGNAL_REQUEST = 8,
  RTMS_STATUS_MEDIA_TYPE_AUDIO_NOT_SUPPORT = 9,
  RTMS_STATUS_MEDIA_TYPE_CHAT_NOT_SUPPORT = 13,
  RTMS_STATUS_MEDIA_DATA_ALL_CONNECTION_EXIST = 15,
  RTMS_STATUS_DUPLICATE_MEDIA_DATA_CONNECTION = 16,
  RTMS_STATUS_INVALID_MEDIA_PARAMS = 17,
  RTMS_STATUS_INVALID_MEDIA_TRANSCRIPT_SOURCE_LANGUAGE = 43,
} RtmsStatusCode;

/* RTMS_STOP_REASON: the ones that something is decided by. */
#define RTMS_STOP_REASON_STREAM_REVOKED 8
#define RTMS_STOP_REASON_DATA_CONNECTION_INTERRUPTED 14

typedef enum {
  RTMS_SESSION_STATE_INACTIVE = 0,
  RTMS_SESSION_STATE_INITIALIZE = 1,
  RTMS_SESSION_STATE_STARTED = 2,
  RTMS_SESSION_STATE_PAUSED = 3,
  RTMS_SESSION_STATE_RESUMED = 4,
  RTMS_SESSION_STATE_STOPPED = 5,
} RtmsSessionState;

typedef enum {
  RTMS_STREAM_STATE_INACTIVE = 0,
  RTMS_STREAM_STATE_ACTIVE = 1,
  RTMS_STREAM_STATE_INTERRUPTED = 2,
  RTMS_STREAM_STATE_TERMINATING = 3,
  RTMS_STREAM_STATE_TERMINATED = 4,
  RTMS_STREAM_STATE_PAUSED = 5,
  RTMS_STREAM_STATE_RESUMED = 6,
} RtmsStreamState;

/* The media of a stream, by index; their MEDIA_DATA_TYPE bit is
 * RTMS_MEDIA_BIT (kind). */
typedef enum {
  RTMS_MEDIA_AUDIO,
  RTMS_MEDIA_VIDEO,
  RTMS_MEDIA_SHARE,
  RTMS_MEDIA_TRANSCRIPT,
  RTMS_MEDIA_CHAT,
  RTMS_N_MEDIA,
} RtmsMediaKind;

#define RTMS_MEDIA_BIT(kind) (1u << (kind))
#define RTMS_MEDIA_ALL_BITS ((1u << RTMS_N_MEDIA) - 1)
/* MEDIA_DATA_TYPE ALL, as it travels in place of all five bits. */
#define RTMS_MEDIA_DATA_TYPE_ALL 32u

typedef enum {
  RTMS_CONTENT_TYPE_UNSET = 0,
  RTMS_CONTENT_TYPE_RTP = 1,
  RTMS_CONTENT_TYPE_RAW_AUDIO = 2,
  RTMS_CONTENT_TYPE_RAW_VIDEO = 3,
  RTMS_CONTENT_TYPE_FILE_STREAM = 4,
  RTMS_CONTENT_TYPE_TEXT = 5,
} RtmsContentType;

/* MEDIA_PAYLOAD_TYPE */
typedef enum {
  RTMS_CODEC_UNSET = 0,
  RTMS_CODEC_L16 = 1,
  RTMS_CODEC_G711 = 2,
  RTMS_CODEC_G722 = 3,
  RTMS_CODEC_OPUS = 4,
  RTMS_CODEC_JPG = 5,
  RTMS_CODEC_PNG = 6,
  RTMS_CODEC_H264 = 7,
} RtmsCodec;

typedef enum {
  RTMS_DATA_OPTION_UNSET = 0,
  RTMS_DATA_OPTION_AUDIO_MIXED_STREAM = 1,
  RTMS_DATA_OPTION_AUDIO_MULTI_STREAMS = 2,
  RTMS_DATA_OPTION_VIDEO_SINGLE_ACTIVE_STREAM = 3,
  RTMS_DATA_OPTION_VIDEO_SINGLE_INDIVIDUAL_STREAM = 4,
  RTMS_DATA_OPTION_VIDEO_MIXED_GALLERY_VIEW = 5,
} RtmsDataOption;

typedef enum {
  RTMS_RESOLUTION_UNSET = 0,
  RTMS_RESOLUTION_SD = 1,
  RTMS_RESOLUTION_HD = 2,
  RTMS_RESOLUTION_FHD = 3,
  RTMS_RESOLUTION_QHD = 4,
} RtmsResolution;

/* RTMS_TRANSCRIPT_LANGUAGE none or auto. */
#define RTMS_LANGUAGE_AUTO (-1)

const gchar *rtms_status_code_get_name (gint status_code);
gint rtms_status_code_from_name (const gchar *name);
const gchar *rtms_stop_reason_get_name (gint stop_reason);
gint rtms_stop_reason_from_name (const gchar *name);
const gchar *rtms_webhook_stop_reason_get_name (RtmsProduct product,
    gint stop_reason);
gint rtms_stop_reason_from_webhook (RtmsProduct product, gint stop_reason);
const gchar *rtms_session_state_get_name (gint state);
const gchar *rtms_stream_state_get_name (gint state);
const gchar *rtms_event_type_get_name (RtmsProduct product, gint event_type);
const gchar *rtms_media_kind_get_name (RtmsMediaKind kind);
const gchar *rtms_product_get_name (RtmsProduct product);
const gchar *rtms_language_get_tag (gint language);
gint rtms_language_from_tag (const gchar *tag);

G_END_DECLS
