/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs a target once for each file of the folders on the command line, so
 * that the tests cover what fuzzing found, without libFuzzer. */

#include <stdio.h>
#include <string.h>

#include "fuzz.h"

static guint
replay (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    g_autofree gchar *text = NULL;
    g_autofree guint8 *bytes = NULL;
    gsize size;

    if (!g_file_get_contents (path, &text, &size, NULL))
      g_error ("%s cannot be read", path);
    /* Without the NUL behind it, which would hide a read too far. */
    bytes = g_memdup2 (text, size);
    LLVMFuzzerTestOneInput (bytes, size);
    n++;
  }
  return n;
}

int
main (int argc, char **argv)
{
  guint n = 0;

  LLVMFuzzerInitialize (&argc, &argv);
  LLVMFuzzerTestOneInput (NULL, 0);
  for (int i = 1; i < argc; i++)
    n += replay (argv[i]);
  printf ("%u inputs\n", n);
  return n > 0 ? 0 : 1;
}
