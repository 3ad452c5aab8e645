/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "ext/crypto/rtmssecret.h"

G_BEGIN_DECLS

/* A property's new value takes the place of what its field holds. An empty
 * secret is none. */

void gst_rtms_value_set_string (gchar **field, const GValue *value);
void gst_rtms_value_set_secret (RtmsSecret **field, const GValue *value);
void gst_rtms_value_set_structure (GstStructure **field, const GValue *value);

G_END_DECLS
