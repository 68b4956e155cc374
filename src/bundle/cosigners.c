/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts as they stand on a checkpoint. The quorum of a policy asks for all of those
 * that are there: a line that is taken away later makes the checkpoint fail.
 */
#include "bundle/cosigners.h"

#include <stdio.h>
#include <stdlib.h>

#include "record/root_note.h"
#include "tlog/cosignature.h"
#include "tlog/policy.h"

static enum status mirror_vkey(const struct record_card *card, struct tlog_vkey *ret_key,
                               struct error *err)
{
	return record_vkey(card->name.text, "mirror", &card->keys[RECORD_ROLE_MIRROR],
	                   ret_key, err);
}

static int compare_places(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Looks up each line among the witnesses, who may be thousands. */
static size_t find_places(const struct bundle_channel *channel,
                          const struct tlog_note *note,
                          size_t ret_places[TLOG_NOTE_LINES_MAX])
{
	struct view rest = note->lines;
	struct tlog_note_line line;
	size_t count = 0, kept = 0;

	while (tlog_note_next(&rest, &line)) {
		size_t place = bundle_channel_witness(channel, line.name, line.id);

		if (place != SIZE_MAX)
			ret_places[count++] = place;
	}
	qsort(ret_places, count, sizeof *ret_places, compare_places);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || ret_places[kept - 1] != ret_places[i])
			ret_places[kept++] = ret_places[i];
	return kept;
}

static enum status find_witnesses(const struct bundle_channel *channel,
                                  const struct tlog_note *note,
                                  struct bundle_cosigners *found, struct error *err)
{
	size_t places[TLOG_NOTE_LINES_MAX], count = find_places(channel, note, places);

	for (size_t i = 0; i < count; i++) {
		const struct tlog_vkey *key = channel->witnesses[places[i]];
		uint64_t time_s = 0;

		if (key->type != TLOG_KEY_ED25519_COSIGNATURE)
			continue;
		TRY(tlog_cosignature_verify(note, key, &time_s, err));
		found->witnesses[found->witness_count++] = (struct bundle_witness){
		    .key = key, .number = (unsigned)places[i] + 1, .time_s = time_s};
	}
	return STATUS_OK;
}

static bool has_id(const uint32_t *ids, size_t count, uint32_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* NOT_FOUND: there is no line of this member. */
static enum status find_member(const struct bundle_member *member,
                               const struct tlog_note *note,
                               struct bundle_cosigners *found, struct error *err)
{
	char name[TLOG_NAME_MAX + 1];
	uint32_t ids[TLOG_NOTE_LINES_MAX];
	enum status status = STATUS_NOT_FOUND;
	struct tlog_vkey key;
	uint64_t time_s = 0;

	(void)snprintf(name, sizeof name, "%s/mirror", member->name.text);
	size_t id_count = tlog_note_ids(note, name, ids);
	for (size_t i = 0; i < member->signer_count && status == STATUS_NOT_FOUND; i++) {
		if (!has_id(ids, id_count, member->mirror_ids[i]))
			continue;
		TRY(mirror_vkey(member->signers[i], &key, err));
		status = tlog_cosignature_verify(note, &key, &time_s, err);
		if (status != STATUS_OK)
			continue;
		found->cards[found->count] = member->signers[i];
		found->times_s[found->count++] = time_s;
	}
	return status;
}

enum status bundle_cosigners_find(const struct bundle_channel *channel,
                                  const struct bundle_member *author,
                                  struct view checkpoint,
                                  struct bundle_cosigners *ret_found, struct error *err)
{
	struct tlog_note note;

	ret_found->count = ret_found->witness_count = 0;
	TRY(tlog_note_parse(checkpoint, &note, err));
	for (size_t i = 0; i < channel->member_count; i++) {
		enum status status = STATUS_NOT_FOUND;

		if (&channel->members[i] != author)
			status = find_member(&channel->members[i], &note, ret_found, err);
		if (status != STATUS_NOT_FOUND)
			TRY(status);
	}
	return find_witnesses(channel, &note, ret_found, err);
}

static void append_groups(const struct bundle_cosigners *cosigners, struct buf *out)
{
	bool has_receipts = cosigners->count > 0;
	bool has_witnesses = cosigners->witness_count > 0;

	if (has_receipts) {
		buf_append_string(out, "group receipts all");
		for (size_t i = 0; i < cosigners->count; i++)
			buf_printf(out, " %s/mirror", cosigners->cards[i]->name.text);
		buf_append_byte(out, '\n');
	}
	if (has_witnesses) {
		buf_append_string(out, "group witnesses all");
		for (size_t i = 0; i < cosigners->witness_count; i++)
			buf_printf(out, " w%u", cosigners->witnesses[i].number);
		buf_append_byte(out, '\n');
	}
	if (has_receipts && has_witnesses)
		buf_append_string(out, "group lines all receipts witnesses\n");
	buf_printf(out, "quorum %s\n",
	           has_receipts && has_witnesses ? "lines"
	           : has_receipts                ? "receipts"
	           : has_witnesses               ? "witnesses"
	                                         : "none");
}

enum status bundle_policy_append(const char *origin, const struct record_card *author,
                                 const struct bundle_cosigners *cosigners,
                                 struct buf *out, struct error *err)
{
	struct tlog_vkey key;

	TRY(record_log_vkey(origin, &author->keys[RECORD_ROLE_LOG], &key, err));
	buf_append_string(out, "log ");
	tlog_vkey_append(out, &key);
	buf_append_byte(out, '\n');
	for (size_t i = 0; i < cosigners->count; i++) {
		TRY(mirror_vkey(cosigners->cards[i], &key, err));
		buf_printf(out, "witness %s ", key.name);
		tlog_vkey_append(out, &key);
		buf_append_byte(out, '\n');
	}
	for (size_t i = 0; i < cosigners->witness_count; i++) {
		buf_printf(out, "witness w%u ", cosigners->witnesses[i].number);
		tlog_vkey_append(out, cosigners->witnesses[i].key);
		buf_append_byte(out, '\n');
	}
	append_groups(cosigners, out);
	return buf_check(out, "the policy", err);
}
