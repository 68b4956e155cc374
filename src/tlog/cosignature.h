/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C2SP cosignatures over a checkpoint: 0x04 (Ed25519, made and verified), 0x06
 * (ML-DSA-44, verified where OpenSSL can). Source: c2sp.org/tlog-cosignature.
 */
#ifndef ALDIS_TLOG_COSIGNATURE_H
#define ALDIS_TLOG_COSIGNATURE_H

#include "tlog/checkpoint.h"

enum { TLOG_COSIGNATURE_LEN = 72 }; /* 8-byte time and Ed25519 signature */

/* The message that a 0x04 cosigner signs: "cosignature/v1\ntime <s>\n" and the note text.
 */
void tlog_cosignature_append_message(struct buf *out, uint64_t time_s,
                                     struct view checkpoint_text);

/* The message of a 0x06 cosigner for a whole checkpoint (start 0). */
void tlog_cosignature_append_subtree_message(struct buf *out, const char *cosigner_name,
                                             uint64_t time_s, const char *log_origin,
                                             uint64_t start, uint64_t end,
                                             const struct hash *hash);

/* Appends the signature line of a 0x04 key. time_s must not be 0. */
void tlog_cosignature_sign(struct buf *out, const struct tlog_vkey *key,
                           const struct ed25519_secret *secret, uint64_t time_s,
                           struct view checkpoint_text);

/* Verifies the line of a 0x04 or 0x06 key in note. NOT_FOUND without such a line;
 * UNTRUSTED when it does not verify or its time is 0 or above 2^63-1; for 0x06, NOT_FOUND
 * too when this OpenSSL can't check it, and MALFORMED when the text is no checkpoint of
 * three lines. ret_time_s is seconds since 1970. */
MUST_USE enum status tlog_cosignature_verify(const struct tlog_note *note,
                                             const struct tlog_vkey *key,
                                             uint64_t *ret_time_s, struct error *err);

/* The same for a single line over checkpoint_text. */
MUST_USE enum status tlog_cosignature_verify_line(struct view checkpoint_text,
                                                  struct view line,
                                                  const struct tlog_vkey *key,
                                                  uint64_t *ret_time_s,
                                                  struct error *err);

#endif
