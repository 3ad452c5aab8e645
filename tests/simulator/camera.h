/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Draws what the cameras of a built-in scene see, and the shared slides. */
#pragma once

#include "scene.h"

G_BEGIN_DECLS

#define SIM_VIEW_ACTIVE_SPEAKER (-1)
#define SIM_VIEW_GALLERY (-2)
#define SIM_VIEW_SHARE (-3)

/* Texts that belong onto a picture; NULL where there is none. */
typedef struct {
  gchar *caption;
  gchar *clock;
  gchar *title;
} SimCameraText;

typedef struct _SimCamera SimCamera;

/* @view is one of the above or a person's number. Not for two threads. */
SimCamera *sim_camera_new (SimScene *scene, gint view, gint width, gint height);
void sim_camera_free (SimCamera *camera);
gsize sim_camera_get_size (SimCamera *camera);
/* Paints the picture of this moment into I420 @data. */
void sim_camera_paint (SimCamera *camera, gint64 at, gint64 frame_duration,
    guint8 *data, SimCameraText *text);
void sim_camera_text_clear (SimCameraText *text);

G_END_DECLS
