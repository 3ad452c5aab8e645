/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-rtmswebhookbin
 * @title: rtmswebhookbin
 *
 * Receives every stream of a Zoom app: it takes the webhooks by which Zoom
 * announces streams, and runs one `rtmssrc` for each, with elements of its
 * own behind it.
 *
 * `branch` is a launch description that is made once per stream. Its elements
 * named `audio`, `video`, `share`, `transcript`, `chat` and `events` get what
 * those pads of rtmssrc give; `audio-each` is copied, with all that it is
 * linked to, for each participant who speaks. What has no element is not asked
 * of Zoom. Without `branch`, each stream's pads appear on the bin, as
 * `audio_3` for the third stream's `audio`.
 *
 * The pipeline goes on when a stream ends, or fails: the messages on the bus
 * tell. EOS, such as by Ctrl-C with `gst-launch-1.0 -e`, ends all streams, has
 * their files finished, and comes through when that is done.
 *
 * ## Record every meeting
 * |[
 * gst-launch-1.0 -e rtmswebhookbin port=8080 branch="
 *     matroskamux name=mux ! filesink location=rec-{date}-{stream-id}.mkv
 *     h264parse name=video ! mux.  opusenc name=audio ! mux.
 *     identity name=transcript ! mux."
 * ]|
 * The client id and secret, and the secret token that signs webhooks, are read
 * from the environment variables ZM_RTMS_CLIENT, ZM_RTMS_SECRET and
 * ZM_RTMS_WEBHOOK_SECRET. Zoom needs a public HTTPS address: put a reverse
 * proxy in front.
 *
 * Since: 0.1
 */

#include "gstrtmswebhookbin.h"

#include "ext/crypto/rtmssecret.h"
#include "ext/http/rtmshttpserver.h"
#include "gstrtmsaccount.h"
#include "gstrtmscaps.h"
#include "gstrtmsdescription.h"
#include "gstrtmsmetrics.h"
#include "gstrtmssettings.h"

/* MT safety: the properties are under the object lock. The servers and the
 * account are made and freed by the state change alone; `run_lock` protects
 * the pointer to the account for send_event() and the stats, which come from
 * other threads. It is not held while anything is posted or waited for. The
 * gate is used by the webhook server's thread alone. */

GST_DEBUG_CATEGORY (gst_rtms_webhook_bin_debug);
#define GST_CAT_DEFAULT gst_rtms_webhook_bin_debug

#define DEFAULT_ADDRESS "127.0.0.1"
#define DEFAULT_PORT 8080
#define DEFAULT_PATH "/webhook"
#define DEFAULT_MAX_STREAMS 200
#define DEFAULT_FINALIZE_TIMEOUT 30
#define DEFAULT_DELETE_REVOKED FALSE
#define DEFAULT_STATUS_ADDRESS "127.0.0.1"
#define DEFAULT_STATUS_PORT (-1)

#define MAX_BODY (256 * 1024)
#define MAX_CONNECTIONS 256
#define CONNECTION_TIMEOUT 15   /* s */

enum {
  PROP_0,
  PROP_ADDRESS,
  PROP_PORT,
  PROP_BOUND_PORT,
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
  PROP_BOUND_STATUS_PORT,
  PROP_STATS,
};

enum {
  SIGNAL_AUTHORIZE,
  SIGNAL_SOURCE_SETUP,
  SIGNAL_STREAM_ADDED,
  SIGNAL_STREAM_REMOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _GstRtmsWebhookBin
{
  GstBin parent;

  gchar *address;
  guint port;
  gchar *path;
  RtmsSecret *secret_token;
  gchar *tls_certificate_file;
  gchar *tls_key_file;
  gchar *branch;
  GstStructure *source_properties;
  gchar *client_id;
  RtmsSecret *client_secret;
  guint max_streams;
  guint finalize_timeout;
  gboolean delete_revoked;
  gchar *status_address;
  gint status_port;

  GstRtmsWebhookGate *gate;
  RtmsHttpServer *server;
  RtmsHttpServer *status_server;
  RtmsHttpRoute route;
  gchar *served_path;
  guint bound_port;
  guint bound_status_port;

  GMutex run_lock;
  GstRtmsAccount *account;
  GstRtmsMetrics *metrics;
};

G_DEFINE_FINAL_TYPE (GstRtmsWebhookBin, gst_rtms_webhook_bin, GST_TYPE_BIN)
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (rtmswebhookbin, "rtmswebhookbin",
    GST_RANK_NONE, GST_TYPE_RTMS_WEBHOOK_BIN, GST_DEBUG_CATEGORY_INIT (
        gst_rtms_webhook_bin_debug, "rtmswebhookbin", 0,
        "Zoom Realtime Media Streams of an account"))

/**
 * rtmswebhookbin pad audio_%u:
 *
 * All voices of a stream, mixed, without a branch. %u is the number of the
 * stream, as the signals tell it.
 */

/**
 * rtmswebhookbin pad audio_%u_%u:
 *
 * One participant's voice: the stream's number and the user id.
 */

/**
 * rtmswebhookbin pad video_%u:
 *
 * A stream's camera.
 */

/**
 * rtmswebhookbin pad share_%u:
 *
 * A stream's shared screen.
 */

/**
 * rtmswebhookbin pad transcript_%u:
 *
 * What is said in a stream.
 */

/**
 * rtmswebhookbin pad chat_%u:
 *
 * What is written in a stream.
 */

/**
 * rtmswebhookbin pad events_%u:
 *
 * A stream's signaling messages, a line of JSON each.
 */

static GstStaticPadTemplate templates[] = {
  GST_STATIC_PAD_TEMPLATE ("audio_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_STATIC_CAPS (GST_RTMS_AUDIO_CAPS)),
  GST_STATIC_PAD_TEMPLATE ("audio_%u_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_STATIC_CAPS (GST_RTMS_AUDIO_CAPS)),
  GST_STATIC_PAD_TEMPLATE ("video_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_STATIC_CAPS (GST_RTMS_VIDEO_CAPS)),
  GST_STATIC_PAD_TEMPLATE ("share_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_STATIC_CAPS (GST_RTMS_VIDEO_CAPS)),
  GST_STATIC_PAD_TEMPLATE ("transcript_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_STATIC_CAPS (GST_RTMS_TEXT_CAPS)),
  GST_STATIC_PAD_TEMPLATE ("chat_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_STATIC_CAPS (GST_RTMS_TEXT_CAPS)),
  GST_STATIC_PAD_TEMPLATE ("events_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_STATIC_CAPS (GST_RTMS_EVENTS_CAPS)),
};

/* What an account calls. */

/**
 * rtmswebhookbin structure rtms-stream:
 * @stream-id: (string) of Zoom
 * @instance-id: (string) of the meeting, webinar, session or engagement
 * @product: (string) of Zoom
 * @host-region: (string) in the name of the stream's server
 * @number: (guint) of the stream, counted from 1
 * @start: (gint64) Unix time in ms
 *
 * What is known of a stream that Zoom announces.
 */
static gboolean
on_authorize (GstRtmsFeed *feed, gpointer user_data)
{
  GstStructure *info = gst_rtms_account_describe (feed, "rtms-stream");
  gboolean wanted = TRUE;

  g_signal_emit (user_data, signals[SIGNAL_AUTHORIZE], 0, info, &wanted);
  gst_structure_free (info);
  return wanted;
}

static void
on_setup (GstRtmsFeed *feed, GstElement *source, gpointer user_data)
{
  GstStructure *info = gst_rtms_account_describe (feed, "rtms-stream");

  g_signal_emit (user_data, signals[SIGNAL_SOURCE_SETUP], 0, source, info);
  gst_structure_free (info);
}

static void
on_report (GstRtmsFeed *feed, GstStructure *structure, gpointer user_data)
{
  GstRtmsWebhookBin *self = user_data;

  GST_INFO_OBJECT (self, "%" GST_PTR_FORMAT, structure);
  if (gst_structure_has_name (structure, "rtms-stream-added"))
    g_signal_emit (self, signals[SIGNAL_STREAM_ADDED], 0, structure);
  else if (gst_structure_has_name (structure, "rtms-stream-removed"))
    g_signal_emit (self, signals[SIGNAL_STREAM_REMOVED], 0, structure);
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), structure));
}

static void
on_finished (GstRtmsFeed *feed, gpointer user_data)
{
}

static void
on_drained (gpointer user_data)
{
  gst_element_post_message (user_data, gst_message_new_eos (user_data));
}

static const GstRtmsAccountCallbacks account_callbacks = {
  .authorize = on_authorize,
  .setup = on_setup,
  .report = on_report,
  .finished = on_finished,
  .drained = on_drained,
};

/* What the webhook server's thread calls. */

static GstRtmsWebhookResult
on_webhook (const RtmsEnvelope *envelope, const gchar *text,
    gpointer user_data)
{
  GstRtmsWebhookBin *self = user_data;

  return gst_rtms_account_take (self->account, envelope, text);
}

static void
on_webhook_request (const RtmsHttpRequest *http, RtmsHttpResponse *response,
    gpointer user_data)
{
  GstRtmsWebhookBin *self = user_data;
  GstRtmsWebhookRequest request = {
    .timestamp = rtms_http_request_get_header (http,
        "x-zm-request-timestamp"),
    .signature = rtms_http_request_get_header (http, "x-zm-signature"),
    .body = http->body,
    .body_size = http->body_size,
    .unix_time = g_get_real_time () / G_USEC_PER_SEC,
    .monotonic_time = g_get_monotonic_time () / G_USEC_PER_SEC,
  };
  g_autofree gchar *event = NULL;
  GstRtmsWebhookResult result = gst_rtms_webhook_gate_take (self->gate,
      &request, &event, &response->body);

  response->status = gst_rtms_webhook_result_get_status (result);
  response->content_type = "application/json";
  gst_rtms_metrics_count_webhook (self->metrics, event, result);
  GST_DEBUG_OBJECT (self, "%s: %s", event ? event : "a request",
      gst_rtms_webhook_result_get_name (result));
}

/* What the status server's thread calls. */

static void
on_health (const RtmsHttpRequest *request, RtmsHttpResponse *response,
    gpointer user_data)
{
  response->content_type = "text/plain";
  response->body = g_strdup ("ok\n");
}

static void
on_ready (const RtmsHttpRequest *request, RtmsHttpResponse *response,
    gpointer user_data)
{
  GstRtmsWebhookBin *self = user_data;
  gboolean has_room = gst_rtms_account_has_room (self->account);

  response->status = has_room ? 200 : 503;
  response->content_type = "text/plain";
  response->body = g_strdup (has_room ? "ready\n" : "takes no streams\n");
}

static void
on_metrics (const RtmsHttpRequest *request, RtmsHttpResponse *response,
    gpointer user_data)
{
  GstRtmsWebhookBin *self = user_data;

  response->content_type = "text/plain; version=0.0.4; charset=utf-8";
  response->body = gst_rtms_metrics_format (self->metrics, self->account);
}

static const RtmsHttpRoute status_routes[] = {
  { "GET", "/healthz", on_health },
  { "GET", "/readyz", on_ready },
  { "GET", "/metrics", on_metrics },
};

/* Starting and stopping. */

static RtmsSecret *
get_secret_token (GstRtmsWebhookBin *self)
{
  static const gchar *const names[] = { "ZM_RTMS_WEBHOOK_SECRET",
    "ZOOM_SECRET_TOKEN", NULL };
  RtmsSecret *token;

  GST_OBJECT_LOCK (self);
  token = self->secret_token ? rtms_secret_ref (self->secret_token) : NULL;
  GST_OBJECT_UNLOCK (self);
  if (token == NULL)
    token = gst_rtms_settings_read_environment (names);
  if (token == NULL)
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("There is no secret token: "
            "set the property secret-token or the environment variable "
            "ZM_RTMS_WEBHOOK_SECRET"), (NULL));
  return token;
}

/* Better told now than when the first meeting starts. */
static gboolean
check_branch (GstRtmsWebhookBin *self, GstRtmsFeedConfig *config)
{
  RtmsPayload payload = { .stream_id = (gchar *) "stream",
    .instance_id = (gchar *) "meeting" };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  GstRtmsPlaceholders values = { .payload = &payload, .number = 1,
    .start = now, .user_id = 1 };
  g_autoptr (GError) error = NULL;

  if (config->branch == NULL)
    return TRUE;
  config->media = gst_rtms_description_get_media (config->branch, &values,
      &config->each, &error);
  if (config->media == 0)
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("The branch cannot be used: "
            "%s", error->message), (NULL));
  return config->media != 0;
}

static gboolean
make_account (GstRtmsWebhookBin *self)
{
  GstRtmsAccountConfig config = { 0 };
  GstRtmsAccount *account;
  gboolean is_usable;

  GST_OBJECT_LOCK (self);
  config.feed.branch = self->branch && *self->branch
      ? g_strdup (self->branch) : NULL;
  config.feed.source_properties = self->source_properties
      ? gst_structure_copy (self->source_properties) : NULL;
  config.feed.client_id = g_strdup (self->client_id);
  config.feed.client_secret = self->client_secret
      ? rtms_secret_ref (self->client_secret) : NULL;
  config.feed.finalize_timeout = self->finalize_timeout * GST_SECOND;
  config.max_streams = self->max_streams;
  config.delete_revoked = self->delete_revoked;
  GST_OBJECT_UNLOCK (self);
  is_usable = check_branch (self, &config.feed);
  account = gst_rtms_account_new (GST_BIN (self), &config,
      &account_callbacks, self);
  g_mutex_lock (&self->run_lock);
  self->account = account;
  g_mutex_unlock (&self->run_lock);
  return is_usable;
}

static RtmsHttpServer *
start_server (GstRtmsWebhookBin *self, const RtmsHttpServerConfig *config)
{
  g_autoptr (GError) error = NULL;
  RtmsHttpServer *server = rtms_http_server_new (config, &error);

  if (server == NULL)
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message),
        (NULL));
  return server;
}

static gboolean
start_webhook_server (GstRtmsWebhookBin *self)
{
  g_autofree gchar *address = NULL, *certificate = NULL, *key = NULL;
  RtmsHttpServerConfig config = {
    .routes = &self->route,
    .n_routes = 1,
    .user_data = self,
    .max_body = MAX_BODY,
    .max_connections = MAX_CONNECTIONS,
    .timeout = CONNECTION_TIMEOUT,
  };

  GST_OBJECT_LOCK (self);
  config.address = address = g_strdup (self->address);
  config.port = (guint16) self->port;
  config.tls_certificate_file = certificate =
      g_strdup (self->tls_certificate_file);
  config.tls_key_file = key = g_strdup (self->tls_key_file);
  g_free (self->served_path);
  self->served_path = g_strdup (self->path);
  GST_OBJECT_UNLOCK (self);
  self->route = (RtmsHttpRoute) { "POST", self->served_path,
    on_webhook_request };
  self->server = start_server (self, &config);
  return self->server != NULL;
}

static gboolean
start_status_server (GstRtmsWebhookBin *self)
{
  g_autofree gchar *address = NULL;
  gint port;
  RtmsHttpServerConfig config = {
    .routes = status_routes,
    .n_routes = G_N_ELEMENTS (status_routes),
    .user_data = self,
    .max_connections = MAX_CONNECTIONS,
    .timeout = CONNECTION_TIMEOUT,
  };

  GST_OBJECT_LOCK (self);
  config.address = address = g_strdup (self->status_address);
  port = self->status_port;
  GST_OBJECT_UNLOCK (self);
  if (port < 0)
    return TRUE;
  config.port = (guint16) port;
  self->status_server = start_server (self, &config);
  return self->status_server != NULL;
}

static void
publish_ports (GstRtmsWebhookBin *self)
{
  GST_OBJECT_LOCK (self);
  self->bound_port = self->server
      ? rtms_http_server_get_port (self->server) : 0;
  self->bound_status_port = self->status_server
      ? rtms_http_server_get_port (self->status_server) : 0;
  GST_OBJECT_UNLOCK (self);
  g_object_notify (G_OBJECT (self), "bound-port");
  g_object_notify (G_OBJECT (self), "bound-status-port");
}

/* First who takes webhooks, then the streams, then who tells of them. */
static void
stop (GstRtmsWebhookBin *self)
{
  GstRtmsAccount *account;

  g_clear_pointer (&self->server, rtms_http_server_free);
  if (self->account)
    gst_rtms_account_stop (self->account);
  g_clear_pointer (&self->status_server, rtms_http_server_free);
  g_clear_pointer (&self->gate, gst_rtms_webhook_gate_free);
  g_mutex_lock (&self->run_lock);
  account = g_steal_pointer (&self->account);
  g_mutex_unlock (&self->run_lock);
  g_clear_pointer (&account, gst_rtms_account_unref);
  publish_ports (self);
}

static gboolean
start (GstRtmsWebhookBin *self)
{
  g_autoptr (RtmsSecret) token = get_secret_token (self);
  gboolean started;

  if (token)
    self->gate = gst_rtms_webhook_gate_new (token, on_webhook, self);
  started = self->gate && make_account (self) && start_status_server (self)
      && start_webhook_server (self);
  if (!started) {
    stop (self);
    return FALSE;
  }
  publish_ports (self);
  GST_INFO_OBJECT (self, "webhooks at port %u, path %s", self->bound_port,
      self->served_path);
  return TRUE;
}

static GstStateChangeReturn
gst_rtms_webhook_bin_change_state (GstElement *element,
    GstStateChange transition)
{
  GstRtmsWebhookBin *self = GST_RTMS_WEBHOOK_BIN (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  ret = GST_ELEMENT_CLASS (gst_rtms_webhook_bin_parent_class)->change_state (
      element, transition);
  if (ret == GST_STATE_CHANGE_FAILURE)
    return ret;
  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      return start (self) ? GST_STATE_CHANGE_NO_PREROLL
          : GST_STATE_CHANGE_FAILURE;
    case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
      /* Also while there is no live source, as there will be. */
      return GST_STATE_CHANGE_NO_PREROLL;
    default:
      return ret;
  }
}

static GstRtmsAccount *
get_account (GstRtmsWebhookBin *self)
{
  GstRtmsAccount *account;

  g_mutex_lock (&self->run_lock);
  account = self->account ? gst_rtms_account_ref (self->account) : NULL;
  g_mutex_unlock (&self->run_lock);
  return account;
}

static gboolean
drain (GstRtmsWebhookBin *self)
{
  g_autoptr (GstRtmsAccount) account = get_account (self);

  if (account)
    gst_rtms_account_drain (account);
  return account != NULL;
}

static gboolean
has_branch (GstRtmsWebhookBin *self)
{
  gboolean result;

  GST_OBJECT_LOCK (self);
  result = self->branch && *self->branch;
  GST_OBJECT_UNLOCK (self);
  return result;
}

/* Each branch has a latency of its own, and sees to it. */
static gboolean
gst_rtms_webhook_bin_send_event (GstElement *element, GstEvent *event)
{
  GstRtmsWebhookBin *self = GST_RTMS_WEBHOOK_BIN (element);
  gboolean is_latency = GST_EVENT_TYPE (event) == GST_EVENT_LATENCY
      && has_branch (self);

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS && !is_latency)
    return GST_ELEMENT_CLASS (gst_rtms_webhook_bin_parent_class)->send_event (
        element, event);
  gst_event_unref (event);
  return is_latency || drain (self);
}

static gboolean
gst_rtms_webhook_bin_query (GstElement *element, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY
      || !has_branch (GST_RTMS_WEBHOOK_BIN (element)))
    return GST_ELEMENT_CLASS (gst_rtms_webhook_bin_parent_class)->query (
        element, query);
  gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

/**
 * rtmswebhookbin stats rtms-webhook-stats:
 * @active: (guint) streams now
 * @started: (guint64) streams
 * @complete: (guint64) streams of which all is where it belongs
 * @incomplete: (guint64) streams in which something failed, or did not finish
 *     in time
 * @refused: (guint64) streams that were not wanted
 * @failed: (guint64) streams of which nothing was received
 * @bytes: (guint64) of media
 * @reconnects: (guint64) connections that were lost and taken up again
 * @drops: (guint64) buffers that full queues left out
 *
 * And, guint64 too, of webhooks by what became of them: `webhooks-accepted`,
 * `-validated`, `-duplicate`, `-ignored`, `-unauthorized`, `-malformed` and
 * `-refused`.
 */
static GstStructure *
create_stats (GstRtmsWebhookBin *self)
{
  GstStructure *stats = gst_structure_new_empty ("rtms-webhook-stats");
  g_autoptr (GstRtmsAccount) account = get_account (self);
  GstRtmsAccountCounts counts = { 0 };
  guint64 bytes = 0;

  if (account)
    gst_rtms_account_get_counts (account, &counts);
  for (guint i = 0; i < RTMS_N_MEDIA; i++)
    bytes += counts.bytes[i];
  gst_structure_set (stats, "active", G_TYPE_UINT, counts.active,
      "started", G_TYPE_UINT64, counts.started,
      "bytes", G_TYPE_UINT64, bytes,
      "reconnects", G_TYPE_UINT64, counts.reconnects,
      "drops", G_TYPE_UINT64, counts.drops, NULL);
  for (GstRtmsOutcome i = 0; i < GST_RTMS_N_OUTCOMES; i++)
    gst_structure_set (stats, gst_rtms_outcome_get_name (i), G_TYPE_UINT64,
        counts.outcomes[i], NULL);
  gst_rtms_metrics_add_webhooks (self->metrics, stats);
  return stats;
}

static void
set_string (gchar **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
}

static void
set_secret (RtmsSecret **field, const GValue *value)
{
  const gchar *text = g_value_get_string (value);

  g_clear_pointer (field, rtms_secret_unref);
  if (text && *text)
    *field = rtms_secret_new (text);
}

static void
set_structure (GstStructure **field, const GValue *value)
{
  const GstStructure *structure = gst_value_get_structure (value);

  g_clear_pointer (field, gst_structure_free);
  *field = structure ? gst_structure_copy (structure) : NULL;
}

static void
gst_rtms_webhook_bin_set_property (GObject *object, guint id,
    const GValue *value, GParamSpec *pspec)
{
  GstRtmsWebhookBin *self = GST_RTMS_WEBHOOK_BIN (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_ADDRESS:
      set_string (&self->address, value);
      break;
    case PROP_PORT:
      self->port = g_value_get_uint (value);
      break;
    case PROP_PATH:
      set_string (&self->path, value);
      break;
    case PROP_SECRET_TOKEN:
      set_secret (&self->secret_token, value);
      break;
    case PROP_TLS_CERTIFICATE_FILE:
      set_string (&self->tls_certificate_file, value);
      break;
    case PROP_TLS_KEY_FILE:
      set_string (&self->tls_key_file, value);
      break;
    case PROP_BRANCH:
      set_string (&self->branch, value);
      break;
    case PROP_SOURCE_PROPERTIES:
      set_structure (&self->source_properties, value);
      break;
    case PROP_CLIENT_ID:
      set_string (&self->client_id, value);
      break;
    case PROP_CLIENT_SECRET:
      set_secret (&self->client_secret, value);
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
      set_string (&self->status_address, value);
      break;
    case PROP_STATUS_PORT:
      self->status_port = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtms_webhook_bin_get_property (GObject *object, guint id, GValue *value,
    GParamSpec *pspec)
{
  GstRtmsWebhookBin *self = GST_RTMS_WEBHOOK_BIN (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, create_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_PORT:
      g_value_set_uint (value, self->port);
      break;
    case PROP_BOUND_PORT:
      g_value_set_uint (value, self->bound_port);
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
    case PROP_BOUND_STATUS_PORT:
      g_value_set_uint (value, self->bound_status_port);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtms_webhook_bin_finalize (GObject *object)
{
  GstRtmsWebhookBin *self = GST_RTMS_WEBHOOK_BIN (object);

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
  g_free (self->served_path);
  gst_rtms_metrics_free (self->metrics);
  g_mutex_clear (&self->run_lock);

  G_OBJECT_CLASS (gst_rtms_webhook_bin_parent_class)->finalize (object);
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
   * GstRtmsWebhookBin:bound-port:
   *
   * The port that webhooks are being received at, from PAUSED on; else 0.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_BOUND_PORT,
      g_param_spec_uint ("bound-port", "Bound port",
          "The port that webhooks are being received at", 0, 65535, 0,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

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

  /**
   * GstRtmsWebhookBin:bound-status-port:
   *
   * The port of the status, from PAUSED on; else 0.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_BOUND_STATUS_PORT,
      g_param_spec_uint ("bound-status-port", "Bound status port",
          "The port of the status", 0, 65535, 0,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
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

  /**
   * GstRtmsWebhookBin:stats:
   *
   * Counts since PAUSED: a #GstStructure `rtms-webhook-stats` that is valid in
   * every state.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts of streams, bytes and webhooks", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

/* One handler's veto is enough. */
static gboolean
stop_at_veto (GSignalInvocationHint *hint, GValue *accumulated,
    const GValue *value, gpointer user_data)
{
  g_value_set_boolean (accumulated, g_value_get_boolean (value));
  return g_value_get_boolean (value);
}

static gboolean
authorize_default (GstRtmsWebhookBin *self, GstStructure *info)
{
  return TRUE;
}

static void
install_signals (GType type)
{
  /**
   * GstRtmsWebhookBin::authorize:
   * @bin: an rtmswebhookbin
   * @info: the stream, as `rtms-stream`
   *
   * Asks whether a stream is wanted, before it is connected to.
   *
   * Returns: %FALSE to leave it
   *
   * Since: 0.1
   */
  signals[SIGNAL_AUTHORIZE] = g_signal_new_class_handler ("authorize", type,
      G_SIGNAL_RUN_LAST, G_CALLBACK (authorize_default), stop_at_veto, NULL,
      NULL, G_TYPE_BOOLEAN, 1, GST_TYPE_STRUCTURE
      | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * GstRtmsWebhookBin::source-setup:
   * @bin: an rtmswebhookbin
   * @source: a stream's rtmssrc in state NULL
   * @info: the stream, as `rtms-stream`
   *
   * Lets the application set properties of a stream's rtmssrc.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SOURCE_SETUP] = g_signal_new ("source-setup", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
      GST_TYPE_ELEMENT, GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * GstRtmsWebhookBin::stream-added:
   * @bin: an rtmswebhookbin
   * @info: the stream, as `rtms-stream`
   *
   * A stream is being connected to. Without a branch, its pads follow.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STREAM_ADDED] = g_signal_new ("stream-added", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
      GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * GstRtmsWebhookBin::stream-removed:
   * @bin: an rtmswebhookbin
   * @info: as the message `rtms-stream-removed`
   *
   * A stream is over, and all of its elements and pads are gone.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STREAM_REMOVED] = g_signal_new ("stream-removed", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
      GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
gst_rtms_webhook_bin_class_init (GstRtmsWebhookBinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_rtms_webhook_bin_set_property;
  object_class->get_property = gst_rtms_webhook_bin_get_property;
  object_class->finalize = gst_rtms_webhook_bin_finalize;
  install_server_properties (object_class);
  install_stream_properties (object_class);
  install_signals (G_TYPE_FROM_CLASS (klass));

  for (guint i = 0; i < G_N_ELEMENTS (templates); i++)
    gst_element_class_add_static_pad_template (element_class, &templates[i]);
  gst_element_class_set_static_metadata (element_class,
      "Zoom Realtime Media Streams of an account",
      "Generic/Bin/Source/Network",
      "Takes the webhooks of a Zoom app and receives every stream",
      "The gst-rtms authors");
  element_class->change_state = gst_rtms_webhook_bin_change_state;
  element_class->send_event = gst_rtms_webhook_bin_send_event;
  element_class->query = gst_rtms_webhook_bin_query;
}

static void
gst_rtms_webhook_bin_init (GstRtmsWebhookBin *self)
{
  /* What children are inside must not make the bin another one: a pipeline
   * waits for its EOS although it is empty, sends it EOS, and takes no clock
   * from a stream that ends before the pipeline. */
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SINK
      | GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_PROVIDE_CLOCK
      | GST_ELEMENT_FLAG_REQUIRE_CLOCK);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK
      | GST_ELEMENT_FLAG_SOURCE);
  g_mutex_init (&self->run_lock);
  self->metrics = gst_rtms_metrics_new ();
  self->address = g_strdup (DEFAULT_ADDRESS);
  self->port = DEFAULT_PORT;
  self->path = g_strdup (DEFAULT_PATH);
  self->max_streams = DEFAULT_MAX_STREAMS;
  self->finalize_timeout = DEFAULT_FINALIZE_TIMEOUT;
  self->delete_revoked = DEFAULT_DELETE_REVOKED;
  self->status_address = g_strdup (DEFAULT_STATUS_ADDRESS);
  self->status_port = DEFAULT_STATUS_PORT;
}
