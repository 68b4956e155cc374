/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files, read and replaced. A replacement is durable when it returns: written
 * beside, synced, renamed over, folder synced. Paths are C strings.
 */
#ifndef ALDIS_BASE_FILE_H
#define ALDIS_BASE_FILE_H

#include <sys/types.h>

#include "base/buf.h"

/* Appends the file's bytes to ret_content, which may grow to its max. NOT_FOUND when
 * there is no such file, LIMIT when it is larger, SYSTEM else. */
MUST_USE enum status file_read(const char *path, struct buf *ret_content,
                               struct error *err);

/* The same from a descriptor that the caller opened and checked, from where it stands to
 * its end; `name` is for the sentence. */
MUST_USE enum status file_read_fd(int fd, const char *name, struct buf *ret_content,
                                  struct error *err);

/* Creates or replaces the file with exactly these bytes and this mode, durably. */
MUST_USE enum status file_replace(const char *path, struct view content, mode_t mode,
                                  struct error *err);

/* As file_replace, but CONFLICT when the file already exists. */
MUST_USE enum status file_create(const char *path, struct view content, mode_t mode,
                                 struct error *err);

/* Makes the folder (and its parents) when missing. */
MUST_USE enum status file_make_folder(const char *path, mode_t mode, struct error *err);

/* Takes an exclusive lock on the file (made when missing) for as long as ret_fd is open:
 * CONFLICT when another process holds it. An open-file-description lock, so closing
 * another descriptor of the same file does not drop it. */
MUST_USE enum status file_lock(const char *path, int *ret_fd, struct error *err);

/* Makes the folder's list of names durable. */
MUST_USE enum status file_sync_folder(const char *path, struct error *err);

#endif
