/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list is read twice: once for its hash, so that a changed list is never blamed on a
 * file, and then line by line beside the files. Of each path only eight bytes of its hash
 * are kept, to tell afterwards which files are not listed.
 */
#include "bundle/list.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"

enum { LINE_MAX_LEN = HASH_HEX_LEN + 2 + BUNDLE_PATH_MAX + 1 };

void bundle_list_append(struct buf *out, const struct hash *hash, const char *path)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(hash, hex);
	buf_printf(out, "%s  %s\n", hex, path);
}

static bool path_check(struct view path)
{
	if (path.len == 0 || path.len >= BUNDLE_PATH_MAX || path.data[0] == '/')
		return false;
	for (size_t i = 0; i < path.len; i++) {
		uint8_t byte = path.data[i];

		if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
		      byte == '/' || byte == '.' || byte == '-'))
			return false;
		if (byte == '/' && path.data[i - 1] == '/')
			return false;
	}
	return view_find(path, view_of_string("..")) == SIZE_MAX;
}

enum status bundle_list_line_decode(struct view line, struct hash *ret_hash,
                                    struct bundle_path *ret_path, struct error *err)
{
	const size_t path_start = HASH_HEX_LEN + 2;

	if (line.len <= path_start || line.data[line.len - 1] != '\n' ||
	    line.data[HASH_HEX_LEN] != ' ' || line.data[HASH_HEX_LEN + 1] != ' ' ||
	    hex_decode_exact(view_of(line.data, HASH_HEX_LEN), ret_hash->bytes,
	                     sizeof ret_hash->bytes, NULL) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED,
		                 "a line is not a hash, two blanks and a path");
	struct view path = view_of(line.data + path_start, line.len - path_start - 1);
	if (!path_check(path) ||
	    !view_copy_string(path, ret_path->text, sizeof ret_path->text))
		return error_set(err, STATUS_MALFORMED,
		                 "a line names an impossible path");
	return STATUS_OK;
}

/* The hash of all that is left of the stream. */
static enum status hash_stream(FILE *stream, struct hash *ret_hash, struct error *err)
{
	uint8_t piece[16 * 1024];
	struct sha256_stream hashing = sha256_open();
	size_t len;

	while ((len = fread(piece, 1, sizeof piece, stream)) > 0)
		sha256_update(&hashing, view_of(piece, len));
	*ret_hash = sha256_close(&hashing);
	if (ferror(stream))
		return error_set_errno(err, "can't read the list of files");
	return STATUS_OK;
}

/* Reads the next line, if there is one. */
static enum status advance(struct bundle_list *list, struct error *err)
{
	char text[LINE_MAX_LEN + 1];

	list->has_next = fgets(text, sizeof text, list->stream) != NULL;
	if (ferror(list->stream))
		return error_set_errno(err, "can't read the list of files");
	if (!list->has_next)
		return STATUS_OK;
	struct view line = view_of_string(text);
	sha256_update(&list->read, line);
	list->line_count++;
	TRY(bundle_list_line_decode(line, &list->next_hash, &list->next, err));
	return STATUS_OK;
}

enum status bundle_list_open(struct bundle_list *list, int folder,
                             const struct hash *hash, struct error *err)
{
	CLEANUP_FD int fd = -1;
	struct hash found;

	list->folder = folder;
	list->hash = *hash;
	list->names = BUF_INIT(SIZE_MAX);
	TRY(bundle_file_open(folder, BUNDLE_LIST, &fd, err));
	list->stream = fdopen(fd, "r");
	if (list->stream == NULL)
		return error_set_errno(err, "can't read the list of files");
	fd = -1;
	TRY(hash_stream(list->stream, &found, err));
	if (!hash_equal(&found, hash))
		return bundle_file_is_changed(err);
	rewind(list->stream);
	list->read = sha256_open();
	list->is_hashing = true;
	return advance(list, err);
}

bool bundle_list_is_next(const struct bundle_list *list, const char *path)
{
	return list->has_next && strcmp(list->next.text, path) == 0;
}

static uint64_t short_hash(const char *path)
{
	struct hash hash = sha256(view_of_string(path));
	uint64_t value;

	memcpy(&value, hash.bytes, sizeof value);
	return value;
}

enum status bundle_list_take(struct bundle_list *list, const char *path,
                             struct hash *ret_hash, struct error *err)
{
	uint64_t name = short_hash(path);

	if (!bundle_list_is_next(list, path))
		return error_set(err, STATUS_MALFORMED,
		                 "the list of files names %s where %s must stand",
		                 list->has_next ? list->next.text : "nothing", path);
	*ret_hash = list->next_hash;
	buf_append(&list->names, &name, sizeof name);
	TRY(buf_check(&list->names, "the list of files", err));
	return advance(list, err);
}

static int compare_names(const void *a, const void *b)
{
	const uint64_t *name_a = a, *name_b = b;

	return (*name_a > *name_b) - (*name_a < *name_b);
}

enum status bundle_list_end(struct bundle_list *list, uint64_t line_count,
                            struct error *err)
{
	struct hash read = sha256_close(&list->read);

	list->is_hashing = false;
	if (list->has_next)
		return error_set(err, STATUS_MALFORMED,
		                 "it names %s, which nothing in the export refers to",
		                 list->next.text);
	if (!hash_equal(&read, &list->hash))
		return bundle_file_is_changed(err);
	if (list->line_count != line_count)
		return error_set(err, STATUS_MALFORMED,
		                 "the manifest counts another number of files");
	qsort(list->names.data, list->names.len / sizeof(uint64_t), sizeof(uint64_t),
	      compare_names);
	return STATUS_OK;
}

bool bundle_list_has(const struct bundle_list *list, const char *path)
{
	uint64_t name = short_hash(path);

	return bsearch(&name, list->names.data, list->names.len / sizeof name,
	               sizeof name, compare_names) != NULL;
}

void bundle_list_release(struct bundle_list *list)
{
	if (list->stream != NULL)
		(void)fclose(list->stream);
	if (list->is_hashing)
		(void)sha256_close(&list->read);
	buf_release(&list->names);
	*list = (struct bundle_list){0};
}
