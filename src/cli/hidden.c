/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By category, from utf8proc, and by the ranges that Unicode has set aside for what is
 * ignored when it can't be shown: these hold for versions to come.
 */
#include "cli/hidden.h"

#include <stddef.h>
#include <string.h>

#include <utf8proc.h>

enum { FIRST_JOINED = 0x590 }; /* behind Latin, Greek, Cyrillic, Armenian */

struct range {
	uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t at)
{
	for (size_t i = 0; i < count; i++)
		if (at >= ranges[i].first && at <= ranges[i].last)
			return true;
	return false;
}

#define IS_IN(ranges, at) is_in((ranges), sizeof(ranges) / sizeof((ranges)[0]), (at))

static bool is_selector(uint32_t at)
{
	static const struct range selectors[] = {
	    {0x180b, 0x180d}, {0x180f, 0x180f}, {0xfe00, 0xfe0f}, {0xe0100, 0xe01ef}};

	return IS_IN(selectors, at);
}

/* Letters and marks that fill a place and show nothing. */
static bool is_filler(uint32_t at)
{
	static const struct range fillers[] = {{0x34f, 0x34f},
	                                       {0x115f, 0x1160},
	                                       {0x17b4, 0x17b5},
	                                       {0x3164, 0x3164},
	                                       {0xffa0, 0xffa0}};

	return IS_IN(fillers, at);
}

/* Not yet assigned, and never to be seen. */
static bool is_reserved(uint32_t at)
{
	static const struct range reserved[] = {
	    {0x2065, 0x2065}, {0xfff0, 0xfff8}, {0xe0000, 0xe0fff}, {0xfdd0, 0xfdef}};

	return IS_IN(reserved, at) || (at & 0xfffe) == 0xfffe;
}

/* Signs that stand around numbers are of the category of what is not seen, and are. */
static bool is_number_sign(uint32_t at)
{
	static const struct range signs[] = {
	    {0x600, 0x605}, {0x6dd, 0x6dd},     {0x70f, 0x70f},    {0x890, 0x891},
	    {0x8e2, 0x8e2}, {0x110bd, 0x110bd}, {0x110cd, 0x110cd}};

	return IS_IN(signs, at);
}

/* The first letter of the category: L, M, N, P, S, Z, C. */
static char class_of(uint32_t at)
{
	return utf8proc_category_string((utf8proc_int32_t)at)[0];
}

static bool is_joined(uint32_t at)
{
	return at >= FIRST_JOINED && !is_filler(at) &&
	       strchr("LMS", class_of(at)) != NULL;
}

static bool may_vary(uint32_t at)
{
	if (at < FIRST_JOINED)
		return (at >= '0' && at <= '9') || at == '#' || at == '*' || at == 0xa9 ||
		       at == 0xae;
	return !is_filler(at) && strchr("LNPS", class_of(at)) != NULL;
}

static bool is_never_seen(uint32_t at)
{
	switch (utf8proc_category((utf8proc_int32_t)at)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	case UTF8PROC_CATEGORY_CF:
		return !is_number_sign(at);
	default:
		return is_filler(at) || is_reserved(at);
	}
}

bool hidden_is(uint32_t before, uint32_t at, uint32_t after)
{
	if (at >= ' ' && at < 0x7f)
		return false;
	if (at == 0x200c || at == 0x200d)
		return !is_joined(before) || !is_joined(after);
	if (is_selector(at))
		return !may_vary(before);
	return is_never_seen(at);
}
