/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc: who pushes. A pad begins with a streaming thread of its own; once
 * it is quick, the network thread pushes; when it blocks, a thread again. */

#include "fixture.h"

/* A pad's caps and tags count too. */
#define QUICK_PACKETS 20

static guint next_packet;
static guint n_pushed;          /* buffers of audio; f.lock */
static GThread *pusher;         /* of the last of them; f.lock */
static GThread *blocked_thread;
static gboolean may_go;         /* f.lock */
static gboolean must_block;     /* f.lock */

static GstPadProbeReturn
on_audio (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_mutex_lock (&f.lock);
  pusher = g_thread_self ();
  n_pushed++;
  g_cond_broadcast (&f.cond);
  if (must_block) {
    must_block = FALSE;
    blocked_thread = pusher;
    while (!may_go)
      g_cond_wait (&f.cond, &f.lock);
  }
  g_mutex_unlock (&f.lock);
  return GST_PAD_PROBE_OK;
}

/* However slow the machine is, pushes count as quick unless they block. */
static void
make_quick (GstElement *src, GstPad *pad, gpointer user_data)
{
  g_object_set (pad, "quick-time", G_MAXINT, NULL);
  if (g_str_equal (GST_PAD_NAME (pad), "audio"))
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_audio, NULL, NULL);
}

static void
send_packets (guint n)
{
  for (guint i = 0; i < n; i++)
    send_audio (20 * next_packet++);
}

/* Whether the streaming thread of the audio comes or goes; waits for it up to
 * @timeout. */
static gboolean
take_status (GstStreamStatusType wanted, GstClockTime timeout)
{
  GstMessage *message;

  while ((message = gst_bus_timed_pop_filtered (f.bus, timeout,
              GST_MESSAGE_STREAM_STATUS | GST_MESSAGE_ERROR))) {
    GstStreamStatusType type = GST_STREAM_STATUS_TYPE_CREATE;
    GstElement *owner;
    gboolean is_audio = g_str_equal (GST_MESSAGE_SRC_NAME (message), "audio");

    fail_unless_equals_int (GST_MESSAGE_TYPE (message),
        GST_MESSAGE_STREAM_STATUS);
    gst_message_parse_stream_status (message, &type, &owner);
    gst_message_unref (message);
    if (is_audio && type == wanted)
      return TRUE;
  }
  return FALSE;
}

static void
set_up_quick (void)
{
  set_up (NULL);
  next_packet = n_pushed = 0;
  pusher = blocked_thread = NULL;
  may_go = must_block = FALSE;
  g_signal_connect (f.src, "pad-added", G_CALLBACK (make_quick), NULL);
  play_until_ready ();
}

static GThread *
get_pusher (void)
{
  GThread *thread;

  g_mutex_lock (&f.lock);
  while (n_pushed < next_packet)
    g_cond_wait (&f.cond, &f.lock);
  thread = pusher;
  g_mutex_unlock (&f.lock);
  return thread;
}

/* Until the network thread pushes the audio. A machine that is too busy may
 * take longer to find it quick. */
static void
warm_up (void)
{
  do {
    send_packets (1);
    get_pusher ();
  } while (!take_status (GST_STREAM_STATUS_TYPE_LEAVE, 0));
}

static void
block_next (void)
{
  g_mutex_lock (&f.lock);
  must_block = TRUE;
  g_mutex_unlock (&f.lock);
  send_packets (1);
  g_mutex_lock (&f.lock);
  while (blocked_thread == NULL)
    g_cond_wait (&f.cond, &f.lock);
  g_mutex_unlock (&f.lock);
}

static void
let_go (void)
{
  g_mutex_lock (&f.lock);
  may_go = TRUE;
  g_cond_broadcast (&f.cond);
  g_mutex_unlock (&f.lock);
}

static void
check_order (void)
{
  wait_buffer ("audio", next_packet - 1);
  for (guint i = 0; i < next_packet; i++)
    fail_unless_equals_uint64 (GST_BUFFER_PTS (wait_buffer ("audio", i))
        - GST_BUFFER_PTS (wait_buffer ("audio", 0)), i * 20 * GST_MSECOND);
}

GST_START_TEST (test_quick_pad_gives_up_its_thread)
{
  GThread *thread;

  set_up_quick ();
  send_packets (1);
  thread = get_pusher ();
  warm_up ();
  fail_unless (next_packet >= QUICK_PACKETS);
  send_packets (50);
  fail_if (get_pusher () == thread);
  check_order ();
  test_server_terminate (f.server, 6);
  wait_message (GST_MESSAGE_EOS);
  tear_down ();
}

GST_END_TEST;

/* Sockets are read and other pads pushed meanwhile, and nothing is lost. */
GST_START_TEST (test_quick_pad_that_blocks_gets_its_thread_back)
{
  set_up_quick ();
  warm_up ();
  block_next ();
  for (guint i = 0; i < 50; i++) {
    send_line (1000 * i, 1000 * i + 500);
    wait_buffer ("transcript", i);
  }
  send_packets (20);
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (f.server, TEST_MEDIA, 13, 1);
  let_go ();
  fail_unless (take_status (GST_STREAM_STATUS_TYPE_ENTER, BUS_TIMEOUT));
  check_order ();
  fail_if (get_pusher () == blocked_thread);
  test_server_terminate (f.server, 6);
  wait_event ("audio", GST_EVENT_EOS, 0);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_paused_quick_pad_waits_for_playing)
{
  set_up_quick ();
  warm_up ();
  gst_element_set_state (f.pipeline, GST_STATE_PAUSED);
  send_packets (10);
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (f.server, TEST_MEDIA, 13, 1);
  g_mutex_lock (&f.lock);
  fail_unless_equals_int (get_capture ("audio")->buffers->len,
      next_packet - 10);
  g_mutex_unlock (&f.lock);
  play ();
  check_order ();
  test_server_terminate (f.server, 6);
  wait_message (GST_MESSAGE_EOS);
  tear_down ();
}

GST_END_TEST;

/* The pad is deactivated, which lets a blocking probe go. */
GST_START_TEST (test_stopping_while_a_quick_pad_blocks)
{
  set_up_quick ();
  warm_up ();
  gst_pad_add_probe (get_capture ("audio")->pad,
      GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, NULL, NULL, NULL);
  send_packets (10);
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
  test_server_wait_for (f.server, TEST_MEDIA, 13, 1);
  tear_down ();
}

GST_END_TEST;

/* With media on their way all the time. */
GST_START_TEST (test_states_change_under_quick_pads)
{
  static const GstState states[] = { GST_STATE_PAUSED, GST_STATE_PLAYING,
    GST_STATE_READY, GST_STATE_PLAYING, GST_STATE_NULL };
  guint runs = 1;

  set_up_quick ();
  for (guint round = 0; round < 3; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
      send_packets (60);
      gst_element_set_state (f.pipeline, states[i]);
      if (states[i] == GST_STATE_PLAYING && i > 1)
        test_server_wait_for (f.server, TEST_SIGNALING, 7, ++runs);
    }
    play ();
    test_server_wait_for (f.server, TEST_SIGNALING, 7, ++runs);
  }
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_pads_keep_their_threads_if_wanted)
{
  GThread *thread;

  set_up_quick ();
  wait_event ("audio", GST_EVENT_TAG, 0);
  g_object_set (get_capture ("audio")->pad, "quick-time", 0, NULL);
  send_packets (1);
  thread = get_pusher ();
  for (guint i = 0; i < 100; i++) {
    send_packets (1);
    fail_unless (get_pusher () == thread);
  }
  tear_down ();
}

GST_END_TEST;

static Suite *
streaming_suite (void)
{
  Suite *suite = suite_create ("streaming");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_quick_pad_gives_up_its_thread);
  tcase_add_test (tc, test_quick_pad_that_blocks_gets_its_thread_back);
  tcase_add_test (tc, test_paused_quick_pad_waits_for_playing);
  tcase_add_test (tc, test_stopping_while_a_quick_pad_blocks);
  tcase_add_test (tc, test_states_change_under_quick_pads);
  tcase_add_test (tc, test_pads_keep_their_threads_if_wanted);
  return suite;
}

GST_CHECK_MAIN (streaming);
