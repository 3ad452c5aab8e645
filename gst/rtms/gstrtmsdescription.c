/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsdescription.h"

#include "gstrtmscaps.h"

#define MUXER_LATENCY GST_SECOND

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

static GstPad *
get_only_src_peer (GstElement *element)
{
  GstPad *peer = NULL;

  GST_OBJECT_LOCK (element);
  if (element->numsrcpads == 1)
    peer = gst_pad_get_peer (element->srcpads->data);
  GST_OBJECT_UNLOCK (element);
  return peer;
}

static gboolean
is_request_pad (GstPad *pad)
{
  g_autoptr (GstPadTemplate) templ = gst_pad_get_pad_template (pad);

  return templ && GST_PAD_TEMPLATE_PRESENCE (templ) == GST_PAD_REQUEST;
}

/* The muxer's pad at the end of a chain, or %NULL if it ends elsewhere. */
static GstPad *
find_muxer_pad (GstElement *element)
{
  g_autoptr (GstElement) next = gst_object_ref (element);
  GstPad *pad;

  while ((pad = get_only_src_peer (next)) != NULL && !is_request_pad (pad)) {
    gst_object_unref (next);
    next = gst_pad_get_parent_element (pad);
    gst_object_unref (pad);
    if (next == NULL)
      return NULL;
  }
  return pad;
}

static gboolean
is_mp4_muxer (GstElement *muxer)
{
  GType type = g_type_from_name ("GstBaseQTMux");

  return type && g_type_is_a (G_OBJECT_TYPE (muxer), type);
}

/* Also where splitmuxsink makes one. */
static gboolean
makes_mp4 (GstElement *muxer)
{
  g_autofree gchar *factory = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (muxer),
          "muxer-factory"))
    g_object_get (muxer, "muxer-factory", &factory, NULL);
  return is_mp4_muxer (muxer) || g_strcmp0 (factory, "mp4mux") == 0
      || g_strcmp0 (factory, "qtmux") == 0;
}

static GstElement *
disconnect (GstPad *sink)
{
  g_autoptr (GstPad) src = gst_pad_get_peer (sink);
  GstElement *muxer = gst_pad_get_parent_element (sink);

  if (src)
    gst_pad_unlink (src, sink);
  if (muxer)
    gst_element_release_request_pad (muxer, sink);
  if (muxer && is_mp4_muxer (muxer)) {
    /* It keeps the track of a pad that is gone until it is stopped. */
    gst_element_set_state (muxer, GST_STATE_PAUSED);
    gst_element_set_state (muxer, GST_STATE_NULL);
  }
  return muxer;
}

/**
 * gst_rtms_description_release:
 * @element: at the head of a chain by which nothing comes
 *
 * Takes the chain from its muxer, which then waits for it no more and leaves
 * its track out. Some muxers write files that cannot be read when a track has
 * no caps or no data.
 *
 * Returns: whether there was a muxer, with other pads than this
 */
gboolean
gst_rtms_description_release (GstElement *element)
{
  g_autoptr (GstPad) pad = find_muxer_pad (element);
  g_autoptr (GstElement) muxer = pad ? gst_pad_get_parent_element (pad)
      : NULL;

  if (muxer == NULL || muxer->numsinkpads < 2)
    return FALSE;
  gst_clear_object (&muxer);
  muxer = disconnect (pad);
  return TRUE;
}

/* A muxer of live streams writes its header, with the tracks that it knows by
 * then, when its latency is over. What is coded takes longer to show itself
 * than rtmssrc knows of. It does not wait where every track has something. */
static void
give_time (GstElement *muxer)
{
  GParamSpec *spec = g_object_class_find_property (
      G_OBJECT_GET_CLASS (muxer), "latency");
  guint64 latency;

  if (spec == NULL || spec->value_type != G_TYPE_UINT64
      || !(spec->flags & G_PARAM_WRITABLE))
    return;
  g_object_get (muxer, "latency", &latency, NULL);
  if (latency == 0)
    g_object_set (muxer, "latency", (guint64) MUXER_LATENCY, NULL);
}

/**
 * gst_rtms_description_adapt:
 * @bin: of a description
 * @source: the rtmssrc that it is for
 *
 * Has @source fill what muxers cannot do without: audio while nobody speaks,
 * and for MP4 pictures while there is no camera. Has muxers wait for their
 * tracks to begin.
 */
void
gst_rtms_description_adapt (GstElement *bin, GstElement *source)
{
  gboolean fill_video = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autoptr (GstElement) element = gst_rtms_description_find (bin,
        targets[i].name);
    g_autoptr (GstPad) pad = element ? find_muxer_pad (element) : NULL;
    g_autoptr (GstElement) muxer = pad ? gst_pad_get_parent_element (pad)
        : NULL;

    if (muxer == NULL)
      continue;
    give_time (muxer);
    if (targets[i].media == GST_RTMS_MEDIA_VIDEO)
      fill_video = makes_mp4 (muxer);
  }
  g_object_set (source, "fill-silence", TRUE, "fill-video", fill_video, NULL);
}

static void
connect_anew (GstPad *src, GstElement *muxer, GstCaps *caps)
{
  GList *templates = gst_element_get_pad_template_list (muxer);

  for (; templates; templates = templates->next) {
    GstPadTemplate *templ = templates->data;
    g_autoptr (GstCaps) offered = gst_pad_template_get_caps (templ);
    g_autoptr (GstPad) pad = NULL;

    if (GST_PAD_TEMPLATE_DIRECTION (templ) != GST_PAD_SINK
        || GST_PAD_TEMPLATE_PRESENCE (templ) != GST_PAD_REQUEST
        || !gst_caps_can_intersect (offered, caps))
      continue;
    pad = gst_element_request_pad (muxer, templ, NULL, NULL);
    if (pad == NULL)
      continue;
    if (gst_pad_link (src, pad) == GST_PAD_LINK_OK)
      return;
    gst_element_release_request_pad (muxer, pad);
  }
}

/* gst_parse_launch() links an element that takes anything, such as identity or
 * queue, to the first pad that a muxer offers. Where that is for another
 * medium, it is exchanged for one that fits. */
static void
mend_link (GstElement *element, const gchar *caps_text)
{
  g_autoptr (GstPad) head = gst_element_get_static_pad (element, "sink");
  g_autoptr (GstPad) sink = find_muxer_pad (element);
  g_autoptr (GstCaps) wanted = gst_caps_from_string (caps_text);
  g_autoptr (GstCaps) taken = head ? gst_pad_query_caps (head, NULL) : NULL;
  g_autoptr (GstPad) src = NULL;
  g_autoptr (GstElement) muxer = NULL;

  if (taken == NULL || sink == NULL || gst_caps_can_intersect (taken, wanted))
    return;
  src = gst_pad_get_peer (sink);
  muxer = disconnect (sink);
  if (src && muxer)
    connect_anew (src, muxer, wanted);
}

static void
mend_links (GstElement *bin)
{
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autoptr (GstElement) element = gst_rtms_description_find (bin,
        targets[i].name);

    if (element)
      mend_link (element, targets[i].caps);
  }
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
