/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define DAY (24L * 3600)
#define VALID_SECONDS (30 * DAY)
#define OTHER_HOST "elsewhere.invalid"

struct _SimAuthority {
  gchar *address;
  gchar *host;
  EVP_PKEY *key;
  X509 *certificate;
  gchar *pem;
};

typedef struct {
  X509 *certificate;
  EVP_PKEY *key;
} Issuer;

gboolean
sim_tls_fault_find (const gchar *name, SimTlsFault *fault)
{
  static const gchar *const names[]
      = { "good", "expired", "wrong-name", "unknown-ca" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (names[i], name)) {
      *fault = (SimTlsFault)i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
add_extension (X509 *certificate, X509 *issuer, int nid, const gchar *value)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;
  gboolean added;

  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  if (extension == NULL)
    return FALSE;
  added = X509_add_ext (certificate, extension, -1) == 1;
  X509_EXTENSION_free (extension);
  return added;
}

static gboolean
add_extensions (X509 *certificate, X509 *issuer, const gchar *names)
{
  gboolean authority = certificate == issuer;

  return add_extension (certificate, issuer, NID_basic_constraints,
             authority ? "critical,CA:TRUE" : "critical,CA:FALSE")
         && add_extension (certificate, issuer, NID_key_usage,
             authority ? "critical,digitalSignature,keyCertSign"
                       : "critical,digitalSignature")
         && add_extension (certificate, issuer, NID_ext_key_usage, "serverAuth")
         && add_extension (
             certificate, issuer, NID_subject_key_identifier, "hash")
         && add_extension (certificate, issuer, NID_subject_alt_name, names);
}

static gchar *
make_names (SimAuthority *authority)
{
  GString *names = g_string_new ("DNS:localhost,IP:127.0.0.1,IP:::1");

  if (authority->address != NULL
      && g_hostname_is_ip_address (authority->address))
    g_string_append_printf (names, ",IP:%s", authority->address);
  if (authority->host != NULL)
    g_string_append_printf (names, ",%s:%s",
        g_hostname_is_ip_address (authority->host) ? "IP" : "DNS",
        authority->host);
  return g_string_free (names, FALSE);
}

/* @issuer's certificate is NULL where it signs itself. */
static X509 *
make_certificate (EVP_PKEY *key, Issuer issuer, const gchar *name,
    const gchar *names, SimTlsFault fault)
{
  X509 *certificate = X509_new ();
  X509_NAME *subject;
  guint8 serial[8];
  guint64 number = 0;

  if (issuer.certificate == NULL)
    issuer.certificate = certificate;
  RAND_bytes (serial, sizeof (serial));
  for (guint i = 0; i < sizeof (serial); i++)
    number = number << 8 | serial[i];
  X509_set_version (certificate, 2);
  ASN1_INTEGER_set_uint64 (X509_get_serialNumber (certificate), number >> 1);
  /* An hour back, for clients whose clock is a little behind. */
  X509_gmtime_adj (X509_getm_notBefore (certificate),
      fault == SIM_TLS_EXPIRED ? -2 * DAY : -3600);
  X509_gmtime_adj (X509_getm_notAfter (certificate),
      fault == SIM_TLS_EXPIRED ? -DAY : VALID_SECONDS);
  X509_set_pubkey (certificate, key);
  subject = X509_get_subject_name (certificate);
  X509_NAME_add_entry_by_txt (
      subject, "O", MBSTRING_ASC, (const guint8 *)"rtms-simulator", -1, -1, 0);
  X509_NAME_add_entry_by_txt (
      subject, "CN", MBSTRING_ASC, (const guint8 *)name, -1, -1, 0);
  X509_set_issuer_name (
      certificate, X509_get_subject_name (issuer.certificate));
  if (!add_extensions (certificate, issuer.certificate, names)
      || X509_sign (certificate, issuer.key, EVP_sha256 ()) == 0) {
    X509_free (certificate);
    return NULL;
  }
  return certificate;
}

static gchar *
take_text (BIO *bio)
{
  char *data = NULL;
  long length = BIO_get_mem_data (bio, &data);
  gchar *text = g_strndup (data, (gsize)length);

  BIO_free (bio);
  return text;
}

static gchar *
certificate_to_text (X509 *certificate)
{
  BIO *bio = BIO_new (BIO_s_mem ());

  PEM_write_bio_X509 (bio, certificate);
  return take_text (bio);
}

static GTlsCertificate *
to_tls (X509 *certificate, EVP_PKEY *key, GError **error)
{
  BIO *bio = BIO_new (BIO_s_mem ());
  g_autofree gchar *text = certificate_to_text (certificate);
  g_autofree gchar *key_text = NULL;
  g_autofree gchar *both = NULL;

  PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL);
  key_text = take_text (bio);
  both = g_strconcat (text, key_text, NULL);
  return g_tls_certificate_new_from_pem (both, -1, error);
}

static void
set_error (SimAuthority *authority, GError **error)
{
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC,
      "OpenSSL could not make a certificate for \"%s\".",
      authority->host != NULL ? authority->host : authority->address);
}

SimAuthority *
sim_authority_new (const gchar *address, const gchar *host, GError **error)
{
  SimAuthority *authority = g_new0 (SimAuthority, 1);
  g_autofree gchar *names = NULL;

  authority->address = g_strdup (address);
  authority->host = g_strdup (host);
  authority->key = EVP_EC_gen ("P-256");
  names = make_names (authority);
  /* It signs itself, so that who trusts it needs nothing else; the authority
   * flag lets every TLS library take it as a trust anchor. */
  if (authority->key != NULL)
    authority->certificate = make_certificate (authority->key,
        (Issuer){ NULL, authority->key }, "localhost", names, SIM_TLS_GOOD);
  if (authority->certificate == NULL) {
    set_error (authority, error);
    sim_authority_free (authority);
    return NULL;
  }
  authority->pem = certificate_to_text (authority->certificate);
  return authority;
}

void
sim_authority_free (SimAuthority *authority)
{
  X509_free (authority->certificate);
  EVP_PKEY_free (authority->key);
  g_free (authority->address);
  g_free (authority->host);
  g_free (authority->pem);
  g_free (authority);
}

const gchar *
sim_authority_get_pem (SimAuthority *authority)
{
  return authority->pem;
}

GTlsCertificate *
sim_authority_issue (SimAuthority *authority, SimTlsFault fault, GError **error)
{
  gboolean unknown = fault == SIM_TLS_UNKNOWN_CA;
  g_autofree gchar *names = fault == SIM_TLS_WRONG_NAME
                                ? g_strdup ("DNS:" OTHER_HOST)
                                : make_names (authority);
  GTlsCertificate *tls = NULL;
  EVP_PKEY *key;
  X509 *certificate = NULL;

  if (fault == SIM_TLS_GOOD)
    return to_tls (authority->certificate, authority->key, error);
  key = EVP_EC_gen ("P-256");
  if (key != NULL)
    certificate = make_certificate (key,
        unknown ? (Issuer){ NULL, key }
                : (Issuer){ authority->certificate, authority->key },
        fault == SIM_TLS_WRONG_NAME ? OTHER_HOST
        : unknown                   ? "unknown"
                                    : "server",
        names, fault);
  if (certificate != NULL)
    tls = to_tls (certificate, key, error);
  else
    set_error (authority, error);
  X509_free (certificate);
  EVP_PKEY_free (key);
  return tls;
}
