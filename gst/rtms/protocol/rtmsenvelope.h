/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmspayload.h"

G_BEGIN_DECLS

/**
 * RtmsEnvelopeKind:
 * @RTMS_ENVELOPE_OTHER: an event that this program does not know
 * @RTMS_ENVELOPE_STREAM: one of a stream's life; see its payload
 * @RTMS_ENVELOPE_URL_VALIDATION: `endpoint.url_validation`
 * @RTMS_ENVELOPE_CONCURRENCY_LIMITED: a stream was refused, as the account
 *     has as many as it may
 * @RTMS_ENVELOPE_CONCURRENCY_NEAR_LIMIT: it soon has
 * @RTMS_ENVELOPE_START_FAILED: a stream could not be started
 */
typedef enum {
  RTMS_ENVELOPE_OTHER,
  RTMS_ENVELOPE_STREAM,
  RTMS_ENVELOPE_URL_VALIDATION,
  RTMS_ENVELOPE_CONCURRENCY_LIMITED,
  RTMS_ENVELOPE_CONCURRENCY_NEAR_LIMIT,
  RTMS_ENVELOPE_START_FAILED,
} RtmsEnvelopeKind;

/**
 * RtmsEnvelope:
 * @event: its name, as Zoom spells it
 * @timestamp: `event_ts` in Unix ms, or 0
 * @payload: (nullable): of a stream's event
 * @instance_id: (nullable): the meeting's, session's or engagement's id
 * @operator_id: (nullable): who started the stream
 * @plain_token: (nullable): of a URL validation
 * @concurrency_number: streams that there are, or -1
 * @concurrency_limit: streams that there may be, or -1
 * @percentage: the one of the other, or -1
 *
 * A webhook of any kind.
 */
typedef struct {
  RtmsEnvelopeKind kind;
  gchar *event;
  gint64 timestamp;
  RtmsPayload *payload;
  gchar *instance_id;
  gchar *operator_id;
  gchar *plain_token;
  gint concurrency_number;
  gint concurrency_limit;
  gint percentage;
} RtmsEnvelope;

void rtms_envelope_free (RtmsEnvelope *envelope);
RtmsEnvelopeKind rtms_envelope_kind_from_event (const gchar *event);
gchar *rtms_envelope_get_key (const RtmsEnvelope *envelope);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmsEnvelope, rtms_envelope_free)

/**
 * RtmsHistory:
 *
 * What was seen in the last two hours, by key, each with a value. Bounded:
 * the oldest go first.
 */
typedef struct _RtmsHistory RtmsHistory;

#define RTMS_HISTORY_SECONDS (2 * 60 * 60)
#define RTMS_HISTORY_MAX 20000

RtmsHistory *rtms_history_new (GDestroyNotify free_value);
void rtms_history_free (RtmsHistory *history);
void rtms_history_add (RtmsHistory *history, const gchar *key,
    gpointer value, gint64 now);
gboolean rtms_history_lookup (RtmsHistory *history, const gchar *key,
    gint64 now, gpointer *value);
guint rtms_history_get_size (RtmsHistory *history);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmsHistory, rtms_history_free)

G_END_DECLS
