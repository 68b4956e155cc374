/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies: every index stays in range, and all witnesses together satisfy any quorum.
 */
#include "tlog/policy.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_item(const struct tlog_policy *policy, size_t index)
{
	const struct tlog_policy_item *item = &policy->items[index];
	assert(item->name.len > 0);
	if (!item->is_group)
		return;
	assert(item->threshold >= 1 && item->threshold <= item->member_count);
	for (uint32_t i = 0; i < item->member_count; i++)
		assert(item->members[i] < index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct tlog_policy policy = {0};
	bool all[TLOG_POLICY_ITEMS_MAX], none[TLOG_POLICY_ITEMS_MAX] = {false};
	memset(all, true, sizeof all);
	if (tlog_policy_parse(view_of(data, len), &policy, NULL) == STATUS_OK) {
		for (size_t i = 0; i < policy.item_count; i++)
			check_item(&policy, i);
		assert(tlog_policy_is_satisfied(&policy, all));
		assert(tlog_policy_is_satisfied(&policy, none) == policy.has_quorum_none);
	}
	tlog_policy_release(&policy);
	return 0;
}
