/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis draft: what the desk's people are writing in the console, for who has no browser.
 * Approving is not among it: here nobody can tell who does it.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/desk_call.h"
#include "cli/language.h"
#include "cli/message_print.h"
#include "cli/options.h"
#include "cli/print.h"

enum { PATH_MAX_LEN = 4096, WORD_MAX = 128, TITLE_MAX = 640 };

static void print_line(const struct json_doc *doc, const struct json_token *draft)
{
	const struct json_token *message = json_member(doc, draft, "message");
	char id[WORD_MAX], state[WORD_MAX], by[WORD_MAX], changed[WORD_MAX];
	char kind[WORD_MAX] = "", title[TITLE_MAX];

	json_read_string(doc, draft, "id", id, sizeof id);
	json_read_string(doc, draft, "state", state, sizeof state);
	json_read_string(doc, draft, "changed_by", by, sizeof by);
	json_read_string(doc, draft, "changed", changed, sizeof changed);
	json_read_string(doc, draft, "channel_title", title, sizeof title);
	if (message != NULL)
		json_read_string(doc, message, "kind", kind, sizeof kind);
	print_row(stdout,
	          (const struct print_cell[]){{id, 6},
	                                      {state, 10},
	                                      {changed, 20},
	                                      {by, 16},
	                                      {kind[0] == '\0' ? "-" : kind, 20},
	                                      {title, 0}},
	          6);
}

static int draft_list(struct cli *cli, int argc, char **argv)
{
	const char *state = NULL;
	const struct option_spec specs[] = {{"--state", OPTION_TEXT, &state, 0}};
	CLEANUP_BUF struct buf path = BUF_INIT(PATH_MAX_LEN);
	const struct json_token *list, *one;
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 1, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("draft", &err);
	buf_append_string(&path, "/api/drafts");
	if (state != NULL) {
		buf_append_string(&path, "?state=");
		api_path_append(&path, state);
	}
	buf_append_byte(&path, '\0');
	status = buf_check(&path, "the state", &err);
	if (status == STATUS_OK)
		status = desk_call_get(cli, (const char *)path.data, &answer, &err);
	if (status == STATUS_OK && cli->is_json) {
		print_json(stdout, buf_view(&answer.body));
	} else if (status == STATUS_OK) {
		one =
		    json_read_list(&answer.doc, json_root(&answer.doc), "drafts", &list);
		for (; one != NULL; one = json_next(&answer.doc, list, one))
			print_line(&answer.doc, one);
	}
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* "asked     2026-11-20T23:49:00Z by ada: reason" */
static void print_deed(const struct json_doc *doc, const struct json_token *draft,
                       const char *name)
{
	const struct json_token *deed = json_member(doc, draft, name);
	char by[WORD_MAX], time[WORD_MAX];
	CLEANUP_BUF struct buf reason = BUF_INIT(1 << 16);

	if (deed == NULL)
		return;
	json_read_string(doc, deed, "by", by, sizeof by);
	json_read_string(doc, deed, "time", time, sizeof time);
	printf("%-10s%s by ", name, time);
	print_escaped(stdout, view_of_string(by));
	if (json_read_text(doc, deed, "reason", &reason)) {
		fputs(": ", stdout);
		print_indented(stdout, buf_view(&reason), 10);
	}
	putchar('\n');
}

static void print_files(const struct json_doc *doc, const struct json_token *draft)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, draft, "attachments", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		char name[TITLE_MAX];

		json_read_string(doc, one, "name", name, sizeof name);
		fputs("attached  ", stdout);
		print_escaped(stdout, view_of_string(name));
		printf("  %lld bytes\n", (long long)json_read_integer(doc, one, "size"));
	}
}

static void print_problems(const struct json_doc *doc, const struct json_token *draft)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, draft, "problems", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		char field[WORD_MAX * 3], why[TITLE_MAX];

		json_read_string(doc, one, "field", field, sizeof field);
		json_read_string(doc, one, "why", why, sizeof why);
		fputs("wrong     ", stdout);
		print_escaped(stdout, view_of_string(field));
		fputs(": ", stdout);
		print_escaped(stdout, view_of_string(why));
		putchar('\n');
	}
}

static void print_draft(const struct cli *cli, const struct json_doc *doc,
                        const struct json_token *draft)
{
	static const char *const deeds[] = {"asked", "returned", "approved"};
	const struct json_token *message = json_member(doc, draft, "message");
	char text[TITLE_MAX], language[CLI_LANGUAGE_MAX + 1];

	json_read_string(doc, draft, "id", text, sizeof text);
	printf("draft     %s, version %lld\n", text,
	       (long long)json_read_integer(doc, draft, "version"));
	json_read_string(doc, draft, "channel_title", text, sizeof text);
	fputs("channel   ", stdout);
	print_escaped(stdout, view_of_string(text));
	json_read_string(doc, draft, "state", text, sizeof text);
	printf("\nstate     %s%s\n", text,
	       json_read_bool(doc, draft, "approval")
	           ? ", a second person must approve it"
	           : "");
	json_read_string(doc, draft, "sent", text, sizeof text);
	if (text[0] != '\0')
		printf("sent      %s\n", text);
	for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
		print_deed(doc, draft, deeds[i]);
	print_files(doc, draft);
	print_problems(doc, draft);
	cli_language(cli, language);
	if (message != NULL)
		message_print_whole(doc, message, language);
}

/* what: "" or "/discard". */
static enum status call(struct cli *cli, const char *id, const char *what,
                        struct api_answer *answer, struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(PATH_MAX_LEN);

	buf_append_string(&path, "/api/drafts/");
	api_path_append(&path, id);
	buf_append_string(&path, what);
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the draft's id", err));
	return what[0] == '\0' ? desk_call_get(cli, (const char *)path.data, answer, err)
	                       : desk_call_post(cli, (const char *)path.data,
	                                        view_of("", 0), answer, err);
}

static int draft_one(struct cli *cli, const char *what, int argc, char **argv)
{
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("draft", &err);
	status = call(cli, operands.values[0], what, &answer, &err);
	if (status == STATUS_OK && cli->is_json)
		print_json(stdout, buf_view(&answer.body));
	else if (status == STATUS_OK && what[0] == '\0')
		print_draft(cli, &answer.doc, json_root(&answer.doc));
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_draft(struct cli *cli, int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "list") == 0)
		return draft_list(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "show") == 0)
		return draft_one(cli, "", argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "discard") == 0)
		return draft_one(cli, "/discard", argc - 1, argv + 1);
	return cli_fail(
	    CLI_USAGE,
	    "aldis draft knows list, show and discard; see `aldis help draft`");
}
