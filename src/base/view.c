/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Searching and cutting borrowed bytes.
 */
#include "base/view.h"

bool view_take_line(struct view *rest, struct view *ret_line)
{
	const uint8_t *end = NULL;
	size_t len;

	if (rest->len > 0)
		end = memchr(rest->data, '\n', rest->len);
	if (end == NULL)
		return false;
	len = (size_t)(end - rest->data);
	*ret_line = view_of(rest->data, len);
	*rest = view_from(*rest, len + 1);
	return true;
}

size_t view_find(struct view haystack, struct view needle)
{
	const uint8_t *found = NULL;

	if (haystack.len >= needle.len && haystack.len > 0)
		found = memmem(haystack.data, haystack.len, needle.data, needle.len);
	return found == NULL ? SIZE_MAX : (size_t)(found - haystack.data);
}

size_t view_find_last(struct view haystack, struct view needle)
{
	const uint8_t *at;
	size_t left;

	if (haystack.len < needle.len || needle.len == 0)
		return needle.len == 0 ? haystack.len : SIZE_MAX;
	left = haystack.len - needle.len + 1;
	while ((at = memrchr(haystack.data, needle.data[0], left)) != NULL) {
		left = (size_t)(at - haystack.data);
		if (memcmp(at, needle.data, needle.len) == 0)
			return left;
	}
	return SIZE_MAX;
}

bool view_copy_string(struct view v, char *ret_string, size_t cap)
{
	if (cap > 0)
		ret_string[0] = '\0';
	if (v.len >= cap || (v.len > 0 && memchr(v.data, '\0', v.len) != NULL))
		return false;
	if (v.len > 0)
		memcpy(ret_string, v.data, v.len);
	ret_string[v.len] = '\0';
	return true;
}
