/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that the server sends about a stream. Each function makes a new
 * object; timestamps are Unix ms. */
#pragma once

#include "json.h"
#include "options.h"
#include "protocol.h"
#include "scene.h"

G_BEGIN_DECLS

JsonObject *sim_event_stream_state (SimStreamState state, SimStopReason reason);
JsonObject *sim_event_session_state (
    const gchar *session_id, SimSessionState state, SimStopReason reason);
JsonObject *sim_event_response (SimMessageType type);

/* EVENT_UPDATE; the members of "event" can be added to *@event. */
JsonObject *sim_event_update (
    SimEventType type, gint64 timestamp, JsonObject **event);
/* EVENT_UPDATE of a Contact Center voice stream. */
JsonObject *sim_event_voice_update (SimEventType type, gint64 timestamp,
    const SimPerson *person, gboolean consumer);
/* Adds {user_id, user_name} (the name only on @with_name) to "participants". */
void sim_event_add_participant (
    JsonObject *event, const SimPerson *person, gboolean with_name);

/* The envelope of a webhook, e.g. for "rtms_started". @reason is left out when
 * it is 0, @url when it is NULL. */
JsonObject *sim_event_webhook (SimProduct product, const gchar *name,
    const gchar *uuid, const gchar *stream_id, const gchar *url, gint reason,
    gint64 timestamp);

/* What webhooks give as stop_reason; products count differently. */
gint sim_event_webhook_reason (SimProduct product, SimStopReason reason);

G_END_DECLS
