/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsbase64.h"

#include "rtmsbase64private.h"

/* g_base64_decode_step() skips what is not base64; a media payload with a
 * hole must be refused instead, hence a strict decoder. */

#define ROW16(v) v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v
#define RANGE10(v) v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7, \
    v + 8, v + 9
#define X RTMS_BASE64_INVALID

const guint8 rtms_base64_values[256] = {
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

static gboolean
is_always_usable (void)
{
  return TRUE;
}

const RtmsBase64Path rtms_base64_paths[] = {
#if defined (__x86_64__)
  { "AVX2", rtms_base64_has_avx2, rtms_base64_blocks_avx2 },
  { "SSSE3", rtms_base64_has_ssse3, rtms_base64_blocks_ssse3 },
#elif defined (__aarch64__)
  { "NEON", rtms_base64_has_neon, rtms_base64_blocks_neon },
#endif
  { "scalar", is_always_usable, NULL },
};

const guint rtms_base64_n_paths = G_N_ELEMENTS (rtms_base64_paths);

static guint8
decode_fours (const guint8 *in, gsize length, guint8 *out)
{
  const guint8 *values = rtms_base64_values;
  guint8 bad = 0;

  for (; length > 0; length -= 4, in += 4, out += 3) {
    guint8 a = values[in[0]], b = values[in[1]];
    guint8 c = values[in[2]], d = values[in[3]];
    guint32 word = (guint32) a << 18 | (guint32) b << 12 | (guint32) c << 6
        | d;

    bad |= a | b | c | d;
    out[0] = (guint8) (word >> 16);
    out[1] = (guint8) (word >> 8);
    out[2] = (guint8) word;
  }
  return bad;
}

/* As rtms_base64_decode(), by the instructions of @path. */
gssize
rtms_base64_decode_by (const RtmsBase64Path *path, const gchar *text,
    gsize length, guint8 *bytes)
{
  const guint8 *in = (const guint8 *) text, *values = rtms_base64_values;
  guint8 *out = bytes;
  gsize fours, rest, done = 0;
  guint8 bad;

  if (length % 4 == 0 && length > 0 && in[length - 1] == '=')
    length -= in[length - 2] == '=' ? 2 : 1;
  rest = length % 4;
  fours = length - rest;
  if (rest == 1)
    return -1;

  if (path->decode_blocks)
    done = path->decode_blocks (in, fours, out);
  bad = decode_fours (in + done, fours - done, out + done / 4 * 3);
  in += fours;
  out += fours / 4 * 3;

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

  return bad & RTMS_BASE64_INVALID ? -1 : out - bytes;
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
  const RtmsBase64Path *path = rtms_base64_paths;

  while (!path->is_usable ())
    path++;
  return rtms_base64_decode_by (path, text, length, bytes);
}
