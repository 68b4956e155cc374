/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real daemons: aldisd as processes on folders of party.h, and what the kernel says of
 * them.
 */
#ifndef ALDIS_BENCH_RUNNING_H
#define ALDIS_BENCH_RUNNING_H

#include "bench/local_http.h"
#include "bench/machine.h"
#include "crypto/hash.h"

enum { RUNNING_PROCESSES = 4 };

/* Starts all-zero; running_stop ends it. */
struct running {
	pid_t pid; /* the supervisor; 0: not running */
	char socket[BENCH_PATH_MAX];
};

/* Starts aldisd on the folder, kept to a core or not; does not wait for it. What it says
 * goes to aldisd.log in the folder. */
MUST_USE enum status running_start(struct running *running,
                                   const struct bench_options *options,
                                   const char *folder, int core, struct error *err);
/* Waits until GET /api/status is answered with 200. */
MUST_USE enum status running_wait(const struct running *running, struct error *err);
void running_stop(struct running *running);

/* The supervisor, then its children; "aldisd-desk" is the name of one. */
struct running_process {
	pid_t pid;
	char name[32];
};
MUST_USE enum status running_list(const struct running *running,
                                  struct running_process ret_list[RUNNING_PROCESSES],
                                  struct error *err);
/* Proportional share of memory, KiB. */
MUST_USE enum status running_pss_kib(pid_t pid, uint64_t *ret_kib, struct error *err);
/* Time on a core so far. */
MUST_USE enum status running_cpu_s(pid_t pid, double *ret_s, struct error *err);

/* Two desks of one channel as daemons, each listening on a free port. */
struct running_pair {
	char folder[BENCH_PATH_MAX];
	char messages_path[BENCH_PATH_MAX]; /* of the API, for POST; waits for receipts */
	struct running north, south;
};

/* Makes the folder anew and starts both; ready when a first message has its receipt.
 * The cores may be MACHINE_ANY_CORE. */
MUST_USE enum status running_pair_start(struct running_pair *pair,
                                        const struct bench_options *options,
                                        const char *name, int north_core, int south_core,
                                        struct error *err);
/* Ends both. The folder stays until the next run: it may tell what went wrong. */
void running_pair_stop(struct running_pair *pair);

/* Sends one message and waits for its receipt. */
MUST_USE enum status running_send(struct local_http *http,
                                  const struct running_pair *pair, struct error *err);

/* Time on a core of all processes of a pair and of this one. */
struct running_cpu {
	struct running_process north[RUNNING_PROCESSES], south[RUNNING_PROCESSES];
	double own_s, north_s[RUNNING_PROCESSES], south_s[RUNNING_PROCESSES];
};
MUST_USE enum status running_cpu_read(const struct running_pair *pair,
                                      struct running_cpu *ret_cpu, struct error *err);
/* Says on stderr where it went, per process and message; returns the daemons' sum in
 * microseconds a message. */
double running_cpu_print(const char *name, const struct running_cpu *before,
                         const struct running_cpu *after, uint64_t messages);

#endif
