/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue of kinds, as generated at build time from spec/kinds.json (the only place
 * where a kind is described), and the check of a body against it.
 */
#ifndef ALDIS_RECORD_KINDS_H
#define ALDIS_RECORD_KINDS_H

#include "codec/json.h"
#include "crypto/hash.h"

enum record_field_type {
	RECORD_FIELD_TEXT,     /* string of min to max code points */
	RECORD_FIELD_LANGUAGE, /* BCP 47 tag, "en", "zh-Hans" */
	RECORD_FIELD_TIME,     /* RFC 3339 */
	RECORD_FIELD_INTEGER,  /* min to max */
	RECORD_FIELD_BOOLEAN,
	RECORD_FIELD_CHOICE,  /* one of `choices` */
	RECORD_FIELD_HASH,    /* 64 hex digits */
	RECORD_FIELD_DESK,    /* desk name */
	RECORD_FIELD_MESSAGE, /* message id */
	RECORD_FIELD_BASE64,
	RECORD_FIELD_COUNTRY, /* the forms of record/form.h */
	RECORD_FIELD_ADDRESS,
	RECORD_FIELD_PREFIX,
	RECORD_FIELD_DOMAIN,
	RECORD_FIELD_TECHNIQUE,
	RECORD_FIELD_DURATION,
	RECORD_FIELD_DIGEST,
	RECORD_FIELD_OBJECT, /* members in `fields` */
	RECORD_FIELD_LIST,   /* min to max elements, each as fields[0] says */
};

/* Labels and other texts stand in every language of the catalogue: arrays with one
 * element for each of record_kinds_languages, read with record_kinds_text. */
struct record_choice {
	const char *value;
	const char *const *label;
	enum record_field_type form; /* of the text beside it, see `by`; else TEXT */
};

struct record_field {
	const char *name;
	enum record_field_type type;
	bool required;
	int64_t min, max;
	const struct record_choice *choices;
	size_t choice_count;
	const char *by; /* of a text: the choice beside it that says its form; or NULL */
	const struct record_field *fields;
	size_t field_count;
	const char *const *label;
};

struct record_kind {
	const char *name;
	bool is_automatic; /* written by the desk, never by a person */
	bool has_body;     /* a body is required exactly then, unless body_optional */
	bool body_optional;
	bool takes_re, needs_re; /* `re` may, must be there */
	/* Which kinds `re` may name: of answers_person all that persons write, else those
	 * listed (NULL-terminated); NULL: all. */
	bool answers_person;
	const char *const *answers;
	bool starts_duty, meets_duty; /* may be what a charter's duty is on, or owes */
	bool always_allowed; /* whatever kinds a charter names; all automatic ones */
	const struct record_field *fields;
	size_t field_count;
	const char *const *label, *const *help;
};

/* Sentences around the fields of a kind; {kinds} stands for kinds that it answers. */
enum record_word {
	RECORD_WORD_AUTOMATIC,
	RECORD_WORD_RE_REQUIRED,
	RECORD_WORD_RE_OPTIONAL,
	RECORD_WORD_RE_NONE,
	RECORD_WORD_KINDS_ANY,
	RECORD_WORD_KINDS_PERSON,
	RECORD_WORD_STARTS,
	RECORD_WORD_MEETS,
	RECORD_WORD_ALWAYS,
	RECORD_WORD_NO_BODY,
	RECORD_WORD_BODY_OPTIONAL,
	RECORD_WORD_FIELDS,
};

/* All kinds, sorted by name. */
extern const struct record_kind *const record_kinds;
extern const size_t record_kind_count;
/* SHA-256 of spec/kinds.json, which a charter names. */
extern const struct hash record_kinds_digest;
/* The file's bytes. */
extern const struct view record_kinds_json;

/* Codes of the languages of the texts, "en" first. */
extern const char *const record_kinds_languages[];
extern const size_t record_kinds_language_count;
/* What a type holds, by enum record_field_type, with {min}, {max}, {choices}, {of} for
 * what differs by field; and sentences, by enum record_word. */
extern const char *const *const record_kinds_types[];
extern const char *const record_kinds_type_names[]; /* as in spec/kinds.json */
extern const char *const *const record_kinds_words[];

/* The text in this language ("id", "id-ID", "id_ID.UTF-8"), or in English where there is
 * none in it. */
const char *record_kinds_text(const char *const *texts, const char *language);

/* NULL when unknown. */
const struct record_kind *record_kind_find(struct view name);

/* May `re` of a message of this kind name one of the other? */
bool record_kind_answers(const struct record_kind *kind, const struct record_kind *other);
/* The same as a status: MALFORMED names both kinds and what it may answer. */
MUST_USE enum status record_kind_check_answers(const struct record_kind *kind,
                                               const struct record_kind *other,
                                               struct error *err);

/* Checks a body's JSON against the kind. doc is scratch, reused. MALFORMED names the
 * field and the rule, in the English of the catalogue: "severity: must be one of low,
 * medium, …". */
MUST_USE enum status record_kind_check_body(const struct record_kind *kind,
                                            struct view body, struct json_doc *doc,
                                            struct error *err);

/* The same for a form that is being filled in: what is wrong with each field of the body,
 * one problem each, in the order of the catalogue. field is its place, as in
 * "observables[3].type", or "" for the body itself; both are valid for the call. */
typedef void record_body_problem(void *context, const char *field, const char *why);
void record_kind_body_problems(const struct record_kind *kind, struct view body,
                               struct json_doc *doc, record_body_problem *problem,
                               void *context);

#endif
