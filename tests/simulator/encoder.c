/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "encoder.h"

#include <string.h>

#define KEY_FRAME_SECONDS 2
#define AUD_TYPE 9
#define SEI_TYPE 6
#define IDR_TYPE 5

G_DEFINE_QUARK (sim - encoder - error - quark, sim_encoder_error)

static const struct {
  const gchar *element;
  const gchar *package;
} packages[] = {
  { "x264enc", "gstreamer1.0-plugins-ugly" },
  { "avenc_g722", "gstreamer1.0-libav" },
  { "opusenc", "gstreamer1.0-plugins-base" },
  { "alawenc", "gstreamer1.0-plugins-good" },
  { "jpegenc", "gstreamer1.0-plugins-good" },
  { "pngenc", "gstreamer1.0-plugins-good" },
  { "rtppcmapay", "gstreamer1.0-plugins-good" },
  { "rtpg722pay", "gstreamer1.0-plugins-good" },
  { "rtpopuspay", "gstreamer1.0-plugins-good" },
  { "textoverlay", "gstreamer1.0-x" },
};

static const gchar *
get_package (const gchar *element)
{
  for (guint i = 0; i < G_N_ELEMENTS (packages); i++) {
    if (g_str_equal (packages[i].element, element))
      return packages[i].package;
  }
  return "gstreamer1.0-plugins-base";
}

static gboolean
have_element (const gchar *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

gboolean
sim_encoder_has_text (void)
{
  return have_element ("textoverlay");
}

/* Element names are what begins a part between "!"; caps hold a slash. */
static gboolean
check_elements (const gchar *description, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (description, "!", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (g_strstrip (parts[i]), " ", 2);

    if (strchr (words[0], '/') != NULL || have_element (words[0]))
      continue;
    g_set_error (error, SIM_ENCODER_ERROR, 0,
        "The GStreamer element \"%s\" is not installed; Debian has it in the "
        "package %s.",
        words[0], get_package (words[0]));
    return FALSE;
  }
  return TRUE;
}

static const gchar *
describe_audio_codec (const SimTrackSpec *spec)
{
  switch (spec->codec) {
  case SIM_CODEC_OPUS:
    return spec->rtp ? "opusenc frame-size=20 ! rtpopuspay pt=111"
                     : "opusenc frame-size=20";
  case SIM_CODEC_G711:
    return spec->rtp ? "alawenc ! rtppcmapay min-ptime=20000000 "
                       "max-ptime=20000000"
                     : "alawenc";
  case SIM_CODEC_G722:
    return spec->rtp ? "avenc_g722 ! rtpg722pay min-ptime=20000000 "
                       "max-ptime=20000000"
                     : "avenc_g722";
  default:
    return "identity silent=true";
  }
}

static gchar *
describe_audio (const SimTrackSpec *spec, const gchar *uri)
{
  g_autofree gchar *source = NULL;

  if (uri != NULL)
    source = g_strdup_printf ("uridecodebin name=decoder uri=\"%s\" "
                              "! audioconvert ! audioresample ! audiorate",
        uri);
  else
    source = g_strdup ("appsrc name=source format=time ! audioconvert "
                       "! audioresample");
  return g_strdup_printf (
      "%s ! capsfilter name=format caps=audio/x-raw,format=S16LE,"
      "layout=interleaved,rate=%d,channels=%d ! %s ! appsink name=sink "
      "sync=false max-buffers=50",
      source, spec->rate, spec->channels, describe_audio_codec (spec));
}

static gchar *
describe_picture_codec (const SimTrackSpec *spec)
{
  /* About 1.5 Mbit/s at 720p25, more for more pixels. */
  gint bitrate = (gint)(1500.0 * spec->width * spec->height / 921600.0
                        * (0.4 + 0.6 * spec->fps / 25.0));
  /* The encoder names the least profile that has the tools it uses. */
  static const struct {
    const gchar *name;
    const gchar *tools;
  } profiles[] = {
    { "constrained-baseline", "" },
    { "main", "cabac=true" },
    { "high", "cabac=true dct8x8=true" },
  };

  switch (spec->codec) {
  case SIM_CODEC_H264:
    return g_strdup_printf (
        "x264enc tune=zerolatency "
        "speed-preset=ultrafast bitrate=%d key-int-max=%d bframes=0 "
        "byte-stream=true aud=false threads=%d option-string=scenecut=0 %s "
        "! video/x-h264,profile=%s,"
        "stream-format=byte-stream,alignment=au",
        MAX (200, bitrate), KEY_FRAME_SECONDS * spec->fps,
        spec->height > 1080 ? 2 : 1, profiles[spec->profile].tools,
        profiles[spec->profile].name);
  case SIM_CODEC_PNG:
    return g_strdup ("videoconvert ! video/x-raw,format=RGB "
                     "! pngenc compression-level=1 snapshot=false");
  default:
    /* JPEG is full-range BT.601, whatever the picture was. */
    return g_strdup ("videoconvert ! video/x-raw,format=I420,"
                     "colorimetry=1:4:0:0 ! jpegenc quality=85");
  }
}

static gchar *
describe_texts (const SimTrackSpec *spec)
{
  const gchar *style = "shaded-background=true shading-value=55 "
                       "draw-shadow=false draw-outline=false auto-resize=true";

  if (!sim_encoder_has_text () || spec->view == SIM_VIEW_GALLERY)
    return g_strdup ("identity silent=true");
  if (spec->view == SIM_VIEW_SHARE)
    return g_strdup ("textoverlay name=title halignment=center "
                     "valignment=position ypos=0.08 font-desc=\"Sans Bold 18\" "
                     "draw-shadow=false draw-outline=false");
  return g_strdup_printf (
      "textoverlay name=caption halignment=left "
      "valignment=bottom font-desc=\"Sans Bold 18\" %s "
      "! textoverlay name=clock halignment=right valignment=top "
      "font-desc=\"Sans 14\" %s",
      style, style);
}

/* Scenes are painted in the colours that players assume for the size. */
static gchar *
describe_colorimetry (const SimTrackSpec *spec)
{
  static const gchar *const names[] = { NULL, "bt601", "bt709", "bt2020" };

  if (spec->colorimetry == SIM_COLORIMETRY_BY_SIZE)
    return g_strdup ("identity silent=true");
  return g_strdup_printf (
      "videoconvert ! video/x-raw,format=I420,colorimetry=%s",
      names[spec->colorimetry]);
}

static gchar *
describe_pictures (const SimTrackSpec *spec, const gchar *uri)
{
  g_autofree gchar *codec = describe_picture_codec (spec);
  g_autofree gchar *colorimetry = describe_colorimetry (spec);
  g_autofree gchar *texts = NULL;

  if (uri != NULL)
    return g_strdup_printf (
        "uridecodebin name=decoder uri=\"%s\" "
        "! videoconvert ! videoscale add-borders=true ! videorate ! "
        "video/x-raw,format=I420,"
        "width=%d,height=%d,framerate=%d/1,pixel-aspect-ratio=1/1 ! %s ! %s "
        "! appsink name=sink sync=false max-buffers=4",
        uri, spec->width, spec->height, spec->fps, colorimetry, codec);
  texts = describe_texts (spec);
  return g_strdup_printf (
      "appsrc name=source format=time ! video/x-raw,"
      "format=I420,width=%d,height=%d,framerate=%d/1,pixel-aspect-ratio=1/1,"
      "interlace-mode=progressive,colorimetry=%s ! %s ! %s ! %s "
      "! appsink name=sink sync=false max-buffers=4",
      spec->width, spec->height, spec->fps,
      spec->height >= 720 ? "bt709" : "bt601", texts, colorimetry, codec);
}

gchar *
sim_encoder_describe (
    const SimTrackSpec *spec, const gchar *uri, GError **error)
{
  g_autofree gchar *description = NULL;

  if (spec->medium == SIM_MEDIUM_AUDIO)
    description = describe_audio (spec, uri);
  else
    description = describe_pictures (spec, uri);
  if (!check_elements (description, error))
    return NULL;
  return g_steal_pointer (&description);
}

/* The values of uridecodebin's own enumeration, which is not public. */
enum {
  SELECT_TRY = 0,
  SELECT_EXPOSE = 1,
};

/* Streams of the other kind are left encoded, which no link takes. */
static gint
select_decoder (GstElement *decoder, GstPad *pad, GstCaps *caps,
    GstElementFactory *factory, gpointer user_data)
{
  GstElementFactoryListType other = GPOINTER_TO_SIZE (user_data);

  if (gst_element_factory_list_is_type (
          factory, GST_ELEMENT_FACTORY_TYPE_DECODER)
      && gst_element_factory_list_is_type (factory, other))
    return SELECT_EXPOSE;
  return SELECT_TRY;
}

void
sim_encoder_prepare_decoder (const SimTrackSpec *spec, GstElement *pipeline)
{
  g_autoptr (GstElement) decoder
      = gst_bin_get_by_name (GST_BIN (pipeline), "decoder");
  GstElementFactoryListType other = spec->medium == SIM_MEDIUM_AUDIO
                                        ? GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO
                                        : GST_ELEMENT_FACTORY_TYPE_MEDIA_AUDIO;

  if (decoder != NULL)
    g_signal_connect (decoder, "autoplug-select", G_CALLBACK (select_decoder),
        GSIZE_TO_POINTER (other));
}

/* Position of the next three-byte start code, or @size. The fourth zero that
 * may precede it is cut off as the end of the unit before. */
static gsize
find_start_code (const guint8 *data, gsize size, gsize from)
{
  for (gsize at = from; at + 3 <= size; at++) {
    if (data[at] == 0 && data[at + 1] == 0 && data[at + 2] == 1)
      return at;
  }
  return size;
}

GBytes *
sim_encoder_normalise_h264 (const guint8 *data, gsize size, gboolean *key_frame)
{
  static const guint8 start_code[] = { 0, 0, 0, 1 };
  GByteArray *unit = g_byte_array_sized_new ((guint)size + 64);
  gsize at = find_start_code (data, size, 0);

  *key_frame = FALSE;
  while (at < size) {
    gsize start = at + 3;
    gsize next = find_start_code (data, size, start);
    gsize end = next;
    guint type;

    while (end > start && data[end - 1] == 0)
      end--;
    at = next;
    if (end == start)
      continue;
    type = data[start] & 0x1f;
    if (type == IDR_TYPE)
      *key_frame = TRUE;
    if (type == AUD_TYPE || type == SEI_TYPE)
      continue;
    g_byte_array_append (unit, start_code, sizeof (start_code));
    g_byte_array_append (unit, data + start, (guint)(end - start));
  }
  return g_byte_array_free_to_bytes (unit);
}
