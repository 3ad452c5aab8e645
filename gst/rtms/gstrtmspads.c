/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* MT safety: `lock` protects the table and the flags beside it. It is taken
 * before a pad's lock, and never held while a pad is pushed to, added or
 * removed, or a message posted.
 *
 * Adding a pad and posting a message call into the application, which may
 * stop the element right there, on the network thread. Hence the table is
 * counted by reference, and what comes after such a call looks whether it was
 * closed. */

#include "gstrtmspads.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtms_src_debug);
#define GST_CAT_DEFAULT gst_rtms_src_debug

typedef struct {
  GstRtmsPadIndex index;
  guint64 user_id;              /* of a participant's own pad, else 0 */
  GstRtmsSrcPad *pad;
  GstStream *stream;
  gboolean is_exposed;
  GThread *remover;             /* (nullable): who removes the pad just now */
} Entry;

struct _GstRtmsPads
{
  gatomicrefcount ref_count;
  GstElement *element;          /* not owned: whose client outlives us */
  GstRtmsSettings *settings;
  guint group_id;

  GMutex lock;
  GCond removed;                /* an entry has gone */
  GPtrArray *entries;           /* of Entry */
  gboolean playing;
  gboolean is_complete;         /* the first set of pads is there */
  gboolean had_any;             /* pads, which may have gone since */
  gboolean is_closed;           /* no pad may come any more */
  gboolean has_error;           /* one is enough */
};

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  gst_object_unref (entry->pad);
  gst_object_unref (entry->stream);
  g_free (entry);
}

/**
 * gst_rtms_pads_new:
 * @element: whose pads they are
 * @settings: how they work
 */
GstRtmsPads *
gst_rtms_pads_new (GstElement *element, GstRtmsSettings *settings)
{
  GstRtmsPads *self = g_new0 (GstRtmsPads, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->element = element;
  self->settings = gst_rtms_settings_ref (settings);
  self->group_id = gst_util_group_id_next ();
  self->entries = g_ptr_array_new_with_free_func (free_entry);
  g_mutex_init (&self->lock);
  g_cond_init (&self->removed);
  return self;
}

GstRtmsPads *
gst_rtms_pads_ref (GstRtmsPads *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
gst_rtms_pads_unref (GstRtmsPads *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->entries);
  gst_rtms_settings_unref (self->settings);
  g_cond_clear (&self->removed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
gst_rtms_pad_index_is_text (GstRtmsPadIndex index)
{
  return index == RTMS_MEDIA_TRANSCRIPT || index == RTMS_MEDIA_CHAT
      || index == GST_RTMS_PAD_EVENTS;
}

const gchar *
gst_rtms_pad_index_get_name (GstRtmsPadIndex index)
{
  return index == GST_RTMS_PAD_EVENTS ? "events"
      : rtms_media_kind_get_name ((RtmsMediaKind) index);
}

static Entry *
find_entry (GstRtmsPads *self, GstRtmsPadIndex index, guint64 user_id)
{
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    if (entry->index == index && entry->user_id == user_id)
      return entry;
  }
  return NULL;
}

/**
 * gst_rtms_pads_get:
 * @self: pads
 * @index: what the pad carries
 * @user_id: the participant, for a pad of one; else 0
 *
 * Returns: (transfer full) (nullable): the pad
 */
GstRtmsSrcPad *
gst_rtms_pads_get (GstRtmsPads *self, GstRtmsPadIndex index,
    guint64 user_id)
{
  GstRtmsSrcPad *pad = NULL;
  Entry *entry;

  g_mutex_lock (&self->lock);
  entry = find_entry (self, index, user_id);
  if (entry)
    pad = gst_object_ref (entry->pad);
  g_mutex_unlock (&self->lock);
  return pad;
}

/* Calls @func for each pad, without the lock. */
void
gst_rtms_pads_foreach (GstRtmsPads *self, GstRtmsPadFunc func,
    gpointer user_data)
{
  g_autoptr (GPtrArray) pads =
      g_ptr_array_new_with_free_func (gst_object_unref);
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE,
      sizeof (GstRtmsPadIndex));

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    g_ptr_array_add (pads, gst_object_ref (entry->pad));
    g_array_append_val (indices, entry->index);
  }
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < pads->len; i++)
    func (g_ptr_array_index (pads, i),
        g_array_index (indices, GstRtmsPadIndex, i), user_data);
}

guint
gst_rtms_pads_get_size (GstRtmsPads *self)
{
  guint size;

  g_mutex_lock (&self->lock);
  size = self->entries->len;
  g_mutex_unlock (&self->lock);
  return size;
}

gboolean
gst_rtms_pads_is_empty (GstRtmsPads *self)
{
  return gst_rtms_pads_get_size (self) == 0;
}

/* Whether there was ever a pad, through which EOS went or can go. */
gboolean
gst_rtms_pads_had_any (GstRtmsPads *self)
{
  gboolean had_any;

  g_mutex_lock (&self->lock);
  had_any = self->had_any;
  g_mutex_unlock (&self->lock);
  return had_any;
}

static gboolean
claim_error (GstRtmsPads *self)
{
  gboolean first;

  g_mutex_lock (&self->lock);
  first = !self->has_error;
  self->has_error = TRUE;
  g_mutex_unlock (&self->lock);
  return first;
}

/* Not to be judged before all could have been linked. */
static gboolean
is_useless (GstRtmsPads *self)
{
  gboolean is_linked = FALSE, is_complete;

  g_mutex_lock (&self->lock);
  is_complete = self->is_complete;
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    is_linked |= gst_pad_is_linked (GST_PAD (entry->pad));
  }
  g_mutex_unlock (&self->lock);
  return is_complete && !is_linked;
}

/* As GST_ELEMENT_FLOW_ERROR does, and which pad it was. */
static void
post_flow_error (GstRtmsPads *self, GstRtmsSrcPad *pad, GstFlowReturn flow)
{
  GST_ELEMENT_ERROR_WITH_DETAILS (self->element, STREAM, FAILED,
      ("What follows pad %s failed: it gets no more data. The other pads go "
          "on.", GST_PAD_NAME (pad)),
      ("streaming stopped, reason %s (%d)", gst_flow_get_name (flow), flow),
      ("flow-return", G_TYPE_INT, flow, NULL));
}

/* Called by a pad's streaming thread. */
static void
on_flow (GstRtmsSrcPad *pad, GstFlowReturn flow, gpointer user_data)
{
  GstRtmsPads *self = user_data;

  if (flow < GST_FLOW_EOS) {
    if (claim_error (self))
      post_flow_error (self, pad, flow);
  } else if (flow == GST_FLOW_NOT_LINKED && is_useless (self)) {
    if (claim_error (self))
      GST_ELEMENT_ERROR (self->element, STREAM, FAILED,
          ("None of the pads is linked, so nothing would be received. Link "
              "at least one by its name: audio, video, share, transcript, "
              "chat or events."), (NULL));
  }
}

/* With the lock, which is given up meanwhile. The entry stays in the table
 * until its pad is gone, so that no other pad gets the name. */
static void
remove_entry (GstRtmsPads *self, Entry *entry)
{
  GstPad *pad = GST_PAD (entry->pad);

  entry->remover = g_thread_self ();
  g_mutex_unlock (&self->lock);
  gst_pad_set_active (pad, FALSE);
  if (GST_OBJECT_PARENT (pad) == GST_OBJECT (self->element))
    gst_element_remove_pad (self->element, pad);
  g_mutex_lock (&self->lock);
  g_ptr_array_remove_fast (self->entries, entry);
  g_cond_broadcast (&self->removed);
}

/* One that nobody removes yet; else one that another thread removes. One that
 * this thread removes has called the application, which has stopped the
 * element: it cannot be waited for. */
static Entry *
find_removable (GstRtmsPads *self)
{
  Entry *found = NULL;

  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    if (entry->remover == NULL)
      return entry;
    if (entry->remover != g_thread_self ())
      found = entry;
  }
  return found;
}

/**
 * gst_rtms_pads_close:
 * @self: pads
 *
 * Removes the pads, which the element's state change has made inactive, from
 * the element. No other comes after this.
 */
void
gst_rtms_pads_close (GstRtmsPads *self)
{
  Entry *entry;

  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  while ((entry = find_removable (self))) {
    if (entry->remover == NULL)
      remove_entry (self, entry);
    else
      g_cond_wait (&self->removed, &self->lock);
  }
  g_mutex_unlock (&self->lock);
}

static GstTagList *
create_tags (GstRtmsPadIndex index, const gchar *user_name,
    const gchar *language)
{
  static const gchar *const titles[GST_RTMS_N_PAD_INDICES] = { "Audio",
    "Video", "Share", "Transcript", "Chat", "Events" };
  GstTagList *tags = gst_tag_list_new (GST_TAG_TITLE,
      user_name && *user_name ? user_name : titles[index], NULL);

  if (language)
    gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_LANGUAGE_CODE,
        language, NULL);
  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_STREAM);
  return tags;
}

static GstStream *
create_stream (GstRtmsPads *self, const Entry *entry,
    const gchar *user_name, const gchar *language, GstCaps *caps)
{
  static const GstStreamType types[GST_RTMS_N_PAD_INDICES] = {
    GST_STREAM_TYPE_AUDIO, GST_STREAM_TYPE_VIDEO, GST_STREAM_TYPE_VIDEO,
    GST_STREAM_TYPE_TEXT, GST_STREAM_TYPE_TEXT, GST_STREAM_TYPE_UNKNOWN };
  g_autofree gchar *id = g_strdup_printf ("rtms/%s/%s",
      self->settings->payload->stream_id, GST_PAD_NAME (entry->pad));
  g_autoptr (GstTagList) tags = create_tags (entry->index, user_name,
      language);
  GstStream *stream = gst_stream_new (id, caps, types[entry->index],
      gst_rtms_pad_index_is_text (entry->index) ? GST_STREAM_FLAG_SPARSE
      : GST_STREAM_FLAG_NONE);

  gst_stream_set_tags (stream, tags);
  return stream;
}

/**
 * gst_rtms_pads_announce:
 * @self: pads
 * @index: what the pad carries
 * @user_id: the participant, for a pad of one; else 0
 * @user_name: (nullable): the participant's name
 * @language: (nullable): a BCP 47 tag
 * @caps: the pad's caps
 * @limits: of the pad
 * @fill: (transfer full) (nullable): what stands for media that do not come
 *
 * Prepares a pad, which gst_rtms_pads_expose() shows with all others that
 * were announced since it was last called.
 */
void
gst_rtms_pads_announce (GstRtmsPads *self, GstRtmsPadIndex index,
    guint64 user_id, const gchar *user_name, const gchar *language,
    GstCaps *caps, const GstRtmsQueueLimits *limits, GstRtmsFill *fill)
{
  const gchar *kind = gst_rtms_pad_index_get_name (index);
  g_autofree gchar *name = user_id == 0 ? g_strdup (kind)
      : g_strdup_printf ("%s_%" G_GUINT64_FORMAT, kind, user_id);
  g_autofree gchar *template_name = user_id == 0 ? g_strdup (kind)
      : g_strconcat (kind, "_%u", NULL);
  Entry *entry = g_new0 (Entry, 1);

  entry->index = index;
  entry->user_id = user_id;
  entry->pad = gst_object_ref_sink (gst_rtms_src_pad_new (
          gst_element_class_get_pad_template (
              GST_ELEMENT_GET_CLASS (self->element), template_name), name,
          limits, on_flow, self));
  gst_rtms_src_pad_set_fill (entry->pad, fill);
  entry->stream = create_stream (self, entry, user_name, language, caps);

  g_mutex_lock (&self->lock);
  gst_rtms_src_pad_set_playing (entry->pad, self->playing);
  if (self->is_closed)
    g_clear_pointer (&entry, free_entry);
  else
    g_ptr_array_add (self->entries, entry);
  g_mutex_unlock (&self->lock);
}

static GstStreamCollection *
post_collection (GstRtmsPads *self)
{
  GstStreamCollection *collection =
      gst_stream_collection_new (self->settings->payload->stream_id);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    gst_stream_collection_add_stream (collection,
        gst_object_ref (entry->stream));
  }
  g_mutex_unlock (&self->lock);
  gst_element_post_message (self->element,
      gst_message_new_stream_collection (GST_OBJECT (self->element),
          collection));
  return collection;
}

/* Born active and with its sticky events, so that whoever links it in
 * pad-added sees caps. The tags follow by the queue once it is linked: its
 * task takes all sticky events along, and a muxer need not wait for the
 * first buffer to know the caps of a pad that is silent. */
static void
expose (GstRtmsPads *self, GstRtmsSrcPad *src_pad, GstStream *stream,
    GstStreamCollection *collection)
{
  GstPad *pad = GST_PAD (src_pad);
  g_autoptr (GstCaps) caps = gst_stream_get_caps (stream);
  GstSegment segment;
  GstEvent *event;

  gst_pad_use_fixed_caps (pad);
  gst_pad_set_active (pad, TRUE);

  event = gst_event_new_stream_start (gst_stream_get_stream_id (stream));
  gst_event_set_group_id (event, self->group_id);
  gst_event_set_stream (event, stream);
  gst_event_set_stream_flags (event, gst_stream_get_stream_flags (stream));
  gst_pad_push_event (pad, event);
  gst_pad_push_event (pad, gst_event_new_stream_collection (collection));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_segment (&segment));

  gst_element_add_pad (self->element, pad);
  gst_rtms_src_pad_push_event (src_pad,
      gst_event_new_tag (gst_stream_get_tags (stream)));
}

static gboolean
take_hidden (GstRtmsPads *self, GstRtmsSrcPad **pad, GstStream **stream)
{
  gboolean found = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->entries->len && !found; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    if (entry->is_exposed)
      continue;
    entry->is_exposed = found = self->had_any = TRUE;
    *pad = gst_object_ref (entry->pad);
    *stream = gst_object_ref (entry->stream);
  }
  g_mutex_unlock (&self->lock);
  return found;
}

/**
 * gst_rtms_pads_expose:
 * @self: pads
 *
 * Posts the collection of all streams, and adds the pads that were announced.
 */
void
gst_rtms_pads_expose (GstRtmsPads *self)
{
  g_autoptr (GstStreamCollection) collection = post_collection (self);
  GstRtmsSrcPad *pad;
  GstStream *stream;

  while (take_hidden (self, &pad, &stream)) {
    expose (self, pad, stream, collection);
    gst_object_unref (pad);
    gst_object_unref (stream);
  }
}

/* The first set of pads is there; participants' may still come. */
void
gst_rtms_pads_complete (GstRtmsPads *self)
{
  gboolean is_closed;

  g_mutex_lock (&self->lock);
  self->is_complete = TRUE;
  is_closed = self->is_closed;
  g_mutex_unlock (&self->lock);
  if (!is_closed)
    gst_element_no_more_pads (self->element);
}

typedef struct {
  GstRtmsPads *pads;
  GstRtmsSrcPad *pad;
} Removal;

static void
free_removal (gpointer data)
{
  Removal *removal = data;

  gst_rtms_pads_unref (removal->pads);
  gst_object_unref (removal->pad);
  g_free (removal);
}

/* On a thread of its own: a task cannot wait for its own end. */
static void
remove_drained (GstElement *element, gpointer user_data)
{
  Removal *removal = user_data;
  GstRtmsPads *self = removal->pads;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    /* Else the element is being stopped, which removes the pad. */
    if (entry->pad == removal->pad && entry->remover == NULL) {
      remove_entry (self, entry);
      break;
    }
  }
  g_mutex_unlock (&self->lock);
}

/* Called by the pad's streaming thread, behind EOS. */
static void
on_drained (GstRtmsSrcPad *pad, gpointer user_data)
{
  GstRtmsPads *self = user_data;
  Removal *removal = g_new (Removal, 1);

  removal->pads = gst_rtms_pads_ref (self);
  removal->pad = gst_object_ref (pad);
  gst_element_call_async (self->element, remove_drained, removal,
      free_removal);
}

static void
push_event (GstRtmsSrcPad *pad, GstRtmsPadIndex index, gpointer user_data)
{
  gst_rtms_src_pad_push_event (pad, gst_event_ref (user_data));
}

/* @event is (transfer full). */
void
gst_rtms_pads_push_event (GstRtmsPads *self, GstEvent *event)
{
  gst_rtms_pads_foreach (self, push_event, event);
  gst_event_unref (event);
}

/**
 * gst_rtms_pads_end_user:
 * @self: pads
 * @user_id: a participant who left
 *
 * The participant's own pads get EOS behind what is queued, and go.
 */
void
gst_rtms_pads_end_user (GstRtmsPads *self, guint64 user_id)
{
  for (GstRtmsPadIndex i = 0; i < GST_RTMS_N_PAD_INDICES; i++) {
    g_autoptr (GstRtmsSrcPad) pad = user_id
        ? gst_rtms_pads_get (self, i, user_id) : NULL;

    if (pad) {
      gst_rtms_src_pad_set_drained_func (pad, on_drained);
      gst_rtms_src_pad_push_event (pad, gst_event_new_eos ());
    }
  }
}

void
gst_rtms_pads_set_playing (GstRtmsPads *self, gboolean playing)
{
  g_mutex_lock (&self->lock);
  self->playing = playing;
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    gst_rtms_src_pad_set_playing (entry->pad, playing);
  }
  g_mutex_unlock (&self->lock);
}

gboolean
gst_rtms_pads_is_playing (GstRtmsPads *self)
{
  gboolean playing;

  g_mutex_lock (&self->lock);
  playing = self->playing;
  g_mutex_unlock (&self->lock);
  return playing;
}
