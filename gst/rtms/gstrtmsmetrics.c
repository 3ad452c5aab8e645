/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsmetrics.h"

/* Zoom's events, so that there is a bounded number of counters. What is
 * not signed by Zoom has no event. */
static const gchar *const events[] = {
  "meeting.rtms_started", "meeting.rtms_interrupted", "meeting.rtms_stopped",
  "webinar.rtms_started", "webinar.rtms_interrupted", "webinar.rtms_stopped",
  "session.rtms_started", "session.rtms_interrupted", "session.rtms_stopped",
  "contact_center.voice_rtms_started",
  "contact_center.voice_rtms_interrupted",
  "contact_center.voice_rtms_stopped", "rtms.concurrency_limited",
  "rtms.concurrency_near_limit", "rtms.start_failed",
  "endpoint.url_validation", "other", "none",
};

#define EVENT_OTHER (G_N_ELEMENTS (events) - 2)
#define EVENT_NONE (G_N_ELEMENTS (events) - 1)

struct _GstRtmsMetrics
{
  GMutex lock;
  guint64 webhooks[G_N_ELEMENTS (events)][GST_RTMS_N_WEBHOOK_RESULTS];
};

GstRtmsMetrics *
gst_rtms_metrics_new (void)
{
  GstRtmsMetrics *metrics = g_new0 (GstRtmsMetrics, 1);

  g_mutex_init (&metrics->lock);
  return metrics;
}

void
gst_rtms_metrics_free (GstRtmsMetrics *metrics)
{
  g_mutex_clear (&metrics->lock);
  g_free (metrics);
}

static guint
find_event (const gchar *event)
{
  guint i;

  if (event == NULL)
    return EVENT_NONE;
  for (i = 0; i < EVENT_OTHER; i++) {
    if (g_str_equal (event, events[i]))
      break;
  }
  return i;
}

/* @event: (nullable): of a request that is Zoom's */
void
gst_rtms_metrics_count_webhook (GstRtmsMetrics *metrics, const gchar *event,
    GstRtmsWebhookResult result)
{
  g_mutex_lock (&metrics->lock);
  metrics->webhooks[find_event (event)][result]++;
  g_mutex_unlock (&metrics->lock);
}

/* Adds a field for each result, over all events. */
void
gst_rtms_metrics_add_webhooks (GstRtmsMetrics *metrics, GstStructure *stats)
{
  for (GstRtmsWebhookResult r = 0; r < GST_RTMS_N_WEBHOOK_RESULTS; r++) {
    g_autofree gchar *name = g_strconcat ("webhooks-",
        gst_rtms_webhook_result_get_name (r), NULL);
    guint64 sum = 0;

    g_mutex_lock (&metrics->lock);
    for (guint i = 0; i < G_N_ELEMENTS (events); i++)
      sum += metrics->webhooks[i][r];
    g_mutex_unlock (&metrics->lock);
    gst_structure_set (stats, name, G_TYPE_UINT64, sum, NULL);
  }
}

static void
begin (GString *text, const gchar *name, const gchar *type,
    const gchar *help)
{
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n", name, help,
      name, type);
}

static void
add_value (GString *text, const gchar *name, const gchar *labels,
    guint64 value)
{
  g_string_append_printf (text, "%s%s %" G_GUINT64_FORMAT "\n", name, labels,
      value);
}

static void
format_webhooks (GstRtmsMetrics *metrics, GString *text)
{
  begin (text, "rtms_webhooks_total", "counter",
      "Webhook requests by event and by what became of them.");
  g_mutex_lock (&metrics->lock);
  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    for (GstRtmsWebhookResult r = 0; r < GST_RTMS_N_WEBHOOK_RESULTS; r++) {
      g_autofree gchar *labels = g_strdup_printf (
          "{event=\"%s\",result=\"%s\"}", events[i],
          gst_rtms_webhook_result_get_name (r));

      if (metrics->webhooks[i][r])
        add_value (text, "rtms_webhooks_total", labels,
            metrics->webhooks[i][r]);
    }
  }
  g_mutex_unlock (&metrics->lock);
}

static void
format_counts (const GstRtmsAccountCounts *counts, GString *text)
{
  begin (text, "rtms_active_streams", "gauge",
      "Streams that are being received.");
  add_value (text, "rtms_active_streams", "", counts->active);
  begin (text, "rtms_streams_total", "counter",
      "Streams that are over, by outcome.");
  for (GstRtmsOutcome i = 0; i < GST_RTMS_N_OUTCOMES; i++) {
    g_autofree gchar *labels = g_strdup_printf ("{outcome=\"%s\"}",
        gst_rtms_outcome_get_name (i));

    add_value (text, "rtms_streams_total", labels, counts->outcomes[i]);
  }
  begin (text, "rtms_bytes_total", "counter",
      "Bytes of media received, by medium.");
  for (RtmsMediaKind i = 0; i < RTMS_N_MEDIA; i++) {
    g_autofree gchar *labels = g_strdup_printf ("{media=\"%s\"}",
        rtms_media_kind_get_name (i));

    add_value (text, "rtms_bytes_total", labels, counts->bytes[i]);
  }
  begin (text, "rtms_reconnects_total", "counter",
      "Connections that were lost and taken up again.");
  add_value (text, "rtms_reconnects_total", "", counts->reconnects);
  begin (text, "rtms_drops_total", "counter",
      "Buffers that were dropped as what follows was too slow.");
  add_value (text, "rtms_drops_total", "", counts->drops);
}

/* Zoom asks and we answer: what can be told is how often. */
static void
format_keep_alives (const GstRtmsAccountCounts *counts, GString *text)
{
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  begin (text, "rtms_keepalives_total", "counter",
      "Keep-alives of Zoom's servers that were answered.");
  add_value (text, "rtms_keepalives_total", "", counts->keep_alives);
  if (counts->round_trip == GST_CLOCK_TIME_NONE)
    return;
  begin (text, "rtms_keepalive_rtt_seconds", "gauge",
      "The longest of the streams' round trips to Zoom.");
  g_string_append_printf (text, "rtms_keepalive_rtt_seconds %s\n",
      g_ascii_formatd (number, sizeof number, "%.6f",
          (gdouble) counts->round_trip / GST_SECOND));
}

/**
 * gst_rtms_metrics_format:
 * @metrics: metrics
 * @account: (nullable): whose streams
 *
 * Returns: (transfer full): Prometheus' text format
 */
gchar *
gst_rtms_metrics_format (GstRtmsMetrics *metrics, GstRtmsAccount *account)
{
  GString *text = g_string_new (NULL);
  GstRtmsAccountCounts counts = { .round_trip = GST_CLOCK_TIME_NONE };

  if (account)
    gst_rtms_account_get_counts (account, &counts);
  format_counts (&counts, text);
  format_keep_alives (&counts, text);
  format_webhooks (metrics, text);
  return g_string_free (text, FALSE);
}
