/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

void rtms_http_refusal_prepare (GSocketAddress *remote, GSocket *socket);
void rtms_http_refuse (SoupServerMessage *message, guint status,
    GMainContext *context);

G_END_DECLS
