/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsuri.h"

#include "protocol/rtmstext.h"

/**
 * rtmssrc uri rtms:
 *
 * `rtms:///path/started.json?media=audio+video&startup-backlog=false`: the
 * path is that of `payload-location`, and what follows the question mark are
 * properties of the element. A secret has no place in a URI, which ends up in
 * logs and histories: `client-secret` is refused, and comes from the
 * environment. Nor may a URI, which can come from anywhere, say whom to trust
 * with a signature: `payload`, `allowed-hosts`, `allow-unencrypted` and
 * `tls-ca-file` are for whoever runs the pipeline.
 *
 * Unless it says `media`, a URI asks for what players can show: audio, video,
 * share and transcript.
 */

#define PLAYERS_MEDIA "audio+video+share+transcript"

static gboolean G_GNUC_PRINTF (2, 3)
refuse (GError **error, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error)
    *error = g_error_new_valist (GST_URI_ERROR, GST_URI_ERROR_BAD_REFERENCE,
        format, args);
  va_end (args);
  return FALSE;
}

static GParamSpec *
find_property (GObject *element, const gchar *name)
{
  GParamSpec *pspec =
      g_object_class_find_property (G_OBJECT_GET_CLASS (element), name);

  /* Not those of its parents: name, parent. */
  if (pspec == NULL || pspec->owner_type != G_OBJECT_TYPE (element)
      || (pspec->flags & G_PARAM_READWRITE) != G_PARAM_READWRITE)
    return NULL;
  return pspec;
}

/* Whoever could set them by a URI would have signatures sent to him. */
static gboolean
is_about_trust (const gchar *name)
{
  static const gchar *const names[] = { "payload", "payload-location",
    "allowed-hosts", "allow-unencrypted", "tls-ca-file", NULL };

  return g_strv_contains (names, name);
}

static gboolean
set_property (GObject *element, const gchar *name, const gchar *text,
    GError **error)
{
  GParamSpec *pspec = find_property (element, name);
  g_auto (GValue) value = G_VALUE_INIT;

  if (!rtms_text_is_line (name) || !rtms_text_is_line (text))
    return refuse (error, "The URI holds control characters");
  if (is_about_trust (name))
    return refuse (error, "A URI must not set %s, which says whom to trust: "
        "set it on rtmssrc itself", name);
  if (g_str_equal (name, "client-secret"))
    return refuse (error, "A URI must not hold the client secret: it belongs "
        "in the environment variable ZM_RTMS_SECRET");
  if (pspec == NULL)
    return refuse (error, "rtmssrc has no property \"%s\" for a URI to set",
        name);
  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (pspec));
  if (!gst_value_deserialize_with_pspec (&value, text, pspec)
      || g_param_value_validate (pspec, &value))
    return refuse (error, "\"%s\" is no value of the property %s", text,
        name);
  g_object_set_property (element, name, &value);
  return TRUE;
}

static gboolean
set_properties (GObject *element, const gchar *query, GError **error)
{
  g_autoptr (GHashTable) properties = g_uri_parse_params (query ? query : "",
      -1, "&", G_URI_PARAMS_NONE, error);
  GHashTableIter iter;
  gpointer name, text;

  if (properties == NULL)
    return FALSE;
  if (!g_hash_table_contains (properties, "media"))
    gst_util_set_object_arg (element, "media", PLAYERS_MEDIA);
  g_hash_table_iter_init (&iter, properties);
  while (g_hash_table_iter_next (&iter, &name, &text)) {
    if (!set_property (element, name, text, error))
      return FALSE;
  }
  return TRUE;
}

/**
 * gst_rtms_uri_apply:
 * @element: an rtmssrc
 * @uri: an rtms URI
 * @error: (out) (optional): #GST_URI_ERROR_BAD_REFERENCE, or what GUri says
 *
 * Sets the properties that the URI stands for.
 */
gboolean
gst_rtms_uri_apply (GObject *element, const gchar *uri, GError **error)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_ENCODED_QUERY,
      error);
  const gchar *host;

  if (parsed == NULL)
    return FALSE;
  host = g_uri_get_host (parsed);
  if ((host && *host && !g_str_equal (host, "localhost"))
      || *g_uri_get_path (parsed) != '/')
    return refuse (error, "An rtms URI has three slashes and the path of a "
        "payload file: rtms:///path/started.json");
  g_object_set (element, "payload-location", g_uri_get_path (parsed), NULL);
  return set_properties (element, g_uri_get_query (parsed), error);
}
