/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the API tells of the processes around it, beside the desk's own state; the daemon
 * fills it.
 */
#ifndef ALDIS_CONSOLE_METRICS_FIGURES_H
#define ALDIS_CONSOLE_METRICS_FIGURES_H

#include "base/usage.h"
#include "store/sqlite.h"

enum { FIGURES_DOORS = 4, FIGURES_CLASSES = 6 };

struct figures_process {
	int64_t started_ms;
	struct usage usage;
};

/* Since the front was started. */
struct figures_door {
	bool is_open;
	uint64_t connections;                      /* now */
	uint64_t accepted, refused, limited, slow; /* connections */
	uint64_t answers[FIGURES_CLASSES]; /* by the first digit of their status */
};

struct figures_front {
	struct figures_process process;
	uint64_t queued_len;                      /* bytes on the way to the desk */
	struct figures_door doors[FIGURES_DOORS]; /* local, link, witness, console */
};

struct figures {
	bool has_front, has_store;
	struct figures_process desk;
	struct figures_front front;
	struct store_sqlite_figures store;
};

#endif
