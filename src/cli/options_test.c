/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arguments as people type them; and that the table of commands is whole.
 */
#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/commands.h"

struct targets {
	struct cli cli;
	bool flag;
	const char *text;
	uint64_t number;
	struct option_values list, operands;
	struct error err;
};

static enum status parse(struct targets *t, size_t min, size_t max, int argc,
                         const char **argv)
{
	const struct option_spec specs[] = {
	    {"--flag", OPTION_FLAG, &t->flag, 0},
	    {"--text", OPTION_TEXT, &t->text, 0},
	    {"--number", OPTION_NUMBER, &t->number, 300},
	    {"--list", OPTION_LIST, &t->list, 0},
	    {"-o", OPTION_TEXT, &t->text, 0},
	};

	*t = (struct targets){0};
	return options_parse(&t->cli, specs, 5, min, max, argc, (char **)argv,
	                     &t->operands, &t->err);
}

#define PARSE(t, min, max, ...)                                              \
	parse(t, min, max,                                                   \
	      (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), \
	      (const char *[]){__VA_ARGS__})

static void options_and_operands_mix(void **state)
{
	struct targets t;

	assert_int_equal(PARSE(&t, 2, 2, "one", "--text", "a", "--list=x", "--flag",
	                       "--number", "7", "--list", "y", "--json", "-d", "DIR",
	                       "two"),
	                 STATUS_OK);
	assert_string_equal(t.text, "a");
	assert_true(t.flag);
	assert_int_equal(t.number, 7);
	assert_int_equal(t.list.count, 2);
	assert_string_equal(t.list.values[0], "x");
	assert_true(t.cli.is_json);
	assert_string_equal(t.cli.dir, "DIR");
	assert_string_equal(t.operands.values[1], "two");
}

static void dashes_end_options_and_one_dash_is_an_operand(void **state)
{
	struct targets t;

	assert_int_equal(PARSE(&t, 3, 3, "-", "--", "--flag", "-x"), STATUS_OK);
	assert_false(t.flag);
	assert_string_equal(t.operands.values[0], "-");
	assert_string_equal(t.operands.values[1], "--flag");
	assert_int_equal(PARSE(&t, 0, 0, "-o", "-"), STATUS_OK);
	assert_string_equal(t.text, "-");
}

static void wrong_calls_are_refused(void **state)
{
	struct targets t;

	assert_int_equal(PARSE(&t, 0, 0, "--unknown"), STATUS_MALFORMED);
	assert_int_equal(PARSE(&t, 0, 0, "--fla"), STATUS_MALFORMED);
	assert_int_equal(PARSE(&t, 0, 0, "--flags"), STATUS_MALFORMED);
	assert_int_equal(PARSE(&t, 0, 0, "--text"), STATUS_MALFORMED);
	assert_int_equal(PARSE(&t, 0, 0, "--flag=yes"), STATUS_MALFORMED);
	assert_int_equal(PARSE(&t, 0, 0, "--text", "a", "--text", "b"), STATUS_MALFORMED);
	assert_int_equal(PARSE(&t, 0, 0, "--number", "301"), STATUS_MALFORMED);
	assert_int_equal(PARSE(&t, 0, 0, "--number", "-1"), STATUS_MALFORMED);
	assert_int_equal(PARSE(&t, 0, 0, "--number", "1x"), STATUS_MALFORMED);
	assert_int_equal(PARSE(&t, 1, 1, "--flag"), STATUS_MALFORMED);
	assert_int_equal(PARSE(&t, 1, 1, "a", "b"), STATUS_MALFORMED);
}

static void every_command_has_its_words(void **state)
{
	for (size_t i = 0; i < cli_command_count; i++) {
		const struct command *command = &cli_commands[i];

		assert_non_null(command->run);
		assert_true(strlen(command->summary) > 5);
		assert_ptr_equal(cli_command_find(command->name), command);
	}
	assert_null(cli_command_find("no-such"));
	assert_null(cli_command_find(""));
}

static void statuses_have_their_exits(void **state)
{
	assert_int_equal(cli_exit_of(STATUS_OK), 0);
	assert_int_equal(cli_exit_of(STATUS_UNTRUSTED), 1);
	assert_int_equal(cli_exit_of(STATUS_NOT_FOUND), 1);
	assert_int_equal(cli_exit_of(STATUS_CLOSED), 3);
	assert_int_equal(cli_exit_of(STATUS_SYSTEM), 3);
	assert_int_equal(cli_exit_of((enum status)99), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(options_and_operands_mix),
	    cmocka_unit_test(dashes_end_options_and_one_dash_is_an_operand),
	    cmocka_unit_test(wrong_calls_are_refused),
	    cmocka_unit_test(every_command_has_its_words),
	    cmocka_unit_test(statuses_have_their_exits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
