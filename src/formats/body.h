/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a draft while it is filled, field by field. Whether it keeps the rules of
 * its kind is asked when it is whole.
 */
#ifndef ALDIS_FORMATS_BODY_H
#define ALDIS_FORMATS_BODY_H

#include "codec/json_writer.h"
#include "record/kinds.h"

struct formats_body {
	struct json_writer writer;
	const struct record_kind *kind;
	uint64_t has; /* a bit for each field of the kind */
};

/* Opens a body of this kind behind what stands in out. */
struct formats_body formats_body_begin(const char *kind, struct buf *out);
void formats_body_end(struct formats_body *body);

/* The kind's field, or NULL. */
const struct record_field *formats_body_field(const struct formats_body *body,
                                              struct view name);
/* Was the field put? */
bool formats_body_has(const struct formats_body *body, const char *field);

/* Put a field, which must be the kind's and put once: as JSON, which must be well-formed;
 * as a word of our own; as text of a stranger. */
void formats_body_put(struct formats_body *body, const char *field, struct view json);
void formats_body_put_word(struct formats_body *body, const char *field,
                           const char *word);
void formats_body_put_text(struct formats_body *body, const char *field,
                           struct view text);

#endif
