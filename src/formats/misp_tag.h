/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tags of MISP taxonomies that say what a field of a message says: TLP, confidence, the
 * reliability of a source, the type of an incident. Source: misp-taxonomies (tlp, misp,
 * estimative-language, admiralty-scale, rsit); the numbers of words are those of STIX
 * 2.1, appendix A, and of the taxonomy misp.
 */
#ifndef ALDIS_FORMATS_MISP_TAG_H
#define ALDIS_FORMATS_MISP_TAG_H

#include "base/view.h"

enum { MISP_TAG_MAX = 255 };

/* ---- writing; ret_tag is a tag's name ---- */

void misp_tag_tlp(size_t tlp, char ret_tag[MISP_TAG_MAX + 1]);
void misp_tag_confidence(int64_t confidence, char ret_tag[MISP_TAG_MAX + 1]);
/* letter: "A" to "F". */
void misp_tag_reliability(struct view letter, char ret_tag[MISP_TAG_MAX + 1]);
/* False when rsit has no class for the type. */
bool misp_tag_type(struct view incident_type, char ret_tag[MISP_TAG_MAX + 1]);

/* ---- reading ---- */

enum misp_tag_says {
	MISP_TAG_TLP,
	MISP_TAG_CONFIDENCE,
	MISP_TAG_RELIABILITY,
	MISP_TAG_TYPE,
	MISP_TAG_OTHER, /* nothing that a message has a field for */
};

struct misp_tag {
	enum misp_tag_says says;
	size_t tlp;         /* index in formats_tlps */
	int64_t confidence; /* 0 to 100 */
	char letter[2];
	const char *type, *category; /* category: NULL when Aldis has none of the name */
};

struct misp_tag misp_tag_read(const char *name);

#endif
