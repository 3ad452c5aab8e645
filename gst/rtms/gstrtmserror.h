/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "protocol/rtmserror.h"

G_BEGIN_DECLS

void gst_rtms_error_post (GstElement *element, const GError *error,
    gint status_code);

G_END_DECLS
