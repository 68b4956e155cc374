/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a caller of the local API can send: request targets, one message, a batch, trust,
 * backup, and the note of a join. Every input goes through all of them. What a single
 * message may be is what one line of a batch may be.
 */
#include <assert.h>
#include <stdint.h>

#include "console/request_body.h"
#include "console/work/submission.h"
#include "console/target.h"
#include "tlog/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_list(const struct submission_list *list, struct view input)
{
	assert(list->count <= SUBMISSION_LINES_MAX);
	for (size_t i = 0; i < list->count; i++) {
		const struct submission *item = &list->items[i];

		assert(item->kind != NULL && !item->kind->is_automatic);
		assert(item->to_first + item->to_count <= list->name_count);
		assert(item->attachment_first + item->attachment_count <=
		       list->attachment_count);
		assert(item->body.len == 0 ||
		       (item->body.data >= input.data &&
		        item->body.data + item->body.len <= input.data + input.len));
	}
}

static void parse_messages(struct view input)
{
	struct submission_list list = {0};
	bool is_one_line = input.len > 0 && memchr(input.data, '\n', input.len) == NULL &&
	                   input.data[input.len - 1] != '\r';
	bool is_message = submission_parse_one(&list, input, NULL) == STATUS_OK;
	size_t line = 0;

	if (is_message)
		check_list(&list, input);
	if (submission_parse_lines(&list, input, &line, NULL) == STATUS_OK)
		check_list(&list, input);
	else
		assert(!is_message || !is_one_line);
	submission_release(&list);
}

static void parse_small(struct view input)
{
	struct request_trust trust = {0};
	struct json_doc doc = {0};
	char path[REQUEST_PATH_MAX + 1];

	if (request_trust_parse(input, &doc, &trust, NULL) == STATUS_OK)
		assert(trust.card.len > 0);
	buf_release(&trust.card);
	if (request_backup_parse(input, &doc, path, NULL) == STATUS_OK)
		assert(path[0] == '/');
	json_release(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view input = view_of(data, len);
	struct target target;
	struct tlog_note note;

	parse_messages(input);
	parse_small(input);
	if (target_parse(input, &target, NULL) == STATUS_OK)
		assert(target.segment_count <= TARGET_SEGMENTS_MAX);
	if (tlog_note_parse(input, &note, NULL) == STATUS_OK)
		assert(note.line_count > 0);
	return 0;
}
