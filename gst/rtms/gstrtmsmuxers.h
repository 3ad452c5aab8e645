/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

void gst_rtms_muxers_mend_link (GstElement *element, const gchar *caps_text);
gboolean gst_rtms_muxers_adapt (GstElement *element);
gboolean gst_rtms_muxers_release (GstElement *element);

G_END_DECLS
