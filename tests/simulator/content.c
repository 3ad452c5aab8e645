/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content.h"

#include "oddity.h"

/* In Contact Center a person is known by the channel of the call. */
static gchar *
make_channel (const SimPerson *person)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, person->user_id);
}

static void
append_person (
    GString *text, SimProduct product, guint oddities, const SimPerson *person)
{
  const gchar *quote = oddities & SIM_ODDITY_TEXT_IDS ? "\"" : "";
  g_autoptr (JsonNode) node = NULL;
  g_autofree gchar *name = NULL;

  g_string_append_printf (text, "\"user_id\":%s%" G_GUINT64_FORMAT "%s,", quote,
      person != NULL ? person->user_id : 0, quote);
  if (person == NULL)
    return;
  node = json_node_new (JSON_NODE_VALUE);
  json_node_set_string (node, person->name);
  name = json_to_string (node, FALSE);
  g_string_append_printf (text, "\"user_name\":%s,", name);
  if (product == SIM_PRODUCT_CONTACT_CENTER) {
    g_autofree gchar *channel = make_channel (person);

    g_string_append_printf (text, "\"channel_id\":\"%s\",", channel);
  }
}

static void
append_base64 (GString *text, const guint8 *data, gsize size)
{
  gint state = 0, save = 0;
  gsize end = text->len;

  g_string_set_size (text, end + (size / 3 + 1) * 4 + 4);
  end += g_base64_encode_step (
      data, size, FALSE, text->str + end, &state, &save);
  end += g_base64_encode_close (FALSE, text->str + end, &state, &save);
  g_string_truncate (text, end);
}

/* Media messages are most of the traffic, so they are put together as text
 * right away. */
GString *
sim_content_media (SimMedium medium, SimProduct product, guint oddities,
    const SimPerson *person, const guint8 *data, gsize size, gint64 timestamp)
{
  GString *text = g_string_sized_new (size * 4 / 3 + 256);

  g_string_append_printf (
      text, "{\"msg_type\":%d,\"content\":", SIM_MSG_MEDIA_DATA_AUDIO + medium);
  if (oddities & SIM_ODDITY_BARE_CONTENT) {
    g_string_append_c (text, '"');
    append_base64 (text, data, size);
    g_string_append (text, "\"}");
    return text;
  }
  g_string_append_c (text, '{');
  append_person (text, product, oddities, person);
  g_string_append (text, "\"data\":\"");
  append_base64 (text, data, size);
  g_string_append (text, "\",");
  if (!(oddities & SIM_ODDITY_NO_LENGTH))
    g_string_append_printf (text, "\"length\":%" G_GSIZE_FORMAT ",", size);
  if (oddities & SIM_ODDITY_EXTRA_FIELDS)
    g_string_append (text, "\"sequence\":[1,{\"of\":null}],");
  g_string_append_printf (
      text, "\"timestamp\":%" G_GINT64_FORMAT "}}", timestamp);
  return text;
}

static JsonObject *
make_text (SimMedium medium, const SimPerson *person, const gchar *text,
    gint64 timestamp, JsonObject **content)
{
  JsonObject *message = json_object_new ();

  *content = json_object_new ();
  json_object_set_int_member (*content, "user_id", (gint64)person->user_id);
  json_object_set_string_member (*content, "user_name", person->name);
  json_object_set_int_member (*content, "timestamp", timestamp);
  json_object_set_string_member (*content, "data", text);
  json_object_set_int_member (
      message, "msg_type", SIM_MSG_MEDIA_DATA_AUDIO + medium);
  json_object_set_object_member (message, "content", *content);
  return message;
}

static gint64
convert_time (gint64 microseconds, gint64 scale)
{
  if (scale >= G_USEC_PER_SEC)
    return microseconds * (scale / G_USEC_PER_SEC);
  return microseconds / (G_USEC_PER_SEC / scale);
}

JsonObject *
sim_content_transcript (SimProduct product, const SimPerson *person,
    const gchar *text, gint64 start, gint64 end, gint64 scale, gint64 timestamp)
{
  JsonObject *content;
  JsonObject *message
      = make_text (SIM_MEDIUM_TRANSCRIPT, person, text, timestamp, &content);

  if (product == SIM_PRODUCT_CONTACT_CENTER) {
    g_autofree gchar *channel = make_channel (person);

    json_object_set_string_member (content, "channel_id", channel);
  }
  json_object_set_int_member (
      content, "start_time", convert_time (start, scale));
  json_object_set_int_member (content, "end_time", convert_time (end, scale));
  json_object_set_int_member (content, "language", SIM_LANGUAGE_ENGLISH);
  return message;
}

JsonObject *
sim_content_chat (const SimPerson *person, const gchar *text, gint64 timestamp)
{
  JsonObject *content;

  return make_text (SIM_MEDIUM_CHAT, person, text, timestamp, &content);
}
