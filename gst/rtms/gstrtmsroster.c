/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmsroster.h"

/* One chapter per word would be no table of contents: a turn that is shorter
 * belongs to the one before. */
#define TURN_MIN (2 * GST_SECOND)
/* As many as the largest webinar. */
#define PARTICIPANTS_MAX 50000
/* A meeting of a day has no more. */
#define TURNS_MAX 10000

typedef struct {
  GstClockTime start;
  guint64 user_id;
  gchar *name;
} Turn;

struct _GstRtmsRoster
{
  RtmsProduct product;
  GHashTable *names;            /* user id → name, of who is there */
  GHashTable *leavers;          /* user id → Unix time, ns, of the leave */
  GHashTable *cameras;          /* user id → itself, of those that are on */
  gboolean knows_cameras;
  gint64 last_camera_off;       /* Unix time, ns */
  gboolean has_frames;
  gboolean is_sharing;
  gint64 last_share_end;        /* Unix time, ns */
  gboolean is_paused;
  GArray *turns;                /* of Turn */
};

static void
clear_turn (gpointer data)
{
  g_free (((Turn *) data)->name);
}

static GHashTable *
create_table (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

GstRtmsRoster *
gst_rtms_roster_new (RtmsProduct product)
{
  GstRtmsRoster *self = g_new0 (GstRtmsRoster, 1);

  self->product = product;
  self->names = create_table ();
  self->leavers = create_table ();
  self->cameras = create_table ();
  self->last_camera_off = RTMS_TIME_NONE;
  self->last_share_end = RTMS_TIME_NONE;
  self->turns = g_array_new (FALSE, FALSE, sizeof (Turn));
  g_array_set_clear_func (self->turns, clear_turn);
  return self;
}

void
gst_rtms_roster_free (GstRtmsRoster *self)
{
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->leavers);
  g_hash_table_unref (self->cameras);
  g_array_unref (self->turns);
  g_free (self);
}

/* (nullable): as far as it was told. */
const gchar *
gst_rtms_roster_get_name (GstRtmsRoster *self, guint64 user_id)
{
  return g_hash_table_lookup (self->names, &user_id);
}

static gboolean
has_room (GHashTable *table, guint64 user_id)
{
  return g_hash_table_size (table) < PARTICIPANTS_MAX
      || g_hash_table_contains (table, &user_id);
}

static void
set_name (GstRtmsRoster *self, const RtmsParticipant *participant)
{
  if (participant->user_name && *participant->user_name
      && has_room (self->names, participant->user_id))
    g_hash_table_replace (self->names,
        g_memdup2 (&participant->user_id, sizeof participant->user_id),
        g_strdup (participant->user_name));
}

static void
set_camera (GstRtmsRoster *self, guint64 user_id, gboolean is_on)
{
  if (is_on && has_room (self->cameras, user_id))
    g_hash_table_replace (self->cameras,
        g_memdup2 (&user_id, sizeof user_id), NULL);
  else if (!is_on)
    g_hash_table_remove (self->cameras, &user_id);
}

static void
add_turn (GstRtmsRoster *self, const RtmsParticipant *speaker,
    GstClockTime place)
{
  const gchar *name = gst_rtms_roster_get_name (self, speaker->user_id);
  Turn *last = self->turns->len
      ? &g_array_index (self->turns, Turn, self->turns->len - 1) : NULL;
  Turn turn = { place, speaker->user_id, NULL };

  if (last && last->user_id == speaker->user_id)
    return;
  if (last && place < last->start + TURN_MIN) {
    turn.start = last->start;
    g_array_set_size (self->turns, self->turns->len - 1);
  } else if (self->turns->len == TURNS_MAX) {
    return;
  }
  turn.name = name ? g_strdup (name)
      : g_strdup_printf ("%" G_GUINT64_FORMAT, speaker->user_id);
  g_array_append_val (self->turns, turn);
}

static void
update_participant (GstRtmsRoster *self, gint event_type,
    const RtmsParticipant *participant, gint64 unix_time,
    GstClockTime place)
{
  switch (event_type) {
    case RTMS_EVENT_ACTIVE_SPEAKER_CHANGE:
      set_name (self, participant);
      add_turn (self, participant, place);
      break;
    case RTMS_EVENT_PARTICIPANT_JOIN:
      set_name (self, participant);
      g_hash_table_remove (self->leavers, &participant->user_id);
      break;
    case RTMS_EVENT_PARTICIPANT_LEAVE:
      g_hash_table_remove (self->names, &participant->user_id);
      if (has_room (self->leavers, participant->user_id))
        g_hash_table_replace (self->leavers,
            g_memdup2 (&participant->user_id, sizeof participant->user_id),
            g_memdup2 (&unix_time, sizeof unix_time));
      set_camera (self, participant->user_id, FALSE);
      self->last_camera_off = unix_time;
      break;
    case RTMS_EVENT_PARTICIPANT_VIDEO_ON:
    case RTMS_EVENT_PARTICIPANT_VIDEO_OFF:
      if (self->product == RTMS_PRODUCT_CONTACT_CENTER)
        break;
      self->knows_cameras = TRUE;
      set_camera (self, participant->user_id,
          event_type == RTMS_EVENT_PARTICIPANT_VIDEO_ON);
      if (event_type == RTMS_EVENT_PARTICIPANT_VIDEO_OFF)
        self->last_camera_off = unix_time;
      break;
    default:
      break;
  }
}

static void
update_pause (GstRtmsRoster *self, const RtmsMessage *message)
{
  gboolean is_stream = message->type == RTMS_MESSAGE_STREAM_STATE_UPDATE
      || message->type == RTMS_MESSAGE_STREAM_STATE_RESP;

  if (message->state == (is_stream ? (gint) RTMS_STREAM_STATE_PAUSED
          : (gint) RTMS_SESSION_STATE_PAUSED))
    self->is_paused = TRUE;
  else if (message->state == (is_stream ? (gint) RTMS_STREAM_STATE_RESUMED
          : (gint) RTMS_SESSION_STATE_RESUMED))
    self->is_paused = FALSE;
}

/**
 * gst_rtms_roster_update:
 * @self: a roster
 * @message: an event or a state
 * @unix_time: its time by Zoom's clock, ns, or #RTMS_TIME_NONE
 * @place: the same in running time
 */
void
gst_rtms_roster_update (GstRtmsRoster *self, const RtmsMessage *message,
    gint64 unix_time, GstClockTime place)
{
  if (message->type != RTMS_MESSAGE_EVENT_UPDATE) {
    update_pause (self, message);
    return;
  }
  if (message->event_type == RTMS_EVENT_SHARING_START)
    self->is_sharing = TRUE;
  if (message->event_type == RTMS_EVENT_SHARING_STOP) {
    self->is_sharing = FALSE;
    self->last_share_end = unix_time;
  }
  for (guint i = 0; message->participants && i < message->participants->len;
      i++)
    update_participant (self, message->event_type,
        &g_array_index (message->participants, RtmsParticipant, i),
        unix_time, place);
}

/* Whether what is of that time is of a participant who left after it. */
gboolean
gst_rtms_roster_has_left (GstRtmsRoster *self, guint64 user_id,
    gint64 unix_time)
{
  const gint64 *left = g_hash_table_lookup (self->leavers, &user_id);

  return left && *left != RTMS_TIME_NONE && unix_time != RTMS_TIME_NONE
      && unix_time <= *left;
}

/* A frame that was taken after a camera went off means that one is on. */
void
gst_rtms_roster_see_frame (GstRtmsRoster *self, guint64 user_id,
    gint64 unix_time)
{
  self->has_frames = TRUE;
  if (self->knows_cameras && unix_time > self->last_camera_off
      && !g_hash_table_contains (self->cameras, &user_id))
    set_camera (self, user_id, TRUE);
}

/* So does a picture of a screen. */
void
gst_rtms_roster_see_share (GstRtmsRoster *self, gint64 unix_time)
{
  if (unix_time > self->last_share_end)
    self->is_sharing = TRUE;
}

/* Whether a camera is on, as far as is known. */
gboolean
gst_rtms_roster_expects_video (GstRtmsRoster *self)
{
  if (self->is_paused || !self->has_frames)
    return FALSE;
  return !self->knows_cameras || g_hash_table_size (self->cameras) > 0;
}

/* Whether a screen is shared. */
gboolean
gst_rtms_roster_expects_share (GstRtmsRoster *self)
{
  return self->is_sharing && !self->is_paused;
}

static GstTocEntry *
create_chapter (const Turn *turn, guint index, GstClockTime end)
{
  g_autofree gchar *uid = g_strdup_printf ("turn-%u", index);
  GstTocEntry *chapter = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_CHAPTER,
      uid);

  gst_toc_entry_set_start_stop_times (chapter, (gint64) turn->start,
      (gint64) MAX (end, turn->start));
  gst_toc_entry_set_tags (chapter, gst_tag_list_new (GST_TAG_TITLE,
          turn->name, NULL));
  return chapter;
}

/**
 * gst_rtms_roster_create_toc:
 * @self: a roster
 * @end: of the stream, in running time
 *
 * Returns: (transfer full) (nullable): a chapter for each turn of a speaker
 */
GstToc *
gst_rtms_roster_create_toc (GstRtmsRoster *self, GstClockTime end)
{
  GstTocEntry *edition;
  GstToc *toc;

  if (self->turns->len == 0)
    return NULL;
  edition = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_EDITION, "speakers");
  gst_toc_entry_set_start_stop_times (edition, 0, (gint64) end);
  for (guint i = 0; i < self->turns->len; i++) {
    gboolean is_last = i + 1 == self->turns->len;

    gst_toc_entry_append_sub_entry (edition,
        create_chapter (&g_array_index (self->turns, Turn, i), i, is_last
            ? end : g_array_index (self->turns, Turn, i + 1).start));
  }
  toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  gst_toc_append_entry (toc, edition);
  return toc;
}
