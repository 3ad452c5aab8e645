/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ways in which servers have been seen to differ from what is documented, and
 * which clients have to bear. They hold for all that is sent. */
#pragma once

#include "json.h"

G_BEGIN_DECLS

typedef enum {
  SIM_ODDITY_REASON_ONLY = 1 << 0,    /* refusals without a status code */
  SIM_ODDITY_SILENT_REFUSAL = 1 << 1, /* bad signature: close 1000 alone */
  SIM_ODDITY_STATE_ON_MEDIA = 1 << 2,
  SIM_ODDITY_TEXT_REASON = 1 << 3,
  SIM_ODDITY_STATE_TWICE = 1 << 4,
  SIM_ODDITY_SESSION_ID = 1 << 5,
  SIM_ODDITY_BARE_CONTENT = 1 << 6,
  SIM_ODDITY_FLAT_EVENTS = 1 << 7,
  SIM_ODDITY_TEXT_IDS = 1 << 8,
  SIM_ODDITY_NO_LENGTH = 1 << 9,
  SIM_ODDITY_EXTRA_FIELDS = 1 << 10,
  SIM_ODDITY_PAYLOAD_OBJECT = 1 << 11,
  SIM_ODDITY_URLS_ARRAY = 1 << 12,
  SIM_ODDITY_URLS_OBJECT = 1 << 13,
  SIM_ODDITY_URLS_LIST = 1 << 14,
} SimOddity;

/* 0 where there is none of this name. */
SimOddity sim_oddity_find (const gchar *name);
/* The names, with commas. */
gchar *sim_oddity_list (guint oddities);

void sim_oddity_apply (guint oddities, JsonObject *message);
void sim_oddity_apply_to_webhook (guint oddities, JsonObject *envelope);

G_END_DECLS
