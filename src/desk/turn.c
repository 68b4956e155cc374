/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The turn: decide, commit once, sign, let out. Nothing that this desk says leaves before
 * the commit on which it stands; a failure of the store or the signer ends the desk.
 */
#include "desk/state.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "crypto/random.h"

bool desk_did(struct desk *desk, enum status status, const struct error *err)
{
	if (status == STATUS_OK)
		return true;
	if (desk->failed == STATUS_OK) {
		desk->failed = status;
		desk->failure = *err;
	}
	return false;
}

void desk_fail(struct desk *desk, enum status status, const struct error *err)
{
	(void)desk_did(desk, status, err);
}

void desk_ride(struct desk *desk)
{
	if (!desk->has_riders)
		desk->riders_ms = desk->now_ms;
	desk->has_riders = true;
}

static struct log_kind *log_kind_of(struct desk *desk, const char *format)
{
	struct log_kind *oldest = &desk->log_kinds[0];
	for (size_t i = 0; i < DESK_LOG_KINDS; i++) {
		struct log_kind *kind = &desk->log_kinds[i];
		if (kind->format == format)
			return kind;
		if (kind->since_ms < oldest->since_ms)
			oldest = kind;
	}
	*oldest = (struct log_kind){.format = format, .since_ms = desk->now_ms};
	return oldest;
}

/* Counts a line of this kind; false when there were enough of them in this minute.
 * *ret_held_back is how many of the minute before were not written. */
static bool may_log(struct desk *desk, const char *format, unsigned *ret_held_back)
{
	struct log_kind *kind = log_kind_of(desk, format);
	int64_t age_ms = desk->now_ms - kind->since_ms;
	*ret_held_back = 0;
	if (age_ms < 0 || age_ms >= 60000) {
		if (kind->count > DESK_LOG_LINES_MAX)
			*ret_held_back = kind->count - DESK_LOG_LINES_MAX;
		kind->since_ms = desk->now_ms;
		kind->count = 0;
	}
	return kind->count++ < DESK_LOG_LINES_MAX;
}

void desk_log_line(struct desk *desk, const char *format, ...)
{
	char line[512];
	unsigned held_back;
	va_list args;
	if (!may_log(desk, format, &held_back))
		return;
	va_start(args, format);
	int len = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (held_back > 0 && len > 0 && (size_t)len < sizeof line)
		snprintf(line + len, sizeof line - (size_t)len,
		         " (and %u more like this were not written)", held_back);
	desk->out.ops->log(desk->out.self, line);
}

void desk_event(struct desk *desk, const char *type, const char *format, ...)
{
	CLEANUP_BUF struct buf json = BUF_INIT(4096);
	char members[2048];
	va_list args;
	va_start(args, format);
	vsnprintf(members, sizeof members, format, args);
	va_end(args);
	buf_printf(&json, "{\"type\":\"%s\"%s%s}", type, members[0] ? "," : "", members);
	if (buf_check(&json, "an event", NULL) == STATUS_OK)
		desk->out.ops->event(desk->out.self, buf_view(&json));
}

void desk_random(struct desk *desk, void *ret_bytes, size_t len)
{
	if (desk->options.random)
		desk->options.random(desk->options.random_context, ret_bytes, len);
	else
		random_bytes(ret_bytes, len);
}

/* Jitter needs no secrecy: a xorshift of the seed, so that simulations repeat. */
uint64_t desk_jitter(struct desk *desk, uint64_t below)
{
	desk->random_state ^= desk->random_state << 13;
	desk->random_state ^= desk->random_state >> 7;
	desk->random_state ^= desk->random_state << 17;
	return below ? desk->random_state % below : 0;
}

int64_t desk_backoff_ms(struct desk *desk, unsigned failures)
{
	int64_t base = 500;
	for (unsigned i = 1; i < failures && base < DESK_BACKOFF_MS; i++)
		base *= 2;
	if (base > DESK_BACKOFF_MS)
		base = DESK_BACKOFF_MS;
	return base / 2 + (int64_t)desk_jitter(desk, (uint64_t)base);
}

bool desk_grow(struct desk *desk, void *array_pointer, size_t *cap, size_t count,
               size_t size)
{
	struct error err;
	void **array = array_pointer;
	if (count < *cap)
		return true;
	size_t wanted = *cap ? *cap * 2 : 16;
	void *grown = reallocarray(*array, wanted, size);
	if (!grown) {
		desk_fail(desk, error_set(&err, STATUS_NO_MEMORY, "no memory"), &err);
		return false;
	}
	*array = grown;
	*cap = wanted;
	return true;
}

struct staged_reply *desk_stage_reply(struct desk *desk, uint64_t request, int status,
                                      const char *type)
{
	if (!desk_grow(desk, &desk->replies, &desk->reply_cap, desk->reply_count,
	               sizeof *desk->replies))
		return NULL;
	struct staged_reply *reply = &desk->replies[desk->reply_count++];
	*reply = (struct staged_reply){.request = request,
	                               .status = status,
	                               .type = type ? type : "text/plain; charset=utf-8",
	                               .body = BUF_INIT(64 * 1024 * 1024)};
	return reply;
}

void desk_reply_text(struct desk *desk, uint64_t request, int status, const char *text)
{
	struct staged_reply *reply = desk_stage_reply(desk, request, status, NULL);
	if (!reply)
		return;
	buf_append_string(&reply->body, text);
	if (text[0])
		buf_append_byte(&reply->body, '\n');
}

void desk_reply(struct desk *desk, uint64_t request, int status, const char *type,
                struct view body)
{
	struct staged_reply *reply = desk_stage_reply(desk, request, status, type);
	if (reply)
		buf_append_view(&reply->body, body);
}

struct staged_call *desk_stage_call(struct desk *desk, enum call_kind kind,
                                    struct peer *peer, enum desk_method method,
                                    const char *type)
{
	if (!desk_grow(desk, &desk->out_calls, &desk->out_call_cap, desk->out_call_count,
	               sizeof *desk->out_calls))
		return NULL;
	struct staged_call *call = &desk->out_calls[desk->out_call_count++];
	*call = (struct staged_call){
	    .call = {.id = ++desk->next_call, .kind = kind, .peer = peer},
	    .method = method,
	    .type = type,
	    .body = BUF_INIT(24 * 1024 * 1024),
	    .answer_max = 1024 * 1024,
	};
	return call;
}

static void not_after(int64_t *time, int64_t latest)
{
	if (*time > latest)
		*time = latest;
}

/* The clock was set back: what a wrong one has put off must not wait for that time to
 * come again. */
static void set_back(struct desk *desk)
{
	int64_t now_ms = desk->now_ms;
	not_after(&desk->opened_ms, now_ms);
	not_after(&desk->riders_ms, now_ms);
	for (size_t p = 0; p < desk->peer_count; p++) {
		not_after(&desk->peers[p]->poll_ms, now_ms + desk->options.poll_ms);
		not_after(&desk->peers[p]->heard_ms, now_ms);
	}
	for (size_t c = 0; c < desk->channel_count; c++) {
		struct channel *channel = desk->channels[c];
		not_after(&channel->show_until_ms, now_ms + desk->options.show_wait_ms);
		for (size_t m = 0; m < channel->charter.member_count; m++) {
			not_after(&channel->members[m].feed.retry_ms,
			          now_ms + DESK_BACKOFF_MS);
			not_after(&channel->members[m].show.retry_ms,
			          now_ms + DESK_BACKOFF_MS);
		}
	}
	for (size_t i = 0; i < desk->log_count; i++)
		not_after(&desk->logs[i]->missed_until_s, now_ms / 1000);
}

void desk_turn_begin(struct desk *desk, int64_t now_ms)
{
	bool is_back = now_ms < desk->now_ms;
	desk->now_ms = now_ms;
	if (is_back)
		set_back(desk);
}

void desk_take_request(struct desk *desk, const struct desk_request *request)
{
	if (desk->failed != STATUS_OK)
		return;
	if (request->is_witness) {
		witness_take_request(desk, request);
		return;
	}
	struct peer *peer = request->peer ? desk_peer_find(desk, request->peer) : NULL;
	if (!peer) {
		desk_reply_text(desk, request->id, 403,
		                "no card of this desk is trusted here");
		return;
	}
	if (peer->last_error.text[0]) { /* it is back: try again at once */
		peer->last_error.text[0] = '\0';
		for (size_t c = 0; c < desk->channel_count; c++)
			for (size_t m = 0; m < desk->channels[c]->charter.member_count;
			     m++)
				if (desk->channels[c]->members[m].peer == peer) {
					desk->channels[c]->members[m].feed.retry_ms =
					    desk->now_ms;
					desk->channels[c]->members[m].show.retry_ms =
					    desk->now_ms;
				}
	}
	peer->heard_ms = desk->now_ms;
	if (request->method == DESK_GET)
		serve_get(desk, request, peer);
	else
		mirror_take_request(desk, request, peer);
}

static void note_outcome(struct desk *desk, struct peer *peer,
                         const struct desk_answer *answer)
{
	if (answer->outcome == STATUS_OK) {
		peer->heard_ms = desk->now_ms;
		peer->last_error.text[0] = '\0';
		return;
	}
	if (!peer->last_error.text[0])
		desk_log_line(desk, "peer %s: %s", peer->card.name.text,
		              answer->err.text);
	peer->last_error = answer->err;
	if (!peer->last_error.text[0])
		(void)error_set(&peer->last_error, STATUS_CLOSED,
		                "it could not be reached");
}

void desk_take_answer(struct desk *desk, const struct desk_answer *answer)
{
	size_t at = 0;
	while (at < desk->call_count && desk->calls[at].id != answer->call)
		at++;
	if (desk->failed != STATUS_OK || at == desk->call_count)
		return;
	struct call call = desk->calls[at];
	desk->calls[at] = desk->calls[--desk->call_count];
	note_outcome(desk, call.peer, answer);
	switch (call.kind) {
	case CALL_FEED_CHECKPOINT:
	case CALL_FEED_BLOBS:
	case CALL_FEED_ENTRIES:
	case CALL_FEED_ATTACHMENTS:
		feed_take_answer(desk, &call, answer);
		break;
	case CALL_SHOW:
		start_take_answer(desk, &call, answer);
		break;
	case CALL_PULL:
	case CALL_CARRY:
		pull_take_answer(desk, &call, answer);
		break;
	case CALL_EVIDENCE:
		evidence_take_answer(desk, &call, answer);
		break;
	}
}

static void decide(struct desk *desk)
{
	for (size_t c = 0; c < desk->channel_count; c++) {
		struct channel *channel = desk->channels[c];
		if (!channel->is_open)
			continue;
		start_step(desk, channel);
		if (channel->state == DESK_LOG_READY)
			compose_drain_outbox(desk, channel);
		watch_step(desk, channel);
	}
}

static enum status commit(struct desk *desk, struct error *err)
{
	for (size_t i = 0; i < desk->log_count; i++) {
		TRY(log_flush(desk, desk->logs[i], err));
		if (desk->logs[i]->row_is_dirty)
			TRY(log_write_row(desk, desk->logs[i], err));
	}
	if (desk->failed != STATUS_OK) {
		*err = desk->failure;
		return desk->failed;
	}
	bool rides_long =
	    desk->has_riders && desk->now_ms - desk->riders_ms >= DESK_RIDE_MS;
	if (!desk->must_commit && !rides_long)
		return STATUS_OK;
	TRY(desk->store.ops->commit(desk->store.self, err));
	desk->must_commit = false;
	desk->has_riders = false;
	return STATUS_OK;
}

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
			log->cut_count = 0;
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

static void own_signed(struct desk *desk, struct log *log, const struct signer_item *item)
{
	struct tlog_checkpoint checkpoint = {.size = item->size, .root = item->root};
	if (item->status != STATUS_OK) {
		snprintf(log->channel->why, sizeof log->channel->why,
		         "the signer refused (%s): its guard holds another history of "
		         "this log",
		         status_name(item->status));
		if (item->status == STATUS_AGAIN)
			snprintf(log->channel->why, sizeof log->channel->why,
			         "the signer's clock jumped: check it, then accept it");
		else
			log->channel->state = DESK_LOG_FROZEN;
		desk_log_line(desk, "log %s: %s", log->origin, log->channel->why);
		return;
	}
	memcpy(checkpoint.origin, log->origin, sizeof log->origin);
	CLEANUP_BUF struct buf note = BUF_INIT(4096);
	tlog_checkpoint_append(&note, &checkpoint);
	buf_append_byte(&note, '\n');
	tlog_note_append_line(
	    &note, &log->key,
	    view_of(item->signature.bytes, sizeof item->signature.bytes));
	log_keep_checkpoint(desk, log, &checkpoint, buf_view(&note));
	log->guard.is_known = false;
	desk->generation++;
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
	           log->channel->id_hex,
	           log->channel->charter.members[log->member].name.text, item->size);
}

static enum status sign(struct desk *desk, struct error *err)
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

static void let_out_replies(struct desk *desk)
{
	for (size_t i = 0; i < desk->reply_count; i++) {
		struct staged_reply *staged = &desk->replies[i];
		struct desk_reply reply = {.request = staged->request,
		                           .status = staged->status,
		                           .type = staged->type,
		                           .retry_after_s = staged->status == 503 ? 5 : 0,
		                           .body = buf_view(&staged->body)};
		if (staged->cosign_log) { /* the signature could not be made */
			reply.status = 503;
			reply.retry_after_s = 5;
			reply.body =
			    view_of_string("the cosignature can't be made now\n");
		} else if (staged->witness_item) {
			struct witness_item *item =
			    &desk->witness_items[staged->witness_item - 1];
			reply.status = item->status == STATUS_OK ? 200 : 503;
			reply.body = buf_view(&item->line);
		}
		desk->out.ops->reply(desk->out.self, &reply);
		buf_release(&staged->body);
	}
	desk->reply_count = 0;
	for (size_t i = 0; i < desk->witness_item_count; i++) {
		buf_release(&desk->witness_items[i].text_and_line);
		buf_release(&desk->witness_items[i].line);
	}
	desk->witness_item_count = 0;
}

static void let_out_calls(struct desk *desk)
{
	for (size_t i = 0; i < desk->out_call_count; i++) {
		struct staged_call *staged = &desk->out_calls[i];
		struct desk_call call = {.id = staged->call.id,
		                         .peer = staged->call.peer->card.name.text,
		                         .method = staged->method,
		                         .path = staged->path,
		                         .type = staged->type,
		                         .body = buf_view(&staged->body),
		                         .answer_max = staged->answer_max};
		if (desk_grow(desk, &desk->calls, &desk->call_cap, desk->call_count,
		              sizeof *desk->calls)) {
			desk->calls[desk->call_count++] = staged->call;
			desk->out.ops->call(desk->out.self, &call);
		}
		buf_release(&staged->body);
	}
	desk->out_call_count = 0;
}

static void ask_peers(struct desk *desk)
{
	for (size_t c = 0; c < desk->channel_count; c++) {
		struct channel *channel = desk->channels[c];
		if (!channel->is_open)
			continue;
		staging_expire(channel->own_staging, desk->now_ms);
		for (uint32_t m = 0; m < channel->charter.member_count; m++)
			if (channel->members[m].peer)
				feed_step(desk, channel, m);
	}
	for (size_t p = 0; p < desk->peer_count; p++) {
		pull_step(desk, desk->peers[p]);
		if (desk->peers[p]->staging)
			staging_expire(desk->peers[p]->staging, desk->now_ms);
	}
}

enum status desk_turn_end(struct desk *desk, struct error *err)
{
	desk->counters.turns++;
	desk->wants_turn = false;
	if (desk->failed == STATUS_OK)
		decide(desk);
	TRY(commit(desk, err));
	TRY(sign(desk, err));
	let_out_replies(desk);
	ask_peers(desk);
	let_out_calls(desk);
	if (desk->peers_changed) {
		desk->peers_changed = false;
		desk->out.ops->peers_changed(desk->out.self);
	}
	if (desk->failed != STATUS_OK) {
		*err = desk->failure;
		return desk->failed;
	}
	return STATUS_OK;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t desk_wake_ms(const struct desk *desk)
{
	int64_t wake = desk->wants_turn ? desk->now_ms : desk->now_ms + 3600 * 1000;
	if (desk->has_riders)
		wake = earlier(wake, desk->riders_ms + DESK_RIDE_MS);
	for (size_t c = 0; c < desk->channel_count; c++) {
		const struct channel *channel = desk->channels[c];
		if (!channel->is_open)
			continue;
		wake = earlier(wake, start_wake_ms(desk, channel));
		wake = earlier(wake, watch_wake_ms(desk, channel));
		for (uint32_t m = 0; m < channel->charter.member_count; m++)
			if (channel->members[m].peer)
				wake = earlier(wake, feed_wake_ms(desk, channel, m));
	}
	for (size_t p = 0; p < desk->peer_count; p++)
		if (!desk->peers[p]->pull)
			wake = earlier(wake, desk->peers[p]->poll_ms);
	return wake > desk->now_ms ? wake : desk->now_ms;
}

uint64_t desk_generation(const struct desk *desk)
{
	return desk->generation;
}

const struct desk_counters *desk_counters(const struct desk *desk)
{
	return &desk->counters;
}
