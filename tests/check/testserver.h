/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * TestServer:
 *
 * A small RTMS server in the test's process, on port 0 and with a thread of
 * its own, that does what a test says: it answers handshakes, and sends and
 * closes on demand. Its functions may be called from any thread; those that
 * wait are bounded by the test's timeout.
 */
typedef struct _TestServer TestServer;

typedef enum {
  TEST_SIGNALING,
  TEST_MEDIA,
  TEST_N_SOCKETS,
} TestSocket;

/**
 * TestServerAnswers:
 * @signaling: (nullable): what message 1 is answered with; %NULL for nothing
 * @media: (nullable): likewise of message 3
 *
 * "%s" in @signaling stands for the media URL.
 */
typedef struct {
  const gchar *signaling;
  const gchar *media;
} TestServerAnswers;

#define TEST_SIGNALING_OK "{\"msg_type\":2,\"status_code\":0," \
    "\"media_server\":{\"server_urls\":{\"all\":\"%s\"}}}"

/* Confirms just what was asked. */
#define TEST_MEDIA_OK "{\"msg_type\":4,\"status_code\":0}"

TestServer *test_server_new (const TestServerAnswers *answers);
void test_server_free (TestServer *server);
gchar *test_server_get_payload (TestServer *server);
gchar *test_server_get_url (TestServer *server);

void test_server_wait_for (TestServer *server, TestSocket socket,
    gint msg_type, guint times);
void test_server_wait_closed (TestServer *server, TestSocket socket,
    guint times);
guint test_server_count (TestServer *server, TestSocket socket,
    gint msg_type);

void test_server_send (TestServer *server, TestSocket socket,
    const gchar *format, ...) G_GNUC_PRINTF (3, 4);
void test_server_send_media (TestServer *server, gint msg_type,
    gint64 timestamp, const guint8 *bytes, gsize size);
void test_server_close (TestServer *server, TestSocket socket, gushort code);
void test_server_terminate (TestServer *server, gint reason);

G_END_DECLS
