/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: what the checks say of many release files. Reads paths, one a line, and
 * prints for each the code of the check that failed, or "ok", the grade, and whose
 * consent is lacking.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "crypto/random.h"
#include "release/frame.h"
#include "release/verify.h"

static int by_name(const void *a, const void *b)
{
	const struct release_reply *x = a, *y = b;

	return strcmp(x->desk.text, y->desk.text);
}

/* "ok one-sided east.example south.example" */
static void print_accepted(const struct release_result *result)
{
	printf("ok %s", release_grade_name(result->grade));
	qsort(result->replies, result->reply_count, sizeof *result->replies, by_name);
	for (size_t i = 0; i < result->reply_count; i++)
		if (result->replies[i].answer == RELEASE_NO_ANSWER)
			printf(" %s", result->replies[i].desk.text);
	putchar('\n');
}

static enum status judge(const char *path, struct buf *file, struct error *err)
{
	const struct bundle_trust none = {0};
	struct release_result result = {0};
	enum status status;

	buf_clear(file);
	TRY(file_read(path, file, err));
	status = release_verify_file(buf_view(file), &none, &result, err);
	if (status == STATUS_OK && result.bundle.is_consistent)
		print_accepted(&result);
	else if (status == STATUS_OK)
		printf("%s\n", result.code);
	release_result_release(&result);
	return status;
}

int main(void)
{
	CLEANUP_BUF struct buf file = BUF_INIT(RELEASE_FILE_MAX);
	CLEANUP_FREE char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	struct error err = {0};
	enum status status = crypto_init(&err);

	while (status == STATUS_OK && (len = getline(&line, &cap, stdin)) > 0) {
		line[len - 1] = '\0';
		status = judge(line, &file, &err);
	}
	if (status == STATUS_OK)
		return 0;
	(void)fprintf(stderr, "release-codes: %s\n", err.text);
	return 1;
}
