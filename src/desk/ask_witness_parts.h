/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ask_witness.c and its answers (witness_said.c) share: the state of one witness and
 * one log.
 */
#ifndef ALDIS_DESK_ASK_WITNESS_PARTS_H
#define ALDIS_DESK_ASK_WITNESS_PARTS_H

#include "desk/ask_witness.h"
#include "desk/state.h"

enum { ASK_RETRY_LAST_MS = 15 * 60 * 1000 };

/* One witness and one log. */
struct ask {
	const char *url; /* of the policy */
	struct log *log;
	uint64_t size;      /* that it has cosigned, as far as is known here */
	int64_t time_s;     /* of its newest line that is kept; 0: none */
	uint64_t kept_size; /* and over what */
	int64_t hour;       /* the last one for which it was to be asked */
	uint64_t goal_size; /* so much is to be cosigned */
	bool is_wanted;     /* until the goal is reached */
	bool is_urgent;     /* what a member has cosigned is worth a request before */
	bool is_before_members;
	bool is_again; /* the time counts, also at a size that it has cosigned */
	uint64_t call; /* on its way; 0: none */
	uint64_t submitted_size;
	unsigned detours, failures;
	int64_t retry_ms;
	struct error last_error; /* empty when the last request went well */
};

struct asker {
	struct hash charter;   /* whose policy these are made from */
	const struct log *own; /* it may get a successor */
	struct ask **asks;
	size_t ask_count, ask_cap;
	uint64_t due_sizes[WITNESS_DUE_SIZES_MAX]; /* ascending; for the next check */
	size_t due_count;
};

/* The next check is to carry the lines over this size of the own log, whatever comes
 * later. */
void ask_note_due(struct asker *asker, uint64_t size);

/* Puts the next try off. The sentence is kept for `status`; the log gets it once in a
 * row.
 */
void ask_fail(struct desk *desk, struct ask *ask, const char *sentence);

#endif
