/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notes of the watch: one text that all at the desk share.
 */
#ifndef ALDIS_OFFICE_NOTES_H
#define ALDIS_OFFICE_NOTES_H

#include "office/office.h"

enum { NOTES_LEN_MAX = 64 * 1024 };

struct notes { /* release its text */
	struct buf text;
	int64_t version; /* 0: never written */
	char by[OFFICE_NAME_MAX + 1];
	int64_t time_s; /* 0: never */
};

/* ret_notes starts all-zero. */
MUST_USE enum status notes_read(struct office *office, struct notes *ret_notes,
                                struct error *err);
/* CONFLICT: another version was written meanwhile. LIMIT. Audited and announced. */
MUST_USE enum status notes_write(struct office *office,
                                 const struct office_principal *who, int64_t version,
                                 struct view text, struct error *err);

#endif
