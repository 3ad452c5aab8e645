/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsrtp.h"

#define RTP_HEADER_SIZE 12
#define PAYLOAD_TYPE_PCMA 8
#define PAYLOAD_TYPE_G722 9
#define PAYLOAD_TYPE_DYNAMIC 96

/* 20 ms at 64 kbit/s */
#define G711_G722_SIZE 160

/**
 * rtms_rtp_get_payload_type:
 * @codec: an #RtmsCodec of audio
 * @bytes: a packet of content type RTP
 * @size: in bytes
 *
 * Some senders take content type RTP for another word for raw audio, so the
 * first packet has to tell whether it begins with an RTP header: by RTP's
 * version, the payload type that belongs to the codec, and, where a raw packet
 * has a known size, by that.
 *
 * Returns: the RTP payload type, or -1 for a packet without a header
 */
gint
rtms_rtp_get_payload_type (gint codec, const guint8 *bytes, gsize size)
{
  gint payload_type;

  if (size <= RTP_HEADER_SIZE || bytes[0] >> 6 != 2)
    return -1;
  payload_type = bytes[1] & 0x7f;
  switch (codec) {
    case RTMS_CODEC_G711:
      return payload_type == PAYLOAD_TYPE_PCMA && size != G711_G722_SIZE
          ? payload_type : -1;
    case RTMS_CODEC_G722:
      return payload_type == PAYLOAD_TYPE_G722 && size != G711_G722_SIZE
          ? payload_type : -1;
    case RTMS_CODEC_OPUS:
      /* As the first byte of a raw Opus packet, RTP's would mean 2.5 or 5 ms
       * of narrow-band audio; Zoom sends 20 ms. */
      return payload_type >= PAYLOAD_TYPE_DYNAMIC ? payload_type : -1;
    default:
      return -1;
  }
}
