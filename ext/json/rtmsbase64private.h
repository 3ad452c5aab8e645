/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RTMS_BASE64_INVALID 0x80

/* The value of each character, or RTMS_BASE64_INVALID. */
extern const guint8 rtms_base64_values[256];

/**
 * RtmsBase64Blocks:
 * @text: base64 without padding
 * @length: a multiple of 4
 * @bytes: room for what @text decodes to
 *
 * Decodes as many blocks of its own size as there are from the beginning, up
 * to one that is not base64.
 *
 * Returns: how many characters were decoded, a multiple of 4
 */
typedef gsize (*RtmsBase64Blocks) (const guint8 *text, gsize length,
    guint8 *bytes);

/**
 * RtmsBase64Path:
 * @name: of the instructions
 * @is_usable: whether this processor has them
 * @decode_blocks: (nullable): by these instructions
 */
typedef struct {
  const gchar *name;
  gboolean (*is_usable) (void);
  RtmsBase64Blocks decode_blocks;
} RtmsBase64Path;

/* The best first; the last is the scalar one, which is always usable. */
extern const RtmsBase64Path rtms_base64_paths[];
extern const guint rtms_base64_n_paths;

gssize rtms_base64_decode_by (const RtmsBase64Path *path, const gchar *text,
    gsize length, guint8 *bytes);

#if defined (__x86_64__)
gboolean rtms_base64_has_avx2 (void);
gboolean rtms_base64_has_ssse3 (void);
gsize rtms_base64_blocks_avx2 (const guint8 *text, gsize length,
    guint8 *bytes);
gsize rtms_base64_blocks_ssse3 (const guint8 *text, gsize length,
    guint8 *bytes);
#elif defined (__aarch64__)
gboolean rtms_base64_has_neon (void);
gsize rtms_base64_blocks_neon (const guint8 *text, gsize length,
    guint8 *bytes);
#endif

G_END_DECLS
