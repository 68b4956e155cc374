/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables.
 */
#include "formats/misp_map.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const struct misp_template misp_template_aldis = {
    "aldis-message", "misc", "Message of an Aldis channel",
    "5d9627dd-3050-4c26-983b-476a8434a814", "1"};
const struct misp_template misp_template_incident = {
    "incident", "misc",
    "Incident object template as described in STIX 2.1 Incident object and its core "
    "extension.",
    "38597424-f9bb-4865-9b4b-819172df0334", "1"};
const struct misp_template misp_template_measure = {
    "course-of-action", "misc",
    "An object describing a specific measure taken to prevent or respond to an attack.",
    "3d1c2c06-68a9-4394-8c8d-258d115f796f", "1"};
const struct misp_template misp_template_account = {
    "user-account", "misc",
    "User-account object, defining aspects of user identification, authentication, "
    "privileges and other relevant data points.",
    "49606b06-22f0-4ac8-8eee-2f12ad46f3d3", "6"};

static const struct misp_native incident[] = {
    {"title", MISP_PLACE_INFO},
    {"summary", MISP_PLACE_DESCRIPTION},
    {"severity", MISP_PLACE_CRITICALITY},
    {"determination", MISP_PLACE_DETERMINATION},
    {"started", MISP_PLACE_FIRST_SEEN},
    {"ended", MISP_PLACE_LAST_SEEN},
    {"incident_type", MISP_PLACE_TYPE},
    {"confidence", MISP_PLACE_CONFIDENCE},
    {"source_reliability", MISP_PLACE_RELIABILITY},
    {"observables", MISP_PLACE_OBSERVABLES},
};

static const struct misp_native assessment[] = {
    {"title", MISP_PLACE_INFO},
    {"text", MISP_PLACE_REPORT},
    {"confidence", MISP_PLACE_CONFIDENCE},
    {"source_reliability", MISP_PLACE_RELIABILITY},
};

static const struct misp_native closing[] = {
    {"summary", MISP_PLACE_REPORT},
};

static const struct misp_native measure[] = {
    {"text", MISP_PLACE_DESCRIPTION},
};

static const struct misp_native translation[] = {
    {"text", MISP_PLACE_REPORT},
};

const struct misp_kind misp_kinds[] = {
    {"incident", &misp_template_incident, incident, COUNT(incident)},
    {"incident.update", &misp_template_incident, incident, COUNT(incident)},
    {"incident.close", NULL, closing, COUNT(closing)},
    {"assessment", NULL, assessment, COUNT(assessment)},
    {"measure", &misp_template_measure, measure, COUNT(measure)},
    {"translation", NULL, translation, COUNT(translation)},
};
const size_t misp_kind_count = COUNT(misp_kinds);

const struct misp_kind *misp_kind_find(struct view kind)
{
	for (size_t i = 0; i < misp_kind_count; i++) {
		if (view_equal_string(kind, misp_kinds[i].kind))
			return &misp_kinds[i];
	}
	return NULL;
}

const struct misp_native *misp_native_find(const struct misp_kind *kind,
                                           struct view field)
{
	for (size_t i = 0; i < kind->native_count; i++) {
		if (view_equal_string(field, kind->natives[i].field))
			return &kind->natives[i];
	}
	return NULL;
}

const struct formats_word misp_criticalities[] = {
    {"low", "Low"},          {"medium", "Moderate"}, {"high", "High"},
    {"critical", "Extreme"}, {NULL, NULL},
};

/* Those of a draft of STIX's Incident Core, which MISP's template keeps. */
const struct formats_word misp_determinations[] = {
    {"suspected", "suspected"},
    {"confirmed", "successful-attempt"},
    {"confirmed", "confirmed"}, /* STIX's word since */
    {"blocked", "blocked"},
    {"failed-attempt", "failed-attempt"},
    {"false-positive", "false-positive"},
    {NULL, NULL},
};

/* The first of several for one level is what is read. */
static const struct formats_word threat_levels[] = {
    {"high", "1"}, {"critical", "1"}, {"medium", "2"}, {"low", "3"}, {NULL, NULL},
};

const char *misp_threat_level(struct view severity)
{
	const char *level = formats_word_from(threat_levels, severity);

	return level == NULL ? "4" : level;
}

const char *misp_severity(struct view threat_level)
{
	return formats_word_to(threat_levels, threat_level);
}

static bool is_hex(uint8_t byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
	       (byte >= 'A' && byte <= 'F');
}

bool misp_uuid_check(struct view text)
{
	if (text.len != UUID_TEXT_LEN)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text.data[i] != '-' : !is_hex(text.data[i]))
			return false;
	}
	return true;
}
