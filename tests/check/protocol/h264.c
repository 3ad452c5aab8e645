/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "gst/rtms/protocol/rtmsh264.h"
#include "gst/rtms/protocol/rtmsh264filler.h"

#define START3 "\x00\x00\x01"
#define START4 "\x00\x00\x00\x01"
#define AUD "\x09\xf0"
#define SPS "\x67\x42\xc0\x1f"
#define PPS "\x68\xce\x3c\x80"
#define SEI "\x06\x05\x01\xff\x80"
#define IDR "\x65\x88\x84"
#define SLICE "\x41\x9a\x24"

#define IS_KEY(text) is_key (text, sizeof (text) - 1)

/* In memory of its exact size, so that valgrind and ASan see a byte too
 * far. */
static gboolean
is_key (const gchar *text, gsize size)
{
  g_autofree guint8 *bytes = g_memdup2 (text, size ? size : 1);

  return rtms_h264_is_key_frame (bytes, size);
}

GST_START_TEST (test_key_frames_are_found)
{
  fail_unless (IS_KEY (START4 IDR));
  fail_unless (IS_KEY (START3 IDR));
  fail_unless (IS_KEY (START4 AUD START4 SPS START4 PPS START3 SEI START3
          IDR));
  /* an intra frame that brings its parameters */
  fail_unless (IS_KEY (START4 SPS START4 PPS START4 SLICE));
}

GST_END_TEST;

GST_START_TEST (test_delta_frames_are_none)
{
  fail_if (IS_KEY (START4 SLICE));
  fail_if (IS_KEY (START4 AUD START3 SEI START3 SLICE));
  fail_if (IS_KEY (START4 PPS START4 SLICE));
  /* nothing behind the first slice counts */
  fail_if (IS_KEY (START4 SLICE START4 IDR));
}

GST_END_TEST;

GST_START_TEST (test_garbage_is_no_key_frame)
{
  fail_if (IS_KEY (""));
  fail_if (IS_KEY ("\x00"));
  fail_if (IS_KEY (START3));
  fail_if (IS_KEY (START4));
  fail_if (IS_KEY ("\x01\x65"));
  fail_if (IS_KEY ("\x00\x01\x65\x00"));
  fail_if (IS_KEY ("\x01\x01\x01\x65\x65"));
  fail_if (IS_KEY ("hello"));
  fail_if (IS_KEY (START4 SPS START4 PPS));
}

GST_END_TEST;

/* What they look like is for a decoder to say, in the element's tests. */
GST_START_TEST (test_filler_gives_key_frames_and_repeats)
{
  g_autoptr (RtmsH264Filler) filler = rtms_h264_filler_new (1920, 1080);
  g_autoptr (GByteArray) first = rtms_h264_filler_create_key_frame (filler);
  g_autoptr (GByteArray) repeat = rtms_h264_filler_create_repeat (filler);
  g_autoptr (GByteArray) second = rtms_h264_filler_create_key_frame (filler);

  fail_unless (rtms_h264_is_key_frame (first->data, first->len));
  fail_if (rtms_h264_is_key_frame (repeat->data, repeat->len));
  fail_unless (repeat->len < 16);
  /* IDR pictures in a row differ in their id */
  fail_if (first->len == second->len
      && memcmp (first->data, second->data, first->len) == 0);
}

GST_END_TEST;

static Suite *
h264_suite (void)
{
  Suite *suite = suite_create ("h264");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_key_frames_are_found);
  tcase_add_test (tc, test_delta_frames_are_none);
  tcase_add_test (tc, test_garbage_is_no_key_frame);
  tcase_add_test (tc, test_filler_gives_key_frames_and_repeats);
  return suite;
}

GST_CHECK_MAIN (h264);
