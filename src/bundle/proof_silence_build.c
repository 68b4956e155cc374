/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a proof of silence of what is held. The first draft takes both logs as far as
 * they are held and is judged: that says whether there is anything to prove. Then come
 * drafts with a shorter part of the debtor's log, for the best grade that can be had: its
 * own word, witnesses, the creditor's word.
 */
#include "bundle/proof.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "bundle/proof_silence.h"
#include "bundle/proof_verify.h"
#include "codec/time_text.h"
#include "record/amendment.h"

#define LLU(value) ((unsigned long long)(value))

enum {
	LOOK_BACK_MAX = 20000,
	CHECKPOINTS_TRIED_MAX = 4096,
	LATE_S = 48 * 60 * 60, /* behind the latest deadline */
};

struct building {
	const struct proof_source *source;
	const struct proof_silence_request *request;
	struct proof_channel channel;
	const struct record_charter *charter; /* that governs the question */
	const char *creditor, *debtor;
	size_t duty;
	uint64_t amend;  /* entry that names the charter; SILENCE_NONE: the first */
	uint64_t before; /* entry that names the debtor's log; SILENCE_NONE: none */
	uint64_t from;   /* of the debtor's log */
	uint64_t cut;    /* size of the creditor's log */
	struct buf head; /* channel, charters, cards */
	struct json_doc doc, scratch;
	struct record_envelope envelope;
	struct record_name only; /* the debtor, when none was named */

	/* While a range is written: the holding reply and the answer that count, and the
	 * checkpoints with them, stand there. */
	bool has_holding, has_held, has_answer, has_given;
};

/* Looking things up */

static enum status read_entry(struct building *building, const char *desk, uint64_t index,
                              bool *ret_is_decoded, struct error *err)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	const struct proof_source *source = building->source;

	TRY(source->entry(source->self, desk, index, &entry, err));
	*ret_is_decoded = record_envelope_decode(buf_view(&entry), &building->doc,
	                                         &building->envelope, NULL) == STATUS_OK;
	return STATUS_OK;
}

static enum status checkpoint_size(const struct building *building, const char *desk,
                                   uint64_t at_least, struct proof_checkpoint *checkpoint,
                                   struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	const struct proof_channel *channel = &building->channel;
	const struct proof_source *source = building->source;

	TRY(source->checkpoint(source->self, desk, at_least, &note, err));
	return proof_checkpoint_open(channel,
	                             &channel->charters[channel->charter_count - 1], desk,
	                             buf_view(&note), checkpoint, err);
}

/* The size of the largest kept checkpoint, at least `least`. */
static enum status newest_size(const struct building *building, const char *desk,
                               uint64_t least, uint64_t *ret_size, struct error *err)
{
	CLEANUP_FREE struct proof_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
	uint64_t high = building->source->log_size(building->source->self, desk), low;
	enum status status;

	if (checkpoint == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory");
	status = checkpoint_size(building, desk, least, checkpoint, err);
	if (status == STATUS_NOT_FOUND)
		return error_set(
		    err, STATUS_CONFLICT,
		    "no signed checkpoint of %s with %llu entries is held yet", desk,
		    LLU(least));
	TRY(status);
	low = checkpoint->tree.size;
	while (low < high) {
		uint64_t middle = low + (high - low + 1) / 2;

		status = checkpoint_size(building, desk, middle, checkpoint, err);
		if (status == STATUS_NOT_FOUND)
			high = middle - 1;
		else if (status == STATUS_OK && checkpoint->tree.size <= high)
			low = checkpoint->tree.size;
		else if (status == STATUS_OK)
			high = middle - 1;
		else
			return status;
	}
	*ret_size = low;
	return STATUS_OK;
}

/* The charter that governs the question: the last amendment in its log up to it. */
static enum status find_charter(struct building *building, struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_BODY_MAX + RECORD_SALT_LEN);
	const struct proof_source *source = building->source;
	struct hash digest, previous;
	bool is_decoded;

	building->charter = &building->channel.charters[0];
	building->amend = SILENCE_NONE;
	if (building->channel.charter_count == 1)
		return STATUS_OK;
	for (uint64_t i = building->request->question.index; i > 0; i--) {
		TRY(read_entry(building, building->creditor, i, &is_decoded, err));
		if (!is_decoded || strcmp(building->envelope.kind, "charter.amend") != 0)
			continue;
		buf_clear(&blob);
		TRY(source->body(source->self, building->creditor, i, &blob, err));
		if (blob.len < RECORD_SALT_LEN ||
		    record_amendment_body_digests(record_blob_content(buf_view(&blob)),
		                                  &building->doc, &digest, &previous,
		                                  NULL) != STATUS_OK)
			continue;
		const struct record_charter *charter =
		    proof_channel_charter(&building->channel, &digest);
		if (charter == NULL)
			continue;
		building->charter = charter;
		building->amend = i;
		return STATUS_OK;
	}
	return STATUS_OK;
}

/* Where the debtor's log may begin: what the creditor had seen of it at the question. */
static enum status find_before(struct building *building, struct error *err)
{
	uint64_t question = building->request->question.index;
	bool is_decoded;

	building->before = SILENCE_NONE;
	building->from = 0;
	for (uint64_t back = 0; back <= question && back < LOOK_BACK_MAX; back++) {
		const struct record_envelope *envelope = &building->envelope;

		TRY(read_entry(building, building->creditor, question - back, &is_decoded,
		               err));
		for (size_t i = 0; is_decoded && i < envelope->seen_count; i++) {
			if (strcmp(envelope->seen[i].desk.text, building->debtor) != 0)
				continue;
			building->before = question - back;
			building->from = envelope->seen[i].size;
			return STATUS_OK;
		}
	}
	return STATUS_OK;
}

/* Which bodies and checkpoints */

static bool is_about(const struct building *building,
                     const struct record_envelope *envelope)
{
	const struct record_message_id *question = &building->request->question;

	return envelope->has_re && envelope->re.index == question->index &&
	       strcmp(envelope->re.desk.text, question->desk.text) == 0;
}

static bool is_kind(const struct record_envelope *envelope, const char *kind)
{
	return strcmp(envelope->kind, kind) == 0;
}

static bool asked_needs_body(void *context, uint64_t index,
                             const struct record_envelope *envelope)
{
	const struct building *building = context;

	return index != building->request->question.index &&
	       (is_kind(envelope, "receipt") || is_kind(envelope, "check") ||
	        is_kind(envelope, "charter.amend"));
}

/* Has the body of the debtor's entry the form of its kind? True too when it is not held.
 */
static bool is_right(struct building *building, const char *desk, uint64_t index,
                     const char *kind)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_BODY_MAX + RECORD_SALT_LEN);
	const struct proof_source *source = building->source;
	const struct record_kind *known = record_kind_find(view_of_string(kind));

	if (known == NULL ||
	    source->body(source->self, desk, index, &blob, NULL) != STATUS_OK ||
	    blob.len < RECORD_SALT_LEN)
		return true;
	return record_kind_check_body(known, record_blob_content(buf_view(&blob)),
	                              &building->scratch, NULL) == STATUS_OK;
}

static bool is_owed(const struct building *building,
                    const struct record_envelope *envelope)
{
	const struct record_duty *duty = &building->charter->duties[building->duty];

	for (size_t i = 0; i < duty->owe_count; i++)
		if (is_kind(envelope, duty->owe[i]))
			return true;
	return false;
}

static bool is_holding(const struct building *building,
                       const struct record_envelope *envelope)
{
	return building->charter->has_holding && is_kind(envelope, "holding") &&
	       is_about(building, envelope);
}

static bool owed_needs_body(void *context, uint64_t index,
                            const struct record_envelope *envelope)
{
	struct building *building = context;

	if (is_kind(envelope, "receipt") || is_kind(envelope, "check"))
		return true;
	if (!is_about(building, envelope))
		return false;
	if (is_holding(building, envelope)) {
		bool had_holding = building->has_holding;

		building->has_holding =
		    had_holding || is_right(building, building->debtor, index, "holding");
		return !had_holding;
	}
	if (building->has_answer || !is_owed(building, envelope))
		return false;
	building->has_answer =
	    is_right(building, building->debtor, index, envelope->kind);
	return !building->has_answer;
}

/* The earliest checkpoints with what may have come in time. */
static bool owed_needs_checkpoint(void *context, const struct record_envelope *envelope)
{
	struct building *building = context;

	if (!is_about(building, envelope))
		return false;
	if (is_holding(building, envelope)) {
		bool is_first = building->has_holding && !building->has_held;

		building->has_held = building->has_held || is_first;
		return is_first;
	}
	if (!is_owed(building, envelope) || building->has_given)
		return false;
	building->has_given = building->has_answer || !envelope->has_body;
	return building->has_given;
}

/* Drafts */

static enum status append_logs(struct building *building, uint64_t end, struct buf *out,
                               struct error *err)
{
	const struct proof_channel *channel = &building->channel;
	struct proof_range_plan plan = {
	    .source = building->source,
	    .channel = channel,
	    .charter = &channel->charters[channel->charter_count - 1],
	    .desk = building->creditor,
	    .from = building->request->question.index,
	    .end = building->cut,
	    .needs_body = asked_needs_body,
	    .context = building,
	};

	TRY(proof_range_append(&plan, "creditor_log", out, err));
	building->has_holding = building->has_held = false;
	building->has_answer = building->has_given = false;
	plan.desk = building->debtor;
	plan.from = building->from;
	plan.end = end;
	plan.needs_body = owed_needs_body;
	plan.needs_checkpoint = owed_needs_checkpoint;
	plan.holder = building->creditor;
	return proof_range_append(&plan, "debtor_log", out, err);
}

static enum status append_singles(struct building *building, struct buf *out,
                                  struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_BODY_MAX + RECORD_SALT_LEN);
	const struct proof_source *source = building->source;

	if (building->amend != SILENCE_NONE) {
		buf_append_string(out, ",\"governed\":{");
		TRY(proof_range_append_single(source, building->creditor, building->amend,
		                              building->cut, out, err));
		TRY(source->body(source->self, building->creditor, building->amend, &blob,
		                 err));
		buf_append_string(out, ",\"blob\":");
		proof_append_base64(out, buf_view(&blob));
		buf_append_byte(out, '}');
	}
	if (building->before != SILENCE_NONE) {
		buf_append_string(out, ",\"before\":{");
		TRY(proof_range_append_single(source, building->creditor,
		                              building->before, building->cut, out, err));
		buf_append_byte(out, '}');
	}
	return STATUS_OK;
}

/* Writes the proof with the debtor's log up to `end`, and judges it. When the judgement
 * is good, out is the finished proof. */
static enum status draft(struct building *building, uint64_t end, struct buf *out,
                         struct silence_verdict *ret_verdict, struct error *err)
{
	struct silence silence = {0};
	char id[RECORD_MESSAGE_ID_MAX + 1];
	struct json_doc doc = {0};

	*ret_verdict = (struct silence_verdict){0};
	buf_clear(out);
	proof_append_type(out, PROOF_TYPE_SILENCE);
	buf_append_view(out, buf_view(&building->head));
	record_message_id_encode(&building->request->question, id);
	buf_printf(out, ",\"question\":\"%s\",\"debtor\":\"%s\",\"duty\":%zu", id,
	           building->debtor, building->duty);
	TRY(append_logs(building, end, out, err));
	TRY(append_singles(building, out, err));
	size_t len = out->len;
	buf_append_string(out, "}\n");
	TRY(buf_check(out, "the proof", err));
	enum status status = silence_read(buf_view(out), &doc, &silence, err);
	if (status == STATUS_OK)
		status = silence_judge(&silence, ret_verdict, err);
	if (status == STATUS_OK) {
		out->len = len;
		buf_append_string(out, ",\"claim\":");
		silence_claim_append(&silence, ret_verdict, out);
		buf_append_string(out, "}\n");
		status = buf_check(out, "the proof", err);
	}
	silence_release(&silence);
	json_release(&doc);
	return status;
}

/* The first kept checkpoint of the debtor, from `least` to `most` entries, that the
 * quorum of witnesses cosigned from the deadline on. */
static enum status find_witnessed(const struct building *building, uint64_t least,
                                  uint64_t most, int64_t deadline_s, uint64_t *ret_size,
                                  struct error *err)
{
	CLEANUP_FREE struct proof_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
	const struct proof_channel *channel = &building->channel;

	if (checkpoint == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory");
	*ret_size = 0;
	for (size_t i = 0; i < CHECKPOINTS_TRIED_MAX && least <= most; i++) {
		enum status status =
		    checkpoint_size(building, building->debtor, least, checkpoint, err);

		if (status == STATUS_NOT_FOUND || checkpoint->tree.size > most)
			return STATUS_OK;
		TRY(status);
		if (proof_quorum_s(&channel->charters[channel->charter_count - 1],
		                   checkpoint->witness_s, deadline_s) != 0) {
			*ret_size = checkpoint->tree.size;
			return STATUS_OK;
		}
		least = checkpoint->tree.size + 1;
	}
	return STATUS_OK;
}

/* The largest kept checkpoint with at most `most` entries and at least `least`. */
static enum status find_largest(const struct building *building, uint64_t least,
                                uint64_t most, uint64_t *ret_size, struct error *err)
{
	CLEANUP_FREE struct proof_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);

	if (checkpoint == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory");
	*ret_size = 0;
	for (uint64_t at = most; at >= least && at > 0 && most - at < 1024; at--) {
		enum status status =
		    checkpoint_size(building, building->debtor, at, checkpoint, err);

		if (status == STATUS_OK && checkpoint->tree.size == at) {
			*ret_size = at;
			return STATUS_OK;
		}
		if (status != STATUS_OK && status != STATUS_NOT_FOUND)
			return status;
	}
	return STATUS_OK;
}

/* Sizes worth a try behind the first draft, best grade first; 0: none. */
static enum status find_sizes(const struct building *building,
                              const struct silence_verdict *verdict, uint64_t newest,
                              uint64_t ret_sizes[3], struct error *err)
{
	CLEANUP_FREE struct proof_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
	uint64_t answer = verdict->first_answer < newest ? verdict->first_answer : newest;
	uint64_t least =
	    verdict->seen_size > building->from ? verdict->seen_size : building->from;

	if (checkpoint == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory");
	if (least == 0)
		least = 1;
	if (verdict->after != SILENCE_NONE && verdict->after < verdict->first_answer) {
		uint64_t own = verdict->after + 1 > least ? verdict->after + 1 : least;
		enum status status =
		    checkpoint_size(building, building->debtor, own, checkpoint, err);

		if (status == STATUS_OK && checkpoint->tree.size <= newest)
			ret_sizes[0] = checkpoint->tree.size;
	}
	TRY(find_witnessed(building, least, answer, verdict->deadline_s, &ret_sizes[1],
	                   err));
	return find_largest(building, least, answer, &ret_sizes[2], err);
}

static enum status check_now(const struct building *building,
                             const struct silence_verdict *verdict, struct error *err)
{
	char deadline[TIME_TEXT_LEN + 1];

	if (verdict->deadline_s < building->request->now_s)
		return STATUS_OK;
	time_text_encode(verdict->deadline_s, deadline);
	return error_set(err, STATUS_CONFLICT, "%s still has time, until %s",
	                 building->debtor, deadline);
}

/* The size of the first kept checkpoint that holds the first entry, from `from` on, whose
 * `sent` is at or after the time; newest when there is none. */
static enum status find_horizon(struct building *building, const char *desk,
                                uint64_t from, int64_t time_s, uint64_t newest,
                                uint64_t *ret_size, struct error *err)
{
	CLEANUP_FREE struct proof_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
	bool is_decoded;

	if (checkpoint == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory");
	*ret_size = newest;
	for (uint64_t i = from; i < newest; i++) {
		TRY(read_entry(building, desk, i, &is_decoded, err));
		if (!is_decoded || building->envelope.sent_s < time_s)
			continue;
		TRY(checkpoint_size(building, desk, i + 1, checkpoint, err));
		if (checkpoint->tree.size < newest)
			*ret_size = checkpoint->tree.size;
		return STATUS_OK;
	}
	return STATUS_OK;
}

/* The same with no more of the creditor's log than is needed. */
static enum status trim(struct building *building, uint64_t end,
                        const struct silence_verdict *verdict, struct buf *out,
                        struct error *err)
{
	CLEANUP_BUF struct buf shorter = BUF_INIT(PROOF_LEN_MAX);
	CLEANUP_FREE struct proof_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
	struct silence_verdict same;
	uint64_t cut = building->cut;

	if (checkpoint == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory");
	TRY(checkpoint_size(building, building->creditor, verdict->cut + 1, checkpoint,
	                    err));
	if (checkpoint->tree.size >= cut)
		return STATUS_OK;
	building->cut = checkpoint->tree.size;
	if (draft(building, end, &shorter, &same, NULL) == STATUS_OK &&
	    same.grade == verdict->grade) {
		buf_release(out);
		*out = buf_take(&shorter);
	}
	building->cut = cut;
	return STATUS_OK;
}

/* Drafts until one holds; the debtor's log has at most `newest` entries in them. */
static enum status try_drafts(struct building *building, uint64_t newest, struct buf *out,
                              struct error *err)
{
	struct silence_verdict verdict, shorter;
	uint64_t sizes[3] = {0};
	enum status whole = draft(building, newest, out, &verdict, err);

	if (whole != STATUS_OK && (whole != STATUS_CONFLICT || verdict.deadline_s == 0))
		return whole;
	if (verdict.answer_s != 0 && verdict.answer_s <= verdict.deadline_s)
		return whole;
	TRY(check_now(building, &verdict, err));
	TRY(find_sizes(building, &verdict, newest, sizes, err));
	for (size_t i = 0; i < 3; i++)
		if (sizes[i] != 0 &&
		    draft(building, sizes[i], out, &shorter, NULL) == STATUS_OK &&
		    (whole != STATUS_OK || shorter.grade <= verdict.grade))
			return trim(building, sizes[i], &shorter, out, err);
	TRY(draft(building, newest, out, &verdict, err));
	return trim(building, newest, &verdict, out, err);
}

/* One duty. What was written long after the deadline is looked at only when the rest does
 * not do. */
static enum status build_duty(struct building *building, int64_t sent_s, struct buf *out,
                              struct error *err)
{
	const struct record_charter *charter = building->charter;
	const struct record_duty *duty = &charter->duties[building->duty];
	uint64_t question = building->request->question.index, newest, cut, near,
	         near_cut;
	int64_t late_s = sent_s + duty->within_s + charter->holding_within_s +
	                 2 * charter->limits.skew_s + LATE_S;

	TRY(newest_size(building, building->debtor,
	                building->from > 0 ? building->from : 1, &newest, err));
	TRY(newest_size(building, building->creditor, question + 1, &cut, err));
	TRY(find_horizon(building, building->debtor, building->from, late_s, newest,
	                 &near, err));
	TRY(find_horizon(building, building->creditor, question, late_s, cut, &near_cut,
	                 err));
	building->cut = near_cut;
	enum status status = try_drafts(building, near, out, err);
	if (status == STATUS_OK || (near == newest && near_cut == cut))
		return status;
	building->cut = cut;
	return try_drafts(building, newest, out, err);
}

/* Preparation */

static bool is_addressed(const struct building *building, const char *desk)
{
	for (size_t i = 0; i < building->envelope.to_count; i++)
		if (strcmp(building->envelope.to[i].text, desk) == 0)
			return true;
	return building->envelope.to_count == 0;
}

/* The only member that owes, when none was named. */
static enum status find_debtor(struct building *building, struct error *err)
{
	const struct proof_channel *channel = &building->channel;
	const struct record_charter *charter =
	    &channel->charters[channel->charter_count - 1];
	size_t count = 0;

	building->debtor = building->request->debtor;
	if (building->debtor != NULL)
		return STATUS_OK;
	for (size_t i = 0; i < charter->member_count; i++) {
		const struct record_name *name = &charter->members[i].name;

		if (strcmp(name->text, building->creditor) == 0 ||
		    !is_addressed(building, name->text))
			continue;
		building->only = *name;
		count++;
	}
	if (count != 1)
		return error_set(err, STATUS_CONFLICT,
		                 "the question was put to %zu members: say whose silence "
		                 "is meant",
		                 count);
	building->debtor = building->only.text;
	return STATUS_OK;
}

static enum status prepare(struct building *building, struct error *err)
{
	uint64_t question = building->request->question.index;
	bool is_decoded;

	building->head = BUF_INIT(PROOF_LEN_MAX);
	TRY(proof_channel_append(building->source, PROOF_CHARTERS_MAX, &building->channel,
	                         &building->head, err));
	TRY(find_charter(building, err));
	TRY(read_entry(building, building->creditor, question, &is_decoded, err));
	if (!is_decoded)
		return error_set(err, STATUS_CONFLICT, "%s#%llu is malformed",
		                 building->creditor, LLU(question));
	TRY(find_debtor(building, err));
	if (strcmp(building->creditor, building->debtor) == 0)
		return error_set(err, STATUS_CONFLICT, "%s asked it itself",
		                 building->debtor);
	return find_before(building, err);
}

/* The first of the charter's duties for this kind that can be shown to be broken. */
static enum status build(struct building *building, struct buf *out, struct error *err)
{
	enum status status = STATUS_NOT_FOUND;
	int64_t sent_s;
	char kind[RECORD_KIND_LEN_MAX + 1];
	struct error why = {0};
	bool is_decoded;

	TRY(prepare(building, err));
	TRY(read_entry(building, building->creditor, building->request->question.index,
	               &is_decoded, err));
	memcpy(kind, building->envelope.kind, sizeof kind);
	sent_s = building->envelope.sent_s;
	if (building->envelope.has_body &&
	    !is_right(building, building->creditor, building->request->question.index,
	              kind))
		return error_set(err, STATUS_CONFLICT,
		                 "the question breaks the form of a %s, so it started no "
		                 "duty",
		                 kind);
	for (size_t i = 0; i < building->charter->duty_count; i++) {
		if (strcmp(building->charter->duties[i].on, kind) != 0)
			continue;
		building->duty = i;
		status = build_duty(building, sent_s, out, &why);
		if (status != STATUS_CONFLICT)
			break;
	}
	if (status == STATUS_NOT_FOUND && why.text[0] == '\0')
		return error_set(err, STATUS_CONFLICT,
		                 "nothing is owed on a message of kind %s", kind);
	if (status != STATUS_OK)
		return error_set(err, status, "%s", why.text);
	return proof_check_made(proof_silence_verify, buf_view(out), err);
}

enum status proof_silence_build(const struct proof_source *source,
                                const struct proof_silence_request *request,
                                struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf proof = BUF_INIT(PROOF_LEN_MAX);
	struct building building = {.source = source,
	                            .request = request,
	                            .creditor = request->question.desk.text};
	enum status status = build(&building, &proof, err);

	proof_channel_release(&building.channel);
	buf_release(&building.head);
	json_release(&building.doc);
	json_release(&building.scratch);
	record_envelope_release(&building.envelope);
	TRY(status);
	buf_append_view(out, buf_view(&proof));
	return buf_check(out, "the proof", err);
}
