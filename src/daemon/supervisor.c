/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of processes that ends without being told to is started again, later and later
 * while that does not help; but not when one of them says that a person must act, and not
 * when it could not even start the first time. The lock is held by all processes, so that
 * a new aldisd never meets what is left of a killed one.
 */
#include "daemon/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon/announce.h"
#include "daemon/desk_process.h"
#include "daemon/front_process.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/signer_process.h"

enum {
	LOCK_WAIT_MS = 2000, /* for what is left of a killed aldisd */
	LOCK_POLL_MS = 20,
	STOP_WAIT_MS = 10000, /* then what has not ended is killed */
	BACKOFF_FIRST_MS = 50,
	BACKOFF_MAX_MS = 30000,
	BACKOFF_READY_MS = 1000, /* at most, after a set that could start */
	STEADY_MS = 10000,       /* a set that ran so long was well */
	EXIT_COULD_NOT = 3,
	BEATS = 4, /* of each process, in the time of the watchdog */
};

static const struct process_plan plans_of_a_desk[PROCESS_COUNT] = {
    [PROCESS_SIGNER] = {"signer", signer_process_run},
    [PROCESS_DESK] = {"desk", desk_process_run},
    [PROCESS_FRONT] = {"front", front_process_run},
};

/* Of a process that beats: since the manager was told last. */
struct pulse {
	bool has_beaten;
	bool is_busy; /* said that the next one may take long */
};

struct supervisor {
	struct folder folder;
	int lock, signals;
	struct process_set set;
	struct process_ports ports;
	bool was_ready; /* in any set */
	bool is_ready;  /* in this one */
	bool is_told_to_stop;
	int backoff_ms;      /* before the next set; 0: none has failed */
	int64_t watchdog_ms; /* of the service manager; 0: none */
	struct pulse pulses[PROCESS_COUNT];
};

static int64_t monotonic_ms(void)
{
	return (int64_t)(clock_monotonic_ns() / 1000000);
}

/* ---- start */

static enum status take_lock(struct supervisor *supervisor, struct error *err)
{
	static const struct timespec pause = {0, LOCK_POLL_MS * 1000000L};
	int64_t until_ms = monotonic_ms() + LOCK_WAIT_MS;
	enum status status = folder_lock(&supervisor->folder, &supervisor->lock, err);

	while (status == STATUS_CONFLICT && monotonic_ms() < until_ms) {
		(void)nanosleep(&pause, NULL);
		status = folder_lock(&supervisor->folder, &supervisor->lock, err);
	}
	return status;
}

static enum status take_signals(struct supervisor *supervisor, struct error *err)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGHUP, SIG_IGN) == SIG_ERR)
		return error_set_errno(err, "can't set the signals");
	supervisor->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (supervisor->signals < 0)
		return error_set_errno(err, "can't take signals");
	return STATUS_OK;
}

static enum status begin(struct supervisor *supervisor, const char *folder,
                         struct error *err)
{
	TRY(folder_open(folder, &supervisor->folder, err));
	TRY(take_signals(supervisor, err));
	return take_lock(supervisor, err);
}

/* ---- while a set runs */

static void read_signals(struct supervisor *supervisor)
{
	struct signalfd_siginfo info;

	while (read(supervisor->signals, &info, sizeof info) == (ssize_t)sizeof info)
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			supervisor->is_told_to_stop = true;
}

static void read_report(struct supervisor *supervisor)
{
	struct error err;

	if (process_read_report(supervisor->set.controls[PROCESS_FRONT],
	                        &supervisor->ports, &err) != STATUS_OK)
		return;
	supervisor->is_ready = true;
	supervisor->was_ready = true;
	announce_ready(&supervisor->folder, &supervisor->ports);
}

static void tell(const char *state)
{
	struct error err;

	if (notify_send(getenv("NOTIFY_SOCKET"), state, &err) != STATUS_OK)
		log_line("supervisor", LOG_LEVEL_WARNING, "%s", err.text);
}

/* The watchdog hears of the set only when both have beaten. The signer needs no beat: a
 * desk that waits for it has none. */
static void read_beat(struct supervisor *supervisor, enum process_kind kind)
{
	struct pulse *desk = &supervisor->pulses[PROCESS_DESK],
	             *front = &supervisor->pulses[PROCESS_FRONT];
	bool is_busy;
	struct error err;
	enum status status =
	    process_read_beat(supervisor->set.controls[kind], &is_busy, &err);

	if (status == STATUS_CLOSED)
		process_set_stop(&supervisor->set);
	if (status != STATUS_OK)
		return;
	supervisor->pulses[kind] = (struct pulse){true, is_busy};
	if (!desk->has_beaten || !front->has_beaten)
		return;
	tell("WATCHDOG=1");
	desk->has_beaten = desk->is_busy;
	front->has_beaten = front->is_busy;
}

/* What this process may still say; -1: nothing. */
static int listen_to(const struct supervisor *supervisor, enum process_kind kind)
{
	bool is_report = kind == PROCESS_FRONT && !supervisor->is_ready;

	return is_report || (supervisor->is_ready && supervisor->watchdog_ms > 0)
	           ? supervisor->set.controls[kind]
	           : -1;
}

/* Until a signal, the front's report, a beat, or the time is over. */
static void wait_for_news(struct supervisor *supervisor, int timeout_ms)
{
	struct pollfd fds[] = {
	    {.fd = supervisor->signals, .events = POLLIN},
	    {.fd = listen_to(supervisor, PROCESS_FRONT), .events = POLLIN},
	    {.fd = listen_to(supervisor, PROCESS_DESK), .events = POLLIN}};

	if (poll(fds, 3, timeout_ms) <= 0)
		return;
	read_signals(supervisor);
	if ((fds[1].revents & POLLIN) != 0 && !supervisor->is_ready)
		read_report(supervisor);
	else if ((fds[1].revents & POLLIN) != 0)
		read_beat(supervisor, PROCESS_FRONT);
	else if (fds[1].revents != 0)
		process_set_stop(
		    &supervisor->set); /* it has ended; do not spin on that */
	if (fds[2].revents != 0)
		read_beat(supervisor, PROCESS_DESK);
}

static void watch_set(struct supervisor *supervisor)
{
	while (!supervisor->is_told_to_stop && !process_set_reap(&supervisor->set, false))
		wait_for_news(supervisor, -1);
}

static void end_set(struct supervisor *supervisor)
{
	int64_t until_ms = monotonic_ms() + STOP_WAIT_MS;
	bool is_told = supervisor->is_told_to_stop;

	process_set_stop(&supervisor->set);
	for (;;) {
		int64_t left_ms = until_ms - monotonic_ms();

		(void)process_set_reap(&supervisor->set, is_told);
		if (!process_set_is_running(&supervisor->set))
			return;
		if (left_ms <= 0)
			process_set_kill(&supervisor->set);
		wait_for_news(supervisor, left_ms > 0 ? (int)left_ms : LOCK_POLL_MS);
	}
}

/* ---- from set to set */

static enum status run_set(struct supervisor *supervisor, struct error *err)
{
	const struct process_context common = {
	    .folder = &supervisor->folder,
	    .is_restart = supervisor->was_ready,
	    .ports = supervisor->ports,
	    .beat_ms = (int)(supervisor->watchdog_ms / BEATS)};
	int64_t started_ms = monotonic_ms();
	enum status status;

	supervisor->is_ready = false;
	memset(supervisor->pulses, 0, sizeof supervisor->pulses);
	status = process_set_start(&supervisor->set, &common, supervisor->lock, err);
	if (status == STATUS_OK)
		watch_set(supervisor);
	end_set(supervisor);
	if (monotonic_ms() - started_ms > STEADY_MS)
		supervisor->backoff_ms = 0;
	return status;
}

/* Has the set ended so that another one is of no use? */
static bool is_hopeless(const struct supervisor *supervisor)
{
	if (supervisor->set.end == PROCESS_END_FATAL)
		return true;
	return !supervisor->was_ready && supervisor->set.end != PROCESS_END_DIED;
}

static void back_off(struct supervisor *supervisor)
{
	int64_t until_ms;

	supervisor->backoff_ms =
	    supervisor->backoff_ms == 0 ? BACKOFF_FIRST_MS : supervisor->backoff_ms * 2;
	if (supervisor->backoff_ms > BACKOFF_MAX_MS)
		supervisor->backoff_ms = BACKOFF_MAX_MS;
	log_line("supervisor", LOG_LEVEL_WARNING, "starting again in %d ms",
	         supervisor->backoff_ms);
	until_ms = monotonic_ms() + supervisor->backoff_ms;
	while (!supervisor->is_told_to_stop && monotonic_ms() < until_ms)
		wait_for_news(supervisor, (int)(until_ms - monotonic_ms()));
}

static enum status supervise(struct supervisor *supervisor, struct error *err)
{
	for (;;) {
		TRY(run_set(supervisor, err));
		if (supervisor->is_told_to_stop)
			return STATUS_OK;
		if (is_hopeless(supervisor))
			return error_set(err, STATUS_SYSTEM,
			                 "the desk can't run; the lines above say why");
		back_off(supervisor);
	}
}

int supervisor_run_plans(const char *folder, const struct process_plan *plans)
{
	struct supervisor supervisor = {
	    .lock = -1,
	    .signals = -1,
	    .watchdog_ms = notify_watchdog_ms(getenv("WATCHDOG_USEC"),
	                                      getenv("WATCHDOG_PID"), getpid())};
	struct error err;
	enum status status;

	process_set_init(&supervisor.set, plans);
	status = begin(&supervisor, folder, &err);
	if (status == STATUS_OK) {
		status = supervise(&supervisor, &err);
		tell("STOPPING=1");
		announce_stopped(&supervisor.folder);
	}
	if (status != STATUS_OK)
		log_line("supervisor", LOG_LEVEL_ERROR, "%s", err.text);
	if (supervisor.signals >= 0)
		(void)close(supervisor.signals);
	if (supervisor.lock >= 0)
		(void)close(supervisor.lock);
	return status == STATUS_OK ? 0 : EXIT_COULD_NOT;
}

int supervisor_run(const char *folder)
{
	return supervisor_run_plans(folder, plans_of_a_desk);
}
