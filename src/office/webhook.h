/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of Standard Webhooks 1.0.0 (symmetric, v1): HMAC-SHA256 over id, time and
 * body, so that who knows the secret can tell what this desk sent, and when. Pure but for
 * the making of secrets.
 */
#ifndef ALDIS_OFFICE_WEBHOOK_H
#define ALDIS_OFFICE_WEBHOOK_H

#include "base/buf.h"
#include "desk/ports.h"

enum {
	WEBHOOK_KEY_MIN = 24, /* bytes */
	WEBHOOK_KEY_MAX = 64,
	WEBHOOK_SECRET_MAX = 6 + 4 * ((WEBHOOK_KEY_MAX + 2) / 3),
};

/* Is it "whsec_" and a key of such a length in base64? */
bool webhook_secret_check(const char *secret);
/* A new one, of 32 random bytes. */
void webhook_secret_make(char ret_secret[WEBHOOK_SECRET_MAX + 1]);

/* The value of webhook-signature. secret passes the check; the id holds no '.'.
 * NO_MEMORY, LIMIT. */
MUST_USE enum status webhook_sign(const char *secret, const char *id, int64_t time_s,
                                  struct view body,
                                  char ret_signature[DESK_SIGNATURE_MAX + 1],
                                  struct error *err);

#endif
