/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files. A new content is written under a hidden name in the same folder and
 * synced before it gets its own name, so under that name there is at any moment, and
 * after any crash, the old content or the new one, never a part. A crash may leave the
 * hidden file behind; nothing reads it.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"

enum { FILE_CHUNK_LEN = 64 * 1024 };

/* Reads once into the buffer; at its maximum, only whether there is more. */
static enum status read_some(int fd, struct buf *content, ssize_t *ret_count)
{
	size_t room = content->max - content->len;
	uint8_t beyond;
	uint8_t *space = &beyond;

	if (room > FILE_CHUNK_LEN)
		room = FILE_CHUNK_LEN;
	if (room > 0)
		space = buf_extend(content, room);
	if (space == NULL)
		return content->failed;
	do {
		*ret_count = read(fd, space, room > 0 ? room : 1);
	} while (*ret_count < 0 && errno == EINTR);
	content->len -= room;
	if (*ret_count > 0 && room == 0)
		return STATUS_LIMIT;
	if (*ret_count > 0)
		content->len += (size_t)*ret_count;
	return *ret_count < 0 ? STATUS_SYSTEM : STATUS_OK;
}

enum status file_read_fd(int fd, const char *name, struct buf *ret_content,
                         struct error *err)
{
	size_t len_before = ret_content->len;
	enum status status = STATUS_OK;
	ssize_t count = 1;

	TRY(buf_check(ret_content, name, err));
	while (status == STATUS_OK && count > 0)
		status = read_some(fd, ret_content, &count);
	if (status == STATUS_OK)
		return STATUS_OK;
	ret_content->len = len_before;
	ret_content->failed = STATUS_OK;
	if (status == STATUS_SYSTEM)
		return error_set_errno(err, "can't read %s", name);
	if (status == STATUS_LIMIT)
		return error_set(err, STATUS_LIMIT,
		                 "%s is larger than the %zu bytes allowed", name,
		                 ret_content->max - len_before);
	return error_set(err, status, "not enough memory to read %s", name);
}

enum status file_read(const char *path, struct buf *ret_content, struct error *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return error_set(err, STATUS_NOT_FOUND, "there is no file %s", path);
	if (fd < 0)
		return error_set_errno(err, "can't open %s", path);
	return file_read_fd(fd, path, ret_content, err);
}

static enum status write_all(int fd, struct view content)
{
	while (content.len > 0) {
		ssize_t count = write(fd, content.data, content.len);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return STATUS_SYSTEM;
		content = view_from(content, (size_t)count);
	}
	return STATUS_OK;
}

/* The folder a path lies in, as an owned string; NULL without memory. */
static char *folder_of(const char *path)
{
	CLEANUP_FREE char *copy = strdup(path);

	return copy == NULL ? NULL : strdup(dirname(copy));
}

static enum status sync_folder_of(const char *path, struct error *err)
{
	CLEANUP_FREE char *folder = folder_of(path);

	if (folder == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	return file_sync_folder(folder, err);
}

/* Makes a synced file with this content under a hidden name beside path. On failure
 * nothing is left behind and *ret_temporary is NULL. */
static enum status write_beside(const char *path, struct view content, mode_t mode,
                                char **ret_temporary, struct error *err)
{
	CLEANUP_FREE char *folder = folder_of(path);
	CLEANUP_FREE char *temporary = NULL;
	CLEANUP_FD int fd = -1;

	if (folder == NULL || asprintf(&temporary, "%s/.new-XXXXXX", folder) < 0) {
		temporary = NULL;
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, "can't make a file in %s", folder);
	if (fchmod(fd, mode) != 0 || write_all(fd, content) != STATUS_OK ||
	    fsync(fd) != 0) {
		enum status status = error_set_errno(err, "can't write %s", path);

		(void)unlink(temporary);
		return status;
	}
	*ret_temporary = temporary;
	temporary = NULL;
	return STATUS_OK;
}

enum status file_replace(const char *path, struct view content, mode_t mode,
                         struct error *err)
{
	CLEANUP_FREE char *temporary = NULL;

	TRY(write_beside(path, content, mode, &temporary, err));
	if (rename(temporary, path) != 0) {
		enum status status = error_set_errno(err, "can't replace %s", path);

		(void)unlink(temporary);
		return status;
	}
	return sync_folder_of(path, err);
}

enum status file_create(const char *path, struct view content, mode_t mode,
                        struct error *err)
{
	CLEANUP_FREE char *temporary = NULL;
	enum status status = STATUS_OK;

	TRY(write_beside(path, content, mode, &temporary, err));
	/* A hard link, unlike rename, refuses a name that is taken. */
	if (link(temporary, path) != 0)
		status = errno == EEXIST
		             ? error_set(err, STATUS_CONFLICT, "%s already exists", path)
		             : error_set_errno(err, "can't make %s", path);
	(void)unlink(temporary);
	return status == STATUS_OK ? sync_folder_of(path, err) : status;
}

static bool is_folder(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Makes one folder whose parent exists, durably. */
static enum status make_one_folder(const char *path, mode_t mode, struct error *err)
{
	if (mkdir(path, mode) == 0)
		return sync_folder_of(path, err);
	if (errno == EEXIST && is_folder(path))
		return STATUS_OK;
	return error_set_errno(err, "can't make the folder %s", path);
}

enum status file_make_folder(const char *path, mode_t mode, struct error *err)
{
	CLEANUP_FREE char *partial = strdup(path);

	if (partial == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	if (is_folder(path))
		return STATUS_OK;
	for (char *slash = partial; (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		if (!is_folder(partial))
			TRY(make_one_folder(partial, mode | S_IRWXU, err));
		*slash = '/';
	}
	return make_one_folder(path, mode, err);
}

enum status file_lock(const char *path, int *ret_fd, struct error *err)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	CLEANUP_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_set_errno(err, "can't open the lock %s", path);
	if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
		if (errno == EAGAIN || errno == EACCES)
			return error_set(err, STATUS_CONFLICT,
			                 "%s is held by another process", path);
		return error_set_errno(err, "can't lock %s", path);
	}
	*ret_fd = fd;
	fd = -1;
	return STATUS_OK;
}

enum status file_sync_folder(const char *path, struct error *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0)
		return error_set_errno(err, "can't sync the folder %s", path);
	return STATUS_OK;
}
