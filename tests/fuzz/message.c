/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A message from a server, and what of it goes back to one. */

#include <string.h>

#include "ext/json/rtmsjson.h"
#include "fuzz.h"

/* Of just the size that was asked for, so that a byte too much shows. */
static void
alloc_data (RtmsData *data, gsize size, gpointer user_data)
{
  *data = (RtmsData) { 0 };
  data->owner = data->bytes = g_malloc (MAX (size, 1));
}

static void
free_data (RtmsData *data, gpointer user_data)
{
  g_free (data->owner);
}

static const RtmsDataAllocator allocator = {
  .alloc = alloc_data,
  .free = free_data,
};

static void
check_text (const gchar *text)
{
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
}

static void
check_media (const RtmsMedia *media)
{
  g_assert_nonnull (media->data.owner);
  if (media->user_name)
    fuzz_assert_is_line (media->user_name);
  if (media->channel_id)
    fuzz_assert_is_line (media->channel_id);
  g_assert_true (media->timestamp == RTMS_TIME_NONE || media->timestamp > 0);
  g_assert_true (media->start_time == RTMS_TIME_NONE
      || media->start_time > 0);
  g_assert_true (media->end_time == RTMS_TIME_NONE || media->end_time > 0);
  if (media->kind == RTMS_MEDIA_TRANSCRIPT || media->kind == RTMS_MEDIA_CHAT)
    g_assert_true (g_utf8_validate_len ((const gchar *) media->data.bytes,
            media->data.size, NULL));
}

static void
check_control (const RtmsMessage *message)
{
  check_text (message->meeting_uuid);
  check_text (message->rtms_stream_id);
  check_text (message->rtms_session_id);
  check_text (message->signature);
  check_text (message->urls.all);
  for (guint i = 0; i < RTMS_N_MEDIA; i++)
    check_text (message->urls.media[i]);
  /* It goes into messages for people. */
  if (message->reason_text)
    fuzz_assert_is_line (message->reason_text);
  for (guint i = 0; message->participants && i < message->participants->len;
      i++) {
    const gchar *name = g_array_index (message->participants,
        RtmsParticipant, i).user_name;

    if (name)
      fuzz_assert_is_line (name);
  }
}

static gboolean
is_signature (const gchar *text)
{
  return text && strlen (text) == 64
      && strspn (text, "0123456789abcdef") == 64;
}

/* One that a client could send. */
static gboolean
is_ours (const RtmsMessage *message)
{
  gint type = message->type;

  if (type == RTMS_MESSAGE_SIGNALING_HAND_SHAKE_REQ
      || type == RTMS_MESSAGE_DATA_HAND_SHAKE_REQ)
    return is_signature (message->signature);
  return type == RTMS_MESSAGE_EVENT_SUBSCRIPTION
      || type == RTMS_MESSAGE_CLIENT_READY_ACK
      || type == RTMS_MESSAGE_SESSION_STATE_REQ
      || type == RTMS_MESSAGE_KEEP_ALIVE_RESP
      || type == RTMS_MESSAGE_STREAM_STATE_REQ
      || type == RTMS_MESSAGE_STREAM_CLOSE_REQ
      || type == RTMS_MESSAGE_VIDEO_SUBSCRIPTION_REQ;
}

/* What we write, we read; and write again just so. */
static void
check_round_trip (RtmsJsonReader *reader, const RtmsMessage *message)
{
  g_auto (RtmsMessage) again = { 0 };
  g_autofree gchar *text = NULL, *text_again = NULL;
  gsize length;

  text = rtms_json_encode (message, &length);
  g_assert_cmpuint (strlen (text), ==, length);
  g_assert_true (rtms_json_reader_decode (reader, text, length, &again,
          NULL));
  text_again = rtms_json_encode (&again, NULL);
  g_assert_cmpstr (text, ==, text_again);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  g_autoptr (RtmsJsonReader) reader = rtms_json_reader_new (&allocator,
      NULL);
  g_auto (RtmsMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (!rtms_json_reader_decode (reader, (const gchar *) bytes, size,
          &message, &error)) {
    g_assert_true (g_error_matches (error, RTMS_ERROR,
            RTMS_ERROR_MALFORMED));
    fuzz_assert_is_line (error->message);
    g_assert_null (message.media.data.owner);
    return 0;
  }
  g_assert_no_error (error);
  if (message.media.data.owner)
    check_media (&message.media);
  check_control (&message);
  if (is_ours (&message))
    check_round_trip (reader, &message);
  if (message.media.data.owner)
    free_data (&message.media.data, NULL);
  return 0;
}
