/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates for --tls, made at start and thrown away at exit. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  SIM_TLS_GOOD,
  SIM_TLS_EXPIRED,
  SIM_TLS_WRONG_NAME,
  SIM_TLS_UNKNOWN_CA,
} SimTlsFault;

/* "expired", "wrong-name", "unknown-ca" or "good". */
gboolean sim_tls_fault_find (const gchar *name, SimTlsFault *fault);

/* Who trusts it trusts every certificate below but the one of an unknown
 * authority. */
typedef struct _SimAuthority SimAuthority;

/* Certificates are valid for localhost, the loopback addresses and @address
 * and @host (which may be NULL). */
SimAuthority *sim_authority_new (
    const gchar *address, const gchar *host, GError **error);
void sim_authority_free (SimAuthority *authority);
/* Its certificate without the key. */
const gchar *sim_authority_get_pem (SimAuthority *authority);
/* A server's certificate, with what is wrong with it. */
GTlsCertificate *sim_authority_issue (
    SimAuthority *authority, SimTlsFault fault, GError **error);

G_END_DECLS
