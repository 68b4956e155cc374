/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of an export, opened relative to its folder and read once.
 */
#include "bundle/file_in.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#include <assert.h>

enum { PIECE_LEN = 256 * 1024 };

enum status bundle_file_is_changed(struct error *err)
{
	return error_set(err, STATUS_MALFORMED,
	                 "its bytes are not those that the export was made with");
}

enum status bundle_file_open(int folder, const char *path, int *ret_fd, struct error *err)
{
	/* O_NONBLOCK: a named pipe in the place of a file must not stop us. */
	CLEANUP_FD int fd =
	    openat(folder, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat info;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, STATUS_NOT_FOUND, "it is missing");
	if (fd < 0 && (errno == ELOOP || errno == ENXIO))
		return error_set(err, STATUS_MALFORMED, "it is not a plain file");
	if (fd < 0 || fstat(fd, &info) != 0)
		return error_set_errno(err, "can't open %s", path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, STATUS_MALFORMED, "it is not a plain file");
	*ret_fd = fd;
	fd = -1;
	return STATUS_OK;
}

/* Reads up to len bytes at the end of buf; 0 at the end of the file. */
static enum status read_piece(int fd, struct buf *buf, size_t len, size_t *ret_len,
                              struct error *err)
{
	uint8_t *space = buf_extend(buf, len);
	ssize_t count;

	if (space == NULL)
		return error_set(err, buf->failed, "not enough memory to read a file");
	do {
		count = read(fd, space, len);
	} while (count < 0 && errno == EINTR);
	buf->len -= len - (count > 0 ? (size_t)count : 0);
	if (count < 0)
		return error_set_errno(err, "can't read a file of the export");
	*ret_len = (size_t)count;
	return STATUS_OK;
}

enum status bundle_file_read(int folder, const char *path, struct buf *content,
                             struct error *err)
{
	CLEANUP_FD int fd = -1;
	struct stat info;
	size_t got = 1;

	buf_clear(content);
	TRY(bundle_file_open(folder, path, &fd, err));
	if (fstat(fd, &info) != 0)
		return error_set_errno(err, "can't look at %s", path);
	if (info.st_size < 0 || (uint64_t)info.st_size > content->max)
		return error_set(err, STATUS_LIMIT,
		                 "it is larger than such a file can be");
	size_t len = (size_t)info.st_size;
	while (content->len < len && got > 0)
		TRY(read_piece(fd, content, len - content->len, &got, err));
	return STATUS_OK;
}

enum status bundle_file_begin(struct bundle_file *file, int folder, const char *path,
                              const struct hash *expected, struct error *err)
{
	TRY(bundle_file_open(folder, path, &file->fd, err));
	file->is_open = true;
	file->is_whole = false;
	file->stream = sha256_open();
	file->expected = *expected;
	file->at = 0;
	file->byte_count = 0;
	buf_clear(&file->window);
	return STATUS_OK;
}

void bundle_file_begin_whole(struct bundle_file *file, struct buf *content)
{
	struct buf before = file->window;

	assert(content->max == before.max && !file->is_open);
	file->window = *content;
	*content = before;
	file->is_whole = true;
	file->at = 0;
	file->byte_count = file->window.len;
}

/* Reads and hashes one more piece behind what is in the window. */
static enum status fill(struct bundle_file *file, size_t *ret_len, struct error *err)
{
	size_t before = file->window.len;

	*ret_len = 0;
	if (file->is_whole)
		return STATUS_OK;
	TRY(read_piece(file->fd, &file->window, PIECE_LEN, ret_len, err));
	sha256_update(&file->stream, view_of(file->window.data + before, *ret_len));
	file->byte_count += *ret_len;
	return STATUS_OK;
}

enum status bundle_file_next(struct bundle_file *file, size_t len, struct view *ret_bytes,
                             struct error *err)
{
	size_t got = 1;

	if (file->window.len - file->at < len) {
		buf_consume(&file->window, file->at);
		file->at = 0;
	}
	while (file->window.len - file->at < len && got > 0)
		TRY(fill(file, &got, err));
	if (file->window.len - file->at < len)
		return error_set(err, STATUS_MALFORMED, "it is cut short");
	*ret_bytes = view_of(file->window.data + file->at, len);
	file->at += len;
	return STATUS_OK;
}

/* Hashes what is left of the file; says whether there was anything. */
static enum status drain(struct bundle_file *file, bool *ret_was_done, struct error *err)
{
	size_t got = 0;

	*ret_was_done = file->at == file->window.len;
	do {
		buf_clear(&file->window);
		TRY(fill(file, &got, err));
		*ret_was_done = *ret_was_done && got == 0;
	} while (got > 0);
	return STATUS_OK;
}

static void close_file(struct bundle_file *file)
{
	if (!file->is_open)
		return;
	(void)close(file->fd);
	file->is_open = false;
}

enum status bundle_file_end(struct bundle_file *file, enum status status,
                            struct error *err)
{
	bool was_done = false;
	struct error drain_error;
	enum status drained = drain(file, &was_done, &drain_error);

	if (file->is_open) {
		struct hash hash = sha256_close(&file->stream);

		close_file(file);
		if (drained != STATUS_OK)
			return error_set(err, drained, "%s", drain_error.text);
		if (!hash_equal(&hash, &file->expected))
			return bundle_file_is_changed(err);
	}
	if (status == STATUS_OK && !was_done)
		return error_set(err, STATUS_MALFORMED, "it goes on behind its end");
	return status;
}

void bundle_file_release(struct bundle_file *file)
{
	if (file->is_open)
		(void)sha256_close(&file->stream);
	close_file(file);
	buf_release(&file->window);
}
