/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: what the checks say of many release files. Reads paths, one a line, and
 * prints for each the code of the check that failed, or "ok", the grade, whose consent is
 * lacking, and who has not signed the end of a log. With the argument --order, instead of
 * these, the ids of what is shown, in the joint order.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "crypto/random.h"
#include "release/frame.h"
#include "release/reader.h"
#include "release/verify.h"

static int by_name(const void *a, const void *b)
{
	const struct release_reply *x = a, *y = b;

	return strcmp(x->desk.text, y->desk.text);
}

/* From the words, so that these are tested too. */
static void print_unsigned(const struct bundle_result *result)
{
	for (size_t i = 0; i < result->statement_count; i++) {
		static const char words[] = " is not signed by ";
		const char *found = strstr(bundle_statement(result, i), words);

		if (found == NULL)
			continue;
		found += strlen(words);
		printf("; unsigned by %.*s", (int)strcspn(found, ":"), found);
	}
}

/* "ok one-sided east.example south.example; unsigned by east.example" */
static void print_accepted(const struct release_result *result)
{
	printf("ok %s", release_grade_name(result->grade));
	qsort(result->replies, result->reply_count, sizeof *result->replies, by_name);
	for (size_t i = 0; i < result->reply_count; i++)
		if (result->replies[i].answer == RELEASE_NO_ANSWER)
			printf(" %s", result->replies[i].desk.text);
	print_unsigned(&result->bundle);
	putchar('\n');
}

static enum status print_ids(struct release_reader *reader, struct error *err)
{
	for (size_t i = 0; i < reader->count; i++) {
		struct release_shown shown;

		TRY(release_reader_get(reader, i, &shown, err));
		printf("%s%s#%llu", i > 0 ? " " : "", shown.log->origin.desk.text,
		       (unsigned long long)shown.index);
	}
	putchar('\n');
	return STATUS_OK;
}

static enum status print_order(struct view file, struct error *err)
{
	struct release_reader reader = {0};
	struct release_frame_found found;
	enum status status = release_frame_split(file, &found, err);

	if (status == STATUS_OK)
		status = release_reader_open(found.data, &reader, err);
	if (status == STATUS_OK)
		status = print_ids(&reader, err);
	release_reader_release(&reader);
	return status;
}

static enum status judge(const char *path, bool is_order, struct buf *file,
                         struct error *err)
{
	const struct bundle_trust none = {0};
	struct release_result result = {0};
	enum status status;

	buf_clear(file);
	TRY(file_read(path, file, err));
	status = release_verify_file(buf_view(file), &none, &result, err);
	if (status == STATUS_OK && result.bundle.is_consistent && is_order)
		status = print_order(buf_view(file), err);
	else if (status == STATUS_OK && result.bundle.is_consistent)
		print_accepted(&result);
	else if (status == STATUS_OK)
		printf("%s\n", result.code);
	release_result_release(&result);
	return status;
}

int main(int argc, char **argv)
{
	CLEANUP_BUF struct buf file = BUF_INIT(RELEASE_FILE_MAX);
	CLEANUP_FREE char *line = NULL;
	bool is_order = argc == 2 && strcmp(argv[1], "--order") == 0;
	size_t cap = 0;
	ssize_t len;
	struct error err = {0};
	enum status status = crypto_init(&err);

	while (status == STATUS_OK && (len = getline(&line, &cap, stdin)) > 0) {
		line[len - 1] = '\0';
		status = judge(line, is_order, &file, &err);
	}
	if (status == STATUS_OK)
		return 0;
	(void)fprintf(stderr, "release-codes: %s\n", err.text);
	return 1;
}
