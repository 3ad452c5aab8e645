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
