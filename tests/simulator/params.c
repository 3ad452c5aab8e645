/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "params.h"

#define MAX_SEND_RATE 1000
#define DEFAULT_SEND_RATE 20
#define DEFAULT_H264_FPS 25
#define DEFAULT_VIDEO_FPS 5
#define DEFAULT_SHARE_FPS 1
#define MAX_IMAGE_FPS 5
#define MIN_H264_FPS 6
#define MAX_FPS 30

#define BIT(value) (1u << (value))
#define ANY_RATE                                                               \
  (BIT (SIM_RATE_8K) | BIT (SIM_RATE_16K) | BIT (SIM_RATE_32K)                 \
      | BIT (SIM_RATE_48K))
#define MONO BIT (1)
#define STEREO BIT (2)

/* Rows of the audio matrix. */
static const struct {
  SimContentType content_type;
  SimCodec codec;
  guint rates;
  guint channels;
  gint max_send_rate;
} audio_rows[] = {
  { SIM_CONTENT_RTP, SIM_CODEC_OPUS, BIT (SIM_RATE_48K), MONO | STEREO, 20 },
  { SIM_CONTENT_RTP, SIM_CODEC_G711, BIT (SIM_RATE_8K), MONO, 20 },
  { SIM_CONTENT_RTP, SIM_CODEC_G722, BIT (SIM_RATE_16K), MONO, 20 },
  { SIM_CONTENT_RAW_AUDIO, SIM_CODEC_L16, ANY_RATE, MONO | STEREO,
      MAX_SEND_RATE },
  { SIM_CONTENT_RAW_AUDIO, SIM_CODEC_OPUS, BIT (SIM_RATE_48K), MONO | STEREO,
      20 },
  { SIM_CONTENT_RAW_AUDIO, SIM_CODEC_G711, BIT (SIM_RATE_8K), MONO, 20 },
  { SIM_CONTENT_RAW_AUDIO, SIM_CODEC_G722, BIT (SIM_RATE_16K), MONO, 20 },
};

/* A member as a small integer; @fallback where it is absent. FALSE when it is
 * no integer. */
static gboolean
read_member (JsonObject *object, const gchar *name, gint fallback, gint *value)
{
  gint64 number = fallback;

  if (object != NULL
      && sim_json_get_int (object, name, &number) == SIM_JSON_INVALID)
    return FALSE;
  *value = (gint)CLAMP (number, G_MININT, G_MAXINT);
  return TRUE;
}

static SimSampleRate
get_default_rate (gint codec, gboolean strict)
{
  /* Who asks for Opus without a rate can only mean 48 kHz; the server's
   * default of 16 kHz would be refused. */
  if (strict)
    return SIM_RATE_16K;
  if (codec == SIM_CODEC_OPUS)
    return SIM_RATE_48K;
  return codec == SIM_CODEC_G711 ? SIM_RATE_8K : SIM_RATE_16K;
}

static SimStatus
negotiate_audio (
    JsonObject *asked, const SimOptions *options, SimAudioParams *params)
{
  gboolean strict = options->strict;
  SimContentType row_type;
  gint content_type, codec, rate, channel, option, send_rate;
  guint row;

  if (!read_member (asked, "content_type", SIM_CONTENT_RAW_AUDIO, &content_type)
      || (content_type != SIM_CONTENT_RTP
          && content_type != SIM_CONTENT_RAW_AUDIO))
    return SIM_STATUS_INVALID_MEDIA_AUDIO_CONTENT_TYPE;
  if (!read_member (asked, "codec", SIM_CODEC_L16, &codec)
      || codec < SIM_CODEC_L16 || codec > SIM_CODEC_OPUS)
    return SIM_STATUS_INVALID_MEDIA_AUDIO_CODEC;
  if (content_type == SIM_CONTENT_RTP && codec == SIM_CODEC_L16
      && !options->rtp_alias) {
    if (strict)
      return SIM_STATUS_INVALID_MEDIA_AUDIO_CONTENT_TYPE;
    content_type = SIM_CONTENT_RAW_AUDIO;
  }
  row_type = options->rtp_alias ? SIM_CONTENT_RAW_AUDIO
                                : (SimContentType)content_type;
  for (row = 0; row < G_N_ELEMENTS (audio_rows) - 1; row++) {
    if (audio_rows[row].content_type == row_type
        && audio_rows[row].codec == (SimCodec)codec)
      break;
  }
  if (!read_member (
          asked, "sample_rate", get_default_rate (codec, strict), &rate)
      || rate < SIM_RATE_8K || rate > SIM_RATE_48K
      || !(audio_rows[row].rates & BIT (rate)))
    return SIM_STATUS_INVALID_MEDIA_AUDIO_SAMPLE_RATE;
  if (!read_member (asked, "channel", 1, &channel) || channel < 1 || channel > 2
      || !(audio_rows[row].channels & BIT (channel)))
    return SIM_STATUS_INVALID_MEDIA_AUDIO_CHANNEL;
  if (!read_member (asked, "data_opt", SIM_OPTION_AUDIO_MIXED, &option)
      || (option != SIM_OPTION_AUDIO_MIXED && option != SIM_OPTION_AUDIO_MULTI))
    return SIM_STATUS_INVALID_MEDIA_AUDIO_DATA_OPT;
  if (!read_member (asked, "send_rate", DEFAULT_SEND_RATE, &send_rate))
    return SIM_STATUS_INVALID_MEDIA_AUDIO_SEND_RATE;
  if (!strict)
    send_rate = MIN (send_rate, MAX_SEND_RATE);
  if (send_rate < 20 || send_rate % 20 != 0
      || send_rate > audio_rows[row].max_send_rate)
    return SIM_STATUS_INVALID_MEDIA_AUDIO_SEND_RATE;
  *params = (SimAudioParams){ content_type, rate, channel, codec, option,
    send_rate };
  return SIM_STATUS_OK;
}

static gboolean
is_picture_content_type (gint content_type, gboolean strict)
{
  if (content_type == SIM_CONTENT_RAW_VIDEO)
    return TRUE;
  /* SDKs ask for RTP or a file stream and mean the same. */
  return !strict
         && (content_type == SIM_CONTENT_RTP
             || content_type == SIM_CONTENT_FILE_STREAM);
}

static SimStatus
negotiate_video (JsonObject *asked, SimProduct product, gboolean strict,
    SimPictureParams *params)
{
  gint content_type, codec, resolution, fps, option;
  gboolean has_codec = asked != NULL && json_object_has_member (asked, "codec");

  if (!read_member (asked, "content_type", SIM_CONTENT_RAW_VIDEO, &content_type)
      || !is_picture_content_type (content_type, strict))
    return SIM_STATUS_INVALID_MEDIA_VIDEO_CONTENT_TYPE;
  if (!read_member (asked, "codec", SIM_CODEC_JPG, &codec)
      || codec < SIM_CODEC_JPG || codec > SIM_CODEC_H264)
    return SIM_STATUS_INVALID_MEDIA_VIDEO_CODEC;
  if (!read_member (asked, "resolution", SIM_RESOLUTION_HD, &resolution)
      || resolution < SIM_RESOLUTION_SD || resolution > SIM_RESOLUTION_QHD)
    return SIM_STATUS_INVALID_MEDIA_VIDEO_RESOLUTION;
  if (!read_member (asked, "data_opt", SIM_OPTION_VIDEO_ACTIVE, &option)
      || option < SIM_OPTION_VIDEO_ACTIVE || option > SIM_OPTION_VIDEO_GALLERY
      || (strict && option == SIM_OPTION_VIDEO_GALLERY
          && product != SIM_PRODUCT_SESSION))
    return SIM_STATUS_INVALID_MEDIA_VIDEO_DATA_OPT;
  if (!read_member (asked, "fps",
          codec == SIM_CODEC_H264 ? DEFAULT_H264_FPS : DEFAULT_VIDEO_FPS, &fps))
    return SIM_STATUS_INVALID_MEDIA_VIDEO_FPS;
  if (!has_codec && fps > MAX_IMAGE_FPS && fps <= MAX_FPS)
    fps = DEFAULT_VIDEO_FPS;
  if (codec == SIM_CODEC_H264 ? (fps < MIN_H264_FPS || fps > MAX_FPS)
                              : (fps < 1 || fps > MAX_IMAGE_FPS))
    return SIM_STATUS_INVALID_MEDIA_VIDEO_FPS;
  *params = (SimPictureParams){ SIM_CONTENT_RAW_VIDEO, codec, resolution, fps,
    option };
  return SIM_STATUS_OK;
}

static SimStatus
negotiate_share (JsonObject *asked, gboolean strict, SimPictureParams *params)
{
  gint content_type, codec, resolution, fps;
  gint max_image_fps = strict ? DEFAULT_SHARE_FPS : MAX_IMAGE_FPS;

  if (!read_member (asked, "content_type", SIM_CONTENT_RAW_VIDEO, &content_type)
      || !is_picture_content_type (content_type, strict))
    return SIM_STATUS_INVALID_MEDIA_DESKSHARE_CONTENT_TYPE;
  if (!read_member (asked, "codec", SIM_CODEC_JPG, &codec)
      || codec < SIM_CODEC_JPG || codec > SIM_CODEC_H264)
    return SIM_STATUS_INVALID_MEDIA_DESKSHARE_CODEC;
  if (!read_member (asked, "resolution", SIM_RESOLUTION_FHD, &resolution)
      || resolution < SIM_RESOLUTION_SD || resolution > SIM_RESOLUTION_QHD)
    return SIM_STATUS_INVALID_MEDIA_DESKSHARE_RESOLUTION;
  if (!read_member (asked, "fps",
          codec == SIM_CODEC_H264 ? DEFAULT_VIDEO_FPS : DEFAULT_SHARE_FPS,
          &fps))
    return SIM_STATUS_INVALID_MEDIA_DESKSHARE_FPS;
  if (codec == SIM_CODEC_H264 ? (fps < 2 || fps > MAX_FPS)
                              : (fps < 1 || fps > max_image_fps))
    return SIM_STATUS_INVALID_MEDIA_DESKSHARE_FPS;
  *params = (SimPictureParams){
    .content_type = SIM_CONTENT_RAW_VIDEO,
    .codec = codec,
    .resolution = resolution,
    .fps = fps,
  };
  return SIM_STATUS_OK;
}

static SimStatus
negotiate_transcript (JsonObject *asked, SimParams *params)
{
  gint content_type, language;
  gboolean detect = TRUE;

  if (!read_member (asked, "content_type", SIM_CONTENT_TEXT, &content_type)
      || content_type != SIM_CONTENT_TEXT)
    return SIM_STATUS_INVALID_MEDIA_TRANSCRIPT_CONTENT_TYPE;
  if (!read_member (asked, "src_language", SIM_LANGUAGE_ENGLISH, &language)
      || language < SIM_LANGUAGE_AUTO || language > SIM_LANGUAGE_LAST)
    return SIM_STATUS_INVALID_MEDIA_TRANSCRIPT_SOURCE_LANGUAGE;
  if (asked != NULL
      && sim_json_get_bool (asked, "enable_lid", &detect) == SIM_JSON_INVALID)
    return SIM_STATUS_INVALID_MEDIA_TRANSCRIPT_PARAMS;
  params->language = language;
  params->detect_language = detect;
  return SIM_STATUS_OK;
}

static SimStatus
negotiate_chat (JsonObject *asked)
{
  gint content_type;

  if (!read_member (asked, "content_type", SIM_CONTENT_TEXT, &content_type)
      || content_type != SIM_CONTENT_TEXT)
    return SIM_STATUS_INVALID_MEDIA_CHAT_CONTENT_TYPE;
  return SIM_STATUS_OK;
}

/* The parameters of one medium; FALSE when they are there but no object. */
static gboolean
find_params (JsonObject *all, const gchar *name, const gchar *other_name,
    JsonObject **found)
{
  SimJsonResult result = SIM_JSON_ABSENT;

  *found = NULL;
  if (all != NULL)
    result = sim_json_get_object (all, name, found);
  if (all != NULL && result == SIM_JSON_ABSENT && other_name != NULL)
    result = sim_json_get_object (all, other_name, found);
  return result != SIM_JSON_INVALID;
}

static SimStatus
negotiate_medium (JsonObject *all, SimMedium medium, const SimOptions *options,
    SimParams *params)
{
  gboolean strict = options->strict;
  JsonObject *asked;

  switch (medium) {
  case SIM_MEDIUM_AUDIO:
    if (!find_params (all, "audio", NULL, &asked))
      return SIM_STATUS_INVALID_MEDIA_AUDIO_PARAMS;
    return negotiate_audio (asked, options, &params->audio);
  case SIM_MEDIUM_VIDEO:
    if (!find_params (all, "video", NULL, &asked))
      return SIM_STATUS_INVALID_MEDIA_VIDEO_PARAMS;
    return negotiate_video (asked, options->product, strict, &params->video);
  case SIM_MEDIUM_SHARE:
    if (!find_params (all, "deskshare", strict ? NULL : "share", &asked))
      return SIM_STATUS_INVALID_MEDIA_DESKSHARE_PARAMS;
    return negotiate_share (asked, strict, &params->share);
  case SIM_MEDIUM_TRANSCRIPT:
    if (!find_params (all, "transcript", NULL, &asked))
      return SIM_STATUS_INVALID_MEDIA_TRANSCRIPT_PARAMS;
    return negotiate_transcript (asked, params);
  default:
    if (!find_params (all, "chat", NULL, &asked))
      return SIM_STATUS_INVALID_MEDIA_CHAT_PARAMS;
    return negotiate_chat (asked);
  }
}

SimStatus
sim_params_negotiate (JsonObject *request, guint media,
    const SimOptions *options, SimParams *params)
{
  JsonObject *all = NULL;

  if (sim_json_get_object (request, "media_params", &all) == SIM_JSON_INVALID)
    return SIM_STATUS_INVALID_MEDIA_PARAMS;
  for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
    SimStatus status;

    if (!(media & SIM_MEDIA_BIT (medium)))
      continue;
    status = negotiate_medium (all, medium, options, params);
    if (status != SIM_STATUS_OK)
      return status;
  }
  return SIM_STATUS_OK;
}

static JsonObject *
picture_to_json (const SimPictureParams *params)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "content_type", params->content_type);
  json_object_set_int_member (object, "codec", params->codec);
  json_object_set_int_member (object, "resolution", params->resolution);
  json_object_set_int_member (object, "fps", params->fps);
  if (params->data_opt != 0)
    json_object_set_int_member (object, "data_opt", params->data_opt);
  return object;
}

JsonObject *
sim_params_to_json (const SimParams *params, guint media)
{
  JsonObject *all = json_object_new ();
  JsonObject *object;

  if (media & SIM_MEDIA_BIT (SIM_MEDIUM_AUDIO)) {
    const SimAudioParams *audio = &params->audio;

    object = json_object_new ();
    json_object_set_int_member (object, "content_type", audio->content_type);
    json_object_set_int_member (object, "sample_rate", audio->sample_rate);
    json_object_set_int_member (object, "channel", audio->channel);
    json_object_set_int_member (object, "codec", audio->codec);
    json_object_set_int_member (object, "data_opt", audio->data_opt);
    json_object_set_int_member (object, "send_rate", audio->send_rate);
    json_object_set_object_member (all, "audio", object);
  }
  if (media & SIM_MEDIA_BIT (SIM_MEDIUM_VIDEO))
    json_object_set_object_member (
        all, "video", picture_to_json (&params->video));
  if (media & SIM_MEDIA_BIT (SIM_MEDIUM_SHARE))
    json_object_set_object_member (
        all, "deskshare", picture_to_json (&params->share));
  if (media & SIM_MEDIA_BIT (SIM_MEDIUM_TRANSCRIPT)) {
    object = json_object_new ();
    json_object_set_int_member (object, "content_type", SIM_CONTENT_TEXT);
    json_object_set_int_member (object, "src_language", params->language);
    json_object_set_boolean_member (
        object, "enable_lid", params->detect_language);
    json_object_set_object_member (all, "transcript", object);
  }
  if (media & SIM_MEDIA_BIT (SIM_MEDIUM_CHAT)) {
    object = json_object_new ();
    json_object_set_int_member (object, "content_type", SIM_CONTENT_TEXT);
    json_object_set_object_member (all, "chat", object);
  }
  return all;
}

gint
sim_params_get_rate (const SimAudioParams *params)
{
  static const gint rates[] = { 8000, 16000, 32000, 48000 };

  return rates[params->sample_rate];
}

void
sim_params_get_size (const SimPictureParams *params, gint *width, gint *height)
{
  static const gint sizes[][2]
      = { { 854, 480 }, { 1280, 720 }, { 1920, 1080 }, { 2560, 1440 } };

  *width = sizes[params->resolution - SIM_RESOLUTION_SD][0];
  *height = sizes[params->resolution - SIM_RESOLUTION_SD][1];
}

static void
describe_picture (GString *text, const SimPictureParams *params)
{
  gint width, height;

  sim_params_get_size (params, &width, &height);
  g_string_append_printf (text, " %s %dx%d %d fps",
      sim_codec_name (params->codec), width, height, params->fps);
}

gchar *
sim_params_describe (const SimParams *params, guint media)
{
  GString *text = g_string_new (NULL);

  for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
    if (!(media & SIM_MEDIA_BIT (medium)))
      continue;
    g_string_append_printf (
        text, "%s%s", text->len > 0 ? ", " : "", sim_medium_name (medium));
    if (medium == SIM_MEDIUM_AUDIO) {
      g_string_append_printf (text, " %s%s %d Hz %s %d ms%s",
          sim_codec_name (params->audio.codec),
          params->audio.content_type == SIM_CONTENT_RTP ? " in RTP" : "",
          sim_params_get_rate (&params->audio),
          params->audio.channel == 2 ? "stereo" : "mono",
          params->audio.send_rate,
          params->audio.data_opt == SIM_OPTION_AUDIO_MULTI ? " per participant"
                                                           : "");
    } else if (medium == SIM_MEDIUM_VIDEO) {
      describe_picture (text, &params->video);
    } else if (medium == SIM_MEDIUM_SHARE) {
      describe_picture (text, &params->share);
    }
  }
  return g_string_free (text, FALSE);
}
