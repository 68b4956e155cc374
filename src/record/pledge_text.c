/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks a pledge's text up by its name.
 */
#include "record/pledge_text.h"

const struct record_pledge_text *record_pledge_text_find(const char *name)
{
	for (size_t i = 0; i < record_pledge_text_count; i++)
		if (strcmp(record_pledge_texts[i].name, name) == 0)
			return &record_pledge_texts[i];
	return NULL;
}
