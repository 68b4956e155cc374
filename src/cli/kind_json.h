/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue as JSON, for programs that make forms of it: as spec/kinds.json has it,
 * with shared fields and choices put in and every default written out.
 */
#ifndef ALDIS_CLI_KIND_JSON_H
#define ALDIS_CLI_KIND_JSON_H

#include "record/kinds.h"

/* One object: the whole kind. */
void kind_json_append(const struct record_kind *kind, struct buf *out);
/* An array of all kinds, without help and fields. */
void kind_json_append_list(struct buf *out);

#endif
