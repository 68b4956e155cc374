/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the entries of both logs say: receipts, witnesses' times, cancels, answers, what
 * each side had seen of the other. In doubt it speaks for the debtor: an entry that is
 * well-formed under any charter of the channel counts as its answer.
 */
#include "bundle/proof_silence_parts.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/amendment.h"
#include "record/object.h"

#define LLU(value) ((unsigned long long)(value))

static enum status add_time(struct record_duty_times *times, uint64_t size,
                            uint64_t time_s, struct error *err)
{
	uint64_t from;

	if (time_s == 0 || !record_duty_times_matter(times, size, (int64_t)time_s))
		return STATUS_OK;
	return record_duty_times_add(times, size, (int64_t)time_s, &from, err);
}

/* Is it well-formed under any charter of the channel? */
static bool is_well_formed(const struct judge *judge, const char *author, uint64_t index)
{
	const struct proof_channel *channel = &judge->silence->channel;

	for (size_t i = 0; i < channel->charter_count; i++)
		if (record_envelope_check(&judge->envelope, &channel->charters[i], author,
		                          index, NULL) == STATUS_OK)
			return true;
	return false;
}

static bool is_about(const struct judge *judge)
{
	const struct record_message_id *question = &judge->silence->question,
	                               *re = &judge->envelope.re;

	return judge->envelope.has_re && re->index == question->index &&
	       strcmp(re->desk.text, question->desk.text) == 0;
}

static bool is_kind(const struct judge *judge, const char *kind)
{
	return strcmp(judge->envelope.kind, kind) == 0;
}

/* The body, read and held against its kind: false when it breaks its form. */
static enum status read_body(struct judge *judge, struct proof_range *range,
                             uint64_t index, bool *ret_is_right, struct error *err)
{
	const struct record_kind *kind =
	    record_kind_find(view_of_string(judge->envelope.kind));
	struct view content;

	*ret_is_right = false;
	if (!judge->envelope.has_body)
		return STATUS_OK;
	TRY(proof_range_body(range, index, &content, err));
	enum status status = record_kind_check_body(kind, content, &judge->doc, NULL);
	if (status == STATUS_NO_MEMORY)
		return error_set(err, status, "not enough memory for a body");
	*ret_is_right = status == STATUS_OK;
	return STATUS_OK;
}

static const struct json_token *member(const struct judge *judge, const char *name)
{
	return json_member(&judge->doc, json_root(&judge->doc), name);
}

static bool member_is(const struct judge *judge, const char *name, const char *text)
{
	return json_string_is(&judge->doc, member(judge, name), text);
}

static enum status copy_member(const struct judge *judge, const char *name,
                               struct buf *out, struct error *err)
{
	json_string_append(&judge->doc, member(judge, name), out);
	return buf_check(out, name, err);
}

/* Countersignatures on record */

/* Checkpoint text in a receipt's body, with or without the log's own line. */
static struct view text_of_checkpoint(struct view checkpoint)
{
	size_t end = view_find(checkpoint, view_of_string("\n\n"));

	return end == SIZE_MAX ? checkpoint : view_of(checkpoint.data, end + 1);
}

/* A `receipt` entry of the range's own log: whose line it is, of which size and time.
 * *ret_size 0: it shows nothing here. */
static enum status read_receipt(struct judge *judge, const struct proof_range *range,
                                const char *from, uint64_t *ret_size,
                                uint64_t *ret_time_s, struct error *err)
{
	CLEANUP_BUF struct buf checkpoint = BUF_INIT(TLOG_NOTE_MAX),
	                       line = BUF_INIT(TLOG_NOTE_MAX);
	const struct proof_channel *channel = &judge->silence->channel;
	char origin[RECORD_ORIGIN_MAX + 1];
	struct tlog_checkpoint tree;

	*ret_size = 0;
	TRY(copy_member(judge, "checkpoint", &checkpoint, err));
	TRY(copy_member(judge, "line", &line, err));
	struct view text = text_of_checkpoint(buf_view(&checkpoint));
	proof_channel_origin(channel, range->desk.text, origin);
	if (tlog_checkpoint_decode(text, &tree, NULL) != STATUS_OK ||
	    strcmp(tree.origin, origin) != 0 ||
	    !proof_range_has_root(range, tree.size, &tree.root) ||
	    proof_mirror_verify(channel, from, text, buf_view(&line), ret_time_s, NULL) !=
	        STATUS_OK)
		return STATUS_OK;
	*ret_size = tree.size;
	return STATUS_OK;
}

/* The creditor's `receipt` entry for the question: the clock starts on the first one. */
static enum status take_asked_receipt(struct judge *judge, uint64_t index,
                                      struct error *err)
{
	struct silence *silence = judge->silence;
	char of[RECORD_MESSAGE_ID_MAX + 1];
	uint64_t size, time_s = 0;
	bool is_right;

	TRY(read_body(judge, &silence->asked, index, &is_right, err));
	record_message_id_encode(&silence->question, of);
	if (judge->verdict->receipt != SILENCE_NONE || !is_right ||
	    !member_is(judge, "of", of) ||
	    !member_is(judge, "from", silence->debtor.text))
		return STATUS_OK;
	TRY(read_receipt(judge, &silence->asked, silence->debtor.text, &size, &time_s,
	                 err));
	if (size <= silence->question.index || size > index)
		return STATUS_OK;
	judge->verdict->receipt = index;
	judge->verdict->held_s = (int64_t)time_s;
	judge->start.receipt_line_s = (int64_t)time_s;
	judge->start.receipt_sent_s = judge->envelope.sent_s;
	return STATUS_OK;
}

/* The debtor's `receipt` entries: by when the creditor held what. */
static enum status take_owed_receipt(struct judge *judge, uint64_t index,
                                     struct error *err)
{
	struct silence *silence = judge->silence;
	const char *creditor = silence->question.desk.text;
	uint64_t size, time_s = 0;
	bool is_right;

	TRY(read_body(judge, &silence->owed, index, &is_right, err));
	if (!is_right || !member_is(judge, "from", creditor))
		return STATUS_OK;
	TRY(read_receipt(judge, &silence->owed, creditor, &size, &time_s, err));
	if (size == 0 || size > index)
		return STATUS_OK;
	return add_time(&judge->owed_times, size, time_s, err);
}

static int64_t latest_witness_s(const struct proof_checkpoint *checkpoint)
{
	uint64_t latest = 0;

	for (size_t i = 0; i < TLOG_POLICY_ITEMS_MAX; i++)
		if (checkpoint->witness_s[i] > latest)
			latest = checkpoint->witness_s[i];
	return (int64_t)latest;
}

/* A note in a `check`, of either log. One that shows nothing is left alone: what a desk
 * writes there is its own affair. */
static enum status take_note(struct judge *judge, struct view note, struct noted *noted,
                             struct error *err)
{
	const struct silence *silence = judge->silence;
	CLEANUP_FREE struct proof_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
	struct record_duty_times *times = &judge->asked_times;
	const struct proof_range *range = &silence->asked;

	if (checkpoint == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory");
	if (proof_checkpoint_open(&silence->channel, silence->charter, range->desk.text,
	                          note, checkpoint, NULL) != STATUS_OK) {
		range = &silence->owed;
		times = &judge->owed_times;
		if (proof_checkpoint_open(&silence->channel, silence->charter,
		                          range->desk.text, note, checkpoint,
		                          NULL) != STATUS_OK)
			return STATUS_OK;
	}
	int64_t latest_s = latest_witness_s(checkpoint);
	if (latest_s > noted->witnessed_s)
		noted->witnessed_s = latest_s;
	if (!proof_range_has_root(range, checkpoint->tree.size, &checkpoint->tree.root))
		return STATUS_OK;
	return add_time(times, checkpoint->tree.size,
	                proof_quorum_s(silence->charter, checkpoint->witness_s, 0), err);
}

static enum status take_check(struct judge *judge, struct proof_range *range,
                              uint64_t index, struct noted *noted, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	const struct json_token *list;
	bool is_right;

	TRY(read_body(judge, range, index, &is_right, err));
	list = is_right ? member(judge, "witness") : NULL;
	if (list == NULL)
		return STATUS_OK;
	for (const struct json_token *item = json_first(&judge->doc, list); item != NULL;
	     item = json_next(&judge->doc, list, item)) {
		buf_clear(&note);
		json_string_append(&judge->doc, item, &note);
		TRY(buf_check(&note, "a checkpoint", err));
		TRY(take_note(judge, buf_view(&note), noted, err));
	}
	return STATUS_OK;
}

/* The creditor's log */

static bool is_automatic(const char *kind)
{
	const struct record_kind *known = record_kind_find(view_of_string(kind));

	return known != NULL && known->is_automatic;
}

/* An entry that a desk writes by itself meets only what such entries can meet. */
static bool is_owed(const struct record_duty *duty, const char *kind)
{
	bool is_named = false, are_all_automatic = true;

	for (size_t i = 0; i < duty->owe_count; i++) {
		is_named = is_named || strcmp(duty->owe[i], kind) == 0;
		are_all_automatic = are_all_automatic && is_automatic(duty->owe[i]);
	}
	return is_named && (!is_automatic(kind) || are_all_automatic);
}

static bool is_addressed(const struct judge *judge, const char *desk)
{
	for (size_t i = 0; i < judge->envelope.to_count; i++)
		if (strcmp(judge->envelope.to[i].text, desk) == 0)
			return true;
	return judge->envelope.to_count == 0;
}

static enum status take_question(struct judge *judge, struct error *err)
{
	const struct silence *silence = judge->silence;
	const char *debtor = silence->debtor.text,
	           *creditor = silence->question.desk.text;
	char id[RECORD_MESSAGE_ID_MAX + 1];

	record_message_id_encode(&silence->question, id);
	enum status status = record_envelope_check(
	    &judge->envelope, silence->charter, creditor, silence->question.index, err);
	if (status != STATUS_OK)
		return error_context(err, STATUS_CONFLICT, "%s is malformed", id);
	if (record_charter_member(silence->charter, debtor) == SIZE_MAX)
		return error_set(err, STATUS_CONFLICT, "%s is no member", debtor);
	if (!is_kind(judge, silence->duty->on))
		return error_set(err, STATUS_CONFLICT,
		                 "%s is of kind %s, the duty is about %s", id,
		                 judge->envelope.kind, silence->duty->on);
	if (!is_addressed(judge, debtor))
		return error_set(err, STATUS_CONFLICT, "%s is not addressed to %s", id,
		                 debtor);
	return STATUS_OK;
}

/* A later charter that the creditor writes under follows the one in force: so the one in
 * force was not an older one. */
static enum status take_amendment(struct judge *judge, uint64_t index, struct error *err)
{
	const struct silence *silence = judge->silence;
	struct hash next, previous;
	struct view content;
	enum status status;

	TRY(proof_range_body(&judge->silence->asked, index, &content, err));
	status =
	    record_amendment_body_digests(content, &judge->doc, &next, &previous, NULL);
	if (status != STATUS_OK)
		return STATUS_OK;
	const struct record_charter *charter =
	    proof_channel_charter(&silence->channel, &previous);
	if (charter == NULL || charter < silence->charter)
		return error_set(err, STATUS_CONFLICT,
		                 "the charter that is said to be in force was not: "
		                 "%s#%llu replaces another one",
		                 silence->asked.desk.text, LLU(index));
	return STATUS_OK;
}

/* The creditor's own word on the debtor's log: it must be that of the proof. */
static enum status take_asked_seen(struct judge *judge, uint64_t index,
                                   struct noted *noted, struct error *err)
{
	const struct proof_range *owed = &judge->silence->owed;

	for (size_t i = 0; i < judge->envelope.seen_count; i++) {
		const struct record_seen *seen = &judge->envelope.seen[i];

		if (strcmp(seen->desk.text, owed->desk.text) != 0)
			continue;
		noted->seen_size = seen->size;
		if (proof_range_covers(owed, seen->size) &&
		    !proof_range_has_root(owed, seen->size, &seen->root))
			return error_set(err, STATUS_CONFLICT,
			                 "%s#%llu names another root of the log of %s "
			                 "than this one has: one of the two is another "
			                 "history",
			                 judge->silence->asked.desk.text, LLU(index),
			                 owed->desk.text);
	}
	return STATUS_OK;
}

static enum status take_asked_entry(struct judge *judge, uint64_t index,
                                    struct error *err)
{
	struct silence *silence = judge->silence;
	struct noted *noted = &judge->asked[index - silence->asked.from];

	noted->is_well_formed = true;
	noted->sent_s = judge->envelope.sent_s;
	TRY(take_asked_seen(judge, index, noted, err));
	if (index == silence->question.index)
		return take_question(judge, err);
	if (is_kind(judge, "cancel") && is_about(judge))
		return error_set(err, STATUS_CONFLICT, "%s cancelled it with %s#%llu",
		                 silence->asked.desk.text, silence->asked.desk.text,
		                 LLU(index));
	if (is_kind(judge, "receipt"))
		return take_asked_receipt(judge, index, err);
	if (is_kind(judge, "check"))
		return take_check(judge, &silence->asked, index, noted, err);
	if (is_kind(judge, "charter.amend"))
		return take_amendment(judge, index, err);
	return STATUS_OK;
}

/* The debtor's log */

/* What it says of the creditor's log. What it invents harms only itself: it is told. */
static void take_owed_seen(struct judge *judge, uint64_t index, struct noted *noted)
{
	const struct proof_range *asked = &judge->silence->asked;

	for (size_t i = 0; i < judge->envelope.seen_count; i++) {
		const struct record_seen *seen = &judge->envelope.seen[i];

		if (strcmp(seen->desk.text, asked->desk.text) != 0)
			continue;
		judge->has_seen_question = judge->has_seen_question ||
		                           seen->size > judge->silence->question.index;
		if (!proof_range_covers(asked, seen->size) ||
		    proof_range_has_root(asked, seen->size, &seen->root))
			noted->seen_size = seen->size;
		else if (judge->verdict->alarm == SILENCE_NONE)
			judge->verdict->alarm = index;
	}
}

static enum status take_holding(struct judge *judge, uint64_t index, struct error *err)
{
	bool is_right;

	if (judge->first_holding != SILENCE_NONE)
		return STATUS_OK;
	TRY(read_body(judge, &judge->silence->owed, index, &is_right, err));
	if (!is_right)
		return STATUS_OK;
	judge->first_holding = index;
	return record_time_read(&judge->doc, member(judge, "until"),
	                        &judge->holding_until_s, err);
}

/* An answer's body is shown only when it breaks the form of its kind: then it is none. */
static enum status take_answer(struct judge *judge, uint64_t index, struct error *err)
{
	struct proof_range *owed = &judge->silence->owed;
	bool is_right = true;

	if (judge->verdict->first_answer != SILENCE_NONE)
		return STATUS_OK;
	if (proof_range_has_body(owed, index))
		TRY(read_body(judge, owed, index, &is_right, err));
	if (is_right)
		judge->verdict->first_answer = index;
	return STATUS_OK;
}

static enum status take_owed_entry(struct judge *judge, uint64_t index, struct error *err)
{
	struct silence *silence = judge->silence;
	struct silence_verdict *verdict = judge->verdict;
	struct noted *noted = &judge->owed[index - silence->owed.from];

	noted->is_well_formed = true;
	noted->sent_s = judge->envelope.sent_s;
	verdict->last = index;
	verdict->last_s = judge->envelope.sent_s;
	take_owed_seen(judge, index, noted);
	if (is_kind(judge, "receipt"))
		return take_owed_receipt(judge, index, err);
	if (is_kind(judge, "check"))
		return take_check(judge, &silence->owed, index, noted, err);
	if (is_kind(judge, "leave"))
		judge->leave = index;
	/* nobody answers what it does not hold */
	if (!is_about(judge) || !judge->has_seen_question)
		return STATUS_OK;
	if (is_kind(judge, "holding") && silence->charter->has_holding)
		return take_holding(judge, index, err);
	if (is_owed(silence->duty, judge->envelope.kind))
		return take_answer(judge, index, err);
	return STATUS_OK;
}

/* Both */

typedef enum status entry_taker(struct judge *judge, uint64_t index, struct error *err);

static enum status walk(struct judge *judge, const struct proof_range *range,
                        entry_taker *take, struct error *err)
{
	for (uint64_t i = range->from; i < proof_range_end(range); i++) {
		enum status status = record_envelope_decode(
		    proof_range_entry(range, i), &judge->doc, &judge->envelope, NULL);

		if (status == STATUS_NO_MEMORY)
			return error_set(err, status, "not enough memory for an entry");
		if (status == STATUS_OK && is_well_formed(judge, range->desk.text, i))
			TRY(take(judge, i, err));
		else if (range == &judge->silence->asked &&
		         i == judge->silence->question.index)
			return error_set(err, STATUS_CONFLICT,
			                 "the question is malformed");
	}
	return STATUS_OK;
}

/* The lines on the checkpoints of the debtor's log that the file carries. */
static enum status take_checkpoints(struct judge *judge, struct error *err)
{
	const struct silence *silence = judge->silence;
	const struct proof_channel *channel = &silence->channel;
	const struct record_charter *last =
	    &channel->charters[channel->charter_count - 1];
	size_t creditor = record_charter_member(last, silence->asked.desk.text);

	for (size_t i = 0; i < silence->owed.checkpoint_count; i++) {
		const struct proof_checkpoint *checkpoint = &silence->owed.checkpoints[i];

		if (creditor != SIZE_MAX)
			TRY(add_time(&judge->owed_times, checkpoint->tree.size,
			             checkpoint->mirror_s[creditor], err));
		TRY(add_time(&judge->owed_times, checkpoint->tree.size,
		             proof_quorum_s(last, checkpoint->witness_s, 0), err));
	}
	return STATUS_OK;
}

enum status silence_gather(struct judge *judge, struct error *err)
{
	struct silence *silence = judge->silence;

	TRY(walk(judge, &silence->asked, take_asked_entry, err));
	TRY(walk(judge, &silence->owed, take_owed_entry, err));
	return take_checkpoints(judge, err);
}
