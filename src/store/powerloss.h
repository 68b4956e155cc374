/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk in memory that loses power, for tests and the simulator: files have what is
 * seen and what is durable, each sector of 512 bytes for itself. SQLite runs on it
 * through a VFS; plain files (a guard, an export) go through the calls below, so that all
 * of a desk's files lose the same moment. What survives depends only on the seed and the
 * order of calls. Any number of disks; each belongs to one thread.
 */
#ifndef ALDIS_STORE_POWERLOSS_H
#define ALDIS_STORE_POWERLOSS_H

#include "base/buf.h"

struct powerloss;

/* Of what was not synced when the power went, this much is there afterwards. */
enum powerloss_survivor {
	POWERLOSS_NONE,
	POWERLOSS_ALL,
	POWERLOSS_SOME, /* a random part, drawn anew for each sector, size and name */
};

/* An empty disk with power and without end; NULL without memory. */
struct powerloss *powerloss_new(uint64_t seed);
/* After all files on it are closed. */
void powerloss_free(struct powerloss *disk);

/* The name of the disk's VFS, for store_sqlite_options. It has no shared memory: WAL
 * works in exclusive locking mode only. Locks are not kept. */
const char *powerloss_vfs(const struct powerloss *disk);

/* The power goes after so many further operations (write, truncate, sync, delete); the
 * one after them and all later ones fail, reads too. */
void powerloss_cut_after(struct powerloss *disk, uint64_t operation_count);
bool powerloss_is_cut(const struct powerloss *disk);
/* Operations done so far. */
uint64_t powerloss_operation_count(const struct powerloss *disk);

/* Power comes back, no cut is planned. All files must be closed: they belonged to a
 * process that is gone. Works without a cut before, too: the power went just now. */
void powerloss_restart(struct powerloss *disk, enum powerloss_survivor survivor);

/* Writes fail as on a full disk when all files together would exceed so many bytes. */
void powerloss_limit(struct powerloss *disk, uint64_t byte_count);

/* Plain files by name. SYSTEM when the power is cut or the disk is full, NOT_FOUND for
 * a read of a file that is not there. A write makes the file and fills a gap with zeros;
 * a read appends the whole file. The first sync of a file makes all names durable. */
MUST_USE enum status powerloss_write(struct powerloss *disk, const char *name,
                                     uint64_t offset, struct view bytes,
                                     struct error *err);
MUST_USE enum status powerloss_sync(struct powerloss *disk, const char *name,
                                    struct error *err);
MUST_USE enum status powerloss_read(struct powerloss *disk, const char *name,
                                    struct buf *ret_content, struct error *err);

#endif
