/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc: what follows one pad fails or stands still, and the others do not
 * notice */

#include "fixture.h"

#include <string.h>

/* What the pad "audio" is linked to, instead of a fakesink. */
static const gchar *branch;

static void
link_branch (GstElement *src, GstPad *pad, gpointer user_data)
{
  g_autoptr (GstPad) sink_pad = NULL;
  GstElement *bin;

  f.link = !g_str_equal (GST_PAD_NAME (pad), "audio");
  if (f.link)
    return;
  bin = gst_parse_bin_from_description (branch, TRUE, NULL);
  fail_unless (bin != NULL);
  gst_bin_add (GST_BIN (f.pipeline), bin);
  gst_element_sync_state_with_parent (bin);
  sink_pad = gst_element_get_static_pad (bin, "sink");
  fail_unless_equals_int (gst_pad_link (pad, sink_pad), GST_PAD_LINK_OK);
}

static void
set_up_branch (const gchar *description)
{
  branch = description;
  set_up (NULL);
  g_signal_handlers_disconnect_by_func (f.src, on_pad_added, NULL);
  g_signal_connect (f.src, "pad-added", G_CALLBACK (link_branch), NULL);
  g_signal_connect (f.src, "pad-added", G_CALLBACK (on_pad_added), NULL);
}

/* Half a minute of both media, and two keep-alives. */
static void
check_others_go_on (void)
{
  guint answered[] = { test_server_count (f.server, TEST_SIGNALING, 13),
    test_server_count (f.server, TEST_MEDIA, 13) };
  guint before;

  g_mutex_lock (&f.lock);
  before = get_capture ("video")->buffers->len;
  g_mutex_unlock (&f.lock);
  for (guint i = 0; i < 100; i++) {
    test_server_send_media (f.server, VIDEO, T0 + 1000 + 300 * i, key_frame,
        sizeof key_frame);
    send_audio (1000 + 300 * i);
    wait_buffer ("video", before + i);
  }
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":12}");
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (f.server, TEST_SIGNALING, 13, answered[0] + 1);
  test_server_wait_for (f.server, TEST_MEDIA, 13, answered[1] + 1);
}

static void
check_end (void)
{
  test_server_terminate (f.server, 6);
  wait_event ("video", GST_EVENT_EOS, 0);
  wait_event ("transcript", GST_EVENT_EOS, 0);
  tear_down ();
}

GST_START_TEST (test_full_disk_stops_one_branch_alone)
{
  set_up_branch ("filesink buffer-mode=unbuffered location=/dev/full");
  play_until_ready ();
  send_audio (0);
  fail_unless_equals_int (wait_error (GST_RESOURCE_ERROR, ""),
      GST_RESOURCE_ERROR_NO_SPACE_LEFT);
  wait_event ("audio", GST_EVENT_EOS, 0);
  check_others_go_on ();
  check_end ();
}

GST_END_TEST;

/* As a decoder that gives up does. */
GST_START_TEST (test_failing_decoder_stops_one_branch_alone)
{
  set_up_branch ("identity error-after=3 ! fakesink async=false");
  play_until_ready ();
  for (guint i = 0; i < 5; i++)
    send_audio (20 * i);
  wait_error (GST_CORE_ERROR, "");
  wait_event ("audio", GST_EVENT_EOS, 0);
  check_others_go_on ();
  check_end ();
}

GST_END_TEST;

/* The element says of itself which pad it was, once. */
GST_START_TEST (test_failing_branch_is_named)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  set_up_branch ("identity error-after=1 ! fakesink async=false");
  play_until_ready ();
  send_audio (0);
  send_audio (20);
  do {
    g_clear_pointer (&message, gst_message_unref);
    message = gst_bus_timed_pop_filtered (f.bus, BUS_TIMEOUT,
        GST_MESSAGE_ERROR);
    fail_unless (message != NULL, "no error came");
  } while (GST_MESSAGE_SRC (message) != GST_OBJECT (f.src));
  gst_message_parse_error (message, &error, &debug);
  fail_unless (strstr (error->message, "audio") != NULL, "%s",
      error->message);
  fail_unless (strstr (debug, "error") != NULL, "%s", debug);
  g_clear_pointer (&message, gst_message_unref);
  check_others_go_on ();
  fail_unless (gst_bus_pop_filtered (f.bus, GST_MESSAGE_ERROR) == NULL);
  check_end ();
}

GST_END_TEST;

static GstPadProbeReturn
block (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_OK;
}

/* However long it stands, nothing waits for it; it may go on, and the element
 * may be stopped meanwhile. */
GST_START_TEST (test_sink_that_stands_still_holds_up_nothing)
{
  guint before;
  gulong id;

  set_up_branch ("fakesink async=false");
  g_object_set (f.src, "max-queue-time", 10 * GST_SECOND, NULL);
  play_until_ready ();
  send_audio (0);
  wait_buffer ("audio", 0);
  id = gst_pad_add_probe (get_capture ("audio")->pad,
      GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, block, NULL, NULL);
  check_others_go_on ();
  /* Half a minute is more than the queue may hold. */
  wait_message (GST_MESSAGE_WARNING);

  if (__i__ == 0) {
    g_mutex_lock (&f.lock);
    before = get_capture ("audio")->buffers->len;
    g_mutex_unlock (&f.lock);
    gst_pad_remove_probe (get_capture ("audio")->pad, id);
    wait_buffer ("audio", before);
    test_server_terminate (f.server, 6);
    wait_message (GST_MESSAGE_EOS);
  }
  tear_down ();
}

GST_END_TEST;

static Suite *
downstream_suite (void)
{
  Suite *suite = suite_create ("downstream");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_full_disk_stops_one_branch_alone);
  tcase_add_test (tc, test_failing_decoder_stops_one_branch_alone);
  tcase_add_test (tc, test_failing_branch_is_named);
  tcase_add_loop_test (tc, test_sink_that_stands_still_holds_up_nothing, 0,
      2);
  return suite;
}

GST_CHECK_MAIN (downstream);
