/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk.conf as people write it, well and badly.
 */
#include "folder/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"

static int setup(void **state)
{
	const char *base = getenv("TMPDIR");
	char *path = NULL;

	if (asprintf(&path, "%s/aldis-folder-XXXXXX", base != NULL ? base : P_tmpdir) < 0)
		return -1;
	*state = path;
	return mkdtemp(path) == NULL ? -1 : 0;
}

static void remove_in(const char *folder, const char *name)
{
	char path[FOLDER_PATH_MAX];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	(void)remove(path);
}

static int teardown(void **state)
{
	static const char *const names[] = {"desk.conf", "lock",      "keys",
	                                    "root",      "made/lock", "made/desk.conf",
	                                    "made/keys", "made/root", "made"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		remove_in(*state, names[i]);
	(void)rmdir(*state);
	free(*state);
	return 0;
}

static void write_conf(const char *folder, const char *text)
{
	char path[FOLDER_PATH_MAX];
	struct error err;

	(void)snprintf(path, sizeof path, "%s/desk.conf", folder);
	assert_int_equal(file_replace(path, view_of_string(text), 0600, &err), STATUS_OK);
}

static void a_whole_file_is_read(void **state)
{
	struct folder folder;
	struct error err;

	write_conf(*state, "# a desk\n"
	                   "[desk]\n"
	                   "name = north.example\n"
	                   "languages = en, id ,ar\n"
	                   "\n"
	                   "[link]\n"
	                   "listen = [::1]:8600\n"
	                   "url = https://192.0.2.7:8600\n"
	                   "url = https://north.example:8600\n"
	                   "proxy = socks5h://127.0.0.1:9050\n"
	                   "poll_s = 5\n"
	                   "[witness]\n"
	                   "listen = 127.0.0.1:8601 ; open\n"
	                   "[console]\n"
	                   "listen = [::1]:8700\n"
	                   "url = https://console.north.example\n"
	                   "[signer]\n"
	                   "jump_limit_s = 30\n");
	assert_int_equal(folder_open(*state, &folder, &err), STATUS_OK);
	assert_string_equal(folder.path, *state);
	assert_string_equal(folder.config.name, "north.example");
	assert_int_equal(folder.config.language_count, 3);
	assert_string_equal(folder.config.languages[1], "id");
	assert_string_equal(folder.config.languages[2], "ar");
	assert_string_equal(folder.config.listen, "[::1]:8600");
	assert_int_equal(folder.config.url_count, 2);
	assert_string_equal(folder.config.urls[1], "https://north.example:8600");
	assert_string_equal(folder.config.proxy, "socks5h://127.0.0.1:9050");
	assert_string_equal(folder.config.witness_listen, "127.0.0.1:8601");
	assert_string_equal(folder.config.console_listen, "[::1]:8700");
	assert_string_equal(folder.config.console_url, "https://console.north.example");
	assert_int_equal(folder.config.poll_s, 5);
	assert_int_equal(folder.config.jump_limit_s, 30);
}

static void a_name_is_enough(void **state)
{
	struct folder folder;
	struct error err;

	write_conf(*state, "[desk]\nname=north.example");
	assert_int_equal(folder_open(*state, &folder, &err), STATUS_OK);
	assert_string_equal(folder.config.listen, "");
	assert_int_equal(folder.config.poll_s, 60);
	assert_int_equal(folder.config.jump_limit_s, 300);
}

static void what_is_no_setting_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
	    {"[desk]\nname = a.b\ncolour = red\n", "line 3 is not a setting"},
	    {"[desk]\nname = a.b\n[lnk]\nlisten = x\n", "line 4 is not a setting"},
	    {"name = a.b\n", "line 1 is not a setting"},
	    {"[desk]\nname = a.b\nname = c.d\n", "line 3 is set twice"},
	    {"[desk]\nname = a.b\nnonsense\n", "line 3 is neither"},
	    {"[desk\nname = a.b\n", "line 1 is neither"},
	    {"[desk]\n name\n", "line 2 is neither"},
	    {"[desk]\nname=a.b\n[console]\nlisten = 0.0.0.0:8700\n", "plain HTTP"},
	    {"[desk]\nname=a.b\n[console]\nlisten = [::]:8700\n", "plain HTTP"},
	    {"[desk]\nname=a.b\n[console]\nlisten = /run/a.sock\n", "needs the url"},
	    {"[desk]\nname=a.b\n[console]\nurl = https://a.b/c\n", "no path"},
	    {"[desk]\nname=a.b\n[console]\nurl = ftp://a.b\n", "no path"},
	    {"[desk]\nname=a.b\n[console]\nurl = https://\n", "no path"},
	    {"[link]\npoll_s = 0\n", "line 2 is not a number of seconds"},
	    {"[link]\npoll_s = 086\n", "line 2 is not a number of seconds"},
	    {"[link]\npoll_s = 86401\n", "line 2 is not a number of seconds"},
	    {"[desk]\nlanguages = en,,id\n", "line 2 is not a list"},
	    {"[desk]\nlanguages = en,averylonglanguagecode\n", "line 2 is not a list"},
	    {"[desk]\nname = a\tb\n", "line 2 holds a control character"},
	    {"[link]\nlisten = 127.0.0.1:1\n", "name is missing"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct folder folder;
		struct error err = {""};

		write_conf(*state, cases[i].text);
		assert_int_equal(folder_open(*state, &folder, &err), STATUS_MALFORMED);
		if (strstr(err.text, cases[i].expected) == NULL)
			fail_msg("case %zu: %s", i, err.text);
	}
}

static void too_much_is_refused(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(200000);
	struct folder folder;
	struct error err;

	buf_printf(&text, "[desk]\nname = %0101d\n", 0);
	buf_append_byte(&text, '\0');
	write_conf(*state, (char *)text.data);
	assert_int_equal(folder_open(*state, &folder, &err), STATUS_MALFORMED);

	buf_clear(&text);
	buf_printf(&text, "[desk]\nname = a.b\n[link]\nurl = %0193d\n", 0);
	buf_append_byte(&text, '\0');
	write_conf(*state, (char *)text.data);
	assert_int_equal(folder_open(*state, &folder, &err), STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "line 4 is longer"));

	buf_clear(&text);
	buf_append_string(&text, "[desk]\nname = a.b\n[link]\n");
	for (int i = 0; i < FOLDER_URLS_MAX + 1; i++)
		buf_append_string(&text, "url = https://a.b\n");
	buf_append_byte(&text, '\0');
	write_conf(*state, (char *)text.data);
	assert_int_equal(folder_open(*state, &folder, &err), STATUS_MALFORMED);

	buf_clear(&text);
	buf_printf(&text, "%0100000d", 0);
	buf_append_byte(&text, '\0');
	write_conf(*state, (char *)text.data);
	assert_int_equal(folder_open(*state, &folder, &err), STATUS_LIMIT);
}

/* The longest line allowed is read whole: inih's own limit lies above. */
static void the_longest_line_is_read_whole(void **state)
{
	char text[400], url[200];
	struct folder folder;
	struct error err;

	memset(url, 'u', sizeof url);
	url[192] = '\0';
	(void)snprintf(text, sizeof text, "[desk]\nname = a.b\n[link]\nurl = %s\n", url);
	write_conf(*state, text);
	assert_int_equal(folder_open(*state, &folder, &err), STATUS_OK);
	assert_int_equal(folder.config.url_count, 1);
	assert_string_equal(folder.config.urls[0], url);
}

static void a_folder_without_desk_conf_is_none(void **state)
{
	struct folder folder;
	struct error err;

	assert_int_equal(folder_open(*state, &folder, &err), STATUS_NOT_FOUND);
	assert_non_null(strstr(err.text, "aldis init"));
}

static struct folder_config example_config(void)
{
	struct folder_config config = {.name = "north.example",
	                               .listen = "127.0.0.1:0",
	                               .witness_listen = "127.0.0.1:8700",
	                               .proxy = "http://127.0.0.1:3128",
	                               .poll_s = 7};

	(void)snprintf(config.urls[config.url_count++], 301, "https://127.0.0.1:8600");
	(void)snprintf(config.languages[config.language_count++], 16, "en");
	(void)snprintf(config.languages[config.language_count++], 16, "id");
	return config;
}

static mode_t mode_of(const char *path)
{
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 07777;
}

static void a_made_folder_reads_back_the_same(void **state)
{
	struct folder_config config = example_config();
	struct folder made, again;
	char path[FOLDER_PATH_MAX], inner[FOLDER_PATH_MAX];
	struct error err;

	(void)snprintf(path, sizeof path, "%s/made/", (char *)*state);
	assert_int_equal(folder_make(path, &config, &made, &err), STATUS_OK);
	config.jump_limit_s = 300;
	assert_memory_equal(&made.config, &config, sizeof config);
	assert_int_equal(mode_of(made.path), 0700);
	assert_int_equal(folder_path(&made, "keys", inner, &err), STATUS_OK);
	assert_int_equal(mode_of(inner), 0700);
	assert_int_equal(folder_path(&made, "desk.conf", inner, &err), STATUS_OK);
	assert_int_equal(mode_of(inner), 0600);
	assert_int_equal(folder_make(path, &config, &again, &err), STATUS_CONFLICT);
}

static void settings_that_would_break_the_file_are_not_written(void **state)
{
	static const char *const values[] = {"a\nb", "a ;b", " a", "a ", "a#b", "a\tb"};
	char path[FOLDER_PATH_MAX];

	(void)snprintf(path, sizeof path, "%s/made", (char *)*state);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct folder_config config = example_config();
		struct folder folder;
		struct error err;

		(void)snprintf(config.proxy, sizeof config.proxy, "%s", values[i]);
		assert_int_equal(folder_make(path, &config, &folder, &err),
		                 STATUS_MALFORMED);
	}
}

static void a_path_that_is_too_long_is_refused(void **state)
{
	struct folder folder = {0};
	char path[FOLDER_PATH_MAX], name[101] = {0};
	struct error err;

	memset(folder.path, 'a', sizeof folder.path - 1);
	assert_int_equal(folder_path(&folder, "desk.conf", path, &err), STATUS_OK);
	memset(name, 'b', sizeof name - 1);
	assert_int_equal(folder_path(&folder, name, path, &err), STATUS_LIMIT);
}

static void only_one_holds_the_lock(void **state)
{
	CLEANUP_FD int first = -1;
	CLEANUP_FD int second = -1;
	struct folder folder;
	struct error err;

	write_conf(*state, "[desk]\nname = a.b\n");
	assert_int_equal(folder_open(*state, &folder, &err), STATUS_OK);
	assert_int_equal(folder_lock(&folder, &first, &err), STATUS_OK);
	assert_int_equal(folder_lock(&folder, &second, &err), STATUS_CONFLICT);
	assert_int_equal(close(first), 0);
	first = -1;
	assert_int_equal(folder_lock(&folder, &second, &err), STATUS_OK);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_FOLDER(a_whole_file_is_read),
	    WITH_FOLDER(a_name_is_enough),
	    WITH_FOLDER(what_is_no_setting_is_refused_with_its_line),
	    WITH_FOLDER(too_much_is_refused),
	    WITH_FOLDER(the_longest_line_is_read_whole),
	    WITH_FOLDER(a_folder_without_desk_conf_is_none),
	    WITH_FOLDER(a_made_folder_reads_back_the_same),
	    WITH_FOLDER(settings_that_would_break_the_file_are_not_written),
	    WITH_FOLDER(a_path_that_is_too_long_is_refused),
	    WITH_FOLDER(only_one_holds_the_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
