/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "camera.h"

#include <math.h>
#include <string.h>

#include "paint.h"

#define SLIDE_DURATION (4 * G_USEC_PER_SEC)
#define BLACK 0x000000
#define WHITE 0xffffff

struct _SimCamera {
  SimScene *scene;
  gint view;
  gint width;
  gint height;
  gsize size;
  /* The wall behind each person never changes, so it is painted once. */
  guint8 *walls[SIM_SCENE_MAX_PEOPLE];
};

typedef struct {
  gdouble x, y, width, height;
} Area;

static const gchar *const slide_titles[] = {
  "Plan for the next quarter",
  "Goal 1 · Pages open in under a second",
  "Goal 2 · Half as many open bugs",
  "Goal 3 · Listen to our customers",
};

SimCamera *
sim_camera_new (SimScene *scene, gint view, gint width, gint height)
{
  SimCamera *camera = g_new0 (SimCamera, 1);

  camera->scene = scene;
  camera->view = view;
  camera->width = width;
  camera->height = height;
  camera->size = sim_picture_size (width, height);
  return camera;
}

void
sim_camera_free (SimCamera *camera)
{
  for (guint i = 0; i < SIM_SCENE_MAX_PEOPLE; i++)
    g_free (camera->walls[i]);
  g_free (camera);
}

gsize
sim_camera_get_size (SimCamera *camera)
{
  return camera->size;
}

void
sim_camera_text_clear (SimCameraText *text)
{
  g_clear_pointer (&text->caption, g_free);
  g_clear_pointer (&text->clock, g_free);
  g_clear_pointer (&text->title, g_free);
}

/* A wall with a window of soft light and a shelf. */
static void
paint_wall (
    SimPicture *picture, const Area *area, const SimLook *look, gint person)
{
  gdouble unit = area->height / 100.0;
  gdouble lamp = area->x + area->width * (person % 2 ? 0.16 : 0.84);

  sim_paint_gradient (picture, area->x, area->y, area->width, area->height,
      look->wall_top, look->wall_bottom);
  for (gint ring = 3; ring > 0; ring--)
    sim_paint_ellipse (picture, lamp, area->y + 26.0 * unit, ring * 8.0 * unit,
        ring * 8.0 * unit, WHITE, 0.07);
  sim_paint_rectangle (picture,
      area->x + area->width * (person % 2 ? 0.70 : 0.06), area->y + 34 * unit,
      area->width * 0.24, 1.6 * unit, WHITE, 0.35);
  for (gint book = 0; book < 6; book++) {
    static const guint32 colours[]
        = { 0xf4f1de, 0xe07a5f, 0x81b29a, 0xf2cc8f, 0xc9d6df, 0xd4a5a5 };
    gdouble tall = 9.0 + (book * 5 + person * 3) % 7;

    sim_paint_rectangle (picture,
        area->x + area->width * (person % 2 ? 0.72 : 0.08) + book * 3.6 * unit,
        area->y + (34.0 - tall) * unit, 2.9 * unit, tall * unit,
        colours[(book + person) % 6], 0.85);
  }
}

static void
paint_face (SimPicture *picture, const SimLook *look, gdouble x, gdouble y,
    gdouble unit, gdouble seconds, gdouble level, gint person)
{
  gdouble blink_phase = fmod (seconds + person * 1.3, 3.7);
  gdouble eye = blink_phase < 0.14 ? 0.25 : 1.5;
  gdouble brow = level > 0.25 ? 0.8 : 0.0;

  for (gint side = -1; side <= 1; side += 2) {
    sim_paint_ellipse (picture, x + side * 5.6 * unit, y - 1.0 * unit,
        2.3 * unit, MIN (2.0, eye + 0.4) * unit, WHITE, 1.0);
    sim_paint_ellipse (picture, x + side * 5.6 * unit, y - 1.0 * unit,
        1.3 * unit, eye * 0.9 * unit, 0x2b2118, 1.0);
    sim_paint_ellipse (picture, x + side * 5.6 * unit, y - (5.2 + brow) * unit,
        2.9 * unit, 0.6 * unit, look->hair, 1.0);
    sim_paint_ellipse (picture, x + side * 8.2 * unit, y + 5.0 * unit,
        2.6 * unit, 1.8 * unit, 0xe2725b, 0.25);
  }
  sim_paint_ellipse (
      picture, x, y + 3.0 * unit, 1.1 * unit, 1.7 * unit, 0x8a4b2d, 0.35);
  if (level > 0.06) {
    sim_paint_ellipse (picture, x, y + 9.0 * unit, (3.4 + level) * unit,
        (0.7 + 3.0 * level) * unit, 0x7b2d26, 1.0);
    sim_paint_half_ellipse (picture, x, y + 8.9 * unit, 2.9 * unit,
        (0.4 + 1.5 * level) * unit, 1, WHITE);
  } else {
    sim_paint_half_ellipse (
        picture, x, y + 8.0 * unit, 4.2 * unit, 2.3 * unit, -1, 0x7b2d26);
    sim_paint_half_ellipse (
        picture, x, y + 7.9 * unit, 4.2 * unit, 1.2 * unit, -1, look->skin);
  }
}

static void
paint_hair_behind (SimPicture *picture, const SimLook *look, gdouble x,
    gdouble y, gdouble unit)
{
  switch (look->hair_style) {
  case SIM_HAIR_LONG:
    sim_paint_ellipse (
        picture, x, y + 7.0 * unit, 20.0 * unit, 26.0 * unit, look->hair, 1.0);
    break;
  case SIM_HAIR_BUN:
    sim_paint_ellipse (
        picture, x, y - 24.0 * unit, 7.5 * unit, 6.5 * unit, look->hair, 1.0);
    sim_paint_ellipse (
        picture, x, y - 2.0 * unit, 17.0 * unit, 17.0 * unit, look->hair, 1.0);
    break;
  case SIM_HAIR_CURLY:
    for (gint curl = 0; curl < 13; curl++) {
      gdouble angle = G_PI * (curl - 0.8) / 10.4;

      sim_paint_ellipse (picture, x - 17.5 * unit * cos (angle),
          y - 3.0 * unit - 19.0 * unit * sin (angle), 7.0 * unit, 7.0 * unit,
          look->hair, 1.0);
    }
    break;
  default:
    break;
  }
}

/* Head and shoulders, moving a little as people do. */
static void
paint_person (SimPicture *picture, const Area *area, SimScene *scene,
    gint person, gint64 at)
{
  const SimLook *look = &sim_scene_get_person (scene, person)->look;
  gdouble unit = area->height / 100.0;
  gdouble seconds = (gdouble)at / G_USEC_PER_SEC;
  gdouble level = sim_scene_get_level (scene, person, at);
  gdouble x
      = area->x + area->width / 2.0 + 1.2 * unit * sin (seconds * 0.9 + person);
  gdouble y = area->y + 45.0 * unit
              + 0.7 * unit * sin (seconds * 1.7 + person * 2)
              - 0.8 * unit * level;

  paint_hair_behind (picture, look, x, y, unit);
  sim_paint_ellipse (picture, x, area->y + 104.0 * unit, 40.0 * unit,
      33.0 * unit, look->shirt, 1.0);
  sim_paint_ellipse (picture, x, area->y + 73.0 * unit, 10.0 * unit, 6.0 * unit,
      look->skin, 1.0);
  sim_paint_rectangle (picture, x - 6.0 * unit, y + 8.0 * unit, 12.0 * unit,
      area->y + 73.0 * unit - y - 8.0 * unit, look->skin, 1.0);
  /* The chin's shadow. */
  sim_paint_ellipse (
      picture, x, y + 17.5 * unit, 6.0 * unit, 5.0 * unit, BLACK, 0.16);
  sim_paint_ellipse (picture, x, y, 15.0 * unit, 19.0 * unit, look->skin, 1.0);
  sim_paint_half_ellipse (
      picture, x, y - 7.0 * unit, 16.0 * unit, 15.0 * unit, 1, look->hair);
  if (look->hair_style == SIM_HAIR_LONG) {
    for (gint side = -1; side <= 1; side += 2)
      sim_paint_ellipse (picture, x + side * 14.5 * unit, y + 3.0 * unit,
          3.4 * unit, 15.0 * unit, look->hair, 1.0);
  }
  paint_face (picture, look, x, y + 1.0 * unit, unit, seconds, level, person);
  /* Meeting programs mark who speaks. */
  for (gint bar = 0; bar < 5; bar++) {
    gdouble swing = 0.5 + 0.5 * sin (seconds * 11.0 + bar * 1.9);
    gdouble tall = (1.0 + 7.0 * level * swing) * unit;

    sim_paint_rectangle (picture,
        area->x + area->width - (14.0 - bar * 2.0) * unit,
        area->y + 92.0 * unit - tall / 2.0, 1.2 * unit, tall, WHITE, 0.85);
  }
}

static void
paint_portrait (SimCamera *camera, gint person, gint64 at, guint8 *data)
{
  SimPicture picture;
  Area whole = { 0, 0, camera->width, camera->height };

  sim_picture_map (&picture, data, camera->width, camera->height);
  if (camera->walls[person] == NULL) {
    camera->walls[person] = g_malloc0 (camera->size);
    sim_picture_map (
        &picture, camera->walls[person], camera->width, camera->height);
    paint_wall (&picture, &whole,
        &sim_scene_get_person (camera->scene, person)->look, person);
    sim_picture_map (&picture, data, camera->width, camera->height);
  }
  memcpy (data, camera->walls[person], camera->size);
  paint_person (&picture, &whole, camera->scene, person, at);
}

static void
paint_plain (SimCamera *camera, guint32 colour, guint8 *data)
{
  SimPicture picture;

  sim_picture_map (&picture, data, camera->width, camera->height);
  sim_paint_rectangle (
      &picture, 0, 0, camera->width, camera->height, colour, 1.0);
}

static void
paint_gallery (SimCamera *camera, gint64 at, guint8 *data)
{
  SimPicture picture;
  guint people = sim_scene_get_n_people (camera->scene);
  gint columns = people > 1 ? 2 : 1;

  paint_plain (camera, 0x1a1a1a, data);
  sim_picture_map (&picture, data, camera->width, camera->height);
  for (guint i = 0; i < people; i++) {
    /* Even positions and sizes keep luma and chroma together. */
    gint width = camera->width / columns / 2 * 2;
    gint height = camera->height / columns / 2 * 2;
    Area area = { (gint)(i % columns) * width, (gint)(i / columns) * height,
      width, height };
    g_autofree guint8 *tile = NULL;
    SimPicture part;
    Area whole = { 0, 0, width, height };

    if (!sim_scene_is_camera_on (camera->scene, i, at))
      continue;
    /* A tile of its own cuts what would reach into the neighbour's. */
    tile = g_malloc0 (sim_picture_size (width, height));
    sim_picture_map (&part, tile, width, height);
    paint_wall (
        &part, &whole, &sim_scene_get_person (camera->scene, i)->look, i);
    paint_person (&part, &whole, camera->scene, i, at);
    for (gint plane = 0; plane < 3; plane++) {
      gint shift = plane == 0 ? 0 : 1;

      for (gint row = 0; row < height >> shift; row++) {
        memcpy (picture.planes[plane]
                    + (gsize)picture.strides[plane]
                          * (((gint)area.y >> shift) + row)
                    + ((gint)area.x >> shift),
            part.planes[plane] + (gsize)part.strides[plane] * row,
            width >> shift);
      }
    }
  }
}

static void
paint_slide (SimCamera *camera, gint64 at, guint8 *data)
{
  SimPicture picture;
  gint64 start = at;
  guint slide;
  gdouble unit = camera->height / 100.0;
  gdouble part;

  sim_scene_get_presenter (camera->scene, at, &start);
  slide = (guint)((at - start) / SLIDE_DURATION) % 4;
  part = (gdouble)((at - start) % SLIDE_DURATION) / SLIDE_DURATION;
  sim_picture_map (&picture, data, camera->width, camera->height);
  sim_paint_rectangle (
      &picture, 0, 0, camera->width, camera->height, 0xfbfaf7, 1.0);
  sim_paint_gradient (
      &picture, 0, 0, camera->width, 22.0 * unit, 0x2b5876, 0x4e4376);
  for (gint bar = 0; bar < 6; bar++) {
    static const guint32 colours[] = { 0x2e86ab, 0xe07a5f, 0x81b29a };
    gdouble tall = (12.0 + (bar * 17 + slide * 11) % 34) * unit;

    sim_paint_rectangle (&picture, (18.0 + bar * 24.0) * unit,
        86.0 * unit - tall, 14.0 * unit, tall, colours[bar % 3], 1.0);
  }
  sim_paint_rectangle (&picture, 12.0 * unit, 86.0 * unit, 152.0 * unit,
      0.7 * unit, 0x333333, 1.0);
  sim_paint_rectangle (&picture, 0, 98.5 * unit, camera->width * part,
      1.5 * unit, 0x4e4376, 1.0);
}

void
sim_camera_paint (SimCamera *camera, gint64 at, gint64 frame_duration,
    guint8 *data, SimCameraText *text)
{
  SimScene *scene = camera->scene;
  gint64 loop_time = at % sim_scene_get_loop (scene);
  gint person = camera->view;

  text->clock
      = g_strdup_printf ("%02d:%02d", (gint)(loop_time / (60 * G_USEC_PER_SEC)),
          (gint)(loop_time / G_USEC_PER_SEC % 60));
  if (sim_scene_is_sync_test (scene)) {
    /* The one frame that begins within a frame's time after the second. */
    gboolean flash = at % G_USEC_PER_SEC < frame_duration - 1;

    paint_plain (camera, flash ? WHITE : BLACK, data);
    return;
  }
  if (camera->view == SIM_VIEW_SHARE) {
    gint64 start = at;

    sim_scene_get_presenter (scene, at, &start);
    paint_slide (camera, at, data);
    text->title = g_strdup (slide_titles[(at - start) / SLIDE_DURATION % 4]);
    return;
  }
  if (camera->view == SIM_VIEW_GALLERY) {
    paint_gallery (camera, at, data);
    return;
  }
  if (camera->view == SIM_VIEW_ACTIVE_SPEAKER)
    person = sim_scene_get_shown_person (scene, at);
  if (person < 0) {
    paint_plain (camera, BLACK, data);
    return;
  }
  paint_portrait (camera, person, at, data);
  text->caption = g_strdup (sim_scene_get_person (scene, person)->caption);
}
