/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "gst/rtms/gstrtmsplaceholders.h"

static gchar *
expand (const gchar *stream_id, const gchar *text)
{
  gchar *urls[] = { (gchar *) "wss://rtms-sjc1.zoom.us/signal", NULL };
  RtmsPayload payload = {
    .product = RTMS_PRODUCT_CONTACT_CENTER,
    .instance_id = (gchar *) "4pJ/9wWiQtmX+T2m1A==",
    .stream_id = (gchar *) stream_id,
    .signaling_urls = urls,
  };
  g_autoptr (GDateTime) start = g_date_time_new_local (2025, 2, 1, 7, 4, 9);
  GstRtmsPlaceholders values = { .payload = &payload, .number = 12,
    .start = start, .user_id = 16778240, .user_name = "Zoë Müller" };

  return gst_rtms_placeholders_expand (&values, text);
}

GST_START_TEST (test_placeholders_are_replaced)
{
  static const gchar *const cases[][2] = {
    { "{stream-id}.mkv", "756F.mkv" },
    { "a/{meeting-id}/b", "a/4pJ_9wWiQtmX-T2m1A/b" },
    { "{product}-{n}-{host-region}", "contact_center-12-sjc1" },
    { "{date}_{time}", "2025-02-01_07-04-09" },
    { "{date:%Y/%m}/{time:%H}", "2025/02/07" },
    { "{user-id} {user-name}", "16778240 Zoë_Müller" },
    { "audio/x-raw,format={S16LE,F32LE},rate={8000}",
        "audio/x-raw,format={S16LE,F32LE},rate={8000}" },
    { "{unknown}{{stream-id}}{", "{unknown}{756F}{" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *text = expand ("756F", cases[i][0]);

    assert_equals_string (text, cases[i][1]);
  }
}

GST_END_TEST;

/* Whatever comes from the network stays one word and one file name. */
GST_START_TEST (test_values_cannot_leave_their_place)
{
  static const gchar *const cases[][2] = {
    { "../../etc/passwd", "__.__._etc_passwd" },
    { "..", "__." },
    { ".hidden", "_.hidden" },
    { "-rf", "_-rf" },
    { "a ! filesink location=/tmp/x", "a___filesink_location__tmp_x" },
    { "a\"b'c\\d", "a_b_c_d" },
    { "a\nb\tc\x01", "a_b_c_" },
    { "%05d%n", "_05d_n" },
    { "$(id)`id`;|&", "__id__id____" },
    { "{date}", "_date_" },
    { "=", "_" },
    { "\xff\xfe", "__" },
    { "日本語", "日本語" },
    { "a\u202eb", "a_b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *text = expand (cases[i][0], "{stream-id}");

    fail_unless (strpbrk (text, " \t\n/\\\"'!=%$`;|&{}") == NULL, "%s", text);
    fail_unless (strstr (text, "..") == NULL && *text != '.' && *text != '-',
        "%s", text);
    fail_unless (g_utf8_validate (text, -1, NULL));
    assert_equals_string (text, cases[i][1]);
  }
}

GST_END_TEST;

GST_START_TEST (test_long_values_are_cut_and_stay_distinct)
{
  g_autofree gchar *base = g_strnfill (300, 'a');
  g_autofree gchar *other = g_strconcat (base, "b", NULL);
  g_autofree gchar *one = gst_rtms_placeholders_escape (base);
  g_autofree gchar *two = gst_rtms_placeholders_escape (other);
  GString *umlauts = g_string_new ("x");
  g_autofree gchar *three = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append (umlauts, "ü");
  three = gst_rtms_placeholders_escape (umlauts->str);
  g_string_free (umlauts, TRUE);
  fail_unless (strlen (one) <= 80 && strlen (two) <= 80
      && strlen (three) <= 80);
  fail_if (g_str_equal (one, two));
  fail_unless (g_utf8_validate (three, -1, NULL));
}

GST_END_TEST;

GST_START_TEST (test_host_regions)
{
  static const gchar *const cases[][2] = {
    { "wss://rtms-sjc1.zoom.us/signal", "sjc1" },
    { "wss://rtmsfra.zoom.us", "fra" },
    { "wss://rtms.zoom.us", "unknown" },
    { "wss://example.org", "unknown" },
    { "ws://127.0.0.1:80/", "unknown" },
    { "nonsense", "unknown" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *urls[] = { (gchar *) cases[i][0], NULL };
    RtmsPayload payload = { .signaling_urls = urls };
    g_autofree gchar *region =
        gst_rtms_placeholders_get_host_region (&payload);

    assert_equals_string (region, cases[i][1]);
  }
}

GST_END_TEST;

static Suite *
placeholders_suite (void)
{
  Suite *suite = suite_create ("placeholders");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_placeholders_are_replaced);
  tcase_add_test (tc, test_values_cannot_leave_their_place);
  tcase_add_test (tc, test_long_values_are_cut_and_stay_distinct);
  tcase_add_test (tc, test_host_regions);
  return suite;
}

GST_CHECK_MAIN (placeholders);
