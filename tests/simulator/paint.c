/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "paint.h"

#include <gst/gst.h>
#include <math.h>
#include <string.h>

gsize
sim_picture_size (gint width, gint height)
{
  gsize luma = (gsize)GST_ROUND_UP_4 (width) * GST_ROUND_UP_2 (height);
  gsize chroma = (gsize)GST_ROUND_UP_4 (GST_ROUND_UP_2 (width) / 2)
                 * (GST_ROUND_UP_2 (height) / 2);

  return luma + 2 * chroma;
}

void
sim_picture_map (SimPicture *picture, guint8 *data, gint width, gint height)
{
  picture->width = width;
  picture->height = height;
  picture->strides[0] = GST_ROUND_UP_4 (width);
  picture->strides[1] = GST_ROUND_UP_4 (GST_ROUND_UP_2 (width) / 2);
  picture->strides[2] = picture->strides[1];
  picture->planes[0] = data;
  picture->planes[1]
      = data + (gsize)picture->strides[0] * GST_ROUND_UP_2 (height);
  picture->planes[2]
      = picture->planes[1]
        + (gsize)picture->strides[1] * (GST_ROUND_UP_2 (height) / 2);
}

/* Video-range YUV, by the matrix that players assume for the size. */
static void
convert_colour (const SimPicture *picture, guint32 colour, gdouble yuv[3])
{
  gdouble red = (colour >> 16 & 0xff) / 255.0;
  gdouble green = (colour >> 8 & 0xff) / 255.0;
  gdouble blue = (colour & 0xff) / 255.0;
  gboolean hd = picture->height >= 720;
  gdouble kr = hd ? 0.2126 : 0.299;
  gdouble kb = hd ? 0.0722 : 0.114;
  gdouble luma = kr * red + (1.0 - kr - kb) * green + kb * blue;

  yuv[0] = 16.0 + 219.0 * luma;
  yuv[1] = 128.0 + 112.0 * (blue - luma) / (1.0 - kb);
  yuv[2] = 128.0 + 112.0 * (red - luma) / (1.0 - kr);
}

static void
blend (guint8 *pixel, gdouble value, gdouble coverage)
{
  *pixel = (guint8)lrint (*pixel + (value - *pixel) * coverage);
}

/* One row from @left to @right with partly covered pixels at both ends. */
static void
fill_span (guint8 *row, gint width, gdouble left, gdouble right, gdouble value,
    gdouble opacity)
{
  gint first, end;

  left = CLAMP (left, 0.0, width);
  right = CLAMP (right, 0.0, width);
  if (right <= left)
    return;
  first = (gint)ceil (left);
  end = (gint)floor (right);
  if (first > end) {
    blend (&row[end], value, (right - left) * opacity);
    return;
  }
  if (first > left)
    blend (&row[first - 1], value, (first - left) * opacity);
  if (opacity >= 1.0) {
    memset (row + first, (gint)lrint (value), end - first);
  } else {
    for (gint x = first; x < end; x++)
      blend (&row[x], value, opacity);
  }
  if (end < right)
    blend (&row[end], value, (right - end) * opacity);
}

typedef struct {
  gdouble x, y, radius_x, radius_y, top, bottom;
} Ellipse;

/* Rows are sampled four times, which smooths the flat ends of the shape as
 * the spans' ends smooth its sides. */
static void
fill_ellipse (guint8 *plane, gint stride, gint width, gint height,
    const Ellipse *shape, gdouble value, gdouble opacity)
{
  gint first = (gint)floor (MAX (0.0, shape->top));
  gint end = (gint)ceil (MIN ((gdouble)height, shape->bottom));

  for (gint y = first; y < end; y++) {
    guint8 *row = plane + (gsize)stride * y;
    gboolean inside = y >= shape->top && y + 1 <= shape->bottom;
    gdouble nearest = MIN (fabs (y - shape->y), fabs (y + 1 - shape->y));
    gboolean steep = nearest < shape->radius_y * 0.7;

    if (inside && steep) {
      gdouble height_part = (y + 0.5 - shape->y) / shape->radius_y;
      gdouble half = shape->radius_x * sqrt (1.0 - height_part * height_part);

      fill_span (row, width, shape->x - half, shape->x + half, value, opacity);
      continue;
    }
    for (gint sample = 0; sample < 4; sample++) {
      gdouble at = y + (sample + 0.5) / 4.0;
      gdouble height_part = (at - shape->y) / shape->radius_y;
      gdouble half;

      if (at < shape->top || at >= shape->bottom || fabs (height_part) >= 1.0)
        continue;
      half = shape->radius_x * sqrt (1.0 - height_part * height_part);
      /* Four blends of this weight add up to the full opacity. */
      fill_span (row, width, shape->x - half, shape->x + half, value,
          opacity >= 1.0 ? 1.0 / (4 - sample) : opacity / 4.0);
    }
  }
}

static void
paint_shape (
    SimPicture *picture, const Ellipse *shape, guint32 colour, gdouble opacity)
{
  gdouble yuv[3];

  convert_colour (picture, colour, yuv);
  for (gint plane = 0; plane < 3; plane++) {
    gdouble scale = plane == 0 ? 1.0 : 0.5;
    Ellipse scaled = { shape->x * scale, shape->y * scale,
      shape->radius_x * scale, shape->radius_y * scale, shape->top * scale,
      shape->bottom * scale };
    gint width = plane == 0 ? picture->width : picture->width / 2;
    gint height = plane == 0 ? picture->height : picture->height / 2;

    fill_ellipse (picture->planes[plane], picture->strides[plane], width,
        height, &scaled, yuv[plane], opacity);
  }
}

void
sim_paint_ellipse (SimPicture *picture, gdouble x, gdouble y, gdouble radius_x,
    gdouble radius_y, guint32 colour, gdouble opacity)
{
  Ellipse shape = { x, y, radius_x, radius_y, y - radius_y, y + radius_y };

  paint_shape (picture, &shape, colour, opacity);
}

void
sim_paint_half_ellipse (SimPicture *picture, gdouble x, gdouble y,
    gdouble radius_x, gdouble radius_y, gint side, guint32 colour)
{
  Ellipse shape = { x, y, radius_x, radius_y, y - radius_y, y + radius_y };

  if (side > 0)
    shape.bottom = y;
  else
    shape.top = y;
  paint_shape (picture, &shape, colour, 1.0);
}

void
sim_paint_rectangle (SimPicture *picture, gdouble x, gdouble y, gdouble width,
    gdouble height, guint32 colour, gdouble opacity)
{
  gdouble yuv[3];

  convert_colour (picture, colour, yuv);
  for (gint plane = 0; plane < 3; plane++) {
    gdouble scale = plane == 0 ? 1.0 : 0.5;
    gint rows = plane == 0 ? picture->height : picture->height / 2;
    gint columns = plane == 0 ? picture->width : picture->width / 2;
    gint first = CLAMP ((gint)lrint (y * scale), 0, rows);
    gint end = CLAMP ((gint)lrint ((y + height) * scale), 0, rows);

    for (gint row = first; row < end; row++) {
      fill_span (picture->planes[plane] + (gsize)picture->strides[plane] * row,
          columns, x * scale, (x + width) * scale, yuv[plane], opacity);
    }
  }
}

void
sim_paint_gradient (SimPicture *picture, gdouble x, gdouble y, gdouble width,
    gdouble height, guint32 top, guint32 bottom)
{
  gdouble from[3], to[3];

  convert_colour (picture, top, from);
  convert_colour (picture, bottom, to);
  for (gint plane = 0; plane < 3; plane++) {
    gdouble scale = plane == 0 ? 1.0 : 0.5;
    gint rows = plane == 0 ? picture->height : picture->height / 2;
    gint columns = plane == 0 ? picture->width : picture->width / 2;
    gint first = CLAMP ((gint)lrint (y * scale), 0, rows);
    gint end = CLAMP ((gint)lrint ((y + height) * scale), 0, rows);
    gint left = CLAMP ((gint)lrint (x * scale), 0, columns);
    gint right = CLAMP ((gint)lrint ((x + width) * scale), 0, columns);

    for (gint row = first; row < end; row++) {
      guint8 *pixels
          = picture->planes[plane] + (gsize)picture->strides[plane] * row;

      for (gint column = left; column < right; column++) {
        /* A little dither hides the bands of a slow gradient. */
        gdouble noise = ((column * 7 + row * 13) & 7) / 8.0 - 0.44;
        gdouble part = 0.75 * (row - first) / MAX (1, end - first)
                       + 0.25 * (column - left) / MAX (1, right - left);
        gdouble value = from[plane] + (to[plane] - from[plane]) * part + noise;

        pixels[column] = (guint8)CLAMP (lrint (value), 0, 255);
      }
    }
  }
}
