/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wiring: each process has a socket to the supervisor, the signer and the front have
 * one each to the desk. Nobody else can speak to the signer.
 */
#include "daemon/process_set.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/log.h"

/* Both ends of every socket of a set, before each process takes its own. */
struct wiring {
	int signer_desk[2], desk_front[2], controls[PROCESS_COUNT][2];
};

static struct process_context wire(const struct process_context *common,
                                   const struct wiring *wiring, enum process_kind kind)
{
	struct process_context context = *common;

	context.control = wiring->controls[kind][1];
	context.signer = kind == PROCESS_DESK ? wiring->signer_desk[1] : -1;
	context.front = kind == PROCESS_DESK ? wiring->desk_front[0] : -1;
	context.desk = kind == PROCESS_SIGNER  ? wiring->signer_desk[0]
	               : kind == PROCESS_FRONT ? wiring->desk_front[1]
	                                       : -1;
	return context;
}

static enum status make_pair(int pair[2], struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return error_set_errno(err, "can't make a pair of sockets");
	return STATUS_OK;
}

static enum status make_wiring(struct wiring *ret_wiring, struct error *err)
{
	memset(ret_wiring, 0xff, sizeof *ret_wiring); /* every end is -1 */
	TRY(make_pair(ret_wiring->signer_desk, err));
	TRY(make_pair(ret_wiring->desk_front, err));
	for (size_t kind = 0; kind < PROCESS_COUNT; kind++)
		TRY(make_pair(ret_wiring->controls[kind], err));
	return STATUS_OK;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void release_wiring(struct wiring *wiring)
{
	for (size_t i = 0; i < 2; i++) {
		close_end(&wiring->signer_desk[i]);
		close_end(&wiring->desk_front[i]);
		for (size_t kind = 0; kind < PROCESS_COUNT; kind++)
			close_end(&wiring->controls[kind][i]);
	}
}

/* ---- start */

static _Noreturn void run_child(const struct process_plan *plan,
                                const struct process_context *context, int lock,
                                pid_t parent)
{
	const int kept[] = {lock, context->control, context->signer, context->desk,
	                    context->front};
	struct error err;
	enum status status =
	    process_begin(plan->name, parent, kept, sizeof kept / sizeof *kept, &err);

	if (status != STATUS_OK) {
		log_line(plan->name, LOG_LEVEL_ERROR, "%s", err.text);
		_exit(process_exit_status(status));
	}
	_exit(plan->run(context));
}

static enum status start_one(struct process_set *set, struct wiring *wiring,
                             const struct process_context *common, int lock,
                             enum process_kind kind, struct error *err)
{
	struct process_context context = wire(common, wiring, kind);
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return error_set_errno(err, "can't start the %s", set->plans[kind].name);
	if (pid == 0)
		run_child(&set->plans[kind], &context, lock, parent);
	set->pids[kind] = pid;
	set->controls[kind] = wiring->controls[kind][0];
	wiring->controls[kind][0] = -1;
	return STATUS_OK;
}

void process_set_init(struct process_set *set, const struct process_plan *plans)
{
	*set = (struct process_set){.plans = plans};
	for (size_t kind = 0; kind < PROCESS_COUNT; kind++)
		set->controls[kind] = -1;
}

enum status process_set_start(struct process_set *set,
                              const struct process_context *common, int lock,
                              struct error *err)
{
	struct wiring wiring;
	enum status status = make_wiring(&wiring, err);

	set->end = PROCESS_END_STOPPED;
	for (int kind = 0; kind < PROCESS_COUNT && status == STATUS_OK; kind++)
		status = start_one(set, &wiring, common, lock, kind, err);
	release_wiring(&wiring);
	return status;
}

/* ---- end */

static enum process_end judge(int wait_status)
{
	if (!WIFEXITED(wait_status))
		return PROCESS_END_DIED;
	switch (WEXITSTATUS(wait_status)) {
	case PROCESS_EXIT_STOP:
		return PROCESS_END_STOPPED;
	case PROCESS_EXIT_AGAIN:
		return PROCESS_END_FAILED;
	case PROCESS_EXIT_FATAL:
		return PROCESS_END_FATAL;
	default:
		return PROCESS_END_DIED;
	}
}

static void log_end(const char *name, pid_t pid, int wait_status)
{
	if (WIFSIGNALED(wait_status))
		log_line("supervisor", LOG_LEVEL_ERROR,
		         "the %s, process %ld, was killed by signal %d", name, (long)pid,
		         WTERMSIG(wait_status));
	else
		log_line("supervisor", LOG_LEVEL_INFO,
		         "the %s, process %ld, has ended with status %d", name, (long)pid,
		         WEXITSTATUS(wait_status));
}

bool process_set_reap(struct process_set *set, bool is_told_to_stop)
{
	bool has_any_ended = false;
	int wait_status;

	for (int kind = 0; kind < PROCESS_COUNT; kind++) {
		pid_t pid = set->pids[kind];

		if (pid == 0 || waitpid(pid, &wait_status, WNOHANG) != pid)
			continue;
		has_any_ended = true;
		set->pids[kind] = 0;
		close_end(&set->controls[kind]);
		if (!is_told_to_stop)
			log_end(set->plans[kind].name, pid, wait_status);
		if (judge(wait_status) > set->end)
			set->end = judge(wait_status);
	}
	return has_any_ended;
}

bool process_set_is_running(const struct process_set *set)
{
	for (int kind = 0; kind < PROCESS_COUNT; kind++)
		if (set->pids[kind] != 0)
			return true;
	return false;
}

void process_set_stop(struct process_set *set)
{
	close_end(&set->controls[PROCESS_FRONT]);
}

void process_set_kill(struct process_set *set)
{
	for (int kind = 0; kind < PROCESS_COUNT; kind++)
		if (set->pids[kind] != 0)
			(void)kill(set->pids[kind], SIGKILL);
}
