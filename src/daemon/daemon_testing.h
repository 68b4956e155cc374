/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A desk's folder with fresh keys, and a daemon run on it in a process of its own, for
 * the tests of this folder. Readiness is heard as a service manager would hear it. Only
 * tests include it.
 */
#ifndef ALDIS_DAEMON_DAEMON_TESTING_H
#define ALDIS_DAEMON_DAEMON_TESTING_H

#include "daemon/process_set.h"

/* A new folder under $TMPDIR; removed, with all that is in it, by test_folder_remove. */
void test_folder_make(char ret_path[256]);
void test_folder_remove(const char *path);

/* Makes a desk in folder/name: keys, card, desk.conf with port 0. */
void test_desk_make(const char *folder, const char *name, struct folder *ret_folder);

struct test_daemon {
	pid_t pid;
	int notify; /* what it says to its service manager */
	char notify_path[300];
};

/* Runs the supervisor in a forked process; plans NULL: those of a desk. */
void test_daemon_start(struct test_daemon *daemon, const char *desk_path,
                       const struct process_plan *plans);
/* Waits until it says `state` ("READY=1"); fails the test after 20 seconds. */
void test_daemon_expect(struct test_daemon *daemon, const char *state);
/* Waits for its end and returns the exit status, or -signal. */
int test_daemon_wait(struct test_daemon *daemon);
/* SIGTERM, and the end. */
int test_daemon_stop(struct test_daemon *daemon);
/* The process of this name ("signer") among its children, once it is there. */
pid_t test_daemon_child(const struct test_daemon *daemon, const char *name);

#endif
