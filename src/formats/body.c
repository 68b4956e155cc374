/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON writer that remembers which fields it wrote.
 */
#include "formats/body.h"

#include <assert.h>

struct formats_body formats_body_begin(const char *kind, struct buf *out)
{
	struct formats_body body = {
	    .writer = json_writer_of(out),
	    .kind = record_kind_find(view_of_string(kind)),
	};

	assert(body.kind->field_count <= 64);
	json_writer_object(&body.writer, NULL);
	return body;
}

void formats_body_end(struct formats_body *body)
{
	json_writer_end(&body->writer);
}

const struct record_field *formats_body_field(const struct formats_body *body,
                                              struct view name)
{
	for (size_t i = 0; i < body->kind->field_count; i++) {
		if (view_equal_string(name, body->kind->fields[i].name))
			return &body->kind->fields[i];
	}
	return NULL;
}

static uint64_t bit_of(const struct formats_body *body, const char *field)
{
	const struct record_field *found =
	    formats_body_field(body, view_of_string(field));

	return found == NULL ? 0 : (uint64_t)1 << (found - body->kind->fields);
}

bool formats_body_has(const struct formats_body *body, const char *field)
{
	return (body->has & bit_of(body, field)) != 0;
}

void formats_body_put(struct formats_body *body, const char *field, struct view json)
{
	body->has |= bit_of(body, field);
	json_writer_raw(&body->writer, field, json);
}

void formats_body_put_word(struct formats_body *body, const char *field, const char *word)
{
	body->has |= bit_of(body, field);
	json_writer_string(&body->writer, field, word);
}

void formats_body_put_text(struct formats_body *body, const char *field, struct view text)
{
	body->has |= bit_of(body, field);
	json_writer_text(&body->writer, field, text);
}
