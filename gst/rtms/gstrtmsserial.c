/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsserial.h"

/* The lock is not held while a job is done. */
struct _GstRtmsSerial
{
  GstElement *element;          /* not owned: it closes the queue */
  GstRtmsSerialFunc func;
  gpointer user_data;
  GDestroyNotify free_data;

  GMutex lock;
  GCond idle;
  GQueue jobs;
  GThread *runner;              /* %NULL while there is nothing to do */
  gboolean is_scheduled;
  gboolean is_closed;
};

/**
 * gst_rtms_serial_new:
 * @element: whose threads do the jobs
 * @func: does a job
 * @free_data: (nullable): for each job's data, done or not
 */
GstRtmsSerial *
gst_rtms_serial_new (GstElement *element, GstRtmsSerialFunc func,
    gpointer user_data, GDestroyNotify free_data)
{
  GstRtmsSerial *serial = g_atomic_rc_box_new0 (GstRtmsSerial);

  serial->element = element;
  serial->func = func;
  serial->user_data = user_data;
  serial->free_data = free_data;
  g_mutex_init (&serial->lock);
  g_cond_init (&serial->idle);
  g_queue_init (&serial->jobs);
  return serial;
}

static void
clear_serial (gpointer data)
{
  GstRtmsSerial *serial = data;

  g_queue_clear_full (&serial->jobs, serial->free_data);
  g_cond_clear (&serial->idle);
  g_mutex_clear (&serial->lock);
}

void
gst_rtms_serial_unref (GstRtmsSerial *serial)
{
  g_atomic_rc_box_release_full (serial, clear_serial);
}

static void
run (GstElement *element, gpointer user_data)
{
  GstRtmsSerial *serial = user_data;
  gpointer data;

  g_mutex_lock (&serial->lock);
  serial->runner = g_thread_self ();
  while (!serial->is_closed
      && (data = g_queue_pop_head (&serial->jobs)) != NULL) {
    g_mutex_unlock (&serial->lock);
    serial->func (data, serial->user_data);
    if (serial->free_data)
      serial->free_data (data);
    g_mutex_lock (&serial->lock);
  }
  serial->runner = NULL;
  serial->is_scheduled = FALSE;
  g_cond_broadcast (&serial->idle);
  g_mutex_unlock (&serial->lock);
}

/**
 * gst_rtms_serial_push:
 * @serial: a queue
 * @data: (transfer full): not %NULL; dropped when the queue is closed
 */
void
gst_rtms_serial_push (GstRtmsSerial *serial, gpointer data)
{
  gboolean is_first = FALSE, is_closed;

  g_mutex_lock (&serial->lock);
  is_closed = serial->is_closed;
  if (!is_closed) {
    g_queue_push_tail (&serial->jobs, data);
    is_first = !serial->is_scheduled;
    serial->is_scheduled = TRUE;
  }
  g_mutex_unlock (&serial->lock);
  if (is_closed && serial->free_data)
    serial->free_data (data);
  if (is_first)
    gst_element_call_async (serial->element, run,
        g_atomic_rc_box_acquire (serial),
        (GDestroyNotify) gst_rtms_serial_unref);
}

/* Nothing that waits is done any more. Returns when the job that is being
 * done has ended, unless this is called from within it. */
void
gst_rtms_serial_close (GstRtmsSerial *serial)
{
  GQueue dropped;

  g_mutex_lock (&serial->lock);
  serial->is_closed = TRUE;
  dropped = serial->jobs;
  g_queue_init (&serial->jobs);
  while (serial->is_scheduled && serial->runner != g_thread_self ())
    g_cond_wait (&serial->idle, &serial->lock);
  g_mutex_unlock (&serial->lock);
  g_queue_clear_full (&dropped, serial->free_data);
}
