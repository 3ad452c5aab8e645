/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A webhook of a stream: the way from its text to the request that is sent to
 * the server that it names. */

#include <string.h>

#include "ext/json/rtmsjson.h"
#include "ext/websocket/rtmsupgrade.h"
#include "fuzz.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

static gchar *hosts[] = { (gchar *) "*.zoom.us", (gchar *) "media.example",
  NULL };
static const RtmsUrlPolicy policy = { hosts, FALSE };

/* Where a URL leads, read again and more simply than the policy does. */
static void
check_host (const gchar *url)
{
  g_autofree gchar *lower = g_ascii_strdown (url, -1);
  const gchar *start = strstr (lower, "://") + 3;
  gsize length = strcspn (start, "/?#");
  g_autofree gchar *host = g_strndup (start, length);
  gchar *port = strrchr (host, ':');

  if (port && strspn (port + 1, "0123456789") == strlen (port + 1))
    *port = '\0';
  if (g_str_has_prefix (lower, "wss:"))
    g_assert_true (g_str_has_suffix (host, ".zoom.us")
        || g_str_equal (host, "media.example"));
  else
    g_assert_true (g_str_has_prefix (lower, "ws:")
        && (g_str_equal (host, "localhost")
            || g_str_equal (host, "127.0.0.1")
            || g_str_equal (host, "[::1]")));
}

/* A URL must not bring along a header of its own. */
static void
check_request (const gchar *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED_PATH
      | G_URI_FLAGS_ENCODED_QUERY, NULL);
  g_autofree gchar *request = rtms_upgrade_create_request (uri, KEY);
  g_auto (GStrv) lines = g_strsplit (request, "\r\n", -1);
  g_auto (GStrv) words = g_strsplit (lines[0], " ", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 9);
  g_assert_cmpuint (g_strv_length (words), ==, 3);
  g_assert_cmpint (words[1][0], ==, '/');
  g_assert_true (g_str_has_prefix (lines[1], "Host: "));
  for (const gchar *p = request; *p; p++)
    g_assert_true (g_ascii_isprint (*p) || *p == '\r' || *p == '\n');
}

static void
check_url (const gchar *url)
{
  g_autoptr (GError) error = NULL;

  if (rtms_url_policy_check (&policy, url, NULL, &error)) {
    check_host (url);
    check_request (url);
    return;
  }
  g_assert_true (g_error_matches (error, RTMS_ERROR, RTMS_ERROR_URL));
  fuzz_assert_is_line (error->message);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RtmsPayload) payload = rtms_json_parse_webhook (
      (const gchar *) bytes, (gssize) size, &error);

  if (payload == NULL) {
    g_assert_true (error->domain == RTMS_ERROR);
    fuzz_assert_is_line (error->message);
    return 0;
  }
  g_assert_true (*payload->instance_id && *payload->stream_id);
  fuzz_assert_is_line (payload->instance_id);
  fuzz_assert_is_line (payload->stream_id);
  if (payload->event != RTMS_WEBHOOK_STARTED)
    return 0;
  g_assert_nonnull (payload->signaling_urls[0]);
  for (gchar **url = payload->signaling_urls; *url; url++) {
    g_assert_true (**url);
    check_url (*url);
  }
  return 0;
}
