/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmserror.h"

G_DEFINE_QUARK (rtms-error-quark, rtms_error)
