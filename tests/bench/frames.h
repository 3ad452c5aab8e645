/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Each payload carries the time of its sending, as so many hexadecimal
 * digits, at its beginning or, in H.264, within the SEI behind the access
 * unit delimiter. Both offsets are multiples of 3, so that base64 keeps the
 * digits in characters of their own. */
#define STAMP_SIZE 18
#define STAMP_OFFSET_AUDIO 0
#define STAMP_OFFSET_VIDEO 30

/**
 * Frame:
 * @bytes: a WebSocket frame with a media message, to be patched and sent
 * @size: of it
 * @stamp: where its base64 of the stamp is
 * @time: where the 13 digits of its timestamp are
 * @payload: what its base64 stands for
 * @payload_size: of it
 * @payload_stamp: where the stamp is in it
 */
typedef struct {
  guint8 *bytes;
  gsize size;
  gsize stamp;
  gsize time;
  guint8 *payload;
  gsize payload_size;
  gsize payload_stamp;
} Frame;

/**
 * Stream:
 * @frames: sent in a circle, (element-type Frame)
 * @interval: between two of them, ns
 * @deflated: whether they are compressed, as permessage-deflate says
 */
typedef struct {
  GArray *frames;
  gint64 interval;
  gboolean deflated;
} Stream;

typedef enum {
  STREAM_AUDIO,
  STREAM_VIDEO,
  N_STREAMS,
} StreamKind;

typedef struct {
  const gchar *name;
  guint audio_rate;
  guint audio_channels;
  guint video_rate;             /* frames per second */
  guint video_bits;             /* per second */
} Profile;

const Profile *profile_find (const gchar *name);
void profile_create_streams (const Profile *profile, const gchar *video_path,
    guint32 seed, gboolean deflated, Stream streams[N_STREAMS]);
void streams_clear (Stream streams[N_STREAMS]);
void frame_stamp (Frame *frame, gint64 time_ns, gint64 unix_ms);
gsize websocket_put_header (guint8 *bytes, guint8 opcode, gsize size);

G_END_DECLS
