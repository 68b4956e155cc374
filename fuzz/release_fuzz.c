/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data of a release as a stranger gets it, alone and within the page: one answer for
 * both, yes with words, or no with a code and a reason; never anchored without cards.
 */
#include <stdlib.h>

#include "crypto/random.h"
#include "release/data.h"
#include "release/frame.h"
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
	release_result_release(&result);
	return 0;
}
