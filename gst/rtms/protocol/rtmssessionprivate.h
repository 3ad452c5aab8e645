/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmssession.h"

/* What the session's files share: rtmssession.c is the stream's life,
 * rtmssessionhandshake.c its beginning on each connection,
 * rtmssessionreconnect.c what becomes of connections that are lost. */

G_BEGIN_DECLS

#define RTMS_CLOSE_CODE_NORMAL 1000
#define RTMS_CLOSE_CODE_ABNORMAL 1006

typedef enum {
  STATE_IDLE,
  STATE_SIGNALING,              /* until the signaling handshake's answer */
  STATE_MEDIA,                  /* until every media handshake's answer */
  STATE_STREAMING,
  STATE_CLOSING,                /* the app asked for the end */
  STATE_DRAINING,               /* Zoom announced the end, or it shows */
  STATE_DONE,
} State;

typedef enum {
  SOCKET_NONE,
  SOCKET_CONNECTING,
  SOCKET_HANDSHAKE,
  SOCKET_READY,
} SocketState;

typedef struct {
  SocketState state;
  guint kinds;                  /* the media it is for */
  gint64 sequence;
  gint64 deadline;              /* of the answer that is waited for, or 0 */
  gint64 last_heard;

  gchar *url;
  guint attempts;               /* to take it up again */
  gint64 retry_at;              /* when the next attempt is due, or 0 */
  gint64 window_end;            /* when Zoom gives it up */
  gint64 ready_since;
} Socket;

struct _RtmsSession
{
  RtmsSessionConfig config;
  RtmsSessionCallbacks callbacks;
  gpointer user_data;

  State state;
  gint64 state_deadline;        /* of closing and draining, or 0 */
  gchar **urls;                 /* of the signaling servers */
  guint url_index;              /* of the next of them */
  Socket sockets[RTMS_N_SOCKETS];

  gboolean was_streaming;       /* the media were confirmed once */
  RtmsMediaParams confirmed;
  gchar *session_id;            /* (nullable): the last that was told */
  gint stop_reason;
  GError *loss;                 /* (nullable): how a connection was lost */
};

const gchar *rtms_session_get_socket_name (RtmsSocketId id);
gboolean rtms_session_is_over (RtmsSession *session);
gboolean rtms_session_has_open_socket (RtmsSession *session,
    RtmsSocketId from);
void rtms_session_disconnect (RtmsSession *session, RtmsSocketId id);
void rtms_session_drain (RtmsSession *session, gint64 now);
void rtms_session_finish (RtmsSession *session);
void rtms_session_set_loss (RtmsSession *session, const GError *error);
void rtms_session_fail (RtmsSession *session, const GError *error,
    gint status_code);
void rtms_session_fail_with (RtmsSession *session, RtmsError code,
    gint status_code, const gchar *format, ...) G_GNUC_PRINTF (4, 5);

void rtms_session_connect_socket (RtmsSession *session, RtmsSocketId id,
    const gchar *url, gint64 now);
gboolean rtms_session_connect_signaling (RtmsSession *session, gint64 now,
    GError **error);
gboolean rtms_session_handle_signaling_answer (RtmsSession *session,
    const RtmsMessage *answer, gint64 now);
gboolean rtms_session_handle_media_answer (RtmsSession *session,
    RtmsSocketId id, const RtmsMessage *answer, gint64 now);

gboolean rtms_session_plan_retry (RtmsSession *session, RtmsSocketId id,
    gint64 now);
void rtms_session_retry (RtmsSession *session, RtmsSocketId id, gint64 now);
void rtms_session_retry_media_now (RtmsSession *session, gint64 now);

G_END_DECLS
