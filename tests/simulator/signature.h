/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HMAC-SHA256 as the handshakes and webhooks use it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lower-case hex of HMAC-SHA256 over @length bytes of @data. */
gchar *sim_signature_hmac (const gchar *key, const void *data, gsize length);

/* What a client has to sign in its handshakes, signed. */
gchar *sim_signature_handshake (const gchar *client_id,
    const gchar *client_secret, const gchar *instance_id,
    const gchar *stream_id);

/* Compares in a time that does not tell where the texts differ. */
gboolean sim_signature_equal (const gchar *expected, const gchar *given);

G_END_DECLS
