/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs of silence, of equivocation, of record statements as a stranger gets them. The
 * answer is yes with words, or no with a reason; it is never anchored without cards.
 */
#include <stdlib.h>

#include "bundle/verify.h"
#include "crypto/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const struct bundle_result *result)
{
	if (result->is_anchored ||
	    (!result->is_consistent && result->why.text[0] == '\0'))
		abort();
	if (result->is_consistent == (result->statement_count == 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct bundle_verify_options options = {0};
	struct bundle_result result = {0};

	if (crypto_init(NULL) != STATUS_OK)
		abort();
	if (bundle_verify_proof(view_of(data, len), &options, &result, NULL) == STATUS_OK)
		check(&result);
	bundle_result_release(&result);
	return 0;
}
