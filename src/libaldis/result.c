/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structs become accessors.
 */
#include "libaldis/result.h"

#include <stdlib.h>

enum aldis_answer libaldis_answer_result(const struct aldis_result *result)
{
	if (!result->found.is_consistent)
		return ALDIS_NO;
	return result->found.is_anchored ? ALDIS_OK : ALDIS_UNANCHORED;
}

PUBLIC const char *aldis_result_kind(const struct aldis_result *result)
{
	return bundle_kind_name(result->found.kind);
}

PUBLIC int aldis_result_is_consistent(const struct aldis_result *result)
{
	return result->found.is_consistent;
}

PUBLIC int aldis_result_is_anchored(const struct aldis_result *result)
{
	return result->found.is_anchored;
}

PUBLIC const char *aldis_result_file(const struct aldis_result *result)
{
	return result->found.file.text;
}

PUBLIC const char *aldis_result_reason(const struct aldis_result *result)
{
	return result->found.why.text;
}

PUBLIC size_t aldis_result_statement_count(const struct aldis_result *result)
{
	return result->found.statement_count;
}

PUBLIC const char *aldis_result_statement(const struct aldis_result *result, size_t index)
{
	if (index >= result->found.statement_count)
		return NULL;
	return bundle_statement(&result->found, index);
}

PUBLIC size_t aldis_result_desk_count(const struct aldis_result *result)
{
	return result->found.desk_count;
}

PUBLIC const char *aldis_result_desk_name(const struct aldis_result *result, size_t index)
{
	if (index >= result->found.desk_count)
		return NULL;
	return result->found.desks[index].name.text;
}

PUBLIC const char *aldis_result_desk_fingerprint(const struct aldis_result *result,
                                                 size_t index)
{
	if (index >= result->found.desk_count)
		return NULL;
	return result->found.desks[index].fingerprint;
}

PUBLIC int aldis_result_desk_is_anchored(const struct aldis_result *result, size_t index)
{
	return index < result->found.desk_count && result->found.desks[index].is_anchored;
}

PUBLIC uint64_t aldis_result_count(const struct aldis_result *result,
                                   enum aldis_count count)
{
	const struct bundle_result *found = &result->found;

	switch (count) {
	case ALDIS_COUNT_LOGS:
		return found->log_count;
	case ALDIS_COUNT_ENTRIES:
		return found->entry_count;
	case ALDIS_COUNT_BODIES:
		return found->body_count;
	case ALDIS_COUNT_ATTACHMENTS:
		return found->attachment_count;
	case ALDIS_COUNT_MALFORMED:
		return found->malformed_count;
	case ALDIS_COUNT_MISSING_ATTACHMENTS:
		return found->missing_attachment_count;
	case ALDIS_COUNT_WITHHELD:
		return found->withheld_count;
	case ALDIS_COUNT_OPEN_REFERENCES:
		return found->open_reference_count;
	case ALDIS_COUNT_FILES:
		return found->file_count;
	case ALDIS_COUNT_BYTES:
		return found->byte_count;
	case ALDIS_COUNT_FULL:
		return result->release != NULL ? result->release->result.full_count : 0;
	case ALDIS_COUNT_ENVELOPES:
		return result->release != NULL ? result->release->result.envelope_count
		                               : 0;
	}
	return 0;
}

PUBLIC size_t aldis_log_count(const struct aldis_result *result)
{
	return result->log_count;
}

PUBLIC int aldis_log(const struct aldis_result *result, size_t index,
                     struct aldis_checkpoint *checkpoint)
{
	if (index >= result->log_count || checkpoint == NULL)
		return 0;
	*checkpoint = result->logs[index].checkpoint;
	return 1;
}

PUBLIC uint64_t aldis_log_number(const struct aldis_result *result, size_t index,
                                 enum aldis_log_number which)
{
	const size_t count = sizeof result->logs->numbers / sizeof(uint64_t);

	if (index >= result->log_count || (size_t)which >= count)
		return 0;
	return result->logs[index].numbers[which];
}

PUBLIC void aldis_result_free(struct aldis_result *result)
{
	if (result == NULL)
		return;
	bundle_result_release(&result->found);
	libaldis_messages_release(&result->messages);
	libaldis_release_free(result->release);
	free(result->logs);
	free(result);
}
