/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmssettings.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

#include "ext/crypto/rtmscrypto.h"
#include "ext/json/rtmsjson.h"

/* A connection on which nothing comes for longer is taken for lost: Zoom
 * sends a keep-alive every 10 s. */
#define IDLE_TIMEOUT (65 * G_TIME_SPAN_SECOND)
#define PAYLOAD_FILE_MAX (256 * 1024)

static gboolean G_GNUC_PRINTF (2, 3)
refuse (GError **error, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error)
    *error = g_error_new_valist (RTMS_ERROR, RTMS_ERROR_SETTINGS, format,
        args);
  va_end (args);
  return FALSE;
}

/**
 * gst_rtms_settings_read_environment:
 * @names: (array zero-terminated=1): of variables
 *
 * Returns: (transfer full) (nullable): the first of @names that the
 *     environment has, as a value or, with "_FILE" behind the name, as the
 *     file that holds it
 */
RtmsSecret *
gst_rtms_settings_read_environment (const gchar *const *names)
{
  for (; *names; names++) {
    g_autofree gchar *file_name = g_strconcat (*names, "_FILE", NULL);
    const gchar *value = g_getenv (*names);
    const gchar *path = g_getenv (file_name);
    g_autoptr (RtmsSecret) secret = NULL;

    if (value && *value)
      return rtms_secret_new (value);
    if (path && *path)
      secret = rtms_secret_new_from_file (path);
    if (secret && *rtms_secret_get_text (secret))
      return g_steal_pointer (&secret);
  }
  return NULL;
}

static gboolean
sign (GstRtmsSettings *settings, const GstRtmsProperties *properties,
    GError **error)
{
  static const gchar *const id_names[] = { "ZM_RTMS_CLIENT",
    "ZOOM_CLIENT_ID", NULL };
  static const gchar *const secret_names[] = { "ZM_RTMS_SECRET",
    "ZOOM_CLIENT_SECRET", NULL };
  g_autoptr (RtmsSecret) id = properties->client_id
      && *properties->client_id ? rtms_secret_new (properties->client_id)
      : gst_rtms_settings_read_environment (id_names);
  g_autoptr (RtmsSecret) secret = properties->client_secret
      ? rtms_secret_ref (properties->client_secret)
      : gst_rtms_settings_read_environment (secret_names);

  if (id && secret)
    settings->signature = rtms_crypto_sign_handshake (
        rtms_secret_get_text (id), secret, settings->payload->instance_id,
        settings->payload->stream_id);
  if (id == NULL)
    refuse (error, "There is no client id: set the property client-id or "
        "the environment variable ZM_RTMS_CLIENT");
  else if (secret == NULL)
    refuse (error, "There is no client secret: set the property "
        "client-secret or the environment variable ZM_RTMS_SECRET");
  else if (settings->signature == NULL)
    refuse (error, "The handshake cannot be signed: OpenSSL has no SHA-256");
  return settings->signature != NULL;
}

/* A pipe is as good as a file, so its size is known only at its end. */
static gchar *
read_payload_file (const gchar *path, GError **error)
{
  g_autofree gchar *text = g_malloc (PAYLOAD_FILE_MAX + 1);
  FILE *file = g_fopen (path, "re");
  gsize size = 0;
  gint problem = file ? 0 : errno;

  if (file) {
    size = fread (text, 1, PAYLOAD_FILE_MAX + 1, file);
    problem = ferror (file) ? errno : 0;
    fclose (file);
  }
  if (problem) {
    refuse (error, "The payload cannot be read; check payload-location: %s: "
        "%s", path, g_strerror (problem));
    return NULL;
  }
  if (size > PAYLOAD_FILE_MAX) {
    refuse (error, "payload-location %s is too large to be a webhook payload",
        path);
    return NULL;
  }
  text[size] = '\0';
  return g_steal_pointer (&text);
}

static gboolean
read_payload (GstRtmsSettings *settings, const GstRtmsProperties *properties,
    GError **error)
{
  g_autofree gchar *text = NULL;

  if (properties->payload) {
    text = g_strdup (properties->payload);
  } else if (properties->payload_location) {
    text = read_payload_file (properties->payload_location, error);
    if (text == NULL)
      return FALSE;
  } else {
    return refuse (error, "There is no payload: set payload-location to a "
        "file with the body of the rtms_started webhook, or payload to its "
        "text");
  }
  settings->payload = rtms_json_parse_payload (text, -1, error);
  return settings->payload != NULL;
}

static void
set_media_params (RtmsMediaParams *params,
    const GstRtmsProperties *properties)
{
  rtms_media_params_init (params);
  params->kinds = properties->media & RTMS_MEDIA_ALL_BITS;
  params->audio = (RtmsAudioParams) {
    .content_type = (gint) properties->audio_transport,
    .codec = (gint) properties->audio_codec,
    .data_option = (gint) properties->audio_mode,
    .sample_rate = (gint) properties->audio_rate,
    .channels = (gint) properties->audio_channels,
    .send_rate = (gint) properties->audio_interval,
  };
  params->video = (RtmsVideoParams) {
    .content_type = RTMS_CONTENT_TYPE_RAW_VIDEO,
    .codec = (gint) properties->video_codec,
    .data_option = (gint) properties->video_mode,
    .resolution = (gint) properties->video_resolution,
    .fps = (gint) properties->video_fps,
  };
  params->share = (RtmsVideoParams) {
    .content_type = RTMS_CONTENT_TYPE_RAW_VIDEO,
    .codec = (gint) properties->share_codec,
    .resolution = (gint) properties->share_resolution,
    .fps = (gint) properties->share_fps,
  };
  params->transcript.content_type = RTMS_CONTENT_TYPE_TEXT;
  params->transcript.detect_language = properties->transcript_detect_language;
  params->chat.content_type = RTMS_CONTENT_TYPE_TEXT;
}

static gboolean
set_language (RtmsTranscriptParams *params, const gchar *tag, GError **error)
{
  if (tag == NULL || g_str_equal (tag, "auto"))
    return TRUE;
  params->language = rtms_language_from_tag (tag);
  return params->language != RTMS_LANGUAGE_AUTO
      || refuse (error, "Zoom has no transcript language \"%s\"; set "
      "transcript-language to auto or to a tag such as en, de or zh-Hans",
      tag);
}

static gboolean
read_media (GstRtmsSettings *settings, const GstRtmsProperties *properties,
    GError **error)
{
  RtmsMediaParams *params = &settings->session.params;
  g_autofree gchar *advice = NULL;

  set_media_params (params, properties);
  settings->events = properties->media & GST_RTMS_MEDIA_EVENTS;
  if (params->kinds == 0)
    return refuse (error, "media asks for nothing that Zoom sends; add one "
        "of audio, video, share, transcript and chat");
  if ((params->kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO)
          && !rtms_audio_params_check (&params->audio, &advice))
      || (params->kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO)
          && !rtms_video_params_check (&params->video, RTMS_MEDIA_VIDEO,
              &advice))
      || (params->kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_SHARE)
          && !rtms_video_params_check (&params->share, RTMS_MEDIA_SHARE,
              &advice)))
    return refuse (error, "Zoom does not offer what the properties ask for: "
        "%s", advice);
  return set_language (&params->transcript, properties->transcript_language,
      error);
}

/* Whether a participant's pad is there from the beginning to the end. */
gboolean
gst_rtms_settings_lists_participant (const GstRtmsSettings *settings,
    guint64 user_id)
{
  const GArray *ids = settings->audio_participants;

  for (guint i = 0; i < ids->len; i++) {
    if (g_array_index (ids, guint64, i) == user_id)
      return TRUE;
  }
  return FALSE;
}

static gboolean
read_participants (GstRtmsSettings *settings,
    const GstRtmsProperties *properties, GError **error)
{
  const RtmsAudioParams *params = &settings->session.params.audio;
  const gchar *text = properties->audio_participants;
  g_auto (GStrv) ids = g_strsplit_set (text ? text : "", ", ", -1);

  settings->audio_participants = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (gchar **id = ids; *id; id++) {
    guint64 user_id;

    if (**id == '\0')
      continue;
    if (!g_ascii_string_to_unsigned (*id, 10, 1, G_MAXUINT64, &user_id, NULL))
      return refuse (error, "\"%s\" is no user id; audio-participants takes "
          "some, with commas between", *id);
    if (!gst_rtms_settings_lists_participant (settings, user_id))
      g_array_append_val (settings->audio_participants, user_id);
  }
  if (settings->audio_participants->len > 0
      && (params->data_option != RTMS_DATA_OPTION_AUDIO_MULTI_STREAMS
          || params->content_type == RTMS_CONTENT_TYPE_RTP))
    return refuse (error, "audio-participants needs audio-mode=participants "
        "and audio-transport=raw");
  return TRUE;
}

static gchar **
split_hosts (const gchar *text)
{
  gchar **hosts = g_strsplit_set (text ? text : "", ", ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (gchar **host = hosts; *host; host++) {
    if (**host)
      g_strv_builder_add (builder, *host);
  }
  g_strfreev (hosts);
  return g_strv_builder_end (builder);
}

/**
 * gst_rtms_settings_new:
 * @properties: an element's properties
 * @error: (out) (optional): #RTMS_ERROR_SETTINGS, #RTMS_ERROR_PAYLOAD or
 *     #RTMS_ERROR_MALFORMED, naming the property to mend
 *
 * Returns: (transfer full) (nullable): settings
 */
GstRtmsSettings *
gst_rtms_settings_new (const GstRtmsProperties *properties, GError **error)
{
  g_autoptr (GstRtmsSettings) settings = g_atomic_rc_box_new0
      (GstRtmsSettings);

  if (!read_media (settings, properties, error)
      || !read_participants (settings, properties, error)
      || !read_payload (settings, properties, error)
      || !sign (settings, properties, error))
    return NULL;

  settings->url_policy.allowed_hosts =
      split_hosts (properties->allowed_hosts);
  settings->url_policy.allow_plain = properties->allow_unencrypted;
  settings->session.payload = settings->payload;
  settings->session.signature = rtms_secret_get_text (settings->signature);
  settings->session.url_policy = &settings->url_policy;
  settings->session.split =
      properties->connections == GST_RTMS_CONNECTIONS_SPLIT;
  settings->session.startup_backlog = properties->startup_backlog;
  settings->session.reconnect = properties->reconnect;
  settings->session.jitter = g_random_double ();
  settings->session.handshake_timeout =
      properties->timeout * G_TIME_SPAN_SECOND;
  settings->session.idle_timeout = IDLE_TIMEOUT;

  settings->video_user_id = properties->video_user_id;
  settings->text_as_json =
      properties->text_format == GST_RTMS_TEXT_FORMAT_JSON;
  settings->speaker_names = properties->speaker_names;
  settings->text_overlap = properties->text_overlap;
  settings->fill_silence = properties->fill_silence;
  settings->fill_video = properties->fill_video;
  settings->wait_for_keyframe = properties->wait_for_keyframe;
  settings->context_wait = properties->context_wait * GST_MSECOND;
  settings->latency = properties->latency * GST_MSECOND;
  settings->gap_interval = properties->gap_interval * GST_MSECOND;
  settings->max_queue_time = properties->max_queue_time;
  settings->max_queue_bytes = properties->max_queue_bytes;
  settings->tls_ca_file = g_strdup (properties->tls_ca_file);
  settings->max_message_size = (gsize) properties->max_message_size;
  return g_steal_pointer (&settings);
}

GstRtmsSettings *
gst_rtms_settings_ref (GstRtmsSettings *settings)
{
  return g_atomic_rc_box_acquire (settings);
}

static void
clear_settings (gpointer data)
{
  GstRtmsSettings *settings = data;

  g_clear_pointer (&settings->payload, rtms_payload_free);
  g_clear_pointer (&settings->signature, rtms_secret_unref);
  g_strfreev (settings->url_policy.allowed_hosts);
  g_clear_pointer (&settings->audio_participants, g_array_unref);
  g_free (settings->tls_ca_file);
}

void
gst_rtms_settings_unref (GstRtmsSettings *settings)
{
  g_atomic_rc_box_release_full (settings, clear_settings);
}
