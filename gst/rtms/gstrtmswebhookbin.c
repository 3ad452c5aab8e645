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
#include "gstrtmshooks.h"
#include "gstrtmslog.h"
#include "gstrtmsmanifest.h"
#include "gstrtmsmetrics.h"
#include "gstrtmssettings.h"
#include "gstrtmswebhookproperties.h"

/* MT safety: the properties are under the object lock. The servers and the
 * account are made and freed by the state change alone; `run_lock` protects
 * the pointer to the account for send_event() and the stats, which come from
 * other threads. It is not held while anything is posted or waited for. The
 * gate is used by the webhook server's thread alone. */

GST_DEBUG_CATEGORY (gst_rtms_webhook_bin_debug);
#define GST_CAT_DEFAULT gst_rtms_webhook_bin_debug

#define MAX_BODY (256 * 1024)
#define MAX_CONNECTIONS 256
#define CONNECTION_TIMEOUT 15   /* s */

enum {
  PROP_BOUND_PORT = GST_RTMS_WEBHOOK_PROPERTIES_END,
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

  GstRtmsWebhookProperties properties;

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

static const gchar *const notify_secret_names[] = {
  "ZM_RTMS_NOTIFY_SECRET", NULL };

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
  gst_rtms_log (self->properties.log, structure);
  if (gst_structure_has_name (structure, "rtms-stream-added"))
    g_signal_emit (self, signals[SIGNAL_STREAM_ADDED], 0, structure);
  else if (gst_structure_has_name (structure, "rtms-stream-removed"))
    g_signal_emit (self, signals[SIGNAL_STREAM_REMOVED], 0, structure);
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), structure));
}

static void
warn_of_hook (GstRtmsWebhookBin *self, GstRtmsFeed *feed, const gchar *what,
    const GError *error)
{
  GST_ELEMENT_WARNING (self, RESOURCE, WRITE, ("Stream %s: %s: %s",
          gst_rtms_feed_get_payload (feed)->stream_id, what,
          error->message), (NULL));
}

/* What was asked for at the end of a stream. */
typedef struct {
  gchar *manifest;
  gchar *command;
  gchar *url;
  RtmsSecret *secret;
} Hooks;

static Hooks
get_hooks (GstRtmsWebhookBin *self)
{
  Hooks hooks;

  GST_OBJECT_LOCK (self);
  hooks = (Hooks) {
    .manifest = g_strdup (self->properties.manifest),
    .command = g_strdup (self->properties.complete_command),
    .url = g_strdup (self->properties.notify_url),
    .secret = self->properties.notify_secret
        ? rtms_secret_ref (self->properties.notify_secret) : NULL,
  };
  GST_OBJECT_UNLOCK (self);
  if (hooks.url && hooks.secret == NULL)
    hooks.secret = gst_rtms_settings_read_environment (notify_secret_names);
  return hooks;
}

static void
clear_hooks (Hooks *hooks)
{
  g_free (hooks->manifest);
  g_free (hooks->command);
  g_free (hooks->url);
  g_clear_pointer (&hooks->secret, rtms_secret_unref);
}

/* On a thread of the stream's. */
static gchar *
on_finished (GstRtmsFeed *feed, gpointer user_data)
{
  GstRtmsWebhookBin *self = user_data;
  Hooks hooks = get_hooks (self);
  g_autofree gchar *manifest = NULL;
  g_autoptr (GError) write_error = NULL, post_error = NULL;
  g_autoptr (GError) run_error = NULL;

  if (hooks.manifest && (manifest = gst_rtms_manifest_write (feed,
              hooks.manifest, &write_error)) == NULL)
    warn_of_hook (self, feed, "The manifest is not written", write_error);
  if (hooks.url && !gst_rtms_hooks_post (feed, hooks.url, hooks.secret,
          &post_error))
    warn_of_hook (self, feed, "notify-url was not told", post_error);
  if (hooks.command && !gst_rtms_hooks_run (feed, hooks.command, manifest,
          &run_error))
    warn_of_hook (self, feed, "complete-command does not run", run_error);
  clear_hooks (&hooks);
  return g_steal_pointer (&manifest);
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
  token = self->properties.secret_token
      ? rtms_secret_ref (self->properties.secret_token) : NULL;
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
  config.feed.branch = self->properties.branch && *self->properties.branch
      ? g_strdup (self->properties.branch) : NULL;
  config.feed.source_properties = self->properties.source_properties
      ? gst_structure_copy (self->properties.source_properties) : NULL;
  config.feed.client_id = g_strdup (self->properties.client_id);
  config.feed.client_secret = self->properties.client_secret
      ? rtms_secret_ref (self->properties.client_secret) : NULL;
  config.feed.finalize_timeout = self->properties.finalize_timeout * GST_SECOND;
  config.max_streams = self->properties.max_streams;
  config.delete_revoked = self->properties.delete_revoked;
  GST_OBJECT_UNLOCK (self);
  is_usable = check_branch (self, &config.feed);
  account = gst_rtms_account_new (GST_BIN (self), &config,
      &account_callbacks, self);
  g_mutex_lock (&self->run_lock);
  self->account = account;
  g_mutex_unlock (&self->run_lock);
  return is_usable;
}

/* Likewise told before it is too late. */
static gboolean
check_hooks (GstRtmsWebhookBin *self)
{
  Hooks hooks = get_hooks (self);
  g_autoptr (GError) error = NULL;
  gboolean is_usable = TRUE;

  if (hooks.command && !gst_rtms_hooks_check_command (hooks.command,
          &error)) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("complete-command cannot be "
            "run: %s", error->message), (NULL));
    is_usable = FALSE;
  }
  if (hooks.url && hooks.secret == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("notify-url needs the "
            "property notify-secret or the environment variable "
            "ZM_RTMS_NOTIFY_SECRET"), (NULL));
    is_usable = FALSE;
  }
  clear_hooks (&hooks);
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
  config.address = address = g_strdup (self->properties.address);
  config.port = (guint16) self->properties.port;
  config.tls_certificate_file = certificate =
      g_strdup (self->properties.tls_certificate_file);
  config.tls_key_file = key = g_strdup (self->properties.tls_key_file);
  g_free (self->served_path);
  self->served_path = g_strdup (self->properties.path);
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
  config.address = address = g_strdup (self->properties.status_address);
  port = self->properties.status_port;
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
  started = self->gate && check_hooks (self) && make_account (self)
      && start_status_server (self) && start_webhook_server (self);
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
  result = self->properties.branch && *self->properties.branch;
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

/* What the streams' elements tell is logged, too. */
static void
gst_rtms_webhook_bin_handle_message (GstBin *bin, GstMessage *message)
{
  GstRtmsWebhookBin *self = GST_RTMS_WEBHOOK_BIN (bin);
  const GstStructure *structure = gst_message_get_structure (message);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT && structure
      && g_str_has_prefix (gst_structure_get_name (structure), "rtms-"))
    gst_rtms_log (self->properties.log, structure);
  GST_BIN_CLASS (gst_rtms_webhook_bin_parent_class)->handle_message (bin,
      message);
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
gst_rtms_webhook_bin_set_property (GObject *object, guint id,
    const GValue *value, GParamSpec *pspec)
{
  GstRtmsWebhookBin *self = GST_RTMS_WEBHOOK_BIN (object);
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = gst_rtms_webhook_properties_set (&self->properties, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtms_webhook_bin_get_property (GObject *object, guint id, GValue *value,
    GParamSpec *pspec)
{
  GstRtmsWebhookBin *self = GST_RTMS_WEBHOOK_BIN (object);
  gboolean known = TRUE;

  if (id == PROP_STATS) {
    g_value_take_boxed (value, create_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (id == PROP_BOUND_PORT)
    g_value_set_uint (value, self->bound_port);
  else if (id == PROP_BOUND_STATUS_PORT)
    g_value_set_uint (value, self->bound_status_port);
  else
    known = gst_rtms_webhook_properties_get (&self->properties, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtms_webhook_bin_finalize (GObject *object)
{
  GstRtmsWebhookBin *self = GST_RTMS_WEBHOOK_BIN (object);

  gst_rtms_webhook_properties_clear (&self->properties);
  g_free (self->served_path);
  gst_rtms_metrics_free (self->metrics);
  g_mutex_clear (&self->run_lock);

  G_OBJECT_CLASS (gst_rtms_webhook_bin_parent_class)->finalize (object);
}

/* What is told, beside what is set. */
static void
install_properties (GObjectClass *klass)
{
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
  gst_rtms_webhook_properties_install (object_class);
  install_properties (object_class);
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
  GST_BIN_CLASS (klass)->handle_message =
      gst_rtms_webhook_bin_handle_message;

  gst_type_mark_as_plugin_api (GST_TYPE_RTMS_LOG_FORMAT, 0);
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
  gst_rtms_webhook_properties_init (&self->properties);
}
