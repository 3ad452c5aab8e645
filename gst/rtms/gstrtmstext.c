/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmstext.h"

#include <string.h>

/* How long an utterance is shown that does not say how long it took. */
#define TEXT_TIME_PER_BYTE (60 * GST_MSECOND)
#define TEXT_TIME_MIN GST_SECOND
#define TEXT_TIME_MAX (7 * GST_SECOND)
/* An utterance of more is a broken timestamp. */
#define TEXT_TIME_SAID_MAX (60 * GST_SECOND)

/* @buffer is (transfer full). */
GstBuffer *
gst_rtms_text_prefix_speaker (GstBuffer *buffer, const gchar *name)
{
  gchar *prefix = g_strconcat (name, ": ", NULL);
  gsize length = strlen (prefix);
  GstMemory *memory = gst_memory_new_wrapped (0, prefix, length, 0, length,
      prefix, g_free);

  gst_buffer_prepend_memory (buffer, memory);
  return buffer;
}

/* The message it came in, as a line. */
GstBuffer *
gst_rtms_text_create_json_line (const gchar *text, gsize length)
{
  gchar *line = g_utf8_make_valid (text, (gssize) length);
  gsize end = strlen (line);

  /* Line breaks can only stand between JSON's tokens. */
  g_strdelimit (line, "\n\r", ' ');
  line[end] = '\n';
  return gst_buffer_new_wrapped (line, end + 1);
}

/* From start to end; of one that does not say, as long as it takes to read. */
GstClockTime
gst_rtms_text_get_duration (const RtmsMedia *media)
{
  if (media->start_time != RTMS_TIME_NONE
      && media->end_time > media->start_time)
    return MIN ((GstClockTime) (media->end_time - media->start_time),
        TEXT_TIME_SAID_MAX);
  return CLAMP (media->data.size * TEXT_TIME_PER_BYTE, TEXT_TIME_MIN,
      TEXT_TIME_MAX);
}
