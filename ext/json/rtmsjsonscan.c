/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsjsonscan.h"

#include "rtmsjsonplain.h"

#include <errno.h>
#include <string.h>

void
rtms_json_scan_init (RtmsJsonScan *scan, const gchar *text, gsize length)
{
  *scan = (RtmsJsonScan) { .next = text, .end = text + length };
}

static gboolean
fail (RtmsJsonScan *scan, const gchar *problem)
{
  if (scan->problem == NULL)
    scan->problem = problem;
  return FALSE;
}

/* The next character that is not white space, '\0' at the end. A NUL in the
 * text is taken for the end and then rejected by whoever expects more. */
gchar
rtms_json_scan_peek (RtmsJsonScan *scan)
{
  while (scan->next < scan->end) {
    gchar c = *scan->next;

    if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
      return c;
    scan->next++;
  }
  return '\0';
}

static gboolean
expect (RtmsJsonScan *scan, gchar c, const gchar *problem)
{
  if (rtms_json_scan_peek (scan) != c)
    return fail (scan, problem);
  scan->next++;
  return TRUE;
}

static gboolean
descend (RtmsJsonScan *scan)
{
  if (++scan->depth > RTMS_JSON_MAX_DEPTH)
    return fail (scan, "nested too deeply");
  return TRUE;
}

gboolean
rtms_json_scan_enter_object (RtmsJsonScan *scan)
{
  return expect (scan, '{', "not an object") && descend (scan);
}

/**
 * rtms_json_scan_next_member:
 * @scan: inside an object
 * @first: %TRUE at the first call, kept by this function
 * @key: (out): the member's name; its value comes next
 *
 * Returns: %FALSE at the object's end (which is then behind the scan) and at
 *     a problem
 */
gboolean
rtms_json_scan_next_member (RtmsJsonScan *scan, gboolean *first,
    RtmsJsonSpan *key)
{
  gchar c = rtms_json_scan_peek (scan);

  if (scan->problem)
    return FALSE;
  if (c == '}') {
    scan->next++;
    scan->depth--;
    return FALSE;
  }
  if (!*first && !expect (scan, ',', "expected ',' or '}'"))
    return FALSE;
  *first = FALSE;
  if (rtms_json_scan_peek (scan) != '"')
    return fail (scan, "expected a member name");
  return rtms_json_scan_string (scan, key)
      && expect (scan, ':', "expected ':'");
}

static gboolean
check_escape (RtmsJsonScan *scan, const gchar **position)
{
  const gchar *p = *position;

  if (p + 1 >= scan->end)
    return fail (scan, "unfinished escape");
  if (p[1] == 'u') {
    if (scan->end - p < 6)
      return fail (scan, "unfinished escape");
    for (guint i = 2; i < 6; i++) {
      if (!g_ascii_isxdigit (p[i]))
        return fail (scan, "invalid \\u escape");
    }
    *position = p + 6;
    return TRUE;
  }
  if (p[1] == '\0' || strchr ("\"\\/bfnrt", p[1]) == NULL)
    return fail (scan, "invalid escape");
  *position = p + 2;
  return TRUE;
}

/**
 * rtms_json_scan_string:
 * @scan: before a string
 * @span: (out): what lies between the quotes
 */
gboolean
rtms_json_scan_string (RtmsJsonScan *scan, RtmsJsonSpan *span)
{
  const gchar *start, *p;

  if (!expect (scan, '"', "expected a string"))
    return FALSE;
  start = p = scan->next;
  *span = (RtmsJsonSpan) { .text = start, .quoted = TRUE };
  while ((p = rtms_json_skip_plain (p, scan->end)) < scan->end && *p != '"') {
    if (*p != '\\')
      return fail (scan, "control character in a string");
    span->escaped = TRUE;
    if (!check_escape (scan, &p))
      return FALSE;
  }
  if (p >= scan->end)
    return fail (scan, "unfinished string");
  span->length = (gsize) (p - start);
  scan->next = p + 1;
  return TRUE;
}

static const gchar *
skip_digits (const gchar *p, const gchar *end)
{
  while (p < end && g_ascii_isdigit (*p))
    p++;
  return p;
}

static gboolean
scan_number (RtmsJsonScan *scan, RtmsJsonSpan *span)
{
  const gchar *start = scan->next, *end = scan->end, *p = start, *digits;

  if (p < end && *p == '-')
    p++;
  digits = p;
  p = skip_digits (p, end);
  if (p == digits || (*digits == '0' && p - digits > 1))
    return fail (scan, "invalid number");
  if (p < end && *p == '.') {
    digits = ++p;
    p = skip_digits (p, end);
    if (p == digits)
      return fail (scan, "invalid number");
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    p++;
    if (p < end && (*p == '+' || *p == '-'))
      p++;
    digits = p;
    p = skip_digits (p, end);
    if (p == digits)
      return fail (scan, "invalid number");
  }
  *span = (RtmsJsonSpan) { .text = start, .length = (gsize) (p - start) };
  scan->next = p;
  return TRUE;
}

static gboolean
scan_literal (RtmsJsonScan *scan, RtmsJsonSpan *span)
{
  static const gchar *const literals[] = { "true", "false", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (literals); i++) {
    gsize length = strlen (literals[i]);

    if ((gsize) (scan->end - scan->next) >= length
        && memcmp (scan->next, literals[i], length) == 0) {
      *span = (RtmsJsonSpan) { .text = scan->next, .length = length };
      scan->next += length;
      return TRUE;
    }
  }
  return fail (scan, "expected a value");
}

/* A string, number or literal. */
gboolean
rtms_json_scan_scalar (RtmsJsonScan *scan, RtmsJsonSpan *span)
{
  gchar c = rtms_json_scan_peek (scan);

  if (c == '"')
    return rtms_json_scan_string (scan, span);
  if (c == '-' || g_ascii_isdigit (c))
    return scan_number (scan, span);
  return scan_literal (scan, span);
}

/* Any value, checked and left behind. Recursion is bounded by the depth. */
gboolean
rtms_json_scan_skip (RtmsJsonScan *scan)
{
  RtmsJsonSpan span;
  gboolean first = TRUE;

  switch (rtms_json_scan_peek (scan)) {
    case '{':
      if (!rtms_json_scan_enter_object (scan))
        return FALSE;
      while (rtms_json_scan_next_member (scan, &first, &span)) {
        if (!rtms_json_scan_skip (scan))
          return FALSE;
      }
      return scan->problem == NULL;
    case '[':
      scan->next++;
      if (!descend (scan))
        return FALSE;
      while (rtms_json_scan_peek (scan) != ']') {
        if (!first && !expect (scan, ',', "expected ',' or ']'"))
          return FALSE;
        first = FALSE;
        if (!rtms_json_scan_skip (scan))
          return FALSE;
      }
      scan->next++;
      scan->depth--;
      return TRUE;
    default:
      return rtms_json_scan_scalar (scan, &span);
  }
}

/* Whether the text ended with the value, without a problem. */
gboolean
rtms_json_scan_finish (RtmsJsonScan *scan)
{
  if (scan->problem)
    return FALSE;
  rtms_json_scan_peek (scan);
  if (scan->next != scan->end)
    return fail (scan, "text after the object");
  return TRUE;
}

gboolean
rtms_json_span_equal (const RtmsJsonSpan *span, const gchar *text)
{
  gsize length = strlen (text);

  return span->length == length && memcmp (span->text, text, length) == 0;
}

/* Numbers that fit no 64-bit integer do not count as one; fractions are cut
 * off. Copies, as a span is not NUL-terminated. */
static gboolean
copy_number (const RtmsJsonSpan *span, gchar *copy, gsize size)
{
  if (span->length == 0 || span->length >= size || span->escaped)
    return FALSE;
  memcpy (copy, span->text, span->length);
  copy[span->length] = '\0';
  return TRUE;
}

static gboolean
get_double (const gchar *text, gdouble minimum, gdouble maximum,
    gdouble *value)
{
  gchar *end;

  *value = g_ascii_strtod (text, &end);
  return *end == '\0' && *value >= minimum && *value < maximum;
}

/* Up to 18 digits, which no 64-bit integer is too small for. */
static gboolean
get_digits (const RtmsJsonSpan *span, guint64 *value)
{
  guint64 sum = 0;

  if (span->length == 0 || span->length > 18)
    return FALSE;
  for (gsize i = 0; i < span->length; i++) {
    guint digit = (guint) span->text[i] - '0';

    if (digit > 9)
      return FALSE;
    sum = sum * 10 + digit;
  }
  *value = sum;
  return TRUE;
}

/* A number, or a string that holds one. */
gboolean
rtms_json_span_get_int64 (const RtmsJsonSpan *span, gint64 *value)
{
  gchar copy[40], *end;
  guint64 digits;
  gdouble real;

  if (get_digits (span, &digits)) {
    *value = (gint64) digits;
    return TRUE;
  }
  if (!copy_number (span, copy, sizeof copy))
    return FALSE;
  errno = 0;
  *value = g_ascii_strtoll (copy, &end, 10);
  if (*end == '\0' && end != copy)
    return errno == 0;
  if (!get_double (copy, -9.2e18, 9.2e18, &real))
    return FALSE;
  *value = (gint64) real;
  return TRUE;
}

gboolean
rtms_json_span_get_uint64 (const RtmsJsonSpan *span, guint64 *value)
{
  gchar copy[40], *end;
  gdouble real;

  if (get_digits (span, value))
    return TRUE;
  if (!copy_number (span, copy, sizeof copy) || copy[0] == '-')
    return FALSE;
  errno = 0;
  *value = g_ascii_strtoull (copy, &end, 10);
  if (*end == '\0' && end != copy)
    return errno == 0;
  if (!get_double (copy, 0, 1.8e19, &real))
    return FALSE;
  *value = (guint64) real;
  return TRUE;
}

static gunichar
get_hex (const gchar *digits)
{
  gunichar c = 0;

  for (guint i = 0; i < 4; i++)
    c = c << 4 | (gunichar) g_ascii_xdigit_value (digits[i]);
  return c;
}

static gsize
append_escape (GString *text, const gchar *p, gsize left)
{
  static const gchar from[] = "bfnrt", to[] = "\b\f\n\r\t";
  const gchar *simple;
  gunichar c, low;

  if (p[1] != 'u') {
    simple = strchr (from, p[1]);
    g_string_append_c (text, simple ? to[simple - from] : p[1]);
    return 2;
  }

  c = get_hex (p + 2);
  if (c >= 0xd800 && c < 0xdc00 && left >= 12 && p[6] == '\\'
      && p[7] == 'u') {
    low = get_hex (p + 8);
    if (low >= 0xdc00 && low < 0xe000) {
      g_string_append_unichar (text,
          0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
      return 12;
    }
  }
  /* A NUL would end the C string, half a pair is no character. */
  if (c == 0 || (c >= 0xd800 && c < 0xe000))
    c = 0xfffd;
  g_string_append_unichar (text, c);
  return 6;
}

/**
 * rtms_json_span_unescape:
 * @span: a string of a finished scan
 * @text: (inout): is set to what it stands for, as valid UTF-8
 */
void
rtms_json_span_unescape (const RtmsJsonSpan *span, GString *text)
{
  g_string_truncate (text, 0);
  if (!span->escaped) {
    g_string_append_len (text, span->text, (gssize) span->length);
  } else {
    const gchar *p = span->text, *end = p + span->length;

    while (p < end) {
      const gchar *escape = memchr (p, '\\', (gsize) (end - p));

      if (escape == NULL)
        escape = end;
      g_string_append_len (text, p, escape - p);
      p = escape;
      if (p < end)
        p += append_escape (text, p, (gsize) (end - p));
    }
  }

  if (!g_utf8_validate_len (text->str, text->len, NULL)) {
    g_autofree gchar *valid = g_utf8_make_valid (text->str,
        (gssize) text->len);

    g_string_assign (text, valid);
  }
}
