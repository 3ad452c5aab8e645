/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmshooks.h"

#include <gio/gio.h>
#include <string.h>

#include "ext/crypto/rtmscrypto.h"
#include "ext/http/rtmshttppost.h"
#include "gstrtmsmanifest.h"

/* What others are told of a stream that is over: a program, a web server. */

#define POST_ATTEMPTS 3
#define POST_TIMEOUT 5          /* s */

/* Whether @command can be run at all. */
gboolean
gst_rtms_hooks_check_command (const gchar *command, GError **error)
{
  g_auto (GStrv) argv = NULL;
  g_autofree gchar *path = NULL;

  if (!g_shell_parse_argv (command, NULL, &argv, error))
    return FALSE;
  path = g_find_program_in_path (argv[0]);
  if (path == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "There is no program %s", argv[0]);
  return path != NULL;
}

static void
set_environment (GSubprocessLauncher *launcher, GstRtmsFeed *feed,
    const gchar *manifest)
{
  const RtmsPayload *payload = gst_rtms_feed_get_payload (feed);
  const GstRtmsFeedResult *result = gst_rtms_feed_get_result (feed);
  g_autofree gchar *files = g_strjoinv ("\n", result->files);
  const struct {
    const gchar *name;
    const gchar *value;
  } variables[] = {
    { "RTMS_STREAM_ID", payload->stream_id },
    { "RTMS_INSTANCE_ID", payload->instance_id },
    { "RTMS_PRODUCT", rtms_product_get_name (payload->product) },
    { "RTMS_OUTCOME", gst_rtms_outcome_get_name (result->outcome) },
    { "RTMS_STOP_REASON", rtms_stop_reason_get_name (result->stop_reason) },
    { "RTMS_FILES", files },
    { "RTMS_MANIFEST", manifest ? manifest : "" },
  };
  /* The program has no business with these. */
  static const gchar *const secrets[] = { "ZM_RTMS_SECRET",
    "ZOOM_CLIENT_SECRET", "ZM_RTMS_WEBHOOK_SECRET", "ZOOM_SECRET_TOKEN",
    "ZM_RTMS_NOTIFY_SECRET" };

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    g_subprocess_launcher_setenv (launcher, variables[i].name,
        variables[i].value, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    g_subprocess_launcher_unsetenv (launcher, secrets[i]);
}

/**
 * gst_rtms_hooks_run:
 * @feed: a stream that is over
 * @command: a program and its arguments, with quotes as in a shell but
 *     without one; placeholders are replaced in each argument
 * @manifest: (nullable): a path
 * @error: (out) (optional): why it was not started
 *
 * Starts a program, and does not wait for it.
 */
gboolean
gst_rtms_hooks_run (GstRtmsFeed *feed, const gchar *command,
    const gchar *manifest, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) process = NULL;
  g_auto (GStrv) argv = NULL;

  if (!g_shell_parse_argv (command, NULL, &argv, error))
    return FALSE;
  for (gchar **argument = argv; *argument; argument++) {
    gchar *expanded = gst_rtms_placeholders_expand (
        gst_rtms_feed_get_values (feed), *argument);

    g_free (*argument);
    *argument = expanded;
  }
  set_environment (launcher, feed, manifest);
  process = g_subprocess_launcher_spawnv (launcher,
      (const gchar *const *) argv, error);
  return process != NULL;
}

/**
 * gst_rtms_hooks_post:
 * @feed: a stream that is over
 * @url: a web server's
 * @secret: signs the request, as Zoom signs webhooks
 * @error: (out) (optional): of #G_IO_ERROR
 *
 * Posts the manifest, a few times if need be.
 */
gboolean
gst_rtms_hooks_post (GstRtmsFeed *feed, const gchar *url,
    const RtmsSecret *secret, GError **error)
{
  g_autofree gchar *body = gst_rtms_manifest_format (feed, NULL);

  for (guint attempt = 1;; attempt++) {
    g_autofree gchar *timestamp = g_strdup_printf ("%" G_GINT64_FORMAT,
        g_get_real_time () / G_USEC_PER_SEC);
    g_autofree gchar *signature = rtms_crypto_sign_webhook (
        rtms_secret_get_text (secret), timestamp, (const guint8 *) body,
        strlen (body));
    const RtmsHttpHeader headers[] = {
      { "x-rtms-request-timestamp", timestamp },
      { "x-rtms-signature", signature },
      { NULL, NULL },
    };

    if (rtms_http_post (url, headers, body, POST_TIMEOUT,
            attempt == POST_ATTEMPTS ? error : NULL))
      return TRUE;
    if (attempt == POST_ATTEMPTS)
      return FALSE;
  }
}
