/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statuses become answers.
 */
#include "libaldis/answer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static_assert(ALDIS_ERROR_LEN == sizeof((struct error *)0)->text, "room for an error");

bool libaldis_is_usable(struct aldis_bytes bytes)
{
	return bytes.data != NULL || bytes.len == 0;
}

bool libaldis_are_usable(const struct aldis_bytes *bytes, size_t count)
{
	if (bytes == NULL && count > 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!libaldis_is_usable(bytes[i]))
			return false;
	return true;
}

enum aldis_answer libaldis_tell(enum aldis_answer answer, const struct error *err,
                                char *error)
{
	if (error != NULL)
		(void)snprintf(error, ALDIS_ERROR_LEN, "%s", err->text);
	return answer;
}

void libaldis_begin(char *error)
{
	if (error != NULL)
		error[0] = '\0';
}

enum aldis_answer libaldis_answer_of(enum status status, const struct error *err,
                                     char *error)
{
	switch (status) {
	case STATUS_OK:
		return ALDIS_OK;
	case STATUS_MALFORMED:
	case STATUS_UNTRUSTED:
	case STATUS_NOT_FOUND:
	case STATUS_CONFLICT:
	case STATUS_LIMIT:
		return libaldis_tell(ALDIS_NO, err, error);
	case STATUS_AGAIN:
	case STATUS_CLOSED:
	case STATUS_NO_MEMORY:
	case STATUS_SYSTEM:
	case STATUS_BUG:
		return libaldis_tell(ALDIS_FAILED, err, error);
	}
	return libaldis_tell(ALDIS_FAILED, err, error);
}

enum aldis_answer libaldis_usage(char *error)
{
	const struct error err = {"a parameter is NULL that may not be"};

	return libaldis_tell(ALDIS_USAGE, &err, error);
}

enum aldis_answer libaldis_no_memory(char *error)
{
	const struct error err = {"not enough memory"};

	return libaldis_tell(ALDIS_FAILED, &err, error);
}

struct view *libaldis_views(const struct aldis_bytes *bytes, size_t count)
{
	struct view *views = calloc(count + 1, sizeof *views);

	for (size_t i = 0; views != NULL && i < count; i++)
		views[i] = view_of_bytes(bytes[i]);
	return views;
}
