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
	RECORD_FIELD_OBJECT, /* members in `fields` */
	RECORD_FIELD_LIST,   /* min to max elements, each as fields[0] says */
};

struct record_field {
	const char *name;
	enum record_field_type type;
	bool required;
	int64_t min, max;
	const char *const *choices; /* NULL-terminated */
	const struct record_field *fields;
	size_t field_count;
	const char *label; /* English */
};

struct record_kind {
	const char *name;
	bool is_automatic; /* written by the desk, never by a person */
	bool has_body;     /* a body is required exactly then, unless body_optional */
	bool body_optional;
	bool needs_re; /* `re` is required */
	const struct record_field *fields;
	size_t field_count;
	const char *label, *help; /* English */
};

/* All kinds, sorted by name. */
extern const struct record_kind *const record_kinds;
extern const size_t record_kind_count;
/* SHA-256 of spec/kinds.json, which a charter names. */
extern const struct hash record_kinds_digest;

/* NULL when unknown. */
const struct record_kind *record_kind_find(struct view name);

/* Checks a body's JSON against the kind. doc is scratch, reused. MALFORMED names the
 * field and the rule, in the English of the catalogue: "severity: must be one of low,
 * medium, …". */
MUST_USE enum status record_kind_check_body(const struct record_kind *kind,
                                            struct view body, struct json_doc *doc,
                                            struct error *err);

#endif
