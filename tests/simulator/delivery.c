/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "delivery.h"

typedef struct {
  GString *text;
  SimSent sent;
  GBytes *data;
} Held;

typedef struct {
  SimDamage damage;
  guint times;
} Order;

typedef struct {
  GQueue orders; /* of Order */
  GQueue held;   /* of Held */
  guint joined;
  guint64 delivered;
  guint64 recovered;
  guint64 damaged;
} Way;

struct _SimDelivery {
  SimSimulator *simulator;
  guint meeting_number;
  SimTally *tally;
  Way ways[SIM_N_MEDIA];
};

SimDelivery *
sim_delivery_new (
    SimSimulator *simulator, guint meeting_number, SimTally *tally)
{
  SimDelivery *delivery = g_new0 (SimDelivery, 1);

  delivery->simulator = simulator;
  delivery->meeting_number = meeting_number;
  delivery->tally = tally;
  for (guint i = 0; i < SIM_N_MEDIA; i++)
    g_queue_init (&delivery->ways[i].held);
  for (guint i = 0; i < SIM_N_MEDIA; i++)
    g_queue_init (&delivery->ways[i].orders);
  return delivery;
}

static void
free_held (gpointer data)
{
  Held *held = data;

  g_string_free (held->text, TRUE);
  g_bytes_unref (held->data);
  g_free (held);
}

void
sim_delivery_free (SimDelivery *delivery)
{
  for (guint i = 0; i < SIM_N_MEDIA; i++) {
    g_queue_clear_full (&delivery->ways[i].held, free_held);
    g_queue_clear_full (&delivery->ways[i].orders, g_free);
  }
  g_free (delivery);
}

void
sim_delivery_damage (
    SimDelivery *delivery, SimMedium medium, SimDamage damage, guint times)
{
  Way *way = &delivery->ways[medium];
  Order *order;

  if (damage == SIM_DAMAGE_NONE)
    g_queue_clear_full (&way->orders, g_free);
  if (damage == SIM_DAMAGE_NONE || times == 0)
    return;
  order = g_new0 (Order, 1);
  order->damage = damage;
  order->times = times;
  g_queue_push_tail (&way->orders, order);
}

void
sim_delivery_join (SimDelivery *delivery, SimMedium medium)
{
  delivery->ways[medium].joined++;
  g_queue_clear_full (&delivery->ways[medium].held, free_held);
}

static void
write_out (SimDelivery *delivery, SimSocket *socket, GString *text,
    SimDamage damage, const SimSent *sent, gconstpointer data, gsize size)
{
  Way *way = &delivery->ways[sent->medium];
  gboolean whole = sim_damage_spares_payload (damage);

  if (!sim_socket_is_open (socket))
    return;
  sim_socket_send_text (socket, text->str, text->len);
  sim_packet_log_add (sim_simulator_get_packet_log (delivery->simulator),
      delivery->meeting_number, socket->number, socket->n_sent, way->joined,
      damage == SIM_DAMAGE_NONE ? NULL : sim_damage_name (damage), sent, data,
      size);
  if (!whole) {
    way->damaged++;
    return;
  }
  way->delivered++;
  way->recovered += way->joined > 1 ? 1 : 0;
  sim_tally_add (delivery->tally, sent, data, size);
}

static void
hold (Way *way, GString *text, const SimSent *sent, gconstpointer data,
    gsize size)
{
  Held *held = g_new0 (Held, 1);

  held->text = text;
  held->sent = *sent;
  held->data = g_bytes_new (data, size);
  g_queue_push_head (&way->held, held);
}

static void
release_held (SimDelivery *delivery, SimSocket *socket, Way *way)
{
  Held *held;

  while ((held = g_queue_pop_head (&way->held)) != NULL) {
    gsize size;
    gconstpointer data = g_bytes_get_data (held->data, &size);

    write_out (delivery, socket, held->text, SIM_DAMAGE_REORDER, &held->sent,
        data, size);
    free_held (held);
  }
}

/* What is to happen to the next message; @last of its kind in a row. */
static SimDamage
take_damage (Way *way, gboolean is_text, gboolean *last)
{
  Order *order = g_queue_peek_head (&way->orders);
  SimDamage damage;

  if (order == NULL)
    return SIM_DAMAGE_NONE;
  /* Text is not in base64, and nobody says how long it is. */
  damage = order->damage;
  if (is_text && (damage == SIM_DAMAGE_BASE64 || damage == SIM_DAMAGE_LENGTH))
    return SIM_DAMAGE_NONE;
  *last = --order->times == 0;
  if (*last)
    g_free (g_queue_pop_head (&way->orders));
  return damage;
}

void
sim_delivery_send (SimDelivery *delivery, SimSocket *socket, GString *text,
    const SimSent *sent, gconstpointer data, gsize size)
{
  Way *way = &delivery->ways[sent->medium];
  gboolean last = FALSE;
  SimDamage damage
      = take_damage (way, sent->medium >= SIM_MEDIUM_TRANSCRIPT, &last);

  if (damage == SIM_DAMAGE_REORDER) {
    hold (way, text, sent, data, size);
    if (last)
      release_held (delivery, socket, way);
    return;
  }
  sim_damage_apply (damage, text);
  if (damage != SIM_DAMAGE_LOSE)
    write_out (delivery, socket, text, damage, sent, data, size);
  if (damage == SIM_DAMAGE_DUPLICATE)
    sim_socket_send_text (socket, text->str, text->len);
  g_string_free (text, TRUE);
}

JsonObject *
sim_delivery_to_json (SimDelivery *delivery)
{
  JsonObject *object = json_object_new ();

  for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
    Way *way = &delivery->ways[medium];
    JsonObject *item;

    if (way->joined == 0)
      continue;
    item = json_object_new ();
    json_object_set_int_member (item, "joined", way->joined);
    json_object_set_int_member (item, "delivered", (gint64)way->delivered);
    json_object_set_int_member (item, "recovered", (gint64)way->recovered);
    json_object_set_int_member (item, "damaged", (gint64)way->damaged);
    json_object_set_object_member (object, sim_medium_name (medium), item);
  }
  return object;
}
