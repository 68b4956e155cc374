/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the duties of a channel up with its logs: what is signed or cosigned is given to
 * the pure function, after a start some entries a turn. Source: aldis.md 4.
 */
#include "desk/duty.h"

#include <inttypes.h>

enum {
	SLICE = 512,       /* entries given in a turn that has nothing else to do */
	SLICE_BUSY = 16,   /* and in one that has: messages go first */
	AT_ONCE = 1 << 16, /* entries given while somebody waits for the list */
};

void duty_free(struct duty_book *book)
{
	if (!book)
		return;
	record_duties_free(book->duties);
	free(book->given);
	free(book->serials);
	free(book->numbers);
	free(book->notes);
	free(book->stated);
	free(book);
}

/* ---- facts */

static bool offset_of(void *self, const char *name, uint32_t generation,
                      uint64_t *ret_offset)
{
	const struct duty_book *book = self;
	const struct channel *channel = book->channel;
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (channel->members[m].generation == generation &&
		    strcmp(channel->members[m].name.text, name) == 0) {
			*ret_offset = channel->members[m].offset;
			return true;
		}
	return false;
}

/* The log that has this size, as ids are counted, and the size in it. */
static struct log *log_of_size(const struct duty_book *book, uint32_t number,
                               uint64_t *size)
{
	const struct channel *channel = book->channel;
	uint32_t first = 0;
	while (book->numbers[first] != number)
		first++;
	size_t m = channel_member(channel, channel->members[first].name.text);
	while (m != first && *size <= channel->members[m].offset)
		m = channel->members[m].before;
	*size -= channel->members[m].offset;
	return channel->logs[m];
}

static enum status root_at(void *self, uint32_t number, uint64_t size,
                           struct hash *ret_root, struct error *err)
{
	const struct duty_book *book = self;
	struct log *log = log_of_size(book, number, &size);
	if (size < log->base) { /* this desk has no history of it */
		*ret_root = (struct hash){0};
		return STATUS_OK;
	}
	return log_root_at(book->desk, log, size, ret_root, err);
}

/* ---- making it */

static enum status book_new(struct desk *desk, struct channel *channel,
                            struct duty_book **ret_book, struct error *err)
{
	struct duty_book *book = calloc(1, sizeof *book);
	if (!book)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the duties");
	*book = (struct duty_book){.desk = desk, .channel = channel, .next_s = INT64_MIN};
	*ret_book = book;
	struct record_duties_facts facts = {.channel = channel->id,
	                                    .self = book,
	                                    .root_at = root_at,
	                                    .offset_of = offset_of};
	book->given = calloc(RECORD_MEMBERS_MAX, sizeof *book->given);
	book->serials = calloc(RECORD_MEMBERS_MAX, sizeof *book->serials);
	book->numbers = calloc(RECORD_MEMBERS_MAX, sizeof *book->numbers);
	if (!book->given || !book->serials || !book->numbers)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the duties");
	return record_duties_new(&facts, &book->duties, err);
}

/* Gives the cards of a member that are new. */
static enum status take_cards(struct duty_book *book, uint32_t m, struct error *err)
{
	uint32_t newest = keys_newest_card(book->desk, book->channel, m)->serial;
	while (book->serials[m] < newest) {
		const struct record_card *card =
		    keys_next_card(book->desk, book->channel, m, book->serials[m]);
		TRY(record_duties_add_log(book->duties, card, &book->numbers[m], err));
		book->serials[m] = card->serial;
	}
	return STATUS_OK;
}

void duty_renew_cards(struct channel *channel)
{
	for (uint32_t m = 0; channel->duties && m < channel->duties->member_count; m++)
		channel->duties->serials[m] = 0;
}

static enum status take_members(struct duty_book *book, struct error *err)
{
	book->member_count = book->channel->member_count;
	for (uint32_t m = 0; m < book->member_count; m++)
		TRY(take_cards(book, m, err));
	return STATUS_OK;
}

/* A log has got a successor: what lies behind its end counts no more. */
static bool has_new_successor(const struct duty_book *book)
{
	for (uint32_t m = book->member_count; m < book->channel->member_count; m++)
		if (book->channel->members[m].generation > 1)
			return true;
	return false;
}

static enum status open_book(struct desk *desk, struct channel *channel,
                             struct error *err)
{
	if (channel->duties && has_new_successor(channel->duties)) {
		duty_free(channel->duties);
		channel->duties = NULL;
	}
	if (!channel->duties)
		TRY(book_new(desk, channel, &channel->duties, err));
	return take_members(channel->duties, err);
}

/* ---- giving entries */

struct giving {
	struct duty_book *book;
	struct log *log;
	uint32_t number;
	uint64_t left; /* entries that may still be given */
};

static enum status give(struct giving *giving, const struct record_envelope *envelope,
                        struct view body, const struct record_charter *charter,
                        struct error *err)
{
	struct record_duties_entry entry = {.log = giving->number,
	                                    .envelope = envelope,
	                                    .body = body,
	                                    .charter = charter};
	TRY(record_duties_add(giving->book->duties, &entry, err));
	giving->book->given[giving->log->member]++;
	giving->left--;
	return STATUS_OK;
}

/* Could the body matter? It is then held against its kind. */
static bool wants_body(const struct record_envelope *envelope,
                       const struct record_charter *charter)
{
	static const char *const read[] = {"receipt", "check", "leave"};
	if (!envelope->has_body || envelope->has_re)
		return envelope->has_body;
	for (size_t i = 0; i < sizeof read / sizeof read[0]; i++)
		if (strcmp(envelope->kind, read[i]) == 0)
			return true;
	for (size_t i = 0; i < charter->duty_count; i++)
		if (strcmp(charter->duties[i].on, envelope->kind) == 0)
			return true;
	return false;
}

static enum status give_entry(void *context, uint64_t index, struct view text,
                              struct error *err)
{
	struct giving *giving = context;
	struct desk *desk = giving->book->desk;
	const struct record_charter *charter = log_charter_at(giving->log, index);
	struct view body = view_of("", 0);
	if (giving->left == 0)
		return STATUS_CLOSED;
	if (term_judge(desk, giving->log, text, index, NULL) != STATUS_OK)
		return give(giving, NULL, body, charter, err);
	if (wants_body(&desk->envelope, charter)) {
		buf_clear(&desk->body_view);
		TRY(log_read_body(desk, giving->log, index, &desk->body_view, err));
		if (desk->body_view.len < RECORD_SALT_LEN)
			return error_set(err, STATUS_MALFORMED,
			                 "a body is damaged in the store");
		body = record_blob_content(buf_view(&desk->body_view));
	}
	if (giving->log->is_own && strcmp(desk->envelope.kind, "overdue") == 0)
		TRY(duty_note_stated(giving->book, body, err));
	return give(giving, &desk->envelope, body, charter, err);
}

/* Entries of the log that may be shown and are here. */
static uint64_t held_of(const struct duty_book *book, uint32_t m)
{
	const struct log *log = book->channel->logs[m];
	uint64_t shown = log ? log_shown_size(log) : 0;
	return !log || shown < log->body_count ? shown : log->body_count;
}

/* So many entries of the log count: all that there are, up to where a successor goes on.
 */
static uint64_t end_of(const struct duty_book *book, uint32_t m)
{
	const struct channel *channel = book->channel;
	for (uint32_t other = m + 1;
	     channel->members[m].is_ended && other < channel->member_count; other++) {
		const struct member *next = &channel->members[other];
		if (next->generation > 1 && next->before == m)
			return next->offset - channel->members[m].offset;
	}
	return held_of(book, m);
}

static enum status give_log(struct duty_book *book, uint32_t m, uint64_t *left,
                            struct error *err)
{
	const struct member *member = &book->channel->members[m];
	struct giving giving = {.book = book,
	                        .log = book->channel->logs[m],
	                        .number = book->numbers[m],
	                        .left = *left};
	uint64_t end = end_of(book, m), held = held_of(book, m);
	uint64_t *given = &book->given[m];
	if (member->generation > 1 &&
	    book->given[member->before] < end_of(book, member->before))
		return STATUS_OK;
	/* what this desk will never hold takes its place all the same */
	while (giving.left > 0 && *given < giving.log->base && *given < end)
		TRY(give(&giving, NULL, view_of("", 0), NULL, err));
	if (giving.left > 0 && *given < end && *given < held)
		TRY(log_walk(book->desk, giving.log, *given, end < held ? end : held,
		             give_entry, &giving, err));
	while (giving.left > 0 && member->is_ended && *given >= held && *given < end)
		TRY(give(&giving, NULL, view_of("", 0), NULL, err));
	*left = giving.left;
	return STATUS_OK;
}

static bool is_behind(const struct duty_book *book)
{
	for (uint32_t m = 0; m < book->member_count; m++)
		if (book->given[m] < end_of(book, m))
			return true;
	return false;
}

static enum status catch_up(struct desk *desk, struct channel *channel, uint64_t most,
                            struct error *err)
{
	uint64_t left = most;
	TRY(open_book(desk, channel, err));
	for (uint32_t m = 0; m < channel->duties->member_count; m++)
		if (channel->duties->given[m] < end_of(channel->duties, m))
			TRY(give_log(channel->duties, m, &left, err));
	return STATUS_OK;
}

void duty_step(struct desk *desk, struct channel *channel)
{
	struct error err;
	if (desk->failed != STATUS_OK ||
	    !DESK_DID(
	        desk, &err,
	        catch_up(desk, channel, desk->must_commit ? SLICE_BUSY : SLICE, &err)))
		return;
	if (is_behind(channel->duties))
		desk->wants_turn = true;
	else
		duty_tell(channel->duties);
}

int64_t duty_wake_ms(const struct desk *desk, const struct channel *channel)
{
	const struct duty_book *book = channel->duties;
	if (!book || book->next_s == INT64_MAX)
		return INT64_MAX;
	/* INT64_MIN: now; a deadline thousands of years away is no time to wake at */
	if (book->next_s <= desk->now_ms / 1000)
		return desk->now_ms;
	return book->next_s < INT64_MAX / 1000 ? book->next_s * 1000 : INT64_MAX;
}

static enum status bring_up_to_date(struct desk *desk, struct channel *it,
                                    struct error *err)
{
	if (!it->is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the charter is not yet signed by all");
	TRY(catch_up(desk, it, AT_ONCE, err));
	if (is_behind(it->duties))
		return error_set(
		    err, STATUS_AGAIN,
		    "the list of duties is still being made after the start; "
		    "try again in a few seconds");
	return STATUS_OK;
}

bool desk_duties_are_ready(const struct desk *desk, size_t channel)
{
	const struct channel *it = desk->channels[channel];
	return it->is_open && it->duties && !is_behind(it->duties);
}

enum status desk_duties(struct desk *desk, size_t channel, int64_t now_s, bool only_open,
                        record_duty_fn *fn, void *context, struct error *err)
{
	struct channel *it = desk->channels[channel];
	TRY(bring_up_to_date(desk, it, err));
	record_duties_list(it->duties->duties, now_s, only_open, fn, context);
	return STATUS_OK;
}

enum status desk_duties_of(struct desk *desk, size_t channel,
                           const struct record_message_id *question, record_duty_fn *fn,
                           void *context, struct error *err)
{
	struct channel *it = desk->channels[channel];
	TRY(bring_up_to_date(desk, it, err));
	record_duties_of(it->duties->duties, question, desk->now_ms / 1000, fn, context);
	return STATUS_OK;
}
