/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan.h"

#include <string.h>

/* Longer than any meeting may be. */
#define MAX_SECONDS 1e6

static void
clear_fault (gpointer data)
{
  SimPlannedFault *fault = data;

  g_free (fault->command);
}

void
sim_plan_init (SimPlan *plan)
{
  *plan = (SimPlan){
    .pauses = sim_spans_new (),
    .pictures = g_array_new (FALSE, FALSE, sizeof (SimPictureChange)),
    .faults = g_array_new (FALSE, FALSE, sizeof (SimPlannedFault)),
    .voice_events = g_array_new (FALSE, FALSE, sizeof (SimVoiceEvent)),
    .fault_interval = 2.0,
  };
  g_array_set_clear_func (plan->faults, clear_fault);
}

static void
clear_planned (SimPlanned *planned)
{
  for (guint i = 0; i < SIM_MAX_PEOPLE; i++)
    g_clear_pointer (&planned->of[i], sim_spans_free);
  g_clear_pointer (&planned->others, sim_spans_free);
}

void
sim_plan_clear (SimPlan *plan)
{
  clear_planned (&plan->cameras);
  clear_planned (&plan->present);
  clear_planned (&plan->muted);
  clear_planned (&plan->shares);
  g_clear_pointer (&plan->pauses, sim_spans_free);
  g_clear_pointer (&plan->faults, g_array_unref);
  g_clear_pointer (&plan->pictures, g_array_unref);
  g_clear_pointer (&plan->voice_events, g_array_unref);
}

static gboolean
says_nothing (const SimPlanned *planned)
{
  for (guint i = 0; i < SIM_MAX_PEOPLE; i++) {
    if (planned->of[i] != NULL)
      return FALSE;
  }
  return planned->others == NULL;
}

gboolean
sim_plan_is_empty (const SimPlan *plan)
{
  return says_nothing (&plan->cameras) && says_nothing (&plan->present)
         && says_nothing (&plan->muted) && says_nothing (&plan->shares)
         && plan->pauses->len == 0 && plan->pictures->len == 0;
}

static gboolean
parse_seconds (const gchar **text, gint64 *time)
{
  gchar *end;
  gdouble seconds;

  if (!g_ascii_isdigit (**text))
    return FALSE;
  seconds = g_ascii_strtod (*text, &end);
  if (!(seconds >= 0.0 && seconds <= MAX_SECONDS))
    return FALSE;
  *time = (gint64)(seconds * G_USEC_PER_SEC + 0.5);
  *text = end;
  return TRUE;
}

static gboolean
parse_person (const gchar *text, gsize length, guint n_people, gint *person)
{
  if (length != 1 || *text < '1' || *text >= '1' + (gint)n_people)
    return FALSE;
  *person = *text - '1';
  return TRUE;
}

/* "FROM-TO,FROM-" or "none". */
static gboolean
parse_ranges (SimSpans *spans, const gchar *text)
{
  if (g_str_equal (text, "none"))
    return TRUE;
  for (;;) {
    gint64 from, to = SIM_FOREVER;

    if (!parse_seconds (&text, &from) || *text++ != '-')
      return FALSE;
    if (*text != ',' && *text != '\0' && !parse_seconds (&text, &to))
      return FALSE;
    if (from >= to)
      return FALSE;
    sim_spans_add (spans, from, to);
    if (*text == '\0')
      return TRUE;
    if (*text++ != ',')
      return FALSE;
  }
}

gboolean
sim_plan_parse_spans (SimPlanned *planned, const gchar *text, guint n_people)
{
  SimSpans **spans = &planned->others;
  const gchar *colon = strchr (text, ':');
  gint person;

  if (colon != NULL) {
    if (!parse_person (text, colon - text, n_people, &person))
      return FALSE;
    spans = &planned->of[person];
    text = colon + 1;
  } else if (parse_person (text, strlen (text), n_people, &person)) {
    spans = &planned->of[person];
    text = "0-";
  }
  if (*spans == NULL)
    *spans = sim_spans_new ();
  return parse_ranges (*spans, text);
}

gboolean
sim_plan_parse_pauses (SimPlan *plan, const gchar *text)
{
  return parse_ranges (plan->pauses, text);
}

static gboolean
parse_look (SimPictureChange *change, const gchar *word)
{
  static const struct {
    const gchar *name;
    gint width, height;
  } sizes[] = { { "sd", 854, 480 }, { "hd", 1280, 720 }, { "fhd", 1920, 1080 },
    { "qhd", 2560, 1440 } };
  static const gchar *const profiles[] = { "baseline", "main", "high" };
  static const gchar *const colorimetries[] = { "bt601", "bt709", "bt2020" };
  gchar *end;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    if (g_str_equal (word, sizes[i].name)) {
      change->width = sizes[i].width;
      change->height = sizes[i].height;
      return TRUE;
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++) {
    if (g_str_equal (word, profiles[i])) {
      change->profile = SIM_PROFILE_BASELINE + i;
      return TRUE;
    }
    if (g_str_equal (word, colorimetries[i])) {
      change->colorimetry = SIM_COLORIMETRY_BT601 + i;
      return TRUE;
    }
  }
  change->width = (gint)g_ascii_strtoull (word, &end, 10);
  if (*end != 'x')
    return FALSE;
  change->height = (gint)g_ascii_strtoull (end + 1, &end, 10);
  return *end == '\0' && change->width >= 16 && change->height >= 16
         && change->width <= 4096 && change->height <= 4096
         && change->width % 2 == 0 && change->height % 2 == 0;
}

static gint
compare_changes (gconstpointer a, gconstpointer b)
{
  const SimPictureChange *first = a;
  const SimPictureChange *second = b;

  return (first->at > second->at) - (first->at < second->at);
}

gboolean
sim_plan_parse_picture (SimPlan *plan, const gchar *text)
{
  SimPictureChange change = { 0 };
  g_auto (GStrv) words = NULL;

  if (!parse_seconds (&text, &change.at) || *text++ != ':')
    return FALSE;
  words = g_strsplit (text, ",", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    if (!parse_look (&change, words[i]))
      return FALSE;
  }
  for (guint i = 0; i < plan->pictures->len; i++) {
    if (g_array_index (plan->pictures, SimPictureChange, i).at == change.at)
      return FALSE;
  }
  g_array_append_val (plan->pictures, change);
  g_array_sort (plan->pictures, compare_changes);
  return TRUE;
}

gboolean
sim_plan_parse_voice_event (SimPlan *plan, const gchar *text, guint n_people)
{
  SimVoiceEvent event = { 0 };
  gchar *end;

  if (!parse_seconds (&text, &event.at) || *text++ != ':')
    return FALSE;
  event.type = (gint)g_ascii_strtoull (text, &end, 10);
  if (end == text || event.type < 8 || event.type > 34)
    return FALSE;
  if (*end == ':'
      && !parse_person (end + 1, strlen (end + 1), n_people, &event.person))
    return FALSE;
  if (*end != ':' && *end != '\0')
    return FALSE;
  g_array_append_val (plan->voice_events, event);
  return TRUE;
}

gboolean
sim_plan_parse_fault (SimPlan *plan, const gchar *text)
{
  SimPlannedFault fault = { 0 };

  if (!parse_seconds (&text, &fault.at) || *text++ != ':' || *text == '\0')
    return FALSE;
  fault.command = g_strdup (text);
  g_array_append_val (plan->faults, fault);
  return TRUE;
}

const SimSpans *
sim_planned_get (const SimPlanned *planned, gint person)
{
  return planned->of[person] != NULL ? planned->of[person] : planned->others;
}
