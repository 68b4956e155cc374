/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C2SP tlog-policy: logs, witnesses, groups and the quorum that makes a checkpoint count.
 * Source: c2sp.org/tlog-policy.
 */
#ifndef ALDIS_TLOG_POLICY_H
#define ALDIS_TLOG_POLICY_H

#include "tlog/checkpoint.h"

enum { TLOG_POLICY_MAX = 1 << 20, TLOG_POLICY_ITEMS_MAX = 1024 };

struct tlog_policy_log {
	struct tlog_vkey key;
	char *url; /* or NULL */
};

/* A witness, or a group with members. */
struct tlog_policy_item {
	struct view name; /* opaque bytes, in the policy's own memory */
	bool is_group;
	struct tlog_vkey key; /* of a witness */
	char *url;            /* of a witness, or NULL */
	uint32_t threshold;   /* of a group: 1 to member_count */
	uint32_t *members;    /* indices of items */
	uint32_t member_count;
};

struct tlog_policy {
	struct tlog_policy_log *logs;
	size_t log_count;
	struct tlog_policy_item *items; /* in order of definition */
	size_t item_count;
	bool has_quorum_none;
	uint32_t quorum; /* item index, unless none */
	struct buf memory;
};

/* What a check found. */
struct tlog_policy_result {
	struct tlog_checkpoint checkpoint;
	size_t log;            /* index of the log that signed */
	size_t verified_count; /* witnesses whose line verified */
	uint64_t
	    *verified_time_s; /* not used when NULL: one for each item, 0 = not there */
};

/* ret_policy must be all-zero; release it after success or failure. */
MUST_USE enum status tlog_policy_parse(struct view text, struct tlog_policy *ret_policy,
                                       struct error *err);
void tlog_policy_release(struct tlog_policy *policy);

/* Does the set of witnesses (one flag per item; groups' flags are ignored) satisfy the
 * quorum? */
bool tlog_policy_is_satisfied(const struct tlog_policy *policy, const bool *witness_ok);

/* Checks a checkpoint note: one of the logs signed it and the quorum's cosignatures
 * verify. A known key with a bad signature is UNTRUSTED. */
MUST_USE enum status tlog_policy_check(const struct tlog_policy *policy, struct view note,
                                       struct tlog_policy_result *ret_result,
                                       struct error *err);

#endif
