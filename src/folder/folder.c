/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk.conf, read with inih into fixed fields: unknown sections, unknown names and values
 * that do not fit are refused with the number of their line, so that a misspelt setting
 * can't pass for a chosen one. The file is written in the same form.
 *
 *   [desk]     name, languages ("en, id")
 *   [link]     listen, url (repeated), proxy, poll_s
 *   [witness]  listen
 *   [console]  listen, url
 *   [signer]   jump_limit_s
 */
#include "folder/folder.h"

#include <ini.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "codec/decimal.h"

enum {
	CONF_LEN_MAX = 64 * 1024,
	LINE_LEN_MAX = 198, /* inih cuts longer ones in two */
	SECONDS_MAX = 86400,
};

/* ---- reading */

struct reading {
	struct folder_config *config;
	struct view rest; /* text not read yet */
	int line;
	const char *why; /* of the first line that was refused */
	int why_line;
};

/* inih's reader: the next line into a string of capacity cap. */
static char *take_line(char *ret_line, int cap, void *context)
{
	struct reading *reading = context;
	struct view line;

	if (reading->rest.len == 0)
		return NULL;
	if (!view_take_line(&reading->rest, &line)) {
		line = reading->rest;
		reading->rest = view_of(NULL, 0);
	}
	reading->line++;
	return view_copy_string(line, ret_line, (size_t)cap) ? ret_line : NULL;
}

static bool refuse(struct reading *reading, const char *why)
{
	if (reading->why == NULL) {
		reading->why = why;
		reading->why_line = reading->line;
	}
	return false;
}

static bool set_text(struct reading *reading, const char *value, char *ret_text,
                     size_t cap)
{
	if (ret_text[0] != '\0')
		return refuse(reading, "is set twice");
	if (!view_copy_string(view_of_string(value), ret_text, cap))
		return refuse(reading, "is too long");
	return true;
}

static bool set_seconds(struct reading *reading, const char *value, int64_t *ret_seconds)
{
	uint64_t seconds;

	if (*ret_seconds != 0)
		return refuse(reading, "is set twice");
	if (decimal_decode(view_of_string(value), SECONDS_MAX, &seconds, NULL) !=
	        STATUS_OK ||
	    seconds == 0)
		return refuse(reading, "is not a number of seconds from 1 to 86400");
	*ret_seconds = (int64_t)seconds;
	return true;
}

static bool add_url(struct reading *reading, const char *value)
{
	struct folder_config *config = reading->config;

	if (config->url_count == FOLDER_URLS_MAX)
		return refuse(reading, "is one URL too many");
	return set_text(reading, value, config->urls[config->url_count++],
	                sizeof config->urls[0]);
}

static bool add_language(struct reading *reading, struct view code)
{
	struct folder_config *config = reading->config;

	if (config->language_count == FOLDER_LANGUAGES_MAX)
		return refuse(reading, "is one language too many");
	if (code.len == 0 ||
	    !view_copy_string(code, config->languages[config->language_count],
	                      sizeof config->languages[0]))
		return refuse(reading, "is not a list of language codes");
	config->language_count++;
	return true;
}

static struct view trim(struct view text)
{
	while (text.len > 0 && text.data[0] == ' ')
		text = view_from(text, 1);
	while (text.len > 0 && text.data[text.len - 1] == ' ')
		text.len--;
	return text;
}

static bool set_languages(struct reading *reading, const char *value)
{
	struct view rest = view_of_string(value);
	size_t comma;

	if (reading->config->language_count > 0)
		return refuse(reading, "is set twice");
	do {
		comma = view_find(rest, view_of_string(","));
		struct view code =
		    view_of(rest.data, comma == SIZE_MAX ? rest.len : comma);

		if (!add_language(reading, trim(code)))
			return false;
		if (comma != SIZE_MAX)
			rest = view_from(rest, comma + 1);
	} while (comma != SIZE_MAX);
	return true;
}

static bool set_value(struct reading *reading, const char *setting, const char *value)
{
	struct folder_config *config = reading->config;

	if (strcmp(setting, "desk.name") == 0)
		return set_text(reading, value, config->name, sizeof config->name);
	if (strcmp(setting, "desk.languages") == 0)
		return set_languages(reading, value);
	if (strcmp(setting, "link.listen") == 0)
		return set_text(reading, value, config->listen, sizeof config->listen);
	if (strcmp(setting, "link.url") == 0)
		return add_url(reading, value);
	if (strcmp(setting, "link.proxy") == 0)
		return set_text(reading, value, config->proxy, sizeof config->proxy);
	if (strcmp(setting, "link.poll_s") == 0)
		return set_seconds(reading, value, &config->poll_s);
	if (strcmp(setting, "witness.listen") == 0)
		return set_text(reading, value, config->witness_listen,
		                sizeof config->witness_listen);
	if (strcmp(setting, "console.listen") == 0)
		return set_text(reading, value, config->console_listen,
		                sizeof config->console_listen);
	if (strcmp(setting, "console.url") == 0)
		return set_text(reading, value, config->console_url,
		                sizeof config->console_url);
	if (strcmp(setting, "signer.jump_limit_s") == 0)
		return set_seconds(reading, value, &config->jump_limit_s);
	return refuse(reading, "is not a setting");
}

/* inih's handler: not 0 is well. */
static int take_setting(void *context, const char *section, const char *name,
                        const char *value)
{
	struct reading *reading = context;
	char setting[128];
	int len = snprintf(setting, sizeof setting, "%s.%s", section, name);

	if (len >= (int)sizeof setting)
		return refuse(reading, "is not a setting");
	return set_value(reading, setting, value);
}

/* Bytes that inih would cut or that could hide what a line says. */
static enum status check_lines(struct view text, struct error *err)
{
	size_t number = 1, len = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];

		if (byte == '\n') {
			number++;
			len = 0;
			continue;
		}
		if (byte < ' ' || byte == 0x7f)
			return error_set(err, STATUS_MALFORMED,
			                 "line %zu holds a control character", number);
		if (++len > LINE_LEN_MAX)
			return error_set(err, STATUS_MALFORMED,
			                 "line %zu is longer than %d bytes", number,
			                 LINE_LEN_MAX);
	}
	return STATUS_OK;
}

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* "https://console.north.example", with a port where it has one, and nothing behind. */
static bool is_origin(const char *url)
{
	static const char of_a_host[] = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
	const char *host = strstr(url, "://");

	if (!has_prefix(url, "https://") && !has_prefix(url, "http://"))
		return false;
	host += strlen("://");
	return *host != '\0' && host[strspn(host, of_a_host)] == '\0';
}

/* Passwords go through this door in plain HTTP: nobody on a network may listen in. */
static enum status check_console(const struct folder_config *config, struct error *err)
{
	const char *listen = config->console_listen;
	bool is_path = listen[0] == '/';

	if (listen[0] != '\0' && !is_path && !has_prefix(listen, "127.") &&
	    !has_prefix(listen, "[::1]:"))
		return error_set(
		    err, STATUS_MALFORMED,
		    "the console speaks plain HTTP and listens on 127.0.0.1, "
		    "on [::1] or on the path of a socket only; for others "
		    "put a reverse proxy with TLS before it");
	if (config->console_url[0] != '\0' && !is_origin(config->console_url))
		return error_set(
		    err, STATUS_MALFORMED,
		    "the console's url must be like "
		    "https://console.north.example: scheme and host in small "
		    "letters, no path");
	if (is_path && config->console_url[0] == '\0')
		return error_set(err, STATUS_MALFORMED,
		                 "a console on a socket needs the url by which browsers "
		                 "reach it ([console] url = …)");
	return STATUS_OK;
}

static void set_defaults(struct folder_config *config)
{
	if (config->poll_s == 0)
		config->poll_s = 60;
	if (config->jump_limit_s == 0)
		config->jump_limit_s = 300;
}

static enum status parse(struct view text, struct folder_config *ret_config,
                         struct error *err)
{
	struct folder_config config = {0};
	struct reading reading = {.config = &config, .rest = text};
	int line;

	TRY(check_lines(text, err));
	line = ini_parse_stream(take_line, &reading, take_setting, &reading);
	if (line != 0)
		return error_set(err, STATUS_MALFORMED, "line %d %s", line,
		                 line == reading.why_line
		                     ? reading.why
		                     : "is neither '[section]' nor 'name = value'");
	if (config.name[0] == '\0')
		return error_set(err, STATUS_MALFORMED,
		                 "the desk's name is missing ([desk] name = …)");
	TRY(check_console(&config, err));
	set_defaults(&config);
	*ret_config = config;
	return STATUS_OK;
}

static enum status set_path(struct folder *folder, const char *path, struct error *err)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 0 ||
	    !view_copy_string(view_of(path, len), folder->path, sizeof folder->path))
		return error_set(err, STATUS_LIMIT,
		                 "the folder's path is empty or too long");
	return STATUS_OK;
}

enum status folder_open(const char *path, struct folder *ret_folder, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(CONF_LEN_MAX);
	char conf_path[FOLDER_PATH_MAX];
	struct folder folder = {0};
	enum status status;

	TRY(set_path(&folder, path, err));
	TRY(folder_path(&folder, "desk.conf", conf_path, err));
	status = file_read(conf_path, &text, err);
	if (status == STATUS_NOT_FOUND)
		return error_set(err, STATUS_NOT_FOUND,
		                 "%s is not a desk's folder: run 'aldis init %s'", path,
		                 path);
	TRY(status);
	status = parse(buf_view(&text), &folder.config, err);
	if (status != STATUS_OK)
		return error_context(err, status, "%s", conf_path);
	*ret_folder = folder;
	return STATUS_OK;
}

/* ---- making */

/* Would inih give back the same? It trims, and begins comments at ';' and '#'. */
static bool is_plain(const char *value)
{
	struct view text = view_of_string(value);

	return trim(text).len == text.len && strpbrk(value, ";#\n\r\t") == NULL;
}

static enum status check_plain(const struct folder_config *config, struct error *err)
{
	bool is_good = is_plain(config->name) && is_plain(config->listen) &&
	               is_plain(config->witness_listen) && is_plain(config->proxy) &&
	               is_plain(config->console_listen) && is_plain(config->console_url);

	for (size_t i = 0; i < config->url_count; i++)
		is_good = is_good && is_plain(config->urls[i]);
	for (size_t i = 0; i < config->language_count; i++)
		is_good = is_good && is_plain(config->languages[i]);
	if (!is_good)
		return error_set(err, STATUS_MALFORMED,
		                 "a setting holds a character that desk.conf can't");
	return STATUS_OK;
}

static void append_setting(struct buf *out, const char *name, const char *value)
{
	if (value[0] != '\0')
		buf_printf(out, "%s = %s\n", name, value);
}

static void append_config(struct buf *out, const struct folder_config *config)
{
	buf_append_string(out, "# Settings of this desk; aldisd(8) explains them.\n\n"
	                       "[desk]\n");
	append_setting(out, "name", config->name);
	for (size_t i = 0; i < config->language_count; i++)
		buf_printf(out, "%s%s", i == 0 ? "languages = " : ", ",
		           config->languages[i]);
	buf_append_string(out,
	                  config->language_count > 0 ? "\n\n[link]\n" : "\n[link]\n");
	append_setting(out, "listen", config->listen);
	for (size_t i = 0; i < config->url_count; i++)
		append_setting(out, "url", config->urls[i]);
	append_setting(out, "proxy", config->proxy);
	buf_printf(out, "poll_s = %lld\n", (long long)config->poll_s);
	if (config->witness_listen[0] != '\0')
		buf_append_string(out, "\n[witness]\n");
	append_setting(out, "listen", config->witness_listen);
	if (config->console_listen[0] != '\0' || config->console_url[0] != '\0')
		buf_append_string(out, "\n[console]\n");
	append_setting(out, "listen", config->console_listen);
	append_setting(out, "url", config->console_url);
	buf_printf(out, "\n[signer]\njump_limit_s = %lld\n",
	           (long long)config->jump_limit_s);
}

/* The text of a configuration. What would not be read back is refused before it is
 * written. */
static enum status encode(const struct folder_config *config, struct buf *ret_text,
                          struct error *err)
{
	struct folder_config complete = *config, reread;

	set_defaults(&complete);
	TRY(check_plain(&complete, err));
	append_config(ret_text, &complete);
	TRY(buf_check(ret_text, "desk.conf", err));
	return parse(buf_view(ret_text), &reread, err);
}

static enum status make_folders(const struct folder *folder, struct error *err)
{
	static const char *const names[] = {"keys", "root"};
	char path[FOLDER_PATH_MAX];

	TRY(file_make_folder(folder->path, 0700, err));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		TRY(folder_path(folder, names[i], path, err));
		TRY(file_make_folder(path, 0700, err));
	}
	return STATUS_OK;
}

enum status folder_make(const char *path, const struct folder_config *config,
                        struct folder *ret_folder, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(CONF_LEN_MAX);
	char conf_path[FOLDER_PATH_MAX];
	struct folder folder = {0};
	enum status status;

	TRY(set_path(&folder, path, err));
	TRY(encode(config, &text, err));
	TRY(make_folders(&folder, err));
	TRY(folder_path(&folder, "desk.conf", conf_path, err));
	status = file_create(conf_path, buf_view(&text), 0600, err);
	if (status == STATUS_CONFLICT)
		return error_set(err, status, "there is a desk in %s already", path);
	TRY(status);
	return folder_open(path, ret_folder, err);
}

/* ---- use */

enum status folder_path(const struct folder *folder, const char *name,
                        char ret_path[FOLDER_PATH_MAX], struct error *err)
{
	int len = snprintf(ret_path, FOLDER_PATH_MAX, "%s/%s", folder->path, name);

	if (len >= FOLDER_PATH_MAX)
		return error_set(err, STATUS_LIMIT, "the path of %s is too long", name);
	return STATUS_OK;
}

enum status folder_lock(const struct folder *folder, int *ret_fd, struct error *err)
{
	char path[FOLDER_PATH_MAX];
	enum status status;

	TRY(folder_path(folder, "lock", path, err));
	status = file_lock(path, ret_fd, err);
	if (status == STATUS_CONFLICT)
		return error_set(err, status, "another aldisd runs on %s", folder->path);
	return status;
}
