/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staged blobs in an open-addressing table over reference-counted request bytes. Ids are
 * SHA-256, so their first bytes are the table's hash; a secret start value keeps a peer
 * from aiming at one bucket.
 */
#include "desk/staging.h"

#include <assert.h>
#include <stdlib.h>

#include "crypto/random.h"

struct block {
	size_t users; /* slots that point in, and one while it is the newest */
	size_t len;
	int64_t since_ms;
	uint8_t bytes[];
};

struct slot {
	struct hash id;
	uint32_t log;
	uint32_t offset, len;
	struct block *block; /* NULL: free */
};

struct staging {
	struct slot *slots;
	size_t slot_count; /* a power of two */
	size_t used;
	size_t bytes;      /* of all blocks */
	int64_t oldest_ms; /* no block is older; INT64_MAX: there is none */
	struct block *newest;
	uint64_t secret;
};

struct staging *staging_new(void)
{
	struct staging *staging = calloc(1, sizeof *staging);
	if (!staging)
		return NULL;
	random_bytes(&staging->secret, sizeof staging->secret);
	staging->oldest_ms = INT64_MAX;
	return staging;
}

static void block_unuse(struct staging *staging, struct block *block)
{
	if (--block->users > 0)
		return;
	staging->bytes -= block->len;
	free(block);
}

void staging_free(struct staging *staging)
{
	if (!staging)
		return;
	for (size_t i = 0; i < staging->slot_count; i++)
		if (staging->slots[i].block)
			block_unuse(staging, staging->slots[i].block);
	if (staging->newest)
		block_unuse(staging, staging->newest);
	free(staging->slots);
	free(staging);
}

static size_t home_of(const struct staging *staging, uint32_t log, const struct hash *id)
{
	uint64_t head;
	memcpy(&head, id->bytes, sizeof head);
	head = (head ^ staging->secret ^ log) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(head >> 20) & (staging->slot_count - 1);
}

/* The slot of this blob, or the free one where it would go. The table is never full. */
static struct slot *find(const struct staging *staging, uint32_t log,
                         const struct hash *id)
{
	size_t at = home_of(staging, log, id);
	while (staging->slots[at].block) {
		struct slot *slot = &staging->slots[at];
		if (slot->log == log && hash_equal(&slot->id, id))
			return slot;
		at = (at + 1) & (staging->slot_count - 1);
	}
	return &staging->slots[at];
}

static bool resize(struct staging *staging, size_t slot_count)
{
	struct slot *old = staging->slots;
	size_t old_count = staging->slot_count;
	struct slot *slots = calloc(slot_count, sizeof *slots);
	if (!slots)
		return false;
	staging->slots = slots;
	staging->slot_count = slot_count;
	for (size_t i = 0; i < old_count; i++)
		if (old[i].block)
			*find(staging, old[i].log, &old[i].id) = old[i];
	free(old);
	return true;
}

enum status staging_begin(struct staging *staging, struct view bytes, int64_t now_ms,
                          struct error *err)
{
	if (staging->newest) {
		block_unuse(staging, staging->newest);
		staging->newest = NULL;
	}
	if (bytes.len > STAGING_MAX - staging->bytes)
		return error_set(
		    err, STATUS_LIMIT,
		    "more than 64 MiB of blobs wait for the entries that name them");
	struct block *block = malloc(sizeof *block + bytes.len);
	if (!block)
		return error_set(err, STATUS_NO_MEMORY, "no memory for blobs");
	block->users = 1;
	block->len = bytes.len;
	block->since_ms = now_ms;
	memcpy(block->bytes, bytes.data, bytes.len);
	staging->bytes += bytes.len;
	staging->newest = block;
	if (now_ms < staging->oldest_ms)
		staging->oldest_ms = now_ms;
	return STATUS_OK;
}

enum status staging_put(struct staging *staging, uint32_t log, const struct hash *id,
                        size_t offset, size_t len, struct error *err)
{
	assert(staging->newest && offset + len <= staging->newest->len);
	if (staging->used == STAGING_BLOBS_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "too many blobs wait for the entries that name them");
	if (staging->used * 2 >= staging->slot_count &&
	    !resize(staging, staging->slot_count ? staging->slot_count * 2 : 64))
		return error_set(err, STATUS_NO_MEMORY, "no memory for blobs");
	struct slot *slot = find(staging, log, id);
	if (slot->block)
		return STATUS_OK;
	*slot = (struct slot){.id = *id,
	                      .log = log,
	                      .offset = (uint32_t)offset,
	                      .len = (uint32_t)len,
	                      .block = staging->newest};
	staging->newest->users++;
	staging->used++;
	return STATUS_OK;
}

bool staging_get(const struct staging *staging, uint32_t log, const struct hash *id,
                 struct view *ret_blob)
{
	if (staging->used == 0)
		return false;
	const struct slot *slot = find(staging, log, id);
	if (!slot->block)
		return false;
	*ret_blob = view_of(slot->block->bytes + slot->offset, slot->len);
	return true;
}

/* Frees a slot and moves back those behind it that would no longer be found. */
static void remove_slot(struct staging *staging, struct slot *slot)
{
	size_t mask = staging->slot_count - 1;
	size_t hole = (size_t)(slot - staging->slots);
	block_unuse(staging, slot->block);
	slot->block = NULL;
	staging->used--;
	for (size_t at = (hole + 1) & mask; staging->slots[at].block;
	     at = (at + 1) & mask) {
		size_t home =
		    home_of(staging, staging->slots[at].log, &staging->slots[at].id);
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		staging->slots[hole] = staging->slots[at];
		staging->slots[at].block = NULL;
		hole = at;
	}
}

void staging_drop(struct staging *staging, uint32_t log, const struct hash *id)
{
	if (staging->used == 0)
		return;
	struct slot *slot = find(staging, log, id);
	if (slot->block)
		remove_slot(staging, slot);
}

static void note_age(struct staging *staging, const struct block *block)
{
	if (block && block->since_ms < staging->oldest_ms)
		staging->oldest_ms = block->since_ms;
}

void staging_expire(struct staging *staging, int64_t now_ms)
{
	int64_t limit = now_ms - STAGING_KEEP_MS;
	if (staging->oldest_ms >= limit)
		return;
	if (staging->newest && staging->newest->since_ms < limit) {
		block_unuse(staging, staging->newest);
		staging->newest = NULL;
	}
	for (size_t i = 0; i < staging->slot_count; i++)
		while (staging->slots[i].block &&
		       staging->slots[i].block->since_ms < limit)
			remove_slot(staging, &staging->slots[i]);
	staging->oldest_ms = INT64_MAX;
	note_age(staging, staging->newest);
	for (size_t i = 0; i < staging->slot_count; i++)
		note_age(staging, staging->slots[i].block);
	if (staging->used > 0)
		return;
	free(staging->slots);
	staging->slots = NULL;
	staging->slot_count = 0;
}
