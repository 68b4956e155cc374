/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message as a row of a list: what it is, its headline, where it stands. Its body only
 * where the headline can't be made without it (signals).
 */
#ifndef ALDIS_CONSOLE_READING_ROW_H
#define ALDIS_CONSOLE_READING_ROW_H

#include "console/api_call.h"
#include "office/briefs.h"

/* What rows of one channel are written with. */
struct row_context {
	struct api *api;
	size_t channel;
	const struct channel_briefs *briefs;
	struct record_proposals *proposals;
};
MUST_USE enum status row_context_open(struct api *api, size_t channel,
                                      struct row_context *ret_context, struct error *err);

/* The members of a row's object. position UINT64_MAX: left out. */
MUST_USE enum status row_write(struct json_writer *writer,
                               const struct row_context *context, uint64_t position,
                               const struct desk_message *message, struct error *err);

/* Has it been opened here? Always true of what is own, or written by a desk itself. */
bool row_is_opened(const struct channel_briefs *briefs,
                   const struct record_message_id *id);

/* Appends the headline of a message, or nothing. doc is scratch. */
void row_headline(const struct desk_message *message, struct json_doc *doc,
                  struct buf *out);

#endif
