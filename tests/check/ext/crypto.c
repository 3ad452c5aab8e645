/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "ext/crypto/rtmscrypto.h"

#define TOKEN "qUe5tionable-T0ken"
#define TIMESTAMP "1738392033"
#define BODY "{\"event\":\"meeting.rtms_started\",\"event_ts\":1738392033699," \
    "\"payload\":{\"meeting_uuid\":\"4pJ/9wWiQtmX+T2m1A==\"," \
    "\"operator_id\":\"30R7kT7bTIKSNUFEuH_Qlg\",\"rtms_stream_id\":" \
    "\"756FF58A-6332-6ECA-E4AE-21F2ABDCB485\",\"server_urls\":" \
    "\"wss://rtms-sjc1.zoom.us/signal\"}}"
#define BODY_SIGNATURE "v0=61cc096d53f4fd3f02edf77de7b0b82af941055f7809b19b" \
    "ea95eaac34ce88de"

/* The vectors were computed by an independent implementation. */
GST_START_TEST (test_handshake_signature_matches_vector)
{
  g_autofree gchar *signature = rtms_crypto_sign_handshake ("AbCdEfGh",
      "s3cr3t", "4pJ/9wWiQtmX+T2m1A==",
      "756FF58A-6332-6ECA-E4AE-21F2ABDCB485");

  assert_equals_string (signature, "c54f9e6e34c6bc568d0a182eaf02a27d"
      "5e44f989821b8a5fa28aae46252d6e47");
}

GST_END_TEST;

GST_START_TEST (test_webhook_signature_matches_vector)
{
  g_autofree gchar *signature = rtms_crypto_sign_webhook (TOKEN, TIMESTAMP,
      (const guint8 *) BODY, strlen (BODY));

  assert_equals_string (signature, BODY_SIGNATURE);
  fail_unless (rtms_crypto_verify_webhook (TOKEN, TIMESTAMP,
          (const guint8 *) BODY, strlen (BODY), BODY_SIGNATURE));
}

GST_END_TEST;

GST_START_TEST (test_webhook_is_refused_when_anything_differs)
{
  const guint8 *body = (const guint8 *) BODY;
  gsize size = strlen (BODY);
  g_autofree gchar *changed = g_strdup (BODY);
  g_autofree gchar *signature = g_strdup (BODY_SIGNATURE);

  fail_if (rtms_crypto_verify_webhook ("another token", TIMESTAMP, body, size,
          BODY_SIGNATURE));
  fail_if (rtms_crypto_verify_webhook (TOKEN, "1738392034", body, size,
          BODY_SIGNATURE));
  fail_if (rtms_crypto_verify_webhook (TOKEN, TIMESTAMP, body, size - 1,
          BODY_SIGNATURE));
  changed[size / 2] ^= 1;
  fail_if (rtms_crypto_verify_webhook (TOKEN, TIMESTAMP,
          (const guint8 *) changed, size, BODY_SIGNATURE));
  fail_if (rtms_crypto_verify_webhook (TOKEN, TIMESTAMP, body, size, ""));
  fail_if (rtms_crypto_verify_webhook (TOKEN, TIMESTAMP, body, size,
          BODY_SIGNATURE "0"));
  signature[strlen (signature) - 1] ^= 1;
  fail_if (rtms_crypto_verify_webhook (TOKEN, TIMESTAMP, body, size,
          signature));
}

GST_END_TEST;

GST_START_TEST (test_url_validation_matches_vector)
{
  g_autofree gchar *answer = rtms_crypto_answer_url_validation (TOKEN,
      "qgg8vlvZRS6UYooatFL8Aw");

  assert_equals_string (answer, "36d0c18fb6f9f46145417d9804a39803"
      "fcbf7432bf6bfac8fa664dc4b14de98d");
}

GST_END_TEST;

/* Whoever gets "v0:…" signed can sign webhooks. */
GST_START_TEST (test_url_validation_signs_no_webhook)
{
  g_autofree gchar *webhook = g_strconcat ("v0:", TIMESTAMP, ":{}", NULL);
  g_autofree gchar *longest = g_strnfill (128, 'a');
  g_autofree gchar *too_long = g_strnfill (129, 'a');
  g_autofree gchar *answer = rtms_crypto_answer_url_validation (TOKEN,
      longest);

  fail_if (rtms_crypto_answer_url_validation (TOKEN, webhook));
  fail_if (rtms_crypto_answer_url_validation (TOKEN, too_long));
  fail_if (rtms_crypto_answer_url_validation (TOKEN, ""));
  fail_unless (answer != NULL);
}

GST_END_TEST;

static Suite *
crypto_suite (void)
{
  Suite *suite = suite_create ("crypto");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_handshake_signature_matches_vector);
  tcase_add_test (tc, test_webhook_signature_matches_vector);
  tcase_add_test (tc, test_webhook_is_refused_when_anything_differs);
  tcase_add_test (tc, test_url_validation_matches_vector);
  tcase_add_test (tc, test_url_validation_signs_no_webhook);
  return suite;
}

GST_CHECK_MAIN (crypto);
