/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borrowed bytes. A view owns nothing and is valid as long as what it points into.
 */
#ifndef ALDIS_BASE_VIEW_H
#define ALDIS_BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct view {
	const uint8_t *data;
	size_t len; /* bytes */
};

static inline struct view view_of(const void *data, size_t len)
{
	return (struct view){.data = data, .len = len};
}

/* The bytes of a C string without its NUL. */
static inline struct view view_of_string(const char *string)
{
	return view_of(string, strlen(string));
}

static inline bool view_equal(struct view a, struct view b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool view_equal_string(struct view a, const char *string)
{
	return view_equal(a, view_of_string(string));
}

static inline bool view_has_prefix(struct view a, struct view prefix)
{
	return a.len >= prefix.len && view_equal(view_of(a.data, prefix.len), prefix);
}

/* The part from offset on; offset must be at most v.len. */
static inline struct view view_from(struct view v, size_t offset)
{
	/* Nothing may be added to the NULL of an empty view, not even 0. */
	return offset == 0 ? v : view_of(v.data + offset, v.len - offset);
}

/* Cuts off the bytes up to the first '\n' into ret_line (without it) and moves *rest
 * behind it. False, with nothing changed, when *rest holds no '\n'. */
bool view_take_line(struct view *rest, struct view *ret_line);

/* Offset of the first / last occurrence of needle (not empty), or SIZE_MAX. */
size_t view_find(struct view haystack, struct view needle);
size_t view_find_last(struct view haystack, struct view needle);

/* Copies into a C string of capacity cap; false (and an empty string) when it does not
 * fit with its NUL or holds a NUL itself. */
bool view_copy_string(struct view v, char *ret_string, size_t cap);

#endif
