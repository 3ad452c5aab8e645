/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tally.h"

#include "frames.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <zlib.h>

/* Delays are counted in steps of 2 µs, up to 200 ms. */
#define STEP_NS 2000
#define STEPS 100000

TallyOptions tally_options = { .meetings = 1 };

static const GOptionEntry entries[] = {
  { "url", 0, 0, G_OPTION_ARG_STRING, &tally_options.url,
    "of the sender, up to the port", "URL" },
  { "meetings", 0, 0, G_OPTION_ARG_INT, &tally_options.meetings,
    "to connect to", "N" },
  { "ca", 0, 0, G_OPTION_ARG_FILENAME, &tally_options.ca_file,
    "certificate to trust", "PEM" },
  { "crc", 0, 0, G_OPTION_ARG_NONE, &tally_options.with_crc,
    "sum up the payloads", NULL },
  { "warm-up", 0, 0, G_OPTION_ARG_DOUBLE, &tally_options.warm_up,
    "after the first payload, whose delays do not count", "S" },
  { "record", 0, 0, G_OPTION_ARG_STRING, &tally_options.record,
    "what to launch for a meeting", "LINE" },
  { "context-wait", 0, 0, G_OPTION_ARG_INT, &tally_options.context_wait,
    "of rtmssrc", "MS" },
  { NULL }
};

static atomic_uint_fast64_t messages, bytes, crc_sum;
static atomic_uint_fast64_t begin, n_delays;
static atomic_uint delays[STEPS];

void
tally_init (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  struct rlimit limit;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error)
      || tally_options.url == NULL) {
    g_printerr ("%s\n", error ? error->message : "--url is missing");
    exit (2);
  }
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

static guint64
read_stamp (const guint8 *payload, gsize size)
{
  static const guint8 start_code[] = { 0, 0, 0, 1 };
  gsize offset = size >= 4 && memcmp (payload, start_code, 4) == 0
      ? STAMP_OFFSET_VIDEO : STAMP_OFFSET_AUDIO;
  guint64 stamp = 0;

  if (size < offset + STAMP_SIZE)
    g_error ("A payload of %" G_GSIZE_FORMAT " bytes has no stamp", size);
  for (gsize i = offset; i < offset + STAMP_SIZE; i++) {
    guint8 c = payload[i];

    stamp = stamp << 4 | (guint64) (c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return stamp;
}

void
tally_add (const guint8 *payload, gsize size)
{
  struct timespec time;
  guint64 now, delay;

  clock_gettime (CLOCK_MONOTONIC, &time);
  now = (guint64) time.tv_sec * 1000000000 + (guint64) time.tv_nsec;
  if (begin == 0)
    begin = now + (guint64) (tally_options.warm_up * 1e9);
  if (now >= begin) {
    delay = now - read_stamp (payload, size);
    atomic_fetch_add_explicit (&delays[MIN (delay / STEP_NS, STEPS - 1)], 1,
        memory_order_relaxed);
    atomic_fetch_add_explicit (&n_delays, 1, memory_order_relaxed);
  }
  atomic_fetch_add_explicit (&messages, 1, memory_order_relaxed);
  atomic_fetch_add_explicit (&bytes, size, memory_order_relaxed);
  if (tally_options.with_crc)
    atomic_fetch_add_explicit (&crc_sum, crc32 (0, payload, (guint) size),
        memory_order_relaxed);
}

/* In ms. */
static gdouble
get_percentile (gdouble part)
{
  guint64 wanted = (guint64) ((gdouble) n_delays * part), seen = 0;
  guint i;

  for (i = 0; i < STEPS - 1; i++) {
    seen += delays[i];
    if (seen > wanted)
      break;
  }
  return (i + 0.5) * STEP_NS / 1e6;
}

void
tally_print (void)
{
  printf ("{\"messages\":%" G_GUINT64_FORMAT ",\"bytes\":%" G_GUINT64_FORMAT
      ",\"crc\":%" G_GUINT64_FORMAT ",\"p50\":%.3f,\"p99\":%.3f,"
      "\"p999\":%.3f}\n", (guint64) messages, (guint64) bytes,
      (guint64) crc_sum, get_percentile (0.5), get_percentile (0.99),
      get_percentile (0.999));
  fflush (stdout);
}
