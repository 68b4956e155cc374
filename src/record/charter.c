/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A charter's memory, and the questions asked of one that was read.
 */
#include "record/charter.h"

#include <stdlib.h>

#include "record/kinds.h"

void record_charter_release(struct record_charter *charter)
{
	free(charter->members);
	free(charter->kinds_allowed);
	buf_release(&charter->text);
	buf_release(&charter->witnesses);
	if (charter->witness_policy != NULL)
		tlog_policy_release(charter->witness_policy);
	free(charter->witness_policy);
	*charter = (struct record_charter){0};
}

size_t record_charter_member(const struct record_charter *charter, const char *name)
{
	for (size_t i = 0; i < charter->member_count; i++)
		if (strcmp(charter->members[i].name.text, name) == 0)
			return i;
	return SIZE_MAX;
}

bool record_charter_allows(const struct record_charter *charter,
                           const struct record_kind *kind)
{
	if (kind->always_allowed || charter->kinds_allowed == NULL)
		return true;
	for (size_t i = 0; i < charter->kinds_allowed_count; i++)
		if (strcmp(charter->kinds_allowed[i], kind->name) == 0)
			return true;
	return false;
}
