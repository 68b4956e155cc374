/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of the answers about channels and logs that several endpoints share.
 */
#ifndef ALDIS_CONSOLE_READING_STATE_H
#define ALDIS_CONSOLE_READING_STATE_H

#include "codec/json_writer.h"
#include "desk/desk.h"

/* The members of a channel's object that status, list and detail share. */
void state_write_channel(struct json_writer *writer, struct desk *desk, size_t channel);
/* The members of a log's object. */
void state_write_log(struct json_writer *writer, const struct desk_log_info *log);
/* "receipts": the newest one of each member for the own log. */
void state_write_receipts(struct json_writer *writer, struct desk *desk, size_t channel);
/* "asked_witnesses": neutral ones that the charter names, as they are asked about the own
 * log. */
void state_write_witnesses(struct json_writer *writer, const struct desk *desk,
                           size_t channel);

#endif
