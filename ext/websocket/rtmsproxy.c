/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsproxy.h"

#include <string.h>

/* GIO asks the desktop for proxies. Servers and containers have no desktop:
 * they name theirs in the environment, as curl reads it. */

static const gchar *
get_first (const gchar *const *names)
{
  for (; *names; names++) {
    const gchar *value = g_getenv (*names);

    if (value && *value)
      return value;
  }
  return NULL;
}

/* "example.com" and ".example.com" stand for the host and all below it; "*"
 * for every host. */
static gchar **
read_exceptions (gboolean *all)
{
  static const gchar *const names[] = { "no_proxy", "NO_PROXY", NULL };
  const gchar *text = get_first (names);
  g_auto (GStrv) entries = g_strsplit_set (text ? text : "", ", ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  *all = FALSE;
  g_strv_builder_add_many (builder, "localhost", "127.0.0.0/8", "::1", NULL);
  for (gchar **entry = entries; *entry; entry++) {
    const gchar *host = **entry == '.' ? *entry + 1 : *entry;
    g_autofree gchar *below = g_strconcat ("*.", host, NULL);

    *all |= g_str_equal (host, "*");
    if (*host == '\0' || *host == '*')
      continue;
    g_strv_builder_add (builder, host);
    if (strpbrk (host, "/:") == NULL)
      g_strv_builder_add (builder, below);
  }
  return g_strv_builder_end (builder);
}

/**
 * rtms_proxy_resolver_new:
 * @is_tls: whether it is for wss
 *
 * The proxy of the environment: `https_proxy` for wss, `http_proxy` for ws,
 * `all_proxy` for both, but for this machine and the hosts of `no_proxy`. The
 * names may be in capitals, but for HTTP_PROXY, which a request's header can
 * set in a CGI program. Without a scheme it is an HTTP proxy.
 *
 * Returns: (transfer full): a resolver; the desktop's when the environment
 *     names no proxy
 */
GProxyResolver *
rtms_proxy_resolver_new (gboolean is_tls)
{
  static const gchar *const tls_names[] = { "https_proxy", "HTTPS_PROXY",
    "all_proxy", "ALL_PROXY", NULL };
  static const gchar *const plain_names[] = { "http_proxy", "all_proxy",
    "ALL_PROXY", NULL };
  const gchar *proxy = get_first (is_tls ? tls_names : plain_names);
  g_autofree gchar *uri = NULL;
  g_auto (GStrv) exceptions = NULL;
  gboolean none;

  if (proxy == NULL)
    return g_object_ref (g_proxy_resolver_get_default ());
  exceptions = read_exceptions (&none);
  uri = none ? g_strdup ("direct://") : strstr (proxy, "://")
      ? g_strdup (proxy) : g_strconcat ("http://", proxy, NULL);
  return g_simple_proxy_resolver_new (uri, exceptions);
}
