/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* POSTs signed webhook events, as Zoom does to an app. */
#pragma once

#include "json.h"
#include "options.h"

G_BEGIN_DECLS

typedef struct _SimWebhook SimWebhook;

/* @done is called whenever the last event under way was delivered or given
 * up. */
SimWebhook *sim_webhook_new (const gchar *url, const gchar *secret_token,
    void (*done) (gpointer), gpointer user_data);
void sim_webhook_free (SimWebhook *webhook);
/* Events leave one after another in this order. Does nothing on NULL. */
void sim_webhook_post (SimWebhook *webhook, JsonObject *envelope);
typedef enum {
  SIM_WEBHOOK_GOOD,
  SIM_WEBHOOK_DUPLICATE,
  SIM_WEBHOOK_DELAY, /* others overtake it */
  SIM_WEBHOOK_LOSE,
  SIM_WEBHOOK_SWAP, /* it comes after the next one */
} SimWebhookFault;

/* What becomes of the next so many events; @delay is in ms. Does nothing on
 * NULL. */
void sim_webhook_set_fault (
    SimWebhook *webhook, SimWebhookFault fault, guint times, guint delay);
gboolean sim_webhook_is_busy (SimWebhook *webhook);

G_END_DECLS
