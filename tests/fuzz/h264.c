/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The key frame scan, against one that looks at each byte. */

#include "gst/rtms/protocol/rtmsh264.h"

#include "fuzz.h"

static gboolean
is_key_frame (const guint8 *bytes, gsize size)
{
  gboolean parameters = FALSE;

  for (gsize i = 0; i + 3 < size; i++) {
    if (bytes[i] != 0 || bytes[i + 1] != 0 || bytes[i + 2] != 1)
      continue;
    switch (bytes[i + 3] & 31) {
      case 5:
        return TRUE;
      case 7:
        parameters = TRUE;
        break;
      case 1:
        return parameters;
      default:
        break;
    }
  }
  return FALSE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  g_assert_true (rtms_h264_is_key_frame (bytes, size)
      == is_key_frame (bytes, size));
  return 0;
}
