/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis charter show: the charters of a channel, one note after the other, as `charter
 * join` of a desk that comes later takes them; or what they say, in words.
 */
#include <stdio.h>

#include "cli/charter_commands.h"
#include "cli/charter_fetch.h"
#include "cli/charter_words.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "crypto/random.h"

/* Which one it is, and whether it counts. */
static void print_heading(FILE *file, const struct json_doc *doc,
                          const struct json_token *element)
{
	char digest[HASH_HEX_LEN + 1], date[32], first[RECORD_NAME_MAX + 1];
	int64_t missing = json_read_integer(doc, element, "missing");

	json_read_string(doc, element, "digest", digest, sizeof digest);
	json_read_string(doc, element, "date", date, sizeof date);
	json_read_string(doc, element, "first_missing", first, sizeof first);
	fprintf(file, "%.16s  of ", digest);
	print_escaped(file, view_of_string(date));
	if (json_read_bool(doc, element, "in_force"))
		fputs("  in force\n", file);
	else if (missing > 1)
		fprintf(file, "  waits for %lld signatures, first that of %s\n",
		        (long long)missing, first);
	else
		fprintf(file, "  waits for the signature of %s\n", first);
}

/* The first charter whole, each other by what it changes. */
static enum status print_words(const struct json_doc *doc,
                               const struct json_token *element,
                               struct record_charter *before, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf words = BUF_INIT(CHARTER_CHAIN_MAX);
	struct record_charter charter = {0};

	if (!json_read_text(doc, element, "note", &note))
		return error_set(err, STATUS_BUG, "the answer holds no charter");
	TRY(charter_open(buf_view(&note), &charter, err));
	if (before->member_count == 0)
		charter_words_append(&charter, &words);
	else
		charter_words_append_changes(before, &charter, &words);
	print_heading(stdout, doc, element);
	charter_words_print(stdout, buf_view(&words));
	/* Drafts that wait are all compared with the one in force. */
	if (before->member_count > 0 && !json_read_bool(doc, element, "in_force")) {
		record_charter_release(&charter);
		return STATUS_OK;
	}
	record_charter_release(before);
	*before = charter;
	return STATUS_OK;
}

static enum status print_note(const struct json_doc *doc,
                              const struct json_token *element, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);

	print_heading(stderr, doc, element);
	if (!json_read_text(doc, element, "note", &note))
		return error_set(err, STATUS_BUG, "the answer holds no charter");
	return cli_write_output(buf_view(&note), err);
}

static enum status print_all(const struct json_doc *doc, bool is_text, struct error *err)
{
	__attribute__((cleanup(record_charter_release))) struct record_charter before = {
	    0};
	const struct json_token *list = NULL;
	const struct json_token *element =
	    json_read_list(doc, json_root(doc), "charters", &list);

	for (; element != NULL; element = json_next(doc, list, element)) {
		if (is_text)
			TRY(print_words(doc, element, &before, err));
		else
			TRY(print_note(doc, element, err));
	}
	return STATUS_OK;
}

int charter_show(struct cli *cli, int argc, char **argv)
{
	bool is_text = false;
	const struct option_spec specs[] = {{"--text", OPTION_FLAG, &is_text, 0}};
	struct option_values operands;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, 1, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("charter", &err);
	status = crypto_init(&err);
	if (status == STATUS_OK)
		status = charter_fetch(cli, operands.values[0], &answer, &err);
	if (status == STATUS_OK && cli->is_json)
		print_json(stdout, buf_view(&answer.body));
	else if (status == STATUS_OK)
		status = print_all(&answer.doc, is_text, &err);
	api_answer_release(&answer);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
