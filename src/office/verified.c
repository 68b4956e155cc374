/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row a channel: "office/verify/<id>".
 */
#include "office/verified.h"

#include <stdio.h>

#include "office/state.h"

enum { VERIFIED_TOKENS_MAX = 4096 };

static void key_of(const char *channel, char ret_key[OFFICE_KEY_MAX])
{
	snprintf(ret_key, OFFICE_KEY_MAX, "office/verify/%.*s", HASH_HEX_LEN, channel);
}

enum status office_verified_put(struct office *office, const char *channel,
                                struct view json, struct error *err)
{
	char key[OFFICE_KEY_MAX];

	key_of(channel, key);
	return office_put(office, key, json, err);
}

enum status office_verified_get(struct office *office, const char *channel,
                                struct buf *ret_json, struct error *err)
{
	char key[OFFICE_KEY_MAX];

	key_of(channel, key);
	TRY(office_get(office, key, ret_json, err));
	if (json_scan(&office->doc, buf_view(ret_json), VERIFIED_TOKENS_MAX, NULL) !=
	        STATUS_OK ||
	    json_root(&office->doc)->type != JSON_OBJECT)
		return error_set(err, STATUS_NOT_FOUND,
		                 "what the last check found can't be read");
	return STATUS_OK;
}
