/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was proposed is kept in one array; the answers stand in the index of replies. A
 * state is made when it is asked for, member by member, from the answers in the order of
 * the member's own log; the joint order only decides between entries of different logs.
 */
#include "record/proposals.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "record/array.h"

enum { TYPE_COUNT = 3, BODY_TOKENS_MAX = 1 << 16 };

enum role { ROLE_NONE, ROLE_ACCEPT, ROLE_DECLINE, ROLE_WITHDRAW };

static const struct {
	const char *proposal;
	bool has_force; /* an accepted one is in force from a time, until a time */
	struct {
		const char *kind;
		enum role role;
	} answers[5];
} types[TYPE_COUNT] = {
    [RECORD_PLEDGE] = {"pledge.offer",
                       true,
                       {{"pledge.accept", ROLE_ACCEPT},
                        {"pledge.decline", ROLE_DECLINE},
                        {"pledge.withdraw", ROLE_WITHDRAW},
                        {"cancel", ROLE_WITHDRAW}}},
    [RECORD_CONSULTATION] = {"consultation.request",
                             false,
                             {{"consultation.accept", ROLE_ACCEPT},
                              {"consultation.decline", ROLE_DECLINE},
                              {"cancel", ROLE_WITHDRAW}}},
    [RECORD_MINUTES] = {"consultation.record",
                        false,
                        {{"consultation.agree", ROLE_ACCEPT}, {"cancel", ROLE_WITHDRAW}}},
};

/* A proposal as it was given. */
struct stored {
	enum record_proposal_type type;
	uint32_t desk;
	uint64_t index;
	int64_t sent_s, from_s, until_s;
	bool is_reciprocal, has_re;
	struct record_message_id re;
	const uint32_t *addressed; /* desks; the proposer may be among them */
	uint32_t *owned;           /* the same memory when it is this proposal's own */
	size_t addressed_count;
};

/* The end of a desk's log. */
struct left {
	uint32_t desk;
	struct record_proposal_entry entry;
};

struct record_proposals {
	struct record_replies *replies;
	struct left *left;
	size_t left_count, left_cap;
	struct stored *items;
	size_t count, cap;
	bool is_sorted;
	struct json_doc doc; /* scratch */
	struct scratch {     /* of what is shown, for each type */
		struct record_proposal_member *members;
		uint32_t *desks; /* of the members */
		size_t member_cap, desk_cap;
		struct record_proposal_ignored *ignored;
		size_t ignored_count, ignored_cap; /* kept so far */
	} scratch[TYPE_COUNT];
};

const char *record_proposal_state_word(enum record_proposal_state state)
{
	switch (state) {
	case RECORD_PROPOSAL_OPEN:
		return "offered";
	case RECORD_PROPOSAL_ACCEPTED:
		return "accepted";
	case RECORD_PROPOSAL_IN_FORCE:
		return "in force";
	case RECORD_PROPOSAL_DECLINED:
		return "declined";
	case RECORD_PROPOSAL_WITHDRAWN:
		return "withdrawn";
	case RECORD_PROPOSAL_ENDED:
		return "ended";
	}
	return "offered";
}

enum status record_proposals_new(struct record_proposals **ret_proposals,
                                 struct error *err)
{
	struct record_proposals *proposals = calloc(1, sizeof *proposals);
	enum status status;

	if (proposals == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the register");
	status = record_replies_new(&proposals->replies, err);
	if (status != STATUS_OK) {
		free(proposals);
		return status;
	}
	*ret_proposals = proposals;
	return STATUS_OK;
}

void record_proposals_free(struct record_proposals *proposals)
{
	if (proposals == NULL)
		return;
	for (size_t i = 0; i < proposals->count; i++)
		free(proposals->items[i].owned);
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		free(proposals->scratch[i].members);
		free(proposals->scratch[i].desks);
		free(proposals->scratch[i].ignored);
	}
	free(proposals->items);
	free(proposals->left);
	json_release(&proposals->doc);
	record_replies_free(proposals->replies);
	free(proposals);
}

struct record_replies *record_proposals_replies(struct record_proposals *proposals)
{
	return proposals->replies;
}

/* ---- taking entries ---- */

static bool find_type(const char *kind, enum record_proposal_type *ret_type)
{
	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (strcmp(types[i].proposal, kind) == 0) {
			*ret_type = (enum record_proposal_type)i;
			return true;
		}
	return false;
}

bool record_proposal_kind(const char *kind)
{
	enum record_proposal_type type;

	return find_type(kind, &type);
}

static int64_t read_time(const struct json_doc *doc, const char *name)
{
	const struct json_token *value = json_member(doc, json_root(doc), name);
	char text[64];
	int64_t time_s;

	if (value == NULL || value->type != JSON_STRING ||
	    !json_string_copy(doc, value, text, sizeof text) ||
	    time_text_decode_rfc3339(view_of_string(text), &time_s, NULL) != STATUS_OK)
		return 0;
	return time_s;
}

/* A body that is not held, or not as its kind says, only lacks what it might have said.
 */
static void read_body(struct record_proposals *proposals, struct view body,
                      struct stored *item)
{
	const struct json_token *value;

	if (json_scan(&proposals->doc, body, BODY_TOKENS_MAX, NULL) != STATUS_OK ||
	    json_root(&proposals->doc)->type != JSON_OBJECT)
		return;
	item->from_s = read_time(&proposals->doc, "from");
	item->until_s = read_time(&proposals->doc, "until");
	value = json_member(&proposals->doc, json_root(&proposals->doc), "reciprocal");
	item->is_reciprocal = value != NULL && value->type == JSON_TRUE;
}

/* Those named in `to`, or all members of the charter. */
static enum status read_addressed(struct record_proposals *proposals,
                                  const struct record_envelope *envelope,
                                  const struct record_charter *charter,
                                  struct stored *item, struct error *err)
{
	const uint32_t *members;

	TRY(record_replies_members(proposals->replies, charter, &members, err));
	item->addressed = members;
	item->addressed_count = charter->member_count;
	if (envelope->to_count == 0)
		return STATUS_OK;
	item->owned = calloc(envelope->to_count, sizeof *item->owned);
	if (item->owned == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the register");
	item->addressed = item->owned;
	item->addressed_count = 0;
	for (size_t i = 0; i < envelope->to_count; i++) {
		size_t member = record_charter_member(charter, envelope->to[i].text);

		if (member != SIZE_MAX)
			item->owned[item->addressed_count++] = members[member];
	}
	return STATUS_OK;
}

static enum status add_proposal(struct record_proposals *proposals, uint32_t desk,
                                enum record_proposal_type type,
                                const struct record_envelope *envelope, struct view body,
                                const struct record_charter *charter, struct error *err)
{
	struct stored item = {
	    .type = type,
	    .desk = desk,
	    .index = record_replies_given(proposals->replies, desk),
	    .sent_s = envelope->sent_s,
	    .has_re = envelope->has_re,
	    .re = envelope->re,
	};

	TRY(record_array_reserve(&proposals->items, &proposals->cap, proposals->count + 1,
	                         sizeof *proposals->items, err));
	read_body(proposals, body, &item);
	TRY(read_addressed(proposals, envelope, charter, &item, err));
	proposals->items[proposals->count++] = item;
	proposals->is_sorted = false;
	return STATUS_OK;
}

static enum status add_left(struct record_proposals *proposals, uint32_t desk,
                            const struct record_envelope *envelope, struct error *err)
{
	struct left left = {
	    .desk = desk,
	    .entry = {.exists = true, .sent_s = envelope->sent_s},
	};

	left.entry.id = record_replies_id(proposals->replies, desk,
	                                  record_replies_given(proposals->replies, desk));
	TRY(record_array_reserve(&proposals->left, &proposals->left_cap,
	                         proposals->left_count + 1, sizeof *proposals->left,
	                         err));
	proposals->left[proposals->left_count++] = left;
	return STATUS_OK;
}

enum status record_proposals_add(struct record_proposals *proposals, uint32_t desk,
                                 const struct record_envelope *envelope, struct view body,
                                 const struct record_charter *charter, struct error *err)
{
	enum record_proposal_type type;

	if (envelope != NULL && find_type(envelope->kind, &type))
		TRY(add_proposal(proposals, desk, type, envelope, body, charter, err));
	if (envelope != NULL && strcmp(envelope->kind, "leave") == 0)
		TRY(add_left(proposals, desk, envelope, err));
	return record_replies_add(proposals->replies, desk, envelope, charter, err);
}

/* ---- what became of one ---- */

static enum role role_of(enum record_proposal_type type, const struct record_kind *kind)
{
	for (size_t i = 0; types[type].answers[i].kind != NULL; i++)
		if (strcmp(types[type].answers[i].kind, kind->name) == 0)
			return types[type].answers[i].role;
	return ROLE_NONE;
}

/* One proposal on its way to being shown. */
struct view_of_one {
	struct record_proposals *proposals;
	const struct stored *item;
	struct scratch *scratch;
	struct record_proposal *shown;
	int64_t now_s;
	size_t ignored_max; /* how many may be kept so far */
	struct error *err;
};

static void note_entry(const struct view_of_one *view, const struct record_reply *reply,
                       struct record_proposal_entry *ret_entry)
{
	*ret_entry = (struct record_proposal_entry){
	    .exists = true,
	    .id = record_replies_id(view->proposals->replies, reply->desk, reply->index),
	    .sent_s = reply->sent_s};
}

static enum status ignore(const struct view_of_one *view,
                          const struct record_reply *reply, const char *why)
{
	struct scratch *scratch = view->scratch;

	view->shown->ignored_total++;
	if (scratch->ignored_count == view->ignored_max)
		return STATUS_OK;
	TRY(record_array_reserve(&scratch->ignored, &scratch->ignored_cap,
	                         scratch->ignored_count + 1, sizeof *scratch->ignored,
	                         view->err));
	scratch->ignored[scratch->ignored_count++] = (struct record_proposal_ignored){
	    .id = record_replies_id(view->proposals->replies, reply->desk, reply->index),
	    .kind = reply->kind->name,
	    .why = why};
	return STATUS_OK;
}

static bool is_before(const struct view_of_one *view, uint32_t desk, uint64_t index,
                      const struct record_reply *reply)
{
	return record_replies_is_before(view->proposals->replies, desk, index,
	                                reply->desk, reply->index);
}

/* Why an answer of a member counts for nothing, or NULL. */
static const char *objection(const struct view_of_one *view,
                             const struct record_reply *reply, enum role role,
                             const struct record_proposal_member *member)
{
	const struct stored *item = view->item;
	bool has_answer = member->answer.exists && !member->withdrawal.exists;

	if (view->shown->is_waiting ||
	    !record_replies_is_placed(view->proposals->replies, reply->desk,
	                              reply->index))
		return "waits for entries not yet held";
	if (!is_before(view, item->desk, item->index, reply))
		return "before the proposal";
	if (view->shown->withdrawal.exists &&
	    is_before(view, item->desk, view->shown->withdrawal.id.index, reply))
		return "after the withdrawal";
	if (role == ROLE_WITHDRAW)
		return has_answer ? NULL : "nothing to withdraw";
	if (has_answer)
		return "answered before";
	if (item->until_s > 0 && reply->sent_s >= item->until_s)
		return "after its end";
	return NULL;
}

static enum status take_answer(const struct view_of_one *view,
                               const struct record_reply *reply, enum role role,
                               struct record_proposal_member *member)
{
	const char *why = objection(view, reply, role, member);

	if (why != NULL)
		return ignore(view, reply, why);
	if (role == ROLE_WITHDRAW && member->state == RECORD_PROPOSAL_DECLINED) {
		*member = (struct record_proposal_member){.desk = member->desk};
		return STATUS_OK;
	}
	if (role == ROLE_WITHDRAW) {
		note_entry(view, reply, &member->withdrawal);
		return STATUS_OK;
	}
	note_entry(view, reply, &member->answer);
	member->withdrawal = (struct record_proposal_entry){0};
	member->state =
	    role == ROLE_ACCEPT ? RECORD_PROPOSAL_ACCEPTED : RECORD_PROPOSAL_DECLINED;
	return STATUS_OK;
}

/* The proposer's own answers: the first withdrawal behind the proposal counts. */
static enum status take_proposers(const struct view_of_one *view,
                                  const struct record_reply *reply, enum role role)
{
	if (role != ROLE_WITHDRAW)
		return ignore(view, reply, "by the proposer itself");
	if (reply->index <= view->item->index)
		return ignore(view, reply, "before the proposal");
	if (view->shown->withdrawal.exists)
		return ignore(view, reply, "withdrawn before");
	note_entry(view, reply, &view->shown->withdrawal);
	return STATUS_OK;
}

/* Who leaves takes back the pledges that it has not taken back before. */
static void take_leave(const struct view_of_one *view, uint32_t desk,
                       struct record_proposal_entry *withdrawal)
{
	const struct record_proposals *proposals = view->proposals;

	if (!types[view->item->type].has_force)
		return;
	for (size_t i = 0; i < proposals->left_count && !withdrawal->exists; i++)
		if (proposals->left[i].desk == desk)
			*withdrawal = proposals->left[i].entry;
}

static struct record_proposal_member *find_member(const struct view_of_one *view,
                                                  uint32_t desk)
{
	for (size_t i = 0; i < view->shown->member_count; i++)
		if (view->scratch->desks[i] == desk)
			return &view->scratch->members[i];
	return NULL;
}

static enum status take_reply(const struct view_of_one *view,
                              const struct record_reply *reply, bool is_proposers_turn)
{
	enum role role = role_of(view->item->type, reply->kind);
	bool is_proposers = reply->desk == view->item->desk;
	struct record_proposal_member *member;

	/* Only the author of a message cancels it. */
	if (role == ROLE_NONE || is_proposers != is_proposers_turn ||
	    (!is_proposers && strcmp(reply->kind->name, "cancel") == 0))
		return STATUS_OK;
	if (is_proposers)
		return take_proposers(view, reply, role);
	member = find_member(view, reply->desk);
	if (member == NULL)
		return ignore(view, reply, "not addressed");
	return take_answer(view, reply, role, member);
}

/* What ended it: the earlier of the member's withdrawal and the proposer's. */
static const struct record_proposal_entry *
first_of(const struct record_proposal_entry *members,
         const struct record_proposal_entry *proposers)
{
	bool is_members = members->exists &&
	                  (!proposers->exists || members->sent_s <= proposers->sent_s);

	return is_members ? members : proposers;
}

/* From when to when what a member accepted holds, and what that means now. */
static void settle_member(const struct view_of_one *view,
                          struct record_proposal_member *member)
{
	const struct stored *item = view->item;
	const struct record_proposal_entry *withdrawal =
	    first_of(&member->withdrawal, &view->shown->withdrawal);
	int64_t now_s = view->now_s;

	if (member->state == RECORD_PROPOSAL_DECLINED)
		return;
	if (member->state == RECORD_PROPOSAL_ACCEPTED) {
		member->since_s = item->from_s > member->answer.sent_s
		                      ? item->from_s
		                      : member->answer.sent_s;
		member->end_s = item->until_s;
		if (withdrawal->exists &&
		    (member->end_s == 0 || withdrawal->sent_s < member->end_s))
			member->end_s = withdrawal->sent_s;
	}
	if (withdrawal->exists && withdrawal->sent_s < now_s)
		now_s = withdrawal->sent_s;
	if (item->until_s > 0 && item->until_s <= now_s)
		member->state = RECORD_PROPOSAL_ENDED;
	else if (withdrawal->exists)
		member->state = RECORD_PROPOSAL_WITHDRAWN;
	else if (types[item->type].has_force && member->since_s > 0 &&
	         member->since_s <= now_s)
		member->state = RECORD_PROPOSAL_IN_FORCE;
}

/* The best that any member has; the proposer's withdrawal is everyone's. */
static enum record_proposal_state whole_state(const struct record_proposal *shown)
{
	static const enum record_proposal_state order[] = {
	    RECORD_PROPOSAL_IN_FORCE,  RECORD_PROPOSAL_ACCEPTED, RECORD_PROPOSAL_OPEN,
	    RECORD_PROPOSAL_WITHDRAWN, RECORD_PROPOSAL_ENDED,    RECORD_PROPOSAL_DECLINED,
	};

	if (shown->withdrawal.exists)
		return RECORD_PROPOSAL_WITHDRAWN;
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		for (size_t m = 0; m < shown->member_count; m++)
			if (shown->members[m].state == order[i])
				return order[i];
	return RECORD_PROPOSAL_OPEN;
}

static int compare_desks(const void *a, const void *b, void *context)
{
	struct record_replies *replies = context;
	uint32_t x = record_replies_place(replies, *(const uint32_t *)a),
	         y = record_replies_place(replies, *(const uint32_t *)b);

	return (x > y) - (x < y);
}

static enum status list_members(const struct view_of_one *view)
{
	const struct stored *item = view->item;
	struct scratch *scratch = view->scratch;
	size_t count = 0;

	TRY(record_array_reserve(&scratch->desks, &scratch->desk_cap,
	                         item->addressed_count + 1, sizeof *scratch->desks,
	                         view->err));
	TRY(record_array_reserve(&scratch->members, &scratch->member_cap,
	                         item->addressed_count + 1, sizeof *scratch->members,
	                         view->err));
	for (size_t i = 0; i < item->addressed_count; i++)
		if (item->addressed[i] != item->desk)
			scratch->desks[count++] = item->addressed[i];
	if (count > 0)
		qsort_r(scratch->desks, count, sizeof *scratch->desks, compare_desks,
		        view->proposals->replies);
	for (size_t i = 0; i < count; i++)
		scratch->members[i] = (struct record_proposal_member){
		    .desk =
		        record_replies_name(view->proposals->replies, scratch->desks[i])};
	view->shown->members = scratch->members;
	view->shown->member_count = count;
	return STATUS_OK;
}

static int compare_ignored(const void *a, const void *b)
{
	const struct record_proposal_ignored *x = a, *y = b;
	int order = strcmp(x->id.desk.text, y->id.desk.text);

	return order != 0 ? order
	                  : (x->id.index > y->id.index) - (x->id.index < y->id.index);
}

static enum status make_state(struct view_of_one *view)
{
	const struct stored *item = view->item;
	struct record_proposal *shown = view->shown;
	const struct record_reply *replies;
	size_t count;

	view->scratch->ignored_count = 0;
	view->ignored_max = RECORD_PROPOSAL_NAMED_MAX;
	TRY(list_members(view));
	replies =
	    record_replies_to(view->proposals->replies, item->desk, item->index, &count);
	/* First the proposer's withdrawal: it bounds the others' answers. */
	for (size_t i = 0; i < count; i++)
		TRY(take_reply(view, &replies[i], true));
	take_leave(view, item->desk, &shown->withdrawal);
	view->ignored_max = view->scratch->ignored_count + RECORD_PROPOSAL_NAMED_MAX;
	for (size_t i = 0; i < count; i++)
		TRY(take_reply(view, &replies[i], false));
	for (size_t i = 0; i < shown->member_count; i++) {
		struct record_proposal_member *member = &view->scratch->members[i];

		if (member->state == RECORD_PROPOSAL_ACCEPTED)
			take_leave(view, view->scratch->desks[i], &member->withdrawal);
		settle_member(view, member);
	}
	if (view->scratch->ignored_count > 0)
		qsort(view->scratch->ignored, view->scratch->ignored_count,
		      sizeof *view->scratch->ignored, compare_ignored);
	shown->ignored = view->scratch->ignored;
	shown->ignored_count = view->scratch->ignored_count < RECORD_PROPOSAL_NAMED_MAX
	                           ? view->scratch->ignored_count
	                           : RECORD_PROPOSAL_NAMED_MAX;
	shown->state = whole_state(shown);
	return STATUS_OK;
}

static enum status show(struct record_proposals *proposals, const struct stored *item,
                        int64_t now_s, struct record_proposal *shown, struct error *err)
{
	struct view_of_one view = {
	    .proposals = proposals,
	    .item = item,
	    .scratch = &proposals->scratch[item->type],
	    .shown = shown,
	    .now_s = now_s,
	    .err = err,
	};

	*shown = (struct record_proposal){
	    .type = item->type,
	    .id = record_replies_id(proposals->replies, item->desk, item->index),
	    .sent_s = item->sent_s,
	    .has_re = item->has_re,
	    .re = item->re,
	    .from_s = item->from_s,
	    .until_s = item->until_s,
	    .is_reciprocal = item->is_reciprocal,
	    .is_waiting =
	        !record_replies_is_placed(proposals->replies, item->desk, item->index),
	};
	return make_state(&view);
}

/* ---- the list ---- */

static int compare_items(const void *a, const void *b, void *context)
{
	struct record_replies *replies = context;
	const struct stored *x = a, *y = b;

	if (x->desk != y->desk)
		return compare_desks(&x->desk, &y->desk, replies);
	return (x->index > y->index) - (x->index < y->index);
}

static bool message_is(const struct record_message_id *a,
                       const struct record_message_id *b)
{
	return a->index == b->index && strcmp(a->desk.text, b->desk.text) == 0;
}

enum status record_proposals_list(struct record_proposals *proposals,
                                  enum record_proposal_type type,
                                  const struct record_message_id *re, int64_t now_s,
                                  record_proposal_fn *fn, void *context,
                                  struct error *err)
{
	if (!proposals->is_sorted && proposals->count > 0)
		qsort_r(proposals->items, proposals->count, sizeof *proposals->items,
		        compare_items, proposals->replies);
	proposals->is_sorted = true;
	for (size_t i = 0; i < proposals->count; i++) {
		const struct stored *item = &proposals->items[i];
		struct record_proposal shown;

		if (item->type != type ||
		    (re != NULL && (!item->has_re || !message_is(&item->re, re))))
			continue;
		TRY(show(proposals, item, now_s, &shown, err));
		if (!fn(context, &shown))
			return STATUS_OK;
	}
	return STATUS_OK;
}

/* Did its yes count? What was taken back later does not undo what was agreed. */
static bool has_accepted(const struct record_proposal *proposal, const char *desk)
{
	for (size_t i = 0; i < proposal->member_count; i++)
		if (strcmp(proposal->members[i].desk, desk) == 0)
			return proposal->members[i].since_s > 0;
	return false;
}

bool record_minutes_are_agreed(const struct record_proposal *consultation,
                               const struct record_proposal *minutes)
{
	const char *author = minutes->id.desk.text, *asked = consultation->id.desk.text;
	size_t others = 0;

	if (strcmp(author, asked) != 0 &&
	    (!has_accepted(consultation, author) || !has_accepted(minutes, asked)))
		return false;
	for (size_t i = 0; i < consultation->member_count; i++) {
		const struct record_proposal_member *member = &consultation->members[i];

		if (member->since_s == 0)
			continue;
		others++;
		if (strcmp(member->desk, author) != 0 &&
		    !has_accepted(minutes, member->desk))
			return false;
	}
	return others > 0;
}
