/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flat shapes with smooth edges on an I420 picture. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  guint8 *planes[3];
  gint strides[3];
  gint width;
  gint height;
} SimPicture;

/* Bytes of an I420 picture as GStreamer lays it out by default. */
gsize sim_picture_size (gint width, gint height);
void sim_picture_map (
    SimPicture *picture, guint8 *data, gint width, gint height);

/* Coordinates are pixels of the whole picture; colours 0xRRGGBB. Everything
 * outside the picture is cut off. */
void sim_paint_gradient (SimPicture *picture, gdouble x, gdouble y,
    gdouble width, gdouble height, guint32 top, guint32 bottom);
void sim_paint_ellipse (SimPicture *picture, gdouble x, gdouble y,
    gdouble radius_x, gdouble radius_y, guint32 colour, gdouble opacity);
/* The part of that ellipse above (or, negative @side, below) its centre. */
void sim_paint_half_ellipse (SimPicture *picture, gdouble x, gdouble y,
    gdouble radius_x, gdouble radius_y, gint side, guint32 colour);
void sim_paint_rectangle (SimPicture *picture, gdouble x, gdouble y,
    gdouble width, gdouble height, guint32 colour, gdouble opacity);

G_END_DECLS
