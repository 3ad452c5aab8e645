/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsenvelope.h"

void
rtms_envelope_free (RtmsEnvelope *envelope)
{
  g_clear_pointer (&envelope->payload, rtms_payload_free);
  g_free (envelope->event);
  g_free (envelope->instance_id);
  g_free (envelope->operator_id);
  g_free (envelope->plain_token);
  g_free (envelope);
}

/* By its end: the product goes in front, "contact_center.voice_" too. */
RtmsEnvelopeKind
rtms_envelope_kind_from_event (const gchar *event)
{
  static const struct {
    const gchar *end;
    RtmsEnvelopeKind kind;
  } kinds[] = {
    { "rtms_started", RTMS_ENVELOPE_STREAM },
    { "rtms_interrupted", RTMS_ENVELOPE_STREAM },
    { "rtms_stopped", RTMS_ENVELOPE_STREAM },
    { "endpoint.url_validation", RTMS_ENVELOPE_URL_VALIDATION },
    { "rtms.concurrency_limited", RTMS_ENVELOPE_CONCURRENCY_LIMITED },
    { "rtms.concurrency_near_limit", RTMS_ENVELOPE_CONCURRENCY_NEAR_LIMIT },
    { "rtms.start_failed", RTMS_ENVELOPE_START_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_str_has_suffix (event, kinds[i].end))
      return kinds[i].kind;
  }
  return RTMS_ENVELOPE_OTHER;
}

/**
 * rtms_envelope_get_key:
 * @envelope: a webhook
 *
 * Returns: (transfer full): a text that is the same for each repetition of
 *     one event, and for those alone
 */
gchar *
rtms_envelope_get_key (const RtmsEnvelope *envelope)
{
  const RtmsPayload *payload = envelope->payload;
  g_autofree gchar *urls = payload && payload->signaling_urls
      ? g_strjoinv (",", payload->signaling_urls) : NULL;
  g_autofree gchar *text = g_strdup_printf ("%s\n%" G_GINT64_FORMAT
      "\n%s\n%s\n%d\n%d\n%s", envelope->event, envelope->timestamp,
      envelope->instance_id ? envelope->instance_id : "",
      payload ? payload->stream_id : "", payload ? payload->stop_reason : 0,
      envelope->concurrency_number, urls ? urls : "");

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

/* Entries are in the order of their time, so that the old ones are in
 * front. Adding a key again moves it to the end. */
struct _RtmsHistory
{
  GHashTable *links;            /* key → its link in `entries` */
  GQueue entries;
  GDestroyNotify free_value;
};

typedef struct {
  gchar *key;
  gpointer value;
  gint64 time;
} Entry;

RtmsHistory *
rtms_history_new (GDestroyNotify free_value)
{
  RtmsHistory *history = g_new0 (RtmsHistory, 1);

  history->links = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&history->entries);
  history->free_value = free_value;
  return history;
}

static void
drop (RtmsHistory *history, GList *link)
{
  Entry *entry = link->data;

  g_hash_table_remove (history->links, entry->key);
  g_queue_delete_link (&history->entries, link);
  if (history->free_value && entry->value)
    history->free_value (entry->value);
  g_free (entry->key);
  g_free (entry);
}

void
rtms_history_free (RtmsHistory *history)
{
  while (history->entries.head)
    drop (history, history->entries.head);
  g_hash_table_unref (history->links);
  g_free (history);
}

static void
drop_old (RtmsHistory *history, gint64 now)
{
  GList *head;

  while ((head = history->entries.head) != NULL
      && (((Entry *) head->data)->time + RTMS_HISTORY_SECONDS <= now
          || history->entries.length > RTMS_HISTORY_MAX))
    drop (history, head);
}

/**
 * rtms_history_add:
 * @history: a history
 * @key: what was seen; one that is there already is replaced
 * @value: (transfer full) (nullable): to remember with it
 * @now: seconds, by a clock that is never set back
 */
void
rtms_history_add (RtmsHistory *history, const gchar *key, gpointer value,
    gint64 now)
{
  GList *link = g_hash_table_lookup (history->links, key);
  Entry *entry = g_new (Entry, 1);

  if (link)
    drop (history, link);
  entry->key = g_strdup (key);
  entry->value = value;
  entry->time = now;
  g_queue_push_tail (&history->entries, entry);
  g_hash_table_insert (history->links, entry->key, history->entries.tail);
  drop_old (history, now);
}

/**
 * rtms_history_lookup:
 * @history: a history
 * @key: what may have been seen
 * @now: as rtms_history_add()'s
 * @value: (out) (optional) (transfer none): what was remembered with it
 *
 * Returns: whether it was seen
 */
gboolean
rtms_history_lookup (RtmsHistory *history, const gchar *key, gint64 now,
    gpointer *value)
{
  GList *link;

  drop_old (history, now);
  link = g_hash_table_lookup (history->links, key);
  if (link && value)
    *value = ((Entry *) link->data)->value;
  return link != NULL;
}

guint
rtms_history_get_size (RtmsHistory *history)
{
  return history->entries.length;
}
