/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsaccount.h"

#include <glib/gstdio.h>

#include "ext/json/rtmsjson.h"
#include "gstrtmsserial.h"

/* MT safety: `lock` protects the table of streams and all that is behind it
 * in the struct. It is not held while a feed is started, closed or let go, nor
 * while a callback is called. Webhooks come on the server's thread, which
 * must not wait: what takes its time is a job of a feed or, for reports that
 * are no stream's, of `reports`. */

struct _GstRtmsAccount
{
  GstBin *bin;                  /* not owned: it owns us */
  GstRtmsAccountConfig config;
  const GstRtmsAccountCallbacks *callbacks;
  gpointer user_data;
  GstRtmsSerial *reports;       /* of GstStructure */

  GMutex lock;
  GHashTable *feeds;            /* stream id → GstRtmsFeed */
  GHashTable *restarts;         /* stream id → webhook text */
  RtmsHistory *stopped;         /* stream id → Stop */
  gboolean is_draining;
  gboolean is_stopped;
  guint n_ending;               /* feeds out of the table, not yet finished */
  GCond ended;                  /* one less */
  GstRtmsAccountCounts counts;  /* of streams that are over */
};

/* Of a stream that is not to come (again). */
typedef struct {
  gint64 timestamp;             /* `event_ts` of its rtms_stopped, or 0 */
  gint reason;
  gchar **files;                /* (nullable) */
} Stop;

static void
free_stop (gpointer data)
{
  Stop *stop = data;

  g_strfreev (stop->files);
  g_free (stop);
}

static gint64
get_now (void)
{
  return g_get_monotonic_time () / G_USEC_PER_SEC;
}

static void
do_report (gpointer data, gpointer user_data)
{
  GstRtmsAccount *account = user_data;

  account->callbacks->report (NULL, gst_structure_copy (data),
      account->user_data);
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
      (GDestroyNotify) gst_rtms_feed_unref);
}

/**
 * gst_rtms_account_new:
 * @bin: gets the streams' elements
 * @config: (transfer full): all that it points to
 */
GstRtmsAccount *
gst_rtms_account_new (GstBin *bin, const GstRtmsAccountConfig *config,
    const GstRtmsAccountCallbacks *callbacks, gpointer user_data)
{
  GstRtmsAccount *account = g_atomic_rc_box_new0 (GstRtmsAccount);

  account->bin = bin;
  account->config = *config;
  account->callbacks = callbacks;
  account->user_data = user_data;
  account->reports = gst_rtms_serial_new (GST_ELEMENT (bin), do_report,
      account, (GDestroyNotify) gst_structure_free);
  g_mutex_init (&account->lock);
  g_cond_init (&account->ended);
  account->feeds = new_table ();
  account->restarts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      g_free);
  account->stopped = rtms_history_new (free_stop);
  return account;
}

GstRtmsAccount *
gst_rtms_account_ref (GstRtmsAccount *account)
{
  return g_atomic_rc_box_acquire (account);
}

static void
clear_account (gpointer data)
{
  GstRtmsAccount *account = data;
  GstRtmsFeedConfig *config = &account->config.feed;

  gst_rtms_serial_unref (account->reports);
  g_hash_table_unref (account->feeds);
  g_hash_table_unref (account->restarts);
  rtms_history_free (account->stopped);
  g_cond_clear (&account->ended);
  g_mutex_clear (&account->lock);
  g_free (config->branch);
  g_clear_pointer (&config->source_properties, gst_structure_free);
  g_free (config->client_id);
  g_clear_pointer (&config->client_secret, rtms_secret_unref);
}

/* After gst_rtms_account_stop(). Feeds that are just being let go may hold
 * references of their own. */
void
gst_rtms_account_unref (GstRtmsAccount *account)
{
  g_atomic_rc_box_release_full (account, clear_account);
}

/**
 * gst_rtms_account_describe:
 * @feed: a stream
 * @name: of the structure
 *
 * Returns: (transfer full): a structure with `stream-id`, `instance-id`,
 *     `product`, `host-region` (strings), `number` (guint) and `start`
 *     (gint64, Unix ms)
 */
GstStructure *
gst_rtms_account_describe (GstRtmsFeed *feed, const gchar *name)
{
  const RtmsPayload *payload = gst_rtms_feed_get_payload (feed);
  g_autofree gchar *region = gst_rtms_placeholders_get_host_region (payload);

  return gst_structure_new (name,
      "stream-id", G_TYPE_STRING, payload->stream_id,
      "instance-id", G_TYPE_STRING, payload->instance_id,
      "product", G_TYPE_STRING, rtms_product_get_name (payload->product),
      "host-region", G_TYPE_STRING, region,
      "number", G_TYPE_UINT, gst_rtms_feed_get_values (feed)->number,
      "start", G_TYPE_INT64, gst_rtms_feed_get_result (feed)->start, NULL);
}

static void
report (GstRtmsAccount *account, GstRtmsFeed *feed, GstStructure *structure)
{
  account->callbacks->report (feed, structure, account->user_data);
}

/* The strings of @files as a GST_TYPE_ARRAY, which GStreamer can print. */
static void
set_files (GstStructure *structure, gchar **files)
{
  GValue array = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  for (; files && *files; files++) {
    GValue value = G_VALUE_INIT;

    g_value_init (&value, G_TYPE_STRING);
    g_value_set_string (&value, *files);
    gst_value_array_append_and_take_value (&array, &value);
  }
  gst_structure_take_value (structure, "files", &array);
}

/**
 * rtmswebhookbin message rtms-recording-revoked:
 * @stream-id: (string) of Zoom
 * @deleted: (gboolean) whether the files were deleted, by delete-revoked
 * @files: (array of strings) of the stream
 *
 * Consent was withdrawn: Zoom wants everything of the stream deleted.
 */
static void
set_optional_string (GstStructure *structure, const gchar *name,
    const gchar *value)
{
  if (value)
    gst_structure_set (structure, name, G_TYPE_STRING, value, NULL);
}

static gchar **
add_path (gchar **files, const gchar *path)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const gchar **) files);
  if (path)
    g_strv_builder_add (builder, path);
  return g_strv_builder_end (builder);
}

static GstStructure *
make_revocation (GstRtmsAccount *account, const gchar *stream_id,
    gchar **files)
{
  GstStructure *structure = gst_structure_new ("rtms-recording-revoked",
      "stream-id", G_TYPE_STRING, stream_id, "deleted", G_TYPE_BOOLEAN,
      account->config.delete_revoked, NULL);

  set_files (structure, files);
  for (; account->config.delete_revoked && files && *files; files++)
    g_unlink (*files);
  return structure;
}

static gboolean
authorize (GstRtmsFeed *feed, gpointer user_data)
{
  GstRtmsAccount *account = user_data;

  return account->callbacks->authorize (feed, account->user_data);
}

static void
setup (GstRtmsFeed *feed, GstElement *source, gpointer user_data)
{
  GstRtmsAccount *account = user_data;

  account->callbacks->setup (feed, source, account->user_data);
}

/**
 * rtmswebhookbin message rtms-stream-added:
 * @stream-id: (string) of Zoom
 * @instance-id: (string) of the meeting, webinar, session or engagement
 * @product: (string) of Zoom
 * @host-region: (string) in the name of the stream's server
 * @number: (guint) of the stream, counted from 1
 * @start: (gint64) Unix time in ms
 *
 * A stream is being connected to.
 */
static void
added (GstRtmsFeed *feed, gpointer user_data)
{
  report (user_data, feed, gst_rtms_account_describe (feed,
          "rtms-stream-added"));
}

static void
add_stats (GstRtmsAccountCounts *counts, const GstStructure *stats)
{
  guint64 value;
  gint64 round_trip;

  if (stats == NULL)
    return;
  if (gst_structure_get_uint64 (stats, "interruptions", &value))
    counts->reconnects += value;
  if (gst_structure_get_uint64 (stats, "keep-alives", &value))
    counts->keep_alives += value;
  if (gst_structure_get_int64 (stats, "keep-alive-rtt", &round_trip)
      && round_trip >= 0
      && (counts->round_trip == GST_CLOCK_TIME_NONE
          || (GstClockTime) round_trip > counts->round_trip))
    counts->round_trip = (GstClockTime) round_trip;
  for (gint i = 0; i < gst_structure_n_fields (stats); i++) {
    const gchar *name = gst_structure_nth_field_name (stats, (guint) i);
    const GValue *field = gst_structure_get_value (stats, name);
    const GstStructure *pad = GST_VALUE_HOLDS_STRUCTURE (field)
        ? gst_value_get_structure (field) : NULL;

    if (pad && gst_structure_get_uint64 (pad, "dropped", &value))
      counts->drops += value;
    for (RtmsMediaKind kind = 0; pad && kind < RTMS_N_MEDIA; kind++) {
      if (g_str_has_prefix (name, rtms_media_kind_get_name (kind))
          && gst_structure_get_uint64 (pad, "bytes", &value))
        counts->bytes[kind] += value;
    }
  }
}

/* Whether more may follow, that the stream has been stopped at Zoom does not
 * say: its webhook may be late, or lost. */
static void
remember_stop (GstRtmsAccount *account, const gchar *stream_id,
    gint64 timestamp, gint reason, gchar **files)
{
  Stop *stop = g_new0 (Stop, 1);

  stop->timestamp = timestamp;
  stop->reason = reason;
  stop->files = g_strdupv (files);
  rtms_history_add (account->stopped, stream_id, stop, get_now ());
}

static Stop *
find_stop (GstRtmsAccount *account, const gchar *stream_id)
{
  gpointer stop = NULL;

  rtms_history_lookup (account->stopped, stream_id, get_now (), &stop);
  return stop;
}

static GstRtmsWebhookResult take_started (GstRtmsAccount *account,
    const RtmsPayload *payload, const gchar *text);

/* The webhook of a stream that began anew while the one before ended. */
static void
start_again (GstRtmsAccount *account, const gchar *text)
{
  g_autoptr (RtmsPayload) payload = rtms_json_parse_webhook (text, -1, NULL);

  if (payload)
    take_started (account, payload, text);
}

/* Once it is over, or now if it is. */
static void
restart (GstRtmsFeed *feed, const gchar *text, gpointer user_data)
{
  GstRtmsAccount *account = user_data;
  const gchar *stream_id = gst_rtms_feed_get_payload (feed)->stream_id;
  gboolean is_ending;

  g_mutex_lock (&account->lock);
  is_ending = g_hash_table_lookup (account->feeds, stream_id) == feed;
  if (is_ending)
    g_hash_table_insert (account->restarts, g_strdup (stream_id),
        g_strdup (text));
  g_mutex_unlock (&account->lock);
  if (!is_ending)
    start_again (account, text);
}

static GstStructure *
describe_end (GstRtmsFeed *feed, const gchar *name)
{
  const GstRtmsFeedResult *result = gst_rtms_feed_get_result (feed);
  GstStructure *structure = gst_rtms_account_describe (feed, name);

  gst_structure_set (structure, "end", G_TYPE_INT64, result->end,
      "outcome", G_TYPE_STRING, gst_rtms_outcome_get_name (result->outcome),
      "reason", G_TYPE_INT, result->stop_reason, "reason-name", G_TYPE_STRING,
      rtms_stop_reason_get_name (result->stop_reason), NULL);
  if (result->problem)
    gst_structure_set (structure, "problem", G_TYPE_STRING, result->problem,
        NULL);
  set_files (structure, result->files);
  return structure;
}

/**
 * rtmswebhookbin message rtms-recording-complete:
 * @stream-id: (string) of Zoom
 * @instance-id: (string) of the meeting, webinar, session or engagement
 * @product: (string) of Zoom
 * @host-region: (string) in the name of the stream's server
 * @number: (guint) of the stream, counted from 1
 * @start: (gint64) Unix time in ms
 * @end: (gint64) Unix time in ms
 * @outcome: (string) complete, incomplete, refused or failed
 * @reason: (gint) Zoom's stop reason, 0 when unknown
 * @reason-name: (string) its name
 * @problem: (string) what went wrong, if anything did
 * @files: (array of strings) that were written
 * @manifest: (string) the path of the manifest, if one was written
 *
 * A stream's files are finished, as far as the outcome says.
 */

/**
 * rtmswebhookbin message rtms-stream-removed:
 * @stream-id: (string) of Zoom
 * @instance-id: (string) of the meeting, webinar, session or engagement
 * @product: (string) of Zoom
 * @host-region: (string) in the name of the stream's server
 * @number: (guint) of the stream, counted from 1
 * @start: (gint64) Unix time in ms
 * @end: (gint64) Unix time in ms
 * @outcome: (string) complete, incomplete, refused or failed
 * @reason: (gint) Zoom's stop reason, 0 when unknown
 * @reason-name: (string) its name
 * @problem: (string) what went wrong, if anything did
 * @files: (array of strings) that were written
 *
 * A stream is over, and all of its elements and pads are gone.
 */
static void
report_end (GstRtmsAccount *account, GstRtmsFeed *feed,
    const gchar *manifest, gboolean is_revoked)
{
  const GstRtmsFeedResult *result = gst_rtms_feed_get_result (feed);
  const gchar *stream_id = gst_rtms_feed_get_payload (feed)->stream_id;
  GstStructure *structure;

  if (result->outcome == GST_RTMS_OUTCOME_COMPLETE
      || result->outcome == GST_RTMS_OUTCOME_INCOMPLETE) {
    structure = describe_end (feed, "rtms-recording-complete");
    set_optional_string (structure, "manifest", manifest);
    report (account, feed, structure);
  }
  if (is_revoked) {
    g_auto (GStrv) files = add_path (result->files, manifest);

    report (account, feed, make_revocation (account, stream_id, files));
  }
  report (account, feed, describe_end (feed, "rtms-stream-removed"));
}

/* A later revocation is for this, too. */
static void
remember_manifest (GstRtmsAccount *account, GstRtmsFeed *feed,
    const gchar *manifest)
{
  Stop *stop;

  g_mutex_lock (&account->lock);
  stop = find_stop (account, gst_rtms_feed_get_payload (feed)->stream_id);
  if (stop) {
    g_strfreev (stop->files);
    stop->files = add_path (gst_rtms_feed_get_result (feed)->files,
        manifest);
  }
  g_mutex_unlock (&account->lock);
}

/* Takes the feed from the table: its place is free from here on. */
static GstRtmsFeed *
take_out (GstRtmsAccount *account, GstRtmsFeed *feed, gboolean *is_revoked)
{
  const gchar *stream_id = gst_rtms_feed_get_payload (feed)->stream_id;
  const GstRtmsFeedResult *result = gst_rtms_feed_get_result (feed);
  GstRtmsFeed *taken = NULL;
  gint reason = result->stop_reason;
  Stop *stop;

  g_mutex_lock (&account->lock);
  if (g_hash_table_steal_extended (account->feeds, stream_id, NULL,
          (gpointer *) &taken)) {
    account->counts.outcomes[result->outcome]++;
    add_stats (&account->counts, result->stats);
    account->n_ending++;
    stop = find_stop (account, stream_id);
    if (stop && stop->reason)
      reason = stop->reason;    /* a webhook that came in the last moment */
    remember_stop (account, stream_id, stop ? stop->timestamp
        : result->start, reason, result->files);
  }
  g_mutex_unlock (&account->lock);
  *is_revoked = reason == RTMS_STOP_REASON_STREAM_REVOKED;
  return taken;
}

/* Of the account whose feed is just being let go by this thread. */
static GPrivate letting_go;

static void
removed (GstRtmsFeed *feed, gpointer user_data)
{
  GstRtmsAccount *account = user_data;
  const gchar *stream_id = gst_rtms_feed_get_payload (feed)->stream_id;
  gboolean is_revoked, is_last;
  g_autoptr (GstRtmsFeed) taken = take_out (account, feed, &is_revoked);
  g_autofree gchar *text = NULL, *manifest = NULL;

  if (taken == NULL)
    return;
  g_private_set (&letting_go, account);
  manifest = account->callbacks->finished (feed, account->user_data);
  if (manifest)
    remember_manifest (account, feed, manifest);
  report_end (account, feed, manifest, is_revoked);
  g_private_set (&letting_go, NULL);

  g_mutex_lock (&account->lock);
  g_hash_table_steal_extended (account->restarts, stream_id, NULL,
      (gpointer *) &text);
  account->n_ending--;
  g_cond_broadcast (&account->ended);
  is_last = account->is_draining && !account->is_stopped
      && account->n_ending == 0 && g_hash_table_size (account->feeds) == 0;
  g_mutex_unlock (&account->lock);
  if (is_last)
    account->callbacks->drained (account->user_data);
  else if (text)
    start_again (account, text);
}

static const GstRtmsFeedCallbacks feed_callbacks = {
  .authorize = authorize,
  .setup = setup,
  .added = added,
  .restart = restart,
  .removed = removed,
};

static gboolean
has_room (GstRtmsAccount *account)
{
  return !account->is_draining && !account->is_stopped
      && g_hash_table_size (account->feeds) < account->config.max_streams;
}

/* A start that is older than the stop of the same stream was overtaken. */
static gboolean
was_stopped (GstRtmsAccount *account, const RtmsPayload *payload)
{
  const Stop *stop = find_stop (account, payload->stream_id);

  return stop && (payload->event_timestamp <= stop->timestamp
      || payload->event_timestamp <= 0);
}

static GstRtmsWebhookResult
take_started (GstRtmsAccount *account, const RtmsPayload *payload,
    const gchar *text)
{
  GstRtmsWebhookResult result = GST_RTMS_WEBHOOK_ACCEPTED;
  g_autoptr (GstRtmsFeed) feed = NULL;
  gboolean is_new = FALSE;

  g_mutex_lock (&account->lock);
  feed = g_hash_table_lookup (account->feeds, payload->stream_id);
  if (feed) {
    gst_rtms_feed_ref (feed);
  } else if (was_stopped (account, payload)) {
    result = GST_RTMS_WEBHOOK_IGNORED;
  } else if (!has_room (account)) {
    result = GST_RTMS_WEBHOOK_REFUSED;
  } else {
    is_new = TRUE;
    feed = gst_rtms_feed_new (account->bin, &account->config.feed, payload,
        text, (guint) ++account->counts.started, &feed_callbacks,
        gst_rtms_account_ref (account),
        (GDestroyNotify) gst_rtms_account_unref);
    g_hash_table_insert (account->feeds,
        (gpointer) gst_rtms_feed_get_payload (feed)->stream_id,
        gst_rtms_feed_ref (feed));
  }
  g_mutex_unlock (&account->lock);
  if (is_new)
    gst_rtms_feed_start (feed);
  else if (feed)
    gst_rtms_feed_take_webhook (feed, payload, text);
  return result;
}

static GstRtmsWebhookResult
take_interrupted (GstRtmsAccount *account, const RtmsPayload *payload,
    const gchar *text)
{
  g_autoptr (GstRtmsFeed) feed = NULL;

  g_mutex_lock (&account->lock);
  feed = g_hash_table_lookup (account->feeds, payload->stream_id);
  if (feed)
    gst_rtms_feed_ref (feed);
  g_mutex_unlock (&account->lock);
  if (feed == NULL)
    return GST_RTMS_WEBHOOK_IGNORED;
  gst_rtms_feed_take_webhook (feed, payload, text);
  return GST_RTMS_WEBHOOK_ACCEPTED;
}

static GstRtmsWebhookResult
take_stopped (GstRtmsAccount *account, const RtmsPayload *payload,
    const gchar *text)
{
  g_autoptr (GstRtmsFeed) feed = NULL;
  g_auto (GStrv) files = NULL;
  gboolean is_revoked;
  Stop *stop;

  g_mutex_lock (&account->lock);
  feed = g_hash_table_lookup (account->feeds, payload->stream_id);
  if (feed)
    gst_rtms_feed_ref (feed);
  stop = find_stop (account, payload->stream_id);
  files = stop ? g_strdupv (stop->files) : NULL;
  /* a feed tells of its revocation itself when it ends */
  is_revoked = payload->stop_reason == RTMS_STOP_REASON_STREAM_REVOKED
      && feed == NULL && stop
      && stop->reason != RTMS_STOP_REASON_STREAM_REVOKED;
  remember_stop (account, payload->stream_id, payload->event_timestamp,
      payload->stop_reason, files);
  g_hash_table_remove (account->restarts, payload->stream_id);
  g_mutex_unlock (&account->lock);
  if (feed)
    gst_rtms_feed_take_webhook (feed, payload, text);
  if (is_revoked)
    gst_rtms_serial_push (account->reports, make_revocation (account,
            payload->stream_id, files));
  return feed || is_revoked ? GST_RTMS_WEBHOOK_ACCEPTED
      : GST_RTMS_WEBHOOK_IGNORED;
}

static GstRtmsWebhookResult
take_stream_event (GstRtmsAccount *account, const RtmsPayload *payload,
    const gchar *text)
{
  switch (payload->event) {
    case RTMS_WEBHOOK_STARTED:
      return take_started (account, payload, text);
    case RTMS_WEBHOOK_INTERRUPTED:
      return take_interrupted (account, payload, text);
    case RTMS_WEBHOOK_STOPPED:
      return take_stopped (account, payload, text);
    case RTMS_WEBHOOK_OTHER:
    default:
      return GST_RTMS_WEBHOOK_IGNORED;
  }
}

static void
set_optional_int (GstStructure *structure, const gchar *name, gint value)
{
  if (value >= 0)
    gst_structure_set (structure, name, G_TYPE_INT, value, NULL);
}

/**
 * rtmswebhookbin message rtms-concurrency-limited:
 *
 * Zoom refused a stream, as too many are running. The fields are those of
 * `rtms-webhook`.
 */

/**
 * rtmswebhookbin message rtms-concurrency-near-limit:
 *
 * Soon Zoom will refuse streams. The fields are those of `rtms-webhook`.
 */

/**
 * rtmswebhookbin message rtms-start-failed:
 *
 * Zoom could not start a stream. The fields are those of `rtms-webhook`.
 */

/**
 * rtmswebhookbin message rtms-webhook:
 * @event: (string) its name
 * @timestamp: (gint64) Unix time in ms
 * @result: (string) what became of it
 * @stream-id: (string) where there is one, as all that follow
 * @instance-id: (string) of the meeting, webinar, session or engagement
 * @operator-id: (string) who started the stream
 * @concurrency-number: (gint) streams that are running
 * @concurrency-limit: (gint) streams that may run
 * @percentage: (gint) of the limit
 *
 * A webhook came that is none of the above.
 */

/* Every webhook is told, known or not. */
static void
report_webhook (GstRtmsAccount *account, const RtmsEnvelope *envelope,
    GstRtmsWebhookResult result)
{
  static const gchar *const names[] = {
    [RTMS_ENVELOPE_CONCURRENCY_LIMITED] = "rtms-concurrency-limited",
    [RTMS_ENVELOPE_CONCURRENCY_NEAR_LIMIT] = "rtms-concurrency-near-limit",
    [RTMS_ENVELOPE_START_FAILED] = "rtms-start-failed",
  };
  const gchar *name = (guint) envelope->kind < G_N_ELEMENTS (names)
      ? names[envelope->kind] : NULL;
  GstStructure *structure = gst_structure_new (name ? name : "rtms-webhook",
      "event", G_TYPE_STRING, envelope->event,
      "timestamp", G_TYPE_INT64, envelope->timestamp,
      "result", G_TYPE_STRING, gst_rtms_webhook_result_get_name (result),
      NULL);

  set_optional_string (structure, "stream-id", envelope->payload
      ? envelope->payload->stream_id : NULL);
  set_optional_string (structure, "instance-id", envelope->instance_id);
  set_optional_string (structure, "operator-id", envelope->operator_id);
  set_optional_int (structure, "concurrency-number",
      envelope->concurrency_number);
  set_optional_int (structure, "concurrency-limit",
      envelope->concurrency_limit);
  set_optional_int (structure, "percentage", envelope->percentage);
  gst_rtms_serial_push (account->reports, structure);
}

/**
 * gst_rtms_account_take:
 * @account: an account
 * @envelope: a webhook of its app
 * @text: the body that it came in
 *
 * Decides, and returns at once.
 */
GstRtmsWebhookResult
gst_rtms_account_take (GstRtmsAccount *account, const RtmsEnvelope *envelope,
    const gchar *text)
{
  GstRtmsWebhookResult result = GST_RTMS_WEBHOOK_IGNORED;

  if (envelope->payload)
    result = take_stream_event (account, envelope->payload, text);
  else if (envelope->kind != RTMS_ENVELOPE_OTHER)
    result = GST_RTMS_WEBHOOK_ACCEPTED;
  report_webhook (account, envelope, result);
  return result;
}

static GPtrArray *
copy_feeds (GstRtmsAccount *account)
{
  GPtrArray *feeds = g_ptr_array_new_with_free_func (
      (GDestroyNotify) gst_rtms_feed_unref);
  GHashTableIter iter;
  gpointer feed;

  g_mutex_lock (&account->lock);
  g_hash_table_iter_init (&iter, account->feeds);
  while (g_hash_table_iter_next (&iter, NULL, &feed))
    g_ptr_array_add (feeds, gst_rtms_feed_ref (feed));
  g_mutex_unlock (&account->lock);
  return feeds;
}

/* Takes no more streams and ends those that there are, as their sinks
 * allow. */
void
gst_rtms_account_drain (GstRtmsAccount *account)
{
  g_autoptr (GPtrArray) feeds = NULL;
  gboolean is_first, is_empty;

  g_mutex_lock (&account->lock);
  is_first = !account->is_draining;
  account->is_draining = TRUE;
  is_empty = account->n_ending == 0 && g_hash_table_size (account->feeds) == 0;
  g_mutex_unlock (&account->lock);
  if (!is_first)
    return;
  feeds = copy_feeds (account);
  for (guint i = 0; i < feeds->len; i++)
    gst_rtms_feed_close (g_ptr_array_index (feeds, i));
  if (is_empty)
    account->callbacks->drained (account->user_data);
}

/* Takes all streams away as they are. Returns when nothing is left to be
 * done. */
void
gst_rtms_account_stop (GstRtmsAccount *account)
{
  g_autoptr (GPtrArray) feeds = NULL;
  g_autoptr (GHashTable) table = NULL;

  g_mutex_lock (&account->lock);
  account->is_stopped = TRUE;
  g_mutex_unlock (&account->lock);
  feeds = copy_feeds (account);
  for (guint i = 0; i < feeds->len; i++)
    gst_rtms_feed_abandon (g_ptr_array_index (feeds, i));
  gst_rtms_serial_close (account->reports);
  g_mutex_lock (&account->lock);
  table = g_steal_pointer (&account->feeds);
  account->feeds = new_table ();
  while (account->n_ending > 0 && g_private_get (&letting_go) != account)
    g_cond_wait (&account->ended, &account->lock);
  g_mutex_unlock (&account->lock);
}

/* Whether a further stream would be taken. */
gboolean
gst_rtms_account_has_room (GstRtmsAccount *account)
{
  gboolean result;

  g_mutex_lock (&account->lock);
  result = has_room (account);
  g_mutex_unlock (&account->lock);
  return result;
}

/* @counts: (out caller-allocates): of all streams so far */
void
gst_rtms_account_get_counts (GstRtmsAccount *account,
    GstRtmsAccountCounts *counts)
{
  g_autoptr (GPtrArray) feeds = copy_feeds (account);

  g_mutex_lock (&account->lock);
  *counts = account->counts;
  g_mutex_unlock (&account->lock);
  counts->active = feeds->len;
  counts->round_trip = GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < feeds->len; i++) {
    GstStructure *stats = gst_rtms_feed_get_stats (
        g_ptr_array_index (feeds, i));

    add_stats (counts, stats);
    g_clear_pointer (&stats, gst_structure_free);
  }
}

void
gst_rtms_account_foreach (GstRtmsAccount *account, GstRtmsAccountFunc func,
    gpointer user_data)
{
  g_autoptr (GPtrArray) feeds = copy_feeds (account);

  for (guint i = 0; i < feeds->len; i++)
    func (g_ptr_array_index (feeds, i), user_data);
}
