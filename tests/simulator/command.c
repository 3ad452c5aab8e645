/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command.h"

#include <string.h>

#include "damage.h"
#include "meeting.h"
#include "oddity.h"
#include "server.h"

#define MAX_SECONDS 3600.0
/* TLS alert 80, internal error, in the clear where only records that are
 * encrypted may come. */
static const guint8 plain_alert[] = { 21, 3, 3, 0, 2, 2, 80 };

typedef struct {
  SimSimulator *simulator;
  GPtrArray *meetings; /* those that are meant, not owned */
  gchar **words;       /* without the verb and what has a name */
  GHashTable *values;
  const gchar *text;
  /* What its sockets need of its values. */
  gdouble number;
  gint64 duration;
  JsonObject *answer;
  gchar *error;
} Command;

static gboolean fail (Command *command, const gchar *format, ...)
    G_GNUC_PRINTF (2, 3);

static gboolean
fail (Command *command, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  if (command->error == NULL)
    command->error = g_strdup_vprintf (format, args);
  va_end (args);
  return FALSE;
}

/* Values */

static const gchar *
get_word (Command *command, const gchar *fallback)
{
  return command->words[0] != NULL ? command->words[0] : fallback;
}

/* A number, @fallback where it is absent. */
static gdouble
get_number (Command *command, const gchar *name, gdouble fallback,
    gdouble least, gdouble most)
{
  const gchar *text = g_hash_table_lookup (command->values, name);
  gchar *end;
  gdouble number;

  if (text == NULL)
    return fallback;
  number = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !(number >= least && number <= most)) {
    fail (command, "%s must be a number within %g and %g", name, least, most);
    return fallback;
  }
  return number;
}

static guint
get_times (Command *command)
{
  return (guint)get_number (command, "times", 1, 0, 1e9);
}

static gint64
get_duration (Command *command, const gchar *name, gdouble fallback)
{
  return (gint64)(get_number (command, name, fallback, 0, MAX_SECONDS)
                  * G_USEC_PER_SEC);
}

/* Which sockets a word means. */
static gboolean
parse_sockets (
    Command *command, const gchar *word, gboolean *signaling, guint *media)
{
  *signaling = g_str_equal (word, "signaling") || g_str_equal (word, "all");
  *media = g_str_equal (word, "media") || g_str_equal (word, "all")
               ? SIM_MEDIA_EACH
               : 0;
  for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
    if (g_str_equal (word, sim_medium_name (medium)))
      *media = SIM_MEDIA_BIT (medium);
  }
  if (*signaling || *media != 0)
    return TRUE;
  return fail (command,
      "\"%s\" is not signaling, media, all, audio, video, share, transcript "
      "or chat",
      word);
}

/* Does something with each socket that is meant. */
typedef void (*SocketFunc) (Command *command, SimSocket *socket);

static gboolean
for_each_socket (Command *command, SocketFunc function)
{
  gboolean signaling;
  guint media;
  guint count = 0;

  if (command->error != NULL
      || !parse_sockets (
          command, get_word (command, "media"), &signaling, &media))
    return FALSE;
  for (guint i = 0; i < command->meetings->len; i++) {
    SimMeeting *meeting = g_ptr_array_index (command->meetings, i);
    g_autoptr (GPtrArray) sockets
        = sim_meeting_find_sockets (meeting, signaling, media);

    for (guint j = 0; j < sockets->len && command->error == NULL; j++) {
      SimSocket *socket = g_ptr_array_index (sockets, j);

      function (command, socket);
      count++;
    }
  }
  json_object_set_int_member (command->answer, "sockets", count);
  return command->error == NULL;
}

/* Connections */

static void
drop_socket (Command *command, SimSocket *socket)
{
  sim_websocket_reset (socket->websocket);
}

static void
half_close_socket (Command *command, SimSocket *socket)
{
  sim_websocket_half_close (socket->websocket);
}

static void
close_socket (Command *command, SimSocket *socket)
{
  sim_socket_close (socket, (gushort)command->number, "fault");
}

static void
abandon_socket (Command *command, SimSocket *socket)
{
  socket->abandoned = TRUE;
  if (socket->meeting != NULL)
    sim_meeting_socket_lost (socket->meeting, socket);
}

static void
stall_socket (Command *command, SimSocket *socket)
{
  socket->faulty = TRUE;
  sim_websocket_stall (socket->websocket, command->duration);
}

static void
limit_socket (Command *command, SimSocket *socket)
{
  socket->faulty = TRUE;
  sim_websocket_limit (
      socket->websocket, (guint)command->number, command->duration);
}

static void
send_endless (Command *command, SimSocket *socket)
{
  socket->faulty = TRUE;
  socket->framing = SIM_FRAMING_ENDLESS;
  sim_websocket_reset_later (socket->websocket, command->duration);
}

static void
break_tls (Command *command, SimSocket *socket)
{
  sim_websocket_inject (socket->websocket, plain_alert, sizeof (plain_alert));
}

static gboolean
run_drop (Command *command)
{
  return for_each_socket (command, drop_socket);
}

static gboolean
run_half_close (Command *command)
{
  return for_each_socket (command, half_close_socket);
}

static gboolean
run_close (Command *command)
{
  command->number = get_number (command, "code", SIM_CLOSE_NORMAL, 1000, 4999);
  return for_each_socket (command, close_socket);
}

static gboolean
run_abandon (Command *command)
{
  return for_each_socket (command, abandon_socket);
}

static gboolean
run_stall (Command *command)
{
  command->duration = get_duration (command, "for", 1.0);
  return for_each_socket (command, stall_socket);
}

static gboolean
run_limit (Command *command)
{
  command->number = get_number (command, "rate", 0, 0, 1e9);
  command->duration = get_duration (command, "for", 0.0);
  return for_each_socket (command, limit_socket);
}

static gboolean
run_endless (Command *command)
{
  command->duration = get_duration (command, "for", 1.0);
  return for_each_socket (command, send_endless);
}

static gboolean
run_refuse (Command *command)
{
  SimServer *server = sim_simulator_get_server (command->simulator);
  const gchar *how = g_hash_table_lookup (command->values, "how");
  guint times = get_times (command);
  SimRefusal refusal = SIM_REFUSAL_RESET;
  guint status = 0;
  gboolean signaling;
  guint media;

  if (!parse_sockets (command, get_word (command, "media"), &signaling, &media))
    return FALSE;
  if (how == NULL || g_str_equal (how, "reset")) {
    refusal = SIM_REFUSAL_RESET;
  } else if (g_str_equal (how, "silence")) {
    refusal = SIM_REFUSAL_SILENCE;
  } else {
    refusal = SIM_REFUSAL_STATUS;
    status = (guint)get_number (command, "how", 503, 300, 599);
  }
  if (command->error != NULL)
    return FALSE;
  if (signaling)
    sim_server_refuse (server, TRUE, refusal, status, times);
  if (media != 0)
    sim_server_refuse (server, FALSE, refusal, status, times);
  return TRUE;
}

static gboolean
run_handshake (Command *command)
{
  SimHandshakeFault fault = { .times = get_times (command) };
  gboolean signaling;
  guint media;

  if (!parse_sockets (command, get_word (command, "media"), &signaling, &media))
    return FALSE;
  if (g_hash_table_contains (command->values, "status")) {
    fault.answer = SIM_ANSWER_STATUS;
    fault.value = (gint)get_number (command, "status", 0, 1, 1000);
  } else if (g_hash_table_contains (command->values, "late")) {
    fault.answer = SIM_ANSWER_LATE;
    fault.delay = (guint)(get_duration (command, "late", 1.0) / 1000);
  } else if (g_hash_table_contains (command->values, "close")) {
    fault.answer = SIM_ANSWER_CLOSE;
    fault.value = (gint)get_number (command, "close", 1000, 1000, 4999);
  } else {
    fault.answer = SIM_ANSWER_SILENCE;
  }
  for (guint i = 0; i < command->meetings->len && command->error == NULL; i++) {
    SimFaults *faults
        = sim_meeting_get_faults (g_ptr_array_index (command->meetings, i));

    if (signaling)
      faults->handshakes[TRUE] = fault;
    if (media != 0)
      faults->handshakes[FALSE] = fault;
  }
  return command->error == NULL;
}

static gboolean
is_used (SimSimulator *simulator, const gchar *url)
{
  for (guint i = 1; i <= sim_simulator_get_n_meetings (simulator); i++) {
    if (g_str_equal (
            sim_meeting_get_url (sim_simulator_get_meeting (simulator, i)),
            url))
      return TRUE;
  }
  return FALSE;
}

static gboolean
run_move (Command *command)
{
  SimServer *server = sim_simulator_get_server (command->simulator);
  g_autoptr (GError) error = NULL;

  if (!sim_server_open (server, &error))
    return fail (command, "%s", error->message);
  for (guint i = 0; i < command->meetings->len; i++) {
    SimMeeting *meeting = g_ptr_array_index (command->meetings, i);
    g_autofree gchar *old = g_strdup (sim_meeting_get_url (meeting));

    sim_meeting_move (meeting, sim_server_get_url (server));
    if (!is_used (command->simulator, old))
      sim_server_close (server, old);
  }
  json_object_set_string_member (
      command->answer, "url", sim_server_get_url (server));
  return TRUE;
}

static gboolean
run_tls (Command *command)
{
  const gchar *word = get_word (command, "alert");
  SimTlsFault fault;

  if (!sim_simulator_get_options (command->simulator)->tls)
    return fail (command, "there is no TLS");
  if (g_str_equal (word, "alert")) {
    command->words += command->words[0] != NULL ? 1 : 0;
    return for_each_socket (command, break_tls);
  }
  if (!sim_tls_fault_find (word, &fault))
    return fail (command,
        "\"%s\" is not alert, good, expired, wrong-name or unknown-ca", word);
  return sim_server_set_tls_fault (
      sim_simulator_get_server (command->simulator), fault,
      get_times (command));
}

/* Messages */

static void
send_text (Command *command, SimSocket *socket)
{
  const gchar *text = g_hash_table_lookup (command->values, "text");

  sim_socket_send_text (socket, text, strlen (text));
}

static gboolean
run_send (Command *command)
{
  if (!g_hash_table_contains (command->values, "text"))
    return fail (command, "text=... is missing");
  return for_each_socket (command, send_text);
}

static void
send_broken (Command *command, SimSocket *socket)
{
  GString *text = g_hash_table_lookup (command->values, "what");

  sim_socket_send_text (socket, text->str, text->len);
}

static gboolean
run_inject (Command *command)
{
  const gchar *name = get_word (command, "malformed");
  GString *text = sim_damage_make (name);
  gboolean done;

  if (text == NULL)
    return fail (command, "there is no message \"%s\"", name);
  command->words += command->words[0] != NULL ? 1 : 0;
  g_hash_table_insert (command->values, "what", text);
  done = for_each_socket (command, send_broken);
  g_hash_table_remove (command->values, "what");
  g_string_free (text, TRUE);
  return done;
}

static gboolean
run_damage (Command *command)
{
  const gchar *name = get_word (command, "none");
  guint times = get_times (command);
  gboolean signaling;
  guint media;
  SimDamage damage;

  if (!sim_damage_find (name, &damage))
    return fail (command, "there is no damage \"%s\"", name);
  command->words += command->words[0] != NULL ? 1 : 0;
  if (!parse_sockets (command, get_word (command, "media"), &signaling, &media))
    return FALSE;
  for (guint i = 0; i < command->meetings->len && command->error == NULL; i++) {
    SimDelivery *delivery
        = sim_meeting_get_delivery (g_ptr_array_index (command->meetings, i));

    for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
      if (media & SIM_MEDIA_BIT (medium))
        sim_delivery_damage (delivery, medium, damage, times);
    }
  }
  return command->error == NULL;
}

/* The first word as an index into @names, of which the first is the default;
 * what follows are sockets. */
static gboolean
parse_style (Command *command, const gchar *const *names, gint *style,
    gboolean *signaling, guint *media)
{
  const gchar *name = get_word (command, names[0]);

  for (*style = 0; names[*style] != NULL; (*style)++) {
    if (g_str_equal (names[*style], name))
      break;
  }
  if (names[*style] == NULL) {
    g_autofree gchar *all = g_strjoinv (", ", (gchar **)names);

    return fail (command, "\"%s\" is none of %s", name, all);
  }
  command->words += command->words[0] != NULL ? 1 : 0;
  return parse_sockets (command, get_word (command, "all"), signaling, media);
}

static gboolean
run_frames (Command *command)
{
  static const gchar *const names[] = { "text", "binary", "bytes", NULL };
  gint framing;
  gboolean signaling;
  guint media;

  if (!parse_style (command, names, &framing, &signaling, &media))
    return FALSE;
  for (guint i = 0; i < command->meetings->len; i++) {
    SimMeeting *meeting = g_ptr_array_index (command->meetings, i);
    SimFaults *faults = sim_meeting_get_faults (meeting);
    g_autoptr (GPtrArray) sockets
        = sim_meeting_find_sockets (meeting, signaling, media);

    if (signaling)
      faults->framing[TRUE] = (SimFraming)framing;
    if (media != 0)
      faults->framing[FALSE] = (SimFraming)framing;
    for (guint j = 0; j < sockets->len; j++)
      ((SimSocket *)g_ptr_array_index (sockets, j))->framing
          = (SimFraming)framing;
  }
  return TRUE;
}

static gboolean
run_keep_alives (Command *command)
{
  static const gchar *const names[]
      = { "regular", "idle", "bare", "none", NULL };
  gint style;
  gboolean signaling;
  guint media;

  if (!parse_style (command, names, &style, &signaling, &media))
    return FALSE;
  for (guint i = 0; i < command->meetings->len; i++) {
    SimFaults *faults
        = sim_meeting_get_faults (g_ptr_array_index (command->meetings, i));

    if (signaling)
      faults->keep_alives[TRUE] = (SimKeepAliveStyle)style;
    if (media != 0)
      faults->keep_alives[FALSE] = (SimKeepAliveStyle)style;
  }
  return TRUE;
}

static gboolean
run_clock (Command *command)
{
  gint64 jump
      = (gint64)(get_number (command, "jump", 0, -MAX_SECONDS, MAX_SECONDS)
                 * G_USEC_PER_SEC);
  gint ppm = (gint)get_number (command, "skew", 0, -500000, 500000);

  for (guint i = 0; i < command->meetings->len && command->error == NULL; i++)
    sim_meeting_set_clock (g_ptr_array_index (command->meetings, i), jump, ppm);
  return command->error == NULL;
}

/* "on" and "off", on where neither is said; the second word. */
static gboolean
get_switch (Command *command)
{
  return command->words[0] == NULL || command->words[1] == NULL
         || !g_str_equal (command->words[1], "off");
}

static gboolean
run_oddity (Command *command)
{
  guint oddities = sim_simulator_get_oddities (command->simulator);
  SimOddity oddity = sim_oddity_find (get_word (command, ""));
  g_autofree gchar *list = sim_oddity_list (G_MAXUINT);

  if (oddity == 0)
    return fail (command, "oddities are %s", list);
  sim_simulator_set_oddities (command->simulator,
      get_switch (command) ? oddities | oddity : oddities & ~oddity);
  return TRUE;
}

static gboolean
run_signs (Command *command)
{
  const gchar *name = get_word (command, "");
  gboolean on = get_switch (command);

  for (guint i = 0; i < command->meetings->len; i++) {
    SimFaults *faults
        = sim_meeting_get_faults (g_ptr_array_index (command->meetings, i));

    if (g_str_equal (name, "event"))
      faults->tell_event = on;
    else if (g_str_equal (name, "state"))
      faults->tell_state = on;
    else if (g_str_equal (name, "webhook"))
      faults->tell_webhook = on;
    else
      return fail (command, "\"%s\" is not event, state or webhook", name);
  }
  return TRUE;
}

/* Webhooks */

static gboolean
run_webhook (Command *command)
{
  static const gchar *const faults[] = { "duplicate", "delay", "lose", "swap" };
  SimWebhook *webhook = sim_simulator_get_webhook (command->simulator);
  const gchar *name = get_word (command, "");

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    if (!g_str_equal (name, faults[i]))
      continue;
    sim_webhook_set_fault (webhook, (SimWebhookFault)(i + 1),
        get_times (command), (guint)(get_duration (command, "by", 1.0) / 1000));
    return command->error == NULL;
  }
  if (!g_str_equal (name, "rtms_started")
      && !g_str_equal (name, "rtms_interrupted")
      && !g_str_equal (name, "rtms_stopped"))
    return fail (command,
        "\"%s\" is not duplicate, delay, lose, swap, rtms_started, "
        "rtms_interrupted or rtms_stopped",
        name);
  for (guint i = 0; i < command->meetings->len; i++)
    sim_meeting_post (g_ptr_array_index (command->meetings, i), name);
  return TRUE;
}

/* The rest */

static gboolean
run_status (Command *command)
{
  JsonArray *meetings = json_array_new ();

  for (guint i = 0; i < command->meetings->len; i++)
    json_array_add_object_element (meetings,
        sim_meeting_to_json (g_ptr_array_index (command->meetings, i)));
  json_object_set_array_member (command->answer, "meetings", meetings);
  return TRUE;
}

static gboolean
run_end (Command *command)
{
  gint reason
      = (gint)get_number (command, "reason", SIM_STOP_MEETING_ENDED, 1, 26);

  for (guint i = 0; i < command->meetings->len && command->error == NULL; i++)
    sim_meeting_end (
        g_ptr_array_index (command->meetings, i), (SimStopReason)reason);
  return command->error == NULL;
}

static const struct {
  const gchar *verb;
  gboolean (*run) (Command *command);
  gboolean harmless;
} verbs[] = {
  { "drop", run_drop, FALSE },
  { "half-close", run_half_close, FALSE },
  { "close", run_close, FALSE },
  { "abandon", run_abandon, FALSE },
  { "stall", run_stall, FALSE },
  { "limit", run_limit, FALSE },
  { "endless", run_endless, FALSE },
  { "refuse", run_refuse, FALSE },
  { "handshake", run_handshake, FALSE },
  { "move", run_move, FALSE },
  { "tls", run_tls, FALSE },
  { "send", run_send, FALSE },
  { "inject", run_inject, FALSE },
  { "damage", run_damage, FALSE },
  { "frames", run_frames, FALSE },
  { "keep-alives", run_keep_alives, FALSE },
  { "clock", run_clock, FALSE },
  { "oddity", run_oddity, FALSE },
  { "signs", run_signs, FALSE },
  { "webhook", run_webhook, FALSE },
  { "status", run_status, TRUE },
  { "end", run_end, TRUE },
};

/* Parsing */

static gboolean
find_meetings (Command *command, SimMeeting *meeting)
{
  guint count = sim_simulator_get_n_meetings (command->simulator);
  guint number = (guint)get_number (command, "meeting", 0, 1, count);

  if (command->error != NULL)
    return FALSE;
  if (number == 0 && meeting == NULL) {
    for (guint i = 1; i <= count; i++)
      g_ptr_array_add (
          command->meetings, sim_simulator_get_meeting (command->simulator, i));
  } else {
    g_ptr_array_add (command->meetings,
        number > 0 ? sim_simulator_get_meeting (command->simulator, number)
                   : meeting);
  }
  return TRUE;
}

/* Takes the words with a name out of the others. "text=" takes the rest of
 * the line. */
static void
sort_words (Command *command, gchar **words)
{
  guint kept = 0;

  for (guint i = 0; words[i] != NULL; i++) {
    gchar *equals = strchr (words[i], '=');

    if (equals == NULL) {
      words[kept++] = words[i];
    } else {
      *equals = '\0';
      g_hash_table_insert (command->values, words[i], equals + 1);
    }
  }
  words[kept] = NULL;
}

static gboolean
run_verb (Command *command, SimMeeting *meeting, const gchar *verb)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    if (!g_str_equal (verbs[i].verb, verb))
      continue;
    if (!find_meetings (command, meeting))
      return FALSE;
    for (guint j = 0; j < command->meetings->len && !verbs[i].harmless; j++) {
      SimMeeting *target = g_ptr_array_index (command->meetings, j);

      sim_meeting_get_faults (target)->any = TRUE;
      sim_packet_log_fault (sim_simulator_get_packet_log (command->simulator),
          sim_meeting_get_number (target), command->text);
    }
    if (!verbs[i].harmless)
      sim_log ("fault: %s", command->text);
    return verbs[i].run (command);
  }
  return fail (command, "there is no command \"%s\"", verb);
}

JsonObject *
sim_command_run (
    SimSimulator *simulator, SimMeeting *meeting, const gchar *text)
{
  g_autofree gchar *line = g_strdup (text);
  gchar *rest = strstr (line, " text=");
  g_auto (GStrv) words = NULL;
  g_autofree gchar **sorted = NULL;
  Command command = {
    .simulator = simulator,
    .meetings = g_ptr_array_new (),
    .values = g_hash_table_new (g_str_hash, g_str_equal),
    .text = text,
    .answer = json_object_new (),
  };
  gboolean done;

  if (rest != NULL) {
    *rest = '\0';
    g_hash_table_insert (command.values, "text", rest + strlen (" text="));
  }
  words = g_strsplit_set (g_strstrip (line), " \t", -1);
  sorted = g_memdup2 (words, sizeof (gchar *) * (g_strv_length (words) + 1));
  sort_words (&command, sorted);
  command.words = sorted[0] != NULL ? sorted + 1 : sorted;
  done = run_verb (&command, meeting, sorted[0] != NULL ? sorted[0] : "");
  json_object_set_boolean_member (command.answer, "ok", done);
  if (!done)
    json_object_set_string_member (command.answer, "error",
        command.error != NULL ? command.error : "it cannot be done");
  g_ptr_array_unref (command.meetings);
  g_hash_table_unref (command.values);
  g_free (command.error);
  return command.answer;
}
