/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with a meeting's server for the time being. Of pairs, the
 * first is for media and the second for signaling sockets. */
#pragma once

#include "options.h"
#include "websocket.h"

G_BEGIN_DECLS

typedef enum {
  SIM_ANSWER_STATUS,  /* refused with a status */
  SIM_ANSWER_SILENCE, /* none */
  SIM_ANSWER_LATE,
  SIM_ANSWER_CLOSE, /* a close frame and nothing else */
} SimAnswer;

/* What becomes of handshakes that come next, for so many of them. */
typedef struct {
  SimAnswer answer;
  guint times;
  gint value;  /* a status or a close code */
  guint delay; /* ms */
} SimHandshakeFault;

typedef struct {
  SimHandshakeFault handshakes[2];
  SimFraming framing[2];
  SimKeepAliveStyle keep_alives[2];
  /* By which signs clients are told of what was lost, beside the end of a
   * connection. */
  gboolean tell_event;
  gboolean tell_state;
  gboolean tell_webhook;
  /* Something went wrong that was no fault of the client's. */
  gboolean any;
} SimFaults;

G_END_DECLS
