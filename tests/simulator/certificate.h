/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A certificate for --tls, made at start and thrown away at exit. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Valid for localhost, the loopback addresses and @address and @host (which
 * may be NULL). @pem gets the certificate without its key. */
GTlsCertificate *sim_certificate_new (
    const gchar *address, const gchar *host, gchar **pem, GError **error);

G_END_DECLS
