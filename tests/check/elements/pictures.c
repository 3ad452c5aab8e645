/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every camera picture and shared screen that Zoom offers: what arrives is
 * what the simulator sent, and a stock decoder makes a picture of the right
 * size of each. The table of what ran is docs/reference/picture-matrix.md. */

#include <gst/check/gstcheck.h>

#include "tests/check/document.h"
#include "tests/check/elements/fixture.h"
#include "tests/check/take.h"

#define AT_ONCE 8
#define SECONDS 2
/* A camera that is chosen shows with its next key frame, after 2 s or 4. */
#define CHOSEN_SECONDS 5
/* The simulator waits for the first picture of a camera, but not for that of
 * a screen, which a busy machine may take a while to code. */
#define SHARE_SECONDS 5
#define SHARE_RANGE "3-"
#define SHARES_AT_ONCE 16

static const struct {
  const gchar *title;
  const gchar *simulator;       /* --product */
  gboolean all_sizes;           /* once is enough */
  gboolean gallery;
} products[] = {
  { "Meeting", "meeting", TRUE, FALSE },
  { "Webinar", "webinar", FALSE, FALSE },
  { "Video SDK session", "session", FALSE, TRUE },
};

typedef enum {
  H264,
  JPG,
  PNG,
} Codec;

static const struct {
  const gchar *nick;
  const gchar *caps;
  const gchar *decoder;
} codecs[] = {
  { "h264", "video/x-h264, stream-format=byte-stream, alignment=au",
      "h264parse ! avdec_h264" },
  { "jpg", "image/jpeg", "jpegdec" },
  { "png", "image/png", "pngdec" },
};

static const struct {
  const gchar *nick;
  gint width;
  gint height;
} resolutions[] = {
  { "sd", 854, 480 },
  { "hd", 1280, 720 },
  { "fhd", 1920, 1080 },
  { "qhd", 2560, 1440 },
};

static const gchar *const connections[] = { "unified", "split" };

/* Zoom's rows, written down once more, with the rates to try. */
static const struct {
  Codec codec;
  gint video_fps[3];
  gint share_fps[3];
} rows[] = {
  { H264, { 6, 30 }, { 2, 30 } },
  { JPG, { 1, 5 }, { 1 } },
  { PNG, { 1, 5 }, { 1 } },
};

/* One format, received in each layout of connections. */
typedef struct {
  const gchar *medium;
  const gchar *mode;            /* empty for a share */
  Codec codec;
  guint resolution;
  gint fps;
} Format;

static GArray *
list_formats (const gchar *medium, const gchar *mode, gboolean all_sizes)
{
  GArray *formats = g_array_new (FALSE, FALSE, sizeof (Format));
  gboolean share = g_str_equal (medium, "share");
  gboolean active = g_str_equal (mode, "active-speaker");

  for (guint row = 0; row < G_N_ELEMENTS (rows); row++) {
    for (guint size = 0; size < G_N_ELEMENTS (resolutions); size++) {
      const gint *fps = share ? rows[row].share_fps : rows[row].video_fps;

      if (!all_sizes && !g_str_equal (resolutions[size].nick, "hd"))
        continue;
      for (; *fps; fps++) {
        Format format = { medium, mode, rows[row].codec, size, *fps };

        /* The other modes differ in whom they show, not how. */
        if (!share && !active && fps[1] != 0)
          continue;
        g_array_append_val (formats, format);
      }
    }
  }
  return formats;
}

static Take *
make_take (const Format *format, const gchar *layout)
{
  const gchar *medium = format->medium;
  g_autofree gchar *mode = g_str_equal (medium, "share") ? g_strdup ("")
      : g_strdup_printf ("video-mode=%s video-user-id=16778240",
      format->mode);
  g_autofree gchar *properties = g_strdup_printf ("media=audio+%s "
      "%s-codec=%s %s-resolution=%s %s-fps=%d %s connections=%s", medium,
      medium, codecs[format->codec].nick, medium,
      resolutions[format->resolution].nick, medium, format->fps, mode,
      layout);

  return take_new (medium, properties, codecs[format->codec].decoder);
}

static void
check_caps (Take *take, const TakePad *pad, const Format *format)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      codecs[format->codec].caps);
  gint width = 0, height = 0;

  if (format->codec != H264)
    gst_caps_set_simple (caps, "framerate", GST_TYPE_FRACTION, format->fps, 1,
        NULL);
  if (!gst_caps_is_equal (pad->caps, caps)) {
    g_autofree gchar *found = gst_caps_to_string (pad->caps);

    take_complain (take, "the caps are %s", found);
  }
  if (pad->decoded_caps) {
    GstStructure *structure = gst_caps_get_structure (pad->decoded_caps, 0);

    gst_structure_get (structure, "width", G_TYPE_INT, &width, "height",
        G_TYPE_INT, &height, NULL);
  }
  if (width != resolutions[format->resolution].width
      || height != resolutions[format->resolution].height)
    take_complain (take, "the pictures have %d × %d pixels", width, height);
}

static void
check_packets (Take *take, const TakePad *pad, const Format *format)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  JsonObject *sent = take_get_sent (take, format->medium);
  const TakePacket *first = &g_array_index (pad->packets, TakePacket, 0);

  for (guint i = 0; i < pad->packets->len; i++) {
    const TakePacket *packet = &g_array_index (pad->packets, TakePacket, i);
    GstClockTimeDiff distance = packet->zoom_time - first->zoom_time;
    GstClockTimeDiff got = GST_CLOCK_DIFF (GST_BUFFER_PTS (first->buffer),
        GST_BUFFER_PTS (packet->buffer));
    GstMapInfo map;

    fail_unless (gst_buffer_map (packet->buffer, &map, GST_MAP_READ));
    g_checksum_update (checksum, map.data, (gssize) map.size);
    gst_buffer_unmap (packet->buffer, &map);
    if (ABS (got - distance) > (GstClockTimeDiff) GST_MSECOND)
      take_complain (take, "picture %u is at %" GST_STIME_FORMAT " instead of %"
          GST_STIME_FORMAT, i, GST_STIME_ARGS (got),
          GST_STIME_ARGS (distance));
  }
  if (pad->packets->len != json_object_get_int_member (sent, "messages"))
    take_complain (take, "%u pictures came of %" G_GINT64_FORMAT,
        pad->packets->len, json_object_get_int_member (sent, "messages"));
  if (!g_str_equal (g_checksum_get_string (checksum),
          json_object_get_string_member (sent, "sha256")))
    take_complain (take, "the bytes are not those that were sent");
  if (pad->n_decoded != pad->packets->len)
    take_complain (take, "%u pictures decode of %u", pad->n_decoded,
        pad->packets->len);
}

static void
check_take (Take *take, const Format *format)
{
  TakePad *pad = take_get_pad (take, format->medium);
  /* A share takes a part of the meeting, and so may a chosen camera. */
  guint least = g_str_equal (format->mode, "active-speaker")
      ? (guint) (format->fps * SECONDS) : 1;

  if (take->problem)
    return;
  if (pad == NULL || take_get_sent (take, format->medium) == NULL
      || pad->packets->len < least) {
    take_complain (take, "only %u pictures came", pad ? pad->packets->len : 0);
    return;
  }
  check_caps (take, pad, format);
  check_packets (take, pad, format);
}

static void
add_to_table (GString *table, const GArray *formats, GPtrArray *takes)
{
  for (guint i = 0; i < formats->len; i++) {
    const Format *format = &g_array_index (formats, Format, i);

    g_string_append_printf (table, "| %s | %s | %s | %d | %s |",
        format->medium, codecs[format->codec].nick,
        resolutions[format->resolution].nick, format->fps, format->mode);
    for (guint k = 0; k < G_N_ELEMENTS (connections); k++) {
      Take *take = g_ptr_array_index (takes,
          i * G_N_ELEMENTS (connections) + k);

      g_string_append_printf (table, " %s |",
          take->problem ? "FAILED" : "exact");
    }
    g_string_append_c (table, '\n');
  }
}

static void
receive (const gchar *medium, const gchar *mode, guint product,
    const gchar *seconds, GString *table)
{
  gboolean share = g_str_equal (medium, "share");
  const gchar *const arguments[] = { "--duration", seconds, "--product",
    products[product].simulator, "--scene",
    share ? "presentation" : "standup", share ? "--share" : "--video-delay",
    share ? SHARE_RANGE : "0", NULL };
  gboolean all_sizes = products[product].all_sizes
      && !g_str_equal (mode, "participant");
  g_autoptr (GArray) formats = list_formats (medium, mode, all_sizes);
  g_autoptr (GPtrArray) takes = g_ptr_array_new_with_free_func (
      (GDestroyNotify) take_free);

  for (guint i = 0; i < formats->len; i++) {
    for (guint k = 0; k < G_N_ELEMENTS (connections); k++)
      g_ptr_array_add (takes, make_take (&g_array_index (formats, Format, i),
              connections[k]));
  }
  takes_run (takes, arguments, NULL, share ? SHARES_AT_ONCE : AT_ONCE);
  for (guint i = 0; i < takes->len; i++)
    check_take (g_ptr_array_index (takes, i), &g_array_index (formats, Format,
            i / G_N_ELEMENTS (connections)));
  add_to_table (table, formats, takes);
  takes_check (takes);
}

GST_START_TEST (test_every_picture)
{
  g_autoptr (GString) table = g_string_new ("| pad | codec | size | fps | mode "
      "| unified | split |\n| --- | --- | --- | --- | --- | --- | --- |\n");
  guint product = (guint) __i__;

  track_leaks ("activity-start-tracking");
  receive ("video", "active-speaker", product, G_STRINGIFY (SECONDS), table);
  receive ("video", "participant", product, G_STRINGIFY (CHOSEN_SECONDS),
      table);
  if (products[product].gallery)
    receive ("video", "gallery", product, G_STRINGIFY (SECONDS), table);
  receive ("share", "", product, G_STRINGIFY (SHARE_SECONDS), table);
  track_leaks ("activity-get-checkpoint");
  document_check_section (g_getenv ("RTMS_PICTURE_MATRIX"),
      products[product].title, table->str);
}

GST_END_TEST;

static Suite *
pictures_suite (void)
{
  Suite *suite = suite_create ("pictures");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, TAKES_TIMEOUT);
  tcase_add_loop_test (tc, test_every_picture, 0, G_N_ELEMENTS (products));
  return suite;
}

GST_CHECK_MAIN (pictures);
