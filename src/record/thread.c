/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breadth first over the index of answers; a bit for each entry says whether it is in.
 */
#include "record/thread.h"

#include <stdlib.h>

#include "record/array.h"

void record_thread_release(struct record_thread *thread)
{
	for (size_t i = 0; i < thread->desk_count; i++)
		free(thread->seen[i]);
	free(thread->seen);
	free(thread->seen_len);
	free(thread->items);
	*thread = (struct record_thread){0};
}

void record_thread_clear(struct record_thread *thread)
{
	for (size_t i = 0; i < thread->count; i++)
		thread->seen[thread->items[i].desk][thread->items[i].index / 8] = 0;
	thread->count = 0;
}

/* Room for the bit of this entry. */
static enum status reserve(struct record_thread *thread,
                           const struct record_replies *replies, uint32_t desk,
                           uint64_t index, struct error *err)
{
	size_t cap = thread->desk_count, len_cap = thread->desk_count;
	size_t len = (size_t)(record_replies_given(replies, desk) / 8 + 1);
	uint8_t *bits;

	if (desk >= thread->desk_count) {
		TRY(record_array_reserve(&thread->seen, &cap, desk + 1,
		                         sizeof *thread->seen, err));
		TRY(record_array_reserve(&thread->seen_len, &len_cap, desk + 1,
		                         sizeof *thread->seen_len, err));
		while (thread->desk_count <= desk) {
			thread->seen[thread->desk_count] = NULL;
			thread->seen_len[thread->desk_count++] = 0;
		}
	}
	if (index / 8 < thread->seen_len[desk])
		return STATUS_OK;
	bits = realloc(thread->seen[desk], len);
	if (bits == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a thread");
	memset(bits + thread->seen_len[desk], 0, len - thread->seen_len[desk]);
	thread->seen[desk] = bits;
	thread->seen_len[desk] = len;
	return STATUS_OK;
}

bool record_thread_has(const struct record_thread *thread, uint32_t desk, uint64_t index)
{
	return desk < thread->desk_count && index / 8 < thread->seen_len[desk] &&
	       (thread->seen[desk][index / 8] >> index % 8 & 1) != 0;
}

static enum status put(struct record_thread *thread, const struct record_replies *replies,
                       const struct record_thread_entry *entry, struct error *err)
{
	if (record_thread_has(thread, entry->desk, entry->index))
		return STATUS_OK;
	TRY(reserve(thread, replies, entry->desk, entry->index, err));
	TRY(record_array_reserve(&thread->items, &thread->cap, thread->count + 1,
	                         sizeof *thread->items, err));
	thread->items[thread->count++] = *entry;
	thread->seen[entry->desk][entry->index / 8] |= (uint8_t)(1u << entry->index % 8);
	return STATUS_OK;
}

enum status record_thread_add(struct record_thread *thread,
                              struct record_replies *replies, uint32_t desk,
                              uint64_t index, record_thread_wants *wants,
                              struct error *err)
{
	const struct record_thread_entry first = {.desk = desk, .index = index};
	size_t next = thread->count;

	if (index >= record_replies_given(replies, desk))
		return error_set(err, STATUS_NOT_FOUND, "the message is not held here");
	TRY(put(thread, replies, &first, err));
	for (; next < thread->count; next++) {
		size_t count;
		const struct record_reply *reply = record_replies_to(
		    replies, thread->items[next].desk, thread->items[next].index, &count);

		for (size_t i = 0; i < count; i++) {
			const struct record_thread_entry answer = {
			    .desk = reply[i].desk,
			    .index = reply[i].index,
			    .kind = reply[i].kind,
			    .sent_s = reply[i].sent_s,
			};

			if (wants == NULL || wants(&reply[i]))
				TRY(put(thread, replies, &answer, err));
		}
	}
	return STATUS_OK;
}

static int compare(const void *a, const void *b, void *context)
{
	const struct record_thread_entry *x = a, *y = b;
	const struct record_replies *replies = context;
	bool is_x_placed = record_replies_is_placed(replies, x->desk, x->index);
	bool is_y_placed = record_replies_is_placed(replies, y->desk, y->index);

	if (is_x_placed != is_y_placed)
		return is_x_placed ? -1 : 1;
	if (is_x_placed &&
	    record_replies_is_before(replies, x->desk, x->index, y->desk, y->index))
		return -1;
	if (is_x_placed &&
	    record_replies_is_before(replies, y->desk, y->index, x->desk, x->index))
		return 1;
	if (x->desk != y->desk)
		return record_replies_place(replies, x->desk) <
		               record_replies_place(replies, y->desk)
		           ? -1
		           : 1;
	return (x->index > y->index) - (x->index < y->index);
}

void record_thread_sort(struct record_thread *thread,
                        const struct record_replies *replies)
{
	if (thread->count > 1)
		qsort_r(thread->items, thread->count, sizeof *thread->items, compare,
		        (void *)replies);
}
