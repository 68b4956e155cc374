/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each run reads the channel once.
 */
#include "console/release/release_work.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "console/answer.h"
#include "record/object.h"
#include "release/build.h"
#include "release/frame.h"

void release_task_free(void *context)
{
	struct release_task *task = context;

	papers_release(&task->papers);
	free((void *)task->choice.full.ids);
	free((void *)task->choice.envelope.ids);
	free((void *)task->choice.withheld.ids);
	free((void *)task->choice.attachments);
	for (size_t i = 0; i < RELEASE_LANGUAGES; i++)
		buf_release(&task->cover[i]);
	buf_release(&task->text);
	buf_release(&task->words);
	free(task);
}

typedef enum status read_fn(struct release_task *task, struct release_record *record,
                            struct buf *ret_result, struct error *err);

static enum status with_record(void *context, bundle_fetch *fetch, void *fetch_context,
                               read_fn *read, struct buf *ret_result, struct error *err)
{
	struct release_task *task = context;
	struct bundle_export_source source = task->papers.source;
	struct release_record record = {0};
	enum status status;

	source.fetch = fetch;
	source.fetch_context = fetch_context;
	status = release_record_read(&source, &record, err);
	if (status == STATUS_OK)
		status = read(task, &record, ret_result, err);
	release_record_release(&record);
	return status;
}

/* ---- what is written of a release ---- */

static void write_counts(struct json_writer *writer,
                         const struct release_manifest *manifest)
{
	int64_t full = 0, envelope = 0, withheld = 0;

	for (size_t i = 0; i < manifest->log_count; i++)
		for (uint64_t j = 0; j < manifest->logs[i].size; j++)
			switch ((enum release_mode)manifest->logs[i].modes[j]) {
			case RELEASE_FULL:
				full++;
				break;
			case RELEASE_ENVELOPE:
				envelope++;
				break;
			case RELEASE_WITHHELD:
				withheld++;
				break;
			}
	json_writer_object(writer, "counts");
	json_writer_integer(writer, "full", full);
	json_writer_integer(writer, "envelope", envelope);
	json_writer_integer(writer, "withheld", withheld);
	json_writer_end(writer);
}

static void write_answers(struct json_writer *writer, const struct release_record *record,
                          const struct release_look *look)
{
	static const char *const words[] = {"none", "consented", "refused"};

	json_writer_array(writer, "answers");
	for (size_t i = 0; i < record->channel.member_count; i++) {
		const struct release_answered *answered = &look->answers[i];
		struct record_message_id id = {record->channel.members[i].name,
		                               answered->index};

		if (answered->answer == RELEASE_NO_ANSWER && !look->is_asked[i])
			continue;
		json_writer_object(writer, NULL);
		json_writer_string(writer, "desk", id.desk.text);
		json_writer_string(writer, "answer", words[answered->answer]);
		json_writer_bool(writer, "needed", look->is_asked[i]);
		if (answered->answer != RELEASE_NO_ANSWER) {
			answer_write_id(writer, "message", &id);
			json_writer_time(writer, "sent", answered->sent_s);
		}
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static const char *grade_word(enum release_grade grade)
{
	return grade == RELEASE_JOINT           ? "joint"
	       : grade == RELEASE_BY_ORIGINATOR ? "by-originator"
	                                        : "one-sided";
}

/* The members of a release's object that follow from its manifest and the answers. */
static void write_look(struct json_writer *writer, const struct release_record *record,
                       const struct release_look *look)
{
	const struct release_manifest *manifest = &look->manifest;

	record_hex_hash_write(writer, "manifest", &look->digest);
	json_writer_string(writer, "by", manifest->by.text);
	json_writer_time(writer, "made", manifest->made_s);
	json_writer_string(writer, "rule", release_rule_name(manifest->rule));
	json_writer_text(writer, "title", buf_view(&manifest->title));
	release_manifest_write_cover(manifest, writer);
	write_counts(writer, manifest);
	json_writer_array(writer, "attachments");
	for (size_t i = 0; i < manifest->attachment_count; i++)
		record_hex_hash_write(writer, NULL, &manifest->attachments[i]);
	json_writer_end(writer);
	write_answers(writer, record, look);
	json_writer_string(writer, "grade", grade_word(look->grade));
}

static void write_integer(struct json_writer *writer, const char *name, uint64_t value)
{
	json_writer_integer(writer, name, (int64_t)value);
}

static void write_kinds(struct json_writer *writer, const struct record_kind *kind)
{
	json_writer_array(writer, "answers");
	for (size_t i = 0; kind != NULL && kind->answers[i] != NULL; i++)
		json_writer_string(writer, NULL, kind->answers[i]);
	json_writer_end(writer);
}

static void write_word(void *context, const struct release_word *word)
{
	struct json_writer *writer = context;

	json_writer_object(writer, NULL);
	json_writer_string(writer, "topic", release_topic_name(word->topic));
	json_writer_string(writer, "sentence", word->sentence);
	switch (word->topic) {
	case RELEASE_SAYS_LOG:
		json_writer_string(writer, "desk", word->desk);
		write_integer(writer, "from", word->from);
		write_integer(writer, "entries", word->entries);
		write_integer(writer, "full", word->full);
		write_integer(writer, "envelope", word->envelope);
		write_integer(writer, "withheld", word->withheld);
		json_writer_text(writer, "runs", word->runs);
		break;
	case RELEASE_SAYS_ENDED:
		json_writer_string(writer, "desk", word->desk);
		write_integer(writer, "from", word->from);
		json_writer_bool(writer, "shown", word->is_there);
		break;
	case RELEASE_SAYS_MARKED:
		write_integer(writer, "count", word->count);
		json_writer_string(writer, "mark", word->mark);
		answer_write_id(writer, "message", &word->message);
		break;
	case RELEASE_SAYS_ENVELOPE:
		answer_write_id(writer, "message", &word->message);
		json_writer_string(writer, "kind", word->kind);
		json_writer_time(writer, "sent", word->sent_s);
		json_writer_bool(writer, "tlp", word->has_tlp);
		write_integer(writer, "size", word->size);
		break;
	case RELEASE_SAYS_NAMED:
		answer_write_id(writer, "message", &word->message);
		json_writer_string(writer, "kind", word->kind);
		answer_write_id(writer, "named", &word->named);
		write_kinds(writer, word->answers);
		break;
	case RELEASE_SAYS_NAMED_MORE:
	case RELEASE_SAYS_SEEN:
		write_integer(writer, "count", word->count);
		break;
	case RELEASE_SAYS_CLOSED:
		write_integer(writer, "count", word->count);
		write_integer(writer, "size", word->size);
		break;
	case RELEASE_SAYS_TEXTS:
		break;
	}
	json_writer_end(writer);
}

/* The manifest as text, and what it shows and gives away. */
static enum status write_whole(struct json_writer *writer, struct release_record *record,
                               const struct release_look *look, struct view text,
                               struct error *err)
{
	write_look(writer, record, look);
	json_writer_text(writer, "text", text);
	json_writer_array(writer, "words");
	TRY(release_draft_words(record, &look->manifest, write_word, writer, err));
	json_writer_end(writer);
	return STATUS_OK;
}

/* ---- the list ---- */

/* What can't be looked at, as long as it is for what it says, is told with the reason. */
static bool is_its_own_fault(enum status status)
{
	return status == STATUS_NOT_FOUND || status == STATUS_CONFLICT ||
	       status == STATUS_MALFORMED || status == STATUS_LIMIT;
}

static enum status write_listed(struct json_writer *writer, struct release_record *record,
                                const struct release_asked *asked, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RELEASE_MANIFEST_MAX);
	struct release_look look = {0};
	struct error why = {0};
	struct hash digest;
	enum status status =
	    release_request_read(record, &asked->id, &digest, &text, &why);

	if (status == STATUS_OK)
		status = release_look_at(record, buf_view(&text), &look, &why);
	json_writer_object(writer, NULL);
	answer_write_id(writer, "request", &asked->id);
	json_writer_time(writer, "sent", asked->sent_s);
	if (status == STATUS_OK)
		write_look(writer, record, &look);
	else
		json_writer_string(writer, "why", why.text);
	json_writer_end(writer);
	release_look_release(&look);
	if (is_its_own_fault(status))
		status = STATUS_OK;
	return status == STATUS_OK ? STATUS_OK : error_set(err, status, "%s", why.text);
}

static enum status list(struct release_task *task, struct release_record *record,
                        struct buf *ret_result, struct error *err)
{
	struct json_writer writer = json_writer_of(ret_result);

	json_writer_object(&writer, NULL);
	json_writer_bool(&writer, "more", task->has_more);
	if (task->has_more)
		write_integer(&writer, "next", task->next);
	json_writer_array(&writer, "releases");
	for (size_t i = 0; i < task->asked_count; i++)
		TRY(write_listed(&writer, record, &task->asked[i], err));
	json_writer_end(&writer);
	json_writer_end(&writer);
	return STATUS_OK;
}

enum status release_work_list(void *context, bundle_fetch *fetch, void *fetch_context,
                              struct buf *ret_result, struct error *err)
{
	return with_record(context, fetch, fetch_context, list, ret_result, err);
}

/* ---- one ---- */

static enum status write_release(struct release_record *record,
                                 const struct record_message_id *request,
                                 struct view text, struct buf *ret_result,
                                 struct error *err)
{
	struct json_writer writer = json_writer_of(ret_result);
	struct release_look look = {0};
	enum status status = release_look_at(record, text, &look, err);

	json_writer_object(&writer, NULL);
	if (request != NULL)
		answer_write_id(&writer, "request", request);
	if (status == STATUS_OK)
		status = write_whole(&writer, record, &look, text, err);
	json_writer_end(&writer);
	release_look_release(&look);
	return status;
}

static enum status look(struct release_task *task, struct release_record *record,
                        struct buf *ret_result, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RELEASE_MANIFEST_MAX);
	struct hash digest;

	TRY(release_request_read(record, &task->request, &digest, &text, err));
	return write_release(record, &task->request, buf_view(&text), ret_result, err);
}

enum status release_work_look(void *context, bundle_fetch *fetch, void *fetch_context,
                              struct buf *ret_result, struct error *err)
{
	return with_record(context, fetch, fetch_context, look, ret_result, err);
}

static enum status look_at_text(struct release_task *task, struct release_record *record,
                                struct buf *ret_result, struct error *err)
{
	return write_release(record, NULL, buf_view(&task->text), ret_result, err);
}

enum status release_work_text(void *context, bundle_fetch *fetch, void *fetch_context,
                              struct buf *ret_result, struct error *err)
{
	return with_record(context, fetch, fetch_context, look_at_text, ret_result, err);
}

static enum status draft(struct release_task *task, struct release_record *record,
                         struct buf *ret_result, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RELEASE_MANIFEST_MAX);
	struct release_manifest manifest = {0};
	enum status status = release_draft(record, &task->choice, &manifest, err);

	if (status == STATUS_OK)
		status = release_manifest_append(&manifest, &text, err);
	release_manifest_release(&manifest);
	TRY(status);
	return write_release(record, NULL, buf_view(&text), ret_result, err);
}

enum status release_work_draft(void *context, bundle_fetch *fetch, void *fetch_context,
                               struct buf *ret_result, struct error *err)
{
	return with_record(context, fetch, fetch_context, draft, ret_result, err);
}

/* ---- the file ---- */

static enum status check_grade(const struct release_task *task, enum release_grade grade,
                               struct error *err)
{
	if (grade != RELEASE_ONE_SIDED || task->may_be_one_sided)
		return STATUS_OK;
	return error_set(err, STATUS_CONFLICT,
	                 "the consents that the charter asks for are not all here, or it "
	                 "allows no release: the file would be one-sided");
}

static enum status build(struct release_task *task, struct release_record *record,
                         struct buf *ret_result, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RELEASE_MANIFEST_MAX);
	const struct bundle_trust none = {0};
	struct release_result result = {0};
	struct hash digest;
	enum status status;

	TRY(release_request_read(record, &task->request, &digest, &text, err));
	status =
	    release_build_file(record, buf_view(&text), &none, ret_result, &result, err);
	if (status == STATUS_LIMIT)
		status = error_set(err, status,
		                   "the file is larger than the console hands out (%d "
		                   "MiB): make it with `aldis release build`",
		                   ASIDE_RESULT_MAX >> 20);
	if (status == STATUS_OK)
		status = check_grade(task, result.grade, err);
	release_result_release(&result);
	return status;
}

enum status release_work_file(void *context, bundle_fetch *fetch, void *fetch_context,
                              struct buf *ret_result, struct error *err)
{
	return with_record(context, fetch, fetch_context, build, ret_result, err);
}

/* ---- may it be? ---- */

static enum status check_request(struct release_task *task, struct release_record *record,
                                 struct buf *ret_result, struct error *err)
{
	struct hash digest;

	(void)ret_result;
	return release_request_check(record, buf_view(&task->text), &digest, err);
}

enum status release_work_request(void *context, bundle_fetch *fetch, void *fetch_context,
                                 struct buf *ret_result, struct error *err)
{
	return with_record(context, fetch, fetch_context, check_request, ret_result, err);
}

static enum status check_answer(struct release_task *task, struct release_record *record,
                                struct buf *ret_result, struct error *err)
{
	struct hash digest;

	(void)ret_result;
	TRY(release_answer_check(record, &task->request, task->is_consent, &digest, err));
	if (hash_equal(&digest, &task->digest))
		return STATUS_OK;
	return error_set(err, STATUS_CONFLICT,
	                 "the request is for another manifest than the one answered to");
}

enum status release_work_answer(void *context, bundle_fetch *fetch, void *fetch_context,
                                struct buf *ret_result, struct error *err)
{
	return with_record(context, fetch, fetch_context, check_answer, ret_result, err);
}
