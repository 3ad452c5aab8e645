/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>

#include "tests/check/testserver.h"

G_BEGIN_DECLS

/* rtmssrc in a pipeline, against a scripted server in the same process, with
 * a fakesink at each pad and a record of what came out of it. */

#define T0 G_GINT64_CONSTANT (1738392033699)
#define AUDIO 14
#define VIDEO 15
#define TRANSCRIPT 17
#define BUS_TIMEOUT (30 * GST_SECOND)

extern const guint8 key_frame[18];
extern const guint8 delta_frame[6];
extern const guint8 audio_packet[640];

/* What came out of one pad, in order. */
typedef struct {
  gchar *name;
  GstPad *pad;
  GPtrArray *buffers;
  GPtrArray *events;
} Capture;

typedef struct {
  TestServer *server;
  GstElement *pipeline;
  GstElement *src;
  GstBus *bus;

  GMutex lock;
  GCond cond;
  GHashTable *captures;         /* name → Capture */
  guint n_pads;                 /* that are still there */
  gboolean no_more_pads;
  gboolean link;
} Fixture;

extern Fixture f;

void set_up (const TestServerAnswers *answers);
void tear_down (void);
void track_leaks (const gchar *action);
void play (void);
void play_until_ready (void);
Capture *get_capture (const gchar *name);
GstBuffer *wait_buffer (const gchar *name, guint index);
GstEvent *wait_event (const gchar *name, GstEventType type, guint nth);
void wait_message (GstMessageType type);
gint wait_error (GQuark domain, const gchar *named);
void send_audio (gint64 offset);
void send_line (gint64 start, gint64 end);
void on_pad_added (GstElement *src, GstPad *pad, gpointer user_data);

G_END_DECLS
