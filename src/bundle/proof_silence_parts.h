/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two halves of a judgement share: the facts that are gathered from the entries,
 * and what follows from them. Only for proof_silence_gather.c and proof_silence_judge.c.
 */
#ifndef ALDIS_BUNDLE_PROOF_SILENCE_PARTS_H
#define ALDIS_BUNDLE_PROOF_SILENCE_PARTS_H

#include "bundle/proof_silence.h"
#include "record/duty_rules.h"
#include "record/duty_times.h"

/* What is kept of an entry. */
struct noted {
	bool is_well_formed;
	int64_t sent_s;
	uint64_t seen_size;  /* of the other log of the two; 0: not named */
	int64_t witnessed_s; /* latest witness time that its body carries; 0: none */
};

struct judge {
	struct silence *silence;
	struct silence_verdict *verdict;
	struct noted *asked, *owed;           /* owned */
	struct record_duty_times asked_times; /* by the witnesses */
	struct record_duty_times owed_times;  /* by creditor or witnesses */
	struct record_duty_start start;
	struct json_doc doc;
	struct record_envelope envelope;
	int64_t holding_until_s;
	uint64_t first_holding;
	uint64_t leave;         /* of the debtor */
	bool has_seen_question; /* the debtor's log says that it holds it */
};

/* Reads all entries of both logs. CONFLICT when one of them ends the proof by itself. */
MUST_USE enum status silence_gather(struct judge *judge, struct error *err);

#endif
