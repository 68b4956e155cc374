/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who owes what until when: a pure function of the logs of a channel, the charters and
 * the time asked about, so that all who hold the same logs compute the same list, byte
 * for byte. Incremental: entries come log by log, in log order, the logs interleaved in
 * any way, an answer even before its question; what is listed depends only on the set of
 * entries given. The time asked about moves clocks and nothing else: what stands in the
 * logs given counts. Source: aldis.md 3.4, 4; spec/record.md, "Duties".
 */
#ifndef ALDIS_RECORD_DUTIES_H
#define ALDIS_RECORD_DUTIES_H

#include "record/envelope.h"

struct record_duties;

/* What the function can't find in the entries themselves. */
struct record_duties_facts {
	struct record_channel_id channel;
	void *self;
	/* The root that `log` had at `size` (never above the entries given of it, the
	 * one at hand included; of a log with successors as ids are counted). */
	enum status (*root_at)(void *self, uint32_t log, uint64_t size,
	                       struct hash *ret_root, struct error *err);
	/* The index in the ids of the first entry of a desk's nth log (2: the successor
	 * of its first); false: there is none. NULL: no log has a successor. */
	bool (*offset_of)(void *self, const char *desk, uint32_t generation,
	                  uint64_t *ret_offset);
};

MUST_USE enum status record_duties_new(const struct record_duties_facts *facts,
                                       struct record_duties **ret_duties,
                                       struct error *err);
void record_duties_free(struct record_duties *duties);

/* A log of the channel, and the mirror key of its desk's card; called again for each
 * other card that the desk has had. Logs are numbered 0, 1, … in the order of the calls
 * with new names. */
MUST_USE enum status record_duties_add_log(struct record_duties *duties,
                                           const struct record_card *card,
                                           uint32_t *ret_log, struct error *err);

struct record_duties_entry {
	uint32_t log;
	const struct record_envelope
	    *envelope;    /* NULL: malformed; borrowed for the call */
	struct view body; /* JSON content, empty when there is none */
	const struct record_charter
	    *charter; /* that governs this entry; borrowed for the life of the duties */
};

/* The next entry of that log; a successor's entries go on where the log ended. Bodies
 * that matter (receipt, check, holding, questions and answers) are read strictly: what is
 * not as the catalogue says counts for nothing. Fails only for lack of memory or when
 * root_at does; the duties can then only be freed. */
MUST_USE enum status record_duties_add(struct record_duties *duties,
                                       const struct record_duties_entry *entry,
                                       struct error *err);
/* Counts what was done to rows: while it stays, only time can have changed one. */
uint64_t record_duties_revision(const struct record_duties *duties);

enum record_duty_state {
	RECORD_DUTY_WAITING, /* sent, no receipt on record: no clock yet */
	RECORD_DUTY_RUNNING,
	RECORD_DUTY_HELD, /* runs to a later deadline that a holding reply named */
	RECORD_DUTY_MET,  /* also too late: see is_late */
	RECORD_DUTY_OVERDUE,
	RECORD_DUTY_CANCELLED,
	RECORD_DUTY_LEFT /* one of the two left the channel before it was met */
};
/* "waiting", "running", … */
const char *record_duty_state_word(enum record_duty_state state);

struct record_duty_row {
	enum record_duty_state state;
	bool is_periodic;
	struct record_message_id question;   /* not of a periodic duty */
	struct record_name creditor, debtor; /* periodic: creditor empty */
	const struct record_duty *duty;      /* of the charter */
	bool has_clock;                      /* start and deadline are known */
	int64_t start_s, deadline_s; /* periodic: of the period; its end and grace */
	bool is_by_word_alone;       /* start: the creditor's recorded time only (4.2) */
	/* Entries that show it; of a holding, only if it moved the deadline. */
	bool has_receipt, has_holding, has_answer, has_cancel;
	struct record_message_id receipt, holding, answer, cancel;
	int64_t answer_s; /* when it was given by 4.3; 0: no cosignature of it on record
	                     yet */
	bool is_late;     /* an answer came, after the deadline */
};

/* False: no more rows are wanted. The row is valid for the call. */
typedef bool record_duty_fn(void *context, const struct record_duty_row *row);
/* Calls fn for each duty in the canonical order: question's desk, index, debtor, number
 * of the duty in the charter; then the periodic ones by debtor, kind, length of the
 * period, period: the running period, the one before while its grace lasts, and every
 * missed one. only_open leaves out met, cancelled, left. */
void record_duties_list(const struct record_duties *duties, int64_t now_s, bool only_open,
                        record_duty_fn *fn, void *context);
/* The rows of one question, all states. */
void record_duties_of(const struct record_duties *duties,
                      const struct record_message_id *question, int64_t now_s,
                      record_duty_fn *fn, void *context);
/* The next second after now at which a row changes by time alone; INT64_MAX: none. */
int64_t record_duties_next_change_s(const struct record_duties *duties, int64_t now_s);

/* One JSON object for a row, members in fixed order: the list that both sides compare
 * byte for byte is made of these. */
void record_duty_append_json(const struct record_duty_row *row, int64_t now_s,
                             struct buf *out);

#endif
