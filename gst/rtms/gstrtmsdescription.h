/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmsenums.h"
#include "gstrtmsplaceholders.h"

G_BEGIN_DECLS

/* The element that is copied for each participant. */
#define GST_RTMS_DESCRIPTION_EACH "audio-each"

GstElement *gst_rtms_description_parse (const gchar *text,
    const GstRtmsPlaceholders *values, GError **error);
GstElement *gst_rtms_description_parse_participant (const gchar *text,
    const GstRtmsPlaceholders *values, GError **error);

GstRtmsMediaFlags gst_rtms_description_get_media (const gchar *text,
    const GstRtmsPlaceholders *values, gboolean *each, GError **error);
GstElement *gst_rtms_description_find (GstElement *bin, const gchar *name);
void gst_rtms_description_adapt (GstElement *bin, GstElement *source);

G_END_DECLS
