/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Amendments: a charter that replaces the one in force, when every member before and
 * after it has signed, but one that left. It is in force for a member from its own entry
 * `charter.amend` on, which it writes in the turn in which it first holds all signatures;
 * the entry carries the signed note on. Source: aldis.md 6.1, 6.2, 6.4.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdio.h>

#include "record/amendment.h"
#include "record/term.h"

enum {
	DRAFTS_MAX = 16,     /* of one channel that wait for signatures */
	SIGNATURE_MAX = 256, /* bytes that a member's line takes in a body */
};

/* The members whose `leave` this desk holds. */
static size_t collect_left(const struct channel *channel,
                           struct record_name ret_left[RECORD_MEMBERS_MAX])
{
	size_t count = 0;
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (channel->logs[m] && channel->logs[m]->end != UINT64_MAX)
			ret_left[count++] = channel->members[m].name;
	return count;
}

static enum status check(const struct channel *channel, const struct record_charter *next,
                         struct view note, size_t *ret_missing,
                         struct record_name *ret_first, struct error *err)
{
	struct record_name left[RECORD_MEMBERS_MAX];
	size_t left_count = collect_left(channel, left);
	return record_amendment_check(channel_charter(channel), next, note, left,
	                              left_count, ret_missing, ret_first, err);
}

void amend_missing(const struct channel *channel, const struct agreement *agreement,
                   size_t *ret_missing, struct record_name *ret_first)
{
	bool is_signed[RECORD_MEMBERS_MAX] = {false};
	*ret_missing = 0;
	if (agreement->charter.has_previous) {
		(void)check(channel, &agreement->charter, buf_view(&agreement->note),
		            ret_missing, ret_first, NULL);
		return;
	}
	if (record_charter_signed_by(&agreement->charter, buf_view(&agreement->note),
	                             is_signed, NULL) != STATUS_OK)
		return;
	for (size_t m = agreement->charter.member_count; m-- > 0;)
		if (!is_signed[m]) {
			*ret_first = agreement->charter.members[m].name;
			++*ret_missing;
		}
}

enum status amend_check_whole(const struct channel *channel,
                              const struct record_charter *next, struct view note,
                              struct error *err)
{
	struct record_name first;
	size_t missing;
	TRY(check(channel, next, note, &missing, &first, err));
	/* who joins late holds no log yet: a removed member may have left */
	if (missing > 0 && record_charter_member(next, first.text) != SIZE_MAX)
		return error_set(err, STATUS_CONFLICT,
		                 "the amendment lacks the signature of %s", first.text);
	return STATUS_OK;
}

/* What keeps an amendment from ever being in force here, signatures aside: too many
 * members over the channel's life, or so much that is new that no `charter.amend` could
 * carry it. canonical gets the note with the lines that count and no others: what else a
 * member put there must not stand in our own entry. */
static enum status judge_form(const struct channel *channel,
                              const struct record_charter *next, struct view note,
                              size_t missing, struct buf *canonical, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_BODY_MAX);
	size_t places = channel->member_count;
	for (size_t m = 0; m < next->member_count; m++)
		places += channel_member(channel, next->members[m].name.text) == SIZE_MAX;
	if (places > RECORD_MEMBERS_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "a channel has at most %d members over its whole life: "
		                 "draft a new one",
		                 RECORD_MEMBERS_MAX);
	TRY(record_amendment_merge(channel_charter(channel), next, note, note, canonical,
	                           err));
	TRY(record_amendment_body_append(channel_charter(channel), buf_view(canonical),
	                                 &body, err));
	if (body.len + missing * SIGNATURE_MAX > RECORD_BODY_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "with all signatures the amendment would not fit into "
		                 "an entry: change less at a time");
	return STATUS_OK;
}

/* Puts it in force here: the table of members, logs of new ones, the row. Takes the
 * charter over. */
static enum status adopt(struct desk *desk, struct channel *channel,
                         struct record_charter *charter, struct view note,
                         struct error *err)
{
	TRY(channel_meet_members(desk, charter, false, err));
	TRY(channel_push(desk, channel, charter, note, err));
	size_t last = channel->agreement_count - 1;
	TRY(channel_keep(desk, channel, channel->agreements[last], true, err));
	TRY(channel_find_peers(desk, channel, err));
	TRY(channel_make_logs(desk, channel, err));
	TRY(channel_forget_drafts(desk, channel, err));
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (channel->members[m].peer && channel->members[m].since == last)
			pull_soon(desk, channel->members[m].peer);
	desk->peers_changed = true;
	desk->wants_turn = true;
	desk_event(desk, "amended", "\"channel\":\"%s\",\"charters\":%zu",
	           channel->id_hex, channel->agreement_count);
	return STATUS_OK;
}

static size_t find_draft(const struct channel *channel, const struct hash *digest)
{
	for (size_t i = 0; i < channel->draft_count; i++)
		if (hash_equal(&channel->drafts[i]->charter.digest, digest))
			return i;
	return SIZE_MAX;
}

static bool is_in_force(const struct channel *channel, const struct hash *digest)
{
	for (size_t i = 0; i < channel->agreement_count; i++)
		if (hash_equal(&channel->agreements[i]->charter.digest, digest))
			return true;
	return false;
}

/* The draft may have all signatures now. */
static enum status try_draft(struct desk *desk, struct channel *channel, size_t at,
                             struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct agreement *draft = channel->drafts[at];
	struct record_charter charter = {0};
	struct record_name first;
	size_t missing;
	TRY(check(channel, &draft->charter, buf_view(&draft->note), &missing, &first,
	          err));
	if (missing > 0)
		return STATUS_OK;
	TRY(judge_form(channel, &draft->charter, buf_view(&draft->note), 0, &note, err));
	TRY(channel_read_charter(buf_view(&note), &charter, err));
	enum status status = adopt(desk, channel, &charter, buf_view(&note), err);
	record_charter_release(&charter);
	desk_fail(desk, status, err);
	return status;
}

/* note: as judge_form gave it. */
static enum status merge_draft(struct desk *desk, struct channel *channel, size_t at,
                               struct view note, struct error *err)
{
	struct agreement *draft = channel->drafts[at];
	struct buf merged = BUF_INIT(RECORD_NOTE_MAX);
	enum status status =
	    record_amendment_merge(channel_charter(channel), &draft->charter,
	                           buf_view(&draft->note), note, &merged, err);
	if (status != STATUS_OK) {
		buf_release(&merged);
		return status;
	}
	buf_release(&draft->note);
	draft->note = merged;
	TRY(channel_keep(desk, channel, draft, false, err));
	return try_draft(desk, channel, at, err);
}

static struct channel *find_channel(struct desk *desk, const struct record_charter *next)
{
	for (size_t c = 0; c < desk->channel_count; c++)
		if (is_in_force(desk->channels[c], &next->previous))
			return desk->channels[c];
	return NULL;
}

enum status amend_join(struct desk *desk, struct record_charter *charter,
                       struct view note, struct channel **ret_channel, struct error *err)
{
	struct channel *channel = find_channel(desk, charter);
	CLEANUP_BUF struct buf canonical = BUF_INIT(RECORD_NOTE_MAX);
	struct record_name first;
	struct agreement *draft;
	size_t missing;
	if (!channel)
		return error_set(err, STATUS_NOT_FOUND,
		                 "it amends a charter that this desk does not hold: join "
		                 "the whole chain, the first charter first");
	*ret_channel = channel;
	if (is_in_force(channel, &charter->digest))
		return STATUS_OK;
	if (!hash_equal(&charter->previous, &channel_charter(channel)->digest))
		return error_set(err, STATUS_CONFLICT,
		                 "another amendment is in force already: draft this one "
		                 "again on the charter as it stands");
	if (!channel->is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the charter that it amends is not yet signed by all");
	TRY(check(channel, charter, note, &missing, &first, err));
	TRY(judge_form(channel, charter, note, missing, &canonical, err));
	size_t at = find_draft(channel, &charter->digest);
	if (at != SIZE_MAX)
		return merge_draft(desk, channel, at, buf_view(&canonical), err);
	if (channel->draft_count == DRAFTS_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "%d amendments wait for signatures already", DRAFTS_MAX);
	TRY(channel_add_draft(channel, charter, buf_view(&canonical), &draft, err));
	TRY(channel_keep(desk, channel, draft, false, err));
	return try_draft(desk, channel, channel->draft_count - 1, err);
}

/* The note of a `charter.amend` of a member: puts it in force when all have signed. */
static enum status take_note(struct desk *desk, struct channel *channel,
                             struct record_charter *next, struct view note,
                             size_t *ret_missing, struct record_name *ret_first,
                             struct error *err)
{
	CLEANUP_BUF struct buf canonical = BUF_INIT(RECORD_NOTE_MAX);
	TRY(check(channel, next, note, ret_missing, ret_first, err));
	if (*ret_missing > 0)
		return error_set(err, STATUS_AGAIN, "it lacks the signature of %s",
		                 ret_first->text);
	TRY(judge_form(channel, next, note, 0, &canonical, err));
	enum status status = adopt(desk, channel, next, buf_view(&canonical), err);
	desk_fail(desk, status, err);
	return status;
}

/* Has this desk signed it, which must unless it left? Looked at first: it is cheap, and
 * nobody else can make it so, while each card in a text that a member invents would have
 * to be verified. */
static bool is_ours(const struct desk *desk, const struct channel *channel,
                    struct view text)
{
	struct tlog_note note;
	struct tlog_vkey root;
	const char *own = desk->card.name.text;
	if (channel_own_log(channel)->end != UINT64_MAX ||
	    record_charter_member(channel_charter(channel), own) == SIZE_MAX)
		return true;
	return tlog_note_parse(text, &note, NULL) == STATUS_OK &&
	       record_vkey(own, "root", &desk->card.keys[RECORD_ROLE_ROOT], &root,
	                   NULL) == STATUS_OK &&
	       tlog_note_verify(&note, &root, NULL) == STATUS_OK;
}

/* What a `charter.amend` of a member names, when this desk does not have it in force.
 * False: who has not signed may have left, and its `leave` is still to come. */
static bool take_new(struct desk *desk, struct log *log, struct view body)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct channel *channel = log->channel;
	struct record_charter next = {0};
	struct record_name first = {0};
	size_t missing;
	struct error err;
	enum status status =
	    record_amendment_body_decode(body, buf_view(&channel_charter(channel)->text),
	                                 &desk->body_doc, &note, &err);
	if (status == STATUS_OK && !is_ours(desk, channel, buf_view(&note))) {
		first = desk->card.name;
		status =
		    error_set(&err, STATUS_AGAIN, "it lacks the signature of this desk");
	}
	if (status == STATUS_OK)
		status = channel_read_charter(buf_view(&note), &next, &err);
	if (status == STATUS_OK)
		status = take_note(desk, channel, &next, buf_view(&note), &missing,
		                   &first, &err);
	record_charter_release(&next);
	if (status != STATUS_OK)
		desk_log_line(desk, "%s: an amendment that is not in force: %s",
		              channel->members[log->member].name.text, err.text);
	return status != STATUS_AGAIN ||
	       record_charter_member(channel_charter(channel), first.text) == SIZE_MAX;
}

/* Does a log that is withheld below this entry begin with the amendment that made this
 * desk a member? More than may be is not withheld. */
static bool begins_rightly(struct desk *desk, const struct log *log, struct view body)
{
	const struct channel *channel = log->channel;
	uint32_t since = log->terms[0].charter;
	struct hash charter;
	return record_term_next(&channel->agreements[since - 1]->charter, body,
	                        &desk->body_doc, &charter) &&
	       hash_equal(&charter, &channel->agreements[since]->charter.digest);
}

bool amend_take(struct desk *desk, struct log *log, uint64_t index, struct view body)
{
	struct channel *channel = log->channel;
	struct hash charter;
	uint32_t next = log_term(log) + 1;
	if (log->base > 0 && index == log->base)
		return begins_rightly(desk, log, body);
	if (!record_term_next(&channel->agreements[next - 1]->charter, body,
	                      &desk->body_doc, &charter))
		return true;
	if (next == channel->agreement_count && !take_new(desk, log, body))
		return false;
	if (next < channel->agreement_count &&
	    hash_equal(&charter, &channel->agreements[next]->charter.digest))
		term_push(desk, log, index);
	else if (next < channel->agreement_count)
		desk_log_line(desk,
		              "ALARM: %s follows another amendment than the one that all "
		              "have signed",
		              channel->members[log->member].name.text);
	return true;
}

static enum status write_amend(struct desk *desk, struct channel *channel,
                               struct error *err)
{
	struct log *log = channel_own_log(channel);
	uint32_t at = log_term(log);
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_BODY_MAX);
	TRY(record_amendment_body_append(&channel->agreements[at]->charter,
	                                 buf_view(&channel->agreements[at + 1]->note),
	                                 &body, err));
	uint64_t index = log->tree.size;
	TRY(compose_automatic(desk, channel, "charter.amend", NULL, buf_view(&body)));
	term_push(desk, log, index);
	watch_load(channel);
	return STATUS_OK;
}

void amend_step(struct desk *desk, struct channel *channel)
{
	struct error err;
	struct log *log = channel_own_log(channel);
	size_t count = channel->has_news ? channel->draft_count : 0;
	for (size_t i = 0; i < count && desk->failed == STATUS_OK; i++) {
		if (!hash_equal(&channel->drafts[i]->charter.previous,
		                &channel_charter(channel)->digest))
			continue;
		if (try_draft(desk, channel, i, &err) != STATUS_OK)
			desk_log_line(desk, "an amendment that can't be in force: %s",
			              err.text);
		if (channel->draft_count < count)
			break; /* the others amended what is no longer in force */
	}
	while (desk->failed == STATUS_OK && channel->state == DESK_LOG_READY &&
	       log->tree.size > 0 && log->end == UINT64_MAX &&
	       log_term(log) + 1 < channel->agreement_count)
		desk_fail(desk, write_amend(desk, channel, &err), &err);
}
