/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A proof of silence as it was read, and what follows from it. Reading checks form and
 * signatures; judging applies the rules of duties and of silence to the entries, and is
 * the same for a verifier and for the builder. For this folder only. Source: aldis.md 4,
 * 5.
 */
#ifndef ALDIS_BUNDLE_PROOF_SILENCE_H
#define ALDIS_BUNDLE_PROOF_SILENCE_H

#include "bundle/proof_range.h"
#include "bundle/silence.h"

struct silence {
	struct proof_channel channel;
	const struct record_charter *charter; /* that governs the question */
	const struct record_duty *duty;       /* one of its duties */
	struct record_message_id question;
	struct record_name debtor;
	struct proof_range asked; /* the creditor's log from the question to the cut */
	struct proof_range owed;  /* the debtor's log */
	bool has_claim;
	struct view claim; /* JSON, borrowed from the document */
};

/* Reads a proof; without the claim at its end when it is being built. */
MUST_USE enum status silence_read(struct view file, struct json_doc *doc,
                                  struct silence *ret_silence, struct error *err);
void silence_release(struct silence *silence);

/* Judges; the sentence of a refusal is for a person. CONFLICT: nothing is shown. */
MUST_USE enum status silence_judge(struct silence *silence,
                                   struct silence_verdict *ret_verdict,
                                   struct error *err);

/* Appends the claim that follows from a verdict, as JSON. */
void silence_claim_append(const struct silence *silence,
                          const struct silence_verdict *verdict, struct buf *out);
/* The same as facts. */
void silence_tell(const struct silence *silence, const struct silence_verdict *verdict,
                  struct bundle_silence *ret_told);
/* Says it in words. */
void silence_say(const struct silence *silence, const struct silence_verdict *verdict,
                 struct bundle_result *result);

#endif
