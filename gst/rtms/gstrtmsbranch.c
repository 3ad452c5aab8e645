/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsbranch.h"

#include <string.h>

#include "gstrtmsdescription.h"
#include "gstrtmsenums.h"
#include "gstrtmsmuxers.h"
#include "gstrtmsserial.h"

/* One stream: its rtmssrc and what follows it, in a bin of their own, so that
 * the end of one stream is that of one bin.
 *
 *     branch ─┬─ source          (rtmssrc)
 *             ├─ description     (the elements of the user's description)
 *             └─ each-USER …     (one copy for each participant)
 *
 * MT safety: pads come and data flow on other threads than those that messages
 * come on. `lock` protects what they share; it is not held while anything is
 * called, posted or linked. Whatever takes its time is one of `jobs`, which are
 * done one after the other. */

GST_DEBUG_CATEGORY_EXTERN (gst_rtms_webhook_bin_debug);
#define GST_CAT_DEFAULT gst_rtms_webhook_bin_debug

struct _GstRtmsBranch
{
  GstBin parent;

  GstElement *source;           /* borrowed from the bin, as is the next */
  GstElement *description;
  gchar *text;
  GstRtmsPlaceholders values;
  GstRtmsFiles *files;
  const GstRtmsBranchCallbacks *callbacks;
  gpointer user_data;
  GDestroyNotify free_user_data;

  /* the state change alone */
  GstClockTime base_time;
  GstClockTime paused_at;       /* running time */

  /* the jobs alone */
  GstRtmsSerial *jobs;
  gboolean is_shut_down;        /* from within one of them */

  GMutex lock;
  GHashTable *pads;             /* of the source: GstPad → Inlet */
  GHashTable *done;             /* bins of sinks that have finished */
  gboolean has_pads;
  gboolean is_linked;           /* the pads of no-more-pads */
  gboolean is_stopped;          /* the source has said so */
  gint stop_reason;
  GstToc *toc;                  /* (nullable): who spoke when */
  gboolean is_ended;            /* ... and we have */
};

G_DEFINE_FINAL_TYPE (GstRtmsBranch, gst_rtms_branch, GST_TYPE_BIN)

/* A pad of the source. Until there is something to link it with, it is
 * blocked, and its queue keeps what comes. */
typedef struct {
  gboolean is_eos;
  gulong block;
} Inlet;

static const gchar *const media[] = { "audio", "video", "share",
  "transcript", "chat", "events" };

/* What takes its time, with a pad or an element of the branch. */
typedef struct {
  void (*func) (GstRtmsBranch *self, gpointer object);
  GstObject *object;
} Job;

static void
free_job (gpointer data)
{
  Job *job = data;

  gst_object_unref (job->object);
  g_free (job);
}

static void
do_job (gpointer data, gpointer user_data)
{
  Job *job = data;

  job->func (user_data, job->object);
}

static void
push_job (GstRtmsBranch *self, void (*func) (GstRtmsBranch *, gpointer),
    gpointer object)
{
  Job *job = g_new (Job, 1);

  job->func = func;
  job->object = gst_object_ref (object);
  gst_rtms_serial_push (self->jobs, job);
}

static gboolean
is_participant (const gchar *pad_name)
{
  return g_str_has_prefix (pad_name, "audio_");
}

/* A single pad may end while the stream goes on: a participant's, or that of
 * a medium with a connection of its own. */
static gboolean
source_has_ended (GstRtmsBranch *self)
{
  GHashTableIter iter;
  gpointer inlet;

  g_hash_table_iter_init (&iter, self->pads);
  while (g_hash_table_iter_next (&iter, NULL, &inlet)) {
    if (!((const Inlet *) inlet)->is_eos)
      return FALSE;
  }
  return self->is_stopped;
}

static gboolean
sinks_are_done (GstRtmsBranch *self)
{
  gboolean done = TRUE;

  GST_OBJECT_LOCK (self);
  for (GList *l = GST_BIN_CHILDREN (self); l; l = l->next)
    done &= !GST_OBJECT_FLAG_IS_SET (l->data, GST_ELEMENT_FLAG_SINK)
        || g_hash_table_contains (self->done, l->data);
  GST_OBJECT_UNLOCK (self);
  return done;
}

static void
check_end (GstRtmsBranch *self)
{
  gboolean is_end;

  g_mutex_lock (&self->lock);
  is_end = !self->is_ended && source_has_ended (self)
      && sinks_are_done (self);
  self->is_ended |= is_end;
  g_mutex_unlock (&self->lock);
  if (is_end)
    self->callbacks->ended (self, self->user_data);
}

/* What begins with no stream has to have one before it can end. */
static void
send_eos (GstElement *element)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");
  GstSegment segment;

  if (pad == NULL)
    return;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_send_event (pad, gst_event_new_stream_start ("none"));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
  gst_pad_send_event (pad, gst_event_new_eos ());
}

static Inlet *
get_inlet (GstRtmsBranch *self, GstPad *pad)
{
  return g_hash_table_lookup (self->pads, pad);
}

static void
end_inlet (GstRtmsBranch *self, GstPad *pad)
{
  Inlet *inlet;

  g_mutex_lock (&self->lock);
  inlet = get_inlet (self, pad);
  if (inlet)
    inlet->is_eos = TRUE;
  g_mutex_unlock (&self->lock);
  check_end (self);
}

/* With a description its sinks tell when all is through. Without one the end
 * counts once it is downstream, so it is brought there first. */
static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstRtmsBranch *self = user_data;
  g_autoptr (GstPad) peer = NULL;

  if (GST_EVENT_TYPE (info->data) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  if (self->description == NULL)
    peer = gst_pad_get_peer (pad);
  if (peer)
    gst_pad_send_event (peer, gst_event_ref (info->data));
  end_inlet (self, pad);
  return peer ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
unblock (GstRtmsBranch *self, GstPad *pad)
{
  Inlet *inlet;
  gulong block = 0;

  g_mutex_lock (&self->lock);
  inlet = get_inlet (self, pad);
  if (inlet) {
    block = inlet->block;
    inlet->block = 0;
  }
  g_mutex_unlock (&self->lock);
  if (block)
    gst_pad_remove_probe (pad, block);
}

static void
warn_of_link (GstRtmsBranch *self, GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autofree gchar *text = caps ? gst_caps_to_string (caps) : NULL;

  GST_ELEMENT_WARNING (self, CORE, NEGOTIATION, ("The branch's element %s "
          "does not take what Zoom sends: %s. It gets nothing.",
          GST_OBJECT_NAME (pad), text), (NULL));
}

static gboolean
link_to (GstPad *pad, GstElement *element)
{
  g_autoptr (GstPad) sink = gst_element_get_compatible_pad (element, pad,
      NULL);

  return sink && gst_pad_link_maybe_ghosting (pad, sink);
}

static gchar *
get_user_name (GstPad *pad)
{
  g_autoptr (GstStream) stream = gst_pad_get_stream (pad);
  g_autoptr (GstTagList) tags = stream ? gst_stream_get_tags (stream) : NULL;
  gchar *name = NULL;

  if (tags)
    gst_tag_list_get_string (tags, GST_TAG_TITLE, &name);
  return name;
}

static GstElement *
make_participant (GstRtmsBranch *self, GstPad *pad, GError **error)
{
  g_autofree gchar *user_name = get_user_name (pad);
  GstRtmsPlaceholders values = self->values;
  g_autoptr (GstElement) chain = NULL;

  values.user_id = g_ascii_strtoull (GST_OBJECT_NAME (pad)
      + strlen ("audio_"), NULL, 10);
  values.user_name = user_name;
  chain = gst_rtms_description_parse_participant (self->text, &values, error);
  if (chain == NULL || !gst_rtms_files_prepare (self->files, chain, error))
    return NULL;
  return g_steal_pointer (&chain);
}

/* Locked, as the branch may just be changing its children's state. */
static void
drop_chain (GstRtmsBranch *self, GstElement *chain)
{
  gst_element_set_locked_state (chain, TRUE);
  gst_element_set_state (chain, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self), chain);
}

static gboolean
add_chain (GstRtmsBranch *self, GstElement *chain, GstPad *pad)
{
  g_autoptr (GstElement) head = gst_rtms_description_find (chain,
      GST_RTMS_DESCRIPTION_EACH);

  if (self->is_shut_down)
    return TRUE;
  gst_bin_add (GST_BIN (self), chain);
  if (gst_element_sync_state_with_parent (chain) && link_to (pad, head))
    return TRUE;
  drop_chain (self, chain);
  return FALSE;
}

static void
add_participant (GstRtmsBranch *self, gpointer object)
{
  GstPad *pad = object;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) chain = make_participant (self, pad, &error);

  if (chain == NULL)
    GST_ELEMENT_WARNING (self, RESOURCE, OPEN_WRITE, ("There are no elements "
            "for the participant of %s: %s", GST_OBJECT_NAME (pad),
            error->message), (NULL));
  else if (!add_chain (self, chain, pad))
    warn_of_link (self, pad);
  unblock (self, pad);
}

static void
remove_participant (GstRtmsBranch *self, gpointer object)
{
  GstElement *chain = object;

  drop_chain (self, chain);
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->done, chain);
  g_mutex_unlock (&self->lock);
}

static GstPadProbeReturn
hold (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_OK;
}

static void
watch_pad (GstRtmsBranch *self, GstPad *pad)
{
  Inlet *inlet = g_new0 (Inlet, 1);

  if (self->description)
    inlet->block = gst_pad_add_probe (pad,
        GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, hold, NULL, NULL);
  g_mutex_lock (&self->lock);
  self->has_pads = TRUE;
  g_hash_table_insert (self->pads, pad, inlet);
  g_mutex_unlock (&self->lock);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event,
      self, NULL);
}

static void
expose (GstRtmsBranch *self, GstPad *pad)
{
  GstPad *ghost = gst_ghost_pad_new (GST_OBJECT_NAME (pad), pad);

  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), ghost);
}

static void
link_pad (GstRtmsBranch *self, GstPad *pad)
{
  g_autoptr (GstElement) element = gst_rtms_description_find (
      self->description, GST_OBJECT_NAME (pad));

  if (element && !gst_pad_is_linked (pad) && !link_to (pad, element)) {
    warn_of_link (self, pad);
    send_eos (element);
  }
  unblock (self, pad);
}

static void
link_late_pad (GstRtmsBranch *self, gpointer object)
{
  link_pad (self, object);
}

/* On the network thread, which all elements share: nothing here waits. */
static void
on_pad_added (GstElement *source, GstPad *pad, gpointer user_data)
{
  GstRtmsBranch *self = user_data;
  gboolean is_late;

  watch_pad (self, pad);
  g_mutex_lock (&self->lock);
  is_late = self->is_linked;
  g_mutex_unlock (&self->lock);
  if (self->description == NULL)
    expose (self, pad);
  else if (is_participant (GST_OBJECT_NAME (pad)))
    push_job (self, add_participant, pad);
  else if (is_late)
    push_job (self, link_late_pad, pad);
}

static void
unexpose (GstRtmsBranch *self, const gchar *name)
{
  g_autoptr (GstPad) ghost = gst_element_get_static_pad (GST_ELEMENT (self),
      name);

  if (ghost == NULL)
    return;
  gst_pad_set_active (ghost, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), ghost);
}

static void
on_pad_removed (GstElement *source, GstPad *pad, gpointer user_data)
{
  GstRtmsBranch *self = user_data;

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->pads, pad);
  g_mutex_unlock (&self->lock);
  if (self->description == NULL)
    unexpose (self, GST_OBJECT_NAME (pad));
}

/* RTP is known by its first packet, so that its pad comes later. */
static gboolean
may_still_come (GstRtmsBranch *self, const gchar *name)
{
  gint transport;

  if (!g_str_equal (name, "audio"))
    return FALSE;
  g_object_get (self->source, "audio-transport", &transport, NULL);
  return transport == GST_RTMS_AUDIO_TRANSPORT_RTP;
}

/* The elements of the description whose medium does not come. */
static GPtrArray *
find_missing (GstRtmsBranch *self)
{
  GPtrArray *missing = g_ptr_array_new_with_free_func (gst_object_unref);

  for (guint i = 0; i < G_N_ELEMENTS (media); i++) {
    GstElement *element = gst_rtms_description_find (self->description,
        media[i]);
    g_autoptr (GstPad) pad = gst_element_get_static_pad (self->source,
        media[i]);

    if (element && pad == NULL && !may_still_come (self, media[i]))
      g_ptr_array_add (missing, element);
    else
      gst_clear_object (&element);
  }
  return missing;
}

static void
link_pads (GstRtmsBranch *self)
{
  g_mutex_lock (&self->lock);
  self->is_linked = TRUE;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < G_N_ELEMENTS (media); i++) {
    g_autoptr (GstPad) pad = gst_element_get_static_pad (self->source,
        media[i]);

    if (pad)
      link_pad (self, pad);
  }
}

static gboolean
bring_up (GstRtmsBranch *self, GError **error)
{
  if (self->is_shut_down)
    return TRUE;
  if (!gst_rtms_files_prepare (self->files, self->description, error))
    return FALSE;
  gst_element_set_locked_state (self->description, FALSE);
  return gst_element_sync_state_with_parent (self->description);
}

/* Only now is it known which media come. A muxer must know it before it
 * starts: some write files that cannot be read when a track gets nothing. */
static void
start_description (GstRtmsBranch *self, gpointer object)
{
  g_autoptr (GPtrArray) missing = find_missing (self);
  g_autoptr (GError) error = NULL;

  for (guint i = missing->len; i > 0; i--) {
    GST_INFO_OBJECT (self, "nothing comes by %s", GST_OBJECT_NAME (
            g_ptr_array_index (missing, i - 1)));
    if (gst_rtms_muxers_release (g_ptr_array_index (missing, i - 1)))
      g_ptr_array_remove_index (missing, i - 1);
  }
  if (!bring_up (self, &error)) {
    self->callbacks->failed (self, error ? error->message
        : "Its elements cannot be started", self->user_data);
    return;
  }
  link_pads (self);
  for (guint i = 0; i < missing->len; i++)
    send_eos (g_ptr_array_index (missing, i));
}

static void
on_no_more_pads (GstElement *source, gpointer user_data)
{
  GstRtmsBranch *self = user_data;

  if (self->description)
    push_job (self, start_description, source);
}

static void
recalculate_latency (GstElement *element, gpointer user_data)
{
  gst_bin_recalculate_latency (GST_BIN (element));
}

/* A sink that failed has finished, too: the others need not wait for it. */
static void
take_error (GstRtmsBranch *self, GstMessage *message)
{
  GstObject *src = GST_MESSAGE_SRC (message);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  gst_message_parse_error (message, &error, &debug);
  GST_WARNING_OBJECT (src, "%s: %s", error->message, debug);
  self->callbacks->failed (self, error->message, self->user_data);
  if (GST_IS_ELEMENT (src) && !GST_IS_BIN (src)
      && GST_OBJECT_FLAG_IS_SET (src, GST_ELEMENT_FLAG_SINK))
    gst_element_post_message (GST_ELEMENT (src), gst_message_new_eos (src));
}

static void
take_eos (GstRtmsBranch *self, GstObject *src)
{
  g_mutex_lock (&self->lock);
  g_hash_table_add (self->done, src);
  g_mutex_unlock (&self->lock);
  check_end (self);
  if (src != GST_OBJECT (self->description))
    push_job (self, remove_participant, src);
}

static void
take_element_message (GstRtmsBranch *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);

  gst_rtms_files_watch (self->files, message);
  if (structure == NULL || !gst_structure_has_name (structure,
          "rtms-stopped"))
    return;
  g_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  gst_structure_get_int (structure, "reason", &self->stop_reason);
  g_mutex_unlock (&self->lock);
  check_end (self);
}

/* Without elements of its own a stream's running time is the pipeline's, which
 * tells nobody else anything. */
static void
take_toc (GstRtmsBranch *self, GstMessage *message)
{
  g_autoptr (GstToc) toc = NULL;

  if (self->description == NULL
      || GST_MESSAGE_SRC (message) != GST_OBJECT (self->source))
    return;
  gst_message_parse_toc (message, &toc, NULL);
  g_mutex_lock (&self->lock);
  if (self->toc)
    gst_toc_unref (self->toc);
  self->toc = g_steal_pointer (&toc);
  g_mutex_unlock (&self->lock);
}

static void
gst_rtms_branch_handle_message (GstBin *bin, GstMessage *message)
{
  GstRtmsBranch *self = GST_RTMS_BRANCH (bin);
  gboolean is_ours = FALSE;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      take_error (self, message);
      is_ours = TRUE;
      break;
    case GST_MESSAGE_EOS:
      take_eos (self, GST_MESSAGE_SRC (message));
      is_ours = TRUE;
      break;
    case GST_MESSAGE_ELEMENT:
      take_element_message (self, message);
      break;
    case GST_MESSAGE_TOC:
      take_toc (self, message);
      break;
    case GST_MESSAGE_LATENCY:
      /* Each stream has one of its own. */
      is_ours = self->description != NULL;
      if (is_ours)
        gst_element_call_async (GST_ELEMENT (self), recalculate_latency, NULL,
            NULL);
      break;
    case GST_MESSAGE_PROGRESS:
      /* Nobody waits with PLAYING for one of many streams. */
      is_ours = TRUE;
      break;
    case GST_MESSAGE_STREAM_START:
    case GST_MESSAGE_CLOCK_PROVIDE:
    case GST_MESSAGE_CLOCK_LOST:
      /* The pipeline outlives this stream, and must not go by it. */
      is_ours = self->description != NULL;
      break;
    default:
      break;
  }
  if (is_ours)
    gst_message_unref (message);
  else
    GST_BIN_CLASS (gst_rtms_branch_parent_class)->handle_message (bin,
        message);
}

/* A stream's running time begins with the stream: files that begin where the
 * pipeline stands, perhaps after days, do not play. The bin above gives us its
 * base time whenever it changes state. */
static void
set_base_time (GstRtmsBranch *self, GstStateChange transition)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));
  GstClockTime now;

  if (clock == NULL)
    return;
  now = gst_clock_get_time (clock);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    self->paused_at = now - self->base_time;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    self->base_time = now - self->paused_at;
  gst_element_set_base_time (GST_ELEMENT (self), self->base_time);
}

/* What fails here ends this stream and not the others. */
static GstStateChangeReturn
gst_rtms_branch_change_state (GstElement *element, GstStateChange transition)
{
  GstRtmsBranch *self = GST_RTMS_BRANCH (element);
  GstStateChangeReturn ret;

  if (self->description && (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING
          || transition == GST_STATE_CHANGE_PLAYING_TO_PLAYING
          || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    set_base_time (self, transition);
  ret = GST_ELEMENT_CLASS (gst_rtms_branch_parent_class)->change_state (
      element, transition);
  if (ret != GST_STATE_CHANGE_FAILURE)
    return ret;
  self->callbacks->failed (self, "Its elements cannot be started",
      self->user_data);
  return GST_STATE_CHANGE_NO_PREROLL;
}

static void
gst_rtms_branch_finalize (GObject *object)
{
  GstRtmsBranch *self = GST_RTMS_BRANCH (object);

  if (self->free_user_data)
    self->free_user_data (self->user_data);
  g_clear_pointer ((RtmsPayload **) &self->values.payload,
      rtms_payload_free);
  g_clear_pointer (&self->values.start, g_date_time_unref);
  g_free (self->text);
  if (self->toc)
    gst_toc_unref (self->toc);
  gst_rtms_files_free (self->files);
  g_hash_table_unref (self->pads);
  g_hash_table_unref (self->done);
  g_mutex_clear (&self->lock);
  gst_rtms_serial_unref (self->jobs);

  G_OBJECT_CLASS (gst_rtms_branch_parent_class)->finalize (object);
}

static void
gst_rtms_branch_class_init (GstRtmsBranchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_rtms_branch_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = gst_rtms_branch_change_state;
  GST_BIN_CLASS (klass)->handle_message = gst_rtms_branch_handle_message;
}

static void
gst_rtms_branch_init (GstRtmsBranch *self)
{
  self->jobs = gst_rtms_serial_new (GST_ELEMENT (self), do_job, self,
      free_job);
  g_mutex_init (&self->lock);
  self->pads = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->done = g_hash_table_new (NULL, NULL);
  self->files = gst_rtms_files_new ();
}

static gboolean
add_description (GstRtmsBranch *self, GError **error)
{
  g_autoptr (GstElement) description = gst_rtms_description_parse (
      self->text, &self->values, error);

  if (description == NULL)
    return FALSE;
  self->description = description;
  /* until its media are known */
  gst_element_set_locked_state (description, TRUE);
  gst_bin_add (GST_BIN (self), description);
  return TRUE;
}

static void
add_source (GstRtmsBranch *self)
{
  self->source = gst_element_factory_make ("rtmssrc", NULL);
  g_signal_connect (self->source, "pad-added", G_CALLBACK (on_pad_added),
      self);
  g_signal_connect (self->source, "pad-removed",
      G_CALLBACK (on_pad_removed), self);
  g_signal_connect (self->source, "no-more-pads",
      G_CALLBACK (on_no_more_pads), self);
  if (self->description)
    gst_rtms_description_adapt (self->description, self->source);
  gst_bin_add (GST_BIN (self), self->source);
}

/**
 * gst_rtms_branch_new:
 * @config: how
 * @error: (out) (optional): why there is none
 *
 * Returns: (transfer full) (nullable): a stream's bin in state NULL; its
 *     source is yet to be set up
 */
GstRtmsBranch *
gst_rtms_branch_new (const GstRtmsBranchConfig *config, GError **error)
{
  GstRtmsBranch *self = g_object_new (GST_TYPE_RTMS_BRANCH,
      "async-handling", config->description != NULL, NULL);

  gst_object_ref_sink (self);
  self->callbacks = config->callbacks;
  self->user_data = config->user_data;
  self->free_user_data = config->free_user_data;
  self->text = g_strdup (config->description);
  self->values = *config->values;
  self->values.payload = rtms_payload_copy (config->values->payload);
  self->values.start = g_date_time_ref (config->values->start);
  if (self->text && !add_description (self, error)) {
    gst_object_unref (self);
    return NULL;
  }
  add_source (self);
  return self;
}

/* Returns: (transfer none): the stream's rtmssrc */
GstElement *
gst_rtms_branch_get_source (GstRtmsBranch *self)
{
  return self->source;
}

/* Returns: (transfer none): the files that its sinks write */
GstRtmsFiles *
gst_rtms_branch_get_files (GstRtmsBranch *self)
{
  return self->files;
}

/* Whether media flow, so that there is something to finish. */
gboolean
gst_rtms_branch_is_flowing (GstRtmsBranch *self)
{
  gboolean is_flowing;

  g_mutex_lock (&self->lock);
  is_flowing = self->description ? self->is_linked : self->has_pads;
  g_mutex_unlock (&self->lock);
  return is_flowing;
}

/* Brings all elements to NULL, for good. */
void
gst_rtms_branch_shut_down (GstRtmsBranch *self)
{
  gst_rtms_serial_close (self->jobs);
  self->is_shut_down = TRUE;
  gst_element_set_locked_state (GST_ELEMENT (self), TRUE);
  gst_element_set_state (GST_ELEMENT (self), GST_STATE_NULL);
}

/**
 * gst_rtms_branch_is_stopped:
 * @self: a branch
 * @stop_reason: (out): the RTMS_STOP_REASON, 0 when unknown
 *
 * Returns: whether the stream is over at Zoom
 */
gboolean
gst_rtms_branch_is_stopped (GstRtmsBranch *self, gint *stop_reason)
{
  gboolean is_stopped;

  g_mutex_lock (&self->lock);
  is_stopped = self->is_stopped;
  *stop_reason = self->stop_reason;
  g_mutex_unlock (&self->lock);
  return is_stopped;
}

/* Returns: (transfer full) (nullable): who spoke when, once it is over */
GstToc *
gst_rtms_branch_get_toc (GstRtmsBranch *self)
{
  GstToc *toc;

  g_mutex_lock (&self->lock);
  toc = self->toc ? gst_toc_ref (self->toc) : NULL;
  g_mutex_unlock (&self->lock);
  return toc;
}
