/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C2SP checkpoints: origin, size, root; no extension lines. Source:
 * c2sp.org/tlog-checkpoint.
 */
#ifndef ALDIS_TLOG_CHECKPOINT_H
#define ALDIS_TLOG_CHECKPOINT_H

#include "tlog/note.h"

struct tlog_checkpoint {
	char origin[TLOG_NAME_MAX + 1];
	uint64_t size; /* leaves, at most 2^63-1 */
	struct hash root;
};

/* The text that is signed: three lines. */
void tlog_checkpoint_append(struct buf *out, const struct tlog_checkpoint *checkpoint);

/* Exactly three lines, canonical; an empty tree must have the empty root only where a
 * caller checks it (tlog_checkpoint_check_empty). Extension lines are MALFORMED. */
MUST_USE enum status tlog_checkpoint_decode(struct view text,
                                            struct tlog_checkpoint *ret_checkpoint,
                                            struct error *err);

/* False when size is 0 and root is not the empty tree's. */
bool tlog_checkpoint_check_empty(const struct tlog_checkpoint *checkpoint);

/* Parses a note, verifies the log's 0x01 line, decodes the text and compares the origin
 * with the key's name (another origin: UNTRUSTED). The statuses of tlog_note_parse and
 * tlog_note_verify, and MALFORMED. */
MUST_USE enum status tlog_checkpoint_open(struct view note,
                                          const struct tlog_vkey *log_key,
                                          struct tlog_checkpoint *ret_checkpoint,
                                          struct error *err);
/* The same, for a note that was parsed: whoever tries many keys parses once. */
MUST_USE enum status tlog_checkpoint_open_parsed(const struct tlog_note *note,
                                                 const struct tlog_vkey *log_key,
                                                 struct tlog_checkpoint *ret_checkpoint,
                                                 struct error *err);

#endif
