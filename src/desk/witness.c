/* SPDX-License-Identifier: Apache-2.0 */
/*
 * This desk as a plain C2SP witness for logs it was told of: it says 'append-only as far
 * as I have seen' with a key of its own and holds no entries. Source:
 * c2sp.org/tlog-witness.
 */
#include "desk/state.h"

#include <inttypes.h>

static void state_key(struct buf *key, const struct witness_log *log)
{
	buf_append_string(key, "witness/");
	buf_append_string(key, log->origin_hash);
}

static void proof_key(struct buf *key, const struct witness_log *log)
{
	buf_append_string(key, "witness-proof/");
	buf_append_string(key, log->origin_hash);
}

/* A new item of this turn; NULL without memory (remembered). */
static struct witness_item *add_item(struct desk *desk, struct witness_log *log,
                                     const struct tlog_checkpoint *checkpoint,
                                     const struct tlog_proof *proof)
{
	if (!desk_grow(desk, &desk->witness_items, &desk->witness_item_cap,
	               desk->witness_item_count, sizeof *desk->witness_items))
		return NULL;
	struct witness_item *item = &desk->witness_items[desk->witness_item_count++];
	*item = (struct witness_item){.log = log,
	                              .checkpoint = *checkpoint,
	                              .proof = *proof,
	                              .text_and_line = BUF_INIT(TLOG_NOTE_MAX),
	                              .line = BUF_INIT(4096),
	                              .status = STATUS_AGAIN};
	return item;
}

static void take_guard(struct witness_log *log, const struct signer_guard *guard)
{
	memcpy(log->newest.origin, log->key.name, sizeof log->newest.origin);
	log->newest.size = guard->is_known ? guard->size : 0;
	log->newest.root = guard->is_known ? guard->root : tlog_empty_root();
}

/* A crash came between the new size and its signature: it is made now, with the proof
 * that was kept for this. */
static enum status finish_signature(struct desk *desk, struct witness_log *log,
                                    const struct signer_guard *guard, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(128), row = BUF_INIT(4096);
	struct tlog_proof proof = {0};
	struct view hashes;
	uint64_t from;
	proof_key(&key, log);
	enum status status =
	    desk->store.ops->get(desk->store.self, STORE_META, buf_view(&key), &row, err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	struct reader reader = reader_of(buf_view(&row));
	proof.count = row.len / sizeof(struct hash);
	if (!reader_u64(&reader, &from) || proof.count > TLOG_PROOF_MAX ||
	    !reader_bytes(&reader, proof.count * sizeof(struct hash), &hashes) ||
	    !reader_is_done(&reader))
		return error_set(err, STATUS_MALFORMED,
		                 "a witness proof is damaged in the store");
	if (from != (guard->is_known ? guard->size : 0))
		return STATUS_OK;
	if (proof.count > 0)
		memcpy(proof.hashes, hashes.data, hashes.len);
	struct witness_item *item = add_item(desk, log, &log->newest, &proof);
	if (!item)
		return error_set(err, STATUS_NO_MEMORY, "no memory");
	(void)log_append_bare_note(&log->key, buf_view(&log->note), &item->text_and_line);
	return STATUS_OK;
}

static enum status load_log(struct desk *desk, struct witness_log *log, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(128);
	struct signer_guard guard;
	state_key(&key, log);
	log->note = BUF_INIT(TLOG_NOTE_MAX);
	TRY(desk->signer.ops->guard(desk->signer.self, SIGNER_WITNESS, log->key.name,
	                            &guard, err));
	enum status status = desk->store.ops->get(desk->store.self, STORE_META,
	                                          buf_view(&key), &log->note, err);
	if (status == STATUS_NOT_FOUND) {
		take_guard(log, &guard);
		return STATUS_OK;
	}
	TRY(status);
	TRY(tlog_checkpoint_open(buf_view(&log->note), &log->key, &log->newest, err));
	if (guard.is_known && guard.size > log->newest.size) { /* an older database */
		take_guard(log, &guard);
		return STATUS_OK;
	}
	/* a crash may have come between the new size and the cosignature over it */
	struct tlog_note note;
	TRY(tlog_note_parse(buf_view(&log->note), &note, err));
	log->is_known = note.line_count > 1;
	if (guard.is_known && guard.size == log->newest.size)
		return STATUS_OK;
	return finish_signature(desk, log, &guard, err);
}

enum status witness_load(struct desk *desk, struct error *err)
{
	struct view rest = desk->options.witness_logs, line;
	while (view_take_line(&rest, &line)) {
		struct tlog_vkey key;
		if (line.len == 0 || line.data[0] == '#')
			continue;
		if (!desk->card.has_key[RECORD_ROLE_WITNESS])
			return error_set(
			    err, STATUS_CONFLICT,
			    "logs to witness are named, but this desk's card has no "
			    "witness key");
		enum status status = tlog_vkey_decode(line, &key, err);
		if (status != STATUS_OK)
			return error_context(err, status, "the list of logs to witness");
		struct witness_log *grown = reallocarray(
		    desk->witness_logs, desk->witness_log_count + 1, sizeof *grown);
		if (!grown)
			return error_set(err, STATUS_NO_MEMORY, "no memory");
		desk->witness_logs = grown;
		struct witness_log *log = &grown[desk->witness_log_count++];
		*log = (struct witness_log){.key = key, .newest.root = tlog_empty_root()};
		struct hash hash = sha256(view_of_string(key.name));
		hash_hex(&hash, log->origin_hash);
		TRY(load_log(desk, log, err));
	}
	return STATUS_OK;
}

static struct witness_log *find(struct desk *desk, struct view origin)
{
	for (size_t i = 0; i < desk->witness_log_count; i++)
		if (view_equal_string(origin, desk->witness_logs[i].key.name))
			return &desk->witness_logs[i];
	return NULL;
}

static void refuse_size(struct desk *desk, uint64_t request, uint64_t size)
{
	struct staged_reply *reply = desk_stage_reply(desk, request, 409, TLOG_TYPE_SIZE);
	desk->counters.stale_sizes++;
	if (reply)
		buf_printf(&reply->body, "%" PRIu64 "\n", size);
}

/* Beside the state, for a crash before the signature. */
static enum status keep_proof(struct desk *desk, const struct witness_log *log,
                              uint64_t from, const struct tlog_proof *proof,
                              struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(128), row = BUF_INIT(4096);
	proof_key(&key, log);
	buf_append_u64(&row, from);
	buf_append(&row, proof->hashes, proof->count * sizeof proof->hashes[0]);
	TRY(buf_check(&row, "a proof", err));
	return desk->store.ops->put(desk->store.self, STORE_META, buf_view(&key),
	                            buf_view(&row), err);
}

static enum status keep_state(struct desk *desk, const struct witness_log *log,
                              struct view note, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(128);
	state_key(&key, log);
	return desk->store.ops->put(desk->store.self, STORE_META, buf_view(&key), note,
	                            err);
}

static bool is_being_signed(const struct desk *desk, const struct witness_log *log)
{
	for (size_t i = 0; i < desk->witness_item_count; i++)
		if (desk->witness_items[i].log == log)
			return true;
	return false;
}

/* Everything holds: sign in this turn, store what is new, answer with the line. */
static void accept(struct desk *desk, uint64_t request, struct witness_log *log,
                   const struct tlog_add_checkpoint *add,
                   const struct tlog_checkpoint *checkpoint)
{
	struct error err;
	if (is_being_signed(desk, log)) {
		desk_reply_text(desk, request, 503,
		                "a cosignature for this log is being made");
		return;
	}
	struct witness_item *item = add_item(desk, log, checkpoint, &add->proof);
	struct staged_reply *reply =
	    item ? desk_stage_reply(desk, request, 503, NULL) : NULL;
	if (!reply || !log_append_bare_note(&log->key, add->note, &item->text_and_line))
		return;
	reply->witness_item = desk->witness_item_count;
	/* check of the old size and new state are one step: the state is durable before
	   the signature exists */
	desk_fail(desk, keep_proof(desk, log, log->newest.size, &add->proof, &err), &err);
	desk_fail(desk, keep_state(desk, log, buf_view(&item->text_and_line), &err),
	          &err);
	log->newest = *checkpoint;
	desk->must_commit = true;
}

static void add_checkpoint(struct desk *desk, const struct desk_request *request)
{
	struct tlog_add_checkpoint add;
	struct tlog_checkpoint checkpoint;
	struct tlog_note note;
	struct view rest, origin;
	if (tlog_add_checkpoint_parse(request->body, &add, NULL) != STATUS_OK ||
	    tlog_note_parse(add.note, &note, NULL) != STATUS_OK) {
		desk_reply_text(desk, request->id, 400, "not an add-checkpoint request");
		return;
	}
	rest = note.text;
	struct witness_log *log =
	    view_take_line(&rest, &origin) ? find(desk, origin) : NULL;
	if (!log)
		desk_reply_text(desk, request->id, 404,
		                "this witness does not know the log");
	else if (tlog_note_verify(&note, &log->key, NULL) != STATUS_OK)
		desk_reply_text(desk, request->id, 403, "not signed by the log's key");
	else if (tlog_checkpoint_decode(note.text, &checkpoint, NULL) != STATUS_OK ||
	         add.old_size > checkpoint.size)
		desk_reply_text(desk, request->id, 400,
		                "not a checkpoint, or older than `old`");
	else if (!tlog_checkpoint_check_empty(&checkpoint))
		desk_reply_text(desk, request->id, 422, "an empty tree has one root");
	else if (add.old_size != log->newest.size)
		refuse_size(desk, request->id, log->newest.size);
	else if (tlog_proof_verify_consistency(&add.proof, log->newest.size,
	                                       &log->newest.root, checkpoint.size,
	                                       &checkpoint.root, NULL))
		desk_reply_text(desk, request->id, 422,
		                "the consistency proof does not hold");
	else
		accept(desk, request->id, log, &add, &checkpoint);
}

void witness_take_request(struct desk *desk, const struct desk_request *request)
{
	struct view path = request->path;
	struct staged_reply *reply;
	if (request->method == DESK_POST && view_equal_string(path, "/add-checkpoint")) {
		add_checkpoint(desk, request);
		return;
	}
	for (size_t i = 0; request->method == DESK_GET && i < desk->witness_log_count;
	     i++) {
		const struct witness_log *log = &desk->witness_logs[i];
		CLEANUP_BUF struct buf wanted = BUF_INIT(256);
		buf_printf(&wanted, "/%s/checkpoint", log->origin_hash);
		if (!log->is_known || !view_equal(path, buf_view(&wanted)))
			continue;
		reply = desk_stage_reply(desk, request->id, 200, NULL);
		if (reply)
			buf_append_view(&reply->body, buf_view(&log->note));
		return;
	}
	desk_reply_text(desk, request->id, 404, "no such path");
}

/* The signer signed nothing: what it signed last is where the log stands. */
static enum status fall_back(struct desk *desk, struct witness_log *log,
                             struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(128);
	struct signer_guard guard;
	TRY(desk->signer.ops->guard(desk->signer.self, SIGNER_WITNESS, log->key.name,
	                            &guard, err));
	take_guard(log, &guard);
	desk_ride(desk);
	if (log->is_known)
		return keep_state(desk, log, buf_view(&log->note), err);
	state_key(&key, log);
	enum status status =
	    desk->store.ops->remove(desk->store.self, STORE_META, buf_view(&key), err);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

void witness_signed(struct desk *desk, struct witness_item *item,
                    const struct signer_item *signed_item)
{
	CLEANUP_BUF struct buf signature = BUF_INIT(TLOG_COSIGNATURE_LEN);
	struct witness_log *log = item->log;
	struct error err;
	item->status = signed_item->status;
	if (signed_item->status != STATUS_OK) {
		desk_log_line(desk, "witness: no cosignature for %s (%s)", log->key.name,
		              status_name(signed_item->status));
		desk_fail(desk, fall_back(desk, log, &err), &err);
		return;
	}
	buf_append_u64(&signature, (uint64_t)signed_item->time_s);
	buf_append(&signature, signed_item->signature.bytes,
	           sizeof signed_item->signature.bytes);
	tlog_note_append_line(&item->line, &desk->witness_key, buf_view(&signature));
	buf_append_view(&item->text_and_line, buf_view(&item->line));
	buf_clear(&log->note);
	buf_append_view(&log->note, buf_view(&item->text_and_line));
	log->is_known = true;
	desk_fail(desk, keep_state(desk, log, buf_view(&log->note), &err), &err);
	desk_ride(desk);
}
