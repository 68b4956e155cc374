/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A part of a log without a gap: entries [from, end) as they were hashed, and what shows
 * that they are the log's: the roots of the perfect subtrees left of them and the log's
 * signed checkpoint of size end. The tree is built again from these, so nothing can be
 * left out, added or moved. For this folder only.
 */
#ifndef ALDIS_BUNDLE_PROOF_RANGE_H
#define ALDIS_BUNDLE_PROOF_RANGE_H

#include "bundle/proof_checkpoint.h"
#include "record/blob.h"

enum { PROOF_RANGE_CHECKPOINTS_MAX = 16 };

struct proof_range_body {
	uint64_t index;
	size_t at, len; /* in blobs */
	bool is_used;
};

struct proof_range {
	struct record_name desk;
	uint64_t from;
	size_t count;
	struct buf bytes;   /* owned: the entries, one behind the other */
	size_t *ends;       /* owned: where in bytes each ends */
	struct hash *roots; /* owned, count + 1: of the log's first from + i entries */
	struct buf blobs;   /* owned */
	struct proof_range_body *bodies; /* owned; ascending */
	size_t body_count;
	struct proof_checkpoint *checkpoints; /* owned; ascending, the last of size end */
	size_t checkpoint_count;
};

/* Takes the member `name`. Start all-zero; release it whatever happens. */
MUST_USE enum status proof_range_take(struct proof_cursor *cursor, const char *name,
                                      const struct proof_channel *channel,
                                      const struct record_charter *charter,
                                      struct proof_range *ret_range, struct error *err);
void proof_range_release(struct proof_range *range);

static inline uint64_t proof_range_end(const struct proof_range *range)
{
	return range->from + range->count;
}

/* The newest checkpoint. */
static inline const struct proof_checkpoint *
proof_range_last(const struct proof_range *range)
{
	return &range->checkpoints[range->checkpoint_count - 1];
}

/* index is in [from, end). */
struct view proof_range_entry(const struct proof_range *range, uint64_t index);
/* The content of an entry's body, and that it was asked for: CONFLICT when it is not
 * there. */
MUST_USE enum status proof_range_body(struct proof_range *range, uint64_t index,
                                      struct view *ret_content, struct error *err);
bool proof_range_has_body(const struct proof_range *range, uint64_t index);
/* Has the log this root at this size? False also when the size is not within. */
bool proof_range_has_root(const struct proof_range *range, uint64_t size,
                          const struct hash *root);
/* Is the size one whose root is known here? */
bool proof_range_covers(const struct proof_range *range, uint64_t size);
/* Refuses a body that was never asked for. */
MUST_USE enum status proof_range_check_bodies(const struct proof_range *range,
                                              struct error *err);

/* Takes {"index","entry","inclusion"} of an entry that stands outside of the range, in
 * the tree of its last checkpoint. ret_entry has TLOG_ENTRY_MAX. */
MUST_USE enum status proof_range_take_single(struct proof_cursor *cursor,
                                             const struct proof_range *range,
                                             uint64_t *ret_index, struct buf *ret_entry,
                                             struct error *err);

/* Writing */
struct proof_range_plan {
	const struct proof_source *source;
	const struct proof_channel *channel;
	const struct record_charter *charter;
	const char *desk;
	uint64_t from, end; /* end: size of a kept checkpoint */
	/* Is the body of this entry needed? Asked in order, of entries with a body. */
	bool (*needs_body)(void *context, uint64_t index,
	                   const struct record_envelope *envelope);
	/* Is the smallest checkpoint that holds this entry needed too? Asked in order.
	 * NULL: never. */
	bool (*needs_checkpoint)(void *context, const struct record_envelope *envelope);
	const char *holder; /* whose countersignature such a checkpoint should have */
	void *context;
};
/* Appends the member `,"name":{…}`. */
MUST_USE enum status proof_range_append(const struct proof_range_plan *plan,
                                        const char *name, struct buf *out,
                                        struct error *err);
/* Appends the members of a single entry, as proof_range_take_single reads them. */
MUST_USE enum status proof_range_append_single(const struct proof_source *source,
                                               const char *desk, uint64_t index,
                                               uint64_t size, struct buf *out,
                                               struct error *err);

#endif
