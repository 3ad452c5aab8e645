/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The events that a client subscribed to, and those events themselves. */
#pragma once

#include "scene.h"
#include "socket.h"

G_BEGIN_DECLS

typedef struct _SimSubscription SimSubscription;

SimSubscription *sim_subscription_new (
    SimSimulator *simulator, guint meeting_number);
void sim_subscription_free (SimSubscription *subscription);
/* A new signaling connection subscribes anew. */
void sim_subscription_reset (SimSubscription *subscription);

/* EVENT_SUBSCRIPTION. @position is the media time. */
void sim_subscription_handle (SimSubscription *subscription,
    SimSocket *signaling, JsonObject *object, gint64 position);
/* From here on events can be sent. @signaling may be NULL in all of these. */
void sim_subscription_set_started (SimSubscription *subscription,
    SimSocket *signaling, gint64 epoch, gint64 position);
void sim_subscription_send_cue (SimSubscription *subscription,
    SimSocket *signaling, const SimCue *cue, gint64 timestamp);
void sim_subscription_send_end (
    SimSubscription *subscription, SimSocket *signaling);

G_END_DECLS
