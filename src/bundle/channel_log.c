/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs in their channel: where each begins and goes on, what governs its entries, and,
 * when all were read, what only they can tell of the papers.
 */
#include "bundle/channel.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/amendment.h"
#include "record/term.h"

static bool is_same_log(const struct record_origin *a, const struct record_origin *b)
{
	return a->generation == b->generation && strcmp(a->desk.text, b->desk.text) == 0;
}

/* Where it begins */

static enum status check_end(const struct bundle_channel *channel,
                             const struct bundle_manifest_log *log, struct error *err)
{
	const struct bundle_ending *ending = bundle_channel_ending(channel, &log->origin);

	if (ending != NULL &&
	    (ending->end.size != log->size || !hash_equal(&ending->end.root, &log->root)))
		return error_set(err, STATUS_CONFLICT,
		                 "the log %s has another size or root than its end says",
		                 log->origin_text);
	return STATUS_OK;
}

/* Goes on where the log before ended. */
static enum status place_successor(const struct bundle_channel *channel,
                                   const struct bundle_log *logs, size_t count,
                                   struct bundle_log *log, struct error *err)
{
	struct record_origin before = log->origin;
	bool is_there = false;

	before.generation--;
	log->before = bundle_channel_ending(channel, &before);
	if (log->before == NULL)
		return error_set(err, STATUS_MALFORMED,
		                 "a log of %s that succeeds another is there, and the "
		                 "end of that one is not",
		                 log->origin.desk.text);
	for (size_t i = 0; i < count; i++) {
		if (!is_same_log(&logs[i].origin, &before))
			continue;
		is_there = true;
		log->charter = logs[i].charter;
	}
	if (!is_there && log->base == 0)
		return error_set(err, STATUS_MALFORMED,
		                 "a log of %s that succeeds another must stand behind it",
		                 log->origin.desk.text);
	return STATUS_OK;
}

/* Who was given no history holds the rest from the charter on that made it a member. */
static enum status place_based(const struct bundle_channel *channel, const char *exporter,
                               struct bundle_log *log, struct error *err)
{
	const struct bundle_member *member = bundle_channel_member(channel, exporter);
	size_t at = SIZE_MAX;

	if (member != NULL)
		at = record_charter_member(&channel->charters[member->since], exporter);
	if (at == SIZE_MAX || !channel->charters[member->since].history_none[at])
		return error_set(err, STATUS_MALFORMED,
		                 "entries of %s are withheld, though %s joined with all "
		                 "that was written",
		                 log->origin.desk.text, exporter);
	log->charter = member->since;
	return STATUS_OK;
}

enum status bundle_log_place(const struct bundle_channel *channel,
                             const struct bundle_manifest *manifest,
                             const struct bundle_log *logs, size_t index,
                             struct bundle_log *ret_log, struct error *err)
{
	const struct bundle_manifest_log *log = &manifest->logs[index];
	const struct bundle_member *member =
	    bundle_channel_member(channel, log->origin.desk.text);

	if (member == NULL)
		return error_set(err, STATUS_MALFORMED,
		                 "it names a log of %s, which is not a member",
		                 log->origin.desk.text);
	*ret_log =
	    (struct bundle_log){.origin = log->origin,
	                        .member = member,
	                        .size = log->size,
	                        .offset = bundle_channel_offset(channel, &log->origin),
	                        .base = log->base,
	                        .charter = member->since,
	                        .end = UINT64_MAX};
	TRY(check_end(channel, log, err));
	if (log->origin.generation > 1)
		TRY(place_successor(channel, logs, index, ret_log, err));
	if (log->base > 0)
		TRY(place_based(channel, manifest->exporter.text, ret_log, err));
	return STATUS_OK;
}

enum status bundle_log_judge(const struct bundle_channel *channel, struct bundle_log *log,
                             const struct record_envelope *envelope, uint64_t index,
                             struct error *err)
{
	TRY(record_term_check(envelope, &channel->charters[log->charter],
	                      log->member->name.text, index, log->end, err));
	if (strcmp(envelope->kind, "leave") == 0)
		log->end = index + 1;
	return STATUS_OK;
}

/* Notes whose `leave` an amendment still needs. False: it is none that can be in force.
 */
static bool find_needed(const struct bundle_channel *channel,
                        const struct record_charter *previous,
                        const struct record_charter *next, struct view note,
                        bool *ret_needed)
{
	CLEANUP_FREE struct record_name *left = calloc(RECORD_MEMBERS_MAX, sizeof *left);
	size_t left_count = 0, missing = 1;
	struct record_name first;

	if (left == NULL)
		return false;
	for (;;) {
		if (record_amendment_check(previous, next, note, left, left_count,
		                           &missing, &first, NULL) != STATUS_OK)
			return false;
		if (missing == 0)
			return true;
		const struct bundle_member *member =
		    bundle_channel_member(channel, first.text);
		if (member == NULL || record_charter_member(next, first.text) != SIZE_MAX)
			return false;
		left[left_count++] = first;
		ret_needed[member - channel->members] = true;
	}
}

/* An amendment behind the last one of the channel. */
static void take_unknown(const struct bundle_channel *channel, struct bundle_log *log,
                         struct view body, struct json_doc *doc)
{
	const struct record_charter *now = bundle_channel_charter(channel);
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	bool needs_left[RECORD_MEMBERS_MAX] = {false};
	struct record_charter next = {0};
	struct tlog_note parsed;

	if (!log->follows_unknown &&
	    record_amendment_body_decode(body, buf_view(&now->text), doc, &note, NULL) ==
	        STATUS_OK &&
	    tlog_note_parse(buf_view(&note), &parsed, NULL) == STATUS_OK &&
	    record_charter_decode(parsed.text, &next, NULL) == STATUS_OK &&
	    find_needed(channel, now, &next, buf_view(&note), needs_left)) {
		log->follows_unknown = true;
		memcpy(log->unknown_needs_left, needs_left, sizeof needs_left);
	}
	record_charter_release(&next);
}

bool bundle_log_amend(const struct bundle_channel *channel, struct bundle_log *log,
                      struct view body, struct json_doc *doc)
{
	size_t next = log->charter + 1;
	struct hash named;

	if (!record_term_next(&channel->charters[log->charter], body, doc, &named))
		return true;
	if (next == channel->charter_count)
		take_unknown(channel, log, body, doc);
	else if (!hash_equal(&named, &channel->charters[next].digest))
		return false;
	else
		log->charter = next;
	return true;
}

/* All of them */

bool bundle_channel_has_left(const struct bundle_channel *channel,
                             const struct bundle_log *logs, size_t log_count,
                             size_t member)
{
	for (size_t i = 0; i < log_count; i++)
		if (logs[i].member == &channel->members[member] &&
		    logs[i].end != UINT64_MAX)
			return true;
	return false;
}

enum status bundle_channel_check_whole(const struct bundle_channel *channel,
                                       const struct bundle_log *logs, size_t log_count,
                                       struct error *err)
{
	for (size_t i = 0; i < log_count; i++) {
		bool is_in_force = logs[i].follows_unknown;

		for (size_t m = 0; is_in_force && m < channel->member_count; m++)
			is_in_force =
			    !logs[i].unknown_needs_left[m] ||
			    bundle_channel_has_left(channel, logs, log_count, m);
		if (is_in_force)
			return error_set(err, STATUS_CONFLICT,
			                 "%s follows an amendment that all have signed "
			                 "and that is not there",
			                 logs[i].member->name.text);
	}
	return STATUS_OK;
}

/* Have all members of this charter signed, but those that left? */
static bool is_countersigned(const struct bundle_channel *channel,
                             const struct bundle_log *logs, size_t log_count,
                             const struct record_charter *charter,
                             const struct bundle_ending *ending, const char **ret_lacking)
{
	for (size_t i = 0; i < charter->member_count; i++) {
		const struct bundle_member *member =
		    bundle_channel_member(channel, charter->members[i].name.text);
		size_t m = (size_t)(member - channel->members);

		if (!ending->is_signed[m] &&
		    !bundle_channel_has_left(channel, logs, log_count, m)) {
			*ret_lacking = member->name.text;
			return false;
		}
	}
	return true;
}

/* The members that must sign are those of the charter in force when the end was taken up:
 * the one at the end of the log or a later one. */
static enum status check_ending(const struct bundle_channel *channel,
                                const struct bundle_log *logs, size_t log_count,
                                const struct bundle_ending *ending, struct error *err)
{
	size_t at = bundle_channel_member(channel, ending->origin.desk.text)->since;
	const char *lacking = "a member";

	for (size_t i = 0; i < log_count; i++)
		if (is_same_log(&logs[i].origin, &ending->origin))
			at = logs[i].charter;
	for (; at < channel->charter_count; at++)
		if (is_countersigned(channel, logs, log_count, &channel->charters[at],
		                     ending, &lacking))
			return STATUS_OK;
	return error_set(err, STATUS_UNTRUSTED, "it is not countersigned by %s", lacking);
}

bool bundle_channel_is_unseen(const struct bundle_channel *channel,
                              const struct bundle_log *logs, size_t log_count,
                              const char *exporter, const struct bundle_leaver *leaver)
{
	const struct bundle_member *reader = bundle_channel_member(channel, exporter);

	for (size_t i = 0; i < log_count; i++)
		if (logs[i].member == &channel->members[leaver->member] &&
		    logs[i].base < logs[i].size)
			return false;
	return reader != NULL && reader->since >= leaver->charter;
}

enum status bundle_channel_check_signed(const struct bundle_channel *channel,
                                        const struct bundle_log *logs, size_t log_count,
                                        const char *exporter,
                                        struct bundle_paper *ret_paper, struct error *err)
{
	for (size_t i = 0; i < channel->leaver_count; i++) {
		const struct bundle_leaver *leaver = &channel->leavers[i];

		*ret_paper = (struct bundle_paper){.number = leaver->charter};
		if (!bundle_channel_has_left(channel, logs, log_count, leaver->member) &&
		    !bundle_channel_is_unseen(channel, logs, log_count, exporter, leaver))
			return error_set(
			    err, STATUS_UNTRUSTED,
			    "it is not signed by %s, whose log does not end with leave",
			    channel->members[leaver->member].name.text);
	}
	for (size_t i = 0; i < channel->ending_count; i++) {
		*ret_paper = (struct bundle_paper){.is_ending = true, .number = i};
		TRY(check_ending(channel, logs, log_count, &channel->endings[i], err));
	}
	return STATUS_OK;
}
