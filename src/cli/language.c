/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the environment and the desk's settings; a folder that can't be read counts as
 * none, since its commands will say why.
 */
#include "cli/language.h"

#include <stdlib.h>

/* "id_ID.UTF-8" speaks "id", and "zh-Hans" begins with "zh". */
static size_t primary_len(const char *tag)
{
	return strcspn(tag, "-_.@");
}

static bool is_same(const char *tag, const char *other)
{
	size_t len = primary_len(tag);

	return len > 0 && len == primary_len(other) && memcmp(tag, other, len) == 0;
}

static void set(char ret_language[CLI_LANGUAGE_MAX + 1], const char *tag, size_t len)
{
	if (!view_copy_string(view_of(tag, len), ret_language, CLI_LANGUAGE_MAX + 1))
		memcpy(ret_language, "en", sizeof "en");
}

void cli_language_choose(const struct folder_config *config, const char *locale,
                         char ret_language[CLI_LANGUAGE_MAX + 1])
{
	bool has_locale = locale != NULL && locale[0] != '\0' && !is_same(locale, "C") &&
	                  !is_same(locale, "POSIX");

	set(ret_language, "en", 2);
	if (config == NULL || config->language_count == 0) {
		if (has_locale)
			set(ret_language, locale, primary_len(locale));
		return;
	}
	for (size_t i = 0; i < config->language_count; i++) {
		const char *tag = config->languages[i];

		if (i == 0 || (has_locale && is_same(tag, locale)))
			set(ret_language, tag, strlen(tag));
	}
}

static const char *environment_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return value;
	}
	return NULL;
}

void cli_language(const struct cli *cli, char ret_language[CLI_LANGUAGE_MAX + 1])
{
	struct folder folder;
	bool has_desk = cli_folder(cli, &folder, NULL) == STATUS_OK;

	cli_language_choose(has_desk ? &folder.config : NULL, environment_locale(),
	                    ret_language);
}
