/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The papers of a channel. Every one answers for itself by the signatures of roots; what
 * only the logs can tell, whether someone had left, is for the reader of the logs.
 */
#include "bundle/channel.h"

#include <stdlib.h>

#include "bundle/channel_parts.h"
#include "record/amendment.h"

static enum status no_memory(struct error *err)
{
	return error_set(err, STATUS_NO_MEMORY, "not enough memory for the channel");
}

void bundle_channel_release(struct bundle_channel *channel)
{
	for (size_t i = 0; i < channel->charter_count; i++)
		record_charter_release(&channel->charters[i]);
	for (size_t i = 0; i < channel->card_count; i++)
		free(channel->cards[i]);
	for (size_t i = 0; i < channel->member_count; i++) {
		free(channel->members[i].charter_cards);
		free(channel->members[i].signers);
		free(channel->members[i].mirror_ids);
	}
	free(channel->charters);
	free(channel->cards);
	free(channel->endings);
	free(channel->leavers);
	free(channel->witnesses);
	free(channel->witnesses_by_name);
	record_card_set_release(&channel->opened);
	*channel = (struct bundle_channel){0};
}

void bundle_channel_limit(struct bundle_channel *channel)
{
	channel->opened.weight.lines_max = BUNDLE_LINES_MAX;
	channel->opened.weight.bytes_max = BUNDLE_SIGNED_MAX;
}

size_t bundle_channel_place(const struct bundle_channel *channel, const char *name)
{
	for (size_t i = 0; i < channel->member_count; i++)
		if (strcmp(channel->members[i].name.text, name) == 0)
			return i;
	return SIZE_MAX;
}

const struct bundle_member *bundle_channel_member(const struct bundle_channel *channel,
                                                  const char *name)
{
	size_t member = bundle_channel_place(channel, name);

	return member == SIZE_MAX ? NULL : &channel->members[member];
}

/* Charters */

static enum status check_first(const struct record_charter *charter, struct view note,
                               struct error *err)
{
	bool is_signed[RECORD_MEMBERS_MAX];

	if (charter->has_previous)
		return error_set(err, STATUS_CONFLICT,
		                 "it replaces a charter, and is no first one");
	TRY(record_charter_signed_by(charter, note, is_signed, err));
	for (size_t i = 0; i < charter->member_count; i++)
		if (!is_signed[i])
			return error_set(err, STATUS_UNTRUSTED, "it is not signed by %s",
			                 charter->members[i].name.text);
	return STATUS_OK;
}

static enum status add_leaver(struct bundle_channel *channel, size_t charter,
                              const char *name, struct error *err)
{
	struct bundle_leaver *leavers =
	    reallocarray(channel->leavers, channel->leaver_count + 1, sizeof *leavers);

	if (leavers == NULL)
		return no_memory(err);
	channel->leavers = leavers;
	leavers[channel->leaver_count++] = (struct bundle_leaver){
	    .charter = charter, .member = bundle_channel_place(channel, name)};
	return STATUS_OK;
}

/* Who is left out and has not signed must have left. */
static enum status check_next(struct bundle_channel *channel, size_t number,
                              struct view note, struct error *err)
{
	const struct record_charter *next = &channel->charters[number];
	const struct record_charter *previous = next - 1;
	bool of_next[RECORD_MEMBERS_MAX], of_previous[RECORD_MEMBERS_MAX];

	TRY(record_amendment_missing(previous, next, note, of_next, of_previous, err));
	for (size_t i = 0; i < next->member_count; i++)
		if (of_next[i])
			return error_set(err, STATUS_UNTRUSTED, "it is not signed by %s",
			                 next->members[i].name.text);
	for (size_t i = 0; i < previous->member_count; i++)
		if (of_previous[i])
			TRY(add_leaver(channel, number, previous->members[i].name.text,
			               err));
	return STATUS_OK;
}

static enum status place_members(struct bundle_channel *channel, size_t number,
                                 struct error *err)
{
	const struct record_charter *charter = &channel->charters[number];

	for (size_t i = 0; i < channel->member_count; i++) {
		struct bundle_member *member = &channel->members[i];
		bool is_there =
		    record_charter_member(charter, member->name.text) != SIZE_MAX;

		if (is_there)
			member->gone = SIZE_MAX;
		else if (member->gone == SIZE_MAX)
			member->gone = number;
	}
	for (size_t i = 0; i < charter->member_count; i++) {
		const struct record_name *name = &charter->members[i].name;

		size_t member = bundle_channel_place(channel, name->text);

		if (member == SIZE_MAX) {
			if (channel->member_count == RECORD_MEMBERS_MAX)
				return error_set(err, STATUS_LIMIT,
				                 "more members than a channel can have");
			member = channel->member_count++;
			channel->members[member] = (struct bundle_member){
			    .name = *name, .since = number, .gone = SIZE_MAX};
		}
		TRY(bundle_channel_note_card(&channel->members[member],
		                             &charter->members[i], err));
	}
	return STATUS_OK;
}

static enum status count_witnesses(struct bundle_channel *channel,
                                   const struct record_charter *charter,
                                   struct error *err)
{
	const struct tlog_policy *policy = charter->witness_policy;

	for (size_t i = 0; policy != NULL && i < policy->item_count; i++)
		channel->named_count += !policy->items[i].is_group;
	if (channel->named_count > BUNDLE_WITNESSES_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "the charters name more witnesses than can be followed");
	return STATUS_OK;
}

enum status bundle_channel_add_charter(struct bundle_channel *channel, struct view note,
                                       struct error *err)
{
	size_t number = channel->charter_count;
	struct record_charter *charters;
	struct tlog_note parsed;

	if (number == BUNDLE_CHARTERS_MAX)
		return error_set(err, STATUS_LIMIT, "more charters than can be followed");
	TRY(tlog_note_parse(note, &parsed, err));
	charters = reallocarray(channel->charters, number + 1, sizeof *charters);
	if (charters == NULL)
		return no_memory(err);
	channel->charters = charters;
	charters[number] = (struct record_charter){0};
	channel->charter_count++; /* released from here on */
	TRY(tlog_weight_add(&channel->opened.weight, &parsed, err));
	TRY(record_charter_decode_among(parsed.text, &channel->opened, &charters[number],
	                                err));
	TRY(count_witnesses(channel, &charters[number], err));
	if (number == 0)
		TRY(check_first(&charters[0], note, err));
	else
		TRY(check_next(channel, number, note, err));
	return place_members(channel, number, err);
}

/* Ends of logs */

static bool is_same_log(const struct record_origin *a, const struct record_origin *b)
{
	return a->generation == b->generation && strcmp(a->desk.text, b->desk.text) == 0;
}

const struct bundle_ending *bundle_channel_ending(const struct bundle_channel *channel,
                                                  const struct record_origin *origin)
{
	for (size_t i = 0; i < channel->ending_count; i++)
		if (is_same_log(&channel->endings[i].origin, origin))
			return &channel->endings[i];
	return NULL;
}

/* Whose roots have signed. A member has one root in all charters (check_card). */
static enum status find_countersigners(const struct bundle_channel *channel,
                                       const struct tlog_note *note,
                                       struct bundle_ending *ending, struct error *err)
{
	const char *desk = ending->origin.desk.text;

	for (size_t i = 0; i < channel->member_count; i++) {
		const struct bundle_member *member = &channel->members[i];

		TRY(record_log_end_signed_by(note, member->charter_cards[0],
		                             &ending->is_signed[i], err));
	}
	if (!ending->is_signed[bundle_channel_place(channel, desk)])
		return error_set(err, STATUS_UNTRUSTED,
		                 "the root of %s has not signed the end of its own log",
		                 desk);
	return STATUS_OK;
}

enum status bundle_channel_add_ending(struct bundle_channel *channel, struct view note,
                                      struct error *err)
{
	struct bundle_ending ending = {0}, *endings;
	struct record_origin before;
	struct tlog_note parsed;

	TRY(tlog_note_parse(note, &parsed, err));
	TRY(tlog_weight_add(&channel->opened.weight, &parsed, err));
	TRY(record_log_end_decode(parsed.text, &ending.end, err));
	TRY(record_origin_decode(view_of_string(ending.end.origin), &ending.origin, err));
	before = ending.origin;
	before.generation--;
	if (!hash_equal(&ending.origin.channel.hash, &channel->charters[0].digest))
		return error_set(err, STATUS_CONFLICT,
		                 "it ends a log of another channel");
	if (bundle_channel_place(channel, ending.origin.desk.text) == SIZE_MAX)
		return error_set(err, STATUS_CONFLICT, "%s is not a member",
		                 ending.origin.desk.text);
	if (bundle_channel_ending(channel, &ending.origin) != NULL ||
	    (before.generation > 0 && bundle_channel_ending(channel, &before) == NULL))
		return error_set(err, STATUS_CONFLICT,
		                 "the ends of a desk's logs must be there one after the "
		                 "other");
	if (channel->ending_count == BUNDLE_ENDINGS_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "more ends of logs than can be followed");
	TRY(find_countersigners(channel, &parsed, &ending, err));
	endings =
	    reallocarray(channel->endings, channel->ending_count + 1, sizeof *endings);
	if (endings == NULL)
		return no_memory(err);
	channel->endings = endings;
	endings[channel->ending_count++] = ending;
	return STATUS_OK;
}

bool bundle_channel_follows(const struct bundle_channel *channel,
                            const struct record_origin *origin)
{
	struct record_origin before = *origin;

	before.generation--;
	return before.generation == 0 || bundle_channel_ending(channel, &before) != NULL;
}

uint64_t bundle_channel_offset(const struct bundle_channel *channel,
                               const struct record_origin *origin)
{
	struct record_origin before = *origin;
	uint64_t offset = 0;

	for (before.generation = 1; before.generation < origin->generation;
	     before.generation++) {
		const struct bundle_ending *ending =
		    bundle_channel_ending(channel, &before);

		if (ending == NULL)
			break;
		offset += ending->end.size;
	}
	return offset;
}
