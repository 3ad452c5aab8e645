/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The base64 decoder, by each set of instructions that this processor has,
 * against GLib's encoder. */

#include "ext/json/rtmsbase64.h"
#include "ext/json/rtmsbase64private.h"

#include <string.h>

#include "fuzz.h"

static gsize
count_digits (const gchar *text, gsize size)
{
  gsize n = 0;

  while (n < size && (g_ascii_isalnum (text[n]) || text[n] == '+'
          || text[n] == '/'))
    n++;
  return n;
}

/* Which texts are base64, said the long way round. */
static gboolean
is_base64 (const gchar *text, gsize size)
{
  gsize digits = count_digits (text, size);

  if (digits == size)
    return size % 4 != 1;
  if (size % 4 != 0)
    return FALSE;
  return digits + 1 == size ? text[digits] == '='
      : digits + 2 == size && text[digits] == '=' && text[digits + 1] == '=';
}

static void
check_path (const RtmsBase64Path *path, const gchar *text, gsize size)
{
  gsize bound = rtms_base64_decoded_bound (size);
  /* Just as much as was asked for, so that a byte too much shows. */
  g_autofree guint8 *decoded = g_malloc (bound);
  g_autofree gchar *encoded = NULL;
  gssize n = rtms_base64_decode_by (path, text, size, decoded);
  gsize digits = count_digits (text, size);

  g_assert_true ((n >= 0) == is_base64 (text, size));
  if (n < 0)
    return;
  g_assert_cmpint (n, ==, (gssize) (digits * 6 / 8));
  g_assert_cmpint (n, <=, (gssize) bound);
  if (n == 0)
    return;
  encoded = g_base64_encode (decoded, (gsize) n);
  /* The last digit may hold bits that belong to no byte. */
  g_assert_cmpint (memcmp (encoded, text, digits % 4 ? digits - 1 : digits),
      ==, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  g_autofree gchar *text = g_malloc (MAX (size, 1));

  if (size)
    memcpy (text, bytes, size);
  for (guint i = 0; i < rtms_base64_n_paths; i++) {
    if (rtms_base64_paths[i].is_usable ())
      check_path (&rtms_base64_paths[i], text, size);
  }
  return 0;
}
