/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence committed now and opened later. `evidence.commit` gives in its body the hash
 * of a salted blob that it does not attach; `evidence.open` attaches that very blob, and
 * since a blob's id is its hash, everyone sees whether it is the one. The salt keeps what
 * was committed from being guessed. Source: aldis.md 2.7, 9.6.
 */
#ifndef ALDIS_RECORD_EVIDENCE_COMMIT_H
#define ALDIS_RECORD_EVIDENCE_COMMIT_H

#include "record/blob.h"

enum { RECORD_EVIDENCE_MAX = RECORD_ATTACHMENT_BLOB_MAX - RECORD_SALT_LEN };

/* Appends the salted blob of the content, which is kept until it is opened, and gives the
 * hash to commit to. LIMIT above RECORD_EVIDENCE_MAX bytes. */
MUST_USE enum status record_evidence_make(const uint8_t salt[RECORD_SALT_LEN],
                                          struct view content, struct buf *ret_blob,
                                          struct hash *ret_hash, struct error *err);

/* Appends the body of `evidence.commit`: what a person said about the evidence (a JSON
 * object without "hash") with the hash in front. MALFORMED when it is no such object. */
MUST_USE enum status record_evidence_body_append(struct view said,
                                                 const struct hash *hash,
                                                 struct json_doc *doc, struct buf *out,
                                                 struct error *err);

/* Reads the hash out of the body of `evidence.commit`. */
MUST_USE enum status record_evidence_body_hash(struct view body, struct json_doc *doc,
                                               struct hash *ret_hash, struct error *err);

/* Does this `evidence.open` attach what was committed to? */
bool record_evidence_is_opened_by(const struct hash *committed,
                                  const struct record_envelope *open);

#endif
