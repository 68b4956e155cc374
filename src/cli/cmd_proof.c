/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis silence, statement, evidence: what leaves the desk as a proof that a stranger can
 * check with `aldis verify`.
 */
#include <stdio.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/message_path.h"
#include "cli/message_send.h"
#include "console/waiting.h"

/* Asks the desk and writes what it answers to the file. */
static int write_answer(struct cli *cli, const char *path, const char *out_path,
                        const char *what)
{
	struct api_client *client = NULL;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status = api_client_open(cli, &client, &err);

	if (status == STATUS_OK)
		status = api_client_call(client, &(struct api_request){.path = path},
		                         &answer, &err);
	if (status == STATUS_OK && strcmp(out_path, "-") == 0)
		status = cli_write_output(buf_view(&answer.body), &err);
	else if (status == STATUS_OK)
		status = file_replace(out_path, buf_view(&answer.body), 0644, &err);
	api_answer_release(&answer);
	api_client_close(client);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	if (!cli->is_json && strcmp(out_path, "-") != 0)
		printf("%s holds %s; `aldis verify %s` checks it\n", out_path, what,
		       out_path);
	return CLI_DONE;
}

/* "/api/channels/C/<part>/north.example/12" */
static enum status append_path(struct buf *path, const char *channel, const char *part,
                               const char *id, struct error *err)
{
	struct record_message_id parsed;

	TRY(record_message_id_decode(view_of_string(id), &parsed, err));
	buf_append_string(path, "/api/channels/");
	api_path_append(path, channel);
	buf_printf(path, "/%s/%s/%llu", part, parsed.desk.text,
	           (unsigned long long)parsed.index);
	return STATUS_OK;
}

static enum status end_path(struct buf *path, struct error *err)
{
	buf_append_byte(path, '\0');
	return buf_check(path, "the request", err);
}

int cmd_silence(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	const char *debtor = NULL, *out = NULL;
	const struct option_spec specs[] = {
	    {"--debtor", OPTION_TEXT, &debtor, 0},
	    {"-o", OPTION_TEXT, &out, 0},
	};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 2, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("silence", &err);
	if (out == NULL)
		return cli_fail(CLI_USAGE, "where to? -o FILE");
	status =
	    append_path(&path, operands.values[0], "silence", operands.values[1], &err);
	if (debtor != NULL) {
		buf_append_string(&path, "?debtor=");
		api_path_append(&path, debtor);
	}
	if (status == STATUS_OK)
		status = end_path(&path, &err);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	return write_answer(cli, (const char *)path.data, out, "the proof of silence");
}

int cmd_evidence(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf path = BUF_INIT(256);
	struct option_values operands;
	const char *out = NULL;
	const struct option_spec specs[] = {{"-o", OPTION_TEXT, &out, 0}};
	struct error err = {0};

	if (options_parse(cli, specs, 1, 0, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("evidence", &err);
	if (out == NULL)
		return cli_fail(CLI_USAGE, "where to? -o FILE");
	buf_append_string(&path, "/api/evidence/");
	api_path_append(&path, operands.count > 0 ? operands.values[0] : "0");
	buf_append_string(&path, "/proof");
	if (end_path(&path, &err) != STATUS_OK)
		return cli_fail_usage("evidence", &err);
	return write_answer(cli, (const char *)path.data, out,
	                    "the proof of equivocation");
}

/* Statements */

struct stating {
	const char *from, *to, *out;
	bool is_sent;
	struct message_send message;
};

static void append_query(struct buf *path, const char *name, const char *value,
                         bool *has_any)
{
	if (value == NULL)
		return;
	buf_printf(path, "%c%s=", *has_any ? '&' : '?', name);
	api_path_append(path, value);
	*has_any = true;
}

/* Asks the desk what it could state now. */
static enum status fetch_body(struct cli *cli, const struct stating *stating,
                              const char *channel, struct buf *ret_body,
                              struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_client *client = NULL;
	struct api_answer answer = {0};
	bool has_any = false;
	enum status status;

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_append_string(&path, "/statement");
	append_query(&path, "from", stating->from, &has_any);
	append_query(&path, "to", stating->to, &has_any);
	TRY(end_path(&path, err));
	status = api_client_open(cli, &client, err);
	if (status == STATUS_OK)
		status = api_client_call(
		    client, &(struct api_request){.path = (const char *)path.data},
		    &answer, err);
	if (status == STATUS_OK)
		buf_append_view(ret_body, buf_view(&answer.body));
	api_answer_release(&answer);
	api_client_close(client);
	return status == STATUS_OK ? buf_check(ret_body, "the statement", err) : status;
}

static int state_or_print(struct cli *cli, struct stating *stating, const char *channel)
{
	struct error err = {0};
	enum status status =
	    fetch_body(cli, stating, channel, &stating->message.body, &err);
	int result;

	if (status != STATUS_OK) {
		result = cli_fail_status(status, &err);
	} else if (stating->is_sent) {
		stating->message.channel = channel;
		stating->message.kind = "record.statement";
		result = message_send(cli, &stating->message);
	} else {
		status = cli_write_output(buf_view(&stating->message.body), &err);
		putchar('\n');
		result = status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
	}
	message_send_release(&stating->message);
	return result;
}

int cmd_statement(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct stating stating = {.message.body = BUF_INIT(RECORD_BODY_MAX)};
	const struct option_spec specs[] = {
	    {"--from", OPTION_TEXT, &stating.from, 0},
	    {"--to", OPTION_TEXT, &stating.to, 0},
	    {"--send", OPTION_FLAG, &stating.is_sent, 0},
	    {"--wait", OPTION_NUMBER, &stating.message.wait_s, WAITING_SECONDS_MAX},
	    {"-o", OPTION_TEXT, &stating.out, 0},
	};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 5, 1, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("statement", &err);
	if (operands.count == 1 && stating.out == NULL)
		return state_or_print(cli, &stating, operands.values[0]);
	if (operands.count == 1)
		return cli_fail(CLI_USAGE,
		                "the proof of which statement? CHANNEL ID -o FILE");
	if (stating.out == NULL || stating.is_sent || stating.from != NULL ||
	    stating.to != NULL)
		return cli_fail(
		    CLI_USAGE,
		    "the proof of a statement that was sent: CHANNEL ID -o FILE");
	status =
	    append_path(&path, operands.values[0], "statement", operands.values[1], &err);
	if (status == STATUS_OK)
		status = end_path(&path, &err);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	return write_answer(cli, (const char *)path.data, stating.out,
	                    "the record statement");
}
