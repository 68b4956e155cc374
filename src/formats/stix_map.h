/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which field of a kind is which property of a STIX 2.1 object: the one table that
 * writing and reading share. A field without a place of its own travels in the extension
 * of Aldis on the same object. Source: spec/formats.md.
 */
#ifndef ALDIS_FORMATS_STIX_MAP_H
#define ALDIS_FORMATS_STIX_MAP_H

#include "formats/words.h"

#define STIX_ALDIS_EXTENSION "extension-definition--81960d46-91bf-4cfb-bb9b-a2a9b0e97c33"
#define STIX_INCIDENT_CORE "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
#define STIX_EVENT_EXTENSION "extension-definition--4ca6de00-5b0d-45ef-a1dc-ea7279ea910e"
#define STIX_ALDIS_IDENTITY "identity--4186416e-3aaa-4474-a9ca-812a45e811f6"
#define STIX_REFERENCE_SOURCE "aldis-reference"

enum stix_place {
	STIX_PLACE_PROPERTY,      /* of the object, same JSON value */
	STIX_PLACE_DETERMINATION, /* of Incident Core, by stix_determinations */
	STIX_PLACE_CRITICALITY,   /* of Incident Core, by stix_severities */
	STIX_PLACE_TYPE,          /* first element of Incident Core's incident_types */
	STIX_PLACE_EVENT,         /* of the event that Incident Core names */
	STIX_PLACE_OBSERVABLES,   /* related-to relationships to cyber-observables */
	STIX_PLACE_REFERENCE,     /* external reference of STIX_REFERENCE_SOURCE */
	STIX_PLACE_CONTENTS,      /* the language of language-content's contents */
	STIX_PLACE_CONTENT,       /* and the text in it */
};

struct stix_native {
	const char *field;
	enum stix_place place;
	const char *property;
};

struct stix_kind {
	const char *kind;
	const char *type; /* of the object */
	const struct stix_native *natives;
	size_t native_count;
	const char *text; /* the property that a translation of it replaces */
};

extern const struct stix_kind stix_kinds[];
extern const size_t stix_kind_count;

/* NULL when no type of STIX stands for the kind. */
const struct stix_kind *stix_kind_find(struct view kind);
/* What an object of this type without our extension becomes, or NULL. */
const struct stix_kind *stix_kind_of_type(struct view type);
/* NULL when the field travels in the extension. */
const struct stix_native *stix_native_find(const struct stix_kind *kind,
                                           struct view field);

extern const struct formats_word stix_determinations[];

/* Severity as criticality, 0 to 100; -1 for a word that is none. */
int stix_severity_from(struct view severity);
/* NULL outside 1 to 100. */
const char *stix_severity_to(int64_t criticality);

enum { STIX_ID_MAX = 100 };

/* "type--UUID" out of the name space of Aldis and a name. */
void stix_id_make(const char *type, struct view name, char ret_id[STIX_ID_MAX + 1]);
/* The same from parts with a '/' in between. */
void stix_id_of(const char *type, const char *channel, const char *message,
                char ret_id[STIX_ID_MAX + 1]);
/* A cyber-observable's: from the properties that STIX names, by its own name space. */
void stix_id_observable(const char *type, struct view properties,
                        char ret_id[STIX_ID_MAX + 1]);

#endif
