/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whole recordings of a simulated meeting, judged by what is in the file:
 * the packets are those that the simulator says it sent. */

#include <gst/app/gstappsink.h>
#include <gst/check/gstcheck.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check/proxy.h"
#include "tests/check/simulator.h"

#define TIMEOUT (60 * GST_SECOND)
#define MAX_OFFSET (20 * GST_MSECOND)

/* One stream of a file, as it is read back. */
typedef struct {
  guint buffers;
  guint64 bytes;
  GChecksum *checksum;
  GstClockTime first;
  GstClockTime end;
  GArray *cues;                 /* of Cue */
} Track;

typedef struct {
  GstClockTime start;
  GstClockTime end;
  gchar *text;
} Cue;

static void
run_pipeline (const gchar *description)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, &error);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  fail_unless (error == NULL, "%s", error ? error->message : "");
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, TIMEOUT,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  fail_unless (message != NULL, "the pipeline does not end");
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    gst_message_parse_warning (message, &error, NULL);
  fail_unless (error == NULL, "%s", error ? error->message : "");
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
clear_cue (gpointer data)
{
  g_free (((Cue *) data)->text);
}

static void
add_buffer (Track *track, GstBuffer *buffer)
{
  GstMapInfo map;
  Cue cue;

  gsize skip = 0;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  /* h264parse puts an access unit delimiter in front of each frame. */
  if (map.size > 6 && memcmp (map.data, "\0\0\0\1\x09", 5) == 0)
    skip = 6;
  track->buffers++;
  track->bytes += map.size - skip;
  g_checksum_update (track->checksum, map.data + skip,
      (gssize) (map.size - skip));
  cue.start = GST_BUFFER_PTS (buffer);
  cue.end = cue.start;
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    cue.end += GST_BUFFER_DURATION (buffer);
  cue.text = g_strndup ((const gchar *) map.data, map.size);
  gst_buffer_unmap (buffer, &map);

  track->first = MIN (track->first, cue.start);
  track->end = MAX (track->end, cue.end);
  /* MP4 fills the time between two lines by an empty one. */
  if (*cue.text)
    g_array_append_val (track->cues, cue);
  else
    g_free (cue.text);
}

/* Reads one stream of a file; @chain begins at the demuxer's pad. */
static void
read_track (Track *track, const gchar *path, const gchar *demuxer,
    const gchar *chain)
{
  g_autofree gchar *description = g_strdup_printf (
      "filesrc location=%s ! %s name=d d.%s ! appsink name=sink sync=false",
      path, demuxer, chain);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, &error);
  g_autoptr (GstElement) sink = NULL;
  GstSample *sample;

  fail_unless (error == NULL, "%s", error ? error->message : "");
  *track = (Track) { .first = GST_CLOCK_TIME_NONE };
  track->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  track->cues = g_array_new (FALSE, FALSE, sizeof (Cue));
  g_array_set_clear_func (track->cues, clear_cue);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink),
              TIMEOUT))) {
    GstSegment *segment = gst_sample_get_segment (sample);
    g_autoptr (GstBuffer) buffer =
        gst_buffer_ref (gst_sample_get_buffer (sample));

    gst_sample_unref (sample);
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = gst_segment_to_stream_time (segment,
        GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
    add_buffer (track, buffer);
  }
  fail_unless (gst_app_sink_is_eos (GST_APP_SINK (sink)),
      "%s cannot be read to its end", path);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
clear_track (Track *track)
{
  g_checksum_free (track->checksum);
  g_array_unref (track->cues);
}

static JsonObject *
get_sent (JsonObject *meeting, const gchar *medium)
{
  JsonObject *media = json_object_get_object_member (meeting, "media");

  fail_unless (json_object_has_member (media, medium), "no %s was sent",
      medium);
  return json_object_get_object_member (media, medium);
}

static void
check_bytes (const Track *track, JsonObject *sent)
{
  fail_unless_equals_uint64 (track->bytes,
      (guint64) json_object_get_int_member (sent, "bytes"));
  assert_equals_string (g_checksum_get_string (track->checksum),
      json_object_get_string_member (sent, "sha256"));
}

static GstClockTimeDiff
get_time (JsonObject *object, const gchar *name)
{
  return json_object_get_int_member (object, name) * (gint64) GST_MSECOND;
}

/* @zero: Zoom's time of the file's audio */
static void
check_cues (const Track *track, gboolean is_markup, JsonObject *meeting,
    GstClockTimeDiff zero)
{
  JsonArray *lines = json_object_get_array_member (meeting,
      "transcript_lines");

  fail_unless (json_array_get_length (lines) > 1);
  fail_unless_equals_int (track->cues->len, json_array_get_length (lines));
  for (guint i = 0; i < track->cues->len; i++) {
    JsonObject *line = json_array_get_object_element (lines, i);
    const Cue *cue = &g_array_index (track->cues, Cue, i);
    GstClockTimeDiff start = get_time (line, "start_ms") - zero;
    GstClockTimeDiff end = get_time (line, "end_ms") - zero;
    const gchar *text = json_object_get_string_member (line, "text");
    g_autofree gchar *markup = g_markup_escape_text (text, -1);

    /* matroskademux gives text as Pango markup. */
    assert_equals_string (cue->text, is_markup ? markup : text);
    fail_unless (ABS (GST_CLOCK_DIFF (cue->start, start)) <= MAX_OFFSET,
        "line %u starts at %" GST_TIME_FORMAT " instead of %" GST_STIME_FORMAT,
        i, GST_TIME_ARGS (cue->start), GST_STIME_ARGS (start));
    fail_unless (ABS (GST_CLOCK_DIFF (cue->end, end)) <= MAX_OFFSET,
        "line %u ends at %" GST_TIME_FORMAT " instead of %" GST_STIME_FORMAT,
        i, GST_TIME_ARGS (cue->end), GST_STIME_ARGS (end));
  }
}

typedef struct {
  const gchar *file;
  const gchar *audio_encoder;   /* lossless, so that bytes can be compared */
  const gchar *muxer;
  const gchar *demuxer;
  const gchar *audio_chain;
  gboolean is_markup;
} Container;

static const Container containers[] = {
  { "meeting.mkv", "audioconvert ! flacenc", "matroskamux",
      "matroskademux", "audio_0 ! flacparse ! flacdec", TRUE },
  { "meeting.mp4", "audioconvert ! avenc_alac", "mp4mux", "qtdemux",
      "audio_0 ! avdec_alac ! audioconvert ! audio/x-raw,format=S16LE", FALSE },
};

static void
check_recording (const Container *container, const gchar *path,
    JsonObject *meeting, GstClockTimeDiff packet)
{
  JsonObject *audio = get_sent (meeting, "audio");
  JsonObject *video = get_sent (meeting, "video");
  Track audio_track, video_track, text_track;
  GstClockTimeDiff sent_offset, offset, sent_length, length;

  read_track (&video_track, path, container->demuxer, "video_0 ! h264parse "
      "config-interval=-1 ! video/x-h264,stream-format=byte-stream,"
      "alignment=au");
  fail_unless_equals_int (video_track.buffers,
      json_object_get_int_member (video, "messages"));
  check_bytes (&video_track, video);

  read_track (&audio_track, path, container->demuxer,
      container->audio_chain);
  check_bytes (&audio_track, audio);
  sent_length = get_time (audio, "last_timestamp")
      - get_time (audio, "first_timestamp") + packet;
  length = GST_CLOCK_DIFF (audio_track.first, audio_track.end);
  fail_unless (ABS (length - sent_length) <= packet, "%" GST_STIME_FORMAT
      " of audio instead of %" GST_STIME_FORMAT, GST_STIME_ARGS (length),
      GST_STIME_ARGS (sent_length));

  sent_offset = get_time (video, "first_timestamp")
      - get_time (audio, "first_timestamp");
  offset = GST_CLOCK_DIFF (audio_track.first, video_track.first);
  fail_unless (ABS (offset - sent_offset) <= MAX_OFFSET,
      "video starts %" GST_STIME_FORMAT " after audio instead of %"
      GST_STIME_FORMAT, GST_STIME_ARGS (offset),
      GST_STIME_ARGS (sent_offset));

  read_track (&text_track, path, container->demuxer, "subtitle_0");
  check_cues (&text_track, container->is_markup, meeting, get_time (audio, "first_timestamp")
      - (GstClockTimeDiff) audio_track.first);
  clear_track (&video_track);
  clear_track (&audio_track);
  clear_track (&text_track);
}

static void
record (const Container *container, const gchar *const *arguments,
    const gchar *properties, GstClockTimeDiff packet)
{
  Simulator *simulator = simulator_new (arguments);
  g_autofree gchar *payload = simulator_get_path (simulator, "started.json");
  g_autofree gchar *path = simulator_get_path (simulator, container->file);
  g_autofree gchar *description = g_strdup_printf (
      "rtmssrc name=z payload-location=%s client-id=rtms-simulator "
      "client-secret=rtms-simulator-secret %s "
      "z.video ! h264parse ! mux. z.audio ! %s ! mux. "
      "z.transcript ! mux. %s name=mux ! filesink location=%s",
      payload, properties, container->audio_encoder, container->muxer, path);

  run_pipeline (description);
  fail_unless_equals_int (simulator_wait (simulator), 0);
  check_recording (container, path, simulator_get_meeting (simulator),
      packet);
  simulator_free (simulator);
}

GST_START_TEST (test_recording_holds_what_was_sent)
{
  static const gchar *const arguments[] = { "--duration", "12", "--speed",
    "3", NULL };

  record (&containers[__i__], arguments, "", 20 * GST_MSECOND);
}

GST_END_TEST;

GST_START_TEST (test_recording_with_context_wait)
{
  static const gchar *const arguments[] = { "--duration", "12", "--speed",
    "3", NULL };

  record (&containers[0], arguments, "context-wait=50 connections=split",
      20 * GST_MSECOND);
}

GST_END_TEST;

GST_START_TEST (test_recording_in_real_time)
{
  static const gchar *const arguments[] = { "--duration", "8", NULL };

  /* One channel for MP4: GStreamer 1.22's ALAC encoder garbles two. */
  record (&containers[__i__], arguments, __i__ == 0
      ? "audio-rate=48000 audio-channels=2 audio-interval=100 "
      "connections=split video-resolution=sd"
      : "audio-rate=48000 audio-interval=100 connections=split "
      "video-resolution=sd", 100 * GST_MSECOND);
}

GST_END_TEST;

/* The started.json of @simulator, with its server behind @port. */
static gchar *
write_payload_with_port (Simulator *simulator, TestProxy **proxy)
{
  g_autofree gchar *from = simulator_get_path (simulator, "started.json");
  gchar *to = simulator_get_path (simulator, "proxied.json");
  g_autofree gchar *text = NULL;
  g_autoptr (GString) changed = NULL;
  g_autofree gchar *old = NULL, *new = NULL;
  const gchar *port;

  fail_unless (g_file_get_contents (from, &text, NULL, NULL));
  port = strstr (text, "127.0.0.1:");
  fail_unless (port != NULL);
  port += strlen ("127.0.0.1:");
  *proxy = test_proxy_new ((guint16) atoi (port));
  old = g_strdup_printf (":%d/", atoi (port));
  new = g_strdup_printf (":%u/", test_proxy_get_port (*proxy));
  changed = g_string_new (text);
  fail_unless (g_string_replace (changed, old, new, 0) > 0);
  fail_unless (g_file_set_contents (to, changed->str, -1, NULL));
  return to;
}

typedef struct {
  TestProxy *proxy;
  guint buffers;
} Drop;

static void
drop_connection (GstElement *identity, GstBuffer *buffer, gpointer user_data)
{
  Drop *drop = user_data;

  if (++drop->buffers == 200)
    test_proxy_drop (drop->proxy);
}

/* The signaling connection breaks in the middle of the meeting. Video of the
 * meantime is not kept by Zoom; audio is, but for what was on its way. */
GST_START_TEST (test_recording_through_a_lost_connection)
{
  static const gchar *const arguments[] = { "--duration", "14", NULL };
  Simulator *simulator = simulator_new (arguments);
  g_autofree gchar *path = simulator_get_path (simulator, "meeting.mkv");
  Drop drop = { 0 };
  g_autofree gchar *payload = write_payload_with_port (simulator,
      &drop.proxy);
  g_autofree gchar *description = g_strdup_printf ("rtmssrc name=z "
      "payload-location=%s client-id=rtms-simulator "
      "client-secret=rtms-simulator-secret z.video ! h264parse ! mux. "
      "z.audio ! identity name=watch ! audioconvert ! flacenc ! mux. "
      "z.transcript ! mux. matroskamux name=mux ! filesink location=%s",
      payload, path);
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, NULL);
  g_autoptr (GstElement) watch = gst_bin_get_by_name (GST_BIN (pipeline),
      "watch");
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (pipeline), "z");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstStructure) stats = NULL;
  guint64 interruptions;
  Track track;
  JsonObject *audio;
  gint64 sent;

  g_signal_connect (watch, "handoff", G_CALLBACK (drop_connection), &drop);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, TIMEOUT,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  g_object_get (src, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, "interruptions",
          &interruptions));
  /* The server closes the media's connection then, which may be seen first. */
  fail_unless (interruptions == 1 || interruptions == 2,
      "%" G_GUINT64_FORMAT " interruptions", interruptions);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  fail_unless_equals_int (simulator_wait (simulator), 0);

  audio = get_sent (simulator_get_meeting (simulator), "audio");
  sent = json_object_get_int_member (audio, "bytes");
  read_track (&track, path, "matroskademux",
      "audio_0 ! flacparse ! flacdec");
  fail_unless (track.bytes <= (guint64) sent
      && track.bytes + 16000 >= (guint64) sent,
      "%" G_GUINT64_FORMAT " bytes of audio of %" G_GINT64_FORMAT " sent",
      track.bytes, sent);
  fail_unless (track.end - track.first > 13 * GST_SECOND
      && track.end - track.first <= 14 * GST_SECOND + 20 * GST_MSECOND);
  clear_track (&track);
  read_track (&track, path, "matroskademux", "video_0 ! avdec_h264");
  fail_unless (track.buffers > 200 && track.buffers < 340,
      "%u frames", track.buffers);
  clear_track (&track);
  test_proxy_free (drop.proxy);
  simulator_free (simulator);
}

GST_END_TEST;

/* Each kind of pad, unmuxed: the bytes that leave it are those sent. */
static void
check_pad_at_speed (const gchar *medium, const gchar *properties,
    const gchar *speed)
{
  /* long enough for the first line to be spoken */
  const gchar *arguments[] = { "--duration", "6", "--speed", speed, NULL };
  Simulator *simulator = simulator_new (arguments);
  g_autofree gchar *payload = simulator_get_path (simulator, "started.json");
  g_autofree gchar *path = simulator_get_path (simulator, "bytes");
  g_autofree gchar *description = g_strdup_printf ("rtmssrc name=z "
      "payload-location=%s client-id=rtms-simulator "
      "client-secret=rtms-simulator-secret media=%s %s "
      "z.%s ! filesink location=%s", payload, medium, properties, medium,
      path);
  g_autoptr (GMappedFile) file = NULL;
  g_autofree gchar *checksum = NULL;
  JsonObject *sent;

  run_pipeline (description);
  fail_unless_equals_int (simulator_wait (simulator), 0);
  sent = get_sent (simulator_get_meeting (simulator), medium);
  file = g_mapped_file_new (path, FALSE, NULL);
  checksum = g_compute_checksum_for_data (G_CHECKSUM_SHA256,
      (const guchar *) g_mapped_file_get_contents (file),
      g_mapped_file_get_length (file));
  assert_equals_string (checksum,
      json_object_get_string_member (sent, "sha256"));
  simulator_free (simulator);
}

static void
check_pad (const gchar *medium, const gchar *properties)
{
  check_pad_at_speed (medium, properties, "4");
}

GST_START_TEST (test_every_l16_format_arrives_whole)
{
  static const gint rates[] = { 8000, 16000, 32000, 48000 };
  g_autofree gchar *properties = g_strdup_printf ("audio-rate=%d "
      "audio-channels=%d", rates[__i__ / 2], __i__ % 2 + 1);

  check_pad ("audio", properties);
}

GST_END_TEST;

GST_START_TEST (test_every_audio_codec_arrives_whole)
{
  static const gchar *const codecs[] = { "audio-codec=g711 audio-rate=8000",
    "audio-codec=g722 audio-rate=16000", "audio-codec=opus audio-rate=48000",
    "audio-codec=opus audio-rate=48000 audio-channels=2" };

  check_pad ("audio", codecs[__i__]);
}

GST_END_TEST;

/* What stock elements make of each codec, raw and by RTP. */
GST_START_TEST (test_stock_elements_decode_every_audio_codec)
{
  static const struct {
    const gchar *properties;
    const gchar *chain;
  } codecs[] = {
    { "audio-codec=g711 audio-rate=8000", "alawdec" },
    { "audio-codec=g722 audio-rate=16000", "avdec_g722" },
    { "audio-codec=opus audio-rate=48000", "opusdec" },
    { "audio-codec=opus audio-rate=48000 audio-channels=2", "opusdec" },
    { "audio-codec=g711 audio-rate=8000 audio-transport=rtp",
        "rtppcmadepay ! alawdec" },
    { "audio-codec=g722 audio-rate=16000 audio-transport=rtp",
        "rtpg722depay ! avdec_g722" },
    { "audio-codec=opus audio-rate=48000 audio-transport=rtp",
        "rtpopusdepay ! opusdec" },
    { "audio-codec=opus audio-rate=48000 audio-channels=2 "
        "audio-transport=rtp", "rtpopusdepay ! opusdec" },
  };
  /* long enough for the first line to be spoken */
  static const gchar *const arguments[] = { "--duration", "6", "--speed",
    "4", NULL };
  Simulator *simulator = simulator_new (arguments);
  g_autofree gchar *payload = simulator_get_path (simulator, "started.json");
  g_autofree gchar *path = simulator_get_path (simulator, "audio.wav");
  g_autofree gchar *description = g_strdup_printf ("rtmssrc name=z "
      "payload-location=%s client-id=rtms-simulator "
      "client-secret=rtms-simulator-secret %s z.audio ! %s ! audioconvert ! "
      "audioresample ! audio/x-raw,format=S16LE,rate=8000,channels=1 ! "
      "filesink location=%s", payload, codecs[__i__].properties,
      codecs[__i__].chain, path);
  g_autofree gint16 *samples = NULL;
  gsize size, loud = 0;

  run_pipeline (description);
  fail_unless_equals_int (simulator_wait (simulator), 0);
  fail_unless (g_file_get_contents (path, (gchar **) &samples, &size, NULL));
  /* 6 s, but for what codecs keep to themselves at the ends */
  fail_unless (ABS ((gint64) size / 2 - 48000) <= 400,
      "%" G_GSIZE_FORMAT " samples", size / 2);
  for (gsize i = 0; i < size / 2; i++)
    loud += ABS (samples[i]) > 1000;
  /* speech, neither silence nor noise */
  fail_unless (loud > size / 2 / 20 && loud < size / 2 / 4 * 3,
      "%" G_GSIZE_FORMAT " loud samples of %" G_GSIZE_FORMAT, loud,
      size / 2);
  simulator_free (simulator);
}

GST_END_TEST;

static void
record_participant (GstElement *src, GstPad *pad, gpointer user_data)
{
  GstElement *pipeline = GST_ELEMENT (gst_object_get_parent (
          GST_OBJECT (src)));
  GstElement *sink = gst_element_factory_make ("filesink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");
  g_autofree gchar *path = g_build_filename (user_data, GST_PAD_NAME (pad),
      NULL);

  g_object_set (sink, "location", path, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, sink_pad);
  gst_object_unref (pipeline);
}

/* Each voice in a file of its own, and together all that was sent. */
GST_START_TEST (test_every_participant_arrives_whole)
{
  static const gchar *const arguments[] = { "--duration", "12", "--speed",
    "4", NULL };
  Simulator *simulator = simulator_new (arguments);
  g_autofree gchar *payload = simulator_get_path (simulator, "started.json");
  const gchar *folder = simulator_get_folder (simulator);
  g_autoptr (GstElement) pipeline = gst_pipeline_new (NULL);
  GstElement *src = gst_element_factory_make ("rtmssrc", NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GDir) dir = NULL;
  const gchar *name;
  guint64 bytes = 0;
  guint files = 0;

  g_object_set (src, "payload-location", payload, "client-id",
      "rtms-simulator", "client-secret", "rtms-simulator-secret", NULL);
  gst_util_set_object_arg (G_OBJECT (src), "media", "audio");
  gst_util_set_object_arg (G_OBJECT (src), "audio-mode", "participants");
  g_signal_connect (src, "pad-added", G_CALLBACK (record_participant),
      (gpointer) folder);
  gst_bin_add (GST_BIN (pipeline), src);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, TIMEOUT,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  fail_unless_equals_int (simulator_wait (simulator), 0);

  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    g_autoptr (GMappedFile) file = NULL;

    if (!g_str_has_prefix (name, "audio_"))
      continue;
    file = g_mapped_file_new (path, FALSE, NULL);
    bytes += g_mapped_file_get_length (file);
    files++;
  }
  fail_unless (files >= 2);
  fail_unless_equals_uint64 (bytes, (guint64) json_object_get_int_member (
          get_sent (simulator_get_meeting (simulator), "audio"), "bytes"));
  simulator_free (simulator);
}

GST_END_TEST;

GST_START_TEST (test_every_video_codec_arrives_whole)
{
  static const gchar *const codecs[] = { "video-codec=h264 video-fps=15",
    "video-codec=jpg video-fps=5", "video-codec=png video-fps=2" };

  check_pad ("video", codecs[__i__]);
}

GST_END_TEST;

/* The meeting goes on while it is chosen. */
GST_START_TEST (test_a_participants_video_arrives_whole)
{
  check_pad_at_speed ("video", "video-mode=participant "
      "video-user-id=16779264 video-resolution=sd", "1");
}

GST_END_TEST;

static Suite *
recording_suite (void)
{
  Suite *suite = suite_create ("recording");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_recording_holds_what_was_sent, 0,
      G_N_ELEMENTS (containers));
  tcase_add_test (tc, test_recording_with_context_wait);
  tcase_add_loop_test (tc, test_recording_in_real_time, 0,
      G_N_ELEMENTS (containers));
  tcase_add_test (tc, test_recording_through_a_lost_connection);
  tcase_add_loop_test (tc, test_every_l16_format_arrives_whole, 0, 8);
  tcase_add_loop_test (tc, test_every_audio_codec_arrives_whole, 0, 4);
  tcase_add_loop_test (tc, test_stock_elements_decode_every_audio_codec, 0,
      8);
  tcase_add_test (tc, test_every_participant_arrives_whole);
  tcase_add_loop_test (tc, test_every_video_codec_arrives_whole, 0, 3);
  tcase_add_test (tc, test_a_participants_video_arrives_whole);
  return suite;
}

GST_CHECK_MAIN (recording);
