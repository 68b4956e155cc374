/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry bundles: (u16 length, entry) repeated. The same bytes on disk, in tiles and on
 * the link.
 */
#ifndef ALDIS_TLOG_BUNDLE_H
#define ALDIS_TLOG_BUNDLE_H

#include "codec/reader.h"

#include "base/buf.h"

enum { TLOG_ENTRY_MAX = 65535 };

/* entry.len must be at most TLOG_ENTRY_MAX. */
void tlog_bundle_append(struct buf *out, struct view entry);
/* Takes the next entry; false at the end or when the rest is cut short: reader_is_done
 * tells. */
MUST_USE bool tlog_bundle_next(struct reader *reader, struct view *ret_entry);
/* Does it hold exactly count entries and nothing else? */
MUST_USE enum status tlog_bundle_check(struct view bundle, size_t count,
                                       struct error *err);

#endif
