/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RTMS_ERROR (rtms_error_quark ())
GQuark rtms_error_quark (void);

/**
 * RtmsError:
 * @RTMS_ERROR_PAYLOAD: the webhook payload cannot be used
 * @RTMS_ERROR_URL: a server URL is not allowed
 * @RTMS_ERROR_SETTINGS: the settings ask for what Zoom does not offer
 * @RTMS_ERROR_MALFORMED: a message is not what the protocol says
 * @RTMS_ERROR_CONNECT: a server could not be reached
 * @RTMS_ERROR_TLS: a server could not prove who it is
 * @RTMS_ERROR_REFUSED: a server refused, with a status
 * @RTMS_ERROR_TIMEOUT: a server did not answer in time
 * @RTMS_ERROR_CLOSED: a connection ended before its work was done
 *
 * What can go wrong with a stream, for one mapping to GStreamer's errors.
 */
typedef enum {
  RTMS_ERROR_PAYLOAD,
  RTMS_ERROR_URL,
  RTMS_ERROR_SETTINGS,
  RTMS_ERROR_MALFORMED,
  RTMS_ERROR_CONNECT,
  RTMS_ERROR_TLS,
  RTMS_ERROR_REFUSED,
  RTMS_ERROR_TIMEOUT,
  RTMS_ERROR_CLOSED,
} RtmsError;

G_END_DECLS
