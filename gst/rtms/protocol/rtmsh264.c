/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsh264.h"

#include <string.h>

enum {
  NAL_SLICE = 1,
  NAL_SLICE_IDR = 5,
  NAL_SPS = 7,
};

/**
 * rtms_h264_is_key_frame:
 * @bytes: one access unit in Annex B
 * @size: in bytes
 *
 * Decoding can begin at an access unit with an IDR slice, and at one that
 * brings its own sequence parameter set. Reads no further than the first
 * slice, so its cost does not depend on the frame's size.
 *
 * Returns: whether decoding can begin here
 */
gboolean
rtms_h264_is_key_frame (const guint8 *bytes, gsize size)
{
  const guint8 *p = bytes, *end = bytes + size;
  gboolean parameters = FALSE;

  while (end - p > 3) {
    const guint8 *one = memchr (p + 2, 1, (gsize) (end - p - 2));

    if (one == NULL || one + 1 >= end)
      return FALSE;
    if (one[-1] != 0 || one[-2] != 0) {
      p = one - 1;
      continue;
    }
    switch (one[1] & 0x1f) {
      case NAL_SLICE_IDR:
        return TRUE;
      case NAL_SPS:
        parameters = TRUE;
        break;
      case NAL_SLICE:
        return parameters;
      default:
        break;
    }
    p = one + 1;
  }
  return FALSE;
}
