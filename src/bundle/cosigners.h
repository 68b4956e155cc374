/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which members hold a log, by the mirror lines on its checkpoint, which neutral
 * witnesses saw it, and the C2SP policy that says so to any other verifier.
 */
#ifndef ALDIS_BUNDLE_COSIGNERS_H
#define ALDIS_BUNDLE_COSIGNERS_H

#include "bundle/channel.h"

struct bundle_cosigners {
	/* The cards whose mirror keys signed, in the order in which members came. */
	const struct record_card *cards[RECORD_MEMBERS_MAX];
	uint64_t times_s[RECORD_MEMBERS_MAX];
	size_t count;
	struct bundle_witness {
		const struct tlog_vkey *key; /* of a charter's policy */
		unsigned number;             /* among the witnesses, from 1 */
		uint64_t time_s;
	} witnesses[TLOG_NOTE_LINES_MAX];
	size_t witness_count;
};

/* Finds the lines of all that ever were members but the author, of each by its newest key
 * that signed, and of the charters' neutral witnesses, in the checkpoint note. UNTRUSTED
 * when one in such a name does not verify. Other lines, and those of ML-DSA, which not
 * every verifier can check, are left alone. */
MUST_USE enum status bundle_cosigners_find(const struct bundle_channel *channel,
                                           const struct bundle_member *author,
                                           struct view checkpoint,
                                           struct bundle_cosigners *ret_found,
                                           struct error *err);

/* Appends the policy for receipts of a log: the log key of this card, the cosigners'
 * mirror keys and the neutral witnesses' keys as witnesses, and all of them as the
 * quorum. */
MUST_USE enum status bundle_policy_append(const char *origin,
                                          const struct record_card *author,
                                          const struct bundle_cosigners *cosigners,
                                          struct buf *out, struct error *err);

#endif
