/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/rtmspayload.h"

G_BEGIN_DECLS

/**
 * GstRtmsPlaceholders:
 * @payload: of the stream; lent
 * @number: the how many-th stream this is
 * @start: when it started
 * @user_id: a participant, where there is one
 * @user_name: (nullable): that participant's name
 *
 * What may stand in braces in descriptions and file names: `{stream-id}`,
 * `{meeting-id}`, `{product}`, `{host-region}`, `{n}`, `{date}` and `{time}`,
 * the last two also with a format of strftime behind a colon, and for a
 * participant `{user-id}` and `{user-name}`.
 */
typedef struct {
  const RtmsPayload *payload;
  guint number;
  GDateTime *start;
  guint64 user_id;
  const gchar *user_name;
} GstRtmsPlaceholders;

gchar *gst_rtms_placeholders_expand (const GstRtmsPlaceholders *values,
    const gchar *text);
gchar *gst_rtms_placeholders_escape (const gchar *value);
gchar *gst_rtms_placeholders_get_host_region (const RtmsPayload *payload);

G_END_DECLS
