/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "handshake.h"

#include <string.h>

#include "meeting.h"
#include "oddity.h"
#include "signature.h"

static const struct {
  const gchar *key;
  guint media;
} urls[] = {
  { "audio", SIM_MEDIA_BIT (SIM_MEDIUM_AUDIO) },
  { "video", SIM_MEDIA_BIT (SIM_MEDIUM_VIDEO) },
  { "deskshare", SIM_MEDIA_BIT (SIM_MEDIUM_SHARE) },
  { "transcript", SIM_MEDIA_BIT (SIM_MEDIUM_TRANSCRIPT) },
  { "chat", SIM_MEDIA_BIT (SIM_MEDIUM_CHAT) },
  { "all", SIM_MEDIA_ALL },
};

guint
sim_handshake_get_path_media (const gchar *path)
{
  if (!g_str_has_prefix (path, SIM_MEDIA_PATH "/"))
    return 0;
  path += strlen (SIM_MEDIA_PATH "/");
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    if (g_str_equal (path, urls[i].key))
      return urls[i].media;
  }
  return 0;
}

/* What a product streams, Contact Center voice only, and the app may have. */
static guint
get_offered_media (const SimOptions *options)
{
  guint media = SIM_MEDIA_EACH;

  if (options->product == SIM_PRODUCT_CONTACT_CENTER)
    media = SIM_MEDIA_BIT (SIM_MEDIUM_AUDIO)
            | SIM_MEDIA_BIT (SIM_MEDIUM_TRANSCRIPT);
  return media & options->offer;
}

static JsonObject *
make_response (SimMessageType type, gint64 sequence, SimStatus status)
{
  JsonObject *response = json_object_new ();

  json_object_set_int_member (response, "msg_type", type);
  json_object_set_int_member (
      response, "protocol_version", SIM_PROTOCOL_VERSION);
  json_object_set_int_member (response, "sequence", sequence);
  json_object_set_int_member (response, "status_code", status);
  json_object_set_string_member (response, "reason",
      status == SIM_STATUS_OK ? "" : sim_status_name (status));
  return response;
}

static void
send_refusal (SimSocket *socket, gint64 sequence, SimStatus status)
{
  g_autoptr (JsonObject) response
      = make_response (socket->signaling ? SIM_MSG_SIGNALING_HAND_SHAKE_RESP
                                         : SIM_MSG_DATA_HAND_SHAKE_RESP,
          sequence, status);

  socket->refused = TRUE;
  sim_socket_send (socket, response);
  sim_socket_close (socket, SIM_CLOSE_NORMAL, sim_status_name (status));
}

static void
refuse (SimSocket *socket, gint64 sequence, SimStatus status)
{
  guint oddities = sim_simulator_get_oddities (socket->simulator);

  sim_simulator_add_violation (socket->simulator,
      "%s %u: refused: status %d %s", sim_socket_get_kind (socket),
      socket->number, status, sim_status_name (status));
  if (status == SIM_STATUS_INVALID_SIGNATURE
      && (oddities & SIM_ODDITY_SILENT_REFUSAL)) {
    socket->refused = TRUE;
    sim_socket_close (socket, SIM_CLOSE_NORMAL, NULL);
  } else {
    send_refusal (socket, sequence, status);
  }
  sim_simulator_handshake_refused (socket->simulator);
}

/* The fields around the identity, which only strict mode insists on. */
static gboolean
check_envelope (SimSocket *socket, JsonObject *request, gint64 sequence,
    SimJsonResult sequence_result)
{
  gint64 version = 0;
  gboolean flag;

  if (sim_json_get_int (request, "protocol_version", &version) != SIM_JSON_FOUND
      || version != SIM_PROTOCOL_VERSION)
    return FALSE;
  if (sequence_result != SIM_JSON_FOUND || sequence < 1
      || sequence > G_MAXUINT32)
    return FALSE;
  if (socket->signaling)
    return sim_json_get_bool (request, "buffer_data", &flag) != SIM_JSON_INVALID
           && !json_object_has_member (request, "media_type");
  return sim_json_get_bool (request, "payload_encryption", &flag)
             == SIM_JSON_FOUND
         && !flag;
}

/* Identity and signature, the same on both kinds of socket. */
static SimStatus
check_identity (SimSocket *socket, JsonObject *request, SimMeeting **meeting)
{
  const SimOptions *options = sim_simulator_get_options (socket->simulator);
  const gchar *stream_id = NULL;
  const gchar *uuid = NULL;
  const gchar *signature = NULL;
  g_autofree gchar *expected = NULL;

  if (sim_json_get_string (request, "rtms_stream_id", &stream_id)
          != SIM_JSON_FOUND
      || sim_json_get_string (request, "meeting_uuid", &uuid) != SIM_JSON_FOUND)
    return SIM_STATUS_INVALID_PAYLOAD;
  *meeting = sim_simulator_find_meeting (socket->simulator, stream_id);
  if (*meeting == NULL || sim_meeting_is_over (*meeting))
    return SIM_STATUS_INVALID_RTMS_STREAM_ID;
  if (sim_json_get_string (request, "signature", &signature) != SIM_JSON_FOUND)
    return SIM_STATUS_INVALID_SIGNATURE;
  /* A wrong meeting uuid shows as a wrong signature, because it is signed. */
  expected = sim_signature_handshake (options->client_id,
      options->client_secret, sim_meeting_get_uuid (*meeting), stream_id);
  if (!sim_signature_equal (expected, signature)
      || !g_str_equal (uuid, sim_meeting_get_uuid (*meeting)))
    return SIM_STATUS_INVALID_SIGNATURE;
  return SIM_STATUS_OK;
}

static SimStatus
check_request (SimSocket *socket, gint64 type, gint64 expected_type,
    JsonObject *request, gint64 *sequence, SimMeeting **meeting)
{
  const SimOptions *options = sim_simulator_get_options (socket->simulator);
  SimJsonResult result = sim_json_get_int (request, "sequence", sequence);

  if (type != expected_type)
    return SIM_STATUS_INVALID_MESSAGE_TYPE;
  if (options->strict && !check_envelope (socket, request, *sequence, result))
    return SIM_STATUS_INVALID_PAYLOAD;
  return check_identity (socket, request, meeting);
}

static JsonObject *
make_media_server (SimSimulator *simulator, SimMeeting *meeting)
{
  const gchar *url = sim_meeting_get_url (meeting);
  guint offered = get_offered_media (sim_simulator_get_options (simulator))
                  | SIM_MEDIA_ALL;
  g_autofree gchar *base = g_strndup (url, strrchr (url, '/') - url);
  JsonObject *server = json_object_new ();
  JsonObject *server_urls = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autofree gchar *media_url = NULL;

    if (!(offered & urls[i].media))
      continue;
    media_url = g_strconcat (base, SIM_MEDIA_PATH "/", urls[i].key, NULL);
    json_object_set_string_member (server_urls, urls[i].key, media_url);
  }
  json_object_set_object_member (server, "server_urls", server_urls);
  return server;
}

static void
handle_signaling (SimSocket *socket, gint64 type, JsonObject *request)
{
  SimMeeting *meeting = NULL;
  gint64 sequence = 1;
  gboolean buffer_data = TRUE;
  g_autoptr (JsonObject) response = NULL;
  SimStatus status = check_request (socket, type,
      SIM_MSG_SIGNALING_HAND_SHAKE_REQ, request, &sequence, &meeting);

  if (status == SIM_STATUS_OK
      && sim_simulator_get_options (socket->simulator)->strict
      && sim_meeting_has_signaling (meeting))
    status = SIM_STATUS_DUPLICATE_SIGNAL_REQUEST;
  if (status != SIM_STATUS_OK) {
    refuse (socket, sequence, status);
    return;
  }
  sim_json_get_bool (request, "buffer_data", &buffer_data);
  response = make_response (
      SIM_MSG_SIGNALING_HAND_SHAKE_RESP, sequence, SIM_STATUS_OK);
  json_object_set_object_member (
      response, "media_server", make_media_server (socket->simulator, meeting));
  sim_socket_send (socket, response);
  sim_meeting_signaling_joined (meeting, socket, buffer_data);
}

/* Turns the media type that was asked into the media that are meant. */
static SimStatus
check_media_type (SimSocket *socket, JsonObject *request, guint *media)
{
  const SimOptions *options = sim_simulator_get_options (socket->simulator);
  guint offered = get_offered_media (options);
  gint64 asked = 0;

  if (sim_json_get_int (request, "media_type", &asked) != SIM_JSON_FOUND
      || asked <= 0 || asked >= 2 * (gint64)SIM_MEDIA_ALL)
    return SIM_STATUS_MEDIA_TYPE_INVALID_VALUE;
  if (asked & SIM_MEDIA_ALL) {
    if (options->strict && asked != SIM_MEDIA_ALL)
      return SIM_STATUS_MEDIA_TYPE_INVALID_VALUE;
    *media = offered;
  } else {
    *media = (guint)asked;
  }
  if (socket->path_media != SIM_MEDIA_ALL && *media != socket->path_media) {
    if (options->strict)
      return SIM_STATUS_INVALID_MEDIA_TYPE;
    sim_log ("media socket %u: media type %d at the URL of another",
        socket->number, (gint)asked);
  }
  for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
    if (*media & ~offered & SIM_MEDIA_BIT (medium))
      return SIM_STATUS_MEDIA_TYPE_AUDIO_NOT_SUPPORT + medium;
  }
  return SIM_STATUS_OK;
}

static void
handle_media (SimSocket *socket, gint64 type, JsonObject *request)
{
  const SimOptions *options = sim_simulator_get_options (socket->simulator);
  SimMeeting *meeting = NULL;
  gint64 sequence = 1;
  guint media = 0;
  g_autoptr (JsonObject) response = NULL;
  SimStatus status = check_request (
      socket, type, SIM_MSG_DATA_HAND_SHAKE_REQ, request, &sequence, &meeting);

  /* Without a signaling connection there is no stream to join. The client may
   * not know yet that it is lost. */
  if (status == SIM_STATUS_OK && !sim_meeting_has_signaling (meeting)) {
    if (sim_meeting_is_started (meeting)) {
      send_refusal (socket, sequence, SIM_STATUS_INVALID_RTMS_STREAM_ID);
      return;
    }
    status = SIM_STATUS_INVALID_RTMS_STREAM_ID;
  }
  if (status == SIM_STATUS_OK)
    status = check_media_type (socket, request, &media);
  if (status == SIM_STATUS_OK)
    status = sim_meeting_check_media (meeting, media);
  if (status == SIM_STATUS_OK)
    status = sim_params_negotiate (request, media, options, &socket->params);
  if (status != SIM_STATUS_OK) {
    refuse (socket, sequence, status);
    return;
  }
  response
      = make_response (SIM_MSG_DATA_HAND_SHAKE_RESP, sequence, SIM_STATUS_OK);
  json_object_set_boolean_member (response, "payload_encrypted", FALSE);
  json_object_set_object_member (
      response, "media_params", sim_params_to_json (&socket->params, media));
  sim_socket_send (socket, response);
  socket->media = media;
  sim_meeting_media_joined (meeting, socket);
}

static void
answer (SimSocket *socket, JsonObject *request)
{
  gint64 type = 0;

  sim_json_get_int (request, "msg_type", &type);
  if (socket->signaling)
    handle_signaling (socket, type, request);
  else
    handle_media (socket, type, request);
}

/* Who asked may not know that the meeting has ended. */
static gboolean
on_late (gpointer user_data)
{
  SimSocket *socket = user_data;
  g_autoptr (JsonObject) request = g_steal_pointer (&socket->late_request);
  const gchar *stream_id = "";
  SimMeeting *meeting;
  gint64 sequence = 1;

  socket->late_source = 0;
  sim_json_get_string (request, "rtms_stream_id", &stream_id);
  sim_json_get_int (request, "sequence", &sequence);
  meeting = sim_simulator_find_meeting (socket->simulator, stream_id);
  if (!sim_socket_is_open (socket))
    return G_SOURCE_REMOVE;
  if (sim_meeting_is_over (meeting))
    send_refusal (socket, sequence, SIM_STATUS_INVALID_RTMS_STREAM_ID);
  else
    answer (socket, request);
  return G_SOURCE_REMOVE;
}

/* Does what is to go wrong with this handshake. */
static void
fail (SimSocket *socket, JsonObject *request, const SimHandshakeFault *fault)
{
  const gchar *kind = sim_socket_get_kind (socket);
  gint64 sequence = 1;

  sim_json_get_int (request, "sequence", &sequence);
  switch (fault->answer) {
  case SIM_ANSWER_LATE:
    sim_log ("%s %u: answered %u ms late", kind, socket->number, fault->delay);
    socket->late_request = json_object_ref (request);
    socket->late_source = g_timeout_add (fault->delay, on_late, socket);
    break;
  case SIM_ANSWER_SILENCE:
    sim_log ("%s %u: not answered", kind, socket->number);
    socket->refused = TRUE;
    break;
  case SIM_ANSWER_CLOSE:
    sim_log ("%s %u: closed in place of an answer", kind, socket->number);
    socket->refused = TRUE;
    sim_socket_close (socket, (gushort)fault->value, NULL);
    break;
  default:
    sim_log ("%s %u: refused for once: status %d", kind, socket->number,
        fault->value);
    send_refusal (socket, sequence, (SimStatus)fault->value);
    break;
  }
}

void
sim_handshake_handle (SimSocket *socket, JsonObject *request)
{
  const gchar *stream_id = "";
  SimMeeting *meeting;
  SimHandshakeFault *fault;

  if (socket->late_request != NULL)
    return;
  sim_json_get_string (request, "rtms_stream_id", &stream_id);
  meeting = sim_simulator_find_meeting (socket->simulator, stream_id);
  if (meeting == NULL) {
    answer (socket, request);
    return;
  }
  if (sim_meeting_is_asked_for (meeting)) {
    gint64 sequence = 1;

    sim_json_get_int (request, "sequence", &sequence);
    sim_meeting_tell_over (meeting);
    send_refusal (socket, sequence, SIM_STATUS_INVALID_RTMS_STREAM_ID);
    sim_simulator_check_end (socket->simulator);
    return;
  }
  /* Where the meeting was, nobody knows of it any more. */
  if (!g_str_equal (socket->url, sim_meeting_get_url (meeting))) {
    sim_websocket_reset (socket->websocket);
    return;
  }
  fault = &sim_meeting_get_faults (meeting)->handshakes[socket->signaling];
  if (fault->times == 0) {
    answer (socket, request);
    return;
  }
  fault->times--;
  fail (socket, request, fault);
}
