/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose keys verify what in a channel: the cards of its members, in charters and beside
 * them, and the witnesses that charters name. There may be thousands of each.
 */
#include "bundle/channel_parts.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/array.h"

static enum status no_memory(struct error *err)
{
	return error_set(err, STATUS_NO_MEMORY, "not enough memory for the channel");
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

enum status bundle_channel_note_card(struct bundle_member *member,
                                     const struct record_card *card, struct error *err)
{
	const struct record_card *last =
	    member->charter_card_count == 0
	        ? NULL
	        : member->charter_cards[member->charter_card_count - 1];

	if (last != NULL && last->serial == card->serial && has_same_keys(last, card) &&
	    has_same_key(last, card, RECORD_ROLE_ROOT))
		return STATUS_OK;
	TRY(record_array_reserve(&member->charter_cards, &member->charter_card_cap,
	                         member->charter_card_count + 1,
	                         sizeof(struct record_card *), err));
	member->charter_cards[member->charter_card_count++] = card;
	return STATUS_OK;
}

const struct record_card *
bundle_channel_charter_card(const struct bundle_channel *channel, const char *name)
{
	const struct bundle_member *member = bundle_channel_member(channel, name);
	const struct record_card *newest = NULL;

	for (size_t i = 0; member != NULL && i < member->charter_card_count; i++)
		if (newest == NULL || member->charter_cards[i]->serial > newest->serial)
			newest = member->charter_cards[i];
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

enum status bundle_channel_open_card(struct bundle_channel *channel, struct view note,
                                     struct record_card *ret_card, struct error *err)
{
	return record_card_set_open(&channel->opened, note, ret_card, err);
}

enum status bundle_channel_add_card(struct bundle_channel *channel,
                                    const struct record_card *card, struct error *err)
{
	struct record_card **cards, *own;

	const struct bundle_member *member =
	    bundle_channel_member(channel, card->name.text);

	if (member == NULL)
		return error_set(err, STATUS_CONFLICT, "%s is not a member",
		                 card->name.text);
	if (channel->card_count == BUNDLE_CARDS_MAX)
		return error_set(err, STATUS_LIMIT, "more cards than can be followed");
	for (size_t i = 0; i < member->charter_card_count; i++)
		TRY(check_card(member->charter_cards[i], card, err));
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

/* Signers */

/* A card with its place among all of its member. */
struct placed {
	const struct record_card *card;
	size_t place;
};

/* The newest first; of one serial the first. */
static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->card->serial != y->card->serial)
		return x->card->serial < y->card->serial ? 1 : -1;
	return (x->place > y->place) - (x->place < y->place);
}

/* Those with the same keys side by side, in that order. */
static int compare_keys(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order = memcmp(x->card->keys[RECORD_ROLE_LOG].bytes,
	                   y->card->keys[RECORD_ROLE_LOG].bytes, 32);

	if (order == 0)
		order = memcmp(x->card->keys[RECORD_ROLE_MIRROR].bytes,
		               y->card->keys[RECORD_ROLE_MIRROR].bytes, 32);
	return order != 0 ? order : compare_placed(a, b);
}

/* Of those with the same log and mirror key, the newest stays. */
static size_t drop_doubles(struct placed *cards, size_t count)
{
	size_t kept = 0;

	qsort(cards, count, sizeof *cards, compare_keys);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || !has_same_keys(cards[kept - 1].card, cards[i].card))
			cards[kept++] = cards[i];
	qsort(cards, kept, sizeof *cards, compare_placed);
	return kept;
}

/* Those given by themselves, then those of charters: all must go with the newest of
 * those before. */
static enum status gather_cards(const struct bundle_channel *channel,
                                const struct bundle_member *member, struct placed *cards,
                                size_t *ret_count, struct error *err)
{
	const struct record_card *newest = NULL;
	size_t count = 0;

	for (size_t i = 0; i < channel->card_count + member->charter_card_count; i++) {
		bool is_of_charter = i >= channel->card_count;
		const struct record_card *card =
		    is_of_charter ? member->charter_cards[i - channel->card_count]
		                  : channel->cards[i];

		if (strcmp(card->name.text, member->name.text) != 0)
			continue;
		if (is_of_charter && newest != NULL)
			TRY(check_card(card, newest, err));
		if (newest == NULL || card->serial > newest->serial)
			newest = card;
		cards[count] = (struct placed){.card = card, .place = count};
		count++;
	}
	*ret_count = count;
	return STATUS_OK;
}

static enum status find_signers(const struct bundle_channel *channel,
                                struct bundle_member *member, struct error *err)
{
	size_t most = channel->card_count + member->charter_card_count, count;
	CLEANUP_FREE struct placed *cards = calloc(most, sizeof *cards);

	free(member->signers);
	free(member->mirror_ids);
	member->signer_count = 0;
	member->signers = calloc(most, sizeof(struct record_card *));
	member->mirror_ids = calloc(most, sizeof *member->mirror_ids);
	if (cards == NULL || member->signers == NULL || member->mirror_ids == NULL)
		return no_memory(err);
	TRY(gather_cards(channel, member, cards, &count, err));
	count = drop_doubles(cards, count);
	for (size_t i = 0; i < count; i++) {
		struct tlog_vkey key;

		TRY(record_vkey(member->name.text, "mirror",
		                &cards[i].card->keys[RECORD_ROLE_MIRROR], &key, err));
		member->signers[i] = cards[i].card;
		member->mirror_ids[i] = key.id;
	}
	member->signer_count = count;
	member->card = member->signers[0];
	return STATUS_OK;
}

/* Witnesses */

static int compare_name_id(struct view name_a, uint32_t id_a, struct view name_b,
                           uint32_t id_b)
{
	size_t common = name_a.len < name_b.len ? name_a.len : name_b.len;
	int order = memcmp(name_a.data, name_b.data, common);

	if (order == 0)
		order = (name_a.len > name_b.len) - (name_a.len < name_b.len);
	return order != 0 ? order : (id_a > id_b) - (id_a < id_b);
}

static int compare_vkeys(const struct tlog_vkey *a, const struct tlog_vkey *b)
{
	return compare_name_id(view_of_string(a->name), a->id, view_of_string(b->name),
	                       b->id);
}

/* By name and id, equal ones as they stand. */
static int compare_witnesses(const void *a, const void *b, void *channel_of_both)
{
	const struct bundle_channel *channel = channel_of_both;
	const size_t *x = a, *y = b;
	int order = compare_vkeys(channel->witnesses[*x], channel->witnesses[*y]);

	return order != 0 ? order : (*x > *y) - (*x < *y);
}

static void sort_witnesses(struct bundle_channel *channel)
{
	for (size_t i = 0; i < channel->witness_count; i++)
		channel->witnesses_by_name[i] = i;
	if (channel->witness_count > 0)
		qsort_r(channel->witnesses_by_name, channel->witness_count,
		        sizeof *channel->witnesses_by_name, compare_witnesses, channel);
}

/* Keeps of each name and id the first, in the order of all. */
static void drop_named_twice(struct bundle_channel *channel)
{
	const size_t *by_name = channel->witnesses_by_name;
	const struct tlog_vkey **witnesses = channel->witnesses, *last = NULL;
	size_t kept = 0;

	sort_witnesses(channel);
	for (size_t i = 0; i < channel->witness_count; i++) {
		const struct tlog_vkey *key = witnesses[by_name[i]];

		if (last != NULL && compare_vkeys(last, key) == 0)
			witnesses[by_name[i]] = NULL;
		else
			last = key;
	}
	for (size_t i = 0; i < channel->witness_count; i++)
		if (witnesses[i] != NULL)
			witnesses[kept++] = witnesses[i];
	channel->witness_count = kept;
	sort_witnesses(channel);
}

static enum status find_witnesses(struct bundle_channel *channel, struct error *err)
{
	free(channel->witnesses);
	free(channel->witnesses_by_name);
	channel->witness_count = 0;
	channel->witnesses = calloc(channel->named_count + 1, sizeof(struct tlog_vkey *));
	channel->witnesses_by_name =
	    calloc(channel->named_count + 1, sizeof *channel->witnesses_by_name);
	if (channel->witnesses == NULL || channel->witnesses_by_name == NULL)
		return no_memory(err);
	for (size_t i = 0; i < channel->charter_count; i++) {
		const struct tlog_policy *policy = channel->charters[i].witness_policy;

		for (size_t j = 0; policy != NULL && j < policy->item_count; j++)
			if (!policy->items[j].is_group)
				channel->witnesses[channel->witness_count++] =
				    &policy->items[j].key;
	}
	drop_named_twice(channel);
	return STATUS_OK;
}

size_t bundle_channel_witness(const struct bundle_channel *channel, struct view name,
                              uint32_t id)
{
	size_t low = 0, high = channel->witness_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		size_t place = channel->witnesses_by_name[middle];
		const struct tlog_vkey *key = channel->witnesses[place];
		int order = compare_name_id(view_of_string(key->name), key->id, name, id);

		if (order == 0)
			return place;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

enum status bundle_channel_settle(struct bundle_channel *channel, struct error *err)
{
	for (size_t i = 0; i < channel->member_count; i++)
		TRY(find_signers(channel, &channel->members[i], err));
	return find_witnesses(channel, err);
}

enum status bundle_channel_open_checkpoint(const struct bundle_member *member,
                                           const char *origin, struct view note,
                                           struct tlog_checkpoint *ret_checkpoint,
                                           const struct record_card **ret_card,
                                           struct error *err)
{
	enum status status = STATUS_NOT_FOUND;
	struct tlog_note parsed;
	struct tlog_vkey key;

	TRY(tlog_note_parse(note, &parsed, err));
	for (size_t i = 0; i < member->signer_count && status == STATUS_NOT_FOUND; i++) {
		*ret_card = member->signers[i];
		TRY(record_log_vkey(origin, &(*ret_card)->keys[RECORD_ROLE_LOG], &key,
		                    err));
		status = tlog_checkpoint_open_parsed(&parsed, &key, ret_checkpoint, err);
	}
	return status;
}
