/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ext/crypto/rtmssecret.h"
#include "protocol/rtmsenvelope.h"

G_BEGIN_DECLS

/**
 * GstRtmsWebhookResult:
 * @GST_RTMS_WEBHOOK_ACCEPTED: it was handed on
 * @GST_RTMS_WEBHOOK_VALIDATED: a URL validation was answered
 * @GST_RTMS_WEBHOOK_DUPLICATE: it came before; answered as then
 * @GST_RTMS_WEBHOOK_IGNORED: it says nothing to be done
 * @GST_RTMS_WEBHOOK_UNAUTHORIZED: not signed by Zoom, or too long ago
 * @GST_RTMS_WEBHOOK_MALFORMED: not a webhook that can be read
 * @GST_RTMS_WEBHOOK_REFUSED: there is no room now; Zoom tries again
 *
 * What became of a request.
 */
typedef enum {
  GST_RTMS_WEBHOOK_ACCEPTED,
  GST_RTMS_WEBHOOK_VALIDATED,
  GST_RTMS_WEBHOOK_DUPLICATE,
  GST_RTMS_WEBHOOK_IGNORED,
  GST_RTMS_WEBHOOK_UNAUTHORIZED,
  GST_RTMS_WEBHOOK_MALFORMED,
  GST_RTMS_WEBHOOK_REFUSED,
  GST_RTMS_N_WEBHOOK_RESULTS,
} GstRtmsWebhookResult;

const gchar *gst_rtms_webhook_result_get_name (GstRtmsWebhookResult result);
guint gst_rtms_webhook_result_get_status (GstRtmsWebhookResult result);

/**
 * GstRtmsWebhookRequest:
 * @timestamp: (nullable): the header `x-zm-request-timestamp`
 * @signature: (nullable): the header `x-zm-signature`
 * @body: as it came; not NUL-terminated
 * @unix_time: now, in seconds
 * @monotonic_time: now, in seconds, by a clock that nobody sets
 */
typedef struct {
  const gchar *timestamp;
  const gchar *signature;
  const gchar *body;
  gsize body_size;
  gint64 unix_time;
  gint64 monotonic_time;
} GstRtmsWebhookRequest;

/* @text is the body, NUL-terminated. Returns ACCEPTED, IGNORED or REFUSED;
 * refused ones are not remembered, so that they may come again. */
typedef GstRtmsWebhookResult (*GstRtmsWebhookFunc) (
    const RtmsEnvelope *envelope, const gchar *text, gpointer user_data);

/**
 * GstRtmsWebhookGate:
 *
 * Lets in what Zoom signed, and each event once. It knows no sockets and no
 * clock, and is used by one thread at a time.
 */
typedef struct _GstRtmsWebhookGate GstRtmsWebhookGate;

GstRtmsWebhookGate *gst_rtms_webhook_gate_new (RtmsSecret *secret_token,
    GstRtmsWebhookFunc func, gpointer user_data);
void gst_rtms_webhook_gate_free (GstRtmsWebhookGate *gate);
GstRtmsWebhookResult gst_rtms_webhook_gate_take (GstRtmsWebhookGate *gate,
    const GstRtmsWebhookRequest *request, gchar **event, gchar **answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstRtmsWebhookGate,
    gst_rtms_webhook_gate_free)

G_END_DECLS
