/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Encoded packets of one medium in one format, shared by every meeting that
 * negotiated that format: encoding fifty meetings costs as much as one.
 *
 * A pipeline in threads of its own fills the track and stays a few seconds
 * ahead of the furthest reader. Packets are equally long and counted from 0. */
#pragma once

#include <gst/gst.h>

#include "camera.h"
#include "protocol.h"
#include "scene.h"

G_BEGIN_DECLS

/* Every field is compared, so set unused ones to 0. */
typedef struct {
  SimMedium medium;
  SimCodec codec;
  gboolean rtp;
  gint rate;
  gint channels;
  gint width;
  gint height;
  gint fps;
  gint view;   /* of a camera; of audio, a person or -1 */
  gint change; /* of the picture, counted from 1; 0 = as negotiated */
  SimProfile profile;
  SimColorimetry colorimetry;
} SimTrackSpec;

/* Which part of the meeting a track holds. */
typedef struct {
  gint64 start; /* of packet 0 */
  gint64 end;
  gboolean forgetful;  /* packets far behind the reader are dropped */
  gboolean keep_sound; /* what was encoded is kept too */
} SimTrackPart;

typedef struct {
  GBytes *data; /* owned by the track */
  gboolean key_frame;
} SimPacket;

typedef struct _SimTrack SimTrack;

/* Audio packets are so long; audio of longer messages is put together. */
#define SIM_AUDIO_PACKET (20 * 1000)

/* Where @uri is NULL the scene's own sound and pictures are encoded. */
SimTrack *sim_track_new (const SimTrackSpec *spec, const SimTrackPart *part,
    SimScene *scene, const gchar *uri, GError **error);
void sim_track_free (SimTrack *track);
const SimTrackSpec *sim_track_get_spec (SimTrack *track);

/* Meeting time at which a packet begins, and the first packet that begins at
 * or after a time. */
gint64 sim_track_get_offset (SimTrack *track, guint64 index);
guint64 sim_track_get_index (SimTrack *track, gint64 offset);

typedef enum {
  SIM_TRACK_PACKET,
  SIM_TRACK_WAIT,
  SIM_TRACK_END,
} SimTrackResult;

/* Looks a packet up and lets the encoder run on from there. On
 * SIM_TRACK_PACKET the caller owns a reference to @packet's data; @repeats
 * tells how often the scene has begun anew. */
SimTrackResult sim_track_get_packet (
    SimTrack *track, guint64 index, SimPacket *packet, guint64 *repeats);
/* The sound of these packets as the encoder got it: S16LE, interleaved. */
GBytes *sim_track_get_sound (SimTrack *track, guint64 index, guint count);
/* Number of packets in one run of the scene, once it is known; else 0. */
guint64 sim_track_get_period (SimTrack *track);

G_END_DECLS
