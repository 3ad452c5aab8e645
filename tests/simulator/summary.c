/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summary.h"

#include <openssl/evp.h>

typedef struct {
  guint64 messages;
  guint64 bytes;
  gint64 first;
  gint64 last;
  EVP_MD_CTX *hash;
} Count;

struct _SimTally {
  Count counts[SIM_N_MEDIA];
  JsonArray *lines;
};

SimTally *
sim_tally_new (void)
{
  SimTally *tally = g_new0 (SimTally, 1);

  tally->lines = json_array_new ();
  return tally;
}

void
sim_tally_free (SimTally *tally)
{
  for (guint i = 0; i < SIM_N_MEDIA; i++)
    EVP_MD_CTX_free (tally->counts[i].hash);
  json_array_unref (tally->lines);
  g_free (tally);
}

void
sim_tally_add (SimTally *tally, SimMedium medium, gconstpointer data,
    gsize size, gint64 timestamp)
{
  Count *count = &tally->counts[medium];

  if (count->hash == NULL) {
    count->hash = EVP_MD_CTX_new ();
    EVP_DigestInit_ex (count->hash, EVP_sha256 (), NULL);
    count->first = timestamp;
    count->last = timestamp;
  }
  EVP_DigestUpdate (count->hash, data, size);
  count->messages++;
  count->bytes += size;
  count->first = MIN (count->first, timestamp);
  count->last = MAX (count->last, timestamp);
}

void
sim_tally_add_line (SimTally *tally, const gchar *user_name, gint64 start,
    gint64 end, const gchar *text)
{
  JsonObject *line = json_object_new ();

  json_object_set_string_member (line, "user_name", user_name);
  json_object_set_int_member (line, "start_ms", start);
  json_object_set_int_member (line, "end_ms", end);
  json_object_set_string_member (line, "text", text);
  json_array_add_object_element (tally->lines, line);
}

static JsonObject *
count_to_json (Count *count)
{
  JsonObject *object = json_object_new ();
  guint8 digest[EVP_MAX_MD_SIZE];
  guint length = 0;
  GString *hex = g_string_new (NULL);

  EVP_DigestFinal_ex (count->hash, digest, &length);
  for (guint i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", digest[i]);
  json_object_set_int_member (object, "messages", (gint64)count->messages);
  json_object_set_int_member (object, "bytes", (gint64)count->bytes);
  json_object_set_string_member (object, "sha256", hex->str);
  json_object_set_int_member (object, "first_timestamp", count->first);
  json_object_set_int_member (object, "last_timestamp", count->last);
  g_string_free (hex, TRUE);
  return object;
}

JsonObject *
sim_tally_to_json (SimTally *tally, const gchar *stream_id)
{
  JsonObject *object = json_object_new ();
  JsonObject *media = json_object_new ();
  gint64 first = G_MAXINT64;
  gint64 last = 0;

  json_object_set_string_member (object, "rtms_stream_id", stream_id);
  for (SimMedium medium = 0; medium < SIM_N_MEDIA; medium++) {
    Count *count = &tally->counts[medium];

    if (count->messages == 0)
      continue;
    json_object_set_object_member (
        media, sim_medium_name (medium), count_to_json (count));
    first = MIN (first, count->first);
    last = MAX (last, count->last);
  }
  json_object_set_object_member (object, "media", media);
  if (last > 0) {
    json_object_set_int_member (object, "first_timestamp", first);
    json_object_set_int_member (object, "last_timestamp", last);
  } else {
    json_object_set_null_member (object, "first_timestamp");
    json_object_set_null_member (object, "last_timestamp");
  }
  json_object_set_array_member (
      object, "transcript_lines", json_array_ref (tally->lines));
  return object;
}
