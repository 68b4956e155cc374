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
	free(charter->approval);
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

static bool list_has(char (*kinds)[RECORD_KIND_LEN_MAX + 1], size_t count,
                     const struct record_kind *kind)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(kinds[i], kind->name) == 0)
			return true;
	return false;
}

bool record_charter_allows(const struct record_charter *charter,
                           const struct record_kind *kind)
{
	return kind->always_allowed || charter->kinds_allowed == NULL ||
	       list_has(charter->kinds_allowed, charter->kinds_allowed_count, kind);
}

bool record_charter_asks_approval(const struct record_charter *charter,
                                  const struct record_kind *kind)
{
	if (kind->is_automatic || strcmp(kind->name, "ack") == 0)
		return false;
	return charter->approves_all ||
	       list_has(charter->approval, charter->approval_count, kind);
}
