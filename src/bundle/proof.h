/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proofs that leave a desk as one file: silence, equivocation, record statement.
 * Building them from what a desk holds; they are verified like every other file, through
 * bundle/verify.h. Source: spec/record.md (Proofs), aldis.md 4, 5.
 *
 * A proof is a text: a first line that names type and version ("aldis.silence/1"), and
 * one JSON object on one line. It carries charters and cards, so that it is verified in
 * an empty folder with nothing but the cards that the reader trusts. A builder verifies
 * what it made before it hands it out: what it returns OK for, `aldis verify` accepts.
 */
#ifndef ALDIS_BUNDLE_PROOF_H
#define ALDIS_BUNDLE_PROOF_H

#include "base/buf.h"
#include "record/name.h"

#define PROOF_TYPE_SILENCE "aldis.silence/1"
#define PROOF_TYPE_EQUIVOCATION "aldis.equivocation/1"
#define PROOF_TYPE_STATEMENT "aldis.statement/1"

enum { PROOF_LEN_MAX = 64 * 1024 * 1024 };

/* Where a builder finds the record of one channel. NOT_FOUND is what is not held. */
struct proof_source {
	void *self;
	/* The channel's charters in order, as signed notes; false behind the last. */
	bool (*charter_note)(void *self, size_t nth, struct view *ret_note);
	/* The newest card of a member; false when it is not held. */
	bool (*card_note)(void *self, const char *desk, struct view *ret_note);
	/* Entries held of a member's log; 0 also when there is no such member. */
	uint64_t (*log_size)(void *self, const char *desk);
	/* Appends the entry; the whole body blob with its salt. */
	enum status (*entry)(void *self, const char *desk, uint64_t index,
	                     struct buf *ret_entry, struct error *err);
	enum status (*body)(void *self, const char *desk, uint64_t index,
	                    struct buf *ret_blob, struct error *err);
	/* Appends the smallest kept checkpoint note (the log's line and, where held,
	 * cosignature and witness lines) with a size of at_least or more. */
	enum status (*checkpoint)(void *self, const char *desk, uint64_t at_least,
	                          struct buf *ret_note, struct error *err);
	/* The root of the perfect subtree (level, index) of a member's log. */
	enum status (*node)(void *self, const char *desk, unsigned level, uint64_t index,
	                    struct hash *ret_node, struct error *err);
};

struct proof_silence_request {
	struct record_message_id question;
	const char *debtor; /* NULL: the only one who owes */
	int64_t now_s;
};

/*
 * Appends a proof that the debtor did not answer the question. CONFLICT, with the reason
 * for a person, when there is no such duty, it was met or cancelled or runs still, or
 * when what is held does not show it yet; NOT_FOUND when there is no such question; LIMIT
 * when the proof would be larger than PROOF_LEN_MAX.
 */
MUST_USE enum status proof_silence_build(const struct proof_source *source,
                                         const struct proof_silence_request *request,
                                         struct buf *out, struct error *err);

/* Appends a proof of a record statement and of who agreed to it. */
MUST_USE enum status proof_statement_build(const struct proof_source *source,
                                           const struct record_message_id *statement,
                                           struct buf *out, struct error *err);

/* Appends a proof of equivocation made of the evidence that a desk keeps (spec/record.md,
 * "Evidence of a fork"). */
MUST_USE enum status proof_equivocation_build(const struct proof_source *source,
                                              struct view evidence_json, struct buf *out,
                                              struct error *err);

#endif
