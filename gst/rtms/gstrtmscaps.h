/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "protocol/rtmsmediaparams.h"

G_BEGIN_DECLS

#define GST_RTMS_AUDIO_CAPS \
    "audio/x-raw, format=S16LE, layout=interleaved, " \
    "rate={ 8000, 16000, 32000, 48000 }, channels=[ 1, 2 ]; " \
    "audio/x-alaw, rate=8000, channels=1; " \
    "audio/G722, rate=16000, channels=1; " \
    "audio/x-opus, rate=48000, channels=[ 1, 2 ], " \
    "channel-mapping-family=0; " \
    "application/x-rtp, media=audio, clock-rate={ 8000, 48000 }, " \
    "encoding-name={ PCMA, G722, OPUS }"
#define GST_RTMS_VIDEO_CAPS \
    "video/x-h264, stream-format=byte-stream, alignment=au; " \
    "image/jpeg; image/png"
#define GST_RTMS_UTF8_CAPS "text/x-raw, format=utf8"
#define GST_RTMS_JSON_CAPS "application/x-json"
#define GST_RTMS_TEXT_CAPS GST_RTMS_UTF8_CAPS "; " GST_RTMS_JSON_CAPS
#define GST_RTMS_EVENTS_CAPS GST_RTMS_JSON_CAPS

GstCaps *gst_rtms_caps_new_rtp (const RtmsAudioParams *params,
    const guint8 *bytes, gsize size);
GstCaps *gst_rtms_caps_new (RtmsMediaKind kind,
    const RtmsMediaParams *params);

G_END_DECLS
