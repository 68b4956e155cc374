/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis quote: which quotations in a text stand in a release as they are quoted. Offline.
 * The release is verified first, and read once.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/cards.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/result_print.h"
#include "codec/json_writer.h"
#include "crypto/random.h"
#include "record/kinds.h"
#include "release/frame.h"
#include "release/quote.h"
#include "release/verify.h"

enum { JSON_MAX = 256 * 1024 * 1024, INDENT = 4 };

struct quoting {
	const char *release_path, *text_path, *language;
	struct option_values card_paths;
	struct cards_named cards;
	struct buf file, article;
	struct release_result result;
	struct release_statements statements;
	struct release_quotes quotes;
};

static void quoting_release(struct quoting *quoting)
{
	release_quotes_release(&quoting->quotes);
	release_statements_release(&quoting->statements);
	release_result_release(&quoting->result);
	cards_named_release(&quoting->cards);
	buf_release(&quoting->file);
	buf_release(&quoting->article);
}

static enum status verify(struct quoting *quoting, struct error *err)
{
	struct bundle_verify_options options = {0};
	struct bundle_trust trust = {0};

	TRY(cards_read_named(&quoting->card_paths, &quoting->cards, err));
	TRY(file_read(quoting->release_path, &quoting->file, err));
	options.cards = quoting->cards.views;
	options.card_count = quoting->cards.count;
	enum status status = bundle_trust_read(&trust, &options, err);
	if (status == STATUS_OK)
		status = release_verify_file(buf_view(&quoting->file), &trust,
		                             &quoting->result, err);
	bundle_trust_release(&trust);
	return status;
}

static enum status compare(struct quoting *quoting, struct error *err)
{
	struct release_frame_found found;

	TRY(cli_read_input(quoting->text_path, &quoting->article, err));
	TRY(release_frame_split(buf_view(&quoting->file), &found, err));
	TRY(release_statements_read(found.data, &quoting->statements, err));
	return release_quotes_check(buf_view(&quoting->article), quoting->language,
	                            quoting->statements.items, quoting->statements.count,
	                            &quoting->quotes, err);
}

static struct view text_of(const struct quoting *quoting,
                           const struct release_passage *passage)
{
	return view_of(quoting->article.data + passage->start,
	               passage->end - passage->start);
}

/* For people */

/* "north.example#12, What was seen (en)" */
static void print_source(const struct release_statement *statement)
{
	if (statement->message.len == 0) {
		printf("the cover text, in the name of ");
		print_escaped(stdout, statement->desk);
	} else {
		print_escaped(stdout, statement->message);
		printf(", %s", record_kinds_text(statement->label, "en"));
	}
	if (statement->language.len > 0) {
		printf(" (");
		print_escaped(stdout, statement->language);
		putchar(')');
	}
}

static void print_line(const char *before, struct view text)
{
	printf("%*s%s", INDENT, "", before);
	print_indented(stdout, text, INDENT);
	putchar('\n');
}

static void print_difference(const struct release_quote *quote)
{
	static const char *const marks[][2] = {{"", ""}, {"[-", "-]"}, {"{+", "+}"}};

	printf("%*s", INDENT, "");
	for (size_t i = 0; i < quote->difference_count; i++) {
		const struct release_difference *part = &quote->difference[i];

		fputs(marks[part->op][0], stdout);
		print_indented(stdout, part->text, INDENT);
		fputs(marks[part->op][1], stdout);
	}
	putchar('\n');
}

static const char *headline_of(const struct release_quote *quote)
{
	switch (quote->verdict) {
	case RELEASE_AS_RELEASED:
		return quote->is_abridged ? "AS RELEASED, ABRIDGED" : "AS RELEASED";
	case RELEASE_ALTERED:
		return "ALTERED";
	case RELEASE_NOT_IN_RECORD:
		break;
	}
	return "NOT IN THIS RELEASE";
}

static void print_quote(const struct quoting *quoting, size_t nth)
{
	const struct release_quote *quote = &quoting->quotes.items[nth];

	printf("%zu. %s", nth + 1, headline_of(quote));
	if (quote->statement != NULL) {
		printf("  %s", quote->verdict == RELEASE_ALTERED ? "compared with " : "");
		print_source(quote->statement);
	}
	if (quote->more > 0)
		printf(", and in %" PRIu64 " more message%s", quote->more,
		       quote->more == 1 ? "" : "s");
	putchar('\n');
	print_line("", text_of(quoting, &quote->passage));
	if (quote->difference_count > 0)
		print_difference(quote);
	if (quote->elsewhere != NULL) {
		printf("%*sThe same words are released in another language: ", INDENT,
		       "");
		print_source(quote->elsewhere);
		putchar('\n');
	}
	if (quote->is_uncompared)
		print_line("Too much text to look for altered words.", view_of("", 0));
	if (quote->passage.is_unclosed)
		print_line("The quotation has no end; that of its paragraph was taken.",
		           view_of("", 0));
}

static void print_release(const struct release_result *result)
{
	printf("%s\n  ", result->bundle.is_anchored
	                     ? "The release is consistent, by keys of the cards given."
	                     : "The release is consistent; KEYS NOT COMPARED: give the "
	                       "desks' cards with --trust, or see aldis verify.");
	if (result->bundle.statement_count > 0)
		print_escaped(stdout,
		              view_of_string(bundle_statement(&result->bundle, 0)));
	putchar('\n');
}

static void print_all(const struct quoting *quoting)
{
	const struct release_quotes *quotes = &quoting->quotes;
	size_t other = quotes->altered_count + quotes->missing_count;
	bool has_difference = false;

	print_release(&quoting->result);
	if (quotes->count == 0) {
		puts("There is no passage in quotation marks in the text.");
		return;
	}
	for (size_t i = 0; i < quotes->count; i++) {
		print_quote(quoting, i);
		has_difference |= quotes->items[i].difference_count > 0;
	}
	printf(
	    "%zu as released, %zu altered, %zu not in this release.%s\nWhether they are "
	    "true, and what stood around them, this does not say.\n",
	    quotes->count - other, quotes->altered_count, quotes->missing_count,
	    has_difference ? " [-only released-] {+only in the text+}" : "");
}

/* As JSON */

static void write_source(struct json_writer *writer,
                         const struct release_statement *statement)
{
	json_writer_text(writer, "message", statement->message);
	json_writer_text(writer, "desk", statement->desk);
	json_writer_text(writer, "field", statement->field);
	json_writer_string(writer, "label", record_kinds_text(statement->label, "en"));
	json_writer_text(writer, "language", statement->language);
}

static void write_difference(struct json_writer *writer,
                             const struct release_quote *quote)
{
	static const char *const ops[] = {"same", "removed", "added"};

	json_writer_array(writer, "difference");
	for (size_t i = 0; i < quote->difference_count; i++) {
		json_writer_object(writer, NULL);
		json_writer_string(writer, "op", ops[quote->difference[i].op]);
		json_writer_text(writer, "text", quote->difference[i].text);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static void write_quote(struct json_writer *writer, const struct quoting *quoting,
                        const struct release_quote *quote)
{
	json_writer_object(writer, NULL);
	json_writer_text(writer, "text", text_of(quoting, &quote->passage));
	json_writer_integer(writer, "start", (int64_t)quote->passage.start);
	json_writer_integer(writer, "end", (int64_t)quote->passage.end);
	json_writer_bool(writer, "unclosed", quote->passage.is_unclosed);
	json_writer_string(writer, "verdict", release_verdict_name(quote->verdict));
	json_writer_bool(writer, "abridged", quote->is_abridged);
	json_writer_bool(writer, "uncompared", quote->is_uncompared);
	if (quote->statement != NULL) {
		write_source(writer, quote->statement);
		json_writer_text(writer, "released", quote->released);
		json_writer_integer(writer, "more", (int64_t)quote->more);
	}
	if (quote->difference_count > 0)
		write_difference(writer, quote);
	if (quote->elsewhere != NULL) {
		json_writer_object(writer, "elsewhere");
		write_source(writer, quote->elsewhere);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static enum status print_all_json(const struct quoting *quoting, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(JSON_MAX);
	struct json_writer writer = json_writer_of(&out);
	const struct release_quotes *quotes = &quoting->quotes;

	json_writer_object(&writer, NULL);
	json_writer_bool(&writer, "consistent", true);
	json_writer_bool(&writer, "anchored", quoting->result.bundle.is_anchored);
	json_writer_string(&writer, "grade", release_grade_name(quoting->result.grade));
	json_writer_string(&writer, "language", quoting->language);
	json_writer_array(&writer, "quotes");
	for (size_t i = 0; i < quotes->count; i++)
		write_quote(&writer, quoting, &quotes->items[i]);
	json_writer_end(&writer);
	json_writer_integer(&writer, "altered", (int64_t)quotes->altered_count);
	json_writer_integer(&writer, "not_in_record", (int64_t)quotes->missing_count);
	json_writer_end(&writer);
	TRY(buf_check(&out, "the answer", err));
	print_json(stdout, buf_view(&out));
	return STATUS_OK;
}

static int answer(const struct cli *cli, const struct quoting *quoting)
{
	const struct release_quotes *quotes = &quoting->quotes;
	struct error err = {0};

	if (!cli->is_json)
		print_all(quoting);
	else if (print_all_json(quoting, &err) != STATUS_OK)
		return cli_fail(CLI_COULD_NOT, "%s", err.text);
	if (quotes->altered_count + quotes->missing_count > 0)
		return CLI_NO;
	return quoting->result.bundle.is_anchored ? CLI_DONE : CLI_NOT_COMPARED;
}

static int run(const struct cli *cli, struct quoting *quoting)
{
	struct error err = {0};
	enum status status = crypto_init(&err);

	if (status == STATUS_OK)
		status = verify(quoting, &err);
	if (status == STATUS_OK && !quoting->result.bundle.is_consistent) {
		if (cli->is_json)
			result_print_json(&quoting->result);
		else
			result_print(&quoting->result);
		return cli_fail(CLI_NO, "nothing was compared: the release does not "
		                        "verify");
	}
	if (status == STATUS_OK)
		status = compare(quoting, &err);
	/* not CLI_NO, which is about the quotations */
	return status == STATUS_OK ? answer(cli, quoting)
	                           : cli_fail(CLI_COULD_NOT, "%s", err.text);
}

int cmd_quote(struct cli *cli, int argc, char **argv)
{
	struct quoting quoting = {.file = BUF_INIT((size_t)RELEASE_FILE_MAX),
	                          .article = BUF_INIT(RELEASE_ARTICLE_MAX)};
	const struct option_spec specs[] = {
	    {"--language", OPTION_TEXT, &quoting.language, 0},
	    {"--trust", OPTION_LIST, &quoting.card_paths, 0},
	};
	struct option_values operands;
	struct error err = {0};
	int exit_status;

	if (options_parse(cli, specs, 2, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("quote", &err);
	quoting.release_path = operands.values[0];
	quoting.text_path = operands.values[1];
	if (quoting.language == NULL)
		quoting.language = ""; /* any */
	exit_status = run(cli, &quoting);
	quoting_release(&quoting);
	return exit_status;
}
