/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks an export for what its list does not name: a file beside the listed ones could
 * be taken for a part of what was verified.
 */
#include "bundle/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"

static void close_folder(DIR **folder)
{
	if (*folder != NULL)
		(void)closedir(*folder);
}

static bool is_own(const char *path)
{
	return strcmp(path, BUNDLE_MANIFEST) == 0 || strcmp(path, BUNDLE_LIST) == 0;
}

/* A name of someone else's choosing, fit to be shown. */
static void clean(char *name)
{
	for (; *name != '\0'; name++)
		if (*name < 0x20 || *name > 0x7e)
			*name = '?';
}

static enum status refuse(struct bundle_check *check, const char *path, struct error *err)
{
	size_t len = strnlen(path, sizeof check->at.text - 1);

	memcpy(check->at.text, path, len);
	check->at.text[len] = '\0';
	clean(check->at.text);
	return error_set(err, STATUS_MALFORMED, "it does not belong to the export");
}

static enum status walk(struct bundle_check *check, const char *path, uint64_t *count,
                        struct error *err);

static enum status visit(struct bundle_check *check, const char *folder,
                         const struct dirent *item, uint64_t *count, struct error *err)
{
	char path[BUNDLE_PATH_MAX + NAME_MAX + 1];
	bool is_top = strcmp(folder, ".") == 0;
	struct stat info;

	if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
		return STATUS_OK;
	(void)snprintf(path, sizeof path, "%s%s%s", is_top ? "" : folder,
	               is_top ? "" : "/", item->d_name);
	if (strlen(path) >= BUNDLE_PATH_MAX)
		return refuse(check, path, err);
	if (fstatat(check->folder, path, &info, AT_SYMLINK_NOFOLLOW) != 0)
		return error_set_errno(err, "can't look into the export");
	if (S_ISDIR(info.st_mode))
		return walk(check, path, count, err);
	if (!is_own(path) && !bundle_list_has(&check->list, path))
		return refuse(check, path, err);
	++*count;
	return STATUS_OK;
}

static enum status walk(struct bundle_check *check, const char *path, uint64_t *count,
                        struct error *err)
{
	CLEANUP_FD int fd =
	    openat(check->folder, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	__attribute__((cleanup(close_folder))) DIR *folder =
	    fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *item;

	if (folder == NULL)
		return error_set_errno(err, "can't look into the export");
	fd = -1;
	for (errno = 0; (item = readdir(folder)) != NULL; errno = 0)
		TRY(visit(check, path, item, count, err));
	return errno == 0 ? STATUS_OK
	                  : error_set_errno(err, "can't look into the export");
}

/* The count settles the case of two paths whose short hashes are equal. */
enum status bundle_check_extra(struct bundle_check *check, struct error *err)
{
	uint64_t count = 0;

	TRY(walk(check, ".", &count, err));
	if (count != check->list.line_count + 2)
		return error_set(
		    err, STATUS_MALFORMED,
		    "the export holds another number of files than it lists");
	return STATUS_OK;
}
