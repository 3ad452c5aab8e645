/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>
#include <signal.h>

#include "options.h"
#include "simulator.h"

int
main (int argc, char **argv)
{
  SimOptions options;
  SimSimulator *simulator;
  gint exit_code = 0;

  setlocale (LC_ALL, "");
  /* Who reads the output may go away; the meetings do not end by that. */
  signal (SIGPIPE, SIG_IGN);
  if (!sim_options_parse (&options, &argc, &argv, &exit_code)) {
    sim_options_clear (&options);
    return exit_code;
  }
  simulator = sim_simulator_new (&options);
  if (simulator == NULL) {
    sim_options_clear (&options);
    return 2;
  }
  exit_code = sim_simulator_run (simulator);
  sim_simulator_free (simulator);
  sim_options_clear (&options);
  return exit_code;
}
