/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that rows, requests and answers share: sets of roles and scopes as lists of
 * their names, flags, times that may be absent.
 */
#ifndef ALDIS_OFFICE_FIELDS_H
#define ALDIS_OFFICE_FIELDS_H

#include "codec/json.h"
#include "codec/json_writer.h"
#include "office/principal.h"

void office_write_roles(struct json_writer *writer, const char *name, unsigned roles);
void office_write_scopes(struct json_writer *writer, const char *name, unsigned scopes);
/* A list without repetitions; at least one. */
MUST_USE enum status office_read_roles(const struct json_doc *doc,
                                       const struct json_token *value,
                                       unsigned *ret_roles, struct error *err);
MUST_USE enum status office_read_scopes(const struct json_doc *doc,
                                        const struct json_token *value,
                                        unsigned *ret_scopes, struct error *err);
MUST_USE enum status office_read_bool(const struct json_token *value, bool *ret_value,
                                      struct error *err);
/* A time, or "never" as 0. */
MUST_USE enum status office_read_time_or_never(const struct json_doc *doc,
                                               const struct json_token *value,
                                               int64_t *ret_s, struct error *err);

#endif
