/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a record.statement, read for its proof. For this folder only.
 */
#ifndef ALDIS_BUNDLE_PROOF_STATEMENT_H
#define ALDIS_BUNDLE_PROOF_STATEMENT_H

#include "bundle/proof_checkpoint.h"
#include "record/blob.h"

struct proof_statement {
	int64_t from_s, to_s;
	uint64_t entry_count;
	struct record_seen logs[RECORD_MEMBERS_MAX]; /* desk, size, root */
	size_t log_count;
};

/* Reads a body of the kind record.statement: MALFORMED when it breaks its form; CONFLICT
 * when it names a stranger's log, one twice, or more entries than the logs have. */
MUST_USE enum status proof_statement_read(struct view body,
                                          const struct record_charter *charter,
                                          struct json_doc *doc,
                                          struct proof_statement *ret_read,
                                          struct error *err);

#endif
