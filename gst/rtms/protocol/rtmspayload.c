/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmspayload.h"

#include <string.h>

/* RFC 1035. */
#define HOST_LENGTH_MAX 253

RtmsPayload *
rtms_payload_copy (const RtmsPayload *payload)
{
  RtmsPayload *copy = g_new (RtmsPayload, 1);

  *copy = *payload;
  copy->instance_id = g_strdup (payload->instance_id);
  copy->stream_id = g_strdup (payload->stream_id);
  copy->signaling_urls = g_strdupv (payload->signaling_urls);
  return copy;
}

void
rtms_payload_free (RtmsPayload *payload)
{
  g_free (payload->instance_id);
  g_free (payload->stream_id);
  g_strfreev (payload->signaling_urls);
  g_free (payload);
}

static gboolean
host_matches (const gchar *host, const gchar *pattern)
{
  gsize host_length = strlen (host);
  gsize suffix_length;

  if (!g_str_has_prefix (pattern, "*."))
    return g_ascii_strcasecmp (host, pattern) == 0;

  /* "*.zoom.us" takes "a.zoom.us" and "a.b.zoom.us", never "zoom.us" nor
   * "evilzoom.us". */
  pattern++;
  suffix_length = strlen (pattern);
  return host_length > suffix_length
      && g_ascii_strcasecmp (host + host_length - suffix_length,
      pattern) == 0;
}

static gboolean
host_is_loopback (const gchar *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0
      || strcmp (host, "127.0.0.1") == 0 || strcmp (host, "::1") == 0;
}

/* A name or an address. GUri decodes "%0a" and its like, which would end the
 * line of a request or of a log. */
static gboolean
is_host (const gchar *host)
{
  gsize length = strspn (host, "abcdefghijklmnopqrstuvwxyz"
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:");

  return length > 0 && length <= HOST_LENGTH_MAX && host[length] == '\0';
}

static gboolean
is_printable (const gchar *text)
{
  for (; *text; text++) {
    if (!g_ascii_isgraph (*text))
      return FALSE;
  }
  return TRUE;
}

/**
 * rtms_url_policy_check:
 * @policy: what is allowed
 * @url: a signaling or media URL from the network
 * @named_by: (nullable): the URL of the server that named it
 * @error: (out) (optional): #RTMS_ERROR_URL, saying which property would
 *     allow it
 *
 * The signature that goes to the signaling URL is worth something to
 * whoever receives it, so each URL is checked before anything is sent. A
 * server that was reached by wss may not send its clients on to ws.
 *
 * Returns: whether @url may be connected to
 */
gboolean
rtms_url_policy_check (const RtmsUrlPolicy *policy, const gchar *url,
    const gchar *named_by, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  const gchar *scheme, *host = NULL;

  /* A URL goes into an HTTP request line, where a line break would be more
   * than a URL. */
  if (is_printable (url))
    uri = g_uri_parse (url,
        G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY, NULL);
  if (uri)
    host = g_uri_get_host (uri);
  if (host == NULL || !is_host (host)) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_URL,
        "The server URL is not a URL with a host");
    return FALSE;
  }
  if (g_uri_get_userinfo (uri) != NULL) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_URL,
        "The server URL on host %s holds user information", host);
    return FALSE;
  }

  scheme = g_uri_get_scheme (uri);
  if (strcmp (scheme, "ws") == 0) {
    if (policy->allow_plain || (host_is_loopback (host)
            && !(named_by && g_str_has_prefix (named_by, "wss:"))))
      return TRUE;
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_URL,
        "The server URL of host %s is not encrypted (ws); Zoom's are wss, "
        "and ws is for servers on this machine", host);
    return FALSE;
  }
  if (strcmp (scheme, "wss") != 0) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_URL,
        "The server URL of host %s has scheme %s where wss is expected",
        host, scheme);
    return FALSE;
  }

  for (gchar **pattern = policy->allowed_hosts; pattern && *pattern;
      pattern++) {
    if (host_matches (host, *pattern))
      return TRUE;
  }
  g_set_error (error, RTMS_ERROR, RTMS_ERROR_URL,
      "Host %s is not one of allowed-hosts; add it there if it is meant",
      host);
  return FALSE;
}
