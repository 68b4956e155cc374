/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The strict JSON of Aldis (RFC 7493 and tighter): UTF-8, no duplicate names (compared
 * after unescaping), no lone surrogates, no U+0000, numbers are whole within ±(2^53-1) in
 * their shortest form (no '-0', no fraction, no exponent), depth at most 16, nothing
 * behind the value. The scan makes a flat list of tokens that point into the text;
 * nothing is copied, and a document can be reused, so the hot path allocates nothing.
 *
 * For reading what others wrote; JSON is written with json_append_string and little else.
 */
#ifndef ALDIS_CODEC_JSON_H
#define ALDIS_CODEC_JSON_H

#include "base/buf.h"

enum {
	JSON_DEPTH_MAX = 16,
	JSON_TOKENS_MAX = 1 << 20, /* of one document; a caller may ask for fewer */
	JSON_FOREIGN_DEPTH_MAX = 64,
	JSON_FOREIGN_TOKENS_MAX = 1 << 23,
};

enum json_type {
	JSON_OBJECT,
	JSON_ARRAY,
	JSON_STRING,
	JSON_INTEGER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
	JSON_NUMBER /* only of json_scan_foreign: any other number, to copy or pass over
	             */
};

/* An object's children are name, value, name, value …; `next` is the index of the token
 * behind this one and all that is inside it. */
struct json_token {
	uint8_t type;   /* enum json_type */
	bool escaped;   /* a string that holds backslashes */
	uint32_t start; /* offset in the text; of a string, behind the quote */
	uint32_t len;   /* bytes; of a string, without the quotes */
	uint32_t count; /* members or elements */
	uint32_t next;
};

struct json_doc {
	struct view text; /* borrowed */
	struct json_token *tokens;
	uint32_t count, cap;
};

/* Scans the whole text into doc, which is reused if it already owns tokens. doc must
 * start all-zero. MALFORMED says the rule and the offset, never the bytes; LIMIT when
 * there are more than tokens_max tokens. On failure doc has count 0. */
MUST_USE enum status json_scan(struct json_doc *doc, struct view text,
                               uint32_t tokens_max, struct error *err);
/* The same for documents of formats that are not ours (STIX, CSAF, MISP): numbers of any
 * form that JSON has, depth at most JSON_FOREIGN_DEPTH_MAX, tokens at most
 * JSON_FOREIGN_TOKENS_MAX. All other rules hold. */
MUST_USE enum status json_scan_foreign(struct json_doc *doc, struct view text,
                                       uint32_t tokens_max, struct error *err);
void json_release(struct json_doc *doc);

/* The whole value. doc must hold a scanned text. */
const struct json_token *json_root(const struct json_doc *doc);

/* The value of a member, or NULL. object must be a JSON_OBJECT token of doc. */
const struct json_token *json_member(const struct json_doc *doc,
                                     const struct json_token *object, const char *name);

/* Walks: the first child, and the sibling behind (of an object: names and values by
 * turns). NULL at the end. */
const struct json_token *json_first(const struct json_doc *doc,
                                    const struct json_token *parent);
const struct json_token *json_next(const struct json_doc *doc,
                                   const struct json_token *parent,
                                   const struct json_token *child);

/* The bytes of a token as written (a string without quotes, escapes as they stand). */
struct view json_raw(const struct json_doc *doc, const struct json_token *token);
/* The token's whole text, a string with its quotes. */
struct view json_text(const struct json_doc *doc, const struct json_token *token);
/* Compares an unescaped string value. */
bool json_string_is(const struct json_doc *doc, const struct json_token *token,
                    const char *string);
/* Appends the unescaped string. */
void json_string_append(const struct json_doc *doc, const struct json_token *token,
                        struct buf *out);
/* Copies an unescaped string with NUL; false when it does not fit. */
bool json_string_copy(const struct json_doc *doc, const struct json_token *token,
                      char *ret_string, size_t cap);
/* The value of a JSON_INTEGER token. */
int64_t json_integer(const struct json_doc *doc, const struct json_token *token);
/* Counts code points of a string value, unescaped. */
size_t json_string_length(const struct json_doc *doc, const struct json_token *token);

/* Appends `"…"` with what JSON must escape escaped; text must be valid UTF-8. */
void json_append_string(struct buf *out, struct view text);

#endif
