/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding forks: every root that an entry's `seen` names is compared with the own copy of
 * that log. A difference is only an alarm; two checkpoints signed by the log's owner that
 * can't be of one history are the proof, and are kept. Source: aldis.md 2.5, 3.5.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdio.h>

#include "codec/base64.h"

enum { CLAIMS_MAX = 16 }; /* of one author about one log that wait */

/* One question at a time to each author about each log: who lies a thousand times is not
 * asked a thousand times. */
static bool is_asked(const struct desk *desk, const struct log *log, uint32_t author)
{
	for (size_t i = 0; i < desk->call_count; i++)
		if (desk->calls[i].kind == CALL_EVIDENCE && desk->calls[i].log == log &&
		    desk->calls[i].member == author)
			return true;
	for (size_t i = 0; i < desk->out_call_count; i++) {
		const struct call *call = &desk->out_calls[i].call;
		if (call->kind == CALL_EVIDENCE && call->log == log &&
		    call->member == author)
			return true;
	}
	return false;
}

const char *desk_log_flag_words(enum desk_log_flag flag)
{
	switch (flag) {
	case DESK_FLAG_NAMED_LESS:
		return "wrote as if it had not held what it had cosigned";
	case DESK_FLAG_NAMED_FALLING:
		return "named less of a log than it had before";
	case DESK_FLAG_OPENED_OTHERWISE:
		return "opened its log under another charter";
	case DESK_FLAG_REFUSED_TO_SHOW:
		return "did not show the checkpoint behind a root that it named";
	}
	return NULL;
}

void evidence_flag(struct desk *desk, struct log *log, enum desk_log_flag flag)
{
	const char *name = log->channel->members[log->member].name.text;
	if (log->flags & flag)
		return;
	log->flags |= (uint16_t)flag;
	log->row_is_dirty = true;
	desk_ride(desk);
	desk->generation++;
	desk_log_line(desk, "%s %s", name, desk_log_flag_words(flag));
	desk_event(desk, "flag", "\"channel\":\"%s\",\"desk\":\"%s\",\"why\":\"%s\"",
	           log->channel->id_hex, name, desk_log_flag_words(flag));
}

static void raise_alarm(struct desk *desk, struct log *log, uint32_t author,
                        uint64_t size)
{
	struct channel *channel = log->channel;
	struct peer *peer = channel->members[author].peer;
	desk_log_line(desk, "ALARM: %s names another root of %s at size %" PRIu64,
	              channel->members[author].name.text, log->origin, size);
	if (log->is_equivocating || !peer || is_asked(desk, log, author))
		return;
	struct staged_call *call =
	    desk_stage_call(desk, CALL_EVIDENCE, peer, DESK_GET, "");
	if (!call)
		return;
	call->call.channel = channel;
	call->call.log = log;
	call->call.member = author;
	call->call.size = size;
	snprintf(call->path, sizeof call->path, "/log/%s/checkpoint/%" PRIu64,
	         log->origin_hash, size);
}

static void compare(struct desk *desk, struct log *log, const struct seen_claim *claim)
{
	struct hash root;
	struct error err;
	if (!desk_did(desk, log_root_at(desk, log, claim->size, &root, &err), &err))
		return;
	if (!hash_equal(&root, &claim->root))
		raise_alarm(desk, log, claim->author, claim->size);
}

/* Of too many the first ones are kept, which can be compared soonest, and the newest. */
static void keep_claim(struct desk *desk, struct log *log, const struct seen_claim *claim)
{
	struct channel *channel = log->channel;
	size_t count = 0, last = 0;
	for (size_t i = 0; i < log->claim_count; i++)
		if (log->claims[i].author == claim->author) {
			count++;
			last = i;
		}
	if (count < CLAIMS_MAX) {
		if (!desk_grow(desk, &log->claims, &log->claim_cap, log->claim_count,
		               sizeof *log->claims))
			return;
		last = log->claim_count++;
	}
	log->claims[last] = *claim;
	/* its author holds what this desk lacks */
	if (channel->members[claim->author].peer)
		pull_soon(desk, channel->members[claim->author].peer);
}

/* Has the log's author named more of that member's log than before? What falls breaks the
 * rule and is not compared: so an author can't have old tiles read again and again. */
static bool names_more(struct desk *desk, struct log *log, size_t member, uint64_t size)
{
	struct error err;
	if (!log->named)
		log->named = calloc(RECORD_MEMBERS_MAX, sizeof *log->named);
	if (!log->named) {
		desk_fail(desk, error_set(&err, STATUS_NO_MEMORY, "no memory"), &err);
		return false;
	}
	if (size <= log->named[member]) {
		evidence_flag(desk, log, DESK_FLAG_NAMED_FALLING);
		return false;
	}
	log->named[member] = size;
	return true;
}

/* Its receipt for the own log is older than the entry, which does not know of it. What
 * was named before this desk's start is not known. */
static void check_named_own(struct desk *desk, struct log *log, int64_t sent_s)
{
	const struct channel *channel = log->channel;
	const struct feed *feed = &channel->members[log->member].feed;
	if (!log->is_own && log->named && log->named[channel->own] > 0 &&
	    log->named[channel->own] < feed->acked_size && feed->acked_time_s < sent_s)
		evidence_flag(desk, log, DESK_FLAG_NAMED_LESS);
}

void evidence_check_seen(struct desk *desk, struct log *log,
                         const struct record_envelope *envelope)
{
	struct channel *channel = log->channel;
	for (size_t i = 0; i < envelope->seen_count; i++) {
		const struct record_seen *seen = &envelope->seen[i];
		struct record_message_id last = {.desk = seen->desk,
		                                 .index = seen->size - 1};
		uint64_t at;
		struct log *other =
		    seen->size > 0 ? channel_find_log(channel, &last, &at) : NULL;
		if (!other || other->member == log->member ||
		    !names_more(desk, log, other->member, at + 1))
			continue;
		struct seen_claim claim = {
		    .size = at + 1, .root = seen->root, .author = log->member};
		if (claim.size <= other->tree.size)
			compare(desk, other, &claim);
		else
			keep_claim(desk, other, &claim);
	}
	check_named_own(desk, log, envelope->sent_s);
}

void evidence_settle(struct desk *desk, struct log *log)
{
	size_t kept = 0;
	for (size_t i = 0; i < log->claim_count; i++) {
		if (log->claims[i].size <= log->tree.size)
			compare(desk, log, &log->claims[i]);
		else
			log->claims[kept++] = log->claims[i];
	}
	log->claim_count = kept;
}

bool evidence_find_held(struct desk *desk, struct log *log, uint64_t size,
                        uint64_t *ret_size, struct buf *ret_note)
{
	*ret_size =
	    log->newest.size <= log->tree.size ? log->newest.size : log->cosigned_size;
	return *ret_size >= size && *ret_size > 0 &&
	       log_checkpoint_at(desk, log, *ret_size, ret_note, NULL) == STATUS_OK;
}

bool evidence_compare(struct desk *desk, struct log *log,
                      const struct tlog_checkpoint *checkpoint, struct view note)
{
	CLEANUP_BUF struct buf held_note = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_proof proof;
	struct hash root;
	struct error err;
	uint64_t held_size;
	if (!desk_did(desk, log_root_at(desk, log, checkpoint->size, &root, &err),
	              &err) ||
	    hash_equal(&root, &checkpoint->root))
		return true;
	if (evidence_find_held(desk, log, checkpoint->size, &held_size, &held_note) &&
	    desk_did(desk,
	             log_proof(desk, log, checkpoint->size, held_size, &proof, &err),
	             &err))
		evidence_keep(desk, log, note, buf_view(&held_note), &root, &proof);
	return false;
}

/* The signed checkpoint behind another root came: with the own newest one it is the
 * proof. */
void evidence_take_answer(struct desk *desk, const struct call *call,
                          const struct desk_answer *answer)
{
	struct log *log = call->log;
	const char *author = call->channel->members[call->member].name.text;
	struct tlog_checkpoint other;
	if (answer->outcome != STATUS_OK || answer->http_status != 200 ||
	    log_open_shown(log, answer->body, &other, NULL) != STATUS_OK ||
	    other.size != call->size) {
		evidence_flag(desk, call->channel->logs[call->member],
		              DESK_FLAG_REFUSED_TO_SHOW);
		return;
	}
	if (log->is_own)
		start_take_shown(desk, call->channel, &other, author);
	else if (other.size <= log->tree.size)
		(void)evidence_compare(desk, log, &other, answer->body);
}

static void append_json(struct buf *json, const struct log *log, struct view small_note,
                        struct view big_note, const struct hash *other_root,
                        const struct tlog_proof *proof)
{
	buf_printf(json, "{\"aldis\":1,\"origin\":\"%s\",\"small\":", log->origin);
	json_append_string(json, small_note);
	buf_append_string(json, ",\"big\":");
	json_append_string(json, big_note);
	buf_append_string(json, ",\"other_root\":\"");
	base64_append(json, hash_view(other_root));
	buf_append_string(json, "\",\"proof\":[");
	for (size_t i = 0; i < proof->count; i++) {
		buf_append_string(json, i ? ",\"" : "\"");
		base64_append(json, hash_view(&proof->hashes[i]));
		buf_append_string(json, "\"");
	}
	buf_append_string(json, "]}");
}

void evidence_keep(struct desk *desk, struct log *log, struct view small_note,
                   struct view big_note, const struct hash *other_root,
                   const struct tlog_proof *proof)
{
	CLEANUP_BUF struct buf json = BUF_INIT(1 << 20), key = BUF_INIT(8);
	struct error err;
	CLEANUP_BUF struct buf small = BUF_INIT(1 << 16), big = BUF_INIT(1 << 16);
	if (log->is_equivocating || !log_append_own_line(log, small_note, &small) ||
	    !log_append_own_line(log, big_note, &big))
		return; /* one proof is enough */
	append_json(&json, log, buf_view(&small), buf_view(&big), other_root, proof);
	buf_append_u64(&key, desk->evidence_count);
	if (!desk_did(desk, buf_check(&json, "evidence", &err), &err) ||
	    !desk_did(desk,
	              desk->store.ops->put(desk->store.self, STORE_EVIDENCE,
	                                   buf_view(&key), buf_view(&json), &err),
	              &err))
		return;
	desk->evidence_count++;
	desk->must_commit = true;
	desk->generation++;
	log->is_equivocating = true;
	if (!log->is_own)
		log_forget_foreign(desk, log);
	desk_log_line(
	    desk,
	    "ALARM: %s has signed two different histories of its log; both are kept",
	    log->channel->members[log->member].name.text);
	desk_event(desk, "equivocation", "\"channel\":\"%s\",\"desk\":\"%s\"",
	           log->channel->id_hex, log->channel->members[log->member].name.text);
}

/* ---- the entry `equivocation` ---- */

static bool read_hash(const struct json_doc *doc, const struct json_token *token,
                      struct hash *ret_hash)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64);
	if (!token || token->type != JSON_STRING)
		return false;
	json_string_append(doc, token, &text);
	return base64_decode_exact(buf_view(&text), ret_hash->bytes,
	                           sizeof ret_hash->bytes, NULL) == STATUS_OK;
}

static bool read_proof(const struct json_doc *doc, struct tlog_proof *ret_proof)
{
	const struct json_token *list = json_member(doc, json_root(doc), "proof");
	*ret_proof = (struct tlog_proof){0};
	if (!list || list->type != JSON_ARRAY)
		return false;
	for (const struct json_token *item = json_first(doc, list); item;
	     item = json_next(doc, list, item))
		if (ret_proof->count == TLOG_PROOF_MAX ||
		    !read_hash(doc, item, &ret_proof->hashes[ret_proof->count++]))
			return false;
	return true;
}

static bool read_text(const struct json_doc *doc, const char *name, struct buf *ret_text)
{
	const struct json_token *token = json_member(doc, json_root(doc), name);
	if (!token || token->type != JSON_STRING)
		return false;
	json_string_append(doc, token, ret_text);
	return buf_check(ret_text, "evidence", NULL) == STATUS_OK;
}

void evidence_take_entry(struct desk *desk, const struct log *author, struct view body)
{
	CLEANUP_BUF struct buf origin = BUF_INIT(RECORD_ORIGIN_MAX),
	                       small_note = BUF_INIT(TLOG_NOTE_MAX),
	                       big_note = BUF_INIT(TLOG_NOTE_MAX);
	const struct json_doc *doc = &desk->body_doc;
	struct tlog_checkpoint small, big;
	struct tlog_proof proof;
	struct hash other_root;
	if (json_scan(&desk->body_doc, body, 1000, NULL) != STATUS_OK ||
	    !read_text(doc, "origin", &origin) || !read_text(doc, "small", &small_note) ||
	    !read_text(doc, "big", &big_note) || !read_proof(doc, &proof) ||
	    !read_hash(doc, json_member(doc, json_root(doc), "other_root"), &other_root))
		return;
	struct log *log = log_by_origin(desk, buf_view(&origin));
	if (log && author->is_own && log->channel == author->channel) {
		log->flags |= LOG_DENOUNCED; /* a recovery brought it back */
		log->row_is_dirty = true;
	}
	if (!log || log->is_own || log->is_equivocating ||
	    log_open_shown(log, buf_view(&small_note), &small, NULL) != STATUS_OK ||
	    log_open_shown(log, buf_view(&big_note), &big, NULL) != STATUS_OK ||
	    hash_equal(&small.root, &other_root) ||
	    tlog_proof_verify_consistency(&proof, small.size, &other_root, big.size,
	                                  &big.root, NULL) != STATUS_OK)
		return;
	evidence_keep(desk, log, buf_view(&small_note), buf_view(&big_note), &other_root,
	              &proof);
}

struct evidence_search {
	struct desk *desk;
	const char *origin;
	struct buf *json;
};

static bool take_if_of_origin(void *context, struct view key, struct view value)
{
	struct evidence_search *search = context;
	struct json_doc *doc = &search->desk->doc;
	if (json_scan(doc, value, 1000, NULL) != STATUS_OK)
		return true;
	const struct json_token *token = json_member(doc, json_root(doc), "origin");
	if (!token || !json_string_is(doc, token, search->origin))
		return true;
	buf_append_view(search->json, value);
	return false;
}

/* The entry's body is the evidence without its version. */
static enum status denounce(struct desk *desk, struct channel *channel, struct log *log,
                            struct error *err)
{
	static const char version[] = "\"aldis\":1,";
	CLEANUP_BUF struct buf json = BUF_INIT(1 << 20), body = BUF_INIT(RECORD_BODY_MAX);
	struct evidence_search search = {desk, log->origin, &json};
	TRY(desk->store.ops->scan(desk->store.self, STORE_EVIDENCE, view_of("", 0),
	                          view_of("", 0), take_if_of_origin, &search, err));
	size_t at = view_find(buf_view(&json), view_of_string(version));
	if (at == SIZE_MAX)
		return STATUS_OK;
	buf_append_view(&body, view_of(json.data, at));
	buf_append_view(&body, view_from(buf_view(&json), at + strlen(version)));
	TRY(buf_check(&body, "evidence", err));
	(void)compose_automatic(desk, channel, "equivocation", NULL, buf_view(&body));
	return STATUS_OK;
}

void evidence_step(struct desk *desk, struct channel *channel)
{
	struct error err;
	for (uint32_t m = 0; m < channel->member_count; m++) {
		struct log *log = channel->logs[m];
		if (m == channel->own || !log->is_equivocating ||
		    (log->flags & LOG_DENOUNCED) || channel->state != DESK_LOG_READY)
			continue;
		log->flags |= LOG_DENOUNCED;
		log->row_is_dirty = true;
		desk_fail(desk, denounce(desk, channel, log, &err), &err);
	}
}

static bool load_evidence(void *context, struct view key, struct view value)
{
	struct desk *desk = context;
	char origin[RECORD_ORIGIN_MAX + 1];
	desk->evidence_count++;
	if (json_scan(&desk->doc, value, 1000, NULL) != STATUS_OK)
		return true;
	const struct json_token *token =
	    json_member(&desk->doc, json_root(&desk->doc), "origin");
	if (!token || !json_string_copy(&desk->doc, token, origin, sizeof origin))
		return true;
	struct log *log = log_by_origin(desk, view_of_string(origin));
	if (log)
		log->is_equivocating = true;
	return true;
}

enum status evidence_load(struct desk *desk, struct error *err)
{
	return desk->store.ops->scan(desk->store.self, STORE_EVIDENCE, view_of("", 0),
	                             view_of("", 0), load_evidence, desk, err);
}

size_t desk_evidence_count(const struct desk *desk)
{
	return desk->evidence_count;
}

enum status desk_evidence(struct desk *desk, size_t nth, struct buf *ret_json,
                          struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(8);
	buf_append_u64(&key, nth);
	return desk->store.ops->get(desk->store.self, STORE_EVIDENCE, buf_view(&key),
	                            ret_json, err);
}
