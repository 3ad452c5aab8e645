/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/* What a target defines: works on the bytes, and aborts when something that
 * must always hold does not. Linked to libFuzzer, or to replay.c, which runs
 * the corpus once. */
int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize (int *argc, char ***argv);

/**
 * FuzzInput:
 *
 * Bytes that choose what a target does. What is read behind their end is 0.
 */
typedef struct {
  const guint8 *next;
  const guint8 *end;
} FuzzInput;

gboolean fuzz_input_is_empty (const FuzzInput *input);
guint8 fuzz_input_get_byte (FuzzInput *input);
guint64 fuzz_input_get_number (FuzzInput *input, guint size);

/* What goes into messages for people and into the log. */
void fuzz_assert_is_line (const gchar *text);

G_END_DECLS
