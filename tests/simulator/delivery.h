/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a meeting's media messages get to their sockets: in order and whole,
 * unless a fault says otherwise. Keeps the books of it. */
#pragma once

#include "damage.h"
#include "packetlog.h"
#include "socket.h"

G_BEGIN_DECLS

typedef struct _SimDelivery SimDelivery;

SimDelivery *sim_delivery_new (
    SimSimulator *simulator, guint meeting_number, SimTally *tally);
void sim_delivery_free (SimDelivery *delivery);
/* The next so many messages of a medium are damaged, after those that are to
 * be damaged already; to reorder, so many are held back and then sent in
 * reverse. No damage takes it all back. */
void sim_delivery_damage (
    SimDelivery *delivery, SimMedium medium, SimDamage damage, guint times);
/* A socket for this medium has come; what was held back for the one before
 * is lost. */
void sim_delivery_join (SimDelivery *delivery, SimMedium medium);
/* Takes @text. @data is the payload in it. */
void sim_delivery_send (SimDelivery *delivery, SimSocket *socket, GString *text,
    const SimSent *sent, gconstpointer data, gsize size);
/* For each medium how often it was joined, and how many packets were
 * delivered, after a recovery, and damaged. */
JsonObject *sim_delivery_to_json (SimDelivery *delivery);

G_END_DECLS
