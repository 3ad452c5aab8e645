/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmsenums.h"

G_BEGIN_DECLS

void gst_rtms_log (GstRtmsLogFormat format, const GstStructure *structure);
gchar *gst_rtms_log_format (GstRtmsLogFormat format,
    const GstStructure *structure);

G_END_DECLS
