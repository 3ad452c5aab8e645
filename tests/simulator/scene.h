/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What happens in the meeting and when: people, their speech, cameras, share
 * and chat. A media file is a scene too, of one person who always speaks.
 *
 * A scene is written for at most a minute and repeats after that; times within
 * one run are "loop times". Everything is in microseconds from the start of
 * the meeting. */
#pragma once

#include "course.h"
#include "options.h"
#include "speech.h"

G_BEGIN_DECLS

#define SIM_SCENE_MAX_PEOPLE SIM_MAX_PEOPLE
#define SIM_SCENE_LOOP (60 * G_USEC_PER_SEC)

typedef enum {
  SIM_HAIR_SHORT,
  SIM_HAIR_LONG,
  SIM_HAIR_BUN,
  SIM_HAIR_CURLY,
} SimHair;

/* Colours are 0xRRGGBB. */
typedef struct {
  guint32 wall_top;
  guint32 wall_bottom;
  guint32 skin;
  guint32 hair;
  guint32 shirt;
  SimHair hair_style;
} SimLook;

typedef struct {
  guint64 user_id;
  const gchar *name;
  const gchar *caption; /* on the picture, in letters any font has */
  SimVoice voice;
  SimLook look;
} SimPerson;

typedef struct {
  gint person;
  const gchar *text;
  gint64 start; /* loop times of the audible speech */
  gint64 end;
} SimLine;

typedef enum {
  SIM_CUE_JOIN,
  SIM_CUE_LEAVE,
  SIM_CUE_VIDEO_ON,
  SIM_CUE_VIDEO_OFF,
  SIM_CUE_SPEAKER,
  SIM_CUE_SHARE_START,
  SIM_CUE_SHARE_STOP,
  SIM_CUE_TRANSCRIPT,
  SIM_CUE_CHAT,
  SIM_CUE_PAUSE,
  SIM_CUE_RESUME,
  SIM_CUE_VOICE_EVENT,
  SIM_CUE_FAULT, /* without a text the seed picks one */
} SimCueKind;

/* One thing that a client hears about. */
typedef struct {
  SimCueKind kind;
  gint64 at; /* when it is sent */
  gint person;
  const gchar *text;
  gint64 start; /* of a transcript line */
  gint64 end;
  gint type; /* of a voice event */
} SimCue;

typedef struct _SimScene SimScene;

gboolean sim_scene_exists (const gchar *name);
void sim_scene_list (void);

/* How many people a scene has. */
guint sim_scene_count_people (const gchar *name);

/* @file_name is the person's name when a file is played, else NULL. Cameras
 * come on at @video_start unless the options say otherwise. */
SimScene *sim_scene_new (const SimOptions *options, const gchar *file_name,
    gint64 duration, gint64 video_start, gboolean has_video);
void sim_scene_free (SimScene *scene);

/* Synthesises the speech and lays out the timeline; takes a second or so, and
 * must have returned before anything below is called. */
void sim_scene_prepare (SimScene *scene);

gint64 sim_scene_get_duration (SimScene *scene);
gint64 sim_scene_get_loop (SimScene *scene);
/* Whether sound and pictures are the same again after each loop. */
gboolean sim_scene_is_repeating (SimScene *scene);
/* When the first camera is on, or 0 when none ever is. */
gint64 sim_scene_get_video_start (SimScene *scene);
guint sim_scene_get_n_people (SimScene *scene);
const SimPerson *sim_scene_get_person (SimScene *scene, gint person);
gint sim_scene_find_person (SimScene *scene, guint64 user_id);
const GArray *sim_scene_get_cues (SimScene *scene);
gboolean sim_scene_is_present (SimScene *scene, gint person, gint64 at);
gboolean sim_scene_is_camera_on (SimScene *scene, gint person, gint64 at);
gboolean sim_scene_is_speaking (
    SimScene *scene, gint person, gint64 from, gint64 to);
/* The stream pauses: no media flow. */
gboolean sim_scene_is_paused (SimScene *scene, gint64 at);

/* Whose camera the active speaker view shows, or -1. */
gint sim_scene_get_shown_person (SimScene *scene, gint64 at);

/* Who shares, and since when, or -1. */
gint sim_scene_get_presenter (SimScene *scene, gint64 at, gint64 *start);
/* When something is shared first, or -1. */
gint64 sim_scene_get_share_start (SimScene *scene);

/* A scene's own sound and pictures; a played file has neither. */
gboolean sim_scene_is_sync_test (SimScene *scene);
gint sim_scene_get_sample_rate (SimScene *scene);
/* Adds @count mono samples from sample @first of the endless scene;
 * @person -1 mixes everybody. */
void sim_scene_read_samples (
    SimScene *scene, gint person, guint64 first, gint16 *samples, guint count);
/* Loudness of a person's voice at this time, 0 ... 1. */
gdouble sim_scene_get_level (SimScene *scene, gint person, gint64 at);

G_END_DECLS
