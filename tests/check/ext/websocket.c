/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The client's WebSocket against a server that writes raw bytes, so that it
 * can break every rule. */

#include <gio/gio.h>
#include <gst/check/gstcheck.h>
#include <string.h>

#include "ext/websocket/rtmsproxy.h"
#include "ext/websocket/rtmswebsocket.h"

#define MAX_MESSAGE (64 * 1024)

typedef struct {
  RtmsNetworkThread *thread;
  RtmsWebsocket *websocket;
  GSocketListener *listener;
  GIOStream *stream;
  gchar *url;

  GMutex lock;
  GCond cond;
  gboolean is_open;
  gboolean is_closed;
  guint close_code;
  GError *error;
  GPtrArray *messages;          /* of GBytes */
} Fixture;

static Fixture f;

static void
on_opened (gpointer user_data)
{
  g_mutex_lock (&f.lock);
  f.is_open = TRUE;
  g_cond_signal (&f.cond);
  g_mutex_unlock (&f.lock);
}

static void
on_received (const gchar *text, gsize length, gpointer user_data)
{
  g_mutex_lock (&f.lock);
  g_ptr_array_add (f.messages, g_bytes_new (text, length));
  g_cond_signal (&f.cond);
  g_mutex_unlock (&f.lock);
}

static void
on_closed (guint code, const GError *error, gpointer user_data)
{
  g_mutex_lock (&f.lock);
  fail_if (f.is_closed);
  f.is_closed = TRUE;
  f.close_code = code;
  f.error = error ? g_error_copy (error) : NULL;
  g_cond_signal (&f.cond);
  g_mutex_unlock (&f.lock);
}

static void
connect_websocket (gpointer user_data)
{
  static const RtmsWebsocketCallbacks callbacks = { on_opened, on_received,
    on_closed };
  const RtmsWebsocketConfig config = { NULL, MAX_MESSAGE };

  f.websocket = rtms_websocket_new (f.thread, f.url, &config, &callbacks,
      NULL);
}

static void
free_websocket (gpointer user_data)
{
  g_clear_pointer (&f.websocket, rtms_websocket_free);
}

/* Connects to @url, or to the listener; returns its port. */
static guint16
set_up_with (const gchar *url)
{
  guint16 port;

  memset (&f, 0, sizeof f);
  g_mutex_init (&f.lock);
  g_cond_init (&f.cond);
  f.messages = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  f.listener = g_socket_listener_new ();
  port = g_socket_listener_add_any_inet_port (f.listener, NULL, NULL);
  if (url) {
    g_autofree gchar *proxy = g_strdup_printf ("127.0.0.1:%u", port);

    g_setenv ("http_proxy", proxy, TRUE);
  }
  f.url = url ? g_strdup (url)
      : g_strdup_printf ("ws://127.0.0.1:%u/path?query=1", port);
  f.thread = rtms_network_thread_acquire (0);
  rtms_network_thread_call (f.thread, connect_websocket, NULL);
  return port;
}

static void
set_up (void)
{
  set_up_with (NULL);
}

static void
tear_down (void)
{
  rtms_network_thread_call (f.thread, free_websocket, NULL);
  rtms_network_thread_release (f.thread);
  g_clear_object (&f.stream);
  g_object_unref (f.listener);
  g_ptr_array_unref (f.messages);
  g_clear_error (&f.error);
  g_free (f.url);
  g_cond_clear (&f.cond);
  g_mutex_clear (&f.lock);
}

static void
write_bytes (const gchar *bytes, gsize size)
{
  fail_unless (g_output_stream_write_all (
          g_io_stream_get_output_stream (f.stream), bytes, size, NULL, NULL,
          NULL));
}

#define WRITE(text) write_bytes (text, sizeof (text) - 1)

static void
read_bytes (guint8 *bytes, gsize size)
{
  gsize n;

  fail_unless (g_input_stream_read_all (
          g_io_stream_get_input_stream (f.stream), bytes, size, &n, NULL,
          NULL));
  fail_unless_equals_uint64 (n, size);
}

/* Accepts the connection and reads the request's head. */
static gchar *
accept_request (void)
{
  GString *request = g_string_new (NULL);

  if (f.stream == NULL)
    f.stream = G_IO_STREAM (g_socket_listener_accept (f.listener, NULL, NULL,
            NULL));
  while (!g_str_has_suffix (request->str, "\r\n\r\n")) {
    guint8 c;

    read_bytes (&c, 1);
    g_string_append_c (request, (gchar) c);
  }
  return g_string_free (request, FALSE);
}

static gchar *
create_accept (const gchar *request)
{
  const gchar *key = strstr (request, "Sec-WebSocket-Key: ");
  g_autofree gchar *text = NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize size = sizeof digest;

  fail_unless (key != NULL);
  text = g_strndup (key + 19, 24);
  g_checksum_update (sum, (guchar *) text, -1);
  g_checksum_update (sum, (guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
      -1);
  g_checksum_get_digest (sum, digest, &size);
  return g_base64_encode (digest, size);
}

static void
answer_request (const gchar *format)
{
  g_autofree gchar *request = accept_request ();
  g_autofree gchar *accept = create_accept (request);
  g_auto (GStrv) parts = g_strsplit (format, "%s", -1);
  g_autofree gchar *response = g_strjoinv (accept, parts);

  write_bytes (response, strlen (response));
}

#define UPGRADE "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\n" \
    "connection: Upgrade\r\nsec-websocket-accept: %s\r\n"

static void
open_websocket (void)
{
  set_up ();
  answer_request (UPGRADE "\r\n");
}

static void
wait_closed (void)
{
  g_mutex_lock (&f.lock);
  while (!f.is_closed)
    g_cond_wait (&f.cond, &f.lock);
  g_mutex_unlock (&f.lock);
}

static void
expect_closed (guint code, const gchar *named)
{
  wait_closed ();
  fail_unless_equals_int (f.close_code, code);
  if (named == NULL)
    fail_unless (f.error == NULL);
  else
    fail_unless (f.error && strstr (f.error->message, named), "%s",
        f.error ? f.error->message : "no error");
}

static void
expect_message (guint index, const gchar *text, gsize length)
{
  GBytes *message;
  gsize size;
  const gchar *bytes;

  g_mutex_lock (&f.lock);
  while (f.messages->len <= index)
    g_cond_wait (&f.cond, &f.lock);
  message = g_ptr_array_index (f.messages, index);
  g_mutex_unlock (&f.lock);
  bytes = g_bytes_get_data (message, &size);
  fail_unless_equals_uint64 (size, length);
  fail_unless (length == 0 || memcmp (bytes, text, length) == 0);
}

/* A client's frame, whose payload is masked. */
static gsize
read_frame (guint8 *opcode, guint8 *payload)
{
  guint8 head[2], mask[4], extended[2];
  gsize size;

  read_bytes (head, 2);
  fail_unless (head[0] & 0x80);
  fail_unless (head[1] & 0x80);
  *opcode = head[0] & 0x0f;
  size = head[1] & 0x7f;
  fail_if (size == 127);
  if (size == 126) {
    read_bytes (extended, 2);
    size = (gsize) extended[0] << 8 | extended[1];
  }
  read_bytes (mask, 4);
  if (size)
    read_bytes (payload, size);
  for (gsize i = 0; i < size; i++)
    payload[i] ^= mask[i % 4];
  return size;
}

GST_START_TEST (test_request_is_a_websocket_request)
{
  g_autofree gchar *request = NULL;

  set_up ();
  request = accept_request ();
  fail_unless (g_str_has_prefix (request,
          "GET /path?query=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
  fail_unless (strstr (request, "\r\nUpgrade: websocket\r\n") != NULL);
  fail_unless (strstr (request, "\r\nSec-WebSocket-Version: 13\r\n"));
  fail_if (strstr (request, "Sec-WebSocket-Extensions"));
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_messages_arrive_in_every_framing)
{
  g_autofree gchar *large = g_strnfill (MAX_MESSAGE, 'x');
  guint8 opcode, payload[200];

  open_websocket ();
  WRITE ("\x81\x02{}");
  WRITE ("\x82\x03" "bin");
  /* fragments, with a ping between them */
  WRITE ("\x01\x01" "a\x00\x00\x89\x02hi\x00\x01" "b\x80\x01" "c");
  /* invalid UTF-8 is for the reader to mend */
  WRITE ("\x81\x02\xff\xfe");
  WRITE ("\x81\x00");
  WRITE ("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00");
  write_bytes (large, MAX_MESSAGE);
  expect_message (0, "{}", 2);
  expect_message (1, "bin", 3);
  expect_message (2, "abc", 3);
  expect_message (3, "\xff\xfe", 2);
  expect_message (4, "", 0);
  expect_message (5, large, MAX_MESSAGE);
  fail_unless_equals_uint64 (read_frame (&opcode, payload), 2);
  fail_unless_equals_int (opcode, 10);
  fail_unless (memcmp (payload, "hi", 2) == 0);
  tear_down ();
}

GST_END_TEST;

/* The worst that a network can do to a stream of bytes. */
GST_START_TEST (test_single_bytes_are_put_together)
{
  static const gchar bytes[] = "\x81\x02{}\x01\x01" "a\x80\x7e\x00\x80";
  g_autofree gchar *rest = g_strnfill (128, 'y');
  g_autofree gchar *whole = g_strconcat ("a", rest, NULL);

  open_websocket ();
  for (gsize i = 0; i < sizeof bytes - 1; i++)
    write_bytes (bytes + i, 1);
  for (gsize i = 0; i < 128; i++)
    write_bytes (rest + i, 1);
  expect_message (0, "{}", 2);
  expect_message (1, whole, 129);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_frames_may_come_with_the_response)
{
  set_up ();
  answer_request (UPGRADE "\r\n\x81\x02{}");
  expect_message (0, "{}", 2);
  tear_down ();
}

GST_END_TEST;

static void
send_text (gpointer user_data)
{
  const gchar *text = user_data;

  rtms_websocket_send (f.websocket, text, strlen (text));
}

/* Where the size of a frame takes another form, in both directions. */
GST_START_TEST (test_frames_of_every_size)
{
  static const gsize sizes[] = { 0, 1, 124, 125, 126, 127, 128, 65534,
    65535 };
  g_autofree guint8 *payload = g_malloc (MAX_MESSAGE);

  open_websocket ();
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    gsize size = sizes[i];
    g_autofree gchar *text = g_strnfill (size, (gchar) ('a' + i));
    const gchar header[] = { (gchar) 0x82, 126, (gchar) (size >> 8),
      (gchar) size };
    const gchar short_header[] = { (gchar) 0x82, (gchar) size };
    guint8 opcode;

    if (size < 126)
      write_bytes (short_header, sizeof short_header);
    else
      write_bytes (header, sizeof header);
    write_bytes (text, size);
    expect_message (i, text, size);
    rtms_network_thread_call (f.thread, send_text, text);
    fail_unless_equals_uint64 (read_frame (&opcode, payload), size);
    fail_unless (memcmp (payload, text, size) == 0);
  }
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_sent_messages_are_masked_text)
{
  guint8 opcode, payload[20000];
  g_autofree gchar *large = g_strnfill (20000, 'z');

  open_websocket ();
  WRITE ("\x81\x02{}");
  expect_message (0, "{}", 2);
  rtms_network_thread_call (f.thread, send_text, (gpointer) "hello");
  rtms_network_thread_call (f.thread, send_text, large);
  fail_unless_equals_uint64 (read_frame (&opcode, payload), 5);
  fail_unless_equals_int (opcode, 1);
  fail_unless (memcmp (payload, "hello", 5) == 0);
  fail_unless_equals_uint64 (read_frame (&opcode, payload), 20000);
  fail_unless (memcmp (payload, large, 20000) == 0);
  tear_down ();
}

GST_END_TEST;

static void
check_close (const gchar *frame, gsize size, guint code, const gchar *named)
{
  guint8 opcode, payload[200];

  open_websocket ();
  write_bytes (frame, size);
  expect_closed (code, named);
  read_frame (&opcode, payload);
  fail_unless_equals_int (opcode, 8);
  tear_down ();
}

#define CHECK_CLOSE(frame, code, named) \
    check_close (frame, sizeof (frame) - 1, code, named)

GST_START_TEST (test_close_codes_are_told_and_answered)
{
  CHECK_CLOSE ("\x88\x02\x03\xe8", 1000, NULL);
  CHECK_CLOSE ("\x88\x05\x03\xe9" "bye", 1001, "1001");
  CHECK_CLOSE ("\x88\x02\x03\xf3", 1011, "1011");
  CHECK_CLOSE ("\x88\x00", 1005, "1005");
}

GST_END_TEST;

GST_START_TEST (test_broken_frames_end_the_connection)
{
  /* reserved bit, masked, reserved opcode, continuation of nothing */
  CHECK_CLOSE ("\xc1\x02{}", 1002, "RFC 6455");
  CHECK_CLOSE ("\x81\x82\x01\x02\x03\x04{}", 1002, "RFC 6455");
  CHECK_CLOSE ("\x8b\x00", 1002, "RFC 6455");
  CHECK_CLOSE ("\x83\x02{}", 1002, "order");
  CHECK_CLOSE ("\x80\x02{}", 1002, "order");
  /* a message within a message, a control frame that is too long, cut */
  CHECK_CLOSE ("\x01\x01{\x81\x01}", 1002, "order");
  CHECK_CLOSE ("\x89\x7e\x00\x7e", 1002, "frame");
  CHECK_CLOSE ("\x09\x00", 1002, "frame");
  /* a length in more bytes than it needs, or of 64 bits */
  CHECK_CLOSE ("\x81\x7e\x00\x02{}", 1002, "frame");
  CHECK_CLOSE ("\x81\x7e\x00\x7d", 1002, "frame");
  CHECK_CLOSE ("\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 1002,
      "frame");
  CHECK_CLOSE ("\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 1002,
      "frame");
}

GST_END_TEST;

GST_START_TEST (test_long_messages_end_the_connection)
{
  g_autofree gchar *half = g_strnfill (MAX_MESSAGE / 2, 'x');

  /* said at once */
  CHECK_CLOSE ("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x01x", 1009,
      "max-message-size");
  CHECK_CLOSE ("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xffx", 1009,
      "max-message-size");

  /* in fragments, of which each is small enough */
  open_websocket ();
  WRITE ("\x02\x7e\x80\x00");
  write_bytes (half, MAX_MESSAGE / 2);
  WRITE ("\x00\x7e\x80\x00");
  write_bytes (half, MAX_MESSAGE / 2);
  WRITE ("\x80\x01x");
  expect_closed (1009, "max-message-size");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_endless_empty_fragments_end_the_connection)
{
  GString *frames = g_string_new_len ("\x01\x00", 2);

  for (guint i = 0; i < 2000; i++)
    g_string_append_len (frames, "\x00\x00", 2);
  open_websocket ();
  write_bytes (frames->str, frames->len);
  expect_closed (1002, "empty");
  tear_down ();
  g_string_free (frames, TRUE);
}

GST_END_TEST;

GST_START_TEST (test_end_without_close_is_an_error)
{
  open_websocket ();
  WRITE ("\x81\x02{");
  g_io_stream_close (f.stream, NULL, NULL);
  expect_closed (1006, "connection");
  fail_unless_equals_int (f.messages->len, 0);
  tear_down ();
}

GST_END_TEST;

static void
check_response (const gchar *response, const gchar *named)
{
  set_up ();
  answer_request (response);
  if (!strstr (response, "\r\n\r\n"))
    g_io_stream_close (f.stream, NULL, NULL);
  expect_closed (1006, named);
  fail_if (f.is_open);
  tear_down ();
}

GST_START_TEST (test_other_responses_are_refused)
{
  check_response ("HTTP/1.1 403 Forbidden\r\n\r\n", "403 Forbidden");
  check_response ("HTTP/1.1 301 Moved\r\nLocation: ws://localhost/\r\n\r\n",
      "301 Moved");
  check_response ("garbage\r\n\r\n", "garbage");
  check_response ("HTTP/1.1 101 x\r\n\r\n", "RFC 6455");
  check_response ("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: "
      "Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n", "RFC 6455");
  check_response (UPGRADE "Sec-WebSocket-Extensions: permessage-deflate"
      "\r\n\r\n", "RFC 6455");
  check_response ("HTTP/1.1 101 x\r\n", "instead of opening");
  /* nothing at all, and what would look like another line of a log */
  check_response ("\r\n\r\n", "answered \"\"");
  check_response ("HTTP/1.1 403 a\nERROR: \033[2J\r\n\r\n",
      "403 a\357\277\275ERROR: \357\277\275[2J\"");
}

GST_END_TEST;

GST_START_TEST (test_endless_response_is_refused)
{
  g_autofree gchar *header = g_strnfill (20000, 'x');

  set_up ();
  answer_request ("HTTP/1.1 101 x\r\n");
  g_output_stream_write_all (g_io_stream_get_output_stream (f.stream),
      header, 20000, NULL, NULL, NULL);
  expect_closed (1006, "does not end");
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_refused_connection_is_told)
{
  set_up ();
  tear_down ();
  memset (&f, 0, sizeof f);
  g_mutex_init (&f.lock);
  g_cond_init (&f.cond);
  f.messages = g_ptr_array_new ();
  f.listener = g_socket_listener_new ();
  f.url = g_strdup ("ws://127.0.0.1:1/");
  f.thread = rtms_network_thread_acquire (0);
  rtms_network_thread_call (f.thread, connect_websocket, NULL);
  expect_closed (1006, "127.0.0.1");
  fail_unless (g_error_matches (f.error, RTMS_ERROR, RTMS_ERROR_CONNECT));
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_freeing_says_goodbye)
{
  guint8 opcode, payload[200];

  open_websocket ();
  WRITE ("\x81\x02{}");
  expect_message (0, "{}", 2);
  rtms_network_thread_call (f.thread, free_websocket, NULL);
  fail_unless_equals_uint64 (read_frame (&opcode, payload), 2);
  fail_unless_equals_int (opcode, 8);
  fail_unless (payload[0] == 0x03 && payload[1] == 0xe8);
  fail_if (f.is_closed);
  tear_down ();
}

GST_END_TEST;

GST_START_TEST (test_freeing_while_connecting)
{
  for (guint i = 0; i < 100; i++) {
    set_up ();
    tear_down ();
  }
}

GST_END_TEST;

/* The proxy connects; what goes through it is what goes without. */
GST_START_TEST (test_proxy_of_the_environment_is_used)
{
  g_autofree gchar *request = NULL;

  set_up_with ("ws://meeting.example:8123/path");
  request = accept_request ();
  fail_unless (g_str_has_prefix (request,
          "CONNECT meeting.example:8123 HTTP/1."), "%s", request);
  WRITE ("HTTP/1.0 200 Connection established\r\n\r\n");
  answer_request (UPGRADE "\r\n");
  WRITE ("\x81\x02{}");
  expect_message (0, "{}", 2);
  g_unsetenv ("http_proxy");
  tear_down ();
}

GST_END_TEST;

static gboolean
has_proxy (const gchar *host, gboolean is_tls)
{
  g_autoptr (GProxyResolver) resolver = rtms_proxy_resolver_new (is_tls);
  g_autofree gchar *uri = g_strdup_printf ("none://%s:443", host);
  g_auto (GStrv) proxies = g_proxy_resolver_lookup (resolver, uri, NULL,
      NULL);

  fail_unless (proxies != NULL && proxies[0] != NULL);
  return !g_str_equal (proxies[0], "direct://");
}

GST_START_TEST (test_proxies_are_read_as_curl_does)
{
  g_setenv ("https_proxy", "proxy.example:3128", TRUE);
  fail_unless (has_proxy ("zoom.us", TRUE));
  fail_if (has_proxy ("zoom.us", FALSE));
  fail_if (has_proxy ("localhost", TRUE));
  fail_if (has_proxy ("127.0.0.1", TRUE));
  g_setenv ("no_proxy", ".zoom.us, 10.0.0.0/8", TRUE);
  fail_if (has_proxy ("zoom.us", TRUE));
  fail_if (has_proxy ("a.zoom.us", TRUE));
  fail_if (has_proxy ("10.1.2.3", TRUE));
  fail_unless (has_proxy ("evilzoom.us", TRUE));
  g_setenv ("no_proxy", "*", TRUE);
  fail_if (has_proxy ("evilzoom.us", TRUE));
  g_unsetenv ("no_proxy");
  g_unsetenv ("https_proxy");
  g_setenv ("ALL_PROXY", "socks5://proxy.example", TRUE);
  fail_unless (has_proxy ("zoom.us", FALSE));
  g_unsetenv ("ALL_PROXY");
}

GST_END_TEST;

static Suite *
websocket_suite (void)
{
  Suite *suite = suite_create ("websocket");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_request_is_a_websocket_request);
  tcase_add_test (tc, test_messages_arrive_in_every_framing);
  tcase_add_test (tc, test_single_bytes_are_put_together);
  tcase_add_test (tc, test_frames_may_come_with_the_response);
  tcase_add_test (tc, test_frames_of_every_size);
  tcase_add_test (tc, test_sent_messages_are_masked_text);
  tcase_add_test (tc, test_close_codes_are_told_and_answered);
  tcase_add_test (tc, test_broken_frames_end_the_connection);
  tcase_add_test (tc, test_long_messages_end_the_connection);
  tcase_add_test (tc, test_endless_empty_fragments_end_the_connection);
  tcase_add_test (tc, test_end_without_close_is_an_error);
  tcase_add_test (tc, test_other_responses_are_refused);
  tcase_add_test (tc, test_endless_response_is_refused);
  tcase_add_test (tc, test_refused_connection_is_told);
  tcase_add_test (tc, test_freeing_says_goodbye);
  tcase_add_test (tc, test_freeing_while_connecting);
  tcase_add_test (tc, test_proxy_of_the_environment_is_used);
  tcase_add_test (tc, test_proxies_are_read_as_curl_does);
  return suite;
}

GST_CHECK_MAIN (websocket);
