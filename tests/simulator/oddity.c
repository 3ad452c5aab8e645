/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "oddity.h"

#include "protocol.h"

static const struct {
  SimOddity oddity;
  const gchar *name;
} names[] = {
  { SIM_ODDITY_REASON_ONLY, "reason-only" },
  { SIM_ODDITY_SILENT_REFUSAL, "silent-refusal" },
  { SIM_ODDITY_STATE_ON_MEDIA, "state-on-media" },
  { SIM_ODDITY_TEXT_REASON, "text-reason" },
  { SIM_ODDITY_STATE_TWICE, "state-twice" },
  { SIM_ODDITY_SESSION_ID, "session-id" },
  { SIM_ODDITY_BARE_CONTENT, "bare-content" },
  { SIM_ODDITY_FLAT_EVENTS, "flat-events" },
  { SIM_ODDITY_TEXT_IDS, "text-ids" },
  { SIM_ODDITY_NO_LENGTH, "no-length" },
  { SIM_ODDITY_EXTRA_FIELDS, "extra-fields" },
  { SIM_ODDITY_PAYLOAD_OBJECT, "payload-object" },
  { SIM_ODDITY_URLS_ARRAY, "urls-array" },
  { SIM_ODDITY_URLS_OBJECT, "urls-object" },
  { SIM_ODDITY_URLS_LIST, "urls-list" },
};

SimOddity
sim_oddity_find (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (names[i].name, name))
      return names[i].oddity;
  }
  return 0;
}

gchar *
sim_oddity_list (guint oddities)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (oddities & names[i].oddity)
      g_string_append_printf (
          text, "%s%s", text->len > 0 ? ", " : "", names[i].name);
  }
  return g_string_free (text, FALSE);
}

static void
write_ids_as_text (JsonObject *object)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *item = members; item != NULL; item = item->next) {
    const gchar *name = item->data;
    JsonNode *node = json_object_get_member (object, name);

    if (g_str_equal (name, "user_id") && JSON_NODE_HOLDS_VALUE (node)
        && json_node_get_value_type (node) == G_TYPE_INT64) {
      g_autofree gchar *text
          = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));

      json_object_set_string_member (object, name, text);
    } else if (JSON_NODE_HOLDS_OBJECT (node)) {
      write_ids_as_text (json_node_get_object (node));
    } else if (JSON_NODE_HOLDS_ARRAY (node)) {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++) {
        JsonNode *element = json_array_get_element (array, i);

        if (JSON_NODE_HOLDS_OBJECT (element))
          write_ids_as_text (json_node_get_object (element));
      }
    }
  }
}

static void
rename_member (JsonObject *object, const gchar *from, const gchar *to)
{
  JsonNode *node = json_object_dup_member (object, from);

  if (node == NULL)
    return;
  json_object_remove_member (object, from);
  json_object_set_member (object, to, node);
}

static void
write_reason_as_text (JsonObject *object, const gchar *name)
{
  gint64 reason = 0;
  g_autofree gchar *text = NULL;

  if (sim_json_get_int (object, name, &reason) != SIM_JSON_FOUND)
    return;
  text = g_strconcat (
      "STOP_BC_", sim_stop_reason_name ((SimStopReason)reason), NULL);
  json_object_set_string_member (object, name, text);
}

/* Lifts the members of an object to where it is itself. */
static void
flatten (JsonObject *object, const gchar *name)
{
  g_autoptr (JsonNode) node = json_object_dup_member (object, name);
  g_autoptr (GList) members = NULL;
  JsonObject *inner;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  inner = json_node_get_object (node);
  members = json_object_get_members (inner);
  json_object_remove_member (object, name);
  for (GList *item = members; item != NULL; item = item->next)
    json_object_set_member (
        object, item->data, json_object_dup_member (inner, item->data));
}

static void
bare_content (JsonObject *message)
{
  JsonObject *content = NULL;
  const gchar *data = NULL;
  g_autofree gchar *copy = NULL;

  if (sim_json_get_object (message, "content", &content) != SIM_JSON_FOUND
      || sim_json_get_string (content, "data", &data) != SIM_JSON_FOUND)
    return;
  copy = g_strdup (data);
  json_object_set_string_member (message, "content", copy);
}

void
sim_oddity_apply (guint oddities, JsonObject *message)
{
  gint64 type = 0;
  gint64 status = 0;

  sim_json_get_int (message, "msg_type", &type);
  if (oddities & SIM_ODDITY_TEXT_IDS)
    write_ids_as_text (message);
  if (oddities & SIM_ODDITY_SESSION_ID)
    rename_member (message, "rtms_session_id", "session_id");
  if ((oddities & SIM_ODDITY_TEXT_REASON)
      && (type == SIM_MSG_STREAM_STATE_UPDATE
          || type == SIM_MSG_SESSION_STATE_UPDATE)) {
    write_reason_as_text (message, "reason");
    write_reason_as_text (message, "stop_reason");
  }
  if ((oddities & SIM_ODDITY_FLAT_EVENTS) && type == SIM_MSG_EVENT_UPDATE)
    flatten (message, "event");
  if (oddities & SIM_ODDITY_BARE_CONTENT)
    bare_content (message);
  if ((oddities & SIM_ODDITY_REASON_ONLY)
      && sim_json_get_int (message, "status_code", &status) == SIM_JSON_FOUND
      && status != SIM_STATUS_OK)
    json_object_remove_member (message, "status_code");
  if (oddities & SIM_ODDITY_EXTRA_FIELDS) {
    json_object_set_string_member (message, "trace_id", "7f3a");
    json_object_set_null_member (message, "reserved");
  }
}

static void
shape_urls (guint oddities, JsonObject *payload)
{
  const gchar *url = NULL;

  if (sim_json_get_string (payload, "server_urls", &url) != SIM_JSON_FOUND)
    return;
  if (oddities & SIM_ODDITY_URLS_ARRAY) {
    JsonArray *array = json_array_new ();

    json_array_add_string_element (array, url);
    json_object_set_array_member (payload, "server_urls", array);
  } else if (oddities & SIM_ODDITY_URLS_OBJECT) {
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "all", url);
    json_object_set_object_member (payload, "server_urls", object);
  } else if (oddities & SIM_ODDITY_URLS_LIST) {
    g_autofree gchar *list
        = g_strconcat ("rtmp://elsewhere.invalid/live, ", url, NULL);

    json_object_set_string_member (payload, "server_urls", list);
  }
}

void
sim_oddity_apply_to_webhook (guint oddities, JsonObject *envelope)
{
  JsonObject *payload = NULL;

  if (sim_json_get_object (envelope, "payload", &payload) != SIM_JSON_FOUND)
    return;
  shape_urls (oddities, payload);
  if (oddities & SIM_ODDITY_PAYLOAD_OBJECT) {
    JsonObject *outer = json_object_new ();

    json_object_set_object_member (outer, "object", json_object_ref (payload));
    json_object_set_object_member (envelope, "payload", outer);
  }
}
