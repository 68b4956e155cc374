/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer answers every question in the order in which it came, so an answer needs no
 * number. A signer that fails says nothing and ends; the desk then finds the socket
 * closed.
 */
#include "daemon/ipc_signer.h"

#include <assert.h>
#include <stdlib.h>

#include "crypto/random.h"
#include "daemon/ipc_read.h"

enum { ORIGIN_LEN_MAX = 255 };

/* ---- sign */

static void append_item(struct buf *out, const struct signer_item *item)
{
	buf_append_byte(out, (uint8_t)item->kind);
	ipc_append_string(out, item->origin);
	buf_append_u64(out, item->size);
	buf_append(out, item->root.bytes, sizeof item->root.bytes);
	buf_append_u64(out, (uint64_t)item->time_s);
	buf_append_byte(out, (uint8_t)item->proof.count);
	buf_append(out, item->proof.hashes, item->proof.count * sizeof(struct hash));
}

void ipc_sign_encode(struct ipc *ipc, const struct signer_item *items, size_t count)
{
	size_t begun = ipc_begin(ipc, IPC_SIGN);

	assert(count <= IPC_SIGN_MAX);
	buf_append_u16(&ipc->out, (uint16_t)count);
	for (size_t i = 0; i < count; i++)
		append_item(&ipc->out, &items[i]);
	ipc_end(ipc, begun);
}

static bool take_item(struct reader *reader, struct signer_item *ret_item)
{
	uint8_t kind = 0, proof_count = 0;
	bool is_good = ipc_take_u8(reader, SIGNER_WITNESS, &kind) &&
	               ipc_take_text(reader, ret_item->origin, sizeof ret_item->origin) &&
	               reader_u64(reader, &ret_item->size) &&
	               ipc_take_hash(reader, &ret_item->root) &&
	               ipc_take_time(reader, &ret_item->time_s) &&
	               ipc_take_u8(reader, TLOG_PROOF_MAX, &proof_count);

	for (uint8_t i = 0; is_good && i < proof_count; i++)
		is_good = ipc_take_hash(reader, &ret_item->proof.hashes[i]);
	ret_item->kind = kind;
	ret_item->proof.count = proof_count;
	ret_item->status = STATUS_BUG;
	return is_good;
}

static enum status reserve_items(struct signer_item **items, size_t *cap, size_t count,
                                 struct error *err)
{
	struct signer_item *grown;

	if (count <= *cap)
		return STATUS_OK;
	grown = realloc(*items, count * sizeof *grown);
	if (grown == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory to sign");
	*items = grown;
	*cap = count;
	return STATUS_OK;
}

enum status ipc_sign_decode(struct view fields, struct signer_item **items, size_t *cap,
                            size_t *ret_count, struct error *err)
{
	struct reader reader = reader_of(fields);
	uint16_t count = 0;
	bool is_good = ipc_take_u16(&reader, IPC_SIGN_MAX, &count);

	TRY(reserve_items(items, cap, is_good ? count : 0, err));
	for (uint16_t i = 0; is_good && i < count; i++)
		is_good = take_item(&reader, &(*items)[i]);
	TRY(ipc_take_end(&reader, is_good, "wish for signatures", err));
	*ret_count = count;
	return STATUS_OK;
}

/* ---- signed */

void ipc_signed_encode(struct ipc *ipc, const struct signer_item *items, size_t count)
{
	size_t begun = ipc_begin(ipc, IPC_SIGNED);
	struct buf *out = &ipc->out;

	buf_append_u16(out, (uint16_t)count);
	for (size_t i = 0; i < count; i++) {
		buf_append_byte(out, (uint8_t)items[i].status);
		if (items[i].status != STATUS_OK)
			continue;
		buf_append_u64(out, (uint64_t)items[i].time_s);
		buf_append(out, items[i].signature.bytes,
		           sizeof items[i].signature.bytes);
	}
	ipc_end(ipc, begun);
}

static bool take_signature(struct reader *reader, struct signer_item *item)
{
	uint8_t status = 0;
	struct view signature;

	if (!ipc_take_u8(reader, STATUS_BUG, &status))
		return false;
	item->status = status;
	if (status != STATUS_OK)
		return true;
	if (!ipc_take_time(reader, &item->time_s) ||
	    !reader_bytes(reader, sizeof item->signature.bytes, &signature))
		return false;
	memcpy(item->signature.bytes, signature.data, signature.len);
	return true;
}

enum status ipc_signed_decode(struct view fields, struct signer_item *items, size_t count,
                              struct error *err)
{
	struct reader reader = reader_of(fields);
	uint16_t answered = 0;
	bool is_good = reader_u16(&reader, &answered) && answered == count;

	for (size_t i = 0; is_good && i < count; i++)
		is_good = take_signature(&reader, &items[i]);
	return ipc_take_end(&reader, is_good, "set of signatures", err);
}

/* ---- guard */

void ipc_guard_encode(struct ipc *ipc, const struct ipc_guard_question *question)
{
	size_t begun = ipc_begin(ipc, IPC_GUARD);

	buf_append_byte(&ipc->out, (uint8_t)question->kind);
	ipc_append_string(&ipc->out, question->origin);
	ipc_end(ipc, begun);
}

enum status ipc_guard_decode(struct view fields, struct ipc_guard_question *ret_question,
                             struct error *err)
{
	struct reader reader = reader_of(fields);
	struct ipc_guard_question question = {0};
	uint8_t kind = 0;
	bool is_good = ipc_take_u8(&reader, SIGNER_WITNESS, &kind) &&
	               ipc_take_string(&reader, ORIGIN_LEN_MAX, &question.origin);

	TRY(ipc_take_end(&reader, is_good, "question to the guard", err));
	question.kind = kind;
	*ret_question = question;
	return STATUS_OK;
}

void ipc_guarded_encode(struct ipc *ipc, const struct signer_guard *guard)
{
	size_t begun = ipc_begin(ipc, IPC_GUARDED);

	buf_append_byte(&ipc->out, guard->is_known ? 1 : 0);
	buf_append_u64(&ipc->out, guard->size);
	buf_append(&ipc->out, guard->root.bytes, sizeof guard->root.bytes);
	buf_append_u64(&ipc->out, (uint64_t)guard->time_s);
	ipc_end(ipc, begun);
}

enum status ipc_guarded_decode(struct view fields, struct signer_guard *ret_guard,
                               struct error *err)
{
	struct reader reader = reader_of(fields);
	struct signer_guard guard = {0};
	bool is_good =
	    ipc_take_bool(&reader, &guard.is_known) && reader_u64(&reader, &guard.size) &&
	    ipc_take_hash(&reader, &guard.root) && ipc_take_time(&reader, &guard.time_s);

	TRY(ipc_take_end(&reader, is_good, "state of the guard", err));
	*ret_guard = guard;
	return STATUS_OK;
}

/* ---- pouches */

void ipc_open_box_encode(struct ipc *ipc, const struct box_sealed_key *sealed)
{
	size_t begun = ipc_begin(ipc, IPC_OPEN_BOX);

	buf_append(&ipc->out, sealed->bytes, sizeof sealed->bytes);
	ipc_end(ipc, begun);
}

enum status ipc_open_box_decode(struct view fields, struct box_sealed_key *ret_sealed,
                                struct error *err)
{
	if (fields.len != sizeof ret_sealed->bytes)
		return error_set(err, STATUS_MALFORMED,
		                 "the desk sent a sealed key of another length");
	memcpy(ret_sealed->bytes, fields.data, fields.len);
	return STATUS_OK;
}

void ipc_box_opened_encode(struct ipc *ipc, enum status status, const struct box_key *key,
                           const struct error *why)
{
	size_t begun = ipc_begin(ipc, IPC_BOX_OPENED);

	buf_append_byte(&ipc->out, (uint8_t)status);
	if (status == STATUS_OK)
		buf_append(&ipc->out, key->bytes, sizeof key->bytes);
	else
		ipc_append_string(&ipc->out, why->text);
	ipc_end(ipc, begun);
}

enum status ipc_box_opened_decode(struct view fields, enum status *ret_status,
                                  struct box_key *ret_key, struct error *ret_why,
                                  struct error *err)
{
	struct reader reader = reader_of(fields);
	struct view key = {0};
	uint8_t status = 0;
	bool is_good = ipc_take_u8(&reader, STATUS_BUG, &status);

	if (is_good && status == STATUS_OK)
		is_good = reader_bytes(&reader, sizeof ret_key->bytes, &key);
	else if (is_good)
		is_good = ipc_take_text(&reader, ret_why->text, sizeof ret_why->text);
	TRY(ipc_take_end(&reader, is_good, "opened key", err));
	if (key.len > 0)
		memcpy(ret_key->bytes, key.data, key.len);
	*ret_status = status;
	return STATUS_OK;
}

/* ---- the desk's end */

/* Sends what is queued and waits for the one answer. */
static enum status exchange(struct ipc *ipc, enum ipc_type expected,
                            struct view *ret_fields, struct error *err)
{
	struct ipc_frame frame = {0};
	enum status status = ipc_flush(ipc, err);

	if (status == STATUS_OK)
		status = ipc_wait(ipc, &frame, err);
	if (status != STATUS_OK)
		return error_context(err, ipc_accident(status), "the signer");
	if (frame.type != expected)
		return error_set(err, STATUS_SYSTEM,
		                 "the signer gave an answer of another kind");
	*ret_fields = frame.fields;
	return STATUS_OK;
}

static enum status client_sign(void *self, struct signer_item *items, size_t count,
                               struct error *err)
{
	struct ipc *ipc = self;
	struct view fields;

	for (size_t done = 0; done < count;) {
		size_t part = count - done < IPC_SIGN_MAX ? count - done : IPC_SIGN_MAX;

		ipc_sign_encode(ipc, items + done, part);
		TRY(exchange(ipc, IPC_SIGNED, &fields, err));
		TRY(ipc_accident(ipc_signed_decode(fields, items + done, part, err)));
		done += part;
	}
	return STATUS_OK;
}

static enum status client_guard(void *self, enum signer_kind kind, const char *origin,
                                struct signer_guard *ret_guard, struct error *err)
{
	struct ipc *ipc = self;
	struct view fields;

	ipc_guard_encode(ipc, &(struct ipc_guard_question){kind, origin});
	TRY(exchange(ipc, IPC_GUARDED, &fields, err));
	return ipc_accident(ipc_guarded_decode(fields, ret_guard, err));
}

static enum status client_open_box(void *self, const struct box_sealed_key *sealed,
                                   struct box_key *ret_key, struct error *err)
{
	struct ipc *ipc = self;
	struct view fields;
	struct error why = {""};
	enum status said;

	ipc_open_box_encode(ipc, sealed);
	TRY(exchange(ipc, IPC_BOX_OPENED, &fields, err));
	TRY(ipc_accident(ipc_box_opened_decode(fields, &said, ret_key, &why, err)));
	if (said != STATUS_OK)
		return error_set(err, said, "%s", why.text);
	return STATUS_OK;
}

const struct signer_ops ipc_signer_ops = {client_sign, client_guard, client_open_box};

enum status ipc_signer_accept_clock(struct ipc *ipc, struct error *err)
{
	ipc_end(ipc, ipc_begin(ipc, IPC_ACCEPT_CLOCK));
	return ipc_flush(ipc, err);
}

/* ---- the signer's end */

static enum status serve_sign(struct ipc_signer_server *server, struct view fields,
                              struct error *err)
{
	const struct signer *signer = &server->signer;
	size_t count;

	TRY(ipc_sign_decode(fields, &server->items, &server->cap, &count, err));
	TRY(signer->ops->sign(signer->self, server->items, count, err));
	ipc_signed_encode(server->ipc, server->items, count);
	return STATUS_OK;
}

static enum status serve_guard(struct ipc_signer_server *server, struct view fields,
                               struct error *err)
{
	const struct signer *signer = &server->signer;
	struct ipc_guard_question question;
	struct signer_guard guard;

	TRY(ipc_guard_decode(fields, &question, err));
	TRY(signer->ops->guard(signer->self, question.kind, question.origin, &guard,
	                       err));
	ipc_guarded_encode(server->ipc, &guard);
	return STATUS_OK;
}

/* That a key can't be opened is an answer, not a failure of the signer. */
static enum status serve_open_box(struct ipc_signer_server *server, struct view fields,
                                  struct error *err)
{
	const struct signer *signer = &server->signer;
	struct box_sealed_key sealed;
	struct box_key key = {0};
	struct error why = {""};
	enum status status;

	TRY(ipc_open_box_decode(fields, &sealed, err));
	status = signer->ops->open_box(signer->self, &sealed, &key, &why);
	ipc_box_opened_encode(server->ipc, status, &key, &why);
	crypto_wipe(&key, sizeof key);
	return STATUS_OK;
}

enum status ipc_signer_serve(struct ipc_signer_server *server,
                             const struct ipc_frame *frame, struct error *err)
{
	if (frame->type == IPC_SIGN)
		return serve_sign(server, frame->fields, err);
	if (frame->type == IPC_GUARD)
		return serve_guard(server, frame->fields, err);
	if (frame->type == IPC_OPEN_BOX)
		return serve_open_box(server, frame->fields, err);
	if (frame->type == IPC_ACCEPT_CLOCK && frame->fields.len == 0) {
		server->accept_clock(server->self);
		return STATUS_OK;
	}
	return error_set(err, STATUS_MALFORMED,
	                 "the desk sent a frame of an unknown type");
}

void ipc_signer_server_release(struct ipc_signer_server *server)
{
	free(server->items);
	server->items = NULL;
	server->cap = 0;
}
