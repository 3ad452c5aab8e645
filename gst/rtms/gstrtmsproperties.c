/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsproperties.h"

#include "gstrtmsvalue.h"

/* The properties that say how a stream is received, apart from the element,
 * as the element that receives a whole account's streams has them too. */

enum {
  PROP_0,
  PROP_PAYLOAD,
  PROP_PAYLOAD_LOCATION,
  PROP_CLIENT_ID,
  PROP_CLIENT_SECRET,
  PROP_MEDIA,
  PROP_CONNECTIONS,
  PROP_STARTUP_BACKLOG,
  PROP_AUDIO_CODEC,
  PROP_AUDIO_TRANSPORT,
  PROP_AUDIO_MODE,
  PROP_AUDIO_PARTICIPANTS,
  PROP_AUDIO_RATE,
  PROP_AUDIO_CHANNELS,
  PROP_AUDIO_INTERVAL,
  PROP_VIDEO_CODEC,
  PROP_VIDEO_RESOLUTION,
  PROP_VIDEO_FPS,
  PROP_VIDEO_MODE,
  PROP_VIDEO_USER_ID,
  PROP_SHARE_CODEC,
  PROP_SHARE_RESOLUTION,
  PROP_SHARE_FPS,
  PROP_TRANSCRIPT_LANGUAGE,
  PROP_TRANSCRIPT_DETECT_LANGUAGE,
  PROP_TEXT_FORMAT,
  PROP_SPEAKER_NAMES,
  PROP_LATENCY,
  PROP_CONTEXT_WAIT,
  PROP_TEXT_OVERLAP,
  PROP_MAX_QUEUE_TIME,
  PROP_MAX_QUEUE_BYTES,
  PROP_GAP_INTERVAL,
  PROP_FILL_SILENCE,
  PROP_FILL_VIDEO,
  PROP_WAIT_FOR_KEYFRAME,
  PROP_TIMEOUT,
  PROP_RECONNECT,
  PROP_ALLOWED_HOSTS,
  PROP_ALLOW_UNENCRYPTED,
  PROP_TLS_CA_FILE,
  PROP_MAX_MESSAGE_SIZE,
};

G_STATIC_ASSERT (PROP_MAX_MESSAGE_SIZE < GST_RTMS_PROPERTIES_END);

/* The properties' defaults, for their specs and their initial values. */
#define GST_RTMS_DEFAULT_MEDIA (GST_RTMS_MEDIA_AUDIO | GST_RTMS_MEDIA_VIDEO \
    | GST_RTMS_MEDIA_SHARE | GST_RTMS_MEDIA_TRANSCRIPT \
    | GST_RTMS_MEDIA_CHAT | GST_RTMS_MEDIA_EVENTS)
#define GST_RTMS_DEFAULT_CONNECTIONS GST_RTMS_CONNECTIONS_UNIFIED
#define GST_RTMS_DEFAULT_STARTUP_BACKLOG TRUE
#define GST_RTMS_DEFAULT_AUDIO_CODEC GST_RTMS_AUDIO_CODEC_L16
#define GST_RTMS_DEFAULT_AUDIO_TRANSPORT GST_RTMS_AUDIO_TRANSPORT_RAW
#define GST_RTMS_DEFAULT_AUDIO_MODE GST_RTMS_AUDIO_MODE_MIXED
#define GST_RTMS_DEFAULT_AUDIO_RATE 16000
#define GST_RTMS_DEFAULT_AUDIO_CHANNELS 1
#define GST_RTMS_DEFAULT_AUDIO_INTERVAL 20
#define GST_RTMS_DEFAULT_VIDEO_CODEC GST_RTMS_VIDEO_CODEC_H264
#define GST_RTMS_DEFAULT_VIDEO_RESOLUTION GST_RTMS_VIDEO_RESOLUTION_HD
#define GST_RTMS_DEFAULT_VIDEO_FPS 25
#define GST_RTMS_DEFAULT_VIDEO_MODE GST_RTMS_VIDEO_MODE_ACTIVE_SPEAKER
#define GST_RTMS_DEFAULT_VIDEO_USER_ID 0
#define GST_RTMS_DEFAULT_SHARE_CODEC GST_RTMS_VIDEO_CODEC_JPG
#define GST_RTMS_DEFAULT_SHARE_RESOLUTION GST_RTMS_VIDEO_RESOLUTION_FHD
#define GST_RTMS_DEFAULT_SHARE_FPS 1
#define GST_RTMS_DEFAULT_TRANSCRIPT_LANGUAGE "auto"
#define GST_RTMS_DEFAULT_TRANSCRIPT_DETECT_LANGUAGE TRUE
#define GST_RTMS_DEFAULT_TEXT_FORMAT GST_RTMS_TEXT_FORMAT_UTF8
#define GST_RTMS_DEFAULT_SPEAKER_NAMES FALSE
#define GST_RTMS_DEFAULT_LATENCY 200
#define GST_RTMS_DEFAULT_CONTEXT_WAIT 0
#define GST_RTMS_DEFAULT_TEXT_OVERLAP FALSE
#define GST_RTMS_DEFAULT_MAX_QUEUE_TIME (90 * GST_SECOND)
#define GST_RTMS_DEFAULT_MAX_QUEUE_BYTES \
    G_GUINT64_CONSTANT (64 * 1024 * 1024)
#define GST_RTMS_DEFAULT_GAP_INTERVAL 200
#define GST_RTMS_DEFAULT_FILL_SILENCE FALSE
#define GST_RTMS_DEFAULT_FILL_VIDEO FALSE
#define GST_RTMS_DEFAULT_WAIT_FOR_KEYFRAME TRUE
#define GST_RTMS_DEFAULT_TIMEOUT 10
#define GST_RTMS_DEFAULT_RECONNECT TRUE
#define GST_RTMS_DEFAULT_ALLOWED_HOSTS "*.zoom.us,*.zoomgov.com"
#define GST_RTMS_DEFAULT_ALLOW_UNENCRYPTED FALSE
#define GST_RTMS_DEFAULT_MAX_MESSAGE_SIZE \
    G_GUINT64_CONSTANT (16 * 1024 * 1024)

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS \
    | GST_PARAM_MUTABLE_READY)

void
gst_rtms_properties_init (GstRtmsProperties *properties)
{
  *properties = (GstRtmsProperties) {
    .media = GST_RTMS_DEFAULT_MEDIA,
    .connections = GST_RTMS_DEFAULT_CONNECTIONS,
    .startup_backlog = GST_RTMS_DEFAULT_STARTUP_BACKLOG,
    .audio_codec = GST_RTMS_DEFAULT_AUDIO_CODEC,
    .audio_transport = GST_RTMS_DEFAULT_AUDIO_TRANSPORT,
    .audio_mode = GST_RTMS_DEFAULT_AUDIO_MODE,
    .audio_rate = GST_RTMS_DEFAULT_AUDIO_RATE,
    .audio_channels = GST_RTMS_DEFAULT_AUDIO_CHANNELS,
    .audio_interval = GST_RTMS_DEFAULT_AUDIO_INTERVAL,
    .video_codec = GST_RTMS_DEFAULT_VIDEO_CODEC,
    .video_resolution = GST_RTMS_DEFAULT_VIDEO_RESOLUTION,
    .video_fps = GST_RTMS_DEFAULT_VIDEO_FPS,
    .video_mode = GST_RTMS_DEFAULT_VIDEO_MODE,
    .video_user_id = GST_RTMS_DEFAULT_VIDEO_USER_ID,
    .share_codec = GST_RTMS_DEFAULT_SHARE_CODEC,
    .share_resolution = GST_RTMS_DEFAULT_SHARE_RESOLUTION,
    .share_fps = GST_RTMS_DEFAULT_SHARE_FPS,
    .transcript_language = g_strdup (GST_RTMS_DEFAULT_TRANSCRIPT_LANGUAGE),
    .transcript_detect_language =
        GST_RTMS_DEFAULT_TRANSCRIPT_DETECT_LANGUAGE,
    .text_format = GST_RTMS_DEFAULT_TEXT_FORMAT,
    .speaker_names = GST_RTMS_DEFAULT_SPEAKER_NAMES,
    .latency = GST_RTMS_DEFAULT_LATENCY,
    .context_wait = GST_RTMS_DEFAULT_CONTEXT_WAIT,
    .text_overlap = GST_RTMS_DEFAULT_TEXT_OVERLAP,
    .max_queue_time = GST_RTMS_DEFAULT_MAX_QUEUE_TIME,
    .max_queue_bytes = GST_RTMS_DEFAULT_MAX_QUEUE_BYTES,
    .gap_interval = GST_RTMS_DEFAULT_GAP_INTERVAL,
    .fill_silence = GST_RTMS_DEFAULT_FILL_SILENCE,
    .fill_video = GST_RTMS_DEFAULT_FILL_VIDEO,
    .wait_for_keyframe = GST_RTMS_DEFAULT_WAIT_FOR_KEYFRAME,
    .timeout = GST_RTMS_DEFAULT_TIMEOUT,
    .reconnect = GST_RTMS_DEFAULT_RECONNECT,
    .allowed_hosts = g_strdup (GST_RTMS_DEFAULT_ALLOWED_HOSTS),
    .allow_unencrypted = GST_RTMS_DEFAULT_ALLOW_UNENCRYPTED,
    .max_message_size = GST_RTMS_DEFAULT_MAX_MESSAGE_SIZE,
  };
}

/* @copy: (out caller-allocates): to be cleared */
void
gst_rtms_properties_copy (GstRtmsProperties *copy,
    const GstRtmsProperties *properties)
{
  *copy = *properties;
  copy->payload = g_strdup (properties->payload);
  copy->payload_location = g_strdup (properties->payload_location);
  copy->client_id = g_strdup (properties->client_id);
  if (properties->client_secret)
    rtms_secret_ref (properties->client_secret);
  copy->audio_participants = g_strdup (properties->audio_participants);
  copy->transcript_language = g_strdup (properties->transcript_language);
  copy->allowed_hosts = g_strdup (properties->allowed_hosts);
  copy->tls_ca_file = g_strdup (properties->tls_ca_file);
}

void
gst_rtms_properties_clear (GstRtmsProperties *properties)
{
  g_free (properties->payload);
  g_free (properties->payload_location);
  g_free (properties->client_id);
  g_clear_pointer (&properties->client_secret, rtms_secret_unref);
  g_free (properties->audio_participants);
  g_free (properties->transcript_language);
  g_free (properties->allowed_hosts);
  g_free (properties->tls_ca_file);
}

/**
 * gst_rtms_properties_install:
 * @klass: the class of an element with a #GstRtmsProperties
 */
void
gst_rtms_properties_install (GObjectClass *klass)
{
  /**
   * GstRtmsSrc:payload:
   *
   * The body of the stream's rtms_started webhook as JSON text, or its
   * "payload" object; goes before payload-location.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_PAYLOAD,
      g_param_spec_string ("payload", "Payload",
      "The body of the stream's rtms_started webhook as JSON text, or "
      "its \"payload\" object; goes before payload-location",
      NULL, FLAGS));

  /**
   * GstRtmsSrc:payload-location:
   *
   * The path of a file that holds what the property payload would.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_PAYLOAD_LOCATION,
      g_param_spec_string ("payload-location", "Payload location",
      "The path of a file that holds what the property payload would",
      NULL, FLAGS));

  /**
   * GstRtmsSrc:client-id:
   *
   * The client id of the Zoom app (Video SDK: the SDK key); without it,
   * the environment variables ZM_RTMS_CLIENT and ZOOM_CLIENT_ID, or a
   * file that the same name with _FILE points to.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_CLIENT_ID,
      g_param_spec_string ("client-id", "Client ID",
      "The client id of the Zoom app (Video SDK: the SDK key); without "
      "it, the environment variables ZM_RTMS_CLIENT and ZOOM_CLIENT_ID, "
      "or a file that the same name with _FILE points to",
      NULL, FLAGS));

  /**
   * GstRtmsSrc:client-secret:
   *
   * The client secret of the Zoom app (Video SDK: the SDK secret);
   * without it, the environment variables ZM_RTMS_SECRET and
   * ZOOM_CLIENT_SECRET, or a file that the same name with _FILE points
   * to.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_CLIENT_SECRET,
      g_param_spec_string ("client-secret", "Client secret",
      "The client secret of the Zoom app (Video SDK: the SDK secret); "
      "without it, the environment variables ZM_RTMS_SECRET and "
      "ZOOM_CLIENT_SECRET, or a file that the same name with _FILE "
      "points to",
      NULL, (FLAGS & ~G_PARAM_READABLE)));

  /**
   * GstRtmsSrc:media:
   *
   * The media to receive; each gets a pad of its name.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MEDIA,
      g_param_spec_flags ("media", "Media",
      "The media to receive; each gets a pad of its name",
      GST_TYPE_RTMS_MEDIA_FLAGS, GST_RTMS_DEFAULT_MEDIA, FLAGS));

  /**
   * GstRtmsSrc:connections:
   *
   * Whether all media come by one connection or each by its own.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_CONNECTIONS,
      g_param_spec_enum ("connections", "Connections",
      "Whether all media come by one connection or each by its own",
      GST_TYPE_RTMS_CONNECTIONS, GST_RTMS_DEFAULT_CONNECTIONS, FLAGS));

  /**
   * GstRtmsSrc:startup-backlog:
   *
   * Receive the audio, up to 60 s, that Zoom kept between the start of
   * the stream and the connection; live pipelines want it off.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_STARTUP_BACKLOG,
      g_param_spec_boolean ("startup-backlog", "Startup backlog",
      "Receive the audio, up to 60 s, that Zoom kept between the start "
      "of the stream and the connection; live pipelines want it off",
      GST_RTMS_DEFAULT_STARTUP_BACKLOG, FLAGS));

  /**
   * GstRtmsSrc:audio-codec:
   *
   * How the audio is coded. Zoom offers L16 at every rate, channels and
   * interval; Opus at 48000 Hz, G.711 at 8000 Hz mono and G.722 at 16000 Hz
   * mono, each with an interval of 20 ms.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_AUDIO_CODEC,
      g_param_spec_enum ("audio-codec", "Audio codec",
      "How the audio is coded; all but l16 take an audio-rate and "
      "audio-interval of their own",
      GST_TYPE_RTMS_AUDIO_CODEC, GST_RTMS_DEFAULT_AUDIO_CODEC, FLAGS));

  /**
   * GstRtmsSrc:audio-transport:
   *
   * Whether coded audio comes as it is or in RTP packets. Where Zoom sends no
   * RTP header although it was asked to, the pad's caps are those of raw
   * transport. With RTP the pad appears with the first packet.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_AUDIO_TRANSPORT,
      g_param_spec_enum ("audio-transport", "Audio transport",
      "Whether coded audio comes as it is or in RTP packets",
      GST_TYPE_RTMS_AUDIO_TRANSPORT, GST_RTMS_DEFAULT_AUDIO_TRANSPORT,
      FLAGS));

  /**
   * GstRtmsSrc:audio-mode:
   *
   * Whether all voices come mixed, on the pad `audio`, or each participant's
   * on a pad of its own, `audio_` and the user id. A participant's pad comes
   * with the first packet and goes when the participant leaves the meeting.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_AUDIO_MODE,
      g_param_spec_enum ("audio-mode", "Audio mode",
      "Whether all voices come mixed or each on a pad of its own",
      GST_TYPE_RTMS_AUDIO_MODE, GST_RTMS_DEFAULT_AUDIO_MODE, FLAGS));

  /**
   * GstRtmsSrc:audio-participants:
   *
   * User ids, with commas between, whose pads are there from the beginning to
   * the end with audio-mode=participants, whoever comes, speaks and leaves in
   * the meantime. Muxers wait for what they are linked to, and mp4mux takes
   * no pad later. Not for RTP, whose caps are known by a packet only.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_AUDIO_PARTICIPANTS,
      g_param_spec_string ("audio-participants", "Audio participants",
      "User ids, with commas between, whose pads are there from the beginning "
      "to the end with audio-mode=participants", NULL, FLAGS));

  /**
   * GstRtmsSrc:audio-rate:
   *
   * Sample rate in Hz: 8000, 16000, 32000 or 48000.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_AUDIO_RATE,
      g_param_spec_uint ("audio-rate", "Audio rate",
      "Sample rate in Hz: 8000, 16000, 32000 or 48000",
      8000, 48000, GST_RTMS_DEFAULT_AUDIO_RATE, FLAGS));

  /**
   * GstRtmsSrc:audio-channels:
   *
   * Number of channels.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_AUDIO_CHANNELS,
      g_param_spec_uint ("audio-channels", "Audio channels",
      "Number of channels",
      1, 2, GST_RTMS_DEFAULT_AUDIO_CHANNELS, FLAGS));

  /**
   * GstRtmsSrc:audio-interval:
   *
   * Audio per packet in ms, a multiple of 20.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_AUDIO_INTERVAL,
      g_param_spec_uint ("audio-interval", "Audio interval",
      "Audio per packet in ms, a multiple of 20",
      20, 1000, GST_RTMS_DEFAULT_AUDIO_INTERVAL, FLAGS));

  /**
   * GstRtmsSrc:video-codec:
   *
   * How the cameras are coded.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_VIDEO_CODEC,
      g_param_spec_enum ("video-codec", "Video codec",
      "How the cameras are coded",
      GST_TYPE_RTMS_VIDEO_CODEC, GST_RTMS_DEFAULT_VIDEO_CODEC, FLAGS));

  /**
   * GstRtmsSrc:video-resolution:
   *
   * Size of the cameras' pictures at the most.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_VIDEO_RESOLUTION,
      g_param_spec_enum ("video-resolution", "Video resolution",
      "Size of the cameras' pictures at the most",
      GST_TYPE_RTMS_VIDEO_RESOLUTION, GST_RTMS_DEFAULT_VIDEO_RESOLUTION,
      FLAGS));

  /**
   * GstRtmsSrc:video-fps:
   *
   * Frames per second at the most: 6 to 30 for h264, 1 to 5 for jpg and
   * png.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_VIDEO_FPS,
      g_param_spec_uint ("video-fps", "Video frame rate",
      "Frames per second at the most: 6 to 30 for h264, 1 to 5 for jpg "
      "and png",
      1, 30, GST_RTMS_DEFAULT_VIDEO_FPS, FLAGS));

  /**
   * GstRtmsSrc:video-mode:
   *
   * Whose camera the video pad shows.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_VIDEO_MODE,
      g_param_spec_enum ("video-mode", "Video mode",
      "Whose camera the video pad shows",
      GST_TYPE_RTMS_VIDEO_MODE, GST_RTMS_DEFAULT_VIDEO_MODE, FLAGS));

  /**
   * GstRtmsSrc:video-user-id:
   *
   * The participant whom the video pad shows with video-mode=participant;
   * 0 for nobody yet. May change while playing: the new one's video begins
   * with a key frame.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_VIDEO_USER_ID,
      g_param_spec_uint64 ("video-user-id", "Video user id",
      "The participant whom the video pad shows with video-mode=participant "
      "(0 = nobody yet)", 0, G_MAXUINT64, GST_RTMS_DEFAULT_VIDEO_USER_ID,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_PLAYING));

  /**
   * GstRtmsSrc:share-codec:
   *
   * How the shared screen is coded.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SHARE_CODEC,
      g_param_spec_enum ("share-codec", "Share codec",
      "How the shared screen is coded",
      GST_TYPE_RTMS_VIDEO_CODEC, GST_RTMS_DEFAULT_SHARE_CODEC, FLAGS));

  /**
   * GstRtmsSrc:share-resolution:
   *
   * Size of the shared screen's pictures at the most.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SHARE_RESOLUTION,
      g_param_spec_enum ("share-resolution", "Share resolution",
      "Size of the shared screen's pictures at the most",
      GST_TYPE_RTMS_VIDEO_RESOLUTION, GST_RTMS_DEFAULT_SHARE_RESOLUTION,
      FLAGS));

  /**
   * GstRtmsSrc:share-fps:
   *
   * Frames per second at the most: 1 to 5 for jpg and png, more for
   * h264.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SHARE_FPS,
      g_param_spec_uint ("share-fps", "Share frame rate",
      "Frames per second at the most: 1 to 5 for jpg and png, more for "
      "h264",
      1, 30, GST_RTMS_DEFAULT_SHARE_FPS, FLAGS));

  /**
   * GstRtmsSrc:transcript-language:
   *
   * The language that is spoken, as a BCP 47 tag that Zoom knows; auto
   * to have it detected.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TRANSCRIPT_LANGUAGE,
      g_param_spec_string ("transcript-language", "Transcript language",
      "The language that is spoken, as a BCP 47 tag that Zoom knows; "
      "auto to have it detected",
      GST_RTMS_DEFAULT_TRANSCRIPT_LANGUAGE, FLAGS));

  /**
   * GstRtmsSrc:transcript-detect-language:
   *
   * Whether Zoom detects the spoken language after the first 30 s.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TRANSCRIPT_DETECT_LANGUAGE,
      g_param_spec_boolean ("transcript-detect-language",
      "Detect transcript language",
      "Whether Zoom detects the spoken language after the first 30 s",
      GST_RTMS_DEFAULT_TRANSCRIPT_DETECT_LANGUAGE, FLAGS));

  /**
   * GstRtmsSrc:text-format:
   *
   * What the buffers of the transcript and chat pads hold: the text alone, or
   * the message as a line of JSON, with speaker, times and language.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TEXT_FORMAT,
      g_param_spec_enum ("text-format", "Text format",
      "What the buffers of the transcript and chat pads hold",
      GST_TYPE_RTMS_TEXT_FORMAT, GST_RTMS_DEFAULT_TEXT_FORMAT, FLAGS));

  /**
   * GstRtmsSrc:speaker-names:
   *
   * Put the speaker's name and a colon in front of each line of the
   * transcript and the chat.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SPEAKER_NAMES,
      g_param_spec_boolean ("speaker-names", "Speaker names",
      "Put the speaker's name and a colon in front of each line of the "
      "transcript",
      GST_RTMS_DEFAULT_SPEAKER_NAMES, FLAGS));

  /**
   * GstRtmsSrc:latency:
   *
   * Delay of the network in ms that live sinks make up for; a pad that
   * is silent for longer gets GAP events.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
      "Delay of the network in ms that live sinks make up for; a pad "
      "that is silent for longer gets GAP events",
      0, G_MAXINT, GST_RTMS_DEFAULT_LATENCY, FLAGS));

  /**
   * GstRtmsSrc:context-wait:
   *
   * Ms between two looks at the sockets: what comes meanwhile is read at one
   * go, which costs less for each packet, and adds as much to the latency.
   * Where many meetings are recorded, 10 is worth it; 0 looks when something
   * comes. To connect takes some looks. Elements with the same value share
   * their network threads. On systems without epoll, which Linux has, it only
   * adds to the latency.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_CONTEXT_WAIT,
      g_param_spec_uint ("context-wait", "Context wait",
      "Ms between two looks at the sockets, so that several packets are "
      "read at one go (0 = look when something comes)",
      0, 50, GST_RTMS_DEFAULT_CONTEXT_WAIT, FLAGS));

  /**
   * GstRtmsSrc:text-overlap:
   *
   * Give each line of the transcript its full time even where people talk at
   * once. Off, a line waits for the end of the one before, which every
   * container can hold: MP4 cannot hold lines that overlap.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TEXT_OVERLAP,
      g_param_spec_boolean ("text-overlap", "Text overlap",
      "Give each line of the transcript its full time even where people "
      "talk at once, which MP4 cannot hold",
      GST_RTMS_DEFAULT_TEXT_OVERLAP, FLAGS));

  /**
   * GstRtmsSrc:max-queue-time:
   *
   * Media that a pad keeps for a slow pipeline, in ns; beyond it
   * buffers are dropped (0 = no limit).
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MAX_QUEUE_TIME,
      g_param_spec_uint64 ("max-queue-time", "Maximum queue time",
      "Media that a pad keeps for a slow pipeline, in ns; beyond it "
      "buffers are dropped (0 = no limit)",
      0, G_MAXUINT64, GST_RTMS_DEFAULT_MAX_QUEUE_TIME, FLAGS));

  /**
   * GstRtmsSrc:max-queue-bytes:
   *
   * Bytes that a pad keeps for a slow pipeline; beyond them buffers are
   * dropped (0 = no limit).
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MAX_QUEUE_BYTES,
      g_param_spec_uint64 ("max-queue-bytes", "Maximum queue bytes",
      "Bytes that a pad keeps for a slow pipeline; beyond them buffers "
      "are dropped (0 = no limit)",
      0, G_MAXUINT64, GST_RTMS_DEFAULT_MAX_QUEUE_BYTES, FLAGS));

  /**
   * GstRtmsSrc:gap-interval:
   *
   * How often, in ms, a silent pad gets a GAP event; muxers write
   * nothing between two of them.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_GAP_INTERVAL,
      g_param_spec_uint ("gap-interval", "GAP interval",
      "How often, in ms, a silent pad gets a GAP event; muxers write "
      "nothing between two of them",
      20, 10000, GST_RTMS_DEFAULT_GAP_INTERVAL, FLAGS));

  /**
   * GstRtmsSrc:fill-silence:
   *
   * Push zeros instead of GAP events while nobody speaks, from running time 0
   * on, so that an audio track has no holes and the files of participants
   * begin together. matroskamux needs it for a pad that is silent for long.
   * For L16 and G.711 as raw transport; the others have no silence without
   * an encoder.
   *
   * While a lost connection is being taken up again nothing is filled, as
   * Zoom keeps the audio.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_FILL_SILENCE,
      g_param_spec_boolean ("fill-silence", "Fill silence",
      "Push zeros instead of GAP events while nobody speaks (L16, G.711)",
      GST_RTMS_DEFAULT_FILL_SILENCE, FLAGS));

  /**
   * GstRtmsSrc:fill-video:
   *
   * Push black pictures instead of GAP events while no camera is on or no
   * screen is shared, five a second, so that a meeting without them makes a
   * file that plays: mp4mux cannot finish one whose video pad never had a
   * frame. For H.264, with the size that video-resolution or
   * share-resolution stands for.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_FILL_VIDEO,
      g_param_spec_boolean ("fill-video", "Fill video",
      "Push black pictures instead of GAP events while no camera is on or no "
      "screen is shared (H.264)",
      GST_RTMS_DEFAULT_FILL_VIDEO, FLAGS));

  /**
   * GstRtmsSrc:wait-for-keyframe:
   *
   * Hold frames back that refer to others which did not come: after the
   * start, another speaker, a pause, a lost connection or an overflow,
   * until the next key frame. Off, they pass, for decoders that conceal.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_WAIT_FOR_KEYFRAME,
      g_param_spec_boolean ("wait-for-keyframe", "Wait for key frame",
      "Hold frames back that refer to others which did not come",
      GST_RTMS_DEFAULT_WAIT_FOR_KEYFRAME, FLAGS));

  /**
   * GstRtmsSrc:timeout:
   *
   * How long, in s, a server may take to connect and to answer a
   * handshake.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TIMEOUT,
      g_param_spec_uint ("timeout", "Timeout",
      "How long, in s, a server may take to connect and to answer a "
      "handshake",
      1, 3600, GST_RTMS_DEFAULT_TIMEOUT, FLAGS));

  /**
   * GstRtmsSrc:reconnect:
   *
   * Take up connections that were lost again, for as long as Zoom waits (a
   * minute). Off, a lost connection ends the stream.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_RECONNECT,
      g_param_spec_boolean ("reconnect", "Reconnect",
      "Take up connections that were lost again, for as long as Zoom waits",
      GST_RTMS_DEFAULT_RECONNECT, FLAGS));

  /**
   * GstRtmsSrc:allowed-hosts:
   *
   * The hosts that may be connected to, with commas between; *.name
   * stands for every host below a name.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_ALLOWED_HOSTS,
      g_param_spec_string ("allowed-hosts", "Allowed hosts",
      "The hosts that may be connected to, with commas between; *.name "
      "stands for every host below a name",
      GST_RTMS_DEFAULT_ALLOWED_HOSTS, FLAGS));

  /**
   * GstRtmsSrc:allow-unencrypted:
   *
   * Allow ws URLs, without TLS, to other machines than this one.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_ALLOW_UNENCRYPTED,
      g_param_spec_boolean ("allow-unencrypted", "Allow unencrypted",
      "Allow ws URLs, without TLS, to other machines than this one",
      GST_RTMS_DEFAULT_ALLOW_UNENCRYPTED, FLAGS));

  /**
   * GstRtmsSrc:tls-ca-file:
   *
   * A PEM file of the certificates to trust instead of the system's.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TLS_CA_FILE,
      g_param_spec_string ("tls-ca-file", "TLS CA file",
      "A PEM file of the certificates to trust instead of the system's",
      NULL, FLAGS));

  /**
   * GstRtmsSrc:max-message-size:
   *
   * Bytes that a message may have; a server that sends a longer one is
   * disconnected.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MAX_MESSAGE_SIZE,
      g_param_spec_uint64 ("max-message-size", "Maximum message size",
      "Bytes that a message may have; a server that sends a longer one "
      "is disconnected",
      1024, G_MAXUINT32, GST_RTMS_DEFAULT_MAX_MESSAGE_SIZE, FLAGS));
}

/**
 * gst_rtms_properties_set:
 * @properties: values
 * @id: of a property
 * @value: its new value
 *
 * Returns: whether @id is one of these properties
 */
gboolean
gst_rtms_properties_set (GstRtmsProperties *properties, guint id,
    const GValue *value)
{
  switch (id) {
    case PROP_PAYLOAD:
      gst_rtms_value_set_string (&properties->payload, value);
      return TRUE;
    case PROP_PAYLOAD_LOCATION:
      gst_rtms_value_set_string (&properties->payload_location, value);
      return TRUE;
    case PROP_CLIENT_ID:
      gst_rtms_value_set_string (&properties->client_id, value);
      return TRUE;
    case PROP_CLIENT_SECRET:
      gst_rtms_value_set_secret (&properties->client_secret, value);
      return TRUE;
    case PROP_MEDIA:
      properties->media = g_value_get_flags (value);
      return TRUE;
    case PROP_CONNECTIONS:
      properties->connections = g_value_get_enum (value);
      return TRUE;
    case PROP_STARTUP_BACKLOG:
      properties->startup_backlog = g_value_get_boolean (value);
      return TRUE;
    case PROP_AUDIO_CODEC:
      properties->audio_codec = g_value_get_enum (value);
      return TRUE;
    case PROP_AUDIO_TRANSPORT:
      properties->audio_transport = g_value_get_enum (value);
      return TRUE;
    case PROP_AUDIO_MODE:
      properties->audio_mode = g_value_get_enum (value);
      return TRUE;
    case PROP_AUDIO_PARTICIPANTS:
      gst_rtms_value_set_string (&properties->audio_participants, value);
      return TRUE;
    case PROP_AUDIO_RATE:
      properties->audio_rate = g_value_get_uint (value);
      return TRUE;
    case PROP_AUDIO_CHANNELS:
      properties->audio_channels = g_value_get_uint (value);
      return TRUE;
    case PROP_AUDIO_INTERVAL:
      properties->audio_interval = g_value_get_uint (value);
      return TRUE;
    case PROP_VIDEO_CODEC:
      properties->video_codec = g_value_get_enum (value);
      return TRUE;
    case PROP_VIDEO_RESOLUTION:
      properties->video_resolution = g_value_get_enum (value);
      return TRUE;
    case PROP_VIDEO_FPS:
      properties->video_fps = g_value_get_uint (value);
      return TRUE;
    case PROP_VIDEO_MODE:
      properties->video_mode = g_value_get_enum (value);
      return TRUE;
    case PROP_VIDEO_USER_ID:
      properties->video_user_id = g_value_get_uint64 (value);
      return TRUE;
    case PROP_SHARE_CODEC:
      properties->share_codec = g_value_get_enum (value);
      return TRUE;
    case PROP_SHARE_RESOLUTION:
      properties->share_resolution = g_value_get_enum (value);
      return TRUE;
    case PROP_SHARE_FPS:
      properties->share_fps = g_value_get_uint (value);
      return TRUE;
    case PROP_TRANSCRIPT_LANGUAGE:
      gst_rtms_value_set_string (&properties->transcript_language, value);
      return TRUE;
    case PROP_TRANSCRIPT_DETECT_LANGUAGE:
      properties->transcript_detect_language = g_value_get_boolean (value);
      return TRUE;
    case PROP_TEXT_FORMAT:
      properties->text_format = g_value_get_enum (value);
      return TRUE;
    case PROP_SPEAKER_NAMES:
      properties->speaker_names = g_value_get_boolean (value);
      return TRUE;
    case PROP_LATENCY:
      properties->latency = g_value_get_uint (value);
      return TRUE;
    case PROP_CONTEXT_WAIT:
      properties->context_wait = g_value_get_uint (value);
      return TRUE;
    case PROP_TEXT_OVERLAP:
      properties->text_overlap = g_value_get_boolean (value);
      return TRUE;
    case PROP_MAX_QUEUE_TIME:
      properties->max_queue_time = g_value_get_uint64 (value);
      return TRUE;
    case PROP_MAX_QUEUE_BYTES:
      properties->max_queue_bytes = g_value_get_uint64 (value);
      return TRUE;
    case PROP_GAP_INTERVAL:
      properties->gap_interval = g_value_get_uint (value);
      return TRUE;
    case PROP_FILL_SILENCE:
      properties->fill_silence = g_value_get_boolean (value);
      return TRUE;
    case PROP_FILL_VIDEO:
      properties->fill_video = g_value_get_boolean (value);
      return TRUE;
    case PROP_WAIT_FOR_KEYFRAME:
      properties->wait_for_keyframe = g_value_get_boolean (value);
      return TRUE;
    case PROP_TIMEOUT:
      properties->timeout = g_value_get_uint (value);
      return TRUE;
    case PROP_RECONNECT:
      properties->reconnect = g_value_get_boolean (value);
      return TRUE;
    case PROP_ALLOWED_HOSTS:
      gst_rtms_value_set_string (&properties->allowed_hosts, value);
      return TRUE;
    case PROP_ALLOW_UNENCRYPTED:
      properties->allow_unencrypted = g_value_get_boolean (value);
      return TRUE;
    case PROP_TLS_CA_FILE:
      gst_rtms_value_set_string (&properties->tls_ca_file, value);
      return TRUE;
    case PROP_MAX_MESSAGE_SIZE:
      properties->max_message_size = g_value_get_uint64 (value);
      return TRUE;
    default:
      return FALSE;
  }
}

/**
 * gst_rtms_properties_get:
 * @properties: values
 * @id: of a property
 * @value: (inout): gets its value
 *
 * Returns: whether @id is one of these properties
 */
gboolean
gst_rtms_properties_get (const GstRtmsProperties *properties, guint id,
    GValue *value)
{
  switch (id) {
    case PROP_PAYLOAD:
      g_value_set_string (value, properties->payload);
      return TRUE;
    case PROP_PAYLOAD_LOCATION:
      g_value_set_string (value, properties->payload_location);
      return TRUE;
    case PROP_CLIENT_ID:
      g_value_set_string (value, properties->client_id);
      return TRUE;
    case PROP_MEDIA:
      g_value_set_flags (value, properties->media);
      return TRUE;
    case PROP_CONNECTIONS:
      g_value_set_enum (value, properties->connections);
      return TRUE;
    case PROP_STARTUP_BACKLOG:
      g_value_set_boolean (value, properties->startup_backlog);
      return TRUE;
    case PROP_AUDIO_CODEC:
      g_value_set_enum (value, properties->audio_codec);
      return TRUE;
    case PROP_AUDIO_TRANSPORT:
      g_value_set_enum (value, properties->audio_transport);
      return TRUE;
    case PROP_AUDIO_MODE:
      g_value_set_enum (value, properties->audio_mode);
      return TRUE;
    case PROP_AUDIO_PARTICIPANTS:
      g_value_set_string (value, properties->audio_participants);
      return TRUE;
    case PROP_AUDIO_RATE:
      g_value_set_uint (value, properties->audio_rate);
      return TRUE;
    case PROP_AUDIO_CHANNELS:
      g_value_set_uint (value, properties->audio_channels);
      return TRUE;
    case PROP_AUDIO_INTERVAL:
      g_value_set_uint (value, properties->audio_interval);
      return TRUE;
    case PROP_VIDEO_CODEC:
      g_value_set_enum (value, properties->video_codec);
      return TRUE;
    case PROP_VIDEO_RESOLUTION:
      g_value_set_enum (value, properties->video_resolution);
      return TRUE;
    case PROP_VIDEO_FPS:
      g_value_set_uint (value, properties->video_fps);
      return TRUE;
    case PROP_VIDEO_MODE:
      g_value_set_enum (value, properties->video_mode);
      return TRUE;
    case PROP_VIDEO_USER_ID:
      g_value_set_uint64 (value, properties->video_user_id);
      return TRUE;
    case PROP_SHARE_CODEC:
      g_value_set_enum (value, properties->share_codec);
      return TRUE;
    case PROP_SHARE_RESOLUTION:
      g_value_set_enum (value, properties->share_resolution);
      return TRUE;
    case PROP_SHARE_FPS:
      g_value_set_uint (value, properties->share_fps);
      return TRUE;
    case PROP_TRANSCRIPT_LANGUAGE:
      g_value_set_string (value, properties->transcript_language);
      return TRUE;
    case PROP_TRANSCRIPT_DETECT_LANGUAGE:
      g_value_set_boolean (value, properties->transcript_detect_language);
      return TRUE;
    case PROP_TEXT_FORMAT:
      g_value_set_enum (value, properties->text_format);
      return TRUE;
    case PROP_SPEAKER_NAMES:
      g_value_set_boolean (value, properties->speaker_names);
      return TRUE;
    case PROP_LATENCY:
      g_value_set_uint (value, properties->latency);
      return TRUE;
    case PROP_CONTEXT_WAIT:
      g_value_set_uint (value, properties->context_wait);
      return TRUE;
    case PROP_TEXT_OVERLAP:
      g_value_set_boolean (value, properties->text_overlap);
      return TRUE;
    case PROP_MAX_QUEUE_TIME:
      g_value_set_uint64 (value, properties->max_queue_time);
      return TRUE;
    case PROP_MAX_QUEUE_BYTES:
      g_value_set_uint64 (value, properties->max_queue_bytes);
      return TRUE;
    case PROP_GAP_INTERVAL:
      g_value_set_uint (value, properties->gap_interval);
      return TRUE;
    case PROP_FILL_SILENCE:
      g_value_set_boolean (value, properties->fill_silence);
      return TRUE;
    case PROP_FILL_VIDEO:
      g_value_set_boolean (value, properties->fill_video);
      return TRUE;
    case PROP_WAIT_FOR_KEYFRAME:
      g_value_set_boolean (value, properties->wait_for_keyframe);
      return TRUE;
    case PROP_TIMEOUT:
      g_value_set_uint (value, properties->timeout);
      return TRUE;
    case PROP_RECONNECT:
      g_value_set_boolean (value, properties->reconnect);
      return TRUE;
    case PROP_ALLOWED_HOSTS:
      g_value_set_string (value, properties->allowed_hosts);
      return TRUE;
    case PROP_ALLOW_UNENCRYPTED:
      g_value_set_boolean (value, properties->allow_unencrypted);
      return TRUE;
    case PROP_TLS_CA_FILE:
      g_value_set_string (value, properties->tls_ca_file);
      return TRUE;
    case PROP_MAX_MESSAGE_SIZE:
      g_value_set_uint64 (value, properties->max_message_size);
      return TRUE;
    default:
      return FALSE;
  }
}

guint
gst_rtms_properties_get_video_user_id_property (void)
{
  return PROP_VIDEO_USER_ID;
}
