/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmsenums.h"
#include "rtmserror.h"

G_BEGIN_DECLS

/**
 * RtmsWebhookEvent:
 * @RTMS_WEBHOOK_OTHER: none of a stream's life
 * @RTMS_WEBHOOK_STARTED: `*.rtms_started`
 * @RTMS_WEBHOOK_INTERRUPTED: `*.rtms_interrupted`
 * @RTMS_WEBHOOK_STOPPED: `*.rtms_stopped`
 */
typedef enum {
  RTMS_WEBHOOK_OTHER,
  RTMS_WEBHOOK_STARTED,
  RTMS_WEBHOOK_INTERRUPTED,
  RTMS_WEBHOOK_STOPPED,
} RtmsWebhookEvent;

/**
 * RtmsPayload:
 * @event: what the webhook tells; #RTMS_WEBHOOK_STARTED when only the inner
 *     object was given
 * @product: which of Zoom's products the stream belongs to
 * @instance_id: the meeting's, session's or engagement's id
 * @stream_id: `rtms_stream_id`
 * @signaling_urls: (array zero-terminated=1): the servers to try, in order;
 *     none unless the stream started
 * @event_timestamp: `event_ts` in Unix ms; 0 when only the inner object was
 *     given
 * @stop_reason: of a stream that stopped, an RTMS_STOP_REASON as it is on the
 *     sockets; 0 when unknown
 *
 * What a webhook says of a stream.
 */
typedef struct {
  RtmsWebhookEvent event;
  RtmsProduct product;
  gchar *instance_id;
  gchar *stream_id;
  gchar **signaling_urls;
  gint64 event_timestamp;
  gint stop_reason;
} RtmsPayload;

RtmsPayload *rtms_payload_copy (const RtmsPayload *payload);
void rtms_payload_free (RtmsPayload *payload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmsPayload, rtms_payload_free)

/**
 * RtmsUrlPolicy:
 * @allowed_hosts: (array zero-terminated=1) (nullable): patterns of the hosts
 *     that `wss` may reach: a name, or "*.name" for every host below a name
 * @allow_plain: whether `ws` may leave this machine
 */
typedef struct {
  gchar **allowed_hosts;
  gboolean allow_plain;
} RtmsUrlPolicy;

gboolean rtms_url_policy_check (const RtmsUrlPolicy *policy, const gchar *url,
    const gchar *named_by, GError **error);

G_END_DECLS
