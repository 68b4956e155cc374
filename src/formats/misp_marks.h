/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tags of an event say that a message has a field for.
 */
#ifndef ALDIS_FORMATS_MISP_MARKS_H
#define ALDIS_FORMATS_MISP_MARKS_H

#include "formats/misp_index.h"

struct misp_marks {
	const char *tlp; /* as in an envelope, the strictest; or NULL */
	bool has_confidence;
	int64_t confidence;
	char letter[2];              /* of admiralty-scale, or empty */
	const char *type, *category; /* of rsit, or NULL */
};

/* Reads the tags of the event; of its attributes and objects the TLP alone. All others go
 * into the report. */
struct misp_marks misp_marks_read(const struct json_doc *doc,
                                  const struct misp_event *event,
                                  struct formats_report *report);

#endif
