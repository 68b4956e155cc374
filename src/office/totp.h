/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-time codes that a telephone shows: TOTP (RFC 6238) with HMAC-SHA-1, six digits and
 * steps of 30 seconds, which is what all of them can do. Knows no operators.
 */
#ifndef ALDIS_OFFICE_TOTP_H
#define ALDIS_OFFICE_TOTP_H

#include "base/buf.h"

enum {
	TOTP_SECRET_LEN = 20, /* of ours, as RFC 4226 asks for */
	TOTP_SECRET_MAX = 64, /* of what is read */
	TOTP_DIGITS = 6,
	TOTP_STEP_S = 30,
	TOTP_SKEW = 1, /* steps that a clock may be off, each way */
};

struct totp_secret {
	uint8_t bytes[TOTP_SECRET_MAX];
	size_t len;
};

/* The code of the step at this time, with NUL. */
void totp_code(const struct totp_secret *secret, int64_t time_s,
               char ret_code[TOTP_DIGITS + 1]);

/* Is it the code of a step within the skew that is later than last_step? Tells which. */
bool totp_check(const struct totp_secret *secret, const char *code, int64_t time_s,
                int64_t last_step, int64_t *ret_step);

/* Appends "otpauth://totp/Aldis%20north.example:ada?secret=…&issuer=…". Names are plain
 * ASCII without anything to escape. */
void totp_uri_append(struct buf *out, const struct totp_secret *secret, const char *desk,
                     const char *name);

/* Reads a secret: base32 as people type it, or an otpauth URI, whose other parameters
 * must say what is fixed above. White space around it is left out. */
MUST_USE enum status totp_secret_parse(struct view text, struct totp_secret *ret_secret,
                                       struct error *err);

#endif
