/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsjsonprivate.h"

static void
decode_audio (JsonObject *object, RtmsAudioParams *params)
{
  gint64 rate;

  params->content_type = rtms_json_get_small_int (object, "content_type", 0);
  params->codec = rtms_json_get_small_int (object, "codec", 0);
  params->data_option = rtms_json_get_small_int (object, "data_opt", 0);
  params->channels = rtms_json_get_small_int (object, "channel", 0);
  params->send_rate = rtms_json_get_small_int (object, "send_rate", 0);
  /* 0 is a rate (8 kHz), so only presence tells. */
  if (rtms_json_get_int (object, "sample_rate", &rate))
    params->sample_rate = rtms_sample_rate_from_wire (rate);
}

static void
decode_video (JsonObject *object, RtmsVideoParams *params)
{
  params->content_type = rtms_json_get_small_int (object, "content_type", 0);
  params->codec = rtms_json_get_small_int (object, "codec", 0);
  params->data_option = rtms_json_get_small_int (object, "data_opt", 0);
  params->resolution = rtms_json_get_small_int (object, "resolution", 0);
  params->fps = rtms_json_get_small_int (object, "fps", 0);
}

/**
 * rtms_json_decode_media_params:
 * @object: `media_params`
 * @params: (inout): an initialised set; gets what @object names
 */
void
rtms_json_decode_media_params (JsonObject *object, RtmsMediaParams *params)
{
  JsonObject *part;

  part = rtms_json_get_object (object, "audio");
  if (part) {
    params->kinds |= RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO);
    decode_audio (part, &params->audio);
  }
  part = rtms_json_get_object (object, "video");
  if (part) {
    params->kinds |= RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO);
    decode_video (part, &params->video);
  }
  part = rtms_json_get_object (object, "deskshare");
  if (part == NULL)
    part = rtms_json_get_object (object, "share");
  if (part) {
    params->kinds |= RTMS_MEDIA_BIT (RTMS_MEDIA_SHARE);
    decode_video (part, &params->share);
  }
  part = rtms_json_get_object (object, "transcript");
  if (part) {
    params->kinds |= RTMS_MEDIA_BIT (RTMS_MEDIA_TRANSCRIPT);
    params->transcript.content_type =
        rtms_json_get_small_int (part, "content_type", 0);
    params->transcript.language =
        rtms_json_get_small_int (part, "src_language", RTMS_LANGUAGE_AUTO);
    params->transcript.detect_language =
        rtms_json_get_boolean (part, "enable_lid", TRUE);
  }
  part = rtms_json_get_object (object, "chat");
  if (part) {
    params->kinds |= RTMS_MEDIA_BIT (RTMS_MEDIA_CHAT);
    params->chat.content_type =
        rtms_json_get_small_int (part, "content_type", 0);
  }
}

static void
begin (JsonBuilder *builder, const gchar *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

/* Fields that are unset are left to the server's defaults. */
static void
add (JsonBuilder *builder, const gchar *name, gint value)
{
  if (value == 0)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
encode_audio (JsonBuilder *builder, const RtmsAudioParams *params)
{
  gint rate = rtms_sample_rate_to_wire (params->sample_rate);

  begin (builder, "audio");
  add (builder, "content_type", params->content_type);
  if (rate >= 0) {
    json_builder_set_member_name (builder, "sample_rate");
    json_builder_add_int_value (builder, rate);
  }
  add (builder, "channel", params->channels);
  add (builder, "codec", params->codec);
  add (builder, "data_opt", params->data_option);
  add (builder, "send_rate", params->send_rate);
  json_builder_end_object (builder);
}

static void
encode_video (JsonBuilder *builder, const gchar *name,
    const RtmsVideoParams *params)
{
  begin (builder, name);
  add (builder, "content_type", params->content_type);
  add (builder, "codec", params->codec);
  add (builder, "resolution", params->resolution);
  add (builder, "fps", params->fps);
  add (builder, "data_opt", params->data_option);
  json_builder_end_object (builder);
}

/**
 * rtms_json_encode_media_params:
 * @builder: inside the object `media_params`
 * @params: what to ask for
 */
void
rtms_json_encode_media_params (JsonBuilder *builder,
    const RtmsMediaParams *params)
{
  if (params->kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO))
    encode_audio (builder, &params->audio);
  if (params->kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO))
    encode_video (builder, "video", &params->video);
  if (params->kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_SHARE))
    encode_video (builder, "deskshare", &params->share);
  if (params->kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_TRANSCRIPT)) {
    begin (builder, "transcript");
    add (builder, "content_type", params->transcript.content_type);
    if (params->transcript.language != RTMS_LANGUAGE_AUTO) {
      json_builder_set_member_name (builder, "src_language");
      json_builder_add_int_value (builder, params->transcript.language);
    }
    json_builder_set_member_name (builder, "enable_lid");
    json_builder_add_boolean_value (builder,
        params->transcript.detect_language);
    json_builder_end_object (builder);
  }
  if (params->kinds & RTMS_MEDIA_BIT (RTMS_MEDIA_CHAT)) {
    begin (builder, "chat");
    add (builder, "content_type", params->chat.content_type);
    json_builder_end_object (builder);
  }
}
