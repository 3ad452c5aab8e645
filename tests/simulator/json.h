/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Careful reading of what a client sent: json-glib's getters warn about a
 * member of the wrong type. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  SIM_JSON_ABSENT,
  SIM_JSON_FOUND,
  SIM_JSON_INVALID,
} SimJsonResult;

/* The object that the text holds, or NULL. */
JsonObject *sim_json_parse (const gchar *text, gsize length);
gchar *sim_json_print (JsonObject *object);

/* Values are untouched unless the result is SIM_JSON_FOUND. null counts as
 * absent. */
SimJsonResult sim_json_get_int (
    JsonObject *object, const gchar *name, gint64 *value);
SimJsonResult sim_json_get_bool (
    JsonObject *object, const gchar *name, gboolean *value);
SimJsonResult sim_json_get_string (
    JsonObject *object, const gchar *name, const gchar **value);
SimJsonResult sim_json_get_object (
    JsonObject *object, const gchar *name, JsonObject **value);
SimJsonResult sim_json_get_array (
    JsonObject *object, const gchar *name, JsonArray **value);
/* A number or a decimal string, unsigned with 64 bits. */
SimJsonResult sim_json_get_user_id (
    JsonObject *object, const gchar *name, guint64 *value);

G_END_DECLS
