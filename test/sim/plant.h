/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bugs planted on purpose, to see that the simulator finds them. Each is a wrong way to
 * do one thing, put around the desk from outside: in the operations it is given, or in
 * the place of one function of src/desk (by the linker's --wrap). Without a plant all of
 * it is straight through.
 */
#ifndef ALDIS_SIM_PLANT_H
#define ALDIS_SIM_PLANT_H

#include <stdbool.h>
#include <stddef.h>

enum plant {
	PLANT_NONE,
	PLANT_REPLY_BEFORE_COMMIT,
	PLANT_GUARD_AFTER_SIGNATURE,
	PLANT_COSIGN_WITHOUT_BODIES,
	PLANT_PENDING_NOT_COMPARED,
	PLANT_MEMBERS_NOT_ASKED,
	PLANT_GUARD_NOT_COMPARED,
	PLANT_SIGNER_WITHOUT_GUARD,
	PLANT_RECEIPT_NOT_STORED,
	PLANT_SHOWN_BEFORE_COSIGNED,
	PLANT_SEEN_BEYOND_COSIGNED,
	PLANT_FORK_NOT_REPORTED,
	PLANT_OUTBOX_LOST,
	PLANT_FRESH_TIME_AFTER_CRASH,
	PLANT_COMMIT_NOT_DURABLE,
	PLANT_ORDER_OF_ARRIVAL,
	PLANT_KEY_FORGOTTEN,
	PLANT_AMENDMENT_LACKS_ONE,
	PLANT_LEAVE_FORGOTTEN,
	PLANT_HOLDING_WITHOUT_LIMIT,
	PLANT_CLOCK_BY_WORD_ALONE,
	PLANT_COUNT
};

/* "reply-before-commit", … */
const char *plant_name(enum plant plant);
/* PLANT_COUNT when there is none of this name. */
enum plant plant_find(const char *name);
/* Only one desk has it: if all had, nobody would notice. */
bool plant_is_of_one(enum plant plant);
/* It shows only in a long world. */
bool plant_is_long(enum plant plant);
/* How many seeds from 1 on are enough to find it. */
unsigned plant_seeds(enum plant plant);

/* Words of the sentence by which it must be found. */
const char *plant_words(enum plant plant);

/* The bug that is active now; only while an honest desk works, so that those who watch
 * use the right functions. */
void plant_activate(enum plant plant);
bool plant_is(enum plant plant);
/* Switches it off; returns what was active. */
enum plant plant_pause(void);

#endif
