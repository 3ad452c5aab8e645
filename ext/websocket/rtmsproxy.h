/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GProxyResolver *rtms_proxy_resolver_new (gboolean is_tls);

G_END_DECLS
