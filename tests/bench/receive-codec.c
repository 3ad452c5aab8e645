/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The plugin's own sockets and codec, without GStreamer. */

#include "ext/json/rtmsjson.h"
#include "ext/websocket/rtmswebsocket.h"
#include "tally.h"

typedef struct {
  RtmsNetworkThread *thread;
  guint id;
  RtmsJsonReader *reader;
  RtmsWebsocket *websocket;
} Meeting;

static GMutex lock;
static GCond cond;
static guint n_closed;

static void
alloc_data (RtmsData *data, gsize size, gpointer user_data)
{
  data->bytes = data->owner = g_malloc (size ? size : 1);
}

static void
free_data (RtmsData *data, gpointer user_data)
{
  g_free (data->owner);
}

static void
on_opened (gpointer user_data)
{
}

static void
on_received (const gchar *text, gsize length, gpointer user_data)
{
  Meeting *meeting = user_data;
  g_auto (RtmsMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (!rtms_json_reader_decode (meeting->reader, text, length, &message,
          &error))
    g_error ("%s", error->message);
  if (message.media.data.owner) {
    tally_add (message.media.data.bytes, message.media.data.size);
    free_data (&message.media.data, NULL);
  }
}

static void
on_closed (guint code, const GError *error, gpointer user_data)
{
  if (error)
    g_error ("%s", error->message);
  g_mutex_lock (&lock);
  n_closed++;
  g_cond_signal (&cond);
  g_mutex_unlock (&lock);
}

static void
start (gpointer user_data)
{
  static const RtmsWebsocketCallbacks callbacks = { on_opened, on_received,
    on_closed };
  static const RtmsDataAllocator allocator = { .alloc = alloc_data,
    .free = free_data };
  const RtmsWebsocketConfig config = { tally_options.ca_file,
    16 * 1024 * 1024 };
  Meeting *meeting = user_data;
  g_autofree gchar *url = g_strdup_printf ("%s/stream/%u",
      tally_options.url, meeting->id);

  meeting->reader = rtms_json_reader_new (&allocator, NULL);
  meeting->websocket = rtms_websocket_new (meeting->thread, url, &config,
      &callbacks, meeting);
}

static void
stop (gpointer user_data)
{
  Meeting *meeting = user_data;

  rtms_websocket_free (meeting->websocket);
  rtms_json_reader_free (meeting->reader);
}

int
main (int argc, char **argv)
{
  g_autofree Meeting *meetings = NULL;
  guint n;

  tally_init (&argc, &argv);
  n = (guint) tally_options.meetings;
  meetings = g_new0 (Meeting, n);
  for (guint i = 0; i < n; i++) {
    meetings[i].thread = rtms_network_thread_acquire (0);
    meetings[i].id = i;
    rtms_network_thread_call (meetings[i].thread, start, &meetings[i]);
  }
  g_mutex_lock (&lock);
  while (n_closed < n)
    g_cond_wait (&cond, &lock);
  g_mutex_unlock (&lock);
  tally_print ();
  for (guint i = 0; i < n; i++) {
    rtms_network_thread_call (meetings[i].thread, stop, &meetings[i]);
    rtms_network_thread_release (meetings[i].thread);
  }
  return 0;
}
