/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths of messages.
 */
#include "cli/message_path.h"

#include "cli/api_client.h"
#include "record/name.h"

enum status message_path_append(struct buf *path, const char *channel, const char *id,
                                struct error *err)
{
	struct record_message_id parsed;
	enum status status = record_message_id_decode(view_of_string(id), &parsed, err);

	if (status != STATUS_OK)
		return error_set(err, status,
		                 "a message's id is like north.example#12, this is not");
	buf_append_string(path, "/api/channels/");
	api_path_append(path, channel);
	buf_printf(path, "/messages/%s/%llu", parsed.desk.text,
	           (unsigned long long)parsed.index);
	return STATUS_OK;
}
