/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsjsonprivate.h"

#include <string.h>

#include "gst/rtms/protocol/rtmstext.h"

static gboolean
missing (GError **error, const gchar *what)
{
  g_set_error (error, RTMS_ERROR, RTMS_ERROR_PAYLOAD,
      "The payload has no %s; it must be the body, or the \"payload\" "
      "object, of an rtms_started webhook", what);
  return FALSE;
}

/* Zoom says which product in the event's name; the bare inner object tells
 * by the field that holds the id. */
static RtmsProduct
read_product (const gchar *event, const gchar *id_name)
{
  const struct {
    const gchar *prefix;
    const gchar *id_name;
    RtmsProduct product;
  } products[] = {
    { "meeting.", "meeting_uuid", RTMS_PRODUCT_MEETING },
    { "webinar.", "webinar_uuid", RTMS_PRODUCT_WEBINAR },
    { "session.", "session_id", RTMS_PRODUCT_SESSION },
    { "contact_center.", "engagement_id", RTMS_PRODUCT_CONTACT_CENTER },
  };

  for (guint i = 0; event && i < G_N_ELEMENTS (products); i++) {
    if (g_str_has_prefix (event, products[i].prefix))
      return products[i].product;
  }
  for (guint i = 0; i < G_N_ELEMENTS (products); i++) {
    if (g_str_equal (id_name, products[i].id_name))
      return products[i].product;
  }
  return RTMS_PRODUCT_MEETING;
}

static gboolean
read_identity (JsonObject *object, const gchar *event, RtmsPayload *payload,
    GError **error)
{
  static const gchar *const id_names[] = { "meeting_uuid", "webinar_uuid",
    "session_id", "engagement_id" };
  const gchar *stream_id = rtms_json_get_string (object, "rtms_stream_id");

  for (guint i = 0; i < G_N_ELEMENTS (id_names); i++) {
    const gchar *id = rtms_json_get_string (object, id_names[i]);

    if (id == NULL || *id == '\0')
      continue;
    payload->instance_id = g_strdup (id);
    payload->product = read_product (event, id_names[i]);
    break;
  }
  if (payload->instance_id == NULL)
    return missing (error, "meeting_uuid, webinar_uuid, session_id or "
        "engagement_id");
  if (stream_id == NULL || *stream_id == '\0')
    return missing (error, "rtms_stream_id");
  payload->stream_id = g_strdup (stream_id);
  if (!rtms_text_is_line (payload->instance_id)
      || !rtms_text_is_line (payload->stream_id)) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_PAYLOAD,
        "The payload's ids hold control characters, which no id has");
    return FALSE;
  }
  return TRUE;
}

static void
add_urls (GStrvBuilder *builder, const gchar *text)
{
  g_auto (GStrv) urls = g_strsplit (text ? text : "", ",", -1);

  for (gchar **url = urls; *url; url++) {
    g_strstrip (*url);
    if (**url)
      g_strv_builder_add (builder, *url);
  }
}

/* A string; several in a string, with commas between; an array; or an
 * object of URLs, of which "signaling" or else any is taken. */
static gboolean
read_urls (JsonObject *object, RtmsPayload *payload, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = rtms_json_get_array (object, "server_urls");
  JsonObject *keyed = rtms_json_get_object (object, "server_urls");

  add_urls (builder, rtms_json_get_string (object, "server_urls"));
  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (json_node_get_value_type (node) == G_TYPE_STRING)
      add_urls (builder, json_node_get_string (node));
  }
  if (keyed) {
    g_autoptr (GList) names = json_object_get_members (keyed);

    add_urls (builder, rtms_json_get_string (keyed, "signaling"));
    for (GList *l = names; l; l = l->next) {
      if (!g_str_equal (l->data, "signaling"))
        add_urls (builder, rtms_json_get_string (keyed, l->data));
    }
  }

  payload->signaling_urls = g_strv_builder_end (builder);
  return payload->signaling_urls[0] != NULL
      || missing (error, "server_urls");
}

/* A bare inner object can only be that of a start. */
static RtmsWebhookEvent
read_event (const gchar *event)
{
  if (event == NULL || g_str_has_suffix (event, "rtms_started"))
    return RTMS_WEBHOOK_STARTED;
  if (g_str_has_suffix (event, "rtms_interrupted"))
    return RTMS_WEBHOOK_INTERRUPTED;
  if (g_str_has_suffix (event, "rtms_stopped"))
    return RTMS_WEBHOOK_STOPPED;
  return RTMS_WEBHOOK_OTHER;
}

/* A number whose meaning goes by the product, or a name. */
static gint
read_stop_reason (JsonObject *object, RtmsProduct product)
{
  const gchar *name = rtms_json_get_string (object, "stop_reason");
  gint64 reason;

  if (rtms_json_get_int (object, "stop_reason", &reason))
    return rtms_stop_reason_from_webhook (product,
        (gint) CLAMP (reason, 0, G_MAXINT));
  return name ? rtms_stop_reason_from_name (name) : 0;
}

/**
 * rtms_json_parse_webhook:
 * @text: the body of a webhook of a stream, its `payload` object, or its
 *     `payload.object`
 * @length: in bytes, or -1 when NUL-terminated
 * @error: (out) (optional): #RTMS_ERROR_PAYLOAD or #RTMS_ERROR_MALFORMED
 *
 * Returns: (transfer full) (nullable): what it says of the stream
 */
RtmsPayload *
rtms_json_parse_webhook (const gchar *text, gssize length, GError **error)
{
  g_autoptr (RtmsPayload) payload = g_new0 (RtmsPayload, 1);
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object, *inner;
  const gchar *event;

  root = rtms_json_load (text, length < 0 ? strlen (text) : (gsize) length,
      error);
  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  event = rtms_json_get_string (object, "event");
  payload->event = read_event (event);
  rtms_json_get_int (object, "event_ts", &payload->event_timestamp);
  inner = rtms_json_get_object (object, "payload");
  if (inner)
    object = inner;
  inner = rtms_json_get_object (object, "object");
  if (inner)
    object = inner;

  if (!read_identity (object, event, payload, error))
    return NULL;
  payload->stop_reason = read_stop_reason (object, payload->product);
  if (payload->event == RTMS_WEBHOOK_STARTED
      && !read_urls (object, payload, error))
    return NULL;
  return g_steal_pointer (&payload);
}

/**
 * rtms_json_parse_payload:
 * @text: the body of an `rtms_started` webhook, its `payload` object, or its
 *     `payload.object`
 * @length: in bytes, or -1 when NUL-terminated
 * @error: (out) (optional): #RTMS_ERROR_PAYLOAD or #RTMS_ERROR_MALFORMED
 *
 * Returns: (transfer full) (nullable): what it says of the stream
 */
RtmsPayload *
rtms_json_parse_payload (const gchar *text, gssize length, GError **error)
{
  g_autoptr (RtmsPayload) payload = rtms_json_parse_webhook (text, length,
      error);

  if (payload && payload->event != RTMS_WEBHOOK_STARTED) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_PAYLOAD,
        "The payload is of another webhook; the stream's rtms_started is "
        "needed");
    return NULL;
  }
  return g_steal_pointer (&payload);
}
