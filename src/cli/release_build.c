/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis release build: the file that shows what a manifest says, once the answers are
 * here. What would be one-sided is made only when that is asked for.
 */
#include "cli/release_build.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/release_channel.h"
#include "cli/result_print.h"
#include "release/build.h"
#include "release/frame.h"

struct order {
	const char *channel; /* NULL: that of the manifest, which is a file */
	const char *what, *out_path;
	bool is_one_sided;
};

/* Not standard input, which is read once, and not the id of a request. */
static bool is_file(const char *what)
{
	struct record_message_id id;

	return strcmp(what, "-") != 0 &&
	       record_message_id_decode(view_of_string(what), &id, NULL) != STATUS_OK;
}

/* A manifest in a file names its channel. */
static enum status find_channel(const struct order *order, char ret_id[HASH_HEX_LEN + 1],
                                struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RELEASE_MANIFEST_MAX);
	struct release_manifest manifest = {0};
	enum status status;

	TRY(cli_read_input(order->what, &text, err));
	status = release_manifest_decode(buf_view(&text), &manifest, err);
	if (status == STATUS_OK)
		hash_hex(&manifest.channel.hash, ret_id);
	release_manifest_release(&manifest);
	return status;
}

static void say(const struct release_result *result)
{
	for (size_t i = 0; i < result->bundle.statement_count; i++) {
		fputs("  ", stderr);
		print_escaped(stderr,
		              view_of_string(bundle_statement(&result->bundle, i)));
		fputc('\n', stderr);
	}
}

static enum status check_grade(const struct order *order,
                               const struct release_manifest *manifest,
                               const struct release_result *result, struct error *err)
{
	if (result->grade != RELEASE_ONE_SIDED || order->is_one_sided)
		return STATUS_OK;
	if (manifest->rule == RECORD_RELEASE_CONFIDENTIAL)
		return error_set(
		    err, STATUS_CONFLICT,
		    "the charter says that nothing is released; with "
		    "--one-sided the file is made all the same, and says so");
	return error_set(err, STATUS_CONFLICT,
	                 "the consents that the charter asks for are not all here (who "
	                 "drafted gives its own with aldis release request); with "
	                 "--one-sided the file is made all the same, and says so");
}

static enum status hand_out(const struct cli *cli, const struct order *order,
                            struct view file, const struct release_result *result,
                            struct error *err)
{
	const char *path = order->out_path;

	if (path == NULL)
		return cli_write_output(file, err);
	TRY(file_replace(path, file, 0644, err));
	if (cli->is_json)
		result_print_json(result);
	else
		printf("%s holds the release; `aldis verify %s` checks it\n", path, path);
	return STATUS_OK;
}

static enum status build(const struct cli *cli, const struct order *order,
                         struct releasing *releasing, struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT(RELEASE_FILE_MAX);
	const struct bundle_trust none = {0};
	struct release_result result = {0};
	enum status status;

	TRY(releasing_read_manifest(releasing, order->what, err));
	TRY(release_manifest_decode(buf_view(&releasing->text), &releasing->manifest,
	                            err));
	status = release_build_file(&releasing->record, buf_view(&releasing->text), &none,
	                            &file, &result, err);
	if (status == STATUS_OK) {
		say(&result);
		status = check_grade(order, &releasing->manifest, &result, err);
	}
	if (status == STATUS_OK)
		status = hand_out(cli, order, buf_view(&file), &result, err);
	release_result_release(&result);
	return status;
}

static enum status open_and_build(const struct cli *cli, const struct order *order,
                                  struct releasing *releasing, struct error *err)
{
	char channel[HASH_HEX_LEN + 1];

	if (order->channel != NULL) {
		TRY(releasing_open(cli, order->channel, releasing, err));
	} else {
		TRY(find_channel(order, channel, err));
		TRY(releasing_open(cli, channel, releasing, err));
	}
	return build(cli, order, releasing, err);
}

int release_build(struct cli *cli, int argc, char **argv)
{
	struct order order = {0};
	const struct option_spec specs[] = {
	    {"--one-sided", OPTION_FLAG, &order.is_one_sided, 0},
	    {"-o", OPTION_TEXT, &order.out_path, 0},
	};
	struct releasing releasing = {0};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 2, 1, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("release", &err);
	order.what = operands.values[operands.count - 1];
	order.channel = operands.count == 2 ? operands.values[0] : NULL;
	if (order.channel == NULL && !is_file(order.what))
		return cli_fail(CLI_USAGE, "of which channel? CHANNEL %s", order.what);
	status = open_and_build(cli, &order, &releasing, &err);
	releasing_release(&releasing);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
