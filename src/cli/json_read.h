/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Picking members out of the desk's answers. What is missing reads as empty, 0 or false:
 * an answer of a newer or older aldisd is shown as far as it is understood.
 */
#ifndef ALDIS_CLI_JSON_READ_H
#define ALDIS_CLI_JSON_READ_H

#include "codec/json.h"

/* Copies a string member; one that does not fit is empty. */
void json_read_string(const struct json_doc *doc, const struct json_token *object,
                      const char *name, char *ret_text, size_t cap);
/* Appends a string member, unescaped; false when there is none. */
bool json_read_text(const struct json_doc *doc, const struct json_token *object,
                    const char *name, struct buf *out);
int64_t json_read_integer(const struct json_doc *doc, const struct json_token *object,
                          const char *name);
bool json_read_bool(const struct json_doc *doc, const struct json_token *object,
                    const char *name);
/* The first element of a list member, or NULL; then json_next with the list. */
const struct json_token *json_read_list(const struct json_doc *doc,
                                        const struct json_token *object, const char *name,
                                        const struct json_token **ret_list);

#endif
