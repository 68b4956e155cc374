/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the duties share. Desks are numbered in the order of their first
 * mention, which differs with the order of the calls: nothing that is shown depends on
 * these numbers.
 */
#ifndef ALDIS_RECORD_DUTIES_PARTS_H
#define ALDIS_RECORD_DUTIES_PARTS_H

#include "record/duties.h"
#include "record/duty_times.h"
#include "tlog/policy.h"

enum { DUTIES_NONE = UINT32_MAX };

/* An entry with `re` that may answer, hold or cancel a question. */
struct duties_reply {
	uint64_t index;
	const struct record_kind *kind;
	int64_t until_s;   /* of a holding */
	uint32_t question; /* DUTIES_NONE: not given yet, or none */
};

/* A reply whose question has not been given. */
struct duties_waiting {
	uint64_t index; /* of the question */
	uint32_t desk, reply;
};

/* A `receipt` entry on which the clock of a row stands. */
struct duties_recorded {
	uint64_t index;
	uint32_t row;
};

/* A tree that the witnesses have signed, larger than what was given. */
struct duties_claim {
	uint64_t size;
	struct hash root;
	int64_t time_s;
};

/* Recorded cosignatures of one other desk, and the last one that was verified. */
struct duties_cosigner {
	uint32_t desk;
	struct record_duty_times times;
	uint64_t last_size;
	struct hash last_root, last_line;
};

/* From its first entry on, which charter governs a log. */
struct duties_term {
	const struct record_charter *charter;
	int64_t earliest_s; /* least `sent` of its entries */
};

/* A run of periods with an entry. */
struct duties_span {
	int64_t first, last;
};

/* A kind that a log must have in each period. */
struct duties_rhythm {
	char kind[RECORD_KIND_LEN_MAX + 1];
	int64_t every_s;
	int64_t since_s; /* owed from the first whole period after this */
	struct duties_span *spans;
	size_t span_count, span_cap;
};

struct duties_desk {
	struct record_name name;
	uint32_t log; /* number; DUTIES_NONE: not added */
	struct ed25519_public *mirror_keys;
	size_t mirror_key_count;
	uint64_t given; /* entries of its log */
	bool has_left;
	int64_t left_s;
	uint64_t *seen; /* by desk: how much of its log this log has named */
	size_t seen_cap;
	uint32_t *questions; /* by index */
	size_t question_count, question_cap;
	struct duties_reply *replies; /* by index */
	size_t reply_count, reply_cap;
	struct duties_waiting *waiting; /* a heap: for this log's next entries */
	size_t waiting_count, waiting_cap;
	struct duties_recorded *recorded; /* by index */
	size_t recorded_count, recorded_cap;
	struct record_duty_times witnessed;
	struct duties_claim *claims; /* the smallest last */
	size_t claim_count, claim_cap;
	struct duties_cosigner *cosigners; /* by number */
	size_t cosigner_count, cosigner_cap;
	struct duties_term *terms;
	size_t term_count;
	struct duties_rhythm *rhythms; /* by kind and length */
	size_t rhythm_count;
};

struct duties_charter {
	const struct record_charter *charter;
	uint32_t *members; /* numbers, by name */
};

struct duties_question {
	uint32_t desk;
	uint64_t index;
	const struct record_charter *charter;
	bool is_cancelled;
	uint64_t cancel;
	uint32_t first_row, row_count; /* by debtor's name and duty */
};

/* One duty of one debtor. */
struct duties_row {
	uint32_t question, debtor;
	uint8_t duty;
	bool has_receipt, is_closed, is_queued;
	uint64_t receipt;
	int64_t line_s, recorded_s;
	uint32_t answer, holding; /* among the debtor's replies */
	uint32_t left, right;     /* of the queue of deadlines */
	int64_t deadline_s;       /* while it is queued */
};

/* A receipt under a key that no card given so far has. */
struct duties_deferred {
	uint32_t desk, from;
	uint64_t index, of;
	int64_t sent_s;
	struct tlog_checkpoint checkpoint;
	uint64_t size;   /* of it, as ids are counted */
	struct buf line; /* owned */
};

struct record_duties {
	struct record_duties_facts facts;
	struct duties_desk **desks; /* by number */
	uint32_t *by_name;
	size_t desk_count, desk_cap, by_name_cap;
	uint32_t *logs; /* desks, by number of the log */
	size_t log_count, log_cap;
	struct duties_charter *charters;
	size_t charter_count, charter_cap;
	struct duties_question *questions;
	size_t question_count, question_cap;
	struct duties_row *rows;
	size_t row_count, row_cap;
	uint32_t queue; /* its root */
	uint64_t revision;
	struct duties_deferred *deferred;
	size_t deferred_count, deferred_cap;
	struct json_doc doc; /* scratch */
};

/* The entry at hand. */
struct duties_entry {
	uint32_t desk;
	uint64_t index;
	const struct record_envelope *envelope;
	const struct record_kind *kind;
	struct view body;
	const struct duties_charter *charter;
};

/* duties_desk.c */
/* Room for exactly one element more, in what hardly ever grows: there may be two hundred
 * logs, each with its own. */
enum status duties_reserve_one(void *array_pointer, size_t count, size_t size,
                               struct error *err);
enum status duties_desk(struct record_duties *duties, const char *name,
                        uint32_t *ret_desk, struct error *err);
void duties_desk_free(struct duties_desk *desk);
enum status duties_charter_find(struct record_duties *duties,
                                const struct record_charter *charter,
                                const struct duties_charter **ret_charter,
                                struct error *err);
/* The number of a member of the charter, or DUTIES_NONE. */
uint32_t duties_member(const struct record_duties *duties,
                       const struct duties_charter *charter, const char *name);
/* How much of the other's log this desk's log has named. */
uint64_t duties_seen(const struct duties_desk *desk, uint32_t other);
enum status duties_take_seen(struct record_duties *duties,
                             const struct duties_entry *entry, struct error *err);

/* duties_cosignature.c: receipts and witness times on record. */
enum status duties_take_receipt(struct record_duties *duties,
                                const struct duties_entry *entry, struct error *err);
enum status duties_take_check(struct record_duties *duties,
                              const struct duties_entry *entry, struct error *err);
/* The log has grown: claims that can now be compared. */
enum status duties_settle_claims(struct record_duties *duties, uint32_t desk,
                                 struct error *err);
/* A new mirror key of this desk: receipts that waited for it. */
enum status duties_settle_deferred(struct record_duties *duties, uint32_t from,
                                   struct error *err);
/* When the entry of the desk was given, as `to` or the witnesses show it (4.3). */
int64_t duties_given_s(const struct duties_desk *desk, uint64_t index, uint32_t to);

/* duties_rows.c */
enum status duties_take_question(struct record_duties *duties,
                                 const struct duties_entry *entry, struct error *err);
/* The place of the first of a desk's questions at or behind the index. */
size_t duties_question_place(const struct record_duties *duties,
                             const struct duties_desk *desk, uint64_t index);
/* The question with this index, or DUTIES_NONE. */
uint32_t duties_question_find(const struct record_duties *duties,
                              const struct duties_desk *desk, uint64_t index);
/* A reply of the desk concerns the question. */
void duties_link(struct record_duties *duties, uint32_t question, uint32_t desk,
                 uint32_t reply);
/* A receipt by `from` for the question is on record. */
enum status duties_start_clock(struct record_duties *duties, uint32_t question,
                               uint32_t from, uint64_t receipt, int64_t line_s,
                               int64_t recorded_s, struct error *err);
/* Something on which the row stands has changed. */
void duties_refresh(struct record_duties *duties, uint32_t row);
void duties_refresh_question(struct record_duties *duties, uint32_t question);
/* The rows that the debtor's reply concerns, if the question is one of `creditor`
 * (DUTIES_NONE: of anyone). */
void duties_refresh_reply(struct record_duties *duties, uint32_t desk, size_t reply,
                          uint32_t creditor);
void duties_refresh_left(struct record_duties *duties, uint32_t desk);
void duties_row_fill(const struct record_duties *duties, uint32_t row, int64_t now_s,
                     struct record_duty_row *ret_row);

/* duties_reply.c */
enum status duties_take_reply(struct record_duties *duties,
                              const struct duties_entry *entry, struct error *err);
/* An entry of the desk, which replies may have awaited, was given. */
void duties_settle_waiting(struct record_duties *duties, uint32_t desk);

/* duties_queue.c: open rows by deadline. */
void duties_queue_put(struct record_duties *duties, uint32_t row, int64_t deadline_s);
void duties_queue_remove(struct record_duties *duties, uint32_t row);
/* The least deadline at or after the time; INT64_MAX: none. */
int64_t duties_queue_next(const struct record_duties *duties, int64_t from_s);

/* duties_period.c */
enum status duties_take_period(struct record_duties *duties,
                               const struct duties_entry *entry, struct error *err);
bool duties_period_list(const struct duties_desk *desk, int64_t now_s, bool only_open,
                        record_duty_fn *fn, void *context);
int64_t duties_period_next(const struct duties_desk *desk, int64_t now_s);

/* Has the body what the catalogue asks for? Leaves it scanned in duties->doc, if there is
 * one. */
bool duties_body_is_right(struct record_duties *duties, const struct duties_entry *entry);

#endif
