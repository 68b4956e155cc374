/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event loop carries requests and answers to the desk, and replies, calls and events
 * from it; nothing is decided here. It listens only when the desk has said who its peers
 * are. When the desk is far behind, new requests get 503 at once.
 */
#include "daemon/front_process.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "crypto/keyfile.h"
#include "crypto/random.h"
#include "daemon/console_door.h"
#include "daemon/front_doors.h"
#include "daemon/front_peers.h"
#include "daemon/ipc_desk.h"
#include "daemon/log.h"
#include "daemon/subscribers.h"
#include "link/http_client.h"
#include "link/mail_client.h"

enum {
	QUEUE_HIGH_LEN = 32 << 20, /* unread by the desk: new requests are refused */
	LOCAL_SHARE_LEN =
	    256 << 10, /* of local requests on the way; peers go before the rest */
	READ_LEN_MAX = 8 << 20,
	WITNESS_ANSWER_MAX = 64 << 10,
	HEARTBEAT_S = 20,
	STREAM_MS = 600 * 1000, /* then a console must show again who it is */
};

struct front_process {
	const struct process_context *context;
	struct event_base *base;
	struct ipc desk;
	struct ipc local; /* local requests that wait for their turn; no socket */
	struct event *desk_readable, *desk_writable, *control_readable, *heartbeat,
	    *life; /* beats for the supervisor */
	struct link_tls_identity *identity;
	struct link_peers *peers;
	struct front_doors doors;
	struct link_client *client;
	struct link_mail_client *mails;
	struct console_door console;
	struct subscribers subscribers;
	int64_t started_ms;
	int usage;          /* as usage_open gave it */
	bool is_open;       /* listens */
	enum status failed; /* why the loop ended; CLOSED: in order */
	struct error failure;
};

static void stop(struct front_process *front, enum status status, const struct error *err)
{
	if (front->failed == STATUS_OK) {
		front->failed = status;
		front->failure = *err;
	}
	(void)event_base_loopbreak(front->base);
}

/* ---- to the desk */

/* Written behind the other events of this round, so that what came together goes in one
 * write. */
static void wake_writer(struct front_process *front)
{
	event_active(front->desk_writable, EV_WRITE, 1);
}

static void write_to_desk(evutil_socket_t fd, short what, void *context)
{
	struct front_process *front = context;
	struct error err;
	enum status status;

	do {
		ipc_pass_on(&front->local, &front->desk, LOCAL_SHARE_LEN);
		status = ipc_write(&front->desk, &err);
	} while (status == STATUS_OK && ipc_queued(&front->desk) == 0 &&
	         ipc_queued(&front->local) > 0);
	if (status == STATUS_OK)
		status = buf_check(&front->local.out, "local requests", &err);
	if (status != STATUS_OK)
		stop(front, status, &err);
	else if (ipc_queued(&front->desk) > 0)
		(void)event_add(front->desk_writable, NULL);
}

static void refuse(struct link_server *door, uint64_t request, int status,
                   unsigned retry_after_s, const char *text)
{
	const struct link_reply reply = {.status = status,
	                                 .type = "text/plain; charset=utf-8",
	                                 .body = view_of_string(text),
	                                 .retry_after_s = retry_after_s};

	link_server_reply(door, request, &reply);
}

/* With a query or without. */
static bool is_path(struct view path, const char *wanted)
{
	size_t len = strlen(wanted);

	return view_has_prefix(path, view_of_string(wanted)) &&
	       (path.len == len || path.data[len] == '?');
}

static int64_t monotonic_ms(void)
{
	return (int64_t)(clock_monotonic_ns() / 1000000);
}

static struct figures_door figures_of(const struct link_server *server)
{
	struct link_server_figures found = link_server_figures(server);
	struct figures_door figures = {
	    .is_open = true,
	    .connections = found.connections,
	    .accepted = found.accepted,
	    .refused = found.refused,
	    .limited = found.limited,
	    .slow = found.slow,
	};

	_Static_assert(sizeof figures.answers == sizeof found.answers, "same classes");
	memcpy(figures.answers, found.answers, sizeof figures.answers);
	return figures;
}

/* What the desk can't see for itself, for the request that comes next. */
static void say_figures(struct front_process *front)
{
	struct figures_front figures = {
	    .process = {front->started_ms, usage_read(front->usage)},
	    .queued_len = ipc_queued(&front->desk) + ipc_queued(&front->local)};

	_Static_assert(FRONT_DOOR_COUNT == FIGURES_DOORS + 1, "doors count from 1");
	for (size_t i = 0; i < FIGURES_DOORS; i++)
		if (front->doors.servers[i + 1] != NULL)
			figures.doors[i] = figures_of(front->doors.servers[i + 1]);
	ipc_figures_encode(&front->local, &figures);
}

static void pass_request(struct front_process *front, enum front_door door,
                         const struct link_request *request,
                         const struct console_visit *visit)
{
	bool is_own = door == FRONT_DOOR_LOCAL || door == FRONT_DOOR_CONSOLE;
	const struct desk_request passed = {
	    .id = request->id,
	    .peer = request->peer,
	    .is_witness = door == FRONT_DOOR_WITNESS,
	    .is_console = door == FRONT_DOOR_CONSOLE,
	    .is_cross_site = visit->is_cross_site,
	    .session = visit->session,
	    .bearer = visit->bearer,
	    .remote = view_of_string(visit->remote),
	    .method = request->method == LINK_POST ? DESK_POST : DESK_GET,
	    .path = request->path,
	    .type = request->type,
	    .idempotency_key = request->idempotency_key,
	    .body = request->body,
	};

	if (is_own && is_path(request->path, "/metrics"))
		say_figures(front);
	ipc_request_encode(is_own ? &front->local : &front->desk, &passed);
	wake_writer(front);
}

/* True when the console's door has answered by itself. */
static bool is_answered_at_door(struct front_process *front, struct link_server *server,
                                const struct link_request *request,
                                struct console_visit *ret_visit)
{
	struct console_answer answer;
	bool is_answered = console_door_take(&front->console, request, ret_visit,
	                                     &answer) == CONSOLE_REPLY;

	if (is_answered)
		link_server_reply(server, request->id, &answer.reply);
	console_answer_release(&answer);
	return is_answered;
}

static void take_request(void *context, const struct link_request *request)
{
	struct front_process *front = context;
	enum front_door door = front_door_of(request->id);
	struct link_server *server = front_doors_server(&front->doors, request->id);
	struct console_visit visit = {0};

	if (request->path.len > IPC_PATH_MAX)
		refuse(server, request->id, 414, 0, "the path is too long\n");
	else if (request->type.len > IPC_MEDIA_TYPE_MAX ||
	         request->idempotency_key.len > IPC_KEY_MAX)
		refuse(server, request->id, 431, 0, "a header is too long\n");
	else if (request->body.len > IPC_BODY_MAX)
		refuse(server, request->id, 413, 0, "the body is too long\n");
	else if (door == FRONT_DOOR_LOCAL && request->method == LINK_GET &&
	         is_path(request->path, "/api/events"))
		subscribers_add(&front->subscribers,
		                &(struct subscriber){server, request->id, INT64_MAX});
	else if (door == FRONT_DOOR_CONSOLE &&
	         is_answered_at_door(front, server, request, &visit))
		return;
	else if (ipc_queued(&front->desk) + ipc_queued(&front->local) > QUEUE_HIGH_LEN)
		refuse(server, request->id, 503, 1, "the desk is busy\n");
	else
		pass_request(front, door, request, &visit);
}

static void take_stream_end(void *context, uint64_t request)
{
	struct front_process *front = context;

	subscribers_remove(&front->subscribers, request);
}

static void take_log(void *context, const char *line)
{
	log_line("front", LOG_LEVEL_WARNING, "%s", line);
}

static void take_answer(void *context, const struct link_answer *answer)
{
	struct front_process *front = context;
	struct desk_answer passed = {
	    .call = answer->call,
	    .outcome = answer->outcome,
	    .http_status = answer->http_status,
	    .type = answer->type,
	    .body = answer->body,
	    .err = answer->err,
	};

	if (passed.type.len > IPC_MEDIA_TYPE_MAX)
		passed.type = view_of(NULL, 0);
	ipc_answer_encode(&front->desk, &passed);
	wake_writer(front);
}

/* ---- from the desk */

static void reply_at_console(struct front_process *front, struct link_server *server,
                             const struct desk_reply *reply, struct link_reply *passed)
{
	struct console_reply_headers headers;

	if (reply->status == 200 && strcmp(reply->type, "text/event-stream") == 0) {
		subscribers_add(&front->subscribers,
		                &(struct subscriber){server, reply->request,
		                                     monotonic_ms() + STREAM_MS});
		return;
	}
	console_door_reply_headers(&front->console, reply, &headers);
	passed->headers = headers.headers;
	passed->header_count = headers.count;
	link_server_reply(server, reply->request, passed);
}

static enum status handle_reply(struct front_process *front, struct view fields,
                                struct error *err)
{
	struct desk_reply reply;
	struct link_reply passed;
	struct link_server *server;

	TRY(ipc_accident(ipc_reply_decode(fields, &reply, err)));
	server = front_doors_server(&front->doors, reply.request);
	if (server == NULL)
		return error_set(err, STATUS_SYSTEM,
		                 "the desk answers a request that nobody made");
	passed = (struct link_reply){.status = reply.status,
	                             .type = reply.type[0] != '\0' ? reply.type : NULL,
	                             .body = reply.body,
	                             .retry_after_s = reply.retry_after_s};
	if (front_door_of(reply.request) == FRONT_DOOR_CONSOLE)
		reply_at_console(front, server, &reply, &passed);
	else
		link_server_reply(server, reply.request, &passed);
	return STATUS_OK;
}

static void answer_without_memory(struct front_process *front, uint64_t call)
{
	struct link_answer answer = {.call = call, .outcome = STATUS_AGAIN};

	(void)error_set(&answer.err, STATUS_AGAIN, "not enough memory to send a request");
	take_answer(front, &answer);
}

static enum status pass_call(struct front_process *front, const struct desk_call *call,
                             struct buf *body)
{
	struct link_call passed = {
	    .id = call->id,
	    .peer = call->peer,
	    .url = call->url,
	    .method = call->method == DESK_POST ? LINK_POST : LINK_GET,
	    .path = call->path,
	    .type = call->type[0] != '\0' ? call->type : NULL,
	    .answer_max = call->answer_max,
	    .webhook = {call->webhook.id, call->webhook.time_s, call->webhook.signature},
	};

	if (call->peer == NULL && passed.answer_max > WITNESS_ANSWER_MAX)
		passed.answer_max = WITNESS_ANSWER_MAX;
	return link_client_call(front->client, &passed, body, NULL);
}

static enum status pass_mail(struct front_process *front, const struct desk_call *call,
                             struct buf *body)
{
	static const enum link_mail_tls tls[] = {
	    [DESK_MAIL_PLAIN] = LINK_MAIL_PLAIN,
	    [DESK_MAIL_STARTTLS] = LINK_MAIL_STARTTLS,
	    [DESK_MAIL_TLS] = LINK_MAIL_TLS,
	};
	const struct link_mail passed = {
	    .id = call->id,
	    .url = call->url,
	    .tls = tls[call->mail->tls],
	    .from = call->mail->from,
	    .to = call->mail->to,
	    .name = call->mail->name,
	    .password = call->mail->password,
	};

	return link_mail_send(front->mails, &passed, body, NULL);
}

static enum status handle_call(struct front_process *front, struct view fields,
                               struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(IPC_BODY_MAX);
	struct desk_call call;
	struct desk_mail mail = {0};
	enum status status;

	TRY(ipc_accident(ipc_call_decode(fields, &call, &mail, err)));
	buf_append_view(&body, call.body);
	status = body.failed;
	if (status == STATUS_OK)
		status = call.mail != NULL ? pass_mail(front, &call, &body)
		                           : pass_call(front, &call, &body);
	if (status != STATUS_OK)
		answer_without_memory(front, call.id);
	return STATUS_OK;
}

static enum status open_doors(struct front_process *front, struct error *err)
{
	const struct link_server_handler handler = {.request = take_request,
	                                            .stream_closed = take_stream_end,
	                                            .log = take_log,
	                                            .context = front};
	const struct front_ground ground = {.context = front->context,
	                                    .base = front->base,
	                                    .identity = front->identity,
	                                    .peers = front->peers,
	                                    .handler = &handler};
	struct process_ports ports;

	TRY(front_doors_open(&front->doors, &ground, &ports, err));
	console_door_init(&front->console, &front->context->folder->config,
	                  ports.console);
	front->is_open = true;
	return process_report(front->context->control, &ports, err);
}

static enum status handle_peers(struct front_process *front, struct view fields,
                                struct error *err)
{
	CLEANUP_FREE struct link_peer *peers = NULL;
	size_t count;

	TRY(ipc_accident(ipc_peers_decode(fields, &peers, &count, err)));
	for (size_t i = 0; i < count; i++)
		memcpy(peers[i].proxy, front->context->folder->config.proxy,
		       sizeof peers[i].proxy);
	TRY(front_peers_replace(front->peers, peers, count, err));
	return front->is_open ? STATUS_OK : open_doors(front, err);
}

/* As desk_announce writes it: the type comes first. */
static bool is_of_access(struct view json)
{
	return view_has_prefix(json,
	                       view_of_string("{\"type\":\"" DESK_EVENT_ACCESS "\""));
}

static enum status handle_event(struct front_process *front, struct view fields,
                                struct error *err)
{
	struct view json;

	TRY(ipc_accident(ipc_event_decode(fields, &json, err)));
	subscribers_send(&front->subscribers, json);
	if (is_of_access(json))
		subscribers_end(&front->subscribers);
	return STATUS_OK;
}

static enum status handle_frame(struct front_process *front,
                                const struct ipc_frame *frame, struct error *err)
{
	if (frame->type == IPC_PEERS)
		return handle_peers(front, frame->fields, err);
	if (front->is_open && frame->type == IPC_REPLY)
		return handle_reply(front, frame->fields, err);
	if (front->is_open && frame->type == IPC_CALL)
		return handle_call(front, frame->fields, err);
	if (frame->type == IPC_EVENT)
		return handle_event(front, frame->fields, err);
	return error_set(err, STATUS_SYSTEM, "the desk sent a frame out of place");
}

static enum status read_frames(struct front_process *front, struct error *err)
{
	struct ipc_frame frame;
	enum status status = ipc_read(&front->desk, READ_LEN_MAX, err);

	while (status == STATUS_OK) {
		status = ipc_accident(ipc_next(&front->desk, &frame, err));
		if (status == STATUS_OK)
			status = handle_frame(front, &frame, err);
	}
	return status == STATUS_AGAIN ? STATUS_OK : status;
}

static void read_from_desk(evutil_socket_t fd, short what, void *context)
{
	struct front_process *front = context;
	struct error err;
	enum status status = read_frames(front, &err);

	if (status != STATUS_OK)
		stop(front, status, &err);
}

/* ---- life */

static void beat(evutil_socket_t fd, short what, void *context)
{
	struct front_process *front = context;

	subscribers_beat(&front->subscribers, monotonic_ms());
	ipc_trim(&front->desk);
	ipc_trim(&front->local);
}

static void show_life(evutil_socket_t fd, short what, void *context)
{
	struct front_process *front = context;

	if (front->is_open)
		process_beat(front->context, false);
}

static void take_control(evutil_socket_t fd, short what, void *context)
{
	struct error err;

	stop(context, error_set(&err, STATUS_CLOSED, "told to stop"), &err);
}

static enum status read_identity(struct front_process *front, struct error *err)
{
	const struct folder *folder = front->context->folder;
	char path[FOLDER_PATH_MAX];
	struct ed25519_seed seed;
	enum status status;

	TRY(folder_path(folder, "keys/link.key", path, err));
	TRY(keyfile_read(path, "link", folder->config.name, NULL, &seed, err));
	status = link_tls_identity_new(&seed, &front->identity, err);
	crypto_wipe(&seed, sizeof seed);
	return status;
}

static enum status add_events(struct front_process *front, struct error *err)
{
	static const struct timeval heartbeat = {HEARTBEAT_S, 0};
	int control = front->context->control;

	front->desk_readable = event_new(front->base, front->desk.fd,
	                                 EV_READ | EV_PERSIST, read_from_desk, front);
	front->desk_writable =
	    event_new(front->base, front->desk.fd, EV_WRITE, write_to_desk, front);
	front->control_readable =
	    event_new(front->base, control, EV_READ, take_control, front);
	front->heartbeat = event_new(front->base, -1, EV_PERSIST, beat, front);
	if (front->desk_readable == NULL || front->desk_writable == NULL ||
	    front->control_readable == NULL || front->heartbeat == NULL ||
	    event_add(front->desk_readable, NULL) != 0 ||
	    event_add(front->control_readable, NULL) != 0 ||
	    event_add(front->heartbeat, &heartbeat) != 0)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the event loop");
	return STATUS_OK;
}

static enum status add_life(struct front_process *front, struct error *err)
{
	int beat_ms = front->context->beat_ms;
	const struct timeval every = {beat_ms / 1000, beat_ms % 1000 * 1000};

	if (beat_ms <= 0)
		return STATUS_OK;
	front->life = event_new(front->base, -1, EV_PERSIST, show_life, front);
	if (front->life == NULL || event_add(front->life, &every) != 0)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the event loop");
	return STATUS_OK;
}

static enum status begin(struct front_process *front, struct error *err)
{
	struct link_client_options options = {0};
	struct link_mail_options mail_options = {.helo =
	                                             front->context->folder->config.name};

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(err, STATUS_SYSTEM, "can't start libcurl");
	TRY(read_identity(front, err));
	TRY(link_peers_new(&front->peers, err));
	front->base = event_base_new();
	if (front->base == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the event loop");
	TRY(add_events(front, err));
	TRY(add_life(front, err));
	options.identity = front->identity;
	options.peers = front->peers;
	options.public_proxy = front->context->folder->config.proxy;
	TRY(link_client_open(front->base, &options, take_answer, front, &front->client,
	                     err));
	return link_mail_open(front->base, &mail_options, take_answer, front,
	                      &front->mails, err);
}

static void free_event(struct event *event)
{
	if (event != NULL)
		event_free(event);
}

static void end(struct front_process *front)
{
	link_client_close(front->client);
	link_mail_close(front->mails);
	front_doors_close(&front->doors);
	free_event(front->desk_readable);
	free_event(front->desk_writable);
	free_event(front->control_readable);
	free_event(front->heartbeat);
	free_event(front->life);
	link_peers_free(front->peers);
	link_tls_identity_free(front->identity);
	if (front->base != NULL)
		event_base_free(front->base);
	ipc_release(&front->desk);
	ipc_release(&front->local);
	if (front->usage >= 0)
		(void)close(front->usage);
	curl_global_cleanup();
}

/* An address that is taken again by somebody else after it was ours may become free; at a
 * first start it is a mistake of the operator. */
static int exit_status(const struct front_process *front, enum status status)
{
	if (status == STATUS_CLOSED)
		return PROCESS_EXIT_STOP;
	if (status == STATUS_CONFLICT && front->context->is_restart)
		return PROCESS_EXIT_AGAIN;
	return process_exit_status(status);
}

int front_process_run(const struct process_context *context)
{
	struct front_process front = {
	    .context = context, .started_ms = clock_utc_ms(), .usage = usage_open()};
	struct error err = {""};
	enum status status;

	ipc_init(&front.desk, context->desk);
	ipc_init(&front.local, -1);
	status = begin(&front, &err);
	if (status == STATUS_OK && event_base_dispatch(front.base) < 0)
		status = error_set(&err, STATUS_SYSTEM, "the event loop failed");
	if (status == STATUS_OK) {
		status = front.failed;
		err = front.failure;
	}
	if (status != STATUS_OK && status != STATUS_CLOSED)
		log_line("front", LOG_LEVEL_ERROR, "%s", err.text);
	end(&front);
	return exit_status(&front, status);
}
