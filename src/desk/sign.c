/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signing step of a turn: everything that the commit has made durable and that needs
 * a signature goes to the signer in one call; what comes back becomes checkpoints and
 * cosignatures, whose rows ride with the next commit. Source: aldis.md 7.2.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdio.h>

/* Signature items of a turn, with what each is for. */
struct signing {
	struct signer_item *items;
	struct log **logs; /* NULL for a witness item */
	struct witness_item **witness;
	size_t count, cap;
};

static struct signer_item *signing_add(struct desk *desk, struct signing *signing,
                                       struct log *log, struct witness_item *witness)
{
	size_t cap = signing->cap;
	if (!desk_grow(desk, &signing->items, &cap, signing->count,
	               sizeof *signing->items))
		return NULL;
	cap = signing->cap;
	if (!desk_grow(desk, &signing->logs, &cap, signing->count, sizeof *signing->logs))
		return NULL;
	cap = signing->cap;
	if (!desk_grow(desk, &signing->witness, &cap, signing->count,
	               sizeof *signing->witness))
		return NULL;
	signing->cap = cap;
	signing->logs[signing->count] = log;
	signing->witness[signing->count] = witness;
	struct signer_item *item = &signing->items[signing->count++];
	memset(item, 0, sizeof *item);
	return item;
}

/* The item for one size of a log; its proof starts from what was signed or cosigned
 * before. */
static void signing_add_size(struct desk *desk, struct signing *signing, struct log *log,
                             enum signer_kind kind, uint64_t old_size, uint64_t size,
                             int64_t time_s)
{
	struct error err;
	struct signer_item *item = signing_add(desk, signing, log, NULL);
	if (!item)
		return;
	item->kind = kind;
	memcpy(item->origin, log->origin, strlen(log->origin) + 1);
	item->size = size;
	item->time_s = time_s;
	if (!desk_did(desk, log_root_at(desk, log, size, &item->root, &err), &err))
		return;
	desk_fail(desk,
	          log_proof(desk, log, old_size < size ? old_size : size, size,
	                    &item->proof, &err),
	          &err);
}

/* From which size the signer's proof has to start: what its guard holds, which after a
 * start may be more than the store knows of, or (a power cut, an old guard) less. */
static uint64_t guard_size(const struct log *log, uint64_t last_size)
{
	return log->guard.is_known ? log->guard.size : last_size;
}

static void collect_signing(struct desk *desk, struct signing *signing)
{
	for (size_t i = 0; i < desk->log_count; i++) {
		struct log *log = desk->logs[i];
		if (log->is_own && log->channel->state == DESK_LOG_READY &&
		    (log->tree.size > log->newest.size || log->newest_note.len == 0)) {
			uint64_t from = guard_size(log, log->newest.size);
			for (size_t c = 0; c < log->cut_count; c++)
				if (log->cuts[c] > from &&
				    log->cuts[c] < log->tree.size) {
					signing_add_size(desk, signing, log, SIGNER_LOG,
					                 from, log->cuts[c], 0);
					from = log->cuts[c];
				}
			signing_add_size(desk, signing, log, SIGNER_LOG, from,
			                 log->tree.size, 0);
		} else if (log->wants_cosign) {
			signing_add_size(desk, signing, log, SIGNER_MIRROR,
			                 guard_size(log, log->cosigned_size),
			                 log->cosign_size, log->cosign_time_s);
			log->wants_cosign = false;
		}
	}
	for (size_t i = 0; i < desk->witness_item_count; i++) {
		struct witness_item *witness = &desk->witness_items[i];
		struct signer_item *item = signing_add(desk, signing, NULL, witness);
		if (!item)
			return;
		item->kind = SIGNER_WITNESS;
		memcpy(item->origin, witness->checkpoint.origin, sizeof item->origin);
		item->size = witness->checkpoint.size;
		item->root = witness->checkpoint.root;
		item->proof = witness->proof;
		item->time_s = desk->now_ms / 1000;
	}
}

/* Those that are signed; a refused one is tried again. */
static void drop_cuts(struct log *log)
{
	size_t kept = 0;
	for (size_t c = 0; c < log->cut_count; c++)
		if (log->cuts[c] > log->newest.size)
			log->cuts[kept++] = log->cuts[c];
	log->cut_count = kept;
}

static void own_signed(struct desk *desk, struct log *log, const struct signer_item *item)
{
	struct tlog_checkpoint checkpoint = {.size = item->size, .root = item->root};
	if (item->status != STATUS_OK) {
		snprintf(log->channel->why, sizeof log->channel->why,
		         "the signer refused (%s): its guard holds another history of "
		         "this log",
		         status_name(item->status));
		log->channel->why_code = DESK_WHY_SIGNER_REFUSES;
		if (item->status == STATUS_AGAIN) {
			log->channel->why_code = DESK_WHY_CLOCK_JUMPED;
			snprintf(log->channel->why, sizeof log->channel->why,
			         "the signer's clock jumped: check it, then accept it");
		} else {
			log->channel->state = DESK_LOG_FROZEN;
		}
		desk_log_line(desk, "log %s: %s", log->origin, log->channel->why);
		return;
	}
	memcpy(checkpoint.origin, log->origin, sizeof log->origin);
	CLEANUP_BUF struct buf note = BUF_INIT(4096);
	tlog_checkpoint_append(&note, &checkpoint);
	buf_append_byte(&note, '\n');
	tlog_note_append_line(
	    &note, &log->keys.now,
	    view_of(item->signature.bytes, sizeof item->signature.bytes));
	log_keep_checkpoint(desk, log, &checkpoint, buf_view(&note));
	drop_cuts(log);
	log->channel->why[0] = '\0';
	log->channel->why_code = DESK_WHY_NOTHING;
	log->guard.is_known = false;
	desk->generation++;
	if (item->size == log->change_size) /* the old key may soon be gone */
		desk->must_commit = desk->wants_turn = true;
}

static void append_cosignature(struct buf *out, const struct tlog_vkey *key,
                               const struct signer_item *item)
{
	CLEANUP_BUF struct buf signature = BUF_INIT(TLOG_COSIGNATURE_LEN);
	buf_append_u64(&signature, (uint64_t)item->time_s);
	buf_append(&signature, item->signature.bytes, sizeof item->signature.bytes);
	tlog_note_append_line(out, key, buf_view(&signature));
}

static void peer_cosigned(struct desk *desk, struct log *log,
                          const struct signer_item *item)
{
	struct error err;
	if (item->status != STATUS_OK) {
		desk_log_line(desk, "log %s: no cosignature for size %" PRIu64 " (%s)",
		              log->origin, item->size, status_name(item->status));
		return;
	}
	CLEANUP_BUF struct buf line = BUF_INIT(4096);
	append_cosignature(&line, &desk->mirror_key, item);
	if (item->size >= log->cosigned_size) {
		log->cosigned_size = item->size;
		log->cosigned_root = item->root;
		log->cosigned_time_s = item->time_s;
	}
	if (log->is_equivocating)
		log_forget_foreign(desk, log);
	log->guard.is_known = false;
	log->row_is_dirty = true;
	log->tries_lacking = log->lacking_count > 0;
	desk->wants_turn = desk->wants_turn || log->tries_lacking;
	desk->counters.receipts_out++;
	desk_fail(desk,
	          log_put_receipt(desk, log, desk->card.name.text, item->size,
	                          item->time_s, buf_view(&line), &err),
	          &err);
	desk_ride(desk);
	desk->generation++;
	for (size_t i = 0; i < desk->reply_count; i++) {
		struct staged_reply *reply = &desk->replies[i];
		if (reply->cosign_log != log || reply->cosign_size != item->size)
			continue;
		reply->status = 200;
		reply->type = "text/plain; charset=utf-8";
		buf_clear(&reply->body);
		buf_append_view(&reply->body, buf_view(&line));
		reply->cosign_log = NULL;
	}
	desk_event(desk, "received",
	           "\"channel\":\"%s\",\"from\":\"%s\",\"size\":%" PRIu64,
	           log->channel->id_hex, log->channel->members[log->member].name.text,
	           item->size);
}

static void count_signature(struct desk *desk, const struct signer_item *item)
{
	if (item->status == STATUS_OK)
		desk->counters.signatures[item->kind]++;
	else
		desk->counters.signatures_refused++;
}

enum status sign_turn(struct desk *desk, struct error *err)
{
	struct signing signing = {0};
	enum status status = STATUS_OK;
	collect_signing(desk, &signing);
	if (desk->failed != STATUS_OK) {
		*err = desk->failure;
		status = desk->failed;
	} else if (signing.count > 0) {
		status = desk->signer.ops->sign(desk->signer.self, signing.items,
		                                signing.count, err);
	}
	for (size_t i = 0; status == STATUS_OK && i < signing.count; i++) {
		count_signature(desk, &signing.items[i]);
		if (signing.witness[i])
			witness_signed(desk, signing.witness[i], &signing.items[i]);
		else if (signing.logs[i]->is_own)
			own_signed(desk, signing.logs[i], &signing.items[i]);
		else
			peer_cosigned(desk, signing.logs[i], &signing.items[i]);
	}
	free(signing.items);
	free(signing.logs);
	free(signing.witness);
	return status;
}
