/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmsenums.h"
#include "rtmserror.h"

G_BEGIN_DECLS

/**
 * RtmsPayload:
 * @product: which of Zoom's products the stream belongs to
 * @instance_id: the meeting's, session's or engagement's id
 * @stream_id: `rtms_stream_id`
 * @signaling_urls: (array zero-terminated=1): the servers to try, in order
 * @event_timestamp: `event_ts` in Unix ms; 0 when only the inner object was
 *     given
 *
 * What a `*.rtms_started` webhook says of a stream.
 */
typedef struct {
  RtmsProduct product;
  gchar *instance_id;
  gchar *stream_id;
  gchar **signaling_urls;
  gint64 event_timestamp;
} RtmsPayload;

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
