/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/rtms/protocol/rtmserror.h"

G_BEGIN_DECLS

/**
 * RtmsTransport:
 *
 * The bytes of one connected socket, through TLS (OpenSSL) or plain. It never
 * blocks, and does not own the descriptor. Used by one thread.
 */
typedef struct _RtmsTransport RtmsTransport;

typedef enum {
  RTMS_TRANSPORT_WANT_READ = -1,
  RTMS_TRANSPORT_WANT_WRITE = -2,
  RTMS_TRANSPORT_ERROR = -3,
} RtmsTransportResult;

RtmsTransport *rtms_transport_new_plain (int fd);
RtmsTransport *rtms_transport_new_tls (int fd, const gchar *host,
    const gchar *ca_file, GError **error);
void rtms_transport_free (RtmsTransport *transport);

gint rtms_transport_handshake (RtmsTransport *transport, GError **error);
gssize rtms_transport_read (RtmsTransport *transport, guint8 *bytes,
    gsize size, gboolean *more, GError **error);
gssize rtms_transport_write (RtmsTransport *transport, const guint8 *bytes,
    gsize size, GError **error);
gint64 rtms_transport_get_round_trip (RtmsTransport *transport);
void rtms_transport_shutdown (RtmsTransport *transport);

G_END_DECLS
