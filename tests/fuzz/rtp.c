/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Telling a packet of RTP from raw audio. The first byte is the codec. */

#include "gst/rtms/protocol/rtmsrtp.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  gint type;

  if (size == 0)
    return 0;
  type = rtms_rtp_get_payload_type (bytes[0], bytes + 1, size - 1);
  g_assert_cmpint (type, >=, -1);
  g_assert_cmpint (type, <, 128);
  if (type < 0)
    return 0;
  g_assert_cmpint (bytes[1] & 0xc0, ==, 0x80);
  g_assert_cmpint (bytes[2] & 0x7f, ==, type);
  g_assert_true (bytes[0] == RTMS_CODEC_G711 || bytes[0] == RTMS_CODEC_G722
      || bytes[0] == RTMS_CODEC_OPUS);
  return 0;
}
