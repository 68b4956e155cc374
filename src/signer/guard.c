/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guard's records: a header, then for each (kind, origin) a record of two slots of
 * 128 bytes. A write goes to the slot that is not the newest, so whatever a crash leaves
 * of it, the other slot still holds what was there before. Which slot is newer says its
 * sequence number, whether it is whole its SHA-256.
 *
 * Slot: sequence u64, kind + 1 u8, seven zeros, SHA-256 of the origin, size u64, root,
 * time u64, then the SHA-256 of these 96 bytes. All zeros: never written. Integers are
 * big-endian.
 */
#include "signer/guard.h"

#include <assert.h>
#include <stdlib.h>

#include "codec/reader.h"

enum {
	HEADER_LEN = 256,
	SLOT_LEN = 128,
	SLOT_SUMMED_LEN = 96,
	RECORD_LEN = 2 * SLOT_LEN,
	READ_RECORDS = 256,     /* at a time */
	RECORDS_MAX = 1 << 18,  /* 64 MiB of file */
	FIRST_TABLE_LEN = 64,   /* a power of two */
	NO_RECORD = UINT32_MAX, /* in the table */
};

static const char header_text[] = "aldis guard/1\n";

struct guard_key {
	uint8_t kind; /* enum signer_kind */
	struct hash origin;
};

struct guard_record {
	bool is_used;
	struct guard_key key;
	uint64_t sequence;
	unsigned slot; /* the one that holds it */
	struct signer_guard state;
};

struct guard {
	struct guard_file file;
	struct guard_record *records; /* in the order of the file */
	uint32_t count, cap;
	uint32_t *table; /* open addressing by key; values are record numbers */
	uint32_t table_len;
	bool is_dirty;
};

/* ---- one slot */

enum slot_state { SLOT_EMPTY, SLOT_TORN, SLOT_DAMAGED, SLOT_WHOLE };

static void put_u64(uint8_t *bytes, uint64_t value)
{
	for (int i = 7; i >= 0; i--, value >>= 8)
		bytes[i] = (uint8_t)value;
}

static void encode_slot(const struct guard_record *record, uint8_t ret_slot[SLOT_LEN])
{
	struct hash sum;

	memset(ret_slot, 0, SLOT_LEN);
	put_u64(ret_slot, record->sequence);
	ret_slot[8] = (uint8_t)(record->key.kind + 1);
	memcpy(ret_slot + 16, record->key.origin.bytes, 32);
	put_u64(ret_slot + 48, record->state.size);
	memcpy(ret_slot + 56, record->state.root.bytes, 32);
	put_u64(ret_slot + 88, (uint64_t)record->state.time_s);
	sum = sha256(view_of(ret_slot, SLOT_SUMMED_LEN));
	memcpy(ret_slot + SLOT_SUMMED_LEN, sum.bytes, sizeof sum.bytes);
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

static struct hash take_hash(struct reader *reader)
{
	struct hash hash;
	struct view bytes = {0};
	bool is_there = reader_bytes(reader, sizeof hash.bytes, &bytes);

	assert(is_there);
	memcpy(hash.bytes, bytes.data, sizeof hash.bytes);
	return hash;
}

static uint64_t take_u64(struct reader *reader)
{
	uint64_t value = 0;
	bool is_there = reader_u64(reader, &value);

	assert(is_there);
	return value;
}

/* A slot whose last byte is still zero may be a first write that was cut short; one that
 * ends in anything else was whole once. */
static enum slot_state decode_slot(const uint8_t slot[SLOT_LEN],
                                   struct guard_record *ret_record)
{
	struct hash sum = sha256(view_of(slot, SLOT_SUMMED_LEN));
	struct reader reader = reader_of(view_of(slot, SLOT_SUMMED_LEN));

	if (is_zero(slot, SLOT_LEN))
		return SLOT_EMPTY;
	if (memcmp(sum.bytes, slot + SLOT_SUMMED_LEN, sizeof sum.bytes) != 0)
		return slot[SLOT_LEN - 1] == 0 ? SLOT_TORN : SLOT_DAMAGED;
	if (slot[8] < SIGNER_LOG + 1 || slot[8] > SIGNER_WITNESS + 1 ||
	    !is_zero(slot + 9, 7))
		return SLOT_DAMAGED;
	*ret_record = (struct guard_record){.is_used = true};
	ret_record->sequence = take_u64(&reader);
	ret_record->key.kind = (uint8_t)(slot[8] - 1);
	(void)take_u64(&reader);
	ret_record->key.origin = take_hash(&reader);
	ret_record->state.is_known = true;
	ret_record->state.size = take_u64(&reader);
	ret_record->state.root = take_hash(&reader);
	ret_record->state.time_s = (int64_t)take_u64(&reader);
	return SLOT_WHOLE;
}

static bool keys_equal(const struct guard_key *a, const struct guard_key *b)
{
	return a->kind == b->kind && hash_equal(&a->origin, &b->origin);
}

/* ---- one record */

/* False when nothing of it can be believed. A record without content is not used. */
static bool decode_record(const uint8_t bytes[RECORD_LEN],
                          struct guard_record *ret_record)
{
	struct guard_record found[2];
	enum slot_state states[2];
	bool is_newer;

	for (unsigned i = 0; i < 2; i++) {
		states[i] = decode_slot(bytes + i * SLOT_LEN, &found[i]);
		found[i].slot = i;
	}
	*ret_record = (struct guard_record){0};
	if (states[0] != SLOT_WHOLE && states[1] != SLOT_WHOLE)
		/* The first write goes to slot 0. */
		return states[1] == SLOT_EMPTY && states[0] != SLOT_DAMAGED;
	if (states[0] != SLOT_WHOLE || states[1] != SLOT_WHOLE) {
		*ret_record = found[states[0] == SLOT_WHOLE ? 0 : 1];
		return true;
	}
	if (!keys_equal(&found[0].key, &found[1].key) ||
	    found[0].sequence == found[1].sequence)
		return false;
	is_newer = found[1].sequence > found[0].sequence;
	*ret_record = found[is_newer ? 1 : 0];
	return true;
}

/* ---- the table */

static uint32_t table_start(const struct guard *guard, const struct guard_key *key)
{
	uint32_t start;

	memcpy(&start, key->origin.bytes, sizeof start);
	return (start + key->kind) & (guard->table_len - 1);
}

/* The place of the key in the table, or the free place where it belongs. */
static uint32_t *table_place(const struct guard *guard, const struct guard_key *key)
{
	uint32_t i = table_start(guard, key);

	while (guard->table[i] != NO_RECORD &&
	       !keys_equal(&guard->records[guard->table[i]].key, key))
		i = (i + 1) & (guard->table_len - 1);
	return &guard->table[i];
}

static enum status rebuild_table(struct guard *guard, uint32_t len, struct error *err)
{
	uint32_t *table = malloc(len * sizeof *table);

	if (table == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the guard");
	free(guard->table);
	guard->table = table;
	guard->table_len = len;
	for (uint32_t i = 0; i < len; i++)
		table[i] = NO_RECORD;
	for (uint32_t i = 0; i < guard->count; i++)
		if (guard->records[i].is_used)
			*table_place(guard, &guard->records[i].key) = i;
	return STATUS_OK;
}

static enum status reserve(struct guard *guard, struct error *err)
{
	uint32_t cap = guard->cap == 0 ? FIRST_TABLE_LEN / 2 : guard->cap * 2;
	struct guard_record *records;

	if (guard->count == RECORDS_MAX)
		return error_set(err, STATUS_LIMIT, "the guard holds %d logs: no more",
		                 RECORDS_MAX);
	if (guard->count < guard->cap)
		return STATUS_OK;
	records = realloc(guard->records, cap * sizeof *records);
	if (records == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the guard");
	guard->records = records;
	guard->cap = cap;
	return rebuild_table(guard, cap * 2, err);
}

static struct guard_key key_of(enum signer_kind kind, const char *origin)
{
	return (struct guard_key){.kind = (uint8_t)kind,
	                          .origin = sha256(view_of_string(origin))};
}

/* ---- open and close */

static void encode_header(uint8_t ret_header[HEADER_LEN])
{
	memset(ret_header, 0, HEADER_LEN);
	memcpy(ret_header, header_text, sizeof header_text - 1);
}

/* The header is durable before the first record is written, so a file that ends within it
 * has never guarded anything. */
static enum status open_header(struct guard *guard, struct error *err)
{
	uint8_t expected[HEADER_LEN], found[HEADER_LEN];
	size_t len;

	encode_header(expected);
	TRY(guard->file.ops->read(guard->file.self, 0, found, HEADER_LEN, &len, err));
	if (len == HEADER_LEN && memcmp(found, expected, HEADER_LEN) == 0)
		return STATUS_OK;
	if (len == HEADER_LEN || memcmp(found, expected, len) != 0)
		return error_set(err, STATUS_MALFORMED, "this file is no signer's guard");
	TRY(guard->file.ops->write(guard->file.self, 0, expected, HEADER_LEN, err));
	return guard->file.ops->sync(guard->file.self, err);
}

static enum status load_record(struct guard *guard, const uint8_t bytes[RECORD_LEN],
                               struct error *err)
{
	struct guard_record record;
	uint32_t *place;

	TRY(reserve(guard, err));
	if (!decode_record(bytes, &record))
		return error_set(err, STATUS_MALFORMED,
		                 "record %u of the signer's guard is damaged",
		                 guard->count);
	if (record.is_used) {
		place = table_place(guard, &record.key);
		if (*place != NO_RECORD)
			return error_set(err, STATUS_MALFORMED,
			                 "the signer's guard holds a log twice");
		*place = guard->count;
	}
	guard->records[guard->count++] = record;
	return STATUS_OK;
}

static enum status load_records(struct guard *guard, struct error *err)
{
	uint8_t chunk[READ_RECORDS * RECORD_LEN];
	uint64_t offset = HEADER_LEN;
	size_t len;

	do {
		TRY(guard->file.ops->read(guard->file.self, offset, chunk, sizeof chunk,
		                          &len, err));
		/* A last record that is cut short was written in part: the rest is zeros.
		 */
		if (len % RECORD_LEN != 0)
			memset(chunk + len, 0, RECORD_LEN - len % RECORD_LEN);
		for (size_t at = 0; at < len; at += RECORD_LEN)
			TRY(load_record(guard, chunk + at, err));
		offset += len;
	} while (len == sizeof chunk);
	return STATUS_OK;
}

enum status guard_open(struct guard_file file, struct guard **ret_guard,
                       struct error *err)
{
	struct guard *guard = calloc(1, sizeof *guard);
	enum status status;

	if (guard == NULL) {
		file.ops->close(file.self);
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the guard");
	}
	guard->file = file;
	status = open_header(guard, err);
	if (status == STATUS_OK)
		status = reserve(guard, err);
	if (status == STATUS_OK)
		status = load_records(guard, err);
	/* A process that was killed may have written and not synced. */
	if (status == STATUS_OK && guard->count > 0)
		status = guard->file.ops->sync(guard->file.self, err);
	if (status != STATUS_OK) {
		guard_close(guard);
		return status;
	}
	*ret_guard = guard;
	return STATUS_OK;
}

void guard_close(struct guard *guard)
{
	if (guard == NULL)
		return;
	guard->file.ops->close(guard->file.self);
	free(guard->records);
	free(guard->table);
	free(guard);
}

/* ---- use */

void guard_get(const struct guard *guard, enum signer_kind kind, const char *origin,
               struct signer_guard *ret_state)
{
	struct guard_key key = key_of(kind, origin);
	uint32_t number = *table_place(guard, &key);

	*ret_state = (struct signer_guard){0};
	if (number != NO_RECORD)
		*ret_state = guard->records[number].state;
}

static enum status write_record(struct guard *guard, uint32_t number,
                                const struct guard_record *record, struct error *err)
{
	uint8_t slot[SLOT_LEN];
	uint64_t offset = HEADER_LEN + (uint64_t)number * RECORD_LEN +
	                  (uint64_t)record->slot * SLOT_LEN;

	encode_slot(record, slot);
	guard->is_dirty = true;
	return guard->file.ops->write(guard->file.self, offset, slot, sizeof slot, err);
}

enum status guard_put(struct guard *guard, enum signer_kind kind, const char *origin,
                      const struct signer_guard *state, struct error *err)
{
	struct guard_record record = {.is_used = true, .key = key_of(kind, origin)};
	uint32_t number = *table_place(guard, &record.key);

	record.state = *state;
	record.state.is_known = true;
	record.sequence = 1;
	if (number != NO_RECORD) {
		record.sequence = guard->records[number].sequence + 1;
		record.slot = 1 - guard->records[number].slot;
		TRY(write_record(guard, number, &record, err));
		guard->records[number] = record;
		return STATUS_OK;
	}
	TRY(reserve(guard, err));
	number = guard->count;
	TRY(write_record(guard, number, &record, err));
	guard->records[number] = record;
	guard->count++;
	*table_place(guard, &record.key) = number;
	return STATUS_OK;
}

bool guard_is_dirty(const struct guard *guard)
{
	return guard->is_dirty;
}

enum status guard_sync(struct guard *guard, struct error *err)
{
	TRY(guard->file.ops->sync(guard->file.self, err));
	guard->is_dirty = false;
	return STATUS_OK;
}
