/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client gets from rtms-simulator, above all when it misbehaves. */
#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <string.h>

#include "tests/check/rawclient.h"

static const gchar *const usual[] = { "--duration", "20", NULL };

static void
command (Simulator *simulator, const gchar *text)
{
  JsonObject *answer = simulator_command (simulator, text);

  fail_unless (json_object_get_boolean_member (answer, "ok"), "%s: %s", text,
      json_object_get_string_member_with_default (answer, "error", ""));
}

/* A client that receives audio and nothing else, from then on. */
static void
join (RawClient *client, RawSocket **signaling, RawSocket **media)
{
  g_autoptr (JsonObject) answer = NULL;

  *signaling = raw_client_connect_signaling (client);
  raw_client_set_media (client, "audio", 1);
  *media = raw_client_connect_media (client, "");
  answer = raw_socket_receive (*media, 4);
  fail_unless_equals_int (json_object_get_int_member (answer, "status_code"),
      0);
  raw_client_get_ready (client, *signaling);
}

static gint64
get_timestamp (JsonObject *message)
{
  return json_object_get_int_member (json_object_get_object_member (message,
          "content"), "timestamp");
}

static gint64
receive_audio (RawSocket *media)
{
  g_autoptr (JsonObject) message = raw_socket_receive (media, 14);

  return get_timestamp (message);
}

GST_START_TEST (test_control_socket_answers_each_command)
{
  Simulator *simulator = simulator_new (usual);
  JsonObject *answer = simulator_command (simulator, "status");
  JsonObject *meeting = json_array_get_object_element (
      json_object_get_array_member (answer, "meetings"), 0);

  fail_unless (json_object_get_boolean_member (answer, "ok"));
  fail_unless_equals_string (json_object_get_string_member (meeting, "state"),
      "waiting");
  for (const gchar *const *wrong = (const gchar *const[]) { "", "frobnicate",
        "drop everything", "close media code=12", "damage smell",
        "stall media for=ages", "oddity green", "status meeting=2",
        "tls expired", NULL }; *wrong; wrong++) {
    answer = simulator_command (simulator, *wrong);
    fail_if (json_object_get_boolean_member (answer, "ok"), "%s", *wrong);
    fail_unless (json_object_has_member (answer, "error"));
  }
  simulator_free (simulator);
}
GST_END_TEST;

static const struct
{
  const gchar *command;
  gushort code;
} ends[] = {
  {"close media code=1000", 1000}, {"close media code=1001", 1001},
  {"close media code=1005", 1005}, {"close media code=1006", 1006},
  {"close media code=1011", 1011}, {"drop media", 1006},
  {"half-close media", 1006}, {"endless media for=0.1", 1006},
};

/* libsoup gives 0 where there was no close frame. */
GST_START_TEST (test_connections_end_in_every_way)
{
  Simulator *simulator = simulator_new (usual);
  RawClient *client = raw_client_new (simulator);
  RawSocket *signaling, *media;
  gushort code;
  g_autofree gchar *event = NULL;

  join (client, &signaling, &media);
  receive_audio (media);
  command (simulator, ends[__i__].command);
  code = raw_socket_wait_closed (media);
  fail_unless_equals_int (code ? code : 1006, ends[__i__].code);
  event = raw_socket_receive_text (signaling, "\"event_type\":7");
  raw_socket_free (media);
  raw_socket_free (signaling);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

/* What was not sent while the client was away comes after it is back, in
 * order and with its own time. */
GST_START_TEST (test_audio_waits_for_a_client_that_was_away)
{
  Simulator *simulator = simulator_new (usual);
  RawClient *client = raw_client_new (simulator);
  RawSocket *signaling, *media;
  g_autoptr (JsonObject) answer = NULL;
  gint64 last;

  join (client, &signaling, &media);
  last = receive_audio (media);
  /* It closes in order, so nothing is lost on the way. */
  command (simulator, "close media code=1011");
  raw_socket_wait_closed (media);
  {
    g_autofree gchar *speaker = NULL;

    g_free (raw_socket_receive_text (signaling, "\"event_type\":7"));
    raw_socket_free (media);
    raw_socket_send (signaling, "{\"msg_type\":5,\"events\":[{"
        "\"event_type\":2,\"subscribe\":true}]}");
    speaker = raw_socket_receive_text (signaling, "\"event_type\":2");
  }
  media = raw_client_connect_media (client, "");
  answer = raw_socket_receive (media, 4);
  raw_client_get_ready (client, signaling);
  for (guint i = 0; i < 20; i++) {
    gint64 timestamp = receive_audio (media);

    if (i > 0)
      fail_unless_equals_int64 (timestamp - last, 20);
    last = timestamp;
  }
  raw_socket_free (media);
  raw_socket_free (signaling);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

GST_START_TEST (test_handshakes_fail_so_many_times)
{
  Simulator *simulator = simulator_new (usual);
  RawClient *client = raw_client_new (simulator);
  RawSocket *socket;
  g_autoptr (JsonObject) answer = NULL;

  command (simulator, "refuse signaling how=503");
  fail_if (raw_client_connect (client, raw_client_get_url (client)));
  command (simulator, "handshake signaling status=8");
  socket = raw_client_connect (client, raw_client_get_url (client));
  raw_socket_ask (socket, 1);
  answer = raw_socket_receive (socket, 2);
  fail_unless_equals_int (json_object_get_int_member (answer, "status_code"),
      8);
  raw_socket_wait_closed (socket);
  raw_socket_free (socket);
  command (simulator, "handshake signaling close=1001");
  socket = raw_client_connect (client, raw_client_get_url (client));
  raw_socket_ask (socket, 1);
  fail_unless_equals_int (raw_socket_wait_closed (socket), 1001);
  raw_socket_free (socket);
  command (simulator, "handshake signaling late=0.05");
  socket = raw_client_connect_signaling (client);
  raw_socket_free (socket);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

/* Of which a client, who asked before, can know nothing. */
GST_START_TEST (test_a_late_answer_tells_that_the_meeting_ended)
{
  Simulator *simulator = simulator_new (usual);
  RawClient *client = raw_client_new (simulator);
  RawSocket *signaling = raw_client_connect_signaling (client), *media;
  g_autofree gchar *path = simulator_get_path (simulator, "summary.json");
  g_autofree gchar *summary = NULL;
  g_autoptr (JsonObject) answer = NULL;

  command (simulator, "handshake media late=1");
  raw_client_set_media (client, "audio", 1);
  media = raw_client_connect_media (client, "");
  command (simulator, "end");
  answer = raw_socket_receive (media, 4);
  fail_unless_equals_int (json_object_get_int_member (answer, "status_code"),
      2);
  raw_socket_free (media);
  raw_socket_free (signaling);
  /* nobody was served, but nobody broke a rule either */
  fail_unless_equals_int (simulator_wait (simulator), 1);
  fail_unless (g_file_get_contents (path, &summary, NULL, NULL));
  fail_unless (strstr (summary, "\"violations\":[]") != NULL, "%s", summary);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

GST_START_TEST (test_messages_are_damaged)
{
  Simulator *simulator = simulator_new (usual);
  RawClient *client = raw_client_new (simulator);
  RawSocket *signaling, *media;
  static const struct
  {
    const gchar *command;
    const gchar *part;
  } damages[] = {
    {"damage base64 audio", "\"data\":\"*!"},
    {"damage length audio", "\"length\":1640"},
    {"damage type audio", "\"msg_type\":9914"},
    {"inject unknown-type audio", "\"msg_type\":4711"},
    {"inject malformed audio", "{]}"},
    {"inject nested audio", "[[[[[["},
    {"inject oversized audio", "xxxxxxxx"},
    {"send audio text={\"a\": 1, \"b\":\" text=c\"}",
        "{\"a\": 1, \"b\":\" text=c\"}"},
  };

  join (client, &signaling, &media);
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++) {
    g_autofree gchar *text = NULL;

    command (simulator, damages[i].command);
    text = raw_socket_receive_text (media, damages[i].part);
  }
  /* All that was damaged, and none other. */
  receive_audio (media);
  raw_socket_free (media);
  raw_socket_free (signaling);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

GST_START_TEST (test_packets_change_their_order_and_clock)
{
  Simulator *simulator = simulator_new (usual);
  RawClient *client = raw_client_new (simulator);
  RawSocket *signaling, *media;
  gint64 last, next;
  guint back = 0, twice = 0, ahead = 0;

  join (client, &signaling, &media);
  last = receive_audio (media);
  command (simulator, "damage reorder audio times=3");
  command (simulator, "damage duplicate audio times=2");
  for (guint i = 0; i < 20; i++) {
    next = receive_audio (media);
    back += next < last;
    twice += next == last;
    last = next;
  }
  fail_unless_equals_int (back, 2);
  fail_unless_equals_int (twice, 2);
  command (simulator, "clock jump=5");
  for (guint i = 0; i < 20; i++) {
    next = receive_audio (media);
    ahead += next - last > 4900 && next - last < 5100;
    last = next;
  }
  fail_unless_equals_int (ahead, 1);
  raw_socket_free (media);
  raw_socket_free (signaling);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

GST_START_TEST (test_frames_are_cut_and_told_otherwise)
{
  Simulator *simulator = simulator_new (usual);
  RawClient *client = raw_client_new (simulator);
  RawSocket *signaling, *media;

  join (client, &signaling, &media);
  receive_audio (media);
  fail_unless_equals_int (raw_socket_count_binary (media), 0);
  command (simulator, "frames bytes");
  for (guint i = 0; i < 10; i++)
    receive_audio (media);
  command (simulator, "frames binary");
  while (raw_socket_count_binary (media) == 0)
    receive_audio (media);
  raw_socket_free (media);
  raw_socket_free (signaling);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

GST_START_TEST (test_stream_moves_to_another_port)
{
  Simulator *simulator = simulator_new (usual);
  RawClient *client = raw_client_new (simulator);
  RawSocket *signaling, *media;
  g_autofree gchar *url = g_strdup (raw_client_get_url (client));

  join (client, &signaling, &media);
  receive_audio (media);
  command (simulator, "move");
  raw_socket_wait_closed (media);
  raw_socket_wait_closed (signaling);
  raw_socket_free (media);
  raw_socket_free (signaling);
  fail_if (raw_client_connect (client, url));
  raw_client_read_payload (client);
  fail_if (g_str_equal (url, raw_client_get_url (client)));
  join (client, &signaling, &media);
  receive_audio (media);
  raw_socket_free (media);
  raw_socket_free (signaling);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

GST_START_TEST (test_oddities_of_real_servers)
{
  static const gchar *const arguments[] = { "--duration", "20", "--oddity",
    "text-ids", "--oddity", "flat-events", "--oddity", "session-id",
    "--oddity", "state-twice", NULL };
  Simulator *simulator = simulator_new (arguments);
  RawClient *client = raw_client_new (simulator);
  RawSocket *signaling, *media;
  g_autoptr (JsonObject) state = NULL;
  g_autoptr (JsonObject) again = NULL;
  g_autoptr (JsonObject) event = NULL;
  g_autoptr (JsonObject) audio = NULL;

  join (client, &signaling, &media);
  state = raw_socket_receive (signaling, 9);
  again = raw_socket_receive (signaling, 9);
  fail_unless (json_object_has_member (state, "session_id"));
  fail_unless (json_object_equal (state, again));
  event = raw_socket_receive (signaling, 6);
  fail_unless_equals_int (json_object_get_int_member (event, "event_type"),
      1);
  audio = raw_socket_receive (media, 14);
  fail_unless_equals_string (json_object_get_string_member (
          json_object_get_object_member (audio, "content"), "user_id"), "0");
  raw_socket_free (media);
  raw_socket_free (signaling);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

static const struct
{
  const gchar *oddity;
  const gchar *pattern;
} shapes[] = {
  {"payload-object", "*\"payload\":{\"object\":{*\"server_urls\":\"ws:*"},
  {"urls-array", "*\"server_urls\":[\"ws:*\"]*"},
  {"urls-object", "*\"server_urls\":{\"all\":\"ws:*\"}*"},
  {"urls-list", "*\"server_urls\":\"rtmp:*,*ws:*\"*"},
};

GST_START_TEST (test_payloads_have_every_shape)
{
  const gchar *arguments[] = { "--oddity", shapes[__i__].oddity, NULL };
  Simulator *simulator = simulator_new (arguments);
  g_autofree gchar *path = simulator_get_path (simulator, "started.json");
  g_autofree gchar *text = NULL;

  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  fail_unless (g_pattern_match_simple (shapes[__i__].pattern, text), "%s",
      text);
  simulator_free (simulator);
}
GST_END_TEST;

/* Runs a short meeting with faults by chance, and gives the faults. */
static gchar *
run_with_seed (const gchar *seed)
{
  const gchar *arguments[] = { "--duration", "2", "--fault-seed", seed,
    "--fault-interval", "0.2", "--fault-kinds", "message+order+clock",
    "--reconnect-window", "0.2", "--packet-log", NULL, NULL };
  g_autofree gchar *folder = g_dir_make_tmp ("rtms-XXXXXX", NULL);
  g_autofree gchar *log = g_build_filename (folder, "packets.jsonl", NULL);
  Simulator *simulator;
  RawClient *client;
  RawSocket *signaling, *media;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  GString *faults = g_string_new (NULL);

  arguments[11] = log;
  simulator = simulator_new (arguments);
  client = raw_client_new (simulator);
  join (client, &signaling, &media);
  raw_socket_wait_closed (signaling);
  simulator_wait (simulator);
  fail_unless (g_file_get_contents (log, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    if (strstr (lines[i], "\"kind\":\"fault\""))
      g_string_append (faults, lines[i]);
  }
  g_unlink (log);
  g_rmdir (folder);
  raw_socket_free (media);
  raw_socket_free (signaling);
  raw_client_free (client);
  simulator_free (simulator);
  return g_string_free (faults, FALSE);
}

GST_START_TEST (test_seed_decides_the_faults)
{
  g_autofree gchar *once = run_with_seed ("7");
  g_autofree gchar *again = run_with_seed ("7");
  g_autofree gchar *other = run_with_seed ("8");

  fail_unless (strlen (once) > 0);
  fail_unless_equals_string (once, again);
  fail_if (g_str_equal (once, other));
}
GST_END_TEST;

static const gchar *const products[] = { "meeting", "webinar", "session",
  "contact-center" };

/* Rate and codec by their numbers; what 20 ms of it take, 0 where that
 * varies. */
static const struct
{
  gint content_type, codec, rate, channels, bytes;
} rows[] = {
  {2, 1, 0, 1, 320}, {2, 1, 0, 2, 640}, {2, 1, 1, 1, 640}, {2, 1, 1, 2, 1280},
  {2, 1, 2, 1, 1280}, {2, 1, 2, 2, 2560}, {2, 1, 3, 1, 1920},
  {2, 1, 3, 2, 3840}, {2, 2, 0, 1, 160}, {2, 3, 1, 1, 160}, {2, 4, 3, 1, 0},
  {2, 4, 3, 2, 0}, {1, 2, 0, 1, 172}, {1, 3, 1, 1, 172}, {1, 4, 3, 1, 0},
  {1, 4, 3, 2, 0},
};

static void
check_row (RawClient *client, RawSocket *signaling, guint row, gint option)
{
  gboolean split = (row + option) % 2;
  gint send_rate = rows[row].codec == 1 && option == 1 ? 200 : 20;
  g_autofree gchar *params = g_strdup_printf ("\"audio\":{\"content_type\":%d,"
      "\"codec\":%d,\"sample_rate\":%d,\"channel\":%d,\"data_opt\":%d,"
      "\"send_rate\":%d}", rows[row].content_type, rows[row].codec,
      rows[row].rate, rows[row].channels, option, send_rate);
  RawSocket *media;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (JsonObject) message = NULL;
  JsonObject *content;
  g_autofree guchar *data = NULL;
  gsize size;

  raw_client_set_media (client, split ? "audio" : "all", 1);
  media = raw_client_connect_media (client, params);
  answer = raw_socket_receive (media, 4);
  fail_unless_equals_int (json_object_get_int_member (answer, "status_code"),
      0);
  raw_client_get_ready (client, signaling);
  message = raw_socket_receive (media, 14);
  content = json_object_get_object_member (message, "content");
  data = g_base64_decode (json_object_get_string_member (content, "data"),
      &size);
  fail_unless_equals_int (json_object_get_int_member (content, "length"),
      size);
  if (rows[row].bytes)
    fail_unless_equals_int (size, rows[row].bytes * send_rate / 20);
  fail_unless_equals_int (json_object_get_int_member (content,
          "user_id") != 0, option == 2);
  if (rows[row].content_type == 1)
    fail_unless_equals_int (data[0] >> 6, 2);
  raw_socket_close (media);
}

/* Every row of the audio matrix, mixed and of participants, on a socket of
 * its own and on that of all. */
GST_START_TEST (test_every_audio_row_is_served)
{
  const gchar *arguments[] = { "--duration", "60", "--product",
    products[__i__], NULL };
  Simulator *simulator = simulator_new (arguments);
  RawClient *client = raw_client_new (simulator);
  RawSocket *signaling = raw_client_connect_signaling (client);

  for (guint row = 0; row < G_N_ELEMENTS (rows); row++) {
    check_row (client, signaling, row, 1);
    check_row (client, signaling, row, 2);
  }
  raw_socket_free (signaling);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

/* Some take the content type RTP for another name of raw audio. */
GST_START_TEST (test_rtp_may_be_an_alias)
{
  static const gchar *const arguments[] = { "--rtp-alias", NULL };
  static const gint codecs[][3] = { {1, 1, 640}, {2, 0, 160}, {3, 1, 160} };
  Simulator *simulator = simulator_new (arguments);
  RawClient *client = raw_client_new (simulator);
  RawSocket *signaling = raw_client_connect_signaling (client);

  raw_client_set_media (client, "audio", 1);
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    g_autofree gchar *params = g_strdup_printf ("\"audio\":{\"content_type\":1,"
        "\"codec\":%d,\"sample_rate\":%d}", codecs[i][0], codecs[i][1]);
    RawSocket *media = raw_client_connect_media (client, params);
    g_autoptr (JsonObject) answer = raw_socket_receive (media, 4);
    g_autoptr (JsonObject) message = NULL;

    fail_unless_equals_int (json_object_get_int_member (answer,
            "status_code"), 0);
    raw_client_get_ready (client, signaling);
    message = raw_socket_receive (media, 14);
    fail_unless_equals_int (json_object_get_int_member (
            json_object_get_object_member (message, "content"), "length"),
        codecs[i][2]);
    raw_socket_close (media);
  }
  raw_socket_free (signaling);
  raw_client_free (client);
  simulator_free (simulator);
}
GST_END_TEST;

static Suite *
simulator_suite (void)
{
  Suite *suite = suite_create ("simulator");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_control_socket_answers_each_command);
  tcase_add_loop_test (tc, test_connections_end_in_every_way, 0,
      G_N_ELEMENTS (ends));
  tcase_add_test (tc, test_audio_waits_for_a_client_that_was_away);
  tcase_add_test (tc, test_handshakes_fail_so_many_times);
  tcase_add_test (tc, test_a_late_answer_tells_that_the_meeting_ended);
  tcase_add_test (tc, test_messages_are_damaged);
  tcase_add_test (tc, test_packets_change_their_order_and_clock);
  tcase_add_test (tc, test_frames_are_cut_and_told_otherwise);
  tcase_add_test (tc, test_stream_moves_to_another_port);
  tcase_add_test (tc, test_oddities_of_real_servers);
  tcase_add_loop_test (tc, test_payloads_have_every_shape, 0,
      G_N_ELEMENTS (shapes));
  tcase_add_test (tc, test_seed_decides_the_faults);
  tcase_add_loop_test (tc, test_every_audio_row_is_served, 0,
      G_N_ELEMENTS (products));
  tcase_add_test (tc, test_rtp_may_be_an_alias);
  return suite;
}

GST_CHECK_MAIN (simulator);
