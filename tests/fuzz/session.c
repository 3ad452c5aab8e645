/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The session with sockets that the bytes play: they open, close, say
 * anything and let time pass. What must hold whatever they do stands in the
 * callbacks, and behind each step. */

#include "gst/rtms/protocol/rtmssession.h"

#include "fuzz.h"

#define SECOND G_TIME_SPAN_SECOND
/* More steps at one time than any socket has states: a busy loop. */
#define STEPS_MAX 64
/* Zoom waits 65 s; with a handshake and the drain behind it, nothing takes
 * longer than this to give up. */
#define END_MAX (300 * SECOND)

typedef enum {
  MODEL_CLOSED,
  MODEL_CONNECTING,
  MODEL_OPEN,
} ModelSocket;

typedef struct {
  ModelSocket sockets[RTMS_N_SOCKETS];
  gint64 now;
  guint confirmed;              /* kinds */
  guint n_confirmed;
  guint n_ends;
  guint n_interrupted;
} Model;

static gchar *urls[] = { (gchar *) "wss://a.zoom.us/signal",
  (gchar *) "wss://evil.example/", (gchar *) "ws://127.0.0.1:1/signal",
  NULL };
static const RtmsPayload payload = {
  .product = RTMS_PRODUCT_MEETING,
  .instance_id = (gchar *) "meeting",
  .stream_id = (gchar *) "stream",
  .signaling_urls = urls,
};
static gchar *hosts[] = { (gchar *) "*.zoom.us", NULL };
static const RtmsUrlPolicy policy = { hosts, FALSE };

static void
on_connect (RtmsSocketId id, const gchar *url, gpointer user_data)
{
  Model *model = user_data;

  g_assert_cmpuint (model->n_ends, ==, 0);
  /* Never two for one connection, and never to where it may not. */
  g_assert_cmpint (model->sockets[id], ==, MODEL_CLOSED);
  g_assert_true (rtms_url_policy_check (&policy, url, NULL, NULL));
  if (id != RTMS_SOCKET_SIGNALING)
    g_assert_cmpint (model->sockets[RTMS_SOCKET_SIGNALING], ==, MODEL_OPEN);
  model->sockets[id] = MODEL_CONNECTING;
}

static void
on_send (RtmsSocketId id, const RtmsMessage *message, gpointer user_data)
{
  Model *model = user_data;

  g_assert_cmpuint (model->n_ends, ==, 0);
  g_assert_cmpint (model->sockets[id], ==, MODEL_OPEN);
  if (message->type == RTMS_MESSAGE_CLIENT_READY_ACK)
    g_assert_cmpuint (model->n_confirmed, ==, 1);
  if (message->signature)
    g_assert_true (message->type == RTMS_MESSAGE_SIGNALING_HAND_SHAKE_REQ
        || message->type == RTMS_MESSAGE_DATA_HAND_SHAKE_REQ);
}

static void
on_disconnect (RtmsSocketId id, gpointer user_data)
{
  Model *model = user_data;

  g_assert_cmpint (model->sockets[id], !=, MODEL_CLOSED);
  model->sockets[id] = MODEL_CLOSED;
}

static void
on_confirmed (const RtmsMediaParams *params, gpointer user_data)
{
  Model *model = user_data;

  g_assert_cmpuint (++model->n_confirmed, ==, 1);
  g_assert_cmpuint (model->n_ends, ==, 0);
  g_assert_cmpuint (params->kinds & ~RTMS_MEDIA_ALL_BITS, ==, 0);
  model->confirmed = params->kinds;
}

static void
on_interrupted (guint kinds, const GError *error, gpointer user_data)
{
  Model *model = user_data;

  g_assert_cmpuint (model->n_confirmed, ==, 1);
  g_assert_cmpuint (model->n_ends, ==, 0);
  model->n_interrupted++;
}

static void
on_resumed (guint kinds, gpointer user_data)
{
  Model *model = user_data;

  g_assert_cmpuint (model->n_interrupted, >, 0);
  g_assert_cmpuint (model->n_ends, ==, 0);
}

static void
on_medium_ended (guint kinds, const GError *error, gpointer user_data)
{
  Model *model = user_data;

  g_assert_cmpuint (model->n_confirmed, ==, 1);
  g_assert_cmpuint (model->n_ends, ==, 0);
}

static void
on_media (RtmsMedia *media, gpointer user_data)
{
  Model *model = user_data;

  g_assert_cmpuint (model->n_confirmed, ==, 1);
  g_assert_cmpuint (model->n_ends, ==, 0);
  g_assert_true (model->confirmed & RTMS_MEDIA_BIT (media->kind));
}

static void
on_event (const RtmsMessage *message, gpointer user_data)
{
  g_assert_cmpuint (((Model *) user_data)->n_ends, ==, 0);
}

static void
note_end (Model *model, const GError *error)
{
  g_assert_cmpuint (++model->n_ends, ==, 1);
  for (guint id = 0; id < RTMS_N_SOCKETS; id++)
    g_assert_cmpint (model->sockets[id], ==, MODEL_CLOSED);
  if (error)
    fuzz_assert_is_line (error->message);
}

static void
on_ended (gint stop_reason, const GError *error, gpointer user_data)
{
  note_end (user_data, error);
}

static void
on_failed (const GError *error, gint status_code, gpointer user_data)
{
  Model *model = user_data;

  /* A stream that was received ends, whatever happens. */
  g_assert_cmpuint (model->n_confirmed, ==, 0);
  g_assert_nonnull (error);
  note_end (model, error);
}

static const RtmsSessionCallbacks callbacks = {
  .connect = on_connect,
  .send = on_send,
  .disconnect = on_disconnect,
  .confirmed = on_confirmed,
  .interrupted = on_interrupted,
  .resumed = on_resumed,
  .medium_ended = on_medium_ended,
  .media = on_media,
  .event = on_event,
  .ended = on_ended,
  .failed = on_failed,
};

static const gchar *
choose_url (FuzzInput *input)
{
  static const gchar *const names[] = { NULL, "wss://m.zoom.us/all",
    "ws://127.0.0.1:1/m", "wss://evil.example/m", "not a url" };
  guint8 choice = fuzz_input_get_byte (input);

  return names[choice < 200 ? 1 : choice % G_N_ELEMENTS (names)];
}

static void
choose_fields (FuzzInput *input, RtmsMessage *message)
{
  guint8 choice = fuzz_input_get_byte (input);

  message->has_status = choice & 1;
  if (choice & 2)
    message->status_code = (gint) fuzz_input_get_number (input, 1);
  if (choice & 4)
    message->reason = (gint8) fuzz_input_get_byte (input);
  if (choice & 8)
    message->reason_text = g_strdup ("because");
  message->payload_encrypted = (choice & 0xf0) == 0xf0;
  message->has_timestamp = choice & 0x20;
  message->timestamp = (gint8) choice;
}

/* A message as ext/json would give it. */
static void
receive (RtmsSession *session, Model *model, RtmsSocketId id,
    FuzzInput *input)
{
  g_auto (RtmsMessage) message = { 0 };
  gint type = fuzz_input_get_byte (input) % 32;

  rtms_message_init (&message, type);
  rtms_media_params_init (&message.params);
  if (type >= RTMS_MESSAGE_MEDIA_DATA_AUDIO
      && type <= RTMS_MESSAGE_MEDIA_DATA_CHAT) {
    message.media.kind = (RtmsMediaKind) (type
        - RTMS_MESSAGE_MEDIA_DATA_AUDIO);
  } else {
    choose_fields (input, &message);
    message.event_type = message.state = fuzz_input_get_byte (input) % 16;
    if (type == RTMS_MESSAGE_SIGNALING_HAND_SHAKE_RESP) {
      message.urls.all = g_strdup (choose_url (input));
      for (guint i = 0; i < RTMS_N_MEDIA; i++)
        message.urls.media[i] = g_strdup (choose_url (input));
    }
    message.params.kinds = fuzz_input_get_byte (input)
        & RTMS_MEDIA_ALL_BITS;
    message.params.video.data_option = fuzz_input_get_byte (input) % 6;
  }
  rtms_session_receive (session, id, &message, model->now);
}

static void
close_socket (RtmsSession *session, Model *model, RtmsSocketId id,
    guint8 choice)
{
  static const guint codes[] = { 1000, 1001, 1005, 1006, 1011 };
  guint code = codes[choice % G_N_ELEMENTS (codes)];
  g_autoptr (GError) error = code == 1000 ? NULL : g_error_new (RTMS_ERROR,
      RTMS_ERROR_CLOSED, "closed with %u", code);

  if (model->sockets[id] == MODEL_CLOSED)
    return;
  model->sockets[id] = MODEL_CLOSED;
  rtms_session_socket_closed (session, id, code, error, model->now);
}

/* Lets the time come to which the session asked to be called. */
static void
advance (RtmsSession *session, Model *model, gint64 time)
{
  guint steps = 0;

  model->now += time;
  while (rtms_session_get_deadline (session) <= model->now) {
    g_assert_cmpuint (++steps, <, STEPS_MAX);
    rtms_session_advance (session, model->now);
  }
}

/* What Zoom tells by webhook, and what an application asks. */
static void
webhook (RtmsSession *session, Model *model, guint8 choice)
{
  static gchar *other[] = { (gchar *) "wss://b.zoom.us/signal", NULL };
  static gchar *foreign[] = { (gchar *) "wss://evil.example/", NULL };

  switch (choice % 6) {
    case 0:
      rtms_session_stop (session, choice / 6, model->now);
      break;
    case 1:
      rtms_session_rejoin (session, NULL, model->now, NULL);
      break;
    case 2:
      rtms_session_rejoin (session, urls, model->now, NULL);
      break;
    case 3:
      rtms_session_rejoin (session, other, model->now, NULL);
      break;
    case 4:
      g_assert_false (rtms_session_rejoin (session, foreign, model->now,
              NULL));
      break;
    default:
      rtms_session_request_state (session);
      break;
  }
  advance (session, model, 0);
}

static void
step (RtmsSession *session, Model *model, FuzzInput *input)
{
  guint8 choice = fuzz_input_get_byte (input);
  RtmsSocketId id = (choice >> 4) % RTMS_N_SOCKETS;

  switch (choice & 15) {
    case 0:
    case 1:
      if (model->sockets[id] != MODEL_CONNECTING)
        break;
      model->sockets[id] = MODEL_OPEN;
      rtms_session_socket_open (session, id, model->now);
      break;
    case 2:
      close_socket (session, model, id, fuzz_input_get_byte (input));
      break;
    case 3:
      advance (session, model, (gint64) fuzz_input_get_byte (input)
          * SECOND / 2);
      break;
    case 4:
      advance (session, model, (gint64) fuzz_input_get_number (input, 4));
      break;
    case 5:
      rtms_session_close (session, model->now);
      break;
    case 6:
      rtms_session_subscribe_video (session, fuzz_input_get_byte (input),
          1);
      break;
    case 7:
      webhook (session, model, fuzz_input_get_byte (input));
      break;
    default:
      if (model->sockets[id] == MODEL_OPEN)
        receive (session, model, id, input);
      break;
  }
}

/* Every deadline that is still to come is real, and all come to an end when
 * nobody answers any more. */
static void
give_up (RtmsSession *session, Model *model)
{
  gint64 start = model->now;

  for (guint id = 0; id < RTMS_N_SOCKETS; id++)
    close_socket (session, model, id, 3);
  while (model->n_ends == 0) {
    gint64 deadline = rtms_session_get_deadline (session);

    g_assert_cmpint (deadline, <, G_MAXINT64);
    g_assert_cmpint (deadline - start, <, END_MAX);
    advance (session, model, MAX (deadline - model->now, 0));
    for (guint id = 0; id < RTMS_N_SOCKETS; id++)
      close_socket (session, model, id, 3);
  }
  g_assert_cmpint (rtms_session_get_deadline (session), ==, G_MAXINT64);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  FuzzInput input = { bytes, bytes + size };
  guint8 choice = fuzz_input_get_byte (&input);
  RtmsSessionConfig config = {
    .payload = &payload,
    .signature = "signature",
    .startup_backlog = choice & 1,
    .split = choice & 2,
    .reconnect = !(choice & 4),
    .jitter = (choice >> 4) / 15.0,
    .url_policy = &policy,
    .handshake_timeout = 10 * SECOND,
    .idle_timeout = 65 * SECOND,
  };
  Model model = { .now = 1 };
  g_autoptr (RtmsSession) session = NULL;

  rtms_media_params_init (&config.params);
  config.params.kinds = choice & 8 ? RTMS_MEDIA_ALL_BITS
      : RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO) | RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO);
  config.params.video.data_option =
      RTMS_DATA_OPTION_VIDEO_SINGLE_INDIVIDUAL_STREAM;
  session = rtms_session_new (&config, &callbacks, &model);
  rtms_session_start (session, model.now);
  while (!fuzz_input_is_empty (&input))
    step (session, &model, &input);
  give_up (session, &model);
  return 0;
}
