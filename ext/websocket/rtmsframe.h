/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A server's, which is not masked. */
#define RTMS_FRAME_HEADER_MAX 10
#define RTMS_FRAME_CONTROL_MAX 125
#define RTMS_FRAME_MASK_SIZE 4

typedef enum {
  RTMS_FRAME_CONTINUATION = 0,
  RTMS_FRAME_TEXT = 1,
  RTMS_FRAME_BINARY = 2,
  RTMS_FRAME_CLOSE = 8,
  RTMS_FRAME_PING = 9,
  RTMS_FRAME_PONG = 10,
} RtmsFrameOpcode;

/**
 * RtmsFrame:
 * @opcode: an #RtmsFrameOpcode, or a number that RFC 6455 reserves
 * @is_final: whether the message ends with it
 * @has_reserved: whether a reserved bit is set
 * @is_masked: whether its payload is masked
 * @size: of the payload
 *
 * What the header of a WebSocket frame says.
 */
typedef struct {
  guint8 opcode;
  gboolean is_final;
  gboolean has_reserved;
  gboolean is_masked;
  guint64 size;
} RtmsFrame;

gint rtms_frame_parse (RtmsFrame *frame, const guint8 *bytes, gsize size);
gboolean rtms_frame_is_control (const RtmsFrame *frame);
void rtms_frame_append (GByteArray *out, RtmsFrameOpcode opcode,
    const guint8 mask[RTMS_FRAME_MASK_SIZE], const guint8 *payload,
    gsize size);

G_END_DECLS
