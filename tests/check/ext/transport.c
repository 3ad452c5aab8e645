/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* TLS: who is believed to be the server, and what a broken connection looks
 * like. The other side is OpenSSL's server on a thread, over a pair of
 * sockets. */

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ext/websocket/rtmstransport.h"

#define HOST "media.example.org"
#define DAY (24 * 60 * 60)

typedef enum {
  END_PROPERLY,
  END_ABRUPTLY,
  END_WITH_GARBAGE,
} End;

typedef struct {
  int fd;
  X509 *certificate;
  EVP_PKEY *key;
  int max_version;              /* 0: any */
  End end;
  SSL_CTX *context;             /* of all its connections, or one for each */
  gboolean resumed;             /* (out): the client showed a session */
} Server;

static gchar *folder;
static gchar *ca_file;

static void
setup (void)
{
  /* As GIO does, which makes the plugin's sockets. */
  signal (SIGPIPE, SIG_IGN);
  folder = g_dir_make_tmp ("rtms-XXXXXX", NULL);
  ca_file = g_build_filename (folder, "ca.pem", NULL);
}

static void
teardown (void)
{
  g_remove (ca_file);
  g_rmdir (folder);
  g_free (ca_file);
  g_free (folder);
}

/* Signed by itself, and valid from and until so many seconds from now. */
static X509 *
create_certificate (EVP_PKEY *key, const gchar *host, long from, long until)
{
  g_autofree gchar *names = g_strconcat ("DNS:", host, NULL);
  X509 *certificate = X509_new ();
  X509_NAME *name = X509_get_subject_name (certificate);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid (NULL, NULL,
      NID_subject_alt_name, names);

  X509_set_version (certificate, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 1);
  X509_gmtime_adj (X509_getm_notBefore (certificate), from);
  X509_gmtime_adj (X509_getm_notAfter (certificate), until);
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_ASC,
      (const guchar *) "test", -1, -1, 0);
  X509_set_issuer_name (certificate, name);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
  X509_set_pubkey (certificate, key);
  X509_sign (certificate, key, EVP_sha256 ());
  return certificate;
}

static void
trust (X509 *certificate)
{
  FILE *file = g_fopen (ca_file, "w");

  fail_unless (file && PEM_write_X509 (file, certificate));
  fclose (file);
}

static SSL_CTX *
create_context (const Server *server)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

  SSL_CTX_use_certificate (context, server->certificate);
  SSL_CTX_use_PrivateKey (context, server->key);
  if (server->max_version) {
    SSL_CTX_set_security_level (context, 0);
    SSL_CTX_set_min_proto_version (context, 0);
    SSL_CTX_set_max_proto_version (context, server->max_version);
  }
  return context;
}

static gpointer
serve (gpointer data)
{
  static const gchar garbage[] = "\x17\x03\x03\x00\x05hello";
  Server *server = data;
  SSL_CTX *context = server->context;
  SSL *ssl;

  if (context)
    SSL_CTX_up_ref (context);
  else
    context = create_context (server);
  ssl = SSL_new (context);
  SSL_set_fd (ssl, server->fd);
  if (SSL_accept (ssl) == 1) {
    server->resumed = SSL_session_reused (ssl);
    SSL_write (ssl, "hello", 5);
    if (server->end == END_PROPERLY)
      SSL_shutdown (ssl);
    else if (server->end == END_WITH_GARBAGE)
      fail_unless (send (server->fd, garbage, sizeof garbage - 1,
              MSG_NOSIGNAL) > 0);
  }
  SSL_free (ssl);
  SSL_CTX_free (context);
  shutdown (server->fd, SHUT_RDWR);
  close (server->fd);
  return NULL;
}

/* Reads until something else than bytes comes. */
static gssize
read_all (RtmsTransport *transport, int fd, GString *text, GError **error)
{
  struct pollfd ready = { .fd = fd, .events = POLLIN };
  guint8 bytes[100];
  gboolean more;
  gssize n;

  for (;;) {
    n = rtms_transport_read (transport, bytes, sizeof bytes, &more,
        error);
    if (n > 0)
      g_string_append_len (text, (const gchar *) bytes, n);
    else if (n == RTMS_TRANSPORT_WANT_READ)
      poll (&ready, 1, -1);
    else
      return n;
  }
}

/* What a client of @host makes of the server: 0 for a proper end. */
static gssize
run_for (const gchar *host, Server *server, GString *text, GError **error)
{
  int pair[2];
  GThread *thread;
  RtmsTransport *transport;
  struct pollfd ready = { .events = POLLIN };
  gssize result;

  fail_unless (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair)
      == 0);
  g_unix_set_fd_nonblocking (pair[1], FALSE, NULL);
  server->fd = pair[1];
  ready.fd = pair[0];
  thread = g_thread_new ("tls-server", serve, server);
  transport = rtms_transport_new_tls (pair[0], host, ca_file, error);
  fail_unless (transport != NULL);
  while ((result = rtms_transport_handshake (transport, error))
      == RTMS_TRANSPORT_WANT_READ)
    poll (&ready, 1, -1);
  if (result == 1)
    result = read_all (transport, pair[0], text, error);
  rtms_transport_free (transport);
  close (pair[0]);
  g_thread_join (thread);
  return result;
}

static gssize
run (Server *server, GString *text, GError **error)
{
  return run_for (HOST, server, text, error);
}

static void
check (const gchar *host, long from, long until, int max_version, End end,
    const gchar *named)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  Server server = { .key = key, .max_version = max_version, .end = end };
  gssize result;

  server.certificate = create_certificate (key, host, from, until);
  trust (server.certificate);
  result = run (&server, text, &error);
  X509_free (server.certificate);
  EVP_PKEY_free (key);
  if (named == NULL) {
    fail_unless (result == 0, "%s", error ? error->message : "");
    assert_equals_string (text->str, "hello");
    return;
  }
  fail_unless_equals_int64 (result, RTMS_TRANSPORT_ERROR);
  fail_unless (g_error_matches (error, RTMS_ERROR, RTMS_ERROR_TLS));
  fail_unless (strstr (error->message, named) != NULL, "%s",
      error->message);
}

GST_START_TEST (test_trusted_server_is_believed)
{
  check (HOST, -DAY, DAY, 0, END_PROPERLY, NULL);
}

GST_END_TEST;

/* Common among servers; the WebSocket's close tells a proper end. */
GST_START_TEST (test_end_without_goodbye_is_an_end)
{
  check (HOST, -DAY, DAY, 0, END_ABRUPTLY, NULL);
}

GST_END_TEST;

GST_START_TEST (test_expired_certificate_is_refused)
{
  check (HOST, -2 * DAY, -DAY, 0, END_PROPERLY, "expired");
}

GST_END_TEST;

GST_START_TEST (test_certificate_of_the_future_is_refused)
{
  check (HOST, DAY, 2 * DAY, 0, END_PROPERLY, "not yet valid");
}

GST_END_TEST;

GST_START_TEST (test_certificate_of_another_host_is_refused)
{
  check ("example.org", -DAY, DAY, 0, END_PROPERLY, "hostname mismatch");
}

GST_END_TEST;

GST_START_TEST (test_unknown_authority_is_refused)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  EVP_PKEY *other_key = EVP_EC_gen ("P-256");
  X509 *other = create_certificate (other_key, HOST, -DAY, DAY);
  Server server = { .key = key };

  trust (other);
  server.certificate = create_certificate (key, HOST, -DAY, DAY);
  fail_unless_equals_int64 (run (&server, text, &error),
      RTMS_TRANSPORT_ERROR);
  fail_unless (strstr (error->message, "not trusted") != NULL, "%s",
      error->message);
  X509_free (server.certificate);
  X509_free (other);
  EVP_PKEY_free (key);
  EVP_PKEY_free (other_key);
}

GST_END_TEST;

GST_START_TEST (test_old_tls_is_refused)
{
  check (HOST, -DAY, DAY, TLS1_2_VERSION, END_PROPERLY, NULL);
  check (HOST, -DAY, DAY, TLS1_1_VERSION, END_PROPERLY, "handshake failed");
}

GST_END_TEST;

/* What nobody but the server could have encrypted is no data. */
GST_START_TEST (test_forged_records_are_refused)
{
  check (HOST, -DAY, DAY, 0, END_WITH_GARBAGE, "broke");
}

GST_END_TEST;

/* What the server gave to the first is good for the next at the same host, and
 * for no other: that it is the server for. */
GST_START_TEST (test_session_is_resumed_at_its_host)
{
  static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  Server server = { .key = key, .max_version = versions[__i__] };

  server.certificate = create_certificate (key, HOST, -DAY, DAY);
  trust (server.certificate);
  server.context = create_context (&server);
  fail_unless_equals_int64 (run (&server, text, &error), 0);
  fail_if (server.resumed);
  for (guint i = 0; i < 3; i++) {
    fail_unless_equals_int64 (run (&server, text, &error), 0);
    fail_unless (server.resumed);
  }
  assert_equals_string (text->str, "hellohellohellohello");

  fail_unless_equals_int64 (run_for ("example.org", &server, text, &error),
      RTMS_TRANSPORT_ERROR);
  fail_unless (strstr (error->message, "hostname mismatch") != NULL, "%s",
      error->message);
  SSL_CTX_free (server.context);
  X509_free (server.certificate);
  EVP_PKEY_free (key);
}

GST_END_TEST;

/* With a server that says nothing. */
static void
give_up_handshake (void)
{
  RtmsTransport *transport;
  int pair[2];

  fail_unless (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair)
      == 0);
  transport = rtms_transport_new_tls (pair[0], HOST, ca_file, NULL);
  fail_unless_equals_int (rtms_transport_handshake (transport, NULL),
      RTMS_TRANSPORT_WANT_READ);
  rtms_transport_free (transport);
  close (pair[0]);
  close (pair[1]);
}

/* It stands for the certificate, which may be another one by now. */
GST_START_TEST (test_session_is_forgotten_where_the_handshake_fails)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  Server server = { .key = key }, other = { .key = key };

  server.certificate = create_certificate (key, HOST, -DAY, DAY);
  other.certificate = create_certificate (key, HOST, -2 * DAY, -DAY);
  trust (server.certificate);
  server.context = create_context (&server);
  fail_unless_equals_int64 (run (&server, text, &error), 0);
  fail_unless_equals_int64 (run (&other, text, &error),
      RTMS_TRANSPORT_ERROR);
  g_clear_error (&error);
  fail_unless_equals_int64 (run (&server, text, &error), 0);
  fail_if (server.resumed);

  fail_unless_equals_int64 (run (&server, text, &error), 0);
  fail_unless (server.resumed);
  give_up_handshake ();
  fail_unless_equals_int64 (run (&server, text, &error), 0);
  fail_if (server.resumed);
  SSL_CTX_free (server.context);
  X509_free (server.certificate);
  X509_free (other.certificate);
  EVP_PKEY_free (key);
}

GST_END_TEST;

static Suite *
transport_suite (void)
{
  Suite *suite = suite_create ("transport");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_trusted_server_is_believed);
  tcase_add_test (tc, test_end_without_goodbye_is_an_end);
  tcase_add_test (tc, test_expired_certificate_is_refused);
  tcase_add_test (tc, test_certificate_of_the_future_is_refused);
  tcase_add_test (tc, test_certificate_of_another_host_is_refused);
  tcase_add_test (tc, test_unknown_authority_is_refused);
  tcase_add_test (tc, test_old_tls_is_refused);
  tcase_add_test (tc, test_forged_records_are_refused);
  tcase_add_loop_test (tc, test_session_is_resumed_at_its_host, 0, 2);
  tcase_add_test (tc, test_session_is_forgotten_where_the_handshake_fails);
  return suite;
}

GST_CHECK_MAIN (transport);
