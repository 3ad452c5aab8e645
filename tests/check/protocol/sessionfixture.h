/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>

#include "gst/rtms/protocol/rtmssession.h"

/* The protocol without sockets: what the session does is written down as
 * lines of text, which expect() compares. */

#define SECOND G_TIME_SPAN_SECOND

extern gchar *urls[3];
extern RtmsPayload payload;
extern RtmsSessionConfig config;
extern RtmsSession *session;
extern gint64 now;

void session_setup (void);
void session_teardown (void);
void start (void);
void expect (const gchar *lines);
void forget (void);
gboolean receive (RtmsSocketId id, gint type);
void receive_answer (RtmsSocketId id, gint type, gint status,
    const gchar *all, guint kinds);
void receive_stream_state (RtmsSocketId id, gint state, gint reason);
gboolean receive_media (RtmsMediaKind kind);
gboolean receive_media_on (RtmsSocketId id, RtmsMediaKind kind);
void open_stream (void);
void receive_split_urls (gint missing);
void open_split (void);
void open_reconnecting (void);
void lose (RtmsSocketId id);
void advance (void);
