/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <gst/gst.h>

#include "oddity.h"
#include "scene.h"

#define DEFAULT_SCENE "standup"
#define DEFAULT_ADDRESS "127.0.0.1"
#define DEFAULT_CLIENT_ID "rtms-simulator"
#define DEFAULT_CLIENT_SECRET "rtms-simulator-secret"
#define DEFAULT_WAIT 60.0
#define DEFAULT_RECONNECT_WINDOW 60.0
#define DEFAULT_KEEP_ALIVE 10.0
#define MAX_MEETINGS 1000

static const gchar *summary_text
    = "Plays a media file or a built-in scene as a Zoom meeting over Realtime\n"
      "Media Streams (RTMS): a signaling and a media WebSocket server that "
      "check\n"
      "a client's handshakes, encode what it negotiated and pace it in real "
      "time.";

static const gchar *description_text
    = "Examples:\n"
      "  rtms-simulator --payload-out started.json\n"
      "      the built-in scene for 30 seconds; a client reads started.json\n"
      "  rtms-simulator --media talk.mp4 --tls --certificate-out ca.pem\n"
      "      a file over wss, with a certificate that the client can trust\n"
      "  rtms-simulator --meetings 3 --webhook http://127.0.0.1:8080/webhook\n"
      "      three meetings at once, announced by signed webhooks\n"
      "      (the secret token from ZM_RTMS_WEBHOOK_SECRET)\n"
      "\n"
      "Environment, where the option is absent: ZM_RTMS_CLIENT (--client-id),\n"
      "ZM_RTMS_SECRET (--client-secret), ZM_RTMS_WEBHOOK_SECRET "
      "(--secret-token).\n"
      "\n"
      "Exit status: 0 every meeting was served to its end; 1 no client came, "
      "or a\n"
      "client broke the protocol; 2 wrong usage or a missing encoder.";

static gboolean G_GNUC_PRINTF (2, 3)
    usage_error (gint *exit_code, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("rtms-simulator: %s\nTry --help.\n", text);
  *exit_code = 2;
  return FALSE;
}

static void
default_from_environment (
    gchar **value, const gchar *variable, const gchar *fallback)
{
  const gchar *found;

  if (*value != NULL)
    return;
  found = g_getenv (variable);
  *value = g_strdup (found != NULL && *found != '\0' ? found : fallback);
}

static gboolean
parse_product (const gchar *text, SimProduct *product)
{
  static const gchar *const names[]
      = { "meeting", "webinar", "session", "contact-center" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (text, names[i])) {
      *product = (SimProduct)i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
parse_unit (const gchar *text, gint64 *scale)
{
  if (g_str_equal (text, "s"))
    *scale = 1;
  else if (g_str_equal (text, "ms"))
    *scale = 1000;
  else if (g_str_equal (text, "us"))
    *scale = G_USEC_PER_SEC;
  else if (g_str_equal (text, "ns"))
    *scale = GST_SECOND;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_keep_alive_style (const gchar *text, SimKeepAliveStyle *style)
{
  static const gchar *const names[] = { "regular", "idle", "bare" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (text, names[i])) {
      *style = (SimKeepAliveStyle)i;
      return TRUE;
    }
  }
  return FALSE;
}

/* "audio+transcript" */
static gboolean
parse_media (const gchar *text, guint *media)
{
  g_auto (GStrv) names = g_strsplit (text, "+", -1);

  *media = 0;
  for (guint i = 0; names[i] != NULL; i++) {
    SimMedium medium = 0;

    while (medium < SIM_N_MEDIA
           && !g_str_equal (sim_medium_name (medium), names[i]))
      medium++;
    if (medium == SIM_N_MEDIA)
      return FALSE;
    *media |= SIM_MEDIA_BIT (medium);
  }
  return TRUE;
}

/* Options of the meeting's course, which may be given more than once. */
typedef struct {
  gchar **cameras;
  gchar **present;
  gchar **muted;
  gchar **shares;
  gchar **pauses;
  gchar **pictures;
  gchar **voice_events;
} CourseTexts;

static void
clear_course_texts (CourseTexts *texts)
{
  g_strfreev (texts->cameras);
  g_strfreev (texts->present);
  g_strfreev (texts->muted);
  g_strfreev (texts->shares);
  g_strfreev (texts->pauses);
  g_strfreev (texts->pictures);
  g_strfreev (texts->voice_events);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CourseTexts, clear_course_texts)

static gboolean
parse_course (SimOptions *options, const CourseTexts *texts, gint *exit_code)
{
  SimPlan *plan = &options->plan;
  guint n_people
      = options->scene != NULL ? sim_scene_count_people (options->scene) : 1;
  const struct {
    const gchar *name;
    gchar **texts;
    SimPlanned *planned;
  } spans[] = {
    { "--camera", texts->cameras, &plan->cameras },
    { "--present", texts->present, &plan->present },
    { "--mute", texts->muted, &plan->muted },
    { "--share", texts->shares, &plan->shares },
  };

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++) {
    for (gchar **text = spans[i].texts; text != NULL && *text != NULL; text++) {
      if (!sim_plan_parse_spans (spans[i].planned, *text, n_people))
        return usage_error (exit_code,
            "%s \"%s\": it is [WHO:]FROM-TO,... or none, WHO up to %u.",
            spans[i].name, *text, n_people);
    }
  }
  for (gchar **text = texts->pauses; text != NULL && *text != NULL; text++) {
    if (!sim_plan_parse_pauses (plan, *text))
      return usage_error (
          exit_code, "--pause \"%s\": it is FROM-TO,...", *text);
  }
  for (gchar **text = texts->pictures; text != NULL && *text != NULL; text++) {
    if (!sim_plan_parse_picture (plan, *text))
      return usage_error (exit_code,
          "--picture \"%s\": it is AT:WHAT,..., WHAT being sd, hd, fhd, qhd, "
          "WxH, baseline, main, high, bt601, bt709 or bt2020.",
          *text);
  }
  for (gchar **text = texts->voice_events; text != NULL && *text != NULL;
       text++) {
    if (!sim_plan_parse_voice_event (plan, *text, n_people))
      return usage_error (
          exit_code, "--voice-event \"%s\": it is AT:TYPE[:WHO].", *text);
  }
  if (options->media_file != NULL
      && (texts->pictures != NULL || texts->muted != NULL))
    return usage_error (exit_code, "--picture and --mute need a scene.");
  return TRUE;
}

static gboolean
parse_oddities (gchar **names, guint *oddities)
{
  for (gchar **name = names; name != NULL && *name != NULL; name++) {
    SimOddity oddity = sim_oddity_find (*name);

    if (oddity == 0)
      return FALSE;
    *oddities |= oddity;
  }
  return TRUE;
}

/* "connection+clock" */
static gboolean
parse_fault_kinds (const gchar *text, guint *kinds)
{
  static const gchar *const names[]
      = { "connection", "message", "order", "clock" };
  g_auto (GStrv) words = g_strsplit (text, "+", -1);

  *kinds = 0;
  for (guint i = 0; words[i] != NULL; i++) {
    guint kind = 0;

    while (kind < G_N_ELEMENTS (names) && !g_str_equal (names[kind], words[i]))
      kind++;
    if (kind == G_N_ELEMENTS (names))
      return FALSE;
    *kinds |= 1u << kind;
  }
  return TRUE;
}

/* Options of what goes wrong, as they were given. */
typedef struct {
  gchar **oddities;
  gchar **faults;
  gchar *kinds;
  gchar *tls;
  gint seed;
} FaultTexts;

static void
clear_fault_texts (FaultTexts *texts)
{
  g_strfreev (texts->oddities);
  g_strfreev (texts->faults);
  g_free (texts->kinds);
  g_free (texts->tls);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FaultTexts, clear_fault_texts)

static gboolean
parse_faults (SimOptions *options, const FaultTexts *texts, gint *exit_code)
{
  SimPlan *plan = &options->plan;

  if (!parse_oddities (texts->oddities, &options->oddities)) {
    g_autofree gchar *list = sim_oddity_list (G_MAXUINT);

    return usage_error (exit_code, "--oddity is one of %s.", list);
  }
  for (gchar **text = texts->faults; text != NULL && *text != NULL; text++) {
    if (!sim_plan_parse_fault (plan, *text))
      return usage_error (
          exit_code, "--fault \"%s\": it is AT:COMMAND.", *text);
  }
  if (texts->tls != NULL
      && !sim_tls_fault_find (texts->tls, &options->tls_fault))
    return usage_error (
        exit_code, "--tls-fault is expired, wrong-name or unknown-ca.");
  if (texts->tls != NULL && !options->tls)
    return usage_error (exit_code, "--tls-fault needs --tls.");
  if (texts->kinds != NULL
      && !parse_fault_kinds (texts->kinds, &options->fault_kinds))
    return usage_error (exit_code,
        "--fault-kinds is some of connection, message, order and clock, with "
        "+ between them.");
  if (!(plan->fault_interval >= 0.05 && plan->fault_interval <= 3600.0))
    return usage_error (
        exit_code, "--fault-interval must lie within 0.05 and 3600.");
  plan->has_fault_seed = texts->seed >= 0;
  plan->fault_seed = (guint)MAX (0, texts->seed);
  return TRUE;
}

static gboolean
parse_names (SimOptions *options, const gchar *unit, const gchar *product,
    const gchar *offer, const gchar *style, gint *exit_code)
{
  if (!parse_unit (unit != NULL ? unit : "us", &options->transcript_scale))
    return usage_error (exit_code, "--transcript-unit is s, ms, us or ns.");
  if (!parse_product (product != NULL ? product : "meeting", &options->product))
    return usage_error (
        exit_code, "--product is meeting, webinar, session or contact-center.");
  if (offer != NULL && !parse_media (offer, &options->offer))
    return usage_error (exit_code,
        "--offer is some of audio, video, share, transcript and chat, with + "
        "between them.");
  if (style != NULL
      && !parse_keep_alive_style (style, &options->keep_alive_style))
    return usage_error (
        exit_code, "--keep-alive-style is regular, idle or bare.");
  return TRUE;
}

static gboolean
check_ranges (SimOptions *options, gint *exit_code)
{
  if (options->media_file != NULL && options->scene != NULL)
    return usage_error (exit_code, "--media and --scene exclude each other.");
  if (options->media_file == NULL && options->scene == NULL)
    options->scene = g_strdup (DEFAULT_SCENE);
  if (options->scene != NULL && !sim_scene_exists (options->scene))
    return usage_error (exit_code,
        "there is no scene \"%s\"; --list-scenes names them.", options->scene);
  if (options->media_file != NULL
      && !g_file_test (options->media_file, G_FILE_TEST_IS_REGULAR))
    return usage_error (
        exit_code, "there is no file \"%s\".", options->media_file);
  if (!(options->duration >= 0.0 && options->duration <= 86400.0))
    return usage_error (exit_code, "--duration must lie within 0 and 86400.");
  if (!(options->speed >= 0.01 && options->speed <= 1000.0))
    return usage_error (exit_code, "--speed must lie within 0.01 and 1000.");
  if (options->meetings < 1 || options->meetings > MAX_MEETINGS)
    return usage_error (
        exit_code, "--meetings must lie within 1 and %d.", MAX_MEETINGS);
  if (options->port < 0 || options->port > 65535)
    return usage_error (exit_code, "--port must lie within 0 and 65535.");
  if (!(options->wait > 0.0 && options->wait <= 86400.0))
    return usage_error (exit_code, "--wait must be above 0.");
  if (!(options->keep_alive > 0.0 && options->keep_alive <= 3600.0))
    return usage_error (exit_code, "--keep-alive must be above 0.");
  if (!(options->reconnect_window >= 0.0
          && options->reconnect_window <= 3600.0))
    return usage_error (
        exit_code, "--reconnect-window must lie within 0 and 3600.");
  if (!(options->backlog >= 0.0 && options->backlog <= 60.0))
    return usage_error (exit_code, "--backlog must lie within 0 and 60.");
  if (!(options->video_delay <= 3600.0))
    return usage_error (exit_code, "--video-delay must be below 3600.");
  if (options->webhook != NULL && options->secret_token == NULL)
    return usage_error (exit_code,
        "--webhook needs --secret-token (or ZM_RTMS_WEBHOOK_SECRET).");
  if (options->webhook != NULL
      && !g_uri_is_valid (options->webhook, G_URI_FLAGS_NONE, NULL))
    return usage_error (exit_code, "--webhook is not a URL.");
  if (options->certificate_out != NULL && !options->tls)
    return usage_error (exit_code, "--certificate-out needs --tls.");
  if (options->audio_dump != NULL
      && g_mkdir_with_parents (options->audio_dump, 0777) != 0)
    return usage_error (
        exit_code, "there can be no folder \"%s\".", options->audio_dump);
  if (options->stream_id != NULL && *options->stream_id == '\0')
    return usage_error (exit_code, "--stream-id must not be empty.");
  return TRUE;
}

gboolean
sim_options_parse (
    SimOptions *options, gint *argc, gchar ***argv, gint *exit_code)
{
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *unit = NULL;
  g_autofree gchar *product = NULL;
  g_autofree gchar *offer = NULL;
  g_autofree gchar *style = NULL;
  g_auto (CourseTexts) course = { NULL };
  g_auto (FaultTexts) faults = { .seed = -1 };
  gboolean list_scenes = FALSE;
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "media", 'm', 0, G_OPTION_ARG_FILENAME, &options->media_file,
        "Play this file (anything that GStreamer decodes)", "FILE" },
    { "scene", 's', 0, G_OPTION_ARG_STRING, &options->scene,
        "Play this built-in scene (default: " DEFAULT_SCENE ")", "NAME" },
    { "list-scenes", 0, 0, G_OPTION_ARG_NONE, &list_scenes,
        "List the built-in scenes and exit", NULL },
    { "duration", 'd', 0, G_OPTION_ARG_DOUBLE, &options->duration,
        "Length of the meeting in seconds (default: 30 for a scene, the "
        "file's own for a file)",
        "S" },
    { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &options->speed,
        "Play N times faster than real time (default: 1)", "N" },
    { "meetings", 'n', 0, G_OPTION_ARG_INT, &options->meetings,
        "Serve N meetings at once (default: 1)", "N" },
    { "product", 0, 0, G_OPTION_ARG_STRING, &product,
        "meeting, webinar, session or contact-center (default: meeting)",
        "NAME" },
    { "stream-id", 0, 0, G_OPTION_ARG_STRING, &options->stream_id,
        "RTMS stream id of the first meeting (default: a new one)", "ID" },
    { "address", 'a', 0, G_OPTION_ARG_STRING, &options->address,
        "Address to listen at (default: " DEFAULT_ADDRESS ")", "A" },
    { "port", 'p', 0, G_OPTION_ARG_INT, &options->port,
        "Port to listen at (default: 0, any free one)", "P" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &options->host,
        "Host name in the URLs that clients get (default: by the address)",
        "NAME" },
    { "tls", 0, 0, G_OPTION_ARG_NONE, &options->tls,
        "Serve wss with a certificate made at start", NULL },
    { "certificate-out", 0, 0, G_OPTION_ARG_FILENAME, &options->certificate_out,
        "Write that certificate (PEM) here, for clients to trust", "FILE" },
    { "client-id", 0, 0, G_OPTION_ARG_STRING, &options->client_id,
        "Client id that signs handshakes (default: " DEFAULT_CLIENT_ID ")",
        "ID" },
    { "client-secret", 0, 0, G_OPTION_ARG_STRING, &options->client_secret,
        "Client secret that signs handshakes (default: " DEFAULT_CLIENT_SECRET
        ")",
        "S" },
    { "payload-out", 'o', 0, G_OPTION_ARG_FILENAME, &options->payload_out,
        "Write the started event that a client needs here; the files of "
        "further meetings get -2, -3 ... before the extension",
        "FILE" },
    { "webhook", 'w', 0, G_OPTION_ARG_STRING, &options->webhook,
        "POST signed webhook events to this URL", "URL" },
    { "secret-token", 0, 0, G_OPTION_ARG_STRING, &options->secret_token,
        "Secret token that signs webhooks", "T" },
    { "summary", 0, 0, G_OPTION_ARG_FILENAME, &options->summary,
        "Write what was sent (counts, hashes, transcript) here at exit",
        "FILE" },
    { "strict", 0, 0, G_OPTION_ARG_NONE, &options->strict,
        "Refuse every deviation from the protocol (default: be as lenient "
        "as real servers)",
        NULL },
    { "wait", 0, 0, G_OPTION_ARG_DOUBLE, &options->wait,
        "Wait so long for a client (default: 60)", "S" },
    { "reconnect-window", 0, 0, G_OPTION_ARG_DOUBLE, &options->reconnect_window,
        "Wait so long for a client that was lost (default: 60)", "S" },
    { "keep-alive", 0, 0, G_OPTION_ARG_DOUBLE, &options->keep_alive,
        "Seconds between keep-alives (default: 10)", "S" },
    { "backlog", 0, 0, G_OPTION_ARG_DOUBLE, &options->backlog,
        "The meeting is this old when the client comes; its audio up to then "
        "arrives as a burst (default: 0)",
        "S" },
    { "video-delay", 0, 0, G_OPTION_ARG_DOUBLE, &options->video_delay,
        "The first camera comes this late (default: 0.5 for a scene, 0 for a "
        "file)",
        "S" },
    { "transcript-unit", 0, 0, G_OPTION_ARG_STRING, &unit,
        "Unit of transcript start and end times: s, ms, us or ns "
        "(default: us, as observed)",
        "UNIT" },
    { "camera", 0, 0, G_OPTION_ARG_STRING_ARRAY, &course.cameras,
        "When cameras are on: FROM-TO, FROM- or none, in seconds of the "
        "meeting; with WHO: (1, 2 ...) in front, that person's alone",
        "RANGES" },
    { "present", 0, 0, G_OPTION_ARG_STRING_ARRAY, &course.present,
        "When people are there, likewise", "RANGES" },
    { "mute", 0, 0, G_OPTION_ARG_STRING_ARRAY, &course.muted,
        "When people are muted, likewise; WHO alone: throughout", "RANGES" },
    { "share", 0, 0, G_OPTION_ARG_STRING_ARRAY, &course.shares,
        "When a screen is shared, likewise", "RANGES" },
    { "pause", 0, 0, G_OPTION_ARG_STRING_ARRAY, &course.pauses,
        "When the stream is paused", "RANGES" },
    { "picture", 0, 0, G_OPTION_ARG_STRING_ARRAY, &course.pictures,
        "The video changes, with its speaker: AT:WHAT,... with sd, hd, fhd, "
        "qhd, WxH, baseline, main, high, bt601, bt709, bt2020",
        "CHANGE" },
    { "late-key-frames", 0, 0, G_OPTION_ARG_NONE, &options->late_key_frames,
        "Whenever pictures begin, the first ones are no key frames", NULL },
    { "no-transcript", 0, 0, G_OPTION_ARG_NONE, &options->plan.no_transcript,
        "Transcribe nothing", NULL },
    { "voice-event", 0, 0, G_OPTION_ARG_STRING_ARRAY, &course.voice_events,
        "A Contact Center event: AT:TYPE[:WHO]", "EVENT" },
    { "offer", 0, 0, G_OPTION_ARG_STRING, &offer,
        "Media that the app has scopes for, e.g. audio+transcript (default: "
        "the product's)",
        "MEDIA" },
    { "rtp-alias", 0, 0, G_OPTION_ARG_NONE, &options->rtp_alias,
        "Take the content type RTP for another name of raw audio", NULL },
    { "keep-alive-style", 0, 0, G_OPTION_ARG_STRING, &style,
        "regular, idle (only where nothing else is sent) or bare (without a "
        "timestamp)",
        "STYLE" },
    { "audio-dump", 0, 0, G_OPTION_ARG_FILENAME, &options->audio_dump,
        "Write the sound that was encoded into this folder", "DIR" },
    { "tls-fault", 0, 0, G_OPTION_ARG_STRING, &faults.tls,
        "The certificate is expired, wrong-name or unknown-ca", "FAULT" },
    { "packet-log", 0, 0, G_OPTION_ARG_FILENAME, &options->packet_log,
        "Write a line of JSON for each media packet that was sent", "FILE" },
    { "control", 0, 0, G_OPTION_ARG_FILENAME, &options->control,
        "Take commands at this Unix socket", "PATH" },
    { "fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &faults.faults,
        "Run this command at this time of the meeting", "AT:COMMAND" },
    { "fault-seed", 0, 0, G_OPTION_ARG_INT, &faults.seed,
        "Run commands by chance; 0 and up, the same ones for the same N", "N" },
    { "fault-interval", 0, 0, G_OPTION_ARG_DOUBLE,
        &options->plan.fault_interval, "... every so many seconds (default: 2)",
        "S" },
    { "fault-kinds", 0, 0, G_OPTION_ARG_STRING, &faults.kinds,
        "... of these kinds: connection, message, order, clock, with + between "
        "(default: all)",
        "KINDS" },
    { "oddity", 0, 0, G_OPTION_ARG_STRING_ARRAY, &faults.oddities,
        "Differ from the documents as real servers do, e.g. text-ids", "NAME" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version,
        "Print the version and exit", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
  };

  *options = (SimOptions){
    .speed = 1.0,
    .meetings = 1,
    .wait = DEFAULT_WAIT,
    .reconnect_window = DEFAULT_RECONNECT_WINDOW,
    .keep_alive = DEFAULT_KEEP_ALIVE,
    .video_delay = -1.0,
    .offer = SIM_MEDIA_EACH,
    .fault_kinds = SIM_FAULTS_ALL,
  };
  sim_plan_init (&options->plan);

  context = g_option_context_new (NULL);
  g_option_context_set_summary (context, summary_text);
  g_option_context_set_description (context, description_text);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, argc, argv, &error))
    return usage_error (exit_code, "%s.", error->message);
  if (version) {
    g_print ("rtms-simulator " PACKAGE_VERSION "\n");
    *exit_code = 0;
    return FALSE;
  }
  if (list_scenes) {
    sim_scene_list ();
    *exit_code = 0;
    return FALSE;
  }
  if (*argc > 1)
    return usage_error (exit_code, "unexpected argument \"%s\".", (*argv)[1]);

  default_from_environment (
      &options->client_id, "ZM_RTMS_CLIENT", DEFAULT_CLIENT_ID);
  default_from_environment (
      &options->client_secret, "ZM_RTMS_SECRET", DEFAULT_CLIENT_SECRET);
  default_from_environment (
      &options->secret_token, "ZM_RTMS_WEBHOOK_SECRET", NULL);
  if (options->address == NULL)
    options->address = g_strdup (DEFAULT_ADDRESS);
  return check_ranges (options, exit_code)
         && parse_names (options, unit, product, offer, style, exit_code)
         && parse_course (options, &course, exit_code)
         && parse_faults (options, &faults, exit_code);
}

void
sim_options_clear (SimOptions *options)
{
  g_free (options->media_file);
  g_free (options->scene);
  g_free (options->address);
  g_free (options->host);
  g_free (options->certificate_out);
  g_free (options->client_id);
  g_free (options->client_secret);
  g_free (options->payload_out);
  g_free (options->webhook);
  g_free (options->secret_token);
  g_free (options->summary);
  g_free (options->stream_id);
  g_free (options->audio_dump);
  g_free (options->packet_log);
  g_free (options->control);
  sim_plan_clear (&options->plan);
}
