/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RTMS_HTTP_ERROR (rtms_http_error_quark ())
GQuark rtms_http_error_quark (void);

/**
 * RtmsHttpError:
 * @RTMS_HTTP_ERROR_ADDRESS: the address is none, or cannot be listened at
 * @RTMS_HTTP_ERROR_TLS: the certificate or its key cannot be used
 */
typedef enum {
  RTMS_HTTP_ERROR_ADDRESS,
  RTMS_HTTP_ERROR_TLS,
} RtmsHttpError;

/**
 * RtmsHttpRequest:
 * @body: the raw bytes; not NUL-terminated
 */
typedef struct {
  const gchar *body;
  gsize body_size;
  /*< private >*/
  gpointer headers;
} RtmsHttpRequest;

const gchar *rtms_http_request_get_header (const RtmsHttpRequest *request,
    const gchar *name);

/**
 * RtmsHttpResponse:
 * @status: an HTTP status
 * @content_type: of @body; static
 * @body: (transfer full) (nullable): text
 */
typedef struct {
  guint status;
  const gchar *content_type;
  gchar *body;
} RtmsHttpResponse;

/* Called on the server's thread, one request at a time. While it runs nobody
 * else is answered, so it waits for nothing. */
typedef void (*RtmsHttpHandler) (const RtmsHttpRequest *request,
    RtmsHttpResponse *response, gpointer user_data);

/* @method is "GET" (which HEAD may use too) or "POST". */
typedef struct {
  const gchar *method;
  const gchar *path;
  RtmsHttpHandler handler;
} RtmsHttpRoute;

/**
 * RtmsHttpServerConfig:
 * @address: an IP address, or "localhost"
 * @port: 0 for any that is free
 * @tls_certificate_file: (nullable): PEM; with it, TLS is spoken
 * @tls_key_file: (nullable): PEM; %NULL when it is in the certificate's file
 * @routes: lent for the server's life, as is all that it points to
 * @max_body: larger requests are refused before their body is read
 * @max_connections: further ones are closed at once
 * @timeout: seconds that a connection may last, from its beginning to its
 *     end
 */
typedef struct {
  const gchar *address;
  guint16 port;
  const gchar *tls_certificate_file;
  const gchar *tls_key_file;
  const RtmsHttpRoute *routes;
  guint n_routes;
  gpointer user_data;
  gsize max_body;
  guint max_connections;
  guint timeout;
} RtmsHttpServerConfig;

/**
 * RtmsHttpServer:
 *
 * A small HTTP server on a thread of its own. It is made to stand behind a
 * reverse proxy: it answers one request per connection.
 */
typedef struct _RtmsHttpServer RtmsHttpServer;

RtmsHttpServer *rtms_http_server_new (const RtmsHttpServerConfig *config,
    GError **error);
void rtms_http_server_free (RtmsHttpServer *server);
guint16 rtms_http_server_get_port (RtmsHttpServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmsHttpServer, rtms_http_server_free)

G_END_DECLS
