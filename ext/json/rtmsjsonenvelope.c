/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsjsonprivate.h"

#include <string.h>

#include "gst/rtms/protocol/rtmstext.h"

/* Of a name or an id, which all go into logs and messages. */
#define LINE_LENGTH_MAX 1000

static gchar *
dup_line (JsonObject *object, const gchar *name)
{
  const gchar *text = rtms_json_get_string (object, name);

  return text ? rtms_text_to_line (text, LINE_LENGTH_MAX) : NULL;
}

/* Of a refused stream, the id is in an object of its own. */
static gchar *
read_instance_id (JsonObject *object)
{
  static const gchar *const names[] = { "meeting_uuid", "webinar_uuid",
    "session_id", "engagement_id" };
  JsonObject *inner = rtms_json_get_object (object, "id_field");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *id = dup_line (inner ? inner : object, names[i]);

    if (id && *id)
      return g_steal_pointer (&id);
  }
  return NULL;
}

static void
read_payload (JsonObject *root, RtmsEnvelope *envelope)
{
  JsonObject *object = rtms_json_get_object (root, "payload");
  JsonObject *inner = object ? rtms_json_get_object (object, "object") : NULL;

  if (inner)
    object = inner;
  if (object == NULL)
    return;
  envelope->instance_id = read_instance_id (object);
  envelope->operator_id = dup_line (object, "operator_id");
  envelope->plain_token = g_strdup (rtms_json_get_string (object,
          "plainToken"));
  envelope->concurrency_number = rtms_json_get_small_int (object,
      "concurrency_number", -1);
  envelope->concurrency_limit = rtms_json_get_small_int (object,
      "concurrency_limit", -1);
  envelope->percentage = rtms_json_get_small_int (object, "percentage", -1);
}

/**
 * rtms_json_parse_envelope:
 * @text: the body of any webhook
 * @length: in bytes
 * @error: (out) (optional): #RTMS_ERROR_PAYLOAD or #RTMS_ERROR_MALFORMED
 *
 * Returns: (transfer full) (nullable): the webhook, which has what its kind
 *     needs
 */
RtmsEnvelope *
rtms_json_parse_envelope (const gchar *text, gsize length, GError **error)
{
  g_autoptr (RtmsEnvelope) envelope = g_new0 (RtmsEnvelope, 1);
  g_autoptr (JsonNode) root = rtms_json_load (text, length, error);
  JsonObject *object;

  if (root == NULL)
    return NULL;
  object = json_node_get_object (root);
  envelope->event = dup_line (object, "event");
  if (envelope->event == NULL) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_PAYLOAD,
        "The webhook has no event");
    return NULL;
  }
  rtms_json_get_int (object, "event_ts", &envelope->timestamp);
  envelope->kind = rtms_envelope_kind_from_event (envelope->event);
  envelope->concurrency_number = envelope->concurrency_limit = -1;
  envelope->percentage = -1;
  read_payload (object, envelope);

  if (envelope->kind == RTMS_ENVELOPE_STREAM) {
    envelope->payload = rtms_json_parse_webhook (text, (gssize) length,
        error);
    if (envelope->payload == NULL)
      return NULL;
  }
  if (envelope->kind == RTMS_ENVELOPE_URL_VALIDATION
      && envelope->plain_token == NULL) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_PAYLOAD,
        "The URL validation has no plainToken");
    return NULL;
  }
  return g_steal_pointer (&envelope);
}
