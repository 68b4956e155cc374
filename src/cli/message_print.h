/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message of the API's answer as a person reads it.
 */
#ifndef ALDIS_CLI_MESSAGE_PRINT_H
#define ALDIS_CLI_MESSAGE_PRINT_H

#include "cli/json_read.h"

/* One line: time, id, kind, what it is about, flags, where it stands. A signal is shown
 * in the language, as far as its codebook has it. */
void message_print_line(const struct json_doc *doc, const struct json_token *message,
                        const char *language);

/* The whole message. */
void message_print_whole(const struct json_doc *doc, const struct json_token *message,
                         const char *language);

#endif
