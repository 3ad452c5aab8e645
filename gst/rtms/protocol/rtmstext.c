/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmstext.h"

#include <string.h>

/* What could make one line of a log look like two, colour a terminal, or turn
 * text around: controls, line and paragraph separators, and the controls of
 * bidirectional text. */
static gboolean
is_harmless (gunichar c)
{
  if (c < 0x20 || (c >= 0x7f && c < 0xa0))
    return FALSE;
  return !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069);
}

/**
 * rtms_text_is_line:
 * @text: valid UTF-8
 *
 * Returns: whether @text can stand in a line of a log as it is
 */
gboolean
rtms_text_is_line (const gchar *text)
{
  for (; *text; text = g_utf8_next_char (text)) {
    if (!is_harmless (g_utf8_get_char (text)))
      return FALSE;
  }
  return TRUE;
}

/**
 * rtms_text_to_line:
 * @text: anything from the network
 * @max_length: in bytes; what is longer is cut off
 *
 * For whatever others chose and people read: names, reasons, answers.
 *
 * Returns: (transfer full): valid UTF-8 for a line of a log, in which U+FFFD
 *     stands for all that is not
 */
gchar *
rtms_text_to_line (const gchar *text, gsize max_length)
{
  gsize length = strnlen (text, max_length + 1);
  g_autofree gchar *valid = NULL;
  GString *line = g_string_sized_new (MIN (length, max_length));

  /* Not in the middle of a character. */
  if (length > max_length)
    for (length = max_length; length > 0
        && ((guchar) text[length] & 0xc0) == 0x80; length--);
  valid = g_utf8_make_valid (text, (gssize) length);
  for (const gchar *p = valid; *p; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    g_string_append_unichar (line, is_harmless (c) ? c : 0xfffd);
  }
  return g_string_free (line, FALSE);
}
