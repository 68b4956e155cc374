/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending: one message or a batch, and the attachments before it. A batch is checked
 * whole before its first message is handed to the desk, so it is written whole or not at
 * all. An idempotency key makes a repetition answer with the ids made the first time.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "console/answer.h"
#include "console/api_call.h"
#include "record/signal_body.h"

enum { KEY_LEN_MAX = 100 };

static bool type_is(struct view type, const char *wanted)
{
	size_t len = strlen(wanted);

	return view_has_prefix(type, view_of_string(wanted)) &&
	       (type.len == len || type.data[len] == ';' || type.data[len] == ' ');
}

static enum status check_key(struct view key, struct error *err)
{
	if (key.len > KEY_LEN_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "the Idempotency-Key is longer than %d bytes",
		                 KEY_LEN_MAX);
	for (size_t i = 0; i < key.len; i++)
		if (key.data[i] < 0x21 || key.data[i] > 0x7e)
			return error_set(err, STATUS_MALFORMED,
			                 "the Idempotency-Key must be printable ASCII "
			                 "without blanks");
	return STATUS_OK;
}

/* What makes two submissions the same: their bytes; but of attachments only the sizes,
 * since the same file uploaded again has another salt and so another id. */
static struct hash digest_of(const struct api_call *call)
{
	const struct submission_list *list = &call->api->submissions;
	struct sha256_stream stream;

	if (list->attachment_count == 0)
		return sha256(call->request->body);
	stream = sha256_open();
	for (size_t i = 0; i < list->count; i++) {
		const struct submission *item = &list->items[i];
		CLEANUP_BUF struct buf text = BUF_INIT(256 * 1024);

		buf_printf(&text, "%s\n%s\n%s\n%s#%llu\n", item->kind->name, item->line,
		           item->tlp == NULL ? "" : item->tlp, item->re.desk.text,
		           (unsigned long long)item->re.index);
		for (uint32_t j = 0; j < item->to_count; j++)
			buf_printf(&text, "%s\n", list->names[item->to_first + j].text);
		for (uint32_t j = 0; j < item->attachment_count; j++)
			buf_printf(&text, "%llu\n",
			           (unsigned long long)list
			               ->attachments[item->attachment_first + j]
			               .size);
		buf_append_u32(&text, (uint32_t)item->body.len);
		sha256_update(&stream, buf_view(&text));
		sha256_update(&stream, item->body);
	}
	return sha256_close(&stream);
}

/* The envelope that the desk would write, as far as its form depends on the caller. */
static enum status check_against_charter(const struct api_call *call,
                                         const struct record_charter *charter,
                                         const struct submission *item, struct error *err)
{
	const struct submission_list *list = &call->api->submissions;
	struct record_envelope envelope = {
	    .to = item->to_count == 0 ? NULL : &list->names[item->to_first],
	    .to_count = item->to_count,
	    .sent_s = call->now_ms / 1000,
	    .has_re = item->has_re,
	    .re = item->re,
	    .has_body = item->body.len > 0,
	    .body.size = item->body.len,
	    .attachments = item->attachment_count == 0
	                       ? NULL
	                       : &list->attachments[item->attachment_first],
	    .attachment_count = item->attachment_count,
	};

	strcpy(envelope.kind, item->kind->name);
	strcpy(envelope.line, item->line[0] == '\0' ? charter->lines[0] : item->line);
	if (item->tlp != NULL)
		strcpy(envelope.tlp, item->tlp);
	/* Any index but 0, which is for `open`. */
	return record_envelope_check(&envelope, charter, api_own_name(call->api), 1, err);
}

static enum status check_signal(const struct record_charter *charter,
                                const struct submission *item, struct error *err)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};

	return record_signal_draft_check(charter, item->kind->name, item->body, &doc,
	                                 err);
}

/* `re` must name a message of a kind that this one answers: one that is held, or one
 * before it in the same batch, if that has an index. */
static enum status check_re(const struct api_call *call, size_t channel,
                            const struct desk_channel_info *info, size_t position,
                            struct error *err)
{
	const struct submission *items = call->api->submissions.items;
	const struct submission *item = &items[position];
	struct desk_log_info log = {0};

	for (size_t i = 0; !log.is_own && i < info->log_count; i++)
		desk_log(call->desk, channel, i, &log);
	if (strcmp(item->re.desk.text, api_own_name(call->api)) == 0 &&
	    log.state == DESK_LOG_READY && item->re.index >= log.entry_count &&
	    item->re.index - log.entry_count < position)
		return record_kind_check_answers(
		    item->kind, items[item->re.index - log.entry_count].kind, err);
	return desk_check_re(call->desk, channel, item->kind, &item->re, err);
}

/* Nothing that is checked here may fail later, when messages before it are written: so
 * attachments, which only the desk can look for, come in single messages. */
static enum status check_in_batch(const struct api_call *call, size_t channel,
                                  const struct desk_channel_info *info, size_t position,
                                  struct error *err)
{
	const struct submission *item = &call->api->submissions.items[position];

	if (item->attachment_count > 0)
		return error_set(err, STATUS_MALFORMED,
		                 "attachments: such a message must be sent singly");
	if (item->has_re)
		TRY(check_re(call, channel, info, position, err));
	TRY(check_signal(info->charter, item, err));
	return check_against_charter(call, info->charter, item, err);
}

/* No one sends such a message alone, whoever it is. */
static enum status check_approval(struct api_call *call, size_t channel,
                                  struct error *err)
{
	const struct submission_list *list = &call->api->submissions;

	for (size_t i = 0; i < list->count; i++) {
		enum status status =
		    desk_check_approval(call->desk, channel, list->items[i].kind, err);

		if (status == STATUS_OK)
			continue;
		if (status == STATUS_UNTRUSTED)
			call->problem.code = "approval-required";
		call->problem.line = list->items[i].line_number;
		return status;
	}
	return STATUS_OK;
}

static enum status check_all(struct api_call *call, size_t channel, bool is_batch,
                             struct error *err)
{
	const struct submission_list *list = &call->api->submissions;
	struct desk_channel_info info;

	desk_channel(call->desk, channel, &info);
	if (!info.is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the channel is not open: not every member has signed "
		                 "its charter");
	TRY(check_approval(call, channel, err));
	for (size_t i = 0; is_batch && i < list->count; i++) {
		enum status status = check_in_batch(call, channel, &info, i, err);

		if (status != STATUS_OK) {
			call->problem.line = list->items[i].line_number;
			return error_context(err, status, "line %zu", call->problem.line);
		}
	}
	return STATUS_OK;
}

static enum status check_may_send(struct api_call *call, struct error *err)
{
	const struct submission_list *list = &call->api->submissions;

	for (size_t i = 0; i < list->count; i++) {
		if (office_may_send(&call->who, list->items[i].kind->name))
			continue;
		call->is_refused = true;
		call->problem.code = "not-allowed";
		return error_set(err, STATUS_UNTRUSTED,
		                 "only a release officer may ask for a release or answer "
		                 "one");
	}
	return STATUS_OK;
}

static enum status submit_one(struct api_call *call, size_t channel,
                              const struct submission *item,
                              struct record_message_id *ret_id, struct error *err)
{
	const struct submission_list *list = &call->api->submissions;
	struct desk_draft draft = {
	    .kind = item->kind->name,
	    .to = item->to_count == 0 ? NULL : &list->names[item->to_first],
	    .to_count = item->to_count,
	    .line = item->line[0] == '\0' ? NULL : item->line,
	    .tlp = item->tlp,
	    .re = item->has_re ? &item->re : NULL,
	    .body = item->body,
	    .is_checked = true, /* submission.c did, before anything was written */
	    .attachments = item->attachment_count == 0
	                       ? NULL
	                       : &list->attachments[item->attachment_first],
	    .attachment_count = item->attachment_count,
	};

	return desk_submit(call->desk, channel, &draft, ret_id, err);
}

static enum status submit_all(struct api_call *call, size_t channel,
                              struct waiting *submitted, struct error *err)
{
	const struct submission_list *list = &call->api->submissions;

	for (size_t i = 0; i < list->count; i++) {
		struct record_message_id id;
		enum status status = submit_one(call, channel, &list->items[i], &id, err);

		if (status != STATUS_OK) {
			call->problem.line = list->items[i].line_number;
			return status;
		}
		if (i == 0)
			submitted->first = id;
	}
	submitted->count = list->count;
	return STATUS_OK;
}

/* Submits, unless the key says that it was done before. */
static enum status submit_once(struct api_call *call, size_t channel,
                               struct waiting *submitted, struct error *err)
{
	struct view key = call->request->idempotency_key;
	struct hash digest;
	enum status status = STATUS_NOT_FOUND;

	if (key.len > 0) {
		digest = digest_of(call);
		status =
		    desk_submission_find(call->desk, channel, key, &digest,
		                         &submitted->first.index, &submitted->count, err);
	}
	if (status != STATUS_NOT_FOUND) {
		submitted->first.desk = desk_card(call->desk)->name;
		return status;
	}
	TRY(check_all(call, channel, submitted->is_batch, err));
	TRY(submit_all(call, channel, submitted, err));
	if (key.len == 0)
		return STATUS_OK;
	return desk_submission_note(call->desk, channel, key, &digest,
	                            submitted->first.index, submitted->count, err);
}

/* Whose receipts to wait for: with one message those it is addressed to, with a batch
 * everyone's. */
static void set_addressed(struct api_call *call, struct waiting *submitted)
{
	const struct submission_list *list = &call->api->submissions;

	if (submitted->is_batch)
		return;
	submitted->to_count = list->items[0].to_count;
	submitted->to =
	    submitted->to_count == 0 ? NULL : &list->names[list->items[0].to_first];
}

/* For the audit's row: which messages. */
static void set_subject(struct api_call *call, const struct waiting *submitted)
{
	char id[RECORD_MESSAGE_ID_MAX + 1];

	if (submitted->first.index == DESK_QUEUED_INDEX) {
		snprintf(call->subject, sizeof call->subject, "queued");
		return;
	}
	record_message_id_encode(&submitted->first, id);
	if (submitted->count > 1)
		snprintf(call->subject, sizeof call->subject, "%s and %llu more", id,
		         (unsigned long long)(submitted->count - 1));
	else
		snprintf(call->subject, sizeof call->subject, "%s", id);
}

static enum status parse(struct api_call *call, bool *ret_batch, struct error *err)
{
	struct submission_list *list = &call->api->submissions;

	*ret_batch = type_is(call->request->type, "application/x-ndjson");
	if (*ret_batch)
		return submission_parse_lines(list, call->request->body,
		                              &call->problem.line, err);
	if (!type_is(call->request->type, "application/json"))
		return error_set(err, STATUS_MALFORMED,
		                 "Content-Type must be application/json or "
		                 "application/x-ndjson");
	return submission_parse_one(list, call->request->body, err);
}

static enum status send_messages(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"wait", NULL};
	struct waiting submitted = {.request = call->request->id,
	                            .what = WAITING_SUBMITTED};
	struct desk_channel_info info;
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(check_key(call->request->idempotency_key, err));
	TRY(api_call_wait(call, &submitted.until_ms, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(parse(call, &submitted.is_batch, err));
	TRY(check_may_send(call, err));
	TRY(submit_once(call, channel, &submitted, err));
	set_addressed(call, &submitted);
	set_subject(call, &submitted);
	desk_channel(call->desk, channel, &info);
	submitted.channel = info.id;
	if (submitted.until_ms == 0 || submitted.first.index == DESK_QUEUED_INDEX ||
	    waiting_is_ready(&submitted, call->desk))
		return answer_submitted(call->desk, call->request->id, channel,
		                        &submitted, err);
	return waiting_add(&call->api->waiting, &submitted, err);
}

enum status api_post_messages(struct api_call *call, struct error *err)
{
	enum status status = send_messages(call, err);

	submission_shrink(&call->api->submissions);
	return status;
}

enum status api_post_attachments(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"salted", NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct record_blob_ref ref;
	char hex[HASH_HEX_LEN + 1];
	uint64_t is_salted;
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(target_number(&call->target, "salted", 1, 0, &is_salted, err));
	if (is_salted == 1)
		TRY(desk_put_salted(call->desk, channel, call->request->body, &ref, err));
	else
		TRY(desk_put_attachment(call->desk, channel, call->request->body, &ref,
		                        err));
	hash_hex(&ref.id, hex);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "blob", hex);
	json_writer_integer(&writer, "size", (int64_t)ref.size);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 201, &out, err);
}
