/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Media parameters: which of a client's wishes the server grants. */
#pragma once

#include "json.h"
#include "options.h"
#include "protocol.h"

G_BEGIN_DECLS

typedef struct {
  SimContentType content_type;
  SimSampleRate sample_rate;
  gint channel;
  SimCodec codec;
  SimDataOption data_opt;
  gint send_rate; /* ms */
} SimAudioParams;

typedef struct {
  SimContentType content_type;
  SimCodec codec;
  gint resolution;
  gint fps;
  SimDataOption data_opt; /* video only */
} SimPictureParams;

typedef struct {
  SimAudioParams audio;
  SimPictureParams video;
  SimPictureParams share;
  gint language;
  gboolean detect_language;
} SimParams;

/* Reads "media_params" of @request for these media; what is absent gets the
 * server's defaults. */
SimStatus sim_params_negotiate (JsonObject *request, guint media,
    const SimOptions *options, SimParams *params);

/* The confirmed parameters, all of them, as "media_params" of a response. */
JsonObject *sim_params_to_json (const SimParams *params, guint media);

gint sim_params_get_rate (const SimAudioParams *params);
void sim_params_get_size (
    const SimPictureParams *params, gint *width, gint *height);

/* For the log, e.g. "L16 16000 Hz mono 20 ms". */
gchar *sim_params_describe (const SimParams *params, guint media);

G_END_DECLS
