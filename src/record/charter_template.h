/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The charter templates that come with Aldis, to draft from or to copy; generated at
 * build time from spec/templates/, the only place where they stand.
 */
#ifndef ALDIS_RECORD_CHARTER_TEMPLATE_H
#define ALDIS_RECORD_CHARTER_TEMPLATE_H

#include "base/view.h"

struct record_charter_template {
	const char *name; /* "states" */
	struct view json;
};

extern const struct record_charter_template record_charter_templates[];
extern const size_t record_charter_template_count;

/* NULL when there is none of this name. */
const struct record_charter_template *record_charter_template_find(const char *name);

#endif
