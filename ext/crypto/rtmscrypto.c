/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmscrypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

#define MAC_SIZE 32
#define PLAIN_TOKEN_MAX 128

/* HMAC-SHA256. OpenSSL wipes what it made of the key. */
static gboolean
create_mac (const gchar *key, const guint8 *text, gsize size, guint8 *mac)
{
  guint mac_size = MAC_SIZE;

  return HMAC (EVP_sha256 (), key, (int) strlen (key), text, size, mac,
      &mac_size) != NULL && mac_size == MAC_SIZE;
}

/* In lower-case hex after @prefix. */
static gchar *
sign (const gchar *key, const guint8 *text, gsize size, const gchar *prefix)
{
  guint8 mac[MAC_SIZE];
  GString *hex;

  if (!create_mac (key, text, size, mac))
    return NULL;
  hex = g_string_new (prefix);
  for (guint i = 0; i < MAC_SIZE; i++)
    g_string_append_printf (hex, "%02x", mac[i]);
  return g_string_free (hex, FALSE);
}

/**
 * rtms_crypto_sign_handshake:
 * @client_id: the app's client id (Video SDK: SDK key)
 * @client_secret: the app's client secret (Video SDK: SDK secret)
 * @instance_id: the meeting's, session's or engagement's id
 * @stream_id: `rtms_stream_id`
 *
 * Returns: (transfer full) (nullable): `signature` of both handshakes; %NULL
 *     when the crypto library has no SHA-256
 */
RtmsSecret *
rtms_crypto_sign_handshake (const gchar *client_id,
    const RtmsSecret *client_secret, const gchar *instance_id,
    const gchar *stream_id)
{
  g_autofree gchar *text = g_strdup_printf ("%s,%s,%s", client_id,
      instance_id, stream_id);
  guint8 mac[MAC_SIZE];
  RtmsSecret *signature;

  if (!create_mac (rtms_secret_get_text (client_secret),
          (const guint8 *) text, strlen (text), mac))
    return NULL;
  signature = rtms_secret_new_hex (mac, sizeof mac);
  rtms_secret_wipe (mac, sizeof mac);
  return signature;
}

/**
 * rtms_crypto_sign_webhook:
 * @secret_token: the app's secret token
 * @timestamp: the header `x-zm-request-timestamp`
 * @body: the raw body
 * @body_size: in bytes
 *
 * Returns: (transfer full) (nullable): the header `x-zm-signature`
 */
gchar *
rtms_crypto_sign_webhook (const gchar *secret_token, const gchar *timestamp,
    const guint8 *body, gsize body_size)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();

  g_byte_array_append (text, (const guint8 *) "v0:", 3);
  g_byte_array_append (text, (const guint8 *) timestamp,
      (guint) strlen (timestamp));
  g_byte_array_append (text, (const guint8 *) ":", 1);
  g_byte_array_append (text, body, (guint) body_size);
  return sign (secret_token, text->data, text->len, "v0=");
}

/**
 * rtms_crypto_verify_webhook:
 * @secret_token: the app's secret token
 * @timestamp: the header `x-zm-request-timestamp`
 * @body: the raw body
 * @body_size: in bytes
 * @signature: the header `x-zm-signature`
 *
 * Takes the same time for any two signatures of the right length.
 *
 * Returns: whether the request was signed with @secret_token
 */
gboolean
rtms_crypto_verify_webhook (const gchar *secret_token, const gchar *timestamp,
    const guint8 *body, gsize body_size, const gchar *signature)
{
  g_autofree gchar *expected = rtms_crypto_sign_webhook (secret_token,
      timestamp, body, body_size);

  return expected && strlen (signature) == strlen (expected)
      && CRYPTO_memcmp (signature, expected, strlen (expected)) == 0;
}

/**
 * rtms_crypto_answer_url_validation:
 * @secret_token: the app's secret token
 * @plain_token: `plainToken` of an `endpoint.url_validation`
 *
 * The answer signs a text of the caller's choice with the key that signs
 * webhooks. A token that could be the text of a webhook signature ("v0:…")
 * would let anyone sign anything, so those are refused.
 *
 * Returns: (transfer full) (nullable): `encryptedToken`, %NULL for a token
 *     that is refused
 */
gchar *
rtms_crypto_answer_url_validation (const gchar *secret_token,
    const gchar *plain_token)
{
  gsize length = strlen (plain_token);

  if (length == 0 || length > PLAIN_TOKEN_MAX || strchr (plain_token, ':'))
    return NULL;
  return sign (secret_token, (const guint8 *) plain_token, length, "");
}

/* Unpredictable bytes, for WebSocket keys and masks. */
gboolean
rtms_crypto_random (guint8 *bytes, gsize size)
{
  return RAND_bytes (bytes, (int) size) == 1;
}

/* Frees a secret without leaving it behind in memory. */
void
rtms_crypto_wipe_string (gchar *secret)
{
  if (secret)
    OPENSSL_cleanse (secret, strlen (secret));
  g_free (secret);
}
