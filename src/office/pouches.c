/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row for each pouch, "office/pouch/<hex>": when something came last, how many bytes,
 * which parts, and the head of a part; and a row for each part,
 * "office/pouchpart/<hex>/<n>".
 */
#include "office/pouches.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/reader.h"
#include "office/rows.h"

#define HEADS "office/pouch/"

enum { BITS_MAX = (POUCH_PART_COUNT_MAX + 7) / 8, KEY_MAX = 128 };

struct row {
	struct pouch_kept kept;
	uint64_t bytes; /* of the parts that are here */
	uint8_t bits[BITS_MAX];
};

struct rows {
	struct row rows[POUCHES_KEPT_MAX];
	size_t count;
};

static void head_key(const struct hash *pouch, char ret_key[KEY_MAX])
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(pouch, hex);
	(void)snprintf(ret_key, KEY_MAX, HEADS "%s", hex);
}

static void part_key(const struct hash *pouch, uint32_t number, char ret_key[KEY_MAX])
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(pouch, hex);
	(void)snprintf(ret_key, KEY_MAX, "office/pouchpart/%s/%" PRIu32, hex, number);
}

static bool has_part(const struct row *row, uint32_t number)
{
	return (row->bits[(number - 1) / 8] >> (number - 1) % 8 & 1) != 0;
}

/* What is here and what lacks, from the bits. */
static void count_parts(struct row *row)
{
	struct pouch_kept *kept = &row->kept;

	kept->held = 0;
	kept->gap_count = 0;
	for (uint32_t n = 1; n <= kept->count; n++) {
		size_t gaps = kept->gap_count;

		if (has_part(row, n))
			kept->held++;
		else if (gaps > 0 && kept->gaps[gaps - 1].last == n - 1)
			kept->gaps[gaps - 1].last = n;
		else if (gaps < POUCHES_GAPS_MAX)
			kept->gaps[kept->gap_count++] = (struct pouch_gap){n, n};
	}
}

/* ---- rows */

static void append_row(struct buf *out, const struct row *row)
{
	struct pouch_part head = {.address = row->kept.address,
	                          .pouch = row->kept.pouch,
	                          .size = row->kept.size,
	                          .number = 1,
	                          .count = row->kept.count};

	buf_append_u64(out, (uint64_t)row->kept.came_ms);
	buf_append_u64(out, row->bytes);
	buf_append(out, row->bits, (row->kept.count + 7) / 8);
	pouch_part_append(out, &head);
}

static enum status put_row(struct office *office, const struct row *row,
                           struct error *err)
{
	CLEANUP_BUF struct buf value = BUF_INIT(POUCH_PART_HEAD_MAX + BITS_MAX + 16);
	char key[KEY_MAX];

	append_row(&value, row);
	TRY(buf_check(&value, "a pouch's row", err));
	head_key(&row->kept.pouch, key);
	return office_put(office, key, buf_view(&value), err);
}

static enum status read_row(struct view value, struct row *ret_row, struct error *err)
{
	static const char first[] = "aldis.pouch/";
	struct reader reader = reader_of(value);
	struct row row = {0};
	struct pouch_part head;
	uint64_t came_ms;
	struct view bits;
	size_t bits_len = view_find(value, view_of_string(first));

	if (bits_len == SIZE_MAX || bits_len < 16 || bits_len > 16 + BITS_MAX ||
	    !reader_u64(&reader, &came_ms) || !reader_u64(&reader, &row.bytes) ||
	    !reader_bytes(&reader, bits_len - 16, &bits) ||
	    pouch_part_parse(reader.rest, &head, NULL) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED,
		                 "a pouch's row in the store is damaged");
	row.kept = (struct pouch_kept){.address = head.address,
	                               .pouch = head.pouch,
	                               .size = head.size,
	                               .count = head.count,
	                               .came_ms = (int64_t)came_ms};
	memcpy(row.bits, bits.data, bits.len);
	count_parts(&row);
	*ret_row = row;
	return STATUS_OK;
}

static enum status take_row(void *context, struct view key, struct view value,
                            struct error *err)
{
	struct rows *rows = context;

	if (rows->count == POUCHES_KEPT_MAX)
		return STATUS_OK;
	TRY(read_row(value, &rows->rows[rows->count], err));
	rows->count++;
	return STATUS_OK;
}

static enum status read_rows(struct office *office, struct rows **ret_rows,
                             struct error *err)
{
	struct rows *rows = calloc(1, sizeof *rows);
	enum status status;

	if (rows == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for pouches");
	status = office_scan(office, HEADS, take_row, rows, err);
	if (status == STATUS_OK)
		*ret_rows = rows;
	else
		free(rows);
	return status;
}

static struct row *find_row(struct rows *rows, const struct hash *pouch)
{
	for (size_t i = 0; i < rows->count; i++)
		if (hash_equal(&rows->rows[i].kept.pouch, pouch))
			return &rows->rows[i];
	return NULL;
}

/* ---- room */

static enum status drop_row(struct office *office, const struct row *row,
                            struct error *err)
{
	char key[KEY_MAX];

	for (uint32_t n = 1; n <= row->kept.count; n++) {
		part_key(&row->kept.pouch, n, key);
		if (has_part(row, n))
			TRY(office_remove(office, key, err));
	}
	head_key(&row->kept.pouch, key);
	return office_remove(office, key, err);
}

static uint64_t sum_bytes(const struct rows *rows)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < rows->count; i++)
		bytes += rows->rows[i].bytes;
	return bytes;
}

/* Drops what lies longest, never this one, until so many bytes more fit. */
static enum status make_room(struct office *office, struct rows *rows,
                             const struct hash *pouch, size_t len, struct error *err)
{
	bool is_new = find_row(rows, pouch) == NULL;

	while (sum_bytes(rows) + len > POUCHES_BYTES_MAX ||
	       (is_new && rows->count == POUCHES_KEPT_MAX)) {
		struct row *oldest = NULL;

		for (size_t i = 0; i < rows->count; i++) {
			struct row *row = &rows->rows[i];

			if (!hash_equal(&row->kept.pouch, pouch) &&
			    (oldest == NULL || row->kept.came_ms < oldest->kept.came_ms))
				oldest = row;
		}
		if (oldest == NULL) /* one pouch alone always fits */
			return error_set(err, STATUS_BUG, "no room for one pouch");
		TRY(drop_row(office, oldest, err));
		*oldest = rows->rows[--rows->count];
	}
	return STATUS_OK;
}

/* ---- parts */

static enum status check_same(const struct row *row, const struct pouch_part *part,
                              struct error *err)
{
	const struct pouch_part kept = {.address = row->kept.address,
	                                .pouch = row->kept.pouch,
	                                .size = row->kept.size,
	                                .count = row->kept.count};

	if (pouch_part_is_same(&kept, part))
		return STATUS_OK;
	return error_set(err, STATUS_MALFORMED,
	                 "this part says something else of its pouch than the parts that "
	                 "are here: its head was changed, or theirs");
}

static enum status replace_part(struct office *office, struct row *row,
                                const struct pouch_part *part, struct error *err)
{
	CLEANUP_BUF struct buf old = BUF_INIT(POUCH_SIZE_MAX);
	char key[KEY_MAX];

	part_key(&row->kept.pouch, part->number, key);
	if (has_part(row, part->number)) {
		TRY(office_get(office, key, &old, err));
		row->bytes -= old.len;
	}
	row->bits[(part->number - 1) / 8] |= (uint8_t)(1u << (part->number - 1) % 8);
	count_parts(row);
	row->bytes += part->bytes.len;
	TRY(office_put(office, key, part->bytes, err));
	return put_row(office, row, err);
}

static enum status keep(struct office *office, struct rows *rows,
                        const struct pouch_part *part, int64_t now_ms,
                        struct pouch_kept *ret_kept, struct error *err)
{
	struct row row = {.kept = {.address = part->address,
	                           .pouch = part->pouch,
	                           .size = part->size,
	                           .count = part->count}};
	const struct row *known;

	TRY(make_room(office, rows, &part->pouch, part->bytes.len, err));
	known = find_row(rows, &part->pouch);
	if (known != NULL) {
		TRY(check_same(known, part, err));
		row = *known;
	}
	row.kept.came_ms = now_ms;
	TRY(replace_part(office, &row, part, err));
	*ret_kept = row.kept;
	return STATUS_OK;
}

enum status pouches_keep(struct office *office, const struct pouch_part *part,
                         int64_t now_ms, struct pouch_kept *ret_kept, struct error *err)
{
	struct rows *rows = NULL;
	enum status status;

	TRY(read_rows(office, &rows, err));
	status = keep(office, rows, part, now_ms, ret_kept, err);
	free(rows);
	return status;
}

enum status pouches_join(struct office *office, const struct pouch_kept *kept,
                         struct buf *ret_whole, struct error *err)
{
	CLEANUP_BUF struct buf part = BUF_INIT(POUCH_SIZE_MAX);
	struct hash found;

	for (uint32_t n = 1; n <= kept->count; n++) {
		char key[KEY_MAX];

		part_key(&kept->pouch, n, key);
		TRY(office_get(office, key, &part, err));
		buf_append_view(ret_whole, buf_view(&part));
	}
	TRY(buf_check(ret_whole, "the pouch", err));
	found = sha256(buf_view(ret_whole));
	if (ret_whole->len != kept->size || !hash_equal(&found, &kept->pouch))
		return error_set(err, STATUS_MALFORMED,
		                 "the parts do not make the pouch that they name: one of "
		                 "them was swapped. Bring them all again");
	return STATUS_OK;
}

enum status pouches_drop(struct office *office, const struct hash *pouch,
                         struct error *err)
{
	struct rows *rows = NULL;
	const struct row *row;
	enum status status = STATUS_OK;

	TRY(read_rows(office, &rows, err));
	row = find_row(rows, pouch);
	if (row != NULL)
		status = drop_row(office, row, err);
	free(rows);
	return status;
}

enum status pouches_list(struct office *office, struct pouch_kept *ret_kept,
                         size_t *ret_count, struct error *err)
{
	struct rows *rows = NULL;

	TRY(read_rows(office, &rows, err));
	for (size_t i = 0; i < rows->count; i++)
		ret_kept[i] = rows->rows[i].kept;
	*ret_count = rows->count;
	free(rows);
	return STATUS_OK;
}
