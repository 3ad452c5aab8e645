/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsjsonprivate.h"

#include "rtmsjsonscan.h"

#include <string.h>

/* json-glib recurses without a limit, takes comments for white space and
 * wants valid UTF-8; so the text goes through our scan first. */
static gboolean
check (const gchar *text, gsize length, GError **error)
{
  RtmsJsonScan scan;

  rtms_json_scan_init (&scan, text, length);
  if (rtms_json_scan_skip (&scan) && rtms_json_scan_finish (&scan))
    return TRUE;
  g_set_error (error, RTMS_ERROR, RTMS_ERROR_MALFORMED,
      "Not JSON that can be read: %s at byte %" G_GSIZE_FORMAT,
      scan.problem, (gsize) (scan.next - text));
  return FALSE;
}

static guint
get_escaped (const gchar *escape)
{
  guint c = 0;

  for (guint i = 2; i < 6; i++)
    c = c << 4 | (guint) g_ascii_xdigit_value (escape[i]);
  return c;
}

static gboolean
is_half (guint c, guint first)
{
  return c >= first && c < first + 0x400;
}

/* json-glib makes invalid UTF-8 of half a surrogate pair, leaks memory over
 * some, and ends a string at an escaped NUL. All of them become U+FFFD. @text
 * has been checked, so that its escapes are complete. */
static gchar *
mend_escapes (const gchar *text, gsize length)
{
  gchar *mended = g_strndup (text, length);
  gchar *p = mended;

  while ((p = strchr (p, '\\'))) {
    guint c;

    if (p[1] != 'u') {
      p += 2;
      continue;
    }
    c = get_escaped (p);
    if (is_half (c, 0xd800) && p[6] == '\\' && p[7] == 'u'
        && is_half (get_escaped (p + 6), 0xdc00)) {
      p += 12;
      continue;
    }
    if (c == 0 || is_half (c, 0xd800) || is_half (c, 0xdc00))
      memcpy (p + 2, "fffd", 4);
    p += 6;
  }
  return mended;
}

/**
 * rtms_json_load:
 * @text: JSON, of which invalid UTF-8 is replaced
 * @length: in bytes
 * @error: (out) (optional): #RTMS_ERROR_MALFORMED
 *
 * Returns: (transfer full) (nullable): the tree, whose root is an object
 */
JsonNode *
rtms_json_load (const gchar *text, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autofree gchar *mended = NULL, *valid = NULL;

  if (!check (text, length, error))
    return NULL;
  mended = mend_escapes (text, length);
  valid = g_utf8_make_valid (mended, -1);

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, valid, -1, NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser))) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_MALFORMED,
        "Not a JSON object");
    return NULL;
  }
  return json_parser_steal_root (parser);
}

JsonObject *
rtms_json_get_object (JsonObject *object, const gchar *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node)
      : NULL;
}

JsonArray *
rtms_json_get_array (JsonObject *object, const gchar *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
      : NULL;
}

const gchar *
rtms_json_get_string (JsonObject *object, const gchar *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && json_node_get_value_type (node) == G_TYPE_STRING
      ? json_node_get_string (node) : NULL;
}

/* Numbers and strings that hold one: servers send either. */
gboolean
rtms_json_get_int (JsonObject *object, const gchar *name, gint64 *value)
{
  JsonNode *node = json_object_get_member (object, name);
  RtmsJsonSpan span = { 0 };

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  switch (json_node_get_value_type (node)) {
    case G_TYPE_INT64:
      *value = json_node_get_int (node);
      return TRUE;
    case G_TYPE_DOUBLE: {
      gdouble real = json_node_get_double (node);

      if (!(real > -9.2e18 && real < 9.2e18))
        return FALSE;
      *value = (gint64) real;
      return TRUE;
    }
    case G_TYPE_STRING:
      span.text = json_node_get_string (node);
      span.length = strlen (span.text);
      return rtms_json_span_get_int64 (&span, value);
    default:
      return FALSE;
  }
}

/* For enumerations and other small numbers; @fallback where absent. */
gint
rtms_json_get_small_int (JsonObject *object, const gchar *name,
    gint fallback)
{
  gint64 value;

  if (!rtms_json_get_int (object, name, &value))
    return fallback;
  return (gint) CLAMP (value, G_MININT, G_MAXINT);
}

gboolean
rtms_json_get_boolean (JsonObject *object, const gchar *name,
    gboolean fallback)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && json_node_get_value_type (node) == G_TYPE_BOOLEAN
      ? json_node_get_boolean (node) : fallback;
}

/* Unsigned, up to 64 bits. json-glib reads a number above the signed range
 * as a negative one, which the cast turns back. */
gboolean
rtms_json_get_user_id (JsonObject *object, const gchar *name,
    guint64 *user_id)
{
  const gchar *text = rtms_json_get_string (object, name);
  gint64 value;

  if (text) {
    RtmsJsonSpan span = { .text = text, .length = strlen (text) };

    return rtms_json_span_get_uint64 (&span, user_id);
  }
  if (!rtms_json_get_int (object, name, &value))
    return FALSE;
  *user_id = (guint64) value;
  return TRUE;
}
