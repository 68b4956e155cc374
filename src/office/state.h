/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The office in memory: what its parts keep beside their rows. For the files of this
 * folder.
 */
#ifndef ALDIS_OFFICE_STATE_H
#define ALDIS_OFFICE_STATE_H

#include "codec/json.h"
#include "office/audit.h"
#include "office/office.h"
#include "office/rows.h"

/* Refusals of this minute. */
struct audit_junk {
	int64_t since_ms;
	uint64_t count;
};

struct opened_list { /* of each desk in each channel */
	struct opened_log *items;
	size_t count, cap;
};
void opened_release(struct opened_list *list);

struct briefs_list { /* of each channel */
	struct channel_briefs *items;
	size_t count, cap;
};
void briefs_release(struct briefs_list *list);

struct office {
	struct desk *desk;
	int64_t now_ms;
	struct audit_head head;
	struct audit_junk junk;
	struct opened_list opened;
	struct briefs_list briefs;
	struct json_doc doc; /* scratch */
};

/* Each part: at the start, from its rows. */
MUST_USE enum status audit_load(struct office *office, struct error *err);
MUST_USE enum status opened_load(struct office *office, struct error *err);
/* Each part: what is due. */
MUST_USE enum status audit_begin_turn(struct office *office, struct error *err);
int64_t audit_wake_ms(const struct office *office);

#endif
