/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages on their way out, the part that is the same for all formats: which of them
 * go, which message of the others each answers, what of their envelopes stays behind.
 */
#ifndef ALDIS_FORMATS_PIECE_H
#define ALDIS_FORMATS_PIECE_H

#include "formats/message.h"
#include "formats/report.h"

/* One message that goes. */
struct formats_piece {
	const struct formats_message *message;
	const struct formats_message *re; /* among those that go, or NULL */
	struct json_doc doc;
	const struct json_token *body; /* NULL when there is none */
};

/* A field of the body, or NULL. */
const struct json_token *formats_piece_field(const struct formats_piece *piece,
                                             const char *name);
/* The same as text of JSON, to write as it stands. */
struct view formats_piece_text(const struct formats_piece *piece,
                               const struct json_token *token);

/* The side of the format. */
struct formats_outlet {
	void *context;
	bool (*takes)(struct view kind);
	enum status (*write)(void *context, const struct formats_piece *piece);
	const char *why_not; /* of a kind that it does not take */
};

/* Writes the messages in their order. A translation goes only when what it translates
 * does. MALFORMED when a body is not JSON. */
MUST_USE enum status formats_pieces_write(const struct formats_outlet *outlet,
                                          const struct formats_message *messages,
                                          size_t count, struct formats_report *report,
                                          struct error *err);

#endif
