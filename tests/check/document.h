/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void document_check_section (const gchar *path, const gchar *title,
    const gchar *text);

G_END_DECLS
