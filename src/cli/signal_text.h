/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals as people read them: in their language, and safe for a terminal.
 */
#ifndef ALDIS_CLI_SIGNAL_TEXT_H
#define ALDIS_CLI_SIGNAL_TEXT_H

#include "record/codebook.h"

/* The signal that a message of kind `signal` names, if this program has its book and the
 * book its number; else NULL. body is the message's. */
const struct record_signal *signal_text_find(const struct json_doc *doc,
                                             const struct json_token *body);

/* Appends the text of a message of kind `signal` in the language, of which at most
 * points_max characters; false, with nothing appended, when it can't be read. message is
 * an object of the API. */
bool signal_text_append(const struct json_doc *doc, const struct json_token *message,
                        const char *language, size_t points_max, struct buf *out);

#endif
