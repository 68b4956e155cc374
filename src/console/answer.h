/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that are sent at once or after a wait, alike: one message, and what was
 * submitted.
 */
#ifndef ALDIS_CONSOLE_ANSWER_H
#define ALDIS_CONSOLE_ANSWER_H

#include "codec/json_writer.h"
#include "console/reading/register.h"
#include "console/waiting.h"

/* The members of a message's object, without its delivery. position UINT64_MAX: left out.
 */
void answer_write_message(struct json_writer *writer, const char *own,
                          const struct desk_message *message, uint64_t position,
                          bool is_opened);
/* "flags", and "why" where they need it. */
void answer_write_flags(struct json_writer *writer, const struct desk_message *message);

void answer_write_id(struct json_writer *writer, const char *name,
                     const struct record_message_id *id);

/* "kind", "sent", and "line", "tlp", "re" where it has them. */
void answer_write_head(struct json_writer *writer,
                       const struct record_envelope *envelope);

/* The names of those it is addressed to, which the next call on the desk may change; the
 * caller frees *ret_names. Addressed to all: none. */
MUST_USE enum status answer_copy_to(const struct desk_message *message,
                                    struct record_name **ret_names, size_t *ret_count,
                                    struct error *err);

/* "delivery": for each of these members (to_count 0: all others) where the own message
 * stands. proposals NULL: nobody can have answered it yet. */
void answer_write_delivery(struct json_writer *writer, struct desk *desk, size_t channel,
                           struct record_proposals *proposals, uint64_t index,
                           const struct record_name *to, size_t to_count);

/* "state": where the own message stands with the recipient for whom it looks worst.
 * Nothing is overdue: the caller has looked. */
MUST_USE enum status answer_write_worst(struct json_writer *writer, struct desk *desk,
                                        size_t channel,
                                        struct record_proposals *proposals,
                                        uint64_t index, const struct record_name *to,
                                        size_t to_count, struct error *err);

/* Replies with one message and what was answered to it. NOT_FOUND when it is not there.
 */
struct api;
MUST_USE enum status answer_message(struct api *api, uint64_t request, size_t channel,
                                    const struct record_message_id *id,
                                    struct error *err);

/* Replies 201 with what was submitted: its first, count, is_batch and to; 202 while it is
 * queued and has no ids yet. */
MUST_USE enum status answer_submitted(struct desk *desk, uint64_t request, size_t channel,
                                      const struct waiting *submitted, struct error *err);

#endif
