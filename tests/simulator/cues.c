/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cues.h"

/* A transcript line is recognised so long after it was spoken. */
#define TRANSCRIPT_DELAY (300 * 1000)

static SimCue *
add_cue (GArray *cues, SimCueKind kind, gint64 at, gint person)
{
  SimCue cue = { .kind = kind, .at = at, .person = person };

  g_array_append_val (cues, cue);
  return &g_array_index (cues, SimCue, cues->len - 1);
}

static void
add_spans (GArray *cues, const SimSpans *spans, SimCueKind begin, gint person)
{
  for (guint i = 0; i < spans->len; i++)
    add_cue (cues, begin, sim_span_at (spans, i)->from, person);
}

static void
add_ends (GArray *cues, const SimSpans *spans, SimCueKind end, gint person)
{
  for (guint i = 0; i < spans->len; i++)
    add_cue (cues, end, sim_span_at (spans, i)->to, person);
}

static void
add_turns (GArray *cues, const SimCourse *course)
{
  gint speaker = -1;

  for (guint i = 0; i < course->turns->len; i++) {
    const SimTurn *turn = &g_array_index (course->turns, SimTurn, i);

    if (turn->person != speaker)
      add_cue (cues, SIM_CUE_SPEAKER, turn->at, turn->person);
    speaker = turn->person;
  }
}

/* A line that is not heard to its end is never recognised. */
static void
add_lines (
    GArray *cues, const SimCourse *course, const GArray *lines, gint64 base)
{
  for (guint i = 0; i < lines->len; i++) {
    const SimLine *line = &g_array_index (lines, SimLine, i);
    gint64 start = base + line->start;
    gint64 end = base + line->end;
    SimCue *cue;

    if (end > course->duration
        || !sim_spans_cover (course->heard[line->person], start, end)
        || sim_spans_touch (course->pauses, start, end + TRANSCRIPT_DELAY))
      continue;
    cue = add_cue (cues, SIM_CUE_TRANSCRIPT,
        MIN (end + TRANSCRIPT_DELAY, course->duration), line->person);
    cue->text = line->text;
    cue->start = start;
    cue->end = end;
  }
}

static void
add_chat (GArray *cues, const SimScript *script, const SimCourse *course)
{
  for (guint i = 0; i < script->n_chat; i++) {
    const SimScriptChat *chat = &script->chat[i];
    gint64 at = (gint64)(course->duration * chat->at);

    if (sim_spans_find (course->pauses, at) == NULL)
      add_cue (cues, SIM_CUE_CHAT, at, chat->person)->text = chat->text;
  }
}

static void
add_faults (GArray *cues, const SimCourse *course, const SimPlan *plan)
{
  gint64 interval = (gint64)(plan->fault_interval * G_USEC_PER_SEC);

  for (guint i = 0; i < plan->faults->len; i++) {
    const SimPlannedFault *fault
        = &g_array_index (plan->faults, SimPlannedFault, i);

    add_cue (cues, SIM_CUE_FAULT, fault->at, 0)->text = fault->command;
  }
  for (gint64 at = interval; plan->has_fault_seed && at < course->duration;
       at += interval)
    add_cue (cues, SIM_CUE_FAULT, at, 0);
}

static gint
compare_cues (gconstpointer a, gconstpointer b)
{
  const SimCue *first = a;
  const SimCue *second = b;

  return (first->at > second->at) - (first->at < second->at);
}

/* What the meeting's end overtakes is not told any more. */
static void
cut_off (GArray *cues, gint64 duration)
{
  for (guint i = cues->len; i > 0; i--) {
    const SimCue *cue = &g_array_index (cues, SimCue, i - 1);

    if (cue->at > duration
        || (cue->at == duration && cue->kind != SIM_CUE_TRANSCRIPT))
      g_array_remove_index (cues, i - 1);
  }
}

GArray *
sim_cues_new (const SimScript *script, const SimCourse *course,
    const SimPlan *plan, const GArray *lines, gint64 loop)
{
  GArray *cues = g_array_new (FALSE, TRUE, sizeof (SimCue));
  gint n_people = (gint)course->n_people;

  /* A stable sort keeps the order of what happens at the same moment: who
   * comes joins first, who goes leaves last. */
  add_ends (cues, course->pauses, SIM_CUE_RESUME, 0);
  for (gint i = 0; i < n_people; i++)
    add_spans (cues, course->present[i], SIM_CUE_JOIN, i);
  for (gint i = 0; i < n_people; i++)
    add_spans (cues, course->cameras[i], SIM_CUE_VIDEO_ON, i);
  for (gint i = 0; i < n_people; i++)
    add_ends (cues, course->shares[i], SIM_CUE_SHARE_STOP, i);
  for (gint i = 0; i < n_people; i++)
    add_spans (cues, course->shares[i], SIM_CUE_SHARE_START, i);
  add_turns (cues, course);
  for (gint64 base = 0; !plan->no_transcript && base < course->duration;
       base += loop)
    add_lines (cues, course, lines, base);
  if (script != NULL)
    add_chat (cues, script, course);
  for (guint i = 0; i < plan->voice_events->len; i++) {
    const SimVoiceEvent *event
        = &g_array_index (plan->voice_events, SimVoiceEvent, i);

    add_cue (cues, SIM_CUE_VOICE_EVENT, event->at, event->person)->type
        = event->type;
  }
  add_faults (cues, course, plan);
  add_spans (cues, course->pauses, SIM_CUE_PAUSE, 0);
  for (gint i = 0; i < n_people; i++)
    add_ends (cues, course->cameras[i], SIM_CUE_VIDEO_OFF, i);
  for (gint i = 0; i < n_people; i++)
    add_ends (cues, course->present[i], SIM_CUE_LEAVE, i);
  cut_off (cues, course->duration);
  g_array_sort (cues, compare_cues);
  return cues;
}
