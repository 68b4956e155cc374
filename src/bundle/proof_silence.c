/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and verifying a proof of silence: form, keys, roots here; what follows from the
 * entries in proof_silence_judge.c. The claim at the end is what the file says that it
 * shows; it must be what it does show.
 */
#include "bundle/proof_silence.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "bundle/proof_verify.h"
#include "record/amendment.h"

/* The charter in force: the first, or the one named by an amendment in the creditor's
 * log, which is shown by itself. */
static enum status take_governing(struct proof_cursor *outer, struct silence *silence,
                                  struct error *err)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX),
	                       blob = BUF_INIT(RECORD_BODY_MAX + RECORD_SALT_LEN);
	struct record_envelope envelope = {0};
	const struct json_token *object;
	struct hash digest, previous;
	struct proof_cursor cursor;
	struct json_doc doc = {0};
	uint64_t index;

	TRY(proof_take(outer, "governed", JSON_OBJECT, &object, err));
	TRY(proof_cursor_of(outer->doc, object, &cursor, err));
	TRY(proof_range_take_single(&cursor, &silence->asked, &index, &entry, err));
	TRY(proof_take_bytes(&cursor, "blob", &blob, err));
	TRY(proof_end(&cursor, err));
	enum status status =
	    record_envelope_decode(buf_view(&entry), &doc, &envelope, err);
	if (status == STATUS_OK && (strcmp(envelope.kind, "charter.amend") != 0 ||
	                            index > silence->question.index))
		status = error_set(err, STATUS_CONFLICT,
		                   "what names the charter in force is no amendment "
		                   "before the question");
	if (status == STATUS_OK)
		status = record_blob_check(buf_view(&blob), &envelope.body, err);
	if (status == STATUS_OK)
		status = record_amendment_body_digests(
		    record_blob_content(buf_view(&blob)), &doc, &digest, &previous, err);
	record_envelope_release(&envelope);
	json_release(&doc);
	TRY(status);
	silence->charter = proof_channel_charter(&silence->channel, &digest);
	if (silence->charter == NULL)
		return error_set(err, STATUS_CONFLICT,
		                 "the charter in force is not in the file");
	return STATUS_OK;
}

/* The debtor's log is shown from where the creditor's last word on it before the question
 * says that it ended then: what stands before can't be later than the question. */
static enum status take_before(struct proof_cursor *outer, struct silence *silence,
                               struct error *err)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	const struct proof_range *owed = &silence->owed;
	struct record_envelope envelope = {0};
	const struct json_token *object;
	struct proof_cursor cursor;
	struct json_doc doc = {0};
	bool is_named = false;
	uint64_t index;

	TRY(proof_take(outer, "before", JSON_OBJECT, &object, err));
	TRY(proof_cursor_of(outer->doc, object, &cursor, err));
	TRY(proof_range_take_single(&cursor, &silence->asked, &index, &entry, err));
	TRY(proof_end(&cursor, err));
	enum status status =
	    record_envelope_decode(buf_view(&entry), &doc, &envelope, err);
	for (size_t i = 0; status == STATUS_OK && i < envelope.seen_count; i++)
		is_named = is_named ||
		           (strcmp(envelope.seen[i].desk.text, owed->desk.text) == 0 &&
		            envelope.seen[i].size == owed->from &&
		            hash_equal(&envelope.seen[i].root, &owed->roots[0]));
	record_envelope_release(&envelope);
	json_release(&doc);
	TRY(status);
	if (!is_named || index > silence->question.index)
		return error_set(err, STATUS_CONFLICT,
		                 "nothing shows that the entries of %s before #%llu are "
		                 "older than the question",
		                 owed->desk.text, (unsigned long long)owed->from);
	return STATUS_OK;
}

static enum status check_logs(const struct silence *silence, struct error *err)
{
	const struct proof_range *asked = &silence->asked, *owed = &silence->owed;

	if (strcmp(asked->desk.text, silence->question.desk.text) != 0 ||
	    strcmp(owed->desk.text, silence->debtor.text) != 0 ||
	    strcmp(asked->desk.text, owed->desk.text) == 0)
		return error_set(err, STATUS_CONFLICT,
		                 "the logs are not those of who asked and who owes");
	if (asked->from != silence->question.index || asked->count == 0)
		return error_set(err, STATUS_CONFLICT,
		                 "the creditor's log must begin with the question");
	if (asked->checkpoint_count != 1)
		return error_set(err, STATUS_MALFORMED,
		                 "there must be one checkpoint of the creditor's log");
	return STATUS_OK;
}

static enum status take_logs(struct proof_cursor *cursor, struct silence *silence,
                             struct error *err)
{
	struct proof_channel *channel = &silence->channel;
	const struct record_charter *last =
	    &channel->charters[channel->charter_count - 1];

	TRY(proof_range_take(cursor, "creditor_log", channel, last, &silence->asked,
	                     err));
	TRY(proof_range_take(cursor, "debtor_log", channel, last, &silence->owed, err));
	TRY(check_logs(silence, err));
	silence->charter = &channel->charters[0];
	if (proof_has(cursor, "governed"))
		TRY(take_governing(cursor, silence, err));
	if (silence->owed.from > 0 || proof_has(cursor, "before"))
		TRY(take_before(cursor, silence, err));
	return STATUS_OK;
}

enum status silence_read(struct view file, struct json_doc *doc,
                         struct silence *ret_silence, struct error *err)
{
	const struct json_token *claim;
	struct proof_cursor cursor;
	uint64_t duty;

	TRY(proof_open(file, PROOF_TYPE_SILENCE, doc, &cursor, err));
	TRY(proof_channel_take(&cursor, &ret_silence->channel, err));
	TRY(proof_take_message(&cursor, "question", &ret_silence->question, err));
	TRY(proof_take_desk(&cursor, "debtor", &ret_silence->debtor, err));
	TRY(proof_take_number(&cursor, "duty", &duty, err));
	TRY(take_logs(&cursor, ret_silence, err));
	if (duty >= ret_silence->charter->duty_count ||
	    ret_silence->charter->duties[duty].every_s > 0)
		return error_set(err, STATUS_CONFLICT, "the charter has no such duty");
	ret_silence->duty = &ret_silence->charter->duties[duty];
	if (proof_has(&cursor, "claim")) {
		TRY(proof_take(&cursor, "claim", JSON_OBJECT, &claim, err));
		ret_silence->has_claim = true;
		ret_silence->claim = json_text(doc, claim);
	}
	return proof_end(&cursor, err);
}

void silence_release(struct silence *silence)
{
	proof_channel_release(&silence->channel);
	proof_range_release(&silence->asked);
	proof_range_release(&silence->owed);
	*silence = (struct silence){0};
}

static enum status check_claim(const struct silence *silence,
                               const struct silence_verdict *verdict, struct error *err)
{
	CLEANUP_BUF struct buf expected = BUF_INIT(1 << 16);

	if (!silence->has_claim)
		return error_set(err, STATUS_MALFORMED,
		                 "it does not say what it is to show");
	silence_claim_append(silence, verdict, &expected);
	TRY(buf_check(&expected, "the claim", err));
	if (!view_equal(buf_view(&expected), silence->claim))
		return error_set(err, STATUS_CONFLICT,
		                 "it shows something else than it claims: %.*s",
		                 (int)(expected.len < 200 ? expected.len : 200),
		                 (const char *)expected.data);
	return STATUS_OK;
}

static enum status verify(struct view proof, struct json_doc *doc,
                          struct silence *silence, const struct bundle_trust *trust,
                          struct bundle_result *result, struct error *err)
{
	struct silence_verdict verdict;

	TRY(silence_read(proof, doc, silence, err));
	TRY(silence_judge(silence, &verdict, err));
	TRY(check_claim(silence, &verdict, err));
	TRY(proof_channel_rely(&silence->channel, silence->question.desk.text, trust,
	                       result, err));
	TRY(proof_channel_rely(&silence->channel, silence->debtor.text, trust, result,
	                       err));
	result->silence = calloc(1, sizeof *result->silence);
	if (result->silence == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for a verdict");
	silence_tell(silence, &verdict, result->silence);
	silence_say(silence, &verdict, result);
	return STATUS_OK;
}

enum status proof_silence_verify(struct view proof, const struct bundle_trust *trust,
                                 struct bundle_result *ret_result, struct error *err)
{
	struct silence silence = {0};
	struct json_doc doc = {0};
	struct error why = {0};

	ret_result->kind = BUNDLE_SILENCE;
	enum status status = verify(proof, &doc, &silence, trust, ret_result, &why);
	status = bundle_result_close(ret_result, status, "", &why);
	if (status != STATUS_OK && err != NULL)
		*err = why;
	silence_release(&silence);
	json_release(&doc);
	return status;
}
