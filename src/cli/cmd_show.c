/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis show: one message. aldis receipt: its receipt as a file.
 */
#include <stdio.h>

#include "base/file.h"
#include "cli/advisory.h"
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/language.h"
#include "cli/message_path.h"
#include "cli/message_print.h"
#include "cli/options.h"
#include "cli/print.h"
#include "console/waiting.h"

static enum status get(const struct cli *cli, const struct buf *path, unsigned wait_s,
                       struct api_answer *answer, struct error *err)
{
	struct api_request request = {.path = (const char *)path->data, .wait_s = wait_s};
	struct api_client *client;
	enum status status;

	TRY(buf_check(path, "the request", err));
	TRY(api_client_open(cli, &client, err));
	status = api_client_call(client, &request, answer, err);
	api_client_close(client);
	return status;
}

int cmd_show(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	char own_language[CLI_LANGUAGE_MAX + 1];
	const char *language = NULL;
	uint64_t wait_s = 0;
	const struct option_spec specs[] = {
	    {"--wait", OPTION_NUMBER, &wait_s, WAITING_SECONDS_MAX},
	    {"--language", OPTION_TEXT, &language, 0},
	};
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 2, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("show", &err);
	cli_language(cli, own_language);
	if (language == NULL)
		language = own_language;
	status = message_path_append(&path, operands.values[0], operands.values[1], &err);
	if (wait_s > 0)
		buf_printf(&path, "?wait=%u", (unsigned)wait_s);
	buf_append_byte(&path, '\0');
	if (status == STATUS_OK)
		status = get(cli, &path, (unsigned)wait_s, &answer, &err);
	if (status == STATUS_OK && cli->is_json) {
		print_json(stdout, buf_view(&answer.body));
	} else if (status == STATUS_OK) {
		message_print_whole(&answer.doc, json_root(&answer.doc), language);
		advisory_print_all(&answer.doc, json_root(&answer.doc));
	}
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_receipt(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	const char *from = NULL, *out_path = NULL;
	const struct option_spec specs[] = {
	    {"--from", OPTION_TEXT, &from, 0},
	    {"-o", OPTION_TEXT, &out_path, 0},
	};
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 2, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("receipt", &err);
	if (out_path == NULL)
		return cli_fail(CLI_USAGE, "where to? -o FILE.tlog-proof");
	status = message_path_append(&path, operands.values[0], operands.values[1], &err);
	buf_append_string(&path, "/receipt");
	if (from != NULL) {
		buf_append_string(&path, "?from=");
		api_path_append(&path, from);
	}
	buf_append_byte(&path, '\0');
	if (status == STATUS_OK)
		status = get(cli, &path, 0, &answer, &err);
	if (status == STATUS_OK)
		status = file_replace(out_path, buf_view(&answer.body), 0644, &err);
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
