/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL
      | G_LOG_LEVEL_WARNING);
  return 0;
}

gboolean
fuzz_input_is_empty (const FuzzInput *input)
{
  return input->next == input->end;
}

guint8
fuzz_input_get_byte (FuzzInput *input)
{
  return fuzz_input_is_empty (input) ? 0 : *input->next++;
}

/* Of @size bytes, the most significant first. */
guint64
fuzz_input_get_number (FuzzInput *input, guint size)
{
  guint64 number = 0;

  while (size-- > 0)
    number = number << 8 | fuzz_input_get_byte (input);
  return number;
}

void
fuzz_assert_is_line (const gchar *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (; *text; text = g_utf8_next_char (text))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (text)));
}
