/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmsjson.h"
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Shared by the files of ext/json that read through json-glib. All of these
 * take a missing member, and one of an unexpected type, for absent. */

JsonNode *rtms_json_load (const gchar *text, gsize length, GError **error);

JsonObject *rtms_json_get_object (JsonObject *object, const gchar *name);
JsonArray *rtms_json_get_array (JsonObject *object, const gchar *name);
const gchar *rtms_json_get_string (JsonObject *object, const gchar *name);
gboolean rtms_json_get_int (JsonObject *object, const gchar *name,
    gint64 *value);
gint rtms_json_get_small_int (JsonObject *object, const gchar *name,
    gint fallback);
gboolean rtms_json_get_boolean (JsonObject *object, const gchar *name,
    gboolean fallback);
gboolean rtms_json_get_user_id (JsonObject *object, const gchar *name,
    guint64 *user_id);

void rtms_json_decode_control (JsonObject *object, RtmsMessage *message);
void rtms_json_decode_media_params (JsonObject *object,
    RtmsMediaParams *params);
void rtms_json_encode_media_params (JsonBuilder *builder,
    const RtmsMediaParams *params);

G_END_DECLS
