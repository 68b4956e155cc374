/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The papers of a channel. Every one answers for itself by the signatures of roots; what
 * only the logs can tell, whether someone had left, is for the reader of the logs.
 */
#include "bundle/channel.h"

#include <stdlib.h>

#include "base/cleanup.h"
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
	for (size_t i = 0; i < channel->member_count; i++)
		free(channel->members[i].signers);
	free(channel->charters);
	free(channel->cards);
	free(channel->endings);
	free(channel->leavers);
	free(channel->witnesses);
	*channel = (struct bundle_channel){0};
}

static size_t find_member(const struct bundle_channel *channel, const char *name)
{
	for (size_t i = 0; i < channel->member_count; i++)
		if (strcmp(channel->members[i].name.text, name) == 0)
			return i;
	return SIZE_MAX;
}

const struct bundle_member *bundle_channel_member(const struct bundle_channel *channel,
                                                  const char *name)
{
	size_t member = find_member(channel, name);

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
	    .charter = charter, .member = find_member(channel, name)};
	return STATUS_OK;
}

/* Checks again for each that is left out and has not signed. */
static enum status check_next(struct bundle_channel *channel, size_t number,
                              struct view note, struct error *err)
{
	const struct record_charter *next = &channel->charters[number];
	CLEANUP_FREE struct record_name *left = calloc(RECORD_MEMBERS_MAX, sizeof *left);
	size_t left_count = 0, missing = 1;
	struct record_name first;

	if (left == NULL)
		return no_memory(err);
	while (missing > 0) {
		TRY(record_amendment_check(next - 1, next, note, left, left_count,
		                           &missing, &first, err));
		if (missing == 0)
			break;
		if (record_charter_member(next, first.text) != SIZE_MAX)
			return error_set(err, STATUS_UNTRUSTED, "it is not signed by %s",
			                 first.text);
		left[left_count++] = first;
		TRY(add_leaver(channel, number, first.text, err));
	}
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

		if (find_member(channel, name->text) != SIZE_MAX)
			continue;
		if (channel->member_count == RECORD_MEMBERS_MAX)
			return error_set(err, STATUS_LIMIT,
			                 "more members than a channel can have");
		channel->members[channel->member_count++] = (struct bundle_member){
		    .name = *name, .since = number, .gone = SIZE_MAX};
	}
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
	TRY(record_charter_decode(parsed.text, &charters[number], err));
	if (number == 0)
		TRY(check_first(&charters[0], note, err));
	else
		TRY(check_next(channel, number, note, err));
	return place_members(channel, number, err);
}

/* Cards */

static bool has_same_key(const struct record_card *a, const struct record_card *b,
                         enum record_role role)
{
	return memcmp(a->keys[role].bytes, b->keys[role].bytes, 32) == 0;
}

static bool has_same_keys(const struct record_card *a, const struct record_card *b)
{
	return has_same_key(a, b, RECORD_ROLE_LOG) &&
	       has_same_key(a, b, RECORD_ROLE_MIRROR);
}

/* The card of a desk in a charter, or NULL. */
static const struct record_card *card_in(const struct record_charter *charter,
                                         const char *name)
{
	size_t member = record_charter_member(charter, name);

	return member == SIZE_MAX ? NULL : &charter->members[member];
}

const struct record_card *
bundle_channel_charter_card(const struct bundle_channel *channel, const char *name)
{
	const struct record_card *newest = NULL;

	for (size_t i = 0; i < channel->charter_count; i++) {
		const struct record_card *card = card_in(&channel->charters[i], name);

		if (card != NULL && (newest == NULL || card->serial > newest->serial))
			newest = card;
	}
	return newest;
}

static enum status check_card(const struct record_card *of_charter,
                              const struct record_card *card, struct error *err)
{
	if (!has_same_key(card, of_charter, RECORD_ROLE_ROOT))
		return error_set(err, STATUS_CONFLICT,
		                 "it has another root than the charter says");
	if (card->serial == of_charter->serial && !has_same_keys(card, of_charter))
		return error_set(err, STATUS_CONFLICT,
		                 "it has another log or mirror key than the charter "
		                 "says, under the same serial");
	return STATUS_OK;
}

enum status bundle_channel_add_card(struct bundle_channel *channel,
                                    const struct record_card *card, struct error *err)
{
	struct record_card **cards, *own;

	if (find_member(channel, card->name.text) == SIZE_MAX)
		return error_set(err, STATUS_CONFLICT, "%s is not a member",
		                 card->name.text);
	if (channel->card_count == BUNDLE_CARDS_MAX)
		return error_set(err, STATUS_LIMIT, "more cards than can be followed");
	for (size_t i = 0; i < channel->charter_count; i++) {
		const struct record_card *of_charter =
		    card_in(&channel->charters[i], card->name.text);

		if (of_charter != NULL)
			TRY(check_card(of_charter, card, err));
	}
	cards = reallocarray(channel->cards, channel->card_count + 1, sizeof *cards);
	if (cards == NULL)
		return no_memory(err);
	channel->cards = cards;
	own = malloc(sizeof *own);
	if (own == NULL)
		return no_memory(err);
	*own = *card;
	cards[channel->card_count++] = own;
	return STATUS_OK;
}

/* Keeps the list sorted, the newest first. */
static enum status add_signer(struct bundle_member *member,
                              const struct record_card *card, struct error *err)
{
	const struct record_card **signers = reallocarray(
	    member->signers, member->signer_count + 1, sizeof(struct record_card *));
	size_t at = member->signer_count;

	if (signers == NULL)
		return no_memory(err);
	member->signers = signers;
	for (; at > 0 && signers[at - 1]->serial < card->serial; at--)
		signers[at] = signers[at - 1];
	signers[at] = card;
	member->signer_count++;
	return STATUS_OK;
}

/* Of those with the same log and mirror key, the newest stays. */
static void drop_doubles(struct bundle_member *member)
{
	size_t kept = 0;

	for (size_t i = 0; i < member->signer_count; i++) {
		bool is_double = false;

		for (size_t j = 0; j < kept; j++)
			is_double = is_double ||
			            has_same_keys(member->signers[j], member->signers[i]);
		if (!is_double)
			member->signers[kept++] = member->signers[i];
	}
	member->signer_count = kept;
}

static enum status find_signers(struct bundle_channel *channel,
                                struct bundle_member *member, struct error *err)
{
	const struct record_card *card;

	member->signer_count = 0;
	for (size_t i = 0; i < channel->card_count; i++)
		if (strcmp(channel->cards[i]->name.text, member->name.text) == 0)
			TRY(add_signer(member, channel->cards[i], err));
	for (size_t i = 0; i < channel->charter_count; i++) {
		card = card_in(&channel->charters[i], member->name.text);
		if (card == NULL)
			continue;
		if (member->signer_count > 0)
			TRY(check_card(card, member->signers[0], err));
		TRY(add_signer(member, card, err));
	}
	member->card = member->signers[0];
	drop_doubles(member);
	return STATUS_OK;
}

static bool has_witness(const struct bundle_channel *channel, const struct tlog_vkey *key)
{
	for (size_t i = 0; i < channel->witness_count; i++)
		if (channel->witnesses[i]->id == key->id &&
		    strcmp(channel->witnesses[i]->name, key->name) == 0)
			return true;
	return false;
}

static enum status find_witnesses(struct bundle_channel *channel,
                                  const struct tlog_policy *policy, struct error *err)
{
	const struct tlog_vkey **witnesses =
	    reallocarray(channel->witnesses, channel->witness_count + policy->item_count,
	                 sizeof(struct tlog_vkey *));

	if (witnesses == NULL)
		return no_memory(err);
	channel->witnesses = witnesses;
	for (size_t i = 0; i < policy->item_count; i++)
		if (!policy->items[i].is_group &&
		    !has_witness(channel, &policy->items[i].key))
			witnesses[channel->witness_count++] = &policy->items[i].key;
	return STATUS_OK;
}

enum status bundle_channel_settle(struct bundle_channel *channel, struct error *err)
{
	for (size_t i = 0; i < channel->member_count; i++)
		TRY(find_signers(channel, &channel->members[i], err));
	for (size_t i = 0; i < channel->charter_count; i++)
		if (channel->charters[i].witness_policy != NULL)
			TRY(find_witnesses(channel, channel->charters[i].witness_policy,
			                   err));
	return STATUS_OK;
}

enum status bundle_channel_open_checkpoint(const struct bundle_member *member,
                                           const char *origin, struct view note,
                                           struct tlog_checkpoint *ret_checkpoint,
                                           const struct record_card **ret_card,
                                           struct error *err)
{
	enum status status = STATUS_NOT_FOUND;
	struct tlog_vkey key;

	for (size_t i = 0; i < member->signer_count && status == STATUS_NOT_FOUND; i++) {
		*ret_card = member->signers[i];
		TRY(record_log_vkey(origin, &(*ret_card)->keys[RECORD_ROLE_LOG], &key,
		                    err));
		status = tlog_checkpoint_open(note, &key, ret_checkpoint, err);
	}
	return status;
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

/* Whose roots have signed, of all charters that its desk is in. */
static enum status find_countersigners(const struct bundle_channel *channel,
                                       struct view note, struct bundle_ending *ending,
                                       struct error *err)
{
	const char *desk = ending->origin.desk.text;
	bool is_signed[RECORD_MEMBERS_MAX];

	for (size_t i = 0; i < channel->charter_count; i++) {
		const struct record_charter *charter = &channel->charters[i];

		if (record_charter_member(charter, desk) == SIZE_MAX)
			continue;
		TRY(record_log_end_open(note, charter, &ending->end, is_signed, err));
		for (size_t j = 0; j < charter->member_count; j++)
			if (is_signed[j])
				ending->is_signed[find_member(
				    channel, charter->members[j].name.text)] = true;
	}
	return STATUS_OK;
}

enum status bundle_channel_add_ending(struct bundle_channel *channel, struct view note,
                                      struct error *err)
{
	struct bundle_ending ending = {0}, *endings;
	struct record_origin before;
	struct tlog_note parsed;

	TRY(tlog_note_parse(note, &parsed, err));
	TRY(record_log_end_decode(parsed.text, &ending.end, err));
	TRY(record_origin_decode(view_of_string(ending.end.origin), &ending.origin, err));
	before = ending.origin;
	before.generation--;
	if (!hash_equal(&ending.origin.channel.hash, &channel->charters[0].digest))
		return error_set(err, STATUS_CONFLICT,
		                 "it ends a log of another channel");
	if (find_member(channel, ending.origin.desk.text) == SIZE_MAX)
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
	TRY(find_countersigners(channel, note, &ending, err));
	endings =
	    reallocarray(channel->endings, channel->ending_count + 1, sizeof *endings);
	if (endings == NULL)
		return no_memory(err);
	channel->endings = endings;
	endings[channel->ending_count++] = ending;
	return STATUS_OK;
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
