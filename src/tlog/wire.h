/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bodies of the requests of C2SP tlog-witness and tlog-mirror, as bytes only: who may
 * ask and what it changes is the desk's business. Sources: c2sp.org/tlog-witness,
 * tlog-mirror.
 */
#ifndef ALDIS_TLOG_WIRE_H
#define ALDIS_TLOG_WIRE_H

#include "codec/reader.h"
#include "tlog/checkpoint.h"
#include "tlog/proof.h"

/* add-checkpoint: "old N", proof lines, blank line, note. */
struct tlog_add_checkpoint {
	uint64_t old_size;
	struct tlog_proof proof;
	struct view note; /* borrowed */
};

void tlog_add_checkpoint_append(struct buf *out,
                                const struct tlog_add_checkpoint *request);
/* Splits at the first blank line; the note is not parsed. */
MUST_USE enum status tlog_add_checkpoint_parse(struct view body,
                                               struct tlog_add_checkpoint *ret_request,
                                               struct error *err);

/* add-entries: a header, then packages of at most 256 entries, each with its subtree
 * proof. */
struct tlog_add_entries {
	struct view origin;
	uint64_t start, end; /* entries [start, end) in all */
	struct view ticket;
	struct reader packages; /* what follows the header */
};

struct tlog_package {
	uint64_t start, end;     /* entries [start, end) of this package */
	struct view entries;     /* an entry bundle of end - start entries */
	struct tlog_proof proof; /* of the subtree [start rounded down to 256, end) in
	                            tree `end` of the header */
};

void tlog_add_entries_append_header(struct buf *out, struct view origin, uint64_t start,
                                    uint64_t end, struct view ticket);
void tlog_add_entries_append_package(struct buf *out, struct view entries,
                                     const struct tlog_proof *proof);
/* MALFORMED when the header is cut, start > end or end > 2^63-1. */
MUST_USE enum status tlog_add_entries_parse(struct view body,
                                            struct tlog_add_entries *ret_request,
                                            struct error *err);
/* The number of packages that cover [start, end). */
uint64_t tlog_add_entries_package_count(uint64_t start, uint64_t end);
/* Takes the package that begins at `start` (request->start first, then the end of the one
 * before). CLOSED when the body ends here, also within the package; MALFORMED when its
 * bytes can't be one (more than 63 proof hashes). */
MUST_USE enum status tlog_add_entries_next(struct tlog_add_entries *request,
                                           uint64_t start,
                                           struct tlog_package *ret_package,
                                           struct error *err);

/* The body of 409 and 202: pending size, next entry, ticket. */
struct tlog_mirror_info {
	uint64_t pending_size, next_entry;
	uint8_t ticket[256];
	size_t ticket_len;
};
#define TLOG_TYPE_SIZE "text/x.tlog.size"
#define TLOG_TYPE_MIRROR_INFO "text/x.tlog.mirror-info"

void tlog_mirror_info_append(struct buf *out, const struct tlog_mirror_info *info);
MUST_USE enum status tlog_mirror_info_parse(struct view body,
                                            struct tlog_mirror_info *ret_info,
                                            struct error *err);

#endif
