/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsbase64private.h"

#if defined (__x86_64__)

#include <immintrin.h>

/* After W. Muła and D. Lemire, "Faster Base64 Encoding and Decoding Using
 * AVX2 Instructions" (2018). A character is judged by its two halves: each
 * bit of the tables stands for a row of the ASCII table, and a character is
 * bad when its lower half has no place in the row of its upper half. Its
 * value differs from its code by a distance that depends on the row, '/'
 * being the exception. */

#define LOW_HALVES 0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, \
    0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a
#define HIGH_HALVES 0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, \
    0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10
#define DISTANCES 0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0
/* Of each four bytes the three that count, the first byte last in memory. */
#define ORDER 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1

gboolean
rtms_base64_has_avx2 (void)
{
  return __builtin_cpu_supports ("avx2") != 0;
}

gboolean
rtms_base64_has_ssse3 (void)
{
  return __builtin_cpu_supports ("ssse3") != 0;
}

/* 32 characters at a time. The store writes 32 bytes of which 24 count, so
 * what is behind them must be room that comes later. */
__attribute__ ((target ("avx2")))
gsize
rtms_base64_blocks_avx2 (const guint8 *text, gsize length, guint8 *bytes)
{
  const __m256i lows = _mm256_setr_epi8 (LOW_HALVES, LOW_HALVES);
  const __m256i highs = _mm256_setr_epi8 (HIGH_HALVES, HIGH_HALVES);
  const __m256i distances = _mm256_setr_epi8 (DISTANCES, DISTANCES);
  const __m256i order = _mm256_setr_epi8 (ORDER, ORDER);
  const __m256i lanes = _mm256_setr_epi32 (0, 1, 2, 4, 5, 6, 7, 7);
  const __m256i half = _mm256_set1_epi8 (0x0f);
  const __m256i slash = _mm256_set1_epi8 ('/');
  gsize done = 0;

  for (; length - done >= 44; done += 32, bytes += 24) {
    __m256i in = _mm256_loadu_si256 ((const __m256i *) (text + done));
    __m256i high = _mm256_and_si256 (_mm256_srli_epi32 (in, 4), half);
    __m256i low = _mm256_and_si256 (in, half);
    __m256i row = _mm256_add_epi8 (high, _mm256_cmpeq_epi8 (in, slash));

    if (!_mm256_testz_si256 (_mm256_shuffle_epi8 (lows, low),
            _mm256_shuffle_epi8 (highs, high)))
      break;
    in = _mm256_add_epi8 (in, _mm256_shuffle_epi8 (distances, row));
    in = _mm256_maddubs_epi16 (in, _mm256_set1_epi32 (0x01400140));
    in = _mm256_madd_epi16 (in, _mm256_set1_epi32 (0x00011000));
    in = _mm256_permutevar8x32_epi32 (_mm256_shuffle_epi8 (in, order),
        lanes);
    _mm256_storeu_si256 ((__m256i *) bytes, in);
  }
  return done;
}

/* 16 characters at a time, likewise: 16 bytes are written, 12 count. */
__attribute__ ((target ("ssse3")))
gsize
rtms_base64_blocks_ssse3 (const guint8 *text, gsize length, guint8 *bytes)
{
  const __m128i lows = _mm_setr_epi8 (LOW_HALVES);
  const __m128i highs = _mm_setr_epi8 (HIGH_HALVES);
  const __m128i distances = _mm_setr_epi8 (DISTANCES);
  const __m128i order = _mm_setr_epi8 (ORDER);
  const __m128i half = _mm_set1_epi8 (0x0f);
  const __m128i slash = _mm_set1_epi8 ('/');
  gsize done = 0;

  for (; length - done >= 24; done += 16, bytes += 12) {
    __m128i in = _mm_loadu_si128 ((const __m128i *) (text + done));
    __m128i high = _mm_and_si128 (_mm_srli_epi32 (in, 4), half);
    __m128i low = _mm_and_si128 (in, half);
    __m128i row = _mm_add_epi8 (high, _mm_cmpeq_epi8 (in, slash));
    __m128i bad = _mm_and_si128 (_mm_shuffle_epi8 (lows, low),
        _mm_shuffle_epi8 (highs, high));

    if (_mm_movemask_epi8 (_mm_cmpeq_epi8 (bad, _mm_setzero_si128 ()))
        != 0xffff)
      break;
    in = _mm_add_epi8 (in, _mm_shuffle_epi8 (distances, row));
    in = _mm_maddubs_epi16 (in, _mm_set1_epi32 (0x01400140));
    in = _mm_madd_epi16 (in, _mm_set1_epi32 (0x00011000));
    _mm_storeu_si128 ((__m128i *) bytes, _mm_shuffle_epi8 (in, order));
  }
  return done;
}

#endif
