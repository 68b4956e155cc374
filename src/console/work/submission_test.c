/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages and batches as callers write them, rightly and wrongly.
 */
#include "console/work/submission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"

#define TEXT "{\"kind\":\"text\",\"body\":{\"language\":\"en\",\"text\":\"Hello\"}}"
#define BLOB "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static enum status parse_one(struct submission_list *list, const char *text,
                             struct error *err)
{
	return submission_parse_one(list, view_of_string(text), err);
}

static void a_message_keeps_all_its_members(void **state)
{
	struct submission_list list = {0};
	const struct submission *item;
	struct error err;

	assert_int_equal(
	    parse_one(&list,
	              "{\"kind\":\"ack\",\"to\":[\"south.example\",\"west.example\"],"
	              "\"line\":\"technical\",\"tlp\":\"AMBER+STRICT\","
	              "\"re\":\"south.example#12\",\"body\": {\"understood\":true} ,"
	              "\"attachments\":[{\"blob\":\"" BLOB "\",\"size\":812}]}",
	              &err),
	    STATUS_OK);
	assert_int_equal(list.count, 1);
	item = &list.items[0];
	assert_string_equal(item->kind->name, "ack");
	assert_int_equal(item->to_count, 2);
	assert_string_equal(list.names[item->to_first + 1].text, "west.example");
	assert_string_equal(item->line, "technical");
	assert_string_equal(item->tlp, "AMBER+STRICT");
	assert_true(item->has_re);
	assert_int_equal(item->re.index, 12);
	assert_true(view_equal_string(item->body, "{\"understood\":true}"));
	assert_int_equal(item->attachment_count, 1);
	assert_int_equal(list.attachments[0].size, 812);
	assert_int_equal(list.attachments[0].id.bytes[1], 0x11);
	submission_release(&list);
}

/* Refused as malformed, with a sentence that has this part. */
static void assert_refused(const char *text, const char *part)
{
	struct submission_list list = {0};
	struct error err = {0};

	assert_int_equal(parse_one(&list, text, &err), STATUS_MALFORMED);
	if (strstr(err.text, part) == NULL)
		fail_msg("'%s' does not hold '%s'", err.text, part);
	assert_int_equal(list.count, 0);
	submission_release(&list);
}

static void wrong_messages_name_the_field_and_the_rule(void **state)
{
	assert_refused("", "");
	assert_refused("[]", "object");
	assert_refused("{}", "kind is missing");
	assert_refused("{\"kind\":\"text\"}", "body is missing");
	assert_refused("{\"kind\":\"no-such\"}", "kind");
	assert_refused("{\"kind\":\"check\"}", "kind");
	assert_refused("{\"kind\":7}", "kind");
	assert_refused("{\"kind\":\"text\",\"body\":{\"language\":\"en\"}}", "text");
	assert_refused("{\"kind\":\"text\",\"body\":\"Hello\"}", "body");
	assert_refused("{\"kind\":\"text\",\"colour\":1}", "unknown member");
	assert_refused("{\"kind\":\"ack\",\"body\":{\"understood\":true}}",
	               "re is missing");
	assert_refused("{\"kind\":\"text\",\"to\":[]}", "to");
	assert_refused("{\"kind\":\"text\",\"to\":[\"North\"]}", "to");
	assert_refused("{\"kind\":\"text\",\"tlp\":\"PURPLE\"}", "tlp");
	assert_refused("{\"kind\":\"text\",\"re\":\"12\"}", "re");
	assert_refused(
	    "{\"kind\":\"text\",\"attachments\":[{\"blob\":\"00\",\"size\":1}]}",
	    "attachments");
	assert_refused("{\"kind\":\"text\",\"attachments\":[{\"blob\":\"" BLOB
	               "\",\"size\":-1}]}",
	               "size");
	assert_refused("{\"kind\":\"text\",\"kind\":\"text\"}", "");
}

static void every_truncation_is_refused(void **state)
{
	struct submission_list list = {0};
	const char text[] = TEXT;

	for (size_t len = 0; len + 1 < sizeof text; len++)
		assert_int_equal(submission_parse_one(&list, view_of(text, len), NULL),
		                 STATUS_MALFORMED);
	assert_int_equal(parse_one(&list, text, NULL), STATUS_OK);
	submission_release(&list);
}

static void a_batch_counts_its_lines(void **state)
{
	struct submission_list list = {0};
	size_t line = 99;

	assert_int_equal(
	    submission_parse_lines(&list, view_of_string(TEXT "\n\n" TEXT "\r\n" TEXT),
	                           &line, NULL),
	    STATUS_OK);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.items[0].line_number, 1);
	assert_int_equal(list.items[1].line_number, 3);
	assert_int_equal(list.items[2].line_number, 4);
	submission_release(&list);
}

static void a_bad_line_is_named(void **state)
{
	struct submission_list list = {0};
	struct error err = {0};
	size_t line = 0;

	assert_int_equal(submission_parse_lines(
	                     &list, view_of_string(TEXT "\n" TEXT "\n{\"kind\":\"x\"}\n"),
	                     &line, &err),
	                 STATUS_MALFORMED);
	assert_int_equal(line, 3);
	assert_non_null(strstr(err.text, "line 3: kind"));
	assert_int_equal(
	    submission_parse_lines(&list, view_of_string("\n\n"), &line, &err),
	    STATUS_MALFORMED);
	assert_int_equal(line, 0);
	submission_release(&list);
}

static void the_limits_of_a_batch_hold(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(32 * 1024 * 1024);
	struct submission_list list = {0};
	size_t line = 0;

	for (int i = 0; i < SUBMISSION_LINES_MAX; i++)
		buf_append_string(&text, TEXT "\n");
	assert_int_equal(submission_parse_lines(&list, buf_view(&text), &line, NULL),
	                 STATUS_OK);
	assert_int_equal(list.count, SUBMISSION_LINES_MAX);
	buf_append_string(&text, TEXT "\n");
	assert_int_equal(submission_parse_lines(&list, buf_view(&text), &line, NULL),
	                 STATUS_LIMIT);
	assert_int_equal(line, SUBMISSION_LINES_MAX + 1);
	buf_clear(&text);
	memset(buf_extend(&text, SUBMISSION_BODY_MAX + 1), '\n', SUBMISSION_BODY_MAX + 1);
	assert_int_equal(submission_parse_lines(&list, buf_view(&text), &line, NULL),
	                 STATUS_LIMIT);
	assert_int_equal(submission_parse_one(&list, buf_view(&text), NULL),
	                 STATUS_LIMIT);
	submission_shrink(&list);
	assert_int_equal(list.cap, 0);
	submission_release(&list);
}

static void a_body_of_the_largest_size_is_taken_and_one_byte_more_is_not(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1024 * 1024);
	struct submission_list list = {0};
	static const char before[] = "{\"kind\":\"text\",\"body\":";
	static const char body[] = "{\"language\":\"en\",\"text\":\"Hello\"";

	for (int extra = 0; extra < 2; extra++) {
		size_t blanks = RECORD_BODY_MAX - (sizeof body - 1) - 1 + (size_t)extra;

		buf_clear(&text);
		buf_append_string(&text, before);
		buf_append_string(&text, body);
		memset(buf_extend(&text, blanks), ' ', blanks);
		buf_append_string(&text, "}}");
		assert_int_equal(submission_parse_one(&list, buf_view(&text), NULL),
		                 extra == 0 ? STATUS_OK : STATUS_LIMIT);
	}
	submission_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_message_keeps_all_its_members),
	    cmocka_unit_test(wrong_messages_name_the_field_and_the_rule),
	    cmocka_unit_test(every_truncation_is_refused),
	    cmocka_unit_test(a_batch_counts_its_lines),
	    cmocka_unit_test(a_bad_line_is_named),
	    cmocka_unit_test(the_limits_of_a_batch_hold),
	    cmocka_unit_test(
	        a_body_of_the_largest_size_is_taken_and_one_byte_more_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
