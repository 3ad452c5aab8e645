/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

gchar *
sim_signature_hmac (const gchar *key, const void *data, gsize length)
{
  guint8 digest[EVP_MAX_MD_SIZE];
  guint digest_length = 0;
  GString *hex = g_string_new (NULL);

  if (HMAC (EVP_sha256 (), key, (int)strlen (key), data, length, digest,
          &digest_length)
      == NULL)
    g_error ("OpenSSL has no HMAC-SHA256");
  for (guint i = 0; i < digest_length; i++)
    g_string_append_printf (hex, "%02x", digest[i]);
  return g_string_free (hex, FALSE);
}

gchar *
sim_signature_handshake (const gchar *client_id, const gchar *client_secret,
    const gchar *instance_id, const gchar *stream_id)
{
  g_autofree gchar *text
      = g_strdup_printf ("%s,%s,%s", client_id, instance_id, stream_id);

  return sim_signature_hmac (client_secret, text, strlen (text));
}

gboolean
sim_signature_equal (const gchar *expected, const gchar *given)
{
  gsize length = strlen (expected);

  if (given == NULL || strlen (given) != length)
    return FALSE;
  return CRYPTO_memcmp (expected, given, length) == 0;
}
