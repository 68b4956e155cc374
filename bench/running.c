/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Children end with this process. The kernel's figures come from /proc.
 */
#include "bench/running.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bench/party.h"

enum { PATIENCE_S = 20, POLL_NS = 200 * 1000 };

static void pause_shortly(void)
{
	(void)nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
}

/* ---- one daemon */

static _Noreturn void run_child(const struct bench_options *options, const char *folder,
                                const char *log_path, int core)
{
	int log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	machine_stay(core);
	if (log >= 0) {
		(void)dup2(log, STDOUT_FILENO);
		(void)dup2(log, STDERR_FILENO);
		(void)close(log);
	}
	execl(options->aldisd, "aldisd", folder, (char *)NULL);
	_exit(127);
}

enum status running_start(struct running *running, const struct bench_options *options,
                          const char *folder, int core, struct error *err)
{
	char log_path[BENCH_PATH_MAX];

	if (access(options->aldisd, X_OK) != 0)
		return error_set_errno(err, "can't run %s", options->aldisd);
	TRY(machine_path(folder, "aldisd.sock", running->socket, err));
	TRY(machine_path(folder, "aldisd.log", log_path, err));
	(void)unlink(running->socket);
	running->pid = fork();
	if (running->pid < 0)
		return error_set_errno(err, "can't start a process");
	if (running->pid == 0)
		run_child(options, folder, log_path, core);
	return STATUS_OK;
}

static bool answers(const struct running *running)
{
	__attribute__((cleanup(local_http_release))) struct local_http http =
	    LOCAL_HTTP_INIT;
	struct view body;

	return local_http_open(&http, running->socket, NULL) == STATUS_OK &&
	       local_http_call(&http, "/api/status", NULL, view_of(NULL, 0), &body,
	                       NULL) == STATUS_OK;
}

enum status running_wait(const struct running *running, struct error *err)
{
	double until_s = machine_now_s() + PATIENCE_S;

	while (!answers(running)) {
		if (machine_now_s() > until_s)
			return error_set(err, STATUS_AGAIN,
			                 "aldisd does not answer at %s: see aldisd.log",
			                 running->socket);
		pause_shortly();
	}
	return STATUS_OK;
}

void running_stop(struct running *running)
{
	double until_s = machine_now_s() + PATIENCE_S;

	if (running->pid <= 0)
		return;
	(void)kill(running->pid, SIGTERM);
	while (waitpid(running->pid, NULL, WNOHANG) == 0) {
		if (machine_now_s() > until_s)
			(void)kill(running->pid, SIGKILL);
		pause_shortly();
	}
	running->pid = 0;
}

/* ---- what the kernel says */

static enum status read_proc(pid_t pid, const char *name, struct buf *ret_text,
                             struct error *err)
{
	char path[128];

	(void)snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
	TRY(file_read(path, ret_text, err));
	buf_append_byte(ret_text, '\0');
	return buf_check(ret_text, path, err);
}

static enum status read_name(struct running_process *process, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096);

	TRY(read_proc(process->pid, "comm", &text, err));
	(void)sscanf((const char *)text.data, "%31s", process->name);
	return STATUS_OK;
}

enum status running_list(const struct running *running,
                         struct running_process ret_list[RUNNING_PROCESSES],
                         struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	char name[64], *at;

	(void)snprintf(name, sizeof name, "task/%ld/children", (long)running->pid);
	TRY(read_proc(running->pid, name, &text, err));
	at = (char *)text.data;
	for (size_t i = 0; i < RUNNING_PROCESSES; i++) {
		ret_list[i].pid = i == 0 ? running->pid : (pid_t)strtol(at, &at, 10);
		if (ret_list[i].pid == 0)
			return error_set(err, STATUS_NOT_FOUND,
			                 "aldisd has fewer processes than expected");
		TRY(read_name(&ret_list[i], err));
	}
	return STATUS_OK;
}

enum status running_pss_kib(pid_t pid, uint64_t *ret_kib, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 16);
	const char *line;

	TRY(read_proc(pid, "smaps_rollup", &text, err));
	line = strstr((const char *)text.data, "\nPss:");
	if (line == NULL)
		return error_set(err, STATUS_NOT_FOUND, "the kernel tells no Pss");
	*ret_kib = strtoull(line + sizeof "\nPss:" - 1, NULL, 10);
	return STATUS_OK;
}

enum status running_cpu_s(pid_t pid, double *ret_s, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096);

	TRY(read_proc(pid, "schedstat", &text, err));
	*ret_s = strtod((const char *)text.data, NULL) / 1e9;
	return STATUS_OK;
}

/* ---- two of them */

enum status running_send(struct local_http *http, const struct running_pair *pair,
                         struct error *err)
{
	CLEANUP_BUF struct buf message = BUF_INIT(4096);
	struct view body;

	buf_append_string(&message, "{\"kind\":\"text\",\"body\":");
	buf_append_view(&message, party_body());
	buf_append_string(&message, "}");
	TRY(local_http_call(http, pair->messages_path, "application/json",
	                    buf_view(&message), &body, err));
	if (view_find(body, view_of_string("\"stored\"")) == SIZE_MAX)
		return error_set(err, STATUS_AGAIN, "no receipt in time");
	return STATUS_OK;
}

/* The first messages may wait for the members to show what they know of each other. */
static enum status send_first(const struct running_pair *pair, struct error *err)
{
	__attribute__((cleanup(local_http_release))) struct local_http http =
	    LOCAL_HTTP_INIT;
	double until_s = machine_now_s() + PATIENCE_S;
	enum status status;

	TRY(local_http_open(&http, pair->north.socket, err));
	while ((status = running_send(&http, pair, err)) == STATUS_AGAIN &&
	       machine_now_s() < until_s)
		(void)nanosleep(&(struct timespec){.tv_nsec = 100 * 1000 * 1000}, NULL);
	return status;
}

static enum status start_one(struct running *running, const struct bench_options *options,
                             const char *folder, const char *name, int core,
                             struct error *err)
{
	char path[BENCH_PATH_MAX];

	TRY(machine_path(folder, name, path, err));
	return running_start(running, options, path, core, err);
}

static enum status start_both(struct running_pair *pair,
                              const struct bench_options *options, int north_core,
                              int south_core, struct error *err)
{
	char channel[HASH_HEX_LEN + 1];
	uint16_t north_port = 0, south_port = 0;

	while (north_port == south_port) {
		TRY(machine_free_port(&north_port, err));
		TRY(machine_free_port(&south_port, err));
	}
	TRY(machine_new_folder(pair->folder, err));
	TRY(party_make_two(pair->folder, north_port, south_port, channel, err));
	(void)snprintf(pair->messages_path, sizeof pair->messages_path,
	               "/api/channels/%s/messages?wait=60", channel);
	TRY(start_one(&pair->south, options, pair->folder, "south", south_core, err));
	TRY(start_one(&pair->north, options, pair->folder, "north", north_core, err));
	TRY(running_wait(&pair->south, err));
	TRY(running_wait(&pair->north, err));
	return send_first(pair, err);
}

enum status running_pair_start(struct running_pair *pair,
                               const struct bench_options *options, const char *name,
                               int north_core, int south_core, struct error *err)
{
	TRY(machine_path(options->folder, name, pair->folder, err));
	enum status status = start_both(pair, options, north_core, south_core, err);

	if (status == STATUS_OK)
		return STATUS_OK;
	return error_context(err, status, "see aldisd.log below %s", pair->folder);
}

void running_pair_stop(struct running_pair *pair)
{
	running_stop(&pair->north);
	running_stop(&pair->south);
}

/* ---- where the time goes */

enum status running_cpu_read(const struct running_pair *pair, struct running_cpu *ret_cpu,
                             struct error *err)
{
	TRY(running_list(&pair->north, ret_cpu->north, err));
	TRY(running_list(&pair->south, ret_cpu->south, err));
	for (int i = 0; i < RUNNING_PROCESSES; i++) {
		TRY(running_cpu_s(ret_cpu->north[i].pid, &ret_cpu->north_s[i], err));
		TRY(running_cpu_s(ret_cpu->south[i].pid, &ret_cpu->south_s[i], err));
	}
	return running_cpu_s(getpid(), &ret_cpu->own_s, err);
}

double running_cpu_print(const char *name, const struct running_cpu *before,
                         const struct running_cpu *after, uint64_t messages)
{
	double scale = 1e6 / (double)messages, sum_us = 0;

	(void)fprintf(stderr, "%s, µs on a core a message, north | south:", name);
	for (int i = 0; i < RUNNING_PROCESSES; i++) {
		double north_us = (after->north_s[i] - before->north_s[i]) * scale;
		double south_us = (after->south_s[i] - before->south_s[i]) * scale;

		(void)fprintf(stderr, " %s %.2f | %.2f,", after->north[i].name, north_us,
		              south_us);
		sum_us += north_us + south_us;
	}
	(void)fprintf(stderr, " this program %.2f\n",
	              (after->own_s - before->own_s) * scale);
	return sum_us;
}
