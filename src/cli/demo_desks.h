/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two desks of the demonstration: their folders, ports and processes.
 */
#ifndef ALDIS_CLI_DEMO_DESKS_H
#define ALDIS_CLI_DEMO_DESKS_H

#include "cli/spawn.h"
#include "folder/folder.h"

enum { DEMO_DESKS = 2, DEMO_PATH_MAX = 1024 };

struct demo_desk {
	const char *name;
	const char *folder_name;
	char folder[DEMO_PATH_MAX];
	char log[DEMO_PATH_MAX + 16];
	char card[64]; /* relative, as the folder name is */
	bool is_new;
	char listen[32]; /* of a new one */
	pid_t pid;       /* 0: not started by us */
};

struct demo_desks {
	char dir[DEMO_PATH_MAX];
	bool is_temporary; /* removed at the end */
	struct demo_desk desks[DEMO_DESKS];
};

/* dir NULL: a new folder below TMPDIR. Makes the folder, enters it, and looks what is
 * there; new desks get a free port each, but are not made yet. */
MUST_USE enum status demo_desks_open(struct demo_desks *desks, const char *dir,
                                     struct error *err);
/* Starts those daemons that do not answer yet, and waits until all do. */
MUST_USE enum status demo_desks_start(struct demo_desks *desks, struct error *err);
/* Stops what was started, and removes a temporary folder. */
void demo_desks_close(struct demo_desks *desks);

/* Removes a folder and all in it, not following links; for what the demonstration made.
 */
void demo_remove(const char *path);

#endif
