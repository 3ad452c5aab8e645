/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The HTTP server by raw bytes, as hostile clients are no libraries. */

#include <gio/gio.h>
#include <gst/check/gstcheck.h>
#include <string.h>
#include <unistd.h>

#include "ext/http/rtmshttpserver.h"
#include "tests/simulator/certificate.h"

#define MAX_BODY 1000

static RtmsHttpServer *server;
static gint handled;

static void
on_post (const RtmsHttpRequest *request, RtmsHttpResponse *response,
    gpointer user_data)
{
  const gchar *word = rtms_http_request_get_header (request, "x-word");

  g_atomic_int_inc (&handled);
  fail_unless (user_data == &handled);
  response->status = word ? 200 : 401;
  response->content_type = "text/plain";
  response->body = g_strdup_printf ("%s:%.*s", word ? word : "",
      (int) request->body_size, request->body);
}

static void
on_get (const RtmsHttpRequest *request, RtmsHttpResponse *response,
    gpointer user_data)
{
  response->content_type = "text/plain";
  response->body = g_strdup ("ok");
}

static const RtmsHttpRoute routes[] = {
  { "POST", "/hook", on_post },
  { "GET", "/state", on_get },
};

static RtmsHttpServerConfig
get_config (void)
{
  return (RtmsHttpServerConfig) {
    .address = "127.0.0.1",
    .routes = routes,
    .n_routes = G_N_ELEMENTS (routes),
    .user_data = &handled,
    .max_body = MAX_BODY,
    .max_connections = 8,
    .timeout = 20,
  };
}

static void
start (const RtmsHttpServerConfig *config)
{
  g_autoptr (GError) error = NULL;

  handled = 0;
  server = rtms_http_server_new (config, &error);
  fail_unless (server != NULL, "%s", error ? error->message : "");
  fail_unless (rtms_http_server_get_port (server) != 0);
}

static void
stop (void)
{
  g_clear_pointer (&server, rtms_http_server_free);
}

static GSocketConnection *
dial (void)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1",
      rtms_http_server_get_port (server), NULL, &error);
  fail_unless (connection != NULL, "%s", error ? error->message : "");
  return connection;
}

static void
put (GIOStream *stream, const gchar *text, gssize size)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text,
      size < 0 ? strlen (text) : (gsize) size, NULL, NULL, NULL);
}

/* All that comes until the server ends the connection. */
static gchar *
get_rest (GIOStream *stream)
{
  GString *text = g_string_new (NULL);
  gchar bytes[4096];
  gssize size;

  while ((size = g_input_stream_read (g_io_stream_get_input_stream (stream),
              bytes, sizeof bytes, NULL, NULL)) > 0)
    g_string_append_len (text, bytes, size);
  return g_string_free (text, FALSE);
}

static gchar *
ask (const gchar *text)
{
  g_autoptr (GSocketConnection) connection = dial ();

  put (G_IO_STREAM (connection), text, -1);
  return get_rest (G_IO_STREAM (connection));
}

static void
check_status (const gchar *request, const gchar *status)
{
  g_autofree gchar *answer = ask (request);
  g_autofree gchar *expected = g_strconcat (" ", status, " ", NULL);

  fail_unless (g_str_has_prefix (answer, "HTTP/1.")
      && g_str_has_prefix (answer + strlen ("HTTP/1.x"), expected),
      "%.200s\n%s", request, answer);
}

GST_START_TEST (test_handler_sees_the_raw_body_and_headers)
{
  RtmsHttpServerConfig config = get_config ();
  g_autofree gchar *answer = NULL;

  start (&config);
  answer = ask ("POST /hook HTTP/1.1\r\nHost: a\r\nX-Word: one\r\n"
      "Content-Length: 9\r\n\r\n{\"a\" : 1}");
  fail_unless (g_str_has_prefix (answer, "HTTP/1.1 200 "), "%s", answer);
  fail_unless (g_str_has_suffix (answer, "\r\n\r\none:{\"a\" : 1}"), "%s",
      answer);
  check_status ("POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
      "401");
  fail_unless_equals_int (handled, 2);
  stop ();
}

GST_END_TEST;

GST_START_TEST (test_only_routes_are_answered)
{
  RtmsHttpServerConfig config = get_config ();
  g_autofree gchar *head = NULL;

  config.max_connections = 100;
  start (&config);
  check_status ("GET /state HTTP/1.1\r\nHost: a\r\n\r\n", "200");
  check_status ("GET /state?a=b HTTP/1.1\r\nHost: a\r\n\r\n", "200");
  check_status ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "404");
  check_status ("GET /state/deeper HTTP/1.1\r\nHost: a\r\n\r\n", "404");
  check_status ("GET /hook HTTP/1.1\r\nHost: a\r\n\r\n", "405");
  check_status ("DELETE /hook HTTP/1.1\r\nHost: a\r\n\r\n", "405");
  check_status ("POST /state HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
      "12345", "405");
  check_status ("nonsense\r\n\r\n", "400");
  head = ask ("HEAD /state HTTP/1.1\r\nHost: a\r\n\r\n");
  fail_unless (g_str_has_prefix (head, "HTTP/1.1 200 "));
  fail_unless (g_str_has_suffix (head, "\r\n\r\n"));
  fail_unless_equals_int (handled, 0);
  stop ();
}

GST_END_TEST;

/* The body is never sent: an answer means that nobody waited for it. */
GST_START_TEST (test_large_bodies_are_refused_unread)
{
  RtmsHttpServerConfig config = get_config ();
  g_autofree gchar *longest = g_strnfill (MAX_BODY, 'a');
  g_autofree gchar *request = g_strdup_printf ("POST /hook HTTP/1.1\r\n"
      "Host: a\r\nX-Word: w\r\nContent-Length: %d\r\n\r\n%s", MAX_BODY,
      longest);

  config.max_connections = 100;
  start (&config);
  check_status (request, "200");
  check_status ("POST /hook HTTP/1.1\r\nHost: a\r\nX-Word: w\r\n"
      "Content-Length: 1001\r\n\r\n", "413");
  check_status ("POST /hook HTTP/1.1\r\nHost: a\r\nX-Word: w\r\n"
      "Content-Length: 9223372036854775807\r\n\r\n", "413");
  check_status ("POST /hook HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 1001\r\n\r\n", "413");
  check_status ("POST /hook HTTP/1.1\r\nHost: a\r\n"
      "Transfer-Encoding: chunked\r\n\r\n", "411");
  check_status ("POST /nowhere HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 500\r\n\r\n", "404");
  fail_unless_equals_int (handled, 1);
  stop ();
}

GST_END_TEST;

/* A client that sends all the same still gets to read why not. */
GST_START_TEST (test_client_that_sends_a_large_body_reads_the_refusal)
{
  RtmsHttpServerConfig config = get_config ();
  gsize size = 600 * 1024;
  g_autofree gchar *body = g_strnfill (size, 'a');
  g_autofree gchar *request = g_strdup_printf ("POST /hook HTTP/1.1\r\n"
      "Host: a\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", size, body);

  /* those before may not be quite gone */
  config.max_connections = 100;
  start (&config);
  for (guint i = 0; i < 10; i++)
    check_status (request, "413");
  stop ();
}

GST_END_TEST;

GST_START_TEST (test_silent_and_slow_connections_end)
{
  RtmsHttpServerConfig config = get_config ();
  g_autoptr (GSocketConnection) silent = NULL, slow = NULL;
  g_autofree gchar *nothing = NULL, *little = NULL;

  config.timeout = 1;
  start (&config);
  silent = dial ();
  slow = dial ();
  put (G_IO_STREAM (slow), "POST /hook HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 500\r\n\r\nabc", -1);
  nothing = get_rest (G_IO_STREAM (silent));
  little = get_rest (G_IO_STREAM (slow));
  assert_equals_string (nothing, "");
  fail_if (strstr (little, " 200 "));
  fail_unless_equals_int (handled, 0);
  check_status ("GET /state HTTP/1.1\r\nHost: a\r\n\r\n", "200");
  stop ();
}

GST_END_TEST;

GST_START_TEST (test_connections_are_limited)
{
  RtmsHttpServerConfig config = get_config ();
  GSocketConnection *idle[8];
  g_autofree gchar *answer = NULL;
  g_autoptr (GSocketConnection) one_more = NULL;

  start (&config);
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    idle[i] = dial ();
  one_more = dial ();
  answer = get_rest (G_IO_STREAM (one_more));
  assert_equals_string (answer, "");
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    g_object_unref (idle[i]);
  /* as soon as the server has seen their end */
  do {
    g_free (answer);
    answer = ask ("GET /state HTTP/1.1\r\nHost: a\r\n\r\n");
  } while (*answer == '\0');
  fail_unless (g_str_has_prefix (answer, "HTTP/1.1 200 "));
  stop ();
}

GST_END_TEST;

/* In every state that a connection can be in. */
GST_START_TEST (test_stops_in_the_middle_of_requests)
{
  RtmsHttpServerConfig config = get_config ();
  static const gchar *const texts[] = {
    "",
    "POST /hook HT",
    "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nabc",
    "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\nabc",
    "GET /state HTTP/1.1\r\nHost: a\r\n\r\n",
  };

  for (guint i = 0; i < 20; i++) {
    GSocketConnection *connections[G_N_ELEMENTS (texts)];

    start (&config);
    for (guint k = 0; k < G_N_ELEMENTS (texts); k++) {
      connections[k] = dial ();
      put (G_IO_STREAM (connections[k]), texts[k], -1);
    }
    stop ();
    for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
      g_object_unref (connections[k]);
  }
}

GST_END_TEST;

static void
check_refused (const RtmsHttpServerConfig *config, RtmsHttpError code,
    const gchar *named)
{
  g_autoptr (GError) error = NULL;

  fail_if (rtms_http_server_new (config, &error));
  fail_unless (g_error_matches (error, RTMS_HTTP_ERROR, code));
  fail_unless (strstr (error->message, named) != NULL, "%s", error->message);
}

GST_START_TEST (test_bad_settings_are_named)
{
  RtmsHttpServerConfig config = get_config ();

  config.address = "nowhere";
  check_refused (&config, RTMS_HTTP_ERROR_ADDRESS, "nowhere");
  config.address = "127.0.0.1";
  start (&config);
  config.port = rtms_http_server_get_port (server);
  check_refused (&config, RTMS_HTTP_ERROR_ADDRESS, "Cannot listen");
  stop ();
  config.port = 0;
  config.tls_certificate_file = "/does/not/exist.pem";
  check_refused (&config, RTMS_HTTP_ERROR_TLS, "/does/not/exist.pem");
}

GST_END_TEST;

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, gpointer user_data)
{
  return TRUE;
}

/* Both in one file. */
static gchar *
write_certificate (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *public = NULL, *key = NULL, *both = NULL;
  SimAuthority *authority = sim_authority_new (NULL, NULL, &error);
  g_autoptr (GTlsCertificate) certificate = sim_authority_issue (authority,
      SIM_TLS_GOOD, &error);
  gchar *path = NULL;
  gint fd = g_file_open_tmp ("certificate-XXXXXX.pem", &path, NULL);

  fail_unless (certificate != NULL, "%s", error ? error->message : "");
  fail_unless (fd >= 0);
  close (fd);
  sim_authority_free (authority);
  g_object_get (certificate, "certificate-pem", &public, "private-key-pem",
      &key, NULL);
  both = g_strconcat (public, key, NULL);
  fail_unless (g_file_set_contents (path, both, -1, NULL));
  return path;
}

GST_START_TEST (test_tls)
{
  RtmsHttpServerConfig config = get_config ();
  g_autofree gchar *path = write_certificate ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *answer = NULL, *plain = NULL;

  config.tls_certificate_file = path;
  start (&config);
  connection = dial ();
  tls = g_tls_client_connection_new (G_IO_STREAM (connection), NULL, &error);
  fail_unless (tls != NULL, "%s", error ? error->message : "");
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  put (tls, "GET /state HTTP/1.1\r\nHost: a\r\n\r\n", -1);
  answer = get_rest (tls);
  fail_unless (g_str_has_prefix (answer, "HTTP/1.1 200 "), "%s", answer);
  plain = ask ("GET /state HTTP/1.1\r\nHost: a\r\n\r\n");
  fail_if (strstr (plain, " 200 "));
  stop ();
  fail_unless (unlink (path) == 0);
}

GST_END_TEST;

static Suite *
http_suite (void)
{
  Suite *suite = suite_create ("http");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_handler_sees_the_raw_body_and_headers);
  tcase_add_test (tc, test_only_routes_are_answered);
  tcase_add_test (tc, test_large_bodies_are_refused_unread);
  tcase_add_test (tc,
      test_client_that_sends_a_large_body_reads_the_refusal);
  tcase_add_test (tc, test_silent_and_slow_connections_end);
  tcase_add_test (tc, test_connections_are_limited);
  tcase_add_test (tc, test_stops_in_the_middle_of_requests);
  tcase_add_test (tc, test_bad_settings_are_named);
  tcase_add_test (tc, test_tls);
  return suite;
}

GST_CHECK_MAIN (http);
