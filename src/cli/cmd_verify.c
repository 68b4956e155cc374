/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis verify: checks what left a desk as a file, with nothing but the file and the
 * cards that the reader trusts.
 */
#include <stdio.h>

#include "bundle/verify.h"
#include "cli/cards.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/pouch_file.h"
#include "cli/release_file.h"
#include "cli/result_print.h"
#include "crypto/random.h"

enum { ENTRY_MAX = 65535 };

static int exit_of(const struct bundle_result *result)
{
	if (!result->is_consistent)
		return CLI_NO;
	return result->is_anchored ? CLI_DONE : CLI_NOT_COMPARED;
}

struct verify {
	struct option_values card_paths;
	const char *entry_path;
	struct cards_named cards;
	struct buf entry;
};

static enum status read_inputs(struct verify *verify, struct error *err)
{
	TRY(cards_read_named(&verify->card_paths, &verify->cards, err));
	verify->entry = BUF_INIT(ENTRY_MAX);
	if (verify->entry_path != NULL)
		return cli_read_input(verify->entry_path, &verify->entry, err);
	return STATUS_OK;
}

static void verify_release(struct verify *verify)
{
	cards_named_release(&verify->cards);
	buf_release(&verify->entry);
}

static enum status run(struct verify *verify, const char *path,
                       struct release_result *result, struct error *err)
{
	struct bundle_verify_options options = {0};

	TRY(crypto_init(err));
	TRY(read_inputs(verify, err));
	options.cards = verify->cards.views;
	options.card_count = verify->cards.count;
	options.entry = buf_view(&verify->entry);
	if (release_file_is_one(path))
		return release_file_verify(path, &options, result, err);
	return bundle_verify(path, &options, &result->bundle, err);
}

int cmd_verify(struct cli *cli, int argc, char **argv)
{
	struct verify verify = {0};
	const struct option_spec specs[] = {
	    {"--trust", OPTION_LIST, &verify.card_paths, 0},
	    {"--entry", OPTION_TEXT, &verify.entry_path, 0},
	};
	struct release_result result = {0}; /* only its bundle, of other files */
	struct option_values operands;
	struct error err = {0};
	enum status status;
	int exit_status;

	if (options_parse(cli, specs, 2, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("verify", &err);
	if (pouch_file_is_one(operands.values[0]))
		return pouch_file_verify(cli, operands.values[0]);
	status = run(&verify, operands.values[0], &result, &err);
	if (status != STATUS_OK)
		exit_status = cli_fail(
		    status == STATUS_MALFORMED ? CLI_NO : CLI_COULD_NOT, "%s", err.text);
	else
		exit_status = exit_of(&result.bundle);
	if (status == STATUS_OK && cli->is_json)
		result_print_json(&result);
	else if (status == STATUS_OK)
		result_print(&result);
	release_result_release(&result);
	verify_release(&verify);
	return exit_status;
}
