/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the user asked for on the command line. */
#pragma once

#include "certificate.h"
#include "plan.h"
#include "protocol.h"

G_BEGIN_DECLS

typedef enum {
  SIM_PRODUCT_MEETING,
  SIM_PRODUCT_WEBINAR,
  SIM_PRODUCT_SESSION,
  SIM_PRODUCT_CONTACT_CENTER,
} SimProduct;

typedef enum {
  SIM_KEEP_ALIVE_REGULAR,
  SIM_KEEP_ALIVE_IDLE, /* only where nothing else is sent */
  SIM_KEEP_ALIVE_BARE, /* without a timestamp */
  SIM_KEEP_ALIVE_NONE,
} SimKeepAliveStyle;

typedef enum {
  SIM_FAULTS_CONNECTION = 1 << 0,
  SIM_FAULTS_MESSAGE = 1 << 1,
  SIM_FAULTS_ORDER = 1 << 2, /* and number, of packets */
  SIM_FAULTS_CLOCK = 1 << 3,
  SIM_FAULTS_ALL = (1 << 4) - 1,
} SimFaultKinds;

/* Times are in the unit that their name says; everything is owned. */
typedef struct {
  gchar *media_file;
  gchar *scene;
  gdouble duration; /* seconds, 0 = the default of the source */
  gdouble speed;
  gint meetings;
  gchar *address;
  gchar *host;
  gint port;
  gboolean tls;
  SimTlsFault tls_fault;
  gchar *certificate_out;
  gchar *client_id;
  gchar *client_secret;
  gchar *payload_out;
  gchar *webhook;
  gchar *secret_token;
  gchar *summary;
  gboolean strict;
  gdouble wait;             /* seconds */
  gdouble reconnect_window; /* seconds */
  gdouble keep_alive;       /* seconds */
  gdouble backlog;          /* seconds */
  gdouble video_delay;      /* seconds, negative = by the source */
  gint64 transcript_scale;  /* units per second of transcript times */
  SimProduct product;
  gchar *stream_id;
  SimPlan plan;
  guint offer; /* media that the app has scopes for */
  SimKeepAliveStyle keep_alive_style;
  gboolean late_key_frames;
  gboolean rtp_alias;
  gchar *audio_dump;
  gchar *packet_log;
  gchar *control;
  guint oddities;
  guint fault_kinds;
} SimOptions;

/* Parses the command line; on FALSE the program ends with @exit_code, and
 * everything that the user should know has been printed. */
gboolean sim_options_parse (
    SimOptions *options, gint *argc, gchar ***argv, gint *exit_code);
void sim_options_clear (SimOptions *options);

G_END_DECLS
