/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codebooks: numbered signals with typed parameters and a text in each of the book's
 * languages. A charter names a book by its digest; what a signal means is agreed before
 * it is sent. Source: spec/codebooks/README.md.
 */
#ifndef ALDIS_RECORD_CODEBOOK_H
#define ALDIS_RECORD_CODEBOOK_H

#include "codec/json.h"
#include "crypto/hash.h"

enum {
	RECORD_CODEBOOK_MAX = 1 << 20, /* bytes of a book */
	RECORD_SIGNAL_NUMBER_MAX = 9999,
	RECORD_SIGNAL_PARAMETERS_MAX = 8,
	RECORD_PARAMETER_NAME_MAX = 32,
	RECORD_PARAMETER_VALUE_MAX = 255, /* bytes */
	RECORD_SIGNAL_TEXT_MAX = 16384,   /* bytes of a rendered signal */
};

enum record_parameter_type {
	RECORD_PARAMETER_TIME,     /* 2026-11-20T23:49:00Z */
	RECORD_PARAMETER_DURATION, /* PT24H */
	RECORD_PARAMETER_COUNT,    /* whole number from 0 on */
	RECORD_PARAMETER_PREFIX,   /* 192.0.2.0/24, 2001:db8::1 */
	RECORD_PARAMETER_DOMAIN,
	RECORD_PARAMETER_HASH,      /* hex digits, 128 to 512 bits */
	RECORD_PARAMETER_SECTOR,    /* one of the book's */
	RECORD_PARAMETER_COUNTRY,   /* ISO 3166-1 alpha-2 */
	RECORD_PARAMETER_LANGUAGE,  /* BCP 47 */
	RECORD_PARAMETER_MESSAGE,   /* north.example#12 */
	RECORD_PARAMETER_REFERENCE, /* a number or name in someone's files: CVE-2026-1234
	                             */
};

struct record_codebook;

struct record_signal_parameter {
	const char *name;
	enum record_parameter_type type;
};

/* Lives as long as its book. Every parameter is required. */
struct record_signal {
	const struct record_codebook *book;
	int64_t number;
	size_t group; /* index */
	struct record_signal_parameter parameters[RECORD_SIGNAL_PARAMETERS_MAX];
	size_t parameter_count;
	const char **texts; /* by index of the book's languages, parameters as {name} */
};

struct record_signal_group {
	int64_t first, last; /* numbers of its signals */
	const char **labels; /* by index of the book's languages */
};

/* Reads a book strictly. MALFORMED names the place and the rule; LIMIT when it is larger
 * than RECORD_CODEBOOK_MAX. Nothing of json is borrowed. */
MUST_USE enum status record_codebook_decode(struct view json,
                                            struct record_codebook **ret_book,
                                            struct error *err);
/* Frees; NULL is fine. */
void record_codebook_free(struct record_codebook *book);

/* SHA-256 of the file's bytes, by which a charter names the book. */
const struct hash *record_codebook_digest(const struct record_codebook *book);
/* What the book calls itself: "aldis.default", 1. */
const char *record_codebook_id(const struct record_codebook *book);
int64_t record_codebook_version(const struct record_codebook *book);

/* The book's languages, as tags. */
size_t record_codebook_language_count(const struct record_codebook *book);
const char *record_codebook_language(const struct record_codebook *book, size_t index);
/* Index of the book's language that fits best: the same tag, else the same language
 * ("fr" for "fr-CA"), else English. NULL counts as unknown. */
size_t record_codebook_language_index(const struct record_codebook *book,
                                      const char *language);
const char *record_codebook_title(const struct record_codebook *book,
                                  size_t language_index);

/* Groups and signals, both in the order of their numbers. */
const struct record_signal_group *
record_codebook_groups(const struct record_codebook *book, size_t *ret_count);
const struct record_signal *record_codebook_signals(const struct record_codebook *book,
                                                    size_t *ret_count);
/* NULL: not in it. */
const struct record_signal *record_codebook_find(const struct record_codebook *book,
                                                 int64_t number);

/* The words of the book's sectors; NULL behind the last. */
const char *record_codebook_sector(const struct record_codebook *book, size_t nth);

/* "time", "count", …, as in the book. */
const char *record_parameter_type_name(enum record_parameter_type type);
/* What a value must look like: "a time such as 2026-11-20T23:49:00Z". */
const char *record_parameter_type_rule(enum record_parameter_type type);

/* Checks a `signal` body's parameters, a list of {name, value}, each parameter of the
 * signal once and no other; NULL stands for an empty list. MALFORMED names the parameter
 * and the rule. */
MUST_USE enum status record_signal_check(const struct record_signal *signal,
                                         const struct json_doc *doc,
                                         const struct json_token *parameters,
                                         struct error *err);

/* Appends the text in the language that fits best with the parameters put in: times in
 * UTC, digits, no words that a language would inflect. In a language written from right
 * to left each value stands between U+2066 and U+2069, so that its parts keep their
 * order; nothing else in the text turns a direction. Fails as record_signal_check does,
 * with nothing appended. */
MUST_USE enum status record_signal_render(const struct record_codebook *book,
                                          const struct record_signal *signal,
                                          const struct json_doc *doc,
                                          const struct json_token *parameters,
                                          const char *language, struct buf *out,
                                          struct error *err);

/* Books built into this program; NULL when it does not have the one. They are read at
 * first use and live as long as the program. */
const struct record_codebook *record_codebook_builtin(const struct hash *digest);
const struct record_codebook *record_codebook_builtin_at(size_t index);
/* The bytes of such a book's file; empty when there is none. */
struct view record_codebook_builtin_json(const struct hash *digest);
extern const struct hash record_codebook_default_digest;

#endif
