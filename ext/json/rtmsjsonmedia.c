/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsjsonprivate.h"

#include "gst/rtms/protocol/rtmstext.h"
#include "rtmsbase64.h"
#include "rtmsjsonscan.h"

#include <string.h>

#define NAME_MAX_LENGTH 1000

/* Media messages are 99 of 100. They are read in one pass, without a tree,
 * and their payload is decoded from the socket's bytes into the buffer that
 * goes downstream. All others are left to json-glib. */

struct _RtmsJsonReader
{
  RtmsDataAllocator allocator;
  gpointer user_data;

  /* Lent out with a message. */
  GString *user_name;
  GString *channel_id;
  /* Texts, and base64 that came with escapes. */
  GString *scratch;
};

typedef struct {
  gboolean seen;
  RtmsJsonSpan user_id;
  RtmsJsonSpan user_name;
  RtmsJsonSpan channel_id;
  RtmsJsonSpan data;
  RtmsJsonSpan length;
  RtmsJsonSpan timestamp;
  RtmsJsonSpan start_time;
  RtmsJsonSpan end_time;
  RtmsJsonSpan language;
} Content;

/**
 * rtms_json_reader_new:
 * @allocator: where payloads go
 * @user_data: for @allocator
 */
RtmsJsonReader *
rtms_json_reader_new (const RtmsDataAllocator *allocator, gpointer user_data)
{
  RtmsJsonReader *reader = g_new0 (RtmsJsonReader, 1);

  reader->allocator = *allocator;
  reader->user_data = user_data;
  reader->user_name = g_string_new (NULL);
  reader->channel_id = g_string_new (NULL);
  reader->scratch = g_string_new (NULL);
  return reader;
}

void
rtms_json_reader_free (RtmsJsonReader *reader)
{
  g_string_free (reader->user_name, TRUE);
  g_string_free (reader->channel_id, TRUE);
  g_string_free (reader->scratch, TRUE);
  g_free (reader);
}

static RtmsJsonSpan *
content_field (Content *content, const RtmsJsonSpan *key)
{
#define FIELD(name) { #name, sizeof #name - 1, G_STRUCT_OFFSET (Content, name) }
  static const struct {
    gchar name[11];
    guint8 length;
    guint8 offset;
  } fields[] = {
    FIELD (data), FIELD (timestamp), FIELD (user_id), FIELD (user_name),
    FIELD (length), FIELD (channel_id), FIELD (start_time), FIELD (end_time),
    FIELD (language),
  };
#undef FIELD

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (key->length == fields[i].length
        && memcmp (key->text, fields[i].name, fields[i].length) == 0)
      return (RtmsJsonSpan *) ((guint8 *) content + fields[i].offset);
  }
  return NULL;
}

static gboolean
scan_content (RtmsJsonScan *scan, Content *content)
{
  RtmsJsonSpan key, *field;
  gboolean first = TRUE;

  content->seen = TRUE;
  switch (rtms_json_scan_peek (scan)) {
    case '"':
      return rtms_json_scan_string (scan, &content->data);
    case '{':
      break;
    default:
      return rtms_json_scan_skip (scan);
  }

  rtms_json_scan_enter_object (scan);
  while (rtms_json_scan_next_member (scan, &first, &key)) {
    gchar c = rtms_json_scan_peek (scan);

    field = content_field (content, &key);
    if (field && c != '{' && c != '[') {
      if (!rtms_json_scan_scalar (scan, field))
        return FALSE;
    } else if (!rtms_json_scan_skip (scan)) {
      return FALSE;
    }
  }
  return scan->problem == NULL;
}

static gboolean
scan_message (const gchar *text, gsize length, gint64 *type,
    Content *content, GError **error)
{
  RtmsJsonScan scan;
  RtmsJsonSpan key, value;
  gboolean first = TRUE, ok = TRUE;

  rtms_json_scan_init (&scan, text, length);
  if (rtms_json_scan_enter_object (&scan)) {
    while (ok && rtms_json_scan_next_member (&scan, &first, &key)) {
      gchar c = rtms_json_scan_peek (&scan);

      if (rtms_json_span_equal (&key, "content"))
        ok = scan_content (&scan, content);
      else if (rtms_json_span_equal (&key, "msg_type") && c != '{'
          && c != '[')
        ok = rtms_json_scan_scalar (&scan, &value)
            && (rtms_json_span_get_int64 (&value, type) || TRUE);
      else
        ok = rtms_json_scan_skip (&scan);
    }
  }
  if (rtms_json_scan_finish (&scan))
    return TRUE;

  /* Never the text itself: it may be a whole picture, or a secret. */
  g_set_error (error, RTMS_ERROR, RTMS_ERROR_MALFORMED,
      "Message of %" G_GSIZE_FORMAT " bytes is not JSON: %s at byte %"
      G_GSIZE_FORMAT, length, scan.problem, (gsize) (scan.next - text));
  return FALSE;
}

static gint64
get_time (const RtmsJsonSpan *span)
{
  gint64 value;

  if (!rtms_json_span_get_int64 (span, &value))
    return RTMS_TIME_NONE;
  return rtms_time_from_wire (value);
}

/* Participants choose their names, and a name goes into logs and tags. */
static const gchar *
get_name (const RtmsJsonSpan *span, GString *store)
{
  if (!span->quoted)
    return NULL;
  rtms_json_span_unescape (span, store);
  if (store->len > NAME_MAX_LENGTH || !rtms_text_is_line (store->str)) {
    g_autofree gchar *line = rtms_text_to_line (store->str, NAME_MAX_LENGTH);

    g_string_assign (store, line);
  }
  return store->str;
}

static gboolean
malformed (GError **error, const RtmsMedia *media, const gchar *what)
{
  g_set_error (error, RTMS_ERROR, RTMS_ERROR_MALFORMED,
      "A message of %s is dropped: %s",
      rtms_media_kind_get_name (media->kind), what);
  return FALSE;
}

static gboolean
decode_text (RtmsJsonReader *reader, const RtmsJsonSpan *span,
    RtmsData *data)
{
  rtms_json_span_unescape (span, reader->scratch);
  reader->allocator.alloc (data, reader->scratch->len, reader->user_data);
  if (data->owner == NULL)
    return FALSE;
  memcpy (data->bytes, reader->scratch->str, reader->scratch->len);
  data->size = reader->scratch->len;
  return TRUE;
}

static gboolean
decode_base64 (RtmsJsonReader *reader, const RtmsJsonSpan *span,
    RtmsData *data)
{
  const gchar *text = span->text;
  gsize length = span->length;
  gssize size;

  /* "/" is a character of base64, and some encoders write it as "\/". */
  if (span->escaped) {
    rtms_json_span_unescape (span, reader->scratch);
    text = reader->scratch->str;
    length = reader->scratch->len;
  }
  reader->allocator.alloc (data, rtms_base64_decoded_bound (length),
      reader->user_data);
  if (data->owner == NULL)
    return FALSE;
  size = rtms_base64_decode (text, length, data->bytes);
  if (size < 0) {
    reader->allocator.free (data, reader->user_data);
    *data = (RtmsData) { 0 };
    return FALSE;
  }
  data->size = (gsize) size;
  return TRUE;
}

static gboolean
decode_media (RtmsJsonReader *reader, const Content *content,
    RtmsMedia *media, GError **error)
{
  gint64 value;

  if (!content->data.quoted)
    return malformed (error, media, "it has no data");

  media->has_user = rtms_json_span_get_uint64 (&content->user_id,
      &media->user_id);
  media->user_name = get_name (&content->user_name, reader->user_name);
  media->channel_id = get_name (&content->channel_id, reader->channel_id);
  media->timestamp = get_time (&content->timestamp);
  media->start_time = get_time (&content->start_time);
  media->end_time = get_time (&content->end_time);
  media->language = RTMS_LANGUAGE_AUTO;
  if (rtms_json_span_get_int64 (&content->language, &value))
    media->language = (gint) CLAMP (value, -1, G_MAXINT);

  if (media->kind == RTMS_MEDIA_TRANSCRIPT || media->kind == RTMS_MEDIA_CHAT) {
    if (!decode_text (reader, &content->data, &media->data))
      return malformed (error, media, "no memory for its text");
  } else {
    if (!decode_base64 (reader, &content->data, &media->data))
      return malformed (error, media, "its data is not base64");
    if (rtms_json_span_get_int64 (&content->length, &value)
        && value != (gint64) media->data.size) {
      reader->allocator.free (&media->data, reader->user_data);
      media->data = (RtmsData) { 0 };
      return malformed (error, media, "its length disagrees with its data");
    }
  }
  if (reader->allocator.finish)
    reader->allocator.finish (&media->data, reader->user_data);
  return TRUE;
}

/**
 * rtms_json_reader_decode:
 * @reader: a reader
 * @text: one message
 * @length: in bytes
 * @message: (out caller-allocates): is initialised; to be cleared, and its
 *     media data to be given on, by the caller
 * @error: (out) (optional): #RTMS_ERROR_MALFORMED. The message's type is set
 *     as far as it is known, so that the caller can tell a bad media message
 *     from a bad control message
 *
 * Returns: whether the message can be used
 */
gboolean
rtms_json_reader_decode (RtmsJsonReader *reader, const gchar *text,
    gsize length, RtmsMessage *message, GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  Content content = { 0 };
  gint64 type = 0;

  rtms_message_init (message, 0);
  if (!scan_message (text, length, &type, &content, error))
    return FALSE;
  message->type = (gint) CLAMP (type, 0, G_MAXINT);
  message->text = text;
  message->text_length = length;

  if (type >= RTMS_MESSAGE_MEDIA_DATA_AUDIO
      && type <= RTMS_MESSAGE_MEDIA_DATA_CHAT) {
    message->media.kind = (RtmsMediaKind) (type
        - RTMS_MESSAGE_MEDIA_DATA_AUDIO);
    message->media.message_text = text;
    message->media.message_length = length;
    return decode_media (reader, &content, &message->media, error);
  }
  if (type >= RTMS_MESSAGE_META_DATA_AUDIO
      && type <= RTMS_MESSAGE_META_DATA_CHAT)
    return TRUE;

  root = rtms_json_load (text, length, error);
  if (root == NULL)
    return FALSE;
  rtms_json_decode_control (json_node_get_object (root), message);
  return TRUE;
}
