/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attached CSAF 2.0 advisory says of itself. It stays an attachment, byte for
 * byte: read are the rules of the schema for `document`, and of the rest only whether it
 * has the right type. Source: OASIS, CSAF 2.0, 3.2; spec/formats.md.
 */
#ifndef ALDIS_FORMATS_CSAF_H
#define ALDIS_FORMATS_CSAF_H

#include "codec/json.h"

enum { FORMATS_CSAF_TEXT_MAX = 1000 };

struct formats_csaf {
	/* What is longer is cut, with an ellipsis behind it. */
	char id[FORMATS_CSAF_TEXT_MAX + 1]; /* tracking.id */
	char title[FORMATS_CSAF_TEXT_MAX + 1];
	char tlp[8]; /* WHITE, GREEN, AMBER, RED, or empty */
};

/* NOT_FOUND: no CSAF at all (no JSON, or without document.csaf_version). MALFORMED: CSAF
 * that breaks its schema; the sentence names the member and the rule. */
MUST_USE enum status formats_csaf_read(struct view text, struct formats_csaf *ret_csaf,
                                       struct error *err);

#endif
