/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis token: what programs show at the console's door.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/desk_call.h"
#include "cli/options.h"
#include "cli/print.h"
#include "codec/json_writer.h"
#include "crypto/random.h"
#include "office/tokens.h"

enum { BODY_MAX = 4096 };

static void print_added(const struct cli *cli, const struct api_answer *answer)
{
	char token[TOKEN_LEN + 1];

	if (cli->is_json) {
		print_json(stdout, buf_view(&answer->body));
		return;
	}
	json_read_string(&answer->doc, json_root(&answer->doc), "token", token,
	                 sizeof token);
	print_escaped(stdout, view_of_string(token));
	putchar('\n');
	crypto_wipe(token, sizeof token);
	cli_note("this is shown once");
}

static int token_add(struct cli *cli, int argc, char **argv)
{
	const char *scopes = NULL, *until = NULL;
	const struct option_spec specs[] = {
	    {"--scopes", OPTION_TEXT, &scopes, 0},
	    {"--until", OPTION_TEXT, &until, 0},
	};
	CLEANUP_BUF struct buf body = BUF_INIT(BODY_MAX);
	struct json_writer writer = json_writer_of(&body);
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 2, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("token", &err);
	if (scopes == NULL)
		return cli_fail(CLI_USAGE,
		                "--scopes is missing: read, draft, send, or several");
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "name", operands.values[0]);
	desk_call_write_words(&writer, "scopes", scopes);
	if (until != NULL)
		json_writer_string(&writer, "until", until);
	json_writer_end(&writer);
	status = buf_check(&body, "the token", &err);
	if (status == STATUS_OK)
		status =
		    desk_call_post(cli, "/api/tokens", buf_view(&body), &answer, &err);
	if (status == STATUS_OK)
		print_added(cli, &answer);
	if (answer.body.data != NULL)
		crypto_wipe(answer.body.data, answer.body.len);
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

static void print_token(const struct json_doc *doc, const struct json_token *token)
{
	char id[TOKEN_ID_LEN + 1], name[2 * TOKEN_NAME_MAX], scopes[64], used[40];
	char revoked[32], until[32], state[48] = "";

	json_read_string(doc, token, "id", id, sizeof id);
	json_read_string(doc, token, "name", name, sizeof name);
	json_read_string(doc, token, "used", used, sizeof used);
	json_read_string(doc, token, "until", until, sizeof until);
	json_read_string(doc, token, "revoked", revoked, sizeof revoked);
	desk_call_read_words(doc, token, "scopes", scopes, sizeof scopes);
	if (strcmp(revoked, "never") != 0)
		snprintf(state, sizeof state, "revoked %s", revoked);
	else if (strcmp(until, "never") != 0)
		snprintf(state, sizeof state, "until %s", until);
	print_row(stdout,
	          (const struct print_cell[]){
	              {id, 8}, {name, 20}, {scopes, 16}, {used, 20}, {state, 0}},
	          5);
}

static int token_list(struct cli *cli, int argc, char **argv)
{
	const struct json_token *list, *one;
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("token", &err);
	status = desk_call_get(cli, "/api/tokens", &answer, &err);
	if (status == STATUS_OK && cli->is_json) {
		print_json(stdout, buf_view(&answer.body));
	} else if (status == STATUS_OK) {
		one =
		    json_read_list(&answer.doc, json_root(&answer.doc), "tokens", &list);
		for (; one != NULL; one = json_next(&answer.doc, list, one))
			print_token(&answer.doc, one);
	}
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

static int token_revoke(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf path = BUF_INIT(BODY_MAX);
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("token", &err);
	buf_append_string(&path, "/api/tokens/");
	api_path_append(&path, operands.values[0]);
	buf_append_string(&path, "/revoke");
	buf_append_byte(&path, '\0');
	status = buf_check(&path, "the token's id", &err);
	if (status == STATUS_OK)
		status = desk_call_post(cli, (const char *)path.data, view_of("", 0),
		                        &answer, &err);
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_token(struct cli *cli, int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "add") == 0)
		return token_add(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "list") == 0)
		return token_list(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "revoke") == 0)
		return token_revoke(cli, argc - 1, argv + 1);
	return cli_fail(CLI_USAGE,
	                "aldis token knows add, list and revoke; see `aldis help token`");
}
