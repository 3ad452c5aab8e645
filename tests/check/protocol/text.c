/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "gst/rtms/protocol/rtmstext.h"

#define BAD "\357\277\275"

static void
check (const gchar *text, gsize max_length, const gchar *expected)
{
  g_autofree gchar *line = rtms_text_to_line (text, max_length);

  assert_equals_string (line, expected);
  fail_unless (rtms_text_is_line (line));
}

GST_START_TEST (test_what_is_a_line_stays_as_it_is)
{
  static const gchar *const lines[] = { "", "Ada Lovelace", "Zoë Müller",
    "山田 太郎", "שלום", "😀 %s \\n \"quoted\"" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    fail_unless (rtms_text_is_line (lines[i]));
    check (lines[i], 100, lines[i]);
  }
}

GST_END_TEST;

GST_START_TEST (test_what_forges_a_log_is_replaced)
{
  check ("a\nERROR: b", 100, "a" BAD "ERROR: b");
  check ("a\r\n\tb", 100, "a" BAD BAD BAD "b");
  check ("\033[2J", 100, BAD "[2J");
  check ("\177", 100, BAD);
  /* C1's CSI and next line, line separator, right-to-left override and
   * isolate */
  check ("\302\233" "1m\302\205", 100, BAD "1m" BAD);
  check ("\342\200\250\342\200\256txt\342\201\247", 100, BAD BAD "txt" BAD);
  check ("a\377b\300", 100, "a" BAD "b" BAD);
  fail_if (rtms_text_is_line ("\n"));
  fail_if (rtms_text_is_line ("\302\233"));
}

GST_END_TEST;

GST_START_TEST (test_long_text_is_cut_between_characters)
{
  check ("abcdef", 6, "abcdef");
  check ("abcdef", 5, "abcde");
  check ("aëë", 5, "aëë");
  check ("aëë", 4, "aë");
  check ("aëë", 3, "aë");
  check ("ë", 1, "");
  check ("x", 0, "");
  check ("\200\200\200", 2, "");
}

GST_END_TEST;

static Suite *
text_suite (void)
{
  Suite *suite = suite_create ("text");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_what_is_a_line_stays_as_it_is);
  tcase_add_test (tc, test_what_forges_a_log_is_replaced);
  tcase_add_test (tc, test_long_text_is_cut_between_characters);
  return suite;
}

GST_CHECK_MAIN (text);
