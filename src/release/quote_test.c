/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotations: hostile texts, limits, and the answers' places. The rules themselves are
 * held to test/release_quotes.json, here and in the page.
 */
#include "release/quote.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <time.h>

#include "base/cleanup.h"
#include "crypto/random.h"
#include "record/kinds.h"

static struct release_statement statement(const char *message, const char *text)
{
	return (struct release_statement){.message = view_of_string(message),
	                                  .language = view_of_string("en"),
	                                  .text = view_of_string(text)};
}

static struct release_quotes
check(struct view article, const struct release_statement *statements, size_t count)
{
	struct release_quotes quotes = {0};
	struct error err = {{0}};

	if (release_quotes_check(article, "en", statements, count, &quotes, &err) !=
	    STATUS_OK)
		fail_msg("%s", err.text);
	return quotes;
}

static struct buf repeated(const char *text, size_t len)
{
	struct buf out = BUF_INIT(8 * 1024 * 1024);

	while (out.len + strlen(text) <= len)
		buf_append_string(&out, text);
	return out;
}

/* The status of an article against one statement. */
static enum status status_of(struct view article, struct error *err)
{
	const struct release_statement said =
	    statement("n.example#1", "We were not hacked.");
	struct release_quotes quotes = {0};
	enum status status = release_quotes_check(article, "en", &said, 1, &quotes, err);

	release_quotes_release(&quotes);
	return status;
}

static void places_are_bytes_of_the_article_and_of_the_statement(void **state)
{
	const char *article = "Žižek: “we  were NOT hacked”, «no»";
	const struct release_statement said =
	    statement("n.example#1", "Hm. We were not hacked.");
	struct release_quotes quotes = check(view_of_string(article), &said, 1);
	const struct release_quote *first = &quotes.items[0];

	(void)state;
	assert_int_equal(quotes.count, 2);
	assert_int_equal(quotes.missing_count, 1);
	assert_int_equal(first->verdict, RELEASE_AS_RELEASED);
	assert_memory_equal(article + first->passage.start, "we  were NOT hacked”", 22);
	assert_int_equal(first->passage.end - first->passage.start, 19);
	assert_ptr_equal(first->statement, &said);
	assert_true(view_equal_string(first->released, "We were not hacked"));
	release_quotes_release(&quotes);
}

static void an_article_must_be_utf8_and_within_its_bound(void **state)
{
	struct error err = {{0}};
	struct buf big = repeated("a", RELEASE_ARTICLE_MAX);

	(void)state;
	assert_int_equal(status_of(view_of_string("“caf\xe9”"), &err), STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "at byte 6"));
	assert_int_equal(status_of(view_of_string("\xed\xa0\x80"), &err),
	                 STATUS_MALFORMED);
	assert_int_equal(status_of(buf_view(&big), &err), STATUS_OK);
	buf_append_string(&big, "a");
	assert_int_equal(status_of(buf_view(&big), &err), STATUS_LIMIT);
	buf_release(&big);
}

static void more_than_ten_thousand_quotations_are_refused(void **state)
{
	struct buf article = repeated("“we” ", (size_t)9 * RELEASE_PASSAGES_MAX);
	struct error err = {{0}};

	(void)state;
	assert_int_equal(status_of(buf_view(&article), &err), STATUS_OK);
	buf_append_string(&article, "“we”");
	assert_int_equal(status_of(buf_view(&article), &err), STATUS_LIMIT);
	buf_release(&article);
}

/* What a megabyte of it costs stays within seconds, whatever it is. */
static void a_megabyte_of_anything_is_answered_or_refused(void **state)
{
	static const char *const parts[] = {"\"",       "“",
	                                    "” “",      "'s' ",
	                                    "„“",       "«»",
	                                    "“a ",      "”",
	                                    ".",        ". ",
	                                    "… ",       "[",
	                                    "(…)",      "a",
	                                    "“a\n\n",   "“[…]”",
	                                    "é",        "e\xcc\x81\xcc\xa3",
	                                    "\xcc\x81", "\xe2\x80\xae",
	                                    "ﷺ",        "我",
	                                    "“我们 ",   "\r\n",
	                                    "-",        "' ",
	                                    "s' a",     "“a” “b c d e” "};

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		struct buf article = repeated(parts[i], RELEASE_ARTICLE_MAX / 4);
		struct error err = {{0}};
		clock_t before = clock();
		enum status status = status_of(buf_view(&article), &err);

		assert_true(status == STATUS_OK || status == STATUS_LIMIT);
		if ((clock() - before) / CLOCKS_PER_SEC > 5)
			fail_msg("'%s' takes too long", parts[i]);
		buf_release(&article);
	}
}

/* The same in quotation marks, as one word or one quotation, and in a statement. */
static void a_megabyte_within_marks_is_answered(void **state)
{
	static const char *const parts[] = {"a",   "a ",    "ａ", "\xcc\x81\xcc\xa3",
	                                    "我",  ". ",    "- ", "a … ",
	                                    "b, ", "a a b "};

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		struct buf text = repeated(parts[i], RELEASE_ARTICLE_MAX / 4);
		CLEANUP_BUF struct buf article = BUF_INIT(8 * 1024 * 1024);
		struct release_statement said = statement("n.example#1", "");

		buf_append_string(&article, "“x ");
		buf_append_view(&article, buf_view(&text));
		buf_append_string(&article, "”");
		said.text = buf_view(&text);
		struct release_quotes quotes = check(buf_view(&article), &said, 1);
		assert_int_equal(quotes.count, 1);
		release_quotes_release(&quotes);
		buf_release(&text);
	}
}

/* Parts that are all there and never in order: the work is bounded, and it is said. */
static void what_was_not_compared_is_told(void **state)
{
	struct buf said = BUF_INIT(8 * 1024 * 1024), long_one = BUF_INIT(8 * 1024 * 1024);
	CLEANUP_BUF struct buf article = BUF_INIT(8 * 1024 * 1024);

	(void)state;
	for (int i = 0; i < 6000; i++)
		buf_printf(&said, "word%d next%d ", i, i);
	buf_append_view(&long_one, buf_view(&said));
	buf_append_string(&article, "“word0 changed ");
	buf_append_view(&article, buf_view(&said));
	buf_append_string(&article, "”");
	struct release_statement statements[] = {statement("n.example#1", "")};
	statements[0].text = buf_view(&long_one);
	struct release_quotes quotes = check(buf_view(&article), statements, 1);
	assert_int_equal(quotes.items[0].verdict, RELEASE_NOT_IN_RECORD);
	assert_true(quotes.items[0].is_uncompared);
	release_quotes_release(&quotes);
	buf_release(&said);
	buf_release(&long_one);
}

static void a_statement_may_be_anything(void **state)
{
	const struct release_statement statements[] = {
	    statement("n.example#1", ""), statement("n.example#2", "\xff\xfe\x80"),
	    statement("n.example#3", "\xe2\x80\xae"), statement("n.example#4", "”“"),
	    statement("n.example#5", "it holds \xff here and here")};
	struct release_quotes quotes =
	    check(view_of_string("“it holds here and here” “here”"), statements, 5);

	(void)state;
	assert_int_equal(quotes.items[0].verdict, RELEASE_ALTERED);
	assert_int_equal(quotes.items[1].verdict, RELEASE_AS_RELEASED);
	release_quotes_release(&quotes);
}

static void without_statements_nothing_is_in_the_record(void **state)
{
	struct release_quotes quotes =
	    check(view_of_string("“we were not hacked”"), NULL, 0);

	(void)state;
	assert_int_equal(quotes.missing_count, 1);
	release_quotes_release(&quotes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(places_are_bytes_of_the_article_and_of_the_statement),
	    cmocka_unit_test(an_article_must_be_utf8_and_within_its_bound),
	    cmocka_unit_test(more_than_ten_thousand_quotations_are_refused),
	    cmocka_unit_test(a_megabyte_of_anything_is_answered_or_refused),
	    cmocka_unit_test(a_megabyte_within_marks_is_answered),
	    cmocka_unit_test(what_was_not_compared_is_told),
	    cmocka_unit_test(a_statement_may_be_anything),
	    cmocka_unit_test(without_statements_nothing_is_in_the_record),
	};

	return crypto_init(NULL) != STATUS_OK ||
	       cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
