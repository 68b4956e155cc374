/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoint notes in proofs, and what a signature line on one is worth under a channel's
 * cards and a charter's witnesses. For this folder only.
 */
#ifndef ALDIS_BUNDLE_PROOF_CHECKPOINT_H
#define ALDIS_BUNDLE_PROOF_CHECKPOINT_H

#include "bundle/proof_channel.h"

/* A checkpoint and the times of those who countersigned it. */
struct proof_checkpoint {
	struct tlog_checkpoint tree;
	size_t line_count;  /* that verified, the log's among them */
	bool is_by_old_key; /* the log's line is by a key that a newer card replaces */
	uint64_t mirror_s[RECORD_MEMBERS_MAX];     /* by the charter's members; 0: none */
	uint64_t witness_s[TLOG_POLICY_ITEMS_MAX]; /* by the policy's items; 0: none */
};

/*
 * Opens a checkpoint note of this log: the log's own signature holds under one of the
 * desk's cards, and so does every line in the name of a member's mirror or of a witness
 * of the charter. Other lines are left alone and not counted. UNTRUSTED, MALFORMED.
 */
MUST_USE enum status proof_checkpoint_open(const struct proof_channel *channel,
                                           const struct record_charter *charter,
                                           const char *desk, struct view note,
                                           struct proof_checkpoint *ret_checkpoint,
                                           struct error *err);
/* The same for the member "checkpoint" or "note" of a proof, in which every line must
 * count. */
MUST_USE enum status proof_checkpoint_take(struct proof_cursor *cursor, const char *name,
                                           const struct proof_channel *channel,
                                           const struct record_charter *charter,
                                           const char *desk,
                                           struct proof_checkpoint *ret_checkpoint,
                                           struct error *err);
/* Appends the note as a JSON string without the lines that would not count. */
MUST_USE enum status proof_checkpoint_append(const struct proof_channel *channel,
                                             const struct record_charter *charter,
                                             const char *desk, struct view note,
                                             struct buf *out, struct error *err);

/* Verifies the mirror line of a desk, under any of its cards, over a checkpoint's text.
 */
MUST_USE enum status proof_mirror_verify(const struct proof_channel *channel,
                                         const char *desk, struct view checkpoint_text,
                                         struct view line, uint64_t *ret_time_s,
                                         struct error *err);

/* The first second at which the quorum of the charter's witnesses had cosigned; 0: never.
 * Only cosignatures from since_s on count. */
uint64_t proof_quorum_s(const struct record_charter *charter,
                        const uint64_t witness_s[TLOG_POLICY_ITEMS_MAX], int64_t since_s);
/* Appends the names of the witnesses whose times are since_s or later: "a, b". */
void proof_witness_names(const struct record_charter *charter,
                         const uint64_t witness_s[TLOG_POLICY_ITEMS_MAX], int64_t since_s,
                         struct buf *out);

#endif
