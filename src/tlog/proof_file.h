/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C2SP tlog-proof files: an index, an inclusion proof and a checkpoint note. A receipt is
 * one. Source: c2sp.org/tlog-proof.
 */
#ifndef ALDIS_TLOG_PROOF_FILE_H
#define ALDIS_TLOG_PROOF_FILE_H

#include "tlog/note.h"
#include "tlog/policy.h"
#include "tlog/proof.h"

struct tlog_proof_file {
	bool has_extra;
	struct view extra_base64; /* borrowed; unauthenticated */
	uint64_t index;
	struct tlog_proof proof;
	struct view checkpoint; /* the note, borrowed */
};

void tlog_proof_file_append(struct buf *out, const struct tlog_proof_file *file);
MUST_USE enum status tlog_proof_file_parse(struct view text,
                                           struct tlog_proof_file *ret_file,
                                           struct error *err);

/* Verifies the log's signature, the policy's quorum and that the entry stands at the
 * index. ret_result may be NULL. */
MUST_USE enum status tlog_proof_file_verify(const struct tlog_proof_file *file,
                                            const struct tlog_policy *policy,
                                            struct view entry,
                                            struct tlog_policy_result *ret_result,
                                            struct error *err);

#endif
