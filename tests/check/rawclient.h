/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tests/check/simulator.h"

G_BEGIN_DECLS

/**
 * RawClient:
 *
 * An RTMS client that does what a test says and shows what came, byte for
 * byte. Its functions wait for at most ten seconds, then fail the test.
 */
typedef struct _RawClient RawClient;

RawClient *raw_client_new (Simulator *simulator);
void raw_client_free (RawClient *client);

typedef struct _RawSocket RawSocket;

RawSocket *raw_client_connect (RawClient *client, const gchar *url);
RawSocket *raw_client_connect_signaling (RawClient *client);
RawSocket *raw_client_connect_media (RawClient *client, const gchar *params);

const gchar *raw_client_get_url (RawClient *client);
void raw_client_read_payload (RawClient *client);
JsonObject *raw_client_get_payload (RawClient *client);
const gchar *raw_client_get_media_url (RawClient *client, const gchar *name);
void raw_client_set_media (RawClient *client, const gchar *name, gint type);

void raw_socket_free (RawSocket *socket);
void raw_socket_close (RawSocket *socket);
void raw_socket_send (RawSocket *socket, const gchar *format, ...)
    G_GNUC_PRINTF (2, 3);
void raw_socket_ask (RawSocket *socket, gint msg_type);
JsonObject *raw_socket_receive (RawSocket *socket, gint msg_type);
gchar *raw_socket_receive_text (RawSocket *socket, const gchar *part);
guint raw_socket_count_binary (RawSocket *socket);
gushort raw_socket_wait_closed (RawSocket *socket);

void raw_client_get_ready (RawClient *client, RawSocket *signaling);

G_END_DECLS
