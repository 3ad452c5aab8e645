/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsenums.h"

GType
gst_rtms_media_flags_get_type (void)
{
  static gsize type = 0;
  static const GFlagsValue values[] = {
    { GST_RTMS_MEDIA_AUDIO, "Audio", "audio" },
    { GST_RTMS_MEDIA_VIDEO, "Video", "video" },
    { GST_RTMS_MEDIA_SHARE, "Screen share", "share" },
    { GST_RTMS_MEDIA_TRANSCRIPT, "Transcript", "transcript" },
    { GST_RTMS_MEDIA_CHAT, "Chat", "chat" },
    { GST_RTMS_MEDIA_EVENTS, "Signaling events", "events" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_flags_register_static ("GstRtmsMediaFlags", values));
  return type;
}

GType
gst_rtms_connections_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_RTMS_CONNECTIONS_UNIFIED, "One for all media", "unified" },
    { GST_RTMS_CONNECTIONS_SPLIT, "One for each medium", "split" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmsConnections", values));
  return type;
}

GType
gst_rtms_audio_codec_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_RTMS_AUDIO_CODEC_L16, "16-bit PCM", "l16" },
    { GST_RTMS_AUDIO_CODEC_G711, "G.711 A-law", "g711" },
    { GST_RTMS_AUDIO_CODEC_G722, "G.722", "g722" },
    { GST_RTMS_AUDIO_CODEC_OPUS, "Opus", "opus" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmsAudioCodec", values));
  return type;
}

GType
gst_rtms_audio_transport_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_RTMS_AUDIO_TRANSPORT_RAW, "Coded audio as it is", "raw" },
    { GST_RTMS_AUDIO_TRANSPORT_RTP, "RTP packets", "rtp" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmsAudioTransport", values));
  return type;
}

GType
gst_rtms_video_codec_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_RTMS_VIDEO_CODEC_JPG, "JPEG images", "jpg" },
    { GST_RTMS_VIDEO_CODEC_PNG, "PNG images", "png" },
    { GST_RTMS_VIDEO_CODEC_H264, "H.264", "h264" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmsVideoCodec", values));
  return type;
}

GType
gst_rtms_video_resolution_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_RTMS_VIDEO_RESOLUTION_SD, "854x480 or 640x360", "sd" },
    { GST_RTMS_VIDEO_RESOLUTION_HD, "1280x720", "hd" },
    { GST_RTMS_VIDEO_RESOLUTION_FHD, "1920x1080", "fhd" },
    { GST_RTMS_VIDEO_RESOLUTION_QHD, "2560x1440", "qhd" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmsVideoResolution", values));
  return type;
}

GType
gst_rtms_video_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_RTMS_VIDEO_MODE_ACTIVE_SPEAKER, "Whoever speaks",
        "active-speaker" },
    { GST_RTMS_VIDEO_MODE_PARTICIPANT, "One chosen participant",
        "participant" },
    { GST_RTMS_VIDEO_MODE_GALLERY, "All in one picture (Video SDK)",
        "gallery" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmsVideoMode", values));
  return type;
}

GType
gst_rtms_log_format_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_RTMS_LOG_FORMAT_NONE, "Nothing", "none" },
    { GST_RTMS_LOG_FORMAT_TEXT, "Lines of text", "text" },
    { GST_RTMS_LOG_FORMAT_JSON, "Lines of JSON", "json" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmsLogFormat", values));
  return type;
}

GType
gst_rtms_text_format_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_RTMS_TEXT_FORMAT_UTF8, "The text alone", "utf8" },
    { GST_RTMS_TEXT_FORMAT_JSON, "Lines of JSON", "json" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmsTextFormat", values));
  return type;
}

GType
gst_rtms_audio_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_RTMS_AUDIO_MODE_MIXED, "All voices on one pad", "mixed" },
    { GST_RTMS_AUDIO_MODE_PARTICIPANTS, "A pad for each participant",
        "participants" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmsAudioMode", values));
  return type;
}
