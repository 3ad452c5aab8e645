/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "packetlog.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

struct _SimPacketLog {
  FILE *file;
};

SimPacketLog *
sim_packet_log_new (const gchar *path, GError **error)
{
  FILE *file = fopen (path, "wb");
  SimPacketLog *log;

  if (file == NULL) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "The packet log \"%s\" cannot be written: %s", path,
        g_strerror (errno));
    return NULL;
  }
  log = g_new0 (SimPacketLog, 1);
  log->file = file;
  return log;
}

void
sim_packet_log_free (SimPacketLog *log)
{
  fclose (log->file);
  g_free (log);
}

static void
write_line (SimPacketLog *log, JsonObject *line)
{
  g_autofree gchar *text = sim_json_print (line);

  fprintf (log->file, "%s\n", text);
  fflush (log->file);
}

static JsonObject *
make_line (const gchar *kind, guint meeting, guint socket)
{
  JsonObject *line = json_object_new ();

  json_object_set_string_member (line, "kind", kind);
  json_object_set_int_member (line, "meeting", meeting);
  if (socket > 0)
    json_object_set_int_member (line, "socket", socket);
  return line;
}

void
sim_packet_log_add (SimPacketLog *log, guint meeting, guint socket,
    guint64 number, guint joined, const gchar *damage, const SimSent *sent,
    gconstpointer data, gsize size)
{
  g_autoptr (JsonObject) line = NULL;
  g_autofree gchar *digest = NULL;

  if (log == NULL)
    return;
  line = make_line ("packet", meeting, socket);
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);
  json_object_set_int_member (line, "number", (gint64)number);
  json_object_set_int_member (line, "joined", joined);
  json_object_set_string_member (line, "media", sim_medium_name (sent->medium));
  json_object_set_int_member (line, "user_id", (gint64)sent->user_id);
  json_object_set_int_member (line, "timestamp", sent->timestamp);
  json_object_set_int_member (line, "bytes", (gint64)size);
  json_object_set_string_member (line, "sha256", digest);
  if (sent->width > 0)
    json_object_set_boolean_member (line, "key_frame", sent->key_frame);
  if (damage != NULL)
    json_object_set_string_member (line, "damage", damage);
  write_line (log, line);
}

void
sim_packet_log_acknowledged (
    SimPacketLog *log, guint meeting, guint socket, guint64 count)
{
  g_autoptr (JsonObject) line = NULL;

  if (log == NULL)
    return;
  line = make_line ("acknowledged", meeting, socket);
  json_object_set_int_member (line, "number", (gint64)count);
  write_line (log, line);
}

void
sim_packet_log_closed (SimPacketLog *log, guint meeting, guint socket,
    gushort code, guint64 written)
{
  g_autoptr (JsonObject) line = NULL;

  if (log == NULL)
    return;
  line = make_line ("closed", meeting, socket);
  json_object_set_int_member (line, "code", code);
  json_object_set_int_member (line, "number", (gint64)written);
  write_line (log, line);
}

void
sim_packet_log_fault (SimPacketLog *log, guint meeting, const gchar *command)
{
  g_autoptr (JsonObject) line = NULL;

  if (log == NULL)
    return;
  line = make_line ("fault", meeting, 0);
  json_object_set_string_member (line, "command", command);
  write_line (log, line);
}
