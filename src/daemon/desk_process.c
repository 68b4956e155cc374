/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns: what the front has sent until now is handed in together, committed together and
 * answered together, so that load makes turns larger, not more. What the desk lets out is
 * written only behind the end of its turn. While the front is slow to take it, nothing
 * more is handed in.
 */
#include "daemon/desk_process.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "console/api.h"
#include "daemon/aside.h"
#include "daemon/ipc_desk.h"
#include "daemon/ipc_signer.h"
#include "daemon/log.h"
#include "daemon/password_worker.h"
#include "daemon/version.h"
#include "store/sqlite.h"

enum {
	TURN_FRAMES_MAX = 4096,
	TURN_READS_MAX = 64,      /* requests whose answers may be large */
	TURN_LEN_MAX = 512 << 10, /* then the peers' answers get their turn */
	FULL_LEN = 64 << 10, /* a read of so much has emptied a socket that was full */
	GATHER_MS = 1,
	OUT_HIGH_LEN = 64 << 20, /* unwritten bytes at which no turn takes frames */
	SLEEP_MS_MAX = 10000,    /* so that a clock set back is noticed */
	NOTE_LEN_MAX = 1 << 20,
};

struct desk_process {
	const struct process_context *context;
	struct ipc front, signer;
	struct store store;
	struct desk *desk;
	struct api *api;
	struct password_worker *passwords;
	struct aside aside;
	bool has_peers_changed;
	int64_t started_ms;
	int64_t beaten_ms; /* monotonic */
	int usage;         /* as usage_open gave it */
	bool has_figures;
	struct figures_front figures; /* the front's, as it last said */
	enum status failed;           /* of an operation that can't say so */
	struct error failure;
};

/* ---- the way out */

static void out_reply(void *self, const struct desk_reply *reply)
{
	static const char too_long[] = "the answer is too long for one request\n";
	struct desk_process *process = self;
	struct desk_reply refusal = {.request = reply->request,
	                             .status = 500,
	                             .type = "text/plain; charset=utf-8",
	                             .body = view_of_string(too_long)};

	ipc_reply_encode(&process->front,
	                 reply->body.len > IPC_BODY_MAX ? &refusal : reply);
}

static void out_call(void *self, const struct desk_call *call)
{
	struct desk_process *process = self;
	struct desk_call bounded = *call;

	if (bounded.answer_max > IPC_BODY_MAX)
		bounded.answer_max = IPC_BODY_MAX;
	ipc_call_encode(&process->front, &bounded);
}

static void out_peers_changed(void *self)
{
	struct desk_process *process = self;

	process->has_peers_changed = true;
}

static void out_event(void *self, struct view json)
{
	struct desk_process *process = self;

	ipc_event_encode(&process->front, json);
}

static void out_log(void *self, const char *line)
{
	log_line("desk", LOG_LEVEL_INFO, "%s", line);
}

static const struct desk_out_ops out_ops = {out_reply, out_call, out_peers_changed,
                                            out_event, out_log};

/* ---- peers for the front */

static void fill_peer(const struct record_card *card, struct link_peer *ret_peer)
{
	static const enum record_role roles[] = {RECORD_ROLE_LINK, RECORD_ROLE_LINK_NEXT};

	*ret_peer = (struct link_peer){.url_count = card->url_count};
	memcpy(ret_peer->name, card->name.text, sizeof ret_peer->name);
	memcpy(ret_peer->urls, card->urls, sizeof ret_peer->urls);
	for (size_t i = 0; i < LINK_KEYS_MAX; i++)
		if (card->has_key[roles[i]])
			ret_peer->keys[ret_peer->key_count++] = card->keys[roles[i]];
}

static enum status send_peers(struct desk_process *process, struct error *err)
{
	size_t count = desk_peer_count(process->desk);
	CLEANUP_FREE struct link_peer *peers = NULL;

	if (count > IPC_PEERS_MAX)
		return error_set(err, STATUS_LIMIT, "more than %d desks are trusted",
		                 IPC_PEERS_MAX);
	peers = calloc(count > 0 ? count : 1, sizeof *peers);
	if (peers == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the peers");
	for (size_t i = 0; i < count; i++)
		fill_peer(desk_peer_view(process->desk, i).card, &peers[i]);
	ipc_peers_encode(&process->front, peers, count);
	process->has_peers_changed = false;
	return STATUS_OK;
}

/* ---- start */

static enum status host_backup(void *self, const char *path, struct error *err)
{
	struct desk_process *process = self;

	process_beat(process->context, true); /* the copy of a large store takes long */
	return process->store.ops->backup(process->store.self, path, err);
}

static void host_accept_clock(void *self)
{
	struct desk_process *process = self;
	struct error err;
	enum status status = ipc_signer_accept_clock(&process->signer, &err);

	if (status != STATUS_OK && process->failed == STATUS_OK) {
		process->failed = status;
		process->failure = err;
	}
}

static enum status host_hash_password(void *self, uint64_t ticket, bool is_check,
                                      const char *password, const char *hash,
                                      struct error *err)
{
	struct desk_process *process = self;

	return password_worker_ask(process->passwords, ticket, is_check, password, hash,
	                           err);
}

static enum status host_figures(void *self, struct figures *ret_figures,
                                struct error *err)
{
	const struct desk_process *process = self;
	struct figures figures = {
	    .has_front = process->has_figures,
	    .has_store = true,
	    .desk = {process->started_ms, usage_read(process->usage)},
	    .front = process->figures,
	};

	TRY(store_sqlite_figures(&process->store, &figures.store, err));
	*ret_figures = figures;
	return STATUS_OK;
}

static enum status host_run_aside(void *self, aside_run *run, void *context,
                                  struct error *err)
{
	struct desk_process *process = self;

	return aside_begin(&process->aside, run, context, clock_utc_ms(), err);
}

static enum status read_note(const struct folder *folder, const char *name,
                             struct buf *ret_note, struct error *err)
{
	char path[FOLDER_PATH_MAX];

	TRY(folder_path(folder, name, path, err));
	return file_read(path, ret_note, err);
}

static enum status open_store(struct desk_process *process, struct error *err)
{
	char path[FOLDER_PATH_MAX];

	TRY(folder_path(process->context->folder, "store.db", path, err));
	return store_sqlite_open(path, &process->store, err);
}

static enum status open_desk(struct desk_process *process, struct error *err)
{
	const struct folder *folder = process->context->folder;
	CLEANUP_BUF struct buf card_note = BUF_INIT(NOTE_LEN_MAX);
	CLEANUP_BUF struct buf witness_logs = BUF_INIT(NOTE_LEN_MAX);
	struct desk_options options = {.poll_ms = folder->config.poll_s * 1000};
	enum status status;

	TRY(read_note(folder, "card.note", &card_note, err));
	status = read_note(folder, "witness.logs", &witness_logs, err);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	options.witness_logs = buf_view(&witness_logs);
	options.random_seed = clock_monotonic_ns();
	TRY(desk_open(&options, buf_view(&card_note), process->store,
	              (struct signer){&ipc_signer_ops, &process->signer},
	              (struct desk_out){&out_ops, process}, clock_utc_ms(),
	              &process->desk, err));
	if (strcmp(desk_card(process->desk)->name.text, folder->config.name) != 0)
		return error_set(
		    err, STATUS_CONFLICT, "card.note is of %s, desk.conf of %s",
		    desk_card(process->desk)->name.text, folder->config.name);
	return STATUS_OK;
}

static enum status begin(struct desk_process *process, struct error *err)
{
	struct api_host host = {.version = aldisd_version,
	                        .backup = host_backup,
	                        .accept_clock = host_accept_clock,
	                        .hash_password = host_hash_password,
	                        .run_aside = host_run_aside,
	                        .figures = host_figures,
	                        .self = process};

	TRY(open_store(process, err));
	TRY(open_desk(process, err));
	TRY(password_worker_new(&process->passwords, err));
	TRY(api_new(process->desk, &host, &process->api, err));
	TRY(send_peers(process, err));
	return ipc_write(&process->front, err);
}

/* ---- turns */

struct turn {
	int64_t now_ms;
	size_t frames, reads, len;
};

static bool is_full(const struct turn *turn)
{
	return turn->frames >= TURN_FRAMES_MAX || turn->reads >= TURN_READS_MAX ||
	       turn->len >= TURN_LEN_MAX;
}

static enum status take_request(struct desk_process *process, struct turn *turn,
                                struct view fields, struct error *err)
{
	struct desk_request request;

	TRY(ipc_request_decode(fields, &request, err));
	if (request.method == DESK_GET)
		turn->reads++;
	if (request.peer == NULL && !request.is_witness)
		api_take_request(process->api, &request, turn->now_ms);
	else
		desk_take_request(process->desk, &request);
	return STATUS_OK;
}

static enum status take_frame(struct desk_process *process, struct turn *turn,
                              const struct ipc_frame *frame, struct error *err)
{
	struct desk_answer answer;

	turn->frames++;
	turn->len += frame->fields.len;
	if (frame->type == IPC_FIGURES) {
		process->has_figures = true;
		return ipc_figures_decode(frame->fields, &process->figures, err);
	}
	if (frame->type == IPC_REQUEST)
		return take_request(process, turn, frame->fields, err);
	if (frame->type != IPC_ANSWER)
		return error_set(err, STATUS_MALFORMED,
		                 "the front sent a frame of an unknown type");
	TRY(ipc_answer_decode(frame->fields, &answer, err));
	if (!api_take_answer(process->api, &answer, turn->now_ms))
		desk_take_answer(process->desk, &answer);
	return STATUS_OK;
}

static enum status take_frames(struct desk_process *process, struct turn *turn,
                               struct error *err)
{
	struct ipc_frame frame;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && !is_full(turn)) {
		status = ipc_next(&process->front, &frame, err);
		if (status == STATUS_OK)
			status = take_frame(process, turn, &frame, err);
	}
	return status == STATUS_AGAIN ? STATUS_OK : ipc_accident(status);
}

static bool is_choked(const struct desk_process *process)
{
	return ipc_queued(&process->front) > OUT_HIGH_LEN;
}

static void take_passwords(struct desk_process *process, int64_t now_ms)
{
	struct password_result result;

	while (password_worker_take(process->passwords, &result))
		api_take_password(process->api, result.ticket, result.is_good,
		                  result.hash, now_ms);
}

/* One asks for thousands of bundles: each turn answers those that have come. */
static void serve_aside(struct desk_process *process, int64_t now_ms)
{
	struct aside_result result;

	if (aside_serve(&process->aside, api_fetch, process->api, now_ms, &result))
		api_take_aside(process->api, result.status, result.result, &result.why,
		               now_ms);
}

/* Nothing is written before the desk's turn has ended well. */
static enum status run_turn(struct desk_process *process, struct error *err)
{
	struct turn turn = {.now_ms = clock_utc_ms()};

	desk_turn_begin(process->desk, turn.now_ms);
	if (!is_choked(process))
		TRY(take_frames(process, &turn, err));
	take_passwords(process, turn.now_ms);
	serve_aside(process, turn.now_ms);
	api_serve_waiting(process->api, turn.now_ms);
	TRY(desk_turn_end(process->desk, err));
	if (process->failed != STATUS_OK) {
		*err = process->failure;
		return process->failed;
	}
	if (process->has_peers_changed)
		TRY(send_peers(process, err));
	return ipc_write(&process->front, err);
}

/* ---- waiting */

static int64_t wake_ms(const struct desk_process *process)
{
	int64_t desk_ms = desk_wake_ms(process->desk);
	int64_t api_ms = api_wake_ms(process->api);
	int64_t aside_ms = aside_wake_ms(&process->aside);

	if (api_ms < desk_ms)
		desk_ms = api_ms;
	return aside_ms < desk_ms ? aside_ms : desk_ms;
}

static int64_t monotonic_ms(void)
{
	return (int64_t)(clock_monotonic_ns() / 1000000);
}

/* At most every beat_ms, and not much more seldom. */
static void beat(struct desk_process *process)
{
	int beat_ms = process->context->beat_ms;
	int64_t now_ms = beat_ms > 0 ? monotonic_ms() : 0;

	if (beat_ms == 0 || now_ms - process->beaten_ms < beat_ms)
		return;
	process->beaten_ms = now_ms;
	process_beat(process->context, false);
}

static int sleep_ms_max(const struct desk_process *process)
{
	int beat_ms = process->context->beat_ms;

	return beat_ms > 0 && beat_ms < SLEEP_MS_MAX ? beat_ms : SLEEP_MS_MAX;
}

static int sleep_ms(const struct desk_process *process)
{
	int64_t left_ms = wake_ms(process) - clock_utc_ms();
	int most_ms = sleep_ms_max(process);

	if (api_is_due(process->api) || left_ms <= 0 ||
	    (ipc_has_frame(&process->front) && !is_choked(process)))
		return 0;
	return left_ms < most_ms ? (int)left_ms : most_ms;
}

/* Descriptors that a turn is waited for with. */
enum { WAIT_FRONT, WAIT_SIGNER, WAIT_CONTROL, WAIT_PASSWORDS, WAIT_ASIDE, WAIT_COUNT };

static enum status wait_for_work(struct desk_process *process,
                                 struct pollfd fds[WAIT_COUNT], struct error *err)
{
	size_t queued = ipc_queued(&process->front);
	int timeout_ms = sleep_ms(process);

	fds[WAIT_FRONT] =
	    (struct pollfd){.fd = process->front.fd,
	                    .events = (short)((is_choked(process) ? 0 : POLLIN) |
	                                      (queued > 0 ? POLLOUT : 0))};
	fds[WAIT_SIGNER] = (struct pollfd){.fd = process->signer.fd, .events = POLLIN};
	fds[WAIT_CONTROL] =
	    (struct pollfd){.fd = process->context->control, .events = POLLIN};
	fds[WAIT_PASSWORDS] = (struct pollfd){
	    .fd = password_worker_fd(process->passwords), .events = POLLIN};
	fds[WAIT_ASIDE] = (struct pollfd){
	    .fd = aside_fd(&process->aside),
	    .events =
	        (short)(POLLIN | (aside_queued(&process->aside) > 0 ? POLLOUT : 0))};
	if (timeout_ms > 1000 && queued == 0) {
		ipc_trim(&process->front);
		ipc_trim(&process->signer);
	}
	if (poll(fds, WAIT_COUNT, timeout_ms) < 0) {
		if (errno != EINTR)
			return error_set_errno(err, "can't wait for the front");
		for (size_t i = 0; i < WAIT_COUNT; i++)
			fds[i].revents = 0;
	}
	return STATUS_OK;
}

/* A socket holds some 200 KiB. When the front has more than that, it fills the socket
 * again as soon as it was emptied: worth a moment's waiting, so that one commit serves
 * all. */
static enum status gather(struct desk_process *process, struct error *err)
{
	struct pollfd front = {.fd = process->front.fd, .events = POLLIN};
	size_t before;

	do {
		before = ipc_held(&process->front);
		TRY(ipc_read(&process->front, TURN_LEN_MAX, err));
	} while (ipc_held(&process->front) - before >= FULL_LEN &&
	         ipc_held(&process->front) < TURN_LEN_MAX &&
	         poll(&front, 1, GATHER_MS) > 0);
	return STATUS_OK;
}

/* CLOSED when it is time to end. */
static enum status work_once(struct desk_process *process, struct error *err)
{
	struct pollfd fds[WAIT_COUNT];
	bool is_due;

	beat(process);
	TRY(wait_for_work(process, fds, err));
	if (fds[WAIT_CONTROL].revents != 0)
		return error_set(err, STATUS_CLOSED, "the supervisor is gone");
	if (fds[WAIT_SIGNER].revents != 0)
		return error_set(err, STATUS_SYSTEM, "the signer is gone");
	if ((fds[WAIT_FRONT].revents & POLLOUT) != 0)
		TRY(ipc_write(&process->front, err));
	if ((fds[WAIT_FRONT].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		TRY(gather(process, err));
	is_due = wake_ms(process) <= clock_utc_ms() || api_is_due(process->api);
	if (is_due || ipc_has_frame(&process->front) ||
	    fds[WAIT_PASSWORDS].revents != 0 || fds[WAIT_ASIDE].revents != 0)
		return run_turn(process, err);
	return STATUS_OK;
}

static void end(struct desk_process *process)
{
	aside_release(&process->aside);
	password_worker_free(process->passwords);
	api_free(process->api);
	desk_free(process->desk);
	if (process->store.ops != NULL)
		process->store.ops->close(process->store.self);
	if (process->usage >= 0)
		(void)close(process->usage);
	ipc_release(&process->front);
	ipc_release(&process->signer);
}

int desk_process_run(const struct process_context *context)
{
	struct desk_process process = {
	    .context = context, .started_ms = clock_utc_ms(), .usage = usage_open()};
	struct error err = {""};
	enum status status;

	aside_init(&process.aside);
	ipc_init(&process.front, context->front);
	ipc_init(&process.signer, context->signer);
	status = begin(&process, &err);
	while (status == STATUS_OK)
		status = work_once(&process, &err);
	/* The front goes first when all stop in order. */
	if (status == STATUS_CLOSED)
		status = STATUS_OK;
	if (status != STATUS_OK)
		log_line("desk", LOG_LEVEL_ERROR, "%s", err.text);
	end(&process);
	return process_exit_status(status);
}
