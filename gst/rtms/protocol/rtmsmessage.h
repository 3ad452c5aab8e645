/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmsmediaparams.h"

G_BEGIN_DECLS

/**
 * RtmsData:
 * @bytes: the decoded bytes
 * @size: how many
 * @owner: (nullable): what holds @bytes; %NULL when there are none
 *
 * The payload of a media message, in memory that the receiver chose.
 */
typedef struct {
  guint8 *bytes;
  gsize size;
  gpointer owner;
} RtmsData;

/**
 * RtmsDataAllocator:
 * @alloc: gives memory for @size bytes; sets all of @data. May fail by
 *     leaving the owner %NULL
 * @finish: (nullable): all bytes are in; @data's size is final
 * @free: gives unused memory back
 *
 * Where a decoder puts payloads, so that they are decoded straight into the
 * memory that goes downstream.
 */
typedef struct {
  void (*alloc) (RtmsData *data, gsize size, gpointer user_data);
  void (*finish) (RtmsData *data, gpointer user_data);
  void (*free) (RtmsData *data, gpointer user_data);
} RtmsDataAllocator;

typedef struct {
  guint64 user_id;
  gchar *user_name;
} RtmsParticipant;

/**
 * RtmsPartyField:
 *
 * What `participant_info` says of the party of a Contact Center event, beside
 * the user id and name.
 */
typedef enum {
  RTMS_PARTY_CHANNEL_ID,
  RTMS_PARTY_MODE,
  RTMS_PARTY_QUEUE_ID,
  RTMS_PARTY_QUEUE_NAME,
  RTMS_PARTY_ACCOUNT_ID,
  RTMS_PARTY_DIVISION_ID,
  RTMS_PARTY_PHONE_NUMBER,
  RTMS_N_PARTY_FIELDS,
} RtmsPartyField;

const gchar *rtms_party_field_get_name (RtmsPartyField field);

#define RTMS_TIME_NONE G_MININT64

/**
 * RtmsMedia:
 * @kind: the medium
 * @has_user: whether the message names a user; false for mixed audio
 * @user_id: whose medium it is
 * @user_name: (nullable): valid UTF-8, lent until the next message is decoded
 * @channel_id: (nullable): the party's channel (Contact Center), lent likewise
 * @timestamp: Unix time in ns
 * @start_time: of an utterance, Unix time in ns, or #RTMS_TIME_NONE
 * @end_time: likewise
 * @language: RTMS_TRANSCRIPT_LANGUAGE, or #RTMS_LANGUAGE_AUTO
 * @message_text: the JSON text it came in, lent likewise
 * @message_length: in bytes
 * @data: the payload; text is valid UTF-8
 *
 * `content` of MEDIA_DATA_AUDIO to MEDIA_DATA_CHAT.
 */
typedef struct {
  RtmsMediaKind kind;
  gboolean has_user;
  guint64 user_id;
  const gchar *user_name;
  const gchar *channel_id;
  gint64 timestamp;
  gint64 start_time;
  gint64 end_time;
  gint language;
  const gchar *message_text;
  gsize message_length;
  RtmsData data;
} RtmsMedia;

/**
 * RtmsServerUrls:
 *
 * `media_server.server_urls`: a URL per medium, and one for all of them.
 */
typedef struct {
  gchar *all;
  gchar *media[RTMS_N_MEDIA];
} RtmsServerUrls;

/**
 * RtmsMessage:
 * @type: an #RtmsMessageType, or a number that this table does not know
 * @text: the JSON text it came in, lent until the next message is decoded
 *
 * Any message, in either direction. Which fields count goes by the type;
 * the others are zero. Strings are owned by the message.
 */
typedef struct {
  gint type;
  const gchar *text;
  gsize text_length;

  /* 14 … 18 */
  RtmsMedia media;

  /* handshakes, requests, answers */
  gint64 sequence;
  gchar *meeting_uuid;
  gchar *rtms_stream_id;
  gchar *rtms_session_id;
  gchar *signature;
  gboolean buffer_data;
  guint media_type;
  RtmsMediaParams params;
  gboolean has_status;
  gint status_code;
  gchar *reason_text;
  RtmsServerUrls urls;
  gboolean payload_encrypted;

  /* keep-alives, states, events */
  gboolean has_timestamp;
  gint64 timestamp;             /* as on the wire, echoed unchanged */
  gint state;
  gint reason;                  /* an RTMS_STOP_REASON; 0 when absent */
  gint event_type;
  GArray *participants;         /* (nullable): of RtmsParticipant */
  gchar *party[RTMS_N_PARTY_FIELDS];    /* (nullable) each */
  GArray *subscriptions;        /* (nullable): of gint, event types */

  /* video subscription */
  guint64 user_id;
  gboolean subscribe;
} RtmsMessage;

void rtms_message_init (RtmsMessage *message, gint type);
void rtms_message_clear (RtmsMessage *message);
void rtms_message_add_participant (RtmsMessage *message, guint64 user_id,
    const gchar *user_name);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RtmsMessage, rtms_message_clear)

gint64 rtms_time_from_wire (gint64 value);

G_END_DECLS
