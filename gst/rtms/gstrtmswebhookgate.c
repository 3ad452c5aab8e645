/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmswebhookgate.h"

#include "ext/crypto/rtmscrypto.h"
#include "ext/json/rtmsjson.h"
#include "ext/json/rtmsjsonwriter.h"

#define MAX_SKEW 300            /* s */
#define MAX_TIMESTAMP_DIGITS 12

struct _GstRtmsWebhookGate
{
  RtmsSecret *secret_token;
  GstRtmsWebhookFunc func;
  gpointer user_data;
  RtmsHistory *seen;            /* keys of events; the value is the result */
};

static const struct {
  const gchar *name;
  guint status;
} results[GST_RTMS_N_WEBHOOK_RESULTS] = {
  [GST_RTMS_WEBHOOK_ACCEPTED] = { "accepted", 200 },
  [GST_RTMS_WEBHOOK_VALIDATED] = { "validated", 200 },
  [GST_RTMS_WEBHOOK_DUPLICATE] = { "duplicate", 200 },
  [GST_RTMS_WEBHOOK_IGNORED] = { "ignored", 200 },
  [GST_RTMS_WEBHOOK_UNAUTHORIZED] = { "unauthorized", 401 },
  [GST_RTMS_WEBHOOK_MALFORMED] = { "malformed", 400 },
  [GST_RTMS_WEBHOOK_REFUSED] = { "refused", 503 },
};

const gchar *
gst_rtms_webhook_result_get_name (GstRtmsWebhookResult result)
{
  return results[result].name;
}

/* The HTTP status that tells Zoom. */
guint
gst_rtms_webhook_result_get_status (GstRtmsWebhookResult result)
{
  return results[result].status;
}

/**
 * gst_rtms_webhook_gate_new:
 * @secret_token: the app's secret token
 * @func: called for each event that is let in
 */
GstRtmsWebhookGate *
gst_rtms_webhook_gate_new (RtmsSecret *secret_token,
    GstRtmsWebhookFunc func, gpointer user_data)
{
  GstRtmsWebhookGate *gate = g_new0 (GstRtmsWebhookGate, 1);

  gate->secret_token = rtms_secret_ref (secret_token);
  gate->func = func;
  gate->user_data = user_data;
  gate->seen = rtms_history_new (NULL);
  return gate;
}

void
gst_rtms_webhook_gate_free (GstRtmsWebhookGate *gate)
{
  rtms_secret_unref (gate->secret_token);
  rtms_history_free (gate->seen);
  g_free (gate);
}

/* Digits alone: what g_ascii_strtoll() takes beside them would let one moment
 * be written in many ways. */
static gboolean
is_recent (const gchar *timestamp, gint64 unix_time)
{
  gint64 value = 0;
  guint n_digits = 0;

  for (const gchar *c = timestamp; *c; c++) {
    if (!g_ascii_isdigit (*c) || ++n_digits > MAX_TIMESTAMP_DIGITS)
      return FALSE;
    value = value * 10 + (*c - '0');
  }
  return n_digits > 0 && ABS (value - unix_time) <= MAX_SKEW;
}

static gboolean
is_authentic (GstRtmsWebhookGate *gate,
    const GstRtmsWebhookRequest *request)
{
  return request->timestamp && request->signature
      && rtms_crypto_verify_webhook (rtms_secret_get_text (gate->secret_token),
      request->timestamp, (const guint8 *) request->body,
      request->body_size, request->signature)
      && is_recent (request->timestamp, request->unix_time);
}

static gchar *
answer_validation (GstRtmsWebhookGate *gate, const gchar *plain_token)
{
  g_autofree gchar *encrypted = rtms_crypto_answer_url_validation (
      rtms_secret_get_text (gate->secret_token), plain_token);
  RtmsJsonWriter writer;

  if (encrypted == NULL)
    return NULL;
  rtms_json_writer_init (&writer);
  rtms_json_writer_begin_object (&writer, NULL);
  rtms_json_writer_add_string (&writer, "plainToken", plain_token);
  rtms_json_writer_add_string (&writer, "encryptedToken", encrypted);
  rtms_json_writer_end_object (&writer);
  return rtms_json_writer_finish (&writer);
}

static GstRtmsWebhookResult
hand_on (GstRtmsWebhookGate *gate, const RtmsEnvelope *envelope,
    const GstRtmsWebhookRequest *request)
{
  g_autofree gchar *key = rtms_envelope_get_key (envelope);
  g_autofree gchar *text = NULL;
  GstRtmsWebhookResult result;

  if (rtms_history_lookup (gate->seen, key, request->monotonic_time, NULL))
    return GST_RTMS_WEBHOOK_DUPLICATE;
  text = g_strndup (request->body, request->body_size);
  result = gate->func (envelope, text, gate->user_data);
  if (result != GST_RTMS_WEBHOOK_REFUSED)
    rtms_history_add (gate->seen, key, NULL, request->monotonic_time);
  return result;
}

/**
 * gst_rtms_webhook_gate_take:
 * @gate: a gate
 * @request: what came
 * @event: (out) (transfer full) (nullable): the event's name, once the request
 *     is known to be Zoom's
 * @answer: (out) (transfer full) (nullable): JSON to answer with
 *
 * Returns: what became of it
 */
GstRtmsWebhookResult
gst_rtms_webhook_gate_take (GstRtmsWebhookGate *gate,
    const GstRtmsWebhookRequest *request, gchar **event, gchar **answer)
{
  g_autoptr (RtmsEnvelope) envelope = NULL;

  *event = *answer = NULL;
  if (!is_authentic (gate, request))
    return GST_RTMS_WEBHOOK_UNAUTHORIZED;
  envelope = rtms_json_parse_envelope (request->body, request->body_size,
      NULL);
  if (envelope == NULL)
    return GST_RTMS_WEBHOOK_MALFORMED;
  *event = g_strdup (envelope->event);
  if (envelope->kind != RTMS_ENVELOPE_URL_VALIDATION)
    return hand_on (gate, envelope, request);
  *answer = answer_validation (gate, envelope->plain_token);
  return *answer ? GST_RTMS_WEBHOOK_VALIDATED : GST_RTMS_WEBHOOK_MALFORMED;
}
