/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which language is chosen from a desk's settings and the environment.
 */
#include "cli/language.h"

#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

static void check(const struct folder_config *config, const char *locale,
                  const char *expected)
{
	char language[CLI_LANGUAGE_MAX + 1];

	cli_language_choose(config, locale, language);
	assert_string_equal(language, expected);
}

static void without_a_desk_the_environment_says_it(void **state)
{
	check(NULL, "id_ID.UTF-8", "id");
	check(NULL, "id", "id");
	check(NULL, "zh_CN@pinyin", "zh");
	check(NULL, NULL, "en");
	check(NULL, "", "en");
	check(NULL, "C", "en");
	check(NULL, "C.UTF-8", "en");
	check(NULL, "POSIX", "en");
	check(NULL, "averyveryverylonglanguage_XX", "en");
}

static void a_desk_shows_what_it_speaks(void **state)
{
	const struct folder_config config = {.languages = {"en", "id-ID", "fr"},
	                                     .language_count = 3};
	const struct folder_config silent = {.language_count = 0};

	check(&config, "id_ID.UTF-8", "id-ID");
	check(&config, "fr_FR", "fr");
	check(&config, "de_DE", "en");
	check(&config, NULL, "en");
	check(&config, "C", "en");
	check(&silent, "id_ID", "id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_a_desk_the_environment_says_it),
	    cmocka_unit_test(a_desk_shows_what_it_speaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
