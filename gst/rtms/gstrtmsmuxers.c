/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsmuxers.h"

/* What a muxer at the end of a chain needs so that a meeting fits into its
 * file. Measured with GStreamer 1.22. */

#define MUXER_LATENCY GST_SECOND

static gboolean
is_request_pad (GstPad *pad)
{
  g_autoptr (GstPadTemplate) templ = gst_pad_get_pad_template (pad);

  return templ && GST_PAD_TEMPLATE_PRESENCE (templ) == GST_PAD_REQUEST;
}

/* Elements like queue, tee and identity. */
static gboolean
takes_anything (GstPad *sink)
{
  g_autoptr (GstPadTemplate) templ = gst_pad_get_pad_template (sink);
  g_autoptr (GstCaps) caps = templ ? gst_pad_template_get_caps (templ)
      : NULL;

  return caps && gst_caps_is_any (caps);
}

static GPtrArray *
get_src_peers (GstElement *element)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func (gst_object_unref);

  GST_OBJECT_LOCK (element);
  for (GList *l = element->srcpads; l; l = l->next) {
    GstPad *peer = gst_pad_get_peer (l->data);

    if (peer)
      g_ptr_array_add (peers, peer);
  }
  GST_OBJECT_UNLOCK (element);
  return peers;
}

static void
collect (GstElement *element, gboolean unchanged, GPtrArray *found)
{
  g_autoptr (GPtrArray) peers = get_src_peers (element);

  for (guint i = 0; i < peers->len; i++) {
    GstPad *peer = g_ptr_array_index (peers, i);
    g_autoptr (GstElement) next = gst_pad_get_parent_element (peer);

    if (is_request_pad (peer))
      g_ptr_array_add (found, gst_object_ref (peer));
    else if (next && (!unchanged || takes_anything (peer)))
      collect (next, unchanged, found);
  }
}

/* The muxers' pads at the ends of a chain, which may fork.
 *
 * @unchanged: only those that what goes into @element reaches as it is */
static GPtrArray *
find_muxer_pads (GstElement *element, gboolean unchanged)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (gst_object_unref);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (element, "sink");

  if (!unchanged || (sink && takes_anything (sink)))
    collect (element, unchanged, found);
  return found;
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

static gboolean
forks (GstElement *element)
{
  g_autoptr (GPtrArray) peers = get_src_peers (element);
  g_autoptr (GstElement) next = NULL;

  if (peers->len == 1)
    next = gst_pad_get_parent_element (g_ptr_array_index (peers, 0));
  return peers->len > 1 || (next && forks (next));
}

/**
 * gst_rtms_muxers_release:
 * @element: at the head of a chain by which nothing comes
 *
 * Takes the chain from its muxer, which then waits for it no more and leaves
 * its track out. Some muxers write files that cannot be read when a track has
 * no caps or no data.
 *
 * Returns: whether there is nothing else at its end. If not, or if it is a
 *     muxer's only one, it has to be told of its end
 */
gboolean
gst_rtms_muxers_release (GstElement *element)
{
  g_autoptr (GPtrArray) pads = find_muxer_pads (element, FALSE);
  guint n_released = 0;

  for (guint i = 0; i < pads->len; i++) {
    GstPad *pad = g_ptr_array_index (pads, i);
    g_autoptr (GstElement) muxer = gst_pad_get_parent_element (pad);
    g_autoptr (GstElement) released = NULL;

    if (muxer == NULL || muxer->numsinkpads < 2)
      continue;
    released = disconnect (pad);
    n_released++;
  }
  return n_released > 0 && n_released == pads->len && !forks (element);
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

/**
 * gst_rtms_muxers_mend_link:
 * @element: at the head of a chain
 * @caps_text: of what is to come by it
 *
 * gst_parse_launch() links an element that takes anything, such as identity or
 * queue, to the first pad that a muxer offers. Where that is for another
 * medium, it is exchanged for one that fits.
 */
void
gst_rtms_muxers_mend_link (GstElement *element, const gchar *caps_text)
{
  g_autoptr (GPtrArray) pads = find_muxer_pads (element, TRUE);
  g_autoptr (GstCaps) wanted = gst_caps_from_string (caps_text);

  for (guint i = 0; i < pads->len; i++) {
    GstPad *sink = g_ptr_array_index (pads, i);
    g_autoptr (GstPadTemplate) templ = gst_pad_get_pad_template (sink);
    g_autoptr (GstCaps) taken = gst_pad_template_get_caps (templ);
    g_autoptr (GstPad) src = NULL;
    g_autoptr (GstElement) muxer = NULL;

    if (gst_caps_can_intersect (taken, wanted))
      continue;
    src = gst_pad_get_peer (sink);
    muxer = disconnect (sink);
    if (src && muxer)
      connect_anew (src, muxer, wanted);
  }
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

/* Fields that no decoder of H.264 goes by, as it has them in band. */
static GstEvent *
relax_caps (GstEvent *event)
{
  GstCaps *caps;
  g_autoptr (GstCaps) relaxed = NULL;

  gst_event_parse_caps (event, &caps);
  relaxed = gst_caps_copy (caps);
  gst_structure_remove_fields (gst_caps_get_structure (relaxed, 0),
      "colorimetry", "framerate", "pixel-aspect-ratio", "chroma-site",
      "coded-picture-structure", "interlace-mode", "bit-depth-chroma", NULL);
  return gst_event_new_caps (relaxed);
}

static void
leave_avc_out (GstQuery *query)
{
  GstCaps *caps;
  g_autoptr (GstCaps) avc = gst_caps_from_string (
      "video/x-h264, stream-format=avc");
  g_autoptr (GstCaps) rest = NULL;

  gst_query_parse_caps_result (query, &caps);
  if (caps == NULL || gst_caps_is_any (caps))
    return;
  rest = gst_caps_subtract (caps, avc);
  gst_query_set_caps_result (query, rest);
}

static GstPadProbeReturn
on_caps (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstEvent *event;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM) {
    if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_PULL
        && GST_QUERY_TYPE (info->data) == GST_QUERY_CAPS)
      leave_avc_out (info->data);
  } else if (GST_EVENT_TYPE (info->data) == GST_EVENT_CAPS) {
    event = info->data;
    info->data = relax_caps (event);
    gst_event_unref (event);
  }
  return GST_PAD_PROBE_OK;
}

/* The pictures of a meeting change their size with the speaker and the
 * network. Matroska's muxer takes that of `avc3` alone, and only if next to
 * nothing else changes. Where the parser may choose, it takes `avc3`. */
static void
let_pictures_change (GstPad *sink)
{
  g_autoptr (GstPad) src = gst_pad_get_peer (sink);
  g_autoptr (GstElement) parser = src ? gst_pad_get_parent_element (src)
      : NULL;
  GstElementFactory *factory = parser ? gst_element_get_factory (parser)
      : NULL;

  if (factory && g_str_equal (GST_OBJECT_NAME (factory), "h264parse"))
    gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM
        | GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, on_caps, NULL, NULL);
}

/**
 * gst_rtms_muxers_adapt:
 * @element: at the head of a chain
 *
 * Prepares the muxers at its end, if there are any.
 *
 * Returns: whether one needs a picture now and then, even if there is none
 */
gboolean
gst_rtms_muxers_adapt (GstElement *element)
{
  g_autoptr (GPtrArray) pads = find_muxer_pads (element, FALSE);
  gboolean needs_pictures = FALSE;

  for (guint i = 0; i < pads->len; i++) {
    GstPad *sink = g_ptr_array_index (pads, i);
    g_autoptr (GstElement) muxer = gst_pad_get_parent_element (sink);
    GType matroska = g_type_from_name ("GstMatroskaMux");

    if (muxer == NULL)
      continue;
    give_time (muxer);
    if (matroska && g_type_is_a (G_OBJECT_TYPE (muxer), matroska))
      let_pictures_change (sink);
    needs_pictures |= makes_mp4 (muxer);
  }
  return needs_pictures;
}
