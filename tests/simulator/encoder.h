/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GStreamer descriptions of the encoders, and what their output needs to look
 * as Zoom's does. */
#pragma once

#include "track.h"

G_BEGIN_DECLS

#define SIM_ENCODER_ERROR (sim_encoder_error_quark ())
GQuark sim_encoder_error_quark (void);

/* The pipeline from raw media to an appsink named "sink". The source element
 * is an appsrc named "source", or decodes @uri. Fails when an element is not
 * installed, naming the Debian package that has it. */
gchar *sim_encoder_describe (
    const SimTrackSpec *spec, const gchar *uri, GError **error);

/* Keeps a pipeline that reads a file from decoding what it does not use. */
void sim_encoder_prepare_decoder (
    const SimTrackSpec *spec, GstElement *pipeline);

/* Whether pictures can carry text; it needs an optional plugin. */
gboolean sim_encoder_has_text (void);

/* An access unit with 4-byte start codes only, without access unit delimiters
 * and SEI. @key_frame tells whether it holds an IDR slice. */
GBytes *sim_encoder_normalise_h264 (
    const guint8 *data, gsize size, gboolean *key_frame);

G_END_DECLS
