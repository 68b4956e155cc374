/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decoded book from inside, shared by the files codebook*.c and nobody else.
 */
#ifndef ALDIS_RECORD_CODEBOOK_PARTS_H
#define ALDIS_RECORD_CODEBOOK_PARTS_H

#include "record/codebook.h"

enum {
	CODEBOOK_LANGUAGES_MAX = 16,
	CODEBOOK_FILES_MAX = 16,
};

struct codebook_sector {
	const char *word;
	const char **labels;
};

struct record_codebook {
	struct hash digest;
	const char *id;
	int64_t version;
	char languages[CODEBOOK_LANGUAGES_MAX][16];
	size_t language_count;
	const char **titles;
	struct codebook_sector *sectors;
	size_t sector_count;
	struct record_signal_group *groups;
	size_t group_count;
	struct record_signal *signals;
	size_t signal_count;

	/* Everything that the pointers above point to: all strings, unescaped, each with
	 * its NUL, and all lists of strings. */
	char *strings;
	size_t strings_len, strings_cap;
	const char **lists;
	size_t list_len, list_cap;
};

/* A file of spec/codebooks/ as embedded by tools/gen_codebooks.py. */
struct codebook_file {
	struct view bytes;
	struct hash digest;
};
extern const struct codebook_file *const record_codebook_files;
extern const size_t record_codebook_file_count;

/* Is it written as its type demands? */
bool codebook_value_check(const struct record_codebook *book,
                          enum record_parameter_type type, struct view value);
/* Appends a checked value as a person reads it. */
void codebook_value_append(const struct record_codebook *book,
                           enum record_parameter_type type, struct view value,
                           size_t language_index, struct buf *out);

/* Copies an unescaped string of the file into the book. */
const char *codebook_keep_string(struct record_codebook *book, const struct json_doc *doc,
                                 const struct json_token *value);
/* A lower-case word: an id, a sector. */
enum status codebook_read_word(const struct json_doc *doc, const struct json_token *value,
                               struct record_codebook *book, const char **ret_word,
                               struct error *err);
/* {"en":"…","id":"…"}: each of the book's languages and no other. */
enum status codebook_read_texts(const struct json_doc *doc,
                                const struct json_token *value,
                                struct record_codebook *book, size_t points_max,
                                const char ***ret_list, struct error *err);
/* Does each text name every parameter of the signal in braces, and nothing else? */
enum status codebook_check_slots(const struct record_codebook *book,
                                 const struct record_signal *signal,
                                 const char *const *texts, struct error *err);

/* The next part of a text: what stands before a slot, and the slot's name (empty at the
 * end). False behind the end and when a brace stands alone; *rest is then left there. */
bool codebook_text_next(struct view *rest, struct view *ret_before,
                        struct view *ret_name);

/* A letter a to z, then letters, digits and '_'. */
bool codebook_parameter_name_check(struct view name);
/* Index of the parameter with this name, or parameter_count. */
size_t codebook_parameter_index(const struct record_signal *signal, struct view name);

#endif
