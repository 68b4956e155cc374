/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page is known by the hash of all its bytes, whatever stands between head and tail.
 */
#include "release/frame.h"

#include <strings.h>

struct release_page release_page_own(void)
{
	return (struct release_page){.version = ALDIS_VERSION,
	                             .head_len = release_page_head.len,
	                             .tail_len = release_page_tail.len,
	                             .hash =
	                                 sha256_2(release_page_head, release_page_tail)};
}

static bool take(struct view file, const struct release_page *page,
                 struct release_frame_found *ret_found)
{
	if (file.len < page->head_len || file.len - page->head_len < page->tail_len)
		return false;
	size_t tail_at = file.len - page->tail_len;
	struct hash hash =
	    sha256_2(view_of(file.data, page->head_len), view_from(file, tail_at));
	if (!hash_equal(&hash, &page->hash))
		return false;
	*ret_found = (struct release_frame_found){
	    .data = view_of(file.data + page->head_len, tail_at - page->head_len),
	    .version = page->version,
	    .hash = hash};
	return true;
}

enum status release_frame_split(struct view file, struct release_frame_found *ret_found,
                                struct error *err)
{
	const struct release_page own = release_page_own();

	if (take(file, &own, ret_found))
		return STATUS_OK;
	for (size_t i = 0; i < release_page_count; i++)
		if (take(file, &release_pages[i], ret_found))
			return STATUS_OK;
	return error_set(
	    err, STATUS_MALFORMED,
	    "the page around the data is none that this program knows: its script was "
	    "changed, and may show anything, or it is of a later version");
}

static bool starts_with(struct view file, const char *word)
{
	size_t len = strlen(word);

	return file.len >= len && strncasecmp((const char *)file.data, word, len) == 0;
}

bool release_frame_is_one(struct view file)
{
	static const uint8_t mark[] = {0xef, 0xbb, 0xbf};

	if (view_has_prefix(file, view_of(mark, sizeof mark)))
		file = view_from(file, sizeof mark);
	while (file.len > 0 && memchr(" \t\r\n", file.data[0], 4) != NULL)
		file = view_from(file, 1);
	return starts_with(file, "<!doctype html") || starts_with(file, "<html") ||
	       starts_with(file, "<!--") ||
	       view_find(file, view_of_string("id=\"release-data\"")) != SIZE_MAX;
}

enum status release_file_append(struct view data, struct buf *out)
{
	buf_append_view(out, release_page_head);
	buf_append_view(out, data);
	buf_append_view(out, release_page_tail);
	return out->failed;
}
