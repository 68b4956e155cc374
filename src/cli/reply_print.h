/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people answered to a message, shown beneath it: read and understood or not with
 * the paraphrase, translations with translator and reviewer, opened evidence and whether
 * it is what was committed to.
 */
#ifndef ALDIS_CLI_REPLY_PRINT_H
#define ALDIS_CLI_REPLY_PRINT_H

#include "cli/json_read.h"

/* Prints which text is the original, the translations in the body, the evidence and the
 * replies of a message as the API gives it. */
void reply_print_all(const struct json_doc *doc, const struct json_token *message);

/* Prints "  fr  translated by A, reviewed by B (south.example#7)" and the text;
 * translation is a body of that kind, entry its id or empty. */
void reply_print_translation(const struct json_doc *doc,
                             const struct json_token *translation, const char *entry);

#endif
