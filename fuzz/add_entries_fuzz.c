/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of add-entries: packages are whole bundles, cover the range without a gap, and
 * encode back to the same bytes.
 */
#include "tlog/wire.h"

#include <assert.h>

#include "base/cleanup.h"
#include "tlog/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view body = view_of(data, len);
	struct tlog_add_entries request;
	struct tlog_package package;
	CLEANUP_BUF struct buf again = BUF_INIT(len + 1);
	if (tlog_add_entries_parse(body, &request, NULL) != STATUS_OK)
		return 0;
	assert(request.start <= request.end);
	tlog_add_entries_append_header(&again, request.origin, request.start, request.end,
	                               request.ticket);
	for (uint64_t at = request.start; at < request.end; at = package.end) {
		if (tlog_add_entries_next(&request, at, &package, NULL) != STATUS_OK)
			break;
		assert(package.start == at && package.end > at);
		assert(package.end <= request.end && package.end - at <= 256);
		assert(tlog_bundle_check(package.entries, package.end - at, NULL) ==
		       STATUS_OK);
		tlog_add_entries_append_package(&again, package.entries, &package.proof);
	}
	assert(view_equal(buf_view(&again), view_of(data, again.len)));
	assert(again.len + request.packages.rest.len == len);
	return 0;
}
