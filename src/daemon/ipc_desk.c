/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The encodings, each beside its decoding. Strings are sent with their NUL, so that a
 * decoded one can point into the frame.
 */
#include "daemon/ipc_desk.h"

#include <stdlib.h>

#include "daemon/ipc_read.h"

enum { HTTP_STATUS_MAX = 999 };

/* ---- request */

enum { FLAG_PEER = 1, FLAG_WITNESS = 2, FLAG_CONSOLE = 4, FLAG_CROSS_SITE = 8 };

static uint8_t flags_of(const struct desk_request *request)
{
	return (uint8_t)((request->peer != NULL ? FLAG_PEER : 0) |
	                 (request->is_witness ? FLAG_WITNESS : 0) |
	                 (request->is_console ? FLAG_CONSOLE : 0) |
	                 (request->is_cross_site ? FLAG_CROSS_SITE : 0));
}

void ipc_request_encode(struct ipc *ipc, const struct desk_request *request)
{
	struct buf *out = &ipc->out;
	size_t begun = ipc_begin(ipc, IPC_REQUEST);

	buf_append_u64(out, request->id);
	buf_append_byte(out, flags_of(request));
	if (request->peer != NULL)
		ipc_append_string(out, request->peer);
	if (request->is_console) {
		ipc_append_bytes(out, request->session);
		ipc_append_bytes(out, request->bearer);
		ipc_append_bytes(out, request->remote);
	}
	buf_append_byte(out, (uint8_t)request->method);
	ipc_append_bytes(out, request->path);
	ipc_append_bytes(out, request->type);
	ipc_append_bytes(out, request->idempotency_key);
	ipc_append_bytes(out, request->body);
	ipc_end(ipc, begun);
}

static bool take_bytes(struct reader *reader, size_t max, struct view *ret_bytes)
{
	return reader_u32_bytes(reader, ret_bytes) && ret_bytes->len <= max;
}

/* A peer's request, the local API's, the witness listener's or the console's: nothing in
 * between. */
static bool take_sender(struct reader *reader, struct desk_request *request)
{
	uint8_t flags;

	if (!ipc_take_u8(reader, FLAG_CONSOLE | FLAG_CROSS_SITE, &flags))
		return false;
	request->is_witness = flags == FLAG_WITNESS;
	request->is_cross_site = (flags & FLAG_CROSS_SITE) != 0;
	request->is_console = (flags & FLAG_CONSOLE) != 0;
	if (flags == FLAG_PEER)
		return ipc_take_string(reader, RECORD_NAME_MAX, &request->peer);
	if (request->is_console)
		return (flags & (FLAG_PEER | FLAG_WITNESS)) == 0 &&
		       take_bytes(reader, DESK_SESSION_MAX, &request->session) &&
		       take_bytes(reader, DESK_SESSION_MAX, &request->bearer) &&
		       take_bytes(reader, DESK_REMOTE_MAX, &request->remote);
	return flags == 0 || request->is_witness;
}

enum status ipc_request_decode(struct view fields, struct desk_request *ret_request,
                               struct error *err)
{
	struct reader reader = reader_of(fields);
	struct desk_request request = {0};
	uint8_t method = 0;
	bool is_good = reader_u64(&reader, &request.id) &&
	               take_sender(&reader, &request) &&
	               ipc_take_u8(&reader, DESK_POST, &method) &&
	               take_bytes(&reader, IPC_PATH_MAX, &request.path) &&
	               take_bytes(&reader, IPC_MEDIA_TYPE_MAX, &request.type) &&
	               take_bytes(&reader, IPC_KEY_MAX, &request.idempotency_key) &&
	               take_bytes(&reader, IPC_BODY_MAX, &request.body);

	TRY(ipc_take_end(&reader, is_good, "request", err));
	request.method = method;
	*ret_request = request;
	return STATUS_OK;
}

/* ---- answer */

void ipc_answer_encode(struct ipc *ipc, const struct desk_answer *answer)
{
	struct buf *out = &ipc->out;
	size_t begun = ipc_begin(ipc, IPC_ANSWER);

	buf_append_u64(out, answer->call);
	buf_append_byte(out, (uint8_t)answer->outcome);
	buf_append_u16(out, (uint16_t)answer->http_status);
	ipc_append_bytes(out, answer->type);
	ipc_append_bytes(out, answer->body);
	ipc_append_string(out, answer->err.text);
	ipc_end(ipc, begun);
}

enum status ipc_answer_decode(struct view fields, struct desk_answer *ret_answer,
                              struct error *err)
{
	struct reader reader = reader_of(fields);
	struct desk_answer answer = {0};
	uint8_t outcome = 0;
	uint16_t http_status = 0;
	bool is_good = reader_u64(&reader, &answer.call) &&
	               ipc_take_u8(&reader, STATUS_BUG, &outcome) &&
	               ipc_take_u16(&reader, HTTP_STATUS_MAX, &http_status) &&
	               take_bytes(&reader, IPC_MEDIA_TYPE_MAX, &answer.type) &&
	               take_bytes(&reader, IPC_BODY_MAX, &answer.body) &&
	               ipc_take_text(&reader, answer.err.text, sizeof answer.err.text);

	TRY(ipc_take_end(&reader, is_good, "answer", err));
	answer.outcome = outcome;
	answer.http_status = http_status;
	*ret_answer = answer;
	return STATUS_OK;
}

/* ---- figures */

static void append_door(struct buf *out, const struct figures_door *door)
{
	buf_append_byte(out, door->is_open);
	buf_append_u64(out, door->connections);
	buf_append_u64(out, door->accepted);
	buf_append_u64(out, door->refused);
	buf_append_u64(out, door->limited);
	buf_append_u64(out, door->slow);
	for (size_t i = 0; i < FIGURES_CLASSES; i++)
		buf_append_u64(out, door->answers[i]);
}

void ipc_figures_encode(struct ipc *ipc, const struct figures_front *figures)
{
	struct buf *out = &ipc->out;
	size_t begun = ipc_begin(ipc, IPC_FIGURES);

	buf_append_u64(out, (uint64_t)figures->process.started_ms);
	buf_append_u64(out, figures->process.usage.resident_len);
	buf_append_u64(out, figures->process.usage.cpu_us);
	buf_append_u64(out, figures->queued_len);
	for (size_t i = 0; i < FIGURES_DOORS; i++)
		append_door(out, &figures->doors[i]);
	ipc_end(ipc, begun);
}

static bool take_door(struct reader *reader, struct figures_door *door)
{
	bool is_good =
	    ipc_take_bool(reader, &door->is_open) &&
	    reader_u64(reader, &door->connections) &&
	    reader_u64(reader, &door->accepted) && reader_u64(reader, &door->refused) &&
	    reader_u64(reader, &door->limited) && reader_u64(reader, &door->slow);

	for (size_t i = 0; is_good && i < FIGURES_CLASSES; i++)
		is_good = reader_u64(reader, &door->answers[i]);
	return is_good;
}

enum status ipc_figures_decode(struct view fields, struct figures_front *ret_figures,
                               struct error *err)
{
	struct reader reader = reader_of(fields);
	struct figures_front figures = {0};
	uint64_t started_ms = 0;
	bool is_good = reader_u64(&reader, &started_ms) && started_ms <= INT64_MAX &&
	               reader_u64(&reader, &figures.process.usage.resident_len) &&
	               reader_u64(&reader, &figures.process.usage.cpu_us) &&
	               reader_u64(&reader, &figures.queued_len);

	for (size_t i = 0; is_good && i < FIGURES_DOORS; i++)
		is_good = take_door(&reader, &figures.doors[i]);
	TRY(ipc_take_end(&reader, is_good, "front's figures", err));
	figures.process.started_ms = (int64_t)started_ms;
	*ret_figures = figures;
	return STATUS_OK;
}

/* ---- reply */

void ipc_reply_encode(struct ipc *ipc, const struct desk_reply *reply)
{
	struct buf *out = &ipc->out;
	size_t begun = ipc_begin(ipc, IPC_REPLY);

	buf_append_u64(out, reply->request);
	buf_append_u16(out, (uint16_t)reply->status);
	ipc_append_string(out, reply->type != NULL ? reply->type : "");
	buf_append_u32(out, reply->retry_after_s);
	buf_append_byte(out, reply->session != NULL);
	ipc_append_string(out, reply->session != NULL ? reply->session : "");
	buf_append_u64(out, (uint64_t)reply->session_s);
	ipc_append_string(out, reply->file_name != NULL ? reply->file_name : "");
	ipc_append_bytes(out, reply->body);
	ipc_end(ipc, begun);
}

static bool is_token(const char *text)
{
	static const char token[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                            "0123456789-_";

	return text[strspn(text, token)] == '\0';
}

/* What becomes a header must not hold what could end it. */
static bool is_name(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~' || strchr("\"\\/;", *text) != NULL)
			return false;
	return true;
}

static bool take_session(struct reader *reader, struct desk_reply *reply)
{
	bool has_session = false;

	if (!ipc_take_bool(reader, &has_session) ||
	    !ipc_take_string(reader, DESK_SESSION_MAX, &reply->session) ||
	    !ipc_take_time(reader, &reply->session_s) || !is_token(reply->session))
		return false;
	if (has_session)
		return true;
	if (reply->session[0] != '\0' || reply->session_s != 0)
		return false;
	reply->session = NULL;
	return true;
}

static bool take_file_name(struct reader *reader, struct desk_reply *reply)
{
	if (!ipc_take_string(reader, DESK_FILE_NAME_MAX, &reply->file_name) ||
	    !is_name(reply->file_name))
		return false;
	if (reply->file_name[0] == '\0')
		reply->file_name = NULL;
	return true;
}

enum status ipc_reply_decode(struct view fields, struct desk_reply *ret_reply,
                             struct error *err)
{
	struct reader reader = reader_of(fields);
	struct desk_reply reply = {0};
	uint16_t http_status = 0;
	uint32_t retry_after_s = 0;
	bool is_good = reader_u64(&reader, &reply.request) &&
	               ipc_take_u16(&reader, HTTP_STATUS_MAX, &http_status) &&
	               ipc_take_string(&reader, IPC_MEDIA_TYPE_MAX, &reply.type) &&
	               reader_u32(&reader, &retry_after_s) &&
	               take_session(&reader, &reply) && take_file_name(&reader, &reply) &&
	               take_bytes(&reader, IPC_BODY_MAX, &reply.body);

	TRY(ipc_take_end(&reader, is_good && http_status >= 100, "reply", err));
	reply.status = http_status;
	reply.retry_after_s = retry_after_s;
	*ret_reply = reply;
	return STATUS_OK;
}

/* ---- call */

enum { CALLED_PEER, CALLED_URL };

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void append_mail(struct buf *out, const struct desk_mail *mail)
{
	buf_append_byte(out, (uint8_t)mail->tls);
	ipc_append_string(out, mail->from);
	ipc_append_string(out, mail->to);
	buf_append_byte(out, mail->name != NULL);
	ipc_append_string(out, or_empty(mail->name));
	buf_append_byte(out, mail->password != NULL);
	ipc_append_string(out, or_empty(mail->password));
}

static void append_webhook(struct buf *out, const struct desk_webhook *webhook)
{
	buf_append_byte(out, webhook->id != NULL);
	if (webhook->id == NULL)
		return;
	ipc_append_string(out, webhook->id);
	buf_append_u64(out, (uint64_t)webhook->time_s);
	ipc_append_string(out, or_empty(webhook->signature));
}

void ipc_call_encode(struct ipc *ipc, const struct desk_call *call)
{
	struct buf *out = &ipc->out;
	size_t begun = ipc_begin(ipc, IPC_CALL);

	buf_append_u64(out, call->id);
	buf_append_byte(out, call->peer != NULL ? CALLED_PEER : CALLED_URL);
	ipc_append_string(out, call->peer != NULL ? call->peer : call->url);
	buf_append_byte(out, (uint8_t)call->method);
	ipc_append_string(out, call->path);
	ipc_append_string(out, or_empty(call->type));
	append_webhook(out, &call->webhook);
	buf_append_u64(out, call->answer_max);
	ipc_append_bytes(out, call->body);
	buf_append_byte(out, call->mail != NULL);
	if (call->mail != NULL)
		append_mail(out, call->mail);
	ipc_end(ipc, begun);
}

static bool take_called(struct reader *reader, struct desk_call *call)
{
	uint8_t called;

	call->peer = call->url = NULL;
	if (!ipc_take_u8(reader, CALLED_URL, &called))
		return false;
	return called == CALLED_PEER
	           ? ipc_take_string(reader, RECORD_NAME_MAX, &call->peer)
	           : ipc_take_string(reader, RECORD_URL_LEN_MAX, &call->url);
}

/* What goes into a line of a protocol must not hold what could end it. */
static bool take_line(struct reader *reader, size_t max, const char **ret_line)
{
	if (!ipc_take_string(reader, max, ret_line))
		return false;
	for (const char *at = *ret_line; *at != '\0'; at++)
		if ((uint8_t)*at < ' ' || *at == 0x7f)
			return false;
	return true;
}

/* NULL where there is none. */
static bool take_credential(struct reader *reader, const char **ret_text)
{
	bool is_there = false;

	if (!ipc_take_bool(reader, &is_there) ||
	    !take_line(reader, DESK_CREDENTIAL_MAX, ret_text) ||
	    (!is_there && (*ret_text)[0] != '\0'))
		return false;
	if (!is_there)
		*ret_text = NULL;
	return true;
}

static bool take_webhook(struct reader *reader, struct desk_call *call)
{
	struct desk_webhook *webhook = &call->webhook;
	bool is_webhook = false;

	*webhook = (struct desk_webhook){0};
	if (!ipc_take_bool(reader, &is_webhook))
		return false;
	if (!is_webhook)
		return true;
	if (call->url == NULL || !take_line(reader, DESK_WEBHOOK_ID_MAX, &webhook->id) ||
	    webhook->id[0] == '\0' || !ipc_take_time(reader, &webhook->time_s) ||
	    !take_line(reader, DESK_SIGNATURE_MAX, &webhook->signature))
		return false;
	if (webhook->signature[0] == '\0')
		webhook->signature = NULL;
	return true;
}

static bool take_mail(struct reader *reader, struct desk_call *call,
                      struct desk_mail *ret_mail)
{
	bool is_mail = false;
	uint8_t tls;

	if (!ipc_take_bool(reader, &is_mail))
		return false;
	if (!is_mail)
		return true;
	if (call->url == NULL || !ipc_take_u8(reader, DESK_MAIL_TLS, &tls) ||
	    !take_line(reader, DESK_ADDRESS_MAX, &ret_mail->from) ||
	    !take_line(reader, DESK_ADDRESS_MAX, &ret_mail->to) ||
	    !take_credential(reader, &ret_mail->name) ||
	    !take_credential(reader, &ret_mail->password))
		return false;
	ret_mail->tls = tls;
	call->mail = ret_mail;
	return true;
}

enum status ipc_call_decode(struct view fields, struct desk_call *ret_call,
                            struct desk_mail *ret_mail, struct error *err)
{
	struct reader reader = reader_of(fields);
	struct desk_call call = {0};
	uint8_t method = 0;
	uint64_t answer_max = 0;
	bool is_good = reader_u64(&reader, &call.id) && take_called(&reader, &call) &&
	               ipc_take_u8(&reader, DESK_POST, &method) &&
	               ipc_take_string(&reader, IPC_PATH_MAX, &call.path) &&
	               ipc_take_string(&reader, IPC_MEDIA_TYPE_MAX, &call.type) &&
	               take_webhook(&reader, &call) && reader_u64(&reader, &answer_max) &&
	               answer_max <= IPC_BODY_MAX &&
	               take_bytes(&reader, IPC_BODY_MAX, &call.body) &&
	               take_mail(&reader, &call, ret_mail);

	TRY(ipc_take_end(&reader, is_good, "call", err));
	call.method = method;
	call.answer_max = answer_max;
	*ret_call = call;
	return STATUS_OK;
}

/* ---- peers */

static void append_peer(struct buf *out, const struct link_peer *peer)
{
	ipc_append_string(out, peer->name);
	buf_append_byte(out, (uint8_t)peer->key_count);
	for (size_t i = 0; i < peer->key_count; i++)
		buf_append(out, peer->keys[i].bytes, sizeof peer->keys[i].bytes);
	buf_append_byte(out, (uint8_t)peer->url_count);
	for (size_t i = 0; i < peer->url_count; i++)
		ipc_append_string(out, peer->urls[i]);
}

void ipc_peers_encode(struct ipc *ipc, const struct link_peer *peers, size_t count)
{
	size_t begun = ipc_begin(ipc, IPC_PEERS);

	buf_append_u16(&ipc->out, (uint16_t)count);
	for (size_t i = 0; i < count; i++)
		append_peer(&ipc->out, &peers[i]);
	ipc_end(ipc, begun);
}

static bool take_key(struct reader *reader, struct ed25519_public *ret_key)
{
	struct view bytes;

	if (!reader_bytes(reader, sizeof ret_key->bytes, &bytes))
		return false;
	memcpy(ret_key->bytes, bytes.data, sizeof ret_key->bytes);
	return true;
}

static bool take_peer(struct reader *reader, struct link_peer *ret_peer)
{
	uint8_t key_count = 0, url_count = 0;
	bool is_good = ipc_take_text(reader, ret_peer->name, sizeof ret_peer->name) &&
	               ipc_take_u8(reader, LINK_KEYS_MAX, &key_count);

	for (uint8_t i = 0; is_good && i < key_count; i++)
		is_good = take_key(reader, &ret_peer->keys[i]);
	is_good = is_good && ipc_take_u8(reader, RECORD_URLS_MAX, &url_count);
	for (uint8_t i = 0; is_good && i < url_count; i++)
		is_good =
		    ipc_take_text(reader, ret_peer->urls[i], sizeof ret_peer->urls[i]);
	ret_peer->key_count = key_count;
	ret_peer->url_count = url_count;
	return is_good;
}

enum status ipc_peers_decode(struct view fields, struct link_peer **ret_peers,
                             size_t *ret_count, struct error *err)
{
	struct reader reader = reader_of(fields);
	struct link_peer *peers;
	uint16_t count = 0;
	bool is_good = ipc_take_u16(&reader, IPC_PEERS_MAX, &count);
	enum status status;

	peers = calloc(is_good && count > 0 ? count : 1, sizeof *peers);
	if (peers == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the peers");
	for (uint16_t i = 0; is_good && i < count; i++)
		is_good = take_peer(&reader, &peers[i]);
	status = ipc_take_end(&reader, is_good, "list of peers", err);
	if (status != STATUS_OK) {
		free(peers);
		return status;
	}
	*ret_peers = peers;
	*ret_count = count;
	return STATUS_OK;
}

/* ---- event */

void ipc_event_encode(struct ipc *ipc, struct view json)
{
	size_t begun = ipc_begin(ipc, IPC_EVENT);

	ipc_append_bytes(&ipc->out, json);
	ipc_end(ipc, begun);
}

enum status ipc_event_decode(struct view fields, struct view *ret_json, struct error *err)
{
	struct reader reader = reader_of(fields);
	struct view json = {0};
	bool is_good = take_bytes(&reader, IPC_BODY_MAX, &json);

	TRY(ipc_take_end(&reader, is_good, "event", err));
	*ret_json = json;
	return STATUS_OK;
}
