/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cosignatures in the record: receipts by members, which start clocks and show when an
 * answer was given, and checkpoints that the charter's witnesses signed. Nothing counts
 * but what verifies over a root that the log really has. Signatures that could change
 * nothing are not verified.
 */
#include "record/duties_parts.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/array.h"
#include "tlog/cosignature.h"

enum {
	CHECKPOINT_TEXT_MAX = RECORD_ORIGIN_MAX + 128,
	LINE_MAX = 8192,
	NOTE_MAX = 8192,
};
static const int64_t time_max_s = INT64_C(253402300799); /* the end of 9999 */

/* What a `receipt` entry says. */
struct receipt {
	uint32_t desk, from; /* whose log, who cosigned */
	uint64_t index, of;  /* of the `receipt` entry, of the message */
	int64_t sent_s;
	struct tlog_checkpoint checkpoint;
	uint64_t size; /* of it, as ids are counted */
};

/* Where the nth log of a desk begins, as ids are counted. */
static bool find_offset(const struct record_duties *duties, const char *desk,
                        uint32_t generation, uint64_t *ret_offset)
{
	*ret_offset = 0;
	if (generation == 1)
		return true;
	return duties->facts.offset_of != NULL &&
	       duties->facts.offset_of(duties->facts.self, desk, generation, ret_offset);
}

/* The size of the tree as ids are counted; false when it is not a checkpoint of this
 * desk's log in this channel, or reaches beyond the end of a log that has a successor. */
static bool checkpoint_size(const struct record_duties *duties,
                            const struct tlog_checkpoint *checkpoint,
                            const struct duties_desk *desk, uint64_t *ret_size)
{
	struct record_origin origin;
	uint64_t offset, end;

	if (record_origin_decode(view_of_string(checkpoint->origin), &origin, NULL) !=
	        STATUS_OK ||
	    strcmp(origin.desk.text, desk->name.text) != 0 ||
	    !hash_equal(&origin.channel.hash, &duties->facts.channel.hash) ||
	    !find_offset(duties, desk->name.text, origin.generation, &offset) ||
	    checkpoint->size == 0 || checkpoint->size > (uint64_t)INT64_MAX - offset)
		return false;
	*ret_size = offset + checkpoint->size;
	return !find_offset(duties, desk->name.text, origin.generation + 1, &end) ||
	       *ret_size <= end;
}

/* Is the checkpoint, of no more than was given, one of the log's history? */
static enum status compare_root(struct record_duties *duties, uint32_t desk,
                                uint64_t size, const struct hash *root, bool *ret_same,
                                struct error *err)
{
	struct hash own;

	TRY(duties->facts.root_at(duties->facts.self, duties->desks[desk]->log, size,
	                          &own, err));
	*ret_same = hash_equal(&own, root);
	return STATUS_OK;
}

/* The time that a cosignature line states; 0 when it states none that can be. */
static int64_t stated_time_s(const struct tlog_note_line *line)
{
	uint64_t time_s = 0;

	if (line->signature_len <= 8)
		return 0;
	for (size_t i = 0; i < 8; i++)
		time_s = time_s << 8 | line->signature[i];
	return time_s > (uint64_t)time_max_s ? 0 : (int64_t)time_s;
}

/* ---- receipts by members */

static size_t cosigner_place(const struct duties_desk *desk, uint32_t number)
{
	size_t low = 0, high = desk->cosigner_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (desk->cosigners[middle].desk < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum status cosigner_find(struct duties_desk *desk, uint32_t number,
                                 struct duties_cosigner **ret_cosigner, struct error *err)
{
	size_t low = cosigner_place(desk, number);

	if (low == desk->cosigner_count || desk->cosigners[low].desk != number) {
		TRY(record_array_reserve(&desk->cosigners, &desk->cosigner_cap,
		                         desk->cosigner_count + 1,
		                         sizeof *desk->cosigners, err));
		memmove(desk->cosigners + low + 1, desk->cosigners + low,
		        (desk->cosigner_count - low) * sizeof *desk->cosigners);
		desk->cosigners[low] = (struct duties_cosigner){.desk = number};
		desk->cosigner_count++;
	}
	*ret_cosigner = &desk->cosigners[low];
	return STATUS_OK;
}

int64_t duties_given_s(const struct duties_desk *desk, uint64_t index, uint32_t to)
{
	int64_t witnessed_s = record_duty_times_of(&desk->witnessed, index), by_s = 0;

	size_t place = cosigner_place(desk, to);

	if (place < desk->cosigner_count && desk->cosigners[place].desk == to)
		by_s = record_duty_times_of(&desk->cosigners[place].times, index);
	if (by_s == 0 || (witnessed_s != 0 && witnessed_s < by_s))
		return witnessed_s;
	return by_s;
}

/* The place of the first reply at or behind the index. */
static size_t reply_place(const struct duties_desk *desk, uint64_t index)
{
	size_t low = 0, high = desk->reply_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (desk->replies[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void refresh_replies(struct record_duties *duties, uint32_t number, uint64_t from,
                            uint64_t size, uint32_t creditor)
{
	const struct duties_desk *desk = duties->desks[number];

	for (size_t i = reply_place(desk, from);
	     i < desk->reply_count && desk->replies[i].index < size; i++)
		duties_refresh_reply(duties, number, i, creditor);
}

static bool lacks_clock(const struct record_duties *duties, const struct receipt *receipt)
{
	const struct duties_desk *desk = duties->desks[receipt->desk];
	uint32_t number = duties_question_find(duties, desk, receipt->of);
	const struct duties_question *question;

	if (number == DUTIES_NONE)
		return false;
	question = &duties->questions[number];
	for (uint32_t i = 0; i < question->row_count; i++) {
		const struct duties_row *row = &duties->rows[question->first_row + i];

		if (row->debtor == receipt->from &&
		    (!row->has_receipt || receipt->index < row->receipt))
			return true;
	}
	return false;
}

/* The signature is good and the root is the log's. */
static enum status receipt_counts(struct record_duties *duties,
                                  const struct receipt *receipt,
                                  struct duties_cosigner *cosigner, int64_t time_s,
                                  struct error *err)
{
	uint64_t size = receipt->size, from;
	uint32_t question =
	    duties_question_find(duties, duties->desks[receipt->desk], receipt->of);

	if (record_duty_times_matter(&cosigner->times, size, time_s)) {
		TRY(record_duty_times_add(&cosigner->times, size, time_s, &from, err));
		refresh_replies(duties, receipt->desk, from, size, receipt->from);
	}
	if (question == DUTIES_NONE)
		return STATUS_OK;
	return duties_start_clock(duties, question, receipt->from, receipt->index, time_s,
	                          receipt->sent_s, err);
}

/* Verifies the line under any mirror key of the desk: NOT_FOUND when it is of none. */
static enum status verify_line(const struct duties_desk *from,
                               const struct tlog_checkpoint *checkpoint, struct view line)
{
	CLEANUP_BUF struct buf text = BUF_INIT(CHECKPOINT_TEXT_MAX);
	uint64_t time_s;

	tlog_checkpoint_append(&text, checkpoint);
	if (buf_check(&text, "a checkpoint", NULL) != STATUS_OK)
		return STATUS_MALFORMED;
	for (size_t i = 0; i < from->mirror_key_count; i++) {
		struct tlog_vkey key;
		enum status status = record_vkey(from->name.text, "mirror",
		                                 &from->mirror_keys[i], &key, NULL);

		if (status == STATUS_OK)
			status = tlog_cosignature_verify_line(buf_view(&text), line, &key,
			                                      &time_s, NULL);
		if (status != STATUS_NOT_FOUND)
			return status;
	}
	return STATUS_NOT_FOUND;
}

static enum status defer(struct record_duties *duties, const struct receipt *receipt,
                         struct view line, struct error *err)
{
	struct duties_deferred *deferred;

	TRY(record_array_reserve(&duties->deferred, &duties->deferred_cap,
	                         duties->deferred_count + 1, sizeof *duties->deferred,
	                         err));
	deferred = &duties->deferred[duties->deferred_count];
	*deferred = (struct duties_deferred){
	    .desk = receipt->desk,
	    .from = receipt->from,
	    .index = receipt->index,
	    .of = receipt->of,
	    .sent_s = receipt->sent_s,
	    .checkpoint = receipt->checkpoint,
	    .size = receipt->size,
	    .line = BUF_INIT(line.len),
	};
	buf_append_view(&deferred->line, line);
	duties->deferred_count++;
	return buf_check(&deferred->line, "a receipt", err);
}

static enum status receipt_verify(struct record_duties *duties,
                                  const struct receipt *receipt, struct view line,
                                  bool *ret_unknown_key, struct error *err)
{
	struct duties_cosigner *cosigner;
	struct hash line_hash = sha256(line);
	struct tlog_note_line parsed;
	bool is_same;
	int64_t time_s;
	enum status status;

	*ret_unknown_key = false;
	if (tlog_note_line_parse(line, &parsed, NULL) != STATUS_OK ||
	    (time_s = stated_time_s(&parsed)) == 0)
		return STATUS_OK;
	TRY(cosigner_find(duties->desks[receipt->desk], receipt->from, &cosigner, err));
	if (!lacks_clock(duties, receipt) &&
	    !record_duty_times_matter(&cosigner->times, receipt->size, time_s))
		return STATUS_OK;
	if (cosigner->last_size == receipt->size &&
	    hash_equal(&cosigner->last_root, &receipt->checkpoint.root) &&
	    hash_equal(&cosigner->last_line, &line_hash))
		return receipt_counts(duties, receipt, cosigner, time_s, err);
	TRY(compare_root(duties, receipt->desk, receipt->size, &receipt->checkpoint.root,
	                 &is_same, err));
	if (!is_same)
		return STATUS_OK;
	status = verify_line(duties->desks[receipt->from], &receipt->checkpoint, line);
	*ret_unknown_key = status == STATUS_NOT_FOUND;
	if (status != STATUS_OK)
		return STATUS_OK;
	cosigner->last_size = receipt->size;
	cosigner->last_root = receipt->checkpoint.root;
	cosigner->last_line = line_hash;
	return receipt_counts(duties, receipt, cosigner, time_s, err);
}

/* The text of a checkpoint that stands with or without signature lines. */
static struct view checkpoint_text(struct view note)
{
	size_t blank = view_find(note, view_of_string("\n\n"));

	return blank == SIZE_MAX ? note : view_of(note.data, blank + 1);
}

static const struct json_token *member(const struct record_duties *duties,
                                       const char *name)
{
	return json_member(&duties->doc, json_root(&duties->doc), name);
}

/* False: it says nothing that could count. */
static bool receipt_read(struct record_duties *duties, const struct duties_entry *entry,
                         struct receipt *ret_receipt, struct buf *line)
{
	const struct duties_desk *desk = duties->desks[entry->desk];
	CLEANUP_BUF struct buf note = BUF_INIT(NOTE_MAX);
	char of_text[RECORD_MESSAGE_ID_MAX + 1], from[RECORD_NAME_MAX + 1];
	struct record_message_id of;
	struct receipt receipt = {.desk = entry->desk,
	                          .index = entry->index,
	                          .sent_s = entry->envelope->sent_s};

	if (!duties_body_is_right(duties, entry) ||
	    !json_string_copy(&duties->doc, member(duties, "of"), of_text,
	                      sizeof of_text) ||
	    !json_string_copy(&duties->doc, member(duties, "from"), from, sizeof from) ||
	    record_message_id_decode(view_of_string(of_text), &of, NULL) != STATUS_OK)
		return false;
	receipt.of = of.index;
	receipt.from = duties_member(duties, entry->charter, from);
	json_string_append(&duties->doc, member(duties, "checkpoint"), &note);
	json_string_append(&duties->doc, member(duties, "line"), line);
	if (buf_check(&note, "a receipt", NULL) != STATUS_OK ||
	    buf_check(line, "a receipt", NULL) != STATUS_OK ||
	    tlog_checkpoint_decode(checkpoint_text(buf_view(&note)), &receipt.checkpoint,
	                           NULL) != STATUS_OK ||
	    !checkpoint_size(duties, &receipt.checkpoint, desk, &receipt.size))
		return false;
	*ret_receipt = receipt;
	/* a tree that holds this entry can't be named in it */
	return strcmp(of.desk.text, desk->name.text) == 0 &&
	       receipt.from != DUTIES_NONE && receipt.from != entry->desk &&
	       of.index < receipt.size && receipt.size <= entry->index;
}

enum status duties_take_receipt(struct record_duties *duties,
                                const struct duties_entry *entry, struct error *err)
{
	CLEANUP_BUF struct buf line = BUF_INIT(LINE_MAX);
	struct receipt receipt;
	bool is_unknown_key;

	if (!receipt_read(duties, entry, &receipt, &line))
		return STATUS_OK;
	TRY(receipt_verify(duties, &receipt, buf_view(&line), &is_unknown_key, err));
	return is_unknown_key ? defer(duties, &receipt, buf_view(&line), err) : STATUS_OK;
}

enum status duties_settle_deferred(struct record_duties *duties, uint32_t from,
                                   struct error *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < duties->deferred_count; i++) {
		struct duties_deferred *deferred = &duties->deferred[i];
		struct receipt receipt = {.desk = deferred->desk,
		                          .from = deferred->from,
		                          .index = deferred->index,
		                          .of = deferred->of,
		                          .sent_s = deferred->sent_s,
		                          .checkpoint = deferred->checkpoint,
		                          .size = deferred->size};
		bool is_unknown_key = true;

		if (deferred->from == from)
			TRY(receipt_verify(duties, &receipt, buf_view(&deferred->line),
			                   &is_unknown_key, err));
		if (is_unknown_key)
			duties->deferred[kept++] = *deferred;
		else
			buf_release(&deferred->line);
	}
	duties->deferred_count = kept;
	return STATUS_OK;
}

/* ---- witnesses */

/* The earliest time at which the witnesses with a time make the quorum; 0: never. */
static int64_t quorum_s(const struct tlog_policy *policy, const int64_t *times_s)
{
	bool is_there[TLOG_POLICY_ITEMS_MAX];
	int64_t best_s = 0;

	for (size_t i = 0; i < policy->item_count; i++) {
		int64_t time_s = times_s[i];

		if (time_s == 0 || (best_s != 0 && time_s >= best_s))
			continue;
		for (size_t j = 0; j < policy->item_count; j++)
			is_there[j] = times_s[j] != 0 && times_s[j] <= time_s;
		if (tlog_policy_is_satisfied(policy, is_there))
			best_s = time_s;
	}
	return best_s;
}

/* The times that lines state (is_verified false) or that verify. */
static int64_t note_quorum_s(const struct tlog_policy *policy,
                             const struct tlog_note *note, bool is_verified)
{
	int64_t times_s[TLOG_POLICY_ITEMS_MAX] = {0};

	for (size_t i = 0; i < policy->item_count; i++) {
		const struct tlog_vkey *key = &policy->items[i].key;
		struct tlog_note_line line;
		uint64_t time_s;

		if (policy->items[i].is_group ||
		    tlog_note_find(note, key, &line, NULL) != STATUS_OK)
			continue;
		if (is_verified &&
		    tlog_cosignature_verify(note, key, &time_s, NULL) != STATUS_OK)
			continue;
		times_s[i] = stated_time_s(&line);
	}
	return quorum_s(policy, times_s);
}

static enum status witnessed_add(struct record_duties *duties, uint32_t number,
                                 uint64_t size, int64_t time_s, struct error *err)
{
	struct duties_desk *desk = duties->desks[number];
	uint64_t from;

	if (!record_duty_times_matter(&desk->witnessed, size, time_s))
		return STATUS_OK;
	TRY(record_duty_times_add(&desk->witnessed, size, time_s, &from, err));
	for (size_t i = duties_question_place(duties, desk, from);
	     i < desk->question_count &&
	     duties->questions[desk->questions[i]].index < size;
	     i++)
		duties_refresh_question(duties, desk->questions[i]);
	for (size_t i = desk->recorded_count;
	     i > 0 && desk->recorded[i - 1].index >= from; i--)
		duties_refresh(duties, desk->recorded[i - 1].row);
	refresh_replies(duties, number, from, size, DUTIES_NONE);
	return STATUS_OK;
}

static enum status claim_keep(struct duties_desk *desk, const struct duties_claim *claim,
                              struct error *err)
{
	size_t place = 0;

	for (size_t i = 0; i < desk->claim_count; i++) {
		struct duties_claim *other = &desk->claims[i];

		if (other->size == claim->size &&
		    hash_equal(&other->root, &claim->root)) {
			if (claim->time_s < other->time_s)
				other->time_s = claim->time_s;
			return STATUS_OK;
		}
		place += other->size > claim->size;
	}
	TRY(record_array_reserve(&desk->claims, &desk->claim_cap, desk->claim_count + 1,
	                         sizeof *desk->claims, err));
	memmove(desk->claims + place + 1, desk->claims + place,
	        (desk->claim_count - place) * sizeof *desk->claims);
	desk->claims[place] = *claim;
	desk->claim_count++;
	return STATUS_OK;
}

static enum status claim_settle(struct record_duties *duties, uint32_t number,
                                const struct duties_claim *claim, struct error *err)
{
	bool is_same;

	TRY(compare_root(duties, number, claim->size, &claim->root, &is_same, err));
	return is_same ? witnessed_add(duties, number, claim->size, claim->time_s, err)
	               : STATUS_OK;
}

enum status duties_settle_claims(struct record_duties *duties, uint32_t number,
                                 struct error *err)
{
	struct duties_desk *desk = duties->desks[number];

	while (desk->claim_count > 0 &&
	       desk->claims[desk->claim_count - 1].size <= desk->given) {
		struct duties_claim claim = desk->claims[--desk->claim_count];

		TRY(claim_settle(duties, number, &claim, err));
	}
	return STATUS_OK;
}

static enum status take_witness_note(struct record_duties *duties,
                                     const struct duties_entry *entry, struct view text,
                                     struct error *err)
{
	const struct tlog_policy *policy = entry->charter->charter->witness_policy;
	struct tlog_note note;
	struct tlog_checkpoint checkpoint;
	struct record_origin origin;
	struct duties_claim claim;
	struct duties_desk *desk;
	uint32_t number;

	if (tlog_note_parse(text, &note, NULL) != STATUS_OK ||
	    tlog_checkpoint_decode(note.text, &checkpoint, NULL) != STATUS_OK ||
	    record_origin_decode(view_of_string(checkpoint.origin), &origin, NULL) !=
	        STATUS_OK)
		return STATUS_OK;
	number = duties_member(duties, entry->charter, origin.desk.text);
	if (number == DUTIES_NONE)
		return STATUS_OK;
	desk = duties->desks[number];
	claim = (struct duties_claim){.root = checkpoint.root,
	                              .time_s = note_quorum_s(policy, &note, false)};
	if (!checkpoint_size(duties, &checkpoint, desk, &claim.size))
		return STATUS_OK;
	if (claim.time_s == 0 ||
	    !record_duty_times_matter(&desk->witnessed, claim.size, claim.time_s))
		return STATUS_OK;
	claim.time_s = note_quorum_s(policy, &note, true);
	if (claim.time_s == 0)
		return STATUS_OK;
	if (desk->log == DUTIES_NONE || claim.size > desk->given)
		return claim_keep(desk, &claim, err);
	return claim_settle(duties, number, &claim, err);
}

enum status duties_take_check(struct record_duties *duties,
                              const struct duties_entry *entry, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(NOTE_MAX);
	const struct json_token *list;

	if (entry->charter->charter->witness_policy == NULL || entry->body.len == 0 ||
	    !duties_body_is_right(duties, entry))
		return STATUS_OK;
	list = member(duties, "witness");
	if (list == NULL)
		return STATUS_OK;
	for (const struct json_token *text = json_first(&duties->doc, list); text != NULL;
	     text = json_next(&duties->doc, list, text)) {
		buf_clear(&note);
		json_string_append(&duties->doc, text, &note);
		if (buf_check(&note, "a checkpoint", NULL) == STATUS_OK)
			TRY(take_witness_note(duties, entry, buf_view(&note), err));
	}
	return STATUS_OK;
}
