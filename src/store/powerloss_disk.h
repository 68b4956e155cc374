/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The disk behind powerloss.h: files with two images. Knows nothing of SQLite but its
 * result codes.
 */
#ifndef ALDIS_STORE_POWERLOSS_DISK_H
#define ALDIS_STORE_POWERLOSS_DISK_H

#include <sqlite3.h>

#include "store/powerloss.h"

enum { DISK_NAME_LEN = 512, DISK_SECTOR_LEN = 512 };

struct disk_image {
	uint8_t *bytes;
	size_t len, cap;
	bool is_there;
};

struct disk_file {
	char name[DISK_NAME_LEN];
	struct disk_image seen;
	struct disk_image durable;
	uint8_t *dirty; /* one byte for each sector of seen */
	size_t dirty_cap;
	struct disk_file *next;
};

struct powerloss {
	sqlite3_vfs vfs;
	char vfs_name[40];
	struct disk_file *files;
	uint64_t random;
	uint64_t operation_count;
	uint64_t cut_at; /* the operation that fails first */
	uint64_t byte_limit;
	unsigned temporary_count;
	bool is_cut;
};

/* The file that is seen under the name; NULL when none is. */
struct disk_file *disk_find(const struct powerloss *disk, const char *name);
/* The same, made when it is not there; NULL without memory or for a name too long. */
struct disk_file *disk_make(struct powerloss *disk, const char *name);

/* Each returns SQLITE_OK or an I/O error, as SQLite has it. */
int disk_read(const struct powerloss *disk, const struct disk_file *file, void *ret_bytes,
              size_t len, uint64_t offset);
int disk_write(struct powerloss *disk, struct disk_file *file, const void *bytes,
               size_t len, uint64_t offset);
int disk_truncate(struct powerloss *disk, struct disk_file *file, uint64_t len);
int disk_sync(struct powerloss *disk, struct disk_file *file);
int disk_delete(struct powerloss *disk, struct disk_file *file, bool is_synced);

uint64_t disk_random(struct powerloss *disk);

#endif
