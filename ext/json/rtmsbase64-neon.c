/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsbase64private.h"

#if defined (__aarch64__)

#include <arm_neon.h>

gboolean
rtms_base64_has_neon (void)
{
  return TRUE;
}

static inline uint8x16_t
get_values (uint8x16_t c, uint8x16x4_t lower, uint8x16x4_t upper)
{
  uint8x16_t value = vqtbl4q_u8 (lower, c);

  value = vqtbx4q_u8 (value, upper, veorq_u8 (c, vdupq_n_u8 (0x40)));
  /* A character beyond ASCII has no place in the tables. */
  return vorrq_u8 (value, vandq_u8 (c, vdupq_n_u8 (RTMS_BASE64_INVALID)));
}

/* 64 characters at a time: the loads and stores take fours of characters and
 * threes of bytes apart, and the values are looked up in tables of 64. */
gsize
rtms_base64_blocks_neon (const guint8 *text, gsize length, guint8 *bytes)
{
  const uint8x16x4_t lower = vld1q_u8_x4 (rtms_base64_values);
  const uint8x16x4_t upper = vld1q_u8_x4 (rtms_base64_values + 64);
  gsize done = 0;

  for (; length - done >= 64; done += 64, bytes += 48) {
    uint8x16x4_t in = vld4q_u8 (text + done);
    uint8x16_t a = get_values (in.val[0], lower, upper);
    uint8x16_t b = get_values (in.val[1], lower, upper);
    uint8x16_t c = get_values (in.val[2], lower, upper);
    uint8x16_t d = get_values (in.val[3], lower, upper);
    uint8x16_t all = vorrq_u8 (vorrq_u8 (a, b), vorrq_u8 (c, d));
    uint8x16x3_t out;

    if (vmaxvq_u8 (all) >= RTMS_BASE64_INVALID)
      break;
    out.val[0] = vorrq_u8 (vshlq_n_u8 (a, 2), vshrq_n_u8 (b, 4));
    out.val[1] = vorrq_u8 (vshlq_n_u8 (b, 4), vshrq_n_u8 (c, 2));
    out.val[2] = vorrq_u8 (vshlq_n_u8 (c, 6), d);
    vst3q_u8 (bytes, out);
  }
  return done;
}

#endif
