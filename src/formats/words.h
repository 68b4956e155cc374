/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words of Aldis and those that other formats use for the same, and the ids that all
 * formats make of names.
 */
#ifndef ALDIS_FORMATS_WORDS_H
#define ALDIS_FORMATS_WORDS_H

#include "crypto/uuid.h"

struct formats_word {
	const char *aldis, *other;
};

/* Of tables that NULL ends; the first of several for one word is what is written. NULL
 * when there is none. */
const char *formats_word_from(const struct formats_word *words, struct view aldis);
const char *formats_word_to(const struct formats_word *words, struct view other);

/* Our word for a type of incident, by itself or by what STIX calls it; or NULL. */
const char *formats_incident_type(struct view value);

/* Out of the name space of Aldis. */
struct uuid formats_uuid(struct view name);
/* Of the name "type/channel/message". */
struct uuid formats_uuid_of(const char *type, const char *channel, const char *message);

#endif
