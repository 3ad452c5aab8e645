/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/rtms/protocol/rtmsenvelope.h"
#include "gst/rtms/protocol/rtmsmessage.h"
#include "gst/rtms/protocol/rtmspayload.h"

G_BEGIN_DECLS

/**
 * RtmsJsonReader:
 *
 * Decodes messages. It keeps the memory that it lends out with them, so it is
 * used by one thread, and one message at a time.
 */
typedef struct _RtmsJsonReader RtmsJsonReader;

RtmsJsonReader *rtms_json_reader_new (const RtmsDataAllocator *allocator,
    gpointer user_data);
void rtms_json_reader_free (RtmsJsonReader *reader);
gboolean rtms_json_reader_decode (RtmsJsonReader *reader, const gchar *text,
    gsize length, RtmsMessage *message, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmsJsonReader, rtms_json_reader_free)

gchar *rtms_json_encode (const RtmsMessage *message, gsize *length);

RtmsEnvelope *rtms_json_parse_envelope (const gchar *text, gsize length,
    GError **error);
RtmsPayload *rtms_json_parse_webhook (const gchar *text, gssize length,
    GError **error);
RtmsPayload *rtms_json_parse_payload (const gchar *text, gssize length,
    GError **error);

G_END_DECLS
