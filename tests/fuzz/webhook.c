/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A request to the webhook server: its headers and body. The first byte says
 * whether the body is signed as Zoom does, and when; else the headers are the
 * first two lines of the input. */

#include <string.h>

#include "ext/crypto/rtmscrypto.h"
#include "fuzz.h"
#include "gst/rtms/gstrtmswebhookgate.h"

#define TOKEN "a secret token"
#define NOW G_GINT64_CONSTANT (1738392033)
/* A request may be that old, or that far ahead. */
#define MAX_SKEW 300

static guint n_handed_on;

static GstRtmsWebhookResult
on_event (const RtmsEnvelope *envelope, const gchar *text,
    gpointer user_data)
{
  n_handed_on++;
  fuzz_assert_is_line (envelope->event);
  if (envelope->instance_id)
    fuzz_assert_is_line (envelope->instance_id);
  if (envelope->operator_id)
    fuzz_assert_is_line (envelope->operator_id);
  return envelope->kind == RTMS_ENVELOPE_STREAM ? GST_RTMS_WEBHOOK_ACCEPTED
      : GST_RTMS_WEBHOOK_IGNORED;
}

static GstRtmsWebhookResult
take (GstRtmsWebhookGate *gate, const GstRtmsWebhookRequest *request)
{
  g_autofree gchar *event = NULL, *answer = NULL;
  GstRtmsWebhookResult result = gst_rtms_webhook_gate_take (gate, request,
      &event, &answer);

  if (event)
    fuzz_assert_is_line (event);
  g_assert_true ((answer != NULL) == (result == GST_RTMS_WEBHOOK_VALIDATED));
  /* Whoever has an answer has signed nothing that a webhook could be. */
  if (answer) {
    g_assert_nonnull (strstr (answer, "encryptedToken"));
    g_assert_null (strstr (answer, "v0:"));
  }
  return result;
}

static void
take_signed (GstRtmsWebhookGate *gate, GstRtmsWebhookRequest *request,
    gint64 age)
{
  g_autofree gchar *timestamp = g_strdup_printf ("%" G_GINT64_FORMAT,
      NOW - age);
  g_autofree gchar *signature = rtms_crypto_sign_webhook (TOKEN, timestamp,
      (const guint8 *) request->body, request->body_size);
  GstRtmsWebhookResult result;

  request->timestamp = timestamp;
  request->signature = signature;
  result = take (gate, request);
  g_assert_true ((result == GST_RTMS_WEBHOOK_UNAUTHORIZED)
      == (ABS (age) > MAX_SKEW));
  if (result != GST_RTMS_WEBHOOK_ACCEPTED
      && result != GST_RTMS_WEBHOOK_IGNORED)
    return;
  g_assert_cmpuint (n_handed_on, ==, 1);
  /* The same again changes nothing. */
  g_assert_cmpint (take (gate, request), ==, GST_RTMS_WEBHOOK_DUPLICATE);
  g_assert_cmpuint (n_handed_on, ==, 1);
}

/* Nobody guesses a signature. */
static void
take_unsigned (GstRtmsWebhookGate *gate, GstRtmsWebhookRequest *request)
{
  g_autofree gchar *text = g_strndup (request->body, request->body_size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 3);

  request->timestamp = lines[0];
  request->signature = lines[0] ? lines[1] : NULL;
  g_assert_cmpint (take (gate, request), ==, GST_RTMS_WEBHOOK_UNAUTHORIZED);
  g_assert_cmpuint (n_handed_on, ==, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  g_autoptr (RtmsSecret) token = rtms_secret_new (TOKEN);
  g_autoptr (GstRtmsWebhookGate) gate = gst_rtms_webhook_gate_new (token,
      on_event, NULL);
  GstRtmsWebhookRequest request = { .unix_time = NOW };

  if (size == 0)
    return 0;
  n_handed_on = 0;
  request.body = (const gchar *) bytes + 1;
  request.body_size = size - 1;
  if (bytes[0] < 200)
    take_signed (gate, &request, (bytes[0] - 100) * 4);
  else
    take_unsigned (gate, &request);
  return 0;
}
