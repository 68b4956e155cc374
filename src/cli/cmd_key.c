/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis key: changing a desk's keys. Made (new), signed by the root elsewhere, announced
 * to all members while the old ones still sign (change), then taken into use (use).
 */
#include <stdio.h>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/key_commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "record/card.h"

static enum status announce(const struct cli *cli, const char *path,
                            struct api_answer *ret_answer, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct api_request request = {.path = "/api/key-change", .type = "text/plain"};
	struct api_client *client;
	enum status status;

	TRY(cli_read_input(path, &note, err));
	request.body = buf_view(&note);
	TRY(api_client_open(cli, &client, err));
	status = api_client_call(client, &request, ret_answer, err);
	api_client_close(client);
	return status;
}

static int key_change(struct cli *cli, int argc, char **argv)
{
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("key", &err);
	status = announce(cli, operands.values[0], &answer, &err);
	if (status == STATUS_OK && cli->is_json)
		print_json(stdout, buf_view(&answer.body));
	else if (status == STATUS_OK)
		printf("Announced in %lld channels. When all members have received it "
		       "(aldis status), stop aldisd and call aldis key use.\n",
		       (long long)json_read_integer(&answer.doc, json_root(&answer.doc),
		                                    "channels"));
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_key(struct cli *cli, int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "new") == 0)
		return key_new(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "change") == 0)
		return key_change(cli, argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "use") == 0)
		return key_use(cli, argc - 1, argv + 1);
	return cli_fail(CLI_USAGE,
	                "aldis key knows new, change and use; see `aldis help key`");
}
