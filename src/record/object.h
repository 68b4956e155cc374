/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a JSON object against a table of its members: each known member has a reader,
 * an unknown or a missing one is refused. Beside it what reads and writes single values
 * that cards, charters and envelopes share. Knows nothing of what an object means.
 */
#ifndef ALDIS_RECORD_OBJECT_H
#define ALDIS_RECORD_OBJECT_H

#include "codec/json.h"
#include "codec/json_writer.h"
#include "crypto/hash.h"

enum { RECORD_OBJECT_MEMBERS_MAX = 32 };

/* Reads one member's value into context. The sentence need not name the member. */
typedef enum status record_member_reader(const struct json_doc *doc,
                                         const struct json_token *value, void *context,
                                         struct error *err);

struct record_member {
	const char *name;
	bool required;
	record_member_reader *read;
};

/* Calls the reader of every member of object, in the object's order; fastest when that is
 * the table's order. MALFORMED: not an object, an unknown member, a required one missing,
 * or what a reader says with the member's name in front. member_count is at most
 * RECORD_OBJECT_MEMBERS_MAX. */
MUST_USE enum status record_object_read(const struct json_doc *doc,
                                        const struct json_token *object,
                                        const struct record_member *members,
                                        size_t member_count, void *context,
                                        struct error *err);

/* Refuses what is not an array of min to max elements. */
MUST_USE enum status record_array_check(const struct json_token *value, size_t min,
                                        size_t max, struct error *err);

/* A string of min to max bytes (unescaped), with NUL; cap is at least max + 1. */
MUST_USE enum status record_string_read(const struct json_doc *doc,
                                        const struct json_token *value, size_t min,
                                        size_t max, char *ret_text, struct error *err);
MUST_USE enum status record_integer_read(const struct json_doc *doc,
                                         const struct json_token *value, int64_t min,
                                         int64_t max, int64_t *ret_value,
                                         struct error *err);
/* "2026-11-20T23:49:00Z" as seconds since 1970. */
MUST_USE enum status record_time_read(const struct json_doc *doc,
                                      const struct json_token *value, int64_t *ret_s,
                                      struct error *err);
/* "PT24H" as seconds. */
MUST_USE enum status record_duration_read(const struct json_doc *doc,
                                          const struct json_token *value, int64_t *ret_s,
                                          struct error *err);
/* 64 lower-case hex digits. */
MUST_USE enum status record_hex_hash_read(const struct json_doc *doc,
                                          const struct json_token *value,
                                          struct hash *ret_hash, struct error *err);
/* As it is read by the one above. */
void record_hex_hash_write(struct json_writer *writer, const char *name,
                           const struct hash *hash);
/* Canonical base64 of exactly len bytes, at most 32. */
MUST_USE enum status record_base64_read(const struct json_doc *doc,
                                        const struct json_token *value,
                                        uint8_t *ret_bytes, size_t len,
                                        struct error *err);
/* A list of 1 to 16 language tags, none twice. */
MUST_USE enum status record_languages_read(const struct json_doc *doc,
                                           const struct json_token *value,
                                           char (*ret_languages)[16], size_t *ret_count,
                                           struct error *err);
/* The version member "aldis": 1. */
MUST_USE enum status record_version_read(const struct json_doc *doc,
                                         const struct json_token *value, void *context,
                                         struct error *err);

/* Has it the form of a BCP 47 tag of at most 15 bytes: "en", "zh-Hans"? */
bool record_language_check(struct view tag);
/* Has it the form of a kind's or a line's name: lower-case letters, digits, '-', '.',
 * first a letter, 1 to max bytes? */
bool record_word_check(struct view word, size_t max);

#endif
