/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine tag is namespace:predicate="value". Words are looked up in one table.
 */
#include "formats/misp_tag.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "formats/tlp.h"
#include "formats/words.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* What writes comes first: the words of the taxonomy misp, each for the numbers nearest
 * to its own. */
enum { WRITTEN_COUNT = 5 };
static const struct {
	const char *tag;
	int confidence;
} confidences[] = {
    {"misp:confidence-level=\"unconfident\"", 0},
    {"misp:confidence-level=\"rarely-confident\"", 25},
    {"misp:confidence-level=\"fairly-confident\"", 50},
    {"misp:confidence-level=\"usually-confident\"", 75},
    {"misp:confidence-level=\"completely-confident\"", 100},
    {"estimative-language:confidence-in-analytic-judgment=\"low\"", 15},
    {"estimative-language:confidence-in-analytic-judgment=\"moderate\"", 50},
    {"estimative-language:confidence-in-analytic-judgment=\"high\"", 85},
    {"estimative-language:likelihood-probability=\"almost-no-chance\"", 5},
    {"estimative-language:likelihood-probability=\"very-unlikely\"", 15},
    {"estimative-language:likelihood-probability=\"unlikely\"", 30},
    {"estimative-language:likelihood-probability=\"roughly-even-chance\"", 50},
    {"estimative-language:likelihood-probability=\"likely\"", 70},
    {"estimative-language:likelihood-probability=\"very-likely\"", 85},
    {"estimative-language:likelihood-probability=\"almost-certain\"", 95},
    {"admiralty-scale:information-credibility=\"1\"", 90},
    {"admiralty-scale:information-credibility=\"2\"", 70},
    {"admiralty-scale:information-credibility=\"3\"", 50},
    {"admiralty-scale:information-credibility=\"4\"", 30},
    {"admiralty-scale:information-credibility=\"5\"", 10},
};

/* The class of each type of incident in rsit, by the name that Aldis has for the
 * category. */
static const struct {
	const char *category;
	const char *const types[9];
} classes[] = {
    {"abusive-content", {"spam", "harmful-speech", "violence"}},
    {"malicious-code",
     {"infected-system", "c2-server", "malware-distribution", "malware-configuration"}},
    {"information-gathering", {"scanner", "sniffing", "social-engineering"}},
    {"intrusion-attempts", {"ids-alert", "brute-force", "exploit"}},
    {"intrusions",
     {"privileged-account-compromise", "unprivileged-account-compromise",
      "application-compromise", "system-compromise", "burglary"}},
    {"availability", {"dos", "ddos", "misconfiguration", "sabotage", "outage"}},
    {"information-content-security",
     {"unauthorised-information-access", "unauthorised-information-modification",
      "data-loss", "data-leak"}},
    {"fraud", {"unauthorised-use-of-resources", "copyright", "masquerade", "phishing"}},
    {"vulnerable",
     {"weak-crypto", "ddos-amplifier", "potentially-unwanted-accessible",
      "information-disclosure", "vulnerable-system"}},
    {"other", {"uncategorised", "undetermined"}},
    {"test", {"test"}},
};

void misp_tag_tlp(size_t tlp, char ret_tag[MISP_TAG_MAX + 1])
{
	snprintf(ret_tag, MISP_TAG_MAX + 1, "tlp:%s", formats_tlps[tlp].stix);
}

void misp_tag_confidence(int64_t confidence, char ret_tag[MISP_TAG_MAX + 1])
{
	int64_t nearest = (confidence + 12) / 25;

	if (nearest < 0)
		nearest = 0;
	if (nearest >= WRITTEN_COUNT)
		nearest = WRITTEN_COUNT - 1;
	snprintf(ret_tag, MISP_TAG_MAX + 1, "%s", confidences[nearest].tag);
}

void misp_tag_reliability(struct view letter, char ret_tag[MISP_TAG_MAX + 1])
{
	snprintf(ret_tag, MISP_TAG_MAX + 1, "admiralty-scale:source-reliability=\"%c\"",
	         letter.len == 1 ? tolower(letter.data[0]) : 'f');
}

/* Index in classes, or COUNT(classes). */
static size_t class_of(struct view type)
{
	for (size_t i = 0; i < COUNT(classes); i++) {
		for (size_t k = 0; k < COUNT(classes[i].types); k++) {
			if (classes[i].types[k] != NULL &&
			    view_equal_string(type, classes[i].types[k]))
				return i;
		}
	}
	return COUNT(classes);
}

bool misp_tag_type(struct view incident_type, char ret_tag[MISP_TAG_MAX + 1])
{
	size_t i = class_of(incident_type);

	if (i == COUNT(classes))
		return false;
	snprintf(ret_tag, MISP_TAG_MAX + 1, "rsit:%s=\"%.*s\"", classes[i].category,
	         (int)incident_type.len, (const char *)incident_type.data);
	return true;
}

static struct misp_tag read_tlp(const char *mark)
{
	struct misp_tag tag = {.says = MISP_TAG_OTHER};

	if (strcasecmp(mark, "white") == 0)
		mark = "clear"; /* of TLP 1 */
	for (size_t i = 0; i < FORMATS_TLP_COUNT; i++) {
		if (strcasecmp(mark, formats_tlps[i].stix) == 0)
			tag = (struct misp_tag){.says = MISP_TAG_TLP, .tlp = i};
	}
	return tag;
}

static struct misp_tag read_confidence(const char *name)
{
	for (size_t i = 0; i < COUNT(confidences); i++) {
		if (strcasecmp(name, confidences[i].tag) == 0)
			return (struct misp_tag){.says = MISP_TAG_CONFIDENCE,
			                         .confidence = confidences[i].confidence};
	}
	return (struct misp_tag){.says = MISP_TAG_OTHER};
}

/* The value of name, when it begins with prefix and ends with a quotation mark. */
static struct view value_behind(const char *name, const char *prefix)
{
	size_t skip = strlen(prefix), len = strlen(name);

	if (len <= skip + 1 || strncasecmp(name, prefix, skip) != 0 ||
	    name[len - 1] != '"')
		return view_of("", 0);
	return view_of(name + skip, len - skip - 1);
}

static struct misp_tag read_type(const char *name)
{
	struct misp_tag tag = {.says = MISP_TAG_OTHER};
	char prefix[64];

	for (size_t i = 0; i < COUNT(classes); i++) {
		struct view value;

		snprintf(prefix, sizeof prefix, "rsit:%s=\"", classes[i].category);
		value = value_behind(name, prefix);
		/* An older spelling of the taxonomy. */
		if (view_equal_string(value, "unauthorized-use-of-resources"))
			value = view_of_string("unauthorised-use-of-resources");
		tag.type = value.len == 0 ? NULL : formats_incident_type(value);
		if (tag.type == NULL)
			continue;
		tag.says = MISP_TAG_TYPE;
		tag.category = classes[i].category;
		return tag;
	}
	return tag;
}

struct misp_tag misp_tag_read(const char *name)
{
	struct view letter = value_behind(name, "admiralty-scale:source-reliability=\"");

	if (strncasecmp(name, "tlp:", 4) == 0)
		return read_tlp(name + 4);
	if (strncasecmp(name, "rsit:", 5) == 0)
		return read_type(name);
	if (letter.len == 1 && strchr("abcdefABCDEF", letter.data[0]) != NULL)
		return (struct misp_tag){.says = MISP_TAG_RELIABILITY,
		                         .letter = {(char)toupper(letter.data[0]), '\0'}};
	return read_confidence(name);
}
