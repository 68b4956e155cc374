/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread: messages and all that answers them, directly or through others, each once.
 * Answers may go in circles (an id can be foretold); the walk ends all the same. Stands
 * on the index of replies.h and adds nothing to it.
 */
#ifndef ALDIS_RECORD_THREAD_H
#define ALDIS_RECORD_THREAD_H

#include "record/replies.h"

struct record_thread_entry {
	uint32_t desk; /* its author and place */
	uint64_t index;
	const struct record_kind *kind; /* NULL: of a message that was added itself */
	int64_t sent_s;                 /* 0: the same */
};

/* Starts all-zero; release it. May be reused after record_thread_clear. */
struct record_thread {
	struct record_thread_entry *items;
	size_t count, cap;
	uint8_t **seen; /* by desk: a bit for each entry given */
	size_t *seen_len;
	size_t desk_count;
};

void record_thread_release(struct record_thread *thread);
void record_thread_clear(struct record_thread *thread);

/* NULL: all are. */
typedef bool record_thread_wants(const struct record_reply *reply);

/* Adds a message, which must have been given to the index, and all that answers it as far
 * as it is wanted; what is in the thread already is not added again. */
MUST_USE enum status record_thread_add(struct record_thread *thread,
                                       struct record_replies *replies, uint32_t desk,
                                       uint64_t index, record_thread_wants *wants,
                                       struct error *err);
bool record_thread_has(const struct record_thread *thread, uint32_t desk, uint64_t index);

/* Into the joint order; those that have no place in it yet come last, by author's name
 * and index. */
void record_thread_sort(struct record_thread *thread,
                        const struct record_replies *replies);

#endif
