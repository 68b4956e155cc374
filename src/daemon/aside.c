/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process asks (IPC_FETCH), is answered (IPC_FETCHED), hands over what it made in
 * parts (IPC_RESULT_PART), so that no turn waits for all of it, and says at last what
 * came of it (IPC_RESULT). Then it waits for the socket to be closed, so that its end is
 * never taken for an accident. It leaves by _exit: nothing of the desk is torn down
 * twice.
 */
#include "daemon/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "daemon/ipc_read.h"
#include "daemon/process.h"

enum { FETCH_PATH_MAX = 4096, PART_LEN = 256 * 1024 };

/* ---- in the process */

/* What an address sanitizer reserves can't be told from what is used. */
#if defined(__SANITIZE_ADDRESS__)
static void limit_memory(void)
{
}
#else
static void limit_memory(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;
	struct rlimit limit;

	if (file == NULL)
		return;
	if (fscanf(file, "%lu", &pages) == 1) {
		limit.rlim_cur = limit.rlim_max =
		    pages * (rlim_t)sysconf(_SC_PAGESIZE) + ASIDE_MEMORY_MAX;
		(void)setrlimit(RLIMIT_AS, &limit);
	}
	(void)fclose(file);
}
#endif

/* When memory runs out, this one goes, not the desk. */
static void volunteer(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!write(fd, "1000", 4);
	(void)close(fd);
}

static enum status say(struct error *err, enum status status, struct view sentence)
{
	return error_set(err, status, "%.*s", (int)sentence.len,
	                 (const char *)sentence.data);
}

static enum status fetch_from_desk(void *context, const char *path, struct buf *ret_body,
                                   struct error *err)
{
	struct ipc *ipc = context;
	size_t begun = ipc_begin(ipc, IPC_FETCH);
	struct ipc_frame frame;
	struct reader reader;
	uint8_t status = STATUS_BUG;

	ipc_append_string(&ipc->out, path);
	ipc_end(ipc, begun);
	TRY(ipc_flush(ipc, err));
	TRY(ipc_wait(ipc, &frame, err));
	reader = reader_of(frame.fields);
	if (frame.type != IPC_FETCHED || !ipc_take_u8(&reader, STATUS_BUG, &status))
		return error_set(err, STATUS_BUG, "the desk answers something else");
	if (status != STATUS_OK)
		return say(err, status, reader.rest);
	buf_append_view(ret_body, reader.rest);
	return STATUS_OK;
}

/* status, then the result or the sentence */
static void encode(struct ipc *ipc, enum ipc_type type, enum status status,
                   struct view bytes, const struct error *why)
{
	size_t begun = ipc_begin(ipc, type);

	buf_append_byte(&ipc->out, (uint8_t)status);
	buf_append_view(&ipc->out,
	                status == STATUS_OK ? bytes : view_of_string(why->text));
	ipc_end(ipc, begun);
}

static enum status hand_over(struct ipc *ipc, struct view result, struct error *err)
{
	while (result.len > 0) {
		size_t len = result.len < PART_LEN ? result.len : PART_LEN;
		size_t begun = ipc_begin(ipc, IPC_RESULT_PART);

		buf_append(&ipc->out, result.data, len);
		ipc_end(ipc, begun);
		TRY(ipc_flush(ipc, err));
		result = view_from(result, len);
	}
	return STATUS_OK;
}

static void work(int fd, aside_run *run, void *context)
{
	struct buf result = BUF_INIT(ASIDE_RESULT_MAX);
	struct ipc_frame frame;
	struct error why = {0};
	enum status status;
	struct ipc ipc;

	ipc_init(&ipc, fd);
	status = run(context, fetch_from_desk, &ipc, &result, &why);
	if (status == STATUS_OK)
		status = buf_check(&result, "the answer", &why);
	if (status == STATUS_OK)
		status = hand_over(&ipc, buf_view(&result), &why);
	encode(&ipc, IPC_RESULT, status, view_of("", 0), &why);
	if (ipc_flush(&ipc, &why) == STATUS_OK)
		(void)!ipc_wait(&ipc, &frame, &why);
}

_Noreturn static void be_aside(int fd, pid_t parent, aside_run *run, void *context)
{
	struct error err;

	if (process_begin("aside", parent, &fd, 1, &err) == STATUS_OK) {
		limit_memory();
		volunteer();
		work(fd, run, context);
	}
	_exit(0);
}

/* ---- in the desk */

void aside_init(struct aside *aside)
{
	*aside = (struct aside){.ipc.fd = -1};
}

/* It goes by itself once its socket is closed: who waited for it now would wait until its
 * memory is given back. */
static void let_go(struct aside *aside)
{
	ipc_release(&aside->ipc);
	aside->is_running = false;
}

static void reap(struct aside *aside, int options)
{
	pid_t got;

	if (aside->pid == 0 || aside->is_running)
		return;
	do
		got = waitpid(aside->pid, NULL, options);
	while (got < 0 && errno == EINTR);
	if (got != 0)
		aside->pid = 0;
}

void aside_release(struct aside *aside)
{
	if (aside->pid != 0)
		(void)kill(aside->pid, SIGKILL);
	let_go(aside);
	buf_release(&aside->said);
	reap(aside, 0);
}

enum status aside_begin(struct aside *aside, aside_run *run, void *context,
                        int64_t now_ms, struct error *err)
{
	pid_t parent = getpid();
	int ends[2];

	if (aside->is_running)
		return error_set(err, STATUS_AGAIN, "other work is done aside");
	reap(aside, 0);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return error_set_errno(err, "no socket for work aside");
	aside->pid = fork();
	if (aside->pid == 0)
		be_aside(ends[1], parent, run, context);
	(void)close(ends[1]);
	if (aside->pid < 0) {
		aside->pid = 0;
		(void)close(ends[0]);
		return error_set_errno(err, "no process for work aside");
	}
	ipc_init(&aside->ipc, ends[0]);
	buf_release(&aside->said);
	aside->said = BUF_INIT(ASIDE_RESULT_MAX);
	aside->is_running = true;
	aside->until_ms = now_ms + (int64_t)ASIDE_TIME_MAX_S * 1000;
	return STATUS_OK;
}

int aside_fd(const struct aside *aside)
{
	return aside->is_running ? aside->ipc.fd : -1;
}

size_t aside_queued(const struct aside *aside)
{
	return aside->is_running ? ipc_queued(&aside->ipc) : 0;
}

int64_t aside_wake_ms(const struct aside *aside)
{
	return aside->is_running ? aside->until_ms : INT64_MAX;
}

static enum status answer(struct aside *aside, struct reader *reader, bundle_fetch *fetch,
                          void *fetch_context, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(ASIDE_FETCH_MAX);
	const char *path = NULL;
	struct error why = {0};
	enum status status;

	TRY(ipc_take_end(reader, ipc_take_string(reader, FETCH_PATH_MAX, &path),
	                 "what work aside asks for", err));
	status = fetch(fetch_context, path, &body, &why);
	if (status == STATUS_OK)
		status = buf_check(&body, "what is read", &why);
	encode(&aside->ipc, IPC_FETCHED, status, buf_view(&body), &why);
	return STATUS_OK;
}

static enum status take_result(const struct aside *aside, struct reader *reader,
                               struct aside_result *ret_result, struct error *err)
{
	uint8_t status = STATUS_BUG;

	if (!ipc_take_u8(reader, STATUS_BUG, &status))
		return error_set(err, STATUS_MALFORMED, "work aside ended badly");
	ret_result->status = status;
	if (status == STATUS_OK)
		ret_result->result = buf_view(&aside->said);
	else
		(void)!say(&ret_result->why, status, reader->rest);
	return STATUS_OK;
}

/* AGAIN: more is to come. */
static enum status take_frames(struct aside *aside, bundle_fetch *fetch,
                               void *fetch_context, struct aside_result *ret_result,
                               struct error *err)
{
	struct ipc_frame frame;

	TRY(ipc_write(&aside->ipc, err));
	TRY(ipc_read(&aside->ipc, 0, err));
	for (;;) {
		TRY(ipc_next(&aside->ipc, &frame, err));
		struct reader reader = reader_of(frame.fields);

		if (frame.type == IPC_RESULT)
			return take_result(aside, &reader, ret_result, err);
		if (frame.type == IPC_RESULT_PART) {
			buf_append_view(&aside->said, frame.fields);
			TRY(buf_check(&aside->said, "what was worked out", err));
			continue;
		}
		if (frame.type != IPC_FETCH)
			return error_set(err, STATUS_MALFORMED, "work aside went astray");
		TRY(answer(aside, &reader, fetch, fetch_context, err));
		TRY(ipc_write(&aside->ipc, err));
	}
}

bool aside_serve(struct aside *aside, bundle_fetch *fetch, void *fetch_context,
                 int64_t now_ms, struct aside_result *ret_result)
{
	enum status status;
	struct error err;

	reap(aside, WNOHANG);
	if (!aside->is_running) {
		buf_release(&aside->said);
		return false;
	}
	*ret_result = (struct aside_result){.status = STATUS_AGAIN};
	status = take_frames(aside, fetch, fetch_context, ret_result, &err);
	if (status == STATUS_AGAIN && now_ms < aside->until_ms)
		return false;
	if (status == STATUS_AGAIN)
		(void)error_set(&ret_result->why, STATUS_AGAIN,
		                "it took longer than %d seconds and was broken off",
		                ASIDE_TIME_MAX_S);
	else if (status != STATUS_OK)
		(void)error_set(&ret_result->why, STATUS_AGAIN,
		                "it was broken off, perhaps for lack of memory");
	if (status != STATUS_OK)
		(void)kill(aside->pid, SIGKILL);
	let_go(aside);
	return true;
}
