/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data of a release: one JSON object in one form, ASCII, with nothing in it that
 * could end the HTML element that holds it. Its form alone; what it says is judged by
 * release/verify.h. Source: spec/release.md, Data.
 */
#ifndef ALDIS_RELEASE_DATA_H
#define ALDIS_RELEASE_DATA_H

#include "codec/json.h"

enum { RELEASE_DATA_MAX = 512 * 1024 * 1024 };

/* Appends the text as a JSON string in ASCII, without '<'. It must be UTF-8. */
void release_string_append(struct buf *out, struct view text);
/* Appends bytes as a base64 string. */
void release_bytes_append(struct buf *out, struct view bytes);

/* Tokens of the parts of the data, as borrowed from the document. */
struct release_data {
	struct json_doc doc;
	const struct json_token *manifest;                /* string */
	const struct json_token *charters, *cards, *ends; /* lists of strings */
	const struct json_token *logs;                    /* list of objects */
	const struct json_token *bodies;      /* list of lists of strings and nulls */
	const struct json_token *attachments; /* object of strings */
	const struct json_token *answers;     /* list of objects */
};

struct release_data_log {
	const struct json_token *origin, *checkpoint,
	    *entries; /* strings, list of strings */
};
struct release_data_answer {
	const struct json_token *desk, *entry, *body, *proof; /* strings */
};

/* Reads the data; the text is borrowed. ret_data starts all-zero; release it. MALFORMED:
 * another form, a member missing or too much, a value of another type. */
MUST_USE enum status release_data_read(struct view text, struct release_data *ret_data,
                                       struct error *err);
void release_data_release(struct release_data *data);

/* The members of an element of logs and of answers, which were checked when read. */
struct release_data_log release_data_log(const struct release_data *data,
                                         const struct json_token *log);
struct release_data_answer release_data_answer(const struct release_data *data,
                                               const struct json_token *answer);

#endif
