/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scene.h"

#include <math.h>
#include <string.h>

#include "dialogue.h"

/* A transcript line is recognised so long after it was spoken. */
#define TRANSCRIPT_DELAY (300 * 1000)
#define SYNC_RATE 48000
#define SYNC_BEEP (60 * 1000)
#define SYNC_FREQUENCY 1000.0
#define LATECOMER_LEAD (2 * G_USEC_PER_SEC)
#define LATECOMER_CAMERA_DELAY (800 * 1000)
#define SHARE_START 0.2
#define SHARE_END 0.6

struct _SimScene {
  const SimScript *script;
  SimPerson file_person;
  gchar *file_name;
  const SimPerson *people;
  guint n_people;
  gint64 duration;
  gint64 loop;
  gint64 video_start;
  gboolean has_video;
  GArray *lines; /* of SimLine, within one loop, by start */
  GArray *cues;  /* of SimCue, over the duration, by time */
  gint16 *sound[SIM_SCENE_MAX_PEOPLE]; /* one loop of each voice */
  guint64 n_samples;
  /* Loop times; where start == end the person is always there, or the camera
   * never off. */
  gint64 joins[SIM_SCENE_MAX_PEOPLE];
  gint64 leaves[SIM_SCENE_MAX_PEOPLE];
  gint64 camera_off[SIM_SCENE_MAX_PEOPLE];
  gint64 camera_on[SIM_SCENE_MAX_PEOPLE];
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

SimScene *
sim_scene_new (const gchar *name, const gchar *file_name, gint64 duration,
    gint64 video_delay, gboolean has_video)
{
  SimScene *scene = g_new0 (SimScene, 1);

  scene->duration = duration;
  scene->video_start = video_delay;
  scene->has_video = has_video;
  scene->lines = g_array_new (FALSE, FALSE, sizeof (SimLine));
  scene->cues = g_array_new (FALSE, FALSE, sizeof (SimCue));
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
    scene->script = sim_dialogue_find (name);
    scene->people = scene->script->people;
    scene->n_people = scene->script->n_people;
    scene->loop = MIN (duration, SIM_SCENE_LOOP);
  }
  return scene;
}

void
sim_scene_free (SimScene *scene)
{
  for (guint i = 0; i < SIM_SCENE_MAX_PEOPLE; i++)
    g_free (scene->sound[i]);
  g_array_unref (scene->lines);
  g_array_unref (scene->cues);
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
  if (off_from > 0) {
    gint person = scene->script->camera_off_person;

    scene->camera_off[person] = MIN (off_from, scene->loop);
    scene->camera_on[person] = off_to > 0 ? off_to : scene->loop;
  }
}

/* A latecomer comes shortly before the first own line and leaves at the end
 * of the loop; one who would not speak in a short meeting does not come. */
static void
place_latecomer (SimScene *scene)
{
  gint person = scene->script->latecomer;

  if (person < 0)
    return;
  scene->joins[person] = scene->loop;
  scene->leaves[person] = scene->loop;
  for (guint i = 0; i < scene->lines->len; i++) {
    const SimLine *line = &g_array_index (scene->lines, SimLine, i);

    if (line->person == person) {
      scene->joins[person] = MAX (1, line->start - LATECOMER_LEAD);
      scene->leaves[person] = MAX (line->end, scene->loop - 500 * 1000);
      break;
    }
  }
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

static void
add_cue (SimScene *scene, SimCueKind kind, gint64 at, gint person)
{
  SimCue cue = { .kind = kind, .at = at, .person = person };

  if (at >= 0 && at < scene->duration)
    g_array_append_val (scene->cues, cue);
}

static void
add_line_cues (SimScene *scene, gint64 base, gint *speaker)
{
  for (guint i = 0; i < scene->lines->len; i++) {
    const SimLine *line = &g_array_index (scene->lines, SimLine, i);

    /* A line that the meeting's end cuts off is never recognised. */
    if (base + line->end > scene->duration)
      break;
    if (line->person != *speaker)
      add_cue (scene, SIM_CUE_SPEAKER, base + line->start, line->person);
    *speaker = line->person;
    g_array_append_val (scene->cues,
        ((SimCue){ .kind = SIM_CUE_TRANSCRIPT,
            .at = MIN (base + line->end + TRANSCRIPT_DELAY, scene->duration),
            .person = line->person,
            .text = line->text,
            .start = base + line->start,
            .end = base + line->end }));
  }
}

static void
add_people_cues (SimScene *scene, gint64 base)
{
  for (guint i = 0; i < scene->n_people; i++) {
    if (scene->joins[i] != scene->leaves[i]) {
      gint64 on = base + scene->joins[i] + LATECOMER_CAMERA_DELAY;

      add_cue (scene, SIM_CUE_JOIN, base + scene->joins[i], i);
      add_cue (scene, SIM_CUE_VIDEO_ON, MAX (on, scene->video_start), i);
      add_cue (scene, SIM_CUE_VIDEO_OFF, base + scene->leaves[i] - 1, i);
      add_cue (scene, SIM_CUE_LEAVE, base + scene->leaves[i], i);
    }
    if (scene->camera_off[i] != scene->camera_on[i]
        && base + scene->camera_off[i] > scene->video_start) {
      add_cue (scene, SIM_CUE_VIDEO_OFF, base + scene->camera_off[i], i);
      add_cue (scene, SIM_CUE_VIDEO_ON, base + scene->camera_on[i], i);
    }
  }
}

static gint
compare_cues (gconstpointer a, gconstpointer b)
{
  const SimCue *first = a;
  const SimCue *second = b;

  return (first->at > second->at) - (first->at < second->at);
}

static void
make_cues (SimScene *scene)
{
  gint speaker = -1;
  gint64 start, end;
  gint person;

  for (guint i = 0; i < scene->n_people; i++) {
    if (scene->joins[i] != scene->leaves[i] || scene->joins[i] == scene->loop)
      continue;
    add_cue (scene, SIM_CUE_JOIN, 0, i);
    if (scene->has_video)
      add_cue (scene, SIM_CUE_VIDEO_ON, scene->video_start, i);
  }
  if (scene->lines->len == 0)
    add_cue (scene, SIM_CUE_SPEAKER, 0, 0);
  for (gint64 base = 0; base < scene->duration; base += scene->loop) {
    add_line_cues (scene, base, &speaker);
    add_people_cues (scene, base);
  }
  if (sim_scene_get_share (scene, &start, &end, &person)) {
    add_cue (scene, SIM_CUE_SHARE_START, start, person);
    add_cue (scene, SIM_CUE_SHARE_STOP, end, person);
  }
  for (guint i = 0; scene->script != NULL && i < scene->script->n_chat; i++) {
    const SimScriptChat *chat = &scene->script->chat[i];

    add_cue (scene, SIM_CUE_CHAT, (gint64)(scene->duration * chat->at),
        chat->person);
    if (scene->cues->len > 0)
      g_array_index (scene->cues, SimCue, scene->cues->len - 1).text
          = chat->text;
  }
  /* A stable sort keeps a join in front of what the person does then. */
  g_array_sort (scene->cues, compare_cues);
}

void
sim_scene_prepare (SimScene *scene)
{
  if (scene->script != NULL && scene->script->n_lines > 0) {
    speak (scene);
    place_latecomer (scene);
  } else if (scene->script != NULL) {
    make_beeps (scene);
  }
  make_cues (scene);
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

gint64
sim_scene_get_video_start (SimScene *scene)
{
  return scene->video_start;
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
  gint64 loop_time = at % scene->loop;

  if (scene->joins[person] == scene->leaves[person])
    return scene->joins[person] == 0;
  return loop_time >= scene->joins[person] && loop_time < scene->leaves[person];
}

gboolean
sim_scene_is_camera_on (SimScene *scene, gint person, gint64 at)
{
  gint64 loop_time = at % scene->loop;

  if (at < scene->video_start || !sim_scene_is_present (scene, person, at))
    return FALSE;
  if (scene->joins[person] != scene->leaves[person]
      && loop_time < scene->joins[person] + LATECOMER_CAMERA_DELAY)
    return FALSE;
  return loop_time < scene->camera_off[person]
         || loop_time >= scene->camera_on[person];
}

gboolean
sim_scene_is_speaking (SimScene *scene, gint person, gint64 from, gint64 to)
{
  gint64 base = from - from % scene->loop;

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

gint
sim_scene_get_shown_person (SimScene *scene, gint64 at)
{
  gint64 loop_time = at % scene->loop;
  gint shown = -1;

  for (guint i = 0; i < scene->lines->len; i++) {
    const SimLine *line = &g_array_index (scene->lines, SimLine, i);

    if (line->start > loop_time)
      break;
    if (sim_scene_is_camera_on (scene, line->person, at))
      shown = line->person;
  }
  for (guint i = 0; shown < 0 && i < scene->n_people; i++) {
    if (sim_scene_is_camera_on (scene, i, at))
      shown = (gint)i;
  }
  return shown;
}

gboolean
sim_scene_get_share (SimScene *scene, gint64 *start, gint64 *end, gint *person)
{
  if (scene->script == NULL || scene->script->presenter < 0)
    return FALSE;
  *start = (gint64)(scene->duration * SHARE_START);
  *end = (gint64)(scene->duration * SHARE_END);
  *person = scene->script->presenter;
  return TRUE;
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

void
sim_scene_read_samples (
    SimScene *scene, gint person, guint64 first, gint16 *samples, guint count)
{
  for (guint i = 0; i < count; i++) {
    guint64 at = (first + i) % scene->n_samples;
    gint mixed = 0;

    for (guint who = 0; who < scene->n_people; who++) {
      if (scene->sound[who] != NULL && (person < 0 || (guint)person == who))
        mixed += scene->sound[who][at];
    }
    samples[i] = (gint16)CLAMP (mixed, G_MININT16, G_MAXINT16);
  }
}

gdouble
sim_scene_get_level (SimScene *scene, gint person, gint64 at)
{
  guint window = SIM_SPEECH_RATE / 20;
  guint64 first;
  gdouble sum = 0.0;

  if (scene->sound[person] == NULL || scene->n_samples == 0)
    return 0.0;
  first = (guint64)(at % scene->loop) * sim_scene_get_sample_rate (scene)
          / G_USEC_PER_SEC;
  for (guint i = 0; i < window; i++) {
    gdouble sample = scene->sound[person][(first + i) % scene->n_samples];

    sum += sample * sample;
  }
  return MIN (1.0, sqrt (sum / window) / 5000.0);
}
