/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The sender of the comparison: meetings' worth of prebuilt messages to
 * whoever connects, at the same cost for every receiver.
 *
 * It prints "port N", then "ready" when all meetings are connected; a line on
 * its input starts it. It prints "end MESSAGES BYTES CRC" when the receiver
 * has read all, and goes at the next line of input. */

#include "frames.h"
#include "peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define SECOND G_GINT64_CONSTANT (1000000000)
#define KEEP_ALIVE_INTERVAL (10 * SECOND)
/* A receiver that is so far behind loses messages, which are counted. */
#define PENDING_MAX (8 * 1024 * 1024)
/* Of a socket's turn at full speed. */
#define MESSAGES_PER_TURN 32
#define MEDIA_EPOCH_MS G_GINT64_CONSTANT (1700000000000)

typedef struct {
  Peer *media;
  Peer *signaling;
  gint64 phase;                 /* ns */
  guint64 sent[N_STREAMS];
} Meeting;

/* When a meeting's stream is due next; a heap of these. */
typedef struct {
  gint64 time;
  guint meeting;
  StreamKind kind;
} Due;

typedef struct {
  int epoll_fd;
  int listener;
  guint port;
  SSL_CTX *context;
  Stream streams[N_STREAMS];
  Meeting *meetings;
  guint n_ready;
  guint n_pongs;
  GPtrArray *peers;

  GArray *heap;                 /* of Due */
  gint64 begin;
  gint64 keep_alive;
  guint64 messages;
  guint64 bytes;
  guint64 crc;
  guint64 skipped;
} Sender;

static gint n_meetings = 1;
static gdouble duration = 10;
static gboolean full_speed;
static gboolean with_crc;
static gboolean deflated;
static gchar *profile_name;
static gchar *certificate;
static gchar *key;
static gchar *video;
static gint seed = 1;

static const GOptionEntry entries[] = {
  { "meetings", 0, 0, G_OPTION_ARG_INT, &n_meetings, "how many", "N" },
  { "duration", 0, 0, G_OPTION_ARG_DOUBLE, &duration, "of media", "S" },
  { "full-speed", 0, 0, G_OPTION_ARG_NONE, &full_speed,
    "as fast as it is read, not in real time", NULL },
  { "crc", 0, 0, G_OPTION_ARG_NONE, &with_crc, "sum up the payloads", NULL },
  { "deflate", 0, 0, G_OPTION_ARG_NONE, &deflated,
    "by permessage-deflate", NULL },
  { "profile", 0, 0, G_OPTION_ARG_STRING, &profile_name,
    "light or heavy", "NAME" },
  { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate,
    "for wss", "PEM" },
  { "key", 0, 0, G_OPTION_ARG_FILENAME, &key, "of it", "PEM" },
  { "video", 0, 0, G_OPTION_ARG_FILENAME, &video,
    "H.264 to send instead of noise", "FILE" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "of the phases", "N" },
  { NULL }
};

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * SECOND + now.tv_nsec;
}

static void
sift_down (GArray *heap, guint i)
{
  Due *due = (Due *) heap->data, moved = due[i];

  for (;;) {
    guint child = 2 * i + 1;

    if (child >= heap->len)
      break;
    if (child + 1 < heap->len && due[child + 1].time < due[child].time)
      child++;
    if (due[child].time >= moved.time)
      break;
    due[i] = due[child];
    i = child;
  }
  due[i] = moved;
}

static void
send_message (Sender *sender, guint index, StreamKind kind)
{
  Meeting *meeting = &sender->meetings[index];
  Stream *stream = &sender->streams[kind];
  Frame *frame = &g_array_index (stream->frames, Frame,
      meeting->sent[kind] % stream->frames->len);
  gint64 media_ms = (gint64) meeting->sent[kind] * stream->interval
      / 1000000;

  meeting->sent[kind]++;
  if (!full_speed && peer_get_pending (meeting->media) > PENDING_MAX) {
    sender->skipped++;
    return;
  }
  frame_stamp (frame, now_ns (), MEDIA_EPOCH_MS + media_ms);
  peer_send (meeting->media, frame->bytes, frame->size);
  sender->messages++;
  sender->bytes += frame->payload_size;
  if (with_crc)
    sender->crc += crc32 (0, frame->payload, (guint) frame->payload_size);
}

static void
on_ready (Peer *peer, guint index, gpointer user_data)
{
  Sender *sender = user_data;

  if (index >= (guint) n_meetings || sender->meetings[index].media)
    return;
  sender->meetings[index].media = peer;
  sender->n_ready++;
}

static void
on_pong (Peer *peer, gpointer user_data)
{
  Sender *sender = user_data;

  sender->n_pongs++;
}

static void
set_events (Sender *sender, Peer *peer)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = peer };

  if (peer_get_pending (peer) > 0)
    event.events |= EPOLLOUT;
  epoll_ctl (sender->epoll_fd, EPOLL_CTL_MOD, peer_get_fd (peer), &event);
}

static void
accept_peer (Sender *sender)
{
  static const PeerCallbacks callbacks = { on_ready, on_pong };
  int fd = accept4 (sender->listener, NULL, NULL, SOCK_NONBLOCK
      | SOCK_CLOEXEC);
  struct epoll_event event = { .events = EPOLLIN };

  if (fd < 0)
    return;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int) { 1 }, sizeof (int));
  event.data.ptr = peer_new (fd, sender->context, sender->port, deflated,
      &callbacks, sender);
  g_ptr_array_add (sender->peers, event.data.ptr);
  epoll_ctl (sender->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* Until @time (ns), or for 100 ms. */
static void
wait_for_sockets (Sender *sender, gint64 time)
{
  struct pollfd poll_fd = { sender->epoll_fd, POLLIN, 0 };
  gint64 wait = CLAMP (time - now_ns (), 0, SECOND / 10);
  struct timespec timeout = { 0, wait };
  struct epoll_event events[64];
  int n;

  if (ppoll (&poll_fd, 1, &timeout, NULL) <= 0)
    return;
  n = epoll_wait (sender->epoll_fd, events, G_N_ELEMENTS (events), 0);
  for (int i = 0; i < n; i++) {
    Peer *peer = events[i].data.ptr;

    if (peer == NULL) {
      accept_peer (sender);
      continue;
    }
    if (events[i].events & EPOLLOUT)
      peer_flush (peer);
    if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
      peer_read (peer);
    if (peer_is_closed (peer))
      epoll_ctl (sender->epoll_fd, EPOLL_CTL_DEL, peer_get_fd (peer), NULL);
    else
      set_events (sender, peer);
  }
}

static void
send_keep_alives (Sender *sender, gint64 now)
{
  if (now < sender->keep_alive)
    return;
  sender->keep_alive = now + KEEP_ALIVE_INTERVAL;
  for (guint i = 0; i < sender->peers->len; i++) {
    Peer *peer = g_ptr_array_index (sender->peers, i);

    if (!peer_is_media (peer) && !peer_is_closed (peer))
      peer_send_text (peer, "{\"msg_type\":12,\"timestamp\":1700000000000}");
  }
}

static void
run_paced (Sender *sender)
{
  gint64 end = (gint64) (duration * SECOND);
  guint live = sender->heap->len;

  for (guint i = sender->heap->len / 2 + 1; i-- > 0;)
    sift_down (sender->heap, i);
  while (live > 0) {
    Due *due = &g_array_index (sender->heap, Due, 0);
    gint64 now = now_ns () - sender->begin;

    if (due->time > now) {
      send_keep_alives (sender, now);
      wait_for_sockets (sender, sender->begin + due->time);
      continue;
    }
    send_message (sender, due->meeting, due->kind);
    if (peer_get_pending (sender->meetings[due->meeting].media))
      set_events (sender, sender->meetings[due->meeting].media);
    due->time += sender->streams[due->kind].interval;
    if (due->time - sender->meetings[due->meeting].phase >= end) {
      due->time = G_MAXINT64;
      live--;
    }
    sift_down (sender->heap, 0);
  }
}

/* The stream of a meeting that is behind the other, or none at the end. */
static gint
next_kind (Sender *sender, const Meeting *meeting)
{
  gint64 audio = (gint64) meeting->sent[STREAM_AUDIO]
      * sender->streams[STREAM_AUDIO].interval;
  gint64 next = (gint64) meeting->sent[STREAM_VIDEO]
      * sender->streams[STREAM_VIDEO].interval;

  if (MIN (audio, next) >= (gint64) (duration * SECOND))
    return -1;
  return audio <= next ? STREAM_AUDIO : STREAM_VIDEO;
}

static void
run_full_speed (Sender *sender)
{
  guint live = (guint) n_meetings;

  while (live > 0) {
    gboolean idle = TRUE;

    live = 0;
    for (guint i = 0; i < (guint) n_meetings; i++) {
      Meeting *meeting = &sender->meetings[i];
      gint kind = next_kind (sender, meeting);

      for (guint n = 0; n < MESSAGES_PER_TURN && kind >= 0
          && peer_get_pending (meeting->media) == 0; n++) {
        send_message (sender, i, (StreamKind) kind);
        kind = next_kind (sender, meeting);
        idle = FALSE;
      }
      live += kind >= 0;
      set_events (sender, meeting->media);
    }
    wait_for_sockets (sender, idle ? G_MAXINT64 : 0);
  }
}

static void
listen_on_any_port (Sender *sender)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;
  struct epoll_event event = { .events = EPOLLIN };

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  sender->listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK
      | SOCK_CLOEXEC, 0);
  if (bind (sender->listener, (struct sockaddr *) &address, size) < 0
      || listen (sender->listener, 1024) < 0
      || getsockname (sender->listener, (struct sockaddr *) &address,
          &size) < 0)
    g_error ("Cannot listen: %s", g_strerror (errno));
  sender->port = ntohs (address.sin_port);
  sender->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  epoll_ctl (sender->epoll_fd, EPOLL_CTL_ADD, sender->listener, &event);
}

static void
create_context (Sender *sender)
{
  if (certificate == NULL)
    return;
  sender->context = SSL_CTX_new (TLS_server_method ());
  SSL_CTX_set_mode (sender->context, SSL_MODE_ENABLE_PARTIAL_WRITE
      | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_file (sender->context, certificate,
          SSL_FILETYPE_PEM) != 1
      || SSL_CTX_use_PrivateKey_file (sender->context, key,
          SSL_FILETYPE_PEM) != 1)
    g_error ("The certificate and its key cannot be read");
}

/* Random phases, the same for the same seed. */
static void
schedule (Sender *sender)
{
  GRand *random = g_rand_new_with_seed ((guint32) seed);

  sender->meetings = g_new0 (Meeting, n_meetings);
  sender->heap = g_array_new (FALSE, FALSE, sizeof (Due));
  for (guint i = 0; i < (guint) n_meetings; i++) {
    Meeting *meeting = &sender->meetings[i];

    meeting->phase = (gint64) g_rand_int_range (random, 0, SECOND / 10);
    for (guint kind = 0; kind < N_STREAMS; kind++) {
      Due due = { meeting->phase, i, kind };

      g_array_append_val (sender->heap, due);
    }
  }
  g_rand_free (random);
}

static void
await_command (void)
{
  gchar line[16];

  if (fgets (line, sizeof line, stdin) == NULL)
    exit (1);
}

static void
finish (Sender *sender)
{
  for (guint i = 0; i < (guint) n_meetings; i++) {
    peer_ping (sender->meetings[i].media);
    set_events (sender, sender->meetings[i].media);
  }
  while (sender->n_pongs < (guint) n_meetings)
    wait_for_sockets (sender, G_MAXINT64);
  printf ("end %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %"
      G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %.3f\n", sender->messages,
      sender->bytes, sender->crc, sender->skipped,
      (gdouble) (now_ns () - sender->begin) / SECOND);
  fflush (stdout);
  await_command ();

  for (guint i = 0; i < sender->peers->len; i++) {
    Peer *peer = g_ptr_array_index (sender->peers, i);

    if (!peer_is_media (peer))
      peer_send_text (peer, "{\"msg_type\":8,\"state\":4,\"reason\":6,"
          "\"timestamp\":1700000000000}");
    peer_close (peer);
    set_events (sender, peer);
  }
}

static void
allow_many_sockets (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const Profile *profile;
  Sender sender = { 0 };
  guint n_closed = 0;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  profile = profile_find (profile_name ? profile_name : "light");
  if (profile == NULL) {
    g_printerr ("There is no profile %s\n", profile_name);
    return 2;
  }
  allow_many_sockets ();
  /* Sleeps that end when they should. */
  prctl (PR_SET_TIMERSLACK, 1);
  profile_create_streams (profile, video, (guint32) seed, deflated,
      sender.streams);
  sender.peers = g_ptr_array_new_with_free_func ((GDestroyNotify) peer_free);
  schedule (&sender);
  create_context (&sender);
  listen_on_any_port (&sender);
  printf ("port %u\n", sender.port);
  fflush (stdout);

  while (sender.n_ready < (guint) n_meetings)
    wait_for_sockets (&sender, G_MAXINT64);
  printf ("ready\n");
  fflush (stdout);
  await_command ();
  sender.begin = now_ns ();
  sender.keep_alive = KEEP_ALIVE_INTERVAL;
  if (full_speed)
    run_full_speed (&sender);
  else
    run_paced (&sender);
  finish (&sender);
  while (n_closed < sender.peers->len) {
    wait_for_sockets (&sender, G_MAXINT64);
    n_closed = 0;
    for (guint i = 0; i < sender.peers->len; i++)
      n_closed += peer_is_closed (g_ptr_array_index (sender.peers, i));
  }

  g_ptr_array_unref (sender.peers);
  g_array_unref (sender.heap);
  g_free (sender.meetings);
  streams_clear (sender.streams);
  SSL_CTX_free (sender.context);
  return 0;
}
