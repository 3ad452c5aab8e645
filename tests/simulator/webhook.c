/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webhook.h"

#include <libsoup/soup.h>
#include <string.h>

#include "signature.h"
#include "simulator.h"

#define MAX_ATTEMPTS 4
#define RETRY_DELAY 1000 /* ms */
#define TIMEOUT 5        /* seconds */

struct _SimWebhook {
  SoupSession *session;
  gchar *url;
  gchar *secret_token;
  GQueue waiting; /* of JSON texts; the head is under way */
  guint attempts;
  guint retry_source;
  SimWebhookFault fault;
  guint times; /* of the fault */
  guint delay; /* ms */
  GPtrArray *late;
  gchar *swapped;
  GCancellable *cancellable;
  void (*done) (gpointer);
  gpointer user_data;
};

static void send_head (SimWebhook *webhook);
static void free_late (gpointer data);

SimWebhook *
sim_webhook_new (const gchar *url, const gchar *secret_token,
    void (*done) (gpointer), gpointer user_data)
{
  SimWebhook *webhook = g_new0 (SimWebhook, 1);

  webhook->session = soup_session_new_with_options ("timeout", TIMEOUT,
      "user-agent", "rtms-simulator/" PACKAGE_VERSION, NULL);
  webhook->url = g_strdup (url);
  webhook->secret_token = g_strdup (secret_token);
  webhook->cancellable = g_cancellable_new ();
  webhook->done = done;
  webhook->user_data = user_data;
  g_queue_init (&webhook->waiting);
  webhook->late = g_ptr_array_new_with_free_func (free_late);
  return webhook;
}

void
sim_webhook_free (SimWebhook *webhook)
{
  if (webhook->retry_source != 0)
    g_source_remove (webhook->retry_source);
  g_cancellable_cancel (webhook->cancellable);
  soup_session_abort (webhook->session);
  g_object_unref (webhook->cancellable);
  g_object_unref (webhook->session);
  g_queue_clear_full (&webhook->waiting, g_free);
  g_ptr_array_unref (webhook->late);
  g_free (webhook->swapped);
  g_free (webhook->url);
  g_free (webhook->secret_token);
  g_free (webhook);
}

static void
finish_head (SimWebhook *webhook)
{
  g_free (g_queue_pop_head (&webhook->waiting));
  webhook->attempts = 0;
  if (webhook->waiting.length > 0)
    send_head (webhook);
  else
    webhook->done (webhook->user_data);
}

static gboolean
on_retry (gpointer user_data)
{
  SimWebhook *webhook = user_data;

  webhook->retry_source = 0;
  send_head (webhook);
  return G_SOURCE_REMOVE;
}

static void
on_answer (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SoupMessage *message
      = soup_session_get_async_result_message (SOUP_SESSION (object), result);
  g_autoptr (GError) error = NULL;
  GBytes *body = soup_session_send_and_read_finish (
      SOUP_SESSION (object), result, &error);
  g_autofree gchar *event = NULL;
  SimWebhook *webhook;
  guint status;

  /* What the app says is of no interest, only whether it took the event. */
  g_clear_pointer (&body, g_bytes_unref);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  webhook = user_data;
  status = soup_message_get_status (message);
  event = g_strdup (g_object_get_data (G_OBJECT (message), "event"));
  if (error == NULL && SOUP_STATUS_IS_SUCCESSFUL (status)) {
    sim_log ("webhook %s: %u", event, status);
    finish_head (webhook);
    return;
  }
  if (error != NULL)
    sim_log ("webhook %s: %s", event, error->message);
  else
    sim_log ("webhook %s: %u", event, status);
  if (webhook->attempts >= MAX_ATTEMPTS) {
    g_printerr ("rtms-simulator: webhook %s given up after %d attempts\n",
        event, MAX_ATTEMPTS);
    finish_head (webhook);
    return;
  }
  webhook->retry_source = g_timeout_add (RETRY_DELAY, on_retry, webhook);
}

static void
send_head (SimWebhook *webhook)
{
  const gchar *text = g_queue_peek_head (&webhook->waiting);
  g_autoptr (SoupMessage) message
      = soup_message_new (SOUP_METHOD_POST, webhook->url);
  g_autoptr (JsonObject) envelope = sim_json_parse (text, strlen (text));
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autofree gchar *timestamp = g_strdup_printf (
      "%" G_GINT64_FORMAT, g_get_real_time () / G_USEC_PER_SEC);
  g_autofree gchar *signed_text = g_strdup_printf ("v0:%s:%s", timestamp, text);
  g_autofree gchar *digest = sim_signature_hmac (
      webhook->secret_token, signed_text, strlen (signed_text));
  g_autofree gchar *signature = g_strconcat ("v0=", digest, NULL);
  SoupMessageHeaders *headers;

  if (message == NULL) {
    g_printerr (
        "rtms-simulator: \"%s\" is no URL for webhooks\n", webhook->url);
    finish_head (webhook);
    return;
  }
  webhook->attempts++;
  headers = soup_message_get_request_headers (message);
  soup_message_headers_replace (headers, "x-zm-request-timestamp", timestamp);
  soup_message_headers_replace (headers, "x-zm-signature", signature);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  g_object_set_data_full (G_OBJECT (message), "event",
      g_strdup (json_object_get_string_member (envelope, "event")), g_free);
  soup_session_send_and_read_async (webhook->session, message,
      G_PRIORITY_DEFAULT, webhook->cancellable, on_answer, webhook);
}

static void
push (SimWebhook *webhook, gchar *text)
{
  g_queue_push_tail (&webhook->waiting, text);
  if (webhook->waiting.length == 1)
    send_head (webhook);
}

typedef struct {
  SimWebhook *webhook;
  gchar *text;
  guint source;
} Late;

static void
free_late (gpointer data)
{
  Late *late = data;

  if (late->source != 0)
    g_source_remove (late->source);
  g_free (late->text);
  g_free (late);
}

static gboolean
on_late (gpointer user_data)
{
  Late *late = user_data;
  SimWebhook *webhook = late->webhook;

  late->source = 0;
  push (webhook, g_steal_pointer (&late->text));
  g_ptr_array_remove_fast (webhook->late, late);
  return G_SOURCE_REMOVE;
}

static void
push_late (SimWebhook *webhook, gchar *text)
{
  Late *late = g_new0 (Late, 1);

  late->webhook = webhook;
  late->text = text;
  late->source = g_timeout_add (webhook->delay, on_late, late);
  g_ptr_array_add (webhook->late, late);
}

void
sim_webhook_post (SimWebhook *webhook, JsonObject *envelope)
{
  SimWebhookFault fault = SIM_WEBHOOK_GOOD;
  gchar *text;

  if (webhook == NULL)
    return;
  text = sim_json_print (envelope);
  if (webhook->times > 0) {
    fault = webhook->fault;
    webhook->times--;
  }
  switch (fault) {
  case SIM_WEBHOOK_LOSE:
    g_free (text);
    break;
  case SIM_WEBHOOK_DELAY:
    push_late (webhook, text);
    break;
  case SIM_WEBHOOK_SWAP:
    g_free (webhook->swapped);
    webhook->swapped = text;
    break;
  default:
    if (fault == SIM_WEBHOOK_DUPLICATE)
      push (webhook, g_strdup (text));
    push (webhook, text);
    if (webhook->swapped != NULL)
      push (webhook, g_steal_pointer (&webhook->swapped));
    break;
  }
}

void
sim_webhook_set_fault (
    SimWebhook *webhook, SimWebhookFault fault, guint times, guint delay)
{
  if (webhook == NULL)
    return;
  webhook->fault = fault;
  webhook->times = times;
  webhook->delay = delay;
}

gboolean
sim_webhook_is_busy (SimWebhook *webhook)
{
  return webhook != NULL
         && (webhook->waiting.length > 0 || webhook->late->len > 0);
}
