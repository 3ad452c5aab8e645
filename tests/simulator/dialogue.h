/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The written scenes: who takes part and what they say. */
#pragma once

#include "scene.h"

G_BEGIN_DECLS

typedef struct {
  gint person;
  gint pause; /* ms after the line before; negative: over it */
  const gchar *text;
} SimScriptLine;

typedef struct {
  gint person;
  gdouble at; /* part of the meeting's duration */
  const gchar *text;
} SimScriptChat;

typedef struct {
  const gchar *name;
  const gchar *description;
  const SimPerson *people;
  guint n_people;
  const SimScriptLine *lines;
  guint n_lines;
  const SimScriptChat *chat;
  guint n_chat;
  gint64 lead;    /* before the first line */
  gint latecomer; /* person, or -1 */
  gint presenter; /* who shares, or -1 */
  gint camera_off_person;
  gint camera_off_after; /* line, or -1 */
  gint camera_on_after;
} SimScript;

guint sim_dialogue_get_count (void);
const SimScript *sim_dialogue_get (guint index);
const SimScript *sim_dialogue_find (const gchar *name);

G_END_DECLS
