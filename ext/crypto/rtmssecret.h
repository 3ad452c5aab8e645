/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmsSecret:
 *
 * A text that must not be found anywhere else: in memory of its own that core
 * dumps leave out, that is kept out of swap as far as the system allows it,
 * and that is wiped when it is given back. It never changes, and may be used
 * by all threads.
 */
typedef struct _RtmsSecret RtmsSecret;

RtmsSecret *rtms_secret_new (const gchar *text);
RtmsSecret *rtms_secret_new_hex (const guint8 *bytes, gsize size);
RtmsSecret *rtms_secret_new_from_file (const gchar *path);
RtmsSecret *rtms_secret_ref (RtmsSecret *secret);
void rtms_secret_unref (RtmsSecret *secret);

const gchar *rtms_secret_get_text (const RtmsSecret *secret);

void rtms_secret_wipe (gpointer memory, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmsSecret, rtms_secret_unref)

G_END_DECLS
