/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmshttppost.h"

#include <libsoup/soup.h>
#include <string.h>

/**
 * rtms_http_post:
 * @url: http or https
 * @headers: on top of the usual ones
 * @body: JSON
 * @timeout: seconds without any progress
 * @error: (out) (optional): of #G_IO_ERROR
 *
 * Waits for the answer. No redirect is followed.
 *
 * Returns: whether it was one of success
 */
gboolean
rtms_http_post (const gchar *url, const RtmsHttpHeader *headers,
    const gchar *body, guint timeout, GError **error)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options (
      "timeout", timeout, "user-agent", "gst-rtms/" PACKAGE_VERSION, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_POST, url);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (GBytes) answer = NULL;

  if (message == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "\"%s\" is no URL", url);
    return FALSE;
  }
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  for (; headers->name; headers++)
    soup_message_headers_replace (soup_message_get_request_headers (message),
        headers->name, headers->value);
  soup_message_set_request_body_from_bytes (message, "application/json",
      bytes);
  answer = soup_session_send_and_read (session, message, NULL, error);
  if (answer == NULL)
    return FALSE;
  if (!SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (message))) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "It answered %u %s",
        soup_message_get_status (message),
        soup_message_get_reason_phrase (message));
    return FALSE;
  }
  return TRUE;
}
