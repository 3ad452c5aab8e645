/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json.h"

/* json-glib parses by recursion; RTMS itself nests four deep. */
#define MAX_DEPTH 32

static gboolean
is_shallow (const gchar *text, gsize length)
{
  gint depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++) {
    if (in_string) {
      if (text[i] == '\\')
        i++;
      else if (text[i] == '"')
        in_string = FALSE;
    } else if (text[i] == '"') {
      in_string = TRUE;
    } else if (text[i] == '{' || text[i] == '[') {
      if (++depth > MAX_DEPTH)
        return FALSE;
    } else if (text[i] == '}' || text[i] == ']') {
      depth--;
    }
  }
  return TRUE;
}

JsonObject *
sim_json_parse (const gchar *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (!g_utf8_validate (text, (gssize)length, NULL)
      || !is_shallow (text, length)
      || !json_parser_load_from_data (parser, text, (gssize)length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  return json_node_dup_object (root);
}

gchar *
sim_json_print (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

static SimJsonResult
find_value (
    JsonObject *object, const gchar *name, JsonNodeType type, JsonNode **node)
{
  *node = json_object_get_member (object, name);
  if (*node == NULL || JSON_NODE_HOLDS_NULL (*node))
    return SIM_JSON_ABSENT;
  return json_node_get_node_type (*node) == type ? SIM_JSON_FOUND
                                                 : SIM_JSON_INVALID;
}

static SimJsonResult
find_typed (JsonObject *object, const gchar *name, GType type, JsonNode **node)
{
  SimJsonResult result = find_value (object, name, JSON_NODE_VALUE, node);

  if (result == SIM_JSON_FOUND && json_node_get_value_type (*node) != type)
    return SIM_JSON_INVALID;
  return result;
}

SimJsonResult
sim_json_get_int (JsonObject *object, const gchar *name, gint64 *value)
{
  JsonNode *node;
  SimJsonResult result = find_typed (object, name, G_TYPE_INT64, &node);

  if (result == SIM_JSON_FOUND)
    *value = json_node_get_int (node);
  return result;
}

SimJsonResult
sim_json_get_bool (JsonObject *object, const gchar *name, gboolean *value)
{
  JsonNode *node;
  SimJsonResult result = find_typed (object, name, G_TYPE_BOOLEAN, &node);

  if (result == SIM_JSON_FOUND)
    *value = json_node_get_boolean (node);
  return result;
}

SimJsonResult
sim_json_get_string (JsonObject *object, const gchar *name, const gchar **value)
{
  JsonNode *node;
  SimJsonResult result = find_typed (object, name, G_TYPE_STRING, &node);

  if (result == SIM_JSON_FOUND)
    *value = json_node_get_string (node);
  return result;
}

SimJsonResult
sim_json_get_object (JsonObject *object, const gchar *name, JsonObject **value)
{
  JsonNode *node;
  SimJsonResult result = find_value (object, name, JSON_NODE_OBJECT, &node);

  if (result == SIM_JSON_FOUND)
    *value = json_node_get_object (node);
  return result;
}

SimJsonResult
sim_json_get_array (JsonObject *object, const gchar *name, JsonArray **value)
{
  JsonNode *node;
  SimJsonResult result = find_value (object, name, JSON_NODE_ARRAY, &node);

  if (result == SIM_JSON_FOUND)
    *value = json_node_get_array (node);
  return result;
}

SimJsonResult
sim_json_get_user_id (JsonObject *object, const gchar *name, guint64 *value)
{
  const gchar *text;
  gint64 number;
  SimJsonResult result = sim_json_get_int (object, name, &number);

  if (result == SIM_JSON_ABSENT)
    return result;
  if (result == SIM_JSON_FOUND) {
    *value = (guint64)number;
    return result;
  }
  if (sim_json_get_string (object, name, &text) == SIM_JSON_FOUND
      && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, value, NULL))
    return SIM_JSON_FOUND;
  return SIM_JSON_INVALID;
}
