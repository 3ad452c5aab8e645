/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsframe.h"

#define FINAL 0x80
#define RESERVED 0x70
#define OPCODE 0x0f
#define CONTROL 0x08
#define MASKED 0x80
#define SIZE 0x7f
/* In place of a size: it follows in so many bytes. */
#define SIZE_IN_2 126
#define SIZE_IN_8 127

gboolean
rtms_frame_is_control (const RtmsFrame *frame)
{
  return (frame->opcode & CONTROL) != 0;
}

static guint64
read_size (const guint8 *bytes, guint n)
{
  guint64 size = 0;

  for (guint i = 0; i < n; i++)
    size = size << 8 | bytes[i];
  return size;
}

/**
 * rtms_frame_parse:
 * @frame: (out): what the header says
 * @bytes: received ones, where a frame begins
 * @size: how many; RTMS_FRAME_HEADER_MAX are always enough
 *
 * Returns: the header's size without the mask, 0 when there are too few
 *     bytes yet, -1 when this is no header: a size in more bytes than it
 *     needs or of more than 63 bits, a control frame that is long or cut
 */
gint
rtms_frame_parse (RtmsFrame *frame, const guint8 *bytes, gsize size)
{
  gint header = 2;

  if (size < 2)
    return 0;
  frame->is_final = (bytes[0] & FINAL) != 0;
  frame->has_reserved = (bytes[0] & RESERVED) != 0;
  frame->opcode = bytes[0] & OPCODE;
  frame->is_masked = (bytes[1] & MASKED) != 0;
  frame->size = bytes[1] & SIZE;
  if (rtms_frame_is_control (frame) && (!frame->is_final
          || frame->size > RTMS_FRAME_CONTROL_MAX))
    return -1;

  if (frame->size == SIZE_IN_2) {
    header = 4;
    if (size < 4)
      return 0;
    frame->size = read_size (bytes + 2, 2);
    if (frame->size < SIZE_IN_2)
      return -1;
  } else if (frame->size == SIZE_IN_8) {
    header = 10;
    if (size < 10)
      return 0;
    frame->size = read_size (bytes + 2, 8);
    if (frame->size <= G_MAXUINT16 || frame->size > G_MAXINT64)
      return -1;
  }
  return header;
}

/**
 * rtms_frame_append:
 * @out: gets a client's frame, which is a whole message
 * @opcode: of it
 * @mask: random bytes
 * @payload: (nullable): of it
 * @size: of @payload
 */
void
rtms_frame_append (GByteArray *out, RtmsFrameOpcode opcode,
    const guint8 mask[RTMS_FRAME_MASK_SIZE], const guint8 *payload,
    gsize size)
{
  guint8 header[RTMS_FRAME_HEADER_MAX] = { FINAL | (guint8) opcode };
  guint n_size = size < SIZE_IN_2 ? 0 : size <= G_MAXUINT16 ? 2 : 8;
  guint start;

  header[1] = MASKED | (n_size == 0 ? (guint8) size
      : n_size == 2 ? SIZE_IN_2 : SIZE_IN_8);
  for (guint i = 0; i < n_size; i++)
    header[2 + i] = (guint8) ((guint64) size >> 8 * (n_size - 1 - i));
  g_byte_array_append (out, header, 2 + n_size);
  g_byte_array_append (out, mask, RTMS_FRAME_MASK_SIZE);

  start = out->len;
  g_byte_array_set_size (out, start + (guint) size);
  for (gsize i = 0; i < size; i++)
    out->data[start + i] = payload[i] ^ mask[i % RTMS_FRAME_MASK_SIZE];
}
