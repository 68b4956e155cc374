/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thin over Linux.
 */
#include "bench/machine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "crypto/random.h"

int machine_core(unsigned nth)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 2)
		return MACHINE_ANY_CORE;
	for (int core = 0; core < CPU_SETSIZE; core++)
		if (CPU_ISSET(core, &set) && nth-- == 0)
			return core;
	return MACHINE_ANY_CORE;
}

void machine_stay(int core)
{
	cpu_set_t set;

	if (core == MACHINE_ANY_CORE)
		return;
	CPU_ZERO(&set);
	CPU_SET(core, &set);
	(void)sched_setaffinity(0, sizeof set, &set);
}

bool machine_go_first(void)
{
	return sched_setscheduler(0, SCHED_RR, &(struct sched_param){1}) == 0;
}

static double seconds(clockid_t clock)
{
	struct timespec at = {0};

	(void)clock_gettime(clock, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

double machine_now_s(void)
{
	return seconds(CLOCK_MONOTONIC);
}

double machine_cpu_s(void)
{
	return seconds(CLOCK_THREAD_CPUTIME_ID);
}

enum status machine_path(const char *folder, const char *name,
                         char ret_path[BENCH_PATH_MAX], struct error *err)
{
	if (snprintf(ret_path, BENCH_PATH_MAX, "%s/%s", folder, name) >= BENCH_PATH_MAX)
		return error_set(err, STATUS_LIMIT, "a path is too long");
	return STATUS_OK;
}

static int remove_one(const char *path, const struct stat *stat, int type,
                      struct FTW *where)
{
	return remove(path);
}

enum status machine_remove(const char *path, struct error *err)
{
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
		return error_set_errno(err, "can't remove %s", path);
	return STATUS_OK;
}

enum status machine_new_folder(const char *path, struct error *err)
{
	TRY(machine_remove(path, err));
	return file_make_folder(path, 0700, err);
}

static bool is_free(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	                         .sin_port = htons(port),
	                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	CLEANUP_FD int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
}

/* Below the ports that the kernel gives to whoever asks for any. */
enum status machine_free_port(uint16_t *ret_port, struct error *err)
{
	enum { FIRST = 20000, COUNT = 12000, TRIES = 100 };

	for (int i = 0; i < TRIES; i++) {
		uint32_t number;

		random_bytes(&number, sizeof number);
		*ret_port = (uint16_t)(FIRST + number % COUNT);
		if (is_free(*ret_port))
			return STATUS_OK;
	}
	return error_set(err, STATUS_AGAIN, "no free port on loopback");
}

enum status machine_wal_make(const char *path, size_t len, struct machine_wal *ret_wal,
                             struct error *err)
{
	CLEANUP_FREE uint8_t *zeros = calloc(1, len);

	if (zeros == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a floor");
	*ret_wal = (struct machine_wal){
	    .fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
	    .len = (off_t)len};
	if (ret_wal->fd < 0 || write(ret_wal->fd, zeros, len) != (ssize_t)len ||
	    fsync(ret_wal->fd) != 0)
		return error_set_errno(err, "can't make %s", path);
	return STATUS_OK;
}

enum status machine_wal_append(struct machine_wal *wal, const void *bytes, size_t len,
                               struct error *err)
{
	if (wal->at + (off_t)len > wal->len)
		wal->at = 0;
	if (pwrite(wal->fd, bytes, len, wal->at) != (ssize_t)len ||
	    fdatasync(wal->fd) != 0)
		return error_set_errno(err, "can't write to a file");
	wal->at += (off_t)len;
	return STATUS_OK;
}

void machine_wal_close(struct machine_wal *wal)
{
	if (wal->fd >= 0)
		(void)close(wal->fd);
	wal->fd = -1;
}
