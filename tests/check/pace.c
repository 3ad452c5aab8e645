/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which pads the network thread pushes itself. */

#include <gst/check/gstcheck.h>

#include "ext/websocket/rtmsworkers.h"
#include "gst/rtms/gstrtmspace.h"

#define QUICK GST_RTMS_PACE_QUICK_TIME
#define STUCK RTMS_WORKERS_PATIENCE

static GstRtmsPace pace;

/* How many pushes of @duration it takes until the pad is quick, or is it no
 * longer; 10000 if that never comes. */
static guint
count_until (gboolean quick, gint64 duration)
{
  guint n = 0;

  do
    n++;
  while (gst_rtms_pace_add (&pace, duration, QUICK) != quick && n < 10000);
  return n;
}

static void
set_up (void)
{
  gst_rtms_pace_init (&pace);
}

GST_START_TEST (test_pads_become_quick_by_many_quick_pushes)
{
  fail_unless_equals_int (count_until (TRUE, QUICK - 1), 32);
  fail_unless_equals_int (count_until (FALSE, QUICK), 16);
  fail_unless_equals_int (count_until (TRUE, QUICK), 10000);
}

GST_END_TEST;

/* The scheduler may take the processor away in any push. */
GST_START_TEST (test_a_long_push_now_and_then_says_nothing)
{
  count_until (TRUE, 1);
  for (guint i = 0; i < 100; i++)
    fail_unless (gst_rtms_pace_add (&pace, i % 20 ? 1 : STUCK - 1, QUICK));
  fail_unless (count_until (FALSE, STUCK - 1) <= 2);
}

GST_END_TEST;

GST_START_TEST (test_the_more_often_stuck_the_longer_a_thread)
{
  guint last = 0;

  count_until (TRUE, 1);
  for (guint i = 0; i < 8; i++) {
    guint n;

    fail_if (gst_rtms_pace_add (&pace, STUCK, QUICK));
    n = count_until (TRUE, 1);
    fail_unless (n > last && n < 10000, "%u after %u", n, last);
    last = n;
  }
  /* some minutes of video at the most */
  fail_if (gst_rtms_pace_add (&pace, STUCK, QUICK));
  fail_unless_equals_int (count_until (TRUE, 1), (gint) last);

  /* with a thread of its own a pad may wait as often as it likes */
  gst_rtms_pace_init (&pace);
  for (guint i = 0; i < 100; i++)
    fail_if (gst_rtms_pace_add (&pace, STUCK, QUICK));
  fail_unless_equals_int (count_until (TRUE, 1), 64);
}

GST_END_TEST;

GST_START_TEST (test_no_pad_is_quick_without_a_quick_time)
{
  for (guint i = 0; i < 1000; i++)
    fail_if (gst_rtms_pace_add (&pace, 0, 0));
}

GST_END_TEST;

static Suite *
pace_suite (void)
{
  Suite *suite = suite_create ("pace");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, set_up, NULL);
  tcase_add_test (tc, test_pads_become_quick_by_many_quick_pushes);
  tcase_add_test (tc, test_a_long_push_now_and_then_says_nothing);
  tcase_add_test (tc, test_the_more_often_stuck_the_longer_a_thread);
  tcase_add_test (tc, test_no_pad_is_quick_without_a_quick_time);
  return suite;
}

GST_CHECK_MAIN (pace);
