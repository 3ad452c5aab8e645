/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dialogue.h"

enum {
  ZOE,
  LI_NA,
  TOMAS,
  AMINA,
};

static const SimPerson people[] = {
  { 16778240, "Zoë Müller", "Zoë Müller", { "en-us+f3", 55, 165, 330.0 },
      { 0x2b5876, 0x4e4376, 0xf2c9a5, 0x6b3e26, 0xe4572e, SIM_HAIR_LONG } },
  { 16779264, "李娜", "Li Na", { "en-gb+f2", 70, 170, 440.0 },
      { 0x134e5e, 0x71b280, 0xf5d0a9, 0x1d1a1f, 0x2e86ab, SIM_HAIR_BUN } },
  { 16780288, "Tomás Oliveira", "Tomás Oliveira",
      { "en-us+m3", 35, 160, 175.0 },
      { 0x8e5b3a, 0xe0a458, 0xd9a066, 0x3b2a1e, 0x35605a, SIM_HAIR_SHORT } },
  { 16781312, "Amina Diallo", "Amina Diallo", { "en-gb+f4", 42, 165, 262.0 },
      { 0x5d3a66, 0xb56576, 0x7a4a2b, 0x15100d, 0xf6c445, SIM_HAIR_CURLY } },
};

static const SimPerson sync_people[] = {
  { 16778240, "Sync", "Sync", { NULL, 0, 0, 1000.0 },
      { 0, 0, 0, 0, 0, SIM_HAIR_SHORT } },
};

static const SimScriptLine standup_lines[] = {
  { ZOE, 0, "Good morning, everyone. Let's keep this short today." },
  { ZOE, 350, "Li Na, would you like to start?" },
  { LI_NA, 400,
      "Sure. Yesterday I finished the search page, and the tests are "
      "green." },
  { TOMAS, 250, "Nice work!" },
  { LI_NA, 300, "Today I will look at the slow start of the app." },
  { ZOE, 350, "Great. What about you, Tomás?" },
  { TOMAS, 400,
      "I found the bug in the calendar. It was the time zone, of "
      "course." },
  { AMINA, 250, "It is always the time zone. Sorry for being late." },
  { TOMAS, 300, "The fix is in review. I need one more pair of eyes." },
  { AMINA, 300, "I can do that right after lunch." },
  { ZOE, 350, "Thank you, Amina. How is the customer demo coming along?" },
  { AMINA, 400,
      "The slides are ready. I want to rehearse once more on "
      "Thursday." },
  { LI_NA, 300, "Please show them the new search. They asked for it twice." },
  { AMINA, 200, "Good idea. I will put it right after the introduction." },
  { TOMAS, 350, "Could you also mention the calendar? They will be glad." },
  { AMINA, 300, "Of course. One slide, with a very big clock on it." },
  { ZOE, 400, "Is anybody blocked? No? Then have a good day, all of you." },
  { TOMAS, 300, "See you tomorrow." },
  { LI_NA, 300, "Bye bye!" },
};

static const SimScriptLine presentation_lines[] = {
  { TOMAS, 0, "Welcome to the plan for the next quarter." },
  { TOMAS, 400, "I will share my screen now. Can everybody see it?" },
  { LI_NA, 350, "Yes, we can see your slides." },
  { TOMAS, 400, "Good. We have three goals. The first one is speed." },
  { TOMAS, 400, "Pages should open in less than a second, everywhere." },
  { ZOE, 350, "Does that include the mobile app?" },
  { TOMAS, 350,
      "It does. The second goal is quality. Half as many open bugs." },
  { LI_NA, 300, "We can measure that every week." },
  { TOMAS, 350, "Exactly. And the third goal is to listen to our customers." },
  { ZOE, 400, "I like that. Who is going to talk to them?" },
  { TOMAS, 350, "All of us, two calls a month. I will send a list." },
  { LI_NA, 400, "Thank you, Tomás. Could you post the slides in the chat?" },
  { TOMAS, 350, "They are already there. Any questions?" },
  { ZOE, 400, "Not from me. That was very clear." },
};

/* The second line begins before the first ends, the third lies within it. */
static const SimScriptLine crosstalk_lines[] = {
  { ZOE, 0, "We could begin with the search page, or with the calendar." },
  { TOMAS, -1600, "With the calendar! With the calendar, please." },
  { LI_NA, -1500, "Yes." },
  { AMINA, 900, "One at a time." },
  { ZOE, -400, "The calendar it is, then." },
};

static const SimScriptChat presentation_chat[] = {
  { LI_NA, 0.15, "Hello from Shanghai 👋" },
  { TOMAS, 0.45, "Slides: https://example.com/q3-plan.pdf" },
  { ZOE, 0.65, "Danke schön, sehr übersichtlich!" },
};

static const SimScript scripts[] = {
  {
      .name = "standup",
      .description = "four people and their short daily meeting, with "
                     "cameras and transcript",
      .people = people,
      .n_people = G_N_ELEMENTS (people),
      .lines = standup_lines,
      .n_lines = G_N_ELEMENTS (standup_lines),
      .lead = 400 * 1000,
      .latecomer = AMINA,
      .presenter = -1,
      .camera_off_person = TOMAS,
      .camera_off_after = 8,
      .camera_on_after = 13,
  },
  {
      .name = "presentation",
      .description = "three people, a shared screen and chat",
      .people = people,
      .n_people = 3,
      .lines = presentation_lines,
      .n_lines = G_N_ELEMENTS (presentation_lines),
      .chat = presentation_chat,
      .n_chat = G_N_ELEMENTS (presentation_chat),
      .lead = 400 * 1000,
      .latecomer = -1,
      .presenter = TOMAS,
      .camera_off_after = -1,
      .camera_on_after = -1,
  },
  {
      .name = "crosstalk",
      .description = "four people who interrupt one another",
      .people = people,
      .n_people = G_N_ELEMENTS (people),
      .lines = crosstalk_lines,
      .n_lines = G_N_ELEMENTS (crosstalk_lines),
      .lead = 400 * 1000,
      .latecomer = -1,
      .presenter = -1,
      .camera_off_after = -1,
      .camera_on_after = -1,
  },
  {
      .name = "sync",
      .description = "a white flash of one frame and a 1 kHz beep at every "
                     "full second",
      .people = sync_people,
      .n_people = G_N_ELEMENTS (sync_people),
      .latecomer = -1,
      .presenter = -1,
      .camera_off_after = -1,
      .camera_on_after = -1,
  },
};

guint
sim_dialogue_get_count (void)
{
  return G_N_ELEMENTS (scripts);
}

const SimScript *
sim_dialogue_get (guint index)
{
  return &scripts[index];
}

const SimScript *
sim_dialogue_find (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    if (g_str_equal (scripts[i].name, name))
      return &scripts[i];
  }
  return NULL;
}
