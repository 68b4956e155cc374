/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the entries of a log say, each judged with its body at hand: what governs the next
 * one may stand there.
 */
#include "bundle/log_check.h"

#include <assert.h>

#include "base/cleanup.h"
#include "record/blob.h"
#include "record/key_change.h"
#include "tlog/bundle.h"

/* What the bodies file must hold for one entry. */
struct body_slot {
	bool is_named;    /* the envelope names a body */
	bool is_demanded; /* and is well-formed: it must be there */
	struct record_blob_ref ref;
	enum body_use { BODY_PLAIN, BODY_OPEN, BODY_AMENDS, BODY_CHANGES_KEYS } use;
};

/* The number in the id of an entry. */
static unsigned long long id_of(const struct log_check *lc, uint64_t index)
{
	return (unsigned long long)(lc->place->offset + index);
}

/* Envelopes */

/* The log of this desk that holds the last of so many entries: in a successor, sizes go
 * on where the log before it ended. */
static bool find_log(const struct bundle_manifest *manifest,
                     const struct record_seen *seen, uint32_t *ret_log,
                     uint64_t *ret_size)
{
	for (size_t i = 0; i < manifest->log_count; i++) {
		const struct bundle_manifest_log *log = &manifest->logs[i];

		if (strcmp(log->origin.desk.text, seen->desk.text) != 0 ||
		    seen->size <= log->offset || seen->size - log->offset > log->size)
			continue;
		*ret_log = (uint32_t)i;
		*ret_size = seen->size - log->offset;
		return true;
	}
	return false;
}

static enum status note_seen(struct log_check *lc, uint64_t index,
                             const struct record_seen *seen, struct error *err)
{
	struct bundle_check *check = lc->check;
	struct bundle_claim claim = {
	    .author = lc->log_index, .index = index, .root = seen->root};

	if (!find_log(&check->manifest, seen, &claim.about, &claim.size)) {
		check->result->open_reference_count++;
		return STATUS_OK;
	}
	enum status status = bundle_claims_add(&check->claims, &claim, err);
	if (status != STATUS_LIMIT)
		return status;
	TRY(bundle_check_claims(check, err));
	return bundle_claims_add(&check->claims, &claim, err);
}

static void note_malformed(struct log_check *lc, uint64_t index, const struct error *why)
{
	lc->check->result->malformed_count++;
	if (lc->malformed_count++ > 0)
		return;
	lc->malformed_first = index;
	lc->malformed_why = *why;
}

/* Reads the envelope. A malformed one is recorded and not judged further. */
static enum status judge_envelope(struct log_check *lc, uint64_t index, struct view entry,
                                  bool *ret_is_decoded, bool *ret_is_well_formed,
                                  struct error *err)
{
	struct bundle_check *check = lc->check;
	struct error why;
	enum status status =
	    record_envelope_decode(entry, &check->doc, &check->envelope, &why);

	*ret_is_decoded = status == STATUS_OK;
	if (status == STATUS_OK)
		status = bundle_log_judge(&check->channel, lc->place, &check->envelope,
		                          index, &why);
	*ret_is_well_formed = status == STATUS_OK;
	if (status == STATUS_NO_MEMORY || status == STATUS_BUG)
		return error_set(err, status, "%s", why.text);
	if (status != STATUS_OK)
		note_malformed(lc, index, &why);
	return STATUS_OK;
}

static void find_slot(const struct record_envelope *envelope, bool is_decoded,
                      bool is_well_formed, struct body_slot *ret_slot)
{
	*ret_slot = (struct body_slot){
	    .is_named = is_decoded && envelope->has_body,
	    .is_demanded = is_well_formed && envelope->has_body,
	    .ref = envelope->body,
	};
	if (!ret_slot->is_demanded)
		return;
	if (strcmp(envelope->kind, "open") == 0)
		ret_slot->use = BODY_OPEN;
	else if (strcmp(envelope->kind, "charter.amend") == 0)
		ret_slot->use = BODY_AMENDS;
	else if (strcmp(envelope->kind, "key.change") == 0)
		ret_slot->use = BODY_CHANGES_KEYS;
}

static enum status check_entry(struct log_check *lc, uint64_t index, struct view entry,
                               struct body_slot *ret_slot, struct error *err)
{
	const struct record_envelope *envelope = &lc->check->envelope;
	bool is_decoded = false, is_well_formed = false;

	TRY(judge_envelope(lc, index, entry, &is_decoded, &is_well_formed, err));
	if (index == 0 && !is_well_formed)
		return error_set(err, STATUS_MALFORMED,
		                 "the log does not begin with the entry that opens it");
	find_slot(envelope, is_decoded, is_well_formed, ret_slot);
	if (!is_well_formed)
		return STATUS_OK;
	lc->last_sent_s = envelope->sent_s;
	buf_append(&lc->attachments, envelope->attachments,
	           envelope->attachment_count * sizeof *envelope->attachments);
	for (size_t i = 0; i < envelope->seen_count; i++)
		TRY(note_seen(lc, index, &envelope->seen[i], err));
	return STATUS_OK;
}

/* Bodies */

static const struct json_token *read_member(struct bundle_check *check,
                                            struct view content, const char *name)
{
	if (json_scan(&check->doc, content, 1000, NULL) != STATUS_OK ||
	    json_root(&check->doc)->type != JSON_OBJECT)
		return NULL;
	const struct json_token *member =
	    json_member(&check->doc, json_root(&check->doc), name);
	return member != NULL && member->type == JSON_STRING ? member : NULL;
}

static bool names_hash(struct bundle_check *check, struct view content, const char *name,
                       const struct hash *hash)
{
	const struct json_token *named = read_member(check, content, name);
	char hex[HASH_HEX_LEN + 1];

	hash_hex(hash, hex);
	return named != NULL && json_string_is(&check->doc, named, hex);
}

/* The body of entry 0 names the charter that governs it, and in a successor the end of
 * the log before. Others are its author's doing and an alarm. */
static void check_opening(struct log_check *lc, struct view content)
{
	struct bundle_check *check = lc->check;
	const struct bundle_ending *before = lc->place->before;

	if (!names_hash(check, content, "charter",
	                &check->channel.charters[lc->place->charter].digest))
		bundle_say(check->result,
		           "ALARM: %s did not open its log under this charter",
		           lc->place->member->name.text);
	if (before != NULL && !names_hash(check, content, "log_end", &before->end.digest))
		bundle_say(check->result,
		           "ALARM: %s opened its log %s without naming the end of the "
		           "log before",
		           lc->place->member->name.text, lc->log->origin_text);
}

/* A card that the author's root did not sign changes nothing; who wrote so is told. */
static void check_key_change(struct log_check *lc, uint64_t index, struct view content)
{
	struct bundle_check *check = lc->check;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       card_note = BUF_INIT(RECORD_NOTE_MAX);
	const struct json_token *text = read_member(check, content, "note");
	struct record_card card, before = *lc->place->member->card;
	const char *desk = before.name.text;
	struct error why = {"it has no note"};
	enum status status = STATUS_MALFORMED;

	before.serial = 0; /* the newest one was taken already */
	if (text != NULL) {
		json_string_append(&check->doc, text, &note);
		status = record_key_change_open(buf_view(&note), &before, &card,
		                                &card_note, &why);
	}
	if (status == STATUS_OK)
		bundle_say(check->result, "%s changed its keys with %s#%llu (card %u)",
		           desk, desk, id_of(lc, index), (unsigned)card.serial);
	else
		bundle_say(check->result, "%s#%llu changes no keys: %s", desk,
		           id_of(lc, index), why.text);
}

static void take_amendment(struct log_check *lc, uint64_t index, struct view content)
{
	struct bundle_check *check = lc->check;
	const char *desk = lc->place->member->name.text;

	if (!bundle_log_amend(&check->channel, lc->place, content, &check->doc))
		bundle_say(check->result,
		           "ALARM: %s#%llu follows another amendment than the one that "
		           "all have signed",
		           desk, id_of(lc, index));
}

static void take_content(struct log_check *lc, uint64_t index, enum body_use use,
                         struct view content)
{
	switch (use) {
	case BODY_PLAIN:
		return;
	case BODY_OPEN:
		check_opening(lc, content);
		return;
	case BODY_AMENDS:
		take_amendment(lc, index, content);
		return;
	case BODY_CHANGES_KEYS:
		check_key_change(lc, index, content);
		return;
	}
}

static enum status check_body(struct log_check *lc, uint64_t index,
                              const struct body_slot *slot, struct error *err)
{
	struct bundle_check *check = lc->check;
	const char *desk = lc->place->member->name.text;
	struct view bytes;
	uint32_t len = 0;

	TRY(bundle_file_next(&check->file, 4, &bytes, err));
	struct reader reader = reader_of(bytes);
	bool was_read = reader_u32(&reader, &len);
	assert(was_read);
	if (len == 0 && !slot->is_demanded)
		return STATUS_OK;
	if (len == 0)
		return error_set(err, STATUS_NOT_FOUND, "the body of %s#%llu is missing",
		                 desk, id_of(lc, index));
	if (!slot->is_named || len > BUNDLE_BODY_LEN_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "it has a body for %s#%llu that the entry does not name",
		                 desk, id_of(lc, index));
	TRY(bundle_file_next(&check->file, len, &bytes, err));
	enum status status = record_blob_check(bytes, &slot->ref, err);
	if (status != STATUS_OK)
		return error_context(err, status, "body of %s#%llu", desk,
		                     id_of(lc, index));
	check->result->body_count++;
	if (slot->is_demanded)
		take_content(lc, index, slot->use, record_blob_content(bytes));
	return STATUS_OK;
}

/* One entry with its body. A withheld one says nothing and has none. */
static enum status check_one(struct log_check *lc, uint64_t index, struct view entry,
                             bool *ret_is_entry_bad, struct error *err)
{
	struct body_slot slot = {0};
	enum status status = STATUS_OK;

	if (index >= lc->place->base)
		status = check_entry(lc, index, entry, &slot, err);
	*ret_is_entry_bad = status != STATUS_OK;
	TRY(status);
	return check_body(lc, index, &slot, err);
}

/* From what was read ahead, or in pieces where it is large. */
static enum status begin_bodies(struct bundle_check *check, struct bundle_item *item,
                                struct error *err)
{
	if (!item->is_read)
		return bundle_file_begin(&check->file, check->folder, check->at.text,
		                         &item->listed, err);
	if (item->read_status != STATUS_OK)
		return error_set(err, item->read_status, "%s", item->read_error.text);
	bundle_file_begin_whole(&check->file, &item->content);
	return STATUS_OK;
}

enum status log_check_bodies(struct log_check *lc, const struct tlog_tile *bundle,
                             struct error *err)
{
	struct bundle_check *check = lc->check;
	struct bundle_path name = bundle_path_blobs(bundle);
	uint64_t first = bundle->index * TLOG_TILE_WIDTH;
	struct reader reader = reader_of(buf_view(&check->entries));
	struct bundle_item *item = NULL;
	enum status status = STATUS_OK;
	bool is_entry_bad = false;
	struct view entry;

	buf_clear(&lc->attachments);
	TRY(bundle_check_take(check, lc->folder, name.text, &item, err));
	TRY(begin_bodies(check, item, err));
	for (uint64_t i = first; status == STATUS_OK && tlog_bundle_next(&reader, &entry);
	     i++)
		status = check_one(lc, i, entry, &is_entry_bad, err);
	if (is_entry_bad) {
		name = bundle_path_tile(bundle);
		bundle_check_look(check, lc->folder, name.text);
		return status;
	}
	TRY(bundle_file_end(&check->file, status, err));
	check->result->byte_count += check->file.byte_count;
	return buf_check(&lc->attachments, "the attachments of a bundle", err);
}
