/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstrtmsfeed.h"
#include "gstrtmswebhookgate.h"

G_BEGIN_DECLS

/**
 * GstRtmsAccountConfig:
 * @feed: how streams are received
 * @max_streams: more are refused
 * @delete_revoked: delete the files of a stream whose host took the consent
 *     back
 */
typedef struct {
  GstRtmsFeedConfig feed;
  guint max_streams;
  gboolean delete_revoked;
} GstRtmsAccountConfig;

/**
 * GstRtmsAccountCounts:
 * @active: streams that are being received
 * @started: streams so far
 * @outcomes: streams that are over, by #GstRtmsOutcome
 * @bytes: of media, by #RtmsMediaKind
 * @reconnects: connections that were lost and taken up again
 * @drops: buffers that full queues dropped
 * @keep_alives: that were answered
 * @round_trip: ns, the longest of the active streams';
 *     %GST_CLOCK_TIME_NONE when unknown
 */
typedef struct {
  guint active;
  guint64 started;
  guint64 outcomes[GST_RTMS_N_OUTCOMES];
  guint64 bytes[RTMS_N_MEDIA];
  guint64 reconnects;
  guint64 drops;
  guint64 keep_alives;
  GstClockTime round_trip;
} GstRtmsAccountCounts;

/**
 * GstRtmsAccountCallbacks:
 * @authorize: as a feed's
 * @setup: likewise
 * @report: something happened that an application may want to know; @feed is
 *     %NULL where it is no stream's, @structure is (transfer full)
 * @finished: a stream is over, and its files are as they will stay; returns
 *     (transfer full) (nullable) the path of one more
 * @drained: after gst_rtms_account_drain(): the last stream is over
 *
 * Called on threads that nobody waits for.
 */
typedef struct {
  gboolean (*authorize) (GstRtmsFeed *feed, gpointer user_data);
  void (*setup) (GstRtmsFeed *feed, GstElement *source, gpointer user_data);
  void (*report) (GstRtmsFeed *feed, GstStructure *structure,
      gpointer user_data);
  gchar *(*finished) (GstRtmsFeed *feed, gpointer user_data);
  void (*drained) (gpointer user_data);
} GstRtmsAccountCallbacks;

/**
 * GstRtmsAccount:
 *
 * The streams of an account: which there are, and what each webhook means
 * for them. Its functions may be called from any thread.
 */
typedef struct _GstRtmsAccount GstRtmsAccount;

GstRtmsAccount *gst_rtms_account_new (GstBin *bin,
    const GstRtmsAccountConfig *config,
    const GstRtmsAccountCallbacks *callbacks, gpointer user_data);
GstRtmsAccount *gst_rtms_account_ref (GstRtmsAccount *account);
void gst_rtms_account_unref (GstRtmsAccount *account);

GstRtmsWebhookResult gst_rtms_account_take (GstRtmsAccount *account,
    const RtmsEnvelope *envelope, const gchar *text);
void gst_rtms_account_drain (GstRtmsAccount *account);
void gst_rtms_account_stop (GstRtmsAccount *account);

gboolean gst_rtms_account_has_room (GstRtmsAccount *account);
void gst_rtms_account_get_counts (GstRtmsAccount *account,
    GstRtmsAccountCounts *counts);
typedef void (*GstRtmsAccountFunc) (GstRtmsFeed *feed, gpointer user_data);
void gst_rtms_account_foreach (GstRtmsAccount *account,
    GstRtmsAccountFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstRtmsAccount, gst_rtms_account_unref)

GstStructure *gst_rtms_account_describe (GstRtmsFeed *feed,
    const gchar *name);

G_END_DECLS
