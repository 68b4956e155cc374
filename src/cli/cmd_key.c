/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis key: changing a desk's keys. Made (new), signed by the root elsewhere, announced
 * to all members while the old ones still sign (change), then taken into use (use). A
 * link key is used first: who hears of it would no longer let the one before it in.
 */
#include <stdio.h>

#include "cli/api_client.h"
#include "cli/cards.h"
#include "cli/commands.h"
#include "cli/key_commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "crypto/random.h"
#include "record/key_change.h"

/* May members be told of this card now? */
static enum status check_link(const struct cli *cli, struct view note, struct error *err)
{
	CLEANUP_BUF struct buf own = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf card_note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card in_use, before, card;

	TRY(crypto_init(err));
	TRY(cards_read_own(cli, &own, &in_use, err));
	before = in_use;
	before.serial = 0; /* also one that is in use already */
	TRY(record_key_change_open(note, &before, &card, &card_note, err));
	if (memcmp(&card.keys[RECORD_ROLE_LINK], &in_use.keys[RECORD_ROLE_LINK],
	           sizeof card.keys[0]) != 0)
		return error_set(err, STATUS_CONFLICT,
		                 "take the new link key into use first (aldis key use): "
		                 "who hears of it lets the old one in no longer");
	return STATUS_OK;
}

static enum status announce(const struct cli *cli, const char *path,
                            struct api_answer *ret_answer, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct api_request request = {.path = "/api/key-change", .type = "text/plain"};
	struct api_client *client;
	enum status status;

	TRY(cli_read_input(path, &note, err));
	TRY(check_link(cli, buf_view(&note), err));
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
		printf("Announced in %lld channels; keys not yet in use are taken into "
		       "use (aldis key use) when all members have received it.\n",
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
