/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsenums.h"

#include <string.h>

static const gchar *
name_at (const gchar *const *names, gsize n, gint index)
{
  if (index < 0 || (gsize) index >= n || names[index] == NULL)
    return "UNKNOWN";
  return names[index];
}

static const gchar *const status_codes[] = {
  "OK", "INVALID_MESSAGE_TYPE", "INVALID_RTMS_STREAM_ID",
  "INVALID_SIGNATURE", "INVALID_PAYLOAD", "INVALID_EVENTS",
  "INVALID_EVENT_TYPE", "INVALID_MEDIA_TYPE", "DUPLICATE_SIGNAL_REQUEST",
  "MEDIA_TYPE_AUDIO_NOT_SUPPORT", "MEDIA_TYPE_VIDEO_NOT_SUPPORT",
  "MEDIA_TYPE_DESKSHARE_NOT_SUPPORT", "MEDIA_TYPE_TRANSCRIPT_NOT_SUPPORT",
  "MEDIA_TYPE_CHAT_NOT_SUPPORT", "MEDIA_TYPE_INVALID_VALUE",
  "MEDIA_DATA_ALL_CONNECTION_EXIST", "DUPLICATE_MEDIA_DATA_CONNECTION",
  "INVALID_MEDIA_PARAMS", "INVALID_MEDIA_AUDIO_PARAMS",
  "INVALID_MEDIA_AUDIO_CONTENT_TYPE", "INVALID_MEDIA_AUDIO_SAMPLE_RATE",
  "INVALID_MEDIA_AUDIO_CHANNEL", "INVALID_MEDIA_AUDIO_CODEC",
  "INVALID_MEDIA_AUDIO_DATA_OPT", "INVALID_MEDIA_AUDIO_SEND_RATE",
  "INVALID_MEDIA_VIDEO_PARAMS", "INVALID_MEDIA_VIDEO_CONTENT_TYPE",
  "INVALID_MEDIA_VIDEO_CODEC", "INVALID_MEDIA_VIDEO_RESOLUTION",
  "INVALID_MEDIA_VIDEO_DATA_OPT", "INVALID_MEDIA_VIDEO_FPS",
  "INVALID_MEDIA_DESKSHARE_PARAMS", "INVALID_MEDIA_DESKSHARE_CONTENT_TYPE",
  "INVALID_MEDIA_DESKSHARE_CODEC", "INVALID_MEDIA_DESKSHARE_RESOLUTION",
  "INVALID_MEDIA_DESKSHARE_FPS", "INVALID_MEDIA_TRANSCRIPT_PARAMS",
  "INVALID_MEDIA_TRANSCRIPT_CONTENT_TYPE", "INVALID_MEDIA_CHAT_PARAMS",
  "INVALID_MEDIA_CHAT_CONTENT_TYPE", "INVALID_RTMS_SESSION_ID",
  "INVALID_CLIENT_READY_ACK", "INVALID_EVENT_SUBSCRIBE",
  "INVALID_MEDIA_TRANSCRIPT_SOURCE_LANGUAGE",
  "DUPLICATE_VIDEO_SUBSCRIPTION", "INTERNAL_EXCEPTION",
};

/**
 * rtms_status_code_get_name:
 * @status_code: an RTMS_STATUS_CODE from a handshake answer
 *
 * Returns: (transfer none): Zoom's name of it, or "UNKNOWN"
 */
const gchar *
rtms_status_code_get_name (gint status_code)
{
  return name_at (status_codes, G_N_ELEMENTS (status_codes), status_code);
}

/**
 * rtms_status_code_from_name:
 * @name: Zoom's name of an RTMS_STATUS_CODE
 *
 * Returns: the number, or -1 when the name is not known
 */
gint
rtms_status_code_from_name (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (status_codes); i++) {
    if (strcmp (name, status_codes[i]) == 0)
      return (gint) i;
  }
  return -1;
}

static const gchar *const stop_reasons[] = {
  NULL, "HOST_TRIGGERED", "USER_TRIGGERED", "USER_LEFT", "USER_EJECTED",
  "HOST_DISABLED_APP", "MEETING_ENDED", "STREAM_CANCELED", "STREAM_REVOKED",
  "ALL_APPS_DISABLED", "INTERNAL_EXCEPTION", "CONNECTION_TIMEOUT",
  "INSTANCE_CONNECTION_INTERRUPTED", "SIGNAL_CONNECTION_INTERRUPTED",
  "DATA_CONNECTION_INTERRUPTED", "SIGNAL_CONNECTION_CLOSED_ABNORMALLY",
  "DATA_CONNECTION_CLOSED_ABNORMALLY", "EXIT_SIGNAL",
  "AUTHENTICATION_FAILURE", "AWAIT_RECONNECTION_TIMEOUT",
  "RECEIVER_REQUEST_CLOSE", "CUSTOMER_DISCONNECTED", "AGENT_DISCONNECTED",
  "ADMIN_DISABLED_APP", "KEEP_ALIVE_TIMEOUT", "MANUAL_API_TRIGGERED",
  "STREAMING_NOT_SUPPORTED",
};

/**
 * rtms_stop_reason_get_name:
 * @stop_reason: an RTMS_STOP_REASON as it travels on the sockets
 *
 * Not for webhooks, whose numbers differ by product: see
 * rtms_webhook_stop_reason_get_name().
 *
 * Returns: (transfer none): Zoom's name of it, or "UNKNOWN"
 */
const gchar *
rtms_stop_reason_get_name (gint stop_reason)
{
  return name_at (stop_reasons, G_N_ELEMENTS (stop_reasons), stop_reason);
}

/**
 * rtms_stop_reason_from_name:
 * @name: a reason as some servers spell it: "STOP_BC_STREAM_CANCELED"
 *
 * Returns: the number, or 0 when the name is not known
 */
gint
rtms_stop_reason_from_name (const gchar *name)
{
  if (g_str_has_prefix (name, "STOP_BC_"))
    name += strlen ("STOP_BC_");
  for (guint i = 1; i < G_N_ELEMENTS (stop_reasons); i++) {
    if (strcmp (name, stop_reasons[i]) == 0)
      return (gint) i;
  }
  return 0;
}

/**
 * rtms_webhook_stop_reason_get_name:
 * @product: the stream's product
 * @stop_reason: `stop_reason` of an `rtms_stopped` webhook
 *
 * Returns: (transfer none): a name of it, or "UNKNOWN"
 */
const gchar *
rtms_webhook_stop_reason_get_name (RtmsProduct product, gint stop_reason)
{
  static const gchar *const meeting[] = {
    NULL, "HOST_TRIGGERED", "USER_TRIGGERED", "USER_LEFT", "USER_EJECTED",
    "HOST_DISABLED_APP", "MEETING_ENDED", "STREAM_CANCELED",
    "STREAM_REVOKED", "ALL_APPS_DISABLED", "INTERNAL_EXCEPTION",
    "CONNECTION_TIMEOUT",
  };
  static const gchar *const contact_center[] = {
    NULL, "CUSTOMER_DISCONNECTED", "AGENT_DISCONNECTED", "STREAM_REVOKED",
    "STREAM_CANCELED", "ADMIN_DISABLED_APP", "INTERNAL_EXCEPTION",
    "CONNECTION_TIMEOUT",
  };

  if (product == RTMS_PRODUCT_CONTACT_CENTER)
    return name_at (contact_center, G_N_ELEMENTS (contact_center),
        stop_reason);
  return name_at (meeting, G_N_ELEMENTS (meeting), stop_reason);
}

/**
 * rtms_stop_reason_from_webhook:
 * @product: the stream's product
 * @stop_reason: `stop_reason` of an `rtms_stopped` webhook
 *
 * Returns: what stands for it on the sockets, or 0 when it is not known
 */
gint
rtms_stop_reason_from_webhook (RtmsProduct product, gint stop_reason)
{
  const gchar *name = rtms_webhook_stop_reason_get_name (product,
      stop_reason);

  return rtms_stop_reason_from_name (name);
}

const gchar *
rtms_session_state_get_name (gint state)
{
  static const gchar *const names[] = { "INACTIVE", "INITIALIZE", "STARTED",
    "PAUSED", "RESUMED", "STOPPED" };

  return name_at (names, G_N_ELEMENTS (names), state);
}

const gchar *
rtms_stream_state_get_name (gint state)
{
  static const gchar *const names[] = { "INACTIVE", "ACTIVE", "INTERRUPTED",
    "TERMINATING", "TERMINATED", "PAUSED", "RESUMED" };

  return name_at (names, G_N_ELEMENTS (names), state);
}

/**
 * rtms_event_type_get_name:
 * @product: the stream's product: Contact Center gives 8 and up another
 *     meaning
 * @event_type: `event_type` of an EVENT_UPDATE
 *
 * Returns: (transfer none): Zoom's name of it, or "UNKNOWN"
 */
const gchar *
rtms_event_type_get_name (RtmsProduct product, gint event_type)
{
  static const gchar *const common[] = {
    NULL, "FIRST_PACKET_TIMESTAMP", "ACTIVE_SPEAKER_CHANGE",
    "PARTICIPANT_JOIN", "PARTICIPANT_LEAVE", "SHARING_START", "SHARING_STOP",
    "MEDIA_CONNECTION_INTERRUPTED", "PARTICIPANT_VIDEO_ON",
    "PARTICIPANT_VIDEO_OFF",
  };
  static const gchar *const voice[] = {
    "CONSUMER_ANSWERED", "CONSUMER_END", "USER_ANSWERED", "USER_END",
    "USER_HOLD", "USER_UNHOLD", "MONITOR_STARTED", "MONITOR_TRANSITIONED",
    "MONITOR_ENDED", "TAKEOVER_STARTED", "TRANSFER_INITIATED",
    "TRANSFER_CANCELED", "TRANSFER_ACCEPTED", "TRANSFER_COMPLETED",
    "TRANSFER_REJECTED", "TRANSFER_TIMEOUT", "CONFERENCE_CANCELED",
    "CONFERENCE_PARTICIPANT_CANCELED", "CONFERENCE_PARTICIPANT_INVITED",
    "CONFERENCE_PARTICIPANT_REJECTED", "CONFERENCE_PARTICIPANT_TIMEOUT",
    "CONFERENCE_PARTICIPANT_LEFT",
  };

  if (product == RTMS_PRODUCT_CONTACT_CENTER && event_type >= 8)
    return name_at (voice, G_N_ELEMENTS (voice), event_type - 8);
  return name_at (common, G_N_ELEMENTS (common), event_type);
}

/* The names of the pads and of the bits of the `media` property. */
const gchar *
rtms_media_kind_get_name (RtmsMediaKind kind)
{
  static const gchar *const names[RTMS_N_MEDIA] = { "audio", "video",
    "share", "transcript", "chat" };

  return names[kind];
}

const gchar *
rtms_product_get_name (RtmsProduct product)
{
  static const gchar *const names[] = { "meeting", "webinar", "session",
    "contact_center" };

  return names[product];
}

/* BCP 47 tags, indexed by RTMS_TRANSCRIPT_LANGUAGE. */
static const gchar *const languages[] = {
  "ar", "bn", "yue", "ca", "zh-Hans", "zh-Hant", "cs", "da", "nl", "en",
  "et", "fi", "fr-CA", "fr-FR", "de", "he", "hi", "hu", "id", "it", "ja",
  "ko", "ms", "fa", "pl", "pt", "ro", "ru", "es", "sv", "tl", "ta", "te",
  "th", "tr", "uk", "vi",
};

/**
 * rtms_language_get_tag:
 * @language: an RTMS_TRANSCRIPT_LANGUAGE
 *
 * Returns: (transfer none) (nullable): its BCP 47 tag, or %NULL for none,
 *     auto and numbers not known
 */
const gchar *
rtms_language_get_tag (gint language)
{
  if (language < 0 || (gsize) language >= G_N_ELEMENTS (languages))
    return NULL;
  return languages[language];
}

/**
 * rtms_language_from_tag:
 * @tag: a BCP 47 tag, case does not matter; "fr" takes French (France)
 *
 * Returns: the RTMS_TRANSCRIPT_LANGUAGE, or #RTMS_LANGUAGE_AUTO when Zoom has
 *     none for @tag
 */
gint
rtms_language_from_tag (const gchar *tag)
{
  if (g_ascii_strcasecmp (tag, "fr") == 0)
    tag = "fr-FR";
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++) {
    if (g_ascii_strcasecmp (tag, languages[i]) == 0)
      return (gint) i;
  }
  return RTMS_LANGUAGE_AUTO;
}
