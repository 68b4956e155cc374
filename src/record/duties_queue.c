/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open rows whose clocks run, in a treap by (deadline, number of the row): inserted,
 * removed and searched in O(log n) whatever the order of deadlines. Priorities are hashes
 * of the numbers; what is found does not depend on them.
 */
#include "record/duties_parts.h"

#include <assert.h>

static uint32_t priority(uint32_t row)
{
	uint32_t mixed = row * UINT32_C(0x9e3779b1);

	mixed ^= mixed >> 15;
	mixed *= UINT32_C(0x85ebca6b);
	return mixed ^ mixed >> 13;
}

static bool is_before(const struct duties_row *rows, uint32_t row, int64_t deadline_s,
                      uint32_t other)
{
	if (rows[row].deadline_s != deadline_s)
		return rows[row].deadline_s < deadline_s;
	return row < other;
}

/* Parts the tree: what is before (deadline, row) goes left. */
static void split(struct duties_row *rows, uint32_t tree, int64_t deadline_s,
                  uint32_t row, uint32_t *ret_left, uint32_t *ret_right)
{
	while (tree != DUTIES_NONE) {
		if (is_before(rows, tree, deadline_s, row)) {
			*ret_left = tree;
			ret_left = &rows[tree].right;
			tree = rows[tree].right;
		} else {
			*ret_right = tree;
			ret_right = &rows[tree].left;
			tree = rows[tree].left;
		}
	}
	*ret_left = *ret_right = DUTIES_NONE;
}

/* Joins two trees; all of the left one is before all of the right one. */
static uint32_t join(struct duties_row *rows, uint32_t left, uint32_t right)
{
	uint32_t root = DUTIES_NONE, *place = &root;

	while (left != DUTIES_NONE && right != DUTIES_NONE) {
		if (priority(left) > priority(right)) {
			*place = left;
			place = &rows[left].right;
			left = rows[left].right;
		} else {
			*place = right;
			place = &rows[right].left;
			right = rows[right].left;
		}
	}
	*place = left != DUTIES_NONE ? left : right;
	return root;
}

void duties_queue_put(struct record_duties *duties, uint32_t row, int64_t deadline_s)
{
	struct duties_row *rows = duties->rows;
	uint32_t *place = &duties->queue;

	assert(!rows[row].is_queued);
	while (*place != DUTIES_NONE && priority(*place) > priority(row))
		place = is_before(rows, *place, deadline_s, row) ? &rows[*place].right
		                                                 : &rows[*place].left;
	split(rows, *place, deadline_s, row, &rows[row].left, &rows[row].right);
	rows[row].deadline_s = deadline_s;
	rows[row].is_queued = true;
	*place = row;
}

void duties_queue_remove(struct record_duties *duties, uint32_t row)
{
	struct duties_row *rows = duties->rows;
	uint32_t *place = &duties->queue;

	assert(rows[row].is_queued);
	while (*place != row) {
		assert(*place != DUTIES_NONE);
		place = is_before(rows, *place, rows[row].deadline_s, row)
		            ? &rows[*place].right
		            : &rows[*place].left;
	}
	*place = join(rows, rows[row].left, rows[row].right);
	rows[row].is_queued = false;
}

int64_t duties_queue_next(const struct record_duties *duties, int64_t from_s)
{
	const struct duties_row *rows = duties->rows;
	int64_t next_s = INT64_MAX;

	for (uint32_t row = duties->queue; row != DUTIES_NONE;) {
		if (rows[row].deadline_s >= from_s) {
			next_s = rows[row].deadline_s;
			row = rows[row].left;
		} else {
			row = rows[row].right;
		}
	}
	return next_s;
}
