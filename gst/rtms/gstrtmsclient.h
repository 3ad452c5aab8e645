/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmssettings.h"
#include "protocol/rtmssession.h"

G_BEGIN_DECLS

/**
 * GstRtmsClientCallbacks:
 * @connecting: to a server, for the first time or again
 * @confirmed: as the session's
 * @interrupted: as the session's
 * @resumed: as the session's
 * @medium_ended: as the session's
 * @media: a packet and its payload; @buffer is (transfer full). Returns the
 *     monotonic time at which @release is due, or %G_MAXINT64
 * @event: as the session's; the message's text is the JSON it came in
 * @release: what waited is due; returns when it is again
 * @tick: called regularly once the media are confirmed
 * @ended: as the session's
 * @failed: as the session's
 *
 * Called on the network thread.
 */
typedef struct {
  void (*connecting) (RtmsSocketId id, const gchar *host,
      gpointer user_data);
  void (*confirmed) (const RtmsMediaParams *params, gpointer user_data);
  void (*interrupted) (guint kinds, const GError *error,
      gpointer user_data);
  void (*resumed) (guint kinds, gpointer user_data);
  void (*medium_ended) (guint kinds, const GError *error,
      gpointer user_data);
  gint64 (*media) (const RtmsMedia *media, GstBuffer *buffer,
      gpointer user_data);
  void (*event) (const RtmsMessage *message, gpointer user_data);
  gint64 (*release) (gint64 now, gpointer user_data);
  void (*tick) (gpointer user_data);
  void (*ended) (gint stop_reason, const GError *error, gpointer user_data);
  void (*failed) (const GError *error, gint status_code, gpointer user_data);
} GstRtmsClientCallbacks;

/**
 * GstRtmsClientStats:
 * @messages: received, by kind of medium
 * @bytes: of payload, likewise
 * @control_messages: all other messages
 * @malformed: messages that could not be read, and were left out
 * @unexpected: messages that had no place where they came
 * @keep_alives: answered
 * @round_trip: of the connection that was kept alive last, µs; -1 when unknown
 * @round_trip_max: the longest of these
 * @interruptions: connections that were lost and taken up again
 * @stream_state: the last RTMS_STREAM_STATE that was told, or -1
 * @session_state: the last RTMS_SESSION_STATE that was told, or -1
 */
typedef struct {
  guint64 messages[RTMS_N_MEDIA];
  guint64 bytes[RTMS_N_MEDIA];
  guint64 control_messages;
  guint64 malformed;
  guint64 unexpected;
  guint64 keep_alives;
  gint64 round_trip;
  gint64 round_trip_max;
  guint64 interruptions;
  gint stream_state;
  gint session_state;
} GstRtmsClientStats;

/**
 * GstRtmsClient:
 *
 * One stream's session with its sockets and timers, on a network thread of
 * the pool. Its functions may be called from any thread.
 */
typedef struct _GstRtmsClient GstRtmsClient;

GstRtmsClient *gst_rtms_client_new (GstRtmsSettings *settings,
    const GstRtmsClientCallbacks *callbacks, gpointer user_data,
    GstObject *log_object);
void gst_rtms_client_start (GstRtmsClient *client);
void gst_rtms_client_close (GstRtmsClient *client);
void gst_rtms_client_select_video (GstRtmsClient *client, guint64 user_id);
gboolean gst_rtms_client_update (GstRtmsClient *client, const gchar *webhook,
    GError **error);
void gst_rtms_client_request_state (GstRtmsClient *client);
void gst_rtms_client_free (GstRtmsClient *client);
void gst_rtms_client_get_stats (GstRtmsClient *client,
    GstRtmsClientStats *stats);

G_END_DECLS
