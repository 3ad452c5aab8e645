/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmsroster.h"
#include "protocol/rtmsmessage.h"
#include "protocol/rtmspayload.h"

G_BEGIN_DECLS

/* What an application is told of the stream: structures that are posted as
 * element messages and, those of the meeting itself, pushed as serialized
 * custom events (GST_EVENT_CUSTOM_DOWNSTREAM) on every pad. */

GPtrArray *gst_rtms_notices_new (const RtmsMessage *message,
    const RtmsPayload *payload, GstRtmsRoster *roster, gint64 unix_time,
    GstClockTime place);
GstStructure *gst_rtms_notice_new_missing (const RtmsPayload *payload,
    RtmsMediaKind kind);
GstStructure *gst_rtms_notice_new_interrupted (const RtmsPayload *payload,
    guint kinds);
GstStructure *gst_rtms_notice_new_recovered (const RtmsPayload *payload);
GstStructure *gst_rtms_notice_new_stopped (const RtmsPayload *payload,
    gint stop_reason);

G_END_DECLS
