/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmstransport.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>

/* What one read of the socket may take in, so that a burst of records is one
 * system call. Only sockets with a part of a record hold so much. */
#define READ_AHEAD_SIZE (32 * 1024)

/* How long a verified certificate stands for its server. */
#define SESSION_AGE_MAX G_TIME_SPAN_HOUR
#define SESSIONS_MAX 64

struct _RtmsTransport
{
  int fd;
  SSL *ssl;                     /* (nullable) */
  gint64 begin;                 /* monotonic, µs */
  gint64 verified;              /* what it shows a session for, likewise */
  gssize next_result;           /* of a read that gave bytes first; else 1 */
  GError *next_error;
};

/* What a server gave to a verified connection, so that the next one needs no
 * certificates, nor the cost of them on either side. */
typedef struct {
  SSL_SESSION *session;
  gint64 verified;              /* when, monotonic, µs */
} Session;

/* One SSL_CTX per trust configuration, kept for the life of the process: the
 * trust store of a context takes half a megabyte and 10 ms to load. */
typedef struct {
  SSL_CTX *ssl;
  GHashTable *sessions;         /* host → Session */
} Context;

/* Protects the contexts and their sessions. */
static GMutex contexts_lock;
static GHashTable *contexts;    /* CA file or "" → Context */

/* SSL_get_error() looks at the thread's errors, which must be its own. To
 * clear them costs more than to see that there are none. */
static void
forget_errors (void)
{
  if (ERR_peek_error ())
    ERR_clear_error ();
}

static void
set_tls_error (GError **error, const gchar *what)
{
  unsigned long code = ERR_peek_last_error ();
  const gchar *reason = code ? ERR_reason_error_string (code) : NULL;

  g_set_error (error, RTMS_ERROR, RTMS_ERROR_TLS, "%s%s%s", what,
      reason ? ": " : "", reason ? reason : "");
  ERR_clear_error ();
}

static void
free_session (gpointer data)
{
  Session *session = data;

  SSL_SESSION_free (session->session);
  g_free (session);
}

/* Servers may take each only once, and give another for it; that does not
 * stretch what was verified once. OpenSSL spoils the session of a connection
 * that ends without close_notify, as many do: hence copies. */
static int
keep_session (SSL *ssl, SSL_SESSION *ssl_session)
{
  const gchar *host = SSL_get_servername (ssl, TLSEXT_NAMETYPE_host_name);
  const RtmsTransport *transport = SSL_get_app_data (ssl);
  Context *context = SSL_CTX_get_app_data (SSL_get_SSL_CTX (ssl));
  Session *session;
  SSL_SESSION *copy;

  if (host == NULL)
    return 0;
  copy = SSL_SESSION_dup (ssl_session);
  if (copy == NULL)
    return 0;
  session = g_new (Session, 1);
  session->session = copy;
  session->verified = SSL_session_reused (ssl) ? transport->verified
      : transport->begin;
  g_mutex_lock (&contexts_lock);
  if (g_hash_table_size (context->sessions) >= SESSIONS_MAX
      && !g_hash_table_contains (context->sessions, host))
    g_hash_table_remove_all (context->sessions);
  g_hash_table_replace (context->sessions, g_strdup (host), session);
  g_mutex_unlock (&contexts_lock);
  return 0;
}

static void
use_session (RtmsTransport *transport, Context *context, const gchar *host)
{
  const Session *session;
  SSL_SESSION *copy = NULL;

  g_mutex_lock (&contexts_lock);
  session = g_hash_table_lookup (context->sessions, host);
  if (session && transport->begin - session->verified < SESSION_AGE_MAX) {
    copy = SSL_SESSION_dup (session->session);
    transport->verified = session->verified;
  } else if (session) {
    g_hash_table_remove (context->sessions, host);
  }
  g_mutex_unlock (&contexts_lock);
  if (copy) {
    SSL_set_session (transport->ssl, copy);
    SSL_SESSION_free (copy);
  }
}

static void
forget_session (RtmsTransport *transport)
{
  const gchar *host = SSL_get_servername (transport->ssl,
      TLSEXT_NAMETYPE_host_name);
  Context *context
      = SSL_CTX_get_app_data (SSL_get_SSL_CTX (transport->ssl));

  g_mutex_lock (&contexts_lock);
  if (host)
    g_hash_table_remove (context->sessions, host);
  g_mutex_unlock (&contexts_lock);
}

static SSL_CTX *
create_ssl_context (const gchar *ca_file, GError **error)
{
  SSL_CTX *context = SSL_CTX_new (TLS_client_method ());
  gboolean trusted;

  if (context == NULL) {
    set_tls_error (error, "TLS cannot be used");
    return NULL;
  }
  trusted = ca_file ? SSL_CTX_load_verify_file (context, ca_file) == 1
      : SSL_CTX_set_default_verify_paths (context) == 1;
  if (!trusted) {
    set_tls_error (error, ca_file ? "The certificates of tls-ca-file cannot "
        "be read" : "The system's certificates cannot be read");
    SSL_CTX_free (context);
    return NULL;
  }
  SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION);
  SSL_CTX_set_verify (context, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_mode (context, SSL_MODE_RELEASE_BUFFERS
      | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_default_read_buffer_len (context, READ_AHEAD_SIZE);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_CLIENT
      | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb (context, keep_session);
  return context;
}

static Context *
create_context (const gchar *ca_file, GError **error)
{
  SSL_CTX *ssl = create_ssl_context (ca_file, error);
  Context *context;

  if (ssl == NULL)
    return NULL;
  context = g_new (Context, 1);
  context->ssl = ssl;
  context->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      free_session);
  SSL_CTX_set_app_data (ssl, context);
  return context;
}

static Context *
get_context (const gchar *ca_file, GError **error)
{
  const gchar *key = ca_file ? ca_file : "";
  Context *context;

  g_mutex_lock (&contexts_lock);
  if (contexts == NULL)
    contexts = g_hash_table_new (g_str_hash, g_str_equal);
  context = g_hash_table_lookup (contexts, key);
  if (context == NULL) {
    context = create_context (ca_file, error);
    if (context)
      g_hash_table_insert (contexts, g_strdup (key), context);
  }
  g_mutex_unlock (&contexts_lock);
  return context;
}

/**
 * rtms_transport_new_plain:
 * @fd: a connected, non-blocking socket
 */
RtmsTransport *
rtms_transport_new_plain (int fd)
{
  RtmsTransport *transport = g_new0 (RtmsTransport, 1);

  transport->fd = fd;
  transport->next_result = 1;
  return transport;
}

/**
 * rtms_transport_new_tls:
 * @fd: a connected, non-blocking socket
 * @host: the server's name, which its certificate must be for
 * @ca_file: (nullable): PEM certificates to trust; %NULL for the system's
 * @error: (out) (optional): #RTMS_ERROR_TLS
 *
 * Returns: (transfer full) (nullable): a transport, before its handshake
 */
RtmsTransport *
rtms_transport_new_tls (int fd, const gchar *host, const gchar *ca_file,
    GError **error)
{
  Context *context = get_context (ca_file, error);
  RtmsTransport *transport;
  SSL *ssl;

  if (context == NULL)
    return NULL;
  ssl = SSL_new (context->ssl);
  if (ssl == NULL || SSL_set_fd (ssl, fd) != 1
      || SSL_set1_host (ssl, host) != 1
      || SSL_set_tlsext_host_name (ssl, host) != 1) {
    set_tls_error (error, "A TLS connection cannot be made");
    SSL_free (ssl);
    return NULL;
  }
  /* One recv for a record instead of one for its header and one for it. */
  SSL_set_read_ahead (ssl, 1);
  SSL_set_connect_state (ssl);

  transport = rtms_transport_new_plain (fd);
  transport->ssl = ssl;
  transport->begin = g_get_monotonic_time ();
  SSL_set_app_data (ssl, transport);
  use_session (transport, context, host);
  return transport;
}

void
rtms_transport_free (RtmsTransport *transport)
{
  /* Something on the way may not like what a session adds to the handshake. */
  if (transport->ssl && !SSL_is_init_finished (transport->ssl))
    forget_session (transport);
  SSL_free (transport->ssl);
  g_clear_error (&transport->next_error);
  g_free (transport);
}

static gint
handshake_error (RtmsTransport *transport, GError **error)
{
  long verify = SSL_get_verify_result (transport->ssl);

  if (verify != X509_V_OK) {
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_TLS,
        "The server's certificate is not trusted: %s",
        X509_verify_cert_error_string (verify));
    ERR_clear_error ();
  } else {
    set_tls_error (error, "The TLS handshake failed");
  }
  return RTMS_TRANSPORT_ERROR;
}

/**
 * rtms_transport_handshake:
 * @transport: a transport
 * @error: (out) (optional): #RTMS_ERROR_TLS
 *
 * Returns: 1 when done, or an #RtmsTransportResult
 */
gint
rtms_transport_handshake (RtmsTransport *transport, GError **error)
{
  int result;

  if (transport->ssl == NULL)
    return 1;
  ERR_clear_error ();
  result = SSL_do_handshake (transport->ssl);
  if (result == 1)
    return 1;
  switch (SSL_get_error (transport->ssl, result)) {
    case SSL_ERROR_WANT_READ:
      return RTMS_TRANSPORT_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
      return RTMS_TRANSPORT_WANT_WRITE;
    default:
      return handshake_error (transport, error);
  }
}

static gssize
socket_error (GError **error)
{
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
    return RTMS_TRANSPORT_WANT_READ;
  g_set_error (error, RTMS_ERROR, RTMS_ERROR_CLOSED,
      "The connection broke: %s", g_strerror (errno));
  return RTMS_TRANSPORT_ERROR;
}

/* Returns 0 at the proper end of the connection. */
static gssize
ssl_result (RtmsTransport *transport, int result, GError **error)
{
  int system_error = errno;

  switch (SSL_get_error (transport->ssl, result)) {
    case SSL_ERROR_WANT_READ:
      return RTMS_TRANSPORT_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
      return RTMS_TRANSPORT_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    case SSL_ERROR_SYSCALL:
      g_set_error (error, RTMS_ERROR, RTMS_ERROR_CLOSED,
          "The connection broke: %s", g_strerror (system_error));
      return RTMS_TRANSPORT_ERROR;
    default:
      /* Servers that end without close_notify are common; the WebSocket
       * close frame tells a proper end from a broken one. */
      if (ERR_GET_REASON (ERR_peek_last_error ())
          == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error ();
        return 0;
      }
      set_tls_error (error, "The TLS connection broke");
      return RTMS_TRANSPORT_ERROR;
  }
}

/* Records until there is no more to be had without the socket. */
static gssize
read_records (RtmsTransport *transport, guint8 *bytes, gsize size,
    gboolean *more, GError **error)
{
  gsize got = 0;
  gssize n = transport->next_result;
  gboolean is_end;

  if (n <= 0) {
    *more = FALSE;
    /* A proper end is no error. */
    if (transport->next_error)
      g_propagate_error (error, g_steal_pointer (&transport->next_error));
    return n;
  }
  forget_errors ();
  do {
    n = SSL_read (transport->ssl, bytes + got, (int) MIN (size - got,
            G_MAXINT));
    if (n > 0)
      got += (gsize) n;
    else
      n = ssl_result (transport, (int) n, got ? &transport->next_error
          : error);
  } while (n > 0 && got < size && SSL_has_pending (transport->ssl));

  is_end = n == 0 || n == RTMS_TRANSPORT_ERROR;
  *more = got > 0 && (is_end || (n > 0 && SSL_has_pending (transport->ssl)));
  /* The end, or what went wrong, is told when the bytes are used up. */
  if (got > 0 && is_end)
    transport->next_result = n;
  return got ? (gssize) got : n;
}

/**
 * rtms_transport_read:
 * @transport: a transport after its handshake
 * @bytes: (out): room for @size bytes
 * @size: more than 0
 * @more: (out): whether to read again before the socket is readable again
 * @error: (out) (optional): #RTMS_ERROR_CLOSED or #RTMS_ERROR_TLS
 *
 * Returns: how many bytes were read, 0 at the end of the connection, or an
 *     #RtmsTransportResult
 */
gssize
rtms_transport_read (RtmsTransport *transport, guint8 *bytes, gsize size,
    gboolean *more, GError **error)
{
  gssize n;

  if (transport->ssl)
    return read_records (transport, bytes, size, more, error);
  n = recv (transport->fd, bytes, size, 0);
  *more = n == (gssize) size;
  return n >= 0 ? n : socket_error (error);
}

/**
 * rtms_transport_write:
 * @transport: a transport after its handshake
 * @bytes: what to write
 * @size: more than 0
 * @error: (out) (optional): #RTMS_ERROR_CLOSED or #RTMS_ERROR_TLS
 *
 * Returns: how many bytes were written, or an #RtmsTransportResult
 */
gssize
rtms_transport_write (RtmsTransport *transport, const guint8 *bytes,
    gsize size, GError **error)
{
  gssize n;

  if (transport->ssl) {
    forget_errors ();
    n = SSL_write (transport->ssl, bytes, (int) MIN (size, G_MAXINT));
    if (n > 0)
      return n;
    n = ssl_result (transport, (int) n, error);
    if (n != 0)
      return n;
    g_set_error (error, RTMS_ERROR, RTMS_ERROR_CLOSED,
        "The connection was closed");
    return RTMS_TRANSPORT_ERROR;
  }
  n = send (transport->fd, bytes, size, MSG_NOSIGNAL);
  if (n >= 0)
    return n;
  n = socket_error (error);
  return n == RTMS_TRANSPORT_WANT_READ ? RTMS_TRANSPORT_WANT_WRITE : n;
}

/* Tells the other side that nothing more is sent, as far as that can be done
 * without waiting. */
void
rtms_transport_shutdown (RtmsTransport *transport)
{
  if (transport->ssl) {
    ERR_clear_error ();
    SSL_shutdown (transport->ssl);
    ERR_clear_error ();
  }
  shutdown (transport->fd, SHUT_WR);
}

/**
 * rtms_transport_get_round_trip:
 * @transport: a transport
 *
 * Returns: how long bytes take to the peer and their acknowledgement back, in
 *     µs, as the system smooths it; -1 where it does not tell
 */
gint64
rtms_transport_get_round_trip (RtmsTransport *transport)
{
#ifdef __linux__
  struct tcp_info info = { 0 };
  socklen_t size = sizeof info;

  if (getsockopt (transport->fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0)
    return info.tcpi_rtt;
#endif
  return -1;
}
