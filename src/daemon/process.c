/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes are forked, not executed, so what they must not inherit is closed here.
 */
#include "daemon/process.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/random.h"

enum { REPORT_LEN = 6, KEPT_MAX = 16 };

int process_exit_status(enum status status)
{
	switch (status) {
	case STATUS_OK:
		return PROCESS_EXIT_STOP;
	case STATUS_AGAIN:
	case STATUS_CLOSED:
	case STATUS_NO_MEMORY:
	case STATUS_SYSTEM:
		return PROCESS_EXIT_AGAIN;
	case STATUS_MALFORMED:
	case STATUS_UNTRUSTED:
	case STATUS_NOT_FOUND:
	case STATUS_CONFLICT:
	case STATUS_LIMIT:
	case STATUS_BUG:
		break;
	}
	return PROCESS_EXIT_FATAL;
}

static int compare_fds(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static enum status close_others(const int *kept, size_t kept_count, struct error *err)
{
	unsigned next = STDERR_FILENO + 1;
	int sorted[KEPT_MAX];

	assert(kept_count <= KEPT_MAX);
	memcpy(sorted, kept, kept_count * sizeof *kept);
	qsort(sorted, kept_count, sizeof *sorted, compare_fds);
	for (size_t i = 0; i < kept_count; i++) {
		if (sorted[i] < (int)next)
			continue;
		if ((unsigned)sorted[i] > next &&
		    close_range(next, (unsigned)sorted[i] - 1, 0) != 0)
			return error_set_errno(err, "can't close descriptors");
		next = (unsigned)sorted[i] + 1;
	}
	if (close_range(next, ~0U, 0) != 0)
		return error_set_errno(err, "can't close descriptors");
	return STATUS_OK;
}

static enum status set_signals(struct error *err)
{
	static const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE};
	sigset_t none;

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		if (signal(ignored[i], SIG_IGN) == SIG_ERR)
			return error_set_errno(err, "can't ignore a signal");
	(void)sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) != 0)
		return error_set_errno(err, "can't set the signals");
	return STATUS_OK;
}

enum status process_begin(const char *name, pid_t parent, const int *kept,
                          size_t kept_count, struct error *err)
{
	static const struct rlimit no_core = {0, 0};
	char title[16];

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return error_set_errno(err, "can't follow the parent");
	if (getppid() != parent)
		return error_set(err, STATUS_CLOSED, "the supervisor is gone");
	(void)snprintf(title, sizeof title, "aldisd-%s", name);
	(void)prctl(PR_SET_NAME, title);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	TRY(set_signals(err));
	TRY(close_others(kept, kept_count, err));
	return crypto_init(err); /* random bytes of its own, not the parent's */
}

/* ---- the report */

enum status process_report(int control, const struct process_ports *ports,
                           struct error *err)
{
	uint8_t bytes[REPORT_LEN] = {
	    (uint8_t)(ports->link >> 8),    (uint8_t)ports->link,
	    (uint8_t)(ports->witness >> 8), (uint8_t)ports->witness,
	    (uint8_t)(ports->console >> 8), (uint8_t)ports->console,
	};

	if (send(control, bytes, sizeof bytes, MSG_NOSIGNAL) != (ssize_t)sizeof bytes)
		return error_set_errno(err, "can't tell the supervisor");
	return STATUS_OK;
}

enum status process_read_report(int control, struct process_ports *ret_ports,
                                struct error *err)
{
	uint8_t bytes[REPORT_LEN];
	ssize_t count = recv(control, bytes, sizeof bytes, MSG_DONTWAIT);

	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return STATUS_AGAIN;
	if (count != REPORT_LEN)
		return error_set(err, STATUS_CLOSED, "the front has ended");
	ret_ports->link = (uint16_t)(bytes[0] << 8 | bytes[1]);
	ret_ports->witness = (uint16_t)(bytes[2] << 8 | bytes[3]);
	ret_ports->console = (uint16_t)(bytes[4] << 8 | bytes[5]);
	return STATUS_OK;
}

/* ---- beats */

enum { BEAT = 'b', BEAT_BUSY = 'w' };

void process_beat(const struct process_context *context, bool is_busy)
{
	const char byte = is_busy ? BEAT_BUSY : BEAT;

	if (context->beat_ms > 0)
		(void)!send(context->control, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

enum status process_read_beat(int control, bool *ret_is_busy, struct error *err)
{
	char bytes[64];
	ssize_t count = recv(control, bytes, sizeof bytes, MSG_DONTWAIT);

	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return STATUS_AGAIN;
	if (count <= 0)
		return error_set(err, STATUS_CLOSED, "the process has ended");
	*ret_is_busy = bytes[count - 1] == BEAT_BUSY;
	return STATUS_OK;
}
