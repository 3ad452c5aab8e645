/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmsH264Filler:
 *
 * Black H.264 pictures of one size, made without an encoder, for a camera that
 * is not there: a key frame, and frames that repeat the one before.
 * Constrained Baseline, byte-stream, one access unit at a time.
 */
typedef struct _RtmsH264Filler RtmsH264Filler;

RtmsH264Filler *rtms_h264_filler_new (guint width, guint height);
void rtms_h264_filler_free (RtmsH264Filler *filler);
GByteArray *rtms_h264_filler_create_key_frame (RtmsH264Filler *filler);
GByteArray *rtms_h264_filler_create_repeat (RtmsH264Filler *filler);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmsH264Filler, rtms_h264_filler_free)

G_END_DECLS
