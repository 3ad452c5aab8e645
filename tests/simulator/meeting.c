/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "meeting.h"

#include <string.h>

#include "chaos.h"
#include "command.h"
#include "events.h"
#include "oddity.h"
#include "player.h"
#include "subscription.h"

/* Real time between TERMINATING and TERMINATED, in which the last media
 * reaches the client. */
#define ENDING_DELAY 150

typedef enum {
  STATE_WAITING, /* for the first client */
  STATE_JOINED,  /* signaling is there, media not yet */
  STATE_STARTED,
  STATE_ENDING,
  STATE_OVER,
} State;

struct _SimMeeting {
  SimSimulator *simulator;
  guint number;
  gchar *uuid;
  gchar *stream_id;
  gchar *session_id;
  State state;
  SimSocket *signaling;
  GPtrArray *media_sockets; /* of SimSocket, not owned */
  SimPlayer *player;
  SimTally *tally;
  SimDelivery *delivery;
  SimFaults faults;
  SimChaos *chaos; /* or NULL */
  gchar *url;
  SimSubscription *subscription;
  gboolean buffer_data;
  gboolean ready;        /* CLIENT_READY_ACK on this signaling socket */
  gboolean ready_needed; /* a media handshake since the last one */
  guint lost_media;      /* media that a lost socket had carried */
  SimStopReason stop_reason;
  gboolean served;
  gboolean asked_for;
  gboolean paused;
  guint wait_source;
  guint window_source;
  guint ending_source;
};

/* Zoom's meeting UUIDs are 16 bytes in base64, and may hold "/" and "+", which
 * clients must not take for a path. */
static gchar *
make_uuid (guint number)
{
  guint8 bytes[16];

  for (guint i = 0; i < sizeof (bytes); i++)
    bytes[i] = (guint8)g_random_int_range (0, 256);
  bytes[0] = (guint8)number;
  bytes[3] = 0xff;
  bytes[4] = 0xf0;
  bytes[5] = 0x3e;
  return g_base64_encode (bytes, sizeof (bytes));
}

static gchar *
make_stream_id (void)
{
  g_autofree gchar *uuid = g_uuid_string_random ();

  return g_ascii_strup (uuid, -1);
}

SimMeeting *
sim_meeting_new (SimSimulator *simulator, guint number, const gchar *stream_id)
{
  const SimOptions *options = sim_simulator_get_options (simulator);
  SimMeeting *meeting = g_new0 (SimMeeting, 1);

  meeting->simulator = simulator;
  meeting->number = number;
  meeting->uuid = make_uuid (number);
  meeting->stream_id
      = stream_id != NULL ? g_strdup (stream_id) : make_stream_id ();
  meeting->session_id = make_stream_id ();
  meeting->media_sockets = g_ptr_array_new ();
  meeting->tally = sim_tally_new ();
  meeting->delivery = sim_delivery_new (simulator, number, meeting->tally);
  meeting->url = g_strdup (sim_simulator_get_url (simulator));
  meeting->faults = (SimFaults){
    .keep_alives = { options->keep_alive_style, options->keep_alive_style },
    .tell_event = TRUE,
    .tell_webhook = TRUE,
  };
  if (options->plan.has_fault_seed)
    meeting->chaos = sim_chaos_new (options, number);
  meeting->player = sim_player_new (simulator, meeting);
  meeting->subscription = sim_subscription_new (simulator, number);
  return meeting;
}

static void
clear_source (guint *source)
{
  if (*source != 0)
    g_source_remove (*source);
  *source = 0;
}

void
sim_meeting_free (SimMeeting *meeting)
{
  clear_source (&meeting->wait_source);
  clear_source (&meeting->window_source);
  clear_source (&meeting->ending_source);
  sim_player_free (meeting->player);
  sim_subscription_free (meeting->subscription);
  g_clear_pointer (&meeting->chaos, sim_chaos_free);
  sim_delivery_free (meeting->delivery);
  sim_tally_free (meeting->tally);
  g_free (meeting->url);
  g_ptr_array_unref (meeting->media_sockets);
  g_free (meeting->uuid);
  g_free (meeting->stream_id);
  g_free (meeting->session_id);
  g_free (meeting);
}

static gboolean
on_wait_over (gpointer user_data)
{
  SimMeeting *meeting = user_data;
  gdouble seconds = sim_simulator_get_options (meeting->simulator)->wait;

  meeting->wait_source = 0;
  if (meeting->state == STATE_WAITING)
    sim_log (
        "meeting %u: no client came within %g s", meeting->number, seconds);
  else
    sim_simulator_add_violation (meeting->simulator,
        "meeting %u: the client was not ready for media within %g s",
        meeting->number, seconds);
  sim_meeting_end (meeting, SIM_STOP_CONNECTION_TIMEOUT);
  return G_SOURCE_REMOVE;
}

static void
restart_wait (SimMeeting *meeting)
{
  gdouble seconds = sim_simulator_get_options (meeting->simulator)->wait;

  clear_source (&meeting->wait_source);
  meeting->wait_source = g_timeout_add (
      MAX (1, (guint)(seconds * 1000.0)), on_wait_over, meeting);
}

void
sim_meeting_open (SimMeeting *meeting)
{
  restart_wait (meeting);
}

guint
sim_meeting_get_number (SimMeeting *meeting)
{
  return meeting->number;
}

const gchar *
sim_meeting_get_uuid (SimMeeting *meeting)
{
  return meeting->uuid;
}

const gchar *
sim_meeting_get_stream_id (SimMeeting *meeting)
{
  return meeting->stream_id;
}

gboolean
sim_meeting_has_signaling (SimMeeting *meeting)
{
  return meeting->signaling != NULL;
}

gboolean
sim_meeting_is_started (SimMeeting *meeting)
{
  return meeting->state == STATE_STARTED;
}

gboolean
sim_meeting_is_over (SimMeeting *meeting)
{
  return meeting->state >= STATE_ENDING;
}

gboolean
sim_meeting_is_finished (SimMeeting *meeting)
{
  return meeting->state == STATE_OVER;
}

gboolean
sim_meeting_is_asked_for (SimMeeting *meeting)
{
  return meeting->asked_for;
}

void
sim_meeting_tell_over (SimMeeting *meeting)
{
  meeting->asked_for = FALSE;
}

gboolean
sim_meeting_was_served (SimMeeting *meeting)
{
  return meeting->served;
}

SimTally *
sim_meeting_get_tally (SimMeeting *meeting)
{
  return meeting->tally;
}

SimDelivery *
sim_meeting_get_delivery (SimMeeting *meeting)
{
  return meeting->delivery;
}

SimFaults *
sim_meeting_get_faults (SimMeeting *meeting)
{
  return &meeting->faults;
}

const gchar *
sim_meeting_get_url (SimMeeting *meeting)
{
  return meeting->url;
}

static void
send_signaling (SimMeeting *meeting, JsonObject *message)
{
  if (meeting->signaling != NULL)
    sim_socket_send (meeting->signaling, message);
  json_object_unref (message);
}

static void
send_state (SimMeeting *meeting, JsonObject *message)
{
  if (sim_simulator_get_oddities (meeting->simulator)
      & SIM_ODDITY_STATE_ON_MEDIA) {
    for (guint i = 0; i < meeting->media_sockets->len; i++)
      sim_socket_send (g_ptr_array_index (meeting->media_sockets, i), message);
  }
  send_signaling (meeting, message);
}

static void
post_webhook (SimMeeting *meeting, const gchar *name, gint reason)
{
  const SimOptions *options = sim_simulator_get_options (meeting->simulator);
  g_autoptr (JsonObject) envelope
      = sim_event_webhook (options->product, name, meeting->uuid,
          meeting->stream_id, NULL, reason, g_get_real_time () / 1000);

  sim_oddity_apply_to_webhook (
      sim_simulator_get_oddities (meeting->simulator), envelope);
  sim_webhook_post (sim_simulator_get_webhook (meeting->simulator), envelope);
}

/* Joining */

static void
drop_media_sockets (SimMeeting *meeting, gushort code, const gchar *reason)
{
  for (guint i = 0; i < meeting->media_sockets->len; i++) {
    SimSocket *socket = g_ptr_array_index (meeting->media_sockets, i);

    sim_player_detach (meeting->player, socket);
    socket->meeting = NULL;
    sim_socket_close (socket, code, reason);
  }
  g_ptr_array_set_size (meeting->media_sockets, 0);
}

void
sim_meeting_signaling_joined (
    SimMeeting *meeting, SimSocket *socket, gboolean buffer_data)
{
  if (meeting->signaling != NULL) {
    SimSocket *displaced = meeting->signaling;

    sim_log ("meeting %u: signaling socket %u displaces %u", meeting->number,
        socket->number, displaced->number);
    displaced->meeting = NULL;
    meeting->signaling = NULL;
    sim_socket_close (displaced, SIM_CLOSE_NORMAL, "displaced");
    drop_media_sockets (meeting, SIM_CLOSE_NORMAL, "displaced");
  }
  meeting->signaling = socket;
  socket->meeting = meeting;
  socket->meeting_number = meeting->number;
  socket->framing = meeting->faults.framing[TRUE];
  meeting->ready = FALSE;
  meeting->ready_needed = FALSE;
  meeting->lost_media = 0;
  sim_subscription_reset (meeting->subscription);
  if (meeting->state == STATE_WAITING || meeting->state == STATE_JOINED) {
    meeting->state = STATE_JOINED;
    meeting->buffer_data = buffer_data;
    restart_wait (meeting);
    clear_source (&meeting->window_source);
  }
  sim_log ("meeting %u: signaling handshake on socket %u", meeting->number,
      socket->number);
}

SimStatus
sim_meeting_check_media (SimMeeting *meeting, guint media)
{
  guint taken = 0;
  gboolean whole = FALSE;

  for (guint i = 0; i < meeting->media_sockets->len; i++) {
    SimSocket *socket = g_ptr_array_index (meeting->media_sockets, i);

    taken |= socket->media;
    whole = whole || socket->media == SIM_MEDIA_EACH;
  }
  if (taken != 0 && (whole || media == SIM_MEDIA_EACH))
    return SIM_STATUS_MEDIA_DATA_ALL_CONNECTION_EXIST;
  if (taken & media)
    return SIM_STATUS_DUPLICATE_MEDIA_DATA_CONNECTION;
  return SIM_STATUS_OK;
}

/* Once everything that was lost is back, nobody is waited for any more. */
static void
check_complete (SimMeeting *meeting)
{
  if (meeting->signaling != NULL && meeting->ready
      && meeting->media_sockets->len > 0 && meeting->lost_media == 0)
    clear_source (&meeting->window_source);
}

void
sim_meeting_media_joined (SimMeeting *meeting, SimSocket *socket)
{
  g_autofree gchar *text = sim_params_describe (&socket->params, socket->media);

  sim_log ("meeting %u: media handshake on socket %u: %s", meeting->number,
      socket->number, text);
  socket->meeting = meeting;
  socket->meeting_number = meeting->number;
  socket->framing = meeting->faults.framing[FALSE];
  for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
    if (socket->media & SIM_MEDIA_BIT (medium))
      sim_delivery_join (meeting->delivery, medium);
  }
  g_ptr_array_add (meeting->media_sockets, socket);
  meeting->ready_needed = TRUE;
  meeting->lost_media &= ~socket->media;
  if (!meeting->ready)
    return;
  sim_player_attach (meeting->player, socket);
  sim_player_start (meeting->player, meeting->buffer_data);
  check_complete (meeting);
}

static void
handle_ready (SimMeeting *meeting, JsonObject *object)
{
  gboolean strict = sim_simulator_get_options (meeting->simulator)->strict;
  const gchar *stream_id = NULL;

  if (sim_json_get_string (object, "rtms_stream_id", &stream_id)
          != SIM_JSON_FOUND
      || !g_str_equal (stream_id, meeting->stream_id))
    sim_simulator_add_deviation (meeting->simulator,
        "meeting %u: CLIENT_READY_ACK without this rtms_stream_id",
        meeting->number);
  if (meeting->media_sockets->len == 0) {
    sim_simulator_add_violation (meeting->simulator,
        "meeting %u: status %d %s: CLIENT_READY_ACK before any media "
        "handshake",
        meeting->number, SIM_STATUS_INVALID_CLIENT_READY_ACK,
        sim_status_name (SIM_STATUS_INVALID_CLIENT_READY_ACK));
    if (strict) {
      sim_meeting_end (meeting, SIM_STOP_INTERNAL_EXCEPTION);
      return;
    }
  } else if (!meeting->ready_needed && strict) {
    sim_simulator_add_violation (meeting->simulator,
        "meeting %u: CLIENT_READY_ACK again without a media handshake",
        meeting->number);
  }
  sim_log ("meeting %u: client ready", meeting->number);
  meeting->ready = TRUE;
  meeting->ready_needed = FALSE;
  for (guint i = 0; i < meeting->media_sockets->len; i++) {
    SimSocket *socket = g_ptr_array_index (meeting->media_sockets, i);

    /* Attaching again would begin anew what flows already. */
    if (!sim_player_has (meeting->player, socket))
      sim_player_attach (meeting->player, socket);
  }
  if (meeting->media_sockets->len > 0)
    sim_player_start (meeting->player, meeting->buffer_data);
  check_complete (meeting);
}

/* Media */

void
sim_meeting_media_began (SimMeeting *meeting, gint64 epoch)
{
  JsonObject *event;

  sim_log (
      "meeting %u: media begins at %" G_GINT64_FORMAT, meeting->number, epoch);
  meeting->state = STATE_STARTED;
  clear_source (&meeting->wait_source);
  send_state (meeting, sim_event_stream_state (SIM_STREAM_ACTIVE, 0));
  send_signaling (meeting,
      sim_event_session_state (meeting->session_id, SIM_SESSION_STARTED, 0));
  send_signaling (meeting,
      sim_event_update (SIM_EVENT_FIRST_PACKET_TIMESTAMP, epoch, &event));
  sim_subscription_set_started (meeting->subscription, meeting->signaling,
      epoch, sim_player_get_position (meeting->player));
}

static void
run_fault (SimMeeting *meeting, const gchar *text)
{
  g_autofree gchar *picked
      = text == NULL ? sim_chaos_pick (meeting->chaos) : NULL;
  g_autoptr (JsonObject) answer = sim_command_run (
      meeting->simulator, meeting, text != NULL ? text : picked);

  if (!json_object_get_boolean_member (answer, "ok"))
    g_printerr ("rtms-simulator: %s\n",
        json_object_get_string_member (answer, "error"));
}

static void
set_paused (SimMeeting *meeting, gboolean paused, gint64 timestamp)
{
  JsonObject *session = sim_event_session_state (meeting->session_id,
      paused ? SIM_SESSION_PAUSED : SIM_SESSION_RESUMED, 0);
  JsonObject *stream = sim_event_stream_state (
      paused ? SIM_STREAM_PAUSED : SIM_STREAM_RESUMED, 0);

  sim_log ("meeting %u: %s", meeting->number, paused ? "paused" : "resumed");
  meeting->paused = paused;
  json_object_set_int_member (session, "timestamp", timestamp);
  json_object_set_int_member (stream, "timestamp", timestamp);
  send_signaling (meeting, session);
  send_state (meeting, stream);
}

void
sim_meeting_cue (SimMeeting *meeting, const SimCue *cue, gint64 timestamp)
{
  if (cue->kind == SIM_CUE_FAULT) {
    run_fault (meeting, cue->text);
    return;
  }
  if (cue->kind == SIM_CUE_PAUSE || cue->kind == SIM_CUE_RESUME) {
    set_paused (meeting, cue->kind == SIM_CUE_PAUSE, timestamp);
    return;
  }
  sim_subscription_send_cue (
      meeting->subscription, meeting->signaling, cue, timestamp);
}

void
sim_meeting_media_finished (SimMeeting *meeting)
{
  sim_log ("meeting %u: the meeting ended", meeting->number);
  meeting->asked_for = meeting->window_source != 0 && meeting->faults.any;
  if (meeting->asked_for)
    sim_log ("meeting %u: the client is away", meeting->number);
  else if (meeting->window_source != 0)
    sim_simulator_add_violation (meeting->simulator,
        "meeting %u: the client was away when the meeting ended",
        meeting->number);
  sim_meeting_end (meeting, SIM_STOP_MEETING_ENDED);
}

/* Losing sockets */

static gboolean
on_window_over (gpointer user_data)
{
  SimMeeting *meeting = user_data;

  meeting->window_source = 0;
  sim_simulator_add_violation (meeting->simulator,
      "meeting %u: the client was lost and did not return within %g s",
      meeting->number,
      sim_simulator_get_options (meeting->simulator)->reconnect_window);
  sim_meeting_end (meeting, SIM_STOP_AWAIT_RECONNECTION_TIMEOUT);
  return G_SOURCE_REMOVE;
}

/* Zoom waits 60 s for signaling and 65 s for media. */
static void
open_window (SimMeeting *meeting, gboolean signaling)
{
  gdouble seconds
      = sim_simulator_get_options (meeting->simulator)->reconnect_window;

  if (!signaling)
    seconds *= 65.0 / 60.0;

  clear_source (&meeting->window_source);
  meeting->window_source
      = g_timeout_add ((guint)(seconds * 1000.0), on_window_over, meeting);
}

static void
signaling_lost (SimMeeting *meeting)
{
  meeting->signaling = NULL;
  meeting->ready = FALSE;
  meeting->lost_media = 0;
  drop_media_sockets (meeting, SIM_CLOSE_GOING_AWAY, "signaling lost");
  if (meeting->state >= STATE_ENDING)
    return;
  sim_log ("meeting %u: signaling lost, waiting for the client to return",
      meeting->number);
  if (meeting->state == STATE_STARTED && meeting->faults.tell_webhook)
    post_webhook (meeting, "rtms_interrupted", 0);
  clear_source (&meeting->wait_source);
  open_window (meeting, TRUE);
}

static void
media_lost (SimMeeting *meeting, SimSocket *socket)
{
  JsonObject *event;

  g_ptr_array_remove (meeting->media_sockets, socket);
  sim_player_detach (meeting->player, socket);
  if (meeting->state != STATE_STARTED)
    return;
  sim_log ("meeting %u: media socket %u lost, waiting for it to return",
      meeting->number, socket->number);
  meeting->lost_media |= socket->media;
  if (meeting->faults.tell_event)
    send_signaling (
        meeting, sim_event_update (SIM_EVENT_MEDIA_CONNECTION_INTERRUPTED,
                     g_get_real_time () / 1000, &event));
  if (meeting->faults.tell_state)
    send_signaling (meeting, sim_event_stream_state (SIM_STREAM_INTERRUPTED,
                                 SIM_STOP_DATA_CONNECTION_INTERRUPTED));
  open_window (meeting, FALSE);
}

void
sim_meeting_socket_lost (SimMeeting *meeting, SimSocket *socket)
{
  socket->meeting = NULL;
  if (socket == meeting->signaling)
    signaling_lost (meeting);
  else
    media_lost (meeting, socket);
  sim_simulator_check_end (meeting->simulator);
}

/* Faults */

GPtrArray *
sim_meeting_find_sockets (SimMeeting *meeting, gboolean signaling, guint media)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < meeting->media_sockets->len; i++) {
    SimSocket *socket = g_ptr_array_index (meeting->media_sockets, i);

    if (socket->media & media)
      g_ptr_array_add (found, socket);
  }
  if (signaling && meeting->signaling != NULL)
    g_ptr_array_add (found, meeting->signaling);
  return found;
}

static void
let_go (SimMeeting *meeting, SimSocket *socket)
{
  sim_player_detach (meeting->player, socket);
  socket->meeting = NULL;
  sim_websocket_reset (socket->websocket);
}

void
sim_meeting_move (SimMeeting *meeting, const gchar *url)
{
  if (meeting->state >= STATE_ENDING)
    return;
  sim_log ("meeting %u: moves to %s", meeting->number, url);
  g_free (meeting->url);
  meeting->url = g_strdup (url);
  for (guint i = 0; i < meeting->media_sockets->len; i++)
    let_go (meeting, g_ptr_array_index (meeting->media_sockets, i));
  g_ptr_array_set_size (meeting->media_sockets, 0);
  if (meeting->signaling != NULL)
    let_go (meeting, meeting->signaling);
  meeting->signaling = NULL;
  meeting->ready = FALSE;
  meeting->lost_media = 0;
  if (meeting->state != STATE_WAITING) {
    clear_source (&meeting->wait_source);
    open_window (meeting, TRUE);
  }
  sim_simulator_announce (meeting->simulator, meeting);
}

void
sim_meeting_post (SimMeeting *meeting, const gchar *event)
{
  if (g_str_equal (event, "rtms_started"))
    sim_simulator_announce (meeting->simulator, meeting);
  else
    post_webhook (meeting, event, g_str_equal (event, "rtms_stopped") ? 6 : 0);
}

void
sim_meeting_set_clock (SimMeeting *meeting, gint64 jump, gint ppm)
{
  sim_player_set_clock (meeting->player, jump, ppm);
}

static JsonObject *
socket_to_json (SimSocket *socket)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "number", socket->number);
  json_object_set_boolean_member (object, "signaling", socket->signaling);
  json_object_set_int_member (object, "media", socket->media);
  json_object_set_int_member (object, "sent", (gint64)socket->n_sent);
  json_object_set_int_member (
      object, "written", (gint64)sim_websocket_get_written (socket->websocket));
  return object;
}

JsonObject *
sim_meeting_to_json (SimMeeting *meeting)
{
  static const gchar *const states[]
      = { "waiting", "joined", "started", "ending", "over" };
  JsonObject *object = json_object_new ();
  JsonArray *sockets = json_array_new ();
  g_autoptr (GPtrArray) found
      = sim_meeting_find_sockets (meeting, TRUE, SIM_MEDIA_EACH);

  for (guint i = 0; i < found->len; i++)
    json_array_add_object_element (
        sockets, socket_to_json (g_ptr_array_index (found, i)));
  json_object_set_int_member (object, "number", meeting->number);
  json_object_set_string_member (object, "rtms_stream_id", meeting->stream_id);
  json_object_set_string_member (object, "state", states[meeting->state]);
  json_object_set_boolean_member (
      object, "interrupted", meeting->window_source != 0);
  json_object_set_double_member (object, "position",
      (gdouble)sim_player_get_position (meeting->player) / G_USEC_PER_SEC);
  json_object_set_string_member (object, "url", meeting->url);
  json_object_set_array_member (object, "sockets", sockets);
  json_object_set_object_member (
      object, "deliveries", sim_delivery_to_json (meeting->delivery));
  return object;
}

/* Requests */

static void
handle_session_state (SimMeeting *meeting, JsonObject *object)
{
  JsonObject *response = sim_event_response (SIM_MSG_SESSION_STATE_RESP);
  const gchar *session_id = "";
  gboolean known;

  sim_json_get_string (object, "rtms_session_id", &session_id);
  known = g_str_equal (session_id, meeting->session_id);
  if (!known) {
    sim_simulator_add_deviation (meeting->simulator,
        "meeting %u: SESSION_STATE_REQ with an unknown rtms_session_id",
        meeting->number);
    json_object_set_int_member (
        response, "status_code", SIM_STATUS_INVALID_RTMS_SESSION_ID);
  }
  json_object_set_string_member (response, "rtms_session_id", session_id);
  json_object_set_int_member (response, "state",
      !known                            ? SIM_SESSION_INACTIVE
      : meeting->state != STATE_STARTED ? SIM_SESSION_INITIALIZE
      : meeting->paused                 ? SIM_SESSION_PAUSED
                                        : SIM_SESSION_STARTED);
  send_signaling (meeting, response);
}

static gboolean
check_stream_id (SimMeeting *meeting, JsonObject *object, const gchar *name)
{
  const gchar *stream_id = "";

  sim_json_get_string (object, "rtms_stream_id", &stream_id);
  if (g_str_equal (stream_id, meeting->stream_id))
    return TRUE;
  sim_simulator_add_deviation (meeting->simulator,
      "meeting %u: %s without this rtms_stream_id", meeting->number, name);
  return FALSE;
}

static void
handle_stream_state (SimMeeting *meeting, JsonObject *object)
{
  JsonObject *response = sim_event_response (SIM_MSG_STREAM_STATE_RESP);
  gboolean known = check_stream_id (meeting, object, "STREAM_STATE_REQ");
  SimStreamState state = SIM_STREAM_INACTIVE;

  if (!known)
    json_object_set_int_member (
        response, "status_code", SIM_STATUS_INVALID_RTMS_STREAM_ID);
  else if (meeting->state == STATE_STARTED)
    state = meeting->window_source != 0 ? SIM_STREAM_INTERRUPTED
            : meeting->paused           ? SIM_STREAM_PAUSED
                                        : SIM_STREAM_ACTIVE;
  json_object_set_string_member (
      response, "rtms_stream_id", meeting->stream_id);
  json_object_set_int_member (response, "state", state);
  send_signaling (meeting, response);
}

static void
handle_close (SimMeeting *meeting, JsonObject *object)
{
  JsonObject *response = sim_event_response (SIM_MSG_STREAM_CLOSE_RESP);
  gboolean known = check_stream_id (meeting, object, "STREAM_CLOSE_REQ");
  SimStatus status = known ? SIM_STATUS_OK : SIM_STATUS_INVALID_RTMS_STREAM_ID;

  json_object_set_string_member (
      response, "rtms_stream_id", meeting->stream_id);
  json_object_set_int_member (response, "status_code", status);
  json_object_set_string_member (
      response, "reason", known ? "" : sim_status_name (status));
  send_signaling (meeting, response);
  if (!known)
    return;
  sim_log ("meeting %u: the client closes the stream", meeting->number);
  meeting->served = TRUE;
  sim_meeting_end (meeting, SIM_STOP_RECEIVER_REQUEST_CLOSE);
}

static gboolean
has_individual_video (SimMeeting *meeting)
{
  for (guint i = 0; i < meeting->media_sockets->len; i++) {
    SimSocket *socket = g_ptr_array_index (meeting->media_sockets, i);

    if (socket->media & SIM_MEDIA_BIT (SIM_MEDIUM_VIDEO))
      return socket->params.video.data_opt == SIM_OPTION_VIDEO_INDIVIDUAL;
  }
  return FALSE;
}

static SimStatus
subscribe_video (SimMeeting *meeting, JsonObject *object, guint64 user_id)
{
  SimScene *scene
      = sim_source_get_scene (sim_simulator_get_source (meeting->simulator));
  gboolean subscribe = TRUE;
  gint person = sim_scene_find_person (scene, user_id);
  gint chosen = sim_player_get_chosen_video (meeting->player);

  if (sim_json_get_bool (object, "subscribe", &subscribe) == SIM_JSON_INVALID)
    return SIM_STATUS_INVALID_PAYLOAD;
  if (!has_individual_video (meeting))
    return SIM_STATUS_INVALID_MEDIA_VIDEO_DATA_OPT;
  if (person < 0)
    return SIM_STATUS_INVALID_PAYLOAD;
  if (subscribe && person == chosen)
    return SIM_STATUS_DUPLICATE_VIDEO_SUBSCRIPTION;
  if (!subscribe && person != chosen)
    return SIM_STATUS_INVALID_PAYLOAD;
  sim_player_choose_video (meeting->player, subscribe ? person : -1);
  return SIM_STATUS_OK;
}

static void
handle_video_subscription (SimMeeting *meeting, JsonObject *object)
{
  JsonObject *response = sim_event_response (SIM_MSG_VIDEO_SUBSCRIPTION_RESP);
  guint64 user_id = 0;
  SimStatus status = SIM_STATUS_INVALID_PAYLOAD;

  if (sim_json_get_user_id (object, "user_id", &user_id) == SIM_JSON_FOUND)
    status = subscribe_video (meeting, object, user_id);
  if (status != SIM_STATUS_OK)
    sim_simulator_add_deviation (meeting->simulator,
        "meeting %u: video subscription refused: status %d %s", meeting->number,
        status, sim_status_name (status));
  else
    sim_log ("meeting %u: video subscription to %" G_GUINT64_FORMAT,
        meeting->number, user_id);
  json_object_set_int_member (response, "user_id", (gint64)user_id);
  json_object_set_int_member (response, "status_code", status);
  json_object_set_string_member (response, "reason",
      status == SIM_STATUS_OK ? "" : sim_status_name (status));
  send_signaling (meeting, response);
}

static gboolean
handle_signaling (SimMeeting *meeting, gint64 type, JsonObject *object)
{
  switch (type) {
  case SIM_MSG_EVENT_SUBSCRIPTION:
    sim_subscription_handle (meeting->subscription, meeting->signaling, object,
        sim_player_get_position (meeting->player));
    return TRUE;
  case SIM_MSG_CLIENT_READY_ACK:
    handle_ready (meeting, object);
    return TRUE;
  case SIM_MSG_SESSION_STATE_REQ:
    handle_session_state (meeting, object);
    return TRUE;
  case SIM_MSG_STREAM_STATE_REQ:
    handle_stream_state (meeting, object);
    return TRUE;
  case SIM_MSG_STREAM_CLOSE_REQ:
    handle_close (meeting, object);
    return TRUE;
  case SIM_MSG_VIDEO_SUBSCRIPTION_REQ:
    handle_video_subscription (meeting, object);
    return TRUE;
  default:
    return FALSE;
  }
}

void
sim_meeting_handle (
    SimMeeting *meeting, SimSocket *socket, gint64 type, JsonObject *object)
{
  gboolean strict = sim_simulator_get_options (meeting->simulator)->strict;

  if (meeting->state >= STATE_ENDING)
    return;
  if (socket == meeting->signaling && handle_signaling (meeting, type, object))
    return;
  /* Some clients say on each media socket that they are ready. */
  if (socket != meeting->signaling && type == SIM_MSG_CLIENT_READY_ACK
      && !strict) {
    handle_ready (meeting, object);
    return;
  }
  sim_simulator_add_deviation (meeting->simulator,
      "meeting %u: message type %" G_GINT64_FORMAT " on %s %u", meeting->number,
      type, sim_socket_get_kind (socket), socket->number);
}

/* Ending */

static gboolean
finish (gpointer user_data)
{
  SimMeeting *meeting = user_data;
  SimProduct product = sim_simulator_get_options (meeting->simulator)->product;

  meeting->ending_source = 0;
  meeting->state = STATE_OVER;
  send_state (meeting,
      sim_event_stream_state (SIM_STREAM_TERMINATED, meeting->stop_reason));
  drop_media_sockets (meeting, SIM_CLOSE_NORMAL, NULL);
  if (meeting->signaling != NULL) {
    meeting->signaling->meeting = NULL;
    sim_socket_close (meeting->signaling, SIM_CLOSE_NORMAL, NULL);
    meeting->signaling = NULL;
  }
  sim_log ("meeting %u: terminated: %d %s", meeting->number,
      meeting->stop_reason, sim_stop_reason_name (meeting->stop_reason));
  post_webhook (meeting, "rtms_stopped",
      sim_event_webhook_reason (product, meeting->stop_reason));
  sim_simulator_check_end (meeting->simulator);
  return G_SOURCE_REMOVE;
}

void
sim_meeting_end (SimMeeting *meeting, SimStopReason reason)
{
  if (meeting->state >= STATE_ENDING)
    return;
  if (reason == SIM_STOP_MEETING_ENDED && meeting->state == STATE_STARTED
      && (meeting->window_source == 0 || meeting->faults.any))
    meeting->served = TRUE;
  clear_source (&meeting->wait_source);
  clear_source (&meeting->window_source);
  sim_player_stop (meeting->player);
  sim_subscription_send_end (meeting->subscription, meeting->signaling);
  meeting->state = STATE_ENDING;
  meeting->stop_reason = reason;
  send_state (meeting, sim_event_stream_state (SIM_STREAM_TERMINATING, reason));
  send_signaling (meeting, sim_event_session_state (meeting->session_id,
                               SIM_SESSION_STOPPED, reason));
  meeting->ending_source = g_timeout_add (
      meeting->signaling != NULL ? ENDING_DELAY : 0, finish, meeting);
}
