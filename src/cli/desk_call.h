/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request to the running desk and its answer, for commands that need no more.
 */
#ifndef ALDIS_CLI_DESK_CALL_H
#define ALDIS_CLI_DESK_CALL_H

#include "cli/api_client.h"

/* ret_answer starts all-zero and is the caller's to release. */
MUST_USE enum status desk_call_get(const struct cli *cli, const char *path,
                                   struct api_answer *ret_answer, struct error *err);
/* body is JSON; it may be empty. */
MUST_USE enum status desk_call_post(const struct cli *cli, const char *path,
                                    struct view body, struct api_answer *ret_answer,
                                    struct error *err);

/* The same with a body that is no JSON. */
MUST_USE enum status desk_call_post_bytes(const struct cli *cli, const char *path,
                                          struct view body, struct api_answer *ret_answer,
                                          struct error *err);

/* Appends a list of words, "watch,officer", as a JSON list member of what is being
 * written. */
struct json_writer;
void desk_call_write_words(struct json_writer *writer, const char *name,
                           const char *words);
/* A list member of strings as "watch,officer", cut where it does not fit. */
void desk_call_read_words(const struct json_doc *doc, const struct json_token *object,
                          const char *name, char *ret_words, size_t cap);

#endif
