/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the CSAF advisories attached to a message say of themselves.
 */
#ifndef ALDIS_CONSOLE_READING_ADVISORIES_H
#define ALDIS_CONSOLE_READING_ADVISORIES_H

#include "codec/json_writer.h"
#include "desk/desk.h"

/* An attachment that is larger is not looked into; nor are those behind the first
 * ADVISORIES_LEN_MAX bytes of a message, for all is done within the desk's turn. */
enum {
	ADVISORY_LEN_MAX = 4 * 1024 * 1024,
	ADVISORIES_LEN_MAX = 16 * 1024 * 1024,
};

/* "advisories": for each attachment that is here and is CSAF 2.0 its blob, and id, title
 * and tlp; or, when it breaks its schema, the sentence that says where ("breach"). Left
 * out when there is none. envelope may be NULL; the desk's next call may change it, so it
 * is read first. */
MUST_USE enum status advisories_write(struct json_writer *writer, struct desk *desk,
                                      size_t channel, const struct record_message_id *id,
                                      const struct record_envelope *envelope,
                                      struct error *err);

#endif
