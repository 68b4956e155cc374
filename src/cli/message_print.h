/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message of the API's answer as a person reads it.
 */
#ifndef ALDIS_CLI_MESSAGE_PRINT_H
#define ALDIS_CLI_MESSAGE_PRINT_H

#include "cli/json_read.h"

/* One line: time, id, kind, what it is about, flags, where it stands. */
void message_print_line(const struct json_doc *doc, const struct json_token *message);

/* The whole message. */
void message_print_whole(const struct json_doc *doc, const struct json_token *message);

#endif
