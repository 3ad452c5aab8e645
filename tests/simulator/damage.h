/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that no server should send. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is done to a media message. */
typedef enum {
  SIM_DAMAGE_NONE,
  SIM_DAMAGE_BASE64,    /* of its data */
  SIM_DAMAGE_LENGTH,    /* another one than that of its data */
  SIM_DAMAGE_TYPE,      /* an unknown msg_type */
  SIM_DAMAGE_TRUNCATED, /* half of it */
  SIM_DAMAGE_UTF8,      /* invalid bytes in the name; the data are whole */
  SIM_DAMAGE_DUPLICATE, /* it comes twice */
  SIM_DAMAGE_REORDER,   /* several come in reverse order */
  SIM_DAMAGE_LOSE,      /* it never comes */
} SimDamage;

gboolean sim_damage_find (const gchar *name, SimDamage *damage);
const gchar *sim_damage_name (SimDamage damage);
/* Whether a client can still have the payload. */
gboolean sim_damage_spares_payload (SimDamage damage);
/* Changes the text of a media message. */
void sim_damage_apply (SimDamage damage, GString *text);

/* A message that comes on top of the others: "malformed", "truncated",
 * "nested", "oversized", "array", "empty", "utf8", "unknown-type",
 * "unknown-enum", "metadata" or "numbers". NULL for another name. */
GString *sim_damage_make (const gchar *name);

G_END_DECLS
