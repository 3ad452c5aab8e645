/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean rtms_h264_is_key_frame (const guint8 *bytes, gsize size);

G_END_DECLS
