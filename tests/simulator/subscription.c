/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subscription.h"

#include "events.h"

struct _SimSubscription {
  SimSimulator *simulator;
  guint meeting_number;
  guint64 events;  /* bit (1 << event type) */
  gboolean listed; /* those already there were named */
  gboolean started;
  gint64 epoch;
};

SimSubscription *
sim_subscription_new (SimSimulator *simulator, guint meeting_number)
{
  SimSubscription *subscription = g_new0 (SimSubscription, 1);

  subscription->simulator = simulator;
  subscription->meeting_number = meeting_number;
  return subscription;
}

void
sim_subscription_free (SimSubscription *subscription)
{
  g_free (subscription);
}

void
sim_subscription_reset (SimSubscription *subscription)
{
  subscription->events = 0;
  subscription->listed = FALSE;
}

static gboolean
is_voice (SimSubscription *subscription)
{
  return sim_simulator_get_options (subscription->simulator)->product
         == SIM_PRODUCT_CONTACT_CENTER;
}

static gboolean
wants (SimSubscription *subscription, SimEventType type)
{
  return (subscription->events >> type & 1) != 0;
}

static SimScene *
get_scene (SimSubscription *subscription)
{
  return sim_source_get_scene (
      sim_simulator_get_source (subscription->simulator));
}

static void
send_object (SimSocket *signaling, JsonObject *object)
{
  if (signaling != NULL)
    sim_socket_send (signaling, object);
  json_object_unref (object);
}

/* In a call the first person is the customer, the others are agents. */
static void
send_voice_event (SimSubscription *subscription, SimSocket *signaling,
    gint person, gboolean answered, gint64 timestamp)
{
  gboolean consumer = person == 0;
  SimEventType type = consumer ? (answered ? SIM_EVENT_VOICE_CONSUMER_ANSWERED
                                           : SIM_EVENT_VOICE_CONSUMER_END)
                               : (answered ? SIM_EVENT_VOICE_USER_ANSWERED
                                           : SIM_EVENT_VOICE_USER_END);

  if (wants (subscription, type))
    send_object (signaling,
        sim_event_voice_update (type, timestamp,
            sim_scene_get_person (get_scene (subscription), person), consumer));
}

/* The first JOIN names everybody who is there already. */
static void
send_list (SimSubscription *subscription, SimSocket *signaling, gint64 position)
{
  SimScene *scene = get_scene (subscription);
  gint64 timestamp = subscription->epoch + position / 1000;
  JsonObject *event;
  JsonObject *object;

  subscription->listed = TRUE;
  object = sim_event_update (SIM_EVENT_PARTICIPANT_JOIN, timestamp, &event);
  for (guint i = 0; i < sim_scene_get_n_people (scene); i++) {
    if (sim_scene_is_present (scene, i, position))
      sim_event_add_participant (event, sim_scene_get_person (scene, i), TRUE);
  }
  send_object (signaling, object);
}

static void
add_event (SimSubscription *subscription, JsonObject *item)
{
  gboolean voice = is_voice (subscription);
  gint64 type = 0;
  gboolean subscribe = TRUE;
  SimJsonResult result;
  gboolean automatic;

  if (sim_json_get_int (item, "event_type", &type) != SIM_JSON_FOUND || type < 1
      || type > (voice ? SIM_EVENT_VOICE_LAST : SIM_EVENT_LAST)) {
    sim_simulator_add_deviation (subscription->simulator,
        "meeting %u: subscription to the unknown event type %" G_GINT64_FORMAT,
        subscription->meeting_number, type);
    return;
  }
  automatic = type == SIM_EVENT_FIRST_PACKET_TIMESTAMP
              || type == SIM_EVENT_MEDIA_CONNECTION_INTERRUPTED;
  if (automatic)
    sim_simulator_add_deviation (subscription->simulator,
        "meeting %u: subscription to event type %" G_GINT64_FORMAT
        ", which comes by itself",
        subscription->meeting_number, type);
  result = sim_json_get_bool (item, "subscribe", &subscribe);
  if (result != SIM_JSON_FOUND)
    sim_simulator_add_deviation (subscription->simulator,
        "meeting %u: event subscription without \"subscribe\"",
        subscription->meeting_number);
  if (automatic || result == SIM_JSON_INVALID)
    return;
  if (subscribe)
    subscription->events |= G_GUINT64_CONSTANT (1) << type;
  else
    subscription->events &= ~(G_GUINT64_CONSTANT (1) << type);
}

void
sim_subscription_handle (SimSubscription *subscription, SimSocket *signaling,
    JsonObject *object, gint64 position)
{
  JsonArray *events = NULL;

  if (sim_json_get_array (object, "events", &events) != SIM_JSON_FOUND) {
    sim_simulator_add_deviation (subscription->simulator,
        "meeting %u: EVENT_SUBSCRIPTION without events",
        subscription->meeting_number);
    return;
  }
  for (guint i = 0; i < json_array_get_length (events); i++) {
    JsonNode *node = json_array_get_element (events, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      add_event (subscription, json_node_get_object (node));
    else
      sim_simulator_add_deviation (subscription->simulator,
          "meeting %u: an event that is no object",
          subscription->meeting_number);
  }
  sim_log ("meeting %u: subscribed to events 0x%" G_GINT64_MODIFIER "x",
      subscription->meeting_number, subscription->events);
  if (subscription->started && !subscription->listed
      && wants (subscription, SIM_EVENT_PARTICIPANT_JOIN))
    send_list (subscription, signaling, position);
}

void
sim_subscription_set_started (SimSubscription *subscription,
    SimSocket *signaling, gint64 epoch, gint64 position)
{
  SimScene *scene = get_scene (subscription);

  subscription->started = TRUE;
  subscription->epoch = epoch;
  if (!subscription->listed && wants (subscription, SIM_EVENT_PARTICIPANT_JOIN))
    send_list (subscription, signaling, position);
  for (guint i = 0;
       is_voice (subscription) && i < sim_scene_get_n_people (scene); i++) {
    if (sim_scene_is_present (scene, i, position))
      send_voice_event (
          subscription, signaling, i, TRUE, epoch + position / 1000);
  }
}

static void
send_participant (SimSubscription *subscription, SimSocket *signaling,
    SimEventType type, const SimCue *cue, gint64 timestamp)
{
  JsonObject *event;
  JsonObject *object;

  if (!wants (subscription, type))
    return;
  object = sim_event_update (type, timestamp, &event);
  sim_event_add_participant (event,
      sim_scene_get_person (get_scene (subscription), cue->person),
      type == SIM_EVENT_PARTICIPANT_JOIN);
  send_object (signaling, object);
}

static void
send_user (SimSubscription *subscription, SimSocket *signaling,
    SimEventType type, const SimCue *cue, gint64 timestamp)
{
  const SimPerson *person
      = sim_scene_get_person (get_scene (subscription), cue->person);
  JsonObject *event;
  JsonObject *object;

  if (!wants (subscription, type))
    return;
  object = sim_event_update (type, timestamp, &event);
  if (type != SIM_EVENT_SHARING_STOP) {
    json_object_set_int_member (event, "user_id", (gint64)person->user_id);
    json_object_set_string_member (event, "user_name", person->name);
  }
  send_object (signaling, object);
}

void
sim_subscription_send_cue (SimSubscription *subscription, SimSocket *signaling,
    const SimCue *cue, gint64 timestamp)
{
  gboolean voice = is_voice (subscription);

  switch (cue->kind) {
  case SIM_CUE_JOIN:
    /* Who is there from the start was named by the list. */
    if (cue->at == 0)
      break;
    if (voice)
      send_voice_event (subscription, signaling, cue->person, TRUE, timestamp);
    send_participant (
        subscription, signaling, SIM_EVENT_PARTICIPANT_JOIN, cue, timestamp);
    break;
  case SIM_CUE_LEAVE:
    if (voice)
      send_voice_event (subscription, signaling, cue->person, FALSE, timestamp);
    send_participant (
        subscription, signaling, SIM_EVENT_PARTICIPANT_LEAVE, cue, timestamp);
    break;
  case SIM_CUE_VIDEO_ON:
    if (!voice)
      send_participant (subscription, signaling, SIM_EVENT_PARTICIPANT_VIDEO_ON,
          cue, timestamp);
    break;
  case SIM_CUE_VIDEO_OFF:
    if (!voice)
      send_participant (subscription, signaling,
          SIM_EVENT_PARTICIPANT_VIDEO_OFF, cue, timestamp);
    break;
  case SIM_CUE_SPEAKER:
    send_user (subscription, signaling, SIM_EVENT_ACTIVE_SPEAKER_CHANGE, cue,
        timestamp);
    break;
  case SIM_CUE_VOICE_EVENT:
    if (voice && wants (subscription, (SimEventType)cue->type))
      send_object (signaling,
          sim_event_voice_update ((SimEventType)cue->type, timestamp,
              sim_scene_get_person (get_scene (subscription), cue->person),
              cue->person == 0));
    break;
  case SIM_CUE_SHARE_START:
    send_user (
        subscription, signaling, SIM_EVENT_SHARING_START, cue, timestamp);
    break;
  case SIM_CUE_SHARE_STOP:
    send_user (subscription, signaling, SIM_EVENT_SHARING_STOP, cue, timestamp);
    break;
  default:
    break;
  }
}

void
sim_subscription_send_end (SimSubscription *subscription, SimSocket *signaling)
{
  if (!is_voice (subscription) || !subscription->started)
    return;
  for (gint person = 0; person < 2; person++)
    send_voice_event (
        subscription, signaling, person, FALSE, g_get_real_time () / 1000);
}
