/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every way to decode base64 that this processor has, against GLib's encoder
 * and against one another. */

#include <gst/check/gstcheck.h>
#include <string.h>

#include "ext/json/rtmsbase64.h"
#include "ext/json/rtmsbase64private.h"

/* Twice the largest block, and some. */
#define SIZE_MAX_TESTED 200
#define GUARD 0xa5
#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
    "0123456789+/"

static GRand *randomness;

static void
setup (void)
{
  randomness = g_rand_new_with_seed (6455);
}

static void
teardown (void)
{
  g_rand_free (randomness);
}

/* From and into memory of just the right size, for sanitizers to watch; what
 * is behind a shorter result must be untouched beyond the bound. */
static gssize
decode (const RtmsBase64Path *path, const gchar *text, gsize length,
    guint8 *bytes)
{
  gsize bound = rtms_base64_decoded_bound (length);
  g_autofree gchar *copy = g_memdup2 (text, length);
  g_autofree guint8 *room = g_malloc (bound + 1);
  gssize size;

  room[bound] = GUARD;
  size = path ? rtms_base64_decode_by (path, copy, length, room)
      : rtms_base64_decode (copy, length, room);
  fail_unless_equals_int (room[bound], GUARD);
  if (size > 0)
    memcpy (bytes, room, (gsize) size);
  return size;
}

static void
check_all_paths (const gchar *text, gsize length, const guint8 *expected,
    gssize size)
{
  guint8 bytes[2 * SIZE_MAX_TESTED];
  guint n = 0;

  fail_unless_equals_int64 (decode (NULL, text, length, bytes), size);
  for (guint i = 0; i < rtms_base64_n_paths; i++) {
    const RtmsBase64Path *path = &rtms_base64_paths[i];

    if (!path->is_usable ())
      continue;
    n++;
    fail_unless_equals_int64 (decode (path, text, length, bytes), size);
    fail_unless (size <= 0
        || memcmp (bytes, expected, (gsize) size) == 0, "%s: %.*s",
        path->name, (int) length, text);
  }
  fail_unless (n > 0);
}

/* At all lengths, with and without padding. */
GST_START_TEST (test_base64_is_the_inverse_of_encoding)
{
  for (gsize size = 0; size <= SIZE_MAX_TESTED; size++) {
    guint8 bytes[SIZE_MAX_TESTED];
    g_autofree gchar *text = NULL;
    gsize length;

    for (gsize i = 0; i < size; i++)
      bytes[i] = (guint8) g_rand_int (randomness);
    text = g_base64_encode (bytes, size);
    length = strlen (text);
    fail_unless (rtms_base64_decoded_bound (length) >= size);
    check_all_paths (text, length, bytes, (gssize) size);
    while (length > 0 && text[length - 1] == '=')
      length--;
    check_all_paths (text, length, bytes, (gssize) size);
  }
}

GST_END_TEST;

/* Each of the 256 characters at each place of texts of several lengths. */
GST_START_TEST (test_base64_refuses_every_other_character)
{
  static const gsize lengths[] = { 8, 24, 44, 46, 64, 132 };

  for (guint l = 0; l < G_N_ELEMENTS (lengths); l++) {
    gsize length = lengths[l];
    gchar text[132 + 1];

    memset (text, 'A', length);
    text[length] = '\0';
    for (gsize place = 0; place < length; place++) {
      for (guint c = 0; c < 256; c++) {
        gboolean last = place == length - 1 && length % 4 == 0;
        gboolean good = c != 0 && strchr (ALPHABET, (gint) c) != NULL;
        guint8 bytes[SIZE_MAX_TESTED];
        gssize size;

        text[place] = (gchar) c;
        size = decode (&rtms_base64_paths[rtms_base64_n_paths - 1], text,
            length, bytes);
        fail_unless_equals_int (size >= 0, good || (last && c == '='));
        check_all_paths (text, length, bytes, size);
        text[place] = 'A';
      }
    }
  }
}

GST_END_TEST;

/* Lengths that no base64 has, and padding where none may be. */
GST_START_TEST (test_base64_refuses_broken_ends)
{
  static const gchar *const bad[] = { "A", "=", "==", "===", "====", "A===",
    "AA=A", "AA=", "AAA==", "AAAAA", "A=AA", "AA==AAAA", "AAA=AAAA" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree gchar *longer = g_strconcat ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", bad[i], NULL);

    check_all_paths (bad[i], strlen (bad[i]), NULL, -1);
    check_all_paths (longer, strlen (longer), NULL, -1);
  }
  check_all_paths ("", 0, NULL, 0);
}

GST_END_TEST;

/* What is nearly base64: all paths say the same. */
GST_START_TEST (test_base64_paths_agree_on_random_text)
{
  const RtmsBase64Path *scalar = &rtms_base64_paths[rtms_base64_n_paths - 1];

  for (guint round = 0; round < 5000; round++) {
    gchar text[SIZE_MAX_TESTED];
    guint8 bytes[2 * SIZE_MAX_TESTED];
    gsize length = (gsize) g_rand_int_range (randomness, 0,
        SIZE_MAX_TESTED);

    for (gsize i = 0; i < length; i++)
      text[i] = ALPHABET[g_rand_int_range (randomness, 0, 64)];
    if (length && round % 2)
      text[g_rand_int_range (randomness, 0, (gint) length)] = (gchar)
          g_rand_int (randomness);
    check_all_paths (text, length, bytes, decode (scalar, text, length,
            bytes));
  }
}

GST_END_TEST;

static Suite *
base64_suite (void)
{
  Suite *suite = suite_create ("base64");
  TCase *tc = tcase_create ("base64");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_base64_is_the_inverse_of_encoding);
  tcase_add_test (tc, test_base64_refuses_every_other_character);
  tcase_add_test (tc, test_base64_refuses_broken_ends);
  tcase_add_test (tc, test_base64_paths_agree_on_random_text);
  return suite;
}

GST_CHECK_MAIN (base64);
