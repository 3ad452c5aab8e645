/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsplaceholders.h"

#include <string.h>

#define MAX_VALUE 80            /* bytes */
#define N_HASH_DIGITS 8

/* UUIDs are base64, of which two characters cannot be in file names; what is
 * left of them is written as in base64url, so that UUIDs stay distinct.
 * Whatever else is no letter, digit, dot, dash or underscore could mean
 * something to a shell, to a printf of a sink, or to gst_parse_launch(). */
static gunichar
escape_character (gunichar c)
{
  if (c == '/')
    return '_';
  if (c == '+')
    return '-';
  if (g_unichar_isalnum (c) || c == '.' || c == '-' || c == '_')
    return c;
  return '_';
}

/* Longer ones are cut, with digits of their hash for what is lost. */
static void
limit_length (GString *text, const gchar *value)
{
  g_autofree gchar *hash = NULL;
  const gchar *end;

  if (text->len <= MAX_VALUE)
    return;
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, value, -1);
  end = text->str + MAX_VALUE - N_HASH_DIGITS - 1;
  if ((guchar) *end >= 0x80)
    end = g_utf8_find_prev_char (text->str, end + 1);
  g_string_truncate (text, (gsize) (end - text->str));
  g_string_append_printf (text, "-%.*s", N_HASH_DIGITS, hash);
}

/**
 * gst_rtms_placeholders_escape:
 * @value: from the network
 *
 * Returns: (transfer full): what can be a part of a file name and of a launch
 *     description, and nothing else: no folder, no hidden file, no option, no
 *     other element. Never empty.
 */
gchar *
gst_rtms_placeholders_escape (const gchar *value)
{
  g_autofree gchar *valid = g_utf8_make_valid (value, -1);
  g_autoptr (GString) text = g_string_new (NULL);
  gsize length = strlen (valid);

  /* base64's padding says nothing */
  while (length > 1 && valid[length - 1] == '=')
    length--;
  for (const gchar *c = valid; c < valid + length; c = g_utf8_next_char (c))
    g_string_append_unichar (text, escape_character (g_utf8_get_char (c)));
  /* neither a hidden file nor a command's option */
  if (text->len == 0 || *text->str == '.' || *text->str == '-')
    g_string_prepend_c (text, '_');
  for (gchar *dots; (dots = strstr (text->str, "..")) != NULL;)
    *dots = '_';
  limit_length (text, value);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * gst_rtms_placeholders_get_host_region:
 * @payload: of a stream
 *
 * Returns: (transfer full): where its server is: "sjc1" of
 *     "wss://rtms-sjc1.zoom.us/signal"; "unknown" for other hosts
 */
gchar *
gst_rtms_placeholders_get_host_region (const RtmsPayload *payload)
{
  g_autoptr (GUri) uri = payload->signaling_urls && payload->signaling_urls[0]
      ? g_uri_parse (payload->signaling_urls[0], G_URI_FLAGS_NONE, NULL)
      : NULL;
  const gchar *host = uri ? g_uri_get_host (uri) : NULL;
  const gchar *dot = host ? strchr (host, '.') : NULL;

  if (dot == NULL || !g_str_has_prefix (host, "rtms")
      || g_hostname_is_ip_address (host))
    return g_strdup ("unknown");
  host += strlen ("rtms");
  if (*host == '-')
    host++;
  return host < dot ? g_strndup (host, (gsize) (dot - host))
      : g_strdup ("unknown");
}

static gchar *
get_value (const GstRtmsPlaceholders *values, const gchar *name)
{
  const RtmsPayload *payload = values->payload;

  if (g_str_equal (name, "stream-id"))
    return g_strdup (payload->stream_id);
  if (g_str_equal (name, "meeting-id"))
    return g_strdup (payload->instance_id);
  if (g_str_equal (name, "product"))
    return g_ascii_strdown (rtms_product_get_name (payload->product), -1);
  if (g_str_equal (name, "host-region"))
    return gst_rtms_placeholders_get_host_region (payload);
  if (g_str_equal (name, "n"))
    return g_strdup_printf ("%u", values->number);
  if (g_str_equal (name, "user-id") && values->user_id)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, values->user_id);
  if (g_str_equal (name, "user-name") && values->user_id)
    return g_strdup (values->user_name ? values->user_name : "unnamed");
  return NULL;
}

/* The format is the user's own and may make folders. */
static gchar *
get_time (const GstRtmsPlaceholders *values, const gchar *name)
{
  if (g_str_equal (name, "date"))
    return g_date_time_format (values->start, "%Y-%m-%d");
  if (g_str_equal (name, "time"))
    return g_date_time_format (values->start, "%H-%M-%S");
  if (g_str_has_prefix (name, "date:") || g_str_has_prefix (name, "time:"))
    return g_date_time_format (values->start, name + strlen ("date:"));
  return NULL;
}

static gboolean
append_value (GString *text, const GstRtmsPlaceholders *values,
    const gchar *name)
{
  g_autofree gchar *time = get_time (values, name);
  g_autofree gchar *value = time ? NULL : get_value (values, name);
  g_autofree gchar *escaped = value ? gst_rtms_placeholders_escape (value)
      : NULL;

  if (time == NULL && value == NULL)
    return FALSE;
  g_string_append (text, time ? time : escaped);
  return TRUE;
}

/**
 * gst_rtms_placeholders_expand:
 * @values: of a stream
 * @text: with placeholders; other braces, as of caps, stay as they are
 *
 * Returns: (transfer full): @text with values
 */
gchar *
gst_rtms_placeholders_expand (const GstRtmsPlaceholders *values,
    const gchar *text)
{
  GString *expanded = g_string_new (NULL);
  const gchar *open;

  while ((open = strchr (text, '{')) != NULL) {
    const gchar *close = strchr (open, '}');
    g_autofree gchar *name = close ? g_strndup (open + 1,
        (gsize) (close - open - 1)) : NULL;

    g_string_append_len (expanded, text, open - text);
    if (name && append_value (expanded, values, name)) {
      text = close + 1;
    } else {
      g_string_append_c (expanded, '{');
      text = open + 1;
    }
  }
  g_string_append (expanded, text);
  return g_string_free (expanded, FALSE);
}
