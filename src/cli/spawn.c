/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork and exec, with descriptors kept out of the children; what is read and printed
 * passes through files in memory, so that nobody waits for anybody.
 */
#include "cli/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

enum {
	PATH_LEN_MAX = 4096,
	STOP_PATIENCE_MS = 10000,
	STOP_STEP_MS = 20,
	EXEC_FAILED = 127,
};

enum status spawn_path(const char *program, char *ret_path, size_t cap, struct error *err)
{
	char self[PATH_LEN_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	if (len <= 0)
		return error_set_errno(err, "this program's own path is unknown");
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL)
		return error_set(err, STATUS_SYSTEM, "this program's path has no folder");
	slash[1] = '\0';
	if (snprintf(ret_path, cap, "%s%s", self, program) >= (int)cap)
		return error_set(err, STATUS_LIMIT, "the path of %s is too long",
		                 program);
	if (access(ret_path, X_OK) != 0)
		return error_set_errno(err, "%s is missing beside this program",
		                       ret_path);
	return STATUS_OK;
}

/* A file without a name, holding `content`, to be read or written from its beginning. */
static enum status make_file(struct view content, int *ret_fd, struct error *err)
{
	int fd = memfd_create("aldis", MFD_CLOEXEC);

	*ret_fd = fd;
	if (fd < 0 || write(fd, content.data, content.len) != (ssize_t)content.len ||
	    lseek(fd, 0, SEEK_SET) != 0)
		return error_set_errno(err, "no file in memory can be made");
	return STATUS_OK;
}

static enum status read_output(int fd, struct buf *output, struct error *err)
{
	if (lseek(fd, 0, SEEK_SET) != 0)
		return error_set_errno(err, "a program's output can't be read");
	return file_read_fd(fd, "a program's output", output, err);
}

static enum status wait_for(pid_t pid, int *ret_exit, struct error *err)
{
	int state;

	while (waitpid(pid, &state, 0) < 0)
		if (errno != EINTR)
			return error_set_errno(err, "a program can't be waited for");
	if (!WIFEXITED(state) || WEXITSTATUS(state) == EXEC_FAILED)
		return error_set(err, STATUS_SYSTEM,
		                 "a program was killed or not started");
	*ret_exit = WEXITSTATUS(state);
	return STATUS_OK;
}

/* The demonstration blocks signals, its children must not. */
static void unblock_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void exec_program(const char *path, const char *const *arguments, const int fds[3])
{
	unblock_signals();
	for (int i = 0; i < 3; i++)
		if (dup2(fds[i], i) < 0)
			_exit(EXEC_FAILED);
	(void)execvp(path, (char *const *)arguments);
	_exit(EXEC_FAILED);
}

/* Runs it on these descriptors. */
static enum status run_to_end(const char *const *arguments, const int fds[3],
                              int *ret_exit, struct error *err)
{
	char path[PATH_LEN_MAX];
	bool is_own = strcmp(arguments[0], "aldis") == 0;
	pid_t pid;

	if (is_own)
		TRY(spawn_path("aldis", path, sizeof path, err));
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		exec_program(is_own ? path : arguments[0], arguments, fds);
	if (pid < 0)
		return error_set_errno(err, "no process can be made");
	return wait_for(pid, ret_exit, err);
}

enum status spawn_program(const char *const *arguments, struct spawn_io *io,
                          struct error *err)
{
	CLEANUP_FD int input = -1;
	CLEANUP_FD int output = -1;
	CLEANUP_FD int errors = -1;

	TRY(make_file(io->input, &input, err));
	TRY(make_file((struct view){0}, &output, err));
	TRY(make_file((struct view){0}, &errors, err));
	TRY(run_to_end(arguments, (const int[3]){input, output, errors}, &io->exit_status,
	               err));
	TRY(read_output(output, io->output, err));
	return read_output(errors, io->errors, err);
}

static void exec_daemon(const char *path, const char *folder, int log_fd, pid_t parent)
{
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* Out of the terminal's reach, so that Ctrl-C ends the demonstration first. */
	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || null_fd < 0)
		_exit(EXEC_FAILED);
	(void)signal(SIGPIPE, SIG_DFL);
	unblock_signals();
	if (dup2(null_fd, STDIN_FILENO) >= 0 && dup2(log_fd, STDOUT_FILENO) >= 0 &&
	    dup2(log_fd, STDERR_FILENO) >= 0)
		(void)execl(path, "aldisd", folder, (char *)NULL);
	_exit(EXEC_FAILED);
}

enum status spawn_daemon(const char *folder, const char *log_path, pid_t *ret_pid,
                         struct error *err)
{
	CLEANUP_FD int log_fd = -1;
	char path[PATH_LEN_MAX];
	pid_t parent = getpid(), pid;

	TRY(spawn_path("aldisd", path, sizeof path, err));
	log_fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log_fd < 0)
		return error_set_errno(err, "%s can't be written", log_path);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		exec_daemon(path, folder, log_fd, parent);
	if (pid < 0)
		return error_set_errno(err, "no process can be made");
	*ret_pid = pid;
	return STATUS_OK;
}

void spawn_tell_to_stop(pid_t pid)
{
	if (pid > 0)
		(void)kill(pid, SIGTERM);
}

void spawn_stop(pid_t pid)
{
	struct timespec step = {.tv_nsec = STOP_STEP_MS * 1000000};

	if (pid <= 0)
		return;
	spawn_tell_to_stop(pid);
	for (int waited = 0; waited < STOP_PATIENCE_MS; waited += STOP_STEP_MS) {
		pid_t ended = waitpid(pid, NULL, WNOHANG);

		if (ended == pid || (ended < 0 && errno == ECHILD))
			return;
		(void)nanosleep(&step, NULL);
	}
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

bool spawn_has_ended(pid_t pid)
{
	return waitpid(pid, NULL, WNOHANG) == pid;
}

static void exec_detached(const char *const *arguments)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)setsid();
	if (null_fd < 0 || fork() != 0)
		_exit(0);
	exec_program(arguments[0], arguments, (const int[3]){null_fd, null_fd, null_fd});
}

void spawn_detached(const char *const *arguments)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		exec_detached(arguments);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
}
