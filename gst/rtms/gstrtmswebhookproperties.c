/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmswebhookproperties.h"

#include "gstrtmsvalue.h"

#define DEFAULT_ADDRESS "127.0.0.1"
#define DEFAULT_PORT 8080
#define DEFAULT_PATH "/webhook"
#define DEFAULT_MAX_STREAMS 200
#define DEFAULT_FINALIZE_TIMEOUT 30
#define DEFAULT_DELETE_REVOKED FALSE
#define DEFAULT_STATUS_ADDRESS "127.0.0.1"
#define DEFAULT_STATUS_PORT (-1)
#define DEFAULT_LOG GST_RTMS_LOG_FORMAT_NONE

enum {
  PROP_0,
  PROP_ADDRESS,
  PROP_PORT,
  PROP_PATH,
  PROP_SECRET_TOKEN,
  PROP_TLS_CERTIFICATE_FILE,
  PROP_TLS_KEY_FILE,
  PROP_BRANCH,
  PROP_SOURCE_PROPERTIES,
  PROP_CLIENT_ID,
  PROP_CLIENT_SECRET,
  PROP_MAX_STREAMS,
  PROP_FINALIZE_TIMEOUT,
  PROP_DELETE_REVOKED,
  PROP_STATUS_ADDRESS,
  PROP_STATUS_PORT,
  PROP_MANIFEST,
  PROP_COMPLETE_COMMAND,
  PROP_NOTIFY_URL,
  PROP_NOTIFY_SECRET,
  PROP_LOG,
};

G_STATIC_ASSERT (PROP_LOG < GST_RTMS_WEBHOOK_PROPERTIES_END);

void
gst_rtms_webhook_properties_init (GstRtmsWebhookProperties *self)
{
  *self = (GstRtmsWebhookProperties) {
    .address = g_strdup (DEFAULT_ADDRESS),
    .port = DEFAULT_PORT,
    .path = g_strdup (DEFAULT_PATH),
    .max_streams = DEFAULT_MAX_STREAMS,
    .finalize_timeout = DEFAULT_FINALIZE_TIMEOUT,
    .delete_revoked = DEFAULT_DELETE_REVOKED,
    .status_address = g_strdup (DEFAULT_STATUS_ADDRESS),
    .status_port = DEFAULT_STATUS_PORT,
    .log = DEFAULT_LOG,
  };
}

void
gst_rtms_webhook_properties_clear (GstRtmsWebhookProperties *self)
{
  g_free (self->address);
  g_free (self->path);
  g_clear_pointer (&self->secret_token, rtms_secret_unref);
  g_free (self->tls_certificate_file);
  g_free (self->tls_key_file);
  g_free (self->branch);
  g_clear_pointer (&self->source_properties, gst_structure_free);
  g_free (self->client_id);
  g_clear_pointer (&self->client_secret, rtms_secret_unref);
  g_free (self->status_address);
  g_free (self->manifest);
  g_free (self->complete_command);
  g_free (self->notify_url);
  g_clear_pointer (&self->notify_secret, rtms_secret_unref);
}

/* Returns: FALSE for an id that is none of these */
gboolean
gst_rtms_webhook_properties_set (GstRtmsWebhookProperties *self, guint id,
    const GValue *value)
{
  switch (id) {
    case PROP_ADDRESS:
      gst_rtms_value_set_string (&self->address, value);
      break;
    case PROP_PORT:
      self->port = g_value_get_uint (value);
      break;
    case PROP_PATH:
      gst_rtms_value_set_string (&self->path, value);
      break;
    case PROP_SECRET_TOKEN:
      gst_rtms_value_set_secret (&self->secret_token, value);
      break;
    case PROP_TLS_CERTIFICATE_FILE:
      gst_rtms_value_set_string (&self->tls_certificate_file, value);
      break;
    case PROP_TLS_KEY_FILE:
      gst_rtms_value_set_string (&self->tls_key_file, value);
      break;
    case PROP_BRANCH:
      gst_rtms_value_set_string (&self->branch, value);
      break;
    case PROP_SOURCE_PROPERTIES:
      gst_rtms_value_set_structure (&self->source_properties, value);
      break;
    case PROP_CLIENT_ID:
      gst_rtms_value_set_string (&self->client_id, value);
      break;
    case PROP_CLIENT_SECRET:
      gst_rtms_value_set_secret (&self->client_secret, value);
      break;
    case PROP_MAX_STREAMS:
      self->max_streams = g_value_get_uint (value);
      break;
    case PROP_FINALIZE_TIMEOUT:
      self->finalize_timeout = g_value_get_uint (value);
      break;
    case PROP_DELETE_REVOKED:
      self->delete_revoked = g_value_get_boolean (value);
      break;
    case PROP_STATUS_ADDRESS:
      gst_rtms_value_set_string (&self->status_address, value);
      break;
    case PROP_STATUS_PORT:
      self->status_port = g_value_get_int (value);
      break;
    case PROP_MANIFEST:
      gst_rtms_value_set_string (&self->manifest, value);
      break;
    case PROP_COMPLETE_COMMAND:
      gst_rtms_value_set_string (&self->complete_command, value);
      break;
    case PROP_NOTIFY_URL:
      gst_rtms_value_set_string (&self->notify_url, value);
      break;
    case PROP_NOTIFY_SECRET:
      gst_rtms_value_set_secret (&self->notify_secret, value);
      break;
    case PROP_LOG:
      self->log = g_value_get_enum (value);
      break;
    default:
      return FALSE;
  }
  return TRUE;
}

/* Returns: FALSE for an id that is none of these, and for secrets */
gboolean
gst_rtms_webhook_properties_get (const GstRtmsWebhookProperties *self,
    guint id, GValue *value)
{
  switch (id) {
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_PORT:
      g_value_set_uint (value, self->port);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_TLS_CERTIFICATE_FILE:
      g_value_set_string (value, self->tls_certificate_file);
      break;
    case PROP_TLS_KEY_FILE:
      g_value_set_string (value, self->tls_key_file);
      break;
    case PROP_BRANCH:
      g_value_set_string (value, self->branch);
      break;
    case PROP_SOURCE_PROPERTIES:
      gst_value_set_structure (value, self->source_properties);
      break;
    case PROP_CLIENT_ID:
      g_value_set_string (value, self->client_id);
      break;
    case PROP_MAX_STREAMS:
      g_value_set_uint (value, self->max_streams);
      break;
    case PROP_FINALIZE_TIMEOUT:
      g_value_set_uint (value, self->finalize_timeout);
      break;
    case PROP_DELETE_REVOKED:
      g_value_set_boolean (value, self->delete_revoked);
      break;
    case PROP_STATUS_ADDRESS:
      g_value_set_string (value, self->status_address);
      break;
    case PROP_STATUS_PORT:
      g_value_set_int (value, self->status_port);
      break;
    case PROP_MANIFEST:
      g_value_set_string (value, self->manifest);
      break;
    case PROP_COMPLETE_COMMAND:
      g_value_set_string (value, self->complete_command);
      break;
    case PROP_NOTIFY_URL:
      g_value_set_string (value, self->notify_url);
      break;
    case PROP_LOG:
      g_value_set_enum (value, self->log);
      break;
    default:
      return FALSE;
  }
  return TRUE;
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS \
    | GST_PARAM_MUTABLE_READY)

static void
install_server_properties (GObjectClass *klass)
{
  /**
   * GstRtmsWebhookBin:address:
   *
   * The IP address that webhooks are received at. The default is for a
   * reverse proxy on the same machine, which the public side needs.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_ADDRESS,
      g_param_spec_string ("address", "Address",
          "The IP address that webhooks are received at", DEFAULT_ADDRESS,
          FLAGS));

  /**
   * GstRtmsWebhookBin:port:
   *
   * The port that webhooks are received at; 0 for any that is free, which
   * bound-port then tells.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_PORT,
      g_param_spec_uint ("port", "Port",
          "The port that webhooks are received at (0 = any that is free)",
          0, 65535, DEFAULT_PORT, FLAGS));

  /**
   * GstRtmsWebhookBin:path:
   *
   * The path that webhooks are posted to. Others are answered by 404.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_PATH,
      g_param_spec_string ("path", "Path",
          "The path that webhooks are posted to", DEFAULT_PATH, FLAGS));

  /**
   * GstRtmsWebhookBin:secret-token:
   *
   * The secret token of the Zoom app, which signs webhooks; without it, the
   * environment variables ZM_RTMS_WEBHOOK_SECRET and ZOOM_SECRET_TOKEN, or a
   * file that the same name with _FILE points to.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SECRET_TOKEN,
      g_param_spec_string ("secret-token", "Secret token",
          "The secret token of the Zoom app, which signs webhooks; without "
          "it, the environment variables ZM_RTMS_WEBHOOK_SECRET and "
          "ZOOM_SECRET_TOKEN, or a file that the same name with _FILE points "
          "to", NULL, FLAGS & ~G_PARAM_READABLE));

  /**
   * GstRtmsWebhookBin:tls-certificate-file:
   *
   * A certificate, with its chain, as PEM: webhooks are then received by
   * HTTPS.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TLS_CERTIFICATE_FILE,
      g_param_spec_string ("tls-certificate-file", "TLS certificate file",
          "A certificate, with its chain, as PEM: webhooks are then received "
          "by HTTPS", NULL, FLAGS));

  /**
   * GstRtmsWebhookBin:tls-key-file:
   *
   * The certificate's private key as PEM, where it is not in the same file.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TLS_KEY_FILE,
      g_param_spec_string ("tls-key-file", "TLS key file",
          "The certificate's private key as PEM, where it is not in the same "
          "file", NULL, FLAGS));

  /**
   * GstRtmsWebhookBin:status-address:
   *
   * The IP address that status-port is at.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_STATUS_ADDRESS,
      g_param_spec_string ("status-address", "Status address",
          "The IP address that status-port is at", DEFAULT_STATUS_ADDRESS,
          FLAGS));

  /**
   * GstRtmsWebhookBin:status-port:
   *
   * A port for `/healthz` (200 while the element runs), `/readyz` (200 while
   * it takes further streams, else 503) and `/metrics` (Prometheus); 0 for any
   * that is free, -1 for none.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_STATUS_PORT,
      g_param_spec_int ("status-port", "Status port",
          "A port for /healthz, /readyz and /metrics (0 = any that is free, "
          "-1 = none)", -1, 65535, DEFAULT_STATUS_PORT, FLAGS));
}

static void
install_stream_properties (GObjectClass *klass)
{
  /**
   * GstRtmsWebhookBin:branch:
   *
   * The launch description of what follows each stream's rtmssrc. Elements
   * named `audio`, `video`, `share`, `transcript`, `chat` and `events` get
   * those media, and no other media are asked for; `audio-each` is copied for
   * each participant.
   *
   * `{stream-id}`, `{meeting-id}`, `{product}`, `{host-region}` (as "sjc1"),
   * `{n}` (1 for the first stream), `{date}` and `{time}` are replaced, in
   * what is linked to audio-each also `{user-id}` and `{user-name}`. A format
   * of strftime may follow: `{date:%Y/%m}`. What comes from the network is
   * made harmless: it can be no folder and no other element.
   *
   * Folders are made as needed. A filesink whose file exists writes to
   * `NAME-2` instead. A stream's running time begins with the stream.
   *
   * Without it, the streams' pads appear on the bin.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_BRANCH,
      g_param_spec_string ("branch", "Branch",
          "The launch description of what follows each stream's rtmssrc; "
          "elements named audio, video, share, transcript, chat, events and "
          "audio-each get those media", NULL, FLAGS));

  /**
   * GstRtmsWebhookBin:source-properties:
   *
   * Properties for each stream's rtmssrc. With a branch, `fill-silence` is on
   * unless this says otherwise, as muxers wait for audio that does not come,
   * and so is `fill-video` where `video` goes into an MP4 muxer, which writes
   * no readable file without a picture.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SOURCE_PROPERTIES,
      g_param_spec_boxed ("source-properties", "Source properties",
          "Properties for each stream's rtmssrc, such as "
          "\"p,audio-rate=48000\"", GST_TYPE_STRUCTURE, FLAGS));

  /**
   * GstRtmsWebhookBin:client-id:
   *
   * As rtmssrc's, for all streams.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_CLIENT_ID,
      g_param_spec_string ("client-id", "Client ID",
          "The client id of the Zoom app (Video SDK: the SDK key); without "
          "it, the environment variables ZM_RTMS_CLIENT and ZOOM_CLIENT_ID",
          NULL, FLAGS));

  /**
   * GstRtmsWebhookBin:client-secret:
   *
   * As rtmssrc's, for all streams.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_CLIENT_SECRET,
      g_param_spec_string ("client-secret", "Client secret",
          "The client secret of the Zoom app (Video SDK: the SDK secret); "
          "without it, the environment variables ZM_RTMS_SECRET and "
          "ZOOM_CLIENT_SECRET", NULL, FLAGS & ~G_PARAM_READABLE));

  /**
   * GstRtmsWebhookBin:max-streams:
   *
   * So many streams at once. Webhooks of more are answered by 503, and Zoom
   * sends them again some minutes later.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MAX_STREAMS,
      g_param_spec_uint ("max-streams", "Maximum of streams",
          "So many streams at once; more are refused", 1, G_MAXINT,
          DEFAULT_MAX_STREAMS, FLAGS));

  /**
   * GstRtmsWebhookBin:finalize-timeout:
   *
   * Seconds that the sinks of a stream that is over have to write what they
   * still have. Then they are removed as they are.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_FINALIZE_TIMEOUT,
      g_param_spec_uint ("finalize-timeout", "Finalize timeout",
          "Seconds that the sinks of a stream that is over have to finish",
          1, 86400, DEFAULT_FINALIZE_TIMEOUT, FLAGS));

  /**
   * GstRtmsWebhookBin:delete-revoked:
   *
   * Delete the files of a stream that ends with STREAM_REVOKED (8), upon
   * which Zoom wants recordings deleted. The message rtms-recording-revoked
   * is posted in any case.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_DELETE_REVOKED,
      g_param_spec_boolean ("delete-revoked", "Delete revoked",
          "Delete the files of a stream whose host took the consent back",
          DEFAULT_DELETE_REVOKED, FLAGS));
}

static void
install_end_properties (GObjectClass *klass)
{
  /**
   * GstRtmsWebhookBin:manifest:
   *
   * A file for each stream that is over, with placeholders as in `branch`. It
   * holds, as JSON, the stream's product, ids, start, end, outcome and stop
   * reason, reconnections and drops, and each file's size, duration and
   * SHA-256. It is written last and at once: when it is there, all is.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MANIFEST,
      g_param_spec_string ("manifest", "Manifest",
          "A file for each stream that is over, with placeholders as in "
          "branch, that tells of the stream and its files", NULL, FLAGS));

  /**
   * GstRtmsWebhookBin:complete-command:
   *
   * A program that is started for each stream that is over, with its
   * arguments. Quotes work as in a shell, but there is none; placeholders are
   * replaced in each argument. The environment tells it RTMS_STREAM_ID,
   * RTMS_INSTANCE_ID, RTMS_PRODUCT, RTMS_OUTCOME, RTMS_STOP_REASON,
   * RTMS_FILES (a line for each) and RTMS_MANIFEST.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_COMPLETE_COMMAND,
      g_param_spec_string ("complete-command", "Complete command",
          "A program that is started for each stream that is over, with its "
          "arguments; no shell", NULL, FLAGS));

  /**
   * GstRtmsWebhookBin:notify-url:
   *
   * Where to post, as JSON, what manifest tells of each stream that is over.
   * The header `x-rtms-signature` is "v0=" and the HMAC-SHA256, by
   * notify-secret, of "v0:", the header `x-rtms-request-timestamp`, ":" and
   * the body, as with Zoom's webhooks.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_NOTIFY_URL,
      g_param_spec_string ("notify-url", "Notify URL",
          "Where to post what manifest tells of each stream that is over",
          NULL, FLAGS));

  /**
   * GstRtmsWebhookBin:notify-secret:
   *
   * The key that signs what is posted to notify-url; without it, the
   * environment variable ZM_RTMS_NOTIFY_SECRET, or a file that the same name
   * with _FILE points to.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_NOTIFY_SECRET,
      g_param_spec_string ("notify-secret", "Notify secret",
          "The key that signs what is posted to notify-url; without it, the "
          "environment variable ZM_RTMS_NOTIFY_SECRET", NULL,
          FLAGS & ~G_PARAM_READABLE));

  /**
   * GstRtmsWebhookBin:log:
   *
   * Write a line on stderr for each message that the element posts, with the
   * stream's id.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_LOG,
      g_param_spec_enum ("log", "Log",
          "Write a line on stderr for each message that the element posts",
          GST_TYPE_RTMS_LOG_FORMAT, DEFAULT_LOG, FLAGS));
}

void
gst_rtms_webhook_properties_install (GObjectClass *klass)
{
  install_server_properties (klass);
  install_stream_properties (klass);
  install_end_properties (klass);
}
