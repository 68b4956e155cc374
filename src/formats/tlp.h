/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The five marks of TLP 2.0 and what STIX calls them. Source: OASIS, TLP 2.0 extension
 * for STIX 2.1. The marks of TLP 1 are read too (STIX 2.1, 7.2.1.4), and the one that
 * OpenCTI made for AMBER+STRICT.
 */
#ifndef ALDIS_FORMATS_TLP_H
#define ALDIS_FORMATS_TLP_H

#include "codec/json_writer.h"

enum { FORMATS_TLP_COUNT = 5 };

struct formats_tlp {
	const char *name;    /* "AMBER+STRICT", as in an envelope */
	const char *stix;    /* "amber+strict" */
	const char *stix_id; /* of the marking-definition */
	const char *old_id;  /* of the mark that is read too */
};

/* The least strict first. */
extern const struct formats_tlp formats_tlps[FORMATS_TLP_COUNT];

/* Index by name, by either id; FORMATS_TLP_COUNT when there is none. */
size_t formats_tlp_by_name(struct view name);
size_t formats_tlp_by_stix_id(struct view id);

/* Writes the marking-definition as OASIS published it. */
void formats_tlp_write_stix(size_t index, struct json_writer *writer);

#endif
