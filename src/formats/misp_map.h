/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which field of a kind is where in an event of MISP: the one table that writing and
 * reading share. A field without a place of its own travels in an object of Aldis in the
 * same event. Source: spec/formats.md; draft-dulaunoy-misp-core-format; the templates of
 * misp-objects.
 */
#ifndef ALDIS_FORMATS_MISP_MAP_H
#define ALDIS_FORMATS_MISP_MAP_H

#include "crypto/uuid.h"
#include "formats/words.h"

enum misp_place {
	MISP_PLACE_INFO,          /* the event's info */
	MISP_PLACE_REPORT,        /* content of the event's report */
	MISP_PLACE_DESCRIPTION,   /* of the kind's object */
	MISP_PLACE_CRITICALITY,   /* of the incident object, by misp_criticalities */
	MISP_PLACE_DETERMINATION, /* of the incident object, by misp_determinations */
	MISP_PLACE_FIRST_SEEN,    /* of the incident object */
	MISP_PLACE_LAST_SEEN,
	MISP_PLACE_TYPE,        /* a tag of rsit */
	MISP_PLACE_CONFIDENCE,  /* a tag of misp, and exactly in the object of Aldis */
	MISP_PLACE_RELIABILITY, /* a tag of admiralty-scale */
	MISP_PLACE_OBSERVABLES, /* attributes of the event */
};

struct misp_native {
	const char *field;
	enum misp_place place;
};

/* What an object is made by. */
struct misp_template {
	const char *name, *meta_category, *description, *uuid, *version;
};

struct misp_kind {
	const char *kind;
	const struct misp_template *template; /* of the kind's object, or NULL */
	const struct misp_native *natives;
	size_t native_count;
};

extern const struct misp_kind misp_kinds[];
extern const size_t misp_kind_count;

extern const struct misp_template misp_template_aldis, misp_template_incident,
    misp_template_measure, misp_template_account;

/* Relations of the object of Aldis that are no fields of a body. */
#define MISP_RELATION_KIND "aldis-kind"
#define MISP_RELATION_MESSAGE "aldis-message"
#define MISP_RELATION_RE "aldis-re"
#define MISP_RELATION_MADE "aldis-made"
#define MISP_RELATION_OBSERVABLES "aldis-observables"

/* NULL when nothing of MISP stands for the kind. */
const struct misp_kind *misp_kind_find(struct view kind);
/* NULL when the field travels in the object of Aldis. */
const struct misp_native *misp_native_find(const struct misp_kind *kind,
                                           struct view field);

/* Severity and determination, and the incident object's words for them. */
extern const struct formats_word misp_criticalities[], misp_determinations[];
/* Severity and threat_level_id; "4" and NULL for what is none. */
const char *misp_threat_level(struct view severity);
const char *misp_severity(struct view threat_level);

/* Is it a UUID as MISP writes them: hex digits in five groups? */
bool misp_uuid_check(struct view text);

#endif
