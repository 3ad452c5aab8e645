/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the gate lets in, and what it says to the rest. */

#include <gst/check/gstcheck.h>
#include <string.h>

#include "ext/crypto/rtmscrypto.h"
#include "ext/json/rtmsjson.h"
#include "ext/json/rtmsjsonwriter.h"
#include "gst/rtms/gstrtmswebhookgate.h"

#define TOKEN "qUe5tionable-T0ken"
#define NOW 1738392033

/* An independent implementation computed its signature. */
#define VECTOR_BODY "{\"event\":\"meeting.rtms_started\"," \
    "\"event_ts\":1738392033699," \
    "\"payload\":{\"meeting_uuid\":\"4pJ/9wWiQtmX+T2m1A==\"," \
    "\"operator_id\":\"30R7kT7bTIKSNUFEuH_Qlg\",\"rtms_stream_id\":" \
    "\"756FF58A-6332-6ECA-E4AE-21F2ABDCB485\",\"server_urls\":" \
    "\"wss://rtms-sjc1.zoom.us/signal\"}}"
#define VECTOR_SIGNATURE "v0=61cc096d53f4fd3f02edf77de7b0b82af941055f7809b19" \
    "bea95eaac34ce88de"

static GstRtmsWebhookGate *gate;
static GstRtmsWebhookResult verdict;
static guint n_events;
static gchar *last_event;
static gchar *last_text;

static GstRtmsWebhookResult
on_event (const RtmsEnvelope *envelope, const gchar *text, gpointer user_data)
{
  n_events++;
  g_free (last_event);
  last_event = g_strdup (envelope->event);
  g_free (last_text);
  last_text = g_strdup (text);
  return verdict;
}

static void
setup (void)
{
  g_autoptr (RtmsSecret) token = rtms_secret_new (TOKEN);

  n_events = 0;
  verdict = GST_RTMS_WEBHOOK_ACCEPTED;
  gate = gst_rtms_webhook_gate_new (token, on_event, NULL);
}

static void
teardown (void)
{
  gst_rtms_webhook_gate_free (gate);
  g_clear_pointer (&last_event, g_free);
  g_clear_pointer (&last_text, g_free);
}

static GstRtmsWebhookResult
take (const gchar *timestamp, const gchar *signature, const gchar *body,
    gint64 monotonic_time)
{
  GstRtmsWebhookRequest request = {
    .timestamp = timestamp,
    .signature = signature,
    .body = body,
    .body_size = strlen (body),
    .unix_time = NOW,
    .monotonic_time = monotonic_time,
  };
  g_autofree gchar *event = NULL, *answer = NULL;

  return gst_rtms_webhook_gate_take (gate, &request, &event, &answer);
}

/* Properly signed, @age seconds ago. */
static GstRtmsWebhookResult
take_signed (const gchar *body, gint64 age, gint64 monotonic_time)
{
  g_autofree gchar *timestamp = g_strdup_printf ("%" G_GINT64_FORMAT,
      NOW - age);
  g_autofree gchar *signature = rtms_crypto_sign_webhook (TOKEN, timestamp,
      (const guint8 *) body, strlen (body));

  return take (timestamp, signature, body, monotonic_time);
}

GST_START_TEST (test_vector_is_let_in)
{
  fail_unless_equals_int (take ("1738392033", VECTOR_SIGNATURE, VECTOR_BODY,
          0), GST_RTMS_WEBHOOK_ACCEPTED);
  fail_unless_equals_int (n_events, 1);
  assert_equals_string (last_event, "meeting.rtms_started");
  assert_equals_string (last_text, VECTOR_BODY);
}

GST_END_TEST;

GST_START_TEST (test_what_zoom_did_not_sign_is_unauthorized)
{
  fail_unless_equals_int (take (NULL, VECTOR_SIGNATURE, VECTOR_BODY, 0),
      GST_RTMS_WEBHOOK_UNAUTHORIZED);
  fail_unless_equals_int (take ("1738392033", NULL, VECTOR_BODY, 0),
      GST_RTMS_WEBHOOK_UNAUTHORIZED);
  fail_unless_equals_int (take ("1738392034", VECTOR_SIGNATURE, VECTOR_BODY,
          0), GST_RTMS_WEBHOOK_UNAUTHORIZED);
  fail_unless_equals_int (take ("1738392033", VECTOR_SIGNATURE,
          VECTOR_BODY " ", 0), GST_RTMS_WEBHOOK_UNAUTHORIZED);
  fail_unless_equals_int (take ("1738392033", VECTOR_SIGNATURE, "", 0),
      GST_RTMS_WEBHOOK_UNAUTHORIZED);
  fail_unless_equals_int (n_events, 0);
}

GST_END_TEST;

GST_START_TEST (test_old_and_future_requests_are_unauthorized)
{
  static const gchar *const odd[] = { "", " 1738392033", "+1738392033",
    "1738392033.0", "0x679d", "99999999999999999999", "-1" };

  fail_unless_equals_int (take_signed (VECTOR_BODY, 301, 0),
      GST_RTMS_WEBHOOK_UNAUTHORIZED);
  fail_unless_equals_int (take_signed (VECTOR_BODY, -301, 0),
      GST_RTMS_WEBHOOK_UNAUTHORIZED);
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autofree gchar *signature = rtms_crypto_sign_webhook (TOKEN, odd[i],
        (const guint8 *) VECTOR_BODY, strlen (VECTOR_BODY));

    fail_unless_equals_int (take (odd[i], signature, VECTOR_BODY, 0),
        GST_RTMS_WEBHOOK_UNAUTHORIZED);
  }
  fail_unless_equals_int (n_events, 0);
  fail_unless_equals_int (take_signed (VECTOR_BODY, 300, 0),
      GST_RTMS_WEBHOOK_ACCEPTED);
}

GST_END_TEST;

GST_START_TEST (test_unreadable_bodies_are_malformed)
{
  static const gchar *const bodies[] = {
    "", "x", "[]", "{\"event\":1}", "{\"event\":\"a.b\"",
    "{\"event\":\"meeting.rtms_started\"}",
    "{\"event\":\"meeting.rtms_started\",\"payload\":{\"meeting_uuid\":"
        "\"m\",\"rtms_stream_id\":\"s\"}}",
    "{\"event\":\"meeting.rtms_stopped\",\"payload\":{\"meeting_uuid\":"
        "\"m\"}}",
    "{\"event\":\"endpoint.url_validation\",\"payload\":{}}",
    "{\"event\":\"endpoint.url_validation\",\"payload\":{\"plainToken\":"
        "\"v0:1738392033:{}\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    fail_unless_equals_int (take_signed (bodies[i], 0, 0),
        GST_RTMS_WEBHOOK_MALFORMED);
  fail_unless_equals_int (n_events, 0);
}

GST_END_TEST;

GST_START_TEST (test_bodies_are_verified_as_they_came)
{
  static const gchar *const bodies[] = {
    " {\t\"event\" :\r\n\"x.y\",  \"payload\":{ \"topic\":\"Z\\u00f6e\" } }\n",
    "{\"event\":\"x.z\",\"payload\":{\"topic\":\"Zoë \\ud83d\\ude00 \\/\"}}",
    "{\"event\":\"x.a\",\"payload\":{\"topic\":\"日本語\"},\"event_ts\":1.5e3}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    fail_unless_equals_int (take_signed (bodies[i], 0, 0),
        GST_RTMS_WEBHOOK_ACCEPTED);
    assert_equals_string (last_text, bodies[i]);
  }
  fail_unless_equals_int (n_events, 3);
}

GST_END_TEST;

GST_START_TEST (test_url_validation_is_answered)
{
  static const gchar body[] = "{\"event\":\"endpoint.url_validation\","
      "\"payload\":{\"plainToken\":\"qgg8vlvZRS6UYooatFL8Aw\"}}";
  g_autofree gchar *signature = rtms_crypto_sign_webhook (TOKEN,
      G_STRINGIFY (NOW), (const guint8 *) body, strlen (body));
  GstRtmsWebhookRequest request = {
    .timestamp = G_STRINGIFY (NOW),
    .signature = signature,
    .body = body,
    .body_size = strlen (body),
    .unix_time = NOW,
  };

  /* every time that it comes */
  for (guint i = 0; i < 3; i++) {
    g_autofree gchar *event = NULL, *answer = NULL;

    fail_unless_equals_int (gst_rtms_webhook_gate_take (gate, &request,
            &event, &answer), GST_RTMS_WEBHOOK_VALIDATED);
    assert_equals_string (event, "endpoint.url_validation");
    assert_equals_string (answer, "{\"plainToken\":"
        "\"qgg8vlvZRS6UYooatFL8Aw\",\"encryptedToken\":"
        "\"36d0c18fb6f9f46145417d9804a39803fcbf7432bf6bfac8fa664dc4b14de98d"
        "\"}");
  }
  fail_unless_equals_int (n_events, 0);
}

GST_END_TEST;

static gchar *
make_event (const gchar *event, gint64 time, const gchar *stream)
{
  return g_strdup_printf ("{\"event\":\"%s\",\"event_ts\":%" G_GINT64_FORMAT
      ",\"payload\":{\"meeting_uuid\":\"m\",\"rtms_stream_id\":\"%s\","
      "\"server_urls\":\"wss://a.zoom.us\"}}", event, time, stream);
}

GST_START_TEST (test_repeated_events_come_once)
{
  g_autofree gchar *event = make_event ("meeting.rtms_started", 1, "a");
  g_autofree gchar *spaced = g_strconcat (event, " ", NULL);
  g_autofree gchar *later = make_event ("meeting.rtms_started", 2, "a");
  g_autofree gchar *other = make_event ("meeting.rtms_started", 1, "b");
  g_autofree gchar *stopped = make_event ("meeting.rtms_stopped", 1, "a");

  fail_unless_equals_int (take_signed (event, 0, 0),
      GST_RTMS_WEBHOOK_ACCEPTED);
  fail_unless_equals_int (take_signed (event, 0, 10),
      GST_RTMS_WEBHOOK_DUPLICATE);
  fail_unless_equals_int (take_signed (spaced, -5, RTMS_HISTORY_SECONDS - 1),
      GST_RTMS_WEBHOOK_DUPLICATE);
  fail_unless_equals_int (take_signed (later, 0, 20),
      GST_RTMS_WEBHOOK_ACCEPTED);
  fail_unless_equals_int (take_signed (other, 0, 20),
      GST_RTMS_WEBHOOK_ACCEPTED);
  fail_unless_equals_int (take_signed (stopped, 0, 20),
      GST_RTMS_WEBHOOK_ACCEPTED);
  fail_unless_equals_int (n_events, 4);
  fail_unless_equals_int (take_signed (event, 0, RTMS_HISTORY_SECONDS),
      GST_RTMS_WEBHOOK_ACCEPTED);
}

GST_END_TEST;

GST_START_TEST (test_refused_events_may_come_again)
{
  g_autofree gchar *event = make_event ("meeting.rtms_started", 1, "a");

  verdict = GST_RTMS_WEBHOOK_REFUSED;
  fail_unless_equals_int (take_signed (event, 0, 0),
      GST_RTMS_WEBHOOK_REFUSED);
  verdict = GST_RTMS_WEBHOOK_ACCEPTED;
  fail_unless_equals_int (take_signed (event, 0, 0),
      GST_RTMS_WEBHOOK_ACCEPTED);
  fail_unless_equals_int (take_signed (event, 0, 0),
      GST_RTMS_WEBHOOK_DUPLICATE);
}

GST_END_TEST;

GST_START_TEST (test_history_is_bounded)
{
  g_autoptr (RtmsHistory) history = rtms_history_new (g_free);
  gpointer value;

  for (guint i = 0; i < RTMS_HISTORY_MAX + 100; i++) {
    g_autofree gchar *key = g_strdup_printf ("%u", i);

    rtms_history_add (history, key, g_strdup (key), 5);
  }
  fail_unless_equals_int (rtms_history_get_size (history), RTMS_HISTORY_MAX);
  fail_if (rtms_history_lookup (history, "0", 5, NULL));
  fail_unless (rtms_history_lookup (history, "100", 5, &value));
  assert_equals_string (value, "100");
  fail_if (rtms_history_lookup (history, "100", 5 + RTMS_HISTORY_SECONDS,
          NULL));
  fail_unless_equals_int (rtms_history_get_size (history), 0);
}

GST_END_TEST;

static RtmsEnvelope *
parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  RtmsEnvelope *envelope = rtms_json_parse_envelope (text, strlen (text),
      &error);

  fail_unless (envelope != NULL, "%s: %s", text, error ? error->message : "");
  return envelope;
}

GST_START_TEST (test_account_events_are_read)
{
  g_autoptr (RtmsEnvelope) limited = parse ("{\"event\":"
      "\"rtms.concurrency_limited\",\"event_ts\":7,\"payload\":"
      "{\"operator_id\":\"o\",\"concurrency_number\":20,"
      "\"id_field\":{\"meeting_uuid\":\"m==\"}}}");
  g_autoptr (RtmsEnvelope) near = parse ("{\"event\":"
      "\"rtms.concurrency_near_limit\",\"payload\":{\"object\":"
      "{\"concurrency_limit\":\"20\",\"concurrency_number\":17,"
      "\"percentage\":85}}}");
  g_autoptr (RtmsEnvelope) failed = parse ("{\"event\":"
      "\"rtms.start_failed\",\"payload\":[1,2]}");
  g_autoptr (RtmsEnvelope) voice = parse ("{\"event\":"
      "\"contact_center.voice_rtms_stopped\",\"payload\":{\"engagement_id\":"
      "\"e\",\"rtms_stream_id\":\"s\",\"stop_reason\":3}}");

  fail_unless_equals_int (limited->kind, RTMS_ENVELOPE_CONCURRENCY_LIMITED);
  fail_unless_equals_int64 (limited->timestamp, 7);
  fail_unless_equals_int (limited->concurrency_number, 20);
  assert_equals_string (limited->instance_id, "m==");
  assert_equals_string (limited->operator_id, "o");
  fail_unless_equals_int (near->kind, RTMS_ENVELOPE_CONCURRENCY_NEAR_LIMIT);
  fail_unless_equals_int (near->concurrency_limit, 20);
  fail_unless_equals_int (near->concurrency_number, 17);
  fail_unless_equals_int (near->percentage, 85);
  fail_unless_equals_int (failed->kind, RTMS_ENVELOPE_START_FAILED);
  fail_unless_equals_int (voice->kind, RTMS_ENVELOPE_STREAM);
  fail_unless_equals_int (voice->payload->product,
      RTMS_PRODUCT_CONTACT_CENTER);
  assert_equals_string (rtms_stop_reason_get_name (
          voice->payload->stop_reason), "STREAM_REVOKED");
}

GST_END_TEST;

GST_START_TEST (test_writer_escapes)
{
  RtmsJsonWriter writer;
  g_autofree gchar *text = NULL;

  rtms_json_writer_init (&writer);
  rtms_json_writer_begin_object (&writer, NULL);
  rtms_json_writer_add_string (&writer, "a\"b", "\\ \n\x01 Zoë \xff");
  rtms_json_writer_add_string (&writer, "n", NULL);
  rtms_json_writer_begin_array (&writer, "list");
  rtms_json_writer_add_int (&writer, NULL, -1);
  rtms_json_writer_add_uint (&writer, NULL, G_MAXUINT64);
  rtms_json_writer_begin_object (&writer, NULL);
  rtms_json_writer_end_object (&writer);
  rtms_json_writer_end_array (&writer);
  rtms_json_writer_add_double (&writer, "d", 1.5);
  rtms_json_writer_add_boolean (&writer, "t", TRUE);
  rtms_json_writer_end_object (&writer);
  text = rtms_json_writer_finish (&writer);
  assert_equals_string (text, "{\"a\\\"b\":\"\\\\ \\u000a\\u0001 Zoë \xef\xbf"
      "\xbd\",\"n\":null,\"list\":[-1,18446744073709551615,{}],\"d\":1.500,"
      "\"t\":true}");
}

GST_END_TEST;

static Suite *
webhook_suite (void)
{
  Suite *suite = suite_create ("webhook");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_vector_is_let_in);
  tcase_add_test (tc, test_what_zoom_did_not_sign_is_unauthorized);
  tcase_add_test (tc, test_old_and_future_requests_are_unauthorized);
  tcase_add_test (tc, test_unreadable_bodies_are_malformed);
  tcase_add_test (tc, test_bodies_are_verified_as_they_came);
  tcase_add_test (tc, test_url_validation_is_answered);
  tcase_add_test (tc, test_repeated_events_come_once);
  tcase_add_test (tc, test_refused_events_may_come_again);
  tcase_add_test (tc, test_history_is_bounded);
  tcase_add_test (tc, test_account_events_are_read);
  tcase_add_test (tc, test_writer_escapes);
  return suite;
}

GST_CHECK_MAIN (webhook);
