/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The course of a meeting: who is there, heard, seen and presenting when, and
 * whose turn it is to speak. Times are microseconds of meeting time. */
#pragma once

#include "plan.h"

G_BEGIN_DECLS

typedef struct {
  gint64 at;
  gint person;
} SimTurn;

/* A scene fills in what is usual there; the plan then changes it. */
typedef struct {
  guint n_people;
  gint64 duration;
  SimSpans *present[SIM_MAX_PEOPLE];
  SimSpans *cameras[SIM_MAX_PEOPLE];
  SimSpans *heard[SIM_MAX_PEOPLE];
  SimSpans *shares[SIM_MAX_PEOPLE];
  SimSpans *pauses;
  GArray *turns; /* of SimTurn, by time */
} SimCourse;

SimCourse *sim_course_new (guint n_people, gint64 duration);
void sim_course_free (SimCourse *course);
/* @first_video is when pictures can come first, @presenter who shares where
 * the plan names nobody. */
void sim_course_follow (
    SimCourse *course, const SimPlan *plan, gint64 first_video, gint presenter);
/* Puts the turns in order, with another one where the picture changes. */
void sim_course_settle_turns (SimCourse *course, const SimPlan *plan);
void sim_course_add_turn (SimCourse *course, gint64 at, gint person);

/* Whose picture is shown since @since by those turns, or -1. */
gint sim_course_get_shown (const SimCourse *course, gint64 since, gint64 at);
/* Who shares, with the share's own start, or -1. */
gint sim_course_get_presenter (
    const SimCourse *course, gint64 at, gint64 *start);
/* When the first share begins, or -1. */
gint64 sim_course_get_first_share (const SimCourse *course);

G_END_DECLS
