/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing two charters, and the signatures of the members of both. A member that is in
 * both signs with the one root that both must name.
 */
#include "record/amendment.h"

#include "base/cleanup.h"

/* May this card of a member that stays stand in the place of the older one? */
static enum status check_card(const struct record_card *older,
                              const struct record_card *newer, struct error *err)
{
	const char *name = newer->name.text;

	if (memcmp(&older->keys[RECORD_ROLE_ROOT], &newer->keys[RECORD_ROLE_ROOT],
	           sizeof newer->keys[0]) != 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "the amendment names another root key for %s", name);
	if (newer->serial < older->serial)
		return error_set(err, STATUS_CONFLICT,
		                 "the amendment goes back to an older card of %s", name);
	if (newer->serial == older->serial &&
	    (memcmp(newer->has_key, older->has_key, sizeof newer->has_key) != 0 ||
	     memcmp(newer->keys, older->keys, sizeof newer->keys) != 0))
		return error_set(err, STATUS_CONFLICT,
		                 "%s has other keys than before on a card of the same "
		                 "serial",
		                 name);
	return STATUS_OK;
}

/* The keys of those that are gone stay theirs: their signatures are in the record. */
static enum status check_keys_are_new(const struct record_charter *next,
                                      const struct record_card *gone, struct error *err)
{
	for (size_t i = 0; i < next->member_count; i++)
		if (record_card_shares_key(gone, &next->members[i]))
			return error_set(err, STATUS_CONFLICT, "%s has a key of %s",
			                 next->members[i].name.text, gone->name.text);
	return STATUS_OK;
}

static enum status check_member(const struct record_charter *previous,
                                const struct record_charter *next, size_t member,
                                struct error *err)
{
	const struct record_card *card = &next->members[member];
	size_t before = record_charter_member(previous, card->name.text);

	if (before == SIZE_MAX)
		return STATUS_OK;
	if (next->has_history[member])
		return error_set(err, STATUS_CONFLICT,
		                 "%s is a member already and can't be given a history",
		                 card->name.text);
	return check_card(&previous->members[before], card, err);
}

static enum status check_succession(const struct record_charter *previous,
                                    const struct record_charter *next, struct error *err)
{
	if (!next->has_previous || !hash_equal(&next->previous, &previous->digest))
		return error_set(err, STATUS_CONFLICT,
		                 "the charter does not follow the one in force");
	for (size_t i = 0; i < previous->member_count; i++) {
		const struct record_card *card = &previous->members[i];

		if (record_charter_member(next, card->name.text) == SIZE_MAX)
			TRY(check_keys_are_new(next, card, err));
	}
	for (size_t i = 0; i < next->member_count; i++)
		TRY(check_member(previous, next, i, err));
	return STATUS_OK;
}

static bool has_left(const struct record_name *left, size_t left_count, const char *name)
{
	for (size_t i = 0; i < left_count; i++)
		if (strcmp(left[i].text, name) == 0)
			return true;
	return false;
}

/* Has the root of a member that is not in the new charter signed the note? */
static enum status leaver_verify(const struct record_card *card,
                                 const struct tlog_note *note, bool *ret_is_signed,
                                 struct tlog_vkey *ret_vkey, struct error *err)
{
	enum status status;

	TRY(record_vkey(card->name.text, "root", &card->keys[RECORD_ROLE_ROOT], ret_vkey,
	                err));
	status = tlog_note_verify(note, ret_vkey, err);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return error_context(err, status, "signature of %s", card->name.text);
	*ret_is_signed = status == STATUS_OK;
	return STATUS_OK;
}

enum status record_amendment_missing(const struct record_charter *previous,
                                     const struct record_charter *next, struct view note,
                                     bool ret_of_next[RECORD_MEMBERS_MAX],
                                     bool ret_of_previous[RECORD_MEMBERS_MAX],
                                     struct error *err)
{
	bool is_signed[RECORD_MEMBERS_MAX], is_missing[RECORD_MEMBERS_MAX] = {false};
	struct tlog_note parsed;

	TRY(check_succession(previous, next, err));
	TRY(record_charter_signed_by(next, note, is_signed, err));
	TRY(tlog_note_parse(note, &parsed, err));
	for (size_t i = 0; i < previous->member_count; i++) {
		const struct record_card *card = &previous->members[i];
		struct tlog_vkey vkey;
		bool has_signed = false;

		if (record_charter_member(next, card->name.text) != SIZE_MAX)
			continue;
		TRY(leaver_verify(card, &parsed, &has_signed, &vkey, err));
		is_missing[i] = !has_signed;
	}
	for (size_t i = 0; i < RECORD_MEMBERS_MAX; i++)
		ret_of_next[i] = i < next->member_count && !is_signed[i];
	memcpy(ret_of_previous, is_missing, sizeof is_missing);
	return STATUS_OK;
}

struct missing {
	const struct record_name *left;
	size_t left_count, count;
	struct record_name first;
};

static void missing_add(struct missing *missing, const struct record_charter *charter,
                        const bool is_missing[RECORD_MEMBERS_MAX])
{
	for (size_t i = 0; i < charter->member_count; i++) {
		const struct record_name *name = &charter->members[i].name;

		if (!is_missing[i] ||
		    has_left(missing->left, missing->left_count, name->text))
			continue;
		if (missing->count == 0)
			missing->first = *name;
		missing->count++;
	}
}

enum status record_amendment_check(const struct record_charter *previous,
                                   const struct record_charter *next, struct view note,
                                   const struct record_name *left, size_t left_count,
                                   size_t *ret_missing, struct record_name *ret_first,
                                   struct error *err)
{
	struct missing missing = {.left = left, .left_count = left_count};
	bool of_next[RECORD_MEMBERS_MAX], of_previous[RECORD_MEMBERS_MAX];

	TRY(record_amendment_missing(previous, next, note, of_next, of_previous, err));
	missing_add(&missing, next, of_next);
	missing_add(&missing, previous, of_previous);
	*ret_missing = missing.count;
	*ret_first = missing.first;
	return STATUS_OK;
}

/* Appends the leaver's line of this note, if it has one. */
static enum status leaver_carry(const struct record_card *card, struct view note,
                                struct buf *out, bool *ret_is_signed, struct error *err)
{
	struct tlog_note parsed;
	struct tlog_note_line line;
	struct tlog_vkey vkey;

	TRY(tlog_note_parse(note, &parsed, err));
	TRY(leaver_verify(card, &parsed, ret_is_signed, &vkey, err));
	if (!*ret_is_signed)
		return STATUS_OK;
	TRY(tlog_note_find(&parsed, &vkey, &line, err));
	tlog_note_append_line(out, &vkey, view_of(line.signature, line.signature_len));
	return STATUS_OK;
}

enum status record_amendment_merge(const struct record_charter *previous,
                                   const struct record_charter *next, struct view note_a,
                                   struct view note_b, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf merged = BUF_INIT(RECORD_NOTE_MAX);
	enum status status = record_charter_merge(next, note_a, note_b, &merged, err);
	size_t signed_count = status == STATUS_OK;

	/* UNTRUSTED: perhaps only leavers have signed, or a line does not verify; both
	 * come out below, as the lines are looked at again. */
	if (status == STATUS_UNTRUSTED) {
		bool is_signed[RECORD_MEMBERS_MAX];

		TRY(record_charter_signed_by(next, note_a, is_signed, err));
		TRY(record_charter_signed_by(next, note_b, is_signed, err));
		buf_append_view(&merged, buf_view(&next->text));
		buf_append_byte(&merged, '\n');
	} else {
		TRY(status);
	}
	for (size_t i = 0; i < previous->member_count; i++) {
		const struct record_card *card = &previous->members[i];
		bool is_signed = false;

		if (record_charter_member(next, card->name.text) != SIZE_MAX)
			continue;
		TRY(leaver_carry(card, note_a, &merged, &is_signed, err));
		if (!is_signed)
			TRY(leaver_carry(card, note_b, &merged, &is_signed, err));
		signed_count += is_signed;
	}
	if (signed_count == 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "no member has signed either note");
	TRY(buf_check(&merged, "the charter", err));
	buf_append_view(out, buf_view(&merged));
	return buf_check(out, "the charter", err);
}

bool record_charter_chain_next(struct view *rest, struct view *ret_note)
{
	static const char dash[] = "\xe2\x80\x94 "; /* how a signature line begins */
	struct view behind = *rest, line;
	size_t signature_count = 0;

	if (!view_take_line(&behind, &line) ||
	    !view_equal_string(line, RECORD_TYPE_CHARTER) ||
	    !view_take_line(&behind, &line) || !view_take_line(&behind, &line) ||
	    line.len != 0)
		return false;
	while (view_has_prefix(behind, view_of_string(dash)) &&
	       view_take_line(&behind, &line))
		signature_count++;
	if (signature_count == 0)
		return false;
	*ret_note = view_of(rest->data, rest->len - behind.len);
	*rest = behind;
	return true;
}
