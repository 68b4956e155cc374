/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filters as marks and comparisons, applied position by position until the page is full.
 */
#include "console/reading/pick.h"

#include <stdlib.h>

#include "codec/time_text.h"

enum { ANCESTORS_MAX = 1000 };

void pick_release(struct pick *pick)
{
	free(pick->positions);
	*pick = (struct pick){0};
}

/* ---- what is asked for ---- */

static enum status read_line(const struct target *target, struct pick *pick,
                             struct error *err)
{
	const char *line = target_parameter(target, "line");

	if (line == NULL)
		return STATUS_OK;
	pick->line = brief_line_number(line);
	if (pick->line == 0)
		return error_set(err, STATUS_MALFORMED,
		                 "line: must be technical, operational or political");
	return STATUS_OK;
}

static enum status read_since(const struct target *target, struct pick *pick,
                              struct error *err)
{
	const char *since = target_parameter(target, "since");

	if (since != NULL &&
	    time_text_decode(view_of_string(since), &pick->since_s, err) != STATUS_OK)
		return error_context(err, STATUS_MALFORMED, "since");
	return STATUS_OK;
}

static enum status read_thread(const struct target *target, struct pick *pick,
                               struct error *err)
{
	const char *thread = target_parameter(target, "thread");

	pick->has_thread = thread != NULL;
	if (thread != NULL && record_message_id_decode(view_of_string(thread),
	                                               &pick->thread, err) != STATUS_OK)
		return error_context(err, STATUS_MALFORMED, "thread");
	return STATUS_OK;
}

static enum status read_place(const struct target *target, struct pick *pick,
                              struct error *err)
{
	pick->is_backward = target_parameter(target, "before") != NULL;
	if (pick->is_backward && target_parameter(target, "from") != NULL)
		return error_set(err, STATUS_MALFORMED,
		                 "before: goes on back, from goes on: give one of them");
	TRY(target_number(target, pick->is_backward ? "before" : "from", STORE_INDEX_MAX,
	                  0, &pick->at, err));
	return target_limit(target, PICK_MAX, PICK_DEFAULT, &pick->limit, err);
}

enum status pick_read(const struct target *target, struct pick *ret_pick,
                      struct error *err)
{
	uint64_t people, overdue;

	ret_pick->settled = UINT64_MAX;
	ret_pick->kind = target_parameter(target, "kind");
	TRY(target_desk(target, "author", &ret_pick->author, err));
	TRY(read_place(target, ret_pick, err));
	TRY(read_line(target, ret_pick, err));
	TRY(read_since(target, ret_pick, err));
	TRY(read_thread(target, ret_pick, err));
	TRY(target_number(target, "people", 1, 0, &people, err));
	TRY(target_number(target, "overdue", 1, 0, &overdue, err));
	ret_pick->only_people = people == 1;
	ret_pick->only_overdue = overdue == 1;
	return STATUS_OK;
}

/* ---- marks ---- */

/* One search: what is marked in these is wanted. */
struct search {
	struct pick *pick;
	struct desk *desk;
	size_t channel;
	const struct channel_briefs *briefs;
	struct brief_marks thread, overdue;
};

static void search_release(struct search *search)
{
	brief_marks_release(&search->thread);
	brief_marks_release(&search->overdue);
}

/* An answer stands behind what it answers, as far as its author had seen it: one pass
 * finds all that hangs on the message. */
static void mark_descendants(struct search *search)
{
	for (uint64_t at = 0; at < search->pick->total; at++) {
		struct desk_place place;
		const struct brief *brief;
		size_t log;

		if (!desk_place(search->desk, search->channel, at, &place))
			return;
		brief = briefs_find(search->briefs, place.log, place.index);
		if (brief != NULL &&
		    briefs_answered(search->briefs, brief, &log) != NULL &&
		    brief_marks_has(&search->thread, log, brief->re_index))
			brief_marks_set(&search->thread, place.log, place.index);
	}
}

static enum status mark_thread(struct search *search, struct error *err)
{
	const struct record_message_id *id = &search->pick->thread;
	const struct brief *brief;
	size_t log;

	TRY(brief_marks_open(search->briefs, &search->thread, err));
	brief = briefs_find_id(search->briefs, id, &log);
	if (brief == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		                 "thread: %s#%llu is not in this channel", id->desk.text,
		                 (unsigned long long)id->index);
	brief_marks_set(&search->thread, log, id->index);
	mark_descendants(search);
	for (int i = 0; brief != NULL && i < ANCESTORS_MAX; i++) {
		uint64_t index = brief->re_index;

		brief = briefs_answered(search->briefs, brief, &log);
		if (brief != NULL)
			brief_marks_set(&search->thread, log, index);
	}
	return STATUS_OK;
}

static bool mark_duty(void *context, const struct record_duty_row *row)
{
	struct search *search = context;
	size_t log;

	if (row->is_periodic) /* they come last */
		return false;
	if (row->state == RECORD_DUTY_OVERDUE && !row->has_answer &&
	    briefs_find_id(search->briefs, &row->question, &log) != NULL)
		brief_marks_set(&search->overdue, log, row->question.index);
	return true;
}

static enum status mark_overdue(struct search *search, int64_t now_s, struct error *err)
{
	TRY(brief_marks_open(search->briefs, &search->overdue, err));
	return desk_duties(search->desk, search->channel, now_s, true, mark_duty, search,
	                   err);
}

/* ---- finding ---- */

static bool is_wanted(const struct search *search, const struct desk_place *place)
{
	const struct pick *pick = search->pick;
	const struct brief *brief = briefs_find(search->briefs, place->log, place->index);

	if (brief == NULL)
		return false;
	if (pick->author != NULL &&
	    strcmp(briefs_desk(search->briefs, place->log), pick->author) != 0)
		return false;
	if (pick->kind != NULL &&
	    (brief->kind == NULL || strcmp(brief->kind->name, pick->kind) != 0))
		return false;
	if (pick->line != 0 && brief->line != pick->line)
		return false;
	if (pick->only_people && !brief_is_by_people(brief))
		return false;
	if (pick->has_thread &&
	    !brief_marks_has(&search->thread, place->log, place->index))
		return false;
	if (pick->only_overdue &&
	    !brief_marks_has(&search->overdue, place->log, place->index))
		return false;
	return brief->kind == NULL || brief->sent_s >= pick->since_s;
}

uint64_t pick_next(const struct pick *pick, uint64_t at)
{
	bool is_unsettled = pick->settled > pick->at && pick->settled < at;

	return is_unsettled ? pick->settled : at;
}

static void find_forward(struct search *search)
{
	struct pick *pick = search->pick;
	struct desk_place place;

	for (uint64_t at = pick->at; at < pick->total; at++) {
		if (pick->count == pick->limit) {
			pick->has_next = true;
			pick->next = pick_next(pick, at);
			return;
		}
		if (!desk_place(search->desk, search->channel, at, &place))
			continue;
		if (place.is_waiting && at < pick->settled)
			pick->settled = at;
		if (is_wanted(search, &place))
			pick->positions[pick->count++] = at;
	}
}

static void find_backward(struct search *search)
{
	struct pick *pick = search->pick;
	struct desk_place place;
	uint64_t at = pick->at < pick->total ? pick->at : pick->total;

	for (; at > 0; at--) {
		if (pick->count == pick->limit) {
			pick->has_next = true;
			pick->next = at;
			return;
		}
		if (desk_place(search->desk, search->channel, at - 1, &place) &&
		    is_wanted(search, &place))
			pick->positions[pick->count++] = at - 1;
	}
}

static enum status search_run(struct search *search, int64_t now_s, struct error *err)
{
	struct pick *pick = search->pick;

	if (pick->has_thread)
		TRY(mark_thread(search, err));
	if (pick->only_overdue)
		TRY(mark_overdue(search, now_s, err));
	if (pick->is_backward)
		find_backward(search);
	else
		find_forward(search);
	return STATUS_OK;
}

enum status pick_find(struct pick *pick, struct desk *desk, size_t channel,
                      const struct channel_briefs *briefs, int64_t now_s,
                      struct error *err)
{
	struct search search = {
	    .pick = pick, .desk = desk, .channel = channel, .briefs = briefs};
	enum status status;

	TRY(desk_place_count(desk, channel, &pick->total, err));
	pick->positions = calloc(pick->limit, sizeof *pick->positions);
	if (pick->positions == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the answer");
	status = search_run(&search, now_s, err);
	search_release(&search);
	return status;
}
