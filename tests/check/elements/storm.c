/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rtmssrc under whatever an application may do to it, at once and in any
 * order, while media come.
 *
 * RTMS_STORM is how many things are done, by default 10000; RTMS_STORM_SEED
 * does again what a run printed. */

#include "fixture.h"

#include <stdlib.h>

#define N_THREADS 3
#define N_PARTICIPANTS 24

typedef struct {
  GRand *rand;
  guint steps;
} Thread;

/* Pads without elements: nothing else than rtmssrc changes its state. */
static GMutex sinks_lock;
static GPtrArray *sinks;        /* of GstPad, linked or not */
static gint n_buffers;
static guint n_ended;           /* f.lock */

static guint
get_number (const gchar *variable, guint fallback)
{
  const gchar *text = g_getenv (variable);

  return text ? (guint) strtoul (text, NULL, 10) : fallback;
}

static guint32
choose_seed (void)
{
  guint32 seed = get_number ("RTMS_STORM_SEED", g_random_int ());

  g_print ("RTMS_STORM_SEED=%u\n", seed);
  return seed;
}

static GstFlowReturn
count_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gst_buffer_unref (buffer);
  g_atomic_int_inc (&n_buffers);
  return GST_FLOW_OK;
}

static gboolean
take_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

static GstPad *
create_sink (void)
{
  GstPad *sink = gst_object_ref_sink (gst_pad_new (NULL, GST_PAD_SINK));

  gst_pad_set_chain_function (sink, count_buffer);
  gst_pad_set_event_function (sink, take_event);
  gst_pad_set_active (sink, TRUE);
  return sink;
}

static void
link_pad (GstElement *src, GstPad *pad, gpointer user_data)
{
  GstPad *sink = create_sink ();

  if (gst_pad_link (pad, sink) != GST_PAD_LINK_OK) {
    gst_pad_set_active (sink, FALSE);
    gst_object_unref (sink);
    return;
  }
  /* Two linked pads must not go at the same time. */
  g_object_set_data_full (G_OBJECT (sink), "peer", gst_object_ref (pad),
      gst_object_unref);
  g_mutex_lock (&sinks_lock);
  g_ptr_array_add (sinks, sink);
  g_mutex_unlock (&sinks_lock);
}

static void
free_sink (gpointer data)
{
  GstPad *sink = data;

  gst_pad_set_active (sink, FALSE);
  gst_object_unref (sink);
}

static void
set_up_storm (void)
{
  set_up (NULL);
  g_signal_handlers_disconnect_by_func (f.src, on_pad_added, NULL);
  g_signal_connect (f.src, "pad-added", G_CALLBACK (link_pad), NULL);
  sinks = g_ptr_array_new_with_free_func (free_sink);
}

static gboolean
has_pads (void)
{
  gboolean has;

  GST_OBJECT_LOCK (f.src);
  has = f.src->numpads > 0;
  GST_OBJECT_UNLOCK (f.src);
  return has;
}

static GstPad *
get_random_pad (GRand *rand)
{
  GstPad *pad = NULL;

  GST_OBJECT_LOCK (f.src);
  if (f.src->numpads > 0)
    pad = gst_object_ref (g_list_nth_data (f.src->pads,
            g_rand_int (rand) % f.src->numpads));
  GST_OBJECT_UNLOCK (f.src);
  return pad;
}

/* Before a buffer passes, as GStreamer asks of those who link anew. */
static GstPadProbeReturn
on_blocked (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);

  if (peer)
    gst_pad_unlink (pad, peer);
  if (peer == NULL || GPOINTER_TO_INT (user_data))
    link_pad (f.src, pad, NULL);
  return GST_PAD_PROBE_REMOVE;
}

static void
relink (GRand *rand)
{
  g_autoptr (GstPad) pad = get_random_pad (rand);

  if (pad)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK
        | GST_PAD_PROBE_TYPE_BUFFER, on_blocked,
        GINT_TO_POINTER (g_rand_int (rand) % 2), NULL);
}

static void
flush_pad (GRand *rand)
{
  g_autoptr (GstPad) pad = get_random_pad (rand);

  if (pad == NULL)
    return;
  gst_pad_push_event (pad, gst_event_new_flush_start ());
  gst_pad_push_event (pad, gst_event_new_flush_stop (TRUE));
}

static void
look (void)
{
  g_autoptr (GstStructure) stats = NULL;
  g_autoptr (GstQuery) latency = gst_query_new_latency ();
  gint64 position;

  g_object_get (f.src, "stats", &stats, NULL);
  fail_unless (gst_structure_has_field (stats, "messages"));
  gst_element_query_position (f.src, GST_FORMAT_TIME, &position);
  gst_element_query (f.src, latency);
}

static void
change_property (GRand *rand)
{
  static const gchar *const modes[] = { "mixed", "participants" };
  static const gchar *const connections[] = { "unified", "split" };

  switch (g_rand_int (rand) % 5) {
    case 0:
      gst_util_set_object_arg (G_OBJECT (f.src), "audio-mode",
          modes[g_rand_int (rand) % 2]);
      break;
    case 1:
      gst_util_set_object_arg (G_OBJECT (f.src), "connections",
          connections[g_rand_int (rand) % 2]);
      break;
    case 2:
      g_object_set (f.src, "video-user-id", (guint64) g_rand_int (rand),
          NULL);
      break;
    case 3:
      g_object_set (f.src, "context-wait", g_rand_int_range (rand, 0, 3),
          NULL);
      break;
    default:
      g_object_set (f.src, "client-secret",
          g_rand_int (rand) % 2 ? "secret" : "another", NULL);
      break;
  }
}

static void
change_state (GRand *rand)
{
  static const GstState states[] = { GST_STATE_NULL, GST_STATE_READY,
    GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PLAYING };

  gst_element_set_state (f.pipeline,
      states[g_rand_int (rand) % G_N_ELEMENTS (states)]);
}

static void
send_something (GRand *rand)
{
  gint64 offset = g_rand_int (rand) % 10000;

  switch (g_rand_int (rand) % 8) {
    case 0:
      test_server_send_media (f.server, VIDEO, T0 + offset, key_frame,
          sizeof key_frame);
      break;
    case 1:
      send_line (offset, offset + 500);
      break;
    case 2:
      test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
      break;
    case 3:
      test_server_close (f.server, g_rand_int (rand) % TEST_N_SOCKETS,
          g_rand_int (rand) % 2 ? 1000 : 1011);
      break;
    case 4:
      test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,"
          "\"event\":{\"event_type\":7,\"timestamp\":1}}");
      break;
    case 5:
      if (g_rand_int (rand) % 8 == 0)
        test_server_terminate (f.server, 6);
      break;
    default:
      for (guint i = 0; i < 10; i++)
        send_audio (offset + 20 * i);
      break;
  }
}

static void
step (GRand *rand)
{
  switch (g_rand_int (rand) % 12) {
    case 0:
    case 1:
      relink (rand);
      break;
    case 2:
      flush_pad (rand);
      break;
    case 3:
      look ();
      break;
    case 4:
      change_property (rand);
      break;
    case 5:
      gst_element_send_event (f.pipeline, gst_event_new_eos ());
      break;
    case 6:
    case 7:
    case 8:
      send_something (rand);
      break;
    default:
      change_state (rand);
      break;
  }
}

static gpointer
run_steps (gpointer data)
{
  Thread *thread = data;

  for (guint i = 0; i < thread->steps; i++)
    step (thread->rand);
  return NULL;
}

static void
run_storm (guint32 seed, guint steps)
{
  GThread *threads[N_THREADS];
  Thread data[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++) {
    data[i] = (Thread) { g_rand_new_with_seed (seed + i),
      steps / N_THREADS };
    threads[i] = g_thread_new ("storm", run_steps, &data[i]);
  }
  for (guint i = 0; i < N_THREADS; i++) {
    g_thread_join (threads[i]);
    g_rand_free (data[i].rand);
  }
}

/* What is left of it is an element that works. */
GST_START_TEST (test_storm_of_state_changes)
{
  guint run;

  set_up_storm ();
  run_storm (choose_seed (), get_number ("RTMS_STORM", 10000));
  gst_element_set_state (f.pipeline, GST_STATE_NULL);
  fail_if (has_pads ());

  gst_bus_set_flushing (f.bus, TRUE);
  gst_bus_set_flushing (f.bus, FALSE);
  gst_util_set_object_arg (G_OBJECT (f.src), "audio-mode", "mixed");
  g_atomic_int_set (&n_buffers, 0);
  run = test_server_count (f.server, TEST_SIGNALING, 7);
  play ();
  test_server_wait_for (f.server, TEST_SIGNALING, 7, run + 1);
  send_audio (0);
  test_server_terminate (f.server, 6);
  while (g_atomic_int_get (&n_buffers) == 0)
    g_thread_yield ();
  gst_element_set_state (f.pipeline, GST_STATE_NULL);
  g_ptr_array_unref (sinks);
  tear_down ();
}

GST_END_TEST;

static void
on_pad_removed (GstElement *src, GstPad *pad, gpointer user_data)
{
  g_mutex_lock (&f.lock);
  g_cond_broadcast (&f.cond);
  g_mutex_unlock (&f.lock);
}

static void
send_voice (guint user_id, gint64 offset)
{
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":14,\"content\":{"
      "\"user_id\":%u,\"user_name\":\"P%u\",\"data\":\"AAAAAAAA\","
      "\"timestamp\":%" G_GINT64_FORMAT "}}", user_id, user_id, T0 + offset);
}

static void
send_leave (guint user_id)
{
  test_server_send (f.server, TEST_SIGNALING, "{\"msg_type\":6,\"event\":{"
      "\"event_type\":4,\"participants\":[{\"user_id\":%u}]}}", user_id);
}

/* Participants come, speak and leave, while their pads are linked, unlinked
 * and looked at. In the end all have left, and so have their pads. */
GST_START_TEST (test_storm_of_participants)
{
  guint32 seed = choose_seed ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint steps = get_number ("RTMS_STORM", 10000);

  set_up_storm ();
  g_signal_connect (f.src, "pad-removed", G_CALLBACK (on_pad_removed), NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "media", "audio");
  gst_util_set_object_arg (G_OBJECT (f.src), "audio-mode", "participants");
  play_until_ready ();
  for (guint i = 0; i < steps; i++) {
    guint user_id = 1 + g_rand_int (rand) % N_PARTICIPANTS;

    switch (g_rand_int (rand) % 8) {
      case 0:
      case 1:
        send_leave (user_id);
        break;
      case 2:
        relink (rand);
        break;
      case 3:
        look ();
        break;
      default:
        send_voice (user_id, 20 * i);
        break;
    }
    /* Not so far ahead that nothing is left to meet. */
    if (i % 100 == 99) {
      test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
      test_server_wait_for (f.server, TEST_MEDIA, 13, i / 100 + 1);
    }
  }
  for (guint user_id = 1; user_id <= N_PARTICIPANTS; user_id++)
    send_leave (user_id);
  g_mutex_lock (&f.lock);
  while (has_pads ())
    g_cond_wait (&f.cond, &f.lock);
  g_mutex_unlock (&f.lock);
  gst_element_set_state (f.pipeline, GST_STATE_NULL);
  g_ptr_array_unref (sinks);
  tear_down ();
}

GST_END_TEST;

/* What a pad may send: times that never go back, and lines of text that do not
 * overlap. */
typedef struct {
  gboolean is_text;
  GstClockTime last;            /* PTS of the buffer before */
  GstClockTime end;             /* where it ended */
  GstClockTime last_gap;
  guint n_buffers;
} Order;

static GstFlowReturn
check_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Order *order = gst_pad_get_element_private (pad);
  GstClockTime pts = GST_BUFFER_PTS (buffer);

  fail_unless (GST_CLOCK_TIME_IS_VALID (pts) && pts < G_MAXINT64);
  if (order->n_buffers++ > 0)
    fail_unless (pts >= (order->is_text ? order->end : order->last),
        "%" GST_TIME_FORMAT " after %" GST_TIME_FORMAT, GST_TIME_ARGS (pts),
        GST_TIME_ARGS (order->last));
  order->last = order->end = pts;
  if (GST_BUFFER_DURATION_IS_VALID (buffer)) {
    fail_unless (GST_BUFFER_DURATION (buffer) <= 61 * GST_SECOND);
    order->end += GST_BUFFER_DURATION (buffer);
  }
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
check_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Order *order = gst_pad_get_element_private (pad);
  GstClockTime start, duration;

  if (GST_EVENT_TYPE (event) == GST_EVENT_GAP) {
    gst_event_parse_gap (event, &start, &duration);
    fail_unless (start >= order->last_gap && duration > 0
        && duration < G_MAXINT64);
    order->last_gap = start;
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    g_mutex_lock (&f.lock);
    n_ended++;
    g_cond_broadcast (&f.cond);
    g_mutex_unlock (&f.lock);
  }
  gst_event_unref (event);
  return TRUE;
}

static void
link_checked (GstElement *src, GstPad *pad, gpointer user_data)
{
  GstPad *sink = create_sink ();
  Order *order = g_new0 (Order, 1);

  order->is_text = g_str_equal (GST_PAD_NAME (pad), "transcript");
  gst_pad_set_element_private (sink, order);
  g_object_set_data_full (G_OBJECT (sink), "order", order, g_free);
  gst_pad_set_chain_function (sink, check_buffer);
  gst_pad_set_event_function (sink, check_event);
  fail_unless_equals_int (gst_pad_link (pad, sink), GST_PAD_LINK_OK);
  g_ptr_array_add (sinks, sink);
}

/* Unix ms. Mostly as it should be; out of order, twice, from a clock that was
 * set, or nonsense. */
static gint64
choose_timestamp (GRand *rand, gint64 *clock)
{
  *clock += 20;
  switch (g_rand_int (rand) % 40) {
    case 0:
      return g_rand_int (rand);
    case 1:
      return (gint64) ((guint64) g_rand_int (rand) << 32
          | g_rand_int (rand));
    case 2:
      return -1;
    case 3:
      return 0;
    case 4:
      *clock += g_rand_int_range (rand, -3000, 3000);
      return *clock;
    case 5:
      if (g_rand_int (rand) % 10 == 0)
        *clock += g_rand_int_range (rand, -1000000, 1000000);
      return *clock;
    case 6:
      return *clock - 20;
    case 7:
    case 8:
      return *clock + g_rand_int_range (rand, -200, 200);
    default:
      return *clock;
  }
}

static void
send_at_random (GRand *rand, gint64 timestamp)
{
  gboolean is_key = g_rand_int (rand) % 3 == 0;

  switch (g_rand_int (rand) % 4) {
    case 0:
      test_server_send_media (f.server, VIDEO, timestamp,
          is_key ? key_frame : delta_frame,
          is_key ? sizeof key_frame : sizeof delta_frame);
      break;
    case 1:
      test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":17,"
          "\"content\":{\"start_time\":%" G_GINT64_FORMAT
          ",\"end_time\":%" G_GINT64_FORMAT ",\"timestamp\":%"
          G_GINT64_FORMAT ",\"data\":\"x\"}}", timestamp,
          timestamp + g_rand_int_range (rand, -1000, 5000), timestamp);
      break;
    default:
      test_server_send_media (f.server, AUDIO, timestamp, audio_packet,
          4 * g_rand_int_range (rand, 1, 160));
      break;
  }
}

/* Whatever a server's clock does, no pad goes back in time. */
GST_START_TEST (test_storm_of_timestamps)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (choose_seed ());
  guint steps = get_number ("RTMS_STORM", 10000) / 2;
  gint64 clock = T0;

  set_up_storm ();
  n_ended = 0;
  g_signal_handlers_disconnect_by_func (f.src, link_pad, NULL);
  g_signal_connect (f.src, "pad-added", G_CALLBACK (link_checked), NULL);
  g_object_set (f.src, "gap-interval", 20, "startup-backlog",
      (gboolean) (g_rand_int (rand) % 2), NULL);
  play_until_ready ();
  for (guint i = 0; i < steps; i++) {
    send_at_random (rand, choose_timestamp (rand, &clock));
    if (i % 100 == 99) {
      test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":12}");
      test_server_wait_for (f.server, TEST_MEDIA, 13, i / 100 + 1);
    }
  }
  test_server_terminate (f.server, 6);
  g_mutex_lock (&f.lock);
  while (n_ended < 3)
    g_cond_wait (&f.cond, &f.lock);
  g_mutex_unlock (&f.lock);
  gst_element_set_state (f.pipeline, GST_STATE_NULL);
  for (guint i = 0; i < sinks->len; i++) {
    Order *order = gst_pad_get_element_private (g_ptr_array_index (sinks,
            i));

    fail_unless (order->n_buffers > 0);
  }
  g_ptr_array_unref (sinks);
  tear_down ();
}

GST_END_TEST;

static Suite *
storm_suite (void)
{
  Suite *suite = suite_create ("storm");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_storm_of_state_changes);
  tcase_add_test (tc, test_storm_of_participants);
  tcase_add_test (tc, test_storm_of_timestamps);
  return suite;
}

GST_CHECK_MAIN (storm);
