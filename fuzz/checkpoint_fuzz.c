/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoint texts: what decodes encodes back to the same bytes.
 */
#include "tlog/checkpoint.h"

#include <assert.h>

#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view text = view_of(data, len);
	struct tlog_checkpoint checkpoint;
	CLEANUP_BUF struct buf again = BUF_INIT(1024);
	if (tlog_checkpoint_decode(text, &checkpoint, NULL) != STATUS_OK)
		return 0;
	assert(checkpoint.size <= INT64_MAX);
	tlog_checkpoint_append(&again, &checkpoint);
	assert(view_equal(buf_view(&again), text));
	return 0;
}
