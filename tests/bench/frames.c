/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "frames.h"

#include <string.h>
#include <zlib.h>

#define AUDIO_INTERVAL_MS 20
#define AUDIO_FRAMES 50
#define KEY_FRAME_INTERVAL 50
/* Of the bits of a second, a key frame takes so many times a delta frame's. */
#define KEY_FRAME_WEIGHT 8

#define OPCODE_TEXT 1
#define RSV_DEFLATED 0x40
/* Of a Unix time in ms. */
#define TIME_SIZE 13

/* An access unit delimiter, then the head of an SEI of "user data
 * unregistered": 16 bytes of UUID, and one more to make 30. */
#define AU_HEAD_SIZE 30
static const guint8 au_head[AU_HEAD_SIZE + 1] =
    "\0\0\0\1\x09\xf0" "\0\0\0\1\x06\x05\x23" "rtms-bench-stamp=";
#define AU_TAIL "\x80"
/* Bytes that only look like parameter sets; no receiver of the comparison
 * decodes them. */
#define PARAMETER_SETS "\0\0\0\1\x67\x64\xff\x1f\xac\0\0\0\1\x68\xee\x3c\xb0"

const Profile *
profile_find (const gchar *name)
{
  static const Profile profiles[] = {
    { "light", 16000, 1, 25, 1500000 },
    { "heavy", 48000, 2, 30, 4000000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++) {
    if (g_str_equal (profiles[i].name, name))
      return &profiles[i];
  }
  return NULL;
}

/* A header of 10 bytes at the most; returns its size. */
gsize
websocket_put_header (guint8 *bytes, guint8 opcode, gsize size)
{
  bytes[0] = 0x80 | opcode;
  if (size < 126) {
    bytes[1] = (guint8) size;
    return 2;
  }
  if (size < 65536) {
    bytes[1] = 126;
    bytes[2] = (guint8) (size >> 8);
    bytes[3] = (guint8) size;
    return 4;
  }
  bytes[1] = 127;
  for (guint i = 0; i < 8; i++)
    bytes[2 + i] = (guint8) ((guint64) size >> (56 - 8 * i));
  return 10;
}

/* Whole blocks that refer to nothing before, and end at a byte. */
static void
append_deflated (GByteArray *out, const gchar *text, gsize size)
{
  z_stream stream = { 0 };
  g_autofree guint8 *bytes = NULL;
  gsize room;

  if (deflateInit2 (&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS,
          MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
    g_error ("zlib cannot be used");
  room = deflateBound (&stream, size) + 16;
  bytes = g_malloc (room);
  stream.next_in = (Bytef *) text;
  stream.avail_in = (guint) size;
  stream.next_out = bytes;
  stream.avail_out = (guint) room;
  if (deflate (&stream, Z_SYNC_FLUSH) != Z_OK || stream.avail_in > 0)
    g_error ("A message cannot be compressed");
  g_byte_array_append (out, bytes, (guint) (room - stream.avail_out));
  deflateEnd (&stream);
}

/* A block of bytes as they are, which can be changed later. Returns where they
 * are. */
static gsize
append_stored (GByteArray *out, const gchar *text, guint8 size)
{
  const guint8 head[] = { 0, size, 0, (guint8) ~size, 0xff };

  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, (const guint8 *) text, size);
  return out->len - size;
}

/* @text with what is changed later left as it is; moves the offsets. */
static GByteArray *
deflate_text (const GString *text, gsize *stamp, gsize *time)
{
  GByteArray *out = g_byte_array_new ();
  gsize stamp_end = *stamp + STAMP_SIZE / 3 * 4, time_end = *time + TIME_SIZE;
  gsize stamp_at = *stamp, time_at = *time;

  append_deflated (out, text->str, stamp_at);
  *stamp = append_stored (out, text->str + stamp_at,
      (guint8) (stamp_end - stamp_at));
  append_deflated (out, text->str + stamp_end, time_at - stamp_end);
  *time = append_stored (out, text->str + time_at, TIME_SIZE);
  append_deflated (out, text->str + time_end, text->len - time_end);
  /* permessage-deflate leaves out the 00 00 FF FF at the end. */
  g_byte_array_set_size (out, out->len - 4);
  return out;
}

static void
add_frame (Stream *stream, StreamKind kind, guint8 *payload, gsize size)
{
  g_autofree gchar *base64 = g_base64_encode (payload, size);
  g_autofree gchar *head = g_strdup_printf ("{\"msg_type\":%d,\"content\":{"
      "\"user_id\":%s,\"data\":\"", kind == STREAM_AUDIO ? 14 : 15,
      kind == STREAM_AUDIO ? "0"
      : "16778240,\"user_name\":\"Ada Lovelace\"");
  g_autoptr (GString) text = g_string_new (head);
  g_autoptr (GByteArray) bytes = NULL;
  guint8 header[10];
  gsize header_size;
  Frame frame = { .payload = payload, .payload_size = size };

  g_string_append (text, base64);
  g_string_append_printf (text, "\",\"length\":%" G_GSIZE_FORMAT
      ",\"timestamp\":", size);
  frame.payload_stamp = kind == STREAM_AUDIO ? STAMP_OFFSET_AUDIO
      : STAMP_OFFSET_VIDEO;
  frame.stamp = strlen (head) + frame.payload_stamp / 3 * 4;
  frame.time = text->len;
  g_string_append (text, "1700000000000}}");
  if (stream->deflated) {
    bytes = deflate_text (text, &frame.stamp, &frame.time);
  } else {
    bytes = g_byte_array_new ();
    g_byte_array_append (bytes, (const guint8 *) text->str,
        (guint) text->len);
  }

  header_size = websocket_put_header (header, stream->deflated
      ? OPCODE_TEXT | RSV_DEFLATED : OPCODE_TEXT, bytes->len);
  frame.time += header_size;
  frame.stamp += header_size;
  frame.size = header_size + bytes->len;
  frame.bytes = g_malloc (frame.size);
  memcpy (frame.bytes, header, header_size);
  memcpy (frame.bytes + header_size, bytes->data, bytes->len);
  g_array_append_val (stream->frames, frame);
}

static void
create_audio (const Profile *profile, GRand *random, Stream *stream)
{
  gsize size = profile->audio_rate / 1000 * AUDIO_INTERVAL_MS
      * profile->audio_channels * 2;

  stream->interval = AUDIO_INTERVAL_MS * G_GINT64_CONSTANT (1000000);
  for (guint i = 0; i < AUDIO_FRAMES; i++) {
    guint8 *payload = g_malloc (size);

    for (gsize j = 0; j < size; j++)
      payload[j] = (guint8) g_rand_int (random);
    add_frame (stream, STREAM_AUDIO, payload, size);
  }
}

/* @body is what follows the delimiter of an access unit. */
static void
add_access_unit (Stream *stream, const guint8 *body, gsize size)
{
  gsize head = AU_HEAD_SIZE + STAMP_SIZE + 1;
  guint8 *payload = g_malloc0 (head + size);

  memcpy (payload, au_head, AU_HEAD_SIZE);
  memset (payload + AU_HEAD_SIZE, '0', STAMP_SIZE);
  memcpy (payload + head - 1, AU_TAIL, 1);
  memcpy (payload + head, body, size);
  add_frame (stream, STREAM_VIDEO, payload, head + size);
}

static void
create_video (const Profile *profile, GRand *random, Stream *stream)
{
  guint gop = KEY_FRAME_INTERVAL;
  gsize gop_bytes = (gsize) profile->video_bits / 8 * gop
      / profile->video_rate;
  gsize delta = gop_bytes / (gop - 1 + KEY_FRAME_WEIGHT);

  for (guint i = 0; i < gop; i++) {
    g_autoptr (GByteArray) body = g_byte_array_new ();
    gsize size = i == 0 ? delta * KEY_FRAME_WEIGHT : delta;

    if (i == 0)
      g_byte_array_append (body, (const guint8 *) PARAMETER_SETS,
          sizeof PARAMETER_SETS - 1);
    g_byte_array_append (body, (const guint8 *) (i == 0 ? "\0\0\0\1\x65"
            : "\0\0\0\1\x41"), 5);
    /* Without zeros, so that no start code is in it. */
    while (body->len < size) {
      guint8 byte = (guint8) g_rand_int_range (random, 1, 256);

      g_byte_array_append (body, &byte, 1);
    }
    add_access_unit (stream, body->data, body->len);
  }
}

/* H.264 in Annex B with delimiters, for receivers that look at it. */
static void
load_video (const gchar *path, Stream *stream)
{
  static const guint8 delimiter[] = { 0, 0, 0, 1, 9 };
  g_autoptr (GError) error = NULL;
  guint8 *bytes, *p, *end;
  gsize size;

  if (!g_file_get_contents (path, (gchar **) &bytes, &size, &error))
    g_error ("%s", error->message);
  end = bytes + size;
  p = memmem (bytes, size, delimiter, sizeof delimiter);
  while (p) {
    guint8 *body = p + sizeof delimiter + 1;
    guint8 *next = memmem (body, (gsize) (end - body), delimiter,
        sizeof delimiter);

    add_access_unit (stream, body, (gsize) ((next ? next : end) - body));
    p = next;
  }
  g_free (bytes);
  if (stream->frames->len == 0)
    g_error ("%s: no access unit delimiter is in it", path);
}

/**
 * profile_create_streams:
 * @profile: a profile
 * @video_path: (nullable): H.264 to send in place of noise
 * @seed: of the noise
 * @deflated: whether to compress the messages, each on its own
 * @streams: (out): to be cleared by streams_clear()
 */
void
profile_create_streams (const Profile *profile, const gchar *video_path,
    guint32 seed, gboolean deflated, Stream streams[N_STREAMS])
{
  GRand *random = g_rand_new_with_seed (seed);

  for (guint i = 0; i < N_STREAMS; i++) {
    streams[i].frames = g_array_new (FALSE, FALSE, sizeof (Frame));
    streams[i].deflated = deflated;
  }
  create_audio (profile, random, &streams[STREAM_AUDIO]);
  streams[STREAM_VIDEO].interval = G_GINT64_CONSTANT (1000000000)
      / profile->video_rate;
  if (video_path)
    load_video (video_path, &streams[STREAM_VIDEO]);
  else
    create_video (profile, random, &streams[STREAM_VIDEO]);
  g_rand_free (random);
}

void
streams_clear (Stream streams[N_STREAMS])
{
  for (guint i = 0; i < N_STREAMS; i++) {
    for (guint j = 0; j < streams[i].frames->len; j++) {
      Frame *frame = &g_array_index (streams[i].frames, Frame, j);

      g_free (frame->bytes);
      g_free (frame->payload);
    }
    g_array_unref (streams[i].frames);
  }
}

/* Puts the moment of sending into the payload, and the media time beside. */
void
frame_stamp (Frame *frame, gint64 time_ns, gint64 unix_ms)
{
  static const gchar alphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static const gchar hex[] = "0123456789abcdef";
  guint8 *out = frame->bytes + frame->stamp;
  guint8 digits[STAMP_SIZE];

  for (gint i = STAMP_SIZE - 1; i >= 0; i--, time_ns >>= 4)
    digits[i] = (guint8) hex[time_ns & 15];
  for (guint i = 0; i < STAMP_SIZE; i += 3, out += 4) {
    guint32 word = (guint32) digits[i] << 16 | (guint32) digits[i + 1] << 8
        | digits[i + 2];

    out[0] = (guint8) alphabet[word >> 18];
    out[1] = (guint8) alphabet[word >> 12 & 63];
    out[2] = (guint8) alphabet[word >> 6 & 63];
    out[3] = (guint8) alphabet[word & 63];
  }
  memcpy (frame->payload + frame->payload_stamp, digits, STAMP_SIZE);
  for (gint i = TIME_SIZE - 1; i >= 0; i--, unix_ms /= 10)
    frame->bytes[frame->time + (gsize) i] = (guint8) ('0' + unix_ms % 10);
}
