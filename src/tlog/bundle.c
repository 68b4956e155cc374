/* SPDX-License-Identifier: Apache-2.0 */
/*
 * (u16 length, entry) repeated; an entry may be empty.
 */
#include "tlog/bundle.h"

#include <assert.h>

void tlog_bundle_append(struct buf *out, struct view entry)
{
	assert(entry.len <= TLOG_ENTRY_MAX);
	buf_append_u16(out, (uint16_t)entry.len);
	buf_append_view(out, entry);
}

bool tlog_bundle_next(struct reader *reader, struct view *ret_entry)
{
	return reader_u16_bytes(reader, ret_entry);
}

enum status tlog_bundle_check(struct view bundle, size_t count, struct error *err)
{
	struct reader reader = reader_of(bundle);
	struct view entry;
	for (size_t i = 0; i < count; i++)
		if (!tlog_bundle_next(&reader, &entry))
			return error_set(err, STATUS_MALFORMED,
			                 "an entry bundle ends within entry %zu of %zu",
			                 i, count);
	if (!reader_is_done(&reader))
		return error_set(err, STATUS_MALFORMED,
		                 "an entry bundle goes on behind its %zu entries", count);
	return STATUS_OK;
}
