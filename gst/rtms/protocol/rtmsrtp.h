/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmsenums.h"

G_BEGIN_DECLS

gint rtms_rtp_get_payload_type (gint codec, const guint8 *bytes, gsize size);

G_END_DECLS
