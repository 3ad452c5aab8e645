/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "chaos.h"

typedef enum {
  NEEDS_NOTHING,
  NEEDS_TLS,
  NEEDS_WEBHOOK, /* without one no client can follow */
} Need;

/* "%g" stands for a number from @least to @most. */
static const struct {
  SimFaultKinds kind;
  const gchar *command;
  gdouble least;
  gdouble most;
  Need need;
} faults[] = {
  { SIM_FAULTS_CONNECTION, "drop media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "drop audio", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "drop signaling", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "drop all", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "half-close media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "half-close signaling", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "close media code=1000", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "close media code=1001", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "close media code=1005", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "close media code=1006", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "close media code=1011", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "close signaling code=1001", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "close signaling code=1006", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "close signaling code=1011", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "abandon media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "stall media for=%g", 0.1, 2, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "stall all for=%g", 0.1, 2, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "limit media rate=%g for=1", 20000, 200000,
      NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "refuse media how=503", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "refuse signaling how=reset", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "handshake media status=16", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "handshake media status=15", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "handshake signaling status=8", 0, 0,
      NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "handshake media late=%g", 0.1, 2, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "handshake media close=1006", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "keep-alives bare", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "keep-alives none", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "keep-alives regular", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "signs state on", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CONNECTION, "move", 0, 0, NEEDS_WEBHOOK },
  { SIM_FAULTS_CONNECTION, "webhook duplicate", 0, 0, NEEDS_WEBHOOK },
  { SIM_FAULTS_CONNECTION, "webhook delay by=%g", 0.1, 2, NEEDS_WEBHOOK },
  { SIM_FAULTS_CONNECTION, "webhook rtms_started", 0, 0, NEEDS_WEBHOOK },
  { SIM_FAULTS_CONNECTION, "webhook rtms_interrupted", 0, 0, NEEDS_WEBHOOK },
  { SIM_FAULTS_CONNECTION, "tls alert media", 0, 0, NEEDS_TLS },
  { SIM_FAULTS_CONNECTION, "tls expired", 0, 0, NEEDS_TLS },
  { SIM_FAULTS_CONNECTION, "tls wrong-name", 0, 0, NEEDS_TLS },
  { SIM_FAULTS_CONNECTION, "tls unknown-ca", 0, 0, NEEDS_TLS },
  { SIM_FAULTS_MESSAGE, "inject malformed media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject malformed signaling", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject truncated media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject nested signaling", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject array media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject empty media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject utf8 signaling", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject unknown-type all", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject unknown-enum signaling", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject metadata media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject numbers media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "inject oversized media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "damage base64 media times=2", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "damage length media times=2", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "damage type media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "damage truncated media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "damage utf8 media times=5", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "frames binary", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "frames bytes", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "frames text", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "endless media for=0.5", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "oddity flat-events", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "oddity text-ids", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "oddity extra-fields", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_MESSAGE, "oddity state-on-media", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_ORDER, "damage duplicate media times=5", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_ORDER, "damage reorder audio times=3", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_ORDER, "damage reorder video times=2", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_ORDER, "damage lose media times=2", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CLOCK, "clock jump=%g", 0.1, 3, NEEDS_NOTHING },
  { SIM_FAULTS_CLOCK, "clock jump=%g", -3, -0.1, NEEDS_NOTHING },
  { SIM_FAULTS_CLOCK, "clock skew=5000", 0, 0, NEEDS_NOTHING },
  { SIM_FAULTS_CLOCK, "clock skew=-5000", 0, 0, NEEDS_NOTHING },
};

struct _SimChaos {
  const SimOptions *options;
  GRand *random;
};

SimChaos *
sim_chaos_new (const SimOptions *options, guint meeting_number)
{
  SimChaos *chaos = g_new0 (SimChaos, 1);
  guint32 seed[] = { options->plan.fault_seed, meeting_number };

  chaos->options = options;
  chaos->random = g_rand_new_with_seed_array (seed, G_N_ELEMENTS (seed));
  return chaos;
}

void
sim_chaos_free (SimChaos *chaos)
{
  g_rand_free (chaos->random);
  g_free (chaos);
}

static gboolean
is_possible (SimChaos *chaos, guint index)
{
  const SimOptions *options = chaos->options;

  return (options->fault_kinds & faults[index].kind) != 0
         && (faults[index].need != NEEDS_TLS || options->tls)
         && (faults[index].need != NEEDS_WEBHOOK || options->webhook != NULL);
}

static gchar *
fill_in (const gchar *command, gdouble number)
{
  g_autofree gchar *text = g_strdup_printf ("%.3f", number);
  g_auto (GStrv) parts = g_strsplit (command, "%g", 2);

  return g_strjoinv (text, parts);
}

gchar *
sim_chaos_pick (SimChaos *chaos)
{
  guint index;

  do
    index = (guint)g_rand_int_range (
        chaos->random, 0, (gint32)G_N_ELEMENTS (faults));
  while (!is_possible (chaos, index));
  return fill_in (faults[index].command,
      g_rand_double_range (
          chaos->random, faults[index].least, faults[index].most + 1e-9));
}
