/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the keys log, mirror, box and, where there is one, witness; opens the guard; then
 * serves one frame after the other. The guard is synced at most a second after it was
 * written. A guard that is damaged is put aside: the desk then asks its members what it
 * last signed (aldis.md 7.3, 7.4).
 */
#include "daemon/signer_process.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/clock.h"
#include "crypto/keyfile.h"
#include "crypto/random.h"
#include "daemon/ipc_signer.h"
#include "daemon/log.h"
#include "signer/signer.h"

enum { SYNC_MS = 900, FRAMES_LEN_MAX = 1 << 20 };

struct signer_process {
	const struct process_context *context;
	struct ipc desk;
	struct signer_core *core;
	struct ipc_signer_server server;
	bool is_dirty;       /* something was signed since the last sync */
	int64_t sync_due_ms; /* monotonic, when is_dirty */
};

static int64_t legal_ms(void *unused)
{
	return clock_utc_ms();
}

/* Goes on while the machine sleeps, so that a long sleep is no jump of the clock. */
static int64_t elapsed_ms(void *unused)
{
	struct timespec now;

	if (clock_gettime(CLOCK_BOOTTIME, &now) != 0)
		return (int64_t)(clock_monotonic_ns() / 1000000);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- start */

static enum status read_seed(const struct folder *folder, const char *role,
                             struct ed25519_seed *ret_seed, struct error *err)
{
	char name[64], path[FOLDER_PATH_MAX];

	(void)snprintf(name, sizeof name, "keys/%s.key", role);
	TRY(folder_path(folder, name, path, err));
	return keyfile_read(path, role, folder->config.name, NULL, ret_seed, err);
}

static enum status read_key(const struct folder *folder, const char *role,
                            struct ed25519_secret **ret_secret, struct error *err)
{
	struct ed25519_seed seed;
	enum status status;

	TRY(read_seed(folder, role, &seed, err));
	status = ed25519_secret_new(&seed, ret_secret, err);
	crypto_wipe(&seed, sizeof seed);
	return status;
}

static enum status read_keys(const struct folder *folder, struct signer_config *config,
                             struct error *err)
{
	enum status status;

	TRY(read_key(folder, "log", &config->log, err));
	TRY(read_key(folder, "mirror", &config->mirror, err));
	status = read_key(folder, "witness", &config->witness, err);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	status = read_seed(folder, "box", &config->box, err);
	config->has_box = status == STATUS_OK;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status try_guard(const char *path, struct guard **ret_guard,
                             struct error *err)
{
	struct guard_file file;

	TRY(guard_file_open(path, &file, err));
	return guard_open(file, ret_guard, err);
}

static enum status put_guard_aside(const char *path, struct error *err)
{
	char aside[FOLDER_PATH_MAX + 32];

	(void)snprintf(aside, sizeof aside, "%s.damaged-%lld", path,
	               (long long)(clock_utc_ms() / 1000));
	if (rename(path, aside) != 0)
		return error_set_errno(err, "can't put %s aside", path);
	log_line("signer", LOG_LEVEL_ERROR,
	         "the guard was damaged and is now %s; nothing is signed before a member "
	         "has shown what it last saw of this desk",
	         aside);
	return STATUS_OK;
}

static enum status open_guard(const struct folder *folder, struct guard **ret_guard,
                              struct error *err)
{
	char path[FOLDER_PATH_MAX];
	enum status status;

	TRY(folder_path(folder, "guard", path, err));
	status = try_guard(path, ret_guard, err);
	if (status != STATUS_MALFORMED)
		return status;
	log_line("signer", LOG_LEVEL_ERROR, "%s", err->text);
	TRY(put_guard_aside(path, err));
	return try_guard(path, ret_guard, err);
}

static enum status open_core(struct signer_process *process, struct error *err)
{
	const struct folder *folder = process->context->folder;
	struct signer_config config = {
	    .desk = folder->config.name,
	    .now_ms = legal_ms,
	    .monotonic_ms = elapsed_ms,
	    .jump_limit_ms = folder->config.jump_limit_s * 1000,
	};
	enum status status = read_keys(folder, &config, err);

	if (status == STATUS_OK)
		status = open_guard(folder, &config.guard, err);
	if (status == STATUS_OK)
		status = signer_core_new(&config, &process->core, err);
	else {
		ed25519_secret_free(config.log);
		ed25519_secret_free(config.mirror);
		ed25519_secret_free(config.witness);
	}
	crypto_wipe(&config.box, sizeof config.box);
	return status;
}

static void accept_clock(void *self)
{
	struct signer_process *process = self;

	signer_core_accept_clock(process->core);
	log_line("signer", LOG_LEVEL_WARNING, "an operator says that the clock is right");
}

static enum status begin(struct signer_process *process, struct error *err)
{
	/* Keys are in this memory: nobody may look into it, and it is never dumped. */
	if (prctl(PR_SET_DUMPABLE, 0) != 0)
		return error_set_errno(err, "can't shut the signer's memory");
	TRY(open_core(process, err));
	process->server = (struct ipc_signer_server){
	    .ipc = &process->desk,
	    .signer = {&signer_core_ops, process->core},
	    .accept_clock = accept_clock,
	    .self = process,
	};
	return STATUS_OK;
}

/* ---- service */

static enum status serve_frames(struct signer_process *process, struct error *err)
{
	struct ipc_frame frame;
	enum status status;

	TRY(ipc_read(&process->desk, FRAMES_LEN_MAX, err));
	while ((status = ipc_next(&process->desk, &frame, err)) == STATUS_OK) {
		TRY(ipc_accident(ipc_signer_serve(&process->server, &frame, err)));
		TRY(ipc_flush(&process->desk, err));
		if (!process->is_dirty)
			process->sync_due_ms = elapsed_ms(NULL) + SYNC_MS;
		process->is_dirty = true;
	}
	return status == STATUS_AGAIN ? STATUS_OK : ipc_accident(status);
}

static enum status sync_when_due(struct signer_process *process, struct error *err)
{
	if (!process->is_dirty || elapsed_ms(NULL) < process->sync_due_ms)
		return STATUS_OK;
	process->is_dirty = false;
	ipc_trim(&process->desk);
	return signer_core_sync(process->core, err);
}

static int poll_timeout_ms(const struct signer_process *process)
{
	int64_t left_ms = process->sync_due_ms - elapsed_ms(NULL);

	if (!process->is_dirty)
		return -1;
	return left_ms > 0 ? (int)left_ms : 0;
}

/* CLOSED when it is time to end. */
static enum status serve_once(struct signer_process *process, struct error *err)
{
	struct pollfd fds[] = {{.fd = process->desk.fd, .events = POLLIN},
	                       {.fd = process->context->control, .events = POLLIN}};

	if (poll(fds, 2, poll_timeout_ms(process)) < 0 && errno != EINTR)
		return error_set_errno(err, "can't wait for the desk");
	if (fds[1].revents != 0)
		return error_set(err, STATUS_CLOSED, "the supervisor is gone");
	if (fds[0].revents != 0)
		TRY(serve_frames(process, err));
	return sync_when_due(process, err);
}

static void end(struct signer_process *process)
{
	ipc_signer_server_release(&process->server);
	signer_core_free(process->core);
	ipc_release(&process->desk);
}

int signer_process_run(const struct process_context *context)
{
	struct signer_process process = {.context = context};
	struct error err = {""};
	enum status status;

	ipc_init(&process.desk, context->desk);
	status = begin(&process, &err);
	while (status == STATUS_OK)
		status = serve_once(&process, &err);
	if (status == STATUS_CLOSED && process.core != NULL)
		status = signer_core_sync(process.core, &err);
	if (status != STATUS_OK)
		log_line("signer", LOG_LEVEL_ERROR, "%s", err.text);
	end(&process);
	return process_exit_status(status);
}
