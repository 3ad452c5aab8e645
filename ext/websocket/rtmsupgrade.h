/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/rtms/protocol/rtmserror.h"

G_BEGIN_DECLS

gchar *rtms_upgrade_create_key (void);
gchar *rtms_upgrade_create_request (GUri *uri, const gchar *key);
gssize rtms_upgrade_find_end (const guint8 *bytes, gsize size);
gboolean rtms_upgrade_check_response (const gchar *response,
    const gchar *key, GError **error);

G_END_DECLS
