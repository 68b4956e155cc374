/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a witness answers to add-checkpoint: cosignature lines, or the size that it
 * expects. Bytes of a stranger, held against the keys that a policy names for it. Source:
 * c2sp.org/tlog-witness.
 */
#ifndef ALDIS_TLOG_WITNESS_ANSWER_H
#define ALDIS_TLOG_WITNESS_ANSWER_H

#include "tlog/policy.h"

enum {
	TLOG_WITNESS_KEYS_MAX = 16,         /* at one URL */
	TLOG_WITNESS_ANSWER_MAX = 64 * 1024 /* bytes */
};

struct tlog_witness_line {
	const struct tlog_vkey *key; /* of the policy */
	uint64_t time_s;
	struct view line; /* of the answer, without newline */
};

/* Is the item a witness that is asked at this URL? */
bool tlog_policy_is_asked_at(const struct tlog_policy_item *item, const char *url);

/* The lines of an answer 200 over checkpoint_text by keys whose URL in the policy is
 * `url`, one for each key, in the answer's order; others are passed over. UNTRUSTED: one
 * of them does not verify; NOT_FOUND: there is none; LIMIT: the answer is too long. A
 * line of ML-DSA that this OpenSSL can't verify is taken when it has the right form. */
MUST_USE enum status
tlog_witness_answer_read(const struct tlog_policy *policy, const char *url,
                         struct view checkpoint_text, struct view body,
                         struct tlog_witness_line ret_lines[TLOG_WITNESS_KEYS_MAX],
                         size_t *ret_count, struct error *err);

/* The size in an answer 409; MALFORMED when the body does not begin with such a line. */
MUST_USE enum status tlog_witness_size_read(struct view body, uint64_t *ret_size,
                                            struct error *err);

#endif
