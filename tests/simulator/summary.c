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

/* Pictures in a row: nothing in between, all of one size. */
typedef struct {
  Count count;
  gint width;
  gint height;
  guint64 key_frames;
} Range;

typedef struct {
  Count count;
  guint64 user_id;
  gchar *user_name;
} Participant;

typedef struct {
  Count count;
  GPtrArray *participants; /* of Participant */
  GPtrArray *ranges;       /* of Range */
} Media;

struct _SimTally {
  Media media[SIM_N_MEDIA];
  JsonArray *lines;
};

static void
free_range (gpointer data)
{
  Range *range = data;

  EVP_MD_CTX_free (range->count.hash);
  g_free (range);
}

static void
free_participant (gpointer data)
{
  Participant *participant = data;

  EVP_MD_CTX_free (participant->count.hash);
  g_free (participant->user_name);
  g_free (participant);
}

SimTally *
sim_tally_new (void)
{
  SimTally *tally = g_new0 (SimTally, 1);

  for (guint i = 0; i < SIM_N_MEDIA; i++) {
    tally->media[i].participants
        = g_ptr_array_new_with_free_func (free_participant);
    tally->media[i].ranges = g_ptr_array_new_with_free_func (free_range);
  }
  tally->lines = json_array_new ();
  return tally;
}

void
sim_tally_free (SimTally *tally)
{
  for (guint i = 0; i < SIM_N_MEDIA; i++) {
    EVP_MD_CTX_free (tally->media[i].count.hash);
    g_ptr_array_unref (tally->media[i].participants);
    g_ptr_array_unref (tally->media[i].ranges);
  }
  json_array_unref (tally->lines);
  g_free (tally);
}

static void
add_to_count (Count *count, const SimSent *sent, gconstpointer data, gsize size)
{
  if (count->hash == NULL) {
    count->hash = EVP_MD_CTX_new ();
    EVP_DigestInit_ex (count->hash, EVP_sha256 (), NULL);
    count->first = sent->timestamp;
    count->last = sent->timestamp;
  }
  EVP_DigestUpdate (count->hash, data, size);
  count->messages++;
  count->bytes += size;
  count->first = MIN (count->first, sent->timestamp);
  count->last = MAX (count->last, sent->timestamp);
}

static Participant *
get_participant (Media *media, const SimSent *sent)
{
  Participant *participant;

  for (guint i = 0; i < media->participants->len; i++) {
    participant = g_ptr_array_index (media->participants, i);
    if (participant->user_id == sent->user_id)
      return participant;
  }
  participant = g_new0 (Participant, 1);
  participant->user_id = sent->user_id;
  participant->user_name = g_strdup (sent->user_name);
  g_ptr_array_add (media->participants, participant);
  return participant;
}

static Range *
get_range (Media *media, const SimSent *sent)
{
  Range *range = NULL;

  if (media->ranges->len > 0)
    range = g_ptr_array_index (media->ranges, media->ranges->len - 1);
  if (range == NULL || sent->begins || range->width != sent->width
      || range->height != sent->height) {
    range = g_new0 (Range, 1);
    range->width = sent->width;
    range->height = sent->height;
    g_ptr_array_add (media->ranges, range);
  }
  return range;
}

void
sim_tally_add (
    SimTally *tally, const SimSent *sent, gconstpointer data, gsize size)
{
  Media *media = &tally->media[sent->medium];

  add_to_count (&media->count, sent, data, size);
  if (sent->user_id != 0)
    add_to_count (&get_participant (media, sent)->count, sent, data, size);
  if (sent->width > 0) {
    Range *range = get_range (media, sent);

    add_to_count (&range->count, sent, data, size);
    range->key_frames += sent->key_frame ? 1 : 0;
  }
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

static JsonObject *
media_to_json (Media *media)
{
  JsonObject *object = count_to_json (&media->count);
  JsonArray *participants = json_array_new ();
  JsonArray *ranges = json_array_new ();

  for (guint i = 0; i < media->participants->len; i++) {
    Participant *participant = g_ptr_array_index (media->participants, i);
    JsonObject *item = count_to_json (&participant->count);

    json_object_set_int_member (item, "user_id", (gint64)participant->user_id);
    json_object_set_string_member (item, "user_name", participant->user_name);
    json_array_add_object_element (participants, item);
  }
  for (guint i = 0; i < media->ranges->len; i++) {
    Range *range = g_ptr_array_index (media->ranges, i);
    JsonObject *item = count_to_json (&range->count);

    json_object_set_int_member (item, "width", range->width);
    json_object_set_int_member (item, "height", range->height);
    json_object_set_int_member (item, "key_frames", (gint64)range->key_frames);
    json_array_add_object_element (ranges, item);
  }
  json_object_set_array_member (object, "participants", participants);
  json_object_set_array_member (object, "ranges", ranges);
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
    Count *count = &tally->media[medium].count;

    if (count->messages == 0)
      continue;
    json_object_set_object_member (
        media, sim_medium_name (medium), media_to_json (&tally->media[medium]));
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
