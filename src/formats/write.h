/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats that are written, by name.
 */
#ifndef ALDIS_FORMATS_WRITE_H
#define ALDIS_FORMATS_WRITE_H

#include "formats/message.h"
#include "formats/report.h"

struct formats_written {
	const char *name; /* "stix" */
	/* Does anything of it stand for the kind? */
	bool (*takes)(struct view kind);
	/* Appends the document; what has no place in it goes into the report. channel:
	 * its id in hex. */
	enum status (*write)(const char *channel, const struct formats_message *messages,
	                     size_t count, struct buf *out, struct formats_report *report,
	                     struct error *err);
};

extern const struct formats_written formats_written[];
extern const size_t formats_written_count;

/* NULL when there is none. */
const struct formats_written *formats_written_find(const char *name);

#endif
