/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsjsonplain.h"

#include <string.h>

#if defined (__x86_64__)
#include <immintrin.h>
#elif defined (__aarch64__)
#include <arm_neon.h>
#endif

/* Most of a message is one string of base64, and most of its scan is to see
 * that nothing in there ends it, escapes or is a control character. */

static gboolean
is_plain (gchar c)
{
  return c != '"' && c != '\\' && (guint8) c >= 0x20;
}

static const gchar *
skip_by_byte (const gchar *p, const gchar *end)
{
  while (p < end && is_plain (*p))
    p++;
  return p;
}

#define EACH(byte) (G_GUINT64_CONSTANT (0x0101010101010101) * (byte))

/* As rtms_json_skip_plain(), on any processor. A borrow of a byte that is not
 * plain may make the next one look so too, which only the loop by byte sees. */
const gchar *
rtms_json_skip_plain_words (const gchar *p, const gchar *end)
{
  for (; end - p >= 8; p += 8) {
    guint64 word, quote, backslash, found;

    memcpy (&word, p, sizeof word);
    quote = word ^ EACH ('"');
    backslash = word ^ EACH ('\\');
    found = ((quote - EACH (1)) & ~quote)
        | ((backslash - EACH (1)) & ~backslash)
        | ((word - EACH (0x20)) & ~word);
    if (found & EACH (0x80))
      break;
  }
  return skip_by_byte (p, end);
}

#if defined (__x86_64__)

/* Nothing shorter is worth the question what the processor has. */
#define LONG_TEXT 256

/* There is no unsigned comparison: the lesser of both is itself. */
static const gchar *
skip_by_sse2 (const gchar *p, const gchar *end)
{
  const __m128i quote = _mm_set1_epi8 ('"');
  const __m128i backslash = _mm_set1_epi8 ('\\');
  const __m128i control = _mm_set1_epi8 (0x1f);

  for (; end - p >= 16; p += 16) {
    __m128i in = _mm_loadu_si128 ((const __m128i *) p);
    __m128i found = _mm_or_si128 (_mm_or_si128 (_mm_cmpeq_epi8 (in, quote),
            _mm_cmpeq_epi8 (in, backslash)),
        _mm_cmpeq_epi8 (_mm_min_epu8 (in, control), in));
    gint mask = _mm_movemask_epi8 (found);

    if (mask)
      return p + __builtin_ctz ((guint) mask);
  }
  return skip_by_byte (p, end);
}

__attribute__ ((target ("avx2")))
static inline __m256i
find_32 (const gchar *p)
{
  __m256i in = _mm256_loadu_si256 ((const __m256i *) p);
  __m256i found = _mm256_or_si256 (
      _mm256_cmpeq_epi8 (in, _mm256_set1_epi8 ('"')),
      _mm256_cmpeq_epi8 (in, _mm256_set1_epi8 ('\\')));

  return _mm256_or_si256 (found, _mm256_cmpeq_epi8 (_mm256_min_epu8 (in,
              _mm256_set1_epi8 (0x1f)), in));
}

/* Whole blocks without anything to find. */
__attribute__ ((target ("avx2")))
static const gchar *
skip_blocks_by_avx2 (const gchar *p, const gchar *end)
{
  for (; end - p >= 128; p += 128) {
    __m256i found = _mm256_or_si256 (
        _mm256_or_si256 (find_32 (p), find_32 (p + 32)),
        _mm256_or_si256 (find_32 (p + 64), find_32 (p + 96)));

    if (!_mm256_testz_si256 (found, found))
      break;
  }
  return p;
}

/**
 * rtms_json_skip_plain:
 * @p: within a string
 * @end: of the text
 *
 * Returns: the first quote, backslash or control character, or @end
 */
const gchar *
rtms_json_skip_plain (const gchar *p, const gchar *end)
{
  const gchar *next = p;

  if (end - p > LONG_TEXT) {
    /* Most strings of a long text are short ones. */
    next = skip_by_sse2 (p, p + LONG_TEXT / 8);
    if (next < p + LONG_TEXT / 8)
      return next;
    if (__builtin_cpu_supports ("avx2"))
      next = skip_blocks_by_avx2 (next, end);
  }
  return skip_by_sse2 (next, end);
}

#elif defined (__aarch64__)

const gchar *
rtms_json_skip_plain (const gchar *p, const gchar *end)
{
  for (; end - p >= 16; p += 16) {
    uint8x16_t in = vld1q_u8 ((const guint8 *) p);
    uint8x16_t found = vorrq_u8 (vceqq_u8 (in, vdupq_n_u8 ('"')),
        vceqq_u8 (in, vdupq_n_u8 ('\\')));

    found = vorrq_u8 (found, vcltq_u8 (in, vdupq_n_u8 (0x20)));
    if (vmaxvq_u8 (found))
      break;
  }
  return skip_by_byte (p, end);
}

#else

const gchar *
rtms_json_skip_plain (const gchar *p, const gchar *end)
{
  return rtms_json_skip_plain_words (p, end);
}

#endif
