/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Anybody can sign anything in anybody's name; what counts is the line whose name and key
 * stand on a card or in the charter's policy. A replaced key still counts: when it signed
 * is for the record to show.
 */
#include "bundle/proof_checkpoint.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "record/root_note.h"
#include "tlog/cosignature.h"

struct opening {
	const struct proof_channel *channel;
	const struct record_charter *charter;
	const char *desk;
	char origin[RECORD_ORIGIN_MAX + 1];
	const struct tlog_note *note;
	struct proof_checkpoint *checkpoint;
	bool has_log_line;
};

enum line_worth { LINE_IDLE, LINE_LOG, LINE_MIRROR, LINE_WITNESS };

/* The desk of a mirror's line, when it is a member: its index. */
static size_t mirror_of(const struct opening *opening, struct view name)
{
	struct view end = view_of_string("/mirror");
	size_t at = view_find_last(name, end);
	char desk[RECORD_NAME_MAX + 1];

	if (at == SIZE_MAX || at + end.len != name.len ||
	    !view_copy_string(view_of(name.data, at), desk, sizeof desk) ||
	    strcmp(desk, opening->desk) == 0)
		return SIZE_MAX;
	return record_charter_member(opening->charter, desk);
}

static size_t witness_of(const struct record_charter *charter,
                         const struct tlog_note_line *line)
{
	const struct tlog_policy *policy = charter->witness_policy;

	for (size_t i = 0; policy != NULL && i < policy->item_count; i++)
		if (!policy->items[i].is_group && policy->items[i].key.id == line->id &&
		    view_equal_string(line->name, policy->items[i].key.name))
			return i;
	return SIZE_MAX;
}

/* The key of this role and id on one of the desk's cards. NOT_FOUND: none has it. */
static enum status find_key(const struct opening *opening, const char *desk,
                            enum record_role role, uint32_t id, struct tlog_vkey *ret_key,
                            struct error *err)
{
	const struct record_card *card;
	size_t at = 0;

	while ((card = proof_channel_next_card(opening->channel, desk, &at)) != NULL) {
		if (role == RECORD_ROLE_LOG)
			TRY(record_log_vkey(opening->origin, &card->keys[role], ret_key,
			                    err));
		else
			TRY(record_vkey(desk, record_role_name(role), &card->keys[role],
			                ret_key, err));
		if (ret_key->id == id)
			return STATUS_OK;
	}
	return error_set(err, STATUS_NOT_FOUND, "no card of %s has the key that signed",
	                 desk);
}

static enum status verify_line(struct opening *opening, const struct tlog_note_line *line,
                               struct view whole, enum line_worth *ret_worth,
                               struct error *err)
{
	struct proof_checkpoint *checkpoint = opening->checkpoint;
	size_t mirror = mirror_of(opening, line->name),
	       witness = witness_of(opening->charter, line);
	struct tlog_vkey key;
	enum status status;

	*ret_worth = LINE_IDLE;
	if (view_equal_string(line->name, opening->origin)) {
		TRY(find_key(opening, opening->desk, RECORD_ROLE_LOG, line->id, &key,
		             err));
		*ret_worth = LINE_LOG;
		checkpoint->is_by_old_key =
		    memcmp(tlog_vkey_ed25519(&key).bytes,
		           proof_channel_card(opening->channel, opening->desk)
		               ->keys[RECORD_ROLE_LOG]
		               .bytes,
		           32) != 0;
		return tlog_note_verify(opening->note, &key, err);
	}
	if (mirror != SIZE_MAX) {
		const char *desk = opening->charter->members[mirror].name.text;
		status = find_key(opening, desk, RECORD_ROLE_MIRROR, line->id, &key, err);
		if (status != STATUS_OK)
			return status == STATUS_NOT_FOUND ? STATUS_OK : status;
		*ret_worth = LINE_MIRROR;
		return tlog_cosignature_verify_line(opening->note->text, whole, &key,
		                                    &checkpoint->mirror_s[mirror], err);
	}
	if (witness == SIZE_MAX)
		return STATUS_OK;
	key = opening->charter->witness_policy->items[witness].key;
	status = tlog_cosignature_verify_line(opening->note->text, whole, &key,
	                                      &checkpoint->witness_s[witness], err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK; /* of a kind that can't be checked here */
	*ret_worth = LINE_WITNESS;
	return status;
}

/* Calls each line's verification; appends those that count to out, if there is one. */
static enum status verify_lines(struct opening *opening, struct buf *out,
                                struct error *err)
{
	struct view lines = opening->note->lines, text;
	struct tlog_note_line line;
	enum line_worth worth;

	while (view_take_line(&lines, &text)) {
		TRY(tlog_note_line_parse(text, &line, err));
		TRY(verify_line(opening, &line, text, &worth, err));
		if (worth == LINE_IDLE)
			continue;
		if (worth == LINE_LOG && opening->has_log_line)
			return error_set(err, STATUS_MALFORMED,
			                 "the log signed its checkpoint twice");
		opening->has_log_line = opening->has_log_line || worth == LINE_LOG;
		opening->checkpoint->line_count++;
		if (out != NULL) {
			buf_append_view(out, text);
			buf_append_byte(out, '\n');
		}
	}
	if (!opening->has_log_line)
		return error_set(err, STATUS_UNTRUSTED,
		                 "%s has not signed the checkpoint of its log",
		                 opening->desk);
	return STATUS_OK;
}

static enum status open_note(const struct proof_channel *channel,
                             const struct record_charter *charter, const char *desk,
                             struct view note, struct tlog_note *parsed,
                             struct proof_checkpoint *ret_checkpoint, struct buf *out,
                             struct error *err)
{
	struct opening opening = {.channel = channel,
	                          .charter = charter,
	                          .desk = desk,
	                          .note = parsed,
	                          .checkpoint = ret_checkpoint};

	*ret_checkpoint = (struct proof_checkpoint){0};
	proof_channel_origin(channel, desk, opening.origin);
	TRY(tlog_note_parse(note, parsed, err));
	TRY(tlog_checkpoint_decode(parsed->text, &ret_checkpoint->tree, err));
	if (strcmp(ret_checkpoint->tree.origin, opening.origin) != 0)
		return error_set(err, STATUS_CONFLICT,
		                 "the checkpoint is that of another log than %s's here",
		                 desk);
	if (!tlog_checkpoint_check_empty(&ret_checkpoint->tree))
		return error_set(err, STATUS_MALFORMED,
		                 "an empty log has the root of another");
	return verify_lines(&opening, out, err);
}

enum status proof_checkpoint_open(const struct proof_channel *channel,
                                  const struct record_charter *charter, const char *desk,
                                  struct view note,
                                  struct proof_checkpoint *ret_checkpoint,
                                  struct error *err)
{
	struct tlog_note parsed;

	return open_note(channel, charter, desk, note, &parsed, ret_checkpoint, NULL,
	                 err);
}

enum status proof_checkpoint_take(struct proof_cursor *cursor, const char *name,
                                  const struct proof_channel *channel,
                                  const struct record_charter *charter, const char *desk,
                                  struct proof_checkpoint *ret_checkpoint,
                                  struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_note parsed;

	TRY(proof_take_text(cursor, name, &note, err));
	TRY(open_note(channel, charter, desk, buf_view(&note), &parsed, ret_checkpoint,
	              NULL, err));
	if (parsed.line_count != ret_checkpoint->line_count)
		return error_set(err, STATUS_UNTRUSTED,
		                 "a checkpoint of %s carries a line that no card and no "
		                 "witness of the charter vouches for",
		                 desk);
	return STATUS_OK;
}

enum status proof_checkpoint_append(const struct proof_channel *channel,
                                    const struct record_charter *charter,
                                    const char *desk, struct view note, struct buf *out,
                                    struct error *err)
{
	CLEANUP_BUF struct buf kept = BUF_INIT(TLOG_NOTE_MAX),
	                       lines = BUF_INIT(TLOG_NOTE_MAX);
	struct proof_checkpoint checkpoint;
	struct tlog_note parsed;

	TRY(open_note(channel, charter, desk, note, &parsed, &checkpoint, &lines, err));
	buf_append_view(&kept, parsed.text);
	buf_append_byte(&kept, '\n');
	buf_append_view(&kept, buf_view(&lines));
	TRY(buf_check(&kept, "a checkpoint", err));
	json_append_string(out, buf_view(&kept));
	return STATUS_OK;
}

enum status proof_mirror_verify(const struct proof_channel *channel, const char *desk,
                                struct view checkpoint_text, struct view line,
                                uint64_t *ret_time_s, struct error *err)
{
	const struct record_card *card;
	struct tlog_vkey key;
	size_t at = 0;

	while ((card = proof_channel_next_card(channel, desk, &at)) != NULL) {
		TRY(record_vkey(desk, "mirror", &card->keys[RECORD_ROLE_MIRROR], &key,
		                err));
		if (tlog_cosignature_verify_line(checkpoint_text, line, &key, ret_time_s,
		                                 NULL) == STATUS_OK)
			return STATUS_OK;
	}
	return error_set(err, STATUS_UNTRUSTED, "the line is not %s's", desk);
}

/* Witnesses */

uint64_t proof_quorum_s(const struct record_charter *charter,
                        const uint64_t witness_s[TLOG_POLICY_ITEMS_MAX], int64_t since_s)
{
	const struct tlog_policy *policy = charter->witness_policy;
	bool is_there[TLOG_POLICY_ITEMS_MAX];
	uint64_t best = 0;

	if (policy == NULL || policy->has_quorum_none)
		return 0;
	/* Each time at which one cosigned may be the one that made the quorum. */
	for (size_t i = 0; i < policy->item_count; i++) {
		uint64_t time_s = witness_s[i];

		if (time_s == 0 || (int64_t)time_s < since_s ||
		    (best != 0 && time_s >= best))
			continue;
		for (size_t j = 0; j < policy->item_count; j++)
			is_there[j] = witness_s[j] != 0 && witness_s[j] <= time_s &&
			              (int64_t)witness_s[j] >= since_s;
		if (tlog_policy_is_satisfied(policy, is_there))
			best = time_s;
	}
	return best;
}

void proof_witness_names(const struct record_charter *charter,
                         const uint64_t witness_s[TLOG_POLICY_ITEMS_MAX], int64_t since_s,
                         struct buf *out)
{
	const struct tlog_policy *policy = charter->witness_policy;
	bool has_any = false;

	for (size_t i = 0; policy != NULL && i < policy->item_count; i++) {
		if (witness_s[i] == 0 || (int64_t)witness_s[i] < since_s)
			continue;
		buf_printf(out, "%s%s", has_any ? ", " : "", policy->items[i].key.name);
		has_any = true;
	}
}
