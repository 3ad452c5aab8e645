/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef void (*GstRtmsSerialFunc) (gpointer data, gpointer user_data);

/**
 * GstRtmsSerial:
 *
 * Jobs that may take their time, done one after the other on threads of
 * gst_element_call_async(). Any thread may push; nobody waits but for the end.
 */
typedef struct _GstRtmsSerial GstRtmsSerial;

GstRtmsSerial *gst_rtms_serial_new (GstElement *element,
    GstRtmsSerialFunc func, gpointer user_data, GDestroyNotify free_data);
void gst_rtms_serial_unref (GstRtmsSerial *serial);
void gst_rtms_serial_push (GstRtmsSerial *serial, gpointer data);
void gst_rtms_serial_close (GstRtmsSerial *serial);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstRtmsSerial, gst_rtms_serial_unref)

G_END_DECLS
