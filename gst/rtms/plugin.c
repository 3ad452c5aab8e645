/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsjsonenc.h"
#include "gstrtmsmeta.h"
#include "gstrtmssrc.h"
#include "gstrtmswebhookbin.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  gst_rtms_meta_register ();
  return GST_ELEMENT_REGISTER (rtmssrc, plugin)
      && GST_ELEMENT_REGISTER (rtmswebhookbin, plugin)
      && GST_ELEMENT_REGISTER (rtmsjsonenc, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, rtms,
    "Zoom Realtime Media Streams", plugin_init, PACKAGE_VERSION, "LGPL",
    "gst-rtms", GST_PACKAGE_ORIGIN)
