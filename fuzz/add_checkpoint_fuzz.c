/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of add-checkpoint and of a mirror's answers: what parses encodes back to the
 * same bytes.
 */
#include "tlog/wire.h"

#include <assert.h>

#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_mirror_info(struct view body)
{
	struct tlog_mirror_info info;
	CLEANUP_BUF struct buf again = BUF_INIT(body.len + 1);
	if (tlog_mirror_info_parse(body, &info, NULL) != STATUS_OK)
		return;
	tlog_mirror_info_append(&again, &info);
	assert(view_equal(buf_view(&again), body));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view body = view_of(data, len);
	struct tlog_add_checkpoint request;
	CLEANUP_BUF struct buf again = BUF_INIT(len + 1);
	check_mirror_info(body);
	if (tlog_add_checkpoint_parse(body, &request, NULL) != STATUS_OK)
		return 0;
	assert(request.proof.count <= TLOG_PROOF_MAX);
	tlog_add_checkpoint_append(&again, &request);
	assert(view_equal(buf_view(&again), body));
	return 0;
}
