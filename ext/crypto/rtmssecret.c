/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmssecret.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* No secret of Zoom's comes near this. */
#define FILE_SIZE_MAX 4096

/* At the beginning of pages of its own. */
struct _RtmsSecret
{
  gatomicrefcount ref_count;
  gsize mapped;                 /* bytes, whole pages */
  gchar text[];
};

static RtmsSecret *
create (gsize length)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  gsize mapped = (sizeof (RtmsSecret) + length + page) / page * page;
  RtmsSecret *secret = mmap (NULL, mapped, PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (secret == MAP_FAILED)
    g_error ("No memory for a secret: %s", g_strerror (errno));
#ifdef MADV_DONTDUMP
  madvise (secret, mapped, MADV_DONTDUMP);
#endif
  /* Few unprivileged processes may lock much: without is no reason to stop. */
  if (mlock (secret, mapped) < 0)
    g_debug ("A secret may be swapped: %s", g_strerror (errno));
  g_atomic_ref_count_init (&secret->ref_count);
  secret->mapped = mapped;
  return secret;
}

RtmsSecret *
rtms_secret_new (const gchar *text)
{
  RtmsSecret *secret = create (strlen (text));

  strcpy (secret->text, text);
  return secret;
}

/* Its text is @bytes in lower-case hex. */
RtmsSecret *
rtms_secret_new_hex (const guint8 *bytes, gsize size)
{
  static const gchar digits[] = "0123456789abcdef";
  RtmsSecret *secret = create (2 * size);

  for (gsize i = 0; i < size; i++) {
    secret->text[2 * i] = digits[bytes[i] >> 4];
    secret->text[2 * i + 1] = digits[bytes[i] & 15];
  }
  return secret;
}

/* Without stdio, whose buffer would keep a copy. A pipe is as good as a
 * file. */
static gssize
read_file (const gchar *path, gchar *text, gsize size)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gsize length = 0;
  gssize n;

  if (fd < 0)
    return -1;
  do {
    n = read (fd, text + length, size - length);
    length += n > 0 ? (gsize) n : 0;
  } while ((n > 0 && length < size) || (n < 0 && errno == EINTR));
  close (fd);
  return n < 0 || length == size ? -1 : (gssize) length;
}

/**
 * rtms_secret_new_from_file:
 * @path: a file, whose text ends before any white space at its end
 *
 * Returns: (transfer full) (nullable): its text; %NULL when it cannot be
 *     read, or is too large for a secret
 */
RtmsSecret *
rtms_secret_new_from_file (const gchar *path)
{
  g_autoptr (RtmsSecret) secret = create (FILE_SIZE_MAX);

  if (read_file (path, secret->text, FILE_SIZE_MAX) < 0)
    return NULL;
  g_strchomp (secret->text);
  return g_steal_pointer (&secret);
}

RtmsSecret *
rtms_secret_ref (RtmsSecret *secret)
{
  g_atomic_ref_count_inc (&secret->ref_count);
  return secret;
}

void
rtms_secret_unref (RtmsSecret *secret)
{
  gsize mapped = secret->mapped;

  if (!g_atomic_ref_count_dec (&secret->ref_count))
    return;
  rtms_secret_wipe (secret, mapped);
  munmap (secret, mapped);
}

/* Lent for the life of @secret. */
const gchar *
rtms_secret_get_text (const RtmsSecret *secret)
{
  return secret->text;
}

/* For copies that cannot be avoided, before they are freed. */
void
rtms_secret_wipe (gpointer memory, gsize size)
{
  OPENSSL_cleanse (memory, size);
}
