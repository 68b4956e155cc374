/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: reads cases as JSON, one a line, with "article", "language" and
 * "statements" (lists of message, language, text), and prints what is found in each as
 * JSON on one line, or "limit", as test/release_quotes.mjs does. With the path of a
 * release file it prints what is said in it, one statement a line.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "codec/json_writer.h"
#include "crypto/random.h"
#include "record/kinds.h"
#include "release/frame.h"
#include "release/quote.h"

enum { CASE_MAX = 64 * 1024 * 1024, TEXT_MAX = 8 * 1024 * 1024 };

struct quote_case {
	struct json_doc doc;
	struct buf text; /* of all strings */
	struct release_statement *statements;
	size_t count;
};

static struct view string_of(struct quote_case *one, const struct json_token *object,
                             const char *name)
{
	const struct json_token *value = json_member(&one->doc, object, name);
	size_t start = one->text.len;

	if (value == NULL)
		return view_of("", 0);
	json_string_append(&one->doc, value, &one->text);
	buf_append(&one->text, "", 1); /* a NUL behind each */
	return view_of((const uint8_t *)start, one->text.len - start - 1);
}

/* The buffer may move while it grows: offsets become pointers in the end. */
static void set_pointer(const struct quote_case *one, struct view *view)
{
	view->data = one->text.data + (size_t)view->data;
}

static enum status read_case(struct quote_case *one, struct view line,
                             struct view *ret_article, struct view *ret_language,
                             struct error *err)
{
	TRY(json_scan(&one->doc, line, JSON_TOKENS_MAX, err));
	const struct json_token *root = json_root(&one->doc);
	const struct json_token *list = json_member(&one->doc, root, "statements");
	buf_clear(&one->text);
	one->count = 0;
	free(one->statements);
	one->statements = calloc(list->count + 1, sizeof *one->statements);
	buf_append(&one->text, "", 1);
	*ret_article = string_of(one, root, "article");
	*ret_language = string_of(one, root, "language");
	for (const struct json_token *item = json_first(&one->doc, list); item != NULL;
	     item = json_next(&one->doc, list, item))
		one->statements[one->count++] = (struct release_statement){
		    .message = string_of(one, item, "message"),
		    .language = string_of(one, item, "language"),
		    .text = string_of(one, item, "text")};
	TRY(buf_check(&one->text, "a case", err));
	set_pointer(one, ret_article);
	set_pointer(one, ret_language);
	for (size_t i = 0; i < one->count; i++) {
		set_pointer(one, &one->statements[i].message);
		set_pointer(one, &one->statements[i].language);
		set_pointer(one, &one->statements[i].text);
	}
	return STATUS_OK;
}

static void write_quote(struct json_writer *writer, struct view article,
                        const struct release_quote *quote)
{
	static const char *const ops[] = {"same", "removed", "added"};
	const struct release_passage *passage = &quote->passage;

	json_writer_object(writer, NULL);
	json_writer_text(
	    writer, "text",
	    view_of(article.data + passage->start, passage->end - passage->start));
	json_writer_string(writer, "verdict", release_verdict_name(quote->verdict));
	if (passage->is_unclosed)
		json_writer_bool(writer, "unclosed", true);
	if (quote->statement != NULL) {
		json_writer_text(writer, "message", quote->statement->message);
		json_writer_text(writer, "released", quote->released);
	}
	if (quote->more > 0)
		json_writer_integer(writer, "more", (int64_t)quote->more);
	if (quote->is_abridged)
		json_writer_bool(writer, "abridged", true);
	if (quote->is_uncompared)
		json_writer_bool(writer, "uncompared", true);
	if (quote->elsewhere != NULL)
		json_writer_text(writer, "elsewhere", quote->elsewhere->message);
	if (quote->difference_count > 0)
		json_writer_array(writer, "difference");
	for (size_t i = 0; i < quote->difference_count; i++) {
		json_writer_object(writer, NULL);
		json_writer_text(writer, ops[quote->difference[i].op],
		                 quote->difference[i].text);
		json_writer_end(writer);
	}
	if (quote->difference_count > 0)
		json_writer_end(writer);
	json_writer_end(writer);
}

static enum status answer(struct quote_case *one, struct view line, struct buf *out,
                          struct error *err)
{
	struct release_quotes quotes = {0};
	struct view article, language;

	buf_clear(out);
	TRY(read_case(one, line, &article, &language, err));
	enum status status =
	    release_quotes_check(article, (const char *)language.data, one->statements,
	                         one->count, &quotes, err);
	if (status == STATUS_LIMIT) {
		puts("\"limit\"");
		return STATUS_OK;
	}
	TRY(status);
	struct json_writer writer = json_writer_of(out);
	json_writer_array(&writer, NULL);
	for (size_t i = 0; i < quotes.count; i++)
		write_quote(&writer, article, &quotes.items[i]);
	json_writer_end(&writer);
	release_quotes_release(&quotes);
	TRY(buf_check(out, "an answer", err));
	printf("%.*s\n", (int)out->len, (const char *)out->data);
	return STATUS_OK;
}

static enum status answer_all(struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(CASE_MAX);
	CLEANUP_FREE char *line = NULL;
	struct quote_case one = {.text = BUF_INIT(CASE_MAX)};
	enum status status = STATUS_OK;
	size_t cap = 0;
	ssize_t len;

	while (status == STATUS_OK && (len = getline(&line, &cap, stdin)) > 0)
		status = answer(&one, view_of(line, (size_t)len - 1), &out, err);
	free(one.statements);
	buf_release(&one.text);
	json_release(&one.doc);
	return status;
}

static enum status print_statement(const struct release_statement *statement,
                                   struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(TEXT_MAX);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	json_writer_text(&writer, "message", statement->message);
	json_writer_text(&writer, "desk", statement->desk);
	json_writer_text(&writer, "field", statement->field);
	json_writer_string(&writer, "label", record_kinds_text(statement->label, "id"));
	json_writer_text(&writer, "language", statement->language);
	json_writer_text(&writer, "text", statement->text);
	json_writer_end(&writer);
	TRY(buf_check(&out, "a statement", err));
	printf("%.*s\n", (int)out.len, (const char *)out.data);
	return STATUS_OK;
}

static enum status print_statements(const char *path, struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT((size_t)RELEASE_FILE_MAX);
	struct release_statements statements = {0};
	struct release_frame_found found;
	enum status status = STATUS_OK;

	TRY(file_read(path, &file, err));
	TRY(release_frame_split(buf_view(&file), &found, err));
	TRY(release_statements_read(found.data, &statements, err));
	for (size_t i = 0; i < statements.count && status == STATUS_OK; i++)
		status = print_statement(&statements.items[i], err);
	release_statements_release(&statements);
	return status;
}

int main(int argc, char **argv)
{
	struct error err = {0};
	enum status status = crypto_init(&err);

	if (status == STATUS_OK)
		status = argc > 1 ? print_statements(argv[1], &err) : answer_all(&err);
	if (status == STATUS_OK)
		return 0;
	(void)fprintf(stderr, "release-quotes: %s\n", err.text);
	return 1;
}
