/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "player.h"

#include <string.h>

#include "clock.h"
#include "content.h"
#include "dump.h"
#include "meeting.h"
#include "oddity.h"

/* Messages per turn of the main loop, so that the sockets can drain and other
 * meetings have theirs. */
#define MAX_MESSAGES_PER_TURN 64
/* How often an encoder that has nothing yet is asked again. */
#define RETRY (5 * 1000)
/* What is kept of the audio while the client is away. */
#define AUDIO_BUFFER (60 * G_USEC_PER_SEC)
/* Behind by more than this, packets are a burst and the clock goes on. */
#define BURST G_USEC_PER_SEC
#define NEVER G_MAXINT64
#define N_OUTPUTS 3
/* An encoder for a new look of the picture starts so long before it. */
#define AHEAD (2 * G_USEC_PER_SEC)

/* One medium that is made of encoded packets: audio, video or share. */
typedef struct {
  SimMedium medium;
  SimSocket *socket; /* NULL while nobody receives it */
  gboolean open;     /* the tracks are for this socket's wishes */
  gboolean used;     /* attached at least once before */
  gboolean begun;    /* something was sent since it was attached */
  gboolean finished;
  gboolean needs_key_frame;
  gboolean fresh;  /* nothing was seen just before */
  gboolean hidden; /* a new range of the summary begins */
  SimTrackSpec spec;
  gint64 change_at; /* when the picture changes next */
  SimTrack *tracks[SIM_SCENE_MAX_PEOPLE];
  guint n_tracks;
  guint64 next; /* index of the next packet */
  guint group;  /* packets in a message */
} SimOutput;

struct _SimPlayer {
  SimSimulator *simulator;
  SimMeeting *meeting;
  SimSource *source;
  SimTally *tally;
  SimDelivery *delivery;
  SimClock clock;
  SimDump *dump; /* or NULL */
  GSource *timer;
  SimOutput outputs[N_OUTPUTS];
  SimSocket *text_sockets[SIM_N_MEDIA]; /* of transcript and chat */
  gint chosen_person;
  gboolean buffer_data;
  gboolean waiting; /* started, but nothing was encoded yet */
  gboolean running;
  gint64 base_monotonic;
  gint64 base_position;
  gint64 backlog;
  gint64 duration;
  gint64 epoch;
  gdouble speed;
  guint next_cue;
};

typedef enum {
  SEND_DONE,
  SEND_WAIT,
} SendResult;

static gboolean tick (gpointer user_data);

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

/* Only the ready time matters: it has microseconds, where g_timeout_add() has
 * milliseconds. */
static GSourceFuncs timer_functions = {
  .dispatch = dispatch,
};

SimPlayer *
sim_player_new (SimSimulator *simulator, SimMeeting *meeting)
{
  const SimOptions *options = sim_simulator_get_options (simulator);
  SimPlayer *player = g_new0 (SimPlayer, 1);

  player->simulator = simulator;
  player->meeting = meeting;
  player->source = sim_simulator_get_source (simulator);
  player->delivery = sim_meeting_get_delivery (meeting);
  player->tally = sim_meeting_get_tally (meeting);
  if (options->audio_dump != NULL)
    player->dump
        = sim_dump_new (options->audio_dump, sim_meeting_get_number (meeting));
  player->speed = options->speed;
  player->backlog = (gint64)(options->backlog * G_USEC_PER_SEC);
  player->duration = sim_source_get_duration (player->source);
  player->chosen_person = -1;
  for (guint i = 0; i < N_OUTPUTS; i++)
    player->outputs[i].medium = (SimMedium)i;
  player->timer = g_source_new (&timer_functions, sizeof (GSource));
  g_source_set_callback (player->timer, tick, player, NULL);
  g_source_attach (player->timer, NULL);
  return player;
}

void
sim_player_free (SimPlayer *player)
{
  g_source_destroy (player->timer);
  g_source_unref (player->timer);
  g_clear_pointer (&player->dump, sim_dump_free);
  g_free (player);
}

gint64
sim_player_get_position (SimPlayer *player)
{
  if (!player->running)
    return 0;
  return player->base_position
         + (gint64)((g_get_monotonic_time () - player->base_monotonic)
                    * player->speed);
}

/* Where a client that joins now is in the meeting. */
static gint64
get_now (SimPlayer *player)
{
  return player->running ? sim_player_get_position (player) : player->backlog;
}

static gint64
get_timestamp (SimPlayer *player, gint64 offset)
{
  return player->epoch + (sim_clock_read (&player->clock, offset) + 500) / 1000;
}

/* Tracks */

static void
open_audio (SimPlayer *player, SimOutput *output, GError **error)
{
  const SimAudioParams *params = &output->socket->params.audio;
  SimScene *scene = sim_source_get_scene (player->source);
  SimTrackSpec spec = {
    .medium = SIM_MEDIUM_AUDIO,
    .codec = params->codec,
    .rtp = params->content_type == SIM_CONTENT_RTP
           && !sim_simulator_get_options (player->simulator)->rtp_alias,
    .rate = sim_params_get_rate (params),
    .channels = params->channel,
    .view = -1,
  };

  output->n_tracks = 1;
  output->group = (guint)(params->send_rate * 1000 / SIM_AUDIO_PACKET);
  if (params->data_opt == SIM_OPTION_AUDIO_MULTI)
    output->n_tracks = sim_scene_get_n_people (scene);
  for (guint i = 0; i < output->n_tracks && *error == NULL; i++) {
    if (output->n_tracks > 1)
      spec.view = (gint)i;
    output->tracks[i] = sim_source_get_track (player->source, &spec, error);
  }
}

/* What the picture is like after its so-manieth change. */
static void
set_look (SimPlayer *player, SimOutput *output, gint change)
{
  const SimPictureParams *picture = &output->socket->params.video;
  const SimPictureChange *look;

  sim_params_get_size (picture, &output->spec.width, &output->spec.height);
  output->spec.change = change;
  if (change == 0)
    return;
  look = sim_source_get_look (player->source, change);
  if (look->width > 0) {
    output->spec.width = look->width;
    output->spec.height = look->height;
  }
  output->spec.profile = look->profile;
  output->spec.colorimetry = look->colorimetry;
}

/* Goes over to the next look with the first picture of it. */
static void
change_picture (SimPlayer *player, SimOutput *output, GError **error)
{
  gint change = sim_source_get_change (
      player->source, output->change_at, &output->change_at);

  set_look (player, output, change);
  output->tracks[0]
      = sim_source_get_track (player->source, &output->spec, error);
  output->next = 0;
  output->fresh = TRUE;
}

static void
open_pictures (SimPlayer *player, SimOutput *output, GError **error)
{
  const SimParams *params = &output->socket->params;
  const SimPictureParams *picture
      = output->medium == SIM_MEDIUM_SHARE ? &params->share : &params->video;
  gint change;

  output->spec = (SimTrackSpec){
    .medium = output->medium,
    .codec = picture->codec,
    .fps = picture->fps,
    .view = SIM_VIEW_ACTIVE_SPEAKER,
  };
  output->n_tracks = 0;
  output->group = 1;
  output->change_at = NEVER;
  output->fresh = TRUE;
  output->hidden = TRUE;
  if (output->medium == SIM_MEDIUM_SHARE)
    output->spec.view = SIM_VIEW_SHARE;
  else if (picture->data_opt == SIM_OPTION_VIDEO_GALLERY)
    output->spec.view = SIM_VIEW_GALLERY;
  else if (picture->data_opt == SIM_OPTION_VIDEO_INDIVIDUAL)
    output->spec.view = player->chosen_person;
  if (picture->data_opt == SIM_OPTION_VIDEO_INDIVIDUAL
      && player->chosen_person < 0)
    return;
  sim_params_get_size (picture, &output->spec.width, &output->spec.height);
  if (output->medium == SIM_MEDIUM_VIDEO) {
    change = sim_source_get_change (
        player->source, get_now (player), &output->change_at);
    set_look (player, output, change);
  }
  output->tracks[0]
      = sim_source_get_track (player->source, &output->spec, error);
  output->n_tracks = 1;
}

/* Where to go on for a client that is there now: audio is kept for those who
 * were away, pictures are not. */
static void
place_output (SimPlayer *player, SimOutput *output)
{
  gint64 position = get_now (player);
  SimTrack *track = output->tracks[0];

  if (output->medium != SIM_MEDIUM_AUDIO) {
    output->next = sim_track_get_index (track, position);
    /* A file's pictures may begin anywhere, a decoder may not. */
    if (!output->used)
      output->needs_key_frame = TRUE;
  } else if (output->used || player->buffer_data) {
    output->next = MAX (
        output->next, sim_track_get_index (track, position - AUDIO_BUFFER));
  } else {
    output->next = sim_track_get_index (track, position);
  }
  output->used = TRUE;
}

static void
fail (SimPlayer *player, SimOutput *output, const GError *error)
{
  g_printerr ("rtms-simulator: %s\n", error->message);
  output->n_tracks = 0;
  output->finished = TRUE;
  sim_simulator_fail (player->simulator, 2);
}

static void
open_output (SimPlayer *player, SimOutput *output)
{
  g_autoptr (GError) error = NULL;

  output->open = TRUE;
  output->begun = FALSE;
  output->finished = TRUE;
  output->n_tracks = 0;
  if (!sim_source_has_medium (player->source, output->medium))
    return;
  if (output->medium == SIM_MEDIUM_AUDIO)
    open_audio (player, output, &error);
  else
    open_pictures (player, output, &error);
  if (error != NULL) {
    fail (player, output, error);
    return;
  }
  if (output->n_tracks == 0)
    return;
  output->finished = FALSE;
  place_output (player, output);
}

/* Sending */

static void
send_payload (SimPlayer *player, SimOutput *output, gint person,
    const guint8 *data, gsize size, SimSent *sent)
{
  SimScene *scene = sim_source_get_scene (player->source);
  SimProduct product = sim_simulator_get_options (player->simulator)->product;
  const SimPerson *who
      = person >= 0 ? sim_scene_get_person (scene, person) : NULL;
  GString *text = sim_content_media (output->medium, product,
      sim_simulator_get_oddities (player->simulator), who, data, size,
      sent->timestamp);

  sent->medium = output->medium;
  if (who != NULL) {
    sent->user_id = who->user_id;
    sent->user_name = who->name;
  }
  sim_delivery_send (player->delivery, output->socket, text, sent, data, size);
}

static void
write_be (guint8 *data, guint32 value, guint bytes)
{
  for (guint i = bytes; i > 0; i--, value >>= 8)
    data[i - 1] = value & 0xff;
}

/* A scene that begins anew must not turn RTP's counters back. */
static void
advance_rtp (SimTrack *track, guint8 *packet, guint64 repeats)
{
  guint64 packets = repeats * sim_track_get_period (track);
  guint ticks = sim_track_get_spec (track)->codec == SIM_CODEC_OPUS ? 960 : 160;
  guint16 sequence = (guint16)(packet[2] << 8 | packet[3]);
  guint32 timestamp
      = (guint32)packet[4] << 24 | packet[5] << 16 | packet[6] << 8 | packet[7];

  write_be (packet + 2, (guint16)(sequence + packets), 2);
  write_be (packet + 4, (guint32)(timestamp + packets * ticks), 4);
}

/* Collects one message's packets of one track. */
static SimTrackResult
collect (SimTrack *track, guint64 first, guint count, GByteArray *data)
{
  for (guint i = 0; i < count; i++) {
    SimPacket packet;
    guint64 repeats;
    SimTrackResult result
        = sim_track_get_packet (track, first + i, &packet, &repeats);
    gsize size;
    gconstpointer bytes;

    if (result == SIM_TRACK_WAIT)
      return result;
    if (result == SIM_TRACK_END)
      return data->len > 0 ? SIM_TRACK_PACKET : SIM_TRACK_END;
    bytes = g_bytes_get_data (packet.data, &size);
    g_byte_array_append (data, bytes, (guint)size);
    if (sim_track_get_spec (track)->rtp && size >= 12 && repeats > 0)
      advance_rtp (track, data->data + data->len - size, repeats);
    g_bytes_unref (packet.data);
  }
  return SIM_TRACK_PACKET;
}

static void
dump_sound (SimPlayer *player, SimOutput *output, guint track,
    const SimSent *sent, guint count)
{
  g_autoptr (GBytes) sound = sim_track_get_sound (
      output->tracks[track], output->next - count, count);

  sim_dump_add (player->dump, sent->user_id, sent->timestamp, sound);
}

static SendResult
send_audio (SimPlayer *player, SimOutput *output)
{
  SimScene *scene = sim_source_get_scene (player->source);
  guint64 end = sim_track_get_index (output->tracks[0], player->duration);
  guint count = (guint)MIN (output->group, end - output->next);
  gint64 from = sim_track_get_offset (output->tracks[0], output->next);
  gint64 to = from + count * SIM_AUDIO_PACKET;
  gboolean multi
      = output->socket->params.audio.data_opt == SIM_OPTION_AUDIO_MULTI;
  g_autoptr (GPtrArray) messages
      = g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref);
  guint ended = 0;

  for (guint i = 0; i < output->n_tracks; i++) {
    GByteArray *data = g_byte_array_new ();
    SimTrackResult result;

    g_ptr_array_add (messages, data);
    result = collect (output->tracks[i], output->next, count, data);
    if (result == SIM_TRACK_WAIT)
      return SEND_WAIT;
    if (result == SIM_TRACK_END)
      ended++;
  }
  output->next += count;
  output->finished = ended == output->n_tracks;
  if (sim_scene_is_paused (scene, from))
    return SEND_DONE;
  for (guint i = 0; i < output->n_tracks; i++) {
    GByteArray *data = g_ptr_array_index (messages, i);
    SimSent sent = { .timestamp = get_timestamp (player, from) };

    if (data->len == 0
        || (multi && !sim_scene_is_speaking (scene, i, from, to)))
      continue;
    send_payload (
        player, output, multi ? (gint)i : -1, data->data, data->len, &sent);
    if (player->dump != NULL)
      dump_sound (player, output, i, &sent, count);
  }
  return SEND_DONE;
}

/* Whose picture this is, or -1 while there is none; *@shown tells them apart
 * for a gallery, which is nobody's. */
static gint
find_shown (
    SimPlayer *player, SimOutput *output, gint64 offset, gboolean *shown)
{
  SimScene *scene = sim_source_get_scene (player->source);
  gint64 start;
  gint person;

  if (sim_scene_is_paused (scene, offset)) {
    *shown = FALSE;
    return -1;
  }
  if (output->medium == SIM_MEDIUM_SHARE) {
    person = sim_scene_get_presenter (scene, offset, &start);
    *shown = person >= 0;
    return person;
  }
  switch (output->socket->params.video.data_opt) {
  case SIM_OPTION_VIDEO_INDIVIDUAL:
    person = player->chosen_person;
    *shown = person >= 0 && sim_scene_is_camera_on (scene, person, offset);
    return person;
  case SIM_OPTION_VIDEO_GALLERY:
    *shown = sim_scene_get_shown_person (scene, offset) >= 0;
    return -1;
  default:
    person = sim_scene_get_shown_person (scene, offset);
    *shown = person >= 0;
    return person;
  }
}

/* Pictures begin with a key frame, or, as Zoom's may, anywhere but there. */
static gboolean
is_held_back (SimPlayer *player, SimOutput *output, gboolean key_frame)
{
  gboolean late
      = sim_simulator_get_options (player->simulator)->late_key_frames;
  gboolean fresh = output->fresh;

  output->fresh = FALSE;
  if (late)
    return fresh && key_frame;
  if (key_frame)
    output->needs_key_frame = FALSE;
  return output->needs_key_frame;
}

/* The encoder of the next look needs a moment before it is wanted. */
static void
prepare_change (SimPlayer *player, SimOutput *output, gint64 offset)
{
  SimTrackSpec spec = output->spec;
  gint64 next;

  if (output->change_at - offset > AHEAD * MAX (1.0, player->speed))
    return;
  set_look (player, output,
      sim_source_get_change (player->source, output->change_at, &next));
  sim_source_get_track (player->source, &output->spec, NULL);
  output->spec = spec;
}

static void
send_shown (SimPlayer *player, SimOutput *output, gint person,
    const SimPacket *packet, gint64 offset)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (packet->data, &size);
  SimSent sent = {
    .timestamp = get_timestamp (player, offset),
    .key_frame = packet->key_frame,
    .width = output->spec.width,
    .height = output->spec.height,
    .begins = output->hidden,
  };

  output->hidden = FALSE;
  send_payload (player, output, person, data, size, &sent);
}

static SendResult
send_picture (SimPlayer *player, SimOutput *output)
{
  SimTrack *track = output->tracks[0];
  gint64 offset = sim_track_get_offset (track, output->next);
  SimPacket packet;
  guint64 repeats;
  gboolean shown;
  gint person;
  SimTrackResult result;

  if (offset >= output->change_at) {
    g_autoptr (GError) error = NULL;

    change_picture (player, output, &error);
    if (error != NULL)
      fail (player, output, error);
    return SEND_DONE;
  }
  prepare_change (player, output, offset);
  person = find_shown (player, output, offset, &shown);
  result = sim_track_get_packet (track, output->next, &packet, &repeats);
  if (result == SIM_TRACK_WAIT)
    return SEND_WAIT;
  if (result == SIM_TRACK_END) {
    output->finished = TRUE;
    return SEND_DONE;
  }
  if (!shown) {
    output->needs_key_frame = TRUE;
    output->fresh = TRUE;
    output->hidden = TRUE;
  } else if (!is_held_back (player, output, packet.key_frame)) {
    send_shown (player, output, person, &packet, offset);
  }
  g_bytes_unref (packet.data);
  output->next++;
  return SEND_DONE;
}

static GString *
print_message (JsonObject *message)
{
  g_autofree gchar *text = sim_json_print (message);

  return g_string_new (text);
}

static void
send_text (SimPlayer *player, SimMedium medium, const SimCue *cue)
{
  SimSocket *socket = player->text_sockets[medium];
  const SimOptions *options = sim_simulator_get_options (player->simulator);
  const SimPerson *person = sim_scene_get_person (
      sim_source_get_scene (player->source), cue->person);
  gint64 timestamp = get_timestamp (player, cue->at);
  g_autoptr (JsonObject) message = NULL;

  if (socket == NULL)
    return;
  if (medium == SIM_MEDIUM_TRANSCRIPT) {
    message = sim_content_transcript (options->product, person, cue->text,
        player->epoch * 1000 + sim_clock_read (&player->clock, cue->start),
        player->epoch * 1000 + sim_clock_read (&player->clock, cue->end),
        options->transcript_scale, timestamp);
    sim_tally_add_line (player->tally, person->name,
        get_timestamp (player, cue->start), get_timestamp (player, cue->end),
        cue->text);
  } else {
    message = sim_content_chat (person, cue->text, timestamp);
  }
  sim_oddity_apply (sim_simulator_get_oddities (player->simulator), message);
  sim_delivery_send (player->delivery, socket, print_message (message),
      &(SimSent){ .medium = medium,
          .timestamp = timestamp,
          .user_id = person->user_id,
          .user_name = person->name },
      cue->text, strlen (cue->text));
}

static void
send_cue (SimPlayer *player, const SimCue *cue)
{
  if (cue->kind == SIM_CUE_TRANSCRIPT)
    send_text (player, SIM_MEDIUM_TRANSCRIPT, cue);
  else if (cue->kind == SIM_CUE_CHAT)
    send_text (player, SIM_MEDIUM_CHAT, cue);
  else
    sim_meeting_cue (player->meeting, cue, get_timestamp (player, cue->at));
}

/* Pacing */

/* When the output's next message is to go: audio when its last packet begins,
 * because it must have been heard before it can be sent. */
static gint64
get_due (SimPlayer *player, SimOutput *output)
{
  gint64 start;

  if (output->socket == NULL || !output->open || output->finished)
    return NEVER;
  start = sim_track_get_offset (output->tracks[0], output->next);
  if (start >= player->duration)
    return NEVER;
  return MIN (start + (output->group - 1) * SIM_AUDIO_PACKET, player->duration);
}

static SimOutput *
find_next_output (SimPlayer *player, gint64 *due)
{
  SimOutput *found = NULL;

  *due = NEVER;
  for (guint i = 0; i < N_OUTPUTS; i++) {
    gint64 candidate = get_due (player, &player->outputs[i]);

    if (candidate < *due) {
      *due = candidate;
      found = &player->outputs[i];
    }
  }
  return found;
}

static void
sleep_until (SimPlayer *player, gint64 position)
{
  gint64 delay = (gint64)((position - player->base_position) / player->speed);

  g_source_set_ready_time (player->timer, player->base_monotonic + delay);
}

/* The encoder is late. The clock waits for it, except where a burst is sent or
 * a new client joins; pictures that it missed are skipped then. */
static void
wait_for_encoder (
    SimPlayer *player, SimOutput *output, gint64 due, gint64 position)
{
  if (!output->begun && output->medium != SIM_MEDIUM_AUDIO) {
    output->next
        = MAX (output->next, sim_track_get_index (output->tracks[0], position));
  } else if (position - due < BURST) {
    player->base_position = due;
    player->base_monotonic = g_get_monotonic_time ();
  }
  g_source_set_ready_time (player->timer, g_get_monotonic_time () + RETRY);
}

static gboolean
has_first_packet (SimOutput *output, SimPlayer *player)
{
  guint64 last = output->next;

  if (output->socket == NULL || output->finished
      || output->medium == SIM_MEDIUM_SHARE)
    return TRUE;
  /* The whole backlog has to be there, because it is sent at once. */
  if (output->medium == SIM_MEDIUM_AUDIO)
    last = MAX (
        last, sim_track_get_index (output->tracks[0],
                  MIN (player->backlog, player->duration - SIM_AUDIO_PACKET)));
  for (guint i = 0; i < output->n_tracks; i++) {
    SimPacket packet;
    guint64 repeats;
    SimTrackResult result
        = sim_track_get_packet (output->tracks[i], last, &packet, &repeats);

    if (result == SIM_TRACK_WAIT)
      return FALSE;
    if (result == SIM_TRACK_PACKET)
      g_bytes_unref (packet.data);
  }
  return TRUE;
}

/* Those who come late hear of what is going on, not of what has been. */
static void
skip_cues (SimPlayer *player)
{
  const GArray *cues
      = sim_scene_get_cues (sim_source_get_scene (player->source));

  while (player->next_cue < cues->len
         && g_array_index (cues, SimCue, player->next_cue).at < player->backlog)
    player->next_cue++;
}

static void
begin_media (SimPlayer *player)
{
  skip_cues (player);
  player->waiting = FALSE;
  player->running = TRUE;
  player->base_monotonic = g_get_monotonic_time ();
  player->base_position = player->backlog;
  player->epoch = (g_get_real_time () - player->backlog) / 1000;
  sim_meeting_media_began (player->meeting, player->epoch);
}

static gboolean
is_ready_to_begin (SimPlayer *player)
{
  for (guint i = 0; i < N_OUTPUTS; i++) {
    if (!has_first_packet (&player->outputs[i], player))
      return FALSE;
  }
  return TRUE;
}

/* Sends what is due; FALSE when the turn is over. */
static gboolean
send_next (SimPlayer *player, gint64 position)
{
  const GArray *cues
      = sim_scene_get_cues (sim_source_get_scene (player->source));
  const SimCue *cue = player->next_cue < cues->len
                          ? &g_array_index (cues, SimCue, player->next_cue)
                          : NULL;
  gint64 due;
  SimOutput *output = find_next_output (player, &due);
  SendResult result;

  if (cue != NULL && cue->at <= due) {
    if (cue->at > position) {
      sleep_until (player, cue->at);
      return FALSE;
    }
    player->next_cue++;
    send_cue (player, cue);
    return TRUE;
  }
  if (due > position) {
    /* At the end's own time everything before it has been sent. */
    if (output == NULL && position >= player->duration) {
      sim_player_stop (player);
      sim_meeting_media_finished (player->meeting);
      return FALSE;
    }
    sleep_until (player, MIN (due, player->duration));
    return FALSE;
  }
  if (output->medium == SIM_MEDIUM_AUDIO)
    result = send_audio (player, output);
  else
    result = send_picture (player, output);
  if (result == SEND_WAIT) {
    wait_for_encoder (player, output, due, position);
    return FALSE;
  }
  output->begun = TRUE;
  return TRUE;
}

static gboolean
tick (gpointer user_data)
{
  SimPlayer *player = user_data;
  gint64 position;

  g_source_set_ready_time (player->timer, -1);
  if (!player->waiting && !player->running)
    return G_SOURCE_CONTINUE;
  if (!sim_source_is_ready (player->source)) {
    g_source_set_ready_time (player->timer, g_get_monotonic_time () + RETRY);
    return G_SOURCE_CONTINUE;
  }
  for (guint i = 0; i < N_OUTPUTS; i++) {
    if (player->outputs[i].socket != NULL && !player->outputs[i].open)
      open_output (player, &player->outputs[i]);
  }
  if (player->waiting) {
    if (!is_ready_to_begin (player)) {
      g_source_set_ready_time (player->timer, g_get_monotonic_time () + RETRY);
      return G_SOURCE_CONTINUE;
    }
    begin_media (player);
  }
  position = sim_player_get_position (player);
  for (guint i = 0; player->running && i < MAX_MESSAGES_PER_TURN; i++) {
    if (!send_next (player, position))
      return G_SOURCE_CONTINUE;
  }
  if (player->running)
    g_source_set_ready_time (player->timer, 0);
  return G_SOURCE_CONTINUE;
}

void
sim_player_attach (SimPlayer *player, SimSocket *socket)
{
  for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
    if (!(socket->media & SIM_MEDIA_BIT (medium)))
      continue;
    if (medium < N_OUTPUTS) {
      player->outputs[medium].socket = socket;
      player->outputs[medium].open = FALSE;
    } else {
      player->text_sockets[medium] = socket;
    }
  }
  if (player->running || player->waiting)
    g_source_set_ready_time (player->timer, 0);
}

gboolean
sim_player_has (SimPlayer *player, SimSocket *socket)
{
  for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
    if (player->text_sockets[medium] == socket
        || (medium < N_OUTPUTS && player->outputs[medium].socket == socket))
      return TRUE;
  }
  return FALSE;
}

void
sim_player_detach (SimPlayer *player, SimSocket *socket)
{
  for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
    if (medium < N_OUTPUTS && player->outputs[medium].socket == socket)
      player->outputs[medium].socket = NULL;
    if (player->text_sockets[medium] == socket)
      player->text_sockets[medium] = NULL;
  }
}

void
sim_player_start (SimPlayer *player, gboolean buffer_data)
{
  if (player->running || player->waiting)
    return;
  player->buffer_data = buffer_data;
  player->waiting = TRUE;
  g_source_set_ready_time (player->timer, 0);
}

void
sim_player_stop (SimPlayer *player)
{
  player->running = FALSE;
  player->waiting = FALSE;
  g_source_set_ready_time (player->timer, -1);
}

void
sim_player_choose_video (SimPlayer *player, gint person)
{
  SimOutput *output = &player->outputs[SIM_MEDIUM_VIDEO];

  player->chosen_person = person;
  output->open = FALSE;
  output->used = FALSE;
  if (player->running || player->waiting)
    g_source_set_ready_time (player->timer, 0);
}

gint
sim_player_get_chosen_video (SimPlayer *player)
{
  return player->chosen_person;
}

void
sim_player_set_clock (SimPlayer *player, gint64 jump, gint ppm)
{
  sim_clock_set (&player->clock, sim_player_get_position (player), jump, ppm);
}
