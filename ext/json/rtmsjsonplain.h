/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const gchar *rtms_json_skip_plain (const gchar *text, const gchar *end);
const gchar *rtms_json_skip_plain_words (const gchar *text,
    const gchar *end);

G_END_DECLS
