/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TestProxy:
 *
 * Forwards connections on a port of its own to another one on this machine,
 * and breaks them on demand, as networks do.
 */
typedef struct _TestProxy TestProxy;

TestProxy *test_proxy_new (guint16 upstream_port);
void test_proxy_free (TestProxy *proxy);
guint16 test_proxy_get_port (TestProxy *proxy);
void test_proxy_drop (TestProxy *proxy);

G_END_DECLS
