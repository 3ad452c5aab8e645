/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsfeed.h"

#include "gstrtmsserial.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtms_webhook_bin_debug);
#define GST_CAT_DEFAULT gst_rtms_webhook_bin_debug

/* MT safety: what happens to a feed becomes a job, and jobs are done one
 * after the other. All that is not constant belongs to them, but for `branch`,
 * which `lock` protects for who asks for statistics. */

typedef enum {
  JOB_START,
  JOB_WEBHOOK,
  JOB_CLOSE,
  JOB_FAILED,
  JOB_ENDED,
  JOB_TIMEOUT,
  JOB_GONE,
} JobKind;

typedef struct {
  JobKind kind;
  GstRtmsFeed *feed;            /* lives as long as its jobs */
  RtmsWebhookEvent event;
  gint stop_reason;
  gchar *text;                  /* of a webhook or an error */
} Job;

struct _GstRtmsFeed
{
  GstBin *bin;                  /* not owned: outlives the feed's jobs */
  const GstRtmsFeedConfig *config;
  RtmsPayload *payload;
  gchar *text;
  GstRtmsPlaceholders values;
  const GstRtmsFeedCallbacks *callbacks;
  gpointer user_data;
  GDestroyNotify free_user_data;
  GstRtmsSerial *jobs;

  GMutex lock;
  GstRtmsBranch *branch;

  GstClockID timer;
  gboolean is_over;
  GstRtmsFeedResult result;
};

static void do_job (gpointer data, gpointer user_data);

const gchar *
gst_rtms_outcome_get_name (GstRtmsOutcome outcome)
{
  static const gchar *const names[] = { "complete", "incomplete", "refused",
    "failed" };

  return names[outcome];
}

static void
free_job (gpointer data)
{
  Job *job = data;

  g_free (job->text);
  gst_rtms_feed_unref (job->feed);
  g_free (job);
}

static void
push_job (GstRtmsFeed *feed, Job job)
{
  job.feed = gst_rtms_feed_ref (feed);
  gst_rtms_serial_push (feed->jobs, g_memdup2 (&job, sizeof job));
}

/**
 * gst_rtms_feed_new:
 * @bin: gets the stream's elements
 * @config: lent for the life of @user_data
 * @payload: of the webhook that announced the stream
 * @text: that webhook
 * @number: the how many-th stream this is
 * @user_data: (transfer full): for the callbacks
 */
GstRtmsFeed *
gst_rtms_feed_new (GstBin *bin, const GstRtmsFeedConfig *config,
    const RtmsPayload *payload, const gchar *text, guint number,
    const GstRtmsFeedCallbacks *callbacks, gpointer user_data,
    GDestroyNotify free_user_data)
{
  GstRtmsFeed *feed = g_atomic_rc_box_new0 (GstRtmsFeed);

  feed->bin = bin;
  feed->config = config;
  feed->payload = rtms_payload_copy (payload);
  feed->text = g_strdup (text);
  feed->callbacks = callbacks;
  feed->user_data = user_data;
  feed->free_user_data = free_user_data;
  feed->jobs = gst_rtms_serial_new (GST_ELEMENT (bin), do_job, NULL,
      free_job);
  g_mutex_init (&feed->lock);
  feed->result.start = payload->event_timestamp > 0
      ? payload->event_timestamp : g_get_real_time () / 1000;
  feed->values = (GstRtmsPlaceholders) {
    .payload = feed->payload,
    .number = number,
    .start = g_date_time_new_from_unix_local (feed->result.start / 1000),
  };
  if (feed->values.start == NULL)
    feed->values.start = g_date_time_new_now_local ();
  return feed;
}

GstRtmsFeed *
gst_rtms_feed_ref (GstRtmsFeed *feed)
{
  return g_atomic_rc_box_acquire (feed);
}

static void
clear_feed (gpointer data)
{
  GstRtmsFeed *feed = data;

  gst_rtms_serial_unref (feed->jobs);
  gst_clear_object (&feed->branch);
  rtms_payload_free (feed->payload);
  g_free (feed->text);
  g_date_time_unref (feed->values.start);
  g_free (feed->result.problem);
  g_strfreev (feed->result.files);
  g_clear_pointer (&feed->result.stats, gst_structure_free);
  if (feed->result.toc)
    gst_toc_unref (feed->result.toc);
  g_mutex_clear (&feed->lock);
  feed->free_user_data (feed->user_data);
}

void
gst_rtms_feed_unref (GstRtmsFeed *feed)
{
  g_atomic_rc_box_release_full (feed, clear_feed);
}

static GstRtmsBranch *
get_branch (GstRtmsFeed *feed)
{
  GstRtmsBranch *branch;

  g_mutex_lock (&feed->lock);
  branch = feed->branch ? gst_object_ref (feed->branch) : NULL;
  g_mutex_unlock (&feed->lock);
  return branch;
}

/* What a branch calls. */

static void
on_ended (GstRtmsBranch *branch, gpointer user_data)
{
  push_job (user_data, (Job) { JOB_ENDED });
}

static void
on_failed (GstRtmsBranch *branch, const gchar *problem, gpointer user_data)
{
  push_job (user_data, (Job) { JOB_FAILED, .text = g_strdup (problem) });
}

static const GstRtmsBranchCallbacks branch_callbacks = {
  .ended = on_ended,
  .failed = on_failed,
};

/* Pads of streams without a branch: "audio_3" is the third stream's "audio",
 * "audio_3_7" its participant's 7. */
static gchar *
make_pad_name (GstRtmsFeed *feed, GstPad *pad)
{
  g_auto (GStrv) parts = g_strsplit (GST_OBJECT_NAME (pad), "_", 2);

  return parts[1] ? g_strdup_printf ("%s_%u_%s", parts[0],
      feed->values.number, parts[1])
      : g_strdup_printf ("%s_%u", parts[0], feed->values.number);
}

static void
on_pad_added (GstElement *branch, GstPad *pad, gpointer user_data)
{
  GstRtmsFeed *feed = user_data;
  g_auto (GStrv) parts = g_strsplit (GST_OBJECT_NAME (pad), "_", 2);
  g_autofree gchar *template_name = g_strconcat (parts[0], "_%u",
      parts[1] ? "_%u" : NULL, NULL);
  g_autofree gchar *name = make_pad_name (feed, pad);
  GstPad *ghost = gst_ghost_pad_new_from_template (name, pad,
      gst_element_get_pad_template (GST_ELEMENT (feed->bin), template_name));

  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (GST_ELEMENT (feed->bin), ghost);
}

static void
on_pad_removed (GstElement *branch, GstPad *pad, gpointer user_data)
{
  GstRtmsFeed *feed = user_data;
  g_autofree gchar *name = make_pad_name (feed, pad);
  g_autoptr (GstPad) ghost = gst_element_get_static_pad (
      GST_ELEMENT (feed->bin), name);

  if (ghost == NULL)
    return;
  gst_pad_set_active (ghost, FALSE);
  gst_element_remove_pad (GST_ELEMENT (feed->bin), ghost);
}

/* Strings stand for values of any type, as in a launch line. */
static gboolean
set_source_property (GQuark id, const GValue *value, gpointer user_data)
{
  const gchar *name = g_quark_to_string (id);
  GObject *source = user_data;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (source), name)
      == NULL)
    GST_WARNING_OBJECT (source, "source-properties: there is no %s", name);
  else if (G_VALUE_HOLDS_STRING (value))
    gst_util_set_object_arg (source, name, g_value_get_string (value));
  else
    g_object_set_property (source, name, value);
  return TRUE;
}

/* Without a copy that would be left in memory. */
static void
set_secret (GstElement *source, const RtmsSecret *secret)
{
  GValue value = G_VALUE_INIT;

  if (secret == NULL)
    return;
  g_value_init (&value, G_TYPE_STRING);
  g_value_set_static_string (&value, rtms_secret_get_text (secret));
  g_object_set_property (G_OBJECT (source), "client-secret", &value);
  g_value_unset (&value);
}

static void
set_up_source (GstRtmsFeed *feed, GstElement *source)
{
  const GstRtmsFeedConfig *config = feed->config;

  g_object_set (source, "payload", feed->text, NULL);
  if (config->client_id)
    g_object_set (source, "client-id", config->client_id, NULL);
  set_secret (source, config->client_secret);
  if (config->media)
    g_object_set (source, "media", config->media
        == GST_RTMS_MEDIA_EVENTS ? config->media | GST_RTMS_MEDIA_AUDIO
        : config->media, NULL);
  if (config->each)
    g_object_set (source, "audio-mode", GST_RTMS_AUDIO_MODE_PARTICIPANTS,
        NULL);
  if (config->source_properties)
    gst_structure_foreach (config->source_properties, set_source_property,
        source);
  feed->callbacks->setup (feed, source, feed->user_data);
}

static GstRtmsBranch *
make_branch (GstRtmsFeed *feed, GError **error)
{
  GstRtmsBranchConfig config = {
    .description = feed->config->branch,
    .values = &feed->values,
    .callbacks = &branch_callbacks,
    .user_data = gst_rtms_feed_ref (feed),
    .free_user_data = (GDestroyNotify) gst_rtms_feed_unref,
  };
  GstRtmsBranch *branch = gst_rtms_branch_new (&config, error);

  if (branch && feed->config->branch == NULL) {
    g_signal_connect (branch, "pad-added", G_CALLBACK (on_pad_added), feed);
    g_signal_connect (branch, "pad-removed", G_CALLBACK (on_pad_removed),
        feed);
  }
  return branch;
}

/* The first is the cause of the others. */
static void
set_problem (GstRtmsFeed *feed, const gchar *problem)
{
  if (feed->result.problem)
    return;
  feed->result.problem = g_strdup (problem);
  GST_ELEMENT_WARNING (feed->bin, STREAM, FAILED, ("Stream %s: %s",
          feed->payload->stream_id, problem), (NULL));
}

/* Whoever is last, who waits or who is waited for, frees it. */
typedef struct {
  GMutex lock;
  GCond cond;
  gboolean is_done;
} Shutdown;

static void
clear_shutdown (gpointer data)
{
  Shutdown *shutdown = data;

  g_cond_clear (&shutdown->cond);
  g_mutex_clear (&shutdown->lock);
}

static void
unref_shutdown (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear_shutdown);
}

static void
shut_down (GstElement *branch, gpointer user_data)
{
  Shutdown *shutdown = user_data;

  gst_rtms_branch_shut_down (GST_RTMS_BRANCH (branch));
  g_mutex_lock (&shutdown->lock);
  shutdown->is_done = TRUE;
  g_cond_broadcast (&shutdown->cond);
  g_mutex_unlock (&shutdown->lock);
}

/* An element that hangs would keep its stream's place, and the end of all,
 * for ever. It is left to itself instead. */
static gboolean
shut_down_in_time (GstRtmsFeed *feed, GstRtmsBranch *branch)
{
  Shutdown *shutdown = g_atomic_rc_box_new0 (Shutdown);
  gint64 deadline = g_get_monotonic_time ()
      + (gint64) (feed->config->finalize_timeout / GST_USECOND);
  gboolean is_done;

  g_mutex_init (&shutdown->lock);
  g_cond_init (&shutdown->cond);
  gst_element_call_async (GST_ELEMENT (branch), shut_down,
      g_atomic_rc_box_acquire (shutdown), unref_shutdown);
  g_mutex_lock (&shutdown->lock);
  while (!shutdown->is_done && g_cond_wait_until (&shutdown->cond,
          &shutdown->lock, deadline));
  is_done = shutdown->is_done;
  g_mutex_unlock (&shutdown->lock);
  unref_shutdown (shutdown);
  return is_done;
}

static void
dismantle (GstRtmsFeed *feed, gboolean in_time)
{
  g_autoptr (GstRtmsBranch) branch = get_branch (feed);

  if (branch == NULL)
    return;
  if (feed->result.stop_reason == 0)
    gst_rtms_branch_is_stopped (branch, &feed->result.stop_reason);
  if (!in_time) {
    gst_rtms_branch_shut_down (branch);
  } else if (!shut_down_in_time (feed, branch)) {
    feed->result.outcome = GST_RTMS_OUTCOME_INCOMPLETE;
    set_problem (feed, "One of its elements does not stop");
  }
  gst_bin_remove (feed->bin, GST_ELEMENT (branch));
  feed->result.toc = gst_rtms_branch_get_toc (branch);
  feed->result.files = gst_rtms_files_finish (
      gst_rtms_branch_get_files (branch));
  g_mutex_lock (&feed->lock);
  gst_clear_object (&feed->branch);
  g_mutex_unlock (&feed->lock);
}

static void
stop_timer (GstRtmsFeed *feed)
{
  if (feed->timer)
    gst_clock_id_unschedule (feed->timer);
  g_clear_pointer (&feed->timer, gst_clock_id_unref);
}

static void
end (GstRtmsFeed *feed, GstRtmsOutcome outcome)
{
  feed->is_over = TRUE;
  feed->result.outcome = outcome;
  feed->result.end = g_get_real_time () / 1000;
  feed->result.stats = gst_rtms_feed_get_stats (feed);
  stop_timer (feed);
  dismantle (feed, TRUE);
  if (feed->result.files == NULL)
    feed->result.files = g_new0 (gchar *, 1);
  feed->callbacks->removed (feed, feed->user_data);
  push_job (feed, (Job) { JOB_GONE });
}

static void
start (GstRtmsFeed *feed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstRtmsBranch) branch = NULL;

  if (!feed->callbacks->authorize (feed, feed->user_data)) {
    end (feed, GST_RTMS_OUTCOME_REFUSED);
    return;
  }
  branch = make_branch (feed, &error);
  if (branch == NULL) {
    set_problem (feed, error->message);
    end (feed, GST_RTMS_OUTCOME_FAILED);
    return;
  }
  set_up_source (feed, gst_rtms_branch_get_source (branch));
  g_mutex_lock (&feed->lock);
  feed->branch = gst_object_ref (branch);
  g_mutex_unlock (&feed->lock);
  gst_bin_add (feed->bin, GST_ELEMENT (branch));
  feed->callbacks->added (feed, feed->user_data);
  /* Why not, is in an error message, which is a job of its own. */
  gst_element_sync_state_with_parent (GST_ELEMENT (branch));
}

static gboolean
on_timeout (GstClock *clock, GstClockTime time, GstClockID id,
    gpointer user_data)
{
  push_job (user_data, (Job) { JOB_TIMEOUT });
  return TRUE;
}

static void
start_timer (GstRtmsFeed *feed)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();

  if (feed->timer)
    return;
  feed->timer = gst_clock_new_single_shot_id (clock,
      gst_clock_get_time (clock) + feed->config->finalize_timeout);
  gst_clock_id_wait_async (feed->timer, on_timeout,
      gst_rtms_feed_ref (feed), (GDestroyNotify) gst_rtms_feed_unref);
}

/* The media end, and the sinks with them. */
static void
close_stream (GstRtmsFeed *feed)
{
  g_autoptr (GstRtmsBranch) branch = get_branch (feed);

  start_timer (feed);
  if (branch)
    gst_element_send_event (gst_rtms_branch_get_source (branch),
        gst_event_new_eos ());
}

/* A stream that has just ended here may begin anew at another server. */
static gboolean
begins_anew (const Job *job, GstRtmsBranch *branch)
{
  gint stop_reason;

  return job->event == RTMS_WEBHOOK_STARTED
      && gst_rtms_branch_is_stopped (branch, &stop_reason);
}

static void
take_webhook (GstRtmsFeed *feed, const Job *job)
{
  g_autoptr (GstRtmsBranch) branch = get_branch (feed);
  gboolean taken = FALSE;

  if (begins_anew (job, branch)) {
    feed->callbacks->restart (feed, job->text, feed->user_data);
    return;
  }
  g_signal_emit_by_name (gst_rtms_branch_get_source (branch),
      "update-payload", job->text, &taken);
  if (job->event != RTMS_WEBHOOK_STOPPED)
    return;
  feed->result.stop_reason = job->stop_reason;
  if (taken)
    start_timer (feed);
  else
    close_stream (feed);
}

static void
fail (GstRtmsFeed *feed, const gchar *problem)
{
  g_autoptr (GstRtmsBranch) branch = get_branch (feed);

  set_problem (feed, problem);
  if (branch && gst_rtms_branch_is_flowing (branch))
    close_stream (feed);
  else
    end (feed, GST_RTMS_OUTCOME_FAILED);
}

static gboolean
flush (GstElement *element, GstPad *pad, gpointer user_data)
{
  gst_pad_push_event (pad, gst_event_new_flush_start ());
  return TRUE;
}

/* What follows a pad may be waiting for an application that does not come. */
static void
give_up (GstRtmsFeed *feed)
{
  g_autoptr (GstRtmsBranch) branch = get_branch (feed);

  set_problem (feed, "Its sinks did not finish within finalize-timeout");
  if (branch)
    gst_element_foreach_src_pad (GST_ELEMENT (branch), flush, NULL);
  end (feed, GST_RTMS_OUTCOME_INCOMPLETE);
}

static void
do_job (gpointer data, gpointer user_data)
{
  Job *job = data;
  GstRtmsFeed *feed = job->feed;

  if (feed->is_over) {
    if (job->kind == JOB_WEBHOOK && job->event == RTMS_WEBHOOK_STARTED)
      feed->callbacks->restart (feed, job->text, feed->user_data);
    /* Elements that are still being let go may tell of errors, but the bin is
     * not ours any more. */
    if (job->kind == JOB_GONE)
      gst_rtms_serial_close (feed->jobs);
    return;
  }
  switch (job->kind) {
    case JOB_START:
      start (feed);
      break;
    case JOB_WEBHOOK:
      take_webhook (feed, job);
      break;
    case JOB_CLOSE:
      close_stream (feed);
      break;
    case JOB_FAILED:
      fail (feed, job->text);
      break;
    case JOB_ENDED:
      end (feed, feed->result.problem ? GST_RTMS_OUTCOME_INCOMPLETE
          : GST_RTMS_OUTCOME_COMPLETE);
      break;
    case JOB_TIMEOUT:
      give_up (feed);
      break;
    case JOB_GONE:
      break;
  }
}

void
gst_rtms_feed_start (GstRtmsFeed *feed)
{
  push_job (feed, (Job) { JOB_START });
}

/* Takes a further webhook of this stream; @text is its body. */
void
gst_rtms_feed_take_webhook (GstRtmsFeed *feed, const RtmsPayload *payload,
    const gchar *text)
{
  push_job (feed, (Job) { JOB_WEBHOOK, .event = payload->event,
        .stop_reason = payload->stop_reason, .text = g_strdup (text) });
}

/* Ends the stream at Zoom, and here once its sinks have finished. */
void
gst_rtms_feed_close (GstRtmsFeed *feed)
{
  push_job (feed, (Job) { JOB_CLOSE });
}

/* Takes the stream's elements away now. Returns when that is done and no job
 * follows; called by who changes the bin's state. */
void
gst_rtms_feed_abandon (GstRtmsFeed *feed)
{
  gst_rtms_serial_close (feed->jobs);
  stop_timer (feed);
  dismantle (feed, FALSE);
}

const RtmsPayload *
gst_rtms_feed_get_payload (GstRtmsFeed *feed)
{
  return feed->payload;
}

/* The body of the webhook that announced the stream. */
const gchar *
gst_rtms_feed_get_text (GstRtmsFeed *feed)
{
  return feed->text;
}

const GstRtmsPlaceholders *
gst_rtms_feed_get_values (GstRtmsFeed *feed)
{
  return &feed->values;
}

/* Valid from the callback removed() on. */
const GstRtmsFeedResult *
gst_rtms_feed_get_result (GstRtmsFeed *feed)
{
  return &feed->result;
}

/* Returns: (transfer full) (nullable): the `stats` of its rtmssrc, while
 * there is one */
GstStructure *
gst_rtms_feed_get_stats (GstRtmsFeed *feed)
{
  g_autoptr (GstRtmsBranch) branch = get_branch (feed);
  GstStructure *stats = NULL;

  if (branch)
    g_object_get (gst_rtms_branch_get_source (branch), "stats", &stats, NULL);
  return stats;
}
