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
#include "cli/print.h"
#include "codec/json_writer.h"
#include "crypto/random.h"

enum { ENTRY_MAX = 65535, REPORT_MAX = 16 * 1024 * 1024 };

static void print_text_line(const char *before, const char *text)
{
	fputs(before, stdout);
	print_escaped(stdout, view_of_string(text));
	putchar('\n');
}

static void print_desks(const struct bundle_result *result)
{
	for (size_t i = 0; i < result->desk_count; i++)
		printf("  %s  %s%s\n", result->desks[i].name.text,
		       result->desks[i].fingerprint,
		       result->desks[i].is_anchored ? "  (by a trusted card)" : "");
	if (!result->is_anchored)
		puts("Compare these digits with each desk by another way, or give their "
		     "cards with --trust.");
}

static void print_result(const struct bundle_result *result)
{
	if (!result->is_consistent) {
		printf("NOT VERIFIED  %s", bundle_kind_name(result->kind));
		if (result->file.text[0] != '\0')
			print_text_line("\n  in ", result->file.text);
		else
			putchar('\n');
		print_text_line("  ", result->why.text);
		return;
	}
	printf("%s  %s\n",
	       result->is_anchored ? "VERIFIED" : "CONSISTENT, KEYS NOT COMPARED",
	       bundle_kind_name(result->kind));
	for (size_t i = 0; i < result->statement_count; i++)
		print_text_line("  ", bundle_statement(result, i));
	print_desks(result);
}

static void write_counts(struct json_writer *writer, const struct bundle_result *result)
{
	const struct {
		const char *name;
		uint64_t value;
	} counts[] = {
	    {"logs", result->log_count},
	    {"entries", result->entry_count},
	    {"bodies", result->body_count},
	    {"attachments", result->attachment_count},
	    {"files", result->file_count},
	    {"bytes", result->byte_count},
	    {"malformed", result->malformed_count},
	    {"missing_attachments", result->missing_attachment_count},
	    {"open_references", result->open_reference_count},
	    {"withheld", result->withheld_count},
	};

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		json_writer_integer(writer, counts[i].name, (int64_t)counts[i].value);
}

static void print_result_json(const struct bundle_result *result)
{
	CLEANUP_BUF struct buf out = BUF_INIT(REPORT_MAX);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "kind", bundle_kind_name(result->kind));
	json_writer_bool(&writer, "consistent", result->is_consistent);
	json_writer_bool(&writer, "anchored", result->is_anchored);
	json_writer_string(&writer, "file", result->file.text);
	json_writer_string(&writer, "why", result->why.text);
	json_writer_array(&writer, "desks");
	for (size_t i = 0; i < result->desk_count; i++) {
		json_writer_object(&writer, NULL);
		json_writer_string(&writer, "name", result->desks[i].name.text);
		json_writer_string(&writer, "fingerprint", result->desks[i].fingerprint);
		json_writer_bool(&writer, "anchored", result->desks[i].is_anchored);
		json_writer_end(&writer);
	}
	json_writer_end(&writer);
	json_writer_array(&writer, "words");
	for (size_t i = 0; i < result->statement_count; i++)
		json_writer_string(&writer, NULL, bundle_statement(result, i));
	json_writer_end(&writer);
	write_counts(&writer, result);
	json_writer_end(&writer);
	print_json(stdout, buf_view(&out));
}

static int exit_of(const struct bundle_result *result)
{
	if (!result->is_consistent)
		return CLI_NO;
	return result->is_anchored ? CLI_DONE : CLI_NOT_COMPARED;
}

struct verify {
	struct option_values cards;
	const char *entry_path;
	struct buf *notes;
	struct view *views;
	struct buf entry;
};

static enum status read_cards(struct verify *verify, struct error *err)
{
	size_t count = verify->cards.count;

	verify->notes = calloc(count + 1, sizeof *verify->notes);
	verify->views = calloc(count + 1, sizeof *verify->views);
	if (verify->notes == NULL || verify->views == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++) {
		struct record_card card;

		verify->notes[i] = BUF_INIT(RECORD_NOTE_MAX);
		TRY(cards_read(verify->cards.values[i], &verify->notes[i], &card, err));
		verify->views[i] = buf_view(&verify->notes[i]);
	}
	verify->entry = BUF_INIT(ENTRY_MAX);
	if (verify->entry_path != NULL)
		return cli_read_input(verify->entry_path, &verify->entry, err);
	return STATUS_OK;
}

static void verify_release(struct verify *verify)
{
	for (size_t i = 0; verify->notes != NULL && i < verify->cards.count; i++)
		buf_release(&verify->notes[i]);
	free(verify->notes);
	free(verify->views);
	buf_release(&verify->entry);
}

static enum status run(struct verify *verify, const char *path,
                       struct bundle_result *result, struct error *err)
{
	struct bundle_verify_options options = {.card_count = verify->cards.count};

	TRY(crypto_init(err));
	TRY(read_cards(verify, err));
	options.cards = verify->views;
	options.entry = buf_view(&verify->entry);
	return bundle_verify(path, &options, result, err);
}

int cmd_verify(struct cli *cli, int argc, char **argv)
{
	struct verify verify = {0};
	const struct option_spec specs[] = {
	    {"--trust", OPTION_LIST, &verify.cards, 0},
	    {"--entry", OPTION_TEXT, &verify.entry_path, 0},
	};
	struct bundle_result result = {0};
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
		exit_status = exit_of(&result);
	if (status == STATUS_OK && cli->is_json)
		print_result_json(&result);
	else if (status == STATUS_OK)
		print_result(&result);
	bundle_result_release(&result);
	verify_release(&verify);
	return exit_status;
}
