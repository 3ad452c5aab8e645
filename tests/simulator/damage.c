/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "damage.h"

#include <string.h>

/* More than clients should take. */
#define OVERSIZED (17 * 1024 * 1024)
#define NESTED 100000

static const gchar *const names[] = { "none", "base64", "length", "type",
  "truncated", "utf8", "duplicate", "reorder", "lose" };

gboolean
sim_damage_find (const gchar *name, SimDamage *damage)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (names[i], name)) {
      *damage = (SimDamage)i;
      return TRUE;
    }
  }
  return FALSE;
}

const gchar *
sim_damage_name (SimDamage damage)
{
  return names[damage];
}

gboolean
sim_damage_spares_payload (SimDamage damage)
{
  switch (damage) {
  case SIM_DAMAGE_NONE:
  case SIM_DAMAGE_UTF8:
  case SIM_DAMAGE_DUPLICATE:
  case SIM_DAMAGE_REORDER:
    return TRUE;
  default:
    return FALSE;
  }
}

/* Inserts text behind the first @key. */
static void
insert_behind (
    GString *text, const gchar *key, const gchar *insertion, gsize length)
{
  const gchar *found = g_strstr_len (text->str, (gssize)text->len, key);

  if (found != NULL)
    g_string_insert_len (text, found - text->str + (gssize)strlen (key),
        insertion, (gssize)length);
}

void
sim_damage_apply (SimDamage damage, GString *text)
{
  switch (damage) {
  case SIM_DAMAGE_BASE64:
    insert_behind (text, "\"data\":\"", "*!", 2);
    break;
  case SIM_DAMAGE_LENGTH:
    insert_behind (text, "\"length\":", "1", 1);
    break;
  case SIM_DAMAGE_TYPE:
    insert_behind (text, "\"msg_type\":", "99", 2);
    break;
  case SIM_DAMAGE_TRUNCATED:
    g_string_truncate (text, text->len / 2);
    break;
  case SIM_DAMAGE_UTF8:
    insert_behind (text, "\"user_name\":\"", "\xff\xc0\x80", 3);
    break;
  default:
    break;
  }
}

static GString *
repeat (const gchar *begin, const gchar *part, gsize count, const gchar *end)
{
  GString *text = g_string_sized_new (count * strlen (part) + 128);

  g_string_append (text, begin);
  for (gsize i = 0; i < count; i++)
    g_string_append (text, part);
  g_string_append (text, end);
  return text;
}

GString *
sim_damage_make (const gchar *name)
{
  static const struct {
    const gchar *name;
    const gchar *text;
  } texts[] = {
    { "malformed", "{\"msg_type\":14,\"content\":{]}" },
    { "truncated",
        "{\"msg_type\":14,\"content\":{\"user_id\":0,\"data\":\"AAA" },
    { "array", "[1,2,3]" },
    { "empty", "" },
    { "utf8", "{\"msg_type\":6,\"event\":{\"event_type\":2,\"user_id\":1,"
              "\"user_name\":\"\xff\xfe\xc0\x80\"}}" },
    { "unknown-type", "{\"msg_type\":4711,\"content\":{\"data\":\"AAAA\"}}" },
    { "unknown-enum", "{\"msg_type\":8,\"state\":77,\"reason\":4711,"
                      "\"timestamp\":1}" },
    { "metadata", "{\"msg_type\":23,\"content\":{\"anything\":[1,{}]}}" },
    { "numbers", "{\"msg_type\":14,\"content\":{\"user_id\":1e400,"
                 "\"timestamp\":-99999999999999999999,\"length\":-1,"
                 "\"data\":\"AAAA\"}}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (g_str_equal (texts[i].name, name))
      return g_string_new (texts[i].text);
  }
  if (g_str_equal (name, "nested"))
    return repeat ("{\"msg_type\":8,\"state\":", "[", NESTED, "");
  if (g_str_equal (name, "oversized"))
    return repeat ("{\"msg_type\":8,\"filler\":\"", "xxxxxxxxxxxxxxxx",
        OVERSIZED / 16, "\"}");
  return NULL;
}
