/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "ext/crypto/rtmssecret.h"
#include "gstrtmsbranch.h"
#include "gstrtmsenums.h"

G_BEGIN_DECLS

/**
 * GstRtmsFeedConfig:
 * @branch: (nullable): a stream's launch description
 * @source_properties: (nullable): set on each rtmssrc
 * @media: what @branch has elements for; 0 without one
 * @each: whether @branch has an element for each participant
 * @finalize_timeout: ns that sinks have to write what they have
 *
 * How an element's streams are received. Constant while it runs.
 */
typedef struct {
  gchar *branch;
  GstStructure *source_properties;
  gchar *client_id;
  RtmsSecret *client_secret;
  GstRtmsMediaFlags media;
  gboolean each;
  GstClockTime finalize_timeout;
} GstRtmsFeedConfig;

typedef struct _GstRtmsFeed GstRtmsFeed;

/**
 * GstRtmsFeedCallbacks:
 * @authorize: whether the stream is wanted
 * @setup: its source is made, and may be given properties
 * @added: it is being received
 * @restart: the stream began once more, but the feed cannot take it up;
 *     @text is the body of its webhook
 * @removed: it is over and all of its elements are gone; last call
 *
 * Called on a thread of the feed's own, which nobody else waits for.
 */
typedef struct {
  gboolean (*authorize) (GstRtmsFeed *feed, gpointer user_data);
  void (*setup) (GstRtmsFeed *feed, GstElement *source, gpointer user_data);
  void (*added) (GstRtmsFeed *feed, gpointer user_data);
  void (*restart) (GstRtmsFeed *feed, const gchar *text, gpointer user_data);
  void (*removed) (GstRtmsFeed *feed, gpointer user_data);
} GstRtmsFeedCallbacks;

/**
 * GstRtmsOutcome:
 * @GST_RTMS_OUTCOME_COMPLETE: all that was received is where it belongs
 * @GST_RTMS_OUTCOME_INCOMPLETE: something failed, or did not finish in time
 * @GST_RTMS_OUTCOME_REFUSED: the application did not want the stream
 * @GST_RTMS_OUTCOME_FAILED: nothing was received
 */
typedef enum {
  GST_RTMS_OUTCOME_COMPLETE,
  GST_RTMS_OUTCOME_INCOMPLETE,
  GST_RTMS_OUTCOME_REFUSED,
  GST_RTMS_OUTCOME_FAILED,
  GST_RTMS_N_OUTCOMES,
} GstRtmsOutcome;

const gchar *gst_rtms_outcome_get_name (GstRtmsOutcome outcome);

/**
 * GstRtmsFeedResult:
 * @stop_reason: an RTMS_STOP_REASON, or 0
 * @problem: (nullable): a sentence on what went wrong
 * @files: (array zero-terminated=1): that have something in them
 * @stats: (nullable): of the rtmssrc, at its end
 * @toc: (nullable): who spoke when, in the stream's running time
 * @start: Unix time in ms
 * @end: likewise
 *
 * What became of a stream.
 */
typedef struct {
  GstRtmsOutcome outcome;
  gint stop_reason;
  gchar *problem;
  gchar **files;
  GstStructure *stats;
  GstToc *toc;
  gint64 start;
  gint64 end;
} GstRtmsFeedResult;

/**
 * GstRtmsFeed:
 *
 * One stream from its webhook to its end: the bin of its elements, and what
 * is done with it in which order. All but the getters of constants may be
 * called from any thread, and returns at once.
 */
GstRtmsFeed *gst_rtms_feed_new (GstBin *bin, const GstRtmsFeedConfig *config,
    const RtmsPayload *payload, const gchar *text, guint number,
    const GstRtmsFeedCallbacks *callbacks, gpointer user_data,
    GDestroyNotify free_user_data);
GstRtmsFeed *gst_rtms_feed_ref (GstRtmsFeed *feed);
void gst_rtms_feed_unref (GstRtmsFeed *feed);

void gst_rtms_feed_start (GstRtmsFeed *feed);
void gst_rtms_feed_take_webhook (GstRtmsFeed *feed,
    const RtmsPayload *payload, const gchar *text);
void gst_rtms_feed_close (GstRtmsFeed *feed);
void gst_rtms_feed_abandon (GstRtmsFeed *feed);

const RtmsPayload *gst_rtms_feed_get_payload (GstRtmsFeed *feed);
const gchar *gst_rtms_feed_get_text (GstRtmsFeed *feed);
const GstRtmsPlaceholders *gst_rtms_feed_get_values (GstRtmsFeed *feed);
const GstRtmsFeedResult *gst_rtms_feed_get_result (GstRtmsFeed *feed);
GstStructure *gst_rtms_feed_get_stats (GstRtmsFeed *feed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstRtmsFeed, gst_rtms_feed_unref)

G_END_DECLS
