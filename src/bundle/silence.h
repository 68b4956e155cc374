/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a proof of silence comes to, as facts: who owed what to whom until when, until
 * when nothing came, and what shows it. Source: aldis.md 4, 5.
 */
#ifndef ALDIS_BUNDLE_SILENCE_H
#define ALDIS_BUNDLE_SILENCE_H

#include "record/charter.h"

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

struct bundle_silence {
	struct record_channel_id channel;
	struct hash charter;               /* that governs the question */
	struct record_message_id question; /* its desk is the creditor */
	struct record_name debtor;
	struct record_duty duty;
	uint64_t end;       /* the debtor's log is shown up to here, without the answer */
	uint64_t asked_end; /* the creditor's likewise, without taking it back */
	bool has_witnesses; /* the charter names some */
	/* The newest checkpoint of the log has a line of a key that its owner replaced.
	 */
	bool is_creditor_by_old_key, is_debtor_by_old_key;
	struct silence_verdict verdict;
};

#endif
