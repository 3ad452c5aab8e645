/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsmessage.h"

void
rtms_message_init (RtmsMessage *message, gint type)
{
  *message = (RtmsMessage) { .type = type };
}

/* As on the wire. */
const gchar *
rtms_party_field_get_name (RtmsPartyField field)
{
  static const gchar *const names[RTMS_N_PARTY_FIELDS] = { "channel_id",
    "participant_mode", "queue_id", "queue_name", "account_id",
    "division_id", "phone_number" };

  return names[field];
}

static void
clear_participant (gpointer data)
{
  RtmsParticipant *participant = data;

  g_free (participant->user_name);
}

void
rtms_message_add_participant (RtmsMessage *message, guint64 user_id,
    const gchar *user_name)
{
  RtmsParticipant participant = { user_id, g_strdup (user_name) };

  if (message->participants == NULL) {
    message->participants = g_array_new (FALSE, FALSE,
        sizeof (RtmsParticipant));
    g_array_set_clear_func (message->participants, clear_participant);
  }
  g_array_append_val (message->participants, participant);
}

/**
 * rtms_message_clear:
 * @message: a message
 *
 * Frees what the message owns. Not its media data: they are the
 * allocator's, and whoever decoded the message gives them on or back.
 */
void
rtms_message_clear (RtmsMessage *message)
{
  g_free (message->meeting_uuid);
  g_free (message->rtms_stream_id);
  g_free (message->rtms_session_id);
  g_free (message->signature);
  g_free (message->reason_text);
  g_free (message->urls.all);
  for (guint i = 0; i < RTMS_N_MEDIA; i++)
    g_free (message->urls.media[i]);
  for (guint i = 0; i < RTMS_N_PARTY_FIELDS; i++)
    g_free (message->party[i]);
  g_clear_pointer (&message->participants, g_array_unref);
  g_clear_pointer (&message->subscriptions, g_array_unref);
  rtms_message_init (message, 0);
}

/**
 * rtms_time_from_wire:
 * @value: a Unix time in s, ms, µs or ns
 *
 * The documentation says ms; transcripts were seen in µs. The four units of
 * today's dates are far apart, so the magnitude tells.
 *
 * Returns: the time in ns, or #RTMS_TIME_NONE for what cannot be a time
 */
gint64
rtms_time_from_wire (gint64 value)
{
  gint64 unit;

  if (value <= 0)
    return RTMS_TIME_NONE;
  if (value >= G_GINT64_CONSTANT (100000000000000000))
    unit = 1;
  else if (value >= G_GINT64_CONSTANT (100000000000000))
    unit = 1000;
  else if (value >= G_GINT64_CONSTANT (100000000000))
    unit = 1000000;
  else
    unit = 1000000000;
  return value > G_MAXINT64 / unit ? RTMS_TIME_NONE : value * unit;
}
