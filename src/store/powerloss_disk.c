/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A write changes what is seen and marks its sectors; a sync makes them durable, with the
 * file's size and name. The write during which the power goes still marks its sectors:
 * any part of it may be on the disk.
 */
#include "store/powerloss_disk.h"

#include <stdlib.h>

uint64_t disk_random(struct powerloss *disk)
{
	uint64_t value = disk->random += UINT64_C(0x9e3779b97f4a7c15);

	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

/* Counts an operation; false when the power goes with it or went before. */
static bool count_operation(struct powerloss *disk)
{
	if (!disk->is_cut && disk->operation_count == disk->cut_at)
		disk->is_cut = true;
	if (disk->is_cut)
		return false;
	disk->operation_count++;
	return true;
}

static size_t sectors_of(size_t len)
{
	return (len + DISK_SECTOR_LEN - 1) / DISK_SECTOR_LEN;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Growing fills with zeros. */
static bool image_resize(struct disk_image *image, size_t len)
{
	if (len > image->cap) {
		size_t cap = image->cap * 2 > len ? image->cap * 2 : len;
		uint8_t *bytes = realloc(image->bytes, cap);

		if (bytes == NULL)
			return false;
		image->bytes = bytes;
		image->cap = cap;
	}
	if (len > image->len)
		memset(image->bytes + image->len, 0, len - image->len);
	image->len = len;
	return true;
}

static bool make_dirty_room(struct disk_file *file, size_t len)
{
	size_t count = sectors_of(len);
	uint8_t *dirty;

	if (count <= file->dirty_cap)
		return true;
	count *= 2;
	dirty = realloc(file->dirty, count);
	if (dirty == NULL)
		return false;
	memset(dirty + file->dirty_cap, 0, count - file->dirty_cap);
	file->dirty = dirty;
	file->dirty_cap = count;
	return true;
}

/* Marks the sectors of [from, to). */
static void mark(struct disk_file *file, size_t from, size_t to)
{
	for (size_t i = from / DISK_SECTOR_LEN; i < sectors_of(to); i++)
		file->dirty[i] = 1;
}

struct disk_file *disk_find(const struct powerloss *disk, const char *name)
{
	for (struct disk_file *file = disk->files; file != NULL; file = file->next) {
		if (file->seen.is_there && strcmp(file->name, name) == 0)
			return file;
	}
	return NULL;
}

static void sync_name(struct disk_file *file)
{
	file->durable.is_there = file->seen.is_there;
	if (!file->durable.is_there)
		file->durable.len = 0;
}

/* A file that was deleted, for its name to be used again: file systems keep the order of
 * changes to names, so the new one can't become durable before the old one is gone. */
static struct disk_file *find_deleted(const struct powerloss *disk, const char *name)
{
	for (struct disk_file *file = disk->files; file != NULL; file = file->next) {
		if (strcmp(file->name, name) != 0)
			continue;
		sync_name(file);
		return file;
	}
	return NULL;
}

static struct disk_file *add_file(struct powerloss *disk, const char *name)
{
	struct disk_file *file;

	if (strlen(name) >= DISK_NAME_LEN)
		return NULL;
	file = calloc(1, sizeof *file);
	if (file == NULL)
		return NULL;
	memcpy(file->name, name, strlen(name) + 1);
	file->next = disk->files;
	disk->files = file;
	return file;
}

struct disk_file *disk_make(struct powerloss *disk, const char *name)
{
	struct disk_file *file = disk_find(disk, name);

	if (file == NULL)
		file = find_deleted(disk, name);
	if (file == NULL)
		file = add_file(disk, name);
	if (file != NULL)
		file->seen.is_there = true;
	return file;
}

int disk_read(const struct powerloss *disk, const struct disk_file *file, void *ret_bytes,
              size_t len, uint64_t offset)
{
	size_t there = 0;

	if (disk->is_cut)
		return SQLITE_IOERR_READ;
	if (offset < file->seen.len)
		there = smaller(len, file->seen.len - (size_t)offset);
	if (there > 0)
		memcpy(ret_bytes, file->seen.bytes + offset, there);
	memset((uint8_t *)ret_bytes + there, 0, len - there);
	return there == len ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static bool fits_limit(const struct powerloss *disk, const struct disk_file *grown,
                       size_t len)
{
	uint64_t sum = 0;

	for (const struct disk_file *file = disk->files; file != NULL; file = file->next)
		sum += file == grown ? len : file->seen.len;
	return sum <= disk->byte_limit;
}

int disk_write(struct powerloss *disk, struct disk_file *file, const void *bytes,
               size_t len, uint64_t offset)
{
	bool was_cut = disk->is_cut;
	bool has_power = count_operation(disk);
	size_t end = (size_t)offset + len;
	size_t len_before = file->seen.len;

	if (was_cut || len == 0)
		return was_cut ? SQLITE_IOERR_WRITE : SQLITE_OK;
	if (end > len_before && !fits_limit(disk, file, end))
		return SQLITE_FULL;
	if (!make_dirty_room(file, end) ||
	    (end > len_before && !image_resize(&file->seen, end)))
		return SQLITE_IOERR_NOMEM;
	memcpy(file->seen.bytes + offset, bytes, len);
	mark(file, smaller(len_before, (size_t)offset), end);
	return has_power ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int disk_truncate(struct powerloss *disk, struct disk_file *file, uint64_t len)
{
	if (!count_operation(disk))
		return SQLITE_IOERR_TRUNCATE;
	if (len < file->seen.len)
		file->seen.len = (size_t)len;
	return SQLITE_OK;
}

/* Copies one sector of what is seen; the image must be long enough. */
static void copy_sector(struct disk_file *file, size_t sector)
{
	size_t from = sector * DISK_SECTOR_LEN;
	size_t to =
	    smaller(from + DISK_SECTOR_LEN, smaller(file->seen.len, file->durable.len));

	if (from < to)
		memcpy(file->durable.bytes + from, file->seen.bytes + from, to - from);
}

/* All bytes that are seen become durable. */
static bool make_durable(struct disk_file *file)
{
	if (!image_resize(&file->durable, file->seen.len))
		return false;
	for (size_t i = 0; i < sectors_of(file->seen.len); i++) {
		if (file->dirty[i])
			copy_sector(file, i);
	}
	if (file->dirty != NULL)
		memset(file->dirty, 0, file->dirty_cap);
	return true;
}

/* The first sync of a new file syncs its folder, too, as SQLite does on a real disk. */
int disk_sync(struct powerloss *disk, struct disk_file *file)
{
	bool is_new = !file->durable.is_there;

	if (!count_operation(disk))
		return SQLITE_IOERR_FSYNC;
	for (struct disk_file *other = disk->files; is_new && other != NULL;
	     other = other->next)
		sync_name(other);
	return make_durable(file) ? SQLITE_OK : SQLITE_IOERR_NOMEM;
}

int disk_delete(struct powerloss *disk, struct disk_file *file, bool is_synced)
{
	if (!count_operation(disk))
		return SQLITE_IOERR_DELETE;
	file->seen.is_there = false;
	file->seen.len = 0;
	if (is_synced)
		sync_name(file);
	return SQLITE_OK;
}

static bool toss(struct powerloss *disk)
{
	return disk_random(disk) >> 63;
}

/* Each part of what was not synced gets to the disk or not: the name, the size, each
 * sector. A size may get there without the bytes (zeros then), not the other way round;
 * a file whose deletion did not get there is whole. */
static void survive_some(struct powerloss *disk, struct disk_file *file)
{
	if (file->durable.is_there != file->seen.is_there && toss(disk))
		file->durable.is_there = file->seen.is_there;
	if (!file->seen.is_there)
		return;
	if (file->durable.len != file->seen.len && toss(disk))
		(void)image_resize(&file->durable, file->seen.len);
	for (size_t i = 0; i < sectors_of(file->seen.len); i++) {
		if (file->dirty[i] && toss(disk))
			copy_sector(file, i);
	}
}

static void survive_all(struct disk_file *file)
{
	sync_name(file);
	if (!make_durable(file))
		abort();
}

/* What is durable is what is seen from now on. */
static void read_back(struct disk_file *file)
{
	if (!file->durable.is_there)
		file->durable.len = 0;
	file->seen.is_there = file->durable.is_there;
	file->seen.len = 0;
	if (!image_resize(&file->seen, file->durable.len) ||
	    !make_dirty_room(file, file->durable.len))
		abort();
	if (file->durable.len > 0)
		memcpy(file->seen.bytes, file->durable.bytes, file->durable.len);
	if (file->dirty != NULL)
		memset(file->dirty, 0, file->dirty_cap);
}

void powerloss_restart(struct powerloss *disk, enum powerloss_survivor survivor)
{
	for (struct disk_file *file = disk->files; file != NULL; file = file->next) {
		if (survivor == POWERLOSS_ALL)
			survive_all(file);
		if (survivor == POWERLOSS_SOME)
			survive_some(disk, file);
		read_back(file);
	}
	disk->is_cut = false;
	disk->cut_at = UINT64_MAX;
}

void powerloss_cut_after(struct powerloss *disk, uint64_t operation_count)
{
	disk->cut_at = disk->operation_count + operation_count;
}

bool powerloss_is_cut(const struct powerloss *disk)
{
	return disk->is_cut;
}

uint64_t powerloss_operation_count(const struct powerloss *disk)
{
	return disk->operation_count;
}

void powerloss_limit(struct powerloss *disk, uint64_t byte_count)
{
	disk->byte_limit = byte_count;
}

static enum status disk_status(int code, const char *verb, const char *name,
                               struct error *err)
{
	if (code == SQLITE_OK)
		return STATUS_OK;
	return error_set(err, STATUS_SYSTEM, "can't %s %s: %s", verb, name,
	                 code == SQLITE_FULL ? "the disk is full" : "the power is cut");
}

enum status powerloss_write(struct powerloss *disk, const char *name, uint64_t offset,
                            struct view bytes, struct error *err)
{
	struct disk_file *file = disk_make(disk, name);

	if (file == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for %s", name);
	return disk_status(disk_write(disk, file, bytes.data, bytes.len, offset), "write",
	                   name, err);
}

enum status powerloss_sync(struct powerloss *disk, const char *name, struct error *err)
{
	struct disk_file *file = disk_find(disk, name);

	if (file == NULL)
		return error_set(err, STATUS_NOT_FOUND, "there is no file %s", name);
	return disk_status(disk_sync(disk, file), "sync", name, err);
}

enum status powerloss_read(struct powerloss *disk, const char *name,
                           struct buf *ret_content, struct error *err)
{
	const struct disk_file *file = disk_find(disk, name);

	if (disk->is_cut)
		return disk_status(SQLITE_IOERR_READ, "read", name, err);
	if (file == NULL)
		return error_set(err, STATUS_NOT_FOUND, "there is no file %s", name);
	buf_append(ret_content, file->seen.bytes, file->seen.len);
	return buf_check(ret_content, name, err);
}
