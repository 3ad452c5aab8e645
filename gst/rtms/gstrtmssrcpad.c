/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One source pad of rtmssrc: a bounded queue that the network thread fills
 * and never waits for, and a streaming thread that empties it downstream.
 *
 * That is at first a GstTask of its own. Once the pushes have proved quick, it
 * is the network thread itself, as a task of the workers that take its turn
 * should a push block; and a GstTask again when they are quick no longer.
 *
 * MT safety: all fields but the constant ones are protected by `lock`, a
 * leaf but for the lock of the network thread's tasks: nothing is called or
 * pushed while it is held. The network thread calls push_buffer(),
 * push_event() and advance(); the state change calls set_playing() and the
 * pad's activation. Whoever streams holds the pad's stream lock. `mode_lock`
 * is taken before all of these, by who starts or stops the GstTask. */

#include "gstrtmssrcpad.h"

#include "ext/websocket/rtmsnetwork.h"
#include "gstrtmspace.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtms_src_debug);
#define GST_CAT_DEFAULT gst_rtms_src_debug

/* How much the network thread pushes before it looks at its sockets again. */
#define PUSHES_PER_TURN 32

/* A queue without a practical limit stands for any latency. */
#define LATENCY_MAX (24 * 3600 * GST_SECOND)

struct _GstRtmsSrcPad
{
  GstPad parent;

  /* constant */
  GstClockTime latency;
  GstClockTime max_queue_time;  /* 0 for no limit */
  GstRtmsSrcPadFlowFunc flow_func;
  gpointer flow_user_data;
  RtmsNetworkThread *network;   /* (nullable): that may push */

  /* network thread */
  GstRtmsReorder *reorder;

  guint quick_time;             /* µs, atomic */

  GRecMutex mode_lock;
  GMutex lock;
  GCond cond;
  GstRtmsQueue *queue;
  gboolean flushing;
  gboolean has_task;            /* a GstTask streams, else the network thread */
  gboolean must_stop_task;      /* which has paused itself for good */
  gboolean is_scheduled;        /* the network thread will look at the queue */
  gboolean is_halted;           /* EOS was pushed, or a push failed for good */
  RtmsTask push_task;
  GstRtmsSrcPadDrainedFunc drained_func;        /* (nullable) */
  gboolean playing;
  gboolean eos;                 /* EOS is queued: nothing may follow */

  /* stream lock */
  GstFlowReturn last_flow;
  GstRtmsPace pace;
};

enum {
  PROP_QUICK_TIME = 1,
};

G_DEFINE_TYPE (GstRtmsSrcPad, gst_rtms_src_pad, GST_TYPE_PAD)

/* Caps, segment and tags go ahead in PAUSED, media wait for PLAYING. */
static gboolean
head_may_pass (GstRtmsSrcPad *self)
{
  if (self->is_halted || gst_rtms_queue_is_empty (self->queue))
    return FALSE;
  return self->playing || gst_rtms_queue_head_is_event (self->queue);
}

/* Has whoever streams look at the queue. */
static void
wake_up (GstRtmsSrcPad *self)
{
  if (self->flushing || !head_may_pass (self))
    return;
  if (self->has_task) {
    g_cond_signal (&self->cond);
  } else if (!self->is_scheduled) {
    self->is_scheduled = TRUE;
    gst_object_ref (self);
    rtms_network_thread_add_task (self->network, &self->push_task);
  }
}

/**
 * gst_rtms_src_pad_push_buffer:
 * @self: a pad
 * @buffer: (transfer full): a buffer with a PTS
 * @dropped: (out): how many queued buffers were dropped to make room for it
 *
 * Queues the buffer; never blocks.
 *
 * Returns: %FALSE for media that came too late to be put in order
 */
gboolean
gst_rtms_src_pad_push_buffer (GstRtmsSrcPad *self, GstBuffer *buffer,
    guint *dropped)
{
  gboolean in_time;

  *dropped = 0;
  g_mutex_lock (&self->lock);
  if (self->flushing || self->eos) {
    g_mutex_unlock (&self->lock);
    gst_buffer_unref (buffer);
    return TRUE;
  }
  in_time = gst_rtms_queue_add_buffer (self->queue, buffer, dropped);
  wake_up (self);
  g_mutex_unlock (&self->lock);
  return in_time;
}

/* Holds frames back until the next key frame, which follows a hole. */
void
gst_rtms_src_pad_await_key_frame (GstRtmsSrcPad *self)
{
  g_mutex_lock (&self->lock);
  gst_rtms_queue_await_key_frame (self->queue);
  g_mutex_unlock (&self->lock);
}

/* Counts media that have no place, and drops them. @buffer is (transfer
 * full). */
void
gst_rtms_src_pad_reject_buffer (GstRtmsSrcPad *self, GstBuffer *buffer)
{
  g_mutex_lock (&self->lock);
  gst_rtms_queue_count_rejected (self->queue, gst_buffer_get_size (buffer));
  g_mutex_unlock (&self->lock);
  gst_buffer_unref (buffer);
}

/* Counts what came before, and drops it. @buffer is (transfer full). */
void
gst_rtms_src_pad_reject_duplicate (GstRtmsSrcPad *self, GstBuffer *buffer)
{
  g_mutex_lock (&self->lock);
  gst_rtms_queue_count_duplicate (self->queue);
  g_mutex_unlock (&self->lock);
  gst_buffer_unref (buffer);
}

/* What to push while nothing comes, in place of GAPs; before the pad is
 * active. @fill is (transfer full) (nullable). */
void
gst_rtms_src_pad_set_fill (GstRtmsSrcPad *self, GstRtmsFill *fill)
{
  gst_rtms_queue_set_fill (self->queue, fill);
}

/* Whether it is known that nothing will come; a hole between two packets is
 * filled all the same. */
void
gst_rtms_src_pad_allow_fill (GstRtmsSrcPad *self, gboolean allowed)
{
  g_mutex_lock (&self->lock);
  gst_rtms_queue_allow_fill (self->queue, allowed);
  g_mutex_unlock (&self->lock);
}

/* Through which packets come to the pad; for the network thread. */
GstRtmsReorder *
gst_rtms_src_pad_get_reorder (GstRtmsSrcPad *self)
{
  return self->reorder;
}

/**
 * gst_rtms_src_pad_push_event:
 * @self: a pad
 * @event: (transfer full): a serialized event
 *
 * Queues the event behind what is there. After EOS nothing more is taken.
 */
void
gst_rtms_src_pad_push_event (GstRtmsSrcPad *self, GstEvent *event)
{
  g_mutex_lock (&self->lock);
  if (self->flushing || self->eos) {
    gst_event_unref (event);
  } else {
    self->eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
    gst_rtms_queue_add_event (self->queue, event);
    wake_up (self);
  }
  g_mutex_unlock (&self->lock);
}

/* Covers silence until what is to come, @reference in running time being how
 * far the stream has come. */
void
gst_rtms_src_pad_advance (GstRtmsSrcPad *self, GstClockTime reference)
{
  g_mutex_lock (&self->lock);
  if (!self->flushing && !self->eos)
    gst_rtms_queue_advance (self->queue, reference);
  wake_up (self);
  g_mutex_unlock (&self->lock);
}

/* Covers silence up to @end, when nothing more comes. */
void
gst_rtms_src_pad_cover (GstRtmsSrcPad *self, GstClockTime end)
{
  g_mutex_lock (&self->lock);
  if (!self->flushing && !self->eos)
    gst_rtms_queue_cover (self->queue, end);
  wake_up (self);
  g_mutex_unlock (&self->lock);
}

/**
 * gst_rtms_src_pad_set_playing:
 * @self: a pad
 * @playing: whether media may flow
 *
 * A live source gives no data in PAUSED: they wait in the queue.
 */
void
gst_rtms_src_pad_set_playing (GstRtmsSrcPad *self, gboolean playing)
{
  g_mutex_lock (&self->lock);
  self->playing = playing;
  wake_up (self);
  g_mutex_unlock (&self->lock);
}

/* Who is told when EOS has left the pad, with the flow function's data. */
void
gst_rtms_src_pad_set_drained_func (GstRtmsSrcPad *self,
    GstRtmsSrcPadDrainedFunc func)
{
  g_mutex_lock (&self->lock);
  self->drained_func = func;
  g_mutex_unlock (&self->lock);
}

void
gst_rtms_src_pad_get_stats (GstRtmsSrcPad *self, GstRtmsQueueStats *stats)
{
  g_mutex_lock (&self->lock);
  gst_rtms_queue_get_stats (self->queue, stats);
  g_mutex_unlock (&self->lock);
}

/* For the GstTask; NULL when it is to pause. */
static GstMiniObject *
wait_for_next (GstRtmsSrcPad *self)
{
  GstMiniObject *object = NULL;

  g_mutex_lock (&self->lock);
  while (!self->flushing && !head_may_pass (self))
    g_cond_wait (&self->cond, &self->lock);
  if (!self->flushing)
    object = gst_rtms_queue_take (self->queue);
  g_mutex_unlock (&self->lock);
  return object;
}

/* For the network thread; NULL when it has nothing more to do here. */
static GstMiniObject *
take_next (GstRtmsSrcPad *self)
{
  GstMiniObject *object = NULL;

  g_mutex_lock (&self->lock);
  if (!self->flushing && !self->has_task && head_may_pass (self))
    object = gst_rtms_queue_take (self->queue);
  else
    self->is_scheduled = FALSE;
  g_mutex_unlock (&self->lock);
  return object;
}

/* Not linked, flushing or at EOS downstream: what comes is not wanted now,
 * but may be later, so the pad drops and goes on. */
static gboolean
is_fatal (GstFlowReturn flow)
{
  return flow < GST_FLOW_EOS;
}

/* Nothing more is pushed until the pad is activated again. */
static GstRtmsSrcPadDrainedFunc
halt (GstRtmsSrcPad *self)
{
  GstRtmsSrcPadDrainedFunc drained_func;

  gst_pad_pause_task (GST_PAD (self));
  g_mutex_lock (&self->lock);
  self->is_halted = TRUE;
  drained_func = self->drained_func;
  g_mutex_unlock (&self->lock);
  return drained_func;
}

static void
push_event (GstRtmsSrcPad *self, GstEvent *event)
{
  GstEventType type = GST_EVENT_TYPE (event);
  GstRtmsSrcPadDrainedFunc drained_func;

  GST_LOG_OBJECT (self, "pushing %" GST_PTR_FORMAT, event);
  gst_pad_push_event (GST_PAD (self), event);
  if (type != GST_EVENT_EOS)
    return;
  drained_func = halt (self);
  if (drained_func)
    drained_func (self, self->flow_user_data);
}

static void
push_buffer (GstRtmsSrcPad *self, GstBuffer *buffer)
{
  GstFlowReturn flow = gst_pad_push (GST_PAD (self), buffer);

  if (flow != self->last_flow) {
    GST_DEBUG_OBJECT (self, "downstream returns %s", gst_flow_get_name (flow));
    self->last_flow = flow;
    self->flow_func (self, flow, self->flow_user_data);
  }
  /* Whoever still listens learns that nothing more comes, so that a muxer
   * can finish the other pads' file. */
  if (is_fatal (flow)) {
    gst_pad_push_event (GST_PAD (self), gst_event_new_eos ());
    halt (self);
  }
}

/* Returns whether the network thread should do that. */
static gboolean
push (GstRtmsSrcPad *self, GstMiniObject *object)
{
  gint64 begin = g_get_monotonic_time ();

  if (GST_IS_EVENT (object))
    push_event (self, GST_EVENT (object));
  else
    push_buffer (self, GST_BUFFER (object));
  return self->network && gst_rtms_pace_add (&self->pace,
      g_get_monotonic_time () - begin,
      (gint64) g_atomic_int_get (&self->quick_time));
}

static void
loop (gpointer data)
{
  GstRtmsSrcPad *self = data;
  GstMiniObject *object = wait_for_next (self);

  if (object && !push (self, object))
    return;
  if (object) {
    GST_DEBUG_OBJECT (self, "the network thread pushes from now on");
    g_mutex_lock (&self->lock);
    self->has_task = FALSE;
    self->must_stop_task = TRUE;
    wake_up (self);
    g_mutex_unlock (&self->lock);
  }
  gst_pad_pause_task (GST_PAD (self));
}

/* A task cannot be stopped by itself. */
static void
stop_task (GstRtmsSrcPad *self)
{
  gboolean must_stop;

  g_rec_mutex_lock (&self->mode_lock);
  g_mutex_lock (&self->lock);
  must_stop = self->must_stop_task && !self->flushing;
  self->must_stop_task = FALSE;
  g_mutex_unlock (&self->lock);
  if (must_stop)
    gst_pad_stop_task (GST_PAD (self));
  g_rec_mutex_unlock (&self->mode_lock);
}

static void
start_task (GstRtmsSrcPad *self)
{
  gboolean must_start;

  g_rec_mutex_lock (&self->mode_lock);
  g_mutex_lock (&self->lock);
  must_start = !self->flushing && !self->has_task && !self->is_halted;
  if (must_start)
    self->has_task = TRUE;
  self->must_stop_task = FALSE;
  g_mutex_unlock (&self->lock);
  if (must_start) {
    GST_DEBUG_OBJECT (self, "a thread of its own pushes from now on");
    gst_pad_start_task (GST_PAD (self), loop, self, NULL);
  }
  g_rec_mutex_unlock (&self->mode_lock);
}

/* What the network thread does behind its sockets. It holds a reference. */
static void
push_some (gpointer data)
{
  GstRtmsSrcPad *self = data;
  GstMiniObject *object = NULL;
  gboolean is_quick = TRUE;

  stop_task (self);
  GST_PAD_STREAM_LOCK (self);
  for (guint n = 0; n < PUSHES_PER_TURN && is_quick
      && (object = take_next (self)); n++)
    is_quick = push (self, object);
  GST_PAD_STREAM_UNLOCK (self);
  if (!is_quick)
    start_task (self);
  if (object) {
    g_mutex_lock (&self->lock);
    self->is_scheduled = FALSE;
    wake_up (self);
    g_mutex_unlock (&self->lock);
  }
  gst_object_unref (self);
}

/* What the network thread was to do has its reference, which may be the last
 * to hold that thread. */
static gboolean
unschedule (GstRtmsSrcPad *self)
{
  if (!self->is_scheduled
      || !rtms_network_thread_remove_task (self->network, &self->push_task))
    return FALSE;
  self->is_scheduled = FALSE;
  return TRUE;
}

static gboolean
activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode,
    gboolean active)
{
  GstRtmsSrcPad *self = GST_RTMS_SRC_PAD (pad);
  gboolean started = TRUE, must_unref = FALSE;

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;

  g_rec_mutex_lock (&self->mode_lock);
  g_mutex_lock (&self->lock);
  self->flushing = !active;
  self->has_task = TRUE;
  self->must_stop_task = FALSE;
  if (active) {
    self->is_halted = FALSE;
    gst_rtms_pace_init (&self->pace);
  } else {
    gst_rtms_queue_clear (self->queue);
    must_unref = unschedule (self);
  }
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (must_unref)
    gst_object_unref (self);
  if (active)
    started = gst_pad_start_task (pad, loop, self, NULL);
  g_rec_mutex_unlock (&self->mode_lock);

  /* Also waits for the network thread's push. */
  return active ? started : gst_pad_stop_task (pad);
}

static gboolean
query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstRtmsSrcPad *self = GST_RTMS_SRC_PAD (pad);

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_LATENCY:
      /* What the queue holds may come that much later and still be played. */
      gst_query_set_latency (query, TRUE, self->latency,
          self->max_queue_time && self->max_queue_time < LATENCY_MAX
          ? self->latency + self->max_queue_time : GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_SELECTABLE:
      /* Streams are chosen by `media`, before the start. */
      gst_query_set_selectable (query, FALSE);
      return TRUE;
    case GST_QUERY_SEEKING: {
      GstFormat format;

      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    }
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static void
gst_rtms_src_pad_set_property (GObject *object, guint id,
    const GValue *value, GParamSpec *pspec)
{
  GstRtmsSrcPad *self = GST_RTMS_SRC_PAD (object);

  if (id == PROP_QUICK_TIME)
    g_atomic_int_set (&self->quick_time, g_value_get_uint (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtms_src_pad_get_property (GObject *object, guint id, GValue *value,
    GParamSpec *pspec)
{
  GstRtmsSrcPad *self = GST_RTMS_SRC_PAD (object);

  if (id == PROP_QUICK_TIME)
    g_value_set_uint (value, g_atomic_int_get (&self->quick_time));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtms_src_pad_finalize (GObject *object)
{
  GstRtmsSrcPad *self = GST_RTMS_SRC_PAD (object);

  g_clear_pointer (&self->queue, gst_rtms_queue_free);
  gst_rtms_reorder_free (self->reorder);
  g_clear_pointer (&self->network, rtms_network_thread_release);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  g_rec_mutex_clear (&self->mode_lock);

  G_OBJECT_CLASS (gst_rtms_src_pad_parent_class)->finalize (object);
}

static void
gst_rtms_src_pad_class_init (GstRtmsSrcPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gst_rtms_src_pad_set_property;
  object_class->get_property = gst_rtms_src_pad_get_property;
  object_class->finalize = gst_rtms_src_pad_finalize;

  /**
   * GstRtmsSrcPad:quick-time:
   *
   * A pad whose pushes take less than this many µs has no streaming thread of
   * its own: the thread that reads the sockets pushes. 0 leaves the pad its
   * thread, for applications that give it a priority, or do in its probes what
   * takes long now and then.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_QUICK_TIME,
      g_param_spec_uint ("quick-time", "Quick time",
      "The network thread does pushes that take less than this many "
      "microseconds (0 = a thread of the pad's own does all)", 0, G_MAXINT,
      GST_RTMS_PACE_QUICK_TIME, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_PLAYING));
}

static void
gst_rtms_src_pad_init (GstRtmsSrcPad *self)
{
  g_rec_mutex_init (&self->mode_lock);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->quick_time = GST_RTMS_PACE_QUICK_TIME;
  self->push_task = (RtmsTask) { .func = push_some, .user_data = self };
  self->flushing = TRUE;
}

/**
 * gst_rtms_src_pad_new:
 * @templ: its template
 * @name: its name
 * @limits: copied
 * @flow_func: told of downstream's changes of mind
 * @user_data: for @flow_func, must outlive the pad's activity
 *
 * The network thread that calls this may do the pad's pushes.
 *
 * Returns: (transfer floating): an inactive pad
 */
GstRtmsSrcPad *
gst_rtms_src_pad_new (GstPadTemplate *templ, const gchar *name,
    const GstRtmsQueueLimits *limits, GstRtmsSrcPadFlowFunc flow_func,
    gpointer user_data)
{
  GstRtmsSrcPad *self = g_object_new (GST_TYPE_RTMS_SRC_PAD, "name", name,
      "direction", GST_PAD_SRC, "template", templ, NULL);

  self->latency = limits->latency;
  self->max_queue_time = limits->max_time;
  self->queue = gst_rtms_queue_new (limits);
  self->reorder = gst_rtms_reorder_new (limits->reorder);
  self->flow_func = flow_func;
  self->flow_user_data = user_data;
  self->network = rtms_network_thread_get_current ();
  if (self->network)
    rtms_network_thread_ref (self->network);
  gst_pad_set_activatemode_function (GST_PAD (self), activate_mode);
  gst_pad_set_query_function (GST_PAD (self), query);
  return self;
}
