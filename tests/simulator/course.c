/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "course.h"

SimCourse *
sim_course_new (guint n_people, gint64 duration)
{
  SimCourse *course = g_new0 (SimCourse, 1);

  course->n_people = n_people;
  course->duration = duration;
  for (guint i = 0; i < SIM_MAX_PEOPLE; i++) {
    course->present[i] = sim_spans_new ();
    course->cameras[i] = sim_spans_new ();
    course->heard[i] = sim_spans_new ();
    course->shares[i] = sim_spans_new ();
  }
  course->pauses = sim_spans_new ();
  course->turns = g_array_new (FALSE, FALSE, sizeof (SimTurn));
  return course;
}

void
sim_course_free (SimCourse *course)
{
  for (guint i = 0; i < SIM_MAX_PEOPLE; i++) {
    sim_spans_free (course->present[i]);
    sim_spans_free (course->cameras[i]);
    sim_spans_free (course->heard[i]);
    sim_spans_free (course->shares[i]);
  }
  sim_spans_free (course->pauses);
  g_array_unref (course->turns);
  g_free (course);
}

static void
replace (SimSpans **spans, const SimSpans *planned)
{
  if (planned == NULL)
    return;
  sim_spans_free (*spans);
  *spans = sim_spans_copy (planned);
}

static void
follow_shares (SimCourse *course, const SimPlan *plan, gint presenter)
{
  gboolean said = plan->shares.others != NULL;

  for (guint i = 0; i < course->n_people; i++)
    said = said || plan->shares.of[i] != NULL;
  if (!said)
    return;
  for (guint i = 0; i < course->n_people; i++) {
    sim_spans_remove (course->shares[i], 0, SIM_FOREVER);
    replace (&course->shares[i], plan->shares.of[i]);
  }
  if (plan->shares.others == NULL)
    return;
  for (guint i = 0; i < plan->shares.others->len; i++) {
    const SimSpan *span = sim_span_at (plan->shares.others, i);

    sim_spans_add (course->shares[presenter], span->from, span->to);
  }
}

void
sim_course_follow (
    SimCourse *course, const SimPlan *plan, gint64 first_video, gint presenter)
{
  for (guint i = 0; i < course->n_people; i++) {
    const SimSpans *muted = sim_planned_get (&plan->muted, i);

    replace (&course->present[i], sim_planned_get (&plan->present, i));
    replace (&course->cameras[i], sim_planned_get (&plan->cameras, i));
    sim_spans_remove (course->cameras[i], 0, first_video);
    sim_spans_keep (course->cameras[i], course->present[i]);
    replace (&course->heard[i], course->present[i]);
    if (muted != NULL)
      sim_spans_subtract (course->heard[i], muted);
  }
  follow_shares (course, plan, presenter);
  replace (&course->pauses, plan->pauses);
}

void
sim_course_add_turn (SimCourse *course, gint64 at, gint person)
{
  SimTurn turn = { at, person };

  g_array_append_val (course->turns, turn);
}

static gint
compare_turns (gconstpointer a, gconstpointer b)
{
  const SimTurn *first = a;
  const SimTurn *second = b;

  return (first->at > second->at) - (first->at < second->at);
}

/* The next one whose camera is on, so that the new picture is of somebody
 * else where that can be. */
static gint
find_next_shown (SimCourse *course, gint64 at)
{
  gint shown = sim_course_get_shown (course, 0, at);

  for (guint i = 1; i < course->n_people; i++) {
    guint person = (guint)(shown + (gint)i) % course->n_people;

    if (shown >= 0 && sim_spans_find (course->cameras[person], at) != NULL)
      return (gint)person;
  }
  return shown;
}

void
sim_course_settle_turns (SimCourse *course, const SimPlan *plan)
{
  g_array_sort (course->turns, compare_turns);
  for (guint i = 0; i < plan->pictures->len; i++) {
    gint64 at = g_array_index (plan->pictures, SimPictureChange, i).at;
    gint person = at < course->duration ? find_next_shown (course, at) : -1;

    if (person < 0)
      continue;
    sim_course_add_turn (course, at, person);
    g_array_sort (course->turns, compare_turns);
  }
}

/* Number of turns that began by then. */
static guint
count_turns (const SimCourse *course, gint64 at)
{
  guint low = 0;
  guint high = course->turns->len;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (g_array_index (course->turns, SimTurn, middle).at <= at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

gint
sim_course_get_shown (const SimCourse *course, gint64 since, gint64 at)
{
  for (guint i = count_turns (course, at); i > 0; i--) {
    const SimTurn *turn = &g_array_index (course->turns, SimTurn, i - 1);

    if (turn->at < since)
      break;
    if (sim_spans_find (course->cameras[turn->person], at) != NULL)
      return turn->person;
  }
  for (guint i = 0; i < course->n_people; i++) {
    if (sim_spans_find (course->cameras[i], at) != NULL)
      return (gint)i;
  }
  return -1;
}

gint
sim_course_get_presenter (const SimCourse *course, gint64 at, gint64 *start)
{
  for (guint i = 0; i < course->n_people; i++) {
    const SimSpan *span = sim_spans_find (course->shares[i], at);

    if (span == NULL)
      continue;
    *start = span->from;
    return (gint)i;
  }
  return -1;
}

gint64
sim_course_get_first_share (const SimCourse *course)
{
  gint64 first = -1;

  for (guint i = 0; i < course->n_people; i++) {
    if (course->shares[i]->len > 0
        && (first < 0 || sim_span_at (course->shares[i], 0)->from < first))
      first = sim_span_at (course->shares[i], 0)->from;
  }
  return first;
}
