/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>

#include "gst/rtms/protocol/rtmsmediaparams.h"
#include "gst/rtms/protocol/rtmsmessage.h"

/* Zoom's matrix, written down once more. */
static gboolean
zoom_accepts (const RtmsAudioParams *params)
{
  gboolean raw = params->content_type == RTMS_CONTENT_TYPE_RAW_AUDIO;

  switch (params->codec) {
    case RTMS_CODEC_L16:
      return raw && params->send_rate % 20 == 0 && params->send_rate <= 1000;
    case RTMS_CODEC_OPUS:
      return params->sample_rate == 48000 && params->send_rate == 20;
    case RTMS_CODEC_G711:
      return params->sample_rate == 8000 && params->channels == 1
          && params->send_rate == 20;
    case RTMS_CODEC_G722:
      return params->sample_rate == 16000 && params->channels == 1
          && params->send_rate == 20;
    default:
      return FALSE;
  }
}

GST_START_TEST (test_audio_matrix)
{
  static const gint rates[] = { 8000, 16000, 32000, 48000 };
  static const gint intervals[] = { 20, 30, 100, 1000, 1020 };
  guint accepted = 0;

  for (gint content = 1; content <= 2; content++) {
    for (gint codec = RTMS_CODEC_UNSET; codec <= RTMS_CODEC_JPG; codec++) {
      for (guint r = 0; r < G_N_ELEMENTS (rates); r++) {
        for (gint channels = 1; channels <= 2; channels++) {
          for (guint i = 0; i < G_N_ELEMENTS (intervals); i++) {
            RtmsAudioParams params = { content, codec, 1, rates[r], channels,
              intervals[i] };
            g_autofree gchar *advice = NULL;
            gboolean ok = rtms_audio_params_check (&params, &advice);

            fail_unless_equals_int (ok, zoom_accepts (&params));
            fail_unless (ok || advice);
            accepted += ok;
          }
        }
      }
    }
  }
  /* L16: 4 rates, 2 channels, 3 intervals; Opus: 2 transports, 2 channels;
   * G.711 and G.722: 2 transports */
  fail_unless_equals_int (accepted, 24 + 4 + 2 + 2);
}

GST_END_TEST;

static gboolean
video_ok (RtmsMediaKind kind, gint codec, gint fps)
{
  RtmsVideoParams params = { 3, codec, 3, 2, fps };

  return rtms_video_params_check (&params, kind, NULL);
}

GST_START_TEST (test_video_matrix)
{
  for (gint fps = 0; fps <= 31; fps++) {
    gboolean image = fps >= 1 && fps <= 5;

    fail_unless_equals_int (video_ok (RTMS_MEDIA_VIDEO, RTMS_CODEC_JPG, fps),
        image);
    fail_unless_equals_int (video_ok (RTMS_MEDIA_VIDEO, RTMS_CODEC_PNG, fps),
        image);
    fail_unless_equals_int (video_ok (RTMS_MEDIA_VIDEO, RTMS_CODEC_H264,
            fps), fps >= 6 && fps <= 30);
    fail_unless_equals_int (video_ok (RTMS_MEDIA_SHARE, RTMS_CODEC_JPG, fps),
        image);
    fail_unless_equals_int (video_ok (RTMS_MEDIA_SHARE, RTMS_CODEC_H264,
            fps), fps >= 2 && fps <= 30);
  }
}

GST_END_TEST;

GST_START_TEST (test_answer_wins_and_is_completed_by_what_was_asked)
{
  RtmsMediaParams asked, answer;

  rtms_media_params_init (&asked);
  asked.kinds = RTMS_MEDIA_BIT (RTMS_MEDIA_AUDIO)
      | RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO);
  asked.audio = (RtmsAudioParams) { 2, 1, 1, 48000, 2, 20 };
  asked.video = (RtmsVideoParams) { 3, 7, 3, 2, 25 };
  asked.transcript.language = 9;

  rtms_media_params_init (&answer);
  rtms_media_params_complete (&answer, &asked);
  fail_unless_equals_int (answer.kinds, asked.kinds);
  fail_unless_equals_int (answer.audio.sample_rate, 48000);
  fail_unless_equals_int (answer.transcript.language, 9);

  rtms_media_params_init (&answer);
  answer.kinds = RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO)
      | RTMS_MEDIA_BIT (RTMS_MEDIA_CHAT);
  answer.video.fps = 5;
  answer.video.codec = RTMS_CODEC_JPG;
  rtms_media_params_complete (&answer, &asked);
  fail_unless_equals_int (answer.kinds, RTMS_MEDIA_BIT (RTMS_MEDIA_VIDEO));
  fail_unless_equals_int (answer.video.fps, 5);
  fail_unless_equals_int (answer.video.codec, RTMS_CODEC_JPG);
  fail_unless_equals_int (answer.video.resolution, RTMS_RESOLUTION_HD);
}

GST_END_TEST;

GST_START_TEST (test_time_unit_is_told_by_magnitude)
{
  const gint64 ns = G_GINT64_CONSTANT (1738392033699000000);

  fail_unless_equals_int64 (rtms_time_from_wire (ns), ns);
  fail_unless_equals_int64 (rtms_time_from_wire (ns / 1000), ns);
  fail_unless_equals_int64 (rtms_time_from_wire (ns / 1000000), ns);
  fail_unless_equals_int64 (rtms_time_from_wire (ns / 1000000000),
      ns / 1000000000 * 1000000000);
  fail_unless_equals_int64 (rtms_time_from_wire (0), RTMS_TIME_NONE);
  fail_unless_equals_int64 (rtms_time_from_wire (-1), RTMS_TIME_NONE);
  fail_unless_equals_int64 (rtms_time_from_wire (
          G_GINT64_CONSTANT (99999999999)), RTMS_TIME_NONE);
  fail_unless_equals_int64 (rtms_time_from_wire (
          G_GINT64_CONSTANT (99999999999999999)), RTMS_TIME_NONE);
  fail_unless_equals_int64 (rtms_time_from_wire (G_MAXINT64), G_MAXINT64);
}

GST_END_TEST;

GST_START_TEST (test_numbers_have_zooms_names)
{
  assert_equals_string (rtms_status_code_get_name (3), "INVALID_SIGNATURE");
  assert_equals_string (rtms_status_code_get_name (45),
      "INTERNAL_EXCEPTION");
  assert_equals_string (rtms_status_code_get_name (46), "UNKNOWN");
  assert_equals_string (rtms_status_code_get_name (-1), "UNKNOWN");
  assert_equals_string (rtms_stop_reason_get_name (0), "UNKNOWN");
  assert_equals_string (rtms_stop_reason_get_name (26),
      "STREAMING_NOT_SUPPORTED");
  fail_unless_equals_int (rtms_stop_reason_from_name (
          "STOP_BC_STREAM_CANCELED"), 7);
  fail_unless_equals_int (rtms_stop_reason_from_name ("nonsense"), 0);
  assert_equals_string (rtms_event_type_get_name (RTMS_PRODUCT_MEETING, 8),
      "PARTICIPANT_VIDEO_ON");
  assert_equals_string (rtms_event_type_get_name (
          RTMS_PRODUCT_CONTACT_CENTER, 8), "CONSUMER_ANSWERED");
  assert_equals_string (rtms_event_type_get_name (
          RTMS_PRODUCT_CONTACT_CENTER, 29), "CONFERENCE_PARTICIPANT_LEFT");
  assert_equals_string (rtms_webhook_stop_reason_get_name (
          RTMS_PRODUCT_WEBINAR, 3), "USER_LEFT");
  assert_equals_string (rtms_webhook_stop_reason_get_name (
          RTMS_PRODUCT_CONTACT_CENTER, 3), "STREAM_REVOKED");
  assert_equals_string (rtms_language_get_tag (36), "vi");
  fail_unless (rtms_language_get_tag (37) == NULL);
  fail_unless (rtms_language_get_tag (-1) == NULL);
  fail_unless_equals_int (rtms_language_from_tag ("ZH-hans"), 4);
  fail_unless_equals_int (rtms_language_from_tag ("fr"), 13);
  fail_unless_equals_int (rtms_language_from_tag ("xx"), RTMS_LANGUAGE_AUTO);
}

GST_END_TEST;

static Suite *
params_suite (void)
{
  Suite *suite = suite_create ("params");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_audio_matrix);
  tcase_add_test (tc, test_video_matrix);
  tcase_add_test (tc, test_answer_wins_and_is_completed_by_what_was_asked);
  tcase_add_test (tc, test_time_unit_is_told_by_magnitude);
  tcase_add_test (tc, test_numbers_have_zooms_names);
  return suite;
}

GST_CHECK_MAIN (params);
