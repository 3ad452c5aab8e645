/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scene.h"

#include <math.h>
#include <string.h>

#include "cues.h"
#include "dialogue.h"

#define SYNC_RATE 48000
#define SYNC_BEEP (60 * 1000)
#define SYNC_FREQUENCY 1000.0
#define LATECOMER_LEAD (2 * G_USEC_PER_SEC)
#define LATECOMER_CAMERA_DELAY (800 * 1000)
#define SHARE_START 0.2
#define SHARE_END 0.6

struct _SimScene {
  const SimScript *script;
  const SimPlan *plan;
  SimPerson file_person;
  gchar *file_name;
  const SimPerson *people;
  guint n_people;
  gint64 duration;
  gint64 loop;
  gint64 backlog;
  gint64 video_start;
  gboolean has_video;
  GArray *lines; /* of SimLine, within one loop, by start */
  GArray *cues;  /* of SimCue, over the duration, by time */
  SimCourse *course;
  gint16 *sound[SIM_SCENE_MAX_PEOPLE]; /* one loop of each voice */
  guint64 n_samples;
  /* While the script has this camera off, in loop times. */
  SimSpan camera_off;
};

gboolean
sim_scene_exists (const gchar *name)
{
  return sim_dialogue_find (name) != NULL;
}

void
sim_scene_list (void)
{
  for (guint i = 0; i < sim_dialogue_get_count (); i++) {
    const SimScript *script = sim_dialogue_get (i);

    g_print ("%-14s%s\n", script->name, script->description);
  }
}

guint
sim_scene_count_people (const gchar *name)
{
  return sim_dialogue_find (name)->n_people;
}

SimScene *
sim_scene_new (const SimOptions *options, const gchar *file_name,
    gint64 duration, gint64 video_start, gboolean has_video)
{
  SimScene *scene = g_new0 (SimScene, 1);

  scene->plan = &options->plan;
  scene->duration = duration;
  scene->backlog = (gint64)(options->backlog * G_USEC_PER_SEC);
  scene->video_start = video_start;
  scene->has_video = has_video;
  scene->lines = g_array_new (FALSE, FALSE, sizeof (SimLine));
  if (file_name != NULL) {
    scene->file_name = g_strdup (file_name);
    scene->file_person = (SimPerson){
      .user_id = 16778240,
      .name = scene->file_name,
      .caption = scene->file_name,
    };
    scene->people = &scene->file_person;
    scene->n_people = 1;
    scene->loop = duration;
  } else {
    scene->script = sim_dialogue_find (options->scene);
    scene->people = scene->script->people;
    scene->n_people = scene->script->n_people;
    scene->loop = MIN (duration, SIM_SCENE_LOOP);
  }
  scene->course = sim_course_new (scene->n_people, duration);
  return scene;
}

void
sim_scene_free (SimScene *scene)
{
  for (guint i = 0; i < SIM_SCENE_MAX_PEOPLE; i++)
    g_free (scene->sound[i]);
  g_array_unref (scene->lines);
  g_clear_pointer (&scene->cues, g_array_unref);
  sim_course_free (scene->course);
  g_free (scene->file_name);
  g_free (scene);
}

static void
add_line (SimScene *scene, const SimScriptLine *written, gint64 start,
    const GArray *speech)
{
  SimLine line = { .person = written->person, .text = written->text };
  guint64 first = (guint64)start * SIM_SPEECH_RATE / G_USEC_PER_SEC;
  gint16 *sound = scene->sound[written->person];

  line.start = start;
  line.end = start + (gint64)speech->len * G_USEC_PER_SEC / SIM_SPEECH_RATE;
  for (guint i = 0; i < speech->len && first + i < scene->n_samples; i++) {
    gint mixed = sound[first + i] + g_array_index (speech, gint16, i);

    sound[first + i] = (gint16)CLAMP (mixed, G_MININT16, G_MAXINT16);
  }
  g_array_append_val (scene->lines, line);
}

/* Speaks line after line until the loop is full. Only what ends inside is
 * spoken, so that every transcript line has its whole sound. */
static void
speak (SimScene *scene)
{
  gint64 at = scene->script->lead;
  gint64 off_from = 0;
  gint64 off_to = 0;

  scene->n_samples = (guint64)scene->loop * SIM_SPEECH_RATE / G_USEC_PER_SEC;
  for (guint i = 0; i < scene->n_people; i++)
    scene->sound[i] = g_new0 (gint16, scene->n_samples + 1);
  for (guint i = 0; i < scene->script->n_lines; i++) {
    const SimScriptLine *written = &scene->script->lines[i];
    g_autoptr (GArray) speech
        = sim_speech_say (&scene->people[written->person].voice, written->text);
    gint64 start = MAX (0, at + written->pause * 1000);
    gint64 end = start + (gint64)speech->len * G_USEC_PER_SEC / SIM_SPEECH_RATE;

    if (end > scene->loop)
      break;
    add_line (scene, written, start, speech);
    if ((gint)i == scene->script->camera_off_after)
      off_from = end + 500 * 1000;
    if ((gint)i == scene->script->camera_on_after)
      off_to = end;
    at = MAX (at, end);
  }
  if (off_from > 0)
    scene->camera_off = (SimSpan){ MIN (off_from, scene->loop),
      off_to > 0 ? off_to : scene->loop };
}

/* A latecomer comes shortly before the first own line and leaves at the end
 * of the loop; one who would not speak in a short meeting does not come. */
static void
place_latecomer (SimScene *scene, gint person)
{
  gint64 join = 0;
  gint64 leave = 0;

  for (guint i = 0; i < scene->lines->len && join == 0; i++) {
    const SimLine *line = &g_array_index (scene->lines, SimLine, i);

    if (line->person != person)
      continue;
    join = MAX (1, line->start - LATECOMER_LEAD);
    leave = MAX (line->end, scene->loop - 500 * 1000);
  }
  for (gint64 base = 0; join > 0 && base < scene->duration;
       base += scene->loop) {
    sim_spans_add (scene->course->present[person], base + join, base + leave);
    sim_spans_add (scene->course->cameras[person],
        base + join + LATECOMER_CAMERA_DELAY, base + leave);
  }
}

/* What is usual in the scene. */
static void
place_people (SimScene *scene)
{
  SimCourse *course = scene->course;
  gint latecomer = scene->script != NULL ? scene->script->latecomer : -1;

  for (gint i = 0; i < (gint)scene->n_people; i++) {
    if (i == latecomer) {
      place_latecomer (scene, i);
    } else {
      sim_spans_add (course->present[i], 0, SIM_FOREVER);
      sim_spans_add (course->cameras[i], scene->video_start, SIM_FOREVER);
    }
    sim_spans_remove (course->cameras[i], 0, scene->video_start);
  }
  for (gint64 base = 0; base < scene->duration; base += scene->loop) {
    if (scene->camera_off.to > 0
        && base + scene->camera_off.from > scene->video_start)
      sim_spans_remove (course->cameras[scene->script->camera_off_person],
          base + scene->camera_off.from, base + scene->camera_off.to);
  }
  if (scene->script != NULL && scene->script->presenter >= 0)
    sim_spans_add (course->shares[scene->script->presenter],
        (gint64)(scene->duration * SHARE_START),
        (gint64)(scene->duration * SHARE_END));
}

static void
place_turns (SimScene *scene)
{
  if (scene->lines->len == 0)
    sim_course_add_turn (scene->course, 0, 0);
  for (gint64 base = 0; base < scene->duration; base += scene->loop) {
    for (guint i = 0; i < scene->lines->len; i++) {
      const SimLine *line = &g_array_index (scene->lines, SimLine, i);

      if (sim_spans_find (
              scene->course->heard[line->person], base + line->start)
          != NULL)
        sim_course_add_turn (scene->course, base + line->start, line->person);
    }
  }
  sim_course_settle_turns (scene->course, scene->plan);
}

static void
make_beeps (SimScene *scene)
{
  scene->n_samples = (guint64)scene->loop * SYNC_RATE / G_USEC_PER_SEC;
  scene->sound[0] = g_new0 (gint16, scene->n_samples + 1);
  for (guint64 i = 0; i < scene->n_samples; i++) {
    guint64 phase = i % SYNC_RATE;

    if (phase * G_USEC_PER_SEC >= (guint64)SYNC_BEEP * SYNC_RATE)
      continue;
    scene->sound[0][i]
        = (gint16)(16000.0
                   * sin (2.0 * G_PI * SYNC_FREQUENCY * phase / SYNC_RATE));
  }
}

void
sim_scene_prepare (SimScene *scene)
{
  gint presenter = 0;

  if (scene->script != NULL && scene->script->n_lines > 0)
    speak (scene);
  else if (scene->script != NULL)
    make_beeps (scene);
  if (scene->script != NULL)
    presenter = MAX (0, scene->script->presenter);
  place_people (scene);
  sim_course_follow (scene->course, scene->plan, scene->backlog, presenter);
  for (guint i = 0; i < scene->n_people && !scene->has_video; i++)
    sim_spans_remove (scene->course->cameras[i], 0, SIM_FOREVER);
  place_turns (scene);
  scene->cues = sim_cues_new (
      scene->script, scene->course, scene->plan, scene->lines, scene->loop);
}

gint64
sim_scene_get_duration (SimScene *scene)
{
  return scene->duration;
}

gint64
sim_scene_get_loop (SimScene *scene)
{
  return scene->loop;
}

gboolean
sim_scene_is_repeating (SimScene *scene)
{
  return sim_plan_is_empty (scene->plan);
}

gint64
sim_scene_get_video_start (SimScene *scene)
{
  gint64 first = SIM_FOREVER;

  for (guint i = 0; i < scene->n_people; i++) {
    const SimSpans *spans = scene->course->cameras[i];

    if (spans->len > 0)
      first = MIN (first, sim_span_at (spans, 0)->from);
  }
  return first < scene->duration ? first : 0;
}

guint
sim_scene_get_n_people (SimScene *scene)
{
  return scene->n_people;
}

const SimPerson *
sim_scene_get_person (SimScene *scene, gint person)
{
  return &scene->people[person];
}

gint
sim_scene_find_person (SimScene *scene, guint64 user_id)
{
  for (guint i = 0; i < scene->n_people; i++) {
    if (scene->people[i].user_id == user_id)
      return (gint)i;
  }
  return -1;
}

const GArray *
sim_scene_get_cues (SimScene *scene)
{
  return scene->cues;
}

gboolean
sim_scene_is_present (SimScene *scene, gint person, gint64 at)
{
  return sim_spans_find (scene->course->present[person], at) != NULL;
}

gboolean
sim_scene_is_camera_on (SimScene *scene, gint person, gint64 at)
{
  return sim_spans_find (scene->course->cameras[person], at) != NULL;
}

gboolean
sim_scene_is_paused (SimScene *scene, gint64 at)
{
  return sim_spans_find (scene->course->pauses, at) != NULL;
}

gboolean
sim_scene_is_speaking (SimScene *scene, gint person, gint64 from, gint64 to)
{
  gint64 base = from - from % scene->loop;

  if (!sim_spans_touch (scene->course->heard[person], from, to))
    return FALSE;
  if (scene->lines->len == 0)
    return TRUE;
  for (guint i = 0; i < scene->lines->len; i++) {
    const SimLine *line = &g_array_index (scene->lines, SimLine, i);

    if (line->person == person && base + line->start < to
        && base + line->end > from)
      return TRUE;
  }
  return FALSE;
}

/* Each loop begins anew with this, because its pictures do. */
gint
sim_scene_get_shown_person (SimScene *scene, gint64 at)
{
  return sim_course_get_shown (scene->course, at - at % scene->loop, at);
}

gint
sim_scene_get_presenter (SimScene *scene, gint64 at, gint64 *start)
{
  return sim_course_get_presenter (scene->course, at, start);
}

gint64
sim_scene_get_share_start (SimScene *scene)
{
  return sim_course_get_first_share (scene->course);
}

gboolean
sim_scene_is_sync_test (SimScene *scene)
{
  return scene->script != NULL && scene->script->n_lines == 0;
}

gint
sim_scene_get_sample_rate (SimScene *scene)
{
  return sim_scene_is_sync_test (scene) ? SYNC_RATE : SIM_SPEECH_RATE;
}

/* Adds what is heard of one voice in these samples. */
static void
add_voice (SimScene *scene, guint who, guint64 first, gint *mixed, guint count)
{
  const SimSpans *heard = scene->course->heard[who];
  guint64 rate = (guint64)sim_scene_get_sample_rate (scene);
  gint64 from = (gint64)(first * G_USEC_PER_SEC / rate);
  gint64 to = (gint64)((first + count) * G_USEC_PER_SEC / rate);
  gboolean whole = sim_spans_cover (heard, from, to);

  if (scene->sound[who] == NULL || !sim_spans_touch (heard, from, to))
    return;
  for (guint i = 0; i < count; i++) {
    gint64 at = (gint64)((first + i) * G_USEC_PER_SEC / rate);

    if (whole || sim_spans_find (heard, at) != NULL)
      mixed[i] += scene->sound[who][(first + i) % scene->n_samples];
  }
}

void
sim_scene_read_samples (
    SimScene *scene, gint person, guint64 first, gint16 *samples, guint count)
{
  g_autofree gint *mixed = g_new0 (gint, count);

  for (guint who = 0; who < scene->n_people; who++) {
    if (person < 0 || (guint)person == who)
      add_voice (scene, who, first, mixed, count);
  }
  for (guint i = 0; i < count; i++)
    samples[i] = (gint16)CLAMP (mixed[i], G_MININT16, G_MAXINT16);
}

gdouble
sim_scene_get_level (SimScene *scene, gint person, gint64 at)
{
  guint window = SIM_SPEECH_RATE / 20;
  guint64 first;
  gdouble sum = 0.0;

  if (scene->sound[person] == NULL || scene->n_samples == 0
      || sim_spans_find (scene->course->heard[person], at) == NULL)
    return 0.0;
  first = (guint64)(at % scene->loop) * sim_scene_get_sample_rate (scene)
          / G_USEC_PER_SEC;
  for (guint i = 0; i < window; i++) {
    gdouble sample = scene->sound[person][(first + i) % scene->n_samples];

    sum += sample * sample;
  }
  return MIN (1.0, sqrt (sum / window) / 5000.0);
}
