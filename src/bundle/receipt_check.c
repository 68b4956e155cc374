/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt, taken apart first, then held against the cards of the two desks it names.
 * That a card is missing is not the receipt's fault, so it is told apart from a no.
 */
#include "bundle/receipt_check.h"

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/time_text.h"
#include "record/root_note.h"
#include "tlog/cosignature.h"
#include "tlog/proof_file.h"

struct receipt {
	struct tlog_proof_file file;
	struct tlog_note note;
	struct tlog_checkpoint checkpoint;
	struct record_origin origin;
	struct record_name holder;
	struct record_message_id id;
	struct buf extra; /* owned */
	struct view
	    entry; /* empty when the receipt does not carry it and none was given */

	const struct record_card *author_card, *holder_card;
	uint64_t time_s;
};

/* The line that is not the log's; it must be in the name of a desk's mirror key. */
static enum status read_holder(struct receipt *receipt, struct error *err)
{
	struct view lines = receipt->note.lines, text, mirror = view_of_string("/mirror");
	struct tlog_note_line line;

	if (receipt->note.line_count != 2)
		return error_set(err, STATUS_MALFORMED,
		                 "a receipt has two signatures, this one has %zu",
		                 receipt->note.line_count);
	while (view_take_line(&lines, &text)) {
		TRY(tlog_note_line_parse(text, &line, err));
		size_t at = view_find_last(line.name, mirror);

		if (at == SIZE_MAX || at + mirror.len != line.name.len)
			continue;
		return record_name_decode(view_of(line.name.data, at), &receipt->holder,
		                          err);
	}
	return error_set(err, STATUS_MALFORMED, "no member's receipt line is in it");
}

static enum status read_entry(struct receipt *receipt, struct view given,
                              struct error *err)
{
	receipt->entry = given;
	if (!receipt->file.has_extra)
		return STATUS_OK;
	receipt->extra = BUF_INIT(TLOG_ENTRY_MAX);
	TRY(base64_decode(receipt->file.extra_base64, &receipt->extra, err));
	TRY(buf_check(&receipt->extra, "the entry in the receipt", err));
	if (given.len > 0 && !view_equal(given, buf_view(&receipt->extra)))
		return error_set(err, STATUS_CONFLICT,
		                 "the receipt is about another entry than the one given");
	receipt->entry = buf_view(&receipt->extra);
	return STATUS_OK;
}

static enum status read_receipt(struct receipt *receipt, struct view bytes,
                                struct view entry, struct error *err)
{
	TRY(tlog_proof_file_parse(bytes, &receipt->file, err));
	TRY(tlog_note_parse(receipt->file.checkpoint, &receipt->note, err));
	TRY(tlog_checkpoint_decode(receipt->note.text, &receipt->checkpoint, err));
	TRY(record_origin_decode(view_of_string(receipt->checkpoint.origin),
	                         &receipt->origin, err));
	TRY(read_holder(receipt, err));
	if (strcmp(receipt->holder.text, receipt->origin.desk.text) == 0)
		return error_set(err, STATUS_MALFORMED,
		                 "it is a desk's receipt for its own log");
	if (receipt->file.index >= receipt->checkpoint.size)
		return error_set(err, STATUS_MALFORMED,
		                 "the checkpoint does not reach to the message");
	receipt->id.desk = receipt->origin.desk;
	receipt->id.index = receipt->file.index;
	return read_entry(receipt, entry, err);
}

static enum status find_card(const char *desk, const struct bundle_trust *trust,
                             const struct bundle_trust *found,
                             const struct record_card **ret_card, struct error *err)
{
	const struct record_card *card = bundle_trust_find(trust, desk);

	if (card == NULL)
		card = bundle_trust_find(found, desk);
	if (card == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		                 "there is no card of %s to check it with; give one with "
		                 "--trust",
		                 desk);
	*ret_card = card;
	return STATUS_OK;
}

static enum status verify_receipt(struct receipt *receipt, struct error *err)
{
	struct tlog_vkey log_key, mirror_key;
	struct tlog_checkpoint checkpoint;

	TRY(record_log_vkey(receipt->checkpoint.origin,
	                    &receipt->author_card->keys[RECORD_ROLE_LOG], &log_key, err));
	TRY(tlog_checkpoint_open(receipt->file.checkpoint, &log_key, &checkpoint, err));
	TRY(record_vkey(receipt->holder.text, "mirror",
	                &receipt->holder_card->keys[RECORD_ROLE_MIRROR], &mirror_key,
	                err));
	TRY(tlog_cosignature_verify(&receipt->note, &mirror_key, &receipt->time_s, err));
	if (receipt->entry.len == 0)
		return STATUS_OK;
	struct hash leaf = tlog_leaf_hash(receipt->entry);
	return tlog_proof_verify_inclusion(&receipt->file.proof, receipt->file.index,
	                                   checkpoint.size, &leaf, &checkpoint.root, err);
}

static void say_receipt(const struct receipt *receipt, struct bundle_result *result)
{
	struct record_envelope envelope = {0};
	struct json_doc doc = {0};
	struct error why;
	char id[RECORD_MESSAGE_ID_MAX + 1];
	char held[TIME_TEXT_LEN + 1], sent[TIME_TEXT_LEN + 1];
	const char *holder = receipt->holder.text;

	record_message_id_encode(&receipt->id, id);
	time_text_encode((int64_t)receipt->time_s, held);
	if (receipt->entry.len == 0) {
		bundle_say(
		    result,
		    "%s held the first %llu entries of %s at %s; which of them the "
		    "receipt is about was not checked: give the entry with --entry",
		    holder, (unsigned long long)receipt->checkpoint.size,
		    receipt->origin.desk.text, held);
		return;
	}
	if (record_envelope_decode(receipt->entry, &doc, &envelope, &why) == STATUS_OK) {
		time_text_encode(envelope.sent_s, sent);
		bundle_say(result, "%s held message %s, sent %s, at %s: kind %s", holder,
		           id, sent, held, envelope.kind);
	} else {
		bundle_say(result, "%s held message %s at %s: malformed (%s)", holder, id,
		           held, why.text);
	}
	record_envelope_release(&envelope);
	json_release(&doc);
}

static enum status add_desks(const struct receipt *receipt,
                             const struct bundle_trust *trust,
                             struct bundle_result *result, struct error *err)
{
	TRY(bundle_result_add_desk(result, receipt->author_card, trust, err));
	return bundle_result_add_desk(result, receipt->holder_card, trust, err);
}

enum status bundle_check_receipt(struct view bytes, struct view entry,
                                 const struct bundle_trust *trust,
                                 const struct bundle_trust *found,
                                 struct bundle_result *ret_result, struct error *err)
{
	struct receipt receipt = {0};
	struct error why = {0};
	enum status missing = STATUS_OK;

	ret_result->kind = BUNDLE_RECEIPT;
	enum status status = read_receipt(&receipt, bytes, entry, &why);
	if (status == STATUS_OK)
		missing = find_card(receipt.origin.desk.text, trust, found,
		                    &receipt.author_card, err);
	if (status == STATUS_OK && missing == STATUS_OK)
		missing = find_card(receipt.holder.text, trust, found,
		                    &receipt.holder_card, err);
	if (status == STATUS_OK && missing == STATUS_OK)
		status = verify_receipt(&receipt, &why);
	if (status == STATUS_OK && missing == STATUS_OK)
		status = add_desks(&receipt, trust, ret_result, &why);
	if (status == STATUS_OK && missing == STATUS_OK)
		say_receipt(&receipt, ret_result);
	buf_release(&receipt.extra);
	if (missing != STATUS_OK)
		return missing;
	return bundle_result_close(ret_result, status, "", &why);
}
