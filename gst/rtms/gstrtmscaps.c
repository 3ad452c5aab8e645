/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmscaps.h"

#include "protocol/rtmsrtp.h"

static GstCaps *
audio_caps (const RtmsAudioParams *params)
{
  if (params->channels < 1 || params->channels > 2)
    return NULL;
  switch (params->codec) {
    case RTMS_CODEC_L16:
      if (params->sample_rate <= 0)
        return NULL;
      return gst_caps_new_simple ("audio/x-raw", "format", G_TYPE_STRING,
          "S16LE", "layout", G_TYPE_STRING, "interleaved", "rate",
          G_TYPE_INT, params->sample_rate, "channels", G_TYPE_INT,
          params->channels, NULL);
    case RTMS_CODEC_G711:
      return gst_caps_new_simple ("audio/x-alaw", "rate", G_TYPE_INT, 8000,
          "channels", G_TYPE_INT, 1, NULL);
    case RTMS_CODEC_G722:
      return gst_caps_new_simple ("audio/G722", "rate", G_TYPE_INT, 16000,
          "channels", G_TYPE_INT, 1, NULL);
    case RTMS_CODEC_OPUS:
      return gst_caps_new_simple ("audio/x-opus", "rate", G_TYPE_INT, 48000,
          "channels", G_TYPE_INT, params->channels,
          "channel-mapping-family", G_TYPE_INT, 0, NULL);
    default:
      return NULL;
  }
}

/**
 * gst_rtms_caps_new_rtp:
 * @params: audio parameters of content type RTP, as Zoom confirmed them
 * @bytes: the first packet
 * @size: in bytes
 *
 * Returns: (transfer full) (nullable): caps of RTP if the packet is one, else
 *     those of its codec
 */
GstCaps *
gst_rtms_caps_new_rtp (const RtmsAudioParams *params, const guint8 *bytes,
    gsize size)
{
  gint payload_type = rtms_rtp_get_payload_type (params->codec, bytes, size);
  const gchar *encoding;

  if (payload_type < 0)
    return audio_caps (params);
  encoding = params->codec == RTMS_CODEC_OPUS ? "OPUS"
      : params->codec == RTMS_CODEC_G722 ? "G722" : "PCMA";
  /* RFC 3551: G.722's clock rate is 8000 by an old mistake. */
  return gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING,
      "audio", "payload", G_TYPE_INT, payload_type, "clock-rate", G_TYPE_INT,
      params->codec == RTMS_CODEC_OPUS ? 48000 : 8000, "encoding-name",
      G_TYPE_STRING, encoding, NULL);
}

/* No size: Zoom's SD has two, and the frames change theirs at will. A
 * parser after the pad reads it from them. */
static GstCaps *
video_caps (const RtmsVideoParams *params)
{
  GstCaps *caps;

  switch (params->codec) {
    case RTMS_CODEC_H264:
      return gst_caps_new_simple ("video/x-h264", "stream-format",
          G_TYPE_STRING, "byte-stream", "alignment", G_TYPE_STRING, "au",
          NULL);
    case RTMS_CODEC_JPG:
      caps = gst_caps_new_empty_simple ("image/jpeg");
      break;
    case RTMS_CODEC_PNG:
      caps = gst_caps_new_empty_simple ("image/png");
      break;
    default:
      return NULL;
  }
  if (params->fps > 0)
    gst_caps_set_simple (caps, "framerate", GST_TYPE_FRACTION, params->fps,
        1, NULL);
  return caps;
}

/**
 * gst_rtms_caps_new:
 * @kind: a medium
 * @params: the parameters that Zoom confirmed
 *
 * Returns: (transfer full) (nullable): fixed caps of the medium's pad, or
 *     %NULL for parameters that no caps stand for
 */
GstCaps *
gst_rtms_caps_new (RtmsMediaKind kind, const RtmsMediaParams *params)
{
  switch (kind) {
    case RTMS_MEDIA_AUDIO:
      return audio_caps (&params->audio);
    case RTMS_MEDIA_VIDEO:
      return video_caps (&params->video);
    case RTMS_MEDIA_SHARE:
      return video_caps (&params->share);
    case RTMS_MEDIA_TRANSCRIPT:
    case RTMS_MEDIA_CHAT:
      return gst_caps_from_string (GST_RTMS_UTF8_CAPS);
    default:
      g_return_val_if_reached (NULL);
  }
}
