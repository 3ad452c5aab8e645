/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmserror.h"

#include "protocol/rtmsenums.h"

typedef struct {
  GstResourceError code;
  const gchar *advice;
} Mapping;

static Mapping
map_status (gint status_code)
{
  switch (status_code) {
    case RTMS_STATUS_INVALID_SIGNATURE:
      return (Mapping) { GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        " Check client-secret and client-id: they must be of the app that "
        "the payload was sent to." };
    case RTMS_STATUS_INVALID_RTMS_STREAM_ID:
      return (Mapping) { GST_RESOURCE_ERROR_NOT_FOUND,
        " The stream may have ended: check that the payload is of a running "
        "one." };
    case RTMS_STATUS_DUPLICATE_SIGNAL_REQUEST:
    case RTMS_STATUS_MEDIA_DATA_ALL_CONNECTION_EXIST:
    case RTMS_STATUS_DUPLICATE_MEDIA_DATA_CONNECTION:
      return (Mapping) { GST_RESOURCE_ERROR_BUSY,
        " Another client is connected to this stream." };
    default:
      break;
  }
  if (status_code >= RTMS_STATUS_MEDIA_TYPE_AUDIO_NOT_SUPPORT
      && status_code <= RTMS_STATUS_MEDIA_TYPE_CHAT_NOT_SUPPORT)
    return (Mapping) { GST_RESOURCE_ERROR_SETTINGS,
      " Check the app's scopes at Zoom, or leave the medium out of media." };
  if (status_code >= RTMS_STATUS_INVALID_MEDIA_PARAMS
      && status_code <= RTMS_STATUS_INVALID_MEDIA_TRANSCRIPT_SOURCE_LANGUAGE)
    return (Mapping) { GST_RESOURCE_ERROR_SETTINGS,
      " Check the audio, video, share and transcript properties." };
  return (Mapping) { GST_RESOURCE_ERROR_OPEN_READ, "" };
}

static Mapping
map_error (const GError *error, gint status_code)
{
  switch ((RtmsError) error->code) {
    case RTMS_ERROR_PAYLOAD:
    case RTMS_ERROR_URL:
    case RTMS_ERROR_SETTINGS:
      return (Mapping) { GST_RESOURCE_ERROR_SETTINGS, "" };
    case RTMS_ERROR_MALFORMED:
      return (Mapping) { GST_RESOURCE_ERROR_READ, "" };
    case RTMS_ERROR_TLS:
      return (Mapping) { GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        " For a server with a private certificate set tls-ca-file." };
    case RTMS_ERROR_REFUSED:
      return map_status (status_code);
    case RTMS_ERROR_CLOSED:
      return (Mapping) { GST_RESOURCE_ERROR_READ, "" };
    case RTMS_ERROR_CONNECT:
    case RTMS_ERROR_TIMEOUT:
    default:
      return (Mapping) { GST_RESOURCE_ERROR_OPEN_READ, "" };
  }
}

/**
 * rtmssrc error rtms-error:
 * @status-code: (gint) an RTMS_STATUS_CODE
 * @status: (string) its name, such as INVALID_SIGNATURE
 *
 * What Zoom answered, where that is the error.
 */

/**
 * gst_rtms_error_post:
 * @element: whose error it is
 * @error: of #RTMS_ERROR
 * @status_code: Zoom's RTMS_STATUS_CODE, or -1
 *
 * The one place where errors of the protocol become GStreamer's.
 */
void
gst_rtms_error_post (GstElement *element, const GError *error,
    gint status_code)
{
  Mapping mapping = map_error (error, status_code);
  const gchar *stop = g_str_has_suffix (error->message, ".") ? "" : ".";
  GstStructure *details = NULL;

  if (status_code >= 0)
    details = gst_structure_new ("rtms-error", "status-code", G_TYPE_INT,
        status_code, "status", G_TYPE_STRING,
        rtms_status_code_get_name (status_code), NULL);
  gst_element_message_full_with_details (element, GST_MESSAGE_ERROR,
      GST_RESOURCE_ERROR, mapping.code,
      g_strconcat (error->message, stop, mapping.advice, NULL), NULL,
      __FILE__, GST_FUNCTION, __LINE__, details);
}
