/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis audit: what the desk's people did. Reading it from the running desk, and
 * following an exported chain without any desk.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/desk_call.h"
#include "cli/options.h"
#include "cli/print.h"
#include "office/audit.h"

enum { PATH_LEN_MAX = 8192, FILE_LEN_MAX = 256 << 20, VALUE_MAX = 512, PAGE = 200 };

/* ---- list */

static void add_parameter(struct buf *path, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(path, "%c%s=", memchr(path->data, '?', path->len) != NULL ? '&' : '?',
	           name);
	api_path_append(path, value);
}

static void print_entry(const struct json_doc *doc, const struct json_token *entry)
{
	char time[32], who[VALUE_MAX], what[VALUE_MAX], subject[VALUE_MAX],
	    from[VALUE_MAX];
	const struct json_token *data = json_member(doc, entry, "data");

	json_read_string(doc, entry, "time", time, sizeof time);
	json_read_string(doc, entry, "who", who, sizeof who);
	json_read_string(doc, entry, "what", what, sizeof what);
	json_read_string(doc, entry, "subject", subject, sizeof subject);
	json_read_string(doc, entry, "from", from, sizeof from);
	printf("%-6" PRId64 " ", json_read_integer(doc, entry, "index"));
	print_row(
	    stdout,
	    (const struct print_cell[]){
	        {time, 20}, {who[0] != '\0' ? who : from, 16}, {what, 18}, {subject, 0}},
	    4);
	if (data != NULL && data->type == JSON_OBJECT && data->count > 0) {
		printf("       ");
		print_json(stdout, json_text(doc, data));
	}
}

struct listing {
	struct cli *cli;
	struct buf query; /* without the cursor */
	uint64_t left;
};

/* Prints a page; ret_next is empty behind the last. */
static enum status print_page(struct listing *listing, const char *cursor,
                              char ret_next[32], struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(PATH_LEN_MAX);
	const struct json_token *list, *one;
	struct api_answer answer = {0};
	enum status status;

	buf_append_view(&path, buf_view(&listing->query));
	add_parameter(&path, "cursor", cursor);
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the query", err));
	status = desk_call_get(listing->cli, (const char *)path.data, &answer, err);
	if (status == STATUS_OK) {
		one =
		    json_read_list(&answer.doc, json_root(&answer.doc), "entries", &list);
		for (; one != NULL && listing->left > 0; listing->left--) {
			if (listing->cli->is_json) {
				print_json(stdout, json_text(&answer.doc, one));
			} else {
				print_entry(&answer.doc, one);
			}
			one = json_next(&answer.doc, list, one);
		}
		json_read_string(&answer.doc, json_root(&answer.doc), "next", ret_next,
		                 32);
	}
	api_answer_release(&answer);
	return status;
}

static int audit_list(struct cli *cli, int argc, char **argv)
{
	const char *who = NULL, *what = NULL, *subject = NULL, *search = NULL;
	const char *since = NULL, *until = NULL;
	uint64_t limit = UINT64_MAX;
	const struct option_spec specs[] = {
	    {"--who", OPTION_TEXT, &who, 0},
	    {"--what", OPTION_TEXT, &what, 0},
	    {"--subject", OPTION_TEXT, &subject, 0},
	    {"--search", OPTION_TEXT, &search, 0},
	    {"--since", OPTION_TEXT, &since, 0},
	    {"--until", OPTION_TEXT, &until, 0},
	    {"--limit", OPTION_NUMBER, &limit, UINT64_MAX},
	};
	struct listing listing = {.cli = cli, .query = BUF_INIT(PATH_LEN_MAX)};
	struct option_values operands;
	struct error err = {0};
	char next[32] = "";
	enum status status;

	if (options_parse(cli, specs, sizeof specs / sizeof specs[0], 0, 0, argc, argv,
	                  &operands, &err) != STATUS_OK)
		return cli_fail_usage("audit", &err);
	buf_printf(&listing.query, "/api/audit?limit=%d", PAGE);
	add_parameter(&listing.query, "who", who);
	add_parameter(&listing.query, "what", what);
	add_parameter(&listing.query, "subject", subject);
	add_parameter(&listing.query, "q", search);
	add_parameter(&listing.query, "since", since);
	add_parameter(&listing.query, "until", until);
	listing.left = limit;
	do {
		char cursor[32];

		memcpy(cursor, next, sizeof cursor);
		next[0] = '\0';
		status =
		    print_page(&listing, cursor[0] != '\0' ? cursor : NULL, next, &err);
	} while (status == STATUS_OK && next[0] != '\0' && listing.left > 0);
	buf_release(&listing.query);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* ---- export */

static int audit_export(struct cli *cli, int argc, char **argv)
{
	const char *since = NULL, *until = NULL, *out = NULL;
	const struct option_spec specs[] = {
	    {"--since", OPTION_TEXT, &since, 0},
	    {"--until", OPTION_TEXT, &until, 0},
	    {"-o", OPTION_TEXT, &out, 0},
	};
	CLEANUP_BUF struct buf path = BUF_INIT(PATH_LEN_MAX);
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 3, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("audit", &err);
	buf_append_string(&path, "/api/audit/export");
	add_parameter(&path, "since", since);
	add_parameter(&path, "until", until);
	buf_append_byte(&path, '\0');
	status = buf_check(&path, "the query", &err);
	if (status == STATUS_OK)
		status = desk_call_get(cli, (const char *)path.data, &answer, &err);
	if (status == STATUS_OK && out != NULL)
		status = file_create(out, buf_view(&answer.body), 0600, &err);
	else if (status == STATUS_OK)
		status = cli_write_output(buf_view(&answer.body), &err);
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* ---- verify */

static void print_verified(const struct cli *cli, uint64_t count, uint64_t first,
                           const struct hash *head)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(head, hex);
	if (cli->is_json)
		printf("{\"ok\":true,\"count\":%" PRIu64 ",\"first\":%" PRIu64
		       ",\"head\":{\"index\":%" PRIu64 ",\"hash\":\"%s\"}}\n",
		       count, first, first + count - 1, hex);
	else
		printf("whole: %" PRIu64 " rows from %" PRIu64
		       " on, each follows the one "
		       "before; the last is %s\n",
		       count, first, hex);
}

/* From its first line on, which may be any row of the chain. */
static enum status follow(struct view text, struct audit_chain *chain,
                          uint64_t *ret_count, struct error *err)
{
	struct view line;

	for (*ret_count = 0; view_take_line(&text, &line); ++*ret_count)
		TRY(audit_chain_take(chain, line, err));
	if (text.len > 0)
		return error_set(err, STATUS_UNTRUSTED, "the last line is cut off");
	if (*ret_count == 0)
		return error_set(err, STATUS_MALFORMED, "the file has no rows");
	return STATUS_OK;
}

static enum status check_head(const struct audit_chain *chain, const char *expected,
                              struct error *err)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&chain->hash, hex);
	if (expected != NULL && strcmp(expected, hex) != 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "the last row is %s, not the one that was noted", hex);
	return STATUS_OK;
}

static int verify_file(struct cli *cli, const char *path, const char *head)
{
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_LEN_MAX);
	struct audit_chain chain = {.may_start_anywhere = true};
	struct error err = {0};
	uint64_t count = 0;
	enum status status = cli_read_input(path, &text, &err);

	if (status == STATUS_OK)
		status = follow(buf_view(&text), &chain, &count, &err);
	if (status == STATUS_OK)
		status = check_head(&chain, head, &err);
	json_release(&chain.doc);
	if (status == STATUS_UNTRUSTED)
		return cli_fail(CLI_NO, "%s", err.text);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	print_verified(cli, count, chain.next - count, &chain.hash);
	return CLI_DONE;
}

static int verify_desk(struct cli *cli)
{
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status =
	    desk_call_post(cli, "/api/audit/verify", view_of("", 0), &answer, &err);
	int result = CLI_DONE;

	if (status != STATUS_OK) {
		result = cli_fail_status(status, &err);
	} else if (cli->is_json) {
		print_json(stdout, buf_view(&answer.body));
	} else if (json_read_bool(&answer.doc, json_root(&answer.doc), "ok")) {
		printf("whole: %" PRId64 " rows, each follows the one before\n",
		       json_read_integer(&answer.doc, json_root(&answer.doc), "count"));
	}
	if (status == STATUS_OK &&
	    !json_read_bool(&answer.doc, json_root(&answer.doc), "ok")) {
		char why[VALUE_MAX];

		json_read_string(&answer.doc, json_root(&answer.doc), "why", why,
		                 sizeof why);
		result = cli_fail(CLI_NO, "%s", why);
	}
	api_answer_release(&answer);
	return result;
}

static int audit_verify(struct cli *cli, int argc, char **argv)
{
	const char *head = NULL;
	const struct option_spec specs[] = {{"--head", OPTION_TEXT, &head, 0}};
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, specs, 1, 0, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("audit", &err);
	return operands.count == 0 ? verify_desk(cli)
	                           : verify_file(cli, operands.values[0], head);
}

int cmd_audit(struct cli *cli, int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "list") == 0)
		return audit_list(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "export") == 0)
		return audit_export(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "verify") == 0)
		return audit_verify(cli, argc - 1, argv + 1);
	return cli_fail(
	    CLI_USAGE,
	    "aldis audit knows list, export and verify; see `aldis help audit`");
}
