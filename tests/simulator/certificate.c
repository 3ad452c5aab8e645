/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define VALID_SECONDS (30L * 24 * 3600)

static gboolean
add_extension (X509 *certificate, int nid, const gchar *value)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;
  gboolean added;

  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, certificate, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  if (extension == NULL)
    return FALSE;
  added = X509_add_ext (certificate, extension, -1) == 1;
  X509_EXTENSION_free (extension);
  return added;
}

static gboolean
add_extensions (X509 *certificate, const gchar *address, const gchar *host)
{
  g_autoptr (GString) names
      = g_string_new ("DNS:localhost,IP:127.0.0.1,IP:::1");

  if (address != NULL && g_hostname_is_ip_address (address))
    g_string_append_printf (names, ",IP:%s", address);
  if (host != NULL)
    g_string_append_printf (
        names, ",%s:%s", g_hostname_is_ip_address (host) ? "IP" : "DNS", host);
  /* It signs itself, so that who trusts it needs nothing else; the authority
   * flag lets every TLS library take it as a trust anchor. */
  return add_extension (certificate, NID_basic_constraints, "critical,CA:TRUE")
         && add_extension (certificate, NID_key_usage,
             "critical,digitalSignature,keyCertSign")
         && add_extension (certificate, NID_ext_key_usage, "serverAuth")
         && add_extension (certificate, NID_subject_key_identifier, "hash")
         && add_extension (certificate, NID_subject_alt_name, names->str);
}

static X509 *
make_certificate (EVP_PKEY *key, const gchar *address, const gchar *host)
{
  X509 *certificate = X509_new ();
  X509_NAME *name;
  guint8 serial[8];
  guint64 number = 0;

  RAND_bytes (serial, sizeof (serial));
  for (guint i = 0; i < sizeof (serial); i++)
    number = number << 8 | serial[i];
  X509_set_version (certificate, 2);
  ASN1_INTEGER_set_uint64 (X509_get_serialNumber (certificate), number >> 1);
  /* An hour back, for clients whose clock is a little behind. */
  X509_gmtime_adj (X509_getm_notBefore (certificate), -3600);
  X509_gmtime_adj (X509_getm_notAfter (certificate), VALID_SECONDS);
  X509_set_pubkey (certificate, key);
  name = X509_get_subject_name (certificate);
  X509_NAME_add_entry_by_txt (
      name, "O", MBSTRING_ASC, (const guint8 *)"rtms-simulator", -1, -1, 0);
  X509_NAME_add_entry_by_txt (
      name, "CN", MBSTRING_ASC, (const guint8 *)"localhost", -1, -1, 0);
  X509_set_issuer_name (certificate, name);
  if (!add_extensions (certificate, address, host)
      || X509_sign (certificate, key, EVP_sha256 ()) == 0) {
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

GTlsCertificate *
sim_certificate_new (
    const gchar *address, const gchar *host, gchar **pem, GError **error)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *certificate;
  BIO *bio;
  g_autofree gchar *key_text = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *both = NULL;

  certificate = key != NULL ? make_certificate (key, address, host) : NULL;
  if (certificate == NULL) {
    EVP_PKEY_free (key);
    g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC,
        "OpenSSL could not make a certificate for \"%s\".",
        host != NULL ? host : address);
    return NULL;
  }
  bio = BIO_new (BIO_s_mem ());
  PEM_write_bio_X509 (bio, certificate);
  text = take_text (bio);
  bio = BIO_new (BIO_s_mem ());
  PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL);
  key_text = take_text (bio);
  X509_free (certificate);
  EVP_PKEY_free (key);
  both = g_strconcat (text, key_text, NULL);
  *pem = g_steal_pointer (&text);
  return g_tls_certificate_new_from_pem (both, -1, error);
}
