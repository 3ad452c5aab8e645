/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsfill.h"

#include "protocol/rtmsh264filler.h"

/* The longest buffer of silence. */
#define SILENCE_MAX GST_SECOND
/* A-law's byte of silence. */
#define A_LAW_SILENCE 0xd5

/* A black picture is shown for so long, and every so many are key frames, at
 * which a fragment of a file or a player that comes late can begin. */
#define PICTURE_TIME (200 * GST_MSECOND)
#define KEY_FRAME_INTERVAL 10

struct _GstRtmsFill
{
  /* silence */
  guint8 byte;
  guint frame_size;             /* bytes of a sample of all channels */
  guint rate;

  /* pictures */
  RtmsH264Filler *filler;       /* (nullable) */
  guint n_pictures;             /* since the last key frame */
};

/**
 * gst_rtms_fill_new_silence:
 * @params: raw audio, as Zoom confirmed it
 *
 * Returns: (transfer full) (nullable): silence, or %NULL for a codec that has
 *     none without an encoder
 */
GstRtmsFill *
gst_rtms_fill_new_silence (const RtmsAudioParams *params)
{
  GstRtmsFill *fill;

  if (params->codec != RTMS_CODEC_L16 && params->codec != RTMS_CODEC_G711)
    return NULL;
  fill = g_new0 (GstRtmsFill, 1);
  if (params->codec == RTMS_CODEC_L16) {
    fill->frame_size = (guint) params->channels * sizeof (gint16);
    fill->rate = (guint) params->sample_rate;
  } else {
    fill->byte = A_LAW_SILENCE;
    fill->frame_size = 1;
    fill->rate = 8000;
  }
  return fill;
}

/**
 * gst_rtms_fill_new_black:
 * @params: video, as Zoom confirmed it
 *
 * Returns: (transfer full) (nullable): a black picture of the size that was
 *     confirmed, or %NULL for anything but H.264
 */
GstRtmsFill *
gst_rtms_fill_new_black (const RtmsVideoParams *params)
{
  static const struct {
    guint width, height;
  } sizes[] = {
    [RTMS_RESOLUTION_UNSET] = { 1280, 720 },
    [RTMS_RESOLUTION_SD] = { 640, 360 },
    [RTMS_RESOLUTION_HD] = { 1280, 720 },
    [RTMS_RESOLUTION_FHD] = { 1920, 1080 },
    [RTMS_RESOLUTION_QHD] = { 2560, 1440 },
  };
  guint index = RTMS_RESOLUTION_UNSET;
  GstRtmsFill *fill;

  if (params->codec != RTMS_CODEC_H264)
    return NULL;
  if (params->resolution > 0
      && params->resolution < (gint) G_N_ELEMENTS (sizes))
    index = (guint) params->resolution;
  fill = g_new0 (GstRtmsFill, 1);
  fill->filler = rtms_h264_filler_new (sizes[index].width,
      sizes[index].height);
  return fill;
}

void
gst_rtms_fill_free (GstRtmsFill *fill)
{
  g_clear_pointer (&fill->filler, rtms_h264_filler_free);
  g_free (fill);
}

/* The one length of all buffers; 0 where any will do. */
GstClockTime
gst_rtms_fill_get_step (const GstRtmsFill *fill)
{
  return fill->filler ? PICTURE_TIME : 0;
}

/* Media came in between: the next picture cannot refer to the last. */
void
gst_rtms_fill_restart (GstRtmsFill *fill)
{
  fill->n_pictures = 0;
}

static GstBuffer *
create_silence (GstRtmsFill *fill, GstClockTime start, GstClockTime end)
{
  GstClockTime time = MIN (end - start, SILENCE_MAX);
  /* By the places, not the length, so that what is rounded does not add up. */
  guint64 frames = gst_util_uint64_scale_round (start + time, fill->rate,
      GST_SECOND) - gst_util_uint64_scale_round (start, fill->rate,
      GST_SECOND);
  gsize size = (gsize) frames * fill->frame_size;
  GstBuffer *buffer;

  if (size == 0)
    return NULL;
  buffer = gst_buffer_new_allocate (NULL, size, NULL);
  gst_buffer_memset (buffer, 0, fill->byte, size);
  GST_BUFFER_DURATION (buffer) = time;
  return buffer;
}

static GstBuffer *
create_picture (GstRtmsFill *fill, GstClockTime start, GstClockTime end)
{
  gboolean is_key = fill->n_pictures % KEY_FRAME_INTERVAL == 0;
  GByteArray *bytes = is_key
      ? rtms_h264_filler_create_key_frame (fill->filler)
      : rtms_h264_filler_create_repeat (fill->filler);
  gsize size = bytes->len;
  GstBuffer *buffer = gst_buffer_new_wrapped (
      g_byte_array_free (bytes, FALSE), size);

  if (!is_key)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  GST_BUFFER_DURATION (buffer) = MIN (end - start, PICTURE_TIME);
  fill->n_pictures++;
  return buffer;
}

/**
 * gst_rtms_fill_create_buffer:
 * @fill: what to fill with
 * @start: running time
 * @end: running time, after @start
 *
 * Returns: (transfer full) (nullable): a buffer with PTS @start and a duration
 *     that may end before @end; %NULL when there is too little to fill
 */
GstBuffer *
gst_rtms_fill_create_buffer (GstRtmsFill *fill, GstClockTime start,
    GstClockTime end)
{
  GstBuffer *buffer = fill->filler ? create_picture (fill, start, end)
      : create_silence (fill, start, end);

  if (buffer) {
    GST_BUFFER_PTS (buffer) = start;
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
  }
  return buffer;
}

/**
 * gst_rtms_fill_trim_buffer:
 * @fill: what was filled with
 * @buffer: (transfer full): media that begin before @start
 * @start: running time up to which the pad is filled
 *
 * Audio loses what silence stands for already. A picture is shown later: the
 * frames that follow may need it.
 *
 * Returns: (transfer full) (nullable): what is left
 */
GstBuffer *
gst_rtms_fill_trim_buffer (GstRtmsFill *fill, GstBuffer *buffer,
    GstClockTime start)
{
  GstClockTime missing = start - GST_BUFFER_PTS (buffer);
  gsize size = gst_buffer_get_size (buffer);
  gsize head;

  if (fill->filler) {
    GST_BUFFER_PTS (buffer) = start;
    return buffer;
  }
  head = (gsize) gst_util_uint64_scale_round (missing, fill->rate,
      GST_SECOND) * fill->frame_size;
  if (head >= size || missing >= GST_BUFFER_DURATION (buffer)) {
    gst_buffer_unref (buffer);
    return NULL;
  }
  gst_buffer_resize (buffer, (gssize) head, (gssize) (size - head));
  GST_BUFFER_PTS (buffer) = start;
  GST_BUFFER_DURATION (buffer) -= missing;
  return buffer;
}
