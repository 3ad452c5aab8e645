/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "events.h"

#define OPERATOR_ID "30R7kT7bTIKSNUFEuH_Qlg"
#define ACCOUNT_ID "Vb3hRkY7S2mWqk1dX0aZ9A"

static gint64
now (void)
{
  return g_get_real_time () / 1000;
}

JsonObject *
sim_event_stream_state (SimStreamState state, SimStopReason reason)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "msg_type", SIM_MSG_STREAM_STATE_UPDATE);
  json_object_set_int_member (object, "state", state);
  if (reason != 0)
    json_object_set_int_member (object, "reason", reason);
  json_object_set_int_member (object, "timestamp", now ());
  return object;
}

JsonObject *
sim_event_session_state (
    const gchar *session_id, SimSessionState state, SimStopReason reason)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "msg_type", SIM_MSG_SESSION_STATE_UPDATE);
  json_object_set_string_member (object, "rtms_session_id", session_id);
  json_object_set_int_member (object, "state", state);
  if (reason != 0)
    json_object_set_int_member (object, "stop_reason", reason);
  json_object_set_int_member (object, "timestamp", now ());
  return object;
}

JsonObject *
sim_event_response (SimMessageType type)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "msg_type", type);
  json_object_set_int_member (object, "timestamp", now ());
  return object;
}

JsonObject *
sim_event_update (SimEventType type, gint64 timestamp, JsonObject **event)
{
  JsonObject *object = json_object_new ();

  *event = json_object_new ();
  json_object_set_int_member (*event, "event_type", type);
  json_object_set_int_member (*event, "timestamp", timestamp);
  json_object_set_int_member (object, "msg_type", SIM_MSG_EVENT_UPDATE);
  json_object_set_object_member (object, "event", *event);
  return object;
}

JsonObject *
sim_event_voice_update (SimEventType type, gint64 timestamp,
    const SimPerson *person, gboolean consumer)
{
  JsonObject *object = json_object_new ();
  JsonObject *event = json_object_new ();
  JsonObject *info = json_object_new ();
  g_autofree gchar *channel
      = g_strdup_printf ("%" G_GUINT64_FORMAT, person->user_id);

  json_object_set_string_member (info, "channel_id", channel);
  json_object_set_string_member (
      info, "participant_mode", consumer ? "consumer" : "agent");
  json_object_set_string_member (info, "queue_id", "Q1");
  json_object_set_string_member (info, "queue_name", "Support");
  json_object_set_string_member (info, "account_id", ACCOUNT_ID);
  if (consumer)
    json_object_set_string_member (info, "phone_number", "+15550100");
  else
    json_object_set_string_member (info, "user_id", OPERATOR_ID);
  json_object_set_string_member (info, "display_name", person->name);
  json_object_set_int_member (event, "event_type", type);
  json_object_set_int_member (event, "event_ts", timestamp);
  json_object_set_object_member (event, "participant_info", info);
  json_object_set_int_member (object, "msg_type", SIM_MSG_EVENT_UPDATE);
  json_object_set_object_member (object, "event", event);
  return object;
}

void
sim_event_add_participant (
    JsonObject *event, const SimPerson *person, gboolean with_name)
{
  JsonObject *participant = json_object_new ();
  JsonArray *participants;

  if (!json_object_has_member (event, "participants"))
    json_object_set_array_member (event, "participants", json_array_new ());
  participants = json_object_get_array_member (event, "participants");
  json_object_set_int_member (participant, "user_id", (gint64)person->user_id);
  if (with_name)
    json_object_set_string_member (participant, "user_name", person->name);
  json_array_add_object_element (participants, participant);
}

static const struct {
  const gchar *family;
  const gchar *id_field;
} products[] = {
  { "meeting.", "meeting_uuid" },
  { "webinar.", "webinar_uuid" },
  { "session.", "session_id" },
  { "contact_center.voice_", "engagement_id" },
};

JsonObject *
sim_event_webhook (SimProduct product, const gchar *name, const gchar *uuid,
    const gchar *stream_id, const gchar *url, gint reason, gint64 timestamp)
{
  JsonObject *envelope = json_object_new ();
  JsonObject *payload = json_object_new ();
  g_autofree gchar *event = g_strconcat (products[product].family, name, NULL);

  json_object_set_string_member (payload, products[product].id_field, uuid);
  if (url != NULL
      && (product == SIM_PRODUCT_MEETING || product == SIM_PRODUCT_WEBINAR))
    json_object_set_string_member (payload, "operator_id", OPERATOR_ID);
  if (url != NULL && product == SIM_PRODUCT_SESSION) {
    json_object_set_string_member (payload, "session_key", "rtms-simulator");
    json_object_set_string_member (payload, "account_id", ACCOUNT_ID);
  }
  json_object_set_string_member (payload, "rtms_stream_id", stream_id);
  if (url != NULL)
    json_object_set_string_member (payload, "server_urls", url);
  if (reason != 0)
    json_object_set_int_member (payload, "stop_reason", reason);
  json_object_set_string_member (envelope, "event", event);
  json_object_set_int_member (envelope, "event_ts", timestamp);
  json_object_set_object_member (envelope, "payload", payload);
  return envelope;
}

static gint
get_meeting_reason (SimStopReason reason)
{
  switch (reason) {
  case SIM_STOP_RECEIVER_REQUEST_CLOSE:
    return 2; /* by the app's user */
  case SIM_STOP_CONNECTION_TIMEOUT:
  case SIM_STOP_AWAIT_RECONNECTION_TIMEOUT:
    return 11; /* timed out */
  case SIM_STOP_MEETING_ENDED:
    return 6; /* ended */
  default:
    return 10; /* server exception */
  }
}

/* Contact Center counts differently. */
static gint
get_voice_reason (SimStopReason reason)
{
  switch (reason) {
  case SIM_STOP_MEETING_ENDED:
    return 1; /* the customer hung up */
  case SIM_STOP_RECEIVER_REQUEST_CLOSE:
    return 4; /* canceled */
  case SIM_STOP_CONNECTION_TIMEOUT:
  case SIM_STOP_AWAIT_RECONNECTION_TIMEOUT:
    return 7; /* timed out */
  default:
    return 6; /* platform error */
  }
}

gint
sim_event_webhook_reason (SimProduct product, SimStopReason reason)
{
  return product == SIM_PRODUCT_CONTACT_CENTER ? get_voice_reason (reason)
                                               : get_meeting_reason (reason);
}
