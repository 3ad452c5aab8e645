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

  switch (g_rand_int (rand) % 4) {
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

static Suite *
storm_suite (void)
{
  Suite *suite = suite_create ("storm");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_storm_of_state_changes);
  tcase_add_test (tc, test_storm_of_participants);
  return suite;
}

GST_CHECK_MAIN (storm);
