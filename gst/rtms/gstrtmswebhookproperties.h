/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "ext/crypto/rtmssecret.h"
#include "gstrtmsenums.h"

G_BEGIN_DECLS

/* The ids of the properties that this file installs are below this. */
#define GST_RTMS_WEBHOOK_PROPERTIES_END 100

/**
 * GstRtmsWebhookProperties:
 * @finalize_timeout: s
 * @status_port: -1 for none
 *
 * What is set on an rtmswebhookbin.
 */
typedef struct {
  gchar *address;
  guint port;
  gchar *path;
  RtmsSecret *secret_token;
  gchar *tls_certificate_file;
  gchar *tls_key_file;
  gchar *branch;
  GstStructure *source_properties;
  gchar *client_id;
  RtmsSecret *client_secret;
  guint max_streams;
  guint finalize_timeout;
  gboolean delete_revoked;
  gchar *status_address;
  gint status_port;
  gchar *manifest;
  gchar *complete_command;
  gchar *notify_url;
  RtmsSecret *notify_secret;
  GstRtmsLogFormat log;
} GstRtmsWebhookProperties;

void gst_rtms_webhook_properties_init (GstRtmsWebhookProperties *self);
void gst_rtms_webhook_properties_clear (GstRtmsWebhookProperties *self);
void gst_rtms_webhook_properties_install (GObjectClass *klass);
gboolean gst_rtms_webhook_properties_set (GstRtmsWebhookProperties *self,
    guint id, const GValue *value);
gboolean gst_rtms_webhook_properties_get (
    const GstRtmsWebhookProperties *self, guint id, GValue *value);

G_END_DECLS
