/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "ext/json/rtmsjson.h"
#include "ext/json/rtmsjsonplain.h"

#define SIGNATURE "c54f9e6e34c6bc568d0a182eaf02a27d" \
    "5e44f989821b8a5fa28aae46252d6e47"

/* Payloads in plain heap memory; the count tells of leaks. */
static gint live_payloads;

static void
alloc_data (RtmsData *data, gsize size, gpointer user_data)
{
  data->bytes = g_malloc (size ? size : 1);
  data->owner = data->bytes;
  live_payloads++;
}

static void
free_data (RtmsData *data, gpointer user_data)
{
  g_free (data->owner);
  live_payloads--;
}

static const RtmsDataAllocator allocator = {
  .alloc = alloc_data,
  .free = free_data,
};

static RtmsJsonReader *reader;

static void
setup (void)
{
  live_payloads = 0;
  reader = rtms_json_reader_new (&allocator, NULL);
}

static void
teardown (void)
{
  fail_unless_equals_int (live_payloads, 0);
  g_clear_pointer (&reader, rtms_json_reader_free);
}

static void
decode (const gchar *text, RtmsMessage *message)
{
  g_autoptr (GError) error = NULL;

  fail_unless (rtms_json_reader_decode (reader, text, strlen (text), message,
          &error), "%s: %s", text, error ? error->message : "");
}

static void
refuse (const gchar *text, gsize length)
{
  g_auto (RtmsMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  fail_if (rtms_json_reader_decode (reader, text, length, &message, &error),
      "%s", text);
  fail_unless (g_error_matches (error, RTMS_ERROR, RTMS_ERROR_MALFORMED));
}

static void
release (RtmsMessage *message)
{
  if (message->media.data.owner)
    free_data (&message->media.data, NULL);
  rtms_message_clear (message);
}

GST_START_TEST (test_audio_is_decoded)
{
  RtmsMessage message;

  decode ("{\"msg_type\":14,\"content\":{\"user_id\":16778240,\"user_name\":"
      "\"Zo\\u00eb\",\"data\":\"AAECAwQ=\",\"length\":5,"
      "\"timestamp\":1738392033699}}", &message);
  fail_unless_equals_int (message.type, RTMS_MESSAGE_MEDIA_DATA_AUDIO);
  fail_unless_equals_int (message.media.kind, RTMS_MEDIA_AUDIO);
  fail_unless (message.media.has_user);
  fail_unless_equals_uint64 (message.media.user_id, 16778240);
  assert_equals_string (message.media.user_name, "Zoë");
  fail_unless_equals_int64 (message.media.timestamp,
      G_GINT64_CONSTANT (1738392033699000000));
  fail_unless_equals_int64 (message.media.start_time, RTMS_TIME_NONE);
  fail_unless_equals_uint64 (message.media.data.size, 5);
  fail_unless (memcmp (message.media.data.bytes, "\0\1\2\3\4", 5) == 0);
  release (&message);
}

GST_END_TEST;

GST_START_TEST (test_media_fields_come_in_any_order_and_form)
{
  static const gchar *const texts[] = {
    /* the content before the type, unknown members around */
    "{\"x\":[1,{\"y\":null}],\"content\":{\"z\":{},\"timestamp\":"
        "\"1738392033699\",\"data\":\"/+8=\",\"user_id\":\"18446744073709551"
        "615\"},\"msg_type\":15}",
    /* white space, escaped base64 */
    " {\n\t\"msg_type\" : 15 , \"content\" : { \"user_id\" : "
        "18446744073709551615, \"data\" : \"\\/\\u002b8=\" , \"timestamp\" : "
        "1.738392033699e12 } } ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    RtmsMessage message;

    decode (texts[i], &message);
    fail_unless_equals_int (message.media.kind, RTMS_MEDIA_VIDEO);
    fail_unless_equals_uint64 (message.media.user_id, G_MAXUINT64);
    fail_unless_equals_int64 (message.media.timestamp,
        G_GINT64_CONSTANT (1738392033699000000));
    fail_unless_equals_uint64 (message.media.data.size, 2);
    fail_unless (memcmp (message.media.data.bytes, "\xff\xef", 2) == 0);
    release (&message);
  }
}

GST_END_TEST;

GST_START_TEST (test_bare_string_content_is_data)
{
  RtmsMessage message;

  decode ("{\"msg_type\":16,\"content\":\"AAEC\"}", &message);
  fail_unless_equals_int (message.media.kind, RTMS_MEDIA_SHARE);
  fail_if (message.media.has_user);
  fail_unless_equals_int64 (message.media.timestamp, RTMS_TIME_NONE);
  fail_unless_equals_uint64 (message.media.data.size, 3);
  release (&message);
}

GST_END_TEST;

static void
check_text (const gchar *json, const gchar *expected)
{
  g_autofree gchar *text = g_strdup_printf ("{\"msg_type\":17,\"content\":"
      "{\"user_id\":7,\"user_name\":\"Ada\",\"start_time\":1738392033699000,"
      "\"end_time\":1738392034,\"timestamp\":1738392034699,\"language\":9,"
      "\"data\":\"%s\"}}", json);
  RtmsMessage message;

  decode (text, &message);
  fail_unless_equals_int (message.media.kind, RTMS_MEDIA_TRANSCRIPT);
  fail_unless_equals_int (message.media.language, 9);
  /* µs, s and ms side by side */
  fail_unless_equals_int64 (message.media.start_time,
      G_GINT64_CONSTANT (1738392033699000000));
  fail_unless_equals_int64 (message.media.end_time,
      G_GINT64_CONSTANT (1738392034000000000));
  fail_unless_equals_uint64 (message.media.data.size, strlen (expected));
  fail_unless (memcmp (message.media.data.bytes, expected,
          strlen (expected)) == 0, "%.*s", (int) message.media.data.size,
      message.media.data.bytes);
  release (&message);
}

GST_START_TEST (test_text_is_unescaped_and_made_valid)
{
  check_text ("Hello", "Hello");
  check_text ("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t");
  check_text ("\\u674e\\u5a1c 李娜", "李娜 李娜");
  check_text ("\\ud83d\\ude00", "\xf0\x9f\x98\x80");
  /* half pairs, NUL and invalid UTF-8 are replaced */
  check_text ("\\ud83d!", "\xef\xbf\xbd!");
  check_text ("a\\u0000b", "a\xef\xbf\xbd" "b");
  check_text ("a\xff" "b", "a\xef\xbf\xbd" "b");
}

GST_END_TEST;

GST_START_TEST (test_chat_is_decoded)
{
  RtmsMessage message;

  decode ("{\"msg_type\":18,\"content\":{\"timestamp\":1738392034699,"
      "\"data\":\"{\\\"text\\\":1}\"}}", &message);
  fail_unless_equals_int (message.media.kind, RTMS_MEDIA_CHAT);
  fail_unless_equals_int (message.media.language, RTMS_LANGUAGE_AUTO);
  fail_unless_equals_uint64 (message.media.data.size, 10);
  release (&message);
}

GST_END_TEST;

GST_START_TEST (test_bad_media_is_refused)
{
  static const gchar *const texts[] = {
    "{\"msg_type\":14}",
    "{\"msg_type\":14,\"content\":{}}",
    "{\"msg_type\":14,\"content\":null}",
    "{\"msg_type\":14,\"content\":{\"data\":7}}",
    "{\"msg_type\":14,\"content\":{\"data\":\"AA*A\"}}",
    "{\"msg_type\":14,\"content\":{\"data\":\"A\"}}",
    "{\"msg_type\":14,\"content\":{\"data\":\"=AAA\"}}",
    "{\"msg_type\":14,\"content\":{\"data\":\"AAEC\",\"length\":4}}",
    "{\"msg_type\":14,\"content\":{\"data\":\"AAEC\",\"length\":-3}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    refuse (texts[i], strlen (texts[i]));
}

GST_END_TEST;

GST_START_TEST (test_what_is_no_json_object_is_refused)
{
  static const gchar *const texts[] = {
    "", " ", "7", "null", "[]", "\"text\"", "{", "}", "{}}", "{} x",
    "{\"msg_type\"}", "{\"msg_type\":}", "{\"msg_type\":14,}", "{,}",
    "{'msg_type':14}", "{msg_type:14}", "{\"a\":01}", "{\"a\":+1}",
    "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":-}", "{\"a\":tru}",
    "{\"a\":NaN}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"",
    "{\"a\":\"\\", "{\"a\":\"\\u12", "{\"a\":\"\n\"}", "{\"a\":[1,]}",
    "{\"a\":[1 2]}", "{\"a\":1 \"b\":2}", "{/**/}", "{\"a\":1//\n}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    refuse (texts[i], strlen (texts[i]));
  refuse ("{}\0", 3);
}

GST_END_TEST;

GST_START_TEST (test_deep_nesting_is_refused)
{
  g_autofree gchar *open = g_strnfill (100000, '[');
  g_autofree gchar *deep = g_strconcat ("{\"msg_type\":6,\"a\":", open,
      NULL);
  RtmsMessage message;

  refuse (deep, strlen (deep));
  decode ("{\"msg_type\":99,\"a\":[[[[[[[[[[]]]]]]]]]]}", &message);
  fail_unless_equals_int (message.type, 99);
  release (&message);
}

GST_END_TEST;

/* Every cut of a message is refused and leaks nothing. */
GST_START_TEST (test_truncated_message_is_refused)
{
  static const gchar text[] = "{\"msg_type\":14,\"content\":{\"user_id\":1,"
      "\"user_name\":\"A\\u00e9\",\"data\":\"AAEC\",\"length\":3,"
      "\"timestamp\":1738392033699}}";

  for (gsize length = 0; length < strlen (text); length++) {
    g_autofree gchar *copy = g_memdup2 (text, length ? length : 1);

    refuse (copy, length);
  }
}

GST_END_TEST;

GST_START_TEST (test_signaling_answer_is_decoded)
{
  RtmsMessage message;

  decode ("{\"msg_type\":2,\"protocol_version\":1,\"sequence\":5,"
      "\"status_code\":0,\"reason\":\"\",\"media_server\":{\"server_urls\":{"
      "\"audio\":\"wss://a/\",\"video\":\"wss://v/\",\"share\":\"wss://s/\","
      "\"transcript\":\"wss://t/\",\"chat\":\"wss://c/\",\"all\":"
      "\"wss://all/\"}}}", &message);
  fail_unless_equals_int (message.type, 2);
  fail_unless (message.has_status);
  fail_unless_equals_int (message.status_code, 0);
  fail_unless_equals_int64 (message.sequence, 5);
  assert_equals_string (message.urls.all, "wss://all/");
  assert_equals_string (message.urls.media[RTMS_MEDIA_AUDIO], "wss://a/");
  assert_equals_string (message.urls.media[RTMS_MEDIA_VIDEO], "wss://v/");
  assert_equals_string (message.urls.media[RTMS_MEDIA_SHARE], "wss://s/");
  assert_equals_string (message.urls.media[RTMS_MEDIA_TRANSCRIPT],
      "wss://t/");
  assert_equals_string (message.urls.media[RTMS_MEDIA_CHAT], "wss://c/");
  release (&message);

  decode ("{\"msg_type\":2,\"status_code\":\"3\",\"reason\":\"no\"}",
      &message);
  fail_unless_equals_int (message.status_code, 3);
  assert_equals_string (message.reason_text, "no");
  release (&message);

  decode ("{\"msg_type\":2,\"reason\":\"denied\"}", &message);
  fail_if (message.has_status);
  assert_equals_string (message.reason_text, "denied");
  release (&message);
}

GST_END_TEST;

GST_START_TEST (test_media_answer_is_decoded)
{
  RtmsMessage message;

  decode ("{\"msg_type\":4,\"status_code\":0,\"payload_encrypted\":false,"
      "\"media_params\":{\"audio\":{\"content_type\":2,\"sample_rate\":0,"
      "\"channel\":2,\"codec\":1,\"data_opt\":1,\"send_rate\":100},\"video\":"
      "{\"content_type\":3,\"codec\":7,\"resolution\":2,\"fps\":25,"
      "\"data_opt\":3},\"deskshare\":{\"codec\":5,\"resolution\":3,\"fps\":1},"
      "\"transcript\":{\"content_type\":5,\"src_language\":9,\"enable_lid\":"
      "false},\"chat\":{\"content_type\":5}}}", &message);
  fail_unless_equals_int (message.params.kinds, RTMS_MEDIA_ALL_BITS);
  fail_unless_equals_int (message.params.audio.sample_rate, 8000);
  fail_unless_equals_int (message.params.audio.channels, 2);
  fail_unless_equals_int (message.params.audio.codec, RTMS_CODEC_L16);
  fail_unless_equals_int (message.params.audio.send_rate, 100);
  fail_unless_equals_int (message.params.video.codec, RTMS_CODEC_H264);
  fail_unless_equals_int (message.params.video.fps, 25);
  fail_unless_equals_int (message.params.video.resolution,
      RTMS_RESOLUTION_HD);
  fail_unless_equals_int (message.params.share.codec, RTMS_CODEC_JPG);
  fail_unless_equals_int (message.params.transcript.language, 9);
  fail_if (message.params.transcript.detect_language);
  release (&message);

  decode ("{\"msg_type\":4,\"status_code\":0,\"payload_encryption\":true}",
      &message);
  fail_unless (message.payload_encrypted);
  fail_unless_equals_int (message.params.kinds, 0);
  release (&message);
}

GST_END_TEST;

static void
check_participant (const RtmsMessage *message, guint index, guint64 user_id,
    const gchar *name)
{
  const RtmsParticipant *participant;

  fail_unless (message->participants && index < message->participants->len);
  participant = &g_array_index (message->participants, RtmsParticipant,
      index);
  fail_unless_equals_uint64 (participant->user_id, user_id);
  assert_equals_string (participant->user_name, name);
}

GST_START_TEST (test_events_are_decoded)
{
  RtmsMessage message;

  decode ("{\"msg_type\":6,\"event\":{\"event_type\":3,\"timestamp\":12,"
      "\"participants\":[{\"user_id\":1,\"user_name\":\"A\"},{\"user_id\":"
      "\"18446744073709551615\",\"user_name\":\"B\"},7]}}", &message);
  fail_unless_equals_int (message.event_type, RTMS_EVENT_PARTICIPANT_JOIN);
  fail_unless_equals_int64 (message.timestamp, 12);
  fail_unless_equals_int (message.participants->len, 2);
  check_participant (&message, 0, 1, "A");
  check_participant (&message, 1, G_MAXUINT64, "B");
  release (&message);

  /* at the top level */
  decode ("{\"msg_type\":6,\"event_type\":2,\"timestamp\":12,\"user_id\":5,"
      "\"user_name\":\"C\"}", &message);
  fail_unless_equals_int (message.event_type,
      RTMS_EVENT_ACTIVE_SPEAKER_CHANGE);
  check_participant (&message, 0, 5, "C");
  release (&message);

  /* Contact Center */
  decode ("{\"msg_type\":6,\"event\":{\"event_type\":8,\"event_ts\":13,"
      "\"participant_info\":{\"channel_id\":\"x\",\"user_id\":\"9\","
      "\"display_name\":\"D\"}}}", &message);
  fail_unless_equals_int64 (message.timestamp, 13);
  check_participant (&message, 0, 9, "D");
  release (&message);
}

GST_END_TEST;

GST_START_TEST (test_states_are_decoded)
{
  RtmsMessage message;

  decode ("{\"msg_type\":8,\"state\":4,\"reason\":6,\"timestamp\":1}",
      &message);
  fail_unless_equals_int (message.state, RTMS_STREAM_STATE_TERMINATED);
  fail_unless_equals_int (message.reason, 6);
  release (&message);

  decode ("{\"msg_type\":8,\"state\":4,\"reason\":"
      "\"STOP_BC_STREAM_CANCELED\"}", &message);
  fail_unless_equals_int (message.reason, 7);
  release (&message);

  decode ("{\"msg_type\":9,\"session_id\":\"s\",\"state\":5,\"stop_reason\":"
      "3}", &message);
  fail_unless_equals_int (message.state, RTMS_SESSION_STATE_STOPPED);
  fail_unless_equals_int (message.reason, 3);
  assert_equals_string (message.rtms_session_id, "s");
  release (&message);

  decode ("{\"msg_type\":22,\"rtms_stream_id\":\"x\",\"status_code\":0,"
      "\"reason\":\"\",\"timestamp\":4}", &message);
  assert_equals_string (message.rtms_stream_id, "x");
  release (&message);

  decode ("{\"msg_type\":29,\"user_id\":\"77\",\"status_code\":44}",
      &message);
  fail_unless_equals_uint64 (message.user_id, 77);
  fail_unless_equals_int (message.status_code, 44);
  release (&message);
}

GST_END_TEST;

/* Half a surrogate pair, of which json-glib makes invalid UTF-8 or leaks, and
 * an escaped NUL, at which it ends the string. */
GST_START_TEST (test_escapes_that_are_no_character_are_mended)
{
  static const struct {
    const gchar *json;
    const gchar *name;
  } names[] = {
    { "\\ud83dV\\ude00", "\357\277\275V\357\277\275" },
    { "\\ud83d\\u0000\\ude00",
        "\357\277\275\357\277\275\357\277\275" },
    { "a\\u0000b", "a\357\277\275b" },
    { "\\ud83d\\ude00", "\360\237\230\200" },
    { "\\\\ud83d", "\\ud83d" },
    { "\\ud83d", "\357\277\275" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *text = g_strdup_printf ("{\"msg_type\":6,\"event\":{"
        "\"event_type\":2,\"user_id\":1,\"user_name\":\"%s\"}}",
        names[i].json);
    g_auto (RtmsMessage) message = { 0 };

    decode (text, &message);
    check_participant (&message, 0, 1, names[i].name);
  }
}

GST_END_TEST;

/* They go into logs, tags and messages. */
GST_START_TEST (test_names_and_reasons_are_lines)
{
  g_auto (RtmsMessage) refusal = { 0 };
  g_auto (RtmsMessage) event = { 0 };
  RtmsMessage media;

  decode ("{\"msg_type\":2,\"status_code\":3,\"reason\":"
      "\"no\\nERROR: \\u001b[2J\"}", &refusal);
  assert_equals_string (refusal.reason_text,
      "no\357\277\275ERROR: \357\277\275[2J");
  decode ("{\"msg_type\":6,\"event\":{\"event_type\":3,\"participants\":[{"
      "\"user_id\":1,\"user_name\":\"A\\r\\u202eB\"}]}}", &event);
  check_participant (&event, 0, 1, "A\357\277\275\357\277\275B");
  decode ("{\"msg_type\":14,\"content\":{\"user_id\":1,\"user_name\":"
      "\"A\\nB\",\"channel_id\":\"\\u0085\",\"data\":\"\"}}", &media);
  assert_equals_string (media.media.user_name, "A\357\277\275B");
  assert_equals_string (media.media.channel_id, "\357\277\275");
  release (&media);
}

GST_END_TEST;

GST_START_TEST (test_long_names_are_cut)
{
  g_autofree gchar *name = g_strnfill (100000, 'x');
  g_autofree gchar *text = g_strdup_printf ("{\"msg_type\":14,\"content\":{"
      "\"user_id\":1,\"user_name\":\"%s\",\"data\":\"\"}}", name);
  RtmsMessage message;

  decode (text, &message);
  fail_unless_equals_uint64 (strlen (message.media.user_name), 1000);
  release (&message);
}

GST_END_TEST;

GST_START_TEST (test_keep_alive_timestamp_is_optional)
{
  RtmsMessage message;

  decode ("{\"msg_type\":12,\"timestamp\":1738392033699}", &message);
  fail_unless (message.has_timestamp);
  fail_unless_equals_int64 (message.timestamp,
      G_GINT64_CONSTANT (1738392033699));
  release (&message);
  decode ("{\"msg_type\":12}", &message);
  fail_if (message.has_timestamp);
  release (&message);
}

GST_END_TEST;

GST_START_TEST (test_unknown_messages_are_no_error)
{
  RtmsMessage message;

  decode ("{\"msg_type\":4711,\"x\":1}", &message);
  fail_unless_equals_int (message.type, 4711);
  release (&message);
  decode ("{}", &message);
  fail_unless_equals_int (message.type, 0);
  release (&message);
  /* reserved metadata */
  decode ("{\"msg_type\":24,\"content\":{\"a\":1}}", &message);
  fail_unless_equals_int (message.type, 24);
  release (&message);
}

GST_END_TEST;

/* What we encode, decoded again. */
static void
round_trip (const RtmsMessage *message, RtmsMessage *copy)
{
  gsize length;
  g_autofree gchar *text = rtms_json_encode (message, &length);

  fail_unless_equals_uint64 (length, strlen (text));
  decode (text, copy);
  fail_unless_equals_int (copy->type, message->type);
  copy->text = NULL;
}

GST_START_TEST (test_handshakes_are_encoded)
{
  RtmsMessage request, copy;
  gsize length;
  g_autofree gchar *text = NULL;

  rtms_message_init (&request, RTMS_MESSAGE_SIGNALING_HAND_SHAKE_REQ);
  request.sequence = 1;
  request.meeting_uuid = (gchar *) "4pJ/9wWiQtmX+T2m1A==";
  request.rtms_stream_id = (gchar *) "756FF58A";
  request.signature = (gchar *) SIGNATURE;
  text = rtms_json_encode (&request, &length);
  assert_equals_string (text, "{\"msg_type\":1,\"protocol_version\":1,"
      "\"sequence\":1,\"meeting_uuid\":\"4pJ/9wWiQtmX+T2m1A==\","
      "\"rtms_stream_id\":\"756FF58A\",\"signature\":\"" SIGNATURE "\","
      "\"buffer_data\":false}");
  /* an id that looks like the signature's place is none */
  g_free (text);
  request.meeting_uuid = (gchar *) "################################"
      "################################";
  text = rtms_json_encode (&request, &length);
  fail_unless (strstr (text, "\"signature\":\"" SIGNATURE "\"") != NULL);
  request.buffer_data = TRUE;
  round_trip (&request, &copy);
  fail_unless (copy.buffer_data);
  release (&copy);

  request.type = RTMS_MESSAGE_DATA_HAND_SHAKE_REQ;
  request.media_type = 3;
  rtms_media_params_init (&request.params);
  request.params.kinds = 3;
  request.params.audio = (RtmsAudioParams) { 2, 1, 1, 48000, 2, 20 };
  request.params.video = (RtmsVideoParams) { 3, 7, 3, 2, 25 };
  round_trip (&request, &copy);
  fail_unless_equals_int (copy.media_type, 3);
  fail_unless_equals_int (copy.params.kinds, 3);
  fail_unless (memcmp (&copy.params.audio, &request.params.audio,
          sizeof (RtmsAudioParams)) == 0);
  fail_unless (memcmp (&copy.params.video, &request.params.video,
          sizeof (RtmsVideoParams)) == 0);
  assert_equals_string (copy.signature, SIGNATURE);
  release (&copy);

  request.params.kinds = RTMS_MEDIA_ALL_BITS;
  request.params.share = (RtmsVideoParams) { 3, 5, 0, 3, 1 };
  request.params.transcript = (RtmsTranscriptParams) { 5, 9, FALSE };
  request.params.chat.content_type = 5;
  round_trip (&request, &copy);
  fail_unless_equals_int (copy.params.kinds, RTMS_MEDIA_ALL_BITS);
  fail_unless (memcmp (&copy.params.share, &request.params.share,
          sizeof (RtmsVideoParams)) == 0);
  fail_unless_equals_int (copy.params.transcript.language, 9);
  fail_if (copy.params.transcript.detect_language);
  release (&copy);
}

GST_END_TEST;

GST_START_TEST (test_other_requests_are_encoded)
{
  static const gint events[] = { 2, 3, 9 };
  RtmsMessage request, copy;

  rtms_message_init (&request, RTMS_MESSAGE_EVENT_SUBSCRIPTION);
  request.subscriptions = g_array_new (FALSE, FALSE, sizeof (gint));
  g_array_append_vals (request.subscriptions, events, 3);
  round_trip (&request, &copy);
  fail_unless_equals_int (copy.subscriptions->len, 3);
  fail_unless (memcmp (copy.subscriptions->data, events,
          sizeof events) == 0);
  release (&copy);
  rtms_message_clear (&request);

  for (gint type = RTMS_MESSAGE_CLIENT_READY_ACK;
      type <= RTMS_MESSAGE_STREAM_CLOSE_REQ; type++) {
    if (type != RTMS_MESSAGE_CLIENT_READY_ACK
        && type != RTMS_MESSAGE_STREAM_STATE_REQ
        && type != RTMS_MESSAGE_STREAM_CLOSE_REQ)
      continue;
    rtms_message_init (&request, type);
    request.rtms_stream_id = (gchar *) "756FF58A";
    round_trip (&request, &copy);
    assert_equals_string (copy.rtms_stream_id, "756FF58A");
    release (&copy);
  }

  rtms_message_init (&request, RTMS_MESSAGE_SESSION_STATE_REQ);
  request.rtms_session_id = (gchar *) "s1";
  round_trip (&request, &copy);
  assert_equals_string (copy.rtms_session_id, "s1");
  release (&copy);

  rtms_message_init (&request, RTMS_MESSAGE_KEEP_ALIVE_RESP);
  request.has_timestamp = TRUE;
  request.timestamp = G_GINT64_CONSTANT (1738392033699);
  round_trip (&request, &copy);
  fail_unless_equals_int64 (copy.timestamp, request.timestamp);
  release (&copy);

  rtms_message_init (&request, RTMS_MESSAGE_VIDEO_SUBSCRIPTION_REQ);
  request.user_id = 16778240;
  request.subscribe = TRUE;
  round_trip (&request, &copy);
  fail_unless_equals_uint64 (copy.user_id, 16778240);
  fail_unless (copy.subscribe);
  release (&copy);
}

GST_END_TEST;

/* Each of the 256 characters at each place, alone and before a control
 * character, which a word's arithmetic may take its neighbour for. */
GST_START_TEST (test_plain_text_ends_where_it_ends)
{
  /* and in texts as long as a packet's */
  for (gsize size = 1; size < 500; size += size < 40 ? 1 : 190) {
    for (gsize place = 0; place < size; place++) {
      for (guint c = 0; c < 256; c++) {
        gboolean special = c < 0x20 || c == '"' || c == '\\';
        g_autofree gchar *text = g_malloc (size);
        const gchar *end = text + size;
        const gchar *expected = special ? text + place : end;

        memset (text, 'x', size);
        text[place] = (gchar) c;
        if (place + 1 < size) {
          text[place + 1] = '!';
          fail_unless (rtms_json_skip_plain (text, end) == expected);
          fail_unless (rtms_json_skip_plain_words (text, end) == expected);
          text[place + 1] = '\n';
          expected = special ? expected : text + place + 1;
        }
        fail_unless (rtms_json_skip_plain (text, end) == expected);
        fail_unless (rtms_json_skip_plain_words (text, end) == expected);
      }
    }
  }
}

GST_END_TEST;

static Suite *
json_suite (void)
{
  Suite *suite = suite_create ("json");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_plain_text_ends_where_it_ends);
  tcase_add_test (tc, test_audio_is_decoded);
  tcase_add_test (tc, test_media_fields_come_in_any_order_and_form);
  tcase_add_test (tc, test_bare_string_content_is_data);
  tcase_add_test (tc, test_text_is_unescaped_and_made_valid);
  tcase_add_test (tc, test_chat_is_decoded);
  tcase_add_test (tc, test_bad_media_is_refused);
  tcase_add_test (tc, test_what_is_no_json_object_is_refused);
  tcase_add_test (tc, test_deep_nesting_is_refused);
  tcase_add_test (tc, test_truncated_message_is_refused);
  tcase_add_test (tc, test_signaling_answer_is_decoded);
  tcase_add_test (tc, test_media_answer_is_decoded);
  tcase_add_test (tc, test_events_are_decoded);
  tcase_add_test (tc, test_states_are_decoded);
  tcase_add_test (tc, test_escapes_that_are_no_character_are_mended);
  tcase_add_test (tc, test_names_and_reasons_are_lines);
  tcase_add_test (tc, test_long_names_are_cut);
  tcase_add_test (tc, test_keep_alive_timestamp_is_optional);
  tcase_add_test (tc, test_unknown_messages_are_no_error);
  tcase_add_test (tc, test_handshakes_are_encoded);
  tcase_add_test (tc, test_other_requests_are_encoded);
  return suite;
}

GST_CHECK_MAIN (json);
