/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The endpoints of releases. Each takes the channel's papers, has the rest worked out
 * aside, and answers when that is done. Requests and answers go out as drafts do, so a
 * second person is asked where the charter wants one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "console/work/draft_json.h"
#include "console/release/release_work.h"
#include "console/reading/pick.h"
#include "console/request_body.h"
#include "record/object.h"

enum {
	REQUEST_TOKENS_MAX = 1 << 18,
	CHOICES_MAX = 200000, /* messages named in one list */
	RETRY_AFTER_S = 3,
};

/* ---- asking ---- */

static enum status task_of_channel(struct api_call *call, size_t channel,
                                   struct release_task **ret_task, struct error *err)
{
	struct release_task *task = calloc(1, sizeof *task);
	struct desk_channel_info info;
	enum status status;

	if (task == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for a release");
	task->now_s = call->now_ms / 1000;
	task->http_request = call->request->id;
	task->who = call->who;
	desk_channel(call->desk, channel, &info);
	task->channel = info.id;
	status = papers_collect(call->desk, channel, task->now_s, &task->papers, err);
	if (status == STATUS_OK && call->target.segment_count > 5)
		status = api_call_message(call, &task->request, err);
	if (status != STATUS_OK) {
		release_task_free(task);
		return status;
	}
	*ret_task = task;
	return STATUS_OK;
}

static enum status task_new(struct api_call *call, struct release_task **ret_task,
                            struct error *err)
{
	size_t channel;

	TRY(api_call_channel(call, &channel, err));
	return task_of_channel(call, channel, ret_task, err);
}

static enum status ask(struct api_call *call, struct release_task *task, aside_run *run,
                       aside_done *done, struct error *err)
{
	const struct aside_work work = {
	    .run = run,
	    .done = done,
	    .free = release_task_free,
	    .context = task,
	    .who = call->who,
	};
	enum status status;

	if (aside_waits_for(&call->api->aside, &call->who)) {
		release_task_free(task);
		call->problem = (struct api_problem){.http_status = 429,
		                                     .code = "too-many-asked",
		                                     .retry_after_s = RETRY_AFTER_S};
		return error_set(err, STATUS_AGAIN,
		                 "what %s asked for before is still waiting to be "
		                 "worked out: wait for that, then ask again",
		                 call->who.name);
	}
	status = aside_ask(call->api, &work, call->now_ms, err);

	if (status == STATUS_AGAIN)
		call->problem.retry_after_s = RETRY_AFTER_S;
	return status;
}

/* ---- answering ---- */

static void reply_failure(struct api *api, const struct release_task *task,
                          enum status status, const struct api_problem *problem,
                          const struct error *why)
{
	struct api_problem told = *problem;

	if (status == STATUS_AGAIN)
		told.retry_after_s = RETRY_AFTER_S;
	api_reply_problem(api->desk, task->http_request, status, &told, why);
}

static void done_json(struct api *api, void *context, enum status status,
                      struct view result, const struct error *why, int64_t now_ms)
{
	const struct release_task *task = context;

	(void)now_ms;
	if (status == STATUS_OK)
		desk_reply(api->desk, task->http_request, 200, "application/json",
		           result);
	else
		reply_failure(api, task, status, &(struct api_problem){0}, why);
}

static enum status note(struct api *api, const struct release_task *task,
                        const char *what, const char *subject, struct error *err)
{
	char channel[HASH_HEX_LEN + 1];

	hash_hex(&task->channel.hash, channel);
	return office_audit(
	    api->office,
	    &(struct office_act){
	        .who = &task->who, .what = what, .subject = subject, .channel = channel},
	    err);
}

/* What a browser keeps and never shows by itself: the page in it has scripts of its own.
 */
static enum status reply_file(struct api *api, const struct release_task *task,
                              struct view file, struct error *err)
{
	char name[DESK_FILE_NAME_MAX + 1], subject[RECORD_MESSAGE_ID_MAX + 1];

	record_message_id_encode(&task->request, subject);
	TRY(note(api, task,
	         task->may_be_one_sided ? "release.build.one-sided" : "release.build",
	         subject, err));
	(void)snprintf(name, sizeof name, "release-%.80s-%llu.html",
	               task->request.desk.text, (unsigned long long)task->request.index);
	desk_reply_with(api->desk,
	                &(struct desk_reply){.request = task->http_request,
	                                     .status = 200,
	                                     .type = "application/octet-stream",
	                                     .body = file,
	                                     .file_name = name});
	return STATUS_OK;
}

static void done_file(struct api *api, void *context, enum status status,
                      struct view result, const struct error *why, int64_t now_ms)
{
	const struct release_task *task = context;
	struct api_problem problem = {0};
	struct error failure = *why;

	(void)now_ms;
	if (status == STATUS_OK)
		status = reply_file(api, task, result, &failure);
	if (status == STATUS_CONFLICT && !task->may_be_one_sided)
		problem.code = "one-sided";
	if (status != STATUS_OK)
		reply_failure(api, task, status, &problem, &failure);
}

/* ---- sending, as drafts are ---- */

static void write_words(struct json_writer *writer, const char *name,
                        const struct release_task *task)
{
	if (task->language[0] != '\0')
		json_writer_string(writer, "language", task->language);
	if (task->words.len > 0)
		json_writer_text(writer, name, buf_view(&task->words));
}

static void write_message(struct buf *out, const struct release_task *task,
                          const char *kind, const struct hash *digest)
{
	struct json_writer writer = json_writer_of(out);
	bool is_request = task->text.len > 0;
	char hex[HASH_HEX_LEN + 1], re[RECORD_MESSAGE_ID_MAX + 1];

	hash_hex(digest, hex);
	record_message_id_encode(&task->request, re);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "kind", kind);
	if (!is_request)
		json_writer_string(&writer, "re", re);
	json_writer_object(&writer, "body");
	json_writer_string(&writer, "manifest", hex);
	write_words(&writer, is_request || task->is_consent ? "text" : "reason", task);
	json_writer_end(&writer);
	json_writer_end(&writer);
}

static enum status fill_draft(struct api *api, const struct release_task *task,
                              const char *id, const struct hash *digest,
                              struct error *err)
{
	const struct draft_file *file;
	const struct draft *draft;
	char name[64];

	if (task->text.len > 0) {
		(void)snprintf(name, sizeof name, "manifest-%02x%02x%02x%02x.txt",
		               digest->bytes[0], digest->bytes[1], digest->bytes[2],
		               digest->bytes[3]);
		TRY(draft_attach(api->office, &task->who, id, name, buf_view(&task->text),
		                 false, &file, err));
	}
	TRY(drafts_find(api->office, id, &draft, err));
	return draft_submit(api->office, &task->who, id, draft->version, true, err);
}

/* The draft is submitted or discarded: none is left lying about. */
static enum status send_draft(struct api *api, const struct release_task *task,
                              const char *kind, char ret_id[DRAFT_ID_MAX + 1],
                              struct error *err)
{
	struct hash digest =
	    task->text.len > 0 ? sha256(buf_view(&task->text)) : task->digest;
	CLEANUP_BUF struct buf message = BUF_INIT(DRAFT_MESSAGE_MAX);
	char channel_id[HASH_HEX_LEN + 1];
	const struct draft *draft;
	size_t channel;
	enum status status;

	write_message(&message, task, kind, &digest);
	TRY(buf_check(&message, "the message", err));
	hash_hex(&task->channel.hash, channel_id);
	TRY(desk_channel_find(api->desk, view_of_string(channel_id), &channel, err));
	TRY(draft_create(api->office, &task->who, channel, buf_view(&message), &draft,
	                 err));
	(void)snprintf(ret_id, DRAFT_ID_MAX + 1, "%s", draft->id);
	status = fill_draft(api, task, ret_id, &digest, err);
	if (status != STATUS_OK)
		(void)!draft_discard(api->office, &task->who, ret_id, NULL);
	else
		status = note(api, task, kind, ret_id, err);
	return status;
}

static enum status reply_draft(struct api *api, const struct release_task *task,
                               const char *id, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	const struct draft *draft;

	TRY(drafts_find(api->office, id, &draft, err));
	TRY(draft_write(&writer, NULL, api, draft, true, err));
	return api_reply_json(api->desk, task->http_request,
	                      draft->state == DRAFT_SENT ? 201 : 200, &out, err);
}

static void done_message(struct api *api, const struct release_task *task,
                         const char *kind, enum status status, const struct error *why)
{
	char id[DRAFT_ID_MAX + 1];
	struct error failure = *why;

	if (status == STATUS_OK)
		status = send_draft(api, task, kind, id, &failure);
	if (status == STATUS_OK)
		status = reply_draft(api, task, id, &failure);
	if (status != STATUS_OK)
		reply_failure(api, task, status, &(struct api_problem){0}, &failure);
}

static void done_request(struct api *api, void *context, enum status status,
                         struct view result, const struct error *why, int64_t now_ms)
{
	(void)result;
	(void)now_ms;
	done_message(api, context, "release.request", status, why);
}

static void done_answer(struct api *api, void *context, enum status status,
                        struct view result, const struct error *why, int64_t now_ms)
{
	const struct release_task *task = context;

	(void)result;
	(void)now_ms;
	done_message(api, task, task->is_consent ? "release.consent" : "release.refuse",
	             status, why);
}

/* ---- what is asked ---- */

static enum status read_ids(const struct json_doc *doc, const struct json_token *value,
                            struct release_ids *ret_ids, struct error *err)
{
	struct record_message_id *ids;
	char text[RECORD_MESSAGE_ID_MAX + 1];

	TRY(record_array_check(value, 0, CHOICES_MAX, err));
	ids = calloc(value->count + 1, sizeof *ids);
	if (ids == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for a draft");
	free((void *)ret_ids->ids);
	*ret_ids = (struct release_ids){.ids = ids};
	for (const struct json_token *item = json_first(doc, value); item != NULL;
	     item = json_next(doc, value, item)) {
		TRY(record_string_read(doc, item, 1, RECORD_MESSAGE_ID_MAX, text, err));
		TRY(record_message_id_decode(view_of_string(text), &ids[ret_ids->count],
		                             err));
		ret_ids->count++;
	}
	return STATUS_OK;
}

static enum status read_full(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	return read_ids(doc, value, &((struct release_task *)context)->choice.full, err);
}

static enum status read_envelope(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	return read_ids(doc, value, &((struct release_task *)context)->choice.envelope,
	                err);
}

static enum status read_withheld(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	return read_ids(doc, value, &((struct release_task *)context)->choice.withheld,
	                err);
}

static enum status read_others(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	static const struct {
		const char *word;
		enum release_mode mode;
	} modes[] = {{"full", RELEASE_FULL},
	             {"envelope", RELEASE_ENVELOPE},
	             {"withheld", RELEASE_WITHHELD}};
	struct release_task *task = context;
	char word[16];

	TRY(record_string_read(doc, value, 1, sizeof word - 1, word, err));
	for (size_t i = 0; i < 3; i++)
		if (strcmp(modes[i].word, word) == 0) {
			task->choice.others = modes[i].mode;
			return STATUS_OK;
		}
	return error_set(err, STATUS_MALFORMED, "must be full, envelope or withheld");
}

static enum status read_since(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	return record_time_read(doc, value,
	                        &((struct release_task *)context)->choice.since_s, err);
}

static enum status read_until(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	return record_time_read(doc, value,
	                        &((struct release_task *)context)->choice.until_s, err);
}

static enum status read_opened(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct release_choice *choice = &((struct release_task *)context)->choice;
	struct hash *hashes;

	TRY(record_array_check(value, 0, CHOICES_MAX, err));
	hashes = calloc(value->count + 1, sizeof *hashes);
	if (hashes == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for a draft");
	free((void *)choice->attachments);
	choice->attachments = hashes;
	choice->attachment_count = 0;
	for (const struct json_token *item = json_first(doc, value); item != NULL;
	     item = json_next(doc, value, item))
		TRY(record_hex_hash_read(doc, item, &hashes[choice->attachment_count++],
		                         err));
	return STATUS_OK;
}

static enum status read_text(const struct json_doc *doc, const struct json_token *value,
                             size_t max, struct buf *ret_text, struct error *err)
{
	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a text");
	buf_release(ret_text);
	*ret_text = BUF_INIT(max);
	json_string_append(doc, value, ret_text);
	return buf_check(ret_text, "the text", err);
}

static enum status read_cover_en(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	return read_text(doc, value, RELEASE_COVER_MAX,
	                 &((struct release_task *)context)->cover[0], err);
}

static enum status read_cover_id(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	return read_text(doc, value, RELEASE_COVER_MAX,
	                 &((struct release_task *)context)->cover[1], err);
}

static enum status read_cover(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	static const struct record_member members[RELEASE_LANGUAGES] = {
	    {"en", false, read_cover_en}, {"id", false, read_cover_id}};

	return record_object_read(doc, value, members, RELEASE_LANGUAGES, context, err);
}

static enum status read_manifest(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct release_task *task = context;

	TRY(read_text(doc, value, RELEASE_MANIFEST_MAX, &task->text, err));
	return task->text.len > 0 ? STATUS_OK
	                          : error_set(err, STATUS_MALFORMED, "must not be empty");
}

static enum status read_digest(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	return record_hex_hash_read(doc, value, &((struct release_task *)context)->digest,
	                            err);
}

static enum status read_language(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct release_task *task = context;

	TRY(record_string_read(doc, value, 1, sizeof task->language - 1, task->language,
	                       err));
	return record_language_check(view_of_string(task->language))
	           ? STATUS_OK
	           : error_set(err, STATUS_MALFORMED, "is no language");
}

static enum status read_words(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	return read_text(doc, value, RECORD_BODY_MAX,
	                 &((struct release_task *)context)->words, err);
}

static enum status read_answer(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct release_task *task = context;
	char word[16];

	TRY(record_string_read(doc, value, 1, sizeof word - 1, word, err));
	task->is_consent = strcmp(word, "consent") == 0;
	return task->is_consent || strcmp(word, "refuse") == 0
	           ? STATUS_OK
	           : error_set(err, STATUS_MALFORMED, "must be consent or refuse");
}

static const struct record_member of_draft[] = {
    {"since", false, read_since},        {"until", false, read_until},
    {"others", false, read_others},      {"full", false, read_full},
    {"envelope", false, read_envelope},  {"withheld", false, read_withheld},
    {"attachments", false, read_opened}, {"cover", false, read_cover},
};
static const struct record_member of_request[] = {
    {"manifest", true, read_manifest},
    {"language", true, read_language},
    {"text", true, read_words},
};
static const struct record_member of_answer[] = {
    {"answer", true, read_answer},
    {"manifest", true, read_digest},
    {"language", false, read_language},
    {"text", false, read_words},
};

/* A task with what the body says; *ret_task only on success. */
static enum status task_of_body(struct api_call *call,
                                const struct record_member *members, size_t count,
                                struct release_task **ret_task, struct error *err)
{
	struct json_doc *doc = &call->api->doc;
	struct release_task *task = NULL;
	enum status status;

	TRY(request_body_scan(call->request->body, REQUEST_TOKENS_MAX, doc, err));
	TRY(task_new(call, &task, err));
	task->choice.since_s = INT64_MIN;
	task->choice.until_s = INT64_MAX;
	task->choice.now_s = task->now_s;
	status = record_object_read(doc, json_root(doc), members, count, task, err);
	for (size_t i = 0; i < RELEASE_LANGUAGES; i++)
		task->choice.cover[i] = buf_view(&task->cover[i]);
	if (status != STATUS_OK)
		release_task_free(task);
	else
		*ret_task = task;
	return status;
}

#define TASK_OF_BODY(call, members, ret_task, err)                              \
	task_of_body((call), (members), sizeof(members) / sizeof((members)[0]), \
	             (ret_task), (err))

/* ---- endpoints ---- */

/* Which requests a page has: those before a position of the joint order, which the desk
 * itself has made, the last first. */
static enum status pick_requests(struct api_call *call, struct release_task *task,
                                 struct pick *pick, size_t limit, struct error *err)
{
	struct channel_briefs *briefs;
	struct desk_place place;
	size_t channel;

	TRY(api_call_channel(call, &channel, err));
	TRY(briefs_open(call->api->office, channel, &briefs, err));
	pick->limit = limit + 1; /* one more, to know whether there are more */
	TRY(pick_find(pick, call->desk, channel, briefs, task->now_s, err));
	task->has_more = pick->count > limit;
	if (task->has_more)
		task->next = pick->positions[limit - 1];
	for (size_t i = 0; i < pick->count && i < limit; i++) {
		const struct brief *brief = NULL;

		if (desk_place(call->desk, channel, pick->positions[i], &place))
			brief = briefs_find(briefs, place.log, place.index);
		if (brief == NULL)
			continue;
		struct release_asked *asked = &task->asked[task->asked_count++];
		*asked = (struct release_asked){.id.index = place.index,
		                                .sent_s = brief->sent_s};
		(void)view_copy_string(view_of_string(briefs_desk(briefs, place.log)),
		                       asked->id.desk.text, sizeof asked->id.desk.text);
	}
	return STATUS_OK;
}

enum status api_get_releases(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"before", "limit", NULL};
	struct pick pick = {
	    .kind = "release.request", .is_backward = true, .settled = UINT64_MAX};
	struct release_task *task;
	enum status status;
	size_t limit;

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_number(&call->target, "before", STORE_INDEX_MAX, STORE_INDEX_MAX,
	                  &pick.at, err));
	TRY(target_limit(&call->target, RELEASE_LIST_MAX, RELEASE_LIST_MAX, &limit, err));
	TRY(task_new(call, &task, err));
	status = pick_requests(call, task, &pick, limit, err);
	pick_release(&pick);
	if (status == STATUS_OK)
		return ask(call, task, release_work_list, done_json, err);
	release_task_free(task);
	return status;
}

enum status api_get_release(struct api_call *call, struct error *err)
{
	struct release_task *task;

	TRY(task_new(call, &task, err));
	return ask(call, task, release_work_look, done_json, err);
}

/* The manifest that a draft carries and names. */
static enum status find_manifest(struct api_call *call, const struct draft *draft,
                                 struct buf *ret_text, struct error *err)
{
	CLEANUP_BUF struct buf message = BUF_INIT(DRAFT_MESSAGE_MAX);
	char hex[HASH_HEX_LEN + 1];
	struct hash digest;

	TRY(draft_text(call->api->office, draft, &message, err));
	for (size_t i = 0; i < draft->file_count; i++) {
		buf_release(ret_text);
		*ret_text = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);
		TRY(draft_file_read(call->api->office, draft, draft->files[i].id,
		                    ret_text, err));
		digest = sha256(buf_view(ret_text));
		hash_hex(&digest, hex);
		if (view_find(buf_view(&message), view_of_string(hex)) != SIZE_MAX)
			return STATUS_OK;
	}
	return error_set(err, STATUS_NOT_FOUND,
	                 "the draft carries no manifest that it names");
}

enum status api_get_draft_release(struct api_call *call, struct error *err)
{
	const struct draft *draft;
	struct release_task *task;
	enum status status;
	size_t channel;

	TRY(drafts_find(call->api->office, call->target.segments[2], &draft, err));
	TRY(draft_channel(call->api->office, draft, &channel, err));
	TRY(task_of_channel(call, channel, &task, err));
	status = find_manifest(call, draft, &task->text, err);
	if (status == STATUS_OK)
		return ask(call, task, release_work_text, done_json, err);
	release_task_free(task);
	return status;
}

/* What is one-sided leaves at an officer's word alone. */
static enum status check_one_sided(struct api_call *call, struct error *err)
{
	if (call->who.door != OFFICE_DOOR_CONSOLE ||
	    (call->who.roles & OFFICE_OFFICER) != 0)
		return STATUS_OK;
	call->is_refused = true;
	call->problem.code = "not-allowed";
	return error_set(err, STATUS_UNTRUSTED,
	                 "a one-sided release is made by a release officer alone");
}

enum status api_get_release_file(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"one_sided", NULL};
	struct release_task *task;
	uint64_t is_one_sided;

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_number(&call->target, "one_sided", 1, 0, &is_one_sided, err));
	if (is_one_sided == 1)
		TRY(check_one_sided(call, err));
	TRY(task_new(call, &task, err));
	task->may_be_one_sided = is_one_sided == 1;
	return ask(call, task, release_work_file, done_file, err);
}

enum status api_post_release_draft(struct api_call *call, struct error *err)
{
	struct release_task *task;

	TRY(TASK_OF_BODY(call, of_draft, &task, err));
	return ask(call, task, release_work_draft, done_json, err);
}

enum status api_post_release(struct api_call *call, struct error *err)
{
	struct release_task *task;

	TRY(TASK_OF_BODY(call, of_request, &task, err));
	return ask(call, task, release_work_request, done_request, err);
}

enum status api_post_release_answer(struct api_call *call, struct error *err)
{
	struct release_task *task;

	TRY(TASK_OF_BODY(call, of_answer, &task, err));
	return ask(call, task, release_work_answer, done_answer, err);
}
