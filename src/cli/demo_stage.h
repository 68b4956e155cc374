/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plays the scenes of the demonstration: each step is printed as it would be typed, done,
 * and followed by what it printed. Knows nothing of the story.
 */
#ifndef ALDIS_CLI_DEMO_STAGE_H
#define ALDIS_CLI_DEMO_STAGE_H

#include <signal.h>

#include "cli/demo_desks.h"
#include "cli/demo_words.h"

enum { ANY_EXIT = -1 };

/* One line of the story. Texts may hold $names: those of `keep`, and those that
 * demo_stage_open sets. */
struct demo_step {
	const char *say;     /* told before it, by the one who acts */
	const char *command; /* as typed; "cd", "aldisd … &" and "> FILE" are understood,
	                        all else is run */
	const char *input;   /* what it reads, shown as a here-document */
	const char *keep;    /* the name that the id which it prints gets */
	const char *unless;  /* not done when this file is there: an earlier run did it */
	const char *until;   /* done again and again until it ends well and prints this */
	int exit_status;     /* with which it ends well, or ANY_EXIT */
	/* What is shown of its output. */
	const char *only; /* lines that begin with this, or with one of several parted by
	                     a |; NULL: all */
	size_t lines;     /* so many of them; 0: all */
	bool is_quiet;    /* nothing */
	bool is_cut;      /* long lines up to a width */
};

struct demo_scene {
	const char *title;
	const struct demo_step *steps;
	size_t step_count;
};

struct demo_stage {
	struct demo_desks *desks;
	struct demo_values values;
	const sigset_t *signals; /* blocked; one that came ends the play */
};

/* Sets $north_at, $south_at and $vendor_at, where new desks listen, $north_console and so
 * on for their consoles, and the times $ago,
 * $now, $soon, $tomorrow and $week. */
MUST_USE enum status demo_stage_open(struct demo_stage *stage, struct demo_desks *desks,
                                     const sigset_t *signals, struct error *err);
MUST_USE enum status demo_stage_play(struct demo_stage *stage,
                                     const struct demo_scene *scene, struct error *err);

#endif
