/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drafts as JSON, and who would get a message.
 */
#ifndef ALDIS_CONSOLE_WORK_DRAFT_JSON_H
#define ALDIS_CONSOLE_WORK_DRAFT_JSON_H

#include "console/api_call.h"
#include "office/drafts.h"

/* The draft's object. Without its body, when that is not wanted, the message lacks
 * "body". */
MUST_USE enum status draft_write(struct json_writer *writer, const char *name,
                                 struct api *api, const struct draft *draft,
                                 bool with_body, struct error *err);

/* Appends {"field","why"}; context is the json_writer. */
void draft_write_problem(void *context, const char *field, const char *why);

/* Appends [{"field","why"}] of a message in a channel; sizes as in draft_message_check.
 */
void draft_write_problems(struct json_writer *writer, const char *name,
                          const struct draft_message *message, struct desk *desk,
                          size_t channel, const uint64_t *sizes, size_t size_count);

/* "recipients": what each of them would owe, whether it can be reached, and whether the
 * language is one of its own. */
void draft_write_recipients(struct json_writer *writer, struct desk *desk, size_t channel,
                            const struct draft_message *message);

#endif
