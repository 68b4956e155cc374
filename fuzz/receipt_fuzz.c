/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts, held against no card: whatever the bytes, the answer is no, or that a card is
 * missing, and never yes.
 */
#include "bundle/verify.h"

#include <assert.h>

#include "crypto/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct bundle_verify_options options = {0};
	struct bundle_result result = {0};
	struct error err = {0};

	assert(crypto_init(&err) == STATUS_OK);
	enum status status =
	    bundle_verify_receipt(view_of(data, len), &options, &result, &err);
	assert(status == STATUS_OK || status == STATUS_NOT_FOUND);
	assert(!result.is_consistent && !result.is_anchored);
	assert((status == STATUS_OK ? result.why.text : err.text)[0] != '\0');
	bundle_result_release(&result);
	return 0;
}
