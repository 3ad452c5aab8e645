/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmsmessage.h"
#include "rtmspayload.h"

G_BEGIN_DECLS

/**
 * RtmsSocketId:
 * @RTMS_SOCKET_SIGNALING: the signaling connection
 * @RTMS_SOCKET_MEDIA_ALL: the one media connection of the unified layout
 * @RTMS_SOCKET_MEDIA: the first of the split layout's media connections, in
 *     the order of #RtmsMediaKind
 */
typedef enum {
  RTMS_SOCKET_SIGNALING,
  RTMS_SOCKET_MEDIA_ALL,
  RTMS_SOCKET_MEDIA,
  RTMS_N_SOCKETS = RTMS_SOCKET_MEDIA + RTMS_N_MEDIA,
} RtmsSocketId;

/**
 * RtmsSessionConfig:
 * @payload: who the stream is; lent for the session's life
 * @signature: of the handshakes; lent likewise
 * @params: the media to ask for
 * @split: a media connection per medium instead of one for all
 * @startup_backlog: take the audio that was kept since the webhook
 * @url_policy: which servers may be connected to; lent likewise
 * @handshake_timeout: µs that a server has for connecting and for each answer
 * @reconnect: take up lost connections again, within the time that Zoom waits
 * @jitter: 0 to 1, where this session stands in the spread of the back-off
 * @idle_timeout: µs without any message after which a connection is lost
 */
typedef struct {
  const RtmsPayload *payload;
  const gchar *signature;
  RtmsMediaParams params;
  gboolean split;
  gboolean startup_backlog;
  const RtmsUrlPolicy *url_policy;
  gboolean reconnect;
  gdouble jitter;
  gint64 handshake_timeout;
  gint64 idle_timeout;
} RtmsSessionConfig;

/**
 * RtmsSessionCallbacks:
 * @connect: open a socket
 * @send: send a message on an open socket
 * @disconnect: close a socket, gracefully; the session hears no more of it
 * @confirmed: these media come, with these parameters; called once, before
 *     any media
 * @interrupted: a connection of the media of these bits was lost, and is being
 *     taken up again. What was on its way may still come
 * @resumed: the media of these bits come again, from a new connection
 * @medium_ended: nothing more comes of the media of these bits, while others
 *     go on. @error is %NULL where Zoom closed their connection properly
 * @media: a media packet; its data are the callee's now
 * @event: a message of interest to applications: events, stream and session
 *     states
 * @ended: the stream is over: by Zoom's @stop_reason (0 when unknown), or
 *     by losing its connections (@error says how). Last call
 * @failed: the stream could not be had; @status_code is Zoom's, or -1. Last
 *     call
 *
 * What a session wants done. A callback may not free the session.
 */
typedef struct {
  void (*connect) (RtmsSocketId id, const gchar *url, gpointer user_data);
  void (*send) (RtmsSocketId id, const RtmsMessage *message,
      gpointer user_data);
  void (*disconnect) (RtmsSocketId id, gpointer user_data);
  void (*confirmed) (const RtmsMediaParams *params, gpointer user_data);
  void (*interrupted) (guint kinds, const GError *error,
      gpointer user_data);
  void (*resumed) (guint kinds, gpointer user_data);
  void (*medium_ended) (guint kinds, const GError *error,
      gpointer user_data);
  void (*media) (RtmsMedia *media, gpointer user_data);
  void (*event) (const RtmsMessage *message, gpointer user_data);
  void (*ended) (gint stop_reason, const GError *error, gpointer user_data);
  void (*failed) (const GError *error, gint status_code, gpointer user_data);
} RtmsSessionCallbacks;

/**
 * RtmsSession:
 *
 * The protocol's state machine for one stream. It knows no sockets, no JSON,
 * no threads and no clock: messages, socket events and the time go in, calls
 * of #RtmsSessionCallbacks come out. All times are monotonic, in µs.
 */
typedef struct _RtmsSession RtmsSession;

RtmsSession *rtms_session_new (const RtmsSessionConfig *config,
    const RtmsSessionCallbacks *callbacks, gpointer user_data);
void rtms_session_free (RtmsSession *session);

void rtms_session_start (RtmsSession *session, gint64 now);
void rtms_session_close (RtmsSession *session, gint64 now);
void rtms_session_stop (RtmsSession *session, gint stop_reason, gint64 now);
gboolean rtms_session_rejoin (RtmsSession *session, gchar **urls, gint64 now,
    GError **error);
gboolean rtms_session_request_state (RtmsSession *session);
gboolean rtms_session_subscribe_video (RtmsSession *session,
    guint64 user_id, gint64 unix_time);

void rtms_session_socket_open (RtmsSession *session, RtmsSocketId id,
    gint64 now);
void rtms_session_socket_closed (RtmsSession *session, RtmsSocketId id,
    guint code, const GError *error, gint64 now);
gboolean rtms_session_receive (RtmsSession *session, RtmsSocketId id,
    RtmsMessage *message, gint64 now);

gint64 rtms_session_get_deadline (const RtmsSession *session);
void rtms_session_advance (RtmsSession *session, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmsSession, rtms_session_free)

G_END_DECLS
