/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The channel that a proof is about: its charters in force one after the other, its
 * members' cards, and what a signature line on a checkpoint is worth under them. For this
 * folder only.
 */
#ifndef ALDIS_BUNDLE_PROOF_CHANNEL_H
#define ALDIS_BUNDLE_PROOF_CHANNEL_H

#include "bundle/proof.h"
#include "bundle/proof_form.h"
#include "bundle/result.h"
#include "record/charter.h"

enum { PROOF_CHARTERS_MAX = 64, PROOF_CARDS_MAX = 64 };

struct proof_channel {
	struct record_channel_id id;
	struct record_charter *charters; /* owned; in force one after the other */
	size_t charter_count;
	struct record_card *cards; /* owned; beside those in the charters */
	size_t card_count;
};

/* Takes the members "channel", "charters" and "cards". Every charter is signed by all who
 * must, each replaces the one before; the cards are newer ones of members. ret_channel
 * starts all-zero; release it whatever happens. */
MUST_USE enum status proof_channel_take(struct proof_cursor *cursor,
                                        struct proof_channel *ret_channel,
                                        struct error *err);
void proof_channel_release(struct proof_channel *channel);
/* Appends the same members, with at most the first charter_count charters, and reads them
 * into ret_channel, likewise. */
MUST_USE enum status proof_channel_append(const struct proof_source *source,
                                          size_t charter_count,
                                          struct proof_channel *ret_channel,
                                          struct buf *out, struct error *err);

/* The charter with this digest, or NULL. */
const struct record_charter *proof_channel_charter(const struct proof_channel *channel,
                                                   const struct hash *digest);
/* The newest card of a desk, or NULL. */
const struct record_card *proof_channel_card(const struct proof_channel *channel,
                                             const char *desk);
/* The origin of a member's first log. */
void proof_channel_origin(const struct proof_channel *channel, const char *desk,
                          char ret_origin[RECORD_ORIGIN_MAX + 1]);

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

/* Adds the desk to those whose signatures were relied on. */
MUST_USE enum status proof_channel_rely(const struct proof_channel *channel,
                                        const char *desk,
                                        const struct bundle_trust *trust,
                                        struct bundle_result *result, struct error *err);
/* "whoever", "the witnesses that its charter names", "members of the channel". */
const char *proof_shown_to(const struct record_charter *charter);

#endif
