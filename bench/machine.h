/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine as the benchmarks use it: cores, clocks of a process, folders that come and
 * go, free ports.
 */
#ifndef ALDIS_BENCH_MACHINE_H
#define ALDIS_BENCH_MACHINE_H

#include "base/status.h"
#include "bench/bench.h"

#include <sys/types.h>

enum { MACHINE_ANY_CORE = -1 };

/* The nth core that this process may use, or MACHINE_ANY_CORE when it may not use two.
 * Asked before machine_stay. */
int machine_core(unsigned nth);
/* Keeps this process, and what it starts, on this core. */
void machine_stay(int core);

/* Puts this process, and what it starts, before all ordinary ones: false when it may not.
 */
bool machine_go_first(void);

double machine_now_s(void);
/* Processor time of this thread. */
double machine_cpu_s(void);

/* "<folder>/<name>" into ret_path. */
MUST_USE enum status machine_path(const char *folder, const char *name,
                                  char ret_path[BENCH_PATH_MAX], struct error *err);
/* Removes the folder and all that is in it; nothing there is fine. */
MUST_USE enum status machine_remove(const char *path, struct error *err);
/* A new, empty folder at this path, whatever was there. */
MUST_USE enum status machine_new_folder(const char *path, struct error *err);

/* A port of 127.0.0.1 that nobody listens on at this moment. */
MUST_USE enum status machine_free_port(uint16_t *ret_port, struct error *err);

/*
 * A file as a commit needs it, for floors: allocated beforehand and overwritten from its
 * start when its end is reached, like a write-ahead log that is used again. (A file that
 * grows costs a journal commit of the file system too: dearer, and dependent on what
 * everybody else writes.)
 */
struct machine_wal {
	int fd; /* starts as -1 */
	off_t at, len;
};
MUST_USE enum status machine_wal_make(const char *path, size_t len,
                                      struct machine_wal *ret_wal, struct error *err);
/* Writes and flushes. */
MUST_USE enum status machine_wal_append(struct machine_wal *wal, const void *bytes,
                                        size_t len, struct error *err);
void machine_wal_close(struct machine_wal *wal);

#endif
