/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmspace.h"

#include "ext/websocket/rtmsworkers.h"

/* More than work takes: the push waited for something, or for its processor,
 * µs. */
#define WAIT_TIME (2 * G_TIME_SPAN_MILLISECOND)

/* So many quick pushes in a row, to begin with. */
#define SCORE_MAX 32
#define SLOW_LOSS 2
#define WAIT_LOSS 16
/* The more often a pad held up its network thread, the longer it has to be
 * quick before it may do so again. */
#define N_STUCK_MAX 8

void
gst_rtms_pace_init (GstRtmsPace *pace)
{
  *pace = (GstRtmsPace) { 0 };
}

/**
 * gst_rtms_pace_add:
 * @pace: a pad's pace
 * @duration: of a push, µs
 * @quick_time: what counts as quick, µs
 *
 * Returns: whether the pad is a quick one now
 */
gboolean
gst_rtms_pace_add (GstRtmsPace *pace, gint64 duration, gint64 quick_time)
{
  if (duration >= RTMS_WORKERS_PATIENCE) {
    if (pace->is_quick && pace->n_stuck < N_STUCK_MAX)
      pace->n_stuck++;
    pace->score = -(SCORE_MAX << pace->n_stuck);
  } else if (duration < quick_time) {
    pace->score++;
  } else {
    pace->score -= duration >= WAIT_TIME ? WAIT_LOSS : SLOW_LOSS;
  }
  pace->score = CLAMP (pace->score, -(SCORE_MAX << N_STUCK_MAX), SCORE_MAX);

  if (pace->score >= SCORE_MAX)
    pace->is_quick = TRUE;
  else if (pace->score <= 0)
    pace->is_quick = FALSE;
  return pace->is_quick;
}
