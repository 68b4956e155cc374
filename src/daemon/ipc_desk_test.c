/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each message between front and desk: there and back, and every truncation and every
 * field out of bounds refused.
 */
#include "daemon/ipc_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"

/* A struct ipc that is never connected: its output buffer is what is looked at. */
static struct ipc unconnected(void)
{
	struct ipc ipc;

	ipc_init(&ipc, -1);
	return ipc;
}

/* The fields of the one frame encoded. */
static struct view fields_of(const struct ipc *ipc, enum ipc_type type)
{
	assert_int_equal(ipc->out.failed, STATUS_OK);
	assert_true(ipc->out.len >= 5);
	assert_int_equal(ipc->out.data[4], type);
	return view_from(buf_view(&ipc->out), 5);
}

typedef enum status decoder(struct view fields);

/* Every cut and a byte too many must be refused; the copies are of exact size, so that a
 * sanitizer sees a read beyond. */
static void refuse_other_lengths(struct view fields, decoder *decode)
{
	uint8_t *longer = malloc(fields.len + 1);

	for (size_t len = 0; len < fields.len; len++) {
		uint8_t *copy = malloc(len > 0 ? len : 1);

		memcpy(copy, fields.data, len);
		assert_int_equal(decode(view_of(copy, len)), STATUS_MALFORMED);
		free(copy);
	}
	memcpy(longer, fields.data, fields.len);
	longer[fields.len] = 0;
	assert_int_equal(decode(view_of(longer, fields.len + 1)), STATUS_MALFORMED);
	free(longer);
}

static enum status decode_request(struct view fields)
{
	struct desk_request request;

	return ipc_request_decode(fields, &request, NULL);
}

static enum status decode_answer(struct view fields)
{
	struct desk_answer answer;

	return ipc_answer_decode(fields, &answer, NULL);
}

static enum status decode_reply(struct view fields)
{
	struct desk_reply reply;

	return ipc_reply_decode(fields, &reply, NULL);
}

static enum status decode_call(struct view fields)
{
	struct desk_call call;
	struct desk_mail mail;

	return ipc_call_decode(fields, &call, &mail, NULL);
}

static enum status decode_peers(struct view fields)
{
	struct link_peer *peers = NULL;
	size_t count;
	enum status status = ipc_peers_decode(fields, &peers, &count, NULL);

	free(peers);
	return status;
}

static enum status decode_event(struct view fields)
{
	struct view json;

	return ipc_event_decode(fields, &json, NULL);
}

static struct desk_request example_request(void)
{
	return (struct desk_request){.id = UINT64_C(0x0200000000000007),
	                             .peer = "south.example",
	                             .method = DESK_POST,
	                             .path = view_of_string("/add-entries?x=1"),
	                             .type = view_of_string("text/plain"),
	                             .idempotency_key = view_of_string("k"),
	                             .body = view_of("\0body\xff", 6)};
}

static void check_request(const struct desk_request *request)
{
	struct ipc ipc = unconnected();
	struct desk_request found;
	struct error err;

	ipc_request_encode(&ipc, request);
	assert_int_equal(ipc_request_decode(fields_of(&ipc, IPC_REQUEST), &found, &err),
	                 STATUS_OK);
	assert_int_equal(found.id, request->id);
	if (request->peer == NULL)
		assert_null(found.peer);
	else
		assert_string_equal(found.peer, request->peer);
	assert_int_equal(found.is_witness, request->is_witness);
	assert_int_equal(found.method, request->method);
	assert_true(view_equal(found.path, request->path));
	assert_true(view_equal(found.type, request->type));
	assert_true(view_equal(found.idempotency_key, request->idempotency_key));
	assert_true(view_equal(found.body, request->body));
	assert_int_equal(found.is_console, request->is_console);
	assert_int_equal(found.is_cross_site, request->is_cross_site);
	assert_true(view_equal(found.session, request->session));
	assert_true(view_equal(found.bearer, request->bearer));
	assert_true(view_equal(found.remote, request->remote));
	refuse_other_lengths(fields_of(&ipc, IPC_REQUEST), decode_request);
	ipc_release(&ipc);
}

static void requests_come_through(void **unused)
{
	struct desk_request request = example_request();

	check_request(&request);
	request.peer = NULL;
	check_request(&request);
	request.is_witness = true;
	request.method = DESK_GET;
	request.body = view_of(NULL, 0);
	check_request(&request);
	request.is_witness = false;
	request.is_console = true;
	check_request(&request);
	request.is_cross_site = true;
	request.session = view_of_string("c2Vzc2lvbg");
	request.bearer = view_of_string("YmVhcmVy");
	request.remote = view_of_string("192.0.2.7");
	check_request(&request);
}

/* No sender is two, and what came in at the console's door is bounded. */
static void a_console_request_out_of_bounds_is_refused(void **unused)
{
	static const uint8_t refused[] = {3, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 0x44};
	static uint8_t long_session[DESK_SESSION_MAX + 1];
	struct ipc ipc = unconnected();
	struct desk_request request = {.id = 1,
	                               .path = view_of_string("/api/now"),
	                               .is_console = true,
	                               .session =
	                                   view_of(long_session, DESK_SESSION_MAX)};

	ipc_request_encode(&ipc, &request);
	assert_int_equal(decode_request(fields_of(&ipc, IPC_REQUEST)), STATUS_OK);
	for (size_t i = 0; i < sizeof refused; i++) {
		ipc.out.data[5 + 8] = refused[i];
		assert_int_equal(decode_request(fields_of(&ipc, IPC_REQUEST)),
		                 STATUS_MALFORMED);
	}
	buf_clear(&ipc.out);
	request.session.len++;
	ipc_request_encode(&ipc, &request);
	assert_int_equal(decode_request(fields_of(&ipc, IPC_REQUEST)), STATUS_MALFORMED);
	ipc_release(&ipc);
}

static void a_request_out_of_bounds_is_refused(void **unused)
{
	static uint8_t long_path[IPC_PATH_MAX + 1];
	struct ipc ipc = unconnected();
	struct desk_request request = example_request();
	uint8_t *flags;

	request.path = view_of(long_path, sizeof long_path);
	ipc_request_encode(&ipc, &request);
	assert_int_equal(decode_request(fields_of(&ipc, IPC_REQUEST)), STATUS_MALFORMED);
	request.path.len--;
	buf_clear(&ipc.out);
	ipc_request_encode(&ipc, &request);
	assert_int_equal(decode_request(fields_of(&ipc, IPC_REQUEST)), STATUS_OK);
	flags = ipc.out.data + 5 + 8;
	*flags = 3; /* a peer at the witness's door */
	assert_int_equal(decode_request(fields_of(&ipc, IPC_REQUEST)), STATUS_MALFORMED);
	*flags = 1;
	flags[3] = '\0'; /* a name that ends before it should */
	assert_int_equal(decode_request(fields_of(&ipc, IPC_REQUEST)), STATUS_MALFORMED);
	ipc_release(&ipc);
}

static enum status decode_figures(struct view fields)
{
	struct figures_front figures;

	return ipc_figures_decode(fields, &figures, NULL);
}

static void figures_come_through(void **unused)
{
	struct ipc ipc = unconnected();
	struct figures_front figures = {
	    .process = {.started_ms = 1795218540123,
	                .usage = {.resident_len = 1 << 30, .cpu_us = UINT64_MAX}},
	    .queued_len = 5,
	    .doors = {{.is_open = true,
	               .connections = 1,
	               .accepted = 2,
	               .refused = 3,
	               .limited = 4,
	               .slow = 5,
	               .answers = {0, 1, 2, 3, 4, 5}},
	              [3] = {.is_open = true, .answers = {[5] = 77}}}};
	struct figures_front found;
	struct view fields;

	ipc_figures_encode(&ipc, &figures);
	fields = fields_of(&ipc, IPC_FIGURES);
	assert_int_equal(ipc_figures_decode(fields, &found, NULL), STATUS_OK);
	assert_memory_equal(&found, &figures, sizeof found);
	refuse_other_lengths(fields, decode_figures);
	ipc.out.data[5] = 0x80; /* a start beyond all time */
	assert_int_equal(decode_figures(fields), STATUS_MALFORMED);
	ipc.out.data[5] = 0;
	ipc.out.data[5 + 32] = 2; /* neither open nor not */
	assert_int_equal(decode_figures(fields), STATUS_MALFORMED);
	ipc_release(&ipc);
}

static void answers_come_through(void **unused)
{
	struct ipc ipc = unconnected();
	struct desk_answer answer = {.call = 77,
	                             .outcome = STATUS_CLOSED,
	                             .http_status = 409,
	                             .type = view_of_string("text/x.tlog.size"),
	                             .body = view_of_string("14\n"),
	                             .err = {"nobody is there"}};
	struct desk_answer found;
	uint8_t *outcome;
	struct error err;

	ipc_answer_encode(&ipc, &answer);
	assert_int_equal(ipc_answer_decode(fields_of(&ipc, IPC_ANSWER), &found, &err),
	                 STATUS_OK);
	assert_int_equal(found.call, 77);
	assert_int_equal(found.outcome, STATUS_CLOSED);
	assert_int_equal(found.http_status, 409);
	assert_true(view_equal(found.type, answer.type));
	assert_true(view_equal(found.body, answer.body));
	assert_string_equal(found.err.text, "nobody is there");
	refuse_other_lengths(fields_of(&ipc, IPC_ANSWER), decode_answer);
	outcome = ipc.out.data + 5 + 8;
	*outcome = STATUS_BUG + 1;
	assert_int_equal(decode_answer(fields_of(&ipc, IPC_ANSWER)), STATUS_MALFORMED);
	ipc_release(&ipc);
}

static void replies_come_through(void **unused)
{
	struct ipc ipc = unconnected();
	struct desk_reply reply = {.request = 3,
	                           .status = 429,
	                           .type = "application/json",
	                           .body = view_of_string("{}"),
	                           .retry_after_s = 9};
	struct desk_reply found;
	struct error err;

	ipc_reply_encode(&ipc, &reply);
	assert_int_equal(ipc_reply_decode(fields_of(&ipc, IPC_REPLY), &found, &err),
	                 STATUS_OK);
	assert_int_equal(found.request, 3);
	assert_int_equal(found.status, 429);
	assert_string_equal(found.type, "application/json");
	assert_true(view_equal(found.body, reply.body));
	assert_int_equal(found.retry_after_s, 9);
	refuse_other_lengths(fields_of(&ipc, IPC_REPLY), decode_reply);
	assert_null(found.session);
	assert_null(found.file_name);
	buf_clear(&ipc.out);
	reply.type = NULL;
	reply.status = 99;
	ipc_reply_encode(&ipc, &reply);
	assert_int_equal(decode_reply(fields_of(&ipc, IPC_REPLY)), STATUS_MALFORMED);
	ipc_release(&ipc);
}

static void sessions_and_file_names_come_through(void **unused)
{
	struct ipc ipc = unconnected();
	struct desk_reply reply = {.request = 3,
	                           .status = 200,
	                           .session = "To-ken_7",
	                           .session_s = 43200,
	                           .file_name = "north.example#12.receipt"};
	struct desk_reply found;
	struct error err;

	ipc_reply_encode(&ipc, &reply);
	assert_int_equal(ipc_reply_decode(fields_of(&ipc, IPC_REPLY), &found, &err),
	                 STATUS_OK);
	assert_string_equal(found.session, "To-ken_7");
	assert_int_equal(found.session_s, 43200);
	assert_string_equal(found.file_name, "north.example#12.receipt");
	refuse_other_lengths(fields_of(&ipc, IPC_REPLY), decode_reply);
	buf_clear(&ipc.out);
	reply.session = "";
	reply.session_s = 0;
	ipc_reply_encode(&ipc, &reply);
	assert_int_equal(ipc_reply_decode(fields_of(&ipc, IPC_REPLY), &found, &err),
	                 STATUS_OK);
	assert_string_equal(found.session, "");
	ipc_release(&ipc);
}

static void replies_that_would_split_a_header_are_refused(void **unused)
{
	static const char *const sessions[] = {"a b", "a;b", "a\r\nX: y", "\xc3\xa4"};
	static const char *const names[] = {"a\"b", "a\r\nb", "../x", "a\\b", "a;b"};
	struct ipc ipc = unconnected();
	struct desk_reply reply = {.request = 3, .status = 200};

	for (size_t i = 0; i < sizeof sessions / sizeof *sessions; i++) {
		buf_clear(&ipc.out);
		reply.session = sessions[i];
		ipc_reply_encode(&ipc, &reply);
		assert_int_equal(decode_reply(fields_of(&ipc, IPC_REPLY)),
		                 STATUS_MALFORMED);
	}
	reply.session = NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		buf_clear(&ipc.out);
		reply.file_name = names[i];
		ipc_reply_encode(&ipc, &reply);
		assert_int_equal(decode_reply(fields_of(&ipc, IPC_REPLY)),
		                 STATUS_MALFORMED);
	}
	ipc_release(&ipc);
}

static void calls_come_through(void **unused)
{
	struct ipc ipc = unconnected();
	struct desk_call call = {.id = 12,
	                         .peer = "south.example",
	                         .method = DESK_POST,
	                         .path = "/add-blobs",
	                         .body = view_of_string("blob"),
	                         .answer_max = 4096};
	struct desk_call found;
	struct desk_mail mail;
	struct error err;

	ipc_call_encode(&ipc, &call);
	assert_int_equal(ipc_call_decode(fields_of(&ipc, IPC_CALL), &found, &mail, &err),
	                 STATUS_OK);
	assert_int_equal(found.id, 12);
	assert_string_equal(found.peer, "south.example");
	assert_int_equal(found.method, DESK_POST);
	assert_string_equal(found.path, "/add-blobs");
	assert_string_equal(found.type, "");
	assert_true(view_equal(found.body, call.body));
	assert_int_equal(found.answer_max, 4096);
	refuse_other_lengths(fields_of(&ipc, IPC_CALL), decode_call);
	buf_clear(&ipc.out);
	call.answer_max = IPC_BODY_MAX + 1;
	ipc_call_encode(&ipc, &call);
	assert_int_equal(decode_call(fields_of(&ipc, IPC_CALL)), STATUS_MALFORMED);
	ipc_release(&ipc);
}

static void calls_to_witnesses_come_through(void **unused)
{
	struct ipc ipc = unconnected();
	struct desk_call call = {.id = 13,
	                         .url = "https://witness.example/w",
	                         .method = DESK_POST,
	                         .path = "/add-checkpoint",
	                         .body = view_of_string("old 0"),
	                         .answer_max = 4096};
	struct desk_call found;
	struct desk_mail mail;
	struct error err;

	ipc_call_encode(&ipc, &call);
	assert_int_equal(ipc_call_decode(fields_of(&ipc, IPC_CALL), &found, &mail, &err),
	                 STATUS_OK);
	assert_null(found.peer);
	assert_string_equal(found.url, "https://witness.example/w");
	assert_string_equal(found.path, "/add-checkpoint");
	assert_true(view_equal(found.body, call.body));
	refuse_other_lengths(fields_of(&ipc, IPC_CALL), decode_call);
	ipc_release(&ipc);
}

static void mails_and_signed_calls_come_through(void **unused)
{
	struct ipc ipc = unconnected();
	struct desk_mail sent = {.tls = DESK_MAIL_STARTTLS,
	                         .from = "desk@north.example",
	                         .to = "watch@north.example",
	                         .name = "desk"};
	struct desk_call call = {.id = 14,
	                         .url = "smtp://mail.example:587",
	                         .path = "",
	                         .body = view_of_string("Subject: x\r\n\r\n"),
	                         .webhook = {"a1", 1795218540, "v1,00ff"},
	                         .mail = &sent};
	struct desk_call found;
	struct desk_mail mail;
	struct error err;

	ipc_call_encode(&ipc, &call);
	assert_int_equal(ipc_call_decode(fields_of(&ipc, IPC_CALL), &found, &mail, &err),
	                 STATUS_OK);
	assert_ptr_equal(found.mail, &mail);
	assert_int_equal(mail.tls, DESK_MAIL_STARTTLS);
	assert_string_equal(mail.from, "desk@north.example");
	assert_string_equal(mail.to, "watch@north.example");
	assert_string_equal(mail.name, "desk");
	assert_null(mail.password);
	assert_string_equal(found.webhook.id, "a1");
	assert_int_equal(found.webhook.time_s, 1795218540);
	assert_string_equal(found.webhook.signature, "v1,00ff");
	refuse_other_lengths(fields_of(&ipc, IPC_CALL), decode_call);
	ipc_release(&ipc);
}

/* No line that the desk hands over may become two. */
static void lines_with_ends_in_them_are_refused(void **unused)
{
	struct desk_mail good = {
	    .from = "a@b", .to = "c@d", .name = "n", .password = "p"};
	struct desk_mail mails[] = {good, good, good, good};
	const struct desk_webhook webhooks[] = {{"a\r\nHost: x", 1, "v1,00"},
	                                        {"a", 1, "v1,00\r\nHost: x"},
	                                        {"", 1, "v1,00"},
	                                        {"a", -1, "v1,00"}};
	struct ipc ipc = unconnected();
	struct desk_call call = {.id = 15, .url = "smtp://mail.example", .path = ""};

	mails[0].from = "a@b\r\nRCPT TO:<e@f>";
	mails[1].to = "c@d\n";
	mails[2].name = "n\r";
	mails[3].password = "p\x7f";
	for (size_t i = 0; i < 4; i++) {
		call.mail = &mails[i];
		buf_clear(&ipc.out);
		ipc_call_encode(&ipc, &call);
		assert_int_equal(decode_call(fields_of(&ipc, IPC_CALL)),
		                 STATUS_MALFORMED);
	}
	call.mail = NULL;
	for (size_t i = 0; i < sizeof webhooks / sizeof webhooks[0]; i++) {
		call.webhook = webhooks[i];
		buf_clear(&ipc.out);
		ipc_call_encode(&ipc, &call);
		assert_int_equal(decode_call(fields_of(&ipc, IPC_CALL)),
		                 STATUS_MALFORMED);
	}
	call.webhook = (struct desk_webhook){0};
	call.peer = "south.example";
	call.mail = &good;
	buf_clear(&ipc.out);
	ipc_call_encode(&ipc, &call);
	assert_int_equal(decode_call(fields_of(&ipc, IPC_CALL)), STATUS_MALFORMED);
	ipc_release(&ipc);
}

static void calls_to_neither_peer_nor_witness_are_refused(void **unused)
{
	struct ipc ipc = unconnected();
	char url[RECORD_URL_LEN_MAX + 2] = "";
	struct desk_call call = {.id = 13, .url = url, .path = "/x"};

	memset(url, 'a', sizeof url - 1);
	ipc_call_encode(&ipc, &call);
	assert_int_equal(decode_call(fields_of(&ipc, IPC_CALL)), STATUS_MALFORMED);
	buf_clear(&ipc.out);
	call.peer = "south.example";
	ipc_call_encode(&ipc, &call);
	struct view fields = fields_of(&ipc, IPC_CALL);
	((uint8_t *)fields.data)[8] = 2; /* behind the id */
	assert_int_equal(decode_call(fields), STATUS_MALFORMED);
	ipc_release(&ipc);
}

static void peers_come_through(void **unused)
{
	struct ipc ipc = unconnected();
	struct link_peer peers[2] = {
	    {.name = "south.example", .key_count = 2, .url_count = 1},
	    {.name = "east.example", .key_count = 1}};
	CLEANUP_FREE struct link_peer *found = NULL;
	size_t count = 0;
	struct error err;

	memset(peers[0].keys[1].bytes, 7, 32);
	(void)snprintf(peers[0].urls[0], sizeof peers[0].urls[0],
	               "https://192.0.2.1:8600");
	ipc_peers_encode(&ipc, peers, 2);
	assert_int_equal(
	    ipc_peers_decode(fields_of(&ipc, IPC_PEERS), &found, &count, &err),
	    STATUS_OK);
	assert_int_equal(count, 2);
	assert_memory_equal(found, peers, sizeof peers);
	refuse_other_lengths(fields_of(&ipc, IPC_PEERS), decode_peers);
	buf_clear(&ipc.out);
	peers[1].key_count = LINK_KEYS_MAX + 1;
	ipc_peers_encode(&ipc, peers, 1);
	assert_int_equal(decode_peers(fields_of(&ipc, IPC_PEERS)), STATUS_OK);
	ipc.out.data[5 + 2 + 2 + 14] = LINK_KEYS_MAX + 1;
	assert_int_equal(decode_peers(fields_of(&ipc, IPC_PEERS)), STATUS_MALFORMED);
	ipc_release(&ipc);
}

static void no_peers_come_through(void **unused)
{
	struct ipc ipc = unconnected();
	CLEANUP_FREE struct link_peer *found = NULL;
	size_t count = 1;
	struct error err;

	ipc_peers_encode(&ipc, NULL, 0);
	assert_int_equal(
	    ipc_peers_decode(fields_of(&ipc, IPC_PEERS), &found, &count, &err),
	    STATUS_OK);
	assert_int_equal(count, 0);
	ipc_release(&ipc);
}

static void events_come_through(void **unused)
{
	struct ipc ipc = unconnected();
	struct view found;
	struct error err;

	ipc_event_encode(&ipc, view_of_string("{\"type\":\"receipt\"}"));
	assert_int_equal(ipc_event_decode(fields_of(&ipc, IPC_EVENT), &found, &err),
	                 STATUS_OK);
	assert_true(view_equal_string(found, "{\"type\":\"receipt\"}"));
	refuse_other_lengths(fields_of(&ipc, IPC_EVENT), decode_event);
	ipc_release(&ipc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests_come_through),
	    cmocka_unit_test(a_request_out_of_bounds_is_refused),
	    cmocka_unit_test(a_console_request_out_of_bounds_is_refused),
	    cmocka_unit_test(answers_come_through),
	    cmocka_unit_test(figures_come_through),
	    cmocka_unit_test(replies_come_through),
	    cmocka_unit_test(sessions_and_file_names_come_through),
	    cmocka_unit_test(replies_that_would_split_a_header_are_refused),
	    cmocka_unit_test(calls_come_through),
	    cmocka_unit_test(calls_to_witnesses_come_through),
	    cmocka_unit_test(calls_to_neither_peer_nor_witness_are_refused),
	    cmocka_unit_test(mails_and_signed_calls_come_through),
	    cmocka_unit_test(lines_with_ends_in_them_are_refused),
	    cmocka_unit_test(peers_come_through),
	    cmocka_unit_test(no_peers_come_through),
	    cmocka_unit_test(events_come_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
