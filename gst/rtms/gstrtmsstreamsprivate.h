/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstrtmsroster.h"
#include "gstrtmsstreams.h"
#include "protocol/rtmstimeline.h"

/* What the streams' files share: gstrtmsstreams.c is the run of an element,
 * gstrtmspackets.c the way of a packet to its pad. */

G_BEGIN_DECLS

#define EVENTS GST_RTMS_PAD_EVENTS
#define N_STREAMS GST_RTMS_N_PAD_INDICES

/* Whose frame came last. */
typedef struct {
  gboolean is_known;
  guint64 user_id;
  gint64 unix_time;
} LastFrame;

struct _GstRtmsStreams
{
  gatomicrefcount ref_count;
  GstElement *element;          /* not owned: whose client outlives us */
  GstRtmsSettings *settings;

  GstRtmsPads *pads;
  GstRtmsRoster *roster;

  RtmsTimeline timeline;
  RtmsMediaParams params;
  gboolean is_complete;         /* the first set of pads */
  GQueue waiting;               /* of packets, for the timeline's beginning */
  gint64 waiting_since;
  gboolean is_fresh;            /* audio, from a connection that is new */
  GQueue fresh;                 /* of packets of it, by their time */
  gint64 fresh_since;
  GQueue unplaced;              /* of packets, whose time is far off */
  guint unplaced_restarts;      /* of the timeline, when they came */
  LastFrame last_frames[RTMS_N_MEDIA];
  guint interrupted;            /* bits of media */
  guint resumed;                /* of these, that may come again */
  gboolean audio_is_behind;     /* what Zoom kept is still to come */
  gboolean fills_audio;         /* as the pads were told */
  gboolean fills_video;
  gboolean fills_share;
  gboolean has_too_many;        /* participants, which was told */
  gint64 last_warning;
  guint dropped[N_STREAMS];     /* since the last warning of them */
};

void gst_rtms_streams_post (GstRtmsStreams *streams, GstStructure *notice);
void gst_rtms_streams_update_fill (GstRtmsStreams *streams);
gboolean gst_rtms_streams_is_late_audio (GstRtmsStreams *streams);
void gst_rtms_streams_add_audio_pad (GstRtmsStreams *streams,
    guint64 user_id, const gchar *user_name, GstBuffer *packet);
void gst_rtms_streams_warn_of_drops (GstRtmsStreams *streams, guint index,
    guint dropped);

gint64 gst_rtms_streams_get_running_time (GstRtmsStreams *streams);
GstClockTime gst_rtms_streams_map_text (GstRtmsStreams *streams,
    gint64 unix_time);
void gst_rtms_streams_begin (GstRtmsStreams *streams);
GstClockTime gst_rtms_streams_get_reorder_time (GstRtmsStreams *streams);
void gst_rtms_streams_begin_fresh (GstRtmsStreams *streams);
void gst_rtms_streams_clear_waiting (GstRtmsStreams *streams);

G_END_DECLS
