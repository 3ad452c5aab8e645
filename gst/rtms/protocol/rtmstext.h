/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean rtms_text_is_line (const gchar *text);
gchar *rtms_text_to_line (const gchar *text, gsize max_length);

G_END_DECLS
