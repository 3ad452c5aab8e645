/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

#include <string.h>

const guint8 key_frame[] = { 0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 2,
  0, 0, 0, 1, 0x65, 3 };
const guint8 delta_frame[] = { 0, 0, 0, 1, 0x41, 4 };
const guint8 audio_packet[640] = { 1, 2, 3 };

Fixture f;

static void
free_capture (gpointer data)
{
  Capture *capture = data;

  g_free (capture->name);
  gst_object_unref (capture->pad);
  g_ptr_array_unref (capture->buffers);
  g_ptr_array_unref (capture->events);
  g_free (capture);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Capture *capture = user_data;

  g_mutex_lock (&f.lock);
  if (GST_IS_BUFFER (info->data))
    g_ptr_array_add (capture->buffers, gst_buffer_ref (info->data));
  else
    g_ptr_array_add (capture->events, gst_event_ref (info->data));
  g_cond_broadcast (&f.cond);
  g_mutex_unlock (&f.lock);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_gone (gpointer user_data, GObject *pad)
{
  g_mutex_lock (&f.lock);
  f.n_pads--;
  g_cond_broadcast (&f.cond);
  g_mutex_unlock (&f.lock);
}

void
on_pad_added (GstElement *src, GstPad *pad, gpointer user_data)
{
  Capture *capture = g_new0 (Capture, 1), *old = NULL;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  fail_unless (caps != NULL && gst_caps_is_fixed (caps));
  capture->name = gst_pad_get_name (pad);
  capture->pad = gst_object_ref (pad);
  capture->buffers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  capture->events =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_event_unref);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, capture, NULL);

  if (f.link) {
    GstElement *sink = gst_element_factory_make ("fakesink", NULL);
    g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

    g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
    gst_bin_add (GST_BIN (f.pipeline), sink);
    gst_element_sync_state_with_parent (sink);
    fail_unless_equals_int (gst_pad_link (pad, sink_pad), GST_PAD_LINK_OK);
  }
  g_object_weak_ref (G_OBJECT (pad), on_pad_gone, NULL);
  g_mutex_lock (&f.lock);
  f.n_pads++;
  g_hash_table_steal_extended (f.captures, capture->name, NULL,
      (gpointer *) &old);
  g_hash_table_insert (f.captures, capture->name, capture);
  g_mutex_unlock (&f.lock);
  if (old)
    free_capture (old);
}

static void
on_no_more_pads (GstElement *src, gpointer user_data)
{
  g_mutex_lock (&f.lock);
  f.no_more_pads = TRUE;
  g_cond_broadcast (&f.cond);
  g_mutex_unlock (&f.lock);
}

static gboolean
is_tracked (const gchar *type_name)
{
  GType type = g_type_from_name (type_name);

  return g_type_is_a (type, GST_TYPE_ELEMENT)
      || g_type_is_a (type, GST_TYPE_PAD) || g_type_is_a (type, GST_TYPE_BUS)
      || g_type_is_a (type, GST_TYPE_STREAM)
      || g_type_is_a (type, GST_TYPE_STREAM_COLLECTION)
      || type == GST_TYPE_BUFFER || type == GST_TYPE_EVENT
      || type == GST_TYPE_MESSAGE || type == GST_TYPE_QUERY;
}

static gint
count_tracked (const GstStructure *checkpoint, const gchar *list_name,
    GHashTable *counts, gint step)
{
  const GValue *list = gst_structure_get_value (checkpoint, list_name);
  guint size = gst_value_list_get_size (list);

  for (guint i = 0; i < size; i++) {
    const GstStructure *entry =
        gst_value_get_structure (gst_value_list_get_value (list, i));
    const gchar *name = gst_structure_get_string (entry, "type-name");

    if (is_tracked (name))
      g_hash_table_insert (counts, g_strdup (name), GINT_TO_POINTER (
              GPOINTER_TO_INT (g_hash_table_lookup (counts, name)) + step));
  }
  return (gint) size;
}

/* With GST_TRACERS=leaks, as the build runs this test, nothing that a pipeline
 * is made of and carries may be left behind. */
void
track_leaks (const gchar *action)
{
  GList *tracers = gst_tracing_get_active_tracers ();

  for (GList *l = tracers; l; l = l->next) {
    g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash,
        g_str_equal, g_free, NULL);
    g_autoptr (GstStructure) checkpoint = NULL;
    GHashTableIter iter;
    gpointer name, count;

    if (!g_str_equal (G_OBJECT_TYPE_NAME (l->data), "GstLeaksTracer"))
      continue;
    if (g_str_equal (action, "activity-start-tracking")) {
      g_signal_emit_by_name (l->data, action);
      continue;
    }
    g_signal_emit_by_name (l->data, action, &checkpoint);
    g_signal_emit_by_name (l->data, "activity-stop-tracking");
    fail_unless (count_tracked (checkpoint, "objects-created-list", counts,
            1) > 0);
    count_tracked (checkpoint, "objects-removed-list", counts, -1);
    g_hash_table_iter_init (&iter, counts);
    while (g_hash_table_iter_next (&iter, &name, &count))
      fail_if (GPOINTER_TO_INT (count) > 0, "%d × %s left behind",
          GPOINTER_TO_INT (count), (const gchar *) name);
  }
  g_list_free_full (tracers, gst_object_unref);
}

void
set_up (const TestServerAnswers *answers)
{
  static const TestServerAnswers usual = { TEST_SIGNALING_OK,
    TEST_MEDIA_OK };
  g_autofree gchar *payload = NULL;

  memset (&f, 0, sizeof f);
  track_leaks ("activity-start-tracking");
  g_mutex_init (&f.lock);
  g_cond_init (&f.cond);
  f.link = TRUE;
  f.captures = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
      free_capture);
  f.server = test_server_new (answers ? answers : &usual);
  payload = test_server_get_payload (f.server);
  f.pipeline = gst_pipeline_new (NULL);
  f.src = gst_element_factory_make ("rtmssrc", NULL);
  fail_unless (f.src != NULL);
  g_object_set (f.src, "payload", payload, "client-id", "id",
      "client-secret", "secret", NULL);
  gst_util_set_object_arg (G_OBJECT (f.src), "media",
      "audio+video+transcript");
  g_signal_connect (f.src, "pad-added", G_CALLBACK (on_pad_added), NULL);
  g_signal_connect (f.src, "no-more-pads", G_CALLBACK (on_no_more_pads),
      NULL);
  gst_bin_add (GST_BIN (f.pipeline), f.src);
  f.bus = gst_element_get_bus (f.pipeline);
}

static void
on_src_gone (gpointer user_data, GObject *src)
{
  g_mutex_lock (&f.lock);
  f.src = NULL;
  g_cond_broadcast (&f.cond);
  g_mutex_unlock (&f.lock);
}

void
tear_down (void)
{
  gint64 deadline = g_get_monotonic_time () + BUS_TIMEOUT / GST_USECOND;

  g_object_weak_ref (G_OBJECT (f.src), on_src_gone, NULL);
  gst_element_set_state (f.pipeline, GST_STATE_NULL);
  gst_object_unref (f.bus);
  gst_object_unref (f.pipeline);
  /* An element that was stopped on the network thread is let go there. */
  g_mutex_lock (&f.lock);
  while (f.src)
    g_cond_wait (&f.cond, &f.lock);
  g_mutex_unlock (&f.lock);
  g_hash_table_unref (f.captures);
  /* So is a pad, behind its last push; one that stays is told of below. */
  g_mutex_lock (&f.lock);
  while (f.n_pads && g_cond_wait_until (&f.cond, &f.lock, deadline));
  g_mutex_unlock (&f.lock);
  test_server_free (f.server);
  g_cond_clear (&f.cond);
  g_mutex_clear (&f.lock);
  track_leaks ("activity-get-checkpoint");
}

void
play (void)
{
  fail_if (gst_element_set_state (f.pipeline, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE);
}

void
play_until_ready (void)
{
  play ();
  test_server_wait_for (f.server, TEST_SIGNALING, 7, 1);
}

Capture *
get_capture (const gchar *name)
{
  Capture *capture = g_hash_table_lookup (f.captures, name);

  fail_unless (capture != NULL, "there is no pad %s", name);
  return capture;
}

GstBuffer *
wait_buffer (const gchar *name, guint index)
{
  Capture *capture;
  GstBuffer *buffer;

  g_mutex_lock (&f.lock);
  capture = get_capture (name);
  while (capture->buffers->len <= index)
    g_cond_wait (&f.cond, &f.lock);
  buffer = g_ptr_array_index (capture->buffers, index);
  g_mutex_unlock (&f.lock);
  return buffer;
}

static GstEvent *
find_event (Capture *capture, GstEventType type, guint nth)
{
  for (guint i = 0; i < capture->events->len; i++) {
    GstEvent *event = g_ptr_array_index (capture->events, i);

    if (GST_EVENT_TYPE (event) == type && nth-- == 0)
      return event;
  }
  return NULL;
}

GstEvent *
wait_event (const gchar *name, GstEventType type, guint nth)
{
  Capture *capture;
  GstEvent *event;

  g_mutex_lock (&f.lock);
  capture = get_capture (name);
  while ((event = find_event (capture, type, nth)) == NULL)
    g_cond_wait (&f.cond, &f.lock);
  g_mutex_unlock (&f.lock);
  return event;
}

void
wait_message (GstMessageType type)
{
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (f.bus,
      BUS_TIMEOUT, type | GST_MESSAGE_ERROR);

  fail_unless (message != NULL, "no message came");
  fail_unless_equals_int (GST_MESSAGE_TYPE (message), type);
}

/* The error's code, once its text has been looked at. */
gint
wait_error (GQuark domain, const gchar *named)
{
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (f.bus,
      BUS_TIMEOUT, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  g_autoptr (GError) error = NULL;

  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR,
      "no error came");
  gst_message_parse_error (message, &error, NULL);
  fail_unless (error->domain == domain, "%s", error->message);
  fail_unless (strstr (error->message, named) != NULL, "%s",
      error->message);
  return error->code;
}

void
send_audio (gint64 offset)
{
  test_server_send_media (f.server, AUDIO, T0 + offset, audio_packet,
      sizeof audio_packet);
}

void
send_line (gint64 start, gint64 end)
{
  test_server_send (f.server, TEST_MEDIA, "{\"msg_type\":17,\"content\":{"
      "\"start_time\":%" G_GINT64_FORMAT ",\"end_time\":%" G_GINT64_FORMAT
      ",\"timestamp\":%" G_GINT64_FORMAT ",\"data\":\"x\"}}", T0 + start,
      T0 + end, T0 + end);
}
