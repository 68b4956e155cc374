/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a guard's bytes lie: a file on disk, or memory for a signer that has none. Reads
 * and writes in place; what makes the content safe against torn writes is guard.c's.
 */
#include "signer/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { MEMORY_LEN_MAX = 128 << 20 };

struct disk_file {
	int fd;
};

static enum status disk_read(void *self, uint64_t offset, void *ret_bytes, size_t len,
                             size_t *ret_len, struct error *err)
{
	struct disk_file *file = self;
	size_t done = 0;

	while (done < len) {
		ssize_t count = pread(file->fd, (uint8_t *)ret_bytes + done, len - done,
		                      (off_t)(offset + done));

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, "can't read the signer's guard");
		if (count == 0)
			break;
		done += (size_t)count;
	}
	*ret_len = done;
	return STATUS_OK;
}

static enum status disk_write(void *self, uint64_t offset, const void *bytes, size_t len,
                              struct error *err)
{
	struct disk_file *file = self;
	size_t done = 0;

	while (done < len) {
		ssize_t count = pwrite(file->fd, (const uint8_t *)bytes + done,
		                       len - done, (off_t)(offset + done));

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, "can't write the signer's guard");
		done += (size_t)count;
	}
	return STATUS_OK;
}

static enum status disk_sync(void *self, struct error *err)
{
	struct disk_file *file = self;

	if (fdatasync(file->fd) != 0)
		return error_set_errno(err, "can't sync the signer's guard");
	return STATUS_OK;
}

static void disk_close(void *self)
{
	struct disk_file *file = self;

	(void)close(file->fd);
	free(file);
}

static const struct guard_file_ops disk_ops = {disk_read, disk_write, disk_sync,
                                               disk_close};

static enum status sync_name(const char *path, struct error *err)
{
	CLEANUP_FREE char *copy = strdup(path);

	if (copy == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	return file_sync_folder(dirname(copy), err);
}

enum status guard_file_open(const char *path, struct guard_file *ret_file,
                            struct error *err)
{
	CLEANUP_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct disk_file *file;

	if (fd < 0)
		return error_set_errno(err, "can't open the signer's guard %s", path);
	TRY(sync_name(path, err));
	file = malloc(sizeof *file);
	if (file == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the guard");
	file->fd = fd;
	fd = -1;
	*ret_file = (struct guard_file){&disk_ops, file};
	return STATUS_OK;
}

/* ---- memory */

static enum status memory_read(void *self, uint64_t offset, void *ret_bytes, size_t len,
                               size_t *ret_len, struct error *err)
{
	struct buf *bytes = self;
	size_t held = offset < bytes->len ? bytes->len - (size_t)offset : 0;

	*ret_len = held < len ? held : len;
	if (*ret_len > 0)
		memcpy(ret_bytes, bytes->data + offset, *ret_len);
	return STATUS_OK;
}

static enum status memory_write(void *self, uint64_t offset, const void *data, size_t len,
                                struct error *err)
{
	struct buf *bytes = self;
	size_t end = (size_t)offset + len;

	if (end > bytes->len) {
		size_t grown = end - bytes->len;
		uint8_t *space = buf_extend(bytes, grown);

		if (space == NULL)
			return buf_check(bytes, "the guard", err);
		memset(space, 0, grown);
	}
	memcpy(bytes->data + offset, data, len);
	return STATUS_OK;
}

static enum status memory_sync(void *self, struct error *err)
{
	return STATUS_OK;
}

static void memory_close(void *self)
{
	buf_release(self);
	free(self);
}

static const struct guard_file_ops memory_ops = {memory_read, memory_write, memory_sync,
                                                 memory_close};

enum status guard_file_in_memory(struct guard_file *ret_file, struct error *err)
{
	struct buf *bytes = malloc(sizeof *bytes);

	if (bytes == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the guard");
	*bytes = BUF_INIT(MEMORY_LEN_MAX);
	*ret_file = (struct guard_file){&memory_ops, bytes};
	return STATUS_OK;
}
