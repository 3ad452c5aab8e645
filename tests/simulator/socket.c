/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket.h"

#include <string.h>

#include "meeting.h"
#include "oddity.h"

#define MAX_UNANSWERED 3
/* Who has not shaken hands by then is sent away with the next keep-alive. */
#define HANDSHAKE_TIMEOUT (10 * G_USEC_PER_SEC)

/* A keep-alive that was not answered yet. */
typedef struct {
  gint64 timestamp; /* 0 for none */
  guint64 number;   /* of the message */
} Question;

static SimKeepAliveStyle
get_style (SimSocket *socket)
{
  return sim_meeting_get_faults (socket->meeting)
      ->keep_alives[socket->signaling];
}

static void
send_request (SimSocket *socket)
{
  g_autoptr (JsonObject) message = json_object_new ();
  Question *question = g_new0 (Question, 1);

  json_object_set_int_member (message, "msg_type", SIM_MSG_KEEP_ALIVE_REQ);
  if (get_style (socket) != SIM_KEEP_ALIVE_BARE) {
    question->timestamp = g_get_real_time () / 1000;
    json_object_set_int_member (message, "timestamp", question->timestamp);
  }
  g_queue_push_tail (&socket->unanswered, question);
  sim_socket_send (socket, message);
  question->number = socket->n_sent;
}

/* Whether this socket shall wait, because other messages show that it lives. */
static gboolean
is_busy (SimSocket *socket)
{
  const SimOptions *options = sim_simulator_get_options (socket->simulator);

  return get_style (socket) == SIM_KEEP_ALIVE_IDLE
         && g_get_monotonic_time () - socket->last_sent
                < options->keep_alive * G_USEC_PER_SEC / 2;
}

static gboolean
send_keep_alive (gpointer user_data)
{
  SimSocket *socket = user_data;
  gboolean strict = sim_simulator_get_options (socket->simulator)->strict;

  if (!sim_socket_is_open (socket))
    return G_SOURCE_CONTINUE;
  if (socket->meeting == NULL) {
    if (socket->abandoned
        || g_get_monotonic_time () - socket->created < HANDSHAKE_TIMEOUT)
      return G_SOURCE_CONTINUE;
    sim_simulator_add_deviation (socket->simulator, "%s %u: no handshake",
        sim_socket_get_kind (socket), socket->number);
    sim_socket_close (socket, SIM_CLOSE_NORMAL, "no handshake");
    return G_SOURCE_CONTINUE;
  }
  /* Real clients leave keep-alives on media sockets unanswered. */
  if (socket->unanswered.length >= MAX_UNANSWERED
      && (socket->signaling || strict) && !socket->faulty) {
    sim_simulator_add_violation (socket->simulator,
        "%s %u: %d keep-alives in a row unanswered",
        sim_socket_get_kind (socket), socket->number, MAX_UNANSWERED);
    sim_socket_close (socket, SIM_CLOSE_GOING_AWAY, "keep-alive timeout");
    /* This client may not answer the close either; its meeting goes on
     * waiting for the next one from now. */
    sim_meeting_socket_lost (socket->meeting, socket);
    return G_SOURCE_CONTINUE;
  }
  if (!is_busy (socket) && get_style (socket) != SIM_KEEP_ALIVE_NONE)
    send_request (socket);
  return G_SOURCE_CONTINUE;
}

SimSocket *
sim_socket_new (
    SimSimulator *simulator, guint number, gboolean signaling, guint path_media)
{
  SimSocket *socket = g_new0 (SimSocket, 1);
  gdouble interval = sim_simulator_get_options (simulator)->keep_alive;

  socket->simulator = simulator;
  socket->number = number;
  socket->created = g_get_monotonic_time ();
  socket->signaling = signaling;
  socket->path_media = path_media;
  g_queue_init (&socket->unanswered);
  socket->keep_alive_source = g_timeout_add (
      MAX (1, (guint)(interval * 1000.0)), send_keep_alive, socket);
  return socket;
}

void
sim_socket_free (SimSocket *socket)
{
  g_source_remove (socket->keep_alive_source);
  if (socket->late_source != 0)
    g_source_remove (socket->late_source);
  g_clear_pointer (&socket->late_request, json_object_unref);
  g_queue_clear_full (&socket->unanswered, g_free);
  sim_websocket_free (socket->websocket);
  g_free (socket->url);
  g_free (socket);
}

gboolean
sim_socket_is_open (SimSocket *socket)
{
  return sim_websocket_is_open (socket->websocket);
}

void
sim_socket_send_text (SimSocket *socket, const gchar *text, gsize length)
{
  if (!sim_socket_is_open (socket))
    return;
  socket->last_sent = g_get_monotonic_time ();
  socket->n_sent++;
  sim_websocket_send (socket->websocket, text, length, socket->framing);
}

void
sim_socket_send (SimSocket *socket, JsonObject *object)
{
  guint oddities = sim_simulator_get_oddities (socket->simulator);
  g_autofree gchar *text = NULL;
  gint64 type = 0;

  sim_oddity_apply (oddities, object);
  text = sim_json_print (object);
  sim_json_get_int (object, "msg_type", &type);
  sim_socket_send_text (socket, text, strlen (text));
  if ((oddities & SIM_ODDITY_STATE_TWICE)
      && type == SIM_MSG_SESSION_STATE_UPDATE)
    sim_socket_send_text (socket, text, strlen (text));
}

void
sim_socket_close (SimSocket *socket, gushort code, const gchar *reason)
{
  sim_websocket_close (socket->websocket, code, reason);
}

static void
forget_answered (SimSocket *socket, GList *answered)
{
  while (socket->unanswered.head != answered)
    g_free (g_queue_pop_head (&socket->unanswered));
  g_free (g_queue_pop_head (&socket->unanswered));
}

void
sim_socket_handle_keep_alive (SimSocket *socket, JsonObject *object)
{
  gint64 timestamp = 0;
  SimJsonResult result = sim_json_get_int (object, "timestamp", &timestamp);

  for (GList *item = socket->unanswered.head; item != NULL; item = item->next) {
    Question *question = item->data;
    gint64 asked = question->timestamp;

    /* Whatever comes answers what asked for nothing in particular. */
    if (asked == 0 || (result == SIM_JSON_FOUND && asked == timestamp)) {
      sim_packet_log_acknowledged (
          sim_simulator_get_packet_log (socket->simulator),
          sim_meeting_get_number (socket->meeting), socket->number,
          question->number);
      forget_answered (socket, item);
      return;
    }
  }
  sim_simulator_add_deviation (socket->simulator,
      "%s %u: keep-alive answer does not echo a timestamp that was asked",
      sim_socket_get_kind (socket), socket->number);
  if (!sim_simulator_get_options (socket->simulator)->strict)
    g_queue_clear_full (&socket->unanswered, g_free);
}

const gchar *
sim_socket_get_kind (SimSocket *socket)
{
  return socket->signaling ? "signaling socket" : "media socket";
}
