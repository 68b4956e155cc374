/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The papers of an export: charters, ends of logs, cards. They come first, for without
 * them nobody could say what governs an entry or whose a signature is.
 */
#include "bundle/check.h"

#include "codec/time_text.h"

static enum status check_first(struct bundle_check *check, struct error *err)
{
	TRY(bundle_check_read(check, "", BUNDLE_CHARTER, RECORD_NOTE_MAX, err));
	TRY(bundle_channel_add_charter(&check->channel, buf_view(&check->content), err));
	if (!hash_equal(&check->channel.charters[0].digest,
	                &check->manifest.channel.hash))
		return error_set(err, STATUS_CONFLICT,
		                 "it is the charter of another channel");
	return STATUS_OK;
}

/* Files of this name that follow each other in the list, numbered from 1. */
typedef struct bundle_path path_maker(size_t number);
typedef enum status paper_taker(struct bundle_check *check, struct error *err);

static enum status check_numbered(struct bundle_check *check, path_maker *path_of,
                                  paper_taker *take, struct error *err)
{
	for (size_t number = 1;; number++) {
		struct bundle_path path = path_of(number);

		if (!bundle_ahead_is_next(&check->ahead, path.text))
			return STATUS_OK;
		TRY(bundle_check_read(check, "", path.text, RECORD_NOTE_MAX, err));
		TRY(take(check, err));
	}
}

static enum status take_amendment(struct bundle_check *check, struct error *err)
{
	return bundle_channel_add_charter(&check->channel, buf_view(&check->content),
	                                  err);
}

static enum status take_ending(struct bundle_check *check, struct error *err)
{
	return bundle_channel_add_ending(&check->channel, buf_view(&check->content), err);
}

static enum status take_older_card(struct bundle_check *check, struct error *err)
{
	struct record_card card;

	TRY(record_card_open(buf_view(&check->content), &card, err));
	return bundle_channel_add_card(&check->channel, &card, err);
}

/* A member's present card may be newer than those in the charters. */
static enum status check_card(struct bundle_check *check,
                              const struct bundle_member *member, struct error *err)
{
	struct bundle_path path = bundle_path_card(member->name.text);
	const struct record_card *of_charter =
	    bundle_channel_charter_card(&check->channel, member->name.text);
	struct record_card card;

	if (!bundle_ahead_is_next(&check->ahead, path.text))
		return STATUS_OK;
	TRY(bundle_check_read(check, "", path.text, RECORD_NOTE_MAX, err));
	TRY(record_card_open(buf_view(&check->content), &card, err));
	if (strcmp(card.name.text, member->name.text) != 0)
		return error_set(err, STATUS_MALFORMED, "it is the card of another desk");
	if (card.serial < of_charter->serial)
		return error_set(err, STATUS_CONFLICT,
		                 "it is older than the card in the charter");
	return bundle_channel_add_card(&check->channel, &card, err);
}

static enum status check_cards(struct bundle_check *check, struct error *err)
{
	const struct bundle_channel *channel = &check->channel;

	for (size_t i = 0; i < channel->member_count; i++)
		TRY(check_card(check, &channel->members[i], err));
	return check_numbered(check, bundle_path_older_card, take_older_card, err);
}

enum status bundle_check_papers(struct bundle_check *check, struct error *err)
{
	struct bundle_channel *channel = &check->channel;

	TRY(check_first(check, err));
	TRY(check_numbered(check, bundle_path_amendment, take_amendment, err));
	TRY(check_numbered(check, bundle_path_log_end, take_ending, err));
	TRY(check_cards(check, err));
	TRY(bundle_channel_settle(channel, err));
	for (size_t i = 0; i < channel->member_count; i++) {
		struct bundle_path path = bundle_path_card(channel->members[i].name.text);

		bundle_check_look(check, "", path.text);
		TRY(bundle_result_add_desk(check->result, channel->members[i].card,
		                           check->trust, err));
	}
	bundle_check_look(check, "", BUNDLE_MANIFEST);
	if (bundle_channel_member(channel, check->manifest.exporter.text) == NULL)
		return error_set(err, STATUS_UNTRUSTED,
		                 "its exporter is not a member of the channel");
	return STATUS_OK;
}

enum status bundle_check_papers_end(struct bundle_check *check, struct error *err)
{
	struct bundle_path path = {0};
	struct bundle_paper paper;
	enum status status;

	bundle_check_look(check, "", BUNDLE_MANIFEST);
	TRY(bundle_channel_check_whole(&check->channel, check->logs, check->log_count,
	                               err));
	status =
	    bundle_channel_check_signed(&check->channel, check->logs, check->log_count,
	                                check->manifest.exporter.text, &paper, err);
	if (status == STATUS_OK)
		return STATUS_OK;
	path = paper.is_ending ? bundle_path_log_end(paper.number + 1)
	                       : bundle_path_amendment(paper.number);
	bundle_check_look(check, "", path.text);
	return status;
}

/* In words */

static void say_member(struct bundle_check *check, const struct bundle_member *member)
{
	const struct bundle_channel *channel = &check->channel;
	const char *name = member->name.text;

	if (member->since > 0) {
		const struct record_charter *charter = &channel->charters[member->since];
		size_t at = record_charter_member(charter, name);

		bundle_say(check->result, "%s joined with amendment %zu, %s", name,
		           member->since,
		           charter->history_none[at]
		               ? "and was not shown what was written before"
		               : "and was shown all that was written before");
	}
	if (member->gone != SIZE_MAX)
		bundle_say(check->result, "%s is a member no more since amendment %zu",
		           name, member->gone);
}

static void say_leaver(struct bundle_check *check, const struct bundle_leaver *leaver)
{
	if (bundle_channel_is_unseen(&check->channel, check->logs, check->log_count,
	                             check->manifest.exporter.text, leaver))
		bundle_say(check->result,
		           "amendment %zu is not signed by %s; that it had left before "
		           "stands in no log of this export",
		           leaver->charter,
		           check->channel.members[leaver->member].name.text);
}

void bundle_check_say_papers(struct bundle_check *check)
{
	const struct bundle_channel *channel = &check->channel;
	char date[TIME_TEXT_LEN + 1];

	time_text_encode(bundle_channel_charter(channel)->date_s, date);
	if (channel->charter_count > 1)
		bundle_say(check->result, "charters: %zu, the newest of %s",
		           channel->charter_count, date);
	for (size_t i = 0; i < channel->member_count; i++)
		say_member(check, &channel->members[i]);
	for (size_t i = 0; i < channel->leaver_count; i++)
		say_leaver(check, &channel->leavers[i]);
	for (size_t i = 0; i < channel->ending_count; i++)
		bundle_say(check->result,
		           "the log %s was ended at %llu entries, as the root of %s and "
		           "the others signed",
		           channel->endings[i].end.origin,
		           (unsigned long long)channel->endings[i].end.size,
		           channel->endings[i].origin.desk.text);
}
