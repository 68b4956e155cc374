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

/* What shows that the debtor's log ended where it is said to (aldis.md 5.2). */
enum silence_grade { SILENCE_OWN_WORD, SILENCE_WITNESSES, SILENCE_CREDITOR };
const char *silence_grade_name(enum silence_grade grade); /* "own-word", … */

#define SILENCE_NONE UINT64_MAX

/* Times are 0 and indices SILENCE_NONE until they are known; what is known when a
 * judgement fails stays. */
struct silence_verdict {
	uint64_t receipt;      /* entry of the creditor's log */
	int64_t held_s;        /* time in the receipt's line */
	int64_t start_s;       /* of the clock */
	bool is_by_word_alone; /* the start: the creditor's recorded time only */
	int64_t agreed_s;      /* the deadline before a holding reply */
	int64_t deadline_s;    /* the deadline */
	uint64_t holding;      /* entry of the debtor's log that moved it */
	uint64_t late_holding; /* the first holding that did not move it */
	uint64_t first_answer; /* entry of the debtor's log, late */
	int64_t answer_s;      /* when it was given */
	uint64_t after;        /* first entry of the debtor from the deadline on */
	int64_t after_s;       /* the time that shows it */
	bool is_after_by_seen; /* by what it had seen, not by its own time */
	uint64_t last;         /* last well-formed entry of the debtor */
	int64_t last_s;        /* its `sent` */
	uint64_t cut;          /* first entry of the creditor from the deadline on */
	int64_t cut_s;         /* its `sent` */
	uint64_t seen_size;    /* of the debtor's log, known to the creditor then */
	int64_t cut_held_s;    /* the debtor countersigned the cut; 0: not shown */
	uint64_t alarm;        /* an entry of the debtor names another root */
	enum silence_grade grade;
	int64_t at_s; /* when the debtor's log still had its size */
};

/* Judges; the sentence of a refusal is for a person. CONFLICT: nothing is shown. */
MUST_USE enum status silence_judge(struct silence *silence,
                                   struct silence_verdict *ret_verdict,
                                   struct error *err);

/* Appends the claim that follows from a verdict, as JSON. */
void silence_claim_append(const struct silence *silence,
                          const struct silence_verdict *verdict, struct buf *out);
/* Says it in words. */
void silence_say(const struct silence *silence, const struct silence_verdict *verdict,
                 struct bundle_result *result);

#endif
