/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsnotices.h"

/**
 * rtmssrc message rtms-participant-joined:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 * @user-id: (guint64) the participant
 * @user-name: (string) the name, where Zoom gave one
 *
 * A participant is there; the first ones are told when the stream begins.
 * Also pushed downstream on every pad, as a custom event.
 */

/**
 * rtmssrc message rtms-participant-left:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 * @user-id: (guint64) the participant
 * @user-name: (string) the name, where it is known
 *
 * A participant has left. Also pushed downstream on every pad, as a custom
 * event.
 */

/**
 * rtmssrc message rtms-active-speaker:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 * @user-id: (guint64) the participant
 * @user-name: (string) the name, where it is known
 *
 * Another participant speaks. Also pushed downstream on every pad, as a custom
 * event.
 */

/**
 * rtmssrc message rtms-sharing-started:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 * @user-id: (guint64) the participant, where Zoom gave it
 * @user-name: (string) the name, where it is known
 *
 * A participant shares a screen. Also pushed downstream on every pad, as a
 * custom event.
 */

/**
 * rtmssrc message rtms-sharing-stopped:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 *
 * No screen is shared any more. Also pushed downstream on every pad, as a
 * custom event.
 */

/**
 * rtmssrc message rtms-camera-on:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 * @user-id: (guint64) the participant
 * @user-name: (string) the name, where it is known
 *
 * A participant's camera was switched on. Also pushed downstream on every pad,
 * as a custom event.
 */

/**
 * rtmssrc message rtms-camera-off:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 * @user-id: (guint64) the participant
 * @user-name: (string) the name, where it is known
 *
 * A participant's camera was switched off. Also pushed downstream on every
 * pad, as a custom event.
 */

/**
 * rtmssrc message rtms-first-packet:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 *
 * Zoom says when the session's first packet was. Also pushed downstream on
 * every pad, as a custom event.
 */

/**
 * rtmssrc message rtms-voice-event:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 * @event-type: (gint) the RTMS_ZCC_VOICE_EVENT_TYPE
 * @event: (string) its name, such as USER_HOLD, or UNKNOWN
 * @user-id: (guint64) the party, where Zoom gave it; likewise all that follow
 * @user-name: (string) the name
 * @channel-id: (string) the party's channel, as on the audio's participant meta
 * @participant-mode: (string) the party's part in the call
 * @queue-id: (string) the queue
 * @queue-name: (string) the queue's name
 * @account-id: (string) the account
 * @division-id: (string) the division
 * @phone-number: (string) the phone number
 *
 * An event of a Contact Center call. Also pushed downstream on every pad, as a
 * custom event.
 */

/**
 * rtmssrc message rtms-stream-state:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 * @state: (string) RTMS_STREAM_STATE by name, such as PAUSED
 * @state-number: (gint) the same by number
 * @reason: (gint) the RTMS_STOP_REASON, where Zoom gave one
 * @reason-name: (string) the same by name
 *
 * The state of the stream changed, or was asked for by #rtmssrc::request-state.
 * Also pushed downstream on every pad, as a custom event.
 */

/**
 * rtmssrc message rtms-session-state:
 * @stream-id: (string) `rtms_stream_id`
 * @timestamp: (guint64) Unix time by Zoom's clock, ns; not where it gave none
 * @running-time: (guint64) the same on the pads' timeline, ns
 * @session-id: (string) `rtms_session_id`, one user's consent
 * @state: (string) RTMS_SESSION_STATE by name, such as STARTED
 * @state-number: (gint) the same by number
 * @reason: (gint) the RTMS_STOP_REASON, where Zoom gave one
 * @reason-name: (string) the same by name
 *
 * The state of a session of the stream changed, or was asked for by
 * #rtmssrc::request-state. Also pushed downstream on every pad, as a custom
 * event.
 */

/**
 * rtmssrc message rtms-media-missing:
 * @stream-id: (string) `rtms_stream_id`
 * @medium: (string) the pad that will not come, such as video
 *
 * Zoom does not send a medium that was asked for, mostly because the app has
 * no scope for it. Posted before no-more-pads.
 */

/**
 * rtmssrc message rtms-interrupted:
 * @stream-id: (string) `rtms_stream_id`
 * @media: (string) the media concerned, with plus signs between
 *
 * A connection was lost and is being taken up again.
 */

/**
 * rtmssrc message rtms-recovered:
 * @stream-id: (string) `rtms_stream_id`
 *
 * Media come again after rtms-interrupted.
 */

/**
 * rtmssrc message rtms-stopped:
 * @stream-id: (string) `rtms_stream_id`
 * @reason: (gint) the RTMS_STOP_REASON as on the sockets, 0 when unknown
 * @reason-name: (string) the same by name, or UNKNOWN
 *
 * The stream is over; EOS follows on every pad. After STREAM_REVOKED (8) Zoom
 * wants what was recorded deleted.
 */

static GstStructure *
create (const gchar *name, const RtmsPayload *payload)
{
  return gst_structure_new (name, "stream-id", G_TYPE_STRING,
      payload->stream_id, NULL);
}

static GstStructure *
create_placed (const gchar *name, const RtmsPayload *payload,
    gint64 unix_time, GstClockTime place)
{
  GstStructure *notice = create (name, payload);

  if (unix_time != RTMS_TIME_NONE)
    gst_structure_set (notice, "timestamp", G_TYPE_UINT64,
        (guint64) unix_time, NULL);
  gst_structure_set (notice, "running-time", G_TYPE_UINT64, place, NULL);
  return notice;
}

static void
set_participant (GstStructure *notice, const RtmsParticipant *participant,
    GstRtmsRoster *roster)
{
  const gchar *name = participant->user_name;

  if (name == NULL || *name == '\0')
    name = gst_rtms_roster_get_name (roster, participant->user_id);
  gst_structure_set (notice, "user-id", G_TYPE_UINT64, participant->user_id,
      NULL);
  if (name)
    gst_structure_set (notice, "user-name", G_TYPE_STRING, name, NULL);
}

static void
set_state (GstStructure *notice, const RtmsMessage *message,
    const gchar *name)
{
  gst_structure_set (notice, "state", G_TYPE_STRING, name,
      "state-number", G_TYPE_INT, message->state, NULL);
  if (message->reason)
    gst_structure_set (notice, "reason", G_TYPE_INT, message->reason,
        "reason-name", G_TYPE_STRING,
        rtms_stop_reason_get_name (message->reason), NULL);
  if (message->rtms_session_id)
    gst_structure_set (notice, "session-id", G_TYPE_STRING,
        message->rtms_session_id, NULL);
}

static void
set_party (GstStructure *notice, const RtmsMessage *message)
{
  static const gchar *const fields[RTMS_N_PARTY_FIELDS] = { "channel-id",
    "participant-mode", "queue-id", "queue-name", "account-id",
    "division-id", "phone-number" };

  for (guint i = 0; i < RTMS_N_PARTY_FIELDS; i++) {
    if (message->party[i])
      gst_structure_set (notice, fields[i], G_TYPE_STRING,
          message->party[i], NULL);
  }
}

static const gchar *
get_event_notice_name (gint event_type, RtmsProduct product)
{
  static const gchar *const names[] = {
    [RTMS_EVENT_FIRST_PACKET_TIMESTAMP] = "rtms-first-packet",
    [RTMS_EVENT_ACTIVE_SPEAKER_CHANGE] = "rtms-active-speaker",
    [RTMS_EVENT_PARTICIPANT_JOIN] = "rtms-participant-joined",
    [RTMS_EVENT_PARTICIPANT_LEAVE] = "rtms-participant-left",
    [RTMS_EVENT_SHARING_START] = "rtms-sharing-started",
    [RTMS_EVENT_SHARING_STOP] = "rtms-sharing-stopped",
    [RTMS_EVENT_PARTICIPANT_VIDEO_ON] = "rtms-camera-on",
    [RTMS_EVENT_PARTICIPANT_VIDEO_OFF] = "rtms-camera-off",
  };

  if (product == RTMS_PRODUCT_CONTACT_CENTER
      && event_type >= RTMS_VOICE_EVENT_CONSUMER_ANSWERED)
    return "rtms-voice-event";
  return event_type > 0 && event_type < (gint) G_N_ELEMENTS (names)
      ? names[event_type] : NULL;
}

static gboolean
needs_participant (gint event_type, RtmsProduct product)
{
  switch (event_type) {
    case RTMS_EVENT_ACTIVE_SPEAKER_CHANGE:
    case RTMS_EVENT_PARTICIPANT_JOIN:
    case RTMS_EVENT_PARTICIPANT_LEAVE:
      return TRUE;
    case RTMS_EVENT_PARTICIPANT_VIDEO_ON:
    case RTMS_EVENT_PARTICIPANT_VIDEO_OFF:
      return product != RTMS_PRODUCT_CONTACT_CENTER;
    default:
      return FALSE;
  }
}

/* Joins, leaves and cameras come by the list, a notice each; the others are
 * of one participant, or of none. */
static void
add_event_notices (GPtrArray *notices, const RtmsMessage *message,
    const RtmsPayload *payload, GstRtmsRoster *roster, gint64 unix_time,
    GstClockTime place)
{
  const gchar *name = get_event_notice_name (message->event_type,
      payload->product);
  guint n = message->participants ? message->participants->len : 0;
  gboolean is_voice;

  if (name == NULL || (n == 0
          && needs_participant (message->event_type, payload->product)))
    return;
  is_voice = g_str_equal (name, "rtms-voice-event");
  for (guint i = 0; i < MAX (n, 1); i++) {
    GstStructure *notice = create_placed (name, payload, unix_time, place);

    if (i < n)
      set_participant (notice, &g_array_index (message->participants,
              RtmsParticipant, i), roster);
    if (is_voice) {
      gst_structure_set (notice, "event-type", G_TYPE_INT,
          message->event_type, "event", G_TYPE_STRING,
          rtms_event_type_get_name (payload->product, message->event_type),
          NULL);
      set_party (notice, message);
    }
    g_ptr_array_add (notices, notice);
  }
}

/**
 * gst_rtms_notices_new:
 * @message: an event or a state
 * @payload: of the stream
 * @roster: who is there, before @message
 * @unix_time: the message's time by Zoom's clock, ns, or #RTMS_TIME_NONE
 * @place: the same in running time
 *
 * Returns: (transfer full): a GPtrArray of #GstStructure, for the caller to
 *     take; empty for a message that is nobody's business
 */
GPtrArray *
gst_rtms_notices_new (const RtmsMessage *message, const RtmsPayload *payload,
    GstRtmsRoster *roster, gint64 unix_time, GstClockTime place)
{
  GPtrArray *notices = g_ptr_array_new ();
  GstStructure *notice;

  switch (message->type) {
    case RTMS_MESSAGE_EVENT_UPDATE:
      add_event_notices (notices, message, payload, roster, unix_time,
          place);
      break;
    case RTMS_MESSAGE_STREAM_STATE_UPDATE:
    case RTMS_MESSAGE_STREAM_STATE_RESP:
      notice = create_placed ("rtms-stream-state", payload, unix_time,
          place);
      set_state (notice, message,
          rtms_stream_state_get_name (message->state));
      g_ptr_array_add (notices, notice);
      break;
    case RTMS_MESSAGE_SESSION_STATE_UPDATE:
    case RTMS_MESSAGE_SESSION_STATE_RESP:
      notice = create_placed ("rtms-session-state", payload, unix_time,
          place);
      set_state (notice, message,
          rtms_session_state_get_name (message->state));
      g_ptr_array_add (notices, notice);
      break;
    default:
      break;
  }
  return notices;
}

GstStructure *
gst_rtms_notice_new_missing (const RtmsPayload *payload, RtmsMediaKind kind)
{
  GstStructure *notice = create ("rtms-media-missing", payload);

  gst_structure_set (notice, "medium", G_TYPE_STRING,
      rtms_media_kind_get_name (kind), NULL);
  return notice;
}

GstStructure *
gst_rtms_notice_new_interrupted (const RtmsPayload *payload, guint kinds)
{
  GstStructure *notice = create ("rtms-interrupted", payload);
  g_autoptr (GString) media = g_string_new (NULL);

  for (guint i = 0; i < RTMS_N_MEDIA; i++) {
    if (kinds & RTMS_MEDIA_BIT (i))
      g_string_append_printf (media, "%s%s", media->len ? "+" : "",
          rtms_media_kind_get_name (i));
  }
  gst_structure_set (notice, "media", G_TYPE_STRING, media->str, NULL);
  return notice;
}

GstStructure *
gst_rtms_notice_new_recovered (const RtmsPayload *payload)
{
  return create ("rtms-recovered", payload);
}

GstStructure *
gst_rtms_notice_new_stopped (const RtmsPayload *payload, gint stop_reason)
{
  GstStructure *notice = create ("rtms-stopped", payload);

  gst_structure_set (notice, "reason", G_TYPE_INT, stop_reason,
      "reason-name", G_TYPE_STRING, stop_reason
      ? rtms_stop_reason_get_name (stop_reason) : "UNKNOWN", NULL);
  return notice;
}
