/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three desks of the demonstration: their folders, ports and processes.
 */
#ifndef ALDIS_CLI_DEMO_DESKS_H
#define ALDIS_CLI_DEMO_DESKS_H

#include "cli/spawn.h"
#include "folder/folder.h"

enum { DEMO_DESKS = 3, DEMO_PATH_MAX = 1024 };

struct demo_desk {
	const char *name;
	const char *folder_name; /* relative to the demonstration's folder */
	char folder[DEMO_PATH_MAX];
	char log[DEMO_PATH_MAX + 16];
	char listen[32];
	char console[32]; /* where its console is to listen */
	pid_t pid;        /* 0: not started by us */
};

struct demo_desks {
	char dir[DEMO_PATH_MAX];
	bool is_temporary; /* removed at the end */
	struct demo_desk desks[DEMO_DESKS];
};

/* dir NULL: a new folder below TMPDIR. Makes the folder and enters it. Each desk gets
 * a free port for the case that it is new; nothing is made yet. */
MUST_USE enum status demo_desks_open(struct demo_desks *desks, const char *dir,
                                     struct error *err);
/* Starts the daemon of the desk in that folder unless one answers, and waits until it
 * does. */
MUST_USE enum status demo_desks_start(struct demo_desks *desks, const char *folder_name,
                                      struct error *err);
/* Stops what was started, and removes a temporary folder. */
void demo_desks_close(struct demo_desks *desks);

/* Removes a folder and all in it, not following links; for what the demonstration made.
 */
void demo_remove(const char *path);

#endif
