/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gsize rtms_base64_decoded_bound (gsize length);
gssize rtms_base64_decode (const gchar *text, gsize length, guint8 *bytes);

G_END_DECLS
