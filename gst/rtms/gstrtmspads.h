/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmssettings.h"
#include "gstrtmssrcpad.h"

G_BEGIN_DECLS

/**
 * GstRtmsPadIndex:
 *
 * What a pad carries: an #RtmsMediaKind, or the events.
 */
typedef guint GstRtmsPadIndex;

#define GST_RTMS_PAD_EVENTS ((GstRtmsPadIndex) RTMS_N_MEDIA)
#define GST_RTMS_N_PAD_INDICES (GST_RTMS_PAD_EVENTS + 1)

/**
 * GstRtmsPads:
 *
 * The source pads of one run of an element: their birth, with all that has to
 * come before the first buffer, the stream collection, and their end.
 *
 * announce(), expose() and complete() belong to the network thread; the
 * others may be called from any.
 */
typedef struct _GstRtmsPads GstRtmsPads;

typedef void (*GstRtmsPadFunc) (GstRtmsSrcPad *pad, GstRtmsPadIndex index,
    gpointer user_data);

GstRtmsPads *gst_rtms_pads_new (GstElement *element,
    GstRtmsSettings *settings);
GstRtmsPads *gst_rtms_pads_ref (GstRtmsPads *pads);
void gst_rtms_pads_unref (GstRtmsPads *pads);
void gst_rtms_pads_close (GstRtmsPads *pads);

gboolean gst_rtms_pad_index_is_text (GstRtmsPadIndex index);
const gchar *gst_rtms_pad_index_get_name (GstRtmsPadIndex index);

void gst_rtms_pads_announce (GstRtmsPads *pads, GstRtmsPadIndex index,
    guint64 user_id, const gchar *user_name, const gchar *language,
    GstCaps *caps, const GstRtmsQueueLimits *limits, GstRtmsFill *fill);
void gst_rtms_pads_expose (GstRtmsPads *pads);
void gst_rtms_pads_complete (GstRtmsPads *pads);
void gst_rtms_pads_push_event (GstRtmsPads *pads, GstEvent *event);
void gst_rtms_pads_end_user (GstRtmsPads *pads, guint64 user_id);

GstRtmsSrcPad *gst_rtms_pads_get (GstRtmsPads *pads, GstRtmsPadIndex index,
    guint64 user_id);
void gst_rtms_pads_foreach (GstRtmsPads *pads, GstRtmsPadFunc func,
    gpointer user_data);
guint gst_rtms_pads_get_size (GstRtmsPads *pads);
gboolean gst_rtms_pads_is_empty (GstRtmsPads *pads);
gboolean gst_rtms_pads_had_any (GstRtmsPads *pads);
void gst_rtms_pads_set_playing (GstRtmsPads *pads, gboolean playing);
gboolean gst_rtms_pads_is_playing (GstRtmsPads *pads);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstRtmsPads, gst_rtms_pads_unref)

G_END_DECLS
