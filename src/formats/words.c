/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables, and the name space.
 */
#include "formats/words.h"

#include <stddef.h>

#include "base/cleanup.h"
#include "record/kinds.h"

static const struct formats_word incident_types[] = {
    {"brute-force", "brute-force-attempt"},
    {"brute-force", "dictionary-attack-attempt"},
    {"brute-force", "password-cracking-attempt"},
    {"c2-server", "c&c-server-hosting"},
    {"system-compromise", "compromised-system"},
    {"copyright", "copyrighted-content"},
    {"data-leak", "data-exfiltration"},
    {"data-loss", "deletion-information"},
    {"dos", "denial-of-service"},
    {"malware-distribution", "dissemination-malware-email"},
    {"malware-distribution", "hosting-malware-webpage"},
    {"phishing", "dissemination-phishing-emails"},
    {"phishing", "hosting-phishing-sites"},
    {"infected-system", "infected-by-known-malware"},
    {"infected-system", "known-malware"},
    {"unauthorised-information-modification", "modification-information"},
    {"scanner", "network-scanning"},
    {"scanner", "scan-probe"},
    {"scanner", "system-probe"},
    {"masquerade", "illegitimate-use-name"},
    {"unauthorised-use-of-resources", "illegitimate-use-resources"},
    {"sabotage", "vandalism"},
    {"sniffing", "wiretapping"},
    {NULL, NULL},
};

const char *formats_word_from(const struct formats_word *words, struct view aldis)
{
	for (; words->aldis != NULL; words++) {
		if (view_equal_string(aldis, words->aldis))
			return words->other;
	}
	return NULL;
}

const char *formats_word_to(const struct formats_word *words, struct view other)
{
	for (; words->aldis != NULL; words++) {
		if (view_equal_string(other, words->other))
			return words->aldis;
	}
	return NULL;
}

const char *formats_incident_type(struct view value)
{
	const struct record_kind *kind = record_kind_find(view_of_string("incident"));

	for (size_t i = 0; i < kind->field_count; i++) {
		const struct record_field *field = &kind->fields[i];

		if (strcmp(field->name, "incident_type") != 0)
			continue;
		for (size_t k = 0; k < field->choice_count; k++) {
			if (view_equal_string(value, field->choices[k].value))
				return field->choices[k].value;
		}
	}
	return formats_word_to(incident_types, value);
}

static const struct uuid aldis_space = {{0x49, 0x6c, 0xe4, 0xba, 0x2a, 0xb0, 0x46, 0x35,
                                         0xa9, 0xb0, 0x9c, 0xeb, 0x3a, 0x8a, 0xa6, 0xee}};

struct uuid formats_uuid(struct view name)
{
	return uuid_v5(&aldis_space, name);
}

struct uuid formats_uuid_of(const char *type, const char *channel, const char *message)
{
	CLEANUP_BUF struct buf name = BUF_INIT(4096);

	buf_printf(&name, "%s/%s/%s", type, channel, message);
	return formats_uuid(buf_view(&name));
}
