/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <glib/gstdio.h>
#include <stdio.h>
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
  g_autoptr (RtmsSecret) secret = rtms_secret_new ("s3cr3t");
  g_autoptr (RtmsSecret) signature = rtms_crypto_sign_handshake ("AbCdEfGh",
      secret, "4pJ/9wWiQtmX+T2m1A==",
      "756FF58A-6332-6ECA-E4AE-21F2ABDCB485");

  assert_equals_string (rtms_secret_get_text (signature), "c54f9e6e34c6bc568d0a182eaf02a27d"
      "5e44f989821b8a5fa28aae46252d6e47");
}

GST_END_TEST;

#ifdef __linux__
/* Whether the kernel's map of this process says that core dumps leave
 * @address out. */
static gboolean
is_left_out_of_dumps (const gchar *address)
{
  g_autofree gchar *maps = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean here = FALSE;

  fail_unless (g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (gchar **line = lines; *line; line++) {
    guint64 from, to;

    if (sscanf (*line, "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x ",
            &from, &to) == 2)
      here = from <= (guintptr) address && (guintptr) address < to;
    else if (here && g_str_has_prefix (*line, "VmFlags:"))
      return strstr (*line, " dd ") != NULL;
  }
  return FALSE;
}

GST_START_TEST (test_secret_is_left_out_of_core_dumps)
{
  g_autoptr (RtmsSecret) secret = rtms_secret_new ("s3cr3t");

  fail_unless (is_left_out_of_dumps (rtms_secret_get_text (secret)));
}

GST_END_TEST;
#endif

GST_START_TEST (test_secret_is_shared_by_reference)
{
  RtmsSecret *secret = rtms_secret_new ("s3cr3t");
  RtmsSecret *same = rtms_secret_ref (secret);

  rtms_secret_unref (secret);
  assert_equals_string (rtms_secret_get_text (same), "s3cr3t");
  rtms_secret_unref (same);
}

GST_END_TEST;

GST_START_TEST (test_secret_of_any_length)
{
  /* up to and beyond the end of a page */
  for (gsize length = 4000; length < 4200; length++) {
    g_autofree gchar *text = g_strnfill (length, 'x');
    g_autoptr (RtmsSecret) secret = rtms_secret_new (text);

    assert_equals_string (rtms_secret_get_text (secret), text);
  }
}

GST_END_TEST;

static void
check_file (const gchar *path, const gchar *text, gssize length,
    const gchar *expected)
{
  g_autoptr (RtmsSecret) secret = NULL;

  fail_unless (g_file_set_contents (path, text, length, NULL));
  secret = rtms_secret_new_from_file (path);
  fail_unless ((secret != NULL) == (expected != NULL));
  if (expected) {
    assert_equals_string (rtms_secret_get_text (secret), expected);
  }
}

GST_START_TEST (test_secret_comes_from_a_file)
{
  g_autofree gchar *folder = g_dir_make_tmp ("rtms-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "secret", NULL);
  g_autofree gchar *large = g_strnfill (4096, 'x');

  check_file (path, "s3cr3t\n", -1, "s3cr3t");
  check_file (path, "s3cr3t", -1, "s3cr3t");
  check_file (path, "s3 cr3t \r\n\n", -1, "s3 cr3t");
  check_file (path, "", -1, "");
  check_file (path, large, 4095, large + 1);
  check_file (path, large, 4096, NULL);
  g_remove (path);
  fail_unless (rtms_secret_new_from_file (path) == NULL);
  fail_unless (rtms_secret_new_from_file (folder) == NULL);
  g_rmdir (folder);
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
#ifdef __linux__
  tcase_add_test (tc, test_secret_is_left_out_of_core_dumps);
#endif
  tcase_add_test (tc, test_secret_is_shared_by_reference);
  tcase_add_test (tc, test_secret_of_any_length);
  tcase_add_test (tc, test_secret_comes_from_a_file);
  tcase_add_test (tc, test_webhook_signature_matches_vector);
  tcase_add_test (tc, test_webhook_is_refused_when_anything_differs);
  tcase_add_test (tc, test_url_validation_matches_vector);
  tcase_add_test (tc, test_url_validation_signs_no_webhook);
  return suite;
}

GST_CHECK_MAIN (crypto);
