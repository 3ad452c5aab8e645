/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every audio that Zoom offers, by every product, mode and layout of
 * connections, from real meetings: what arrives is what the simulator sent,
 * and what stock elements decode is what was spoken. The table of what ran is
 * docs/reference/audio-matrix.md. */

#include <gio/gio.h>
#include <gst/check/gstcheck.h>
#include <string.h>

#include "tests/check/document.h"
#include "tests/check/elements/fixture.h"
#include "tests/check/sound.h"
#include "tests/check/take.h"

#define AT_ONCE 40
/* Zoom's times are ms. */
#define TOLERANCE GST_MSECOND

typedef struct {
  const gchar *title;
  const gchar *simulator;       /* --product */
  const gchar *id_field;        /* or NULL for that of the webhook */
} Product;

static const Product products[] = {
  { "Meeting", "meeting", NULL },
  { "Webinar, webinar_uuid", "webinar", NULL },
  { "Webinar, meeting_uuid", "webinar", "\"meeting_uuid\"" },
  { "Video SDK session", "session", NULL },
  { "Contact Center voice", "contact-center", NULL },
};

typedef enum {
  L16,
  OPUS,
  G711,
  G722,
} Codec;

static const struct {
  const gchar *nick;
  const gchar *caps;            /* without rate and channels */
  const gchar *rtp_caps;
  const gchar *decoder;
  const gchar *depayloader;
  /* Of the decoded sound, at least. G.722 predicts from what came before, so
   * a voice that is not sent while it is silent suffers where it begins. */
  gdouble correlation;
} codecs[] = {
  { "l16", "audio/x-raw, format=S16LE, layout=interleaved", NULL,
      "identity silent=true", NULL, 1.0 },
  { "opus", "audio/x-opus, channel-mapping-family=0",
      "application/x-rtp, media=audio, payload=111, clock-rate=48000, "
      "encoding-name=OPUS", "opusdec", "rtpopusdepay", 0.98 },
  { "g711", "audio/x-alaw",
      "application/x-rtp, media=audio, payload=8, clock-rate=8000, "
      "encoding-name=PCMA", "alawdec", "rtppcmadepay", 0.995 },
  { "g722", "audio/G722",
      "application/x-rtp, media=audio, payload=9, clock-rate=8000, "
      "encoding-name=G722", "avdec_g722", "rtpg722depay", 0.96 },
};

/* Zoom's rows, written down once more, with the intervals to try. */
static const struct {
  Codec codec;
  gboolean rtp;
  gint rates[5];
  gint max_channels;
  gint intervals[6];
} rows[] = {
  { L16, FALSE, { 8000, 16000, 32000, 48000 }, 2, { 20, 40, 100, 500, 1000 } },
  { OPUS, FALSE, { 48000 }, 2, { 20 } },
  { G711, FALSE, { 8000 }, 1, { 20 } },
  { G722, FALSE, { 16000 }, 1, { 20 } },
  { OPUS, TRUE, { 48000 }, 2, { 20 } },
  { G711, TRUE, { 8000 }, 1, { 20 } },
  { G722, TRUE, { 16000 }, 1, { 20 } },
};

/* One format, received in each of the layouts. */
typedef struct {
  Codec codec;
  gboolean rtp;
  gint rate;
  gint channels;
  gint interval;
} Format;

static const struct {
  const gchar *title;
  const gchar *properties;
  gboolean participants;
} layouts[] = {
  { "mixed, unified", "audio-mode=mixed connections=unified", FALSE },
  { "mixed, split", "audio-mode=mixed connections=split", FALSE },
  { "participants, unified", "audio-mode=participants connections=unified",
      TRUE },
  { "participants, split", "audio-mode=participants connections=split", TRUE },
};

#define N_LAYOUTS G_N_ELEMENTS (layouts)

static GArray *
list_formats (void)
{
  GArray *formats = g_array_new (FALSE, FALSE, sizeof (Format));

  for (guint row = 0; row < G_N_ELEMENTS (rows); row++) {
    for (const gint *rate = rows[row].rates; *rate; rate++) {
      for (gint channels = 1; channels <= rows[row].max_channels; channels++) {
        for (const gint *interval = rows[row].intervals; *interval;
            interval++) {
          Format format = { rows[row].codec, rows[row].rtp, *rate, channels,
            *interval };

          g_array_append_val (formats, format);
        }
      }
    }
  }
  return formats;
}

static Take *
make_take (const Format *format, guint layout)
{
  g_autofree gchar *properties = g_strdup_printf ("media=audio+transcript "
      "text-overlap=true audio-codec=%s audio-transport=%s audio-rate=%d "
      "audio-channels=%d audio-interval=%d %s", codecs[format->codec].nick,
      format->rtp ? "rtp" : "raw", format->rate, format->channels,
      format->interval, layouts[layout].properties);
  g_autofree gchar *chain = g_strdup_printf ("%s ! %s ! audioconvert ! "
      "audio/x-raw,format=S16LE,rate=%d,channels=%d",
      format->rtp ? codecs[format->codec].depayloader
      : "identity silent=true", codecs[format->codec].decoder, format->rate,
      format->channels);
  Take *take = take_new ("audio", properties, chain);

  take->keep_decoded = format->codec != L16;
  return take;
}

static gboolean
is_audio (const TakePad *pad)
{
  return g_str_has_prefix (pad->name, "audio");
}

static void
check_pads (Take *take, const Format *format, gboolean participants)
{
  g_autofree gchar *text = format->rtp
      ? g_strdup (codecs[format->codec].rtp_caps)
      : g_strdup_printf ("%s, rate=%d, channels=%d",
      codecs[format->codec].caps, format->rate, format->channels);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  guint voices = 0;

  for (guint i = 0; i < take->pads->len; i++) {
    TakePad *pad = g_ptr_array_index (take->pads, i);

    if (!is_audio (pad))
      continue;
    voices++;
    if (g_str_equal (pad->name, "audio") == participants)
      take_complain (take, "there is a pad %s", pad->name);
    if (!gst_caps_is_equal (pad->caps, caps)) {
      g_autofree gchar *found = gst_caps_to_string (pad->caps);

      take_complain (take, "the caps are %s", found);
    }
  }
  /* Three people speak in the scene. */
  if (voices != (participants ? 3 : 1))
    take_complain (take, "there are %u pads of audio", voices);
}

static gint
compare_packets (gconstpointer a, gconstpointer b)
{
  const TakePacket *first = a, *second = b;

  return (first->zoom_time > second->zoom_time)
      - (first->zoom_time < second->zoom_time);
}

static gint
compare_pads (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(TakePad **) a)->name, (*(TakePad **) b)->name);
}

/* All voices' packets in the order in which the simulator sends them: by
 * time, then by user id. */
static GArray *
merge_packets (Take *take)
{
  GArray *merged = g_array_new (FALSE, FALSE, sizeof (TakePacket));

  g_ptr_array_sort (take->pads, compare_pads);
  for (guint i = 0; i < take->pads->len; i++) {
    TakePad *pad = g_ptr_array_index (take->pads, i);

    if (is_audio (pad) && pad->packets->len > 0)
      g_array_append_vals (merged, pad->packets->data, pad->packets->len);
  }
  /* GLib sorts stably. */
  g_array_sort (merged, compare_packets);
  return merged;
}

static void
check_bytes (Take *take, const GArray *packets)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  JsonObject *sent = take_get_sent (take, "audio");

  for (guint i = 0; i < packets->len; i++) {
    GstBuffer *buffer = g_array_index (packets, TakePacket, i).buffer;
    GstMapInfo map;

    fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
    g_checksum_update (checksum, map.data, (gssize) map.size);
    gst_buffer_unmap (buffer, &map);
  }
  if (packets->len != json_object_get_int_member (sent, "messages"))
    take_complain (take, "%u packets came of %" G_GINT64_FORMAT, packets->len,
        json_object_get_int_member (sent, "messages"));
  if (!g_str_equal (g_checksum_get_string (checksum),
          json_object_get_string_member (sent, "sha256")))
    take_complain (take, "the bytes are not those that were sent");
}

/* Every packet at its distance from the first, and as long as it was asked
 * for. */
static void
check_times (Take *take, const GArray *packets, const Format *format)
{
  const TakePacket *first = &g_array_index (packets, TakePacket, 0);

  for (guint i = 0; i < packets->len; i++) {
    const TakePacket *packet = &g_array_index (packets, TakePacket, i);
    GstClockTimeDiff sent = packet->zoom_time - first->zoom_time;
    GstClockTimeDiff got = GST_CLOCK_DIFF (GST_BUFFER_PTS (first->buffer),
        GST_BUFFER_PTS (packet->buffer));

    if (ABS (got - sent) > (GstClockTimeDiff) TOLERANCE)
      take_complain (take, "packet %u is at %" GST_STIME_FORMAT " instead of %"
          GST_STIME_FORMAT, i, GST_STIME_ARGS (got), GST_STIME_ARGS (sent));
    if (GST_BUFFER_DURATION (packet->buffer)
        != (GstClockTime) format->interval * GST_MSECOND)
      take_complain (take, "packet %u takes %" GST_TIME_FORMAT, i,
          GST_TIME_ARGS (GST_BUFFER_DURATION (packet->buffer)));
  }
}

/* With split connections it has one of its own. */
static void
check_transcript (Take *take)
{
  TakePad *pad = take_get_pad (take, "transcript");
  guint lines = json_array_get_length (json_object_get_array_member (
          take->sent, "transcript_lines"));

  if (lines < 3 || pad == NULL || pad->packets->len != lines)
    take_complain (take, "%u lines of text came of %u",
        pad ? pad->packets->len : 0, lines);
}

static GstClockTime
get_origin (Take *take)
{
  GstClockTime origin = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < take->pads->len; i++) {
    TakePad *pad = g_ptr_array_index (take->pads, i);

    if (is_audio (pad))
      origin = MIN (origin, GST_BUFFER_PTS (g_array_index (pad->packets,
                  TakePacket, 0).buffer));
  }
  return origin;
}

static Sound *
make_sound (TakePad *pad, const Format *format, GstClockTime origin)
{
  Sound *sound = sound_new (format->rate, format->channels);

  if (pad->take->keep_decoded) {
    for (guint i = 0; i < pad->decoded->len; i++) {
      GstBuffer *buffer = g_ptr_array_index (pad->decoded, i);

      sound_add (sound, GST_BUFFER_PTS (buffer) - origin, buffer);
    }
  } else {
    for (guint i = 0; i < pad->packets->len; i++) {
      GstBuffer *buffer = g_array_index (pad->packets, TakePacket, i).buffer;

      sound_add (sound, GST_BUFFER_PTS (buffer) - origin, buffer);
    }
  }
  return sound;
}

/* @original: the same meeting in L16 */
static void
check_sound (Take *take, Take *original, const Format *format)
{
  GstClockTime origin = get_origin (take);
  GstClockTime original_origin = get_origin (original);

  for (guint i = 0; i < take->pads->len; i++) {
    TakePad *pad = g_ptr_array_index (take->pads, i);
    TakePad *other = take_get_pad (original, pad->name);
    g_autoptr (Sound) sound = NULL;
    g_autoptr (Sound) original_sound = NULL;
    SoundMatch match;
    gdouble seconds;

    if (!is_audio (pad) || other == NULL)
      continue;
    sound = make_sound (pad, format, origin);
    original_sound = make_sound (other, format, original_origin);
    match = sound_compare (sound, original_sound);
    GST_INFO ("%s %s: correlation %.4f, gain %.3f, delay %" GST_STIME_FORMAT,
        take->properties, pad->name, match.correlation, match.gain,
        GST_STIME_ARGS (match.delay));
    seconds = ABS ((gdouble) sound->samples->len
        - original_sound->samples->len) / format->rate / format->channels;
    if (match.correlation < codecs[format->codec].correlation
        || match.gain < 0.9 || match.gain > 1.1)
      take_complain (take, "%s decodes to something else: correlation %.4f, "
          "gain %.3f", pad->name, match.correlation, match.gain);
    if (match.delay > (GstClockTimeDiff) (10 * GST_MSECOND) || seconds > 0.02)
      take_complain (take, "%s decodes %" GST_STIME_FORMAT " late or %.3f s "
          "longer", pad->name, GST_STIME_ARGS (match.delay), seconds);
  }
}

static void
check_take (Take *take, const Format *format, gboolean participants)
{
  g_autoptr (GArray) packets = NULL;

  if (take_get_sent (take, "audio") == NULL)
    take_complain (take, "the simulator sent no audio");
  if (take->problem)
    return;
  check_pads (take, format, participants);
  packets = merge_packets (take);
  check_bytes (take, packets);
  if (packets->len > 0)
    check_times (take, packets, format);
  check_transcript (take);
}

/* The index of the format that a coded one was made from. */
static guint
find_original (const GArray *formats, const Format *coded)
{
  for (guint i = 0; i < formats->len; i++) {
    const Format *format = &g_array_index (formats, Format, i);

    if (format->codec == L16 && format->rate == coded->rate
        && format->channels == coded->channels
        && format->interval == coded->interval)
      return i;
  }
  g_assert_not_reached ();
}

static void
check_takes (const GArray *formats, GPtrArray *takes)
{
  for (guint i = 0; i < takes->len; i++)
    check_take (g_ptr_array_index (takes, i), &g_array_index (formats, Format,
            i / N_LAYOUTS), layouts[i % N_LAYOUTS].participants);
  for (guint i = 0; i < takes->len; i++) {
    const Format *format = &g_array_index (formats, Format, i / N_LAYOUTS);
    Take *take = g_ptr_array_index (takes, i);
    Take *original;

    if (format->codec == L16)
      continue;
    original = g_ptr_array_index (takes, find_original (formats, format)
        * N_LAYOUTS + i % N_LAYOUTS);
    if (take->problem == NULL && original->problem == NULL)
      check_sound (take, original, format);
    else
      take_complain (take, "there is nothing to compare it with");
  }
}

static gchar *
make_table (const GArray *formats, GPtrArray *takes)
{
  GString *table = g_string_new ("| codec | by | Hz | ch | ms |");

  for (guint i = 0; i < N_LAYOUTS; i++)
    g_string_append_printf (table, " %s |", layouts[i].title);
  g_string_append (table, "\n| --- | --- | --- | --- | --- |");
  for (guint i = 0; i < N_LAYOUTS; i++)
    g_string_append (table, " --- |");
  g_string_append_c (table, '\n');
  for (guint i = 0; i < formats->len; i++) {
    const Format *format = &g_array_index (formats, Format, i);

    g_string_append_printf (table, "| %s | %s | %d | %d | %d |",
        codecs[format->codec].nick, format->rtp ? "rtp" : "raw",
        format->rate, format->channels, format->interval);
    for (guint k = 0; k < N_LAYOUTS; k++) {
      Take *take = g_ptr_array_index (takes, i * N_LAYOUTS + k);

      g_string_append_printf (table, " %s |", take->problem ? "FAILED"
          : format->codec == L16 ? "exact" : "decoded");
    }
    g_string_append_c (table, '\n');
  }
  return g_string_free (table, FALSE);
}

static gchar *
receive (const Product *product)
{
  const gchar *const arguments[] = { "--scene", "crosstalk", "--duration",
    "5", "--speed", "4", "--product", product->simulator, NULL };
  g_autoptr (GArray) formats = list_formats ();
  g_autoptr (GPtrArray) takes = g_ptr_array_new_with_free_func (
      (GDestroyNotify) take_free);
  g_autofree gchar *table = NULL;

  for (guint i = 0; i < formats->len; i++) {
    for (guint k = 0; k < N_LAYOUTS; k++)
      g_ptr_array_add (takes, make_take (&g_array_index (formats, Format, i),
              k));
  }
  takes_run (takes, arguments, product->id_field, AT_ONCE);
  check_takes (formats, takes);
  table = make_table (formats, takes);
  takes_check (takes);
  return g_steal_pointer (&table);
}

GST_START_TEST (test_every_cell_of_the_audio_matrix)
{
  const Product *product = &products[__i__];
  g_autofree gchar *table = NULL;

  track_leaks ("activity-start-tracking");
  table = receive (product);
  track_leaks ("activity-get-checkpoint");
  document_check_section (g_getenv ("RTMS_AUDIO_MATRIX"), product->title,
      table);
}

GST_END_TEST;

static gboolean
is_offered (const Format *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].codec != format->codec || rows[i].rtp != format->rtp
        || format->channels > rows[i].max_channels)
      continue;
    for (const gint *rate = rows[i].rates; *rate; rate++) {
      if (*rate == format->rate)
        return format->interval == 20
            || (format->codec == L16 && format->interval % 20 == 0);
    }
  }
  return FALSE;
}

/* What the advice has to name: the row that fits. */
static const gchar *
find_advice (const Format *format)
{
  switch (format->codec) {
    case OPUS:
      return "Opus takes audio-rate=48000 and audio-interval=20, with "
          "audio-channels 1 or 2";
    case G711:
      return "G.711 takes audio-rate=8000, audio-channels=1 and "
          "audio-interval=20";
    case G722:
      return "G.722 takes audio-rate=16000, audio-channels=1 and "
          "audio-interval=20";
    default:
      if (format->rtp)
        return "set audio-transport=raw, or audio-codec=opus, g711 or g722";
      if (format->rate == 44100)
        return "L16 takes audio-rate 8000, 16000, 32000 or 48000";
      return "L16 takes an audio-interval of 20 to 1000 ms in multiples of 20";
  }
}

/* A server to which nobody may come. */
static GSocket *
listen_for_nobody (gchar **payload)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
      G_SOCKET_PROTOCOL_DEFAULT, NULL);

  fail_unless (g_socket_bind (socket, address, TRUE, NULL)
      && g_socket_listen (socket, NULL));
  g_socket_set_blocking (socket, FALSE);
  bound = g_socket_get_local_address (socket, NULL);
  *payload = g_strdup_printf ("{\"meeting_uuid\":\"m\","
      "\"rtms_stream_id\":\"s\",\"server_urls\":\"ws://127.0.0.1:%u/\"}",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return socket;
}

static void
check_refused (const gchar *properties, const gchar *advice)
{
  g_autofree gchar *description = g_strdup_printf ("rtmssrc name=src "
      "client-id=rtms-simulator client-secret=rtms-simulator-secret %s "
      "src. ! fakesink", properties);
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, NULL);
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autofree gchar *payload = NULL;
  g_autoptr (GSocket) server = listen_for_nobody (&payload);
  g_autoptr (GSocket) client = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (src, "payload", payload, NULL);
  fail_unless (gst_element_set_state (pipeline, GST_STATE_PAUSED)
      == GST_STATE_CHANGE_FAILURE, "%s is not refused", properties);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_SETTINGS));
  fail_unless (strstr (error->message, advice) != NULL, "%s: %s",
      properties, error->message);
  client = g_socket_accept (server, NULL, NULL);
  fail_unless (client == NULL, "%s was connected for", properties);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

GST_START_TEST (test_what_is_outside_of_the_matrix_is_refused)
{
  static const gint rates[] = { 8000, 16000, 32000, 44100, 48000 };
  static const gint intervals[] = { 20, 30, 100, 990, 1000 };
  guint refused = 0;

  for (guint i = 0; i < 2 * 4 * 5 * 2 * 5; i++) {
    Format format = { i / 2 % 4, i % 2, rates[i / 8 % 5], 1 + i / 40 % 2,
      intervals[i / 80] };
    g_autofree gchar *properties = NULL;

    if (is_offered (&format))
      continue;
    properties = g_strdup_printf ("media=audio audio-codec=%s "
        "audio-transport=%s audio-rate=%d audio-channels=%d "
        "audio-interval=%d", codecs[format.codec].nick,
        format.rtp ? "rtp" : "raw", format.rate, format.channels,
        format.interval);
    check_refused (properties, find_advice (&format));
    refused++;
  }
  /* All but L16 at four rates, two channels, three intervals; Opus with one
   * and two channels, G.711 and G.722, each raw and by RTP. */
  fail_unless_equals_int (refused, 400 - 24 - 8);
}

GST_END_TEST;

static Suite *
matrix_suite (void)
{
  Suite *suite = suite_create ("matrix");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, TAKES_TIMEOUT);
  tcase_add_test (tc, test_what_is_outside_of_the_matrix_is_refused);
  tcase_add_loop_test (tc, test_every_cell_of_the_audio_matrix, 0,
      G_N_ELEMENTS (products));
  return suite;
}

GST_CHECK_MAIN (matrix);
