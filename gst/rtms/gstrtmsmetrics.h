/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstrtmsaccount.h"

G_BEGIN_DECLS

/**
 * GstRtmsMetrics:
 *
 * Counts webhooks, and writes what is counted for Prometheus. Its functions
 * may be called from any thread.
 */
typedef struct _GstRtmsMetrics GstRtmsMetrics;

GstRtmsMetrics *gst_rtms_metrics_new (void);
void gst_rtms_metrics_free (GstRtmsMetrics *metrics);
void gst_rtms_metrics_count_webhook (GstRtmsMetrics *metrics,
    const gchar *event, GstRtmsWebhookResult result);
void gst_rtms_metrics_add_webhooks (GstRtmsMetrics *metrics,
    GstStructure *stats);
gchar *gst_rtms_metrics_format (GstRtmsMetrics *metrics,
    GstRtmsAccount *account);

G_END_DECLS
