/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsmediaparams.h"

#define SEND_RATE_STEP 20
#define SEND_RATE_MAX 1000
#define IMAGE_FPS_MAX 5
#define H264_FPS_MIN 6
#define H264_FPS_MAX 30

/* In the order of AUDIO_SAMPLE_RATE. */
static const gint sample_rates[] = { 8000, 16000, 32000, 48000 };

/**
 * rtms_sample_rate_from_wire:
 * @value: an AUDIO_SAMPLE_RATE, or a rate in Hz
 *
 * Returns: the rate in Hz; 0 when @value is neither
 */
gint
rtms_sample_rate_from_wire (gint64 value)
{
  for (guint i = 0; i < G_N_ELEMENTS (sample_rates); i++) {
    if (value == i || value == sample_rates[i])
      return sample_rates[i];
  }
  return 0;
}

/* The AUDIO_SAMPLE_RATE of a rate in Hz, -1 when there is none. */
gint
rtms_sample_rate_to_wire (gint sample_rate)
{
  for (guint i = 0; i < G_N_ELEMENTS (sample_rates); i++) {
    if (sample_rate == sample_rates[i])
      return (gint) i;
  }
  return -1;
}

/**
 * rtms_media_params_init:
 * @params: (out caller-allocates): set to "nothing asked, nothing known"
 */
void
rtms_media_params_init (RtmsMediaParams *params)
{
  *params = (RtmsMediaParams) {
    .transcript.language = RTMS_LANGUAGE_AUTO,
    .transcript.detect_language = TRUE,
  };
}

static void
complete (gint *value, gint asked)
{
  if (*value == 0)
    *value = asked;
}

static void
complete_video (RtmsVideoParams *params, const RtmsVideoParams *asked)
{
  complete (&params->content_type, asked->content_type);
  complete (&params->codec, asked->codec);
  complete (&params->data_option, asked->data_option);
  complete (&params->resolution, asked->resolution);
  complete (&params->fps, asked->fps);
}

/**
 * rtms_media_params_complete:
 * @params: the parameters that a server confirmed
 * @asked: those that the client asked for
 *
 * Fills what the answer leaves out with what was asked. An answer that names
 * no medium at all confirms every one; else the media that it does not name
 * are not served (the app has no scope for them).
 */
void
rtms_media_params_complete (RtmsMediaParams *params,
    const RtmsMediaParams *asked)
{
  if (params->kinds == 0)
    params->kinds = asked->kinds;
  else
    params->kinds &= asked->kinds;

  complete (&params->audio.content_type, asked->audio.content_type);
  complete (&params->audio.codec, asked->audio.codec);
  complete (&params->audio.data_option, asked->audio.data_option);
  complete (&params->audio.sample_rate, asked->audio.sample_rate);
  complete (&params->audio.channels, asked->audio.channels);
  complete (&params->audio.send_rate, asked->audio.send_rate);
  complete_video (&params->video, &asked->video);
  complete_video (&params->share, &asked->share);
  if (params->transcript.language == RTMS_LANGUAGE_AUTO)
    params->transcript.language = asked->transcript.language;
}

static gboolean
advise (gchar **advice, const gchar *text)
{
  if (advice)
    *advice = g_strdup (text);
  return FALSE;
}

/**
 * rtms_audio_params_check:
 * @params: audio parameters to ask for
 * @advice: (out) (optional): a sentence naming the row of Zoom's matrix that
 *     would fit
 *
 * Returns: whether Zoom accepts the combination
 */
gboolean
rtms_audio_params_check (const RtmsAudioParams *params, gchar **advice)
{
  gboolean rtp = params->content_type == RTMS_CONTENT_TYPE_RTP;

  switch (params->codec) {
    case RTMS_CODEC_L16:
      if (rtp)
        return advise (advice, "L16 travels raw only: set "
            "audio-transport=raw, or audio-codec=opus, g711 or g722");
      if (rtms_sample_rate_to_wire (params->sample_rate) < 0)
        return advise (advice, "L16 takes audio-rate 8000, 16000, 32000 or "
            "48000");
      if (params->send_rate < SEND_RATE_STEP
          || params->send_rate > SEND_RATE_MAX
          || params->send_rate % SEND_RATE_STEP != 0)
        return advise (advice, "L16 takes an audio-interval of 20 to 1000 "
            "ms in multiples of 20");
      return TRUE;
    case RTMS_CODEC_OPUS:
      if (params->sample_rate != 48000 || params->send_rate != SEND_RATE_STEP)
        return advise (advice, "Opus takes audio-rate=48000 and "
            "audio-interval=20, with audio-channels 1 or 2");
      return TRUE;
    case RTMS_CODEC_G711:
      if (params->sample_rate != 8000 || params->channels != 1
          || params->send_rate != SEND_RATE_STEP)
        return advise (advice, "G.711 takes audio-rate=8000, "
            "audio-channels=1 and audio-interval=20");
      return TRUE;
    case RTMS_CODEC_G722:
      if (params->sample_rate != 16000 || params->channels != 1
          || params->send_rate != SEND_RATE_STEP)
        return advise (advice, "G.722 takes audio-rate=16000, "
            "audio-channels=1 and audio-interval=20");
      return TRUE;
    default:
      return advise (advice, "the audio codecs are l16, g711, g722 and opus");
  }
}

/**
 * rtms_video_params_check:
 * @params: video parameters to ask for
 * @kind: #RTMS_MEDIA_VIDEO or #RTMS_MEDIA_SHARE
 * @advice: (out) (optional): a sentence naming the row that would fit
 *
 * Returns: whether Zoom accepts the combination
 */
gboolean
rtms_video_params_check (const RtmsVideoParams *params, RtmsMediaKind kind,
    gchar **advice)
{
  gboolean share = kind == RTMS_MEDIA_SHARE;

  if (params->codec == RTMS_CODEC_H264) {
    if (params->fps > H264_FPS_MAX)
      return advise (advice, "H.264 takes at most 30 frames per second");
    /* For a share, newer text says "above 1 fps", older "above 5". */
    if (params->fps < (share ? 2 : H264_FPS_MIN))
      return advise (advice, share ? "an H.264 share takes share-fps 2 to 30;"
          " for 1 take share-codec=jpg"
          : "H.264 takes video-fps 6 to 30; for less take video-codec=jpg");
    return TRUE;
  }
  if (params->fps < 1 || params->fps > IMAGE_FPS_MAX)
    return advise (advice, share
        ? "share-codec jpg and png take share-fps 1 to 5; for more take h264"
        : "video-codec jpg and png take video-fps 1 to 5; for more take "
        "h264");
  return TRUE;
}
