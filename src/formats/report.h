/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a translation between Aldis and another format could not carry over: a list with
 * one item for each thing, in the order of its finding. Nothing is dropped without one.
 */
#ifndef ALDIS_FORMATS_REPORT_H
#define ALDIS_FORMATS_REPORT_H

#include "codec/json_writer.h"

enum { FORMATS_REPORT_ITEMS_MAX = 1 << 20 };

struct formats_report_item {
	uint32_t where, what, why; /* offsets in the texts */
};

/* Starts all-zero; release it. */
struct formats_report {
	struct formats_report_item *items;
	size_t count, cap;
	struct buf texts; /* C strings behind one another */
	uint32_t last_why;
	enum status failed;
};

/* where: id of the message or object; what: its field, property or type, or "" for the
 * whole; why: a sentence's end without a period. Texts are cut at 200 bytes, controls
 * become '?'. Failures show at formats_report_check. */
void formats_report_add(struct formats_report *report, struct view where,
                        struct view what, const char *why);
MUST_USE enum status formats_report_check(const struct formats_report *report,
                                          struct error *err);
void formats_report_release(struct formats_report *report);

const char *formats_report_text(const struct formats_report *report, uint32_t offset);

/* Writes the member "not_mapped": objects of where, what, why. */
void formats_report_write(const struct formats_report *report,
                          struct json_writer *writer);

/* One line for each what and why, with how many and the first place:
 * "3 × x_note: STIX has no place for it (first: incident--…)". The order is that of the
 * first of each. */
MUST_USE enum status formats_report_summary(const struct formats_report *report,
                                            struct buf *out, struct error *err);

#endif
