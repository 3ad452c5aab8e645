/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "protocol/rtmsmediaparams.h"

G_BEGIN_DECLS

#define GST_RTMS_AUDIO_CAPS \
    "audio/x-raw, format=S16LE, layout=interleaved, " \
    "rate={ 8000, 16000, 32000, 48000 }, channels=[ 1, 2 ]"
#define GST_RTMS_VIDEO_CAPS \
    "video/x-h264, stream-format=byte-stream, alignment=au; " \
    "image/jpeg; image/png"
#define GST_RTMS_TEXT_CAPS "text/x-raw, format=utf8"
#define GST_RTMS_EVENTS_CAPS "application/x-json"

GstCaps *gst_rtms_caps_new (RtmsMediaKind kind,
    const RtmsMediaParams *params);

G_END_DECLS
