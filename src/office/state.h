/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The office in memory: what its parts keep beside their rows. For the files of this
 * folder.
 */
#ifndef ALDIS_OFFICE_STATE_H
#define ALDIS_OFFICE_STATE_H

#include "codec/json.h"
#include "office/alert_rows.h"
#include "office/audit.h"
#include "office/needs.h"
#include "office/office.h"
#include "office/operators.h"
#include "office/rows.h"
#include "office/sessions.h"
#include "office/throttle.h"
#include "office/tokens.h"

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
struct operator_table {
	struct office_operator *items; /* by name */
	size_t count;
};

struct session_table {
	struct office_session *items;
	size_t count;
};

struct token_table {
	struct office_token *items; /* by age */
	size_t count;
};

struct draft_list {           /* by number */
	struct draft **items; /* each owned */
	size_t count, cap;
	uint64_t next; /* number of the next one */
};
void drafts_release(struct draft_list *list);

/* The alarms as they were last computed, and what was done about them. */
struct alarm_table {
	struct alarm *items; /* by age */
	size_t count;
	struct alarm_mark *marks;
	size_t mark_count, mark_cap;
	struct needs needs;    /* from which they come */
	bool is_warm;          /* what there was at the start has been read */
	bool waits_for_duties; /* of a channel, which the desk is still listing */
	bool is_known;         /* computed once */
	bool is_stale;         /* the office has changed something */
	uint64_t generation;   /* of the desk */
	int64_t next_s;        /* when time changes something */
	int64_t computed_ms;
	struct hash digest; /* of what listeners have heard */
};
void alarms_release(struct alarm_table *table);
/* Something in the office has changed that an alarm may come from. */
void alarms_changed(struct office *office);

struct handover_list { /* by number */
	struct handover *items;
	size_t count, cap;
};
void handovers_release(struct handover_list *list);

struct office {
	struct desk *desk;
	int64_t now_ms;
	struct audit_head head;
	struct audit_junk junk[2]; /* of strangers; of who is logged in */
	struct opened_list opened;
	struct briefs_list briefs;
	struct operator_table operators;
	struct session_table sessions;
	struct token_table tokens;
	struct throttle throttle; /* of logins */
	struct draft_list drafts;
	struct alarm_table alarms;
	struct handover_list handovers;
	struct alert_book alerts;
	struct json_doc doc; /* scratch */
};

/* Each part: at the start, from its rows. */
MUST_USE enum status audit_load(struct office *office, struct error *err);
MUST_USE enum status opened_load(struct office *office, struct error *err);
MUST_USE enum status operators_load(struct office *office, struct error *err);
MUST_USE enum status sessions_load(struct office *office, struct error *err);
MUST_USE enum status tokens_load(struct office *office, struct error *err);
MUST_USE enum status alerts_load(struct office *office, struct error *err);
/* And at its end. */
void alerts_release(struct office *office);
void operators_release(struct office *office);
void sessions_release(struct office *office);
void tokens_release(struct office *office);
MUST_USE enum status drafts_load(struct office *office, struct error *err);
MUST_USE enum status alarms_load(struct office *office, struct error *err);
MUST_USE enum status handovers_load(struct office *office, struct error *err);
/* Each part: what is due. */
MUST_USE enum status audit_begin_turn(struct office *office, struct error *err);
MUST_USE enum status sessions_begin_turn(struct office *office, struct error *err);
MUST_USE enum status alarms_begin_turn(struct office *office, struct error *err);
/* alert_watch.c */
void alerts_begin_turn(struct office *office);
int64_t alerts_wake_ms(const struct office *office);
int64_t alarms_wake_ms(const struct office *office);
int64_t sessions_wake_ms(const struct office *office);
int64_t audit_wake_ms(const struct office *office);

#endif
