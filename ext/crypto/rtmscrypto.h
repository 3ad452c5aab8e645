/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmssecret.h"

G_BEGIN_DECLS

RtmsSecret *rtms_crypto_sign_handshake (const gchar *client_id,
    const RtmsSecret *client_secret, const gchar *instance_id,
    const gchar *stream_id);

gchar *rtms_crypto_sign_webhook (const gchar *secret_token,
    const gchar *timestamp, const guint8 *body, gsize body_size);
gboolean rtms_crypto_verify_webhook (const gchar *secret_token,
    const gchar *timestamp, const guint8 *body, gsize body_size,
    const gchar *signature);

gchar *rtms_crypto_answer_url_validation (const gchar *secret_token,
    const gchar *plain_token);

gboolean rtms_crypto_random (guint8 *bytes, gsize size);
void rtms_crypto_wipe_string (gchar *secret);

G_END_DECLS
