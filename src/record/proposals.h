/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proposals and what became of them: pledges offered, consultations asked for, minutes
 * laid before the others. One desk proposes to those it addresses; each accepts,
 * declines or is silent; what was accepted may be withdrawn. A pure function of the logs
 * and the time asked about, incremental like replies.h: all who hold the same logs
 * compute the same register, byte for byte.
 *
 * What counts: a member's first accept or decline, until it is withdrawn; then its next
 * one. An answer that the joint order places before the proposal, or behind the
 * proposer's withdrawal, or sent at or after `until`, does not count; nor does one by a
 * desk that is not addressed. What does not count is named with the reason. `cancel` by
 * the proposer withdraws, and `leave` withdraws the pledges that its author offered or
 * accepted.
 */
#ifndef ALDIS_RECORD_PROPOSALS_H
#define ALDIS_RECORD_PROPOSALS_H

#include "record/replies.h"

/* How many answers that do not count, or are linked, are named of one proposal: a member
 * may write any number. */
enum { RECORD_PROPOSAL_NAMED_MAX = 100 };

enum record_proposal_type {
	RECORD_PLEDGE,       /* pledge.offer, .accept, .decline, .withdraw */
	RECORD_CONSULTATION, /* consultation.request, .accept, .decline */
	RECORD_MINUTES,      /* consultation.record, answered by consultation.agree */
};

enum record_proposal_state {
	RECORD_PROPOSAL_OPEN,     /* no answer yet */
	RECORD_PROPOSAL_ACCEPTED, /* of a pledge: begins later */
	RECORD_PROPOSAL_IN_FORCE, /* a pledge only */
	RECORD_PROPOSAL_DECLINED,
	RECORD_PROPOSAL_WITHDRAWN, /* by either */
	RECORD_PROPOSAL_ENDED,     /* its `until` is over */
};
/* "offered", "in force", … */
const char *record_proposal_state_word(enum record_proposal_state state);

/* An entry that counts. */
struct record_proposal_entry {
	bool exists;
	struct record_message_id id;
	int64_t sent_s;
};

/* Where the proposal stands with one of those it addresses. */
struct record_proposal_member {
	const char *desk;
	enum record_proposal_state state;
	struct record_proposal_entry answer;     /* accept or decline */
	struct record_proposal_entry withdrawal; /* its own */
	int64_t since_s; /* accepted: the later of `from` and the answer; else 0 */
	int64_t end_s;   /* accepted: the earlier of `until` and a withdrawal; 0: none */
};

/* An answer that does not count. */
struct record_proposal_ignored {
	struct record_message_id id;
	const char *kind, *why;
};

struct record_proposal {
	enum record_proposal_type type;
	struct record_message_id id;
	int64_t sent_s;
	bool has_re;
	struct record_message_id re;
	int64_t from_s, until_s;          /* 0: not given */
	bool is_reciprocal;               /* binds those that accept as well */
	bool is_waiting;                  /* has no place in the joint order yet */
	enum record_proposal_state state; /* of the whole: the best that any member has */
	struct record_proposal_entry withdrawal;      /* by the proposer */
	const struct record_proposal_member *members; /* by name */
	size_t member_count;
	const struct record_proposal_ignored *ignored; /* by author's name and index, */
	size_t ignored_count;                          /* the first of them */
	size_t ignored_total;
};

struct record_proposals;

/* Is this a kind that proposes something? */
bool record_proposal_kind(const char *kind);

MUST_USE enum status record_proposals_new(struct record_proposals **ret_proposals,
                                          struct error *err);
void record_proposals_free(struct record_proposals *proposals);
/* The index of answers that the register stands on. */
struct record_replies *record_proposals_replies(struct record_proposals *proposals);

/* Gives the next entry of a log, which record_replies_desk has numbered. envelope NULL:
 * malformed. body: the JSON, empty when there is none; charter: the one that governs the
 * entry. Both are borrowed for the call. After a failure the register can only be freed.
 */
MUST_USE enum status
record_proposals_add(struct record_proposals *proposals, uint32_t desk,
                     const struct record_envelope *envelope, struct view body,
                     const struct record_charter *charter, struct error *err);

/* Calls fn for the proposals of a type by proposer's name and index; with re, for those
 * that answer this message. What fn is shown is valid until it returns or lists the same
 * type again; false ends the list. */
typedef bool record_proposal_fn(void *context, const struct record_proposal *proposal);
MUST_USE enum status record_proposals_list(struct record_proposals *proposals,
                                           enum record_proposal_type type,
                                           const struct record_message_id *re,
                                           int64_t now_s, record_proposal_fn *fn,
                                           void *context, struct error *err);

/* Do the minutes have the word of all who took part: of the desk that asked for the
 * consultation and of every member that accepted it? Their author's is in the minutes.
 * What is taken back later undoes no agreement. */
bool record_minutes_are_agreed(const struct record_proposal *consultation,
                               const struct record_proposal *minutes);

/* Appends one JSON object, members in fixed order: what the register of both sides is
 * made of. The answers to the proposal of other kinds (translations, measures) stand in
 * "linked". */
void record_proposal_append_json(struct record_proposals *proposals,
                                 const struct record_proposal *proposal, struct buf *out);

#endif
