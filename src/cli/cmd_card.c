/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis card, fingerprint, trust: showing who one is, and believing who others are.
 */
#include <stdio.h>

#include "base/file.h"
#include "cli/api_client.h"
#include "cli/cards.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "codec/json_writer.h"
#include "crypto/random.h"

int cmd_card(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct option_values operands;
	struct record_card card;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("card", &err);
	status = cards_read_own(cli, &note, &card, &err);
	if (status == STATUS_OK)
		status = cli_write_output(buf_view(&note), &err);
	return status == STATUS_OK ? CLI_DONE : cli_fail(CLI_COULD_NOT, "%s", err.text);
}

int cmd_fingerprint(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];
	struct option_values operands;
	struct record_card card;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 0, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("fingerprint", &err);
	if (operands.count == 0 && cli->dir == NULL)
		return cli_fail_no_desk();
	if (operands.count == 0)
		status = cards_read_own(cli, &note, &card, &err);
	else
		status = cards_read(operands.values[0], &note, &card, &err);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	record_fingerprint(&card, fingerprint);
	if (cli->is_json)
		printf("{\"name\":\"%s\",\"fingerprint\":\"%s\"}\n", card.name.text,
		       fingerprint);
	else
		printf("%s  %s\n", card.name.text, fingerprint);
	return CLI_DONE;
}

/* Has a person at the terminal compared the digits? */
static bool ask_compared(void)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO))
		return false;
	fputs("Have you compared these digits with them, by voice or in person? "
	      "Type yes: ",
	      stdout);
	fflush(stdout);
	return fgets(answer, sizeof answer, stdin) != NULL &&
	       strcmp(answer, "yes\n") == 0;
}

static enum status post_card(const struct cli *cli, struct view note,
                             struct api_answer *answer, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(4 * RECORD_NOTE_MAX);
	struct json_writer writer = json_writer_of(&body);
	struct api_request request = {.path = "/api/cards", .type = "application/json"};
	struct api_client *client;
	enum status status;

	json_writer_object(&writer, NULL);
	json_writer_text(&writer, "card", note);
	json_writer_bool(&writer, "compared", true);
	json_writer_end(&writer);
	TRY(buf_check(&body, "the card", err));
	request.body = buf_view(&body);
	TRY(api_client_open(cli, &client, err));
	status = api_client_call(client, &request, answer, err);
	api_client_close(client);
	return status;
}

int cmd_trust(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];
	bool is_compared = false;
	const struct option_spec specs[] = {{"--compared", OPTION_FLAG, &is_compared, 0}};
	struct option_values operands;
	struct api_answer answer = {0};
	struct record_card card;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 1, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("trust", &err);
	status = cards_read(operands.values[0], &note, &card, &err);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	record_fingerprint(&card, fingerprint);
	if (!cli->is_json)
		printf("%s  %s\n", card.name.text, fingerprint);
	fflush(stdout);
	if (!is_compared && !ask_compared())
		return cli_fail(CLI_USAGE,
		                "compare these digits with %s by another way, then say "
		                "--compared",
		                card.name.text);
	status = post_card(cli, buf_view(&note), &answer, &err);
	if (status == STATUS_OK && cli->is_json)
		print_json(stdout, buf_view(&answer.body));
	else if (status == STATUS_OK)
		printf("%s is trusted\n", card.name.text);
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
