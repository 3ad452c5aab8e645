/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>

#include "gst/rtms/gstrtmsroster.h"

#define PARTICIPANTS_MAX 50000

static void
join (GstRtmsRoster *roster, guint64 from, guint64 until, const gchar *name)
{
  g_auto (RtmsMessage) message = { 0 };

  rtms_message_init (&message, RTMS_MESSAGE_EVENT_UPDATE);
  message.event_type = RTMS_EVENT_PARTICIPANT_JOIN;
  for (guint64 user_id = from; user_id < until; user_id++)
    rtms_message_add_participant (&message, user_id, name);
  gst_rtms_roster_update (roster, &message, 1, 0);
}

static void
leave (GstRtmsRoster *roster, guint64 user_id)
{
  g_auto (RtmsMessage) message = { 0 };

  rtms_message_init (&message, RTMS_MESSAGE_EVENT_UPDATE);
  message.event_type = RTMS_EVENT_PARTICIPANT_LEAVE;
  rtms_message_add_participant (&message, user_id, NULL);
  gst_rtms_roster_update (roster, &message, 1, 0);
}

GST_START_TEST (test_names_of_participants_are_limited)
{
  GstRtmsRoster *roster = gst_rtms_roster_new (RTMS_PRODUCT_MEETING);

  join (roster, 1, PARTICIPANTS_MAX + 3, "Ada");
  assert_equals_string (gst_rtms_roster_get_name (roster, PARTICIPANTS_MAX),
      "Ada");
  fail_unless (gst_rtms_roster_get_name (roster, PARTICIPANTS_MAX + 1)
      == NULL);

  /* those who are there may be renamed, and give room by leaving */
  join (roster, 7, 8, "Bob");
  assert_equals_string (gst_rtms_roster_get_name (roster, 7), "Bob");
  leave (roster, 7);
  fail_unless (gst_rtms_roster_get_name (roster, 7) == NULL);
  join (roster, PARTICIPANTS_MAX + 1, PARTICIPANTS_MAX + 2, "Eve");
  assert_equals_string (gst_rtms_roster_get_name (roster,
          PARTICIPANTS_MAX + 1), "Eve");
  gst_rtms_roster_free (roster);
}

GST_END_TEST;

static Suite *
roster_suite (void)
{
  Suite *suite = suite_create ("roster");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_names_of_participants_are_limited);
  return suite;
}

GST_CHECK_MAIN (roster);
