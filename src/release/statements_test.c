/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said in a release: texts by field, in their languages, and the cover last.
 */
#include "release/statements.h"

#include "record/kinds.h"
#include "release/testing.h"

static struct release_statements read_all(const struct release_fixture *f)
{
	struct release_statements statements = {0};
	struct error err = {0};

	if (release_statements_read(buf_view(&f->data), &statements, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return statements;
}

static const struct release_statement *find(const struct release_statements *statements,
                                            const char *message, const char *field)
{
	for (size_t i = 0; i < statements->count; i++)
		if (view_equal_string(statements->items[i].message, message) &&
		    view_equal_string(statements->items[i].field, field))
			return &statements->items[i];
	return NULL;
}

static void texts_of_messages_in_full_are_statements(void **state TEST_UNUSED)
{
	struct release_statements statements;
	struct release_fixture f;
	size_t covers = 0;

	release_fixture_make(&f, 20);
	statements = read_all(&f);
	assert_true(statements.count > 20);
	for (size_t i = 0; i < statements.count; i++) {
		const struct release_statement *item = &statements.items[i];

		assert_true(item->text.len > 0 && item->desk.len > 0);
		assert_non_null(record_kinds_text(item->label, "id"));
		covers += item->message.len == 0;
		/* withheld, and no envelope */
		assert_false(view_equal_string(item->message, "north.example#4"));
		assert_false(view_equal_string(item->message, "north.example#5"));
	}
	assert_true(covers > 0);
	assert_int_equal(statements.items[statements.count - 1].message.len, 0);
	release_statements_release(&statements);
	release_fixture_release(&f);
}

static void the_cover_is_the_releasers_word(void **state TEST_UNUSED)
{
	struct release_statements statements;
	struct release_fixture f;

	release_fixture_make(&f, 0);
	statements = read_all(&f);
	const struct release_statement *cover = find(&statements, "", "cover");
	assert_non_null(cover);
	assert_true(view_equal_string(cover->desk, f.manifest.by.text));
	assert_true(view_equal_string(cover->language, "en"));
	assert_true(view_equal(cover->text, buf_view(&f.manifest.cover[0])));
	release_statements_release(&statements);
	release_fixture_release(&f);
}

static void what_is_no_release_is_refused(void **state TEST_UNUSED)
{
	struct release_statements statements = {0};
	struct error err = {0};

	assert_int_equal(release_statements_read(view_of_string("{}"), &statements, &err),
	                 STATUS_MALFORMED);
	assert_int_equal(statements.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_of_messages_in_full_are_statements),
	    cmocka_unit_test(the_cover_is_the_releasers_word),
	    cmocka_unit_test(what_is_no_release_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
