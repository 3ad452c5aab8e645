/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsdescription.h"

#include "gstrtmscaps.h"
#include "gstrtmsmuxers.h"

/* A branch's launch description: what it is made of and how its elements are
 * found. Elements here are in state NULL. */

static const struct {
  const gchar *name;
  GstRtmsMediaFlags media;
  const gchar *caps;
} targets[] = {
  { "audio", GST_RTMS_MEDIA_AUDIO, GST_RTMS_AUDIO_CAPS },
  { "video", GST_RTMS_MEDIA_VIDEO, GST_RTMS_VIDEO_CAPS },
  { "share", GST_RTMS_MEDIA_SHARE, GST_RTMS_VIDEO_CAPS },
  { "transcript", GST_RTMS_MEDIA_TRANSCRIPT, GST_RTMS_UTF8_CAPS },
  { "chat", GST_RTMS_MEDIA_CHAT, GST_RTMS_UTF8_CAPS },
  { "events", GST_RTMS_MEDIA_EVENTS, GST_RTMS_EVENTS_CAPS },
  { GST_RTMS_DESCRIPTION_EACH, GST_RTMS_MEDIA_AUDIO, GST_RTMS_AUDIO_CAPS },
};

static GstElement *
parse (const gchar *text, const GstRtmsPlaceholders *values, GError **error)
{
  g_autofree gchar *expanded = gst_rtms_placeholders_expand (values, text);
  GstElement *bin = gst_parse_bin_from_description_full (expanded, FALSE,
      NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);

  return bin ? gst_object_ref_sink (bin) : NULL;
}

/**
 * gst_rtms_description_find:
 * @bin: (nullable): of a description
 * @name: an element's
 *
 * Returns: (transfer full) (nullable): the element
 */
GstElement *
gst_rtms_description_find (GstElement *bin, const gchar *name)
{
  return bin ? gst_bin_get_by_name (GST_BIN (bin), name) : NULL;
}

static void
mend_links (GstElement *bin)
{
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autoptr (GstElement) element = gst_rtms_description_find (bin,
        targets[i].name);

    if (element)
      gst_rtms_muxers_mend_link (element, targets[i].caps);
  }
}

/**
 * gst_rtms_description_adapt:
 * @bin: of a description
 * @source: the rtmssrc that it is for
 *
 * Has muxers take what meetings are like, and @source fill what they cannot
 * do without.
 */
void
gst_rtms_description_adapt (GstElement *bin, GstElement *source)
{
  gboolean fill_video = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autoptr (GstElement) element = gst_rtms_description_find (bin,
        targets[i].name);

    if (element && gst_rtms_muxers_adapt (element))
      fill_video |= targets[i].media == GST_RTMS_MEDIA_VIDEO;
  }
  g_object_set (source, "fill-silence", TRUE, "fill-video", fill_video, NULL);
}

static void
add_neighbours (GstElement *element, GHashTable *found, GQueue *left)
{
  GST_OBJECT_LOCK (element);
  for (GList *l = element->pads; l; l = l->next) {
    g_autoptr (GstPad) peer = gst_pad_get_peer (l->data);
    g_autoptr (GstElement) next = peer ? gst_pad_get_parent_element (peer)
        : NULL;

    if (next && g_hash_table_add (found, next))
      g_queue_push_tail (left, next);
  }
  GST_OBJECT_UNLOCK (element);
}

/* All that is linked with @element, over any number of links. */
static GHashTable *
find_linked (GstElement *element)
{
  GHashTable *found = g_hash_table_new (NULL, NULL);
  GQueue left = G_QUEUE_INIT;

  g_hash_table_add (found, element);
  for (; element; element = g_queue_pop_head (&left))
    add_neighbours (element, found, &left);
  return found;
}

/* Leaves of @bin what is, or is not, linked with the element for each
 * participant. */
static void
keep (GstElement *bin, gboolean linked)
{
  g_autoptr (GstElement) each = gst_rtms_description_find (bin,
      GST_RTMS_DESCRIPTION_EACH);
  g_autoptr (GHashTable) found = each ? find_linked (each) : NULL;
  g_autoptr (GList) children = NULL;

  if (found == NULL)
    return;
  GST_OBJECT_LOCK (bin);
  children = g_list_copy (GST_BIN_CHILDREN (bin));
  GST_OBJECT_UNLOCK (bin);
  for (GList *l = children; l; l = l->next) {
    if (g_hash_table_contains (found, l->data) != linked)
      gst_bin_remove (GST_BIN (bin), l->data);
  }
}

/**
 * gst_rtms_description_parse:
 * @text: the description
 * @values: of a stream
 * @error: (out) (optional): of #GST_PARSE_ERROR
 *
 * Returns: (transfer full) (nullable): a bin with a stream's elements
 */
GstElement *
gst_rtms_description_parse (const gchar *text,
    const GstRtmsPlaceholders *values, GError **error)
{
  GstElement *bin = parse (text, values, error);

  if (bin) {
    keep (bin, FALSE);
    mend_links (bin);
  }
  return bin;
}

/**
 * gst_rtms_description_parse_participant:
 * @text: the description
 * @values: of a participant
 * @error: (out) (optional): of #GST_PARSE_ERROR
 *
 * Returns: (transfer full) (nullable): a bin with the elements for one
 *     participant
 */
GstElement *
gst_rtms_description_parse_participant (const gchar *text,
    const GstRtmsPlaceholders *values, GError **error)
{
  GstElement *bin = parse (text, values, error);

  if (bin)
    keep (bin, TRUE);
  return bin;
}

static gboolean
refuse (GError **error, const gchar *message)
{
  g_set_error_literal (error, GST_PARSE_ERROR, GST_PARSE_ERROR_LINK, message);
  return FALSE;
}

static gboolean
check_each (GstElement *bin, GError **error)
{
  g_autoptr (GstElement) each = gst_rtms_description_find (bin,
      GST_RTMS_DESCRIPTION_EACH);
  g_autoptr (GHashTable) found = find_linked (each);

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autoptr (GstElement) other = gst_rtms_description_find (bin,
        targets[i].name);

    if (other == NULL || other == each)
      continue;
    if (g_str_equal (targets[i].name, "audio"))
      return refuse (error, "A branch has either an element audio or "
          "audio-each: Zoom sends voices mixed or apart");
    if (g_hash_table_contains (found, other))
      return refuse (error, "audio-each is copied for each participant, so "
          "it must not be linked with the other elements of the branch");
  }
  return TRUE;
}

/**
 * gst_rtms_description_get_media:
 * @text: the description
 * @values: of a stream, for trying it
 * @each: (out): whether each participant's voice is wanted
 * @error: (out) (optional): of #GST_PARSE_ERROR, saying what to mend
 *
 * Returns: the media that it has elements for; 0 when it cannot be used
 */
GstRtmsMediaFlags
gst_rtms_description_get_media (const gchar *text,
    const GstRtmsPlaceholders *values, gboolean *each, GError **error)
{
  g_autoptr (GstElement) bin = parse (text, values, error);
  g_autoptr (GstElement) each_element = gst_rtms_description_find (bin,
      GST_RTMS_DESCRIPTION_EACH);
  GstRtmsMediaFlags media = 0;

  *each = each_element != NULL;
  if (bin == NULL || (*each && !check_each (bin, error)))
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autoptr (GstElement) element = gst_rtms_description_find (bin,
        targets[i].name);

    if (element)
      media |= targets[i].media;
  }
  if (media == 0)
    refuse (error, "No element of the branch is named audio, video, share, "
        "transcript, chat, events or audio-each, so it would get nothing");
  return media;
}
