/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsbase64.h"

/* g_base64_decode_step() skips what is not base64; a media payload with a
 * hole must be refused instead, hence a strict decoder. */

#define INVALID 0x80

#define ROW16(v) v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v
#define RANGE10(v) v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7, \
    v + 8, v + 9
#define X INVALID

static const guint8 values[256] = {
  ROW16 (X), ROW16 (X),
  X, X, X, X, X, X, X, X, X, X, X, 62, X, X, X, 63,
  RANGE10 (52), X, X, X, X, X, X,
  X, RANGE10 (0), 10, 11, 12, 13, 14,
  15, RANGE10 (16), X, X, X, X, X,
  X, RANGE10 (26), 36, 37, 38, 39, 40,
  41, RANGE10 (42), X, X, X, X, X,
  ROW16 (X), ROW16 (X), ROW16 (X), ROW16 (X),
  ROW16 (X), ROW16 (X), ROW16 (X), ROW16 (X),
};

#undef X

/**
 * rtms_base64_decoded_bound:
 * @length: characters of base64
 *
 * Returns: how many bytes they decode to at the most
 */
gsize
rtms_base64_decoded_bound (gsize length)
{
  return length / 4 * 3 + 3;
}

/**
 * rtms_base64_decode:
 * @text: base64 in the standard alphabet, with or without padding
 * @length: its length in characters
 * @bytes: (out): room for rtms_base64_decoded_bound() bytes
 *
 * Returns: how many bytes were written, or -1 when @text is not base64
 */
gssize
rtms_base64_decode (const gchar *text, gsize length, guint8 *bytes)
{
  const guint8 *in = (const guint8 *) text;
  guint8 *out = bytes;
  guint8 bad = 0;
  gsize quads, rest;

  if (length % 4 == 0 && length > 0 && in[length - 1] == '=')
    length -= in[length - 2] == '=' ? 2 : 1;
  quads = length / 4;
  rest = length % 4;
  if (rest == 1)
    return -1;

  for (gsize i = 0; i < quads; i++, in += 4, out += 3) {
    guint8 a = values[in[0]], b = values[in[1]];
    guint8 c = values[in[2]], d = values[in[3]];
    guint32 word = (guint32) a << 18 | (guint32) b << 12 | (guint32) c << 6
        | d;

    bad |= a | b | c | d;
    out[0] = (guint8) (word >> 16);
    out[1] = (guint8) (word >> 8);
    out[2] = (guint8) word;
  }

  if (rest >= 2) {
    guint8 a = values[in[0]], b = values[in[1]];

    bad |= a | b;
    *out++ = (guint8) (a << 2 | b >> 4);
    if (rest == 3) {
      guint8 c = values[in[2]];

      bad |= c;
      *out++ = (guint8) (b << 4 | c >> 2);
    }
  }

  return bad & INVALID ? -1 : out - bytes;
}
