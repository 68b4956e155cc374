/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of pouches that came in and can't be taken yet: until all are here, or until what
 * comes before them is. They may lie for as long as they like; when there is no room for
 * another one, the pouch to which nothing came for the longest time goes, and can be
 * brought again.
 */
#ifndef ALDIS_OFFICE_POUCHES_H
#define ALDIS_OFFICE_POUCHES_H

#include "office/office.h"
#include "pouch/part.h"

enum {
	POUCHES_KEPT_MAX = 64,
	POUCHES_BYTES_MAX = 128 * 1024 * 1024,
	POUCHES_GAPS_MAX = 32,
};

struct pouch_gap {
	uint32_t first, last; /* parts that are lacking, both included */
};

struct pouch_kept {
	struct pouch_address address;
	struct hash pouch;
	uint32_t size, count;                    /* as in each part */
	uint32_t held;                           /* parts that are here */
	int64_t came_ms;                         /* the newest of them */
	struct pouch_gap gaps[POUCHES_GAPS_MAX]; /* the first of those between them */
	size_t gap_count;
};

/* Keeps a part; one that is here already is replaced. MALFORMED: it can't be of the same
 * pouch as those that are here. */
MUST_USE enum status pouches_keep(struct office *office, const struct pouch_part *part,
                                  int64_t now_ms, struct pouch_kept *ret_kept,
                                  struct error *err);
/* Appends the sealed bytes of a pouch of which all parts are here. MALFORMED: they do not
 * make the pouch that they name. */
MUST_USE enum status pouches_join(struct office *office, const struct pouch_kept *kept,
                                  struct buf *ret_whole, struct error *err);
MUST_USE enum status pouches_drop(struct office *office, const struct hash *pouch,
                                  struct error *err);
/* Fills in what is kept, at most POUCHES_KEPT_MAX, in no order that means something. */
MUST_USE enum status pouches_list(struct office *office, struct pouch_kept *ret_kept,
                                  size_t *ret_count, struct error *err);

#endif
