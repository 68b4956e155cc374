/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The disk as a VFS of SQLite, one for each disk. It promises what the VFS for Unix does
 * by default (4096-byte sectors, a write spares the bytes around it), so that SQLite
 * does the same as on a real disk.
 */
#include "store/powerloss.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/powerloss_disk.h"

enum { PROMISED_SECTOR_LEN = 4096 };

struct open_file {
	sqlite3_file base;
	struct powerloss *disk;
	struct disk_file *file;
	bool is_temporary; /* deleted when closed */
};

static int file_close(sqlite3_file *base)
{
	struct open_file *open_file = (struct open_file *)base;

	if (open_file->is_temporary)
		(void)disk_delete(open_file->disk, open_file->file, false);
	return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *ret_bytes, int len, sqlite3_int64 offset)
{
	struct open_file *open_file = (struct open_file *)base;

	return disk_read(open_file->disk, open_file->file, ret_bytes, (size_t)len,
	                 (uint64_t)offset);
}

static int file_write(sqlite3_file *base, const void *bytes, int len,
                      sqlite3_int64 offset)
{
	struct open_file *open_file = (struct open_file *)base;

	return disk_write(open_file->disk, open_file->file, bytes, (size_t)len,
	                  (uint64_t)offset);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 len)
{
	struct open_file *open_file = (struct open_file *)base;

	return disk_truncate(open_file->disk, open_file->file, (uint64_t)len);
}

static int file_sync(sqlite3_file *base, int flags)
{
	struct open_file *open_file = (struct open_file *)base;

	return disk_sync(open_file->disk, open_file->file);
}

static int file_size(sqlite3_file *base, sqlite3_int64 *ret_len)
{
	struct open_file *open_file = (struct open_file *)base;

	if (open_file->disk->is_cut)
		return SQLITE_IOERR_FSTAT;
	*ret_len = (sqlite3_int64)open_file->file->seen.len;
	return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level)
{
	return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *base, int *ret_is_reserved)
{
	*ret_is_reserved = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int operation, void *argument)
{
	return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *base)
{
	return PROMISED_SECTOR_LEN;
}

static int file_characteristics(sqlite3_file *base)
{
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* Version 1: no shared memory, no mapping. */
static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags,
                    int *ret_flags)
{
	struct open_file *open_file = (struct open_file *)base;
	struct powerloss *disk = vfs->pAppData;
	char temporary[32];

	*open_file = (struct open_file){.disk = disk, .is_temporary = name == NULL};
	if (name == NULL) {
		(void)snprintf(temporary, sizeof temporary, "temporary-%u",
		               disk->temporary_count++);
		name = temporary;
	}
	if (disk->is_cut)
		return SQLITE_CANTOPEN;
	open_file->file =
	    flags & SQLITE_OPEN_CREATE ? disk_make(disk, name) : disk_find(disk, name);
	if (open_file->file == NULL)
		return SQLITE_CANTOPEN;
	base->pMethods = &file_methods;
	if (ret_flags != NULL)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int is_synced)
{
	struct powerloss *disk = vfs->pAppData;
	struct disk_file *file = disk_find(disk, name);

	if (file == NULL)
		return SQLITE_IOERR_DELETE_NOENT;
	return disk_delete(disk, file, is_synced != 0);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_is_there)
{
	const struct powerloss *disk = vfs->pAppData;

	if (disk->is_cut)
		return SQLITE_IOERR_ACCESS;
	*ret_is_there = disk_find(disk, name) != NULL;
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int cap, char *ret_path)
{
	int len = snprintf(ret_path, (size_t)cap, "%s", name);

	return len < cap ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int vfs_randomness(sqlite3_vfs *vfs, int len, char *ret_bytes)
{
	for (int i = 0; i < len; i++)
		ret_bytes[i] = (char)disk_random(vfs->pAppData);
	return len;
}

/* Nothing waits on this disk, and its clock stands at 2000-01-01. */
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	return microseconds;
}

static int vfs_current_time(sqlite3_vfs *vfs, double *ret_julian_day)
{
	*ret_julian_day = 2451544.5;
	return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int cap, char *ret_text)
{
	return 0;
}

struct powerloss *powerloss_new(uint64_t seed)
{
	struct powerloss *disk = calloc(1, sizeof *disk);

	if (disk == NULL)
		return NULL;
	disk->random = seed;
	disk->cut_at = UINT64_MAX;
	disk->byte_limit = UINT64_MAX;
	(void)snprintf(disk->vfs_name, sizeof disk->vfs_name, "powerloss-%p",
	               (void *)disk);
	disk->vfs = (sqlite3_vfs){
	    .iVersion = 1,
	    .szOsFile = sizeof(struct open_file),
	    .mxPathname = DISK_NAME_LEN - 16,
	    .zName = disk->vfs_name,
	    .pAppData = disk,
	    .xOpen = vfs_open,
	    .xDelete = vfs_delete,
	    .xAccess = vfs_access,
	    .xFullPathname = vfs_full_path,
	    .xRandomness = vfs_randomness,
	    .xSleep = vfs_sleep,
	    .xCurrentTime = vfs_current_time,
	    .xGetLastError = vfs_last_error,
	};
	if (sqlite3_vfs_register(&disk->vfs, 0) != SQLITE_OK) {
		free(disk);
		return NULL;
	}
	return disk;
}

void powerloss_free(struct powerloss *disk)
{
	if (disk == NULL)
		return;
	(void)sqlite3_vfs_unregister(&disk->vfs);
	while (disk->files != NULL) {
		struct disk_file *file = disk->files;

		disk->files = file->next;
		free(file->seen.bytes);
		free(file->durable.bytes);
		free(file->dirty);
		free(file);
	}
	free(disk);
}

const char *powerloss_vfs(const struct powerloss *disk)
{
	return disk->vfs_name;
}
