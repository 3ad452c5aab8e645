/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmspads.h"
#include "gstrtmssettings.h"
#include "protocol/rtmsmessage.h"

G_BEGIN_DECLS

/**
 * GstRtmsStreams:
 *
 * What becomes of a stream's packets in one run of an element: media in,
 * timestamped buffers on pads out, by the one timeline that they share.
 *
 * open(), push_media(), push_event(), tick() and end() belong to the network
 * thread; the others may be called from any.
 */
typedef struct _GstRtmsStreams GstRtmsStreams;

GstRtmsStreams *gst_rtms_streams_new (GstElement *element,
    GstRtmsSettings *settings);
GstRtmsStreams *gst_rtms_streams_ref (GstRtmsStreams *streams);
void gst_rtms_streams_unref (GstRtmsStreams *streams);
GstElement *gst_rtms_streams_get_element (GstRtmsStreams *streams);
GstRtmsPads *gst_rtms_streams_get_pads (GstRtmsStreams *streams);

gboolean gst_rtms_streams_has_media (GstRtmsStreams *streams);
void gst_rtms_streams_open (GstRtmsStreams *streams,
    const RtmsMediaParams *params);
gint64 gst_rtms_streams_push_media (GstRtmsStreams *streams,
    const RtmsMedia *media, GstBuffer *buffer);
gint64 gst_rtms_streams_release (GstRtmsStreams *streams, gint64 now);
void gst_rtms_streams_push_event (GstRtmsStreams *streams,
    const RtmsMessage *message);
void gst_rtms_streams_tick (GstRtmsStreams *streams);

#define GST_RTMS_STREAMS_ALL G_MAXUINT
void gst_rtms_streams_end (GstRtmsStreams *streams, guint kinds);

void gst_rtms_streams_await_video (GstRtmsStreams *streams);
void gst_rtms_streams_interrupt (GstRtmsStreams *streams, guint kinds);
void gst_rtms_streams_resume (GstRtmsStreams *streams, guint kinds);
void gst_rtms_streams_stop (GstRtmsStreams *streams, gint stop_reason);
void gst_rtms_streams_add_stats (GstRtmsStreams *streams,
    GstStructure *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstRtmsStreams, gst_rtms_streams_unref)

G_END_DECLS
