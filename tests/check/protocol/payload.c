/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "ext/json/rtmsjson.h"

static RtmsPayload *
parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  RtmsPayload *payload = rtms_json_parse_payload (text, -1, &error);

  fail_unless (payload != NULL, "%s: %s", text, error ? error->message : "");
  return payload;
}

static void
refuse (const gchar *text, const gchar *named)
{
  g_autoptr (GError) error = NULL;

  fail_if (rtms_json_parse_payload (text, -1, &error), "%s", text);
  fail_unless (strstr (error->message, named) != NULL, "%s",
      error->message);
}

GST_START_TEST (test_envelope_and_inner_objects_are_read)
{
  static const gchar inner[] = "{\"meeting_uuid\":\"4pJ/9w+T2m1A==\","
      "\"operator_id\":\"x\",\"rtms_stream_id\":\"756F\",\"server_urls\":"
      "\"wss://rtms-sjc1.zoom.us/signal\"}";
  g_autofree gchar *envelope = g_strdup_printf ("{\"event\":"
      "\"meeting.rtms_started\",\"event_ts\":1738392033699,\"payload\":%s}",
      inner);
  g_autofree gchar *nested = g_strdup_printf ("{\"event\":"
      "\"meeting.rtms_started\",\"event_ts\":1738392033699,\"payload\":"
      "{\"account_id\":\"a\",\"object\":%s}}", inner);
  const gchar *texts[] = { inner, envelope, nested };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (RtmsPayload) payload = parse (texts[i]);

    fail_unless_equals_int (payload->product, RTMS_PRODUCT_MEETING);
    assert_equals_string (payload->instance_id, "4pJ/9w+T2m1A==");
    assert_equals_string (payload->stream_id, "756F");
    assert_equals_string (payload->signaling_urls[0],
        "wss://rtms-sjc1.zoom.us/signal");
    fail_unless (payload->signaling_urls[1] == NULL);
    fail_unless_equals_int64 (payload->event_timestamp,
        i == 0 ? 0 : G_GINT64_CONSTANT (1738392033699));
  }
}

GST_END_TEST;

GST_START_TEST (test_products_are_told_apart)
{
  const struct {
    const gchar *event;
    const gchar *id_name;
    RtmsProduct product;
  } cases[] = {
    { "meeting.rtms_started", "meeting_uuid", RTMS_PRODUCT_MEETING },
    { "webinar.rtms_started", "meeting_uuid", RTMS_PRODUCT_WEBINAR },
    { "webinar.rtms_started", "webinar_uuid", RTMS_PRODUCT_WEBINAR },
    { "session.rtms_started", "session_id", RTMS_PRODUCT_SESSION },
    { "contact_center.voice_rtms_started", "engagement_id",
        RTMS_PRODUCT_CONTACT_CENTER },
    { NULL, "webinar_uuid", RTMS_PRODUCT_WEBINAR },
    { NULL, "engagement_id", RTMS_PRODUCT_CONTACT_CENTER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *inner = g_strdup_printf ("{\"%s\":\"id\","
        "\"rtms_stream_id\":\"s\",\"server_urls\":\"wss://a.zoom.us\"}",
        cases[i].id_name);
    g_autofree gchar *text = cases[i].event ? g_strdup_printf (
        "{\"event\":\"%s\",\"payload\":%s}", cases[i].event, inner)
        : g_strdup (inner);
    g_autoptr (RtmsPayload) payload = parse (text);

    fail_unless_equals_int (payload->product, cases[i].product);
    assert_equals_string (payload->instance_id, "id");
  }
}

GST_END_TEST;

GST_START_TEST (test_server_urls_come_in_four_shapes)
{
  static const gchar *const shapes[] = {
    "\"wss://a/ , wss://b/\"",
    "[\"wss://a/\",\"wss://b/\"]",
    "{\"all\":\"wss://b/\",\"signaling\":\"wss://a/\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autofree gchar *text = g_strdup_printf ("{\"session_id\":\"s\","
        "\"rtms_stream_id\":\"r\",\"server_urls\":%s}", shapes[i]);
    g_autoptr (RtmsPayload) payload = parse (text);

    fail_unless_equals_int (g_strv_length (payload->signaling_urls), 2);
    assert_equals_string (payload->signaling_urls[0], "wss://a/");
    assert_equals_string (payload->signaling_urls[1], "wss://b/");
  }
}

GST_END_TEST;

GST_START_TEST (test_bad_payload_is_refused_by_name)
{
  refuse ("", "JSON");
  refuse ("not json", "JSON");
  refuse ("[]", "object");
  refuse ("{}", "meeting_uuid");
  refuse ("{\"meeting_uuid\":7}", "meeting_uuid");
  refuse ("{\"meeting_uuid\":\"\"}", "meeting_uuid");
  refuse ("{\"meeting_uuid\":\"m\"}", "rtms_stream_id");
  refuse ("{\"meeting_uuid\":\"m\",\"rtms_stream_id\":\"s\"}",
      "server_urls");
  refuse ("{\"meeting_uuid\":\"m\",\"rtms_stream_id\":\"s\","
      "\"server_urls\":\" , \"}", "server_urls");
  refuse ("{\"meeting_uuid\":\"m\\n\",\"rtms_stream_id\":\"s\","
      "\"server_urls\":\"wss://a.zoom.us\"}", "control characters");
  refuse ("{\"meeting_uuid\":\"m\",\"rtms_stream_id\":\"\\u001b[2J\","
      "\"server_urls\":\"wss://a.zoom.us\"}", "control characters");
  refuse ("{\"event\":\"meeting.rtms_stopped\",\"payload\":{}}",
      "rtms_started");
}

GST_END_TEST;

GST_START_TEST (test_webhooks_of_a_streams_life_are_read)
{
  static const struct {
    const gchar *text;
    RtmsWebhookEvent event;
    gint stop_reason;
  } webhooks[] = {
    { "{\"event\":\"meeting.rtms_interrupted\",\"payload\":{"
        "\"meeting_uuid\":\"m\",\"rtms_stream_id\":\"s\"}}",
      RTMS_WEBHOOK_INTERRUPTED, 0 },
    { "{\"event\":\"webinar.rtms_stopped\",\"payload\":{\"object\":{"
        "\"webinar_uuid\":\"m\",\"rtms_stream_id\":\"s\","
        "\"stop_reason\":6}}}", RTMS_WEBHOOK_STOPPED, 6 },
    /* 6 is a platform error there, which is 10 on the sockets */
    { "{\"event\":\"contact_center.voice_rtms_stopped\",\"payload\":{"
        "\"engagement_id\":\"e\",\"rtms_stream_id\":\"s\","
        "\"stop_reason\":6}}", RTMS_WEBHOOK_STOPPED, 10 },
    { "{\"event\":\"session.rtms_stopped\",\"payload\":{"
        "\"session_id\":\"e\",\"rtms_stream_id\":\"s\","
        "\"stop_reason\":\"STOP_BC_STREAM_REVOKED\"}}",
      RTMS_WEBHOOK_STOPPED, 8 },
    { "{\"event\":\"meeting.rtms_stopped\",\"payload\":{"
        "\"meeting_uuid\":\"m\",\"rtms_stream_id\":\"s\","
        "\"stop_reason\":99}}", RTMS_WEBHOOK_STOPPED, 0 },
    { "{\"event\":\"meeting.ended\",\"payload\":{"
        "\"meeting_uuid\":\"m\",\"rtms_stream_id\":\"s\"}}",
      RTMS_WEBHOOK_OTHER, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (webhooks); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (RtmsPayload) payload = rtms_json_parse_webhook (
        webhooks[i].text, -1, &error);

    fail_unless (payload != NULL, "%s", webhooks[i].text);
    fail_unless_equals_int (payload->event, webhooks[i].event);
    fail_unless_equals_int (payload->stop_reason, webhooks[i].stop_reason);
    assert_equals_string (payload->stream_id, "s");
  }
}

GST_END_TEST;

static gboolean
allows (const RtmsUrlPolicy *policy, const gchar *url)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = rtms_url_policy_check (policy, url, NULL, &error);

  fail_unless (ok || g_error_matches (error, RTMS_ERROR, RTMS_ERROR_URL));
  return ok;
}

GST_START_TEST (test_urls_are_held_to_allowed_hosts)
{
  gchar *hosts[] = { (gchar *) "*.zoom.us", (gchar *) "rtms.example.org",
    NULL };
  RtmsUrlPolicy policy = { hosts, FALSE };
  g_autofree gchar *label = g_strnfill (300, 'a');
  g_autofree gchar *long_host = g_strdup_printf ("wss://%s.zoom.us/", label);

  fail_unless (allows (&policy, "wss://rtms-sjc1.zoom.us/signal?a=b"));
  fail_unless (allows (&policy, "wss://a.b.ZOOM.us:8443"));
  fail_unless (allows (&policy, "wss://rtms.example.org/x"));
  fail_if (allows (&policy, "wss://zoom.us/"));
  fail_if (allows (&policy, "wss://evilzoom.us/"));
  fail_if (allows (&policy, "wss://a.zoom.us.evil.org/"));
  fail_if (allows (&policy, "wss://a.zoom.us@evil.org/"));
  fail_if (allows (&policy, "wss://evil.org/?.zoom.us"));
  fail_if (allows (&policy, "wss://203.0.113.1/"));
  fail_if (allows (&policy, "wss://[2001:db8::1]/"));
  fail_if (allows (&policy, "https://a.zoom.us/"));
  fail_if (allows (&policy, "a.zoom.us"));
  fail_if (allows (&policy, "wss:///path"));
  fail_if (allows (&policy, ""));
  fail_if (allows (&policy, "wss://a.zoom.us/x\r\nHost: evil.org"));
  fail_if (allows (&policy, "wss://a.zoom.us/x y"));
  /* GUri decodes the host, which goes into the request and the log */
  fail_if (allows (&policy, "wss://a%0d%0aX:%20y.zoom.us/"));
  fail_if (allows (&policy, "wss://a%00.zoom.us/"));
  fail_if (allows (&policy, "wss://evil.org%2f.zoom.us/"));
  fail_if (allows (&policy, long_host));
}

GST_END_TEST;

GST_START_TEST (test_plain_urls_stay_on_this_machine)
{
  RtmsUrlPolicy policy = { NULL, FALSE };

  fail_unless (allows (&policy, "ws://127.0.0.1:4000/signal"));
  fail_unless (allows (&policy, "ws://localhost/"));
  fail_unless (allows (&policy, "ws://[::1]:1/"));
  fail_if (allows (&policy, "ws://rtms.zoom.us/"));
  fail_if (allows (&policy, "ws://localhost.evil.org/"));
  fail_if (allows (&policy, "wss://localhost/"));
  /* a server on the net has no business with this machine's servers */
  fail_if (rtms_url_policy_check (&policy, "ws://127.0.0.1:4000/",
          "wss://rtms.zoom.us/", NULL));
  fail_unless (rtms_url_policy_check (&policy, "ws://127.0.0.1:4000/",
          "ws://localhost/", NULL));
  policy.allow_plain = TRUE;
  fail_unless (allows (&policy, "ws://rtms.example.org/"));
}

GST_END_TEST;

static Suite *
payload_suite (void)
{
  Suite *suite = suite_create ("payload");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_envelope_and_inner_objects_are_read);
  tcase_add_test (tc, test_products_are_told_apart);
  tcase_add_test (tc, test_server_urls_come_in_four_shapes);
  tcase_add_test (tc, test_bad_payload_is_refused_by_name);
  tcase_add_test (tc, test_urls_are_held_to_allowed_hosts);
  tcase_add_test (tc, test_plain_urls_stay_on_this_machine);
  tcase_add_test (tc, test_webhooks_of_a_streams_life_are_read);
  return suite;
}

GST_CHECK_MAIN (payload);
