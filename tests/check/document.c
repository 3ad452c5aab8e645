/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document.h"

#include <gst/check/gstcheck.h>
#include <string.h>

/* From its heading to the empty line before the next one, or to the end;
 * what comes behind the end when there is no such section. */
static gboolean
find_section (const gchar *content, const gchar *title, gsize *start,
    gsize *end)
{
  g_autofree gchar *heading = g_strdup_printf ("\n## %s\n", title);
  const gchar *found = strstr (content, heading);
  const gchar *next = found ? strstr (found + strlen (heading), "\n## ")
      : NULL;

  *start = found ? (gsize) (found - content) + 1 : strlen (content);
  *end = next ? (gsize) (next - content) : strlen (content);
  return found != NULL;
}

/**
 * document_check_section:
 * @path: a Markdown document that is kept with the sources
 * @title: of a section of it
 * @text: the lines of the section, as a test found them to be
 *
 * Fails the test when the document says anything else. With RTMS_REGENERATE in
 * the environment it writes the section instead.
 */
void
document_check_section (const gchar *path, const gchar *title,
    const gchar *text)
{
  g_autofree gchar *section = g_strdup_printf ("## %s\n\n%s", title, text);
  g_autofree gchar *content = NULL;
  g_autofree gchar *written = NULL;
  g_autoptr (GString) changed = NULL;
  gsize start, end;
  gboolean found;

  fail_unless (g_file_get_contents (path, &content, NULL, NULL),
      "%s cannot be read", path);
  found = find_section (content, title, &start, &end);
  written = g_strndup (content + start, end - start);
  if (g_getenv ("RTMS_REGENERATE") == NULL) {
    fail_unless (g_str_equal (written, section), "\"%s\" in %s is not what "
        "was found. Run the test with RTMS_REGENERATE=1 and look at what "
        "changes. Found:\n%s", title, path, section);
    return;
  }
  changed = g_string_new_len (content, (gssize) start);
  if (!found)
    g_string_append_c (changed, '\n');
  g_string_append (changed, section);
  g_string_append (changed, content + end);
  fail_unless (g_file_set_contents (path, changed->str, -1, NULL));
}
