/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis check, backup, recover, clock: looking after a desk, running or not.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/direct.h"
#include "cli/options.h"
#include "cli/print.h"
#include "codec/json_writer.h"

enum { PATIENCE_S = 24 * 3600 }; /* a large store takes its time */

static enum status post(const struct cli *cli, const char *path, struct view body,
                        struct api_answer *answer, struct error *err)
{
	struct api_request request = {
	    .path = path, .type = "application/json", .body = body, .wait_s = PATIENCE_S};
	struct api_client *client;
	enum status status;

	TRY(api_client_open(cli, &client, err));
	status = api_client_call(client, &request, answer, err);
	api_client_close(client);
	return status;
}

/* ---- check
 * ------------------------------------------------------------------------------ */

static void print_result(const struct cli *cli, const struct desk_check_result *result)
{
	if (cli->is_json)
		printf("{\"ok\":true,\"logs\":%llu,\"entries\":%llu,\"bodies\":%llu,"
		       "\"attachments\":%llu,\"checkpoints\":%llu}\n",
		       (unsigned long long)result->logs,
		       (unsigned long long)result->entries,
		       (unsigned long long)result->bodies,
		       (unsigned long long)result->attachments,
		       (unsigned long long)result->checkpoints);
	else
		printf("whole: %llu logs, %llu entries, %llu bodies, %llu attachments, "
		       "%llu signed checkpoints\n",
		       (unsigned long long)result->logs,
		       (unsigned long long)result->entries,
		       (unsigned long long)result->bodies,
		       (unsigned long long)result->attachments,
		       (unsigned long long)result->checkpoints);
}

static enum status check_running(const struct cli *cli, struct desk_check_result *result,
                                 struct error *err)
{
	struct api_answer answer = {0};
	enum status status = post(cli, "/api/check", view_of("", 0), &answer, err);

	if (status == STATUS_OK) {
		const struct json_token *root = json_root(&answer.doc);

		result->logs = (uint64_t)json_read_integer(&answer.doc, root, "logs");
		result->entries =
		    (uint64_t)json_read_integer(&answer.doc, root, "entries");
		result->bodies = (uint64_t)json_read_integer(&answer.doc, root, "bodies");
		result->attachments =
		    (uint64_t)json_read_integer(&answer.doc, root, "attachments");
		result->checkpoints =
		    (uint64_t)json_read_integer(&answer.doc, root, "checkpoints");
	}
	api_answer_release(&answer);
	return status;
}

int cmd_check(struct cli *cli, int argc, char **argv)
{
	struct desk_check_result result = {0};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("check", &err);
	status = check_running(cli, &result, &err);
	if (status == STATUS_CLOSED)
		status = direct_check(cli, &result, &err);
	if (status == STATUS_OK) {
		print_result(cli, &result);
		return CLI_DONE;
	}
	if (status == STATUS_MALFORMED)
		return cli_fail(
		    CLI_NO,
		    "%s. The store is damaged: keep a copy of the folder, then "
		    "run `aldis recover` or restore a backup",
		    err.text);
	return cli_fail(CLI_COULD_NOT, "%s", err.text);
}

/* ---- backup
 * ----------------------------------------------------------------------------- */

/* aldisd may have another working folder. */
static enum status make_absolute(const char *path, char ret_path[PATH_MAX],
                                 struct error *err)
{
	char here[PATH_MAX];
	int len;

	if (path[0] == '/') {
		len = snprintf(ret_path, PATH_MAX, "%s", path);
	} else {
		if (getcwd(here, sizeof here) == NULL)
			return error_set_errno(err, "the working folder is unknown");
		len = snprintf(ret_path, PATH_MAX, "%s/%s", here, path);
	}
	if (len >= PATH_MAX)
		return error_set(err, STATUS_LIMIT, "the path is too long");
	return STATUS_OK;
}

static enum status back_up(const struct cli *cli, const char *path, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(4 * PATH_MAX);
	struct json_writer writer = json_writer_of(&body);
	struct api_answer answer = {0};
	char absolute[PATH_MAX];
	enum status status;

	TRY(make_absolute(path, absolute, err));
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "path", absolute);
	json_writer_end(&writer);
	TRY(buf_check(&body, "the path", err));
	status = post(cli, "/api/backup", buf_view(&body), &answer, err);
	api_answer_release(&answer);
	if (status == STATUS_CLOSED)
		return direct_backup(cli, absolute, err);
	return status;
}

int cmd_backup(struct cli *cli, int argc, char **argv)
{
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("backup", &err);
	status = back_up(cli, operands.values[0], &err);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	if (!cli->is_json)
		printf("%s holds the desk's record. Keys, card and desk.conf are not in "
		       "it: keep a copy of those apart\n",
		       operands.values[0]);
	return CLI_DONE;
}

/* ---- recover, clock
 * ---------------------------------------------------------------------- */

/* The last resort: what is to be signed when nobody has the rest of the log. */
static int print_log_end(const struct cli *cli, const char *channel)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_answer answer = {0};
	struct api_client *client;
	struct error err = {0};
	enum status status;

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_append_string(&path, "/log-end");
	buf_append_byte(&path, '\0');
	status = buf_check(&path, "the channel's name", &err);
	if (status == STATUS_OK)
		status = api_client_open(cli, &client, &err);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	status = api_client_call(client,
	                         &(struct api_request){.path = (const char *)path.data},
	                         &answer, &err);
	api_client_close(client);
	if (status == STATUS_OK)
		(void)fwrite(answer.body.data, 1, answer.body.len, stdout);
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_recover(struct cli *cli, int argc, char **argv)
{
	const char *ended = NULL;
	const struct option_spec specs[] = {{"--end", OPTION_TEXT, &ended, 0}};
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 1, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("recover", &err);
	if (ended != NULL)
		return print_log_end(cli, ended);
	status = post(cli, "/api/recover", view_of("", 0), &answer, &err);
	api_answer_release(&answer);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	if (!cli->is_json)
		puts("The desk asks its members for what its store lacks; `aldis status` "
		     "shows how far it is");
	return CLI_DONE;
}

int cmd_clock(struct cli *cli, int argc, char **argv)
{
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK ||
	    strcmp(operands.values[0], "accept") != 0)
		return cli_fail(CLI_USAGE, "say aldis clock accept, after looking at the "
		                           "clock");
	status = post(cli, "/api/clock", view_of("", 0), &answer, &err);
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
