/* SPDX-License-Identifier: Apache-2.0 */
/*
 * It keeps its tree right and follows what its victims answer, so that its lies arrive.
 */
#include "sim/liar.h"

#include <inttypes.h>
#include <stdlib.h>

#include "codec/base64.h"
#include "codec/decimal.h"
#include "codec/time_text.h"
#include "record/blob.h"
#include "sim/host.h"
#include "sim/past.h"
#include "tlog/bundle.h"
#include "tlog/cosignature.h"
#include "tlog/wire.h"

enum { REPLAYS = 16, FLOOD = 60, ENTRIES_MAX = 200 };

struct lie { /* an entry and its body blob */
	struct buf entry, blob;
};

struct told { /* how far a member has followed */
	uint64_t pending, next;
	bool is_busy;
};

struct replay {
	char path[256];
	struct buf body;
};

struct liar {
	struct host *host;
	struct chance chance;
	struct ed25519_secret *key, *mirror;
	struct tlog_vkey vkey;
	char origin[RECORD_ORIGIN_MAX + 1];
	struct past past; /* its tree */
	struct lie *lies;
	size_t lie_count, lie_cap;
	struct told told[SIM_DESKS_MAX];
	struct replay replays[REPLAYS];
	size_t replay_count;
	uint64_t next_call;
};

struct liar *liar_new(struct host *host)
{
	struct sim *sim = host->sim;
	struct liar *liar = calloc(1, sizeof *liar);
	struct error err;
	if (!liar)
		abort();
	liar->host = host;
	liar->chance = chance_of(sim->seed, 5);
	liar->key = testing_secret_new(host->name, RECORD_ROLE_LOG);
	liar->mirror = testing_secret_new(host->name, RECORD_ROLE_MIRROR);
	struct record_origin origin = {.desk = sim->cards[host->member].card.name,
	                               .channel = {sim->charters[0].charter.digest},
	                               .generation = 1};
	struct ed25519_public public_key = ed25519_secret_public(liar->key);
	record_origin_encode(&origin, liar->origin);
	sim_must(tlog_vkey_init(&liar->vkey, liar->origin, TLOG_KEY_ED25519, &public_key,
	                        &err),
	         &err);
	return liar;
}

void liar_free(struct liar *liar)
{
	if (!liar)
		return;
	for (size_t i = 0; i < liar->lie_count; i++) {
		buf_release(&liar->lies[i].entry);
		buf_release(&liar->lies[i].blob);
	}
	for (size_t i = 0; i < liar->replay_count; i++)
		buf_release(&liar->replays[i].body);
	free(liar->lies);
	past_release(&liar->past);
	ed25519_secret_free(liar->key);
	ed25519_secret_free(liar->mirror);
	free(liar);
}

static void say(struct liar *liar, size_t member, const char *path, struct view body)
{
	struct desk_call call = {.id = ++liar->next_call,
	                         .peer = liar->host->sim->cards[member].card.name.text,
	                         .method = DESK_POST,
	                         .path = path,
	                         .type = "application/octet-stream",
	                         .body = body,
	                         .answer_max = 1 << 20};
	liar->host->sim->tally.lies++;
	net_call(liar->host->sim, liar->host, &call);
}

static size_t victim(struct liar *liar)
{
	return chance_below(&liar->chance, liar->host->sim->desk_count - 1);
}

static enum status read_leaf(void *context, unsigned level, uint64_t index,
                             struct hash *ret_node, struct error *err)
{
	const struct past *past = context;
	struct tlog_tree tree;
	tlog_tree_init(&tree);
	for (uint64_t i = index << level; i < (index + 1) << level; i++)
		tlog_tree_append(&tree, &past->leaves[i], NULL, NULL);
	*ret_node = tlog_tree_root(&tree);
	return STATUS_OK;
}

static void sign_note(struct liar *liar, const char *origin, uint64_t size,
                      const struct hash *root, struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	struct tlog_checkpoint checkpoint = {.size = size, .root = *root};
	snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", origin);
	tlog_checkpoint_append(&text, &checkpoint);
	tlog_note_sign(out, buf_view(&text), &liar->vkey, liar->key);
}

static void send_checkpoint(struct liar *liar, size_t member)
{
	CLEANUP_BUF struct buf note = BUF_INIT(1 << 14), body = BUF_INIT(1 << 16);
	struct tlog_add_checkpoint add = {.old_size = liar->told[member].pending};
	uint64_t size = past_size(&liar->past);
	struct hash root = past_root(&liar->past, size);
	struct error err;
	if (add.old_size > size)
		return;
	sign_note(liar, liar->origin, size, &root, &note);
	add.note = buf_view(&note);
	if (add.old_size > 0)
		sim_must(tlog_proof_consistency(add.old_size, size, read_leaf,
		                                &liar->past, &add.proof, &err),
		         &err);
	tlog_add_checkpoint_append(&body, &add);
	say(liar, member, "/add-checkpoint", buf_view(&body));
}

static void send_bodies(struct liar *liar, size_t member)
{
	CLEANUP_BUF struct buf body = BUF_INIT(8 << 20);
	record_add_blobs_append_origin(&body, view_of_string(liar->origin));
	for (size_t i = liar->told[member].next; i < liar->lie_count; i++)
		if (liar->lies[i].blob.len > 0)
			record_add_blobs_append_blob(&body,
			                             buf_view(&liar->lies[i].blob));
	say(liar, member, "/add-blobs", buf_view(&body));
}

static void send_entries(struct liar *liar, size_t member)
{
	CLEANUP_BUF struct buf body = BUF_INIT(8 << 20), bundle = BUF_INIT(8 << 20);
	struct told *told = &liar->told[member];
	uint64_t size = told->pending;
	struct tlog_proof proof;
	struct error err;
	if (size == 0 || told->next > size || size > past_size(&liar->past))
		return;
	tlog_add_entries_append_header(&body, view_of_string(liar->origin), told->next,
	                               size, view_of("", 0));
	for (uint64_t i = told->next; i < size; i++)
		tlog_bundle_append(&bundle, buf_view(&liar->lies[i].entry));
	if (told->next < size) {
		sim_must(tlog_proof_subtree(0, size, size, read_leaf, &liar->past, &proof,
		                            &err),
		         &err);
		tlog_add_entries_append_package(&body, buf_view(&bundle), &proof);
	}
	say(liar, member, "/add-entries", buf_view(&body));
}

void liar_hear(struct liar *liar, const struct packet *packet)
{
	size_t member = packet->to->member;
	struct told *told = &liar->told[member];
	struct view body = buf_view(&packet->answer), line;
	struct tlog_mirror_info info;
	uint64_t size;
	if (packet->outcome != STATUS_OK || member == liar->host->member)
		return;
	if (strcmp(packet->path, "/add-checkpoint") == 0) {
		if (packet->http_status == 200 && told->is_busy) {
			told->pending = past_size(&liar->past);
			send_entries(liar, member);
		} else if (packet->http_status == 409 && view_take_line(&body, &line) &&
		           decimal_decode(line, INT64_MAX, &size, NULL) == STATUS_OK) {
			told->pending = size;
		}
		told->is_busy = false;
	} else if (strcmp(packet->path, "/add-entries") == 0) {
		if (packet->http_status == 200)
			told->next = told->pending;
		else if (tlog_mirror_info_parse(body, &info, NULL) == STATUS_OK) {
			told->pending = info.pending_size;
			told->next = info.next_entry;
		}
	}
}

static void random_hash(struct liar *liar, struct hash *ret_hash)
{
	chance_bytes(&liar->chance, ret_hash->bytes, sizeof ret_hash->bytes);
}

static void make_blob(struct liar *liar, struct view content, struct lie *lie,
                      struct record_envelope *envelope)
{
	uint8_t salt[RECORD_SALT_LEN];
	chance_bytes(&liar->chance, salt, sizeof salt);
	record_blob_append(&lie->blob, salt, content);
	envelope->has_body = true;
	envelope->body.id = sha256(buf_view(&lie->blob));
	envelope->body.size = content.len;
}

/* What it says in a long world: about the questions of others, about its own, about what
 * it was given. Some of it is true. */
static const struct saying {
	const char *kind, *body;
	bool needs_re;
} sayings[] = {
    {"text", "{\"language\":\"en\",\"text\":\"trust me\"}", false},
    {"query", "{\"language\":\"en\",\"question\":\"whose is it?\"}", false},
    {"query", "{\"language\":\"en\",\"question\":\"and this?\"}", false},
    {"answer", "{\"answer\":\"no\"}", true},
    {"answer", "{\"answer\":\"perhaps\"}", true},
    {"ack", "{\"understood\":true}", true},
    {"holding", "{\"until\":\"2026-11-29T00:00:00Z\"}", true},
    {"holding", "{\"until\":\"2126-11-29T00:00:00Z\"}", true},
    {"holding", "{\"until\":\"soon\"}", true},
    {"cancel", "{\"reason\":\"never mind\"}", true},
    {"check", NULL, false},
    {"charter.amend", "{\"charter\":7}", false},
    {"leave", "{\"reason\":\"enough\"}", false},
};

static const struct saying *choose_saying(const struct liar *liar, struct chance *chance)
{
	size_t count = sizeof sayings / sizeof sayings[0];
	if (!sim_is_long(liar->host->sim))
		return &sayings[0];
	if (!chance_one_in(chance, 40)) /* it seldom says that it leaves */
		count--;
	return &sayings[chance_below(chance, count)];
}

/* A form that is kept, with a content that is not true. */
static void write_plausible(struct liar *liar, struct lie *lie)
{
	static const char *const bodies[] = {NULL, "{\"language\":7}", "[]",
	                                     "not even JSON",
	                                     "{\"language\":\"en\",\"text\":\"\"}"};
	static const int64_t dates[] = {0, -30 * 86400, 400 * 86400, -3600, 3600};
	struct sim *sim = liar->host->sim;
	struct chance *chance = &liar->chance;
	struct record_envelope envelope = {.line = "technical"};
	struct record_seen seen;
	struct record_blob_ref lost;
	struct error err;
	envelope.sent_s = sim->now_ms / 1000 + dates[chance_below(chance, 5)];
	chance_bytes(chance, envelope.salt, sizeof envelope.salt);
	const struct saying *saying = choose_saying(liar, chance);
	const char *body = bodies[chance_below(chance, 5)];
	if (!body || (sim_is_long(sim) && !chance_one_in(chance, 6)))
		body = saying->body;
	snprintf(envelope.kind, sizeof envelope.kind, "%s", saying->kind);
	if (body)
		make_blob(liar, view_of_string(body), lie, &envelope);
	if (chance_one_in(chance, 3)) { /* saw what never was */
		seen.desk = sim->cards[victim(liar)].card.name;
		seen.size = 1 + chance_below(chance, 500);
		random_hash(liar, &seen.root);
		envelope.seen = &seen;
		envelope.seen_count = 1;
	}
	/* promises what never comes, and is asked for without end */
	if (chance_one_in(chance, sim_is_long(sim) ? 40 : 3)) {
		random_hash(liar, &lost.id);
		lost.size = 1 + chance_below(chance, 100000);
		envelope.attachments = &lost;
		envelope.attachment_count = 1;
	}
	if (saying->needs_re || chance_one_in(chance, 4)) {
		envelope.has_re = true;
		envelope.re.desk = sim->cards[victim(liar)].card.name;
		envelope.re.index = chance_below(chance, sim_is_long(sim) ? 120 : 1000);
	}
	sim_must(record_envelope_append(&envelope, &lie->entry, &err), &err);
}

static void write_nonsense(struct liar *liar, struct lie *lie)
{
	static const char *const forms[] = {
	    "",
	    "{}",
	    "{\"aldis\":1,\"kind\":\"open\"}",
	    "{\"aldis\":1,\"aldis\":1}",
	    "{\"aldis\":2,\"kind\":\"text\",\"sent\":\"2026-11-20T23:49:00Z\"}",
	    "{\"aldis\":1,\"kind\":\"no.such.kind\",\"sent\":\"2026-11-20T23:49:00Z\","
	    "\"salt\":\"AAAAAAAAAAAAAAAAAAAAAA==\"}",
	    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["};
	size_t form = chance_below(&liar->chance, 9);
	if (form < sizeof forms / sizeof forms[0]) {
		buf_append_string(&lie->entry, forms[form]);
		return;
	}
	uint8_t *bytes = buf_extend(&lie->entry, form == 7 ? 65535 : 100);
	if (!bytes)
		abort();
	chance_bytes(&liar->chance, bytes, lie->entry.len);
}

static void write_lie(struct liar *liar)
{
	if (liar->lie_count == ENTRIES_MAX)
		return;
	liar->lies =
	    sim_grow(liar->lies, &liar->lie_cap, liar->lie_count, sizeof *liar->lies);
	struct lie *lie = &liar->lies[liar->lie_count++];
	*lie = (struct lie){.entry = BUF_INIT(TLOG_ENTRY_MAX), .blob = BUF_INIT(1 << 20)};
	if (chance_one_in(&liar->chance, 2))
		write_plausible(liar, lie);
	else
		write_nonsense(liar, lie);
	struct hash leaf = tlog_leaf_hash(buf_view(&lie->entry));
	past_add_leaf(&liar->past, &leaf);
}

static void push(struct liar *liar)
{
	for (size_t m = 0; m < liar->host->sim->desk_count; m++) {
		if (m == liar->host->member || past_size(&liar->past) == 0)
			continue;
		liar->told[m].is_busy = true;
		send_bodies(liar, m);
		send_checkpoint(liar, m);
	}
}

static void garbage(struct liar *liar)
{
	static const char *const paths[] = {"/add-checkpoint", "/add-entries",
	                                    "/add-blobs", "/nowhere"};
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 16);
	uint8_t *bytes = buf_extend(&body, 1 + chance_below(&liar->chance, 2000));
	if (!bytes)
		abort();
	chance_bytes(&liar->chance, bytes, body.len);
	say(liar, victim(liar), paths[chance_below(&liar->chance, 4)], buf_view(&body));
}

/* A checkpoint of somebody else's log, signed by this one's key, told to a third. */
static void forge(struct liar *liar)
{
	struct sim *sim = liar->host->sim;
	CLEANUP_BUF struct buf note = BUF_INIT(1 << 14), body = BUF_INIT(1 << 16);
	struct tlog_add_checkpoint add = {.old_size = chance_below(&liar->chance, 50)};
	char origin[RECORD_ORIGIN_MAX + 1];
	struct hash root;
	struct record_origin other = {.desk = sim->cards[victim(liar)].card.name,
	                              .channel = {sim->charters[0].charter.digest},
	                              .generation = 1};
	record_origin_encode(&other, origin);
	random_hash(liar, &root);
	sign_note(liar, origin, add.old_size + chance_below(&liar->chance, 100), &root,
	          &note);
	add.note = buf_view(&note);
	tlog_add_checkpoint_append(&body, &add);
	say(liar, victim(liar), "/add-checkpoint", buf_view(&body));
}

/* A second history at a size that a member already knows. */
static void fork_log(struct liar *liar)
{
	CLEANUP_BUF struct buf note = BUF_INIT(1 << 14), body = BUF_INIT(1 << 16);
	size_t member = victim(liar);
	struct tlog_add_checkpoint add = {.old_size = liar->told[member].pending};
	struct hash root;
	if (add.old_size == 0)
		return;
	random_hash(liar, &root);
	sign_note(liar, liar->origin, add.old_size, &root, &note);
	add.note = buf_view(&note);
	tlog_add_checkpoint_append(&body, &add);
	say(liar, member, "/add-checkpoint", buf_view(&body));
}

static void flood(struct liar *liar)
{
	size_t member = victim(liar);
	for (size_t i = 0; i < FLOOD; i++) {
		CLEANUP_BUF struct buf body = BUF_INIT(1 << 16), blob = BUF_INIT(1 << 16);
		uint8_t *bytes =
		    buf_extend(&blob, 16 + chance_below(&liar->chance, 20000));
		if (!bytes)
			abort();
		chance_bytes(&liar->chance, bytes, blob.len);
		record_add_blobs_append_origin(&body, view_of_string(liar->origin));
		record_add_blobs_append_blob(&body, buf_view(&blob));
		say(liar, member, "/add-blobs", buf_view(&body));
	}
}

static void replay(struct liar *liar)
{
	if (liar->replay_count == 0)
		return;
	struct replay *it =
	    &liar->replays[chance_below(&liar->chance, liar->replay_count)];
	if (it->body.len > 0 && chance_one_in(&liar->chance, 3))
		it->body.data[chance_below(&liar->chance, it->body.len)] ^= 1;
	say(liar, victim(liar), it->path, buf_view(&it->body));
}

void liar_act(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = subject;
	struct liar *liar = host->liar;
	if (sim->now_ms >= sim->calm_ms)
		return;
	switch (chance_below(&liar->chance, 12)) {
	case 0:
		garbage(liar);
		break;
	case 1:
		forge(liar);
		break;
	case 2:
		if (chance_one_in(&liar->chance, 6))
			fork_log(liar);
		break;
	case 3:
		if (chance_one_in(&liar->chance, 3))
			flood(liar);
		break;
	case 4:
	case 5:
		replay(liar);
		break;
	default:
		write_lie(liar);
		push(liar);
	}
	agenda_add(&sim->agenda,
	           sim->now_ms +
	               chance_between(&liar->chance, 1, 15) * sim->weather.lie_step_ms,
	           liar_act, host, 0);
}

static void remember(struct liar *liar, const struct packet *packet)
{
	struct replay *it;
	if (packet->method != DESK_POST || packet->body.len > 1 << 16)
		return;
	if (liar->replay_count < REPLAYS)
		it = &liar->replays[liar->replay_count++];
	else
		it = &liar->replays[chance_below(&liar->chance, REPLAYS)];
	buf_release(&it->body);
	it->body = BUF_INIT(1 << 16);
	buf_append_view(&it->body, buf_view(&packet->body));
	snprintf(it->path, sizeof it->path, "%s", packet->path);
}

static void fill_random(struct liar *liar, struct buf *out, size_t len)
{
	uint8_t *bytes = buf_extend(out, len);
	if (!bytes)
		abort();
	chance_bytes(&liar->chance, bytes, len);
}

static void answer_checkpoint(struct liar *liar, struct buf *out)
{
	struct hash root;
	random_hash(liar, &root);
	sign_note(liar, liar->origin, 1 + chance_below(&liar->chance, 1000), &root, out);
}

void liar_take(struct liar *liar, struct packet *packet)
{
	struct sim *sim = liar->host->sim;
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);
	struct chance *chance = &liar->chance;
	struct tlog_mirror_info info = {.pending_size = chance_below(chance, 200),
	                                .next_entry = chance_below(chance, 200)};
	struct hash id;
	int status = 404;
	const char *type = "text/plain; charset=utf-8";
	remember(liar, packet);
	switch (chance_below(chance, 9)) {
	case 0:
		status = 200;
		break;
	case 1:
		status = 200;
		fill_random(liar, &body, 1 + chance_below(chance, 300) * 32);
		break;
	case 2:
		status = 409;
		type = TLOG_TYPE_SIZE;
		buf_printf(&body, "%" PRIu64 "\n", chance_below(chance, 300));
		break;
	case 3:
	case 4:
		status = chance_one_in(chance, 2) ? 409 : 202;
		type = TLOG_TYPE_MIRROR_INFO;
		tlog_mirror_info_append(&body, &info);
		break;
	case 5:
		status = 424;
		type = RECORD_TYPE_BLOBS;
		random_hash(liar, &id);
		record_missing_blobs_append(&body, &id);
		break;
	case 6:
		status = 200;
		answer_checkpoint(liar, &body);
		break;
	case 7:
		net_refuse(sim, packet, STATUS_CLOSED);
		return;
	default:
		break;
	}
	net_reply(sim, packet, status, type, buf_view(&body));
}
