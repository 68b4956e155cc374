/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data of a release as a stranger gets it, alone and within the page: one answer for
 * both, yes with words, or no with a code and a reason; never anchored without cards.
 * What is consistent can be read to its end, and nothing else does harm when it is read.
 */
#include <stdlib.h>

#include "crypto/random.h"
#include "release/data.h"
#include "release/frame.h"
#include "release/reader.h"
#include "release/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const struct release_result *result)
{
	const struct bundle_result *bundle = &result->bundle;

	if (bundle->is_anchored || bundle->is_consistent != (result->code[0] == '\0') ||
	    bundle->is_consistent != (bundle->why.text[0] == '\0') ||
	    bundle->is_consistent != (bundle->statement_count > 0))
		abort();
}

static void check_same(const struct release_result *a, const struct release_result *b)
{
	check(a);
	check(b);
	if (strcmp(a->code, b->code) != 0 || a->grade != b->grade ||
	    !hash_equal(&a->digest, &b->digest))
		abort();
}

/* Whatever stands between head and tail comes out again. */
static void verify_file(struct view data, const struct release_result *expected)
{
	const struct bundle_trust none = {0};
	struct release_result result = {0};
	struct buf file = BUF_INIT(RELEASE_FILE_MAX);

	if (release_file_append(data, &file) != STATUS_OK ||
	    !release_frame_is_one(buf_view(&file)))
		abort();
	if (release_verify_file(buf_view(&file), &none, &result, NULL) == STATUS_OK)
		check_same(&result, expected);
	release_result_release(&result);
	buf_release(&file);
}

static enum status read_all(struct release_reader *reader, struct view data)
{
	struct release_shown shown;

	TRY(release_reader_open(data, reader, NULL));
	for (size_t i = 0; i < reader->count; i++)
		TRY(release_reader_get(reader, i, &shown, NULL));
	for (size_t i = 0; i < reader->manifest.attachment_count; i++) {
		struct buf content = BUF_INIT(SIZE_MAX);
		enum status status = release_reader_attachment(reader, i, &content, NULL);

		buf_release(&content);
		TRY(status);
	}
	return STATUS_OK;
}

static void read_shown(struct view data, const struct release_result *result)
{
	struct release_reader reader = {0};
	enum status status = read_all(&reader, data);

	if (result->bundle.is_consistent &&
	    (status != STATUS_OK ||
	     reader.count != result->full_count + result->envelope_count))
		abort();
	release_reader_release(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct bundle_trust none = {0};
	struct release_frame_found found;
	struct release_result result = {0};
	struct view input = view_of(data, len);

	if (crypto_init(NULL) != STATUS_OK)
		abort();
	(void)release_frame_is_one(input);
	if (release_frame_split(input, &found, NULL) == STATUS_OK && found.data.len > len)
		abort();
	if (release_verify_data(input, &none, &result, NULL) == STATUS_OK)
		verify_file(input, &result);
	read_shown(input, &result);
	release_result_release(&result);
	return 0;
}
