/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which entries answer which: an index of `re` over all logs of a channel, with the joint
 * order behind it. Incremental: entries come log by log, in log order, the logs
 * interleaved in any way, an answer even before what it answers; what is found depends
 * only on the set of entries given. Knows nothing of what an answer means.
 */
#ifndef ALDIS_RECORD_REPLIES_H
#define ALDIS_RECORD_REPLIES_H

#include "record/envelope.h"

struct record_replies;

struct record_reply {
	uint32_t re_desk; /* what it answers */
	uint64_t re_index;
	uint32_t desk; /* its author and place */
	uint64_t index;
	const struct record_kind *kind;
	int64_t sent_s;
};

MUST_USE enum status record_replies_new(struct record_replies **ret_replies,
                                        struct error *err);
void record_replies_free(struct record_replies *replies);

/* The number of a desk, given at its first mention. Numbers differ with the order of the
 * calls: nothing that is shown may depend on them. */
MUST_USE enum status record_replies_desk(struct record_replies *replies, const char *name,
                                         uint32_t *ret_desk, struct error *err);
const char *record_replies_name(const struct record_replies *replies, uint32_t desk);
struct record_message_id record_replies_id(const struct record_replies *replies,
                                           uint32_t desk, uint64_t index);
/* The number of a desk that is known, or UINT32_MAX. */
uint32_t record_replies_find(const struct record_replies *replies, const char *name);
/* Where the desk stands among all, by name. */
uint32_t record_replies_place(const struct record_replies *replies, uint32_t desk);
/* The numbers of a charter's members, in its order; they live as long as the index. */
MUST_USE enum status record_replies_members(struct record_replies *replies,
                                            const struct record_charter *charter,
                                            const uint32_t **ret_desks,
                                            struct error *err);

/* Gives the next entry of the desk's log: envelope NULL when it is malformed; charter is
 * the one that governs it: what was seen of others' logs counts for its members. After a
 * failure the index can only be freed. */
MUST_USE enum status record_replies_add(struct record_replies *replies, uint32_t desk,
                                        const struct record_envelope *envelope,
                                        const struct record_charter *charter,
                                        struct error *err);
/* How many entries of the desk's log were given. */
uint64_t record_replies_given(const struct record_replies *replies, uint32_t desk);

/* The answers to a message, by author's name and index; valid until the next call that
 * adds. A desk that is not known has none. */
const struct record_reply *record_replies_to(struct record_replies *replies,
                                             uint32_t desk, uint64_t index,
                                             size_t *ret_count);

/* Those of them by one author. */
const struct record_reply *record_replies_by(struct record_replies *replies,
                                             uint32_t desk, uint64_t index,
                                             uint32_t author, size_t *ret_count);

/* Comes entry a before entry b in the joint order? False also when one of them waits for
 * entries not yet given. */
bool record_replies_is_before(const struct record_replies *replies, uint32_t desk_a,
                              uint64_t index_a, uint32_t desk_b, uint64_t index_b);
/* Does the entry have its place in the joint order? */
bool record_replies_is_placed(const struct record_replies *replies, uint32_t desk,
                              uint64_t index);

#endif
