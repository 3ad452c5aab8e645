/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-rtmsjsonenc
 * @title: rtmsjsonenc
 *
 * Writes text as lines of JSON, with what rtmssrc says of each: `start` and
 * `end` (seconds of the stream), `time` (Unix time in ms, by Zoom's clock),
 * `user_id`, `user_name` and `text`. So a transcript can go into a file of
 * cues and one of data at once.
 *
 * The name that rtmssrc's `speaker-names` puts in front is left out of
 * `text`.
 *
 * |[
 * gst-launch-1.0 -e rtmssrc payload-location=started.json \
 *     media=transcript ! tee name=t ! queue ! webvttenc ! \
 *     filesink location=meeting.vtt \
 *     t. ! queue ! rtmsjsonenc ! filesink location=meeting.jsonl
 * ]|
 *
 * Since: 0.1
 */

#include "gstrtmsjsonenc.h"

#include <string.h>

#include "ext/json/rtmsjsonwriter.h"
#include "gstrtmscaps.h"
#include "gstrtmsmeta.h"

GST_DEBUG_CATEGORY_STATIC (gst_rtms_json_enc_debug);
#define GST_CAT_DEFAULT gst_rtms_json_enc_debug

struct _GstRtmsJsonEnc
{
  GstElement parent;

  GstPad *sink_pad;
  GstPad *src_pad;
  GstSegment segment;           /* the streaming thread's */
};

G_DEFINE_FINAL_TYPE (GstRtmsJsonEnc, gst_rtms_json_enc, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (rtmsjsonenc, "rtmsjsonenc",
    GST_RANK_NONE, GST_TYPE_RTMS_JSON_ENC, GST_DEBUG_CATEGORY_INIT (
        gst_rtms_json_enc_debug, "rtmsjsonenc", 0, "Text as lines of JSON"))

/**
 * rtmsjsonenc pad sink:
 *
 * Text as rtmssrc's `transcript` and `chat` give it, with
 * `text-format=utf8`.
 */
static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_RTMS_UTF8_CAPS));

/**
 * rtmsjsonenc pad src:
 *
 * A line of JSON for each buffer, with its times and metas.
 */
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_RTMS_JSON_CAPS));

static const GstStructure *
get_participant (GstBuffer *buffer)
{
  GstCustomMeta *meta = gst_buffer_get_custom_meta (buffer,
      GST_RTMS_PARTICIPANT_META);

  return meta ? gst_custom_meta_get_structure (meta) : NULL;
}

static void
add_seconds (RtmsJsonWriter *writer, const gchar *name, GstClockTime time)
{
  if (GST_CLOCK_TIME_IS_VALID (time))
    rtms_json_writer_add_double (writer, name, (gdouble) time / GST_SECOND);
}

static void
add_times (GstRtmsJsonEnc *self, RtmsJsonWriter *writer, GstBuffer *buffer)
{
  GstReferenceTimestampMeta *meta =
      gst_buffer_get_reference_timestamp_meta (buffer, NULL);
  GstClockTime start = GST_BUFFER_PTS (buffer);
  GstClockTime end = GST_CLOCK_TIME_NONE;

  if (GST_CLOCK_TIME_IS_VALID (start) && GST_BUFFER_DURATION_IS_VALID (buffer))
    end = start + GST_BUFFER_DURATION (buffer);
  add_seconds (writer, "start", gst_segment_to_running_time (&self->segment,
          GST_FORMAT_TIME, start));
  add_seconds (writer, "end", gst_segment_to_running_time (&self->segment,
          GST_FORMAT_TIME, end));
  if (meta)
    rtms_json_writer_add_uint (writer, "time",
        meta->timestamp / GST_MSECOND);
}

/* "Zoë: Good morning" without the first word, if that is the name. */
static const gchar *
skip_name (const gchar *text, const gchar *name)
{
  gsize length = name ? strlen (name) : 0;

  if (length && g_str_has_prefix (text, name)
      && g_str_has_prefix (text + length, ": "))
    return text + length + 2;
  return text;
}

static gchar *
encode (GstRtmsJsonEnc *self, GstBuffer *buffer, const gchar *text)
{
  const GstStructure *participant = get_participant (buffer);
  const gchar *name = participant ? gst_structure_get_string (participant,
      "user-name") : NULL;
  RtmsJsonWriter writer;
  guint64 user_id;

  rtms_json_writer_init (&writer);
  rtms_json_writer_begin_object (&writer, NULL);
  add_times (self, &writer, buffer);
  if (participant && gst_structure_get_uint64 (participant, "user-id",
          &user_id))
    rtms_json_writer_add_uint (&writer, "user_id", user_id);
  if (name)
    rtms_json_writer_add_string (&writer, "user_name", name);
  rtms_json_writer_add_string (&writer, "text", skip_name (text, name));
  rtms_json_writer_end_object (&writer);
  g_string_append_c (writer.text, '\n');
  return rtms_json_writer_finish (&writer);
}

static GstFlowReturn
chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstRtmsJsonEnc *self = GST_RTMS_JSON_ENC (parent);
  g_autofree gchar *text = NULL;
  GstBuffer *encoded;
  GstMapInfo map;
  gchar *line;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  text = g_strndup ((const gchar *) map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  line = encode (self, buffer, text);
  encoded = gst_buffer_new_wrapped (line, strlen (line));
  gst_buffer_copy_into (encoded, buffer, GST_BUFFER_COPY_METADATA, 0, -1);
  gst_buffer_unref (buffer);
  return gst_pad_push (self->src_pad, encoded);
}

static gboolean
handle_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstRtmsJsonEnc *self = GST_RTMS_JSON_ENC (parent);
  g_autoptr (GstCaps) caps = NULL;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_unref (event);
      caps = gst_static_pad_template_get_caps (&src_template);
      return gst_pad_push_event (self->src_pad, gst_event_new_caps (caps));
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->segment);
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_segment_init (&self->segment, GST_FORMAT_TIME);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

static GstStateChangeReturn
gst_rtms_json_enc_change_state (GstElement *element,
    GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    gst_segment_init (&GST_RTMS_JSON_ENC (element)->segment,
        GST_FORMAT_TIME);
  return GST_ELEMENT_CLASS (gst_rtms_json_enc_parent_class)->change_state (
      element, transition);
}

static void
gst_rtms_json_enc_class_init (GstRtmsJsonEncClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class,
      "Text as lines of JSON", "Encoder",
      "Writes the lines of a transcript with their times and speakers",
      "The gst-rtms authors");
  element_class->change_state = gst_rtms_json_enc_change_state;
}

static void
gst_rtms_json_enc_init (GstRtmsJsonEnc *self)
{
  self->sink_pad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sink_pad, chain);
  gst_pad_set_event_function (self->sink_pad, handle_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sink_pad);
  self->src_pad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_use_fixed_caps (self->src_pad);
  gst_element_add_pad (GST_ELEMENT (self), self->src_pad);
}
