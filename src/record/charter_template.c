/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks a charter template up by its name.
 */
#include "record/charter_template.h"

const struct record_charter_template *record_charter_template_find(const char *name)
{
	for (size_t i = 0; i < record_charter_template_count; i++)
		if (strcmp(record_charter_templates[i].name, name) == 0)
			return &record_charter_templates[i];
	return NULL;
}
