/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis charter: signing and joining the agreement of a channel; drafting and showing it
 * have files of their own.
 */
#include <stdio.h>

#include "base/file.h"
#include "cli/charter_commands.h"
#include "cli/charter_fetch.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/root_sign.h"

/* ---- sign
 * ------------------------------------------------------------------------------- */

static int charter_sign(struct cli *cli, int argc, char **argv)
{
	struct root_sign call = {.cli = cli};
	char root_folder[FOLDER_PATH_MAX];
	const struct option_spec specs[] = {
	    {"--passphrase-file", OPTION_TEXT, &call.passphrase_file, 0},
	    {"--previous", OPTION_TEXT, &call.previous_path, 0},
	};
	struct option_values operands;
	struct folder folder;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 2, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("charter", &err);
	call.root_folder = root_folder;
	call.path = operands.values[0];
	status = cli_folder(cli, &folder, &err);
	if (status == STATUS_OK)
		status = folder_path(&folder, "root", root_folder, &err);
	if (status == STATUS_OK)
		status = root_sign_file(&call, &err);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* ---- join
 * ------------------------------------------------------------------------------- */

static enum status call_at(const struct cli *cli, const struct api_request *request,
                           struct api_answer *answer, struct error *err)
{
	struct api_client *client;
	enum status status;

	TRY(api_client_open(cli, &client, err));
	status = api_client_call(client, request, answer, err);
	api_client_close(client);
	return status;
}

/* Says whose signature is still missing. */
static void print_missing(const struct cli *cli, const char *id)
{
	struct api_answer answer = {0};
	struct error err = {0};
	char path[128];
	const struct json_token *list, *member;

	(void)snprintf(path, sizeof path, "/api/channels/%.64s", id);
	if (call_at(cli, &(struct api_request){.path = path}, &answer, &err) ==
	    STATUS_OK) {
		member =
		    json_read_list(&answer.doc, json_root(&answer.doc), "members", &list);
		for (; member != NULL; member = json_next(&answer.doc, list, member)) {
			char name[RECORD_NAME_MAX + 1];

			json_read_string(&answer.doc, member, "name", name, sizeof name);
			if (!json_read_bool(&answer.doc, member, "signed"))
				printf("  not signed by %s\n", name);
		}
	}
	api_answer_release(&answer);
}

static void print_joined(const struct cli *cli, const struct api_answer *answer)
{
	const struct json_token *root = json_root(&answer->doc);
	char id[HASH_HEX_LEN + 1], title[256];

	json_read_string(&answer->doc, root, "id", id, sizeof id);
	json_read_string(&answer->doc, root, "title", title, sizeof title);
	if (json_read_bool(&answer->doc, root, "open")) {
		printf("%.16s  open  ", id);
		print_escaped(stdout, view_of_string(title));
		putchar('\n');
		return;
	}
	printf("%.16s  waits for signatures  ", id);
	print_escaped(stdout, view_of_string(title));
	putchar('\n');
	print_missing(cli, id);
}

/* Amendments that lack signatures change nothing; whoever joins one is told. */
static void print_pending(const struct cli *cli, const struct api_answer *joined)
{
	struct api_answer answer = {0};
	const struct json_token *list = NULL, *charter;
	char id[HASH_HEX_LEN + 1];

	json_read_string(&joined->doc, json_root(&joined->doc), "id", id, sizeof id);
	if (!json_read_bool(&joined->doc, json_root(&joined->doc), "open") ||
	    charter_fetch(cli, id, &answer, NULL) != STATUS_OK) {
		api_answer_release(&answer);
		return;
	}
	charter = json_read_list(&answer.doc, json_root(&answer.doc), "charters", &list);
	for (; charter != NULL; charter = json_next(&answer.doc, list, charter)) {
		char digest[HASH_HEX_LEN + 1], first[RECORD_NAME_MAX + 1];

		if (json_read_bool(&answer.doc, charter, "in_force"))
			continue;
		json_read_string(&answer.doc, charter, "digest", digest, sizeof digest);
		json_read_string(&answer.doc, charter, "first_missing", first,
		                 sizeof first);
		printf("  amendment %.16s is pending: not signed by %s\n", digest, first);
	}
	api_answer_release(&answer);
}

static enum status keep_merged(const struct api_answer *answer, const char *path,
                               struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(CHARTER_CHAIN_MAX);

	if (path == NULL)
		return STATUS_OK;
	if (!json_read_text(&answer->doc, json_root(&answer->doc), "note", &note))
		return error_set(err, STATUS_BUG, "the answer holds no charter");
	return file_replace(path, buf_view(&note), 0644, err);
}

static int charter_join(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf note = BUF_INIT(CHARTER_CHAIN_MAX);
	const char *out_path = NULL;
	const struct option_spec specs[] = {{"-o", OPTION_TEXT, &out_path, 0}};
	struct api_request request = {.path = "/api/channels", .type = "text/plain"};
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 1, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("charter", &err);
	status = cli_read_input(operands.values[0], &note, &err);
	request.body = buf_view(&note);
	if (status == STATUS_OK)
		status = call_at(cli, &request, &answer, &err);
	if (status == STATUS_OK)
		status = keep_merged(&answer, out_path, &err);
	if (status == STATUS_OK && cli->is_json) {
		print_json(stdout, buf_view(&answer.body));
	} else if (status == STATUS_OK) {
		print_joined(cli, &answer);
		print_pending(cli, &answer);
	}
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_charter(struct cli *cli, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct cli *cli, int argc, char **argv);
	} parts[] = {
	    {"draft", charter_draft},
	    {"sign", charter_sign},
	    {"join", charter_join},
	    {"show", charter_show},
	};

	for (size_t i = 0; argc > 0 && i < sizeof parts / sizeof parts[0]; i++)
		if (strcmp(argv[0], parts[i].name) == 0)
			return parts[i].run(cli, argc - 1, argv + 1);
	return cli_fail(CLI_USAGE, "aldis charter knows draft, sign, join and show; see "
	                           "`aldis help charter`");
}
