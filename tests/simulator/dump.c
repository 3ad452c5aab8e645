/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dump.h"

#include <stdio.h>

typedef struct {
  guint64 user_id;
  gchar *name;
  FILE *file;
  gsize size;
} Voice;

struct _SimDump {
  gchar *folder;
  guint meeting_number;
  FILE *index;
  GPtrArray *voices; /* of Voice */
  gboolean failed;
};

static void
free_voice (gpointer data)
{
  Voice *voice = data;

  if (voice->file != NULL)
    fclose (voice->file);
  g_free (voice->name);
  g_free (voice);
}

static FILE *
open_file (SimDump *dump, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (dump->folder, name, NULL);
  FILE *file = fopen (path, "wb");

  if (file == NULL && !dump->failed)
    g_printerr ("rtms-simulator: cannot write \"%s\"\n", path);
  dump->failed = dump->failed || file == NULL;
  return file;
}

SimDump *
sim_dump_new (const gchar *folder, guint meeting_number)
{
  SimDump *dump = g_new0 (SimDump, 1);
  g_autofree gchar *name = g_strdup_printf ("meeting-%u.jsonl", meeting_number);

  dump->folder = g_strdup (folder);
  dump->meeting_number = meeting_number;
  dump->voices = g_ptr_array_new_with_free_func (free_voice);
  dump->index = open_file (dump, name);
  return dump;
}

void
sim_dump_free (SimDump *dump)
{
  if (dump->index != NULL)
    fclose (dump->index);
  g_ptr_array_unref (dump->voices);
  g_free (dump->folder);
  g_free (dump);
}

static Voice *
get_voice (SimDump *dump, guint64 user_id)
{
  Voice *voice;

  for (guint i = 0; i < dump->voices->len; i++) {
    voice = g_ptr_array_index (dump->voices, i);
    if (voice->user_id == user_id)
      return voice;
  }
  voice = g_new0 (Voice, 1);
  voice->user_id = user_id;
  if (user_id == 0)
    voice->name = g_strdup_printf ("meeting-%u.pcm", dump->meeting_number);
  else
    voice->name = g_strdup_printf (
        "meeting-%u-%" G_GUINT64_FORMAT ".pcm", dump->meeting_number, user_id);
  voice->file = open_file (dump, voice->name);
  g_ptr_array_add (dump->voices, voice);
  return voice;
}

void
sim_dump_add (SimDump *dump, guint64 user_id, gint64 timestamp, GBytes *sound)
{
  Voice *voice = get_voice (dump, user_id);
  gsize size;
  gconstpointer data = g_bytes_get_data (sound, &size);

  if (dump->index == NULL || voice->file == NULL)
    return;
  fwrite (data, 1, size, voice->file);
  fprintf (dump->index,
      "{\"user_id\":%" G_GUINT64_FORMAT ",\"timestamp\":%" G_GINT64_FORMAT
      ",\"file\":\"%s\",\"offset\":%" G_GSIZE_FORMAT
      ",\"bytes\":%" G_GSIZE_FORMAT "}\n",
      user_id, timestamp, voice->name, voice->size, size);
  voice->size += size;
}
