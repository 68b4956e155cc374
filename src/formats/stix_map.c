/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables, and how ids are made.
 */
#include "formats/stix_map.h"

#include <stdio.h>

#include "formats/words.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct stix_native incident[] = {
    {"language", STIX_PLACE_PROPERTY, "lang"},
    {"title", STIX_PLACE_PROPERTY, "name"},
    {"summary", STIX_PLACE_PROPERTY, "description"},
    {"confidence", STIX_PLACE_PROPERTY, "confidence"},
    {"determination", STIX_PLACE_DETERMINATION, "determination"},
    {"severity", STIX_PLACE_CRITICALITY, "criticality"},
    {"incident_type", STIX_PLACE_TYPE, "incident_types"},
    {"started", STIX_PLACE_EVENT, "start_time"},
    {"started_fidelity", STIX_PLACE_EVENT, "start_time_fidelity"},
    {"ended", STIX_PLACE_EVENT, "end_time"},
    {"ended_fidelity", STIX_PLACE_EVENT, "end_time_fidelity"},
    {"observables", STIX_PLACE_OBSERVABLES, NULL},
    {"reference", STIX_PLACE_REFERENCE, "external_references"},
};

static const struct stix_native assessment[] = {
    {"language", STIX_PLACE_PROPERTY, "lang"},
    {"text", STIX_PLACE_PROPERTY, "content"},
    {"title", STIX_PLACE_PROPERTY, "abstract"},
    {"confidence", STIX_PLACE_PROPERTY, "confidence"},
};

static const struct stix_native closing[] = {
    {"language", STIX_PLACE_PROPERTY, "lang"},
    {"summary", STIX_PLACE_PROPERTY, "content"},
};

static const struct stix_native measure[] = {
    {"language", STIX_PLACE_PROPERTY, "lang"},
    {"text", STIX_PLACE_PROPERTY, "description"},
};

static const struct stix_native translation[] = {
    {"language", STIX_PLACE_CONTENTS, "contents"},
    {"text", STIX_PLACE_CONTENT, "contents"},
};

const struct stix_kind stix_kinds[] = {
    {"incident", "incident", incident, COUNT(incident), "description"},
    {"incident.update", "incident", incident, COUNT(incident), "description"},
    {"incident.close", "note", closing, COUNT(closing), "content"},
    {"assessment", "note", assessment, COUNT(assessment), "content"},
    {"measure", "course-of-action", measure, COUNT(measure), "description"},
    {"translation", "language-content", translation, COUNT(translation), NULL},
};
const size_t stix_kind_count = COUNT(stix_kinds);

const struct stix_kind *stix_kind_find(struct view kind)
{
	for (size_t i = 0; i < stix_kind_count; i++) {
		if (view_equal_string(kind, stix_kinds[i].kind))
			return &stix_kinds[i];
	}
	return NULL;
}

const struct stix_kind *stix_kind_of_type(struct view type)
{
	static const char *const plain[] = {"incident", "assessment", "measure",
	                                    "translation"};

	for (size_t i = 0; i < COUNT(plain); i++) {
		const struct stix_kind *kind = stix_kind_find(view_of_string(plain[i]));

		if (view_equal_string(type, kind->type))
			return kind;
	}
	return NULL;
}

const struct stix_native *stix_native_find(const struct stix_kind *kind,
                                           struct view field)
{
	for (size_t i = 0; i < kind->native_count; i++) {
		if (view_equal_string(field, kind->natives[i].field))
			return &kind->natives[i];
	}
	return NULL;
}

const struct formats_word stix_determinations[] = {
    {"suspected", "suspected"},
    {"confirmed", "confirmed"},
    {"confirmed", "successful-attempt"}, /* of a draft, and still MISP's word */
    {"blocked", "blocked"},
    {"failed-attempt", "failed-attempt"},
    {"false-positive", "false-positive"},
    {NULL, NULL},
};

/* The steps of STIX 2.1 appendix A, "None / Low / Med / High", with one above. */
static const struct {
	const char *word;
	int value, least;
} severities[] = {
    {"critical", 100, 95},
    {"high", 85, 70},
    {"medium", 50, 30},
    {"low", 15, 1},
};

int stix_severity_from(struct view severity)
{
	for (size_t i = 0; i < COUNT(severities); i++) {
		if (view_equal_string(severity, severities[i].word))
			return severities[i].value;
	}
	return -1;
}

const char *stix_severity_to(int64_t criticality)
{
	for (size_t i = 0; i < COUNT(severities) && criticality <= 100; i++) {
		if (criticality >= severities[i].least)
			return severities[i].word;
	}
	return NULL;
}

/* STIX 2.1, 2.9: 00abedb4-aa42-466c-9c01-fed23315a9b7. */
static const struct uuid observable_space = {{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46,
                                              0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15,
                                              0xa9, 0xb7}};

static void put_id(const char *type, const struct uuid *uuid,
                   char ret_id[STIX_ID_MAX + 1])
{
	char text[UUID_TEXT_LEN + 1];

	uuid_encode(uuid, text);
	snprintf(ret_id, STIX_ID_MAX + 1, "%.60s--%s", type, text);
}

void stix_id_make(const char *type, struct view name, char ret_id[STIX_ID_MAX + 1])
{
	struct uuid uuid = formats_uuid(name);

	put_id(type, &uuid, ret_id);
}

void stix_id_of(const char *type, const char *channel, const char *message,
                char ret_id[STIX_ID_MAX + 1])
{
	struct uuid uuid = formats_uuid_of(type, channel, message);

	put_id(type, &uuid, ret_id);
}

void stix_id_observable(const char *type, struct view properties,
                        char ret_id[STIX_ID_MAX + 1])
{
	struct uuid uuid = uuid_v5(&observable_space, properties);

	put_id(type, &uuid, ret_id);
}
