/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsvalue.h"

void
gst_rtms_value_set_string (gchar **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
}

void
gst_rtms_value_set_secret (RtmsSecret **field, const GValue *value)
{
  const gchar *text = g_value_get_string (value);

  g_clear_pointer (field, rtms_secret_unref);
  if (text && *text)
    *field = rtms_secret_new (text);
}

void
gst_rtms_value_set_structure (GstStructure **field, const GValue *value)
{
  const GstStructure *structure = gst_value_get_structure (value);

  g_clear_pointer (field, gst_structure_free);
  *field = structure ? gst_structure_copy (structure) : NULL;
}
