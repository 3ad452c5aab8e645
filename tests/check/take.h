/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Many meetings of one rtms-simulator, each received by a pipeline of its own
 * that keeps what came out of rtmssrc and what a decoder made of it. */

/* Seconds that meetings may take on a busy machine, and some. */
#define TAKES_TIMEOUT 300

/* A buffer as rtmssrc sent it. */
typedef struct {
  gint64 zoom_time;             /* Unix, in ns */
  GstBuffer *buffer;
} TakePacket;

typedef struct _Take Take;

typedef struct {
  Take *take;
  gchar *name;
  GstCaps *caps;                /* of rtmssrc's pad */
  GArray *packets;              /* of TakePacket */
  GstCaps *decoded_caps;        /* the last ones, or NULL */
  guint n_decoded;
  GPtrArray *decoded;           /* of GstBuffer, with keep_decoded */
} TakePad;

/**
 * Take:
 * @properties: of rtmssrc, as gst-launch-1.0 takes them
 * @chain: elements that decode what comes from a pad
 * @medium: what the names of the pads to decode begin with
 * @keep_decoded: whether the decoded buffers are kept, or only counted
 * @pads: (element-type TakePad): in the order in which they came
 * @problem: what went wrong, or %NULL
 * @sent: what the simulator tells of the meeting
 *
 * One meeting.
 */
struct _Take {
  gchar *properties;
  gchar *chain;
  const gchar *medium;
  gboolean keep_decoded;
  gpointer user_data;

  GPtrArray *pads;
  gchar *problem;
  JsonObject *sent;

  GstElement *pipeline;
  GMutex lock;                  /* of pads, while the pipeline runs */
};

Take *take_new (const gchar *medium, const gchar *properties,
    const gchar *chain);
void take_free (Take *take);
TakePad *take_get_pad (Take *take, const gchar *name);
JsonObject *take_get_sent (Take *take, const gchar *medium);
void take_complain (Take *take, const gchar *text, ...) G_GNUC_PRINTF (2, 3);

void takes_run (GPtrArray *takes, const gchar *const *arguments,
    const gchar *id_field, guint at_once);
void takes_check (GPtrArray *takes);

G_END_DECLS
