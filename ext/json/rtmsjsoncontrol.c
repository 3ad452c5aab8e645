/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsjsonprivate.h"

#include <string.h>

#include "gst/rtms/protocol/rtmstext.h"

/* As long as a signature: 256 bits in hex. */
#define SIGNATURE_PLACE "################################" \
    "################################"

/* They go into messages for people. */
#define REASON_TEXT_MAX 200
#define NAME_MAX_LENGTH 1000

static void
decode_urls (JsonObject *object, RtmsServerUrls *urls)
{
  static const gchar *const names[RTMS_N_MEDIA] = { "audio", "video",
    "deskshare", "transcript", "chat" };
  JsonObject *server = rtms_json_get_object (object, "media_server");

  server = server ? rtms_json_get_object (server, "server_urls") : NULL;
  if (server == NULL)
    return;
  urls->all = g_strdup (rtms_json_get_string (server, "all"));
  for (guint i = 0; i < RTMS_N_MEDIA; i++)
    urls->media[i] = g_strdup (rtms_json_get_string (server, names[i]));
  if (urls->media[RTMS_MEDIA_SHARE] == NULL)
    urls->media[RTMS_MEDIA_SHARE] =
        g_strdup (rtms_json_get_string (server, "share"));
}

/* A number, or a name such as "STOP_BC_STREAM_CANCELED"; any other text is
 * kept as it is. */
static void
decode_reason (JsonObject *object, RtmsMessage *message)
{
  const gchar *text;
  gint64 reason;

  if (rtms_json_get_int (object, "stop_reason", &reason)
      || rtms_json_get_int (object, "reason", &reason)) {
    message->reason = (gint) CLAMP (reason, 0, G_MAXINT);
    return;
  }
  text = rtms_json_get_string (object, "reason");
  if (text == NULL)
    text = rtms_json_get_string (object, "stop_reason");
  if (text) {
    message->reason = rtms_stop_reason_from_name (text);
    message->reason_text = rtms_text_to_line (text, REASON_TEXT_MAX);
  }
}

static void
decode_participant (JsonObject *object, RtmsMessage *message)
{
  const gchar *name = rtms_json_get_string (object, "user_name");
  g_autofree gchar *line = NULL;
  guint64 user_id;

  if (name == NULL)
    name = rtms_json_get_string (object, "display_name");
  if (name)
    line = rtms_text_to_line (name, NAME_MAX_LENGTH);
  if (rtms_json_get_user_id (object, "user_id", &user_id))
    rtms_message_add_participant (message, user_id, line);
}

/* The fields are strings or numbers. */
static void
decode_party (JsonObject *info, RtmsMessage *message)
{
  decode_participant (info, message);
  for (guint i = 0; i < RTMS_N_PARTY_FIELDS; i++) {
    const gchar *name = rtms_party_field_get_name (i);
    gint64 number;

    message->party[i] = g_strdup (rtms_json_get_string (info, name));
    if (message->party[i] == NULL
        && rtms_json_get_int (info, name, &number))
      message->party[i] = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  }
}

static void
decode_event (JsonObject *object, RtmsMessage *message)
{
  JsonObject *event = rtms_json_get_object (object, "event");
  JsonObject *info;
  JsonArray *participants;

  /* Some senders put the fields at the top level. */
  if (event == NULL)
    event = object;
  message->event_type = rtms_json_get_small_int (event, "event_type", 0);
  message->has_timestamp = rtms_json_get_int (event, "timestamp",
      &message->timestamp)
      || rtms_json_get_int (event, "event_ts", &message->timestamp);

  decode_participant (event, message);
  info = rtms_json_get_object (event, "participant_info");
  if (info)
    decode_party (info, message);
  participants = rtms_json_get_array (event, "participants");
  for (guint i = 0; participants && i < json_array_get_length (participants);
      i++) {
    JsonNode *node = json_array_get_element (participants, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      decode_participant (json_node_get_object (node), message);
  }
}

static void
decode_subscriptions (JsonObject *object, RtmsMessage *message)
{
  JsonArray *events = rtms_json_get_array (object, "events");

  message->subscriptions = g_array_new (FALSE, FALSE, sizeof (gint));
  for (guint i = 0; events && i < json_array_get_length (events); i++) {
    JsonNode *node = json_array_get_element (events, i);
    gint event_type;

    if (!JSON_NODE_HOLDS_OBJECT (node))
      continue;
    event_type = rtms_json_get_small_int (json_node_get_object (node),
        "event_type", 0);
    if (event_type
        && rtms_json_get_boolean (json_node_get_object (node), "subscribe",
            TRUE))
      g_array_append_val (message->subscriptions, event_type);
  }
}

/**
 * rtms_json_decode_control:
 * @object: a message that carries no media
 * @message: (inout): its type is set; gets the fields of that type
 *
 * Takes what is there: which fields a message must have is for the session
 * to say.
 */
void
rtms_json_decode_control (JsonObject *object, RtmsMessage *message)
{
  const gchar *session_id = rtms_json_get_string (object, "rtms_session_id");
  JsonObject *params = rtms_json_get_object (object, "media_params");
  gint64 status;

  if (session_id == NULL)
    session_id = rtms_json_get_string (object, "session_id");
  message->rtms_session_id = g_strdup (session_id);
  message->rtms_stream_id =
      g_strdup (rtms_json_get_string (object, "rtms_stream_id"));
  message->meeting_uuid =
      g_strdup (rtms_json_get_string (object, "meeting_uuid"));
  message->signature = g_strdup (rtms_json_get_string (object, "signature"));
  rtms_json_get_int (object, "sequence", &message->sequence);
  message->has_timestamp = rtms_json_get_int (object, "timestamp",
      &message->timestamp);
  message->state = rtms_json_get_small_int (object, "state", -1);
  message->buffer_data = rtms_json_get_boolean (object, "buffer_data", TRUE);
  message->media_type = (guint) MAX (0, rtms_json_get_small_int (object,
          "media_type", 0));
  message->subscribe = rtms_json_get_boolean (object, "subscribe", FALSE);
  message->payload_encrypted =
      rtms_json_get_boolean (object, "payload_encrypted",
      rtms_json_get_boolean (object, "payload_encryption", FALSE));
  rtms_json_get_user_id (object, "user_id", &message->user_id);
  if (rtms_json_get_int (object, "status_code", &status)) {
    message->has_status = TRUE;
    message->status_code = (gint) CLAMP (status, G_MININT, G_MAXINT);
  }
  decode_reason (object, message);
  decode_urls (object, &message->urls);
  rtms_media_params_init (&message->params);
  if (params)
    rtms_json_decode_media_params (params, &message->params);

  if (message->type == RTMS_MESSAGE_EVENT_UPDATE)
    decode_event (object, message);
  else if (message->type == RTMS_MESSAGE_EVENT_SUBSCRIPTION)
    decode_subscriptions (object, message);
}

static void
add_string (JsonBuilder *builder, const gchar *name, const gchar *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_int (JsonBuilder *builder, const gchar *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder, const gchar *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
encode_handshake (JsonBuilder *builder, const RtmsMessage *message)
{
  add_int (builder, "protocol_version", 1);
  add_int (builder, "sequence", message->sequence);
  add_string (builder, "meeting_uuid", message->meeting_uuid);
  add_string (builder, "rtms_stream_id", message->rtms_stream_id);
  add_string (builder, "signature", SIGNATURE_PLACE);
  if (message->type == RTMS_MESSAGE_SIGNALING_HAND_SHAKE_REQ) {
    add_boolean (builder, "buffer_data", message->buffer_data);
    return;
  }
  add_int (builder, "media_type", message->media_type);
  add_boolean (builder, "payload_encryption", FALSE);
  json_builder_set_member_name (builder, "media_params");
  json_builder_begin_object (builder);
  rtms_json_encode_media_params (builder, &message->params);
  json_builder_end_object (builder);
}

static void
encode_subscriptions (JsonBuilder *builder, const RtmsMessage *message)
{
  json_builder_set_member_name (builder, "events");
  json_builder_begin_array (builder);
  for (guint i = 0; message->subscriptions
      && i < message->subscriptions->len; i++) {
    json_builder_begin_object (builder);
    add_int (builder, "event_type",
        g_array_index (message->subscriptions, gint, i));
    add_boolean (builder, "subscribe", TRUE);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

/* json-glib would leave copies of the signature behind. */
static void
fill_in_signature (gchar *text, const gchar *signature)
{
  /* The last one: no text of others comes behind it. */
  gchar *place = g_strrstr (text, "\"" SIGNATURE_PLACE "\"");

  memcpy (place + 1, signature, strlen (SIGNATURE_PLACE));
}

static gboolean
is_signature (const gchar *text)
{
  return text && strlen (text) == strlen (SIGNATURE_PLACE)
      && strspn (text, "0123456789abcdef") == strlen (text);
}

static gboolean
is_handshake (const RtmsMessage *message)
{
  return message->type == RTMS_MESSAGE_SIGNALING_HAND_SHAKE_REQ
      || message->type == RTMS_MESSAGE_DATA_HAND_SHAKE_REQ;
}

/**
 * rtms_json_encode:
 * @message: a message that a client sends
 * @length: (out) (optional): the text's length in bytes
 *
 * Returns: (transfer full): its JSON text. That of a handshake holds the
 *     signature, of which it is the only copy: wipe it before it is freed
 */
gchar *
rtms_json_encode (const RtmsMessage *message, gsize *length)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  gchar *text;

  g_return_val_if_fail (!is_handshake (message)
      || is_signature (message->signature), NULL);

  json_builder_begin_object (builder);
  add_int (builder, "msg_type", message->type);
  switch (message->type) {
    case RTMS_MESSAGE_SIGNALING_HAND_SHAKE_REQ:
    case RTMS_MESSAGE_DATA_HAND_SHAKE_REQ:
      encode_handshake (builder, message);
      break;
    case RTMS_MESSAGE_EVENT_SUBSCRIPTION:
      encode_subscriptions (builder, message);
      break;
    case RTMS_MESSAGE_CLIENT_READY_ACK:
    case RTMS_MESSAGE_STREAM_STATE_REQ:
    case RTMS_MESSAGE_STREAM_CLOSE_REQ:
      add_string (builder, "rtms_stream_id", message->rtms_stream_id);
      break;
    case RTMS_MESSAGE_SESSION_STATE_REQ:
      add_string (builder, "rtms_session_id", message->rtms_session_id);
      break;
    case RTMS_MESSAGE_KEEP_ALIVE_RESP:
      if (message->has_timestamp)
        add_int (builder, "timestamp", message->timestamp);
      break;
    case RTMS_MESSAGE_VIDEO_SUBSCRIPTION_REQ:
      json_builder_set_member_name (builder, "user_id");
      json_builder_add_int_value (builder, (gint64) message->user_id);
      add_boolean (builder, "subscribe", message->subscribe);
      add_int (builder, "timestamp", message->timestamp);
      break;
    default:
      g_return_val_if_reached (NULL);
  }
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, length);
  if (is_handshake (message))
    fill_in_signature (text, message->signature);
  return text;
}
