/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <string.h>

#define META "GstRtmsParticipantMeta"

static GstBuffer *
make_buffer (const gchar *text, const gchar *name)
{
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));
  g_autoptr (GstCaps) unix_time = gst_caps_new_empty_simple (
      "timestamp/x-unix");

  GST_BUFFER_PTS (buffer) = 1500 * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = 2 * GST_SECOND;
  gst_buffer_add_reference_timestamp_meta (buffer, unix_time,
      G_GINT64_CONSTANT (1738392033699) * GST_MSECOND, GST_CLOCK_TIME_NONE);
  if (name)
    gst_structure_set (gst_custom_meta_get_structure (
            gst_buffer_add_custom_meta (buffer, META)), "user-id",
        G_TYPE_UINT64, G_MAXUINT64, "user-name", G_TYPE_STRING, name, NULL);
  return buffer;
}

static void
check_line (const gchar *text, const gchar *name, const gchar *expected)
{
  GstHarness *harness = gst_harness_new ("rtmsjsonenc");
  g_autofree gchar *line = NULL;
  g_autoptr (GstCaps) caps = NULL;
  GstBuffer *buffer;
  GstMapInfo map;

  gst_harness_set_src_caps_str (harness, "text/x-raw, format=utf8");
  fail_unless_equals_int (gst_harness_push (harness,
          make_buffer (text, name)), GST_FLOW_OK);
  buffer = gst_harness_pull (harness);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), 1500 * GST_MSECOND);
  fail_unless (gst_buffer_get_reference_timestamp_meta (buffer, NULL));
  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  line = g_strndup ((const gchar *) map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  assert_equals_string (line, expected);
  caps = gst_pad_get_current_caps (harness->sinkpad);
  fail_unless (gst_structure_has_name (gst_caps_get_structure (caps, 0),
          "application/x-json"));
  gst_harness_teardown (harness);
}

GST_START_TEST (test_lines_say_who_and_when)
{
  check_line ("Say \"hi\"\n", "Zoë", "{\"start\":1.500,\"end\":3.500,\"time\":"
      "1738392033699,\"user_id\":18446744073709551615,\"user_name\":\"Zoë\","
      "\"text\":\"Say \\\"hi\\\"\\u000a\"}\n");
  check_line ("nobody's", NULL, "{\"start\":1.500,\"end\":3.500,\"time\":"
      "1738392033699,\"text\":\"nobody's\"}\n");
}

GST_END_TEST;

GST_START_TEST (test_name_in_front_is_left_out)
{
  check_line ("Zoë: Good: morning", "Zoë", "{\"start\":1.500,\"end\":3.500,"
      "\"time\":1738392033699,\"user_id\":18446744073709551615,\"user_name\":"
      "\"Zoë\",\"text\":\"Good: morning\"}\n");
  check_line ("Zoë:", "Zoë", "{\"start\":1.500,\"end\":3.500,"
      "\"time\":1738392033699,\"user_id\":18446744073709551615,\"user_name\":"
      "\"Zoë\",\"text\":\"Zoë:\"}\n");
}

GST_END_TEST;

static Suite *
json_enc_suite (void)
{
  Suite *suite = suite_create ("jsonenc");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_lines_say_who_and_when);
  tcase_add_test (tc, test_name_in_front_is_left_out);
  return suite;
}

GST_CHECK_MAIN (json_enc);
