/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signatures under a charter. Only lines of members' roots count; what else stands
 * there is neither believed nor carried on.
 */
#include "record/charter.h"

#include "base/cleanup.h"

static enum status note_parse(const struct record_charter *charter, struct view text,
                              struct tlog_note *ret_note, struct error *err)
{
	TRY(tlog_note_parse(text, ret_note, err));
	if (!view_equal(ret_note->text, buf_view(&charter->text)))
		return error_set(err, STATUS_CONFLICT,
		                 "the note is about another text than this charter");
	return STATUS_OK;
}

static enum status root_vkey(const struct record_charter *charter, size_t member,
                             struct tlog_vkey *ret_vkey, struct error *err)
{
	const struct record_card *card = &charter->members[member];

	return record_vkey(card->name.text, "root", &card->keys[RECORD_ROLE_ROOT],
	                   ret_vkey, err);
}

/* Has this member's root signed the note? */
static enum status root_verify(const struct record_charter *charter, size_t member,
                               const struct tlog_note *note, bool *ret_is_signed,
                               struct error *err)
{
	struct tlog_vkey vkey;
	enum status status;

	TRY(root_vkey(charter, member, &vkey, err));
	status = tlog_note_verify(note, &vkey, err);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return error_context(err, status, "signature of %s",
		                     charter->members[member].name.text);
	*ret_is_signed = status == STATUS_OK;
	return STATUS_OK;
}

enum status record_charter_signed_by(const struct record_charter *charter,
                                     struct view note,
                                     bool ret_signed[RECORD_MEMBERS_MAX],
                                     struct error *err)
{
	bool is_signed[RECORD_MEMBERS_MAX] = {false};
	struct tlog_note parsed;

	TRY(note_parse(charter, note, &parsed, err));
	for (size_t i = 0; i < charter->member_count; i++)
		TRY(root_verify(charter, i, &parsed, &is_signed[i], err));
	memcpy(ret_signed, is_signed, sizeof is_signed);
	return STATUS_OK;
}

/* Appends the member's line of the note, if it has a valid one. */
static enum status line_carry(const struct record_charter *charter, size_t member,
                              const struct tlog_note *note, struct buf *out,
                              bool *ret_is_signed, struct error *err)
{
	struct tlog_note_line line;
	struct tlog_vkey vkey;

	TRY(root_verify(charter, member, note, ret_is_signed, err));
	if (!*ret_is_signed)
		return STATUS_OK;
	TRY(root_vkey(charter, member, &vkey, err));
	TRY(tlog_note_find(note, &vkey, &line, err));
	tlog_note_append_line(out, &vkey, view_of(line.signature, line.signature_len));
	return STATUS_OK;
}

enum status record_charter_merge(const struct record_charter *charter, struct view note_a,
                                 struct view note_b, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf merged = BUF_INIT(RECORD_NOTE_MAX);
	struct tlog_note a, b;
	size_t signed_count = 0;

	TRY(note_parse(charter, note_a, &a, err));
	TRY(note_parse(charter, note_b, &b, err));
	buf_append_view(&merged, a.text);
	buf_append_byte(&merged, '\n');
	for (size_t i = 0; i < charter->member_count; i++) {
		bool is_signed = false;

		TRY(line_carry(charter, i, &a, &merged, &is_signed, err));
		if (!is_signed)
			TRY(line_carry(charter, i, &b, &merged, &is_signed, err));
		signed_count += is_signed;
	}
	if (signed_count == 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "no member has signed either note");
	TRY(buf_check(&merged, "the charter", err));
	buf_append_view(out, buf_view(&merged));
	return buf_check(out, "the charter", err);
}
