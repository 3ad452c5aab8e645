/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the command line says of the meeting's course: who is there, whose
 * camera is on, what is shared, and when. What it leaves unsaid is up to the
 * scene. */
#pragma once

#include "spans.h"

G_BEGIN_DECLS

#define SIM_MAX_PEOPLE 4

/* Of each person, and of everybody else. */
typedef struct {
  SimSpans *of[SIM_MAX_PEOPLE]; /* NULL where nothing was said */
  SimSpans *others;
} SimPlanned;

typedef enum {
  SIM_PROFILE_BASELINE, /* constrained */
  SIM_PROFILE_MAIN,
  SIM_PROFILE_HIGH,
} SimProfile;

typedef enum {
  SIM_COLORIMETRY_BY_SIZE,
  SIM_COLORIMETRY_BT601,
  SIM_COLORIMETRY_BT709,
  SIM_COLORIMETRY_BT2020,
} SimColorimetry;

/* From then on the video looks like this. */
typedef struct {
  gint64 at;
  gint width; /* 0 = as negotiated */
  gint height;
  SimProfile profile;
  SimColorimetry colorimetry;
} SimPictureChange;

typedef struct {
  gint64 at;
  gint type;
  gint person;
} SimVoiceEvent;

/* A command of the control socket that is run by itself. */
typedef struct {
  gint64 at;
  gchar *command; /* NULL: one that the seed picks */
} SimPlannedFault;

typedef struct {
  SimPlanned cameras;
  SimPlanned present;
  SimPlanned muted;
  SimPlanned shares;
  SimSpans *pauses;
  GArray *pictures;     /* of SimPictureChange, by time */
  GArray *voice_events; /* of SimVoiceEvent */
  GArray *faults;       /* of SimPlannedFault */
  gboolean no_transcript;
  gboolean has_fault_seed;
  guint fault_seed;
  gdouble fault_interval; /* seconds */
} SimPlan;

void sim_plan_init (SimPlan *plan);
void sim_plan_clear (SimPlan *plan);
/* Whether anything was said of when. */
gboolean sim_plan_is_empty (const SimPlan *plan);

/* "[WHO:]FROM-TO,...", "[WHO:]none", "WHO"; people count from 1, times are
 * seconds and TO may be absent. FALSE when the text is none of these. */
gboolean sim_plan_parse_spans (
    SimPlanned *planned, const gchar *text, guint n_people);
gboolean sim_plan_parse_pauses (SimPlan *plan, const gchar *text);
/* "AT:WHAT,...", WHAT being a size, a profile or a colorimetry. */
gboolean sim_plan_parse_picture (SimPlan *plan, const gchar *text);
/* "AT:TYPE[:WHO]". */
gboolean sim_plan_parse_voice_event (
    SimPlan *plan, const gchar *text, guint n_people);

/* "AT:COMMAND". */
gboolean sim_plan_parse_fault (SimPlan *plan, const gchar *text);

/* What was said of a person, or NULL. */
const SimSpans *sim_planned_get (const SimPlanned *planned, gint person);

G_END_DECLS
